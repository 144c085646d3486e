"""From every older case to this program's: backed up first, journal untouched, and back out when a step fails."""

import sqlite3

import pytest

from inspector_app.casefile import migrations
from inspector_app.casefile.case import Case
from inspector_app.domain.errors import CaseError, InspectorError
from inspector_app.domain.records import Finding
from inspector_app.integrity.verify import verify_case

from .conftest import ACTOR, add, new_case


def _next(db):
    db.table("findings").add_column("colour", str, not_null_default="")
    db.table("stickers").create({"id": str, "text": str}, pk="id")


def _broken(db):
    db.table("stickers").create({"id": str}, pk="id")
    db.execute("SELECT nothing FROM nowhere")


@pytest.fixture
def old(tmp_path):
    """A case of this program's version with an act done and one undone."""
    with new_case(tmp_path / "旧案") as case:
        add(case, 1)
        add(case, 2)
        case.undo(ACTOR)
    return tmp_path / "旧案"


def upgrade(monkeypatch, step):
    monkeypatch.setattr(migrations, "STEPS", (*migrations.STEPS, step))
    monkeypatch.setattr(migrations, "VERSION", len(migrations.STEPS))


def version(path):
    db = sqlite3.connect(path)
    try:
        return db.execute("PRAGMA user_version").fetchone()[0]
    finally:
        db.close()


def test_that_an_older_case_is_backed_up_and_then_migrated(old, monkeypatch):
    upgrade(monkeypatch, _next)
    with Case(old) as case:
        assert case.count(Finding) == 1
        assert case.redo(ACTOR).body["facts"]["number"] == 2
        add(case, 3)
    backups = list((old / "backups").iterdir())
    assert [path.suffix for path in backups] == [".db"]
    assert version(backups[0]) == len(migrations.STEPS) - 1
    assert version(old / "case.db") == len(migrations.STEPS)
    report = verify_case(old)
    assert report.ok, report.problems
    with Case(old):
        assert len(list((old / "backups").iterdir())) == 1


def test_that_the_backup_is_a_whole_case(old, monkeypatch, tmp_path):
    upgrade(monkeypatch, _next)
    Case(old).close()
    monkeypatch.undo()
    (tmp_path / "恢复").mkdir()
    next((old / "backups").iterdir()).rename(tmp_path / "恢复" / "case.db")
    assert verify_case(tmp_path / "恢复").ok
    with Case(tmp_path / "恢复") as case:
        assert case.count(Finding) == 1


def test_that_a_value_slipped_into_a_new_column_is_named(old, monkeypatch):
    upgrade(monkeypatch, _next)
    Case(old).close()
    db = sqlite3.connect(old / "case.db")
    db.execute("UPDATE findings SET colour = 'red'")
    db.commit()
    db.close()
    problems = verify_case(old).problems
    assert [(problem.code, problem.what) for problem in problems] == [("table.changed", "findings fin_1: colour")]


def test_that_a_failing_step_leaves_the_case_as_it_was(old, monkeypatch):
    before = (old / "case.db").read_bytes()
    upgrade(monkeypatch, _broken)
    with pytest.raises(InspectorError):
        Case(old)
    assert version(old / "case.db") == len(migrations.STEPS) - 1
    monkeypatch.undo()
    assert verify_case(old).ok
    with Case(old) as case:
        add(case, 2)
    assert before[:16] == (old / "case.db").read_bytes()[:16]


@pytest.mark.parametrize("read_only", [True, False])
def test_that_a_newer_case_is_refused_with_both_versions_and_not_touched(old, read_only):
    db = sqlite3.connect(old / "case.db")
    db.execute(f"PRAGMA user_version = {migrations.VERSION + 3}")
    db.close()
    before = (old / "case.db").read_bytes()
    with pytest.raises(CaseError) as caught:
        Case(old, read_only=read_only)
    assert caught.value.code == "case.newer"
    assert caught.value.facts | {"folder": ""} == {"folder": "", "found": str(migrations.VERSION + 3), "known": str(migrations.VERSION)}
    assert (old / "case.db").read_bytes() == before
    assert not (old / "backups").exists()


def test_that_every_version_names_the_program_that_wrote_it():
    assert sorted(migrations.WRITTEN_BY) == list(range(1, migrations.VERSION + 1))
