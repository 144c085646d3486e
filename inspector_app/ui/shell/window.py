"""The main window: start screen first, the bench of steps when a case is opened, the pages beside them, and what lies over them.

Only light parts are imported with it; the bench, which brings commands, player and catalogue, is imported after the first paint, and a page
when it is first shown. What an act of the registry does is written in `doing.py`, what lies over the window in `overlaid.py`.
"""

import importlib
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QStackedWidget

from inspector_app.i18n import language, tr
from inspector_app.ui.bridge import language as languages
from inspector_app.ui.bridge.diary import Diary
from inspector_app.ui.bridge.settings import Settings
from inspector_app.ui.input.keymap import key_map, use_keys
from inspector_app.ui.steps.newcase import NewCasePage
from inspector_app.ui.steps.start import StartPage
from inspector_app.ui.theme.asking import ask_file, ask_folder
from inspector_app.ui.theme.icons import icon
from inspector_app.ui.theme.look import SCHEMES, look
from inspector_app.ui.theme.widgets import column

from .doing import Doing
from .floating import place_of
from .hintbar import HintBar
from .overlaid import OverlaidWindow
from .overlay import Entry
from .topbar import TopBar

if TYPE_CHECKING:
    from inspector_app.commands.registry import Outcome
    from inspector_app.domain.errors import InspectorError
    from inspector_app.jobs.queue import JobEvent
    from inspector_app.ui.pages.page import Page
    from inspector_app.ui.pages.tour import Tour

    from .bench import Bench

_HEAVY = ("inspector_app.ui.shell.bench",)


class MainWindow(OverlaidWindow):
    """Signal `case_shown(folder)` whenever another case, or none (""), is the open one."""

    case_shown = Signal(str)
    _unpacked = Signal(float)

    def __init__(self, settings: Settings, diary: Diary | None = None) -> None:
        super().__init__(settings, diary or Diary(settings.folder / "diary.txt"))
        use_keys(settings)
        self._bench: Bench | None = None
        self._shown: dict[str, Page] = {}
        self.tour: Tour | None = None
        self._material: list[Path] = []
        self.setMinimumSize(look().em * 46, look().em * 30)
        self.setWindowIcon(icon("app", look().colour("accent")))
        box = column(spacing=0)
        self.root.setLayout(box)
        self.top = TopBar()
        self.pages = QStackedWidget()
        self.hint = HintBar()
        box.addWidget(self.top)
        box.addWidget(self.pages, 1)
        box.addWidget(self.hint)
        self.setCentralWidget(self.root)
        self.start = StartPage(settings)
        self.form = NewCasePage()
        self.pages.addWidget(self.start)
        self.pages.addWidget(self.form)
        self._make_overlays()
        self._connect()
        self.acts = Doing(self)
        self._title()
        self.show_start()
        if settings.set_aside is not None:
            self.hint.tell(tr("ui.settings.set_aside", file=settings.set_aside.name), "bad")

    def _connect(self) -> None:
        self.start.open_case.connect(lambda folder: self.open_case(Path(folder)))
        self.start.ask_open.connect(self.ask_open)
        self.start.ask_new.connect(self.show_form)
        self.start.ask_sample.connect(self.open_sample)
        self.start.ask_package.connect(self.ask_package)
        self._unpacked.connect(self._show_unpacking)
        self.start.import_files.connect(self.show_form_for)
        self.form.made.connect(self.make_case)
        self.form.left.connect(self.show_start)
        self.top.step.connect(self.go)
        self.top.home.connect(self.show_start)
        self.top.scheme.connect(self.next_scheme)
        self.top.language.connect(self.next_language)
        self.top.jobs.connect(lambda: self.go(0))
        self.top.history.connect(self.open_history)
        self.top.menu.aboutToShow.connect(lambda: self.acts.fill(self.top.menu))
        self.hint.pressed.connect(self.open_notice)

    # -- the bench -----------------------------------------------------------------------------------------------------------

    def warm(self) -> None:
        """Imports what a case needs on a thread of its own, once the start screen is painted; then pinyin, which the palette wants."""

        def work() -> None:
            for name in _HEAVY:
                importlib.import_module(name)
            importlib.import_module("inspector_app.ui.input.palette").warm()

        threading.Thread(target=work, name="warming", daemon=True).start()

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
            bench.intake.sample.connect(self.open_sample)
            bench.asks_time.connect(self.ask_time)
            bench.desk.refused.connect(self._take_refusal)
            bench.desk.said.connect(self.hint.tell)
            bench.desk.closed.connect(self._note_case)
            bench.desk.job.connect(self._job)
            bench.desk.changed.connect(lambda *_: self.top.set_journal(bench.desk.saved_clock))
        return self._bench

    def _case_name(self) -> str:
        case = self._bench.desk.work.case if self._bench else None
        return case.info.number if case is not None else ""

    def _note_case(self) -> None:
        """What the open case holds goes to its card on the start screen."""
        case = self._bench.desk.work.case if self._bench else None
        if case is not None:
            from inspector_app.domain.records import Finding, Lead

            findings = case.count(Finding) - case.count(Finding, state="withdrawn")
            self.settings.note(case.folder, findings=findings, leads=case.count(Lead, state="open"))

    @property
    def read_only(self) -> bool:
        return self._bench is not None and self._bench.desk.read_only

    @property
    def has_case(self) -> bool:
        return self._bench is not None and self._bench.desk.work.case is not None

    # -- pages ---------------------------------------------------------------------------------------------------------------

    def show_start(self) -> None:
        """The start screen; an open case stays open behind it until another is opened."""
        self._note_case()
        self.start.refresh()
        self.pages.setCurrentWidget(self.start)
        self.start.take_focus()
        if self._bench is not None:
            self._bench.watch.playback.pause()
        self.top.set_case("", "")
        self.hint.set_keys(
            (("Ctrl+N", "ui.start.new"), ("Ctrl+O", "ui.start.open"), ("Ctrl+K", "ui.hint.palette"), ("F1", "ui.hint.sheet"))
        )

    def show_form(self) -> None:
        self._material = []
        cases = self.settings.option("storage.cases")
        self.form.home = Path(cases) if cases else None
        self.form.clear()
        self.form.give_officers({name: self.settings.option(name) for name in ("officer1", "certificate1", "officer2", "certificate2")})
        self.pages.setCurrentWidget(self.form)
        self.top.set_case("", "")
        self.form.fields["number"].setFocus()
        self.hint.set_keys(())

    def show_form_for(self, material: list[Path]) -> None:
        """A new case that will take in what was dropped."""
        self.show_form()
        self._material = material
        self.hint.tell(tr("ui.new.material", count=len(material)))

    def open_case(self, folder: Path) -> bool:
        """Opens a case; a reviewer's copy on the review step, else on watch where there is something to watch, else on intake."""
        if self.has_case and self.bench.desk.work.opened.folder == folder.absolute():
            self._show_bench()
            return True
        if not self.bench.desk.open_case(folder):
            self.show_start()
            return False
        self._show_bench()
        desk = self.bench.desk
        if desk.read_only:
            self.hint.tell(desk.why_read_only, "" if desk.takes_opinions else "bad")
        elif desk.interrupted:
            self.hint.tell(tr("ui.said.interrupted", count=desk.interrupted), "bad")
        return True

    def make_case(self, words: dict[str, Any]) -> bool:
        if not self.bench.desk.new_case(**words):
            return False
        self._show_bench()
        self.bench.intake.set_session(self.form.session)
        if self._material:
            self.bench.intake.take(self._material)
            self._material = []
        return True

    def _show_bench(self) -> None:
        bench, case = self.bench, self.bench.desk.work.opened
        self.pages.setCurrentWidget(bench)
        self.top.set_case(case.info.number, bench.store.now.recording.name if bench.store.now else "")
        self.top.set_journal(bench.desk.saved_clock)
        from inspector_app.domain.records import Segment

        self._tell_read_only()
        bench.go(3 if bench.desk.work.copy is not None else 1 if case.count(Segment) else 0)
        self._title()
        self.start.unclean.hide()
        self.case_shown.emit(str(case.folder))

    def ask_open(self) -> None:
        if (folder := ask_folder(self, tr("ui.start.open"))) is not None:
            self.open_case(folder)

    def ask_package(self) -> None:
        if (path := ask_file(self, tr("ui.start.package"), tr("ui.start.package_kinds"))) is not None:
            self.open_package(path)

    def open_package(self, path: Path) -> None:
        """A lawyer's package: checked and unpacked in the background while the bar tells how far, then opened."""
        from inspector_app.commands.registry import COMMANDS
        from inspector_app.commands.workspace import Workspace

        desk, work = self.bench.desk, Workspace(progress=lambda _stage, done, total, _unit: self._unpacked.emit(done / max(1, total)))
        self._show_unpacking(0.0)
        desk.reading.run(lambda: COMMANDS["package.open"].run(work, path=path), self._package_opened, self._package_refused)

    def _show_unpacking(self, share: float) -> None:
        self.top.work.show_work(f"{tr('stage.package')} {share * 100:.0f}%", share)

    def _package_opened(self, outcome: "Outcome") -> None:
        self.top.work.show_work("", 0)
        self.open_case(Path(str(outcome.facts["case"])))

    def _package_refused(self, error: "InspectorError") -> None:
        self.top.work.show_work("", 0)
        self.bench.desk.complain(error)

    def open_sample(self) -> None:
        """The sample case in the user's documents: opened where it is, made and imported where it is not."""
        from inspector_app.ui.bridge.sample import make_sample, sample_folder

        folder = sample_folder()
        if (folder / "case.db").is_file():
            self.open_case(folder)
        elif make_sample(self.bench.desk, self.bench.chain, folder):
            self._show_bench()
        if self.has_case and not self.settings.get("tour_seen", False):
            self.start_tour()

    def go(self, place: int) -> None:
        """Shows a step of the open case."""
        if not self.has_case:
            self.hint.tell(tr("ui.said.no_case"))
            return
        if self.pages.currentWidget() is not self.bench:
            self.pages.setCurrentWidget(self.bench)
            now = self.bench.store.now
            self.top.set_case(self._case_name(), now.recording.name if now else "")
            self._tell_read_only()
        self.bench.go(place)

    def _tell_read_only(self) -> None:
        desk = self.bench.desk
        self.top.set_read_only(desk.why_read_only, copy=desk.takes_opinions)

    # -- pages beside the steps ----------------------------------------------------------------------------------------------

    def page(self, name: str) -> "Page":
        """A page by name, made when it is first asked for."""
        if name not in self._shown:
            from .beside import make_page

            page = make_page(name, self)
            page.left.connect(self._leave_page)
            self._shown[name] = page
            self.pages.addWidget(page)
        return self._shown[name]

    def show_page(self, name: str) -> None:
        if self._bench is not None:
            self._bench.watch.playback.pause()
        page = self.page(name)
        self.pages.setCurrentWidget(page)
        self.top.set_mode("")
        self.hint.set_keys((("Esc", "ui.hint.leave"), ("Ctrl+K", "ui.hint.palette"), ("F1", "ui.hint.sheet")))
        page.show_page()

    def _leave_page(self) -> None:
        """Back to where the work is."""
        if self.has_case:
            self.go(self.bench.place)
        else:
            self.show_start()

    def start_tour(self) -> None:
        """The tour of the sample; without a case open, the sample is opened first."""
        if not self.has_case:
            self.settings.set("tour_seen", False)
            self.open_sample()
            return
        if self.tour is None:
            from inspector_app.ui.pages.tour import Tour

            self.tour = Tour(self)
            self.tour.ended.connect(self._refocus)
        self.settings.set("tour_seen", True)
        self.tour.begin()

    def arrange(self, name: str) -> None:
        from .layouts import arrange

        self.go(1)
        arrange(self.bench.watch, self.settings, name)
        self.hint.tell(tr(f"ui.act.layout_{name}"))

    # -- keys of the window --------------------------------------------------------------------------------------------------

    def undo(self) -> None:
        self._turn("history.undo", "ui.said.nothing_to_undo")

    def redo(self) -> None:
        self._turn("history.redo", "ui.said.nothing_to_redo")

    def _turn(self, name: str, nothing: str) -> None:
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

    def verify(self) -> None:
        self.go(3)
        self.bench.review.verify()

    def build(self) -> None:
        if not self.has_case:
            return
        self.go(4)
        self.bench.dossier.build()

    def open_palette(self) -> None:
        self.palette_.ask("ui.palette.hint", self._entries)

    def _entries(self, text: str) -> Sequence[Entry]:
        from inspector_app.ui.input.palette import entries

        return entries(self, text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.text() in ("?", "？") and key_map().owner("?") == "sheet":
            self.open_sheet()
        else:
            super().keyPressEvent(event)

    # -- look and language ---------------------------------------------------------------------------------------------------

    def next_scheme(self) -> None:
        """System, light, dark, and round again."""
        scheme = SCHEMES[(SCHEMES.index(look().scheme) + 1) % len(SCHEMES)]
        look().choose(scheme)
        self.settings.set("scheme", scheme)
        self.hint.tell(tr(f"ui.scheme.{scheme}"))

    def next_language(self) -> None:
        self.set_language("en" if language() == "zh" else "zh")

    def set_language(self, name: str, *, keep: str | None = None) -> None:
        """Changes every word of the window at once, and is remembered (`keep` "" where the system is to be followed)."""
        languages.use(name)
        self.settings.set("language", name if keep is None else keep)
        self._title()
        self.acts.bind()

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

    def closeEvent(self, event: QCloseEvent) -> None:
        if self.floating is not None:
            self.floating.close()
        self.settings.set("geometry", place_of(self))
        if self._bench is not None:
            self._bench.watch.playback.close()
            self._bench.desk.close()
        event.accept()

    def show_when_painted(self) -> None:
        """Shows the window; what a case needs is imported behind the first picture."""
        self.show()
        QTimer.singleShot(0, self.warm)
