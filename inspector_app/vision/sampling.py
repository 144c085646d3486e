"""Which frame of a recording is on show at each sampled instant, and its picture the right way up. Reads only the video it is given.

Every frame is decoded (2 s of processor time a minute at 720×1280, against 30 s for reading), so that a sample is the frame on show
and not a neighbour; every span from a freshly opened file, so that its samples never depend on what was decoded before.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import av.error
import numpy as np
import numpy.typing as npt
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from inspector_app.domain.errors import BadInput
from inspector_app.domain.timebase import SECOND, Micros, to_micros, to_ticks
from inspector_app.domain.work import Channel
from inspector_app.media.container import base_of, main_video, open_media
from inspector_app.media.picture import picture

#: A frame stands for the time after it until the next one, but for no longer than this: beyond it nothing proves what was shown.
HOLD_US: Final = 10 * SECOND
#: How far before a span to seek when its first frame was missed; after these, the file is read from its start.
_SEEK_BACK_US: Final = (0, 10 * SECOND, 60 * SECOND)


@dataclass(frozen=True)
class Sample:
    """The frame on show at `at_us` of the recording."""

    at_us: Micros
    frame: VideoFrame

    @property
    def pts(self) -> int:
        assert self.frame.pts is not None
        return self.frame.pts

    def picture(self) -> npt.NDArray[np.uint8]:
        """Height×width×3, BGR, the picture as an exhibit shows it."""
        return np.ascontiguousarray(np.asarray(picture(self.frame))[:, :, ::-1])


class Sampler:
    """Samples of one video; `zero_us` is the recording's zero on the container's clock, `gaps` are spans where nothing was recorded."""

    def __init__(self, video: Path, zero_us: Micros, gaps: list[tuple[Micros, Micros]]) -> None:
        self._video = video
        self._zero_us = zero_us
        self._gaps = gaps
        with self._open() as container:
            self.base = base_of(_video_stream(container, video))

    def samples(self, start_us: Micros, end_us: Micros, interval_us: Micros, channel: Channel) -> Iterator[Sample]:
        """One sample per interval from `start_us` on, before `end_us`; fewer where no frame is known to have been on show."""
        slot, shown, shown_at = start_us, None, 0
        for frame, at_us in self._frames_from(start_us, channel):
            while slot < min(at_us, end_us) and shown is not None and slot - shown_at <= HOLD_US:
                yield from self._sample(slot, shown)
                slot += interval_us
            if at_us >= end_us:
                return
            if slot < at_us:  # nothing was on show at the slot: the first frame after it is the best witness of its interval
                yield from self._sample(at_us, frame)
                slot += ((at_us - slot) // interval_us + 1) * interval_us
            shown, shown_at = frame, at_us
        while slot < end_us and shown is not None and slot - shown_at <= HOLD_US:
            yield from self._sample(slot, shown)
            slot += interval_us

    def _sample(self, at_us: Micros, frame: VideoFrame) -> Iterator[Sample]:
        if not any(start <= at_us < end for start, end in self._gaps):
            yield Sample(at_us, frame)

    def _frames_from(self, start_us: Micros, channel: Channel) -> Iterator[tuple[VideoFrame, Micros]]:
        """Frames in order, the first one not after `start_us` if the file has such a frame."""
        for back_us in _SEEK_BACK_US if start_us > 0 else ():
            with self._open() as container:
                stream = _video_stream(container, self._video)
                target = to_ticks(self._zero_us + start_us - back_us, self.base)
                try:
                    container.seek(target, stream=stream, backward=True)
                except av.error.FFmpegError:
                    continue
                frames = self._decode(container, stream, channel)
                first = next(frames, None)
                if first is not None and first[1] <= start_us:
                    yield first
                    yield from frames
                    return
        with self._open() as container:
            yield from self._decode(container, _video_stream(container, self._video), channel)

    def _decode(self, container: InputContainer, stream: VideoStream, channel: Channel) -> Iterator[tuple[VideoFrame, Micros]]:
        stream.thread_type = "AUTO"
        stream.codec_context.thread_count = 2
        damaged = 0
        packets = container.demux(stream)
        while True:
            channel.check()
            try:
                packet = next(packets)
                frames = packet.decode()
            except StopIteration:
                break
            except av.error.InvalidDataError:
                damaged += 1
                continue
            except av.error.FFmpegError:  # the file ends in the middle of something
                damaged += 1
                break
            for frame in frames:
                if isinstance(frame, VideoFrame) and frame.pts is not None:
                    yield frame, to_micros(frame.pts, self.base) - self._zero_us
        if damaged:
            channel.warn("vision.frames_damaged", name=self._video.name, count=damaged)

    def _open(self) -> InputContainer:
        try:
            return open_media(self._video)
        except (av.error.FFmpegError, OSError) as error:
            raise BadInput("vision.video_unreadable", name=self._video.name, detail=type(error).__name__) from error


def _video_stream(container: InputContainer, video: Path) -> VideoStream:
    stream = main_video(container)
    if stream is None:
        raise BadInput("vision.no_picture", name=video.name)
    return stream
