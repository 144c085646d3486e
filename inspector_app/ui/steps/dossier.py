"""Step 5, dossier 卷宗: what is ready and what is not, build the PDF, look at it, check it, find it on the disk."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, Qt, QTimer, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QSplitter, QStackedLayout, QWidget

from inspector_app.casefile.case import Case
from inspector_app.commands.findings import pending_stills, take_still
from inspector_app.commands.registry import Outcome
from inspector_app.domain.records import Dossier
from inspector_app.i18n import tr
from inspector_app.jobs.queue import JobEvent
from inspector_app.ui.bridge.desk import Desk
from inspector_app.ui.models.claims import read_claims
from inspector_app.ui.models.recordings import read_material
from inspector_app.ui.models.words import file_size, is_complete
from inspector_app.ui.theme.look import look
from inspector_app.ui.theme.widgets import Button, Empty, Icon, Panel, Say, clear, column, row, rule

from .review import fill_result, lacks

Point = tuple[str, bool, dict[str, int]]


def readiness(case: Case) -> tuple[list[Point], list[Dossier]]:
    """Each point with whether it holds (keys `ui.ready.*`), and the dossiers that left the case, newest first; any thread."""
    claims = [claim for claim in read_claims(case) if claim.finding.state != "withdrawn"]
    lines = read_material(case).lines
    complete = sum(1 for claim in claims if is_complete(claim.finding))
    waiting = sum(1 for claim in claims for exhibit in claim.exhibits if exhibit.kind == "still" and not exhibit.sha256)
    heard = sum(1 for line in lines if line.speech[0] in ("done", "absent"))
    open_leads = sum(line.leads_open for line in lines)
    proves = sum(1 for claim in claims if "ui.review.lack_proves" not in lacks(claim))
    points: list[Point] = [
        ("findings", bool(claims), {"count": len(claims)}),
        ("elements", complete == len(claims), {"done": complete, "all": len(claims)}),
        ("proves", proves == len(claims), {"done": proves, "all": len(claims)}),
        ("stills", not waiting, {"count": waiting}),
        ("speech", heard == len(lines), {"done": heard, "all": len(lines)}),
        ("leads", not open_leads, {"count": open_leads}),
    ]
    points = [point for point in points if claims or point[0] not in ("elements", "proves", "stills")]
    return points, case.find(Dossier, order="rowid DESC")


class DossierStep(QWidget):
    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._newest: Dossier | None = None
        self._job = ""
        self._verified: dict[str, Any] | None = None
        self._points: list[Point] = []
        outer = row(8, 4, 8, 4)
        self.setLayout(outer)
        split = QSplitter()
        split.setChildrenCollapsible(False)
        split.setHandleWidth(7)
        split.addWidget(self._left())
        preview = Panel("ui.dossier.preview")
        self._preview_note = preview.note
        self._holder = QWidget()
        self._stack = QStackedLayout(self._holder)
        self._stack.addWidget(Empty("dossier", "ui.dossier.empty", "ui.dossier.empty_text"))
        self._pages: QWidget | None = None
        preview.body.addWidget(self._holder, 1)
        split.addWidget(preview)
        split.setStretchFactor(1, 1)
        split.setSizes([360, 960])
        outer.addWidget(split)
        self._soon = QTimer(self, singleShot=True, interval=100)
        self._soon.timeout.connect(self.refresh)
        desk.changed.connect(self._later)
        desk.job.connect(self._hear)
        desk.closed.connect(self._clear)

    def _left(self) -> QWidget:
        panel = Panel("ui.dossier.ready")
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        inner = QWidget()
        self._box = column(14, 10, 14, 12, spacing=7)
        inner.setLayout(self._box)
        area.setWidget(inner)
        panel.body.addWidget(area, 1)
        foot = column(14, 8, 14, 12, spacing=6)
        self._progress = Say(tone="accent", size=-1, wrap=True)
        self._progress.hide()
        foot.addWidget(self._progress)
        self._build = Button("ui.dossier.build", self.build, icon_name="dossier", kind="primary")
        foot.addWidget(self._build)
        line = row(spacing=6)
        self._open = Button("ui.dossier.folder", self._open_folder, icon_name="folder")
        self._check = Button("ui.dossier.verify", self.verify, icon_name="verify")
        line.addWidget(self._open, 1)
        line.addWidget(self._check, 1)
        foot.addLayout(line)
        panel.body.addLayout(foot)
        return panel

    # -- acts ----------------------------------------------------------------------------------------------------------------

    def build(self) -> None:
        """Takes the stills that are still to be taken, then asks for the dossier."""
        case = self._desk.work.case
        if case is None or self._job:
            return
        self._build.setEnabled(False)
        self._progress.say("ui.dossier.stills")
        self._progress.show()
        work = self._desk.work

        def take() -> None:
            for exhibit in pending_stills(work):
                take_still(work, exhibit.id)

        self._desk.reading.run(take, lambda _: self._submit(), self._failed)

    def _submit(self) -> None:
        case = self._desk.work.case
        if case is not None:
            self._verified = None
            self._job = self._desk.submit("dossier", out=str(_target(case))) or ""
            self._build.setEnabled(not self._job)

    def _failed(self, error: Any) -> None:
        self._desk.complain(error)
        self._end()

    def _hear(self, event: JobEvent) -> None:
        if event.job_id != self._job:
            return
        if event.state in ("waiting", "running"):
            percent = f"{event.done * 100 // event.total} %" if event.total else ""
            self._progress.say("ui.dossier.building", percent=percent)
            return
        if event.error is not None:
            self._desk.complain(event.error)
        elif event.state == "done":
            self._desk.said.emit(tr("ui.said.dossier"), "good")
        self._end()

    def _end(self) -> None:
        self._job = ""
        self._progress.hide()
        self._build.setEnabled(True)
        self._later()

    def _path(self) -> Path | None:
        case = self._desk.work.case
        return case.folder / self._newest.path if case is not None and self._newest is not None else None

    def _open_folder(self) -> None:
        path = self._path()
        if path is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))

    def verify(self) -> None:
        path = self._path()
        if path is not None:
            self._desk.later("case.verify", self._show_verified, path=path)

    def _show_verified(self, outcome: Outcome) -> None:
        self._verified = outcome.data
        self._write()

    # -- content -------------------------------------------------------------------------------------------------------------

    def show_step(self) -> None:
        self.refresh()

    def _later(self) -> None:
        if self.isVisible() and not self._soon.isActive():
            self._soon.start()

    def refresh(self) -> None:
        case = self._desk.work.case
        if case is not None:
            self._desk.reading.run(lambda: readiness(case), self._show, self._desk.complain)

    def _show(self, found: tuple[list[Point], list[Dossier]]) -> None:
        self._points, dossiers = found
        newest = dossiers[0] if dossiers else None
        if newest != self._newest:
            self._newest = newest
            self._preview()
        self._write()

    def _preview(self) -> None:
        """Shows the newest dossier page under page, as wide as the pane."""
        path = self._path()
        if path is None or not path.is_file():
            self._stack.setCurrentIndex(0)
            self._preview_note.setText("")
            return
        from PySide6.QtPdf import QPdfDocument  # loaded when there is something to show
        from PySide6.QtPdfWidgets import QPdfView

        if self._pages is None:
            view = QPdfView(self._holder)
            view.setPageMode(QPdfView.PageMode.MultiPage)
            view.setZoomMode(QPdfView.ZoomMode.FitToWidth)
            view.setFocusPolicy(Qt.FocusPolicy.WheelFocus)
            view.setDocument(QPdfDocument(self))  # not the view's child: a document that goes with its view ends the program in Qt
            self._pages = view
            self._stack.addWidget(view)
        document = self._pages.document()  # type: ignore[attr-defined]
        document.close()
        document.load(str(path))
        self._stack.setCurrentWidget(self._pages)
        self._preview_note.setText(path.name)

    def _write(self) -> None:
        clear(self._box)
        for name, holds, facts in self._points:
            line = row(spacing=8)
            line.addWidget(Icon("check" if holds else "warning", look().em, "good" if holds else "lead"), 0, Qt.AlignmentFlag.AlignTop)
            label = Say(wrap=True, tone="" if holds else "lead")
            label.say(f"ui.ready.{name}.{'yes' if holds else 'no'}", **facts)
            line.addWidget(label, 1)
            self._box.addLayout(line)
        there = self._path() is not None
        self._open.setEnabled(there)
        self._check.setEnabled(there)
        self._build.setEnabled(not self._job and bool(self._points) and self._points[0][1])
        if self._newest is not None:
            self._box.addWidget(rule())
            self._facts(self._newest)
        if self._verified is not None:
            self._box.addWidget(rule())
            fill_result(self._box, self._verified)
        self._box.addStretch(1)

    def _facts(self, dossier: Dossier) -> None:
        line = Say(bold=True, wrap=True)
        line.say("ui.dossier.facts", pages=dossier.pages, exhibits=dossier.exhibits, size=file_size(dossier.bytes))
        self._box.addWidget(line)
        for title, text in (("SHA-256", dossier.sha256), (tr("ui.dossier.journal_head"), dossier.journal_head)):
            name = Say(tone="muted", size=-1)
            name.setText(title)
            value = QLabel("\u200b".join(text[n : n + 8] for n in range(0, len(text), 8)))
            value.setFont(look().fixed(-2))
            value.setWordWrap(True)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self._box.addWidget(name)
            self._box.addWidget(value)

    def _clear(self) -> None:
        self._newest, self._job, self._verified, self._points = None, "", None, []
        self._preview()
        self._write()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.LanguageChange, QEvent.Type.PaletteChange) and hasattr(self, "_soon"):
            self._write()
        super().changeEvent(event)


def _target(case: Case) -> Path:
    """A file name in `exports/` that is not taken: a dossier that left is never written over."""
    folder = case.folder / "exports"
    number = "".join("_" if character in '\\/:*?"<>|' else character for character in case.info.number)
    path, count = folder / f"证据卷宗 {number}.pdf", 1
    while path.exists():
        count += 1
        path = folder / f"证据卷宗 {number} ({count}).pdf"
    return path
