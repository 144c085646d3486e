"""The timeline in a real window: it seeks, zooms about the pointer, chooses what is pressed, and mends the ends of a finding."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from inspector_app.commands import findings, watching
from inspector_app.domain.records import Finding, Watched
from inspector_app.domain.timebase import SECOND, Interval
from inspector_app.ui.panes.timeline import Timeline
from inspector_app.ui.shell.window import MainWindow

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def timeline(qtbot: QtBot, window: MainWindow) -> Timeline:
    """The timeline of the case, its zoomed window over the whole of thirty seconds, with one finding over a sentence."""
    work = window.bench.desk.work
    findings.add(work, recording_id="rec_1", start_us=3_500_000, end_us=6_500_000, articles=["办法:34-1"], picture=False)
    line = window.bench.watch.timeline
    qtbot.waitUntil(lambda: line._store.now is not None and len(line._store.now.findings) == 1 and line.span[1] > 0)
    line.grab()
    return line


def finding(timeline: Timeline) -> Finding:
    assert timeline._store.now is not None
    return timeline._store.now.findings[0]


def press(qtbot: QtBot, timeline: Timeline, x: float, y: float) -> None:
    qtbot.mouseClick(timeline, LEFT, pos=QPointF(x, y).toPoint())


def test_that_a_press_seeks(qtbot: QtBot, timeline: Timeline, window: MainWindow) -> None:
    press(qtbot, timeline, timeline._paint.x(20 * SECOND), timeline._paint.box("ruler").center().y())
    assert abs(window.bench.watch.playback.position_us - 20 * SECOND) < SECOND // 4


def test_that_the_wheel_zooms_about_the_pointer(timeline: Timeline) -> None:
    start, end = timeline.span
    place = QPointF(timeline._paint.x(15 * SECOND), timeline._paint.box("speech").center().y())
    under = timeline._paint.us(place.x())
    none = Qt.KeyboardModifier.NoModifier
    turn = QWheelEvent(place, place, QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton, none, Qt.ScrollPhase.NoScrollPhase, False)
    QApplication.sendEvent(timeline, turn)
    assert timeline.span[1] - timeline.span[0] < end - start
    assert abs(timeline._paint.us(place.x()) - under) < SECOND // 10


def test_that_a_pressed_finding_and_lead_are_chosen(qtbot: QtBot, timeline: Timeline, window: MainWindow) -> None:
    bar = timeline._paint.finding_bar(finding(timeline))
    press(qtbot, timeline, bar.center().x(), bar.center().y())
    assert timeline.selected_id == finding(timeline).id
    lead = timeline._store.lead("led_2")
    assert lead is not None
    press(qtbot, timeline, timeline._paint.x(lead.start_us + SECOND), timeline._paint.box("leads").center().y())
    assert window.bench.watch.coding.lead_id == "led_2"


def drag(qtbot: QtBot, timeline: Timeline, to_us: int) -> None:
    """Takes the out point of the finding at hand to a moment."""
    bar = timeline._paint.finding_bar(finding(timeline))
    at = bar.center().toPoint()
    qtbot.mousePress(timeline, LEFT, pos=QPoint(round(bar.right()), at.y()))
    qtbot.mouseMove(timeline, QPoint(round(timeline._paint.x(to_us)), at.y()))


def test_that_an_end_is_dragged_and_snaps_to_a_sentence(qtbot: QtBot, timeline: Timeline) -> None:
    timeline.selected_id = finding(timeline).id
    drag(qtbot, timeline, 9_990_000)  # the next sentence ends at 10.0 s
    assert timeline._drag is not None
    qtbot.mouseRelease(timeline, LEFT, pos=QPoint(0, 0))
    qtbot.waitUntil(lambda: finding(timeline).end_us == 10_000_000)
    assert finding(timeline).start_us == 3_500_000
    assert "国家级" in finding(timeline).quote


def test_that_the_right_button_gives_up_a_drag(qtbot: QtBot, timeline: Timeline) -> None:
    timeline.selected_id = finding(timeline).id
    drag(qtbot, timeline, 20 * SECOND)
    qtbot.mouseClick(timeline, Qt.MouseButton.RightButton)
    qtbot.mouseRelease(timeline, LEFT)
    assert finding(timeline).end_us == 6_500_000


def test_that_what_lies_under_the_pointer_is_said(timeline: Timeline) -> None:
    def words(name: str, at_us: int) -> str:
        return timeline._words_at(QPointF(timeline._paint.x(at_us), timeline._paint.box(name).center().y()).toPoint())

    assert "最低价" in words("speech", 5 * SECOND)
    assert "¥99" in words("screen", 5 * SECOND)
    assert "用户888" in words("chat", 5 * SECOND)
    assert "办法 34-1" in words("findings", 5 * SECOND)


def test_that_what_is_played_counts_as_watched(qtbot: QtBot, window: MainWindow) -> None:
    step, work = window.bench.watch, window.bench.desk.work
    for at in range(0, 4 * SECOND, SECOND // 5):
        step.watching.moved(at, True)
    step.watching.moved(20 * SECOND, True)  # a jump
    step.watching.moved(20 * SECOND + SECOND // 5, True)
    step.watching.moved(10 * SECOND, True)  # and back
    step.watching.rest()
    expected = [Interval(0, 4 * SECOND - SECOND // 5), Interval(20 * SECOND, 20 * SECOND + SECOND // 5)]
    assert watching.watched(work, "rec_1") == expected
    assert work.opened.count(Watched) == 1
    qtbot.waitUntil(lambda: step.lanes.now.watched == expected)
    assert step.lanes.watched_share == 13
