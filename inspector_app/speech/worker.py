"""Transcribes one recording in a child process: plan the chunks, then hear them one by one and send each as it is done.

It reads the working WAV and a model folder and sends items; it opens no case, no database and no socket. Killed at any moment it goes on from
the plan and the chunks that were sent, and ends with the same text as a run nobody disturbed.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inspector_app.domain.errors import BadInput, ModelError
from inspector_app.domain.timebase import Interval
from inspector_app.domain.work import Channel
from inspector_app.integrity.chain import digest_of
from inspector_app.speech import engine, gates, hearing, packs, plan
from inspector_app.speech.vad import speech_probabilities
from inspector_app.speech.wav import WavSound


@dataclass(frozen=True)
class Options:
    """What the user chooses: `careful` takes the wide search at once (about 1.3 times the work); threads change the speed only."""

    careful: bool = False
    cpu_threads: int = 0

    @property
    def threads(self) -> int:
        """`cpu_threads`, or as many as the computer has, up to four: more do not help this engine."""
        return self.cpu_threads or min(4, os.cpu_count() or 1)

    def recorded(self) -> dict[str, str]:
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
        }
        beam = engine.CAREFUL_BEAM if self.careful else engine.QUICK_BEAM
        return engine.options_in_words() | cutting | {"beam_size": str(beam), "careful_beam_size": str(engine.CAREFUL_BEAM)}


def run(spec: dict[str, Any], channel: Channel) -> dict[str, Any]:
    """Transcribes; returns `{chunks, done, failed, speech_us, covered_us}` of the chunks heard in this run.

    `spec`: `wav` (path, 16 kHz mono 16-bit), `wav_sha256` (or absent), `model` (installed name or folder), `model_sha256` (of `model.bin`,
    or absent), `plan` (null, or the chunks of an earlier plan item), `done` (the `ord` of chunks not to be heard again), `options`
    (`careful`, `cpu_threads`), `options_sha256` (of the earlier plan, or absent).

    Items: one `plan` when there was none (`chunks`, `options`, `options_sha256`, `engine`, `compute`, `speech_us`, `total_us`), then one
    `chunk` each (`ord`, `state` done or failed, `segments`, `metrics`, `speech_us`, `covered_us`). Progress is in `us` of the recording.

    Raises ModelError (`model.*`: missing, incomplete, altered, or other than asked for), BadInput `sound.*` and `speech.options_changed`.
    """
    options = Options(**spec.get("options", {}))
    recorded = options.recorded()
    if spec.get("plan") is not None and spec.get("options_sha256") not in (None, digest_of(recorded)):
        raise BadInput("speech.options_changed")
    path = Path(spec["wav"])
    with WavSound(path) as sound:
        if spec.get("wav_sha256") and packs.file_sha256(path, channel.check) != spec["wav_sha256"]:
            raise BadInput("sound.altered", file=path.name)
        pack = _whole_pack(spec["model"], spec.get("model_sha256"))
        earlier = spec.get("plan")
        chunks = _planned(sound, recorded, channel) if earlier is None else [plan.Chunk.from_item(item) for item in earlier]
        done = set(spec.get("done", ()))
        todo = [chunk for chunk in chunks if chunk.ord not in done]
        totals = {"chunks": len(chunks), "done": 0, "failed": 0, "speech_us": 0, "covered_us": 0}
        if todo:
            _hear_all(todo, _Listener(sound, pack, options, channel), totals)
        channel.progress(sound.length_us, sound.length_us, "us")
    return totals


def _whole_pack(name_or_path: str, expected: str | None) -> packs.Pack:
    pack = packs.find(name_or_path)
    problems = packs.check(pack, deep=True)
    if problems:
        raise problems[0]
    if expected and pack.sha256 != expected:
        raise ModelError("model.other", name=pack.name, expected=expected[:12], found=pack.sha256[:12])
    return pack


def _planned(sound: WavSound, recorded: dict[str, str], channel: Channel) -> list[plan.Chunk]:
    channel.progress(0, sound.length_us, "us")
    spans = plan.speech_spans(speech_probabilities(sound, lambda _: channel.check()), sound.length_us)
    chunks = plan.plan_chunks(spans, sound.length_us)
    channel.item(
        "plan",
        chunks=[chunk.as_item() for chunk in chunks],
        options=recorded,
        options_sha256=digest_of(recorded),
        engine=engine.engine_name(),
        compute=engine.COMPUTE,
        speech_us=plan.length_of(spans),
        total_us=sound.length_us,
    )
    return chunks


class _Listener:
    """The loaded engine over one sound."""

    def __init__(self, sound: WavSound, pack: packs.Pack, options: Options, channel: Channel) -> None:
        if pack.folder is None:
            raise ModelError("model.missing", name=pack.name)
        self._sound, self.channel, self._careful = sound, channel, options.careful
        self.length_us = sound.length_us
        self._whisper = engine.Whisper(pack.folder, options.threads)

    def hear(self, chunk: plan.Chunk) -> hearing.Outcome:
        self._whisper.fresh()
        return hearing.hear(chunk, self._decode, self._careful)

    def _decode(self, span: Interval, careful: bool) -> list[gates.Heard]:
        self.channel.check()
        beam = engine.CAREFUL_BEAM if careful else engine.QUICK_BEAM
        return self._whisper.decode(self._sound.read(span.start_us, span.end_us), span.start_us, beam, self.channel.check)


def _hear_all(todo: list[plan.Chunk], listener: _Listener, totals: dict[str, int]) -> None:
    channel = listener.channel
    for chunk in todo:
        channel.check()
        channel.progress(chunk.start_us, listener.length_us, "us")
        try:
            outcome = listener.hear(chunk)
        except RuntimeError as error:  # the engine's own failure in this chunk; the next one may be fine
            totals["failed"] += 1
            speech_us = plan.length_of(chunk.speech)
            channel.item(
                "chunk", ord=chunk.ord, state="failed", segments=[], metrics={"error": str(error)}, speech_us=speech_us, covered_us=0
            )
            channel.warn("speech.chunk_failed", start_us=chunk.start_us, end_us=chunk.end_us, cause=str(error))
            continue
        totals["done"] += 1
        totals["speech_us"] += outcome.speech_us
        totals["covered_us"] += outcome.covered_us
        segments = [segment.as_item() for segment in outcome.segments]
        channel.item(
            "chunk",
            ord=chunk.ord,
            state="done",
            segments=segments,
            metrics=outcome.metrics,
            speech_us=outcome.speech_us,
            covered_us=outcome.covered_us,
        )
