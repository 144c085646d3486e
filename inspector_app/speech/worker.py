"""Transcribes one recording in a child process: plan the chunks, then hear them and send each as it is done.

It reads the working WAV and a model folder and sends items; it opens no case, no database and no socket. Killed at any moment it goes on from
the plan and the chunks that were sent, and ends with the same text as a run nobody disturbed.
"""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from inspector_app.domain.errors import BadInput, ModelError
from inspector_app.domain.timebase import SECOND
from inspector_app.domain.work import Channel
from inspector_app.integrity.chain import digest_of
from inspector_app.speech import following, gates, packs, plan, sentences
from inspector_app.speech.device import Device, threads
from inspector_app.speech.listening import TOGETHER, Listener, send
from inspector_app.speech.transcriber import Engine, engine_of
from inspector_app.speech.wav import RATE, WavSound

#: So many two-minute blocks are planned before the first chunk is heard; a longer recording has its first text before it is all planned.
_PLANNED_FIRST = 5


@dataclass(frozen=True)
class Options:
    """What the user chooses: `quick` searches narrowly at first (a sixth less work, more wrong characters); threads (0: as many as help)
    change the speed only.
    """

    quick: bool = False
    cpu_threads: int = 0

    def recorded(self, engine: Engine, device: Device) -> dict[str, str]:
        """Everything that decides the text, as strings, for the provenance of the transcript."""
        cutting = {
            "vad": "silero v6",
            "speech_from": str(plan.SPEECH_FROM),
            "silence_below": str(plan.SILENCE_BELOW),
            "min_silence_us": str(plan.MIN_SILENCE_US),
            "min_speech_us": str(plan.MIN_SPEECH_US),
            "pad_us": str(plan.PAD_US),
            "join_up_to_us": str(plan.JOIN_UP_TO_US),
            "longest_us": str(plan.LONGEST_US),
            "never_across_us": str(plan.NEVER_ACROSS_US),
            "silent_speech_us": str(gates.SILENT_SPEECH_US),
            "cut_over_us": str(sentences.CUT_OVER_US),
            "longest_sentence_us": str(sentences.LONGEST_US),
            "gates": gates.VERSION,
            "together": str(TOGETHER),
        }
        return engine.recorded(device) | cutting | {"quick": str(self.quick)}


def run(spec: dict[str, Any], channel: Channel) -> dict[str, Any]:
    """Transcribes; returns `{chunks, done, failed, speech_us, covered_us}` of the chunks heard in this run.

    `spec`: `wav` (path, 16 kHz mono 16-bit), `wav_sha256` (or absent), `model` (installed name or folder), `model_sha256` (of the weights,
    or absent), `plan` (null, or the chunks of earlier items), `whole` (whether those are all), `done` (chunks not to be heard again), `options`
    (`quick`, `cpu_threads`), `options_sha256` (of the earlier plan, or absent), `device` and `compute` (absent: cpu, int8).

    Items: one `plan` when there was none (`chunks`, `whole`, `options`, `options_sha256`, `engine`, `compute`, `speech_us`, `total_us`), one
    `planned` (`chunks`, `ended`) with the rest where it was not whole, and one `chunk` each (`ord`, `state` done or failed, `segments`,
    `metrics`, `speech_us`, `covered_us`). Progress is in `us` of the recording.

    With `live` true the WAV is still written, its end is told by the file `ended`, and chunks are planned as they close: `plan` comes
    first without chunks, then `planned`, `chunk` and `live` items as `following.follow` sends them; at the end `sound` (`wav_sha256`).

    Raises ModelError (`model.*`: missing, incomplete, altered, or other than asked for), BadInput `sound.*` and `speech.options_changed`.
    """
    options = Options(**spec.get("options", {}))
    device = Device(spec.get("device", "cpu"), spec.get("compute", "int8"))
    if spec.get("live"):
        return _follow(spec, options, device, channel)
    path = Path(spec["wav"])
    with WavSound(path) as sound:
        if spec.get("wav_sha256") and packs.file_sha256(path, channel.check) != spec["wav_sha256"]:
            raise BadInput("sound.altered", file=path.name)
        pack, engine = _model(spec, channel)
        recorded = _unchanged(options.recorded(engine, device), spec)
        totals = {"chunks": 0, "done": 0, "failed": 0, "speech_us": 0, "covered_us": 0}
        done = set(spec.get("done", ()))
        listener: Listener | None = None
        for chunks in _portions(spec, sound, partial(_say_plan, sound.length_us, recorded, engine, device, channel), channel):
            totals["chunks"] += len(chunks)
            todo = [chunk for chunk in chunks if chunk.ord not in done]
            if todo and listener is None:
                model = engine.open(_folder(pack), threads(options.cpu_threads), device)
                listener = Listener(sound.read, model, not options.quick, channel.check)
            for said in listener.hear(todo) if listener else ():
                send(said, channel, totals)
                channel.progress(said.chunk.end_us, sound.length_us, "us")
        channel.progress(sound.length_us, sound.length_us, "us")
    return totals


def _portions(
    spec: dict[str, Any], sound: WavSound, say_plan: Callable[[list[plan.Chunk], bool], None], channel: Channel
) -> Iterator[list[plan.Chunk]]:
    """The chunks to hear, each portion after its plan was sent: all at once, or the first chunk of a long recording and then the rest.

    Raises BadInput `speech.options_changed` where a plan that was not whole would be made otherwise now.
    """
    known = [plan.Chunk.from_item(item) for item in spec.get("plan") or ()]
    if spec.get("plan") is not None and spec.get("whole", True):
        yield known
        return
    channel.progress(0, sound.length_us, "us")
    parts = following.planned(sound, lambda _: channel.check())
    if spec.get("plan") is None:
        known, whole = _gathered(parts, _PLANNED_FIRST)
        say_plan(known, whole)
        if whole:
            yield known
            return
        yield known[:1]
        chunks = known + _gathered(parts)[0]
    else:
        chunks = _gathered(parts)[0]
        if chunks[: len(known)] != known:
            raise BadInput("speech.options_changed")
    channel.item("planned", chunks=[chunk.as_item() for chunk in chunks[len(known) :]], arrived_us=sound.length_us, ended=True)
    yield chunks[1:] if spec.get("plan") is None else chunks


def _gathered(parts: Iterator[list[plan.Chunk]], enough: int = sys.maxsize) -> tuple[list[plan.Chunk], bool]:
    """The chunks of the next `enough` parts, or of more until there is one; and whether there are no more parts."""
    chunks: list[plan.Chunk] = []
    for number, part in enumerate(parts, start=1):
        chunks += part
        if number >= enough and chunks:
            return chunks, False
    return chunks, True


def _follow(spec: dict[str, Any], options: Options, device: Device, channel: Channel) -> dict[str, Any]:
    """The live case of `run`."""
    path = Path(spec["wav"])
    growing = following.GrowingWav(path, Path(spec["ended"]))
    pack, engine = _model(spec, channel)
    recorded = _unchanged(options.recorded(engine, device), spec)
    earlier = spec.get("plan")
    if earlier is None:
        _say_plan(0, recorded, engine, device, channel, [], False)
    totals = {"chunks": 0, "done": 0, "failed": 0, "speech_us": 0, "covered_us": 0}
    listener = Listener(
        lambda start_us, end_us: growing.arrived(start_us * RATE // SECOND, (end_us - start_us) * RATE // SECOND)[0],
        engine.open(_folder(pack), threads(options.cpu_threads), device),
        not options.quick,
        channel.check,
    )
    following.follow(growing.arrived, listener, channel, frozenset(spec.get("done", ())), len(earlier or ()), totals)
    channel.item("sound", wav_sha256=packs.file_sha256(path, channel.check))
    return totals | {"chunks": totals["done"] + totals["failed"]}


def _unchanged(recorded: dict[str, str], spec: dict[str, Any]) -> dict[str, str]:
    if spec.get("plan") is not None and spec.get("options_sha256") not in (None, digest_of(recorded)):
        raise BadInput("speech.options_changed")
    return recorded


def _model(spec: dict[str, Any], channel: Channel) -> tuple[packs.Pack, Engine]:
    """The pack asked for, whole and the one expected, and the engine it needs."""
    pack, expected = packs.find(spec["model"]), spec.get("model_sha256")
    problems = packs.check(pack, deep=True, tick=channel.check)
    if problems:
        raise problems[0]
    if expected and pack.sha256 != expected:
        raise ModelError("model.other", name=pack.name, expected=expected[:12], found=pack.sha256[:12])
    return pack, engine_of(pack.engine)


def _folder(pack: packs.Pack) -> Path:
    if pack.folder is None:
        raise ModelError("model.missing", name=pack.name)
    return pack.folder


def _say_plan(
    total_us: int, recorded: dict[str, str], engine: Engine, device: Device, channel: Channel, chunks: list[plan.Chunk], whole: bool
) -> None:
    channel.item(
        "plan",
        chunks=[chunk.as_item() for chunk in chunks],
        whole=whole,
        options=recorded,
        options_sha256=digest_of(recorded),
        engine=engine.name(),
        compute=device.compute,
        speech_us=sum(plan.length_of(chunk.speech) for chunk in chunks),
        total_us=total_us,
    )
