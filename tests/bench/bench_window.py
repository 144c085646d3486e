"""Prints what the window costs on a long case made on the spot: opening, memory, a digit, frames of transcript and timeline, steps and pages.

Run as `python tests/bench/bench_window.py [CASE] [--hours 4] [--findings 200] [--keep FOLDER]`, on a display or with
QT_QPA_PLATFORM=offscreen, on a machine with nothing else to do. With CASE it works on a copy of that. CPU seconds count all threads of this
process; frames are CPU of the window's thread; holds of the event loop are told in CPU of that thread (the bar) and by the clock, which only means
something on a calm machine. Ends with status 1 where a bar is broken.
"""

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from inspector_app.casefile.case import Case, create
from inspector_app.casefile.changes import Act, insert
from inspector_app.domain.people import Actor, Officer
from inspector_app.domain.records import (
    ChatMessage,
    Chunk,
    Finding,
    Lead,
    Original,
    Record,
    Recording,
    ScreenRun,
    ScreenText,
    Segment,
    Session,
    Track,
    Transcript,
)
from inspector_app.domain.timebase import SECOND
from inspector_app.integrity import digests
from inspector_app.ui.app import make_application
from inspector_app.ui.bridge.settings import Settings
from inspector_app.ui.bridge.watchdog import LIMIT_MS, Stall, Watchdog
from inspector_app.ui.shell.window import MainWindow

FRAME_MS, DIGIT_MS, OPEN_S, MEMORY_MB = 32, 50, 1.0, 400
_MACHINE = Actor("直鉴", machine=True)
_WORDS = (
    "家人们今天这款面膜全网最低价，只要九十九块钱三盒，",
    "它是国家级认证的产品，三天就能看到效果，",
    "喜欢的宝宝点一下左下角的小黄车，",
    "没有任何副作用，孕妇也可以放心用，一次讲不完的我们慢慢讲，先看看它的成分表和产地，再看看别人家卖多少钱，",
    "还剩最后十单，倒计时三二一。",
)

# -- the case ----------------------------------------------------------------------------------------------------------------------


def make_case(folder: Path, hours: float, findings: int) -> None:
    """A broadcast of `hours` with a sentence every 2.4 s, and for four hours 2,000 screen texts, 50,000 messages and 500 leads."""
    length, share = int(hours * 3600) * SECOND, hours / 4
    video = folder.parent / "long.mp4"
    _make_video(video, length // SECOND)
    with create(
        folder, number="沪市监〔2026〕147号", cause="涉嫌虚假宣传", party="云朵小铺", officers=[Officer("张三", "1"), Officer("李四", "2")]
    ) as case:
        _fill(case, video, length, share, findings)


def _make_video(path: Path, seconds: int) -> None:
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=1, options={"g": "2", "preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = 90, 160, "yuv420p"
        stream.time_base = Fraction(1, 1)
        for number in range(seconds):
            picture = np.full((160, 90, 3), 60, dtype=np.uint8)
            picture[number % 160] = 255
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts = number
            out.mux(stream.encode(frame))
        out.mux(stream.encode())


def _fill(case: Case, video: Path, length: int, share: float, findings: int) -> None:
    digest = digests.hash_file(video)
    target = case.folder / "originals" / f"{digest.sha256}.mp4"
    shutil.copyfile(video, target)
    at = "2026-06-01T20:00:00.000+08:00"
    session = Session("ses_1", "示例平台", "云朵小铺", started_at=at)
    path = target.relative_to(case.folder).as_posix()
    original = Original(digest.sha256, digest.sm3, target.stat().st_size, path, "recording", video.name, str(video), at, at)
    recording = Recording("rec_1", session.id, original.id, "晚场.mp4", "imported", length, 0, 90, 160, 0, 1, 0, "", "")
    transcript = Transcript("tra_1", recording.id, "engine", "base", "m" * 64, "o" * 64, "w" * 64, length, "done", at)
    run = ScreenRun("scr_1", recording.id, "engine", "o" * 64, "done", at)
    rows: list[Record] = [session, original, recording, transcript, run, Chunk("chk_1", transcript.id, 0, 0, length, "done")]
    step = length // max(1, int(6000 * share))
    for n in range(int(6000 * share)):
        words = _WORDS[n % len(_WORDS)]
        flags = ("low_confidence",) if n % 17 == 0 else ()
        rows.append(
            Segment(f"seg_{n}", recording.id, transcript.id, "chk_1", n * step, n * step + step * 9 // 10, words, words, 900, flags=flags)
        )
    for n in range(int(2000 * share)):
        start = n * length // max(1, int(2000 * share))
        rows.append(
            ScreenText(
                f"txt_{n}", recording.id, run.id, start, start + 20 * SECOND, f"直播价 ¥{90 + n % 20}/盒", 950, "price", (10, 10, 60, 30)
            )
        )
    spoken = max(1, int(50_000 * share))
    rows += [
        ChatMessage(f"msg_{n}", recording.id, original.id, n * length // spoken, f"用户{n % 997}", "已拍，什么时候发货")
        for n in range(spoken)
    ]
    for n in range(int(500 * share)):
        place = n * 12 % max(1, int(6000 * share))
        rows.append(_lead(n, place, step))
    rows += _tracks(recording.id, run.id, length)
    case.commit(Act("import", _MACHINE, [insert(row) for row in rows], recording.id))
    made = [_finding(n, n * length // max(1, findings), at) for n in range(findings)]
    case.commit(Act("findings", _MACHINE, [insert(row) for row in made], recording.id))


def _lead(n: int, place: int, step: int) -> Lead:
    words = _WORDS[place % len(_WORDS)]
    return Lead(
        f"led_{n}", "rec_1", "A01-absolute", "A01", "speech", place * step, place * step + step * 9 // 10, words, words[5:9], "出现绝对化用语。",
        "Absolute terms.", 1 + n % 3, "r" * 64, "open", articles=("广告法:9-1-3",), sources=(f"seg_{place}",), group_key=f"g{n % 120}",
    )  # fmt: skip


def _finding(n: int, start: int, at: str) -> Finding:
    elements = {"a": {"exhibits": [], "ticked": n % 2}}
    return Finding(
        f"fnd_{n}", n + 1, "rec_1", start, start + 4 * SECOND, _WORDS[n % len(_WORDS)], "", "", 2, "draft", "张三", at, articles=("办法:34-1",),
        elements=elements,
    )  # fmt: skip


def _tracks(recording: str, run: str, length: int) -> list[Track]:
    series = tuple((at, 300 - at // SECOND % 300) for at in range(0, length, 10 * SECOND))
    away = {"shown_pm": 500, "read_us": length, "longest_absence": [length // 2, length], "proof": [[length * 3 // 4, "absent"]]}
    return [
        Track("trk_1", recording, run, "seller_info", "有限公司", 0, length // 2, ((0, length // 2),), (), away),
        Track("trk_2", recording, run, "countdown", "倒计时", 0, length, ((0, length),), series, {}),
    ]


# -- measuring ---------------------------------------------------------------------------------------------------------------------


class Figures:
    """Prints rows and remembers what is over its bar."""

    def __init__(self) -> None:
        self.bad: list[str] = []

    def row(self, name: str, value: float, unit: str, bar: float | None = None) -> None:
        over = bar is not None and value > bar
        told = "" if bar is None else f"   bar {bar:g}{' OVER' if over else ''}"
        print(f"{name:44}{value:10.2f} {unit:3}{told}", flush=True)
        if over:
            self.bad.append(name)


def settle(ms: int) -> None:
    loop = QEventLoop()
    QTimer.singleShot(ms, loop.quit)
    loop.exec()


def wait(holds: Callable[[], bool], ms: int = 60_000) -> None:
    until = time.monotonic() + ms / 1000
    while not holds():
        if time.monotonic() > until:
            raise SystemExit("the window did not get there")
        settle(5)


def cpu() -> float:
    return sum(os.times()[:2])


def memory_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1]) if Path("/proc/self/statm").exists() else 0
    return pages * 4096 / 2**20 or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def frame(widget: QWidget) -> float:
    """CPU of the window's thread for one frame, in milliseconds."""
    began = time.thread_time()
    widget.repaint()
    QApplication.processEvents(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
    return (time.thread_time() - began) * 1000


def frames(window: MainWindow, rounds: int) -> dict[str, list[float]]:
    """Scrolls, plays on, zooms and moves the window of the timeline; the frames of each."""
    watch = window.bench.watch
    view, bar, line = watch.transcript.view, watch.transcript.view.verticalScrollBar(), watch.timeline
    found: dict[str, list[float]] = {
        "scroll the transcript": [],
        "jump in the transcript": [],
        "move the timeline": [],
        "zoom the timeline": [],
    }
    duration = watch._store.duration_us
    for n in range(rounds):
        bar.setValue((bar.value() + 60) % max(1, bar.maximum()))
        found["scroll the transcript"].append(frame(view.viewport()))
        if n % 4 == 0:
            bar.setValue(bar.maximum() * (n * 37 % 100) // 100)
            found["jump in the transcript"].append(frame(view.viewport()))
        line._show_window(n * 7 * SECOND % duration, 10 * 60 * SECOND)
        found["move the timeline"].append(frame(line))
        line._show_window(0, max(10 * SECOND, duration * (n % 50 + 1) // 50))
        found["zoom the timeline"].append(frame(line))
    return found


@contextmanager
def watched(name: str, figures: Figures) -> Iterator[None]:
    """Prints how long the event loop stood still while something was done, and what held it."""
    dog, began = Watchdog(), cpu()
    settle(30)
    yield
    settle(700)
    stalls = dog.stop()
    print(f"   {cpu() - began:6.2f} s CPU", end="   ")
    holds(name, dog, stalls, figures)


def holds(name: str, dog: Watchdog, stalls: list[Stall], figures: Figures) -> None:
    """The longest standstill, and the stack of each that worked for longer than the limit."""
    figures.row(f"hold: {name}", dog.longest_cpu_ms, "ms", LIMIT_MS)
    print(f"          by the clock {dog.longest_ms} ms")
    for stall in stalls:
        if stall.cpu_ms > LIMIT_MS:
            print("       ", str(stall).replace("\n", "\n        "))


def digits(window: MainWindow, figures: Figures) -> None:
    """From the key to the row in the list, each on a sentence of its own."""
    watch, model = window.bench.watch, window.bench.watch.findings_model
    taken, rows = [], watch._store.now.segments if watch._store.now else []
    for n in range(10):
        watch.playback.seek(rows[(n * 577 + 3) % len(rows)].start_us + SECOND // 2)
        settle(150)
        before = len(model.rows)
        began, used = time.monotonic(), time.thread_time()
        watch.coding.do(f"tap_{n}")
        while len(model.rows) == before and time.monotonic() - began < 5:
            QApplication.processEvents()
        frame(watch.findings.table.viewport())
        taken.append(((time.thread_time() - used) * 1000, (time.monotonic() - began) * 1000))
    figures.row("digit → row, CPU of the window, median", statistics.median(one for one, _ in taken), "ms", DIGIT_MS)
    figures.row("digit → row, wall, median", statistics.median(two for _, two in taken), "ms")


def measure(window: MainWindow, folder: Path, figures: Figures) -> None:
    began, wall = cpu(), time.monotonic()
    bench = window.bench
    settle(500)
    figures.row("the rooms loaded", cpu() - began, "s")
    dog = Watchdog()
    began, wall = cpu(), time.monotonic()
    if not window.open_case(folder):
        raise SystemExit("the case was not opened")
    window.go(1)
    wait(lambda: bench.store.now is not None and bool(bench.watch.transcript_model.rows))
    bench.watch.transcript.view.viewport().repaint()
    figures.row("case open and shown", cpu() - began, "s", OPEN_S)
    figures.row("case open and shown, wall", time.monotonic() - wall, "s")
    settle(3000)
    stalls = dog.stop()
    holds("opening", dog, stalls, figures)
    figures.row("memory with the case open", memory_mb(), "MB", MEMORY_MB)
    for name, values in frames(window, 200).items():
        figures.row(f"frame: {name}, median", statistics.median(values), "ms")
        figures.row(f"frame: {name}, worst", max(values), "ms", FRAME_MS)
    digits(window, figures)
    for name, act in (
        *((f"step {place + 1}", lambda place=place: window.go(place)) for place in range(5)),
        ("settings", lambda: window.show_page("settings")),
        ("keys", lambda: window.show_page("keys")),
        ("handbook", lambda: window.show_page("handbook")),
        ("back to the watch step", lambda: window.go(1)),
        ("next lead", lambda: window.acts.do("lead_on")),
        ("accept", lambda: window.acts.do("accept")),
        ("digit", lambda: window.acts.do("tap_1")),
        ("list of leads", lambda: window.acts.do("lists")),
        ("undo", window.undo),
        ("history", window.open_history),
    ):
        with watched(name, figures):
            act()
    figures.row("memory at the end", memory_mb(), "MB", MEMORY_MB)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("case", nargs="?", type=Path)
    parser.add_argument("--hours", type=float, default=4)
    parser.add_argument("--findings", type=int, default=200)
    parser.add_argument("--keep", type=Path, help="folder in which the case made is kept, to be used again")
    parser.add_argument("--make", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.make:
        make_case(given.case, given.hours, given.findings)
        return 0
    figures = Figures()
    with tempfile.TemporaryDirectory() as holder:
        folder = Path(holder) / "案件"
        if given.case is not None:
            shutil.copytree(given.case, folder)
        else:  # in a process of its own: what making it takes is no memory of the window
            words = [sys.executable, __file__, str(folder), "--make", "--hours", str(given.hours), "--findings", str(given.findings)]
            subprocess.run(words, check=True)
        if given.keep is not None:
            shutil.copytree(folder, given.keep)
        settings = Settings(Path(holder) / "window.json")
        make_application(settings, "zh")
        window = MainWindow(settings)
        window.resize(1366, 768)
        window.show_when_painted()
        settle(3000)
        measure(window, folder, figures)
        window.close()
    print("over the bar:", ", ".join(figures.bad) or "nothing")
    return 1 if figures.bad else 0


if __name__ == "__main__":
    sys.exit(main())
