"""One reading of every packet of a recording: what the probe, the time index and the gap list are made from.

Headers lie (durations, frame rates); packets are what is there. Nothing is decoded here.
"""

from array import array
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from pathlib import Path

from av.audio.stream import AudioStream
from av.container import InputContainer
from av.error import FFmpegError
from av.packet import Packet
from av.stream import Stream

from inspector_app.domain.timebase import SECOND, Micros, to_micros
from inspector_app.media.container import base_of, content_type, is_picture_track, open_media

#: A clock that goes back by more than this (in decoding order) was restarted; less is reordering or jitter.
_RESTART_US = SECOND
#: Reading goes on after a damaged stretch; so many errors without one packet between them mean that nothing more comes.
_ERRORS_IN_A_ROW = 32
_CALL_EVERY = 512
#: Containers that tell a new set-up of the decoder beside a packet.
_SETS_UP_AGAIN = {"flv", "mp4", "asf"}


@dataclass
class StreamScan:
    """Every packet of one stream in file order: presentation and decoding time in ticks of `base`, key flag, byte position (-1 unknown)."""

    index: int
    kind: str
    base: Fraction
    pts: "array[int]" = field(default_factory=lambda: array("q"))
    dts: "array[int]" = field(default_factory=lambda: array("q"))
    key: bytearray = field(default_factory=bytearray)
    pos: "array[int]" = field(default_factory=lambda: array("q"))
    #: end of the packet that ends last, in ticks
    end: int | None = None
    #: where the decoder's set-up changes (FLV sends a new header): packet number, and the byte position of the packet before it
    headers: list[tuple[int, int]] = field(default_factory=list)
    corrupt: int = 0
    restarts: int = 0
    #: where presentation starts when the first packets only warm the decoder up (AAC priming), in ticks
    opens_at: int | None = None
    #: whether its packets may bring a new set-up of the decoder: they are asked one by one
    watched: bool = False
    _last_dts: int | None = None

    def __post_init__(self) -> None:
        self._restart_ticks = _RESTART_US * self.base.denominator // (self.base.numerator * SECOND)

    def take(self, packet: "Packet[Stream]") -> None:
        """Called for every packet of hours of material: each thing asked of a packet costs a third of a microsecond."""
        pts, dts, pos = packet.pts, packet.dts, packet.pos
        if packet.is_corrupt:
            self.corrupt += 1
        if dts is not None:
            if self._last_dts is not None and self._last_dts - dts > self._restart_ticks:
                self.restarts += 1
            self._last_dts = dts
        stamp = dts if pts is None else pts
        if stamp is None or packet.is_discard:
            return
        if self.watched and self.pts and packet.has_sidedata("new_extradata"):
            self.headers.append((len(self.pts), self.pos[-1]))
        self.pts.append(stamp)
        self.dts.append(stamp if dts is None else dts)
        self.key.append(packet.is_keyframe)
        self.pos.append(-1 if pos is None else pos)
        end = stamp + (packet.duration or 0)
        if self.end is None or end > self.end:
            self.end = end

    @cached_property
    def start(self) -> int | None:
        """First presentation time in ticks, asked for once all is read; priming is not presented and so does not count."""
        if not self.pts:
            return None
        first = min(self.pts)
        return first if self.opens_at is None else max(first, self.opens_at)

    def start_us(self) -> Micros | None:
        return None if self.start is None else to_micros(self.start, self.base)

    def end_us(self) -> Micros | None:
        return None if self.end is None else to_micros(self.end, self.base)


@dataclass
class Scan:
    """All sound and picture streams of a recording, by stream index, and how often reading failed on the way."""

    streams: dict[int, StreamScan]
    read_errors: int

    @property
    def zero_us(self) -> Micros:
        """The recording's zero: the earliest presentation time of any picture or sound stream, on the container's clock.

        Recording time of a packet = `to_micros(pts, base) - zero_us`. 0 when nothing has a time stamp.
        """
        starts = [start for stream in self.streams.values() if (start := stream.start_us()) is not None]
        return min(starts, default=0)

    @property
    def duration_us(self) -> Micros:
        """From zero to the end of what ends last, by packets."""
        ends = [end for stream in self.streams.values() if (end := stream.end_us()) is not None]
        return max(ends, default=self.zero_us) - self.zero_us


def _new(stream: Stream, container_type: str) -> StreamScan:
    scan = StreamScan(stream.index, stream.type, base_of(stream), watched=stream.type == "video" and container_type in _SETS_UP_AGAIN)
    if isinstance(stream, AudioStream):
        scan.opens_at = stream.start_time
    return scan


def scan_packets(path: Path, on_progress: Callable[[int], None] | None = None) -> Scan:
    """Reads every packet once.

    `on_progress` is told the byte position reached now and then and may raise to stop. Raises av.error.FFmpegError when the file
    cannot be opened; errors further in are counted and passed over.
    """
    with open_media(path) as container:
        wanted = [stream for stream in container.streams if is_picture_track(stream) or isinstance(stream, AudioStream)]
        scans = {stream.index: _new(stream, content_type(container)) for stream in wanted}
        errors = _read(container, wanted, scans, on_progress) if wanted else 0
    return Scan(scans, errors)


def _read(container: InputContainer, wanted: list[Stream], scans: dict[int, StreamScan], on_progress: Callable[[int], None] | None) -> int:
    errors, in_a_row, count = 0, 0, 0
    while in_a_row < _ERRORS_IN_A_ROW:
        try:
            for packet in container.demux(*wanted):
                if packet.size == 0:  # the end-of-stream marker
                    continue
                in_a_row = 0
                scans[packet.stream_index].take(packet)
                count += 1
                if on_progress is not None and count % _CALL_EVERY == 0:
                    on_progress(packet.pos or 0)
        except FFmpegError:
            errors += 1
            in_a_row += 1
        else:
            break
    return errors
