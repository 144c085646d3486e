"""The review step in a real window: the reviewer's word stands beside the finding, and an officer of the case may not give it."""

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from inspector_app.commands import findings
from inspector_app.domain.records import Finding, Review
from inspector_app.i18n import tr
from inspector_app.ui.shell.window import MainWindow
from inspector_app.ui.steps.review import COLUMNS, ReviewStep

RULING = COLUMNS.index("ruling")


@pytest.fixture
def step(qtbot: QtBot, window: MainWindow) -> ReviewStep:
    work = window.bench.desk.work
    for start in (3_500_000, 7_000_000):
        findings.add(work, recording_id="rec_1", start_us=start, end_us=start + 3_000_000, articles=["办法:34-1"], picture=False)
    window.go(3)
    qtbot.waitUntil(lambda: window.bench.review.model.rowCount() == 2, timeout=10_000)
    return window.bench.review


def test_that_a_ruling_is_shown_beside_the_finding(qtbot: QtBot, step: ReviewStep) -> None:
    before = step._desk.work.opened.find(Finding)
    step.opinion.reviewer.setText("周法")
    step.opinion.words.setPlainText("请补价格页")
    step.opinion.buttons["returned"].click()
    qtbot.waitUntil(lambda: step.model.index(0, RULING).data() == tr("ui.opinion.returned"), timeout=5_000)
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
