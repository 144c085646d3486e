"""The sherpa-onnx adapter for SenseVoice and Paraformer, Mandarin models a user may bring as a folder. Runs in the child process only.

No package carries these weights, so it has been run here with the engine's refusals only and never with a real model: it is offered as
untested. The engine gives no probability of its text; such segments stand at a middling confidence and the gates judge as always.
"""

from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from inspector_app.domain.errors import ModelError
from inspector_app.domain.timebase import SECOND, Micros
from inspector_app.speech.device import Device
from inspector_app.speech.gates import Heard
from inspector_app.speech.layouts import SENSE_VOICE, TOKENS, WEIGHTS
from inspector_app.speech.transcriber import Check
from inspector_app.speech.wav import RATE, Sound

PACKAGE = "sherpa-onnx"
#: stands for a probability the engine does not give: 0.6, medium
_UNKNOWN_LOGPROB_MILLI = -500
#: a silence between two words that ends a segment, seconds
_PAUSE_S = 0.6
#: how long the last word of a segment is taken to last, seconds: only its start is given
_LAST_WORD_S = 0.3


class SherpaEngine:
    """sherpa-onnx for one `kind` of model: sense-voice or paraformer. ModelError `model.engine_missing` (engine) without the package."""

    def __init__(self, kind: str) -> None:
        self._kind = kind
        try:
            self._version = version(PACKAGE)
        except PackageNotFoundError as error:
            raise ModelError("model.engine_missing", engine=PACKAGE) from error

    def name(self) -> str:
        return f"{PACKAGE} {self._version} ({self._kind})"

    def recorded(self, device: Device) -> dict[str, str]:
        del device  # the processor: the wheels have no other provider
        return {"kind": self._kind, "language": "zh", "decoding": "greedy_search", "device": "cpu", "confidence": "not given"}

    def open(self, folder: Path, threads: int, device: Device) -> "Sherpa":
        del device
        return Sherpa(folder, self._kind, threads)


class Sherpa:
    """One loaded model. ModelError `model.load_failed` (folder, cause) where it does not load."""

    def __init__(self, folder: Path, kind: str, threads: int) -> None:
        model = next((folder / name for name in WEIGHTS[1:] if (folder / name).is_file()), folder / WEIGHTS[1])
        try:
            from sherpa_onnx import OfflineRecognizer

            common = {"tokens": str(folder / TOKENS), "num_threads": threads}
            self._recognizer: Any = (
                OfflineRecognizer.from_sense_voice(model=str(model), language="zh", **common)
                if kind == SENSE_VOICE
                else OfflineRecognizer.from_paraformer(paraformer=str(model), **common)
            )
        except (ImportError, RuntimeError, ValueError, OSError) as error:
            raise ModelError("model.load_failed", folder=str(folder), cause=str(error)) from error

    def decode(self, sounds: Sequence[tuple[Sound, Micros]], wide: bool, check: Check) -> list[list[Heard]]:
        """One pass over each; the model knows no wider search, so `wide` changes nothing."""
        del wide
        heard = []
        for sound, offset_us in sounds:
            check()
            stream = self._recognizer.create_stream()
            stream.accept_waveform(RATE, sound)
            self._recognizer.decode_stream(stream)
            found = stream.result
            heard.append(segments(found.text, list(found.tokens), list(found.timestamps), offset_us, len(sound) * SECOND // RATE))
        return heard


def segments(text: str, tokens: Sequence[str], starts_s: Sequence[float], offset_us: Micros, length_us: Micros) -> list[Heard]:
    """What was heard, cut at pauses of 0.6 s between the words; one segment where the model gives no times for them."""
    if not text.strip():
        return []
    if len(tokens) != len(starts_s) or _plain("".join(tokens)) != _plain(text):
        return [_heard(offset_us, offset_us + length_us, text)]
    groups: list[list[int]] = []
    for place, start in enumerate(starts_s):
        if groups and start - starts_s[groups[-1][-1]] < _PAUSE_S + _LAST_WORD_S:
            groups[-1].append(place)
        else:
            groups.append([place])
    return [
        _heard(
            offset_us + round(starts_s[group[0]] * SECOND),
            min(offset_us + length_us, offset_us + round((starts_s[group[-1]] + _LAST_WORD_S) * SECOND)),
            "".join(tokens[place] for place in group).replace("▁", " "),
        )
        for group in groups
    ]


def _plain(text: str) -> str:
    return "".join(text.replace("▁", " ").split())


def _heard(start_us: Micros, end_us: Micros, text: str) -> Heard:
    return Heard(start_us, max(start_us, end_us), text.strip(), _UNKNOWN_LOGPROB_MILLI, 0)
