"""Numbered steps from every older case to this program's. A case keeps its number in `PRAGMA user_version`.

A step never rewrites the journal: it may add tables and columns, and an added column starts empty (NULL, "", 0, [] or {}), which is how
the check by replay knows that older rows say nothing of it. Before any step the case is backed up beside itself; a case newer
than the program is refused with the version it needs.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from inspector_app.domain.records import RECORDS

from .rows import columns

if TYPE_CHECKING:
    from sqlite_utils import Database


def _first(db: "Database") -> None:
    """Version 1: the journal, every record's table, and the search index."""
    for record in RECORDS:
        table = db.table(record.table)
        table.create(columns(record), pk="id", not_null={"id"})
        for name in ("recording_id", "transcript_id", "finding_id"):
            if name in columns(record):
                table.create_index([name])
    db.table("findings").create_index(["number"], unique=True)
    db.table("exhibits").create_index(["number"], unique=True)
    db.table("journal").create(
        {"seq": int, "body": str, "hash": str, "act": str, "undoable": int, "undo_of": int, "redo_of": int},
        pk="seq",
        not_null={"body", "hash"},
    )
    for verb in ("UPDATE", "DELETE"):  # a seat belt against slips, not a lock: whoever owns the file can remove it
        db.execute(f"CREATE TRIGGER journal_no_{verb.lower()} BEFORE {verb} ON journal BEGIN SELECT RAISE(ABORT, 'append only'); END")
    db.table("search_docs").create({"id": int, "kind": str, "ref": str, "recording_id": str, "start_us": int, "text": str}, pk="id")
    db.table("search_docs").create_index(["ref"])
    db.execute("CREATE VIRTUAL TABLE search_tokens USING fts5(tokens, tokenize='unicode61')")


#: step n brings a case from version n-1 to n
STEPS: tuple[Callable[["Database"], None], ...] = (_first,)
VERSION = len(STEPS)

#: the program that first wrote cases of a version, for the sentence of a refusal
WRITTEN_BY = {1: "0.1.0"}
