"""Transcribes one recording in a child process: plan the chunks, then hear them and send each as it is done.

It reads the working WAV and a model folder and sends items; it opens no case, no database and no socket. Killed at any moment it goes on from
the plan and the chunks that were sent, and ends with the same text as a run nobody disturbed.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inspector_app.domain.errors import BadInput, ModelError
from inspector_app.domain.timebase import SECOND
from inspector_app.domain.work import Channel
from inspector_app.integrity.chain import digest_of
from inspector_app.speech import following, gates, packs, plan
from inspector_app.speech.device import Device, threads
from inspector_app.speech.listening import TOGETHER, Listener, send
from inspector_app.speech.transcriber import Engine, engine_of
from inspector_app.speech.vad import speech_probabilities
from inspector_app.speech.wav import RATE, WavSound


@dataclass(frozen=True)
class Options:
    """What the user chooses: `careful` takes the wide search at once (a tenth to a fifth more work, fewer wrong characters, but longer sentences);
    threads (0: as many as help) change the speed only.
    """

    careful: bool = False
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
            "gates": gates.VERSION,
            "together": str(TOGETHER),
        }
        return engine.recorded(device) | cutting | {"careful": str(self.careful)}


def run(spec: dict[str, Any], channel: Channel) -> dict[str, Any]:
    """Transcribes; returns `{chunks, done, failed, speech_us, covered_us}` of the chunks heard in this run.

    `spec`: `wav` (path, 16 kHz mono 16-bit), `wav_sha256` (or absent), `model` (installed name or folder), `model_sha256` (of the weights,
    or absent), `plan` (null, or the chunks of an earlier plan item), `done` (the `ord` of chunks not to be heard again), `options`
    (`careful`, `cpu_threads`), `options_sha256` (of the earlier plan, or absent), `device` and `compute` (absent: cpu, int8).

    Items: one `plan` when there was none (`chunks`, `options`, `options_sha256`, `engine`, `compute`, `speech_us`, `total_us`), then one
    `chunk` each (`ord`, `state` done or failed, `segments`, `metrics`, `speech_us`, `covered_us`). Progress is in `us` of the recording.

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
        earlier = spec.get("plan")
        if earlier is None:
            chunks = _planned(sound, channel)
            _say_plan(chunks, sound.length_us, recorded, engine, device, channel)
        else:
            chunks = [plan.Chunk.from_item(item) for item in earlier]
        done = set(spec.get("done", ()))
        todo = [chunk for chunk in chunks if chunk.ord not in done]
        totals = {"chunks": len(chunks), "done": 0, "failed": 0, "speech_us": 0, "covered_us": 0}
        if todo:
            channel.progress(todo[0].start_us, sound.length_us, "us")
            listener = Listener(
                sound.read, engine.open(_folder(pack), threads(options.cpu_threads), device), options.careful, channel.check
            )
            for said in listener.hear(todo):
                send(said, channel, totals)
                channel.progress(said.chunk.end_us, sound.length_us, "us")
        channel.progress(sound.length_us, sound.length_us, "us")
    return totals


def _follow(spec: dict[str, Any], options: Options, device: Device, channel: Channel) -> dict[str, Any]:
    """The live case of `run`."""
    path = Path(spec["wav"])
    growing = following.GrowingWav(path, Path(spec["ended"]))
    pack, engine = _model(spec, channel)
    recorded = _unchanged(options.recorded(engine, device), spec)
    earlier = spec.get("plan")
    if earlier is None:
        _say_plan([], 0, recorded, engine, device, channel)
    totals = {"chunks": 0, "done": 0, "failed": 0, "speech_us": 0, "covered_us": 0}
    listener = Listener(
        lambda start_us, end_us: growing.arrived(start_us * RATE // SECOND, (end_us - start_us) * RATE // SECOND)[0],
        engine.open(_folder(pack), threads(options.cpu_threads), device),
        options.careful,
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


def _planned(sound: WavSound, channel: Channel) -> list[plan.Chunk]:
    channel.progress(0, sound.length_us, "us")
    probabilities = speech_probabilities(sound, lambda _: channel.check())
    return plan.plan_chunks(plan.speech_spans(probabilities, sound.length_us), sound.length_us)


def _say_plan(chunks: list[plan.Chunk], total_us: int, recorded: dict[str, str], engine: Engine, device: Device, channel: Channel) -> None:
    channel.item(
        "plan",
        chunks=[chunk.as_item() for chunk in chunks],
        options=recorded,
        options_sha256=digest_of(recorded),
        engine=engine.name(),
        compute=device.compute,
        speech_us=sum(plan.length_of(chunk.speech) for chunk in chunks),
        total_us=total_us,
    )
