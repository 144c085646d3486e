"""Transcript 文字记录: run the recogniser, say what it covers, correct its words. What the machine heard is never overwritten."""

from dataclasses import replace
from typing import Any

from inspector_app.casefile.changes import Act, update
from inspector_app.domain.errors import UsageError
from inspector_app.domain.records import Chunk, Recording, Segment, Transcript
from inspector_app.exchange.provenance import Provenance
from inspector_app.jobs import run as jobs
from inspector_app.jobs import transcripts as job
from inspector_app.speech import coverage as covering

from .cases import pick_recording
from .findings import REPLACED, current_segments
from .registry import Outcome, command
from .workspace import Workspace

#: the engine of a transcript that an import read from a subtitle file
FROM_FILE = "subtitle file"


@command("transcript.run", keys=("Ctrl+T",))
def run(work: Workspace, *, recording: str | None = None, model: str = "base", quick: bool = False) -> Outcome:
    """Transcribes one recording or all that have sound; resumes what was begun. Data: segments, engine, model_sha256 per recording.

    `quick` searches narrowly: a sixth less work, more wrong characters. Another model or option makes a new version beside the old.
    """
    asked = [row for row in pick_recording(work, recording) if row.has_audio or recording is not None]
    options = {"quick": True} if quick else {}
    data = []
    for row in asked:
        params = {"recording": row.id, "model": model, "options": options}
        jobs.execute(work.opened, work.actor, "transcribe", params, stop=work.stop, progress=work.progress)
        data.append(transcript_data(work, row))
    return Outcome(frozenset({"transcripts", "segments"}), tuple(row.id for row in asked), data=_flat(data))


def newest(work: Workspace, recording_id: str) -> Transcript | None:
    """The transcript that is shown, quoted and exported."""
    found = work.opened.find(Transcript, recording_id=recording_id, order="rowid DESC")
    return found[0] if found else None


def coverage_of(work: Workspace, transcript: Transcript) -> covering.Coverage:
    """How much of the speech has text, of one transcript."""
    segments = [row for row in work.opened.find(Segment, transcript_id=transcript.id, order="start_us, rowid") if row.state != REPLACED]
    return covering.measure(work.opened.find(Chunk, transcript_id=transcript.id, order="ord"), segments)


def provenance_of(work: Workspace, recording: Recording) -> Provenance:
    """What an export says of a recording's text."""
    transcript = newest(work, recording.id)
    if transcript is None:
        return Provenance(recording.name, recording.original_id)
    found = coverage_of(work, transcript)
    return Provenance(
        recording.name,
        recording.original_id,
        engine=transcript.engine,
        model=transcript.model_name,
        model_sha256=transcript.model_sha256,
        made_at=transcript.created_at,
        machine=transcript.engine != FROM_FILE,
        complete=transcript.state == "done",
        share_pm=found.share_pm,
        checked_pm=found.checked_pm,
        checked=found.checked,
        segments=found.segments,
    )


def transcript_data(work: Workspace, recording: Recording) -> dict[str, Any]:
    """The newest transcript of a recording as the command line gives it."""
    found = newest(work, recording.id)
    return {
        "recording": recording.id,
        "engine": found.engine if found else "",
        "model": found.model_name if found else "",
        "model_sha256": found.model_sha256 if found else "",
        "state": found.state if found else "",
        "segments": [segment_data(row) for row in current_segments(work, recording.id)],
    }


def segment_data(row: Segment) -> dict[str, Any]:
    return {
        "id": row.id,
        "start_us": row.start_us,
        "end_us": row.end_us,
        "text": row.words,
        "machine_text": row.text,
        "confidence": row.confidence_pm / 1000,
        "flags": list(row.flags),
        "speaker": row.speaker,
        "confirmed_by": row.confirmed_by,
    }


def _flat(data: list[dict[str, Any]]) -> dict[str, Any]:
    """One document: the fields of a single recording at the top, all recordings' segments in one list."""
    top = data[0] if data else {"engine": "", "model": "", "model_sha256": ""}
    return {**top, "segments": [{**segment, "recording": one["recording"]} for one in data for segment in one["segments"]]}


@command("transcript.coverage")
def coverage(work: Workspace, *, recording: str | None = None) -> Outcome:
    """How much of the speech has text, and how much text a person has checked: per recording and minute.

    Data: recordings, each with transcript, state, speech_us, covered_us, waiting_us (not heard yet), failed_us, coverage_pm and checked_pm
    (per mille, null where unknown), segments, checked, doubtful, and minutes (minute, speech_us, covered_us, waiting_us).
    """
    data = []
    for row in pick_recording(work, recording):
        transcript = newest(work, row.id)
        if transcript is None:
            continue
        found = coverage_of(work, transcript)
        data.append(
            {
                "recording": row.id,
                "transcript": transcript.id,
                "engine": transcript.engine,
                "model_sha256": transcript.model_sha256,
                "state": transcript.state,
                "speech_us": found.speech_us,
                "covered_us": found.covered_us,
                "waiting_us": found.waiting_us,
                "failed_us": found.failed_us,
                "coverage_pm": found.share_pm,
                "checked_pm": found.checked_pm,
                "segments": found.segments,
                "checked": found.checked,
                "doubtful": found.doubtful,
                "minutes": [
                    {"minute": one.number, "speech_us": one.speech_us, "covered_us": one.covered_us, "waiting_us": one.waiting_us}
                    for one in found.minutes
                ],
            }
        )
    return Outcome(data={"recordings": data})


@command("transcript.live")
def live(work: Workspace, *, recording: str) -> Outcome:
    """What is heard of a recording that still grows. Data: provisional (start_us, end_us, text) or null, backlog_us, after_recording.

    The provisional line is a picture of the moment: it is kept nowhere and is never quoted.
    """
    state = job.live_state(pick_recording(work, recording)[0].id)
    return Outcome(data={"provisional": state.provisional, "backlog_us": state.backlog_us, "after_recording": state.after_recording})


@command("segment.correct", keys=("F2",))
def correct(work: Workspace, *, segment_id: str, text: str) -> Outcome:
    """A person's words for a segment; the machine's stay beside them. The machine's own words given back mean: confirmed by ear."""
    before = work.opened.get(Segment, segment_id)
    if before.state == REPLACED:
        raise UsageError("usage.segment_replaced", id=segment_id)
    after = replace(before, corrected=text.strip(), corrected_by=work.actor.name)
    facts: dict[str, str | int] = {"at_us": before.start_us}
    work.opened.commit(Act("segment.correct", work.actor, [update(before, after)], before.id, facts, undoable=True))
    return Outcome(frozenset({"segments"}), (before.id,), facts)


@command("segment.words")
def word_times(work: Workspace, *, segment_id: str) -> Outcome:
    """Says when each word of a segment is spoken, and keeps it. Data: words (start_us, end_us, word, probability per mille)."""
    jobs.execute(work.opened, work.actor, "word-times", {"segment": segment_id}, stop=work.stop, progress=work.progress)
    found = work.opened.get(Segment, segment_id).word_times
    words = [{"start_us": start, "end_us": end, "word": word, "probability_pm": pm} for start, end, word, pm in found]
    return Outcome(frozenset({"segments"}), (segment_id,), {"count": len(words)}, {"words": words})
