"""The dossier's pages beside its making: one item as the case stands now (`live`), or a dossier that was built, page by page.

The pages of an item come from a child process that stays; it is started when they are first looked at and ends with the case. One
question at a time: what changed meanwhile is asked for once more.
"""

from contextlib import suppress

from PySide6.QtCore import QEvent, QTimer, Signal
from PySide6.QtWidgets import QButtonGroup, QComboBox, QWidget

from inspector_app.casefile.case import Case
from inspector_app.domain.errors import InspectorError
from inspector_app.domain.records import Finding
from inspector_app.i18n import tr
from inspector_app.jobs.dossier_preview import DossierPreview, Page
from inspector_app.ui.bridge.background import Background
from inspector_app.ui.bridge.desk import Desk
from inspector_app.ui.models.dossiers import Place, Standing, read_places
from inspector_app.ui.panes.dossier_preview import PreviewPane
from inspector_app.ui.theme.widgets import Button

#: sections that can be looked at by themselves → the step where they are mended ("" nowhere)
SECTIONS = {
    "summary": "",
    "record": "step:intake",
    "exhibits": "step:evidence",
    "articles": "step:evidence",
    "coverage": "step:watch",
    "custody": "",
    "tools": "",
    "verify": "",
    "head": "",
}
#: a page's sides in points (A4), for places that are whole pages
_PAGE = (30.0, 40.0, 565.0, 800.0)


class DossierPages(PreviewPane):
    """Signals: `followed(target)` as its parent, `mode(live)` the user chose between now and what was built."""

    mode = Signal(bool)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__("ui.dossier.preview", "ui.dossier.empty", parent)
        self._desk = desk
        self._pages: DossierPreview | None = None
        self._reading = Background(self, threads=1)  # of its own: setting pages must not keep other reading waiting
        self._findings: list[Finding] = []
        self._asking = self._again = False
        self._made = ""  #: what the pages shown are of
        self.items = QComboBox()
        self.items.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.items.setMinimumContentsLength(12)
        self.items.activated.connect(lambda _: self.ask())
        group = QButtonGroup(self)
        self.now = Button("ui.live.now", kind="toggle", hint="ui.live.now_hint")
        self.built = Button("ui.live.built", kind="toggle", hint="ui.live.built_hint")
        for place, widget in enumerate((self.now, self.built, self.items), 1):
            self.head.insertWidget(place, widget)
        for button in (self.now, self.built):
            button.setCheckable(True)
            group.addButton(button)
        self.built.setChecked(True)
        group.buttonClicked.connect(lambda _: self.mode.emit(self.live))
        self._soon = QTimer(self, singleShot=True, interval=120)
        self._soon.timeout.connect(self.ask)
        desk.closed.connect(self._end)
        self._write()

    @property
    def live(self) -> bool:
        return self.now.isChecked()

    @property
    def what(self) -> str:
        """The item at hand: `finding-3` or a section."""
        return str(self.items.currentData() or "")

    def go_live(self, *, on: bool) -> None:
        """Changes between now and what was built, without asking for pages."""
        (self.now if on else self.built).setChecked(True)
        self.items.setVisible(on)
        self._made = ""

    def show_standing(self, standing: Standing) -> None:
        """The items there are; the one at hand stays."""
        if [one.id for one in self._findings] != [one.id for one in standing.findings] or not self.items.count():
            self._findings = list(standing.findings)
            self._fill()
        self.now.setEnabled(bool(standing.findings))
        self.built.setEnabled(bool(standing.versions))

    def _fill(self) -> None:
        what = self.what
        self.items.clear()
        for one in self._findings:
            self.items.addItem(tr("ui.live.finding", number=one.number), f"finding-{one.number}")
        for name in SECTIONS:
            self.items.addItem(tr(f"ui.section.{name}"), name)
        self.items.setCurrentIndex(max(0, self.items.findData(what)))

    def choose(self, target: str) -> bool:
        """Takes a finding (`finding:id`) at hand; False where it is not among the items."""
        number = next((one.number for one in self._findings if f"finding:{one.id}" == target), 0)
        place = self.items.findData(f"finding-{number}")
        if place >= 0:
            self.items.setCurrentIndex(place)
        return place >= 0

    def warm(self) -> None:
        """Starts the child, so that the first page comes as quickly as the others."""
        case = self._desk.work.case
        if case is not None and self._pages is None and self._findings:
            self._reading.run(self._child(case).warm, lambda _: None)

    def _child(self, case: Case) -> DossierPreview:
        if self._pages is None:
            self._pages = DossierPreview(case, self._desk.work.catalogue, self._desk.work.actor)
        return self._pages

    def later(self) -> None:
        """The case changed: the item at hand is made anew in a moment."""
        if self.live:
            self._soon.start()

    def ask(self) -> None:
        """Has the pages of the item at hand made from the case as it stands."""
        case, what = self._desk.work.case, self.what
        if case is None or not self.live or not what:
            return
        if self._asking:
            self._again = True
            return
        pages = self._child(case)
        self._asking = True
        if what != self._made:
            self.empty.title.say("ui.live.making")
            self.empty.text.setText(self.items.currentText())
            super().show_nothing()

        def done(page: Page | None, error: InspectorError | None = None) -> None:
            self._asking = False
            if self.live and what == self.what:
                if page is not None:
                    self._show(what, page)
                elif error is not None:
                    self._made = ""
                    self.show_error(error)
            if self._again:
                self._again = False
                self.ask()

        self._reading.run(lambda: pages.page(what), done, lambda error: done(None, error))

    def _show(self, what: str, page: Page) -> None:
        """The pages of an item: each finding and exhibit on them leads to where it is mended, a section's pages as a whole."""
        finding = next((one for one in self._findings if f"finding-{one.number}" == what), None)
        target = f"finding:{finding.id}" if finding is not None else SECTIONS.get(what, "")
        places = [Place(number, _PAGE, target, self.items.currentText()) for number in range(page.pages)] if target else []
        if self._desk.work.case is not None and finding is not None:
            places = read_places(self._desk.work.case, page.pdf) or places
        self.show_pdf(page.pdf, places, keep=what == self._made)
        self._made = what
        self.note.setText("")

    def show_nothing(self) -> None:
        self.empty.title.say("ui.dossier.empty")
        self.empty.text.say("ui.dossier.empty_text")
        super().show_nothing()

    def _end(self) -> None:
        """The case is closed, and the child with it."""
        pages, self._pages = self._pages, None
        self._asking = self._again = False
        self._made = ""
        self._findings = []
        if pages is not None:
            for step in (pages.close, self._reading.forget, pages.close):  # a page under way may have started the child anew
                with suppress(OSError, ValueError):
                    step()

    def _write(self) -> None:
        self.items.setAccessibleName(tr("ui.live.item"))
        self.items.setVisible(self.live)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "_soon"):
            self._write()
            self._fill()
        super().changeEvent(event)
