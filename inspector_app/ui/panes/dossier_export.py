"""What else leaves the case: an edition to read in a browser, tables and texts for other programs. Each says how far it is and where it lies."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFrame, QProgressBar, QScrollArea, QWidget

from inspector_app.casefile.case import Case
from inspector_app.commands.exports import FORMATS
from inspector_app.commands.registry import COMMANDS, Outcome
from inspector_app.domain.errors import InspectorError, Stopped
from inspector_app.domain.records import Recording
from inspector_app.i18n import explain, tr
from inspector_app.jobs.queue import JobEvent
from inspector_app.ui.bridge.desk import Desk
from inspector_app.ui.models.dossiers import new_path
from inspector_app.ui.theme.widgets import Button, Say, column, row, rule

#: the edition for a browser
PAGES = "html"
#: kinds that go into one file whatever the number of recordings
PACKAGE = "package"
ONE_FILE = (PACKAGE, "json", "csv")


class ExportRow(QWidget):
    """One kind of export: what it is for, the button, how far it is, where the last one lies."""

    def __init__(self, kind: str, act: Callable[[], object], stop: Callable[[], object] | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.kind = kind
        box = column(spacing=3)
        self.setLayout(box)
        line = row(spacing=8)
        line.addWidget(Say(f"ui.export.{kind}", bold=True), 1)
        self.button = Button("ui.export.do", act, icon_name="export")
        self.button.setObjectName(f"export {kind}")
        line.addWidget(self.button)
        self.stop = Button("ui.export.stop", stop, kind="flat", icon_name="stop")
        self.stop.hide()
        line.addWidget(self.stop)
        box.addLayout(line)
        box.addWidget(Say(f"ui.export.{kind}_text", tone="muted", size=-1, wrap=True))
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.hide()
        box.addWidget(self.bar)
        line = row(spacing=6)
        self.said = Say(size=-1, wrap=True)
        self.said.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.said.hide()
        line.addWidget(self.said, 1)
        self.open = Button("ui.export.open", self._open, kind="flat", icon_name="folder")
        self.open.hide()
        line.addWidget(self.open)
        box.addLayout(line)
        self._path: Path | None = None
        self.name()

    def name(self) -> None:
        self.button.setAccessibleName(f"{tr('ui.export.do')} {tr(f'ui.export.{self.kind}')}")
        self.bar.setAccessibleName(tr(f"ui.export.{self.kind}"))

    def run(self, *, stoppable: bool) -> None:
        """It has begun."""
        self.button.setEnabled(False)
        self.stop.setVisible(stoppable)
        self.bar.setRange(0, 0)
        self.bar.show()
        self.said.hide()
        self.open.hide()

    def advance(self, done: int, total: int) -> None:
        self.bar.setRange(0, total)
        self.bar.setValue(done)

    def end(self, words: str, *, good: bool, path: Path | None = None) -> None:
        """It has ended: what is to be said, and where the result lies."""
        self.button.setEnabled(True)
        self.stop.hide()
        self.bar.hide()
        self.said.setText(words)
        self.said.setProperty("tone", "good" if good else "bad")
        self.said.style().unpolish(self.said)
        self.said.style().polish(self.said)
        self.said.setVisible(bool(words))
        self._path = path
        self.open.setVisible(path is not None)

    def _open(self) -> None:
        if self._path is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._path if self._path.is_dir() else self._path.parent)))


class ExportPane(QScrollArea):
    """Signal `done(kind)`."""

    done = Signal(str)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._folder = Path()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inner = QWidget()
        box = column(14, 10, 14, 14, spacing=8)
        inner.setLayout(box)
        self.setWidget(inner)
        box.addWidget(Say("ui.export.about", tone="muted", size=-1, wrap=True))
        self.rows: dict[str, ExportRow] = {}
        self._job = ""
        desk.job.connect(self._hear)
        desk.closed.connect(self._closed)
        for kind in (PAGES, PACKAGE, *FORMATS):
            line = ExportRow(kind, partial(self.export, kind), self._cancel)
            self.rows[kind] = line
            box.addWidget(line)
            box.addWidget(rule())
        box.addStretch(1)

    def export(self, kind: str) -> None:
        """Writes one kind into the case's `exports` under a name that is not taken."""
        case = self._desk.work.case
        if case is None:
            return
        if kind == PAGES:
            self._export_pages(case)
            return
        several = kind not in ONE_FILE and case.count(Recording) > 1
        out = target(case, kind, folder=several)
        work, line = self._desk.work, self.rows[kind]
        line.run(stoppable=False)

        def done(outcome: Outcome) -> None:
            written = outcome.data["written"]
            line.end(tr("ui.export.written", count=len(written), path=out), good=True, path=out)
            self.done.emit(kind)

        def write() -> Outcome:
            return (
                COMMANDS["package.write"].run(work, out=out) if kind == PACKAGE else COMMANDS["export.write"].run(work, kind=kind, out=out)
            )

        self._desk.reading.run(write, done, lambda error: self._failed(kind, error))

    # -- the edition for a browser, which is long work ------------------------------------------------------------------------

    def _export_pages(self, case: Case) -> None:
        """A full dossier with its pages for a browser beside it."""
        if self._job:
            return
        self._folder = target(case, PAGES, folder=True)
        params = {"out": str(new_path(case, "full")), "edition": "full", "article": "", "html": str(self._folder)}
        self._job = self._desk.submit("dossier", **params) or ""
        if self._job:
            self.rows[PAGES].run(stoppable=True)

    def _cancel(self) -> None:
        if self._job:
            self._desk.cancel(self._job)

    def _hear(self, event: JobEvent) -> None:
        if not self._job or event.job_id != self._job:
            return
        line = self.rows[PAGES]
        if event.state in ("waiting", "running"):
            line.advance(event.done, event.total)
            return
        self._job = ""
        if event.state == "done":
            line.end(tr("ui.export.written_pages", path=self._folder), good=True, path=self._folder)
            self.done.emit(PAGES)
        else:
            with suppress(OSError):
                self._folder.rmdir()  # only where nothing was written into it
            self._failed(PAGES, event.error or Stopped())

    def _closed(self) -> None:
        self._job = ""
        for line in self.rows.values():
            line.end("", good=True)

    def _failed(self, kind: str, error: InspectorError) -> None:
        self.rows[kind].end("" if isinstance(error, Stopped) else "\n".join(explain(error)), good=False)
        if not isinstance(error, Stopped):
            self._desk.complain(error)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "rows"):
            for line in self.rows.values():
                line.name()
        super().changeEvent(event)


def target(case: Case, kind: str, *, folder: bool) -> Path:
    """A name in `exports/` that is not taken: a file, or a folder where each recording gives one."""
    path = new_path(case, tr(f"ui.export.{kind}_name"), "" if folder else ".zip" if kind == PACKAGE else f".{kind}")
    if folder:
        path.mkdir(parents=True)
    return path
