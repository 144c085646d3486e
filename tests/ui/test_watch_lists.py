"""The lists beside the transcript in a real window: leads in groups, duties, marks, findings filtered; elements by keyboard; a box; a case without media."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from inspector_app.casefile.case import Case
from inspector_app.casefile.changes import Act, insert
from inspector_app.domain.people import Actor
from inspector_app.domain.records import Exhibit, Finding, Lead, Mark, Track
from inspector_app.domain.timebase import SECOND
from inspector_app.i18n import tr
from inspector_app.ui.models.leads import Wanted, groups
from inspector_app.ui.panes.articles import ElementRow
from inspector_app.ui.shell.window import MainWindow
from inspector_app.ui.steps.watch import WatchStep

STEP_US = 3_500_000


@pytest.fixture
def step(window: MainWindow) -> WatchStep:
    return window.bench.watch


@pytest.fixture
def case(window: MainWindow) -> Case:
    return window.bench.desk.work.opened


def put(case: Case, *rows: Track | Lead) -> None:
    case.commit(Act("screen.done", Actor("直鉴", machine=True), [insert(row) for row in rows], rows[0].id))


def tagged(qtbot: QtBot, step: WatchStep) -> Finding:
    step.playback.seek(STEP_US + SECOND)
    step.coding.press("1")
    qtbot.waitUntil(lambda: step.findings_model.rowCount() == 1)
    return step.findings_model.rows[0]


# -- leads -------------------------------------------------------------------------------------------------------------------------


def test_that_repeats_are_one_group_ranked_by_weight_and_every_press_goes_on_to_the_next(qtbot: QtBot, step: WatchStep, case: Case) -> None:
    first = case.get(Lead, "led_1")
    start = 6 * STEP_US
    put(case, replace(first, id="led_9", start_us=start, end_us=start + SECOND, sources=("seg_6",)))
    qtbot.waitUntil(lambda: len(step._store.now.leads) == 4)
    leads = step.lists.leads
    assert [len(group.leads) for group in leads.groups] == [2, 1, 1]
    assert leads.model.lines[0].cells[1] == "×2"
    leads._press(0)
    assert step.coding.lead_id == "led_1"
    leads._press(0)
    assert step.coding.lead_id == "led_9"
    assert step.playback.position_us == start


def test_that_leads_are_filtered_and_ruled_ones_stay_listed_with_the_reason(qtbot: QtBot, step: WatchStep) -> None:
    leads = step.lists.leads
    leads.search.changed.emit("国家级")
    assert [group.first.id for group in leads.groups] == ["led_2"]
    leads.search.changed.emit("")
    for key in ("Tab", "X", "2"):
        step.coding.press(key)
    qtbot.waitUntil(lambda: [group.first.id for group in leads.groups] == ["led_2", "led_3"])
    leads.state.choose("rejected")
    assert "听错" in leads.model.lines[0].cells[6]
    leads.witness.choose("chat")
    assert leads.groups == []


def test_that_groups_of_the_open_come_before_the_ruled(case: Case) -> None:
    rows = case.find(Lead)
    rows[0] = replace(rows[0], state="rejected", severity=3)
    assert [group.first.state for group in groups(rows, Wanted(state="all"))] == ["open", "open", "rejected"]


# -- duties ------------------------------------------------------------------------------------------------------------------------


def duty(away: list[int]) -> Track:
    proof = [[0, "appears"], [9 * SECOND, "last"], [10 * SECOND, "disappears"], [20 * SECOND, "absent"]]
    facts = {"shown_pm": 333, "read_us": 30 * SECOND, "longest_absence": away, "proof": proof, "unread": []}
    return Track("trk_1", "rec_1", "scr_1", "seller_info", "有限公司", 0, 10 * SECOND, ((0, 10 * SECOND),), (), facts)


def test_that_an_absence_becomes_a_finding_with_the_frames_that_prove_it(qtbot: QtBot, step: WatchStep, case: Case) -> None:
    put(case, duty([10 * SECOND, 30 * SECOND]))
    duties = step.lists.duties
    qtbot.waitUntil(lambda: len(duties.rows) == 1)
    assert duties.model.lines[0].cells[2] == "33.3%"
    assert "tracks" in step.timeline._paint.rows
    step.timeline.grab()
    step.coding.press("F7")
    [finding] = case.find(Finding)
    assert finding.articles == ("办法:26-1",)
    assert (finding.start_us, finding.end_us) == (10 * SECOND, 30 * SECOND)
    assert "33.3%" in finding.note and finding.quote == ""
    stills = case.find(Exhibit, kind="still", order="start_us")
    qtbot.waitUntil(lambda: all(row.sha256 for row in case.find(Exhibit, kind="still")))
    assert [row.start_us // SECOND for row in stills] == [9, 20]


def test_that_what_was_never_away_makes_no_finding(qtbot: QtBot, step: WatchStep, case: Case, window: MainWindow) -> None:
    put(case, duty([]))
    qtbot.waitUntil(lambda: len(step.lists.duties.rows) == 1)
    step.coding.press("F7")
    assert case.count(Finding) == 0
    assert window.hint.text == tr("ui.said.no_absence")


# -- marks -------------------------------------------------------------------------------------------------------------------------


def test_that_marks_are_listed_gone_to_explained_and_taken_away(qtbot: QtBot, step: WatchStep, case: Case) -> None:
    for at in (5 * SECOND, 20 * SECOND):
        step.playback.seek(at)
        step.coding.press("`")
    marks = step.lists.marks
    qtbot.waitUntil(lambda: len(marks.rows) == 2)
    step.playback.seek(0)
    step.coding.press("'")
    assert step.playback.position_us == 5 * SECOND
    marks.write.emit(marks.rows[1])
    step.findings.editor.text.setPlainText("价格牌")
    step.findings.editor.commit()
    qtbot.waitUntil(lambda: marks.model.lines[1].cells[1] == "价格牌")
    marks.press(1)
    assert step.playback.position_us == 20 * SECOND
    step.coding.press("Ctrl+'")
    assert [row.at_us for row in case.find(Mark)] == [5 * SECOND]


# -- findings, elements, box -------------------------------------------------------------------------------------------------------


def test_that_findings_are_filtered_by_words_and_state(qtbot: QtBot, step: WatchStep) -> None:
    tagged(qtbot, step)
    model = step.findings_model
    model.want_words("没有这样的话")
    assert model.rowCount() == 0 and len(model.all) == 1
    model.want_words("最低价")
    model.want_state("withdrawn")
    assert model.rowCount() == 0
    model.want_state("open")
    assert model.rowCount() == 1


def test_that_elements_are_ticked_from_the_keyboard_and_esc_gives_the_keys_back(
    qtbot: QtBot, step: WatchStep, window: MainWindow, case: Case
) -> None:
    finding = tagged(qtbot, step)
    qtbot.waitUntil(lambda: all(row.sha256 for row in case.find(Exhibit, kind="still")))
    qtbot.waitUntil(lambda: any(row.isEnabled() and row.isVisible() for row in step.articles._elements()))
    QTest.keyClick(step, Qt.Key.Key_F4)
    row = window.focusWidget()
    assert isinstance(row, ElementRow)
    was = case.get(Finding, finding.id).elements[row.key]["ticked"]
    QTest.keyClick(row, Qt.Key.Key_Space)
    assert case.get(Finding, finding.id).elements[row.key]["ticked"] != was
    qtbot.waitUntil(lambda: isinstance(window.focusWidget(), ElementRow))
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_Down)
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_Escape)
    assert window.focusWidget() is step


def test_that_a_box_goes_to_the_still_of_the_frame_shown(qtbot: QtBot, step: WatchStep, window: MainWindow, case: Case) -> None:
    finding = tagged(qtbot, step)
    qtbot.waitUntil(lambda: all(row.sha256 for row in case.find(Exhibit, kind="still")))
    qtbot.waitUntil(lambda: step.playback.shown is not None and not step.player.surface.image.isNull())
    step.coding.press("B")
    assert window.focusWidget() is step.boxing
    QTest.keyClick(step.boxing, Qt.Key.Key_Left)
    QTest.keyClick(step.boxing, Qt.Key.Key_Return)
    stills = [row for row in case.find(Exhibit, kind="still") if row.box]
    assert len(stills) == 1 and stills[0].finding_id == finding.id
    x0, y0, x1, y1 = stills[0].box
    assert 0 <= x0 < x1 <= 180 and 0 <= y0 < y1 <= 320
    assert window.focusWidget() is step


# -- bad input ---------------------------------------------------------------------------------------------------------------------


def test_that_a_case_without_its_media_is_coded_all_the_same(qtbot: QtBot, empty_window: MainWindow, case_folder: Path) -> None:
    shutil.rmtree(case_folder / "originals")
    (case_folder / "originals").mkdir()
    assert empty_window.open_case(case_folder)
    step = empty_window.bench.watch
    qtbot.waitUntil(lambda: step._store.now is not None and bool(step._store.now.segments))
    empty_window.go(1)
    qtbot.waitUntil(lambda: bool(step.player.surface.message))
    step.playback.seek(STEP_US + SECOND)
    step.coding.press("1")
    assert empty_window.bench.desk.work.opened.count(Finding) == 1
    step.coding.press("B")
    assert not step.boxing.isVisible()


def test_that_a_case_open_to_be_read_is_never_written(qtbot: QtBot, empty_window: MainWindow, case_folder: Path) -> None:
    desk = empty_window.bench.desk
    assert desk._take(desk._run("case.open", {"folder": case_folder, "read_only": True}))
    step = empty_window.bench.watch
    qtbot.waitUntil(lambda: step._store.now is not None and bool(step._store.now.segments))
    empty_window.pages.setCurrentWidget(empty_window.bench)
    empty_window.go(1)
    head = desk.work.opened.count(Finding)
    for key in ("1", "`", "Tab", "Return", "Y", ";"):
        step.coding.press(key)
    for at in range(0, 4 * SECOND, SECOND // 5):
        step.watching.moved(at, True)
    step.watching.rest()
    assert desk.work.opened.count(Finding) == head
    assert desk.work.opened.count(Mark) == 0
    assert empty_window.hint.text
