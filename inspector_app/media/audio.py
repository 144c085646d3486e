"""The recording's sound as the models need it: 16 kHz, mono, 16 bit, on the recording's own timeline.

Sample n is what is heard at recording time n/16000 s: late starts and gaps become silence, overlaps are cut, so that a word's time in
the transcript is its time in the recording. Memory stays the same for minutes and for hours. It never touches the original.
"""

import hashlib
import wave
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.error import FFmpegError
from numpy.typing import NDArray

from inspector_app.domain.errors import BadInput
from inspector_app.domain.timebase import SECOND, Interval, Micros, to_micros
from inspector_app.media.container import TOOL, TOOL_VERSION, main_audio, open_media

RATE = 16_000
#: Time stamps may wander this far from the samples counted before the sound is set right again.
TOLERANCE_US = 50_000
_TOLERANCE = TOLERANCE_US * RATE // SECOND
#: A WAV file counts its bytes in 32 bits: 37 hours at this rate.
_LONGEST = (2**32 - 4096) // 2
_SILENCE = bytes(2 * RATE * 10)
PEAKS_PER_SECOND = 100


@dataclass(frozen=True)
class AudioDerivative:
    """The written file; `samples` at `RATE`; `silences` are the stretches the recording had no sound for."""

    path: Path
    sha256: str
    bytes: int
    samples: int
    silences: tuple[Interval, ...]
    tool: str
    version: str
    settings: dict[str, str | int]


@dataclass
class _Timeline:
    """Writes samples at their places in the recording."""

    file: wave.Wave_write
    path_name: str
    check: Callable[[], None]
    written: int = 0
    silences: list[Interval] = field(default_factory=list)
    resyncs: int = 0
    #: the stretch being written: its resampler, what it was made for, where it began, input samples given to it
    _resampler: AudioResampler | None = None
    _format: tuple[int, str, str] = (0, "", "")
    _began: int = 0
    _fed: int = 0

    def take(self, frame: AudioFrame, at_us: Micros | None) -> None:
        """One decoded frame whose first sample belongs at a recording time (None: right after the one before)."""
        shape = (frame.sample_rate, frame.format.name, frame.layout.name)
        if self._resampler is None or shape != self._format:
            self._close_stretch()
            self._open_stretch(shape, self._place(at_us))
        elif at_us is not None:
            off = self._place(at_us) - self._due()
            if off < -_TOLERANCE:  # this moment has its sound already
                self.resyncs += 1
                return
            if off > _TOLERANCE:
                self.resyncs += 1
                self._close_stretch()
                self._open_stretch(shape, self._place(at_us))
        assert self._resampler is not None
        self._fed += frame.samples
        frame.pts = None  # its place is kept here; the resampler must not shift anything by itself
        for done in self._resampler.resample(frame):
            self._write(done)

    def close(self) -> None:
        self._close_stretch()

    def _place(self, at_us: Micros | None) -> int:
        return self.written if at_us is None else max(0, (at_us * RATE + SECOND // 2) // SECOND)

    def _due(self) -> int:
        """Where the next input sample falls by counting."""
        return self._began + self._fed * RATE // self._format[0]

    def _open_stretch(self, shape: tuple[int, str, str], at: int) -> None:
        self._silence_until(at)
        self._format, self._began, self._fed = shape, self.written, 0
        self._resampler = AudioResampler(format="s16", layout="mono", rate=RATE)

    def _close_stretch(self) -> None:
        if self._resampler is None:
            return
        for done in self._resampler.resample(None):
            self._write(done)
        missing = self._due() - self.written  # the resampler may keep back a sample or two
        if missing > 0:
            self._write_bytes(bytes(2 * missing))
        self._resampler = None

    def _silence_until(self, at: int) -> None:
        if at <= self.written:
            return
        if at > _LONGEST:
            raise BadInput("media.audio_too_long", file=self.path_name)
        self.silences.append(Interval(self.written * SECOND // RATE, at * SECOND // RATE))
        while self.written < at:
            self.check()
            self._write_bytes(_SILENCE[: 2 * (at - self.written)])

    def _write(self, frame: AudioFrame) -> None:
        self._write_bytes(frame.to_ndarray().tobytes())

    def _write_bytes(self, data: bytes) -> None:
        if self.written + len(data) // 2 > _LONGEST:
            raise BadInput("media.audio_too_long", file=self.path_name)
        self.file.writeframesraw(data)
        self.written += len(data) // 2


def extract_audio(
    path: Path,
    out: Path,
    zero_us: Micros,
    *,
    on_progress: Callable[[Micros], None] = lambda _: None,
    check: Callable[[], None] = lambda: None,
) -> AudioDerivative:
    """Writes the first sound track to the WAV file `out`.

    `zero_us` is the recording's zero (`Probe.zero_us`). `on_progress` is told the recording time reached about once a second of sound;
    `check` is called at least as often and may raise to stop, in which case nothing is left at `out`. Raises BadInput `media.no_audio`,
    `media.audio_undecodable` or `media.audio_too_long`; OSError when the disk refuses.
    """
    partial = out.with_name(out.name + ".partial")
    try:
        with partial.open("wb") as raw, wave.open(raw, "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE)
            timeline = _Timeline(file, path.name, check)
            _decode_into(path, timeline, zero_us, on_progress)
        partial.replace(out)
    finally:
        partial.unlink(missing_ok=True)
    with out.open("rb") as done:
        digest = hashlib.file_digest(done, "sha256").hexdigest()
    settings: dict[str, str | int] = {"rate": RATE, "channels": 1, "bits": 16, "tolerance_us": TOLERANCE_US, "resyncs": timeline.resyncs}
    return AudioDerivative(out, digest, out.stat().st_size, timeline.written, tuple(timeline.silences), TOOL, TOOL_VERSION, settings)


def _decode_into(path: Path, timeline: _Timeline, zero_us: Micros, on_progress: Callable[[Micros], None]) -> None:
    told = 0
    with open_media(path) as container:
        stream = main_audio(container)
        if stream is None:
            raise BadInput("media.no_audio", file=path.name)
        for packet in container.demux(stream):
            timeline.check()
            try:
                frames = packet.decode()
            except FFmpegError:
                continue  # what is lost here becomes silence up to the next good frame
            for frame in frames:
                base = frame.time_base
                timeline.take(frame, None if frame.pts is None or base is None else to_micros(frame.pts, base) - zero_us)
            if timeline.written - told >= RATE:
                told = timeline.written
                on_progress(told * SECOND // RATE)
        timeline.close()
    if timeline.written == 0:
        raise BadInput("media.audio_undecodable", file=path.name)


def peaks(wav: Path) -> NDArray[np.int8]:
    """Lowest and highest sample of every hundredth of a second, shape (n, 2), int8 (-128 … 127), for drawing the waveform.

    Reads a file made by `extract_audio` piece by piece; raises OSError or wave.Error.
    """
    bucket = RATE // PEAKS_PER_SECOND
    parts: list[NDArray[np.int8]] = []
    with wave.open(str(wav), "rb") as file:
        while data := file.readframes(bucket * PEAKS_PER_SECOND * 60):
            samples = np.frombuffer(data, dtype="<i2")
            short = -len(samples) % bucket
            if short:  # the last bucket is filled up with its own last sample
                samples = np.concatenate([samples, np.repeat(samples[-1:], short)])
            rows = samples.reshape(-1, bucket)
            parts.append((np.stack([rows.min(axis=1), rows.max(axis=1)], axis=1) >> 8).astype(np.int8))
    return np.concatenate(parts) if parts else np.zeros((0, 2), dtype=np.int8)
