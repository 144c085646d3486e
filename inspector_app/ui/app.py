"""Starts the window: application, look, language, then the start screen or a case. Returns when the window is closed."""

import sys
from pathlib import Path

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtWidgets import QApplication

from .bridge import language as languages
from .bridge.settings import Settings
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
    languages.use(language or settings.get("language") or languages.system_language())
    install(app, str(settings.get("scheme", "system")))
    return app


def run(case_folder: Path | None, language: str | None = None) -> int:
    """Opens the window, on a case where one is given; returns the exit status."""
    settings = Settings()
    app = make_application(settings, language)
    window = MainWindow(settings)
    geometry = settings.get("geometry")
    if not (isinstance(geometry, str) and window.restoreGeometry(QByteArray.fromBase64(geometry.encode("ascii")))):
        room = app.primaryScreen().availableGeometry()
        frame = look().em * 2  # what the title bar and borders take is known only once the window is shown
        window.resize(min(look().em * 84, room.width() - frame), min(look().em * 52, room.height() - frame * 2))
    window.show_when_painted()
    if case_folder is not None:
        window.open_case(case_folder)
    return app.exec()
