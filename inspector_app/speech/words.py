"""When each word of one passage is spoken: the words as they stand are laid on the sound, nothing is recognised anew. In a child process."""

from pathlib import Path
from typing import Any

from inspector_app.domain.errors import BadInput, ModelError
from inspector_app.domain.timebase import SECOND, Interval, Micros
from inspector_app.domain.work import Channel
from inspector_app.speech import packs
from inspector_app.speech.device import threads
from inspector_app.speech.engine import Whisper
from inspector_app.speech.layouts import WHISPER
from inspector_app.speech.listening import patiently
from inspector_app.speech.wav import WavSound

#: sound on both sides of the passage: segment ends are off by up to this
_AROUND_US: Micros = SECOND // 2
#: the engine hears no more than this at once
_LONGEST_US: Micros = 29_500_000


def run(spec: dict[str, Any], channel: Channel) -> dict[str, Any]:
    """Spec: wav, model (folder or name), start_us, end_us, text, threads. Returns `{words: [[start_us, end_us, word, probability_pm], …]}`.

    Raises BadInput `speech.words_too_long` (seconds) over 29.5 s, ModelError `model.no_word_times` (name) where the model's engine gives none.
    """
    pack = packs.find(spec["model"])
    if pack.engine != WHISPER or pack.folder is None:
        raise ModelError("model.no_word_times", name=pack.name)
    span = Interval(spec["start_us"], spec["end_us"])
    if span.length_us > _LONGEST_US:
        raise BadInput("speech.words_too_long", seconds=span.length_us // SECOND)
    with WavSound(Path(spec["wav"])) as sound:
        around = span.widened(min(_AROUND_US, (_LONGEST_US - span.length_us) // 2), sound.length_us)
        samples = sound.read(around.start_us, around.end_us)
    folder = pack.folder

    def align() -> list[tuple[Micros, Micros, str, int]]:
        return Whisper(folder, threads(spec["threads"])).words(samples, around.start_us, spec["text"])

    found = patiently(align, channel.check)
    return {"words": [list(word) for word in found]}
