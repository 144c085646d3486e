"""The continuous duties of a recording as a list, with one act: a finding of the longest absence with the frames that prove it."""

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QStackedLayout, QWidget

from inspector_app.domain.records import Track
from inspector_app.ui.models.duties import absence, duties, line_of
from inspector_app.ui.models.lanes import Lanes
from inspector_app.ui.models.listing import Listing
from inspector_app.ui.theme.widgets import Button, Empty

from .sheets import Sheet
from .tables import Table

_HEADS = tuple(f"ui.duties.{name}" for name in ("what", "article", "share", "longest"))


class DutyList(Sheet):
    """Signals: `seek(us)` to an absence pressed, `accused()` when the button asks for the finding."""

    seek = Signal(object)
    accused = Signal()

    def __init__(self, lanes: Lanes, parent: QWidget | None = None) -> None:
        super().__init__("duties", parent)
        self._lanes = lanes
        self.rows: list[Track] = []
        self.model = Listing(_HEADS, self)
        self.table = Table(self.model, (7.5, 5.4, 4.6, 0.0), fixed=frozenset({3}))
        self.table.clicked.connect(lambda index: self.press(index.row()))
        self.place = -1
        self._accuse = Button("ui.duties.accuse", self.accused.emit, kind="flat", icon_name="finding", focus=False, keyed="duty")
        self.line.addWidget(self._accuse)
        holder = QWidget(self)
        self._stack = QStackedLayout(holder)
        self._stack.addWidget(self.table)
        self._stack.addWidget(Empty("screen-text", "ui.duties.empty", "ui.duties.empty_text"))
        self.body.addWidget(holder, 1)
        lanes.changed.connect(self.refresh)
        self.refresh()

    @property
    def count(self) -> int:
        """How many were away at some time."""
        return sum(1 for track in self.rows if absence(track) is not None)

    def refresh(self) -> None:
        self.rows = duties(self._lanes.now.tracks)
        self.model.show([line_of(track) for track in self.rows])
        self._stack.setCurrentIndex(0 if self.rows else 1)
        self.place = self.place if self.place < len(self.rows) else -1
        self._accuse.setEnabled(bool(self.rows))

    def press(self, place: int) -> None:
        if 0 <= place < len(self.rows):
            self.place = place
            self.table.choose(place)
            away = absence(self.rows[place])
            if away is not None:
                self.seek.emit(away.at_us)

    @property
    def at_hand(self) -> Track | None:
        """The duty chosen; where none is, the one that was away longest."""
        if 0 <= self.place < len(self.rows):
            return self.rows[self.place]
        away = [(found.end_us - found.start_us, place) for place, track in enumerate(self.rows) if (found := absence(track)) is not None]
        return self.rows[max(away)[1]] if away else None

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "_stack"):
            self.model.retranslate()
            self.refresh()
        super().changeEvent(event)
