"""A recording's sound laid out on its own clock, sample by sample, over all its files: silence where there is none, overlaps cut.

The 16 kHz derivative, the waveform and the player all take their samples from here, so that what is heard, drawn and transcribed at a
moment is the same. It decodes on the caller's thread and never touches a file.
"""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final, Literal

from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.error import FFmpegError
from av.packet import Packet

from inspector_app.domain.timebase import SECOND, Interval, Micros, to_micros, to_ticks
from inspector_app.media.container import base_of, main_audio, open_media
from inspector_app.media.timeline import Timeline, TimelinePart

#: Time stamps may wander this far from the samples counted before the sound is set right again.
TOLERANCE_US: Final = 50_000
#: A file is cut at a picture; the sound that goes with it comes a little before or after it. So far outside its part sound still counts.
SEAM_US: Final = 100_000
#: How long before a moment decoding starts: decoders need a packet or two, and seeking is coarse in streams without an index.
_EARLY_US: Final = SECOND
Check = Callable[[], None]


@dataclass
class SoundLine:
    """Takes decoded frames with their times and gives out signed 16-bit samples without a hole: `emit(bytes)`, interleaved.

    Sample `written` is heard `written / rate` seconds after `from_us`. `heard` counts those that came from the recording, `silences` are
    the stretches filled, `resyncs` how often time stamps and samples had to be set right, `tracks` how many files had sound. `sound_to` is
    the sample up to which sound reaches (None: silence comes before), by which a stretch goes on where the one before it ended.
    """

    emit: Callable[[bytes], None]
    rate: int
    layout: Literal["mono", "stereo"]
    from_us: Micros = 0
    written: int = 0
    heard: int = 0
    resyncs: int = 0
    tracks: int = 0
    silences: list[Interval] = field(default_factory=list)
    sound_to: int | None = None
    #: the stretch being written: its resampler, what it was made for, where it began, input samples given to it
    _resampler: AudioResampler | None = None
    _format: tuple[int, str, str] = (0, "", "")
    _began: int = 0
    _fed: int = 0

    def take(self, frame: AudioFrame, at_us: Micros | None) -> None:
        """One decoded frame whose first sample belongs at a recording time (None: right after the one before)."""
        shape = (frame.sample_rate, frame.format.name, frame.layout.name)
        if self._resampler is None or shape != self._format:
            self.close()
            self._open_stretch(shape, self._place(at_us))
        elif at_us is not None:
            off = self._place(at_us) - self._due()
            tolerance = TOLERANCE_US * self.rate // SECOND
            if off < -tolerance:  # this moment has its sound already
                self.resyncs += 1
                return
            if off > tolerance:
                self.resyncs += 1
                self.close()
                self._open_stretch(shape, self._place(at_us))
        assert self._resampler is not None
        self._fed += frame.samples
        frame.pts = None  # its place is kept here; the resampler must not shift anything by itself
        for done in self._resampler.resample(frame):
            self._write(done)

    def close(self) -> None:
        """Ends the stretch: what the resampler keeps back is given out."""
        if self._resampler is None:
            return
        for done in self._resampler.resample(None):
            self._write(done)
        missing = self._due() - self.written
        if missing > 0:
            self._give(bytes(missing * self.width))
        self._resampler = None
        self.sound_to = self.written

    def filling(self, at_us: Micros) -> Iterator[None]:
        """Silence up to a moment, a second at each step; nothing where that has its sound already."""
        self.close()
        while self.written < self._place(at_us):
            self._fill(min(self._place(at_us), self.written + self.rate))
            yield

    @property
    def reached_us(self) -> Micros:
        """The recording time up to which there is sound or silence."""
        return self._time_of(self.written if self._resampler is None else self._due())

    @property
    def width(self) -> int:
        """Bytes of one sample of all channels."""
        return 2 if self.layout == "mono" else 4

    def _place(self, at_us: Micros | None) -> int:
        return self.written if at_us is None else max(0, ((at_us - self.from_us) * self.rate + SECOND // 2) // SECOND)

    def _due(self) -> int:
        """Where the next input sample falls by counting."""
        return self._began + self._fed * self.rate // self._format[0]

    def _open_stretch(self, shape: tuple[int, str, str], at: int) -> None:
        if self.sound_to != self.written or at - self.written > TOLERANCE_US * self.rate // SECOND:
            self._fill(at)
        self._format, self._began, self._fed = shape, self.written, 0
        self._resampler = AudioResampler(format="s16", layout=self.layout, rate=self.rate)

    def _fill(self, at: int) -> None:
        if at <= self.written:
            return
        start = self._time_of(self.written)
        if self.silences and self.silences[-1].end_us == start:
            start = self.silences.pop().start_us
        self.silences.append(Interval(start, self._time_of(at)))
        while self.written < at:
            self._give(bytes(min(at - self.written, self.rate) * self.width))

    def _time_of(self, sample: int) -> Micros:
        return self.from_us + sample * SECOND // self.rate

    def _write(self, frame: AudioFrame) -> None:
        data = frame.to_ndarray().tobytes()
        self.heard += len(data) // self.width
        self._give(data)

    def _give(self, data: bytes) -> None:
        self.emit(data)
        self.written += len(data) // self.width


def sound_of(timeline: Timeline, line: SoundLine, *, check: Check = lambda: None) -> int:
    """Lays the first sound track of every part from `line.from_us` on; returns how many parts have one. `check` may raise to stop."""
    for _ in laying(timeline, line):
        check()
    return line.tracks


def laying(timeline: Timeline, line: SoundLine) -> Iterator[None]:
    """The same a little at a time: lays one packet, or a second of silence, at each step.

    Damaged packets become silence up to the next good one. Raises av.error.FFmpegError where a file cannot be opened.
    """
    for number in range(len(timeline.parts)):
        yield from laying_part(timeline, number, line)


def laying_part(timeline: Timeline, number: int, line: SoundLine) -> Iterator[None]:
    """One part of it. What lies just behind the part's end counts up to where the next part's own sound begins."""
    part = timeline.parts[number]
    if part.end_us + SEAM_US <= line.from_us:
        return
    until_us = part.end_us
    if number + 1 < len(timeline.parts):
        until_us = max(part.end_us, min(part.end_us + SEAM_US, _first_sound_us(timeline.parts[number + 1])))
    yield from line.filling(part.start_us - SEAM_US)
    with open_media(part.path) as container:
        stream = main_audio(container)
        if stream is None:
            return
        line.tracks += 1
        if line.from_us <= part.start_us + _EARLY_US:
            _run_in(stream, timeline.parts[number - 1] if number else None, part)
        else:
            with contextlib.suppress(FFmpegError):  # then it is read from its beginning
                container.seek(to_ticks(part.container_us(line.from_us) - _EARLY_US, base_of(stream)), stream=stream)
        for packet in container.demux(stream):
            yield
            try:
                frames = packet.decode()
            except FFmpegError:
                continue
            for frame in frames:
                base = frame.time_base
                at = None if frame.pts is None or base is None else part.recording_us(to_micros(frame.pts, base))
                if at is None or _belongs(frame, at, part.start_us, until_us, line):
                    line.take(frame, at)
                elif at >= until_us:
                    line.close()
                    return
    line.close()


def _run_in(stream: AudioStream, before: TimelinePart | None, part: TimelinePart) -> None:
    """Gives the decoder the packet before the file's first, where that is the end of the file before: each packet sounds on into the next.

    Without it the first hundredth of a second of every file is half as loud as it was.
    """
    if before is None or before.path == part.path or part.start_us - before.end_us > SEAM_US:
        return
    begins_us = _first_sound_us(part)
    last, ends_us = b"", begins_us
    with contextlib.suppress(FFmpegError), open_media(before.path) as container:
        its = main_audio(container)
        if its is None or _set_up(its) != _set_up(stream):
            return
        with contextlib.suppress(FFmpegError):
            container.seek(to_ticks(before.container_us(before.end_us) - _EARLY_US, base_of(its)), stream=its)
        for packet in container.demux(its):
            if not packet.size or packet.pts is None:
                continue
            end = before.recording_us(to_micros(packet.pts + (packet.duration or 0), base_of(its)))
            if end > begins_us + TOLERANCE_US:
                break
            last, ends_us = bytes(packet), end
    if last and begins_us - ends_us <= TOLERANCE_US:
        with contextlib.suppress(FFmpegError):
            stream.codec_context.decode(Packet(last))


def _set_up(stream: AudioStream) -> tuple[str, int, bytes | None]:
    return stream.codec_context.name, stream.codec_context.sample_rate, stream.codec_context.extradata


def _first_sound_us(part: TimelinePart) -> Micros:
    """When the sound of a part's file begins, on the recording's clock; its end where it has none or cannot be read."""
    with contextlib.suppress(FFmpegError), open_media(part.path) as container:
        stream = main_audio(container)
        if stream is not None:
            for packet in container.demux(stream):
                if packet.pts is not None:
                    return part.recording_us(to_micros(packet.pts, base_of(stream)))
    return part.end_us


def _belongs(frame: AudioFrame, at_us: Micros, start_us: Micros, until_us: Micros, line: SoundLine) -> bool:
    """Whether most of a frame lies within its part, or just before it where the line has no sound yet, and behind the line's beginning."""
    middle = at_us + frame.samples * SECOND // max(1, frame.sample_rate) // 2
    earliest = start_us if middle >= start_us else max(start_us - SEAM_US, line.reached_us)
    return max(earliest, line.from_us) <= middle < until_us
