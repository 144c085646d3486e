"""The review step in a real window: the reviewer's word stands beside the finding, and an officer of the case may not give it."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from inspector_app.commands import findings, packages
from inspector_app.domain.errors import CaseError
from inspector_app.domain.records import Finding, Review
from inspector_app.i18n import explain, tr
from inspector_app.ui.input.acts import ACTS
from inspector_app.ui.shell.window import MainWindow
from inspector_app.ui.steps.review import COLUMNS, ReviewStep
from inspector_app.ui.steps.start import CaseCard
from inspector_app.ui.theme.widgets import Chip

RULING = COLUMNS.index("ruling")


@pytest.fixture
def step(qtbot: QtBot, window: MainWindow) -> ReviewStep:
    work = window.bench.desk.work
    for start in (3_500_000, 7_000_000):
        findings.add(work, recording_id="rec_1", start_us=start, end_us=start + 3_000_000, articles=["办法:34-1"], picture=False)
    window.go(3)
    qtbot.waitUntil(lambda: window.bench.review.model.rowCount() == 2)
    return window.bench.review


def test_that_a_ruling_is_shown_beside_the_finding(qtbot: QtBot, step: ReviewStep) -> None:
    before = step._desk.work.opened.find(Finding)
    step.opinion.reviewer.setText("周法")
    step.opinion.words.setPlainText("请补价格页")
    step.opinion.buttons["returned"].click()
    qtbot.waitUntil(lambda: step.model.index(0, RULING).data() == tr("ui.opinion.returned"))
    assert step.opinion.words.toPlainText() == ""
    assert step.model.index(1, RULING).data() == tr("ui.opinion.unseen")
    assert step._desk.work.opened.find(Finding) == before
    assert step._desk.settings.get("reviewer") == "周法"


@pytest.mark.parametrize(("reviewer", "words"), [("张三", "好"), ("周法", ""), ("", "好")])
def test_that_a_word_without_standing_is_refused_and_kept(qtbot: QtBot, step: ReviewStep, reviewer: str, words: str) -> None:
    step.opinion.reviewer.setText(reviewer)
    step.opinion.words.setPlainText(words)
    step.opinion.buttons["rejected"].click()
    assert step._desk.work.opened.count(Review) == 0
    assert step.opinion.words.toPlainText() == words


def test_that_keys_move_between_findings(qtbot: QtBot, step: ReviewStep) -> None:
    assert step.opinion.note.text() == "001"
    qtbot.keyClick(step.table, Qt.Key.Key_Down)
    assert step.opinion.note.text() == "002"


# -- the reviewer's copy and the way back ------------------------------------------------------------------------------------------


@pytest.fixture
def package(step: ReviewStep, tmp_path: Path) -> Path:
    """The case with two findings, written out for the reviewer."""
    packages.write(step._desk.work, out=tmp_path / "送审.zip")
    return tmp_path / "送审.zip"


def open_copy(qtbot: QtBot, window: MainWindow, package: Path) -> None:
    window.open_package(package)
    qtbot.waitUntil(lambda: window.has_case and window.bench.desk.work.copy is not None)
    qtbot.waitUntil(lambda: window.bench.review.model.rowCount() == 2)


def test_that_a_package_opens_on_review_and_says_whose_copy_it_is(qtbot: QtBot, window: MainWindow, package: Path) -> None:
    assert not window.top.read_only.isVisible() and window.bench.review.take_in.isVisibleTo(window)
    open_copy(qtbot, window, package)
    assert window.bench.place == 3
    assert window.top.read_only.isVisible() and window.top.read_only.text() == tr("ui.top.review_copy")
    assert "张三" in window.top.read_only.toolTip() and window.hint.text == window.top.read_only.toolTip()
    review = window.bench.review
    assert review.write_out.isVisibleTo(window) and not review.take_in.isVisibleTo(window)
    window.show_start()
    cards = window.start.findChildren(CaseCard)
    badges = [[chip.text() for chip in card.findChildren(Chip)].count(tr("ui.top.review_copy")) for card in cards]
    assert sorted(badges) == [0, 1]  # the case and its copy have the same number


def test_that_in_a_copy_only_opinions_are_offered_and_nothing_else_is_taken(qtbot: QtBot, window: MainWindow, package: Path) -> None:
    able = {name: window.acts.able(act) for name, act in ACTS.items()}
    assert able["opinion_merge"] and not able["opinion_write"]
    open_copy(qtbot, window, package)
    able = {name: window.acts.able(act) for name, act in ACTS.items()}
    assert able["opinion_write"] and able["undo"] and able["verify"] and able["play"]
    assert not any(able[name] for name in ("opinion_merge", "build", "bring_in", "leads", "note", "withdraw", "accept"))
    case = window.bench.desk.work.opened
    qtbot.waitUntil(lambda: window.bench.store.now is not None and bool(window.bench.store.now.segments))
    before = case.journal_head()
    window.go(1)
    QTest.keyClick(window.focusWidget() or window, Qt.Key.Key_1)
    assert case.journal_head() == before
    assert window.hint.text == " ".join(explain(CaseError("case.review_copy", by="张三")))


def test_that_an_opinion_goes_home_by_a_file(
    qtbot: QtBot, window: MainWindow, package: Path, case_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    back = package.with_name("意见.json")
    monkeypatch.setattr("inspector_app.ui.steps.review.ask_target", lambda *_: back)
    monkeypatch.setattr("inspector_app.ui.steps.review.ask_file", lambda *_: back)
    open_copy(qtbot, window, package)
    review = window.bench.review
    window.acts.do("opinion_write")
    qtbot.waitUntil(lambda: window.hint.text == tr("ui.review.written_none", file=back.name))
    review.opinion.reviewer.setText("周法")
    review.opinion.words.setPlainText("请补价格页")
    review.opinion.buttons["returned"].click()
    qtbot.waitUntil(lambda: review.model.index(0, RULING).data() == tr("ui.opinion.returned"))
    review.write_out.click()
    qtbot.waitUntil(lambda: window.hint.text == tr("ui.review.written", file=back.name, count=1))
    assert window.open_case(case_folder)
    assert window.bench.place == 1 and not window.top.read_only.isVisible()
    window.acts.do("opinion_merge")
    qtbot.waitUntil(lambda: window.hint.text == tr("ui.review.merged", merged=1, known=0))
    qtbot.waitUntil(lambda: review.model.rowCount() == 2 and review.model.index(0, RULING).data() == tr("ui.opinion.returned"))
    review.dropped.emit([back])
    qtbot.waitUntil(lambda: window.hint.text == tr("ui.review.merged", merged=0, known=1))
    review.dropped.emit([back, back])
    assert window.hint.text == tr("ui.review.not_opinions")
    window.acts.do("opinion_write")
    assert tr("review.not_a_copy.next") in window.hint.text
