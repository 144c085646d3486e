"""Follows a capture's folder while the recorder writes it: proves, examines and indexes each closed segment, in order, for the case.

It reads what the recorder closed. Only where no recorder is left does it write: then it ends the journal as `lost`, after the rules of
`recovery`. A capture goes on whether anybody follows it or not; followed later, the same journal gives the same items.
"""

import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from filelock import FileLock, Timeout

from inspector_app.domain.errors import BadInput, CheckFailed
from inspector_app.domain.work import Channel
from inspector_app.integrity.capturechain import CLOSING, JOURNAL, Line, walk
from inspector_app.integrity.digests import hash_file
from inspector_app.media.index import build_index, save_index
from inspector_app.media.probe import probe, scan_recording
from inspector_app.media.scan import Scan

from . import control, recovery

Json = dict[str, Any]
_IDLE_S: Final = 0.3
_OF_A_LINE: Final = ("at", "event", "mono_us", "prev", "seq", "lane", "attempt")
#: how long a recorder just started may take to write its first line
_BIRTH_S: Final = 20.0


def run(spec: Json, channel: Channel) -> Json:
    """Takes in a capture until its journal ends.

    `spec`: `case` (the case's folder), `folder` (of the capture, relative to it), `taken` (names of segment files already in the case), `probed`
    (whether the recording's own facts are known). Sends an item `segment` for each closed segment; returns `end` (the journal's last line,
    None where nothing was ever written), `head`, `journal` (digests and path), `notices` (counts by kind), `connects`, `clock`. Raises Stopped,
    and CheckFailed `capture.journal_broken`.
    """
    return _Taking(spec, channel).run()


class _Taking:
    def __init__(self, spec: Json, channel: Channel) -> None:
        self.case = Path(spec["case"])
        self.folder = self.case / spec["folder"]
        self.working = Path(spec["case"]) / "working"
        self.control = self.working / "captures" / self.folder.name
        self.taken = set(spec["taken"])
        self.probed = bool(spec["probed"])
        self.channel = channel
        self.gaps: list[Json] = []
        self.marks: list[Json] = []
        self.notices: dict[str, int] = {}
        self.clock: list[Json] = []
        self.connects = 0
        self.lane = ""
        #: what the recorder said of the device and the windows it recorded, where it recorded this machine itself
        self.shown: Json = {}
        self.head = ""

    def run(self) -> Json:
        end = None
        for line in walk(self._lines()):
            self.channel.check()
            self.head = line.head
            self._hear(line)
            if line.event == "end":
                end = line.said
                break
        path = self.folder / JOURNAL
        if end is None:
            if path.exists():
                raise CheckFailed("capture.journal_broken", file=path.name)
            return {"end": None, "head": "", "journal": None, "notices": {}, "connects": 0, "clock": [], "lane": "", "shown": {}}
        path.chmod(0o444)
        journal = {**asdict(hash_file(path)), "path": self._relative(path), "name": path.name}
        return {
            "end": end,
            "head": self.head,
            "journal": journal,
            "notices": self.notices,
            "connects": self.connects,
            "clock": self.clock,
            "lane": self.lane,
            "shown": self.shown,
        }

    def _relative(self, path: Path) -> str:
        return path.relative_to(self.case).as_posix()

    def _lines(self) -> Iterator[bytes]:
        """Whole lines as they are written; ends where nobody is left who could write one more."""
        path, at, until = self.folder / JOURNAL, 0, time.monotonic() + _BIRTH_S
        while True:
            if path.exists():
                with path.open("rb") as file:  # opened anew: a recovery may have put a cleaned file in its place
                    file.seek(at)
                    while (line := file.readline()).endswith(b"\n"):
                        at += len(line)
                        yield line
            self.channel.check()
            state = control.read_state(self.control)
            self.channel.progress(int(state.get("seconds") or 0) * 1_000_000, 0, "us")
            if not control.alive(self.control) and (path.exists() or time.monotonic() > until):
                if not path.exists():
                    return
                self._close_lost()
            time.sleep(_IDLE_S)

    def _close_lost(self) -> None:
        """The recorder and its supervisor are gone (the machine went down): what lies there is recovered, and the journal says so."""
        lock = FileLock(self.control / control.LOCK)
        try:
            self.control.mkdir(parents=True, exist_ok=True)
            lock.acquire(timeout=1)
        except Timeout:
            return
        try:
            with (self.folder / JOURNAL).open("rb") as file:
                if any(line.event == "end" for line in walk(file)):
                    return
            tape, found = recovery.recover(self.folder)
            tape.finish("lost", found=found)
        finally:
            lock.release()

    def _hear(self, line: Line) -> None:
        said = line.said
        match line.event:
            case "gap":
                self.gaps.append(said)
            case "mark":
                self.marks.append(said)
            case "notice":
                self.notices[said["kind"]] = self.notices.get(said["kind"], 0) + 1
            case "clock":
                self.clock.append(said)
            case "connect":
                self.connects += 1
                self.lane = said["lane"]
                if "recorded" in said and not self.shown:
                    self.shown = {name: value for name, value in said.items() if name not in _OF_A_LINE} | {"windows": []}
            case "on_screen":
                self.shown.setdefault("windows", []).append([said["media_us"], said["window"]])
            case event if event in CLOSING:
                if said["file"] not in self.taken:
                    self._take(line)
                self.gaps, self.marks = [], []

    def _take(self, line: Line) -> None:
        said = line.said
        path = self.folder / said["file"]
        if not path.is_file():
            self.channel.warn("capture.segment_missing", file=said["file"])
            return
        digests = hash_file(path)
        item: Json = {
            "file": said["file"],
            "path": self._relative(path),
            "sha256": digests.sha256,
            "sm3": digests.sm3,
            "bytes": digests.bytes,
            "as_written": int(digests.sha256 == said["sha256"]),
            "said": {name: value for name, value in said.items() if name != "keys"} | {"hole_us": self._hole_us(said)},
            "gaps": self.gaps,
            "marks": self.marks,
            "head": line.head,
            "place": None,
            "index": None,
            "probe": None,
        }
        if said.get("complete", 1):
            item |= self._examine(path, digests.sha256, said)
        self.channel.item("segment", **item)

    def _hole_us(self, said: Json) -> int:
        holes = [gap for gap in self.gaps if gap["kind"] == "hls_sequence_hole"]
        return sum(2 * (gap["last"] - gap["first"] + 1) * int(said.get("duration_us") or 0) for gap in holes)

    def _examine(self, path: Path, sha256: str, said: Json) -> Json:
        """Its place in time and its index; nothing where it holds no media (encrypted, or a torn beginning)."""
        try:
            scan = scan_recording(path, lambda _: self.channel.check())
            facts = None if self.probed else probe(path, scan)
        except BadInput as error:
            return {"problem": error.code}
        if not any(stream.pts for stream in scan.streams.values()):
            return {"problem": "import.not_media"}
        first, last = scan.zero_us, scan.zero_us + scan.duration_us
        found: Json = {"place": [first, last], "index": self._index(scan, sha256), "anchor": _anchor(said, last)}
        if facts is not None:
            self.probed = True
            found["probe"] = facts.to_json()
        return found

    def _index(self, scan: Scan, sha256: str) -> Json:
        stream = next((number for number, one in scan.streams.items() if one.kind == "video" and one.pts), None)
        index = build_index(scan, next(iter(scan.streams)) if stream is None else stream)
        path = self.working / sha256 / "index.npz"
        path.parent.mkdir(parents=True, exist_ok=True)
        return {"sha256": save_index(index, path), "path": self._relative(path), "frames": len(index)}


def _anchor(said: Json, last_us: int) -> Json:
    """The least delayed key frame: container time, UTC of its arrival, and how much later the others came (`jitter_us`)."""
    keys: list[list[int]] = said.get("keys") or []
    apart = said.get("utc_minus_mono_us")
    if apart is None:
        return {}
    if not keys:
        return {"container_us": last_us, "utc_us": said["mono_us"] + apart, "jitter_us": int(said.get("duration_us") or 0)}
    delays = [mono - shown for shown, mono in keys]
    shown, mono = keys[delays.index(min(delays))]
    return {"container_us": shown, "utc_us": mono + apart, "jitter_us": max(delays) - min(delays)}
