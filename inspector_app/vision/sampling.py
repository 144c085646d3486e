"""Which frame of a recording is on show at each sampled instant, and its picture the right way up. Reads only the files it is given.

A group of pictures is decoded only as far as its last sample needs, and frames that no other frame and no sample needs are left out:
at 1080p that is a quarter to a half of the cost of decoding everything. The frame a sample gets is still the one on show at its
instant, and it does not depend on where in the file decoding began.
"""

from bisect import bisect_right
from collections import deque
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, TypeAlias

import av.error
import numpy as np
import numpy.typing as npt
from av.container import InputContainer
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.reformatter import Colorspace, Interpolation
from av.video.stream import VideoStream

from inspector_app.domain.errors import BadInput
from inspector_app.domain.timebase import SECOND, Micros, to_micros, to_ticks
from inspector_app.domain.work import Channel
from inspector_app.media.container import base_of, main_video, open_media
from inspector_app.media.picture import rotation_of
from inspector_app.media.timeline import Timeline, TimelinePart

#: A frame stands for the time after it until the next one, but for no longer than this: beyond it nothing proves what was shown.
HOLD_US: Final = 10 * SECOND
#: How far before a span to seek when its first frame was missed; after these, the file is read from its start.
_SEEK_BACK_US: Final = (0, 10 * SECOND, 60 * SECOND)
#: A group of pictures longer than this is decoded in pieces, so that its packets do not fill the memory.
_GROUP_LIMIT: Final = 600
_UNSPECIFIED: Final = 2

AnyPacket: TypeAlias = "Packet[VideoStream]"


@dataclass(frozen=True)
class Sample:
    """The frame on show at `at_us` of the recording."""

    at_us: Micros
    frame: VideoFrame
    base: Fraction  # seconds per tick of `pts`

    @property
    def pts(self) -> int:
        assert self.frame.pts is not None
        return self.frame.pts

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the picture as shown."""
        turned = rotation_of(self.frame)[0] in (90, 270)
        return (self.frame.height, self.frame.width) if turned else (self.frame.width, self.frame.height)

    def picture(self, long_side: int) -> npt.NDArray[np.uint8]:
        """Height×width×3, BGR, the right way up, its longer side `long_side` pixels at most: a copy to read from, never an exhibit."""
        frame = self.frame
        scale = min(1.0, long_side / max(frame.width, frame.height))
        matrix = frame.colorspace
        if matrix == _UNSPECIFIED:
            matrix = Colorspace.ITU709 if frame.height >= 720 else Colorspace.ITU601
        small = frame.reformat(
            max(1, round(frame.width * scale)),
            max(1, round(frame.height * scale)),
            "bgr24",
            src_colorspace=matrix,
            src_color_range=frame.color_range,
            interpolation=Interpolation.AREA,
        ).to_ndarray()
        degrees, mirrored = rotation_of(frame)
        upright = np.rot90(small[:, ::-1] if mirrored else small, -(degrees // 90))
        return np.ascontiguousarray(upright, dtype=np.uint8)


@dataclass
class _Group:
    """Packets in the order of decoding from one key frame to the next (`next_us`: when what follows begins, None at the end)."""

    packets: list[AnyPacket]
    times: list[Micros]  # of each packet
    next_us: Micros | None
    whole: bool  # what follows is a key frame or the end, so that nothing later leans on these frames
    goes_on: bool  # it is the rest of a group too long to keep, and leans on frames before it


class Sampler:
    """Samples of a timeline; `gaps` are spans where nothing was recorded although a file goes on."""

    def __init__(self, timeline: Timeline, gaps: list[tuple[Micros, Micros]]) -> None:
        self._timeline = timeline
        self._gaps = gaps
        self._reading: _PartReader | None = None

    def samples(self, start_us: Micros, end_us: Micros, interval_us: Micros, channel: Channel) -> Iterator[Sample]:
        """One sample per interval from `start_us` on, before `end_us`; fewer where no frame is known to have been on show."""
        for part in self._timeline.parts:
            if part.start_us >= end_us or part.end_us <= start_us:
                continue
            first = start_us + max(0, -(-(part.start_us - start_us) // interval_us)) * interval_us
            reader = self._reader(part, first, channel)
            for sample in reader.samples(first, min(end_us, part.end_us), interval_us):
                if not any(gap_start <= sample.at_us < gap_end for gap_start, gap_end in self._gaps):
                    yield sample

    def close(self) -> None:
        if self._reading is not None:
            self._reading.close()
            self._reading = None

    def _reader(self, part: TimelinePart, first_us: Micros, channel: Channel) -> "_PartReader":
        """The open reader of a part if it stands just before the asked moment, else a new one."""
        if self._reading is None or self._reading.part != part or not self._reading.stands_before(first_us):
            self.close()
            self._reading = _PartReader(part, first_us, channel)
        return self._reading


class _PartReader:
    """Reads one file forwards from the key frame before `first_us`."""

    def __init__(self, part: TimelinePart, first_us: Micros, channel: Channel) -> None:
        self.part = part
        self._channel = channel
        self._damaged = 0
        self._pending = deque[tuple[Micros, Micros]]()
        self._shown: VideoFrame | None = None
        self._container, self._stream = self._open_at(first_us)
        self._stream.codec_context.thread_count = (
            1  # frames to leave out are chosen packet by packet, and cores are better used side by side
        )
        self._base = base_of(self._stream)
        self._groups = self._all_groups(self._container.demux(self._stream))
        self._group = next(self._groups, None)

    def close(self) -> None:
        self._groups.close()
        self._container.close()
        if self._damaged:
            self._channel.warn("vision.frames_damaged", name=self.part.path.name, count=self._damaged)
            self._damaged = 0

    def stands_before(self, at_us: Micros) -> bool:
        """Whether the group that will be decoded next can be decoded alone, and holds the moment or comes before it by little."""
        group = self._group
        return group is not None and not group.goes_on and min(group.times) <= at_us < min(group.times) + 60 * SECOND

    def samples(self, slot: Micros, end_us: Micros, interval_us: Micros) -> Iterator[Sample]:
        """One sample per interval; a group that reaches past `end_us` is kept for the next call."""
        while self._group is not None and slot < end_us:
            group = self._group
            wanted, slot = _choose(group, slot, end_us, interval_us)
            for at_us, frame in self._decode(group, wanted):
                yield Sample(at_us, frame, self._base)
            if group.next_us is None or group.next_us > end_us:
                return  # the next span may need frames of this group again
            self._group = next(self._groups, None)

    def _decode(self, group: _Group, wanted: list[tuple[Micros, Micros]]) -> Iterator[tuple[Micros, VideoFrame]]:
        """The frames for the wanted (slot, time of frame) pairs; decodes no further than they and the next group need."""
        context = self._stream.codec_context
        if not group.goes_on:
            context.flush_buffers()
            self._pending.clear()
            self._shown = None
        self._pending.extend(wanted)
        pending = self._pending
        needed = {time for _, time in wanted}
        feed: list[AnyPacket | None] = list(group.packets)
        if group.whole:
            last = max((place for place, time in enumerate(group.times) if time in needed), default=-1)
            feed = [*group.packets[: last + 1], None] if pending else []
        for place, packet in enumerate(feed):
            self._channel.check()
            context.skip_frame = "DEFAULT" if packet is None or group.times[place] in needed else "NONREF"
            try:
                frames = context.decode(packet)
            except av.error.EOFError:
                continue
            except av.error.FFmpegError:
                self._damaged += 1
                continue
            for frame in frames:
                if not isinstance(frame, VideoFrame) or frame.pts is None:
                    continue
                time = self._time(frame.pts)
                while pending and self._shown is not None and time > pending[0][1]:
                    yield pending.popleft()[0], self._shown
                self._shown = frame
        while group.whole and pending and self._shown is not None:
            yield pending.popleft()[0], self._shown

    def _all_groups(self, packets: Iterator[AnyPacket]) -> Generator[_Group]:
        collected: list[AnyPacket] = []
        times: list[Micros] = []
        goes_on = False
        while True:
            self._channel.check()
            try:
                packet = next(packets)
            except StopIteration:
                break
            except av.error.InvalidDataError:
                self._damaged += 1
                continue
            except av.error.FFmpegError:  # the file ends in the middle of something
                self._damaged += 1
                break
            stamp = packet.dts if packet.pts is None else packet.pts
            if stamp is None or packet.size == 0:
                continue
            time = self._time(stamp)
            if collected and (packet.is_keyframe or len(collected) >= _GROUP_LIMIT):
                yield _Group(collected, times, time, packet.is_keyframe, goes_on)
                collected, times, goes_on = [], [], not packet.is_keyframe
            collected.append(packet)
            times.append(time)
        if collected:
            yield _Group(collected, times, None, True, goes_on)

    def _time(self, stamp: int) -> Micros:
        return self.part.recording_us(to_micros(stamp, self._base))

    def _open_at(self, first_us: Micros) -> tuple[InputContainer, VideoStream]:
        """The file, placed at a key frame not after the moment if it has one; at its start otherwise."""
        for back_us in _SEEK_BACK_US if first_us > self.part.start_us else ():
            container = _opened(self.part)
            stream = _video_stream(container, self.part)
            target = to_ticks(self.part.container_us(first_us - back_us), base_of(stream))
            try:
                container.seek(target, stream=stream, backward=True)
                first = next((packet for packet in container.demux(stream) if packet.pts is not None), None)
                stamp = first.pts if first is not None and first.is_keyframe else None
                if stamp is not None and self.part.recording_us(to_micros(stamp, base_of(stream))) <= first_us:
                    container.seek(target, stream=stream, backward=True)
                    return container, stream
            except av.error.FFmpegError:
                pass
            container.close()
        container = _opened(self.part)
        return container, _video_stream(container, self.part)


def _choose(group: _Group, slot: Micros, end_us: Micros, interval_us: Micros) -> tuple[list[tuple[Micros, Micros]], Micros]:
    """(slot, time of the frame on show then) for the slots this group answers, and the first slot it does not."""
    times = sorted(group.times)
    chosen: list[tuple[Micros, Micros]] = []
    while slot < end_us:
        place = bisect_right(times, slot) - 1
        on_show = place >= 0 and slot - times[place] <= HOLD_US
        if place == len(times) - 1 and ((group.next_us is not None and slot >= group.next_us) or not on_show):
            break
        if on_show:
            chosen.append((slot, times[place]))
            slot += interval_us
        else:  # nothing was on show at the slot: the first frame after it is the best witness of its interval
            at_us = times[place + 1]
            if at_us >= end_us:
                break
            chosen.append((at_us, at_us))
            slot += ((at_us - slot) // interval_us + 1) * interval_us
    return chosen, slot


def _opened(part: TimelinePart) -> InputContainer:
    try:
        return open_media(part.path)
    except (av.error.FFmpegError, OSError) as error:
        raise BadInput("vision.video_unreadable", name=part.path.name, detail=type(error).__name__) from error


def _video_stream(container: InputContainer, part: TimelinePart) -> VideoStream:
    stream = main_video(container)
    if stream is None:
        raise BadInput("vision.no_picture", name=part.path.name)
    return stream
