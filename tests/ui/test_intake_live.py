"""Live recording in the window: a real broadcaster on loopback, a real recorder, cards that say only what is so, and a window that may go."""

import runpy
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import QEvent
from pytestqt.qtbot import QtBot

from inspector_app.casefile.changes import Act, insert
from inspector_app.commands.recording import control_folder
from inspector_app.domain.people import Actor
from inspector_app.domain.records import Capture, Lead, Recording
from inspector_app.domain.timebase import SECOND
from inspector_app.i18n import LANGUAGES
from inspector_app.intake.live import control
from inspector_app.ui.models.captures import Room, judge
from inspector_app.ui.panes.live import RoomCard, figures, meter
from inspector_app.ui.panes.live_start import address_state
from inspector_app.ui.shell.window import MainWindow
from inspector_app.ui.steps.intake import IntakeStep

from ..patience import until  # noqa: TID252

flvserver = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[1] / "unit" / "intake" / "live" / "flvserver.py")))
CAPTURE = Capture("cap_1", "rec_9", "http://a/live.flv", "auto", "originals/cap_1", "recording", "2026-06-01T20:00:00.000+08:00")
MACHINE = Actor("直鉴", machine=True)


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return flvserver.Film.read(flvserver.make_flv(tmp_path_factory.mktemp("片源") / "b.flv", size="160x120", seconds=6))


@pytest.fixture
def broadcast(film: Any) -> Iterator[Callable[..., Any]]:
    servers = []

    def start(**script: Any) -> Any:
        servers.append(flvserver.Server(flvserver.Script(film, **script)))
        return servers[-1]

    yield start
    for server in servers:
        server.end()


@pytest.fixture
def step(qtbot: QtBot, window: MainWindow) -> IntakeStep:
    window.go(0)
    return window.bench.intake


def said(state: str, count: int, at_ms: int, **more: Any) -> dict[str, Any]:
    return {"state": state, "bytes": count, "at_utc_ms": at_ms, "seconds": 3, **more}


def test_that_recording_is_said_only_while_bytes_grow() -> None:
    first = judge(CAPTURE, said("recording", 1000, 1_000), True, None, 1_500)
    second = judge(CAPTURE, said("recording", 126_000, 2_000), True, first, 2_500)
    assert (second.state, second.rate) == ("recording", 125_000)
    still = judge(CAPTURE, said("recording", 126_000, 8_000), True, second, 8_200)
    assert (still.state, still.rate) == ("stalled", 0) and still.alarming
    assert judge(CAPTURE, said("recording", 126_000, 2_000), True, second, 9_000).state == "silent"
    assert judge(CAPTURE, said("recording", 200_000, 9_000), False, still, 9_100).state == "gone"
    assert judge(CAPTURE, {}, True, None, 500).state == "connecting"
    full = judge(CAPTURE, said("recording", 1, 1, disk={"level": "red", "free": 1, "seconds_left": 60}), True, None, 2)
    assert full.state == "recording" and full.alarming


def test_that_addresses_are_judged_before_anything_is_started() -> None:
    assert address_state("") == "empty"
    assert address_state("https://live.example.com/room/1") == "page"
    assert address_state("https://x.example.com/a/b.flv?sign=1") == "ok"
    assert address_state("rtmp://example.com/live/1") == "ok"
    assert address_state("C:\\录像.mp4") == "scheme" and address_state("file:///a.mp4") == "scheme"
    assert address_state("http://") == "host" and address_state("http://[") == "host"


def test_that_a_meter_and_what_is_wrong_with_the_picture_are_said() -> None:
    assert meter(None) == "未录声音"
    assert meter(-60).startswith("▯▯▯▯▯▯▯▯▯▯") and meter(-30).count("▮") == 5 and meter(0).count("▮") == 10
    view = {"warnings": ["black_picture", "silence"], "level_db": -90, "window": "浏览器"}
    room = judge(CAPTURE, said("recording", 5, 1_000, view=view), True, None, 1_100)
    assert room.state == "recording" and room.alarming and "浏览器" in figures(room)
    assert not judge(CAPTURE, said("planned", 0, 1_000), True, None, 1_100).alarming


def test_that_a_screen_or_a_planned_window_is_asked_for_in_the_form_and_a_trial_leaves_nothing(
    qtbot: QtBot, window: MainWindow, step: IntakeStep, broadcast: Callable[..., Any]
) -> None:
    window.acts.do("record")
    form = step.form
    assert form.isVisible() and form.url.hasFocus()
    form.source.setCurrentIndex(1)
    assert form.address == "screen:?fps=15&sound=off" and form.go.isEnabled()  # the main screen needs no name
    form.source.setCurrentIndex(2)
    assert not form.go.isEnabled()
    form.url.setText("直播 - 浏览器")
    assert form.address == "window:直播 - 浏览器?fps=15&sound=off" and form.go.isEnabled()
    form.starts.setText("晚上")
    assert not form.go.isEnabled() and form.starts.property("wrong")
    form.starts.setText("")
    form.source.setCurrentIndex(0)
    form.url.setText(broadcast().url)
    form.try_out()
    assert not form.go.isEnabled() and "正在试录" in form.found.text()
    qtbot.waitUntil(lambda: "回放：" in form.found.text())
    assert form.go.isEnabled() and "{" not in form.found.text()
    assert window.bench.desk.work.opened.count(Capture) == 0
    window.acts.do("live_mark")
    assert "没有正在录制" in window.hint.text


def test_that_a_stop_is_asked_twice_in_the_button_itself(qtbot: QtBot, step: IntakeStep) -> None:
    card = RoomCard(Room(CAPTURE, "抖音 · 云朵", "recording", 1 << 20, 65, rate=500_000, free=1 << 40, following=True))
    qtbot.addWidget(card)
    stopped: list[str] = []
    card.stop.connect(stopped.append)
    card._stop.click()
    assert stopped == [] and card._stop.text() == "再按一次停止"
    card._stop.click()
    assert stopped == ["cap_1"] and card._stop.text() == "停止"
    line = " ".join(figures(card.room))
    assert "1:05" in line and "4.0 Mbit/s" in line and "未校时" in line
    card.show_room(replace(card.room, state="waiting", trouble={"code": "live.http_status", "facts": {"status": "404"}}))
    assert "404" in card.trouble.text() and "重新取得地址" in card.trouble.text()


def test_that_a_broadcast_is_recorded_from_the_form_watched_on_its_card_and_stopped(
    qtbot: QtBot, window: MainWindow, step: IntakeStep, broadcast: Callable[..., Any]
) -> None:
    case = window.bench.desk.work.opened
    server = broadcast()
    step.open_form()
    form = step.form
    assert not form.go.isEnabled()
    form.url.setText("ftp://a/b")
    assert not form.go.isEnabled() and form.advice.isVisible()
    form.url.setText(server.url + "?token=verysecret")
    form.session.platform.setEditText("抖音")
    form.session.fields["room"].setText("云朵小铺")
    assert form.go.isEnabled()
    form.begin()
    qtbot.waitUntil(lambda: case.count(Capture) == 1 and not form.isVisible())
    qtbot.waitUntil(lambda: [room.state for room in step.live.shown] == ["recording"])
    [room] = step.live.shown
    assert room.name.startswith("抖音 · 云朵小铺") and step.live.isVisible() and step.live_leads.isVisible()
    assert not step.live.banner.isVisible() and "secret" not in room.capture.source
    card = step.live._cards[room.capture.id]
    card._mark.click()
    assert "已标记" in window.hint.text
    qtbot.waitUntil(lambda: case.count(Recording, state="growing") == 1)  # followed into the case as it grows
    qtbot.waitUntil(lambda: step.live.shown[0].watchable)
    for language in LANGUAGES:
        window.set_language(language)
        assert "ui." not in card.figures.text() and card.state.text()
    window.set_language("zh")
    # a lead in what is being recorded comes on top of the feed
    lead = Lead(
        "led_live", room.capture.recording_id, "r", "A01", "speech", SECOND, 2 * SECOND, "全网最低价", "最低价", "", "", 2, "0" * 64, "open"
    )
    case.commit(Act("leads.run", MACHINE, [insert(lead)]))
    qtbot.waitUntil(lambda: "最低价" in step.live_leads.list.item(0).text())
    assert not step.live_leads.sound.isChecked()
    # the window may go: a note says that recording goes on, nothing is asked
    step._leaving.eventFilter(window, QEvent(QEvent.Type.Close))
    assert step._leaving.note is not None and step._leaving.note.isVisible()
    step._leaving.note.close()
    card._stop.click()
    card._stop.click()
    qtbot.waitUntil(lambda: case.get(Capture, room.capture.id).state == "stopped")
    qtbot.waitUntil(lambda: not step.live.isVisible())
    assert case.count(Recording, state="growing") == 0


def test_that_a_recording_outlives_the_case_being_closed_and_is_taken_in_again(
    qtbot: QtBot, window: MainWindow, step: IntakeStep, broadcast: Callable[..., Any], case_folder: Path
) -> None:
    server = broadcast()
    step.open_form()
    step.form.url.setText(server.url)
    step.form.begin()
    work = window.bench.desk.work
    qtbot.waitUntil(lambda: [room.state for room in step.live.shown] == ["recording"])
    folder = control_folder(work, step.live.shown[0].capture)
    window.bench.desk.close_case()
    assert "继续" in window.hint.text and not step.live.isVisible()
    before = int(control.read_state(folder)["bytes"])
    until(lambda: int(control.read_state(folder)["bytes"]) > before, "more bytes")
    assert control.alive(folder)
    assert window.open_case(case_folder)
    window.go(0)
    qtbot.waitUntil(lambda: bool(step.live.shown) and step.live.shown[0].following)
    server.end()
    qtbot.waitUntil(step.live.banner.isVisible)  # nothing grows any more: the red line says so
    assert step.live.alarm.text()
    control.stop(folder)
    case = window.bench.desk.work.opened
    qtbot.waitUntil(lambda: case.find(Capture)[0].state == "stopped")
    recording = case.get(Recording, case.find(Capture)[0].recording_id)
    assert recording.state == "" and recording.duration_us > SECOND
