"""Recomputes everything a case claims and names the first broken thing: database, journal, tables by replay, files by digest.

It reads only, needs nothing of the program but this room, and never calls a thing sound that it did not check.
"""

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import capturechain, chain, replay
from .chain import Link, Problem

DATABASE = "case.db"
#: tables that are not journaled because they can be rebuilt from journaled ones, and SQLite's own
_DERIVED = ("journal", "search_", "sqlite_")
_BLOCK = 8 * 1024 * 1024
#: what reading a row raises that somebody wrote who also made the chain anew
_MISSHAPEN = (LookupError, TypeError, AttributeError, ValueError)
#: what reading a database raises that is damaged or was written by somebody else
UNREADABLE = (sqlite3.Error, *_MISSHAPEN)

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Report:
    """What was checked (counts by kind) and every problem found, the first one first."""

    checked: dict[str, int]
    problems: list[Problem]

    @property
    def ok(self) -> bool:
        return not self.problems and bool(self.checked)

    def to_json(self) -> dict[str, Any]:
        return {"ok": self.ok, "checked": self.checked, "problems": [problem.to_json() for problem in self.problems]}


def verify_case(folder: Path, progress: Progress = lambda *_: None) -> Report:
    """Checks a case folder. A problem that makes the rest unreadable ends the check; it is then the last one listed."""
    checked: dict[str, int] = {}
    path = folder / DATABASE
    if not path.is_file():
        return Report(checked, [Problem("case.not_a_case", str(folder), str(folder))])
    try:
        db = _open(path)
    except sqlite3.Error as cause:
        return Report(checked, [Problem("database.unreadable", str(cause), DATABASE)])
    problems: list[Problem] = []
    try:
        problems += _database(db)
        checked["database"] = 1
        state = _journal(db, checked, problems)
        problems += _tables(db, state, checked)
    except (sqlite3.Error, UnicodeDecodeError) as cause:
        problems.append(Problem("database.unreadable", str(cause), DATABASE))
        return Report(checked, problems)
    finally:
        db.close()
    try:
        problems += _files(folder, state, checked, progress)
    except _MISSHAPEN as cause:
        problems.append(Problem("journal.unreadable", str(cause)[:80], DATABASE))
    return Report(checked, problems)


@dataclass(frozen=True)
class Inside:
    """A case's database by itself: what was checked, what is wrong, the journal's head, and the files that it names."""

    checked: dict[str, int]
    problems: list[Problem]
    case_id: str
    head: tuple[int, str]
    #: kind, path relative to the case, SHA-256, size (None: not held)
    files: list[tuple[str, str, str, int | None]]


def examine_database(path: Path) -> Inside:
    """Checks the database of a case away from its folder: structure, chain and tables. Raises sqlite3.Error where it cannot be read."""
    checked: dict[str, int] = {"database": 1}
    db = _open(path)
    try:
        problems = _database(db)
        state = _journal(db, checked, problems)
        problems += _tables(db, state, checked)
        row = db.execute("SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1").fetchone()
        case = db.execute("SELECT case_id FROM case_info").fetchone()
    finally:
        db.close()
    try:
        files = list(_named(state))
    except _MISSHAPEN as cause:
        files = []
        problems.append(Problem("journal.unreadable", str(cause)[:80], DATABASE))
    return Inside(checked, problems, case[0] if case else "", tuple(row) if row else (0, chain.GENESIS), files)


def _open(path: Path) -> sqlite3.Connection:
    uri = path.absolute().as_uri()
    db = sqlite3.connect(f"{uri}?mode=ro", uri=True)
    try:
        db.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.OperationalError:  # a write-protected disk: SQLite cannot make its shared-memory file there
        db.close()
        log = path.with_name(path.name + "-wal")
        if log.exists() and log.stat().st_size:  # the newest rows lie there: a check without them would be of another case
            raise
        db = sqlite3.connect(f"{uri}?immutable=1", uri=True)
        db.execute("SELECT count(*) FROM sqlite_master").fetchone()
    return db


def _database(db: sqlite3.Connection) -> list[Problem]:
    answers = [row[0] for row in db.execute("PRAGMA integrity_check(10)")]
    return [] if answers == ["ok"] else [Problem("database.damaged", str(answer), DATABASE) for answer in answers]


def _journal(db: sqlite3.Connection, checked: dict[str, int], problems: list[Problem]) -> replay.State:
    """Walks the chain and replays it; stops replaying at the first row that cannot be trusted."""
    case_id = next((row[0] for row in db.execute("SELECT case_id FROM case_info")), None)
    state: replay.State = {}
    rows = db.execute("SELECT seq, body, hash, act, undoable, undo_of, redo_of FROM journal ORDER BY seq").fetchall()
    if not rows:
        problems.append(Problem("journal.empty", "journal", DATABASE))
    trusted = True
    heads: set[str] = set()
    for (body, broken), (seq, _, digest, *columns) in zip(chain.walk((Link(*row[:3]) for row in rows), case_id), rows, strict=True):
        found = broken
        if found is None and [body.get(name) for name in ("act", "undoable", "undo_of", "redo_of")] != columns:
            found = Problem("journal.columns", f"seq {seq}", f"journal row {seq}")
        if found is None and trusted:
            found = _apply(state, body)
            problems += _other_journal(body, heads) if found is None else []
        if found is not None:
            problems.append(found)
            trusted = False
        heads.add(digest)
    checked["journal_rows"] = len(rows)
    return state


def _apply(state: replay.State, body: dict[str, Any]) -> Problem | None:
    try:
        return replay.apply(state, body)
    except _MISSHAPEN as cause:
        return Problem("journal.unreadable", str(cause)[:80], f"journal row {body.get('seq')}")


def _other_journal(body: dict[str, Any], heads: set[str]) -> Iterator[Problem]:
    """Dossiers of this row whose printed journal head is none of the `heads` before it: the journal was made anew around them."""
    for change in body["changes"]:
        after = change["after"]
        if change["table"] == "dossiers" and isinstance(after, dict) and after.get("journal_head") not in heads:
            yield Problem("dossier.other_journal", str(after.get("journal_head")), f"journal row {body['seq']}")


def _tables(db: sqlite3.Connection, state: replay.State, checked: dict[str, int]) -> Iterator[Problem]:
    names = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
    for table in names:
        if table.startswith(_DERIVED):
            continue
        cursor = db.execute(f'SELECT * FROM "{table}"')  # noqa: S608  # the name comes from the schema and is quoted
        columns = [column[0] for column in cursor.description]
        rows = [dict(zip(columns, row, strict=True)) for row in cursor]
        checked["table_rows"] = checked.get("table_rows", 0) + len(rows)
        yield from replay.compare(state, table, rows)
    for table in sorted(state.keys() - set(names)):
        yield from replay.compare(state, table, [])


def _files(folder: Path, state: replay.State, checked: dict[str, int], progress: Progress) -> Iterator[Problem]:
    """Every file the journal names, by size and digest; and originals that nothing names."""
    wanted = list(_named(state))
    total = sum(size or 0 for _, _, _, size in wanted)
    done = 0
    for kind, path, sha256, size in wanted:
        try:
            found = _file(folder, kind, path, sha256, size)
        except OSError as cause:
            found = Problem(f"{kind}.missing", cause.strerror or str(cause), path)
        if found is not None:
            yield found
        if found is None or not found.code.endswith(".missing"):
            checked[f"{kind}_files"] = checked.get(f"{kind}_files", 0) + 1
        done += size or 0
        progress(done, total)
    named = {path for _, path, _, _ in wanted}
    growing: list[str] = []
    for row in state.get("captures", {}).values():
        accounted, wrong = capturechain.check(folder, row, state.get("originals", {}))
        named |= accounted
        growing += [row["folder"] + "/"] if row["state"] == "recording" else []
        checked["captures"] = checked.get("captures", 0) + 1
        yield from wrong
    for place in sorted((folder / "originals").rglob("*")):
        relative = place.relative_to(folder).as_posix()
        if place.is_file() and relative not in named and "/.incoming/" not in relative and not relative.startswith(tuple(growing)):
            yield Problem("original.unlisted", relative, relative)


def _file(folder: Path, kind: str, path: str, sha256: str, size: int | None) -> Problem | None:
    """What is wrong with one named file."""
    place = _inside(folder, path)
    if place is None or not place.is_file():
        return Problem(f"{kind}.missing", path, path)
    if size is not None and place.stat().st_size != size:
        return Problem(f"{kind}.size", f"{size} → {place.stat().st_size}", path)
    return Problem(f"{kind}.altered", sha256, path) if _sha256(place) != sha256 else None


def _named(state: replay.State) -> Iterator[tuple[str, str, str, int | None]]:
    """Kind, relative path, SHA-256 and size (None: not held) of every file whose digest the journal holds, originals first."""
    for row in state.get("originals", {}).values():
        yield "original", row["path"], row["id"], row["bytes"]
    for row in state.get("recordings", {}).values():
        if row["index_path"]:
            yield "index", row["index_path"], row["index_sha256"], None
    for row in state.get("parts", {}).values():
        if row["index_path"]:
            yield "index", row["index_path"], row["index_sha256"], None
    for kind, table in (("exhibit", "exhibits"), ("derivative", "derivatives"), ("form", "forms")):
        for row in state.get(table, {}).values():
            if kind == "derivative" or row.get("path"):
                yield kind, row["path"], row["sha256"], row["bytes"]
    newest = {row["path"]: row for row in state.get("dossiers", {}).values()}  # a dossier built again at its place replaces the older file
    for row in newest.values():
        if not Path(row["path"]).is_absolute():
            yield "dossier", row["path"], row["sha256"], row["bytes"]


def _inside(folder: Path, relative: str) -> Path | None:
    """The named path if it lies in the case itself: a row or a link that points elsewhere is as bad as a missing file."""
    root = folder.resolve()
    place = (root / relative).resolve()
    return place if place == root / relative and place.is_relative_to(root) else None


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def recorded_dossier(folder: Path, sha256: str) -> dict[str, Any] | None:
    """The journal's newest row of the dossier that once had this digest in the case in `folder`, with `digests` (all it ever had), or None.

    Signing changes a dossier's digest, so its row has several. Raises one of UNREADABLE for a broken journal.
    """
    return next((row for row in _dossiers(folder) if sha256 in row["digests"]), None)


def dossier_with_head(folder: Path, head: str) -> dict[str, Any] | None:
    """The journal's newest row of the dossier on which this journal head is printed, whatever became of its file; errors as above."""
    return next((row for row in _dossiers(folder) if row["journal_head"] == head), None)


def _dossiers(folder: Path) -> list[dict[str, Any]]:
    rows: dict[str, dict[str, Any]] = {}
    db = _open(folder / DATABASE)
    try:
        for (body,) in db.execute("SELECT body FROM journal WHERE act IN ('dossier.build', 'dossier.sign') ORDER BY seq"):
            for change in json.loads(body)["changes"]:
                after = change["after"]
                if change["table"] == "dossiers" and after:
                    known = rows.get(change["id"], {}).get("digests", [])
                    rows[change["id"]] = {**after, "digests": [*known, after["sha256"]]}
    finally:
        db.close()
    return list(rows.values())


def compare_manifest(folder: Path, manifest: dict[str, Any]) -> list[Problem]:
    """What a dossier's attached list says against the case in `folder` as its journal had it at the head printed in the dossier.

    The printed head is an anchor outside the case: a journal that was rewritten and chained anew no longer has it (`dossier.head_differs`).
    """
    db = _open(folder / DATABASE)
    try:
        case_id = db.execute("SELECT case_id FROM case_info").fetchone()[0]
        rows = db.execute("SELECT seq, body, hash FROM journal WHERE seq <= ? ORDER BY seq", (manifest["journal"]["seq"],)).fetchall()
    finally:
        db.close()
    if manifest["case"]["case_id"] != case_id:
        return [Problem("dossier.other_case", manifest["case"]["number"], str(folder))]
    if not rows or rows[-1][2] != manifest["journal"]["head"] or rows[-1][0] != manifest["journal"]["seq"]:
        return [Problem("dossier.head_differs", manifest["journal"]["head"], f"journal row {manifest['journal']['seq']}")]
    state: replay.State = {}
    for row in rows:
        replay.apply(state, json.loads(row[1]))
    originals = state.get("originals", {})
    problems = [
        Problem("dossier.original_differs", str(one["sha256"]), str(one["path"]))
        for one in manifest["originals"]
        if [originals.get(one["sha256"], {}).get(name) for name in ("sm3", "bytes", "path")] != [one["sm3"], one["bytes"], one["path"]]
    ]
    exhibits = {row["number"]: row for row in state.get("exhibits", {}).values()}
    problems += [
        Problem("dossier.exhibit_differs", f"{one['number']:03d}", str(one["path"]))
        for one in manifest["exhibits"]
        if [exhibits.get(one["number"], {}).get(name) for name in ("kind", "path", "sha256")] != [one["kind"], one["path"], one["sha256"]]
    ]
    return problems
