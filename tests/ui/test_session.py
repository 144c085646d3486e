"""The facts of a broadcast are corrected in the intake step after the import, for the recording at hand."""

import pytest
from pytestqt.qtbot import QtBot

from inspector_app.commands import findings
from inspector_app.domain.records import Session
from inspector_app.i18n import tr
from inspector_app.ui.panes.session_editor import SessionEditor
from inspector_app.ui.shell.window import MainWindow


@pytest.fixture
def editor(qtbot: QtBot, window: MainWindow) -> SessionEditor:
    window.go(0)
    intake = window.bench.intake
    qtbot.waitUntil(lambda: bool(intake.table.lines))
    intake._session.click()
    return intake.session_of


def test_that_the_panel_names_the_recording_and_holds_what_the_case_knows(window: MainWindow, editor: SessionEditor) -> None:
    assert editor.isVisible() and not window.bench.intake.session.isVisible()
    assert editor.title.text() == tr("ui.session.of", name="晚场.mp4")
    assert editor.session.values() == {"platform": "示例平台", "room": "云朵小铺", "account": "", "host": ""}
    assert editor.started.text() == "2026-06-01 20:00:00"
    assert not editor.alone.isVisible()
    editor.asks_next.emit()
    assert window.bench.intake.session.isVisible() and not editor.isVisible()


def test_that_another_start_is_kept_told_and_undone(qtbot: QtBot, window: MainWindow, editor: SessionEditor) -> None:
    work = window.bench.desk.work
    before = work.opened.get(Session, "ses_1")
    findings.add(work, recording_id="rec_1", start_us=0, end_us=3_000_000, articles=["办法:34-1"], picture=False)
    editor.started.setText("2020-01-01 08:30")
    editor.session.fields["host"].setText("小云")
    editor.keep.click()
    after = work.opened.get(Session, "ses_1")
    assert (after.started_at, after.host, after.room) == ("2020-01-01T08:30:00.000+08:00", "小云", "云朵小铺")
    said = tr("session.kept", recordings=1) + tr("session.day", day="2020-01-01", before="2026-06-01", count=1)
    assert window.hint.text == said
    store = window.bench.store
    qtbot.waitUntil(lambda: store.now is not None and store.now.session == after)  # the player's clock follows
    window.undo()
    assert work.opened.get(Session, "ses_1") == before
    qtbot.waitUntil(lambda: store.now is not None and store.now.session == before)
    qtbot.waitUntil(lambda: editor.started.text() == "2026-06-01 20:00:00")


def test_that_what_was_typed_is_not_lost_when_the_table_is_read_anew(qtbot: QtBot, window: MainWindow, editor: SessionEditor) -> None:
    editor.session.fields["host"].setText("小云")
    editor.started.setText("昨晚八点")
    editor.keep.click()
    assert window.bench.desk.work.opened.get(Session, "ses_1").host == "" and editor.started.property("wrong")
    window.bench.intake._follow_choice()
    assert editor.session.fields["host"].text() == "小云"
