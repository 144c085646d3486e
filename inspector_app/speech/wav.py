"""Reads the working copy of the sound, 16 kHz mono 16-bit WAV, piece by piece, so that hours of it never lie in memory."""

import wave
from pathlib import Path

import numpy as np
import numpy.typing as npt

from inspector_app.domain.errors import BadInput
from inspector_app.domain.timebase import SECOND, Micros

RATE = 16_000

Sound = npt.NDArray[np.float32]


class WavSound:
    """An open WAV of 16 kHz mono 16-bit samples.

    Raises BadInput `sound.unreadable` (file, cause), `sound.not_16k_mono` (file) or `sound.cut` (file).
    """

    def __init__(self, path: Path) -> None:
        try:
            self._wave = wave.open(str(path))  # noqa: SIM115  # closed by close()
        except (OSError, EOFError, wave.Error) as error:
            raise BadInput("sound.unreadable", file=path.name, cause=str(error)) from error
        if (self._wave.getframerate(), self._wave.getnchannels(), self._wave.getsampwidth()) != (RATE, 1, 2):
            self.close()
            raise BadInput("sound.not_16k_mono", file=path.name)
        self.samples: int = self._wave.getnframes()
        if path.stat().st_size < 2 * self.samples:  # the sound ends before its header says: the rest would look like silence
            self.close()
            raise BadInput("sound.cut", file=path.name)

    @property
    def length_us(self) -> Micros:
        return self.samples * SECOND // RATE

    def read(self, start_us: Micros, end_us: Micros) -> Sound:
        """The samples from `start_us` to `end_us` as float32 in -1 … 1; shorter where the file ends."""
        return self.read_samples(start_us * RATE // SECOND, end_us * RATE // SECOND)

    def read_samples(self, first: int, end: int) -> Sound:
        """The samples numbered `first` … `end` - 1 as float32 in -1 … 1; shorter where the file ends."""
        self._wave.setpos(min(first, self.samples))
        frames = self._wave.readframes(max(0, end - first))
        return np.frombuffer(frames, dtype="<i2").astype(np.float32) / np.float32(32768)

    def close(self) -> None:
        self._wave.close()

    def __enter__(self) -> "WavSound":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
