"""Prints what starting costs: the command line's help, and the window until its first picture and until a case can be watched.

Run as `python tests/bench/bench_start.py [CASE]`, on a display or with QT_QPA_PLATFORM=offscreen. Each figure is the median of five processes;
CPU seconds are the ones to trust on a busy machine. Nothing is asserted.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RUNS = 5

WINDOW = """
import json, os, sys, time
from pathlib import Path
began = time.monotonic()
from PySide6.QtCore import QEvent, QObject, QTimer
from inspector_app.ui.app import make_application
from inspector_app.ui.bridge.settings import Settings
from inspector_app.ui.shell.window import MainWindow

settings = Settings(Path(sys.argv[1]))
app = make_application(settings, "zh")
window = MainWindow(settings)

def report():
    print(json.dumps({"wall": time.monotonic() - began, "cpu": sum(os.times()[:2])}), flush=True)
    os._exit(0)

class Watcher(QObject):
    def eventFilter(self, target, event):
        if target is window and event.type() == QEvent.Type.Paint:
            QTimer.singleShot(0, after)
            window.removeEventFilter(self)
        return False

def after():
    if len(sys.argv) > 2:
        window.open_case(Path(sys.argv[2]))
        QTimer.singleShot(0, report)
    else:
        report()

watcher = Watcher()
window.installEventFilter(watcher)
window.show()
app.exec()
"""


def main() -> None:
    rows = {"inspector --help": [help_once() for _ in range(RUNS)], "window, start screen painted": [window_once([]) for _ in range(RUNS)]}
    if len(sys.argv) > 1:
        rows["window, case open"] = [window_once([sys.argv[1]]) for _ in range(RUNS)]
    print(f"{'':32} {'wall':>8} {'CPU':>8}   median of {RUNS}")
    for name, found in rows.items():
        wall, cpu = (statistics.median(one[what] for one in found) for what in ("wall", "cpu"))
        print(f"{name:32} {wall:7.2f}s {cpu:7.2f}s")


def help_once() -> dict[str, float]:
    before, began = sum(os.times()[2:4]), time.monotonic()
    subprocess.run([sys.executable, "-m", "inspector_app", "--help"], check=True, stdout=subprocess.DEVNULL)
    return {"wall": time.monotonic() - began, "cpu": sum(os.times()[2:4]) - before}


def window_once(words: list[str]) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-c", WINDOW, str(Path(folder) / "window.json"), *words]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    return dict(json.loads(done.stdout.strip().splitlines()[-1]))


if __name__ == "__main__":
    main()
