"""A case of every released version is opened, read as it lies, brought to this version and worked on."""

import zipfile
from pathlib import Path

import pytest

from inspector_app.casefile.case import Case
from inspector_app.casefile.migrations import VERSION
from inspector_app.domain.records import ChatMessage, Exhibit, Finding, Part, Recording
from inspector_app.integrity.verify import verify_case

CASES = sorted((Path(__file__).parent / "cases").glob("version_*.zip"))


@pytest.fixture(params=CASES, ids=lambda path: path.stem)
def old(request, tmp_path):
    with zipfile.ZipFile(request.param) as packed:
        packed.extractall(tmp_path / "旧案")
    return tmp_path / "旧案"


def test_that_every_version_before_this_one_has_a_case_here():
    assert [int(path.stem.removeprefix("version_")) for path in CASES] == list(range(1, VERSION))


def test_that_an_older_case_is_read_without_touching_it(old):
    before = (old / "case.db").read_bytes()
    assert verify_case(old).ok
    with Case(old, read_only=True) as case:
        assert [row.name for row in case.find(Recording)] == ["片段.mp4"]
        assert case.find(Recording)[0].clock == {}
        assert case.find(Part) == []
        assert case.count(ChatMessage, kind="") == 1
    assert (old / "case.db").read_bytes() == before


def test_that_an_older_case_is_worked_on_after_its_upgrade(old):
    with Case(old) as case:
        finding = case.find(Finding)[0]
        assert (finding.note, finding.contrary, finding.parties) == ("备注", "", ())
        assert all(exhibit.state == "" for exhibit in case.find(Exhibit))
        case.redo(case.first_officer)
        assert case.find(Finding)[0].note == "第二个备注"
        case.undo(case.first_officer)
        case.undo(case.first_officer)  # the finding itself, made by the older program
        assert case.find(Finding) == []
        case.redo(case.first_officer)
        assert case.find(Finding)[0].note == "备注"
    report = verify_case(old)
    assert report.ok, report.problems
