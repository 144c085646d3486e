"""Places marked for later, as a list: a press goes there, two write why, and the one at hand can be taken away (undo brings it back)."""

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QStackedLayout, QWidget

from inspector_app.domain.records import Mark
from inspector_app.ui.models.lanes import Lanes
from inspector_app.ui.models.listing import Line, Listing
from inspector_app.ui.models.words import short_clock
from inspector_app.ui.theme.widgets import Button, Empty

from .sheets import Sheet
from .tables import Table

_HEADS = tuple(f"ui.marks.{name}" for name in ("at", "why", "by"))


class MarkList(Sheet):
    """Signals: `seek(us)`, `write(Mark)` to say why, `remove()` of the one at hand."""

    seek = Signal(object)
    write = Signal(object)
    remove = Signal()

    def __init__(self, lanes: Lanes, parent: QWidget | None = None) -> None:
        super().__init__("marks", parent)
        self._lanes = lanes
        self.rows: list[Mark] = []
        self.model = Listing(_HEADS, self)
        self.table = Table(self.model, (5.0, 0.0, 5.0), fixed=frozenset({0}))
        self.table.clicked.connect(lambda index: self.press(index.row()))
        self.table.doubleClicked.connect(lambda index: self.write.emit(self.rows[index.row()]))
        self._why = Button("ui.marks.write", self._ask, kind="flat", focus=False)
        self._away = Button("ui.marks.remove", self.remove.emit, kind="flat", focus=False, keyed="mark_off")
        self.line.addWidget(self._why)
        self.line.addWidget(self._away)
        holder = QWidget(self)
        self._stack = QStackedLayout(holder)
        self._stack.addWidget(self.table)
        self._stack.addWidget(Empty("flag", "ui.marks.empty", "ui.marks.empty_text"))
        self.body.addWidget(holder, 1)
        lanes.changed.connect(self.refresh)
        self.refresh()

    @property
    def count(self) -> int:
        return len(self.rows)

    def refresh(self) -> None:
        self.rows = list(self._lanes.now.marks)
        self.model.show([Line(row.id, (short_clock(row.at_us), row.text, row.by), (), row.text) for row in self.rows])
        self._stack.setCurrentIndex(0 if self.rows else 1)
        for button in (self._why, self._away):
            button.setEnabled(bool(self.rows))

    def press(self, place: int) -> None:
        if 0 <= place < len(self.rows):
            self.table.choose(place)
            self.seek.emit(self.rows[place].at_us)

    def _ask(self) -> None:
        place = self.table.currentIndex().row()
        if 0 <= place < len(self.rows):
            self.write.emit(self.rows[place])

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "_stack"):
            self.model.retranslate()
            self.refresh()
        super().changeEvent(event)
