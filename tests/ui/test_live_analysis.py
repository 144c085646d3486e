"""Heard, read and searched while it is recorded, from the window alone: the switch in the form, the card's line, leads as they come; and a pause."""

import runpy
import subprocess
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from inspector_app.domain.records import Capture, Job, Lead, Recording, ScreenText, Segment
from inspector_app.jobs.live import Backlog
from inspector_app.resources import resource
from inspector_app.speech import packs
from inspector_app.ui.models.captures import Room
from inspector_app.ui.panes.live import RoomCard, analysed
from inspector_app.ui.shell.window import MainWindow
from inspector_app.ui.steps.intake import IntakeStep

flvserver = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[1] / "unit" / "intake" / "live" / "flvserver.py")))
CAPTURE = Capture("cap_1", "rec_9", "http://a/live.flv", "auto", "originals/cap_1", "recording", "2026-06-01T20:00:00.000+08:00")

needs_model = pytest.mark.skipif(not any(pack.name == "base" for pack in packs.installed()), reason="the model base is not installed")


@pytest.fixture
def step(window: MainWindow) -> IntakeStep:
    window.go(0)
    return window.bench.intake


@pytest.fixture
def talk(tmp_path: Path) -> Iterator[Any]:
    """A broadcast that talks: the sample's picture and speech, over and over."""
    path = tmp_path / "说话.flv"
    encoded = ["-c:v", "libx264", "-preset", "ultrafast", "-g", "25", "-r", "25", "-c:a", "aac", "-ar", "44100", "-f", "flv", str(path)]
    subprocess.run(["ffmpeg", "-v", "error", "-i", str(resource("demo", "live_room.mp4")), "-t", "30", *encoded], check=True)
    server = flvserver.Server(flvserver.Script(flvserver.Film.read(path), speed=2))
    yield server
    server.end()


def test_that_the_switch_is_on_where_a_model_is_here_off_where_none_is_and_remembers(
    window: MainWindow, step: IntakeStep, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = step.form
    with monkeypatch.context() as patch:
        patch.setattr(packs, "installed", lambda: [object()])
        step.open_form()
        assert form.analyse.isEnabled() and form.analyse.isChecked() and form.analyse.toolTip()
        form.analyse.click()
        form.close_form()
        step.open_form()
        assert form.analyse.isEnabled() and not form.analyse.isChecked()
        form.analyse.click()
        case = window.bench.desk.work.opened
        patch.setattr(case, "count", lambda *_, **equal: int(equal == {"kind": "live", "state": "running"}))
        step.open_form()
        assert form.analyse.isEnabled() and not form.analyse.isChecked() and "另一路" in form.analyse.toolTip()
    monkeypatch.setenv("ZHIJIAN_MODELS", str(tmp_path / "无"))
    step.open_form()
    assert not form.analyse.isEnabled() and not form.analyse.isChecked() and "模型" in form.analyse.toolTip()


def test_that_the_card_says_how_far_it_is_heard_and_what_is_being_said() -> None:
    room = Room(CAPTURE, "云朵", "recording")
    assert analysed(room) == ""
    room = Room(CAPTURE, "云朵", "recording", analysis=Backlog(90_000_000, 65_000_000, 30_000_000), saying="全网最低")
    assert "1:05" in analysed(room) and "0:30" in analysed(room) and "全网最低" in analysed(room) and "未定稿" in analysed(room)
    later = Room(CAPTURE, "云朵", "recording", analysis=Backlog(90_000_000, 1, 1, screen_later=True))
    assert "录完再识别" in analysed(later)


def test_that_a_pause_is_asked_for_on_the_card_and_ended_there(qtbot: QtBot, step: IntakeStep) -> None:
    card = RoomCard(Room(CAPTURE, "云朵", "recording"))
    qtbot.addWidget(card)
    asked: list[tuple[str, bool]] = []
    card.pause.connect(lambda capture, on: asked.append((capture, on)))
    card._pause.click()
    card.show_room(Room(CAPTURE, "云朵", "paused"))
    assert card._pause.text() == "继续" and card.state.text() == "已暂停" and not card.room.alarming
    card._pause.click()
    assert asked == [("cap_1", True), ("cap_1", False)]


@needs_model
def test_that_a_broadcast_is_heard_read_and_searched_from_the_window_while_it_is_recorded(
    qtbot: QtBot, window: MainWindow, step: IntakeStep, talk: Any
) -> None:
    case = window.bench.desk.work.opened
    window.bench.chain.pause.setInterval(100)
    step.open_form()
    step.form.url.setText(talk.url)
    assert step.form.analyse.isChecked()
    step.form.begin()
    qtbot.waitUntil(lambda: bool(case.find(Job, kind="live")))
    qtbot.waitUntil(lambda: bool(step.live.shown))
    capture = step.live.shown[0].capture

    def rows(record: Any) -> int:
        return int(case.count(record, recording_id=capture.recording_id))

    qtbot.waitUntil(lambda: rows(Segment) > 0 and rows(ScreenText) > 0 and rows(Lead) > 0)
    assert case.get(Recording, capture.recording_id).state == "growing", "all of it while it is recorded"
    card = step.live._cards[capture.id]
    qtbot.waitUntil(lambda: "已识别" in card.heard.text())
    qtbot.waitUntil(lambda: step.live_leads.note.text() != "")
    card._stop.click()
    card._stop.click()
    qtbot.waitUntil(lambda: case.find(Job, kind="live")[0].state == "done")
    assert case.get(Recording, capture.recording_id).state == ""
