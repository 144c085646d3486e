"""The intake step in a real window with real files: every kind of material, what is asked and told, joining, watching a folder."""

import shutil
import subprocess
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QComboBox, QLabel
from pytestqt.qtbot import QtBot

from inspector_app.casefile.case import create
from inspector_app.domain.people import Officer
from inspector_app.domain.records import ChatMessage, Job, Part, Recording
from inspector_app.domain.timebase import SECOND
from inspector_app.i18n import LANGUAGES, has, set_language
from inspector_app.intake.live.tape import CLASS_OF
from inspector_app.ui.models.intake_facts import gap_words, moment
from inspector_app.ui.models.recordings import STRIP, Line, Other
from inspector_app.ui.panes.intake_notices import Notice, offset_for
from inspector_app.ui.panes.intake_session import read_moment
from inspector_app.ui.shell.window import MainWindow
from inspector_app.ui.steps.intake import IntakeStep
from inspector_app.ui.theme.widgets import Button

LOG = "时间,用户,内容\n2026-06-01 12:00:05,甲,还有吗\n2026-06-01 12:00:09,乙,要两件\n"


@pytest.fixture
def step(qtbot: QtBot, window: MainWindow) -> IntakeStep:
    window.go(0)
    intake = window.bench.intake
    qtbot.waitUntil(lambda: bool(intake.model.rows))
    return intake


def words(widget: object) -> str:
    return " ".join(label.text() for label in widget.findChildren(QLabel))  # type: ignore[attr-defined]


def wait_import(qtbot: QtBot, window: MainWindow, count: int) -> None:
    case = window.bench.desk.work.opened
    qtbot.waitUntil(lambda: case.count(Job, kind="import", state="done") >= count)


def test_that_a_log_and_a_broken_file_stand_in_the_table_with_cause_next_step_and_question(
    qtbot: QtBot, window: MainWindow, step: IntakeStep, tmp_path: Path
) -> None:
    log, broken = tmp_path / "弹幕.csv", tmp_path / "坏.mp4"
    log.write_text(LOG, encoding="utf-8")
    broken.write_bytes(b"no film at all" * 50)
    step.take([log])
    step.take([broken])
    wait_import(qtbot, window, 2)
    qtbot.waitUntil(lambda: {"chat", "unreadable"} <= {row.kind for row in step.model.rows if isinstance(row, Other)})
    qtbot.waitUntil(step.refused.isVisible)
    told = words(step.refused)
    assert "坏.mp4" in told and "原件已保存" in told  # the next step of the refusal
    case = window.bench.desk.work.opened
    digest = next(row.original.id for row in step.model.rows if isinstance(row, Other) and row.kind == "chat")
    laid = case.find(ChatMessage, original_id=digest, order="at_us")
    assert [row.recording_id for row in laid] == ["rec_1"] * 2 and laid[0].at_us == 5 * SECOND - 8 * 3600 * SECOND
    # its times name no zone: the question stands in place, and its answer moves the messages in one act that can be undone
    assert step.notices.isVisible() and "时区" in words(step.notices)
    notice = step.notices.findChild(Notice)
    choice = notice.findChild(QComboBox)
    choice.setCurrentIndex(choice.findData("+00:00"))
    next(button for button in notice.findChildren(Button)).click()
    qtbot.waitUntil(lambda: case.find(ChatMessage, original_id=digest, order="at_us")[0].at_us == 5 * SECOND)
    qtbot.waitUntil(lambda: not step.notices.isVisible())
    window.undo()
    assert case.find(ChatMessage, original_id=digest, order="at_us")[0].at_us < 0


def test_that_numbered_files_are_proposed_and_joined_with_one_press(
    qtbot: QtBot, window: MainWindow, step: IntakeStep, video: Path, tmp_path: Path
) -> None:
    files = [tmp_path / "直播_001.mp4", tmp_path / "直播_002.mp4"]
    for seconds, file in zip(("9", "12"), files, strict=True):
        subprocess.run(["ffmpeg", "-v", "error", "-i", str(video), "-t", seconds, "-c", "copy", str(file)], check=True)
    step.take(files)
    wait_import(qtbot, window, 1)
    qtbot.waitUntil(step.notices.isVisible)
    assert "2 个文件" in words(step.notices)
    next(button for button in step.notices.findChildren(Button) if button.property("kind") == "primary").click()
    case = window.bench.desk.work.opened
    qtbot.waitUntil(lambda: case.count(Part) == 2)
    qtbot.waitUntil(lambda: any(isinstance(row, Line) and row.parts == 2 for row in step.model.rows))
    place = next(place for place, row in enumerate(step.model.rows) if isinstance(row, Line) and row.parts == 2)
    length, gaps, cuts = step.model.index(place, 2).data(STRIP)
    assert length == step.model.rows[place].recording.duration_us and len(cuts) == 1 and gaps == ()
    assert step.model.index(place, 1).data() == "合并"
    qtbot.waitUntil(lambda: not step.notices.isVisible())
    assert case.count(Recording) == 4  # the single ones stay


def test_that_details_show_digests_to_copy_and_custody_on_request(qtbot: QtBot, window: MainWindow, step: IntakeStep) -> None:
    step.table.choose(0)
    qtbot.waitUntil(lambda: "SHA-256" in words(step.details))
    qtbot.waitUntil(lambda: "语音覆盖" in words(step.details))

    def copies() -> list[Button]:
        return [button for button in step.details.findChildren(Button) if button.accessibleName() == "复制" and button.isVisible()]

    qtbot.waitUntil(lambda: len(copies()) == 2)
    copies()[0].click()
    assert QApplication.clipboard().text() == step.model.lines[0].recording.original_id
    step.details._history.click()
    qtbot.waitUntil(lambda: "导入原件" in words(step.details))
    for language in LANGUAGES:
        window.set_language(language)
        qtbot.wait(150)
        assert "ui." not in words(step)
    window.set_language("zh")


def test_that_a_row_stays_at_hand_while_ctrl_is_held(qtbot: QtBot, step: IntakeStep) -> None:
    step.table.choose(0)
    qtbot.keyPress(step, Qt.Key.Key_Control, Qt.KeyboardModifier.ControlModifier)  # as in Ctrl+1, while the material is still being read
    step.table.choose(0)
    assert len(step.table.rows) == 1
    qtbot.keyRelease(step, Qt.Key.Key_Control)


def test_that_the_table_is_reached_and_used_by_keys(qtbot: QtBot, window: MainWindow, step: IntakeStep) -> None:
    step.setFocus()
    assert step.table.hasFocus() and step.table.rows
    qtbot.keyClick(step.table, Qt.Key.Key_Return)
    assert window.bench.place == 1
    assert not step.table.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)


def test_that_a_watched_folder_is_imported_once_its_files_stand_still(
    qtbot: QtBot, window: MainWindow, step: IntakeStep, tmp_path: Path
) -> None:
    folder = tmp_path / "收件"
    folder.mkdir()
    (folder / "截图.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(200))
    step.folder.start(folder)
    assert step.folder.isVisible() and step.folder.folder == folder
    wait_import(qtbot, window, 1)
    qtbot.waitUntil(lambda: any(isinstance(row, Other) and row.original.source_name == "截图.png" for row in step.model.rows))
    shutil.rmtree(folder)
    qtbot.waitUntil(lambda: "读不到" in step.folder.words.toolTip() + step.folder.words.text())
    step.folder.stop()
    assert not step.folder.isVisible()


def test_that_an_empty_case_teaches_three_ways_to_begin(qtbot: QtBot, empty_window: MainWindow, tmp_path: Path) -> None:
    officers = [Officer("甲", "1"), Officer("乙", "2")]
    with create(tmp_path / "空案", number="1", cause="案由", party="某", officers=officers):
        pass
    assert empty_window.open_case(tmp_path / "空案")
    empty_window.go(0)
    step = empty_window.bench.intake
    qtbot.waitUntil(lambda: step._stack.currentIndex() == 1)
    assert [button.text() for button in step.ways] == ["导入文件", "录制直播", "打开示例案件"]
    asked = []
    step.sample.disconnect()
    step.sample.connect(lambda: asked.append(1))
    step.ways[2].click()
    assert asked == [1]
    step.setFocus()
    assert step.ways[0].hasFocus()


def test_that_a_wrong_start_of_the_broadcast_stops_the_import_in_place(qtbot: QtBot, step: IntakeStep, tmp_path: Path) -> None:
    step._session.click()
    step.session.started.setText("昨晚八点")
    assert step.session.values() is None
    log = tmp_path / "弹幕.csv"
    log.write_text(LOG, encoding="utf-8")
    step.take([log])
    assert step._desk.work.opened.count(Job) == 0 and step.session.started.property("wrong")
    step.session.started.setText("2026-06-01 20:00")
    facts = step.session.values()
    assert facts is not None and facts["started_at"] == "2026-06-01T20:00:00.000+08:00"


def test_that_stages_are_offered_for_what_is_at_hand(qtbot: QtBot, window: MainWindow, step: IntakeStep) -> None:
    qtbot.waitUntil(lambda: step.stages.model.count() > 0)
    step.table.choose(0)
    assert "所选 1 件" in step.stages.scope.text()
    step.stages.reading.click()
    assert "没有要做的" in window.hint.text  # its picture has been read
    step.table.clearSelection()
    assert "全部 1 件" in step.stages.scope.text()


def test_that_gaps_and_moments_are_said_in_words_of_both_languages() -> None:
    gap = {"start_us": 723 * SECOND, "end_us": 740 * SECOND, "kind": "disconnect", "class": "network"}
    assert "17.0" in gap_words(gap) and "连接中断" in gap_words(gap) and "网络" in gap_words(gap)
    assert moment("2026-06-01T12:00:00+00:00") == "2026-06-01 20:00:00 UTC+8"
    assert "未写时区" in moment("2026-06-01T12:00:00") and moment("") == "—" and moment("?") == "?"
    for language in LANGUAGES:
        set_language(language)
        assert [kind for kind in CLASS_OF if not has(f"ui.gap.kind.{kind}")] == []
        assert [owner for owner in set(CLASS_OF.values()) if not has(f"ui.gap.class.{owner}")] == []
    set_language("zh")


def test_that_a_typed_start_is_beijing_unless_it_says_otherwise() -> None:
    assert read_moment("") == "" and read_moment("八点") is None
    assert read_moment("2026/06/01 20:00") == "2026-06-01T20:00:00.000+08:00"
    assert read_moment("2026-06-01T20:00+00:00") == "2026-06-01T20:00:00.000+00:00"
    assert offset_for(480) == 0 and offset_for(0) == 8 * 3600 * SECOND
