"""What an engine must do, and which engine a model pack needs. The engines themselves are imported only when one is opened, in the child.

Two implementations: faster-whisper (`engine.py`), and sherpa-onnx for SenseVoice and Paraformer (`sherpa.py`).
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from inspector_app.domain.timebase import Micros
from inspector_app.speech.device import Device
from inspector_app.speech.gates import Heard
from inspector_app.speech.wav import Sound

Check = Callable[[], None]


class Transcriber(Protocol):
    """One loaded model. What it hears of a chunk must depend on the sound of that chunk alone, or a resumed run would differ."""

    def decode(self, sounds: Sequence[tuple[Sound, Micros]], wide: bool, check: Check) -> list[list[Heard]]:
        """What is heard in each sound (at most 30 s of 16 kHz, with the offset where it begins), with the wide search or the quick one.

        `check` may raise to stop.
        """


class Engine(Protocol):
    """An engine before a model is loaded."""

    def name(self) -> str:
        """As a transcript records it, such as `faster-whisper 1.2.1`."""

    def recorded(self, device: Device) -> dict[str, str]:
        """Every option that decides the text, as strings."""

    def open(self, folder: Path, threads: int, device: Device) -> Transcriber:
        """Loads the model; ModelError where it does not load."""


def engine_of(kind: str) -> Engine:
    """The engine of a pack's `engine`; ModelError `model.engine_missing` (engine) where its package is not installed."""
    if kind == "whisper":
        from inspector_app.speech.engine import WhisperEngine

        return WhisperEngine()
    from inspector_app.speech.sherpa import SherpaEngine

    return SherpaEngine(kind)
