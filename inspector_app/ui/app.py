"""Starts the window: application, look, language, then the start screen or a case. A second start hands its case to the first and ends.

Returns when the window is closed. After an end without goodbye nothing is opened by itself: the start screen offers the case then open.
"""

import sys
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication

from .bridge import language as languages
from .bridge.diary import Diary, watch_crashes
from .bridge.settings import Settings
from .shell.floating import restore
from .shell.instance import CrashMark, FirstWindow, hand_over
from .shell.window import MainWindow
from .theme.look import install, look


def make_application(settings: Settings, language: str | None = None) -> QApplication:
    """The one application, with its look and language; an existing one is used again."""
    found = QApplication.instance()
    if isinstance(found, QApplication):
        app = found
    else:
        QApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)
        app = QApplication(sys.argv[:1])
        app.setApplicationName("zhijian")
        app.setDesktopFileName("zhijian")
    languages.use(language or settings.option("language") or languages.system_language())
    install(app, str(settings.option("scheme")))
    return app


def run(case_folder: Path | None, language: str | None = None) -> int:
    """Opens the window, on a case where one is given; returns the exit status."""
    settings = Settings()
    app = make_application(settings, language)
    if hand_over(settings.folder, case_folder):
        return 0
    first = FirstWindow(settings.folder, app)
    mark, diary = CrashMark(settings.folder), Diary()
    watch_crashes(diary)
    diary.started()
    mark.write()
    window = MainWindow(settings, diary)
    window.case_shown.connect(mark.write)
    first.asked.connect(lambda folder: come_forward(window, folder))
    if not restore(window, settings.get("geometry")):
        room = app.primaryScreen().availableGeometry()
        frame = look().em * 2  # what the title bar and borders take is known only once the window is shown
        window.resize(min(look().em * 84, room.width() - frame), min(look().em * 52, room.height() - frame * 2))
        if room.width() < look().em * 110:  # a small laptop: every line counts
            window.setWindowState(Qt.WindowState.WindowMaximized)
    window.show_when_painted()
    if mark.left is not None:
        diary.note("unclean", "the run before did not end as it should")
        window.start.tell_unclean(mark.left.get("case", ""), mark.left.get("since", ""))
    if case_folder is not None:
        QTimer.singleShot(0, lambda: window.open_case(case_folder))  # the window is painted first
    status = app.exec()
    first.close()
    diary.note("end")
    mark.remove()
    return status


def come_forward(window: MainWindow, folder: str) -> None:
    """A later start: the window shows itself, and the case that was asked for."""
    window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
    window.show()
    window.raise_()
    window.activateWindow()
    if folder:
        window.open_case(Path(folder))
