"""What a dossier says of a recording besides its words: its parts and gaps, its clock, what was watched, what has text, duties over time.

Pure reading of the case. Silence is reported: spans nobody watched and speech without text are counted here, never rounded away.
"""

from collections.abc import Iterable
from typing import Any

from inspector_app.casefile.case import Case
from inspector_app.domain.broadcast import broadcast_time
from inspector_app.domain.records import Capture, Chunk, Original, Part, Recording, ScreenRun, Segment, Track, Transcript, Watched
from inspector_app.domain.timebase import iso
from inspector_app.speech import coverage as covering

Json = dict[str, Any]
#: The state of a segment that was split or merged: it stays in the case and leaves the text.
REPLACED = "replaced"
#: What must be shown all the time (办法 26, 37); the other tracks are readings of prices and counters, which the annex lists.
DUTIES = ("seller_info", "licence", "ai_label")
#: Facts of a part that help to judge how it was cut.
_PART_FACTS = ("file", "epoch", "why", "received_sha256", "chain")
#: Proof frames of a continuous duty that are named; the data of the case has all.
_FRAMES = 6


def of_recording(case: Case, recording: Recording, transcript: Transcript | None) -> Json:
    """What is added to a recording's own fields: `parts broadcast captures watched coverage tracks`.

    `parts`: [{ord, start_us, end_us, zero_us, sha256, sm3, bytes, path, name, facts}], empty for a recording of one file. `broadcast`: {} or
    {start_at, end_at, error_us (-1: unknown), correction_us, compared, anchors, jitter_us, latency, system}. `watched`: {by: [{name, us}],
    us, unwatched: [[start_us, end_us]]}. `coverage`: {} without a transcript, else {known, speech_us, covered_us, waiting_us, failed_us,
    share_pm, checked_pm (-1: none), segments, checked, doubtful, without: [minute numbers where speech has no text]}. `tracks`: the duties,
    [{kind, name, shown_pm, longest_absence_us, longest_absence: [] or [start_us, end_us], spans, frames: [[at_us, why]], parts: {name: per
    mille}}].
    """
    return {
        "parts": _parts(case, recording),
        "broadcast": _broadcast(recording),
        "captures": [
            {name: getattr(one, name) for name in ("source", "lane", "state", "started_at", "ended_at", "chain_head")}
            for one in case.find(Capture, recording_id=recording.id)
        ],
        "watched": _watched(case, recording),
        "coverage": _coverage(case, transcript) if transcript else {},
        "tracks": _tracks(case, recording),
    }


def current(case: Case, transcript: Transcript) -> list[Segment]:
    """The sentences of a transcript in time, without those that a split or a merge replaced."""
    return [one for one in case.find(Segment, order="start_us, end_us", transcript_id=transcript.id) if one.state != REPLACED]


def _parts(case: Case, recording: Recording) -> list[Json]:
    found = []
    for part in case.find(Part, order="ord", recording_id=recording.id):
        original = case.get(Original, part.original_id)
        found.append(
            {
                **{name: getattr(part, name) for name in ("ord", "start_us", "end_us", "zero_us")},
                "sha256": original.id,
                **{name: getattr(original, name) for name in ("sm3", "bytes", "path")},
                "name": original.source_name,
                "facts": {name: part.facts[name] for name in _PART_FACTS if name in part.facts},
            }
        )
    return found


def _broadcast(recording: Recording) -> Json:
    clock = recording.clock
    start, end = broadcast_time(clock, 0), broadcast_time(clock, recording.duration_us)
    if start is None or end is None:
        return {}
    error = max((one.error_us for one in (start, end) if one.error_us is not None), default=-1)
    return {
        "start_at": iso(start.utc),
        "end_at": iso(end.utc),
        "error_us": error if start.error_us is not None and end.error_us is not None else -1,
        "correction_us": start.correction_us,
        "compared": start.compared,
        "anchors": len(clock.get("anchors") or []),
        "jitter_us": int(clock.get("jitter_us", 0)),
        "latency": str(clock.get("latency", "unknown")),
        "system": str(clock.get("system", "unknown")),
    }


def _watched(case: Case, recording: Recording) -> Json:
    rows = case.find(Watched, order="by", recording_id=recording.id)
    together = _joined((start, end) for row in rows for start, end in row.spans)
    return {
        "by": [{"name": row.by, "us": sum(end - start for start, end in _joined(row.spans))} for row in rows],
        "us": sum(end - start for start, end in together),
        "unwatched": _rest(together, recording.duration_us),
    }


def _joined(spans: Iterable[Any]) -> list[tuple[int, int]]:
    """Spans in time, those that touch joined."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted((int(start), int(end)) for start, end in spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        elif end > start:
            joined.append((start, end))
    return joined


def _rest(spans: list[tuple[int, int]], duration_us: int) -> list[list[int]]:
    """What is left of a recording outside `spans`."""
    starts = [0, *(end for _, end in spans)]
    ends = [*(start for start, _ in spans), duration_us]
    return [[start, end] for start, end in zip(starts, ends, strict=True) if end > start]


def _coverage(case: Case, transcript: Transcript) -> Json:
    chunks = case.find(Chunk, transcript_id=transcript.id, order="ord")
    found = covering.measure(chunks, current(case, transcript))
    names = ("speech_us", "covered_us", "waiting_us", "failed_us", "segments", "checked", "doubtful")
    return {
        **{name: getattr(found, name) for name in names},
        "known": bool(chunks),
        "share_pm": -1 if found.share_pm is None else found.share_pm,
        "checked_pm": -1 if found.checked_pm is None else found.checked_pm,
        "without": [one.number for one in found.minutes if one.speech_us > one.covered_us + one.waiting_us],
    }


def _tracks(case: Case, recording: Recording) -> list[Json]:
    runs = case.find(ScreenRun, recording_id=recording.id, state="done", order="rowid DESC")
    rows = case.find(Track, order="kind, start_us", run_id=runs[0].id) if runs else []
    return [
        {
            "kind": one.kind,
            "name": one.name,
            "spans": [list(span) for span in one.spans],
            "shown_pm": int(one.facts.get("shown_pm", 0)),
            "longest_absence_us": int(one.facts.get("longest_absence_us", 0)),
            "longest_absence": [int(at) for at in one.facts.get("longest_absence", [])],
            "frames": [[int(at), str(why)] for at, why in one.facts.get("proof", [])][:_FRAMES],
            "parts": {str(name): int(share) for name, share in one.facts.get("parts", {}).items()},
        }
        for one in rows
        if one.kind in DUTIES
    ]
