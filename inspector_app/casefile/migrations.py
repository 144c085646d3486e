"""Numbered steps from every older case to this program's. A case keeps its number in `PRAGMA user_version`.

A step never rewrites the journal: it may add tables and columns, and an added column starts empty (NULL, "", 0, [] or {}), which is how
the check by replay knows that older rows say nothing of it. Before any step the case is backed up beside itself; a case newer
than the program is refused with the version it needs.
"""

import sqlite3
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from inspector_app.domain.records import RECORDS, Record

from .rows import columns, empty

if TYPE_CHECKING:
    from sqlite_utils import Database


def _first(db: "Database") -> None:
    """Version 1: the journal, every record's table, and the search index."""
    for record in RECORDS:
        table = db.table(record.table)
        table.create(columns(record), pk="id", not_null={"id"})
        _index(db, record)
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


def _index(db: "Database", record: type[Record]) -> None:
    for name in ("recording_id", "transcript_id", "finding_id"):
        if name in columns(record):
            db.table(record.table).create_index([name])


def _lacking(db: sqlite3.Connection) -> Iterator[tuple[type[Record], list[str] | None]]:
    """Every record whose table an older case has not (None) or has without some columns."""
    for record in RECORDS:
        have = [row[1] for row in db.execute(f'PRAGMA main.table_info("{record.table}")')]
        lacking = [name for name in columns(record) if name not in have]
        if lacking:
            yield record, lacking if have else None


def _second(db: "Database") -> None:
    """Version 2: recordings of several parts, captures, tracks, chat of every kind, reviews, forms, editions."""
    for record, names in list(_lacking(db.conn)):
        if names is None:
            db.table(record.table).create(columns(record), pk="id", not_null={"id"})
            _index(db, record)
            continue
        for name in names:
            db.table(record.table).add_column(name, columns(record)[name], not_null_default=empty(record, name))


def stand_in(db: sqlite3.Connection) -> None:
    """Lets an older case be read as it lies: what it lacks is there for this connection alone, and empty."""
    for record, names in list(_lacking(db)):
        if names is None:
            db.execute(f'CREATE TEMP TABLE "{record.table}" ({", ".join(_quoted(name) for name in columns(record))})')
        else:
            more = ", ".join(f"{_literal(empty(record, name))} AS {_quoted(name)}" for name in names)
            have = ", ".join(_quoted(name) for name in columns(record) if name not in names)
            # the row number too: it is the order in which rows were made
            db.execute(f'CREATE TEMP VIEW "{record.table}" AS SELECT rowid, {have}, {more} FROM main."{record.table}"')  # noqa: S608


def _quoted(name: str) -> str:
    return f'"{name}"'


def _literal(value: int | str) -> str:
    return str(value) if isinstance(value, int) else f"'{value}'"


#: step n brings a case from version n-1 to n
STEPS: tuple[Callable[["Database"], None], ...] = (_first, _second)
VERSION = len(STEPS)

#: the program that first wrote cases of a version, for the sentence of a refusal
WRITTEN_BY = {1: "0.1.0", 2: "0.2.0"}
