"""The transcript made right in a real window: a sentence edited where it stands, cut in two, many replaced at once after a look at them."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor
from pytestqt.qtbot import QtBot

from inspector_app.domain.records import Segment
from inspector_app.i18n import tr
from inspector_app.ui.shell.window import MainWindow
from inspector_app.ui.steps.watch import WatchStep


@pytest.fixture
def step(window: MainWindow) -> WatchStep:
    return window.bench.watch


def segment(step: WatchStep, place: int) -> Segment:
    assert step._store.now is not None
    return step._store.now.segments[place]


def opened(qtbot: QtBot, step: WatchStep, place: int) -> object:
    step.transcript.correct.emit(segment(step, place).id)
    field = step.transcript.inplace.field
    assert field is not None
    assert field.isVisible()
    return field


def test_that_a_sentence_is_edited_where_it_stands(qtbot: QtBot, step: WatchStep) -> None:
    field = opened(qtbot, step, 1)
    assert field.toPlainText() == segment(step, 1).words
    field.setPlainText("今天这款面膜全网最低价。")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: segment(step, 1).corrected == "今天这款面膜全网最低价。")
    assert step.transcript.inplace.field is None
    assert step.hasFocus()
    assert tr("ui.editor.machine", text=segment(step, 1).text) in step.transcript._tip(step.transcript_model.row_of(segment(step, 1).id))


def test_that_escape_changes_nothing_and_the_machines_words_are_a_key_away(qtbot: QtBot, step: WatchStep) -> None:
    field = opened(qtbot, step, 1)
    field.setPlainText("别的话")
    qtbot.keyClick(field, Qt.Key.Key_M, Qt.KeyboardModifier.ControlModifier)
    assert field.toPlainText() == segment(step, 1).text
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert segment(step, 1).corrected is None


def test_that_a_sentence_is_cut_at_the_caret(qtbot: QtBot, step: WatchStep) -> None:
    before = segment(step, 1)
    count = len(step._store.now.segments)
    field = opened(qtbot, step, 1)
    cursor = field.textCursor()
    cursor.setPosition(4)
    field.setTextCursor(cursor)
    qtbot.keyClick(field, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: len(step._store.now.segments) == count + 1)
    first, second = segment(step, 1), segment(step, 2)
    assert first.words + second.words == before.words
    assert (first.start_us, second.end_us) == (before.start_us, before.end_us)
    assert first.end_us == second.start_us
    assert isinstance(cursor, QTextCursor)


def test_that_replacing_is_shown_before_it_is_done(qtbot: QtBot, step: WatchStep) -> None:
    bar = step.transcript.replacing
    bar.open_bar()
    bar.query.setText("家")
    bar.words.setText("公司")
    qtbot.waitUntil(lambda: bar.list.count() > 1)
    assert all(row.corrected is None for row in step._store.now.segments)
    bar.list.item(0).setCheckState(Qt.CheckState.Unchecked)
    kept = bar._hits[0]["segment"]
    qtbot.keyClick(bar.query, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: any("公司" in row.words for row in step._store.now.segments))
    assert next(row for row in step._store.now.segments if row.id == kept).corrected is None
    qtbot.keyClick(bar.query, Qt.Key.Key_Escape)
    assert not bar.isVisible()
    assert step.hasFocus()


def test_that_what_may_be_misheard_is_marked_and_not_altered(qtbot: QtBot, step: WatchStep) -> None:
    row = segment(step, 2)
    at = row.words.index("国家级认证")
    step.transcript_model.hear([{"segment": row.id, "start": at, "end": at + 5, "term": "国家急认证"}])
    place = step.transcript_model.row_of(row.id)
    assert (tr("ui.transcript.heard", term="国家急认证"), "plain") in step.transcript.lines._chips(place)
    assert step.transcript_model.rows[place].words == row.words
    step.transcript.view.grab()
