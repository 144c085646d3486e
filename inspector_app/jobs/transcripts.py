"""Transcribing a recording: the audio derivative, then chunk by chunk, each committed as it comes. A rerun goes on from the last chunk.

Finished work is looked up by recording, model digest and options: another model or option makes a new transcript beside the old.
"""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from inspector_app.casefile.changes import insert, update
from inspector_app.casefile.timelines import timeline_of
from inspector_app.domain.errors import BadInput, CaseError, JobFailed, ModelError
from inspector_app.domain.ids import new_id
from inspector_app.domain.records import Chunk, Derivative, Recording, Segment, Transcript
from inspector_app.domain.timebase import iso, utc_now
from inspector_app.speech import machine, packs
from inspector_app.speech.device import Device
from inspector_app.speech.layouts import WHISPER

from . import child

if TYPE_CHECKING:
    from .run import Run

Json = dict[str, Any]


def audio_of(run: "Run", recording: Recording) -> Derivative:
    """The recording's 16 kHz derivative, made now where it is not there or not whole."""
    case = run.case
    known = case.find(Derivative, parent_sha256=recording.original_id, kind="audio", order="rowid DESC")
    for derivative in known:
        path = case.folder / derivative.path
        if path.is_file() and path.stat().st_size == derivative.bytes:
            return derivative
    made: list[Derivative] = []

    def on_item(_kind: str, data: Json) -> None:
        derivative = Derivative(id=new_id("derivative"), parent_sha256=recording.original_id, kind="audio", **data)
        run.commit("derivative.add", [insert(derivative)], derivative.id, kind="audio", recording=recording.name)
        made.append(derivative)

    spec = {
        "case": str(case.folder),
        "timeline": timeline_of(case, recording).as_spec(),
        "target": f"working/{recording.original_id}.16k.wav",
        "duration_us": recording.duration_us,
    }
    run.child("audio", spec, on_item)
    return made[0]


def find_transcript(run: "Run", recording: Recording, model_sha256: str, asked: Mapping[str, Any]) -> Transcript | None:
    """The newest transcript of this recording by this model with the options asked for."""
    for transcript in run.case.find(Transcript, recording_id=recording.id, model_sha256=model_sha256, order="rowid DESC"):
        if transcript.options.get("asked") == asked:
            return transcript
    return None


def device_of(pack: packs.Pack, stop: threading.Event | None = None) -> Device:
    """The device a model is to run on: the graphics card where one was found to work, tried once in a child that may die of it."""
    if pack.engine != WHISPER:
        return Device()
    known = machine.known_device()
    if known is not None:
        return known
    try:
        found = child.run("probe-gpu", {"model": str(pack.folder)}, on_item=lambda *_: None, stop=stop)
    except JobFailed as error:  # a library ended the process
        found = {"kind": "cpu", "compute": "int8", "cause": error.facts.get("cause", "") or error.code}
    device = Device(found["kind"], found["compute"])
    machine.keep_device(device, found["cause"])
    return device


def run(run: "Run", params: Json) -> Json:
    """Params: recording (id), model (pack name or folder), options (what differs from the defaults).

    With `live` (wav and ended, relative to the case folder) the recording still grows: the WAV is read as it is written, until the file
    `ended` is there. Facts: transcript, segments, and after_recording (1 where the computer was too slow to keep up).
    """
    case = run.case
    recording = case.get(Recording, params["recording"])
    if not recording.has_audio:
        raise BadInput("transcribe.no_audio", name=recording.name)
    pack = packs.find(params.get("model") or "base")
    asked = {name: value for name, value in (params.get("options") or {}).items() if name != "cpu_threads"}  # threads change the speed only
    audio = None if params.get("live") else audio_of(run, recording)
    transcript = find_transcript(run, recording, pack.sha256, asked)
    state = _Progress(run, recording, pack, audio, asked, transcript)
    if transcript is None or transcript.state != "done":
        try:
            state = _transcribed(state, params, device_of(pack, run.stop))
        finally:
            _LIVE.pop(recording.id, None)
        state.finish()
    assert state.transcript is not None
    segments = case.count(Segment, transcript_id=state.transcript.id)
    return {"transcript": state.transcript.id, "segments": segments, "after_recording": int(state.after_recording)}


def _transcribed(state: "_Progress", params: Json, device: Device) -> "_Progress":
    """Runs the worker to its end: with a new version of the transcript where the old was begun otherwise, without the graphics card where
    that fails."""
    try:
        state.run.child("transcribe", _spec(state, params, device), state.on_item)
    except BadInput as error:
        if error.code != "speech.options_changed":
            raise
        return _transcribed(state.anew(), params, device)  # begun by another version of the program, or on another device
    except JobFailed as error:
        if device.kind == "cpu":
            raise
        machine.keep_device(Device(), error.facts.get("cause", "") or error.code)
        return _transcribed(state.anew(), params, Device())
    return state


def _spec(state: "_Progress", params: Json, device: Device) -> Json:
    folder = state.run.case.folder
    spec = {
        "model": str(state.pack.folder),
        "model_sha256": state.pack.sha256,
        "options": params.get("options") or {},
        "options_sha256": state.transcript.options_sha256 if state.transcript else None,
        "plan": state.plan,
        "whole": bool(state.transcript and state.transcript.wav_sha256),
        "done": [chunk.ord for chunk in state.chunks.values() if chunk.state == "done"],
        "device": device.kind,
        "compute": device.compute,
    }
    if state.audio is None:
        return {**spec, "live": True, "wav": str(folder / params["live"]["wav"]), "ended": str(folder / params["live"]["ended"])}
    return {**spec, "wav": str(folder / state.audio.path), "wav_sha256": state.audio.sha256}


def word_times(run: "Run", params: Json) -> Json:
    """Params: segment (id). Lays the words of a segment on its sound and keeps their times. Facts: words."""
    case = run.case
    before = case.get(Segment, params["segment"])
    recording = case.get(Recording, before.recording_id)
    transcript = case.get(Transcript, before.transcript_id)
    folder = _folder_of(transcript)
    audio = audio_of(run, recording)
    spec = {
        "wav": str(case.folder / audio.path),
        "model": folder,
        "start_us": before.start_us,
        "end_us": before.end_us,
        "text": before.words,
        "threads": 0,
    }
    words = run.child("word-times", spec, lambda *_: None)["words"]
    current = case.get(Segment, before.id)  # a person may have corrected it meanwhile: then these are the times of other words
    if current.words != before.words:
        raise CaseError("case.changed_meanwhile", kind=before.table, id=before.id)
    after = replace(current, word_times=tuple(words))
    run.commit("segment.words", [update(current, after)], before.id, at_us=before.start_us, words=len(words))
    return {"words": len(words)}


def _folder_of(transcript: Transcript) -> str:
    """The model a transcript was made with, else any that is here: the times are those of known words, whichever model lays them."""
    installed = [pack for pack in packs.installed() if pack.engine == WHISPER]
    for pack in sorted(installed, key=lambda pack: (pack.sha256 != transcript.model_sha256, pack.size)):
        return str(pack.folder)
    raise ModelError("model.missing", name=transcript.model_name or "base")


@dataclass(frozen=True)
class LiveState:
    """How the hearing of a growing recording stands: the line being spoken (start_us, end_us, text), and closed sound not heard yet."""

    provisional: Json | None = None
    backlog_us: int = 0
    after_recording: bool = False


#: by recording; only while a live transcription runs in this process, and never written anywhere
_LIVE: dict[str, LiveState] = {}


def live_state(recording_id: str) -> LiveState:
    """The state of a live transcription that runs in this process; an empty one where there is none."""
    return _LIVE.get(recording_id, LiveState())


class _Progress:
    """The transcript as it grows: the plan first, then each chunk with its segments in one transaction."""

    def __init__(
        self, run: "Run", recording: Recording, pack: packs.Pack, audio: Derivative | None, asked: Json, transcript: Transcript | None
    ) -> None:
        self.run, self.recording, self.pack, self.audio, self.asked, self.transcript = run, recording, pack, audio, asked, transcript
        found = run.case.find(Chunk, transcript_id=transcript.id, order="ord") if transcript else []
        self.chunks = {chunk.ord: chunk for chunk in found}
        self.after_recording = False

    def anew(self) -> "_Progress":
        """The same work as a new version of the transcript."""
        return _Progress(self.run, self.recording, self.pack, self.audio, self.asked, None)

    @property
    def plan(self) -> list[Json] | None:
        """The stored plan as the worker takes it back; None before there is one."""
        if self.transcript is None:
            return None
        return [
            {"ord": chunk.ord, "start_us": chunk.start_us, "end_us": chunk.end_us, "speech": list(chunk.speech)}
            for chunk in self.chunks.values()
        ]

    def on_item(self, kind: str, data: Json) -> None:
        if kind == "plan":
            self._keep_plan(data)
        elif kind == "planned":
            self._keep_more(data)
        elif kind == "chunk":
            self._keep_chunk(data)
        elif kind == "live":
            line = {name: data[name] for name in ("start_us", "end_us", "text")} if data["text"] else None
            self.after_recording = self.after_recording or data["after_recording"]
            _LIVE[self.recording.id] = LiveState(line, data["backlog_us"], self.after_recording)
        elif kind == "sound":
            self._keep_sound(data)

    def _keep_plan(self, data: Json) -> None:
        transcript = Transcript(
            id=new_id("transcript"),
            recording_id=self.recording.id,
            engine=data["engine"],
            model_name=self.pack.name,
            model_sha256=self.pack.sha256,
            options_sha256=data["options_sha256"],
            wav_sha256=self.audio.sha256 if self.audio and data["whole"] else "",  # named once all of it is planned
            speech_us=data["speech_us"],
            state="running",
            created_at=iso(utc_now()),
            options={**data["options"], "compute": data["compute"], "asked": self.asked},
        )
        chunks = self._rows(transcript, data["chunks"])
        self.run.commit("transcript.plan", [insert(row) for row in (transcript, *chunks)], transcript.id, recording=self.recording.name)
        self.transcript = transcript
        self.chunks = {chunk.ord: chunk for chunk in chunks}

    def _rows(self, transcript: Transcript, chunks: Sequence[Json]) -> list[Chunk]:
        return [
            Chunk(
                new_id("chunk"), transcript.id, chunk["ord"], chunk["start_us"], chunk["end_us"], "pending", speech=tuple(chunk["speech"])
            )
            for chunk in chunks
        ]

    def _keep_more(self, data: Json) -> None:
        """Chunks of a growing recording that have closed, or the rest of a long one."""
        assert self.transcript is not None
        rows = self._rows(self.transcript, data["chunks"])
        speech_us = self.transcript.speech_us + sum(end - start for chunk in data["chunks"] for start, end in chunk["speech"])
        planned = self.audio.sha256 if self.audio and data["ended"] else self.transcript.wav_sha256
        after = replace(self.transcript, speech_us=speech_us, wav_sha256=planned)
        if after != self.transcript:
            self.run.commit("transcript.more", [update(self.transcript, after), *(insert(row) for row in rows)], after.id, chunks=len(rows))
            self.transcript = after
            self.chunks |= {row.ord: row for row in rows}

    def _keep_sound(self, data: Json) -> None:
        """The digest of a sound that has ended."""
        assert self.transcript is not None
        after = replace(self.transcript, wav_sha256=data["wav_sha256"])
        self.run.commit("transcript.sound", [update(self.transcript, after)], after.id, recording=self.recording.name)
        self.transcript = after

    def _keep_chunk(self, data: Json) -> None:
        assert self.transcript is not None
        before = self.chunks[data["ord"]]
        after = replace(before, state=data["state"], covered_us=data["covered_us"], metrics=data["metrics"])
        segments = [
            Segment(
                id=new_id("segment"),
                recording_id=self.recording.id,
                transcript_id=self.transcript.id,
                chunk_id=before.id,
                start_us=segment["start_us"],
                end_us=segment["end_us"],
                raw=segment["raw"],
                text=segment["text"],
                confidence_pm=segment["confidence_pm"],
                flags=tuple(segment["flags"]),
            )
            for segment in data["segments"]
        ]
        changes = [update(before, after), *(insert(segment) for segment in segments)]
        self.run.commit("transcript.chunk", changes, self.transcript.id, chunk=before.ord + 1, of=len(self.chunks))
        self.chunks[before.ord] = after

    def finish(self) -> None:
        assert self.transcript is not None
        if all(chunk.state == "done" for chunk in self.chunks.values()):
            done = replace(self.transcript, state="done")
            self.run.commit("transcript.done", [update(self.transcript, done)], done.id, recording=self.recording.name)
            self.transcript = done
