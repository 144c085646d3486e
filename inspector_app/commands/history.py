"""Undo and redo through the journal, by name, across restarts; and the journal itself."""

from inspector_app.casefile import journal

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
