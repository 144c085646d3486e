"""Asks for files and folders. Each question opens where the last one ended, as long as the program runs; the home folder is the first place."""

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

_last = Path.home()


def ask_file(parent: QWidget, title: str, kinds: str = "") -> Path | None:
    """One file that is there; `kinds` is Qt's filter, such as `YAML (*.yaml)`. None where nothing was chosen."""
    return _remembered(QFileDialog.getOpenFileName(parent, title, str(_last), kinds)[0])


def ask_files(parent: QWidget, title: str, kinds: str = "") -> list[Path]:
    """Files that are there, any number of them."""
    paths = [Path(name) for name in QFileDialog.getOpenFileNames(parent, title, str(_last), kinds)[0]]
    if paths:
        _remembered(str(paths[0]))
    return paths


def ask_folder(parent: QWidget, title: str, start: Path | None = None) -> Path | None:
    """A folder; `start` where another place than the last one fits better."""
    return _remembered(QFileDialog.getExistingDirectory(parent, title, str(start or _last)))


def ask_target(parent: QWidget, title: str, name: str, kinds: str) -> Path | None:
    """Where to write a file that is to be called `name`."""
    return _remembered(QFileDialog.getSaveFileName(parent, title, str(_last / name), kinds)[0])


def _remembered(chosen: str) -> Path | None:
    global _last
    if not chosen:
        return None
    path = Path(chosen)
    _last = path if path.is_dir() else path.parent
    return path
