"""Copies of the case database through SQLite's own backup, never by copying files (a copy without its WAL loses the newest rows)."""

import sqlite3
from pathlib import Path

from inspector_app.domain.timebase import utc_now


def make(db: sqlite3.Connection, folder: Path, why: str) -> Path:
    """Writes `backups/<moment>-<why>.db` in the case folder and returns its path; whole or not there at all."""
    target = folder / "backups" / f"{utc_now():%Y%m%dT%H%M%SZ}-{why}.db"
    target.parent.mkdir(exist_ok=True)
    staging = target.with_suffix(".partial")
    copy_to(db, staging)
    staging.replace(target)
    return target


def copy_to(db: sqlite3.Connection, target: Path) -> None:
    """A copy of the database in one file, without a write-ahead log beside it; raises sqlite3.Error or OSError."""
    copy = sqlite3.connect(target)
    try:
        db.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
    finally:
        copy.close()
