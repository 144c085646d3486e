"""The attacker's tools, and how the check is asked."""

import contextlib
import io
import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

from inspector_app.casefile.case import Case
from inspector_app.cli.main import main
from inspector_app.domain.records import Original
from inspector_app.integrity.chain import GENESIS, canonical, row_hash
from inspector_app.integrity.verify import verify_case


def attack(folder: Path, *statements: str, guards: bool = False) -> None:
    """Runs SQL on the database as anyone with the file can; the append-only triggers go first unless `guards`."""
    db = sqlite3.connect(folder / "case.db", isolation_level=None)
    try:
        if not guards:
            drop_guards(db)
        for statement in statements:
            db.execute(statement)
    finally:
        db.close()


def drop_guards(db: sqlite3.Connection) -> None:
    for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        db.execute(f"DROP TRIGGER {name}")


def rewrite(folder: Path, change: Callable[[list[dict]], list[dict]], *, chain: bool = True) -> str:
    """Replaces the journal by `change(bodies)`, renumbered and chained anew where `chain`; returns the new head."""
    db = sqlite3.connect(folder / "case.db", isolation_level=None)
    try:
        drop_guards(db)
        rows = db.execute("SELECT body, undoable FROM journal ORDER BY seq").fetchall()
        undoable = {json.loads(body)["seq"]: flag for body, flag in rows}
        bodies = change([json.loads(body) for body, _ in rows])
        db.execute("DELETE FROM journal")
        previous = GENESIS
        for place, body in enumerate(bodies, 1):
            flag = undoable.get(body.get("seq"), 0)
            if chain:
                body |= {"seq": place, "prev": previous}
            text = canonical(body)
            previous = row_hash(text)
            db.execute(
                "INSERT INTO journal VALUES (?, ?, ?, ?, ?, ?, ?)",
                (body["seq"], text, previous, body["act"], flag, body["undo_of"], body["redo_of"]),
            )
        return previous
    finally:
        db.close()


def first_problem(folder: Path) -> tuple[str, str]:
    report = verify_case(folder)
    assert not report.ok
    return report.problems[0].code, report.problems[0].what


def original(folder: Path, kind: str = "recording") -> Path:
    with Case(folder, read_only=True) as case:
        return folder / case.find(Original, kind=kind)[0].path


def exhibit(folder: Path) -> Path:
    return min((folder / "working" / "stills").glob("*.png"))


def overwrite(path: Path, content: bytes) -> None:
    path.chmod(0o644)
    path.write_bytes(content)


def flip(path: Path, place: int, bit: int = 0) -> None:
    content = bytearray(path.read_bytes())
    content[place] ^= 1 << bit
    overwrite(path, bytes(content))


def hashes(folder: Path) -> set[str]:
    db = sqlite3.connect(folder / "case.db")
    try:
        return {row[0] for row in db.execute("SELECT hash FROM journal")}
    finally:
        db.close()


def verify_command(path: Path, case: Path | None = None) -> tuple[int, list[str]]:
    """Exit status and problem codes of `inspector verify PATH --json`."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
        status = main(["verify", str(path), "--json", *(["--case", str(case)] if case else [])])
    return status, [problem["code"] for problem in json.loads(out.getvalue())["problems"]]
