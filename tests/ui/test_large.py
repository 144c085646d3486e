"""Bad input of the sizes that happen: ten thousand findings, a recording of a day and night, a machine without Chinese fonts."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from inspector_app.casefile.case import Case, create
from inspector_app.casefile.changes import Act, insert
from inspector_app.domain.people import Actor, Officer
from inspector_app.domain.records import Chunk, Finding, Original, Record, Recording, Segment, Session, Transcript
from inspector_app.domain.timebase import SECOND
from inspector_app.ui.models.words import short_clock
from inspector_app.ui.shell.window import MainWindow
from inspector_app.ui.steps.watch import WatchStep
from inspector_app.ui.theme import look as looks

MACHINE = Actor("直鉴", machine=True)
AT = "2026-06-01T20:00:00.000+08:00"
DAY_US = 24 * 3600 * SECOND
MANY = 10_000


def finding(number: int, start_us: int, length_us: int) -> Finding:
    return Finding(
        f"fnd_{number}",
        number,
        "rec_1",
        start_us,
        start_us + length_us,
        "全网最低价",
        "",
        "",
        2,
        "draft",
        "张三",
        AT,
        articles=("办法:34-1",),
    )


def shown(qtbot: QtBot, window: MainWindow, folder: Path) -> WatchStep:
    """The watch step with the case read and drawn."""
    assert window.open_case(folder)
    store = window.bench.store
    qtbot.waitUntil(lambda: store.now is not None)
    window.go(1)
    watch = window.bench.watch
    for widget in (watch.transcript.view.viewport(), watch.timeline, watch.findings.table.viewport()):
        widget.repaint()
    return watch


def test_that_ten_thousand_findings_are_listed_scrolled_and_tagged_on(qtbot: QtBot, empty_window: MainWindow, case_folder: Path) -> None:
    with Case(case_folder) as case:
        rows = [finding(n, n * 29 * SECOND // MANY, SECOND) for n in range(1, MANY + 1)]
        case.commit(Act("findings", MACHINE, [insert(row) for row in rows], "rec_1"))
    watch = shown(qtbot, empty_window, case_folder)
    table, model = watch.findings.table, watch.findings_model
    assert model.rowCount() == MANY
    table.scrollToBottom()
    table.viewport().repaint()
    assert table.indexAt(table.viewport().rect().center()).row() > MANY - 40
    watch.coding.do("tap_9")
    qtbot.waitUntil(lambda: model.rowCount() == MANY + 1)
    watch.coding.do("finding_on")
    watch.timeline._show_window(0, 30 * SECOND)
    watch.timeline.repaint()
    empty_window.go(2)
    qtbot.waitUntil(lambda: len(empty_window.bench.evidence.claims) == MANY + 1)
    empty_window.undo()
    qtbot.waitUntil(lambda: model.rowCount() == MANY)


def day_and_night(folder: Path) -> None:
    """A case with a recording of 24 hours whose file is not there: a sentence every half minute, a gap of an hour."""
    officers = [Officer("张三", "1"), Officer("李四", "2")]
    gap = {"start_us": 5 * 3600 * SECOND, "end_us": 6 * 3600 * SECOND, "kind": "disconnect", "class": "network"}
    recording = Recording("rec_1", "ses_1", "o" * 64, "通宵.mp4", "imported", DAY_US, 0, 180, 320, 0, 1, 1, "", "", gaps=(gap,))
    step = 30 * SECOND
    rows: list[Record] = [
        Session("ses_1", "示例平台", "云朵小铺", started_at=AT),
        Original("o" * 64, "s" * 64, 1, "originals/gone.mp4", "recording", "通宵.mp4", "", AT, AT),
        recording,
        Transcript("tra_1", "rec_1", "engine", "base", "m" * 64, "o" * 64, "w" * 64, DAY_US, "done", AT),
        Chunk("chk_1", "tra_1", 0, 0, DAY_US, "done"),
        *(
            Segment(f"seg_{n}", "rec_1", "tra_1", "chk_1", n * step, n * step + 4 * SECOND, "全网最低价", "全网最低价", 900)
            for n in range(DAY_US // step)
        ),
    ]
    with create(folder, number="夜〔2026〕1号", cause="案由", party="某", officers=officers) as case:
        case.commit(Act("import", MACHINE, [insert(row) for row in rows], "rec_1"))


def test_that_a_day_and_a_night_are_shown_to_the_last_second(qtbot: QtBot, empty_window: MainWindow, tmp_path: Path) -> None:
    day_and_night(tmp_path / "通宵")
    watch = shown(qtbot, empty_window, tmp_path / "通宵")
    assert len(watch.transcript_model.rows) == DAY_US // (30 * SECOND)
    watch.coding.do("to_end")
    qtbot.waitUntil(lambda: watch.transcript_model.current == len(watch.transcript_model.rows) - 1)
    bar = watch.transcript.view.verticalScrollBar()
    assert bar.value() > bar.maximum() * 0.95
    for length in (5 * SECOND, 600 * SECOND, DAY_US):
        watch.timeline._show_window(DAY_US - length, length)
        watch.timeline.repaint()
        assert watch.timeline.span == (DAY_US - length, DAY_US)
    watch.playback.seek(DAY_US - 28 * SECOND)
    watch.coding.do("tap_1")
    qtbot.waitUntil(lambda: watch.findings_model.rowCount() == 1)
    assert short_clock(watch.findings_model.rows[0].start_us) == "23:59:30.0"


def test_that_a_machine_without_chinese_fonts_shows_the_window_all_the_same(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Neither a known Chinese face nor the one shipped with the program: the system's own face is used."""
    gone: Callable[..., Path] = tmp_path.joinpath
    monkeypatch.setattr(looks, "_CHINESE", ())
    monkeypatch.setattr(looks, "resource", gone)
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    bare = looks.Look(app)
    assert bare.font().family() == app.font().family() and bare.em > 0
    monkeypatch.setattr(looks, "_current", [bare])
    window.bench.watch.transcript.lines.forget()
    for widget in (window.bench.watch.transcript.view.viewport(), window.bench.watch.timeline):
        widget.repaint()
