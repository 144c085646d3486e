"""Transcript 文字记录: run the recogniser, correct its words. What the machine heard is never overwritten."""

from dataclasses import replace
from typing import Any

from inspector_app.casefile.changes import Act, update
from inspector_app.domain.records import Recording, Segment, Transcript
from inspector_app.jobs import run as jobs

from .cases import pick_recording
from .findings import current_segments
from .registry import Outcome, command
from .workspace import Workspace


@command("transcript.run", keys=("Ctrl+T",))
def run(work: Workspace, *, recording: str | None = None, model: str = "base") -> Outcome:
    """Transcribes one recording or all that have sound; resumes what was begun. Data: segments, engine, model_sha256 per recording."""
    asked = [row for row in pick_recording(work, recording) if row.has_audio or recording is not None]
    data = []
    for row in asked:
        jobs.execute(work.opened, work.actor, "transcribe", {"recording": row.id, "model": model}, stop=work.stop, progress=work.progress)
        data.append(transcript_data(work, row))
    return Outcome(frozenset({"transcripts", "segments"}), tuple(row.id for row in asked), data=_flat(data))


def transcript_data(work: Workspace, recording: Recording) -> dict[str, Any]:
    """The newest transcript of a recording as the command line gives it."""
    transcripts = work.opened.find(Transcript, recording_id=recording.id, order="rowid DESC")
    newest = transcripts[0] if transcripts else None
    return {
        "recording": recording.id,
        "engine": newest.engine if newest else "",
        "model": newest.model_name if newest else "",
        "model_sha256": newest.model_sha256 if newest else "",
        "state": newest.state if newest else "",
        "segments": [
            {
                "id": row.id,
                "start_us": row.start_us,
                "end_us": row.end_us,
                "text": row.words,
                "machine_text": row.text,
                "confidence": row.confidence_pm / 1000,
                "flags": list(row.flags),
            }
            for row in current_segments(work, recording.id)
        ],
    }


def _flat(data: list[dict[str, Any]]) -> dict[str, Any]:
    """One document: the fields of a single recording at the top, all recordings' segments in one list."""
    top = data[0] if data else {"engine": "", "model": "", "model_sha256": ""}
    return {**top, "segments": [{**segment, "recording": one["recording"]} for one in data for segment in one["segments"]]}


@command("segment.correct", keys=("F2",))
def correct(work: Workspace, *, segment_id: str, text: str) -> Outcome:
    """A person's words for a segment; the machine's stay beside them. The machine's own words given back mean: confirmed by ear."""
    before = work.opened.get(Segment, segment_id)
    after = replace(before, corrected=text.strip(), corrected_by=work.actor.name)
    facts: dict[str, str | int] = {"at_us": before.start_us}
    work.opened.commit(Act("segment.correct", work.actor, [update(before, after)], before.id, facts, undoable=True))
    return Outcome(frozenset({"segments"}), (before.id,), facts)
