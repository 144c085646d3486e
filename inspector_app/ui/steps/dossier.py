"""Step 5, dossier 卷宗: what is lacking and the edition at the left, the pages at the right; the forms, the signatures and the exports.

Four rooms share the step (`ROOMS`). Nothing here opens a dialog but the choosers of files, and nothing that is slow runs in the window.
"""

from PySide6.QtCore import QEvent, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QButtonGroup, QFrame, QProgressBar, QScrollArea, QSplitter, QStackedWidget, QWidget

from inspector_app.commands.findings import pending_stills, take_still
from inspector_app.commands.registry import Outcome
from inspector_app.domain.errors import InspectorError, Stopped
from inspector_app.i18n import tr
from inspector_app.jobs.queue import JobEvent
from inspector_app.ui.bridge.desk import Desk
from inspector_app.ui.models.dossiers import Json, Place, Standing, Version, new_path, read_places, read_standing
from inspector_app.ui.panes.dossier_export import ExportPane
from inspector_app.ui.panes.dossier_live import DossierPages
from inspector_app.ui.panes.dossier_ready import EditionBox, LacksBox, edition_name
from inspector_app.ui.panes.dossier_versions import VersionsBox
from inspector_app.ui.panes.fields import AskLine
from inspector_app.ui.panes.forms_fields import lint_words
from inspector_app.ui.panes.forms_room import FormsRoom
from inspector_app.ui.panes.jobs import time_left
from inspector_app.ui.panes.signing import SigningPane
from inspector_app.ui.panes.signing_result import fill_check
from inspector_app.ui.theme.widgets import Button, Panel, Say, clear, column, row, rule

ROOMS = ("dossier", "forms", "sign", "export")


class DossierStep(QWidget):
    """Signal `jump(target)`: to where something is mended (`finding:id`, `moment:recording:us`, `step:name`)."""

    jump = Signal(str)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.standing = Standing(known=False)
        self._shown = ""  #: id of the dossier whose pages are shown
        self._wanted = ""  #: target whose page is to be shown when the pages are there
        self._job = ""
        self._taking = False
        self._checked: tuple[str, Json] | None = None
        outer = row(8, 4, 8, 4)
        self.setLayout(outer)
        split = QSplitter()
        split.setChildrenCollapsible(False)
        split.setHandleWidth(7)
        self.forms = FormsRoom(desk, self)
        self.signing = SigningPane(desk)
        self.exports = ExportPane(desk)
        self.preview = DossierPages(desk)
        split.addWidget(self._left())
        self._right = QStackedWidget()
        self._right.addWidget(self.preview)
        self._right.addWidget(self.forms.work_area)
        split.addWidget(self._right)
        split.setStretchFactor(1, 1)
        split.setSizes([390, 960])
        outer.addWidget(split)
        self._soon = QTimer(self, singleShot=True, interval=100)
        self._soon.timeout.connect(self.refresh)
        desk.changed.connect(self._later)
        desk.job.connect(self._hear)
        desk.closed.connect(self._clear)
        self.preview.followed.connect(self.jump)
        self.preview.mode.connect(lambda live: self._go_live(on=live))
        self.lacks.jump.connect(self.follow)
        self.lacks.justify.connect(self._justify)
        self.versions.asked.connect(self._asked)
        self.edition.picked.connect(self._tell)
        self.signing.signed.connect(self._signed)

    def _left(self) -> QWidget:
        panel = Panel()
        bar = row(8, 6, 8, 6, spacing=2)
        self._tabs = QButtonGroup(self)
        self.tabs: dict[str, Button] = {}
        for place, name in enumerate(ROOMS):
            button = Button(f"ui.room.{name}", kind="toggle", hint=f"ui.room.{name}_hint")
            button.setCheckable(True)
            self._tabs.addButton(button, place)
            bar.addWidget(button)
            self.tabs[name] = button
        self.tabs["dossier"].setChecked(True)
        self._tabs.idClicked.connect(lambda place: self.open_room(ROOMS[place]))
        bar.addStretch(1)
        panel.body.addLayout(bar)
        panel.body.addWidget(rule())
        self._rooms = QStackedWidget()
        for widget in (self._build_side(), self.forms.list, self.signing, self.exports):
            self._rooms.addWidget(widget)
        panel.body.addWidget(self._rooms, 1)
        return panel

    def _build_side(self) -> QWidget:
        side = QWidget()
        box = column()
        side.setLayout(box)
        self._area = area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inner = QWidget()
        inside = column(14, 10, 14, 12, spacing=10)
        inner.setLayout(inside)
        area.setWidget(inner)
        self.edition, self.lacks, self.versions = EditionBox(), LacksBox(), VersionsBox()
        self._check = column(spacing=5)
        for widget in (self.edition, rule(), self.lacks, rule(), self.versions):
            inside.addWidget(widget)
        inside.addLayout(self._check)
        inside.addStretch(1)
        box.addWidget(area, 1)
        box.addWidget(rule())
        foot = column(14, 8, 14, 12, spacing=6)
        self._ask = AskLine()
        foot.addWidget(self._ask)
        line = row(spacing=8)
        self._progress = Say(tone="accent", size=-1, wrap=True)
        line.addWidget(self._progress, 1)
        self._stop = Button("ui.dossier.stop", self.stop, kind="flat", icon_name="stop")
        line.addWidget(self._stop)
        foot.addLayout(line)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        foot.addWidget(self._bar)
        self._build = Button("ui.dossier.build", self.build, icon_name="dossier", kind="primary", keyed="dossier.build")
        foot.addWidget(self._build)
        box.addLayout(foot)
        self._busy(on=False)
        return side

    # -- rooms ---------------------------------------------------------------------------------------------------------------

    @property
    def room(self) -> str:
        return ROOMS[self._rooms.currentIndex()]

    def open_room(self, name: str) -> None:
        """Shows one of the rooms of this step."""
        if self.room == "forms" and name != "forms":
            self.forms.leave()
        place = ROOMS.index(name)
        self.tabs[name].setChecked(True)
        self._rooms.setCurrentIndex(place)
        self._right.setCurrentIndex(1 if name == "forms" else 0)
        if name == "forms":
            self.forms.enter()
        elif name == "sign" and self.standing.versions and self.preview.live:
            self._go_live(on=False)  # one sees what one signs
        self.refresh()

    def follow(self, target: str) -> None:
        """To where a thing is mended: a form here, anything else in its own step."""
        kind, _, rest = target.partition(":")
        if kind == "form":
            form_id, _, field = rest.partition(":")
            self.open_room("forms")
            self.forms.open_form(form_id, field)
        else:
            self.jump.emit(target)

    def show_target(self, target: str) -> None:
        """The pages of a finding (`finding:id`) as the case stands now: where one looks after having mended it."""
        self._wanted = target

    # -- building ------------------------------------------------------------------------------------------------------------

    def build(self) -> None:
        """Takes the stills that are still to be taken, then asks for the dossier."""
        case = self._desk.work.case
        if case is None or self._job or self._taking:
            return
        self.open_room("dossier")
        if self.edition.in_the_way:
            self._desk.said.emit(tr(self.edition.in_the_way), "bad")
            return
        self._taking = True
        self._progress.say("ui.dossier.stills")
        self._busy(on=True)
        work = self._desk.work
        work.stop.clear()

        def take() -> None:
            for exhibit in pending_stills(work):
                if work.stop.is_set():
                    raise Stopped
                take_still(work, exhibit.id)

        self._desk.reading.run(take, lambda _: self._submit(), self._failed)

    def _submit(self) -> None:
        case = self._desk.work.case
        self._taking = False
        if case is not None:
            self._checked = None
            edition = self.edition.edition
            self._job = self._desk.submit("dossier", out=str(new_path(case, edition)), edition=edition, article=self.edition.article) or ""
            if not self._job:
                self._end()

    def stop(self) -> None:
        """Gives the build up; no half dossier is left behind."""
        if self._job:
            self._desk.cancel(self._job)
        elif self._taking:
            self._desk.work.stop.set()
        self._progress.say("ui.dossier.stopping")

    def _failed(self, error: InspectorError) -> None:
        if isinstance(error, Stopped):
            self._desk.said.emit(tr("ui.said.dossier_stopped"), "")
        else:
            self._desk.complain(error)
        self._end()

    def _hear(self, event: JobEvent) -> None:
        if event.job_id != self._job or not self._job:
            return
        if event.state in ("waiting", "running"):
            percent = f"{event.done * 100 // event.total} %" if event.total else ""
            self._progress.say("ui.dossier.building", percent=f"{percent} {time_left(event.eta_s)}".strip())
            self._bar.setRange(0, event.total)
            self._bar.setValue(event.done)
            return
        if event.error is not None:
            self._failed(event.error)
            return
        if event.state == "done":
            self._desk.said.emit(tr("ui.said.dossier"), "good")
            self._shown = ""  # the newest is shown
            self.preview.go_live(on=False)
        self._end()

    def _end(self) -> None:
        self._job, self._taking = "", False
        self._desk.work.stop.clear()
        self._busy(on=False)
        self._later()

    def _busy(self, *, on: bool) -> None:
        for widget in (self._progress, self._stop, self._bar):
            widget.setVisible(on)
        self._bar.setRange(0, 0 if on else 1)
        self._build.setVisible(not on)
        self._tell()

    # -- one version ---------------------------------------------------------------------------------------------------------

    def _version(self, dossier_id: str) -> Version | None:
        return next((one for one in self.standing.versions if one.row.id == dossier_id), None)

    def _asked(self, act: str, dossier_id: str) -> None:
        one = self._version(dossier_id)
        if one is None:
            return
        if act == "folder":
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(one.path.parent)))
        elif act == "verify":
            self.verify(dossier_id)
        else:
            self._show_version(one)
            if act == "sign":
                self.open_room("sign")
                self.signing.officers[0].file.setFocus()

    def verify(self, dossier_id: str = "") -> None:
        """Recomputes what a dossier claims (the one shown where none is named), against its case."""
        one = self._version(dossier_id or self._shown)
        if one is not None:
            self._desk.later("case.verify", lambda outcome: self._verified(one.row.id, outcome), path=one.path, rebuild=True)

    def _verified(self, dossier_id: str, outcome: Outcome) -> None:
        self._checked = (dossier_id, outcome.data)
        self._tell()
        bar = self._area.verticalScrollBar()
        QTimer.singleShot(60, lambda: bar.setValue(bar.maximum()))  # what the check says stands last

    def _signed(self, dossier_id: str) -> None:
        self.refresh()
        self.verify(dossier_id)

    def _justify(self, problem: Json) -> None:
        def give(words: str) -> None:
            self._desk.do("form.justify", code=problem["code"], place=problem["place"], text=words)

        self._ask.ask("ui.forms.why", give, what=lint_words(problem))

    # -- content -------------------------------------------------------------------------------------------------------------

    def show_step(self) -> None:
        """The step comes into view: everything is read anew, the keyboard is on the room's name."""
        self.tabs[self.room].setFocus()
        if self.room == "forms":
            self.forms.enter()
        self.refresh()

    def hideEvent(self, event: object) -> None:
        self.forms.leave()
        super().hideEvent(event)  # type: ignore[arg-type]

    def _later(self, *_: object) -> None:
        if self.isVisible() and not self._soon.isActive():
            self._soon.start()

    def refresh(self) -> None:
        if self._desk.work.case is not None:
            work = self._desk.work
            self._desk.reading.run(lambda: read_standing(work), self._show, self._desk.complain)

    def _show(self, standing: Standing) -> None:
        self.standing = standing
        self.preview.show_standing(standing)
        newest = next((one for one in standing.versions if one.there), None)
        if self._wanted and self.preview.choose(self._wanted):
            self._go_live(on=True)
        elif self._version(self._shown) is None:
            self._shown = ""
            if newest is not None:
                self._show_version(newest)
            elif standing.findings:
                self._go_live(on=True)
            else:
                self.preview.show_nothing()
        elif self.preview.live:
            self.preview.later()
        self._wanted = ""
        if self.isVisible():
            self.preview.warm()
        self._tell()

    def _go_live(self, *, on: bool) -> None:
        """The pages as they would be now, or those of the dossier that was built."""
        self.preview.go_live(on=on)
        one = self._version(self._shown) or next((one for one in self.standing.versions if one.there), None)
        if on:
            self.preview.ask()
            self._tell()
        elif one is not None:
            self._show_version(one)

    def _show_version(self, one: Version) -> None:
        """The pages of a dossier, with what they show of the case."""
        case = self._desk.work.case
        if case is None:
            return
        self._shown = one.row.id
        self.preview.go_live(on=False)

        def read() -> tuple[bytes, list[Place]]:
            if not one.path.is_file():
                return b"", []
            content = one.path.read_bytes()
            return content, read_places(case, content)

        self._desk.reading.run(read, lambda found: self._show_pages(one, *found), self._desk.complain)
        self._tell()

    def _show_pages(self, one: Version, content: bytes, places: list[Place]) -> None:
        if one.row.id != self._shown or self.preview.live:
            return
        if not content:
            self.preview.show_nothing()
            return
        self.preview.show_pdf(content, places)
        self.preview.note.say("ui.versions.name", edition=edition_name(one.edition), version=one.row.version or 1)

    def _tell(self) -> None:
        if not hasattr(self, "_soon"):
            return
        standing = self.standing
        self.edition.show_standing(standing)
        if standing.known:
            self.lacks.show_lacks(standing.lacks)
        self.versions.show_versions(standing.versions, "" if self.preview.live else self._shown)
        self.signing.show_standing(standing, self._shown, self._checked)
        self._build.setEnabled(bool(standing.findings) and not self._desk.read_only and not self.edition.in_the_way)
        clear(self._check)
        if self._checked is not None and (one := self._version(self._checked[0])) is not None:
            self._check.addWidget(rule())
            title = Say(bold=True, wrap=True)
            title.say("ui.check.title", edition=edition_name(one.edition), version=one.row.version or 1)
            self._check.addWidget(title)
            fill_check(self._check, self._checked[1])

    def _clear(self) -> None:
        self.standing, self._shown, self._job, self._checked, self._wanted = Standing(known=False), "", "", None, ""
        self.preview.show_nothing()
        self.preview.note.clear()
        self._busy(on=False)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "_soon"):
            self._tell()
        super().changeEvent(event)
