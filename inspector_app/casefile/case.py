"""The open case: one writer in one thread, read-only readers in any, every act one durable transaction with its journal row.

It must not know what a finding means: rooms above build acts, this room makes them true or not at all.
"""

import contextlib
import json
import os
import platform
import re
import secrets
import shutil
import sqlite3
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from filelock import FileLock, Timeout

from inspector_app import __version__
from inspector_app.domain.errors import CaseError, InspectorError, StorageError
from inspector_app.domain.people import Actor, Officer
from inspector_app.domain.records import RECORDS, CaseInfo, OfficerRow, Record
from inspector_app.domain.timebase import Interval, iso, utc_now

from . import backup, journal, migrations, search, vault
from .changes import Act, Change, insert
from .rows import Row, reader, to_row

R = TypeVar("R", bound=Record)
T = TypeVar("T")

DATABASE = "case.db"
_RECORD_OF = {record.table: record for record in RECORDS}
#: what SQLite says of a file whose bytes were changed, though it calls it an operational error
_DAMAGE = re.compile("Could not decode|no such (table|column)|already exists|malformed")


class Case:
    """A case folder, open. Use as a context manager, or call `close`."""

    def __init__(self, folder: Path, *, read_only: bool = False) -> None:
        """Opens the case in `folder`; raises CaseError (not a case, newer, damaged, held by somebody else) or StorageError."""
        self.folder = folder.absolute()
        self.read_only = read_only
        self._local = threading.local()
        self._readers: list[sqlite3.Connection] = []
        self._listeners: list[Callable[[Act, Sequence[Change]], None]] = []
        #: hears each act before it is written (its name; of an undo or redo the name and journal row of what is turned), and raises to refuse it
        self.check: Callable[[str, int | None], None] | None = None
        if not (self.folder / DATABASE).is_file():
            raise CaseError("case.not_a_case", folder=str(folder))
        self._lock = None if read_only else _hold(self.folder)
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="case-writer")
        try:
            if read_only:
                check_version(self._reader(), self.folder)
            else:
                self._db = self._on_writer(self._open_writer)
            self.info = self.get(CaseInfo, "case")
        except BaseException as cause:
            self.close()
            if isinstance(cause, sqlite3.Error | OSError | UnicodeDecodeError):
                raise _storage_error(cause, self.folder) from cause
            raise

    # -- opening and closing -------------------------------------------------------------------------------------------------

    def _open_writer(self) -> sqlite3.Connection:
        db = connect(self.folder / DATABASE)
        try:
            found = check_version(db, self.folder)
            if found < migrations.VERSION:
                backup.make(db, self.folder, f"before-version-{migrations.VERSION}")
                _migrate(db, found)
            vault.sweep(self.folder, {row[0] for row in db.execute("SELECT path FROM originals")})
        except BaseException:
            db.close()
            raise
        return db

    def close(self) -> None:
        """Ends the readers, the writer and its lock; safe to call twice.

        The writer goes last: SQLite folds the write-ahead log into `case.db` when the last connection that can write closes.
        """
        for connection in self._readers:
            connection.close()
        self._readers.clear()
        database = getattr(self, "_db", None)
        if database is not None:
            self._on_writer(database.close)
            del self._db
        self._writer.shutdown(wait=True)
        if self._lock is not None:
            (self.folder / "holder.json").unlink(missing_ok=True)
            self._lock.release()
            self._lock = None

    def __enter__(self) -> "Case":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- writing -------------------------------------------------------------------------------------------------------------

    def _on_writer(self, work: Callable[[], T]) -> T:
        return self._writer.submit(work).result()

    def commit(self, act: Act) -> journal.Row:
        """Makes `act` true in one transaction, durable on return; raises CaseError or StorageError and changes nothing otherwise."""
        return self._write(act)

    def _write(self, act: Act, *, undo_of: int | None = None, redo_of: int | None = None) -> journal.Row:
        if self.read_only:
            raise CaseError("case.read_only", folder=str(self.folder))
        if self.check is not None:
            turned = undo_of if redo_of is None else redo_of
            self.check(act.name if turned is None else str(act.facts["act"]), turned)

        def work() -> journal.Row:
            db = self._db
            db.execute("BEGIN IMMEDIATE")
            try:
                for change in act.changes:
                    _apply(db, change)
                row = journal.append(db, self.info.case_id, act, undo_of=undo_of, redo_of=redo_of)
                db.execute("COMMIT")
            except BaseException:
                if db.in_transaction:
                    db.execute("ROLLBACK")
                raise
            return row

        try:
            row = self._on_writer(work)
        except (sqlite3.Error, UnicodeDecodeError) as cause:
            raise _storage_error(cause, self.folder) from cause
        for listener in tuple(self._listeners):
            listener(act, act.changes)
        return row

    def undo(self, actor: Actor) -> journal.Row | None:
        """Takes back the last undoable act by a new row; None when there is nothing to undo.

        What the act made is taken away as it is now (the program may have added to it since, such as the picture of a still); what it
        changed must still be as it left it.
        """
        undo, _ = self.read(journal.stacks)
        if not undo:
            return None
        done = self.read(lambda db: journal.read(db, undo[-1].seq))
        changes = [self._as_it_is(change.inverse) for change in reversed(done.changes)]
        act = Act("undo", actor, changes, str(done.body["object"]), {**done.body["facts"], "act": undo[-1].act})
        return self._write(act, undo_of=done.seq)

    def _as_it_is(self, change: Change) -> Change:
        if change.after is not None:
            return change
        return replace(change, before=to_row(self.get(_RECORD_OF[change.table], change.id)))

    def redo(self, actor: Actor) -> journal.Row | None:
        """Makes the last undone act true again by a new row (the undo's inverse); None when there is nothing to redo."""
        _, redo = self.read(journal.stacks)
        if not redo:
            return None
        undone = self.read(lambda db: journal.read(db, redo[-1].seq))
        changes = [change.inverse for change in reversed(undone.changes)]
        act = Act("redo", actor, changes, str(undone.body["object"]), {**undone.body["facts"], "act": redo[-1].act})
        return self._write(act, redo_of=undone.seq)

    def listen(self, listener: Callable[[Act, Sequence[Change]], None]) -> Callable[[], None]:
        """Calls `listener` after every commit, on the committing thread; returns what ends it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    # -- reading -------------------------------------------------------------------------------------------------------------

    def _reader(self) -> sqlite3.Connection:
        reader: sqlite3.Connection | None = getattr(self._local, "reader", None)
        if reader is None:
            reader = connect_read_only(self.folder / DATABASE)
            if self.read_only and check_version(reader, self.folder) < migrations.VERSION:
                migrations.stand_in(reader)
            self._local.reader = reader
            self._readers.append(reader)
        return reader

    def read(self, query: Callable[[sqlite3.Connection], T]) -> T:
        """Runs `query` on this thread's read-only connection."""
        try:
            return query(self._reader())
        except (sqlite3.Error, ValueError, LookupError) as cause:  # the last two: rows whose bytes were changed
            raise _storage_error(cause, self.folder) from cause

    def find(self, record: type[R], order: str = "rowid", within: Interval | None = None, **equal: str | int) -> list[R]:
        """All rows of a table whose columns equal what is given, as records, ordered by column names.

        `within` keeps those whose `start_us`..`end_us` overlaps it, or whose `at_us` lies in it: hours of material need not be read for one
        sentence.
        """
        tests = [f'"{name}" = ?' for name in equal]
        values = list(equal.values())
        if within is not None:
            momentary = "at_us" in record.__dataclass_fields__
            tests.append('"at_us" < ? AND "at_us" >= ?' if momentary else '"start_us" < ? AND "end_us" > ?')
            values += [within.end_us, within.start_us]
        where = " AND ".join(tests) or "1"
        sql = f'SELECT * FROM "{record.table}" WHERE {where} ORDER BY {order}'  # noqa: S608  # names from code, never from outside

        def query(db: sqlite3.Connection) -> list[R]:
            cursor = db.execute(sql, values)
            made = reader(record, [column[0] for column in cursor.description])
            return [made(row) for row in cursor]

        return self.read(query)

    def columns(self, record: type[Record], names: Sequence[str], order: str = "rowid", **equal: str | int) -> list[tuple[Any, ...]]:
        """Some columns of the rows that `find` would give, as they are stored: for tens of thousands of rows of which little is needed."""
        tests = " AND ".join(f'"{name}" = ?' for name in equal) or "1"
        shown = ", ".join(f'"{name}"' for name in names)
        sql = f'SELECT {shown} FROM "{record.table}" WHERE {tests} ORDER BY {order}'  # noqa: S608  # names from code, never from outside
        return self.read(lambda db: db.execute(sql, tuple(equal.values())).fetchall())

    def get(self, record: type[R], key: str) -> R:
        """The row with this id; raises CaseError `case.no_such` where there is none."""
        found = self.find(record, id=key)
        if not found:
            raise CaseError("case.no_such", kind=record.table, id=key)
        return found[0]

    def count(self, record: type[Record], **equal: str | int) -> int:
        where = " AND ".join(f'"{name}" = ?' for name in equal) or "1"
        sql = f'SELECT count(*) FROM "{record.table}" WHERE {where}'  # noqa: S608
        return int(self.read(lambda db: db.execute(sql, tuple(equal.values())).fetchone()[0]))

    def next_number(self, record: type[Record]) -> int:
        """One more than the highest number ever given in the table (withdrawn ones keep theirs)."""
        sql = f'SELECT coalesce(max(number), 0) + 1 FROM "{record.table}"'  # noqa: S608
        return int(self.read(lambda db: db.execute(sql).fetchone()[0]))

    def search(self, query: str, limit: int = 1000) -> list[search.Hit]:
        return self.read(lambda db: search.find(db, query, limit))

    def copy_database(self, target: Path) -> None:
        """Writes a copy of the database as it stands now to `target`, through SQLite's own backup."""
        self.read(lambda db: backup.copy_to(db, target))

    def journal_head(self) -> tuple[int, str]:
        return self.read(journal.head)

    def officers(self) -> list[Officer]:
        return [Officer(row.name, row.certificate) for row in self.find(OfficerRow, order="position")]

    @property
    def first_officer(self) -> Actor:
        """Who acts where nobody else is named."""
        officer = self.officers()[0]
        return Actor(officer.name, officer.certificate)


def create(folder: Path, *, number: str, cause: str, party: str, officers: Sequence[Officer], legal_basis: str = "") -> Case:
    """Makes a new case folder and opens it.

    `folder` must not exist or be empty. Raises CaseError (`case.exists`, `case.two_officers`, `case.same_officer`) or StorageError;
    nothing half-made stays.
    """
    if len(officers) < 2:
        raise CaseError("case.two_officers", given=len(officers))
    if len({officer.certificate for officer in officers}) < len(officers):
        raise CaseError("case.same_officer")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise CaseError("case.exists", folder=str(folder))
    info = CaseInfo("case", "case_" + secrets.token_hex(16), number, cause, party, legal_basis, iso(utc_now()), __version__)
    rows = [OfficerRow(f"off_{place}", officer.name, officer.certificate, place) for place, officer in enumerate(officers, 1)]
    database = folder / DATABASE
    there = folder.exists()
    parts = [folder / name for name in ("originals", "working", "exports")]
    try:
        for part in parts:
            part.mkdir(parents=True, exist_ok=True)
        db = connect(database)
        try:
            _migrate(db, 0)
            db.execute("BEGIN IMMEDIATE")
            act = Act(
                "case.new",
                Actor(officers[0].name, officers[0].certificate),
                [insert(row) for row in (info, *rows)],
                "case",
                {"number": number},
            )
            for change in act.changes:
                _apply(db, change)
            journal.append(db, info.case_id, act)
            db.execute("COMMIT")
        finally:
            db.close()
    except (OSError, sqlite3.Error) as cause:
        with contextlib.suppress(OSError):
            for leftover in (database, database.with_name(DATABASE + "-wal"), database.with_name(DATABASE + "-shm")):
                leftover.unlink(missing_ok=True)
            for made in (*parts, *([] if there else [folder])):
                made.rmdir()
        raise _storage_error(cause, folder) from cause
    return Case(folder)


def connect(path: Path) -> sqlite3.Connection:
    """A connection that writes durably; explicit transactions only."""
    db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    try:
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA synchronous=FULL")
        db.execute("PRAGMA foreign_keys=ON")
        db.execute("PRAGMA recursive_triggers=ON")  # else INSERT OR REPLACE walks past the append-only triggers
    except sqlite3.Error:
        db.close()
        raise
    return db


def connect_read_only(path: Path) -> sqlite3.Connection:
    """A connection that cannot write; works on a write-protected disk too.

    Raises CaseError `case.needs_writing` where the newest acts lie in a write-ahead log that cannot be read without writing.
    """
    uri = path.absolute().as_uri()
    db = sqlite3.connect(f"{uri}?mode=ro", uri=True, check_same_thread=False)
    try:
        db.execute("SELECT 1 FROM sqlite_master").fetchone()
    except sqlite3.OperationalError:
        db.close()
        log = path.with_name(path.name + "-wal")
        if log.exists() and log.stat().st_size:  # reading on without it would leave out the newest acts in silence
            raise CaseError("case.needs_writing", folder=str(path.parent)) from None
        db = sqlite3.connect(f"{uri}?immutable=1", uri=True, check_same_thread=False)
    return db


def check_version(db: sqlite3.Connection, folder: Path) -> int:
    """The case's version; raises CaseError where it is newer than this program, or none."""
    found = int(db.execute("PRAGMA user_version").fetchone()[0])
    if found < 1:
        raise CaseError("case.damaged", folder=str(folder), cause=f"version {found}")
    if found > migrations.VERSION:
        raise CaseError("case.newer", folder=str(folder), found=found, known=migrations.VERSION)
    return found


def _migrate(db: sqlite3.Connection, found: int) -> None:
    import sqlite_utils  # brings NumPy along; only a new or an older case needs it

    for number, step in enumerate(migrations.STEPS[found:], found + 1):
        db.execute("BEGIN IMMEDIATE")
        try:
            step(sqlite_utils.Database(db))
            db.execute(f"PRAGMA user_version = {number}")
            db.execute("COMMIT")
        except BaseException:
            if db.in_transaction:
                db.execute("ROLLBACK")
            raise


def _apply(db: sqlite3.Connection, change: Change) -> None:
    """One row change; refuses it unless the row is now what the change says it was."""
    table, columns = change.table, list((change.after or change.before or {}).keys())
    if table not in _RECORD_OF:
        raise CaseError("case.no_such", kind=table, id=change.id)
    names = ", ".join(f'"{name}"' for name in columns)
    found = db.execute(f'SELECT {names} FROM "{table}" WHERE id = ?', (change.id,)).fetchone()  # noqa: S608
    current: Row | None = dict(zip(columns, found, strict=True)) if found else None
    if current != change.before:
        raise CaseError("case.changed_meanwhile", kind=table, id=change.id)
    if change.before is not None and table in search.SOURCES:
        search.forget(db, change.id)
    if change.after is None:
        db.execute(f'DELETE FROM "{table}" WHERE id = ?', (change.id,))  # noqa: S608
        return
    marks = ", ".join("?" for _ in columns)
    if change.before is None:
        db.execute(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', tuple(change.after.values()))  # noqa: S608
    else:
        sets = ", ".join(f'"{name}" = ?' for name in columns)
        db.execute(f'UPDATE "{table}" SET {sets} WHERE id = ?', (*change.after.values(), change.id))  # noqa: S608
    if table in search.SOURCES:
        search.learn(db, table, change.after)


def _hold(folder: Path) -> FileLock:
    """Takes the case for this process; raises CaseError `case.held` naming who has it."""
    lock = FileLock(folder / "case.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout as cause:
        try:
            holder = json.loads((folder / "holder.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            holder = {}
        raise CaseError("case.held", folder=str(folder), by=holder.get("by", "?"), since=holder.get("since", "?")) from cause
    except OSError as cause:
        raise StorageError("storage.read_only", path=str(folder), cause=cause.strerror or str(cause)) from cause
    holder = {"by": f"{platform.node()} (process {os.getpid()})", "since": iso(utc_now())}
    with contextlib.suppress(OSError):  # a full disk: the lock holds all the same, only the name is missing
        (folder / "holder.json").write_text(json.dumps(holder, ensure_ascii=False), encoding="utf-8")
    return lock


def _storage_error(cause: Exception, folder: Path) -> InspectorError:
    if isinstance(cause, OSError):
        return StorageError.of(cause, folder)
    text = str(cause)
    if isinstance(cause, ValueError | LookupError):
        return CaseError("case.damaged", folder=str(folder), cause=text)
    if isinstance(cause, sqlite3.IntegrityError):  # a number given twice: two acts were built from the same state
        return CaseError("case.changed_meanwhile", kind=text, id="")
    if "full" in text or ("disk I/O" in text and _no_room(folder)):
        return StorageError("storage.full", path=str(folder))
    if "readonly" in text:
        return StorageError("storage.read_only", path=str(folder), cause=text)
    if isinstance(cause, sqlite3.DatabaseError) and (not isinstance(cause, sqlite3.OperationalError) or _DAMAGE.search(text)):
        return CaseError("case.damaged", folder=str(folder), cause=text)
    return StorageError("storage.failed", path=str(folder), cause=text)


def _no_room(folder: Path) -> bool:
    """Whether the disk is as good as full: SQLite calls it an I/O error when not even its shared-memory file fits."""
    place = next(parent for parent in (folder, *folder.parents) if parent.exists())
    return shutil.disk_usage(place).free < 1 << 16
