"""Works in the real window for minutes or hours as a person would, and prints memory and frame time at each tenth: neither may grow.

Run as `python tests/bench/bench_soak.py CASE [--minutes 10]` on a copy that `bench_window.py --keep` made, on a display or with
QT_QPA_PLATFORM=offscreen. Each round plays, rules on leads, tags, scrolls, zooms, shows every step, undoes and redoes. Memory is of this process;
frames are CPU of the window's thread. Ends with status 1 where memory or frame time of the last third has grown over the middle third.
"""

import argparse
import gc
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

from bench_window import Figures, frames, memory_mb, settle, wait

from inspector_app.ui.app import make_application
from inspector_app.ui.bridge.settings import Settings
from inspector_app.ui.shell.window import MainWindow

_ACTS = (
    "play",
    "lead_on",
    "accept",
    "sentence_on",
    "tap_1",
    "still",
    "severity",
    "lead_on",
    "reject",
    "reject",
    "finding_on",
    "sentence_on",
    "play",
)
_GROWN_MB, _SLOWER = 15, 1.25


def turn(window: MainWindow, number: int) -> tuple[float, float]:
    """One round of work; returns memory (MB) and the mean frame (ms) after it."""
    watch = window.bench.watch
    window.go(1)
    for act in _ACTS:
        watch.coding.do(act)
        settle(60)
    watch.playback.pause()
    watch.lists.panel.turn()
    window.undo()
    window.redo()
    window.go((0, 2, 3, 4)[number % 4])
    settle(300)
    window.go(1)
    settle(100)
    found = frames(window, 12)
    gc.collect()
    return memory_mb(), statistics.mean(value for values in found.values() for value in values)


def soak(window: MainWindow, minutes: float, figures: Figures) -> None:
    began, marks, tenth = time.monotonic(), [], 0
    while (passed := time.monotonic() - began) < minutes * 60:
        marks.append(turn(window, len(marks)))
        if passed >= tenth * minutes * 6:
            tenth += 1
            print(f"   {passed / 60:6.1f} min, round {len(marks):4}: {marks[-1][0]:.0f} MB, frame {marks[-1][1]:.2f} ms", flush=True)
    third = max(1, len(marks) // 3)
    middle, last = marks[third : 2 * third] or marks, marks[-third:]
    figures.row("rounds", len(marks), "")
    figures.row("memory, last third over the middle", _mean(last, 0) - _mean(middle, 0), "MB", _GROWN_MB)
    figures.row("frame time, last third over the middle", _mean(last, 1) / max(0.01, _mean(middle, 1)), "×", _SLOWER)


def _mean(marks: list[tuple[float, float]], which: int) -> float:
    return statistics.mean(mark[which] for mark in marks)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("case", type=Path)
    parser.add_argument("--minutes", type=float, default=10)
    given = parser.parse_args()
    figures = Figures()
    with tempfile.TemporaryDirectory() as holder:
        folder = Path(holder) / "案件"
        shutil.copytree(given.case, folder)
        settings = Settings(Path(holder) / "window.json")
        make_application(settings, "zh")
        window = MainWindow(settings)
        window.resize(1366, 768)
        window.show_when_painted()
        settle(1000)
        if not window.open_case(folder):
            raise SystemExit("the case was not opened")
        wait(lambda: window.bench.store.now is not None)
        soak(window, given.minutes, figures)
        window.close()
    print("over the bar:", ", ".join(figures.bad) or "nothing")
    return 1 if figures.bad else 0


if __name__ == "__main__":
    sys.exit(main())
