"""What a person has watched of a recording: spans nobody has seen are shown, and printed in the dossier."""

from collections.abc import Iterable
from dataclasses import replace

from inspector_app.casefile.changes import Act, insert, update
from inspector_app.domain.ids import new_id
from inspector_app.domain.records import Recording, Watched
from inspector_app.domain.timebase import Interval, iso, utc_now

from .registry import Outcome, command
from .workspace import Workspace


@command("watch.note")
def note(work: Workspace, *, recording_id: str, spans: Iterable[tuple[int, int]]) -> Outcome:
    """Adds spans that were played before the person's eyes; nothing is written where they were all watched already."""
    recording = work.opened.get(Recording, recording_id)
    by = work.actor.name
    found = work.opened.find(Watched, recording_id=recording_id, by=by)
    old = [(int(start), int(end)) for start, end in found[0].spans] if found else []
    new = [(max(0, start), min(end, recording.duration_us)) for start, end in spans]
    merged = tuple((span.start_us, span.end_us) for span in union([*old, *new]))
    if merged == tuple(old):
        return Outcome()
    row = Watched(new_id("watched"), recording_id, by, iso(utc_now()), merged)
    change = update(found[0], replace(row, id=found[0].id)) if found else insert(row)
    work.opened.commit(
        Act("watch.note", work.actor, [change], change.id, {"seconds": sum(end - start for start, end in merged) // 1_000_000})
    )
    return Outcome(frozenset({"watched"}), (change.id,))


def watched(work: Workspace, recording_id: str) -> list[Interval]:
    """What anybody has watched of a recording, in time."""
    return union((int(start), int(end)) for row in work.opened.find(Watched, recording_id=recording_id) for start, end in row.spans)


def union(spans: Iterable[tuple[int, int]]) -> list[Interval]:
    """Spans in time, those that touch joined, empty ones left out."""
    joined: list[Interval] = []
    for start, end in sorted(spans):
        if end <= start:
            continue
        if joined and start <= joined[-1].end_us:
            joined[-1] = Interval(joined[-1].start_us, max(end, joined[-1].end_us))
        else:
            joined.append(Interval(start, end))
    return joined
