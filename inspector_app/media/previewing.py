"""Child process: makes waveform, picture strip and proxy of a recording. The originals are only read; it works at low priority."""

import contextlib
import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from av.error import FFmpegError

from inspector_app.domain.errors import BadInput
from inspector_app.domain.timebase import SECOND, Interval, Micros
from inspector_app.domain.work import Channel
from inspector_app.media import peaks, proxy, strip
from inspector_app.media.container import TOOL, TOOL_VERSION
from inspector_app.media.frames import Frames
from inspector_app.media.timeline import Timeline

#: A piece of proxy: what a killed run loses at most.
PIECE_US: Final = 120 * SECOND
_NICE: Final = 10
#: Playing through once needs no pictures kept.
_CACHE_BYTES: Final = 16 * 2**20


def run(spec: dict[str, Any], channel: Channel) -> dict[str, Any]:
    """Spec: case and folder in it, timeline (`Timeline.as_spec`), duration_us, kinds, has_video, done (paths that are whole), spans (of
    proxy that is done). Sends an item `derivative` for each file that is finished. Raises BadInput; a full disk as OSError."""
    if hasattr(os, "nice"):
        os.nice(_NICE)
    work = _Work(spec, channel)
    work.folder.mkdir(parents=True, exist_ok=True)
    try:
        for kind in spec["kinds"]:
            {"peaks": work.peaks, "strip": work.strip, "proxy": work.proxy}[kind]()
    except FFmpegError as cause:
        raise BadInput("media.unreadable", file=work.timeline.parts[0].path.name, cause=str(cause)) from cause
    finally:
        work.frames.close()
    return {}


class _Work:
    def __init__(self, spec: dict[str, Any], channel: Channel) -> None:
        self.spec, self.channel = spec, channel
        self.case = Path(spec["case"])
        self.folder = self.case / spec["folder"]
        self.timeline = Timeline.from_spec(spec["timeline"])
        self.duration_us: Micros = spec["duration_us"]
        self.frames = Frames(self.timeline, _CACHE_BYTES, channel.check)

    def peaks(self) -> None:
        path = self.folder / "sound.peaks"
        if self._is_done(path):
            return
        self._told(lambda told: peaks.build_peaks(self.timeline, self.duration_us, path, on_progress=told, check=self.channel.check))
        self._send("peaks", path, 0, {"bucket_us": peaks.BUCKET_US, "factor": peaks.FACTOR})

    def strip(self) -> None:
        if not self.spec["has_video"] or self._is_done(self.folder / "strip.json"):
            return
        files = strip.build_strip(
            self.frames, self.folder, on_progress=lambda done, total: self.channel.progress(done, total, "items"), check=self.channel.check
        )
        for path in files:
            self._send("strip", path, 0, {"cells": strip.CELLS})

    def proxy(self) -> None:
        if not self.spec["has_video"]:
            return
        for wanted in _open_spans([Interval(*span) for span in self.spec["spans"]], self.duration_us):
            at = wanted.start_us
            while at < wanted.end_us:
                path = self.folder / f"proxy-{at:015d}.mp4"
                piece = proxy.make_piece(self.frames, at, min(wanted.end_us, at + PIECE_US), path, check=self.channel.check)
                if piece.pictures:
                    size = {"width": piece.width, "height": piece.height, "codec": proxy.CODEC, "gop_us": proxy.GOP_US}
                    self._send("proxy", path, -at, {"start_us": at, "end_us": piece.end_us, "pictures": piece.pictures, **size})
                at = piece.end_us
                self.channel.progress(at, self.duration_us, "us")

    def _told(self, make: Callable[[Callable[[Micros], None]], object]) -> None:
        make(lambda at: self.channel.progress(at, self.duration_us, "us"))

    def _is_done(self, path: Path) -> bool:
        return path.relative_to(self.case).as_posix() in self.spec["done"]

    def _send(self, kind: str, path: Path, offset_us: Micros, settings: dict[str, Any]) -> None:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        self.channel.item(
            "derivative",
            derivative=kind,
            path=path.relative_to(self.case).as_posix(),
            sha256=digest,
            bytes=path.stat().st_size,
            offset_us=offset_us,
            tool=TOOL,
            version=TOOL_VERSION,
            settings=settings,
        )


def _open_spans(done: list[Interval], duration_us: Micros) -> list[Interval]:
    """What of a recording is not covered yet."""
    left, at = [], 0
    for span in sorted(done):
        if span.start_us > at:
            left.append(Interval(at, span.start_us))
        at = max(at, span.end_us)
    with contextlib.suppress(ValueError):
        left.append(Interval(at, duration_us))
    return [span for span in left if span.length_us > 0]
