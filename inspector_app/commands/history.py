"""Undo and redo through the journal, by name, across restarts; and the journal itself."""

from dataclasses import dataclass
from typing import Any

from inspector_app.casefile import journal
from inspector_app.domain.errors import UsageError

from .registry import Outcome, command
from .workspace import Workspace


def _outcome(row: journal.Row | None) -> Outcome:
    if row is None:
        return Outcome(facts={"act": ""})
    tables = frozenset(change.table for change in row.changes)
    return Outcome(tables, tuple(change.id for change in row.changes), {"act": str(row.body["facts"]["act"])})


@command("history.undo", keys=("Ctrl+Z",))
def undo(work: Workspace) -> Outcome:
    """Takes the last act back by a new journal row. Facts: act ("" when there is nothing to undo)."""
    return _outcome(work.opened.undo(work.actor))


@command("history.redo", keys=("Ctrl+Shift+Z",))
def redo(work: Workspace) -> Outcome:
    """Makes the last undone act true again. Facts: act ("" when there is nothing)."""
    return _outcome(work.opened.redo(work.actor))


@dataclass(frozen=True)
class Step:
    """One act that can be undone or redone: what it was, who did it (or brought it back, or took it back), when, and its facts."""

    act: str
    done: bool
    utc: str
    by: str
    facts: dict[str, Any]


@command("history.list")
def steps(work: Workspace, *, most: int = 1000) -> Outcome:
    """The undo list, oldest first, the undone acts last. Data: steps (the newest `most` done ones, and all undone), place (how many acts
    hold now), earlier (how many done ones are not listed)."""

    def read(db: Any) -> tuple[int, list[Step]]:
        undo, redo = journal.stacks(db)
        rows = [(step.act, True, step.seq) for step in undo[-most:]] + [(step.act, False, step.seq) for step in reversed(redo)]
        found = []
        for act, done, seq in rows:
            body = journal.read(db, seq).body
            found.append(Step(act, done, body["utc"], body["actor"]["name"], dict(body["facts"])))
        return len(undo), found

    place, listed = work.opened.read(read)
    return Outcome(data={"steps": listed, "place": place, "earlier": max(0, place - most)})


@command("history.go")
def go(work: Workspace, *, place: int) -> Outcome:
    """Undoes or redoes, one journal row each, until `place` acts hold. Facts: undone, redone. UsageError `usage.no_such_step`.

    An act that cannot be turned round stops the walk where it is; what was turned before it stays turned, and the error is raised.
    """
    case = work.opened
    undo, redo = case.read(journal.stacks)
    if not 0 <= place <= len(undo) + len(redo):
        raise UsageError("usage.no_such_step", given=place, most=len(undo) + len(redo))
    undone, redone = max(0, len(undo) - place), max(0, place - len(undo))
    tables: set[str] = set()
    for number in range(undone + redone):
        row = case.undo(work.actor) if number < undone else case.redo(work.actor)
        if row is None:
            break
        tables |= {change.table for change in row.changes}
    return Outcome(frozenset(tables), facts={"undone": undone, "redone": redone})


@command("journal.list")
def rows(work: Workspace, *, after: int = 0) -> Outcome:
    """The chained journal from row `after` + 1 on, without the row contents (a case holds thousands)."""
    listed = []
    for row in work.opened.read(lambda db: journal.read_all(db, after)):
        body = row.body
        listed.append(
            {
                "seq": row.seq,
                "hash": row.hash,
                "prev": body["prev"],
                "utc": body["utc"],
                "actor": body["actor"],
                "act": row.act,
                "object": body["object"],
                "facts": body["facts"],
                "changes": len(body["changes"]),
                "undo_of": row.undo_of,
                "redo_of": row.redo_of,
            }
        )
    seq, head = work.opened.journal_head()
    return Outcome(data={"rows": listed, "head": head, "count": seq})
