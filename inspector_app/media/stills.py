"""The exact frame at a moment of the recording, as evidence needs it: the right picture or an error, never a neighbour.

FFmpeg's seeking lands late in MPEG-TS and other streams without an index, so it starts well before the moment, decodes forward and
checks the time stamp it got against the packets it passed.
"""

import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from av.container import InputContainer
from av.error import FFmpegError
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from PIL import Image

from inspector_app.domain.errors import BadInput
from inspector_app.domain.timebase import SECOND, FrameStamp, Micros, to_micros, to_ticks
from inspector_app.media.container import base_of, main_video, open_media
from inspector_app.media.frames import Frames
from inspector_app.media.picture import picture
from inspector_app.media.timeline import Timeline, TimelinePart

#: How long before the moment decoding starts. Measured on MPEG-TS: a plain seek was wrong every time, ten seconds early never.
EARLY_US = 10 * SECOND
_STILL_EARLIER = 6


@dataclass(frozen=True)
class Frame:
    """One picture: RGB, turned as displayed; the stamp the original gives it; its recording time; `damaged` if the decoder said so."""

    image: Image.Image
    stamp: FrameStamp
    at_us: Micros
    damaged: bool


@dataclass
class _Found:
    frame: VideoFrame | None = None
    #: latest time stamp, not after the moment, among the packets passed: what the frame must carry
    expected: int | None = None
    #: whether the frame is the one expected
    complete: bool = False
    #: whether something failed to decode since the last key frame, so that what follows may be patched up
    damaged: bool = False


def exact_frame(path: Path, at_us: Micros, zero_us: Micros, *, early_us: Micros = EARLY_US) -> Frame:
    """The last frame presented at or before a recording time; before the first frame, the first; after the end, the last.

    `zero_us` is the recording's zero (`Probe.zero_us`). Raises BadInput `media.no_video` without picture, `media.frame_undecodable`
    when the frame is there but cannot be decoded.
    """
    with open_media(path) as container:
        video = main_video(container)
        if video is None:
            raise BadInput("media.no_video", file=path.name)
    found = _Found()
    for early in (early_us, early_us * _STILL_EARLIER, None):
        if early is not None and at_us <= early:
            continue
        found = _search(path, at_us, zero_us, None if early is None else at_us - early)
        if found.complete:
            break
    if not found.complete or found.frame is None or found.frame.pts is None:
        raise BadInput("media.frame_undecodable", file=path.name, at_us=at_us)
    assert found.frame.time_base is not None
    stamp = FrameStamp(found.frame.pts, found.frame.time_base)
    at = to_micros(stamp.pts, stamp.base) - zero_us
    return Frame(picture(found.frame), stamp, at, found.damaged or bool(found.frame.is_corrupt))


def frame_on(timeline: Timeline, at_us: Micros) -> tuple[Frame, TimelinePart]:
    """The picture of a recording at a moment, as the player shows it, and the part it is from; its `at_us` is the recording's time.

    Raises BadInput `media.no_picture_in_gap` in a gap, `media.no_video`, `media.frame_undecodable`.
    """
    part = timeline.part_at(at_us)
    if part is None:
        raise BadInput("media.no_picture_in_gap", at_us=at_us)
    if part.index is None or not part.index.is_file():
        return exact_frame(part.path, at_us, part.origin_us), part
    frames = Frames(timeline)
    try:
        shown = frames.frame_at(at_us)
        if shown.kind == "none":
            raise BadInput("media.no_video", file=part.path.name)
        if shown.frame is None or shown.stamp is None:
            raise BadInput("media.frame_undecodable", file=part.path.name, at_us=at_us)
        return Frame(picture(shown.frame), shown.stamp, shown.at_us, shown.damaged), part
    finally:
        frames.close()


def _search(path: Path, at_us: Micros, zero_us: Micros, from_us: Micros | None) -> _Found:
    """Decodes from `from_us` (None: the beginning) up to the first frame after the moment."""
    found = _Found()
    limit_us = at_us + zero_us
    with open_media(path) as container:
        video = main_video(container)
        assert video is not None
        video.thread_type = "AUTO"
        base = base_of(video)
        if from_us is not None:
            try:
                container.seek(to_ticks(from_us + zero_us, base), stream=video)
            except FFmpegError:
                return found
        for frame in _frames(container, video, found, limit_us, from_key=from_us is not None):
            if frame.pts is None:
                continue
            if to_micros(frame.pts, base) <= limit_us:
                found.frame = frame
                continue
            if from_us is None and found.frame is None and found.expected is None:
                # nothing was on screen yet: the first picture stands for it
                found.frame, found.expected = frame, frame.pts
            break
    found.complete = found.frame is not None and found.frame.pts == found.expected
    return found


def _frames(container: InputContainer, video: VideoStream, found: _Found, limit_us: Micros, *, from_key: bool) -> Iterator[VideoFrame]:
    """Decoded frames in order; notes in `found` the newest packet not after the limit. Damaged packets are passed over.

    `from_key` skips what comes before the first key frame: some decoders show pictures without their reference rather than none.
    """
    base = base_of(video)
    started = not from_key
    for packet in container.demux(video):
        started = started or packet.is_keyframe
        if not started:
            continue
        stamp = packet.pts
        before = stamp is not None and packet.size > 0 and not packet.is_discard and to_micros(stamp, base) <= limit_us
        if stamp is not None and before:
            found.expected = stamp if found.expected is None else max(found.expected, stamp)
        if packet.is_keyframe and before:
            found.damaged = False
        try:
            frames = packet.decode()
        except FFmpegError:
            found.damaged = found.damaged or before
            continue
        yield from frames


def png_bytes(image: Image.Image) -> bytes:
    """A picture as PNG without any text or date inside: the same picture gives the same bytes."""
    buffer = io.BytesIO()
    Image.Image.save(image.convert("RGB"), buffer, format="PNG", compress_level=6)
    return buffer.getvalue()


def save_png(image: Image.Image, path: Path) -> str:
    """Writes a picture as PNG and returns the file's SHA-256; raises OSError."""
    data = png_bytes(image)
    path.write_bytes(data)
    return hashlib.sha256(data).hexdigest()
