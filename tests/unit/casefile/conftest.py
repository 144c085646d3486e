"""Small cases made on the spot, disks of a chosen size, and what a case's tables and journal hold."""

import contextlib
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from inspector_app.casefile.case import Case, create
from inspector_app.casefile.changes import Act, insert
from inspector_app.domain.people import Actor, Officer
from inspector_app.domain.records import RECORDS, Finding
from inspector_app.integrity.chain import Link, walk
from inspector_app.integrity.replay import apply

OFFICERS = [Officer("张敏", "粤A-0001"), Officer("李䶮", "粤A-0002")]
ACTOR = Actor("张敏", "粤A-0001")


def new_case(folder: Path, **words: Any) -> Case:
    return create(folder, **{"number": "粤市监案〔2026〕1号", "cause": "虚假宣传", "party": "云朵小铺", "officers": OFFICERS} | words)


def finding(number: int = 1, note: str = "备注", name: str | None = None) -> Finding:
    return Finding(
        name or f"fin_{number}",
        number,
        "rec_1",
        1_000_000,
        2_000_000,
        "引语",
        "",
        note,
        2,
        "draft",
        "张敏",
        "2026-06-01T00:00:00.000+00:00",
    )


def add(case: Case, number: int = 1, note: str = "备注") -> Finding:
    row = finding(number, note)
    case.commit(Act("finding.add", ACTOR, [insert(row)], row.id, {"number": number}, undoable=True))
    return row


def tables(folder: Path) -> dict[str, dict[str, dict[str, Any]]]:
    """Every journaled table as stored, by id."""
    db = sqlite3.connect(f"{(folder / 'case.db').absolute().as_uri()}?mode=ro", uri=True)
    db.row_factory = sqlite3.Row
    try:
        return {record.table: {row["id"]: dict(row) for row in db.execute(f'SELECT * FROM "{record.table}"')} for record in RECORDS}
    finally:
        db.close()


def replayed(folder: Path) -> dict[str, dict[str, dict[str, Any]]]:
    """Every journaled table as the journal says, with nothing wrong on the way."""
    db = sqlite3.connect(f"{(folder / 'case.db').absolute().as_uri()}?mode=ro", uri=True)
    try:
        links = [Link(*row) for row in db.execute("SELECT seq, body, hash FROM journal ORDER BY seq")]
    finally:
        db.close()
    state: dict[str, dict[str, dict[str, Any]]] = {}
    for body, problem in walk(links):
        assert problem is None, problem
        assert apply(state, body) is None
    return {record.table: state.get(record.table, {}) for record in RECORDS}


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    with new_case(tmp_path / "案件 测试 😀") as opened:
        yield opened


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """Mounts a disk in memory of the given size; skips where this user may not mount."""
    mounted: list[Path] = []

    def mount(size: str) -> Path:
        place = tmp_path / f"盘 {len(mounted)}"
        place.mkdir()
        _mount(["-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)])
        mounted.append(place)
        return place

    yield mount
    _unmount(mounted)


@pytest.fixture
def write_protected(tmp_path: Path) -> Iterator[Callable[[Path], Path]]:
    """Shows a folder at another place where nothing can be written; skips where this user may not mount."""
    mounted: list[Path] = []

    def mount(folder: Path) -> Path:
        place = tmp_path / f"只读 {len(mounted)}"
        place.mkdir()
        _mount(["--bind", str(folder), str(place)])
        mounted.append(place)
        _mount(["-o", "remount,bind,ro", str(place)])
        return place

    yield mount
    _unmount(mounted)


def _mount(words: list[str]) -> None:
    tool = shutil.which("mount")
    if tool is None or not hasattr(os, "geteuid") or os.geteuid() != 0:
        pytest.skip("mounting a disk needs root on Linux")
    done = subprocess.run([tool, *words], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"mounting is not allowed here: {done.stderr.strip()}")


def _unmount(places: list[Path]) -> None:
    for place in reversed(places):
        with contextlib.suppress(OSError):
            subprocess.run(["umount", "-l", str(place)], check=False)


def fill(place: Path) -> Path:
    """Takes all room that is left on a disk; returns the file that holds it."""
    ballast = place / "填满"
    with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        for size in (1 << 16, 4096, 512, 1):
            with contextlib.suppress(OSError):
                while file.write(b"x" * size):
                    pass
    return ballast
