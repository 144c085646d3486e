"""Mark 标记: a place in a recording to come back to. One key puts it down; it says nothing of the law and goes into no dossier."""

from dataclasses import replace

from inspector_app.casefile.changes import Act, delete, insert, update
from inspector_app.domain.errors import UsageError
from inspector_app.domain.ids import new_id
from inspector_app.domain.records import Mark, Recording
from inspector_app.domain.timebase import iso, utc_now

from .registry import Outcome, command
from .workspace import Workspace


@command("mark.add", keys=("`",))
def add(work: Workspace, *, recording_id: str, at_us: int, text: str = "") -> Outcome:
    """Marks a moment for later. Raises UsageError `usage.outside` where the recording has no such moment."""
    recording = work.opened.get(Recording, recording_id)
    if not 0 <= at_us <= recording.duration_us:
        raise UsageError("usage.outside", start=at_us, end=at_us, length=recording.duration_us)
    mark = Mark(new_id("mark"), recording_id, at_us, work.actor.name, iso(utc_now()), text)
    work.opened.commit(Act("mark.add", work.actor, [insert(mark)], mark.id, {"at_us": at_us}, undoable=True))
    return Outcome(frozenset({"marks"}), (mark.id,), {"count": work.opened.count(Mark, recording_id=recording_id)})


@command("mark.text")
def text(work: Workspace, *, mark_id: str, text: str) -> Outcome:
    """Why the place was marked."""
    before = work.opened.get(Mark, mark_id)
    change = update(before, replace(before, text=text))
    work.opened.commit(Act("mark.text", work.actor, [change], before.id, {"at_us": before.at_us}, undoable=True))
    return Outcome(frozenset({"marks"}), (before.id,))


@command("mark.remove")
def remove(work: Workspace, *, mark_id: str) -> Outcome:
    """Takes a mark away (undo brings it back)."""
    before = work.opened.get(Mark, mark_id)
    work.opened.commit(Act("mark.remove", work.actor, [delete(before)], before.id, {"at_us": before.at_us}, undoable=True))
    return Outcome(frozenset({"marks"}), (before.id,))


@command("mark.list")
def list_marks(work: Workspace, *, recording_id: str) -> Outcome:
    """The marks of a recording in time."""
    rows = work.opened.find(Mark, "at_us, rowid", recording_id=recording_id)
    return Outcome(data={"marks": [{"id": row.id, "at_us": row.at_us, "by": row.by, "text": row.text} for row in rows]})
