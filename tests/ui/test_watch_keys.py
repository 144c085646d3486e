"""Every key of the product's table, pressed in the real window, has its effect; and keys pressed faster than panes are refreshed do what they mean."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from inspector_app.domain.records import Exhibit, Finding, Lead, Mark, Segment
from inspector_app.domain.timebase import SECOND
from inspector_app.i18n import tr
from inspector_app.ui.input.acts import ACTS
from inspector_app.ui.shell.window import MainWindow

STEP_US = 3_500_000


@dataclass
class Before:
    """The window with a finding on the second sentence at hand, and how things stood before the key."""

    window: MainWindow
    qtbot: QtBot
    finding: Finding
    at_us: int

    @property
    def now_us(self) -> int:
        return self.window.bench.watch.playback.position_us

    def finding_now(self) -> Finding:
        return self.window.bench.desk.work.opened.get(Finding, self.finding.id)

    def count(self, record: type) -> int:
        return self.window.bench.desk.work.opened.count(record)


def press(window: MainWindow, key: str) -> None:
    """The first stroke of a portable key text, to whatever has the focus."""
    stroke = QKeySequence(key)[0]
    QTest.keyClick(window.focusWidget() or window, stroke.key(), stroke.keyboardModifiers())


@pytest.fixture
def before(qtbot: QtBot, window: MainWindow) -> Before:
    watch = window.bench.watch
    qtbot.waitUntil(lambda: watch.player._store.now is not None and not watch.player.surface.image.isNull())
    watch.playback.seek(STEP_US + SECOND)
    press(window, "1")
    qtbot.waitUntil(lambda: watch.findings_model.rowCount() == 1)
    watch.playback.seek(2 * STEP_US + SECOND)
    [finding] = window.bench.desk.work.opened.find(Finding)
    qtbot.waitUntil(lambda: any(row.isEnabled() for row in watch.articles._elements()))  # its card is there to be ticked
    return Before(window, qtbot, finding, 2 * STEP_US + SECOND)


def _sentence(before: Before, place: int) -> Segment:
    return before.window.bench.desk.work.opened.get(Segment, f"seg_{place}")


def _moved(by_us: int) -> Callable[[Before], bool]:
    return lambda before: before.now_us == before.at_us + by_us


def _playing_near(us: Callable[[Finding], int]) -> Callable[[Before], bool]:
    return lambda before: before.window.bench.watch.playback.playing and abs(before.now_us - us(before.finding)) <= SECOND + SECOND // 10


EFFECTS: dict[str, Callable[[Before], bool]] = {
    "play": lambda before: before.window.bench.watch.playback.playing,
    "shuttle_on": lambda before: before.window.bench.watch.playback.playing,
    "shuttle_back": lambda before: before.window.bench.watch.playback._back.isActive(),
    "pause": lambda before: not before.window.bench.watch.playback.playing,
    "back": _moved(-2 * SECOND),
    "on": _moved(2 * SECOND),
    "back_far": lambda before: before.now_us == 0,
    "on_far": _moved(10 * SECOND),
    "frame_back": lambda before: before.at_us - SECOND // 4 <= before.now_us < before.at_us,
    "frame_on": lambda before: before.at_us < before.now_us <= before.at_us + SECOND // 4,
    "slower": lambda before: before.window.bench.watch.playback.speed == 75,
    "faster": lambda before: before.window.bench.watch.playback.speed == 125,
    "normal_speed": lambda before: before.window.bench.watch.playback.speed == 100,
    "sentence_back": lambda before: before.now_us == STEP_US,
    "sentence_on": lambda before: before.now_us == 3 * STEP_US,
    "finding_back": lambda before: before.now_us == before.finding.start_us,
    "finding_on": lambda before: before.now_us == before.finding.start_us,
    "lead_on": lambda before: before.window.bench.watch.coding.lead_id == "led_3",
    "lead_back": lambda before: before.window.bench.watch.coding.lead_id == "led_2",
    "go_to": lambda before: before.window.palette_.isVisible(),
    "find_article": lambda before: before.window.palette_.isVisible(),
    "repeat": lambda before: before.count(Finding) == 2,
    "mark": lambda before: before.count(Mark) == 1,
    "set_in": lambda before: before.finding_now().start_us == before.finding.start_us,  # behind the out point: refused and said
    "set_out": lambda before: before.finding_now().end_us == before.at_us,
    "in_back": lambda before: before.finding_now().start_us < before.finding.start_us,
    "in_on": lambda before: before.finding_now().start_us > before.finding.start_us,
    "out_back": lambda before: before.finding_now().end_us < before.finding.end_us,
    "out_on": lambda before: before.finding_now().end_us > before.finding.end_us,
    "play_finding": _playing_near(lambda finding: finding.start_us),
    "play_before": _playing_near(lambda finding: finding.start_us),
    "play_after": _playing_near(lambda finding: finding.end_us),
    "play_first": _playing_near(lambda finding: finding.start_us),
    "play_last": _playing_near(lambda finding: finding.end_us),
    "note": lambda before: before.window.bench.watch.findings.is_typing,
    "severity": lambda before: before.finding_now().severity == 3,
    "still": lambda before: len(before.window.bench.desk.work.opened.find(Exhibit, kind="still")) == 2,
    "box": lambda before: before.window.bench.watch.boxing.isVisible(),
    "correct": lambda before: before.window.bench.watch.transcript.inplace.field is not None,
    "speaker": lambda before: _sentence(before, 2).speaker == "host",
    "confirm": lambda before: bool(_sentence(before, 2).confirmed_by),
    "merge": lambda before: _sentence(before, 2).state == "replaced" and _sentence(before, 3).state == "replaced",
    "restore": lambda before: tr("ui.said.is_machine") in before.window.hint.text,
    "replace": lambda before: before.window.bench.watch.transcript.replacing.isVisible(),
    "elements": lambda before: type(before.window.focusWidget()).__name__ == "ElementRow",
    "lists": lambda before: before.window.bench.watch.lists.panel.name == "leads",
    "withdraw": lambda before: before.finding_now().state == "withdrawn",
    "search": lambda before: before.window.focusWidget() is before.window.bench.watch.transcript.field,
    "palette": lambda before: before.window.palette_.isVisible(),
    "sheet": lambda before: before.window.sheet.isVisible(),
    "undo": lambda before: before.count(Finding) == 0,
    "saved": lambda before: before.window.bench.desk.saved_clock in before.window.hint.text,
    **{f"tap_{digit}": lambda before: before.count(Finding) == 2 for digit in range(10)},
}


@pytest.mark.parametrize("act", EFFECTS)
def test_that_a_key_of_the_table_does_what_it_says(before: Before, act: str) -> None:
    press(before.window, ACTS[act].keys[0])
    before.qtbot.waitUntil(lambda: EFFECTS[act](before))
    before.window.bench.watch.playback.pause()


def test_that_every_act_of_coding_is_in_the_table_or_tested_beside_it() -> None:
    beside = {"accept", "accept_other", "reject", "leave", "to_start", "to_end", "mark_on", "mark_off", "duty"}
    assert {name for name, act in ACTS.items() if act.scope == "coding"} - set(EFFECTS) == beside


# -- faster than the panes ---------------------------------------------------------------------------------------------------------


def burst(window: MainWindow, *keys: str) -> None:
    """Keys one after another with no event of the window handled between them, as keys held up by a busy machine arrive."""
    for key in keys:
        assert window.bench.watch.coding.press(key)


def test_that_digits_in_a_burst_extend_and_add_articles_and_never_double(window: MainWindow) -> None:
    case = window.bench.desk.work.opened
    window.bench.watch.playback.seek(STEP_US + SECOND)
    burst(window, "1", "8", "2", "1")
    [finding] = case.find(Finding)
    assert finding.articles == ("办法:34-1", "广告法:9-1-3", "办法:32")
    assert (finding.start_us, finding.end_us) == (STEP_US, 2 * STEP_US + 3 * SECOND)


def test_that_mending_in_a_burst_adds_up(qtbot: QtBot, window: MainWindow) -> None:
    case, watch = window.bench.desk.work.opened, window.bench.watch
    qtbot.waitUntil(lambda: not watch.player.surface.image.isNull())
    watch.playback.seek(STEP_US + SECOND)
    burst(window, "1", "V", "V", "Alt+Right", "Alt+Right", "Alt+Right")
    [finding] = case.find(Finding)
    assert finding.severity == 1
    assert finding.start_us >= STEP_US + 3 * SECOND // 30


def test_that_leads_are_ruled_in_a_burst_each_once(window: MainWindow) -> None:
    case = window.bench.desk.work.opened
    burst(window, "Tab", "Return", "Return", "Tab", "X", "2", "Tab", "Return")
    assert [row.state for row in case.find(Lead, order="id")] == ["accepted", "rejected", "accepted"]
    assert case.count(Finding) == 2
