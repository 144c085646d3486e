"""Transcribing a recording: the audio derivative, then chunk by chunk, each committed as it comes. A rerun goes on from the last chunk.

Finished work is looked up by recording, model digest and options: another model or option makes a new transcript beside the old.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from inspector_app.casefile.changes import insert, update
from inspector_app.domain.errors import BadInput
from inspector_app.domain.ids import new_id
from inspector_app.domain.records import Chunk, Derivative, Original, Recording, Segment, Transcript
from inspector_app.domain.timebase import iso, utc_now
from inspector_app.speech import packs

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
    original = case.get(Original, recording.original_id)
    made: list[Derivative] = []

    def on_item(_kind: str, data: Json) -> None:
        derivative = Derivative(id=new_id("derivative"), parent_sha256=recording.original_id, kind="audio", **data)
        run.commit("derivative.add", [insert(derivative)], derivative.id, kind="audio", recording=recording.name)
        made.append(derivative)

    spec = {
        "case": str(case.folder),
        "source": original.path,
        "target": f"working/{recording.original_id}.16k.wav",
        "zero_us": recording.zero_us,
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


def run(run: "Run", params: Json) -> Json:
    """Params: recording (id), model (pack name or folder), options (what differs from the defaults). Facts: transcript, segments."""
    case = run.case
    recording = case.get(Recording, params["recording"])
    if not recording.has_audio:
        raise BadInput("transcribe.no_audio", name=recording.name)
    pack = packs.find(params.get("model") or "base")
    asked = {name: value for name, value in (params.get("options") or {}).items() if name != "cpu_threads"}  # threads change the speed only
    audio = audio_of(run, recording)
    transcript = find_transcript(run, recording, pack.sha256, asked)
    state = _Progress(run, recording, pack, audio, asked, transcript)
    if transcript is None or transcript.state != "done":
        try:
            run.child("transcribe", _spec(state, params), state.on_item)
        except BadInput as error:
            if error.code != "speech.options_changed":
                raise
            state = _Progress(
                run, recording, pack, audio, asked, None
            )  # begun by another version of the program: a new version of the transcript
            run.child("transcribe", _spec(state, params), state.on_item)
        state.finish()
    assert state.transcript is not None
    return {"transcript": state.transcript.id, "segments": case.count(Segment, transcript_id=state.transcript.id)}


def _spec(state: "_Progress", params: Json) -> Json:
    return {
        "wav": str(state.run.case.folder / state.audio.path),
        "wav_sha256": state.audio.sha256,
        "model": str(state.pack.folder),
        "model_sha256": state.pack.sha256,
        "options": params.get("options") or {},
        "options_sha256": state.transcript.options_sha256 if state.transcript else None,
        "plan": state.plan,
        "done": [chunk.ord for chunk in state.chunks.values() if chunk.state == "done"],
    }


class _Progress:
    """The transcript as it grows: the plan first, then each chunk with its segments in one transaction."""

    def __init__(
        self, run: "Run", recording: Recording, pack: packs.Pack, audio: Derivative, asked: Json, transcript: Transcript | None
    ) -> None:
        self.run, self.recording, self.pack, self.audio, self.asked, self.transcript = run, recording, pack, audio, asked, transcript
        found = run.case.find(Chunk, transcript_id=transcript.id, order="ord") if transcript else []
        self.chunks = {chunk.ord: chunk for chunk in found}

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
        elif kind == "chunk":
            self._keep_chunk(data)

    def _keep_plan(self, data: Json) -> None:
        transcript = Transcript(
            id=new_id("transcript"),
            recording_id=self.recording.id,
            engine=data["engine"],
            model_name=self.pack.name,
            model_sha256=self.pack.sha256,
            options_sha256=data["options_sha256"],
            wav_sha256=self.audio.sha256,
            speech_us=data["speech_us"],
            state="running",
            created_at=iso(utc_now()),
            options={**data["options"], "compute": data["compute"], "asked": self.asked},
        )
        chunks = [
            Chunk(
                new_id("chunk"), transcript.id, chunk["ord"], chunk["start_us"], chunk["end_us"], "pending", speech=tuple(chunk["speech"])
            )
            for chunk in data["chunks"]
        ]
        self.run.commit("transcript.plan", [insert(row) for row in (transcript, *chunks)], transcript.id, recording=self.recording.name)
        self.transcript = transcript
        self.chunks = {chunk.ord: chunk for chunk in chunks}

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
