"""The main window: start screen first, the bench of steps when a case is opened, and the keys that work everywhere.

Only light parts are imported with it; the bench, which brings commands, player and catalogue, is imported after the first paint.
"""

import importlib
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer
from PySide6.QtGui import QAction, QCloseEvent, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QFileDialog, QMainWindow, QStackedWidget, QWidget

from inspector_app.i18n import language, tr
from inspector_app.ui.bridge import language as languages
from inspector_app.ui.bridge.settings import Settings
from inspector_app.ui.steps.newcase import NewCasePage
from inspector_app.ui.steps.start import StartPage
from inspector_app.ui.theme.icons import icon
from inspector_app.ui.theme.look import SCHEMES, look
from inspector_app.ui.theme.widgets import column

from .hintbar import HintBar
from .overlay import Entry, KeySheet, Palette
from .topbar import STEPS, TopBar

if TYPE_CHECKING:
    from inspector_app.jobs.queue import JobEvent

    from .bench import Bench

_HEAVY = ("inspector_app.ui.shell.bench",)


class MainWindow(QMainWindow):
    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self.settings = settings
        self._bench: Bench | None = None
        self.setMinimumSize(look().em * 46, look().em * 30)
        self.setWindowIcon(icon("app", look().colour("accent")))
        root = QWidget()
        root.setObjectName("page")
        box = column(spacing=0)
        root.setLayout(box)
        self.top = TopBar()
        self.pages = QStackedWidget()
        self.hint = HintBar()
        box.addWidget(self.top)
        box.addWidget(self.pages, 1)
        box.addWidget(self.hint)
        self.setCentralWidget(root)
        self.start = StartPage(settings)
        self.form = NewCasePage()
        self.pages.addWidget(self.start)
        self.pages.addWidget(self.form)
        self.palette_ = Palette(root)
        self.sheet = KeySheet(root)
        self.palette_.left.connect(self._refocus)
        self.sheet.left.connect(self._refocus)
        self._connect()
        self._actions()
        self._title()
        self.show_start()

    def _connect(self) -> None:
        self.start.open_case.connect(lambda folder: self.open_case(Path(folder)))
        self.start.ask_open.connect(self.ask_open)
        self.start.ask_new.connect(self.show_form)
        self.start.ask_sample.connect(self.open_sample)
        self.form.made.connect(self.make_case)
        self.form.left.connect(self.show_start)
        self.top.step.connect(self.go)
        self.top.home.connect(self.show_start)
        self.top.scheme.connect(self.next_scheme)
        self.top.language.connect(self.next_language)
        self.top.jobs.connect(lambda: self.go(0))

    def _actions(self) -> None:
        """Keys of the whole window. A field being typed in keeps its own Ctrl+Z."""
        for keys, act in (
            ("Ctrl+Z", self.undo),
            ("Ctrl+Shift+Z", self.redo),
            ("Ctrl+Y", self.redo),
            ("Ctrl+F", self.search),
            ("Ctrl+K", self.open_palette),
            ("Ctrl+S", self.say_saved),
            ("Ctrl+N", self.show_form),
            ("Ctrl+O", self.ask_open),
            ("Ctrl+E", self.build),
            ("Ctrl+Q", self.close),
            ("F1", self.open_sheet),
            *((f"Ctrl+{n}", lambda n=n: self.go(n - 1)) for n in range(1, len(STEPS) + 1)),
        ):
            action = QAction(self)
            action.setShortcut(QKeySequence(keys))
            action.triggered.connect(lambda _=False, act=act: act())
            self.addAction(action)

    # -- the bench -----------------------------------------------------------------------------------------------------------

    def warm(self) -> None:
        """Imports what a case needs on a thread of its own, once the start screen is painted."""
        threading.Thread(target=lambda: [importlib.import_module(name) for name in _HEAVY], name="warming", daemon=True).start()

    @property
    def bench(self) -> "Bench":
        if self._bench is None:
            from .bench import Bench

            bench = Bench(self.settings)
            self._bench = bench
            self.pages.addWidget(bench)
            bench.mode.connect(self.top.set_mode)
            bench.hints.connect(self.hint.set_keys)
            bench.recording.connect(lambda name: self.top.set_case(self._case_name(), name))
            bench.step_shown.connect(self.top.set_step)
            bench.finder.connect(self.open_finder)
            bench.desk.said.connect(self.hint.tell)
            bench.desk.job.connect(self._job)
            bench.desk.changed.connect(lambda *_: self.top.set_journal(bench.desk.saved_clock))
        return self._bench

    def _case_name(self) -> str:
        case = self._bench.desk.work.case if self._bench else None
        return case.info.number if case is not None else ""

    @property
    def has_case(self) -> bool:
        return self._bench is not None and self._bench.desk.work.case is not None

    # -- pages ---------------------------------------------------------------------------------------------------------------

    def show_start(self) -> None:
        """The start screen; an open case stays open behind it until another is opened."""
        self.start.refresh()
        self.pages.setCurrentWidget(self.start)
        if self._bench is not None:
            self._bench.watch.playback.pause()
        self.top.set_case("", "")
        self.hint.set_keys((("Ctrl+N", "ui.start.new"), ("Ctrl+O", "ui.start.open"), ("F1", "ui.hint.sheet")))

    def show_form(self) -> None:
        self.form.clear()
        self.pages.setCurrentWidget(self.form)
        self.top.set_case("", "")
        self.form.fields["number"].setFocus()
        self.hint.set_keys(())

    def open_case(self, folder: Path) -> bool:
        """Opens a case; on the watch step where there is something to watch, else on intake."""
        if self.has_case and self.bench.desk.work.opened.folder == folder.absolute():
            self._show_bench()
            return True
        if not self.bench.desk.open_case(folder):
            self.show_start()
            return False
        self._show_bench()
        return True

    def make_case(self, words: dict[str, Any]) -> bool:
        if not self.bench.desk.new_case(**words):
            return False
        self._show_bench()
        return True

    def _show_bench(self) -> None:
        bench, case = self.bench, self.bench.desk.work.opened
        self.pages.setCurrentWidget(bench)
        self.top.set_case(case.info.number, bench.store.now.recording.name if bench.store.now else "")
        self.top.set_journal(bench.desk.saved_clock)
        from inspector_app.domain.records import Segment

        bench.go(1 if case.count(Segment) else 0)
        self._title()

    def ask_open(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, tr("ui.start.open"))
        if folder:
            self.open_case(Path(folder))

    def open_sample(self) -> None:
        """The sample case in the user's documents: opened where it is, made and imported where it is not."""
        from inspector_app.ui.bridge.sample import make_sample, sample_folder

        folder = sample_folder()
        if (folder / "case.db").is_file():
            self.open_case(folder)
        elif make_sample(self.bench.desk, self.bench.chain, folder):
            self._show_bench()

    def go(self, place: int) -> None:
        """Shows a step of the open case."""
        if not self.has_case:
            self.hint.tell(tr("ui.said.no_case"))
            return
        if self.pages.currentWidget() is not self.bench:
            self.pages.setCurrentWidget(self.bench)
            now = self.bench.store.now
            self.top.set_case(self._case_name(), now.recording.name if now else "")
        self.bench.go(place)

    # -- keys of the window --------------------------------------------------------------------------------------------------

    def undo(self) -> None:
        self._history("history.undo", "ui.said.nothing_to_undo")

    def redo(self) -> None:
        self._history("history.redo", "ui.said.nothing_to_redo")

    def _history(self, name: str, nothing: str) -> None:
        if not self.has_case:
            return
        outcome = self.bench.desk.do(name)
        if outcome is not None:
            act = str(outcome.facts.get("act", ""))
            said = tr(f"ui.said.{name.partition('.')[2]}", act=tr(f"act.{act}")) if act else tr(nothing)
            self.hint.tell(said, "good" if act else "")

    def search(self) -> None:
        if self.has_case:
            self.go(1)
            self.bench.watch.transcript.open_search()

    def say_saved(self) -> None:
        clock = self._bench.desk.saved_clock if self._bench else ""
        self.hint.tell(tr("ui.said.saved", clock=clock) if clock else tr("ui.said.no_case"), "good" if clock else "")

    def open_sheet(self) -> None:
        self.sheet.open_sheet()

    def open_palette(self) -> None:
        self.palette_.ask("ui.palette.hint", self._entries)

    def verify(self) -> None:
        self.go(3)
        self.bench.review.verify()

    def build(self) -> None:
        if not self.has_case:
            return
        self.go(4)
        self.bench.dossier.build()

    def open_finder(self) -> None:
        """The article finder: number, words or pinyin initials; the article chosen is tapped, or given to the lead being judged."""
        if self.has_case:
            self.palette_.ask("ui.palette.articles", self._articles)

    def _entries(self, text: str) -> Sequence[Entry]:
        from inspector_app.ui.input.acts import entries

        return entries(self, text)

    def _articles(self, text: str) -> Sequence[Entry]:
        from inspector_app.ui.input.acts import articles

        return articles(self.bench, text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.text() in ("?", "？"):
            self.open_sheet()
        elif event.text() == "/":
            self.search()
        else:
            super().keyPressEvent(event)

    def _refocus(self) -> None:
        if self.has_case and self.pages.currentWidget() is self.bench:
            self.bench.steps[self.bench.place].setFocus()

    # -- look and language ---------------------------------------------------------------------------------------------------

    def next_scheme(self) -> None:
        """System, light, dark, and round again."""
        scheme = SCHEMES[(SCHEMES.index(look().scheme) + 1) % len(SCHEMES)]
        look().choose(scheme)
        self.settings.set("scheme", scheme)
        self.hint.tell(tr(f"ui.scheme.{scheme}"))

    def next_language(self) -> None:
        self.set_language("en" if language() == "zh" else "zh")

    def set_language(self, name: str) -> None:
        """Changes every word of the window at once, and is remembered."""
        languages.use(name)
        self.settings.set("language", name)
        self._title()

    def _title(self) -> None:
        case = self._case_name()
        self.setWindowTitle(f"{case} — {tr('ui.app.name')}" if case else tr("ui.app.name"))

    # -- long work -----------------------------------------------------------------------------------------------------------

    def _job(self, event: "JobEvent") -> None:
        from inspector_app.ui.panes.jobs import stage_name, time_left

        if event.state != "running":
            self.top.work.show_work("", 0)
            if event.state == "failed" and event.error is not None and self._bench is not None:
                self._bench.desk.complain(event.error)
            return
        share = event.done / event.total if event.total else 0.0
        percent = f"{share * 100:.0f}%" if event.total else ""
        parts = (f"{stage_name(event.kind, event.stage)} {percent}".strip(), time_left(event.eta_s))
        self.top.work.show_work(" · ".join(part for part in parts if part), share)

    # -- Qt ------------------------------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        for overlay in (self.palette_, self.sheet):
            overlay.close_overlay()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.settings.set("geometry", bytes(self.saveGeometry().toBase64().data()).decode("ascii"))
        if self._bench is not None:
            self._bench.watch.playback.unload()
            self._bench.desk.close()
        event.accept()

    def show_when_painted(self) -> None:
        """Shows the window; what a case needs is imported behind the first picture."""
        self.show()
        QTimer.singleShot(0, self.warm)
