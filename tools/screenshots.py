"""Takes pictures of every step of the real window on a copy of a case: both languages, both schemes, two screens, for the documents and for eyes.

Run as `python tools/screenshots.py CASE --out docs/screenshots`. The scale of a screen is fixed when Qt starts, so each screen has a process
of its own. Works on a display, under Xvfb, or with QT_QPA_PLATFORM=offscreen.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from inspector_app.ui.shell.window import MainWindow

#: name of a screen → logical width, height, scale
SCREENS = {"1366x768": (1366, 768, "1"), "1920x1080@150": (1280, 720, "1.5")}
LANGUAGES = ("zh", "en")
SCHEMES = ("light", "dark")
_PATIENCE_S = 60


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("case", type=Path)
    parser.add_argument("--out", type=Path, default=Path("docs/screenshots"))
    parser.add_argument("--screen", choices=SCREENS, action="append")
    parser.add_argument("--language", choices=LANGUAGES, action="append")
    parser.add_argument("--scheme", choices=SCHEMES, action="append")
    parser.add_argument("--at", type=float, default=None, help="second of the first recording to show")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    screens = given.screen or list(SCREENS)
    if given.inside:
        return take(given, screens[0])
    for screen in screens:
        environment = {**os.environ, "QT_SCALE_FACTOR": SCREENS[screen][2]}
        words = [sys.executable, __file__, str(given.case), "--out", str(given.out), "--screen", screen, "--inside"]
        for language in given.language or LANGUAGES:
            words += ["--language", language]
        for scheme in given.scheme or SCHEMES:
            words += ["--scheme", scheme]
        if given.at is not None:
            words += ["--at", str(given.at)]
        if subprocess.run(words, env=environment, check=False).returncode:
            return 1
    return 0


def take(given: argparse.Namespace, screen: str) -> int:
    """All pictures of one screen, in this process."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    from inspector_app.ui.app import make_application
    from inspector_app.ui.bridge.settings import Settings
    from inspector_app.ui.shell.window import MainWindow
    from inspector_app.ui.theme.look import look

    width, height, _ = SCREENS[screen]
    given.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as holder:
        folder = Path(holder) / given.case.name
        shutil.copytree(given.case, folder)
        settings = Settings(Path(holder) / "window.json")
        make_application(settings, given.language[0])
        look().choose(given.scheme[0])
        window = MainWindow(settings)
        window.resize(width, height)
        window.show()
        settle(600)
        for name in stages(window, folder, given.at):
            for language in given.language:
                for scheme in given.scheme:
                    window.set_language(language)
                    look().choose(scheme)
                    settle(350)
                    wait(partial(filled, window, name), name)
                    settle(50)
                    window.grab().save(str(given.out / f"{name}_{language}_{scheme}_{screen}.png"))
        window.close()
    return 0


def stages(window: object, folder: Path, at: float | None) -> Iterator[str]:
    """Brings the window from one state worth seeing to the next; the caller takes the pictures."""
    from inspector_app.domain.errors import CaseError
    from inspector_app.ui.shell.window import MainWindow

    assert isinstance(window, MainWindow)
    yield "0_start_empty"
    window.show_form()
    window.form.submit()
    yield "0_new_case"
    window.open_case(folder)
    settle(1500)
    watch = window.bench.watch
    window.go(0)
    yield "1_intake"
    window.go(1)
    if at is not None:
        watch.playback.seek(int(at * 1_000_000))
    settle(600)
    yield "2_watch"
    watch.coding.do("lead_on")
    settle(600)
    yield "2_watch_lead"
    watch.coding.do("accept")
    settle(900)
    watch.coding.do("note")
    yield "2_watch_note"
    watch.findings.close_editor()
    watch.coding.do("lead_on")
    watch.coding.do("reject")
    yield "2_watch_reject"
    watch.coding.do("leave")
    window.open_sheet()
    yield "2_keys"
    window.sheet.close_overlay()
    window.open_finder()
    yield "2_finder"
    window.palette_.close_overlay()
    window.open_palette()
    yield "2_palette"
    window.palette_.close_overlay()
    window.open_history()
    settle(400)
    yield "2_history"
    if window.history is not None:
        window.history.close_overlay()
    for layout in ("text", "video", "watch"):
        window.arrange(layout)
        settle(300)
        yield f"2_layout_{layout}"
    window.start_tour()
    yield "2_tour"
    if window.tour is not None:
        window.tour.end()
    window.go(2)
    settle(900)
    yield "3_evidence"
    window.go(3)
    window.bench.review.verify()
    settle(2500)
    yield "4_review"
    window.go(4)
    settle(1200)
    yield "5_dossier"
    for page in ("settings", "keys", "handbook", "log", "about"):
        window.show_page(page)
        settle(400)
        yield f"6_{page}"
    window.bench.desk.complain(CaseError("case.not_a_case", folder=str(folder.parent)))
    window.open_notice()
    yield "6_notice"
    if window.notice is not None:
        window.notice.close_overlay()
    window.show_start()
    yield "0_start"
    window.start.tell_unclean(str(folder), "2026-06-01T12:00:00+00:00")
    yield "0_start_unclean"


def filled(window: "MainWindow", name: str) -> bool:
    """Whether what is read in the background stands on the screen: the details of the material, what the dossier lacks, the caps of the keys."""
    from inspector_app.i18n import tr

    if name == "1_intake":
        return seen(window.bench.intake.details, tr("ui.fact.sha256")) or not window.bench.intake.model.rows
    if name == "2_watch":
        return bool(window.bench.watch.transcript_model.rows) and not window.bench.watch.player.surface.image.isNull()
    if name == "3_evidence":
        return bool(window.bench.evidence.at_hand) or not window.bench.evidence.claims
    if name == "5_dossier":
        step = window.bench.dossier
        return not seen(step.lacks, tr("ui.lack.checking")) and seen(step.versions, tr("ui.versions.title"))
    if name == "6_keys":
        return seen(window.page("keys"), "Ctrl+K")
    return True


def seen(widget: "QWidget", words: str) -> bool:
    from PySide6.QtWidgets import QLabel

    return any(words in label.text() for label in widget.findChildren(QLabel) if label.isVisible())


def wait(holds: Callable[[], bool], what: str) -> None:
    """Until it holds, for as long as a slow machine may need."""
    until = time.monotonic() + _PATIENCE_S
    while not holds():
        if time.monotonic() > until:
            raise SystemExit(f"{what} was not filled")
        settle(50)


def settle(ms: int) -> None:
    """Lets the window and its threads work for a while."""
    from PySide6.QtCore import QEventLoop, QTimer

    loop = QEventLoop()
    QTimer.singleShot(ms, loop.quit)
    loop.exec()


if __name__ == "__main__":
    sys.exit(main())
