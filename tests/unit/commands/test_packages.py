"""A case goes to the reviewer as a package and the reviewer's word comes back: nothing else does."""

import json
import shutil
from contextlib import closing
from pathlib import Path

import pytest

from inspector_app.commands import cases, findings, history, leads, packages, reviews
from inspector_app.commands.workspace import Workspace
from inspector_app.domain.errors import BadInput, CaseError, CheckFailed, UsageError
from inspector_app.domain.records import Finding, Job, Original, Review
from inspector_app.integrity.verify import verify_case
from inspector_app.jobs import run as jobs


@pytest.fixture
def home(full_case):
    work = Workspace()
    work.open(full_case)
    yield work
    work.close()


@pytest.fixture
def away(home, tmp_path):
    """The reviewer's copy, opened from the package."""
    packages.write(home, out=tmp_path / "送审" / "案件.zip")
    work = Workspace()
    unpack(work, tmp_path)
    yield work
    work.close()


def unpack(work, tmp_path):
    outcome = packages.open_package(work, path=tmp_path / "送审" / "案件.zip")
    work.open(Path(outcome.facts["case"]))


def say(work, verdict="returned", text="请补价格页", reviewer="周法"):
    finding = work.opened.find(Finding, order="number")[0]
    return reviews.say(work, finding_id=finding.id, verdict=verdict, text=text, reviewer=reviewer)


def test_that_a_package_opens_as_the_same_case(home, away):
    assert away.opened.info == home.opened.info
    assert [row.id for row in away.opened.find(Original)] == [row.id for row in home.opened.find(Original)]
    assert away.opened.folder.name == "案件-审核"
    folder = away.opened.folder
    away.close()
    assert verify_case(folder).ok
    assert all(path.stat().st_mode & 0o222 == 0 for path in (folder / "originals").iterdir())


def test_that_a_package_opened_again_is_the_same_copy(away, tmp_path):
    say(away)
    away.close()
    unpack(away, tmp_path)
    assert away.opened.count(Review) == 1


def test_that_writing_a_package_is_journaled_and_two_of_them_differ_in_nothing_but_the_moment(home, tmp_path):
    one = packages.write(home, out=tmp_path / "a.zip")
    assert one.data["journal_head"] != home.opened.journal_head()[1]  # the row that says so came after
    assert one.data["files"] >= 5


def test_that_reviews_come_back_and_nothing_else_does(home, away, tmp_path):
    say(away)
    say(away, verdict="remark", text="已阅")
    away.opened.check = None  # a copy that some other program let itself be changed in
    findings.note(away, finding_id=away.opened.find(Finding)[0].id, text="审核人改的备注")
    out = tmp_path / "意见.json"
    assert packages.write_reviews(away, out=out).data["reviews"] == 2
    before = home.opened.find(Finding)
    outcome = packages.merge(home, path=out)
    assert outcome.data == {"merged": 2, "known": 0, "ignored": ["finding.note"]}
    assert home.opened.find(Finding) == before
    assert [row.text for row in home.opened.find(Review)] == ["请补价格页", "已阅"]
    assert packages.merge(home, path=out).data["merged"] == 0
    history.undo(home)
    assert home.opened.count(Review) == 0


def test_that_a_copy_takes_opinions_and_refuses_all_else_saying_why(home, away):
    finding = away.opened.find(Finding)[0]
    before = away.opened.journal_head()
    refused = [
        lambda: findings.note(away, finding_id=finding.id, text="x"),
        lambda: findings.withdraw(away, finding_id=finding.id),
        lambda: findings.proves(away, finding_id=finding.id, text="x"),
        lambda: leads.run(away),
        lambda: history.undo(away),
        lambda: jobs.enter(away.opened, away.actor, "previews", {"recording": finding.recording_id}),
    ]
    for attempt in refused:
        with pytest.raises(CaseError) as caught:
            attempt()
        assert caught.value.code == "case.review_copy"
        assert caught.value.facts["by"] == home.actor.name
    assert away.opened.journal_head() == before
    say(away)
    assert not away.writable and home.writable
    assert (away.copy.seq, away.copy.head, away.copy.by) == (*before, home.actor.name)


def test_that_in_a_copy_only_what_was_said_there_is_taken_back(home, away, tmp_path):
    say(home, verdict="accepted", text="")
    packages.write(home, out=tmp_path / "再审" / "案件.zip")
    with closing(Workspace()) as second:
        second.open(Path(packages.open_package(second, path=tmp_path / "再审" / "案件.zip").facts["case"]))
        with pytest.raises(CaseError):
            history.undo(second)
        say(second)
        history.undo(second)
        history.redo(second)
        assert [row.verdict for row in second.opened.find(Review)] == ["accepted", "returned"]


def test_that_work_left_unfinished_in_the_case_does_not_hinder_opening_its_copy(home, tmp_path):
    jobs.enter(home.opened, home.actor, "transcribe", {})
    packages.write(home, out=tmp_path / "案件.zip")
    with closing(Workspace()) as work:
        folder = Path(packages.open_package(work, path=tmp_path / "案件.zip").facts["case"])
        assert cases.open_case(work, folder=folder).facts["interrupted"] == 0
        assert [row.state for row in work.opened.find(Job, state="waiting")] == ["waiting"]
        assert packages.write(work, out=tmp_path / "副本.zip").data["files"] >= 5


@pytest.mark.parametrize("noted", ["", "[]", '{"seq": "x"}'])
def test_that_a_copy_whose_note_is_spoilt_is_still_no_case_to_work_in(home, away, noted):
    folder = away.opened.folder
    away.close()
    (folder / "package.json").write_text(noted, encoding="utf-8")
    away.open(folder)
    with pytest.raises(CaseError) as caught:
        findings.note(away, finding_id=away.opened.find(Finding)[0].id, text="x")
    assert caught.value.facts["by"] == "—"
    with pytest.raises(UsageError):
        packages.write_reviews(away, out=folder / "x.json")


def test_that_the_case_may_go_on_meanwhile(home, away, tmp_path):
    findings.note(home, finding_id=home.opened.find(Finding)[0].id, text="送审后补记")
    say(away, verdict="accepted", text="")
    packages.write_reviews(away, out=tmp_path / "意见.json")
    assert packages.merge(home, path=tmp_path / "意见.json").data["merged"] == 1


def test_that_a_word_taken_back_does_not_come_back(home, away, tmp_path):
    say(away)
    history.undo(away)
    packages.write_reviews(away, out=tmp_path / "意见.json")
    assert packages.merge(home, path=tmp_path / "意见.json").data == {"merged": 0, "known": 0, "ignored": []}


def altered(path, change):
    document = json.loads(path.read_text(encoding="utf-8"))
    change(document)
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")


@pytest.mark.parametrize(
    ("change", "error", "code"),
    [
        (lambda d: d["rows"][-1].update(body=d["rows"][-1]["body"].replace("请补价格页", "没有问题")), BadInput, "review.altered"),
        (lambda d: d["rows"].pop(0), BadInput, "review.altered"),
        (lambda d: d["base"].update(seq=1), BadInput, "review.altered"),
        (lambda d: d.update(format="x"), BadInput, "review.not_a_file"),
        (lambda d: d.pop("rows"), BadInput, "review.not_a_file"),
        (lambda d: d.update(rows=[], base={"seq": 3, "head": "0" * 64}), CheckFailed, "review.other_journal"),
        (lambda d: d.update(rows=[], case={"case_id": "x", "number": "y"}), CheckFailed, "review.other_case"),
    ],
)
def test_that_an_altered_way_back_is_refused(home, away, tmp_path, change, error, code):
    say(away, verdict="remark", text="已阅")
    say(away)
    out = tmp_path / "意见.json"
    packages.write_reviews(away, out=out)
    altered(out, change)
    with pytest.raises(error) as caught:
        packages.merge(home, path=out)
    assert caught.value.code == code
    assert home.opened.count(Review) == 0


def test_that_no_officer_of_the_case_comes_back_as_reviewer(home, away, tmp_path):
    with pytest.raises(UsageError):
        say(away, reviewer="张敏")


def test_that_reviews_are_written_in_a_copy_only(home, tmp_path):
    with pytest.raises(UsageError) as caught:
        packages.write_reviews(home, out=tmp_path / "x.json")
    assert caught.value.code == "review.not_a_copy"


def test_that_a_case_with_a_broken_file_is_not_packed(home, tmp_path):
    shutil.rmtree(home.opened.folder / "working" / "stills")
    with pytest.raises(CheckFailed) as caught:
        packages.write(home, out=tmp_path / "a.zip")
    assert caught.value.code == "package.file_missing"
    assert list(tmp_path.glob("*.zip*")) == []


def test_that_the_command_line_carries_it_there_and_back(home, full_case, tmp_path, inspector):
    home.close()
    pack, back = tmp_path / "案件.zip", tmp_path / "意见.json"
    assert inspector("export", full_case, "--as", "package", "--out", pack).returncode == 0
    assert inspector("verify", pack).returncode == 0
    opened = inspector("review", "open", pack, "--json")
    copy = json.loads(opened.stdout)["case"]
    said = inspector("review", "say", copy, "--finding", "1", "--verdict", "accepted", "--reviewer", "周法")
    assert said.returncode == 0, said.stderr
    assert inspector("review", "write", copy, "--out", back).returncode == 0
    merged = inspector("review", "merge", full_case, back, "--json")
    assert json.loads(merged.stdout)["merged"] == 1
    assert inspector("verify", full_case).returncode == 0
