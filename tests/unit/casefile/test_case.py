"""Making, opening, writing and closing a case."""

import json
import sqlite3
import subprocess
import sys
import threading
from dataclasses import replace

import pytest

from inspector_app.casefile import journal
from inspector_app.casefile.case import Case, connect, create
from inspector_app.casefile.changes import Act, Change, delete, insert, update
from inspector_app.domain.errors import CaseError
from inspector_app.domain.people import Officer
from inspector_app.domain.records import CaseInfo, Finding, OfficerRow
from inspector_app.integrity.verify import verify_case

from .conftest import ACTOR, OFFICERS, add, finding, new_case, replayed, tables


def test_that_a_case_opens_again_with_everything_in_it(tmp_path):
    folder = tmp_path / "案件 测试 😀 100%#?" / "里 面"
    with new_case(folder, legal_basis="程序规定 22") as case:
        kept = add(case)
        info = case.info
    with Case(folder) as case:
        assert case.info == info
        assert (info.number, info.party, info.legal_basis) == ("粤市监案〔2026〕1号", "云朵小铺", "程序规定 22")
        assert case.officers() == OFFICERS
        assert case.find(Finding) == [kept]
        assert case.first_officer == ACTOR
    assert verify_case(folder).ok


def test_that_a_closed_case_is_one_database_file(tmp_path):
    with new_case(tmp_path / "案件") as case:
        add(case)
        assert case.count(Finding) == 1
    assert {path.name for path in (tmp_path / "案件").iterdir()} <= {"case.db", "case.lock", "originals", "working", "exports"}
    moved = tmp_path / "U盘"
    moved.mkdir()
    (tmp_path / "案件" / "case.db").rename(moved / "case.db")
    with Case(moved) as case:
        assert case.count(Finding) == 1


@pytest.mark.parametrize("officers", [[], OFFICERS[:1]])
def test_that_fewer_than_two_officers_are_refused(tmp_path, officers):
    with pytest.raises(CaseError) as caught:
        new_case(tmp_path / "案件", officers=officers)
    assert caught.value.code == "case.two_officers"
    assert not (tmp_path / "案件").exists()


def test_that_one_certificate_is_not_two_officers(tmp_path):
    with pytest.raises(CaseError) as caught:
        new_case(tmp_path / "案件", officers=[Officer("张敏", "1"), Officer("张 敏", "1")])
    assert caught.value.code == "case.same_officer"


def test_that_a_case_is_never_made_over_something_else(tmp_path):
    (tmp_path / "别的").mkdir()
    (tmp_path / "别的" / "信.txt").write_text("x")
    (tmp_path / "文件").write_text("x")
    new_case(tmp_path / "旧案").close()
    before = (tmp_path / "旧案" / "case.db").read_bytes()
    for name in ("别的", "文件", "旧案"):
        with pytest.raises(CaseError) as caught:
            new_case(tmp_path / name)
        assert caught.value.code == "case.exists"
    assert (tmp_path / "旧案" / "case.db").read_bytes() == before


def test_that_an_empty_folder_may_become_a_case(tmp_path):
    (tmp_path / "空").mkdir()
    new_case(tmp_path / "空").close()
    assert verify_case(tmp_path / "空").ok


def test_that_a_folder_without_a_database_is_no_case(tmp_path):
    for folder in (tmp_path, tmp_path / "没有"):
        with pytest.raises(CaseError) as caught:
            Case(folder)
        assert caught.value.code == "case.not_a_case"
    assert list(tmp_path.iterdir()) == []


def test_that_every_act_is_one_journal_row_that_names_who_what_and_what_changed(case):
    assert case.journal_head()[0] == 1
    kept = add(case)
    after = replace(kept, note="新")
    case.commit(Act("finding.note", ACTOR, [update(kept, after)], kept.id, {"number": 1}, undoable=True))
    case.commit(Act("nothing", ACTOR))
    rows = case.read(journal.read_all)
    assert [(row.seq, row.act) for row in rows] == [(1, "case.new"), (2, "finding.add"), (3, "finding.note"), (4, "nothing")]
    body = rows[2].body
    assert body["prev"] == rows[1].hash
    assert body["case"] == case.info.case_id
    assert body["actor"] == {"name": "张敏", "certificate": "粤A-0001", "machine": False}
    assert [(change["before"]["note"], change["after"]["note"]) for change in body["changes"]] == [("备注", "新")]
    assert case.journal_head() == (4, rows[3].hash)
    assert case.read(lambda db: journal.read_all(db, 3))[0].act == "nothing"


def test_that_the_tables_are_what_the_journal_says(case):
    kept = add(case)
    add(case, 2)
    case.commit(Act("x", ACTOR, [delete(kept)]))
    assert tables(case.folder) == replayed(case.folder)
    assert set(tables(case.folder)["findings"]) == {"fin_2"}


def test_that_a_second_change_from_the_same_before_is_refused_and_leaves_no_trace(case):
    before = add(case)
    case.commit(Act("finding.note", ACTOR, [update(before, replace(before, note="甲"))], undoable=True))
    stored, head = tables(case.folder), case.journal_head()
    late = [insert(finding(2)), update(before, replace(before, note="乙"))]
    for changes in (late, [delete(before)], [insert(before)], [update(finding(9), finding(9, "x"))]):
        with pytest.raises(CaseError) as caught:
            case.commit(Act("late", ACTOR, changes))
        assert caught.value.code == "case.changed_meanwhile"
        assert (tables(case.folder), case.journal_head()) == (stored, head)
    assert not case.search("乙")


def test_that_two_findings_cannot_have_one_number(case):
    add(case)
    head = case.journal_head()
    with pytest.raises(CaseError) as caught:
        case.commit(Act("finding.add", ACTOR, [insert(finding(1, name="fin_other"))]))
    assert caught.value.code == "case.changed_meanwhile"
    assert case.journal_head() == head


def test_that_a_table_nobody_knows_is_refused(case):
    with pytest.raises(CaseError) as caught:
        case.commit(Act("x", ACTOR, [Change("journal", "1", None, {"id": "1"})]))
    assert caught.value.code == "case.no_such"


def test_that_a_float_never_reaches_the_journal(case):
    row = finding()
    broken = Change("findings", row.id, None, {**insert(row).after, "severity": 0.5})
    with pytest.raises(TypeError):
        case.commit(Act("x", ACTOR, [broken]))
    assert case.count(Finding) == 0
    assert case.journal_head()[0] == 1
    add(case)


def test_that_some_columns_are_given_as_they_stand(case):
    add(case, 2)
    add(case, 1)
    assert case.columns(Finding, ["id", "number"], order="number") == [("fin_1", 1), ("fin_2", 2)]
    assert case.columns(Finding, ["number"], id="fin_2") == [(2,)]


def test_that_threads_may_write_and_read_at_once(case):
    failures = []

    def work(part):
        try:
            for number in range(part * 100 + 1, part * 100 + 6):
                add(case, number)
                assert case.get(Finding, f"fin_{number}").number == number
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(part,)) for part in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert case.count(Finding) == 30
    assert case.next_number(Finding) == 506
    assert verify_case(case.folder).ok


def test_that_listeners_hear_each_act_until_they_leave(case):
    heard = []
    leave = case.listen(lambda act, changes: heard.append((act.name, [change.id for change in changes])))
    add(case)
    case.undo(ACTOR)
    leave()
    add(case, 2)
    assert heard == [("finding.add", ["fin_1"]), ("undo", ["fin_1"])]


def test_that_a_missing_row_is_named(case):
    with pytest.raises(CaseError) as caught:
        case.get(Finding, "fin_x")
    assert (caught.value.code, caught.value.facts) == ("case.no_such", {"kind": "findings", "id": "fin_x"})


def test_that_closing_twice_is_harmless(tmp_path):
    case = new_case(tmp_path / "案件")
    case.close()
    case.close()
    assert not (tmp_path / "案件" / "holder.json").exists()


# -- who may write ---------------------------------------------------------------------------------------------------------------

HOLD = """
import sys
from pathlib import Path
from inspector_app.casefile.case import Case
with Case(Path(sys.argv[1])):
    print("open", flush=True)
    sys.stdin.read()
"""


def test_that_a_case_held_by_another_process_names_who_has_it_and_can_still_be_read(tmp_path):
    folder = tmp_path / "案件"
    with new_case(folder) as case:
        add(case)
    with subprocess.Popen([sys.executable, "-c", HOLD, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout.readline() == "open\n"
        with pytest.raises(CaseError) as caught:
            Case(folder)
        assert caught.value.code == "case.held"
        assert f"process {other.pid}" in caught.value.facts["by"]
        assert caught.value.facts["since"]
        with Case(folder, read_only=True) as case:
            assert case.count(Finding) == 1
        other.stdin.close()
        assert other.wait(30) == 0
    with Case(folder) as case:
        add(case, 2)


def test_that_one_process_does_not_open_a_case_twice_for_writing(case):
    with pytest.raises(CaseError) as caught:
        Case(case.folder)
    assert caught.value.code == "case.held"


def test_that_a_reader_sees_each_act_as_it_comes_and_cannot_write(case):
    with Case(case.folder, read_only=True) as reader:
        add(case)
        assert reader.count(Finding) == 1
        for attempt in (lambda: add(reader, 2), lambda: reader.undo(ACTOR)):
            with pytest.raises(CaseError) as caught:
                attempt()
            assert caught.value.code == "case.read_only"
    assert case.count(Finding) == 1


def test_that_a_write_protected_case_opens_for_reading_and_verifies(tmp_path, write_protected):
    with new_case(tmp_path / "案件") as case:
        add(case)
    place = write_protected(tmp_path / "案件")
    with Case(place, read_only=True) as case:
        assert case.count(Finding) == 1
    assert verify_case(place).ok
    with pytest.raises(Exception) as caught:
        Case(place)
    assert caught.value.code == "storage.read_only"


def test_that_the_newest_acts_are_read_from_a_write_protected_disk_after_a_crash(tmp_path, write_protected):
    """The program died: the last rows lie in the write-ahead log. They must be read, or the disk refused, never left out in silence."""
    folder = tmp_path / "案件"
    script = CRASH
    subprocess.run([sys.executable, "-c", script, str(folder)], check=False)
    assert (folder / "case.db-wal").stat().st_size > 0
    with Case(write_protected(folder), read_only=True) as case:
        assert case.journal_head()[0] == 2
    (folder / "case.db-shm").unlink()
    place = write_protected(folder)
    report = verify_case(place)
    assert report.checked.get("journal_rows") == 2 or not report.ok
    with pytest.raises(CaseError) as caught:
        Case(place, read_only=True)
    assert caught.value.code == "case.needs_writing"


CRASH = """
import os, sys
from pathlib import Path
from inspector_app.casefile.case import create
from inspector_app.casefile.changes import Act
from inspector_app.domain.people import Actor, Officer
case = create(Path(sys.argv[1]), number="1", cause="c", party="p", officers=[Officer("a", "1"), Officer("b", "2")])
case.commit(Act("last", Actor("a", "1")))
os._exit(0)
"""


# -- append-only -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal SET hash = 'x'",
        "UPDATE journal SET undoable = 0 WHERE seq = 2",
        "DELETE FROM journal",
        "DELETE FROM journal WHERE seq = 2",
        "INSERT OR REPLACE INTO journal SELECT seq, '{}', hash, act, undoable, undo_of, redo_of FROM journal WHERE seq = 2",
        "REPLACE INTO journal SELECT seq, '{}', hash, act, undoable, undo_of, redo_of FROM journal WHERE seq = 2",
        "INSERT INTO journal (seq, body, hash) VALUES (2, '{}', 'x') ON CONFLICT (seq) DO UPDATE SET body = '{}'",
    ],
)
def test_that_the_journal_only_grows(case, statement):
    add(case)
    db = connect(case.folder / "case.db")
    try:
        with pytest.raises(sqlite3.IntegrityError, match="append only"):
            db.execute(statement)
    finally:
        db.close()
    assert verify_case(case.folder).ok


def test_that_what_a_case_says_of_itself_is_in_its_first_row(case):
    first = case.read(journal.read_all)[0]
    assert {change.table for change in first.changes} == {"case_info", "officers"}
    assert case.get(CaseInfo, "case").case_id == first.body["case"]
    assert [row.position for row in case.find(OfficerRow, order="position")] == [1, 2]
    assert json.loads(json.dumps(first.body)) == first.body


def test_that_create_hands_over_an_open_case(tmp_path):
    with create(tmp_path / "a", number="1", cause="c", party="p", officers=OFFICERS) as case, pytest.raises(CaseError):
        Case(tmp_path / "a")
    assert case.journal_head
