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
from av.error import FFmpegError

from inspector_app.domain.timebase import SECOND, Interval, Micros, to_micros, to_ticks
from inspector_app.media.container import base_of, main_audio, open_media
from inspector_app.media.timeline import Timeline, TimelinePart

#: Time stamps may wander this far from the samples counted before the sound is set right again.
TOLERANCE_US: Final = 50_000
#: How long before a moment decoding starts: decoders need a packet or two, and seeking is coarse in streams without an index.
_EARLY_US: Final = SECOND
Check = Callable[[], None]


@dataclass
class SoundLine:
    """Takes decoded frames with their times and gives out signed 16-bit samples without a hole: `emit(bytes)`, interleaved.

    Sample `written` is heard `written / rate` seconds after `from_us`. `heard` counts those that came from the recording, `silences` are
    the stretches filled, `resyncs` how often time stamps and samples had to be set right, `tracks` how many files had sound.
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

    def filling(self, at_us: Micros) -> Iterator[None]:
        """Silence up to a moment, a second at each step; nothing where that has its sound already."""
        self.close()
        while self.written < self._place(at_us):
            self._fill(min(self._place(at_us), self.written + self.rate))
            yield

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
    for part in timeline.parts:
        if part.end_us > line.from_us:
            yield from line.filling(part.start_us)
            yield from _part(part, line)


def _part(part: TimelinePart, line: SoundLine) -> Iterator[None]:
    with open_media(part.path) as container:
        stream = main_audio(container)
        if stream is None:
            return
        line.tracks += 1
        if line.from_us > part.start_us + _EARLY_US:
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
                if at is None or _belongs(frame, at, part, line):
                    line.take(frame, at)
                elif at >= part.end_us:
                    line.close()
                    return
    line.close()


def _belongs(frame: AudioFrame, at_us: Micros, part: TimelinePart, line: SoundLine) -> bool:
    """Whether most of a frame lies within its part and behind the beginning of the line."""
    middle = at_us + frame.samples * SECOND // max(1, frame.sample_rate) // 2
    return max(part.start_us, line.from_us) <= middle < part.end_us
