"""A real case for window tests: a small video made at test time, imported as an inspector's would be, with sentences, captions and leads."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from inspector_app.casefile.case import Case, create
from inspector_app.casefile.changes import Act, insert
from inspector_app.domain.people import Actor, Officer
from inspector_app.domain.records import (
    ChatMessage,
    Chunk,
    Lead,
    Original,
    Recording,
    ScreenRun,
    ScreenText,
    Segment,
    Session,
    Transcript,
)
from inspector_app.domain.timebase import SECOND
from inspector_app.integrity import digests
from inspector_app.ui.app import make_application
from inspector_app.ui.bridge import language as languages
from inspector_app.ui.bridge.settings import Settings
from inspector_app.ui.shell.window import MainWindow

from ..patience import PATIENCE_MS  # noqa: TID252

WORDS = (
    "家人们晚上好，欢迎来到我们的直播间。",
    "今天这款面膜全网最低价，只要九十九块钱三盒。",
    "它是国家级认证的产品，三天美白。",
    "我们家的小瓶装，是自家三款里最轻的一款。",
    "没有任何副作用，孕妇也可以放心用。",
    "还剩最后十单，倒计时三二一。",
    "加微信领取赠品。",
    "今天就到这里，谢谢大家。",
)
#: each sentence lasts three seconds, with half a second of silence behind
STEP_US = 3 * SECOND + SECOND // 2
LENGTH_US = 30 * SECOND
MACHINE = Actor("直鉴", machine=True)


def make_video(path: Path, seconds: int = 30, rate: int = 10, size: tuple[int, int] = (180, 320)) -> None:
    """A portrait MP4 whose picture changes every frame; no sound."""
    width, height = size
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=rate, options={"g": str(rate * 2), "preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.time_base = Fraction(1, rate)
        for number in range(seconds * rate):
            picture = np.full((height, width, 3), (60, 90, 120), dtype=np.uint8)
            picture[number % height, :, :] = 255
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts = number
            out.mux(stream.encode(frame))
        out.mux(stream.encode())


def segment_times(place: int) -> tuple[int, int]:
    return place * STEP_US, place * STEP_US + 3 * SECOND


def fill_case(case: Case, video: Path) -> str:
    """Puts the video and what was heard, seen and hinted into the case; returns the recording's id."""
    digest = digests.hash_file(video)
    target = case.folder / "originals" / f"{digest.sha256}.mp4"
    target.write_bytes(video.read_bytes())
    session = Session("ses_1", "示例平台", "云朵小铺", started_at="2026-06-01T20:00:00.000+08:00")
    relative = target.relative_to(case.folder).as_posix()
    original = Original(
        digest.sha256,
        digest.sm3,
        target.stat().st_size,
        relative,
        "recording",
        video.name,
        str(video),
        session.started_at,
        session.started_at,
    )
    recording = Recording("rec_1", session.id, original.id, "晚场.mp4", "imported", LENGTH_US, 0, 180, 320, 0, 1, 1, "", "")
    transcript = Transcript("tra_1", recording.id, "engine", "base", "m" * 64, "o" * 64, "w" * 64, LENGTH_US, "done", session.started_at)
    chunk = Chunk("chk_1", transcript.id, 0, 0, LENGTH_US, "done")
    segments = [
        Segment(f"seg_{n}", recording.id, transcript.id, chunk.id, *segment_times(n), words, words, 900) for n, words in enumerate(WORDS)
    ]
    segments[3] = replace(segments[3], flags=("low_confidence",), confidence_pm=300)
    run = ScreenRun("scr_1", recording.id, "engine", "o" * 64, "done", session.started_at)
    texts = [
        ScreenText("txt_1", recording.id, run.id, 2 * SECOND, 20 * SECOND, "全网最低价 ¥99", 950, "caption", (10, 10, 100, 40)),
        ScreenText("txt_2", recording.id, run.id, 9 * SECOND, 12 * SECOND, "国家级认证", 950, "caption", (10, 60, 100, 90)),
    ]
    chat = [ChatMessage("msg_1", recording.id, original.id, 5 * SECOND, "用户888", "已拍两件")]
    leads = [
        _lead(1, 1, "全网最低价", "明码标价规定:17-2", "价格"),
        _lead(2, 2, "国家级", "广告法:9-1-3", "绝对化"),
        _lead(3, 4, "没有任何副作用", "办法:34-1", "功效"),
    ]
    rows = [session, original, recording, transcript, chunk, *segments, run, *texts, *chat, *leads]
    case.commit(Act("import", MACHINE, [insert(row) for row in rows], recording.id))
    return recording.id


def _lead(number: int, place: int, matched: str, article: str, name: str) -> Lead:
    start, end = segment_times(place)
    return Lead(
        f"led_{number}",
        "rec_1",
        f"rule.{name}",
        "A01",
        "speech",
        start,
        end,
        WORDS[place],
        matched,
        f"出现“{matched}”，画面未出示依据。",
        f"“{matched}” is said and no basis is shown.",
        2,
        "r" * 64,
        "open",
        possible_exemption="与自家商品比较",
        articles=(article,),
        sources=(f"seg_{place}",),
    )


@pytest.fixture(scope="session")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("media") / "晚场 录像.mp4"
    make_video(path)
    return path


@pytest.fixture
def case_folder(tmp_path: Path, video: Path) -> Path:
    """A closed case ready to be opened, in a path with Chinese characters and a blank."""
    folder = tmp_path / "案件 一"
    officers = [Officer("张三", "沪-001"), Officer("李四", "沪-002")]
    with create(folder, number="沪市监〔2026〕147号", cause="涉嫌虚假宣传", party="云朵小铺", officers=officers) as case:
        fill_case(case, video)
    return folder


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(tmp_path / "config" / "window.json")


@pytest.fixture(scope="session")
def qapp_cls() -> type:
    from PySide6.QtWidgets import QApplication

    return QApplication


class PatientBot(QtBot):
    """Waits as long as a slow, loaded machine may need: the limit says that something never came, it measures nothing."""

    def waitUntil(self, callback: Callable[[], object], *, timeout: int = PATIENCE_MS) -> None:  # the name is pytest-qt's
        super().waitUntil(callback, timeout=timeout)

    def waitSignal(self, signal: object, *, timeout: int = PATIENCE_MS, **words: Any) -> Any:  # likewise
        return super().waitSignal(signal, timeout=timeout, **words)


@pytest.fixture
def qtbot(qapp: object, request: pytest.FixtureRequest) -> QtBot:
    """pytest-qt's own, with patience."""
    return PatientBot(request)


@pytest.fixture
def empty_window(qtbot: QtBot, settings: Settings) -> Iterator[MainWindow]:
    """The window on its start screen, in Chinese."""
    make_application(settings, "zh")
    window = MainWindow(settings)
    window.resize(1366, 768)
    window.show()
    yield window
    window.close()
    window.deleteLater()
    languages.use("zh")


@pytest.fixture
def window(qtbot: QtBot, empty_window: MainWindow, case_folder: Path) -> MainWindow:
    """The window with the case open on the watch step and everything of the recording loaded."""
    assert empty_window.open_case(case_folder)
    store = empty_window.bench.store
    qtbot.waitUntil(lambda: store.now is not None and bool(store.now.segments))
    empty_window.go(1)
    return empty_window
