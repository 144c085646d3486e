"""Writes and reads the chained journal, and works out from it what can be undone. Undo is a new row, never a deletion."""

import json
import platform
import secrets
import sqlite3
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inspector_app import __version__
from inspector_app.domain.timebase import iso, utc_now
from inspector_app.integrity.chain import GENESIS, canonical, row_hash

from .changes import Act, Change

_NO_BOOT_ID = "run-" + secrets.token_hex(8)


def boot_id() -> str:
    """What the monotonic clock counts from: the boot, or this run of the program where the system does not name its boots."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return _NO_BOOT_ID


@dataclass(frozen=True)
class Row:
    """One journal row as read back."""

    seq: int
    hash: str
    body: dict[str, Any]
    undo_of: int | None = None
    redo_of: int | None = None

    @property
    def act(self) -> str:
        return str(self.body["act"])

    @property
    def changes(self) -> list[Change]:
        return [Change.from_json(change) for change in self.body["changes"]]


def head(db: sqlite3.Connection) -> tuple[int, str]:
    """Number and hash of the last row; 0 and the genesis hash before the first."""
    row = db.execute("SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1").fetchone()
    return (row[0], row[1]) if row else (0, GENESIS)


def append(db: sqlite3.Connection, case_id: str, act: Act, *, undo_of: int | None = None, redo_of: int | None = None) -> Row:
    """Appends the row of `act`; the caller owns the transaction."""
    seq, previous = head(db)
    body: dict[str, Any] = {
        "seq": seq + 1,
        "prev": previous,
        "case": case_id,
        "utc": iso(utc_now()),
        "mono_ns": time.monotonic_ns(),
        "boot": boot_id(),
        "actor": {"name": act.actor.name, "certificate": act.actor.certificate, "machine": act.actor.machine},
        "workstation": platform.node(),
        "app": __version__,
        "act": act.name,
        "object": act.object,
        "facts": dict(act.facts),
        "changes": [change.to_json() for change in act.changes],
        "undoable": int(act.undoable),
        "undo_of": undo_of,
        "redo_of": redo_of,
    }
    text = canonical(body)
    digest = row_hash(text)
    db.execute(
        "INSERT INTO journal (seq, body, hash, act, undoable, undo_of, redo_of) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (seq + 1, text, digest, act.name, int(act.undoable), undo_of, redo_of),
    )
    return Row(seq + 1, digest, body, undo_of, redo_of)


def read(db: sqlite3.Connection, seq: int) -> Row:
    body, digest, undo_of, redo_of = db.execute("SELECT body, hash, undo_of, redo_of FROM journal WHERE seq = ?", (seq,)).fetchone()
    return Row(seq, digest, json.loads(body), undo_of, redo_of)


def read_all(db: sqlite3.Connection, after: int = 0) -> list[Row]:
    rows = db.execute("SELECT seq, hash, body, undo_of, redo_of FROM journal WHERE seq > ? ORDER BY seq", (after,))
    return [Row(seq, digest, json.loads(body), undo_of, redo_of) for seq, digest, body, undo_of, redo_of in rows]


def stored(db: sqlite3.Connection) -> list[tuple[int, str, str]]:
    """Number, exact body and hash of every row, as whoever checks the chain elsewhere needs them."""
    return [(seq, body, digest) for seq, body, digest in db.execute("SELECT seq, body, hash FROM journal ORDER BY seq")]


@dataclass(frozen=True)
class Step:
    """One entry of an undo or redo stack: the act's name, and the row whose changes are to be turned round."""

    act: str
    seq: int


def stacks(db: sqlite3.Connection) -> tuple[list[Step], list[Step]]:
    """What can be undone and redone, the next one last. A new act empties the redo side, as everywhere.

    To undo is to turn round the act's own row (or the redo that brought it back); to redo is to turn round the undo's row.
    """
    undo: list[Step] = []
    redo: list[Step] = []
    rows = db.execute("SELECT seq, act, undoable, undo_of, redo_of FROM journal WHERE undoable OR undo_of OR redo_of ORDER BY seq")
    for seq, act, undoable, undo_of, redo_of in rows:
        if undo_of:
            redo.append(Step(undo.pop().act, seq))
        elif redo_of:
            undo.append(Step(redo.pop().act, seq))
        elif undoable:
            undo.append(Step(act, seq))
            redo.clear()
    return undo, redo
