"""Tying a chat log to the recording by two points: chosen, previewed, applied in one act, taken back."""

import pytest
from pytestqt.qtbot import QtBot

from inspector_app.casefile.changes import Act, insert
from inspector_app.domain.people import Actor
from inspector_app.domain.records import ChatLog, ChatMessage, Original
from inspector_app.domain.timebase import SECOND
from inspector_app.ui.panes.chatalign import ChatAlign
from inspector_app.ui.shell.window import MainWindow

LOG = "c" * 64


@pytest.fixture
def align(qtbot: QtBot, window: MainWindow) -> ChatAlign:
    """A log of five lines and a combo, ten seconds late and slightly slow, chosen in the table."""
    case = window.bench.desk.work.opened
    at = "2026-06-01T20:00:00.000+08:00"
    rows = [ChatMessage(f"m{n}", "rec_1", LOG, n * SECOND, "甲", f"第{n}条") for n in range(1, 6)]
    rows += [ChatMessage(f"g{n}", "rec_1", LOG, 6 * SECOND + n, "乙", "送花", "gift", group_key="k", count=n) for n in (1, 2, 3)]
    rows.append(ChatMessage("mark", "rec_1", LOG, 7 * SECOND, "丙", "a\u202eb"))
    original = Original(LOG, "d" * 64, 9, f"originals/{LOG}", "chat", "弹幕.json", "/x/弹幕.json", at, at)
    log = ChatLog("log_1", "rec_1", LOG, "json", facts={"laid": 9, "unread": 0, "unplaced": 0, "zone_assumed": 0, "done": 1})
    case.commit(Act("import", Actor("直鉴", machine=True), [insert(row) for row in (original, log, *rows)], "rec_1"))
    window.go(0)
    step = window.bench.intake
    qtbot.waitUntil(lambda: len(step.model.rows) == 2)
    step.table.choose_key(LOG)
    qtbot.waitUntil(lambda: bool(step.align.model.all))
    return step.align


def pick(align: ChatAlign, place: int, number: int, moment: str) -> None:
    align.list.setCurrentIndex(align.model.index(place))
    align.points[number].take.click()
    align.points[number].field.setText(moment)


def at_of(window: MainWindow) -> list[int]:
    return [row.at_us for row in window.bench.desk.work.opened.find(ChatMessage, order="rowid", original_id=LOG)]


def test_that_combos_are_folded_and_marks_that_turn_words_are_made_visible(align: ChatAlign) -> None:
    assert [line.text for line in align.model.all][-2:] == ["乙：送花 ×3", "丙：a\\u202eb"]
    align.search.setText("第3")
    assert len(align.model.shown) == 1 and align.isVisible()


def test_that_two_points_are_previewed_applied_in_one_act_and_taken_back(qtbot: QtBot, window: MainWindow, align: ChatAlign) -> None:
    before = at_of(window)
    assert not align.keep.isEnabled()
    window.bench.watch.playback.seek(11 * SECOND)
    align.list.setCurrentIndex(align.model.index(0))
    align.points[0].take.click()
    assert align.points[0].field.text() == "00:00:11.000"  # where the player stands
    assert "+10.000" in align.result.text() and "→ 00:00:11.000" in str(align.model.index(0).data())
    pick(align, 4, 1, "00:00:15.004")
    assert "+1000 ppm" in align.result.text() and at_of(window) == before
    align.keep.click()
    qtbot.waitUntil(lambda: at_of(window) != before)
    assert at_of(window)[0] == 11 * SECOND and at_of(window)[4] == 15 * SECOND + 4000
    qtbot.waitUntil(align.back.isEnabled)
    window.undo()
    assert at_of(window) == before


def test_that_points_that_cannot_be_are_refused_in_place(align: ChatAlign) -> None:
    pick(align, 0, 0, "00:00:01.000")
    pick(align, 1, 1, "00:09:00.000")
    assert not align.keep.isEnabled() and "对照点" in align.result.text()
    align.points[1].field.setText("later")
    assert align.points[1].field.property("wrong") and align.keep.isEnabled()  # one point is left
    align.points[0].field.clear()
    assert not align.keep.isEnabled()
