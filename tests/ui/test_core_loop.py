"""The core loop at the real window: keys to findings, leads to rulings, undo, and what must never happen while coding."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from inspector_app.domain.records import Exhibit, Finding, Lead
from inspector_app.domain.timebase import SECOND
from inspector_app.ui.shell.window import MainWindow
from inspector_app.ui.steps.coding import Coding

STEP_US = 3_500_000


def press(window: MainWindow, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """A key to whatever has the focus, as a person would press it."""
    target = window.focusWidget() or window
    QTest.keyClick(target, key, modifiers)


@pytest.fixture
def coding(window: MainWindow) -> Coding:
    return window.bench.watch.coding


def findings(window: MainWindow) -> list[Finding]:
    return window.bench.desk.work.opened.find(Finding, order="number")


def place(window: MainWindow, sentence: int, into_us: int = SECOND) -> None:
    """Rests the play-head inside a sentence."""
    window.bench.watch.playback.seek(sentence * STEP_US + into_us)


def settled(qtbot: QtBot, window: MainWindow, holds: Callable[[], bool]) -> None:
    qtbot.waitUntil(holds)


def test_that_a_digit_makes_a_finding_of_the_sentence_and_takes_its_still(qtbot: QtBot, window: MainWindow) -> None:
    place(window, 1)
    press(window, Qt.Key.Key_1)
    [finding] = findings(window)
    assert finding.articles == ("办法:34-1",)
    assert (finding.start_us, finding.end_us) == (STEP_US, STEP_US + 3 * SECOND)
    assert "全网最低价" in finding.quote
    case = window.bench.desk.work.opened
    settled(qtbot, window, lambda: all(row.sha256 for row in case.find(Exhibit, kind="still")))
    settled(qtbot, window, lambda: window.bench.watch.findings_model.rowCount() == 1)
    assert {row.kind for row in case.find(Exhibit)} >= {"still", "quote", "screen_text"}


def test_that_the_same_digit_again_extends_to_the_next_sentence(qtbot: QtBot, window: MainWindow) -> None:
    place(window, 1)
    press(window, Qt.Key.Key_1)
    settled(qtbot, window, lambda: window.bench.watch.findings_model.rowCount() == 1)
    press(window, Qt.Key.Key_1)
    [finding] = findings(window)
    assert (finding.start_us, finding.end_us) == (STEP_US, 2 * STEP_US + 3 * SECOND)


def test_that_another_digit_adds_a_second_article_to_the_same_interval(qtbot: QtBot, window: MainWindow) -> None:
    place(window, 1)
    press(window, Qt.Key.Key_1)
    settled(qtbot, window, lambda: window.bench.watch.findings_model.rowCount() == 1)
    press(window, Qt.Key.Key_8)
    [finding] = findings(window)
    assert finding.articles == ("办法:34-1", "广告法:9-1-3")
    assert finding.end_us == STEP_US + 3 * SECOND


def test_that_tab_and_enter_accept_a_lead_and_undo_takes_all_of_it_back(qtbot: QtBot, window: MainWindow, coding: Coding) -> None:
    case = window.bench.desk.work.opened
    press(window, Qt.Key.Key_Tab)
    assert coding.lead_id == "led_1"
    press(window, Qt.Key.Key_Return)
    assert case.get(Lead, "led_1").state == "accepted"
    [finding] = findings(window)
    assert finding.lead_id == "led_1"
    settled(qtbot, window, lambda: window.bench.watch.findings_model.rowCount() == 1)
    settled(qtbot, window, lambda: all(row.sha256 for row in case.find(Exhibit, kind="still")))
    press(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert case.get(Lead, "led_1").state == "open"
    assert findings(window) == []
    settled(qtbot, window, lambda: window.bench.watch.findings_model.rowCount() == 0)
    press(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert case.get(Lead, "led_1").state == "accepted"
    assert [row.id for row in findings(window)] == [finding.id]


def test_that_x_and_a_digit_reject_with_a_reason(window: MainWindow, coding: Coding) -> None:
    press(window, Qt.Key.Key_Tab)
    press(window, Qt.Key.Key_X)
    assert coding.now_stage == "reject"
    press(window, Qt.Key.Key_2)
    lead = window.bench.desk.work.opened.get(Lead, "led_1")
    assert (lead.state, lead.ruling_reason) == ("rejected", "听错")
    assert findings(window) == []
    assert coding.now_stage == ""


def test_that_a_and_a_digit_accept_under_another_article(window: MainWindow) -> None:
    press(window, Qt.Key.Key_Tab)
    press(window, Qt.Key.Key_A)
    press(window, Qt.Key.Key_2)
    [finding] = findings(window)
    assert finding.articles == ("办法:32",)


def test_that_shift_tab_goes_back_and_escape_leaves(window: MainWindow, coding: Coding) -> None:
    press(window, Qt.Key.Key_Tab)
    press(window, Qt.Key.Key_Tab)
    assert coding.lead_id == "led_2"
    press(window, Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    assert coding.lead_id == "led_1"
    press(window, Qt.Key.Key_Escape)
    assert coding.lead_id == ""


def test_that_i_and_o_mend_the_ends(qtbot: QtBot, window: MainWindow) -> None:
    place(window, 1)
    press(window, Qt.Key.Key_1)
    settled(qtbot, window, lambda: window.bench.watch.findings_model.rowCount() == 1)
    window.bench.watch.playback.seek(2 * STEP_US)
    press(window, Qt.Key.Key_O)
    assert findings(window)[0].end_us == 2 * STEP_US
    settled(
        qtbot, window, lambda: window.bench.watch.coding.finding is not None and window.bench.watch.coding.finding.end_us == 2 * STEP_US
    )
    window.bench.watch.playback.seek(2 * STEP_US + SECOND)
    press(window, Qt.Key.Key_I)  # behind the out point: refused, said, not modal
    assert findings(window)[0].start_us == STEP_US
    assert "入点" in window.hint.text


def test_that_a_note_is_typed_and_saved_and_the_keys_come_back(qtbot: QtBot, window: MainWindow) -> None:
    place(window, 1)
    press(window, Qt.Key.Key_1)
    settled(qtbot, window, lambda: window.bench.watch.findings_model.rowCount() == 1)
    press(window, Qt.Key.Key_N)
    editor = window.bench.watch.findings.editor.text
    assert window.bench.watch.findings.is_typing
    assert window.top.mode.text() == "输入"
    QTest.keyClicks(editor, "123")
    QTest.keyClick(editor, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert findings(window)[0].note == "123"
    assert not window.bench.watch.findings.is_typing
    assert len(findings(window)) == 1


def test_that_no_focusable_widget_of_coding_mode_accepts_input_methods(window: MainWindow) -> None:
    watch = window.bench.watch
    walked = [watch, *watch.findChildren(QWidget), *window.top.findChildren(QWidget)]
    visible = [widget for widget in walked if widget.isVisible()]
    assert len(visible) > 50
    wrong = [
        f"{type(widget).__name__} {widget.objectName()}"
        for widget in visible
        if widget.focusPolicy() != Qt.FocusPolicy.NoFocus and widget.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)
    ]
    assert wrong == []
    assert not watch.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)
    for view in (watch.transcript.view, watch.findings.table):
        assert not view.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)


def test_that_list_views_stay_closed_to_input_methods_when_a_row_is_current(window: MainWindow) -> None:
    watch = window.bench.watch
    place(window, 1)
    press(window, Qt.Key.Key_1)
    watch.findings.table.selectRow(0)
    for view in (watch.transcript.view, watch.findings.table):
        assert not view.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)


def test_that_ctrl_s_answers_when_it_was_saved(window: MainWindow) -> None:
    press(window, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert window.bench.desk.saved_clock in window.hint.text


def test_that_a_click_on_a_line_seeks_and_the_line_is_current(qtbot: QtBot, window: MainWindow) -> None:
    watch = window.bench.watch
    row = watch.transcript_model.row_of("seg_4")
    watch.transcript.view.pressed.emit(row)
    assert watch.playback.position_us == 4 * STEP_US
    assert watch.transcript_model.current == row


def test_that_search_finds_what_was_said_and_goes_there(qtbot: QtBot, window: MainWindow) -> None:
    press(window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    watch = window.bench.watch
    watch.transcript.field.setText("副作用")
    settled(qtbot, window, lambda: watch.playback.position_us == 4 * STEP_US)
    assert "1" in watch.transcript.hits.text()
    watch.transcript.close_search()
    assert window.focusWidget() is watch


def test_that_the_palette_runs_a_command_and_gives_the_keys_back(window: MainWindow) -> None:
    press(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    window.palette_.field.setText("键位")
    QTest.keyClick(window.palette_.field, Qt.Key.Key_Return)
    assert window.sheet.isVisible()
    window.sheet.close_overlay()
    assert not window.palette_.isVisible()


def test_that_the_article_finder_taps_an_article_by_pinyin_initials(window: MainWindow) -> None:
    place(window, 1)
    press(window, Qt.Key.Key_T)
    window.palette_.field.setText("sydh")
    QTest.keyClick(window.palette_.field, Qt.Key.Key_Return)
    [finding] = findings(window)
    assert finding.articles == ("办法:36",)


def test_that_a_refused_command_is_said_and_changes_nothing(window: MainWindow) -> None:
    assert window.bench.desk.do("finding.add", recording_id="rec_1", start_us=5, end_us=5, articles=["办法:34-1"]) is None
    assert window.hint.text
    assert findings(window) == []


def test_that_keys_pressed_before_the_recording_is_read_are_not_lost(qtbot: QtBot, empty_window: MainWindow, case_folder: Path) -> None:
    assert empty_window.open_case(case_folder)
    empty_window.go(1)
    store = empty_window.bench.store
    assert store.now is None and store.loading
    for key in (Qt.Key.Key_Tab, Qt.Key.Key_Return, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_1):
        press(empty_window, key)
    settled(qtbot, empty_window, lambda: len(findings(empty_window)) == 2)
    assert findings(empty_window)[0].lead_id == "led_1"
