"""Where somebody speaks: the Silero detector that comes with faster-whisper, over a WAV of any length in blocks.

Runs in the child process only (onnxruntime). It returns probabilities; what counts as speech is decided in `plan.py`.
"""

from collections.abc import Callable

import numpy as np

from inspector_app.domain.timebase import SECOND, Micros
from inspector_app.speech.wav import RATE, WavSound

_WINDOW = 512
#: The detector also hears the end of the window before.
_CONTEXT = 64
#: Two minutes at a time; memory does not grow with the length of the recording.
_BLOCK = 120 * RATE // _WINDOW * _WINDOW


def speech_probabilities(sound: WavSound, tick: Callable[[Micros], None]) -> list[float]:
    """One probability of speech for every 32 ms (`plan.WINDOW_US`) of the sound, the last window filled up with silence.

    The detector's memory is carried from block to block, so the result is that of one pass. `tick(microseconds heard)` is called after each
    block and may raise to stop.
    """
    from faster_whisper.vad import get_vad_model

    session = get_vad_model().session
    short = np.zeros((1, 1, 128), np.float32)
    long = np.zeros((1, 1, 128), np.float32)
    before = np.zeros(_CONTEXT, np.float32)
    probabilities: list[float] = []
    for first in range(0, sound.samples, _BLOCK):
        block = sound.read_samples(first, first + _BLOCK)
        windows = np.pad(block, (0, -len(block) % _WINDOW)).reshape(-1, _WINDOW)
        contexts = np.vstack([before[None, :], windows[:-1, -_CONTEXT:]])
        before = windows[-1, -_CONTEXT:]
        output, short, long = session.run(None, {"input": np.hstack([contexts, windows]), "h": short, "c": long})
        probabilities += [float(value) for value in np.asarray(output).reshape(-1)]
        tick(min(sound.samples, first + _BLOCK) * SECOND // RATE)
    return probabilities
