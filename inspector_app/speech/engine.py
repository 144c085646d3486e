"""The faster-whisper adapter. Runs in the child process only, loads from a folder only, and never reaches the network.

Every option is fixed here and recorded with the transcript. No prompt and no hot words, ever: the engine writes them into silence, and in this
product that would be made-up evidence (speech.md §0.7).
"""

import os
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

from inspector_app.domain.errors import ModelError
from inspector_app.domain.timebase import SECOND, Micros
from inspector_app.speech.gates import Heard
from inspector_app.speech.wav import Sound

# before faster_whisper is imported: a missing file is an error, not a reason to ask a hub
os.environ["HF_HUB_OFFLINE"] = "1"

COMPUTE = "int8"
QUICK_BEAM = 1
CAREFUL_BEAM = 5
#: The engine samples when it retries with a temperature; a fixed seed makes the same sound give the same text.
SEED = 20_240_501

DECODING: dict[str, Any] = {
    "language": "zh",
    "task": "transcribe",
    "temperature": [0.0, 0.2, 0.4],
    "condition_on_previous_text": False,
    "initial_prompt": None,
    "hotwords": None,
    "vad_filter": False,
    "word_timestamps": False,
    "no_speech_threshold": 0.6,
    "log_prob_threshold": -1.0,
    "compression_ratio_threshold": 2.4,
}


def engine_name() -> str:
    """As a transcript records it, such as `faster-whisper 1.2.1`."""
    return f"faster-whisper {version('faster-whisper')}"


def options_in_words() -> dict[str, str]:
    """The decoding options and the version of the arithmetic below, as strings, for the record."""
    options = {name: str(value) for name, value in DECODING.items()}
    return options | {"seed": str(SEED), "ctranslate2": version("ctranslate2"), "compute": COMPUTE}


class Whisper:
    """One loaded model. ModelError `model.load_failed` (folder, cause) if the folder does not load."""

    def __init__(self, folder: Path, cpu_threads: int) -> None:
        import ctranslate2
        from faster_whisper import WhisperModel

        class Recognizer(WhisperModel):
            """Notes whether a decoding fell back to sampling: segments do not tell when their window was dropped as silence."""

            sampled = False

            def generate_with_fallback(self, *arguments: Any) -> Any:
                result = super().generate_with_fallback(*arguments)
                self.sampled = self.sampled or result[2] > 0
                return result

        ctranslate2.set_random_seed(SEED)  # type: ignore[attr-defined]  # not in its list of names
        self._folder, self._threads = folder, cpu_threads
        self._weights: Callable[..., Any] = ctranslate2.models.Whisper  # type: ignore[attr-defined]
        try:
            self._model = Recognizer(
                str(folder), device="cpu", compute_type=COMPUTE, cpu_threads=cpu_threads, num_workers=1, local_files_only=True
            )
        except (RuntimeError, ValueError, OSError) as error:
            raise ModelError("model.load_failed", folder=str(folder), cause=str(error)) from error

    def fresh(self) -> None:
        """Call before each chunk, so that its text depends on its sound alone.

        The random numbers of a temperature retry belong to the model's worker thread and are seeded once in its life. A run that was killed
        and resumed would draw others than one that was not; so a model that has drawn some is replaced (0.2 to 1 s for base).
        """
        if self._model.sampled:
            self._model.model = None  # free the old weights before the new ones are read
            self._model.model = self._weights(
                str(self._folder), device="cpu", compute_type=COMPUTE, intra_threads=self._threads, inter_threads=1
            )
            self._model.sampled = False

    def decode(self, sound: Sound, offset_us: Micros, beam: int, check: Callable[[], None]) -> list[Heard]:
        """What is heard in at most 30 s of 16 kHz sound that begins at `offset_us`; `check` is called between segments."""
        segments, _ = self._model.transcribe(sound, beam_size=beam, **DECODING)
        heard = []
        for segment in segments:
            check()
            heard.append(
                Heard(
                    start_us=offset_us + round(segment.start * SECOND),
                    end_us=offset_us + round(max(segment.start, segment.end) * SECOND),
                    raw=segment.text.strip(),
                    avg_logprob_milli=round(segment.avg_logprob * 1000),
                    no_speech_pm=round(segment.no_speech_prob * 1000),
                    temperature_pm=round((segment.temperature or 0.0) * 1000),
                )
            )
        return heard
