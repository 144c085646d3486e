"""Prints what the window costs on a case: opening it, going through steps and pages, and how long the event loop ever stood still.

Run as `python tests/bench/bench_window.py CASE`, on a display or with QT_QPA_PLATFORM=offscreen, on a machine with nothing else to do. Works on
a copy. Ends with status 1 where the event loop was held over 50 ms, and names what held it.
"""

import os
import resource
import shutil
import sys
import tempfile
from pathlib import Path

from PySide6.QtCore import QEventLoop, QTimer

from inspector_app.ui.app import make_application
from inspector_app.ui.bridge.settings import Settings
from inspector_app.ui.bridge.watchdog import LIMIT_MS, Watchdog
from inspector_app.ui.shell.window import MainWindow


def settle(ms: int) -> None:
    loop = QEventLoop()
    QTimer.singleShot(ms, loop.quit)
    loop.exec()


def cpu() -> float:
    return sum(os.times()[:2])


def main() -> int:
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    bad = 0
    with tempfile.TemporaryDirectory() as holder:
        folder = Path(holder) / "case"
        shutil.copytree(sys.argv[1], folder)
        make_application(Settings(Path(holder) / "window.json"), "zh")
        window = MainWindow(Settings(Path(holder) / "window.json"))
        window.resize(1366, 768)
        window.show_when_painted()
        settle(3000)
        print(f"{'':28}{'CPU s':>8}{'longest hold ms':>18}")
        for name, act in (
            ("open the case", lambda: window.open_case(folder)),
            *((f"step {place + 1}", lambda place=place: window.go(place)) for place in range(5)),
            ("settings", lambda: window.show_page("settings")),
            ("keys", lambda: window.show_page("keys")),
            ("handbook", lambda: window.show_page("handbook")),
            ("palette", window.open_palette),
            ("next lead", lambda: window.acts.do("lead_on")),
            ("accept", lambda: window.acts.do("accept")),
            ("digit", lambda: window.acts.do("tap_1")),
            ("undo", window.undo),
            ("history", window.open_history),
        ):
            dog, began = Watchdog(), cpu()
            settle(30)
            act()
            settle(700)
            stalls = dog.stop()
            print(f"{name:28}{cpu() - began:8.2f}{dog.longest_ms:18d}")
            for stall in stalls:
                bad += 1
                print("   ", str(stall).replace("\n", "\n    "))
        print(f"{'memory, MB':28}{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:8.0f}")
        window.close()
    print(f"{bad} holds over {LIMIT_MS} ms")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
