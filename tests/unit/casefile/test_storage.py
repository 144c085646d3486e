"""Disks that refuse: full, tiny, damaged byte by byte. The case is never left half-written and never crashes the program."""

import random
import shutil

import pytest

from inspector_app.casefile.case import Case
from inspector_app.casefile.changes import Act, insert
from inspector_app.domain.errors import InspectorError, StorageError
from inspector_app.domain.records import Finding, Segment
from inspector_app.integrity.verify import verify_case

from .conftest import ACTOR, add, fill, new_case, replayed, tables

FLIPS = 150


def test_that_a_full_disk_refuses_an_act_whole_and_the_case_lives_on(small_disk):
    disk = small_disk("4m")
    folder = disk / "案件"
    case = new_case(folder)
    add(case)
    ballast = fill(disk)
    kept = 1
    with pytest.raises(StorageError) as caught:
        for number in range(2, 400):
            rows = [Segment(f"seg_{number}_{part}", "r", "t", "", 0, 1, "字" * 300, "字" * 300, 900) for part in range(8)]
            case.commit(Act("bulk", ACTOR, [insert(row) for row in rows]))
            kept = number
    assert caught.value.code == "storage.full"
    assert case.journal_head()[0] == kept + 1
    assert case.count(Segment) == 8 * (kept - 1)
    with Case(folder, read_only=True) as reader:
        assert reader.count(Finding) == 1
    ballast.unlink()
    add(case, 1000)
    case.close()
    with Case(folder) as case:
        assert case.count(Finding) == 2
        assert tables(folder) == replayed(folder)
    assert verify_case(folder).ok


def test_that_a_case_on_a_full_disk_can_still_be_opened_or_says_why_not(small_disk):
    disk = small_disk("2m")
    folder = disk / "案件"
    with new_case(folder) as case:
        add(case)
    ballast = fill(disk)
    try:
        with Case(folder) as case:
            assert case.count(Finding) == 1
    except StorageError as error:
        assert error.code == "storage.full"
    with Case(folder, read_only=True) as case:
        assert case.count(Finding) == 1
    ballast.unlink()
    with Case(folder) as case:
        add(case, 2)
    assert verify_case(folder).ok


@pytest.mark.parametrize("size", ["16k", "48k", "128k", "200k", "256k"])
def test_that_a_case_that_does_not_fit_is_not_half_made(small_disk, size):
    disk = small_disk(size)
    try:
        new_case(disk / "里" / "案件").close()
    except StorageError as error:
        assert error.code == "storage.full"
        assert not (disk / "里" / "案件").exists()
        (disk / "里" / "案件").mkdir(parents=True, exist_ok=True)
        with pytest.raises(StorageError):
            new_case(disk / "里" / "案件")
        assert list((disk / "里" / "案件").iterdir()) == []
    else:
        assert verify_case(disk / "里" / "案件").ok


def test_that_a_write_protected_place_refuses_a_new_case(tmp_path, write_protected):
    (tmp_path / "盘").mkdir()
    with pytest.raises(StorageError) as caught:
        new_case(write_protected(tmp_path / "盘") / "案件")
    assert caught.value.code == "storage.read_only"


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    folder = tmp_path_factory.mktemp("完好") / "案件"
    with new_case(folder) as case:
        for number in range(1, 6):
            add(case, number, note="全网最低价" * number)
        case.undo(ACTOR)
    return folder


def test_that_a_flipped_byte_is_an_error_in_words_never_a_crash(sound, tmp_path):
    """Opening, reading, searching and writing a damaged case either work or raise one of the program's own errors."""
    folder = shutil.copytree(sound, tmp_path / "案件")
    database = folder / "case.db"
    good = database.read_bytes()
    dice = random.Random(20260601)
    places = [
        *range(0, 100, 7),
        *(dice.randrange(len(good)) for _ in range(FLIPS)),
        *(dice.randrange(100, 4096) for _ in range(FLIPS // 3)),
    ]
    refused = 0
    for place in places:
        broken = bytearray(good)
        broken[place] ^= 1 << dice.randrange(8)
        for leftover in folder.glob("case.db-*"):
            leftover.unlink()
        database.write_bytes(broken)
        for read_only in (True, False):
            try:
                with Case(folder, read_only=read_only) as case:
                    case.find(Finding)
                    case.search("最低")
                    case.officers()
                    if not read_only:
                        add(case, 77)
                        case.undo(ACTOR)
            except InspectorError:
                refused += 1
    assert refused


@pytest.mark.parametrize("content", [b"", b"SQLite format 3\0", b"no database at all" * 400, b"\0" * 8192])
def test_that_what_is_no_database_is_named_as_damaged(tmp_path, content):
    (tmp_path / "case.db").write_bytes(content)
    for read_only in (True, False):
        with pytest.raises(InspectorError) as caught:
            Case(tmp_path, read_only=read_only)
        assert caught.value.code == "case.damaged"
    assert verify_case(tmp_path).problems


def test_that_a_cut_off_database_is_named(sound, tmp_path):
    folder = shutil.copytree(sound, tmp_path / "案件")
    database = folder / "case.db"
    whole = database.read_bytes()
    for share in (0.1, 0.5, 0.9):
        database.write_bytes(whole[: int(len(whole) * share)])
        report = verify_case(folder)
        assert not report.ok
        assert report.problems[0].code in ("database.damaged", "database.unreadable")
