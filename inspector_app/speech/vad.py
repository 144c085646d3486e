"""Where somebody speaks: the Silero detector that comes with faster-whisper, over a WAV of any length in blocks of ten minutes.

Runs in the child process only (onnxruntime). It returns probabilities; what counts as speech is decided in `plan.py`.
"""

from collections.abc import Callable

import numpy as np

from inspector_app.domain.timebase import Micros
from inspector_app.speech.wav import RATE, WavSound

_WINDOW = 512
#: Ten minutes at a time: about 0.2 GB at the peak, whatever the length of the recording.
_BLOCK = 600 * RATE // _WINDOW * _WINDOW
#: The detector remembers what it heard; it hears this much (4.1 s) before each block again, so that a seam between blocks does not show.
_WARM_UP = 128 * _WINDOW


def speech_probabilities(sound: WavSound, tick: Callable[[Micros], None]) -> list[float]:
    """One probability of speech for every 32 ms (`plan.WINDOW_US`) of the sound, the last window filled up with silence.

    `tick(microseconds heard)` is called after each block and may raise to stop.
    """
    from faster_whisper.vad import get_vad_model

    detector = get_vad_model()
    probabilities: list[float] = []
    for first in range(0, sound.samples, _BLOCK):
        warm_up = min(first, _WARM_UP)
        block = sound.read_samples(first - warm_up, first + _BLOCK)
        # one more window of silence: the detector blanks the end of its last window
        padded = np.pad(block, (0, -len(block) % _WINDOW + _WINDOW))
        heard = np.asarray(detector(padded)).reshape(-1)
        probabilities += [float(value) for value in heard[warm_up // _WINDOW : -1]]
        tick(min(sound.samples, first + _BLOCK) * 1_000_000 // RATE)
    return probabilities
