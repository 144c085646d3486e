"""Where somebody speaks: the Silero detector that comes with faster-whisper, over a WAV of any length in blocks.

Runs in the child process only (onnxruntime). It returns probabilities; what counts as speech is decided in `plan.py`.
"""

from collections.abc import Callable, Iterator

import numpy as np

from inspector_app.domain.timebase import SECOND, Micros
from inspector_app.speech.wav import RATE, Sound, WavSound

#: samples of one window
WINDOW = 512
#: The detector also hears the end of the window before.
_CONTEXT = 64
#: Two minutes at a time; memory does not grow with the length of the recording.
_BLOCK = 120 * RATE // WINDOW * WINDOW


class Detector:
    """The detector over sound that comes piece by piece; its memory is carried on, so the result is that of one pass."""

    def __init__(self) -> None:
        from faster_whisper.vad import get_vad_model

        self._session = get_vad_model().session
        self._short = np.zeros((1, 1, 128), np.float32)
        self._long = np.zeros((1, 1, 128), np.float32)
        self._before = np.zeros(_CONTEXT, np.float32)

    def feed(self, sound: Sound) -> list[float]:
        """One probability of speech for every 32 ms (`plan.WINDOW_US`); a last window that is not full is filled up with silence."""
        if not len(sound):
            return []
        windows = np.pad(sound, (0, -len(sound) % WINDOW)).reshape(-1, WINDOW)
        contexts = np.vstack([self._before[None, :], windows[:-1, -_CONTEXT:]])
        self._before = windows[-1, -_CONTEXT:]
        given = {"input": np.hstack([contexts, windows]), "h": self._short, "c": self._long}
        output, self._short, self._long = self._session.run(None, given)
        return [float(value) for value in np.asarray(output).reshape(-1)]


def speech_probabilities(sound: WavSound, tick: Callable[[Micros], None]) -> Iterator[list[float]]:
    """One probability of speech for every 32 ms of the whole sound, in blocks of two minutes.

    `tick(microseconds heard)` is called after each block and may raise.
    """
    detector = Detector()
    for first in range(0, sound.samples, _BLOCK):
        probabilities = detector.feed(sound.read_samples(first, first + _BLOCK))
        tick(min(sound.samples, first + _BLOCK) * SECOND // RATE)
        yield probabilities
