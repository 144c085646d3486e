"""The evidence step in a real window: claims listed, filtered, filled in, compared, changed several at once."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QCheckBox, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from inspector_app.commands import findings
from inspector_app.domain.records import Exhibit, Finding
from inspector_app.ui.shell.window import MainWindow
from inspector_app.ui.steps.evidence import EvidenceStep


@pytest.fixture
def step(qtbot: QtBot, window: MainWindow) -> EvidenceStep:
    """The step with three findings, the first one shown with its still."""
    bench = window.bench
    work = bench.desk.work
    for start, article in ((3_500_000, "办法:34-1"), (7_000_000, "广告法:9-1-3"), (14_000_000, "办法:34-1")):
        findings.add(work, recording_id="rec_1", start_us=start, end_us=start + 3_000_000, articles=[article])
    window.go(2)
    qtbot.waitUntil(lambda: len(bench.evidence.claims) == 3 and bench.evidence.view.claim is not None)
    return bench.evidence


def first(step: EvidenceStep) -> Finding:
    return step._desk.work.opened.find(Finding, order="number")[0]


def shown(qtbot: QtBot, step: EvidenceStep, number: int) -> None:
    qtbot.waitUntil(lambda: step.view.claim is not None and step.view.claim.finding.number == number)


def test_that_the_list_is_searched_and_filtered(qtbot: QtBot, step: EvidenceStep) -> None:
    step.list.search.setText("广告法")
    assert [claim.finding.number for claim in step.list.model.shown] == [2]
    shown(qtbot, step, 2)
    step.list.search.clear()
    step.list.states.setCurrentIndex(3)  # withdrawn
    assert step.list.model.shown == []
    assert step.list._stack.currentIndex() == 1
    step.list.states.setCurrentIndex(0)
    assert len(step.list.model.shown) == 3


def test_that_words_are_saved_when_their_field_is_left(qtbot: QtBot, step: EvidenceStep) -> None:
    field = step.view._fields["proves"]
    field.setFocus()
    qtbot.keyClicks(field, "proves the claim")
    qtbot.keyClick(field, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert first(step).proves == "proves the claim"


def test_that_a_refresh_keeps_what_is_being_typed(qtbot: QtBot, step: EvidenceStep) -> None:
    field = step.view._fields["contrary"]
    field.setFocus()
    qtbot.keyClicks(field, "half a sen")
    step._desk.do("finding.severity", finding_id=first(step).id, level=3)
    qtbot.waitUntil(step.view._severity["3"].isChecked)
    assert field.toPlainText() == "half a sen"
    assert first(step).contrary == ""


def test_that_elements_are_ticked_and_linked_by_keys(qtbot: QtBot, step: EvidenceStep) -> None:
    finding = first(step)
    key = next(iter(finding.elements))
    tick = step.view.findChild(QCheckBox, f"tick {key}")
    tick.setFocus()
    before = bool(finding.elements[key]["ticked"])
    qtbot.keyClick(tick, Qt.Key.Key_Space)
    assert bool(first(step).elements[key]["ticked"]) is not before
    chat = next(row for row in step._desk.work.opened.find(Exhibit, finding_id=finding.id) if row.kind == "chat")
    mark = step.view.findChild(QPushButton, f"mark {key} {chat.id}")
    was = chat.id in finding.elements[key]["exhibits"]
    mark.click()
    assert (chat.id in first(step).elements[key]["exhibits"]) is not was


def test_that_parties_viewers_and_exemptions_are_kept(qtbot: QtBot, step: EvidenceStep) -> None:
    step.view._parties["host"].click()
    step.view._viewers.setValue(1234)
    assert (first(step).parties, first(step).viewers) == (("host",), 1234)
    why = next(field for field in step.view.findChildren(QLineEdit) if field.objectName().startswith("why "))
    why.setFocus()
    qtbot.keyClicks(why, "no range named")
    qtbot.keyClick(why, Qt.Key.Key_Return)
    assert first(step).exemptions == {why.objectName().removeprefix("why "): {"applies": 0, "why": "no range named"}}


def test_that_a_box_is_drawn_and_taken_away(qtbot: QtBot, step: EvidenceStep) -> None:
    frame = step.view.stills.frame
    qtbot.waitUntil(lambda: not frame._image.isNull())
    place = frame._place().toRect()
    qtbot.mousePress(frame, Qt.MouseButton.LeftButton, pos=place.center() - QPoint(20, 30))
    qtbot.mouseMove(frame, place.center() + QPoint(20, 30))
    qtbot.mouseRelease(frame, Qt.MouseButton.LeftButton, pos=place.center() + QPoint(20, 30))
    still = step.view.stills.at_hand
    assert still is not None
    box = step._desk.work.opened.get(Exhibit, still.id).box
    assert len(box) == 4
    assert box[0] < 90 < box[2]  # the picture is 180 wide
    qtbot.waitUntil(lambda: frame._box == box)
    qtbot.keyClick(frame, Qt.Key.Key_Delete)
    assert step._desk.work.opened.get(Exhibit, still.id).box == ()


def test_that_another_still_joins_and_is_put_first(qtbot: QtBot, step: EvidenceStep) -> None:
    step.view._another_still("end")
    qtbot.waitUntil(lambda: len(step.view.stills._stills) == 2)
    step.view.stills.strip.setCurrentRow(1)
    step.view.stills._move(-1)
    qtbot.waitUntil(lambda: [row.place for row in step.view.stills._stills] == [1, 2])
    assert step.view.stills._stills[0].number > step.view.stills._stills[1].number


def test_that_withdrawing_asks_for_the_reason_in_place(qtbot: QtBot, step: EvidenceStep) -> None:
    still = step.view.stills.at_hand
    assert still is not None
    step.view.stills._drop.click()
    assert step._ask.isVisible()
    qtbot.keyClick(step._ask.field, Qt.Key.Key_Return)  # no reason, no act
    assert step._desk.work.opened.get(Exhibit, still.id).state == ""
    qtbot.keyClicks(step._ask.field, "blurred")
    qtbot.keyClick(step._ask.field, Qt.Key.Key_Return)
    assert step._desk.work.opened.get(Exhibit, still.id).reason == "blurred"


def test_that_two_findings_are_compared_and_several_changed(qtbot: QtBot, step: EvidenceStep) -> None:
    view = step.list.view
    view.setCurrentIndex(step.list.model.index(0))
    qtbot.keyClick(view, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert step.list._compare.isEnabled()
    step.list._compare.click()
    assert step.comparing.isVisible()
    step.comparing.back.click()
    assert step.view.isVisible()
    step.list.bulk.emit("severity", 3)
    assert [row.severity for row in step._desk.work.opened.find(Finding, order="number")] == [3, 3, 2]
