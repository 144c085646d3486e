"""Step 1, intake 采集: bring material in, see what was taken and refused, and have it transcribed, read and searched for leads."""

from pathlib import Path

from PySide6.QtCore import QEvent, QTimer, Signal
from PySide6.QtWidgets import QFileDialog, QFrame, QHBoxLayout, QScrollArea, QSplitter, QStackedLayout, QWidget

from inspector_app.commands.registry import Outcome
from inspector_app.i18n import tr
from inspector_app.ui.bridge.chain import Chain
from inspector_app.ui.bridge.desk import Desk
from inspector_app.ui.models.recordings import Material, MaterialModel, read_material, refusal
from inspector_app.ui.panes.jobs import JobsPanel
from inspector_app.ui.panes.tables import Table
from inspector_app.ui.theme.drop import DropArea
from inspector_app.ui.theme.look import look
from inspector_app.ui.theme.widgets import Button, Icon, Panel, Say, clear, column, row

WIDTHS = (0.0, 4.2, 5.0, 7.4, 5.4, 5.4, 5.6, 3.6)


#: what a statute's official text comes as; no recording, subtitle or chat log does
STATUTE_SUFFIXES = frozenset({".md", ".txt", ".html", ".htm", ".docx", ".pdf"})


class IntakeStep(DropArea):
    """Signal `watch(recording id)`: the user wants to see a recording."""

    watch = Signal(str)

    def __init__(self, desk: Desk, chain: Chain, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk, self._chain = desk, chain
        self.model = MaterialModel(self)
        self._refused_items: list[dict[str, object]] = []
        self.table = Table(self.model, WIDTHS, fixed=frozenset({1, 2, 3}))
        self.table.doubleClicked.connect(lambda index: self.watch.emit(self.model.lines[index.row()].recording.id))
        outer = column(8, 4, 8, 4, spacing=7)
        self.setLayout(outer)
        outer.addLayout(self._bar())
        split = QSplitter()
        split.setChildrenCollapsible(False)
        split.setHandleWidth(7)
        material = Panel("ui.material.title")
        self._note = material.note
        holder = QWidget()
        self._stack = QStackedLayout(holder)
        self._stack.addWidget(self._well())
        self._stack.addWidget(self.table)
        material.body.addWidget(holder, 1)
        split.addWidget(material)
        side = QWidget()
        side_box = column(spacing=7)
        side.setLayout(side_box)
        self.jobs = JobsPanel(desk)
        side_box.addWidget(self.jobs, 3)
        self._refused_panel = Panel("ui.refused.title")
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        inner = QWidget()
        self._refused = column(12, 6, 10, 8, spacing=4)
        inner.setLayout(self._refused)
        area.setWidget(inner)
        self._refused_panel.body.addWidget(area)
        side_box.addWidget(self._refused_panel, 2)
        split.addWidget(side)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 1)
        split.setSizes([980, 340])
        outer.addWidget(split, 1)
        self._soon = QTimer(self, singleShot=True, interval=250)
        self._soon.timeout.connect(self.refresh)
        self.dropped.connect(self.take)
        desk.opened.connect(self.refresh)
        desk.closed.connect(self._clear)
        desk.changed.connect(self._later)
        self._buttons_follow()

    def _bar(self) -> QHBoxLayout:
        line = row(spacing=8)
        self._import = Button("ui.intake.import", self._ask_files, icon_name="import", kind="primary")
        self._folder = Button("ui.intake.folder", self._ask_folder, icon_name="folder")
        self._all = Button("ui.intake.all", self._chain.everything, icon_name="play")
        self._speech = Button("ui.intake.transcribe", self._chain.transcribe, icon_name="speech")
        self._screen = Button("ui.intake.read", self._chain.read_screens, icon_name="screen-text")
        self._leads = Button("ui.intake.leads", self._chain.find_leads, icon_name="lead")
        self._see = Button("ui.intake.watch", self._watch_chosen, icon_name="watch")
        for button in (self._import, self._folder):
            line.addWidget(button)
        line.addStretch(1)
        for button in (self._all, self._speech, self._screen, self._leads, self._see):
            line.addWidget(button)
        return line

    def _well(self) -> QWidget:
        page = QWidget()
        box = column(28, 28, 28, 28)
        page.setLayout(box)
        well = QFrame()
        well.setObjectName("well")
        inner = column(20, 20, 20, 20, spacing=8)
        well.setLayout(inner)
        inner.addStretch(1)
        for widget in (
            Icon("import", look().em * 3, "accent"),
            Say("ui.intake.drop", bold=True, size=2),
            Say("ui.intake.drop_text", tone="muted", wrap=False),
        ):
            line = row()
            line.addStretch(1)
            line.addWidget(widget)
            line.addStretch(1)
            inner.addLayout(line)
        inner.addStretch(1)
        box.addWidget(well, 1)
        return page

    # -- acts ----------------------------------------------------------------------------------------------------------------

    def take(self, paths: list[Path]) -> None:
        """Imports files and folders; a statute's text goes to the law, everything else into the case."""
        texts = [path for path in paths if path.suffix.lower() in STATUTE_SUFFIXES]
        for path in texts:
            self._desk.later("law.import", self._law_taken, file=path)
        material = [str(path) for path in paths if path not in texts]
        if material:
            self._chain.import_files(material)

    def _law_taken(self, outcome: Outcome) -> None:
        self._desk.said.emit(tr("ui.done.law.import", **outcome.facts), "good")

    def _ask_files(self) -> None:
        files, _ = QFileDialog.getOpenFileNames(self, tr("ui.intake.import"))
        if files:
            self.take([Path(file) for file in files])

    def _ask_folder(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, tr("ui.intake.folder"))
        if folder:
            self.take([Path(folder)])

    def _watch_chosen(self) -> None:
        chosen = self.table.selectionModel().selectedRows()
        place = chosen[0].row() if chosen else 0
        if place < len(self.model.lines):
            self.watch.emit(self.model.lines[place].recording.id)

    # -- content -------------------------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        case = self._desk.work.case
        if case is not None:
            self._desk.reading.run(lambda: read_material(case), self._show, self._desk.complain)

    def _later(self) -> None:
        """Many changes in a row are read once."""
        if not self._soon.isActive():
            self._soon.start()

    def _show(self, material: Material) -> None:
        self.model.show(material.lines)
        self._stack.setCurrentIndex(1 if material.lines else 0)
        self._note.say("ui.material.count", count=len(material.lines))
        self._note.setVisible(bool(material.lines))
        self._refused_items = material.refused
        self._list_refused()
        self.jobs.show_left(material.jobs)
        self._buttons_follow()

    def _list_refused(self) -> None:
        clear(self._refused)
        self._refused_panel.setVisible(bool(self._refused_items))
        for item in self._refused_items:
            name = Say(bold=True, size=-1)
            name.setText(Path(str(item.get("file", ""))).name)
            name.setToolTip(str(item.get("file", "")))
            why = Say(tone="muted", size=-1, wrap=True)
            why.setText(refusal(item))
            self._refused.addWidget(name)
            self._refused.addWidget(why)
        self._refused.addStretch(1)

    def _buttons_follow(self) -> None:
        there = bool(self.model.lines)
        for button in (self._all, self._speech, self._screen, self._leads, self._see):
            button.setEnabled(there)

    def _clear(self) -> None:
        self._show(Material())

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "_refused"):
            self.model.retranslate()
            self._list_refused()
        super().changeEvent(event)
