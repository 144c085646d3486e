"""The table of the material: reached by keyboard, several rows at once, and a line to scale for recordings with gaps or several files."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter
from PySide6.QtWidgets import QAbstractItemView, QStyleOptionViewItem, QWidget

from inspector_app.i18n import tr
from inspector_app.ui.models.recordings import STRIP, Line, MaterialModel, Row
from inspector_app.ui.theme.look import look

from .tables import CellDelegate, Table

WIDTHS = (0.0, 4.6, 6.4, 4.8, 8.2, 4.4, 4.4, 4.4, 2.8)
_FIXED = frozenset({2, 3, 4})
_LENGTH = 2


class MaterialDelegate(CellDelegate):
    """Under a length, the recording as a line: where bytes are, where none came, where files meet."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        super().paint(painter, option, index)
        strip = index.data(STRIP) if index.column() == _LENGTH else None
        if strip is not None:
            draw_strip(painter, QRectF(option.rect).adjusted(8, 0, -8, -3), *strip)


def draw_strip(painter: QPainter, box: QRectF, duration_us: int, gaps: tuple[tuple[int, int], ...], cuts: tuple[int, ...]) -> None:
    """A line three pixels high along the bottom of `box`, to scale; a gap is never thinner than two pixels."""
    if duration_us <= 0:
        return
    bar = QRectF(box.left(), box.bottom() - 3, box.width(), 3)
    painter.save()
    painter.fillRect(bar, look().colour("speech"))
    for start, end in gaps:
        left = bar.left() + bar.width() * start / duration_us
        width = max(2.0, bar.width() * (end - start) / duration_us)
        painter.fillRect(QRectF(left, bar.top() - 1, width, 5), look().colour("finding"))
    for cut in cuts:
        painter.fillRect(QRectF(bar.left() + bar.width() * cut / duration_us - 0.5, bar.top() - 2, 1, 6), look().colour("text"))
    painter.restore()


class MaterialTable(Table):
    """Signals: `opened(recording id)` by Enter or a double press, `chosen()` when other rows are at hand."""

    opened = Signal(str)
    chosen = Signal()

    def __init__(self, model: MaterialModel, parent: QWidget | None = None) -> None:
        super().__init__(model, WIDTHS, fixed=_FIXED, parent=parent)
        self._model = model
        self._kept: list[str] = []
        self.setItemDelegate(MaterialDelegate(_FIXED, self))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setTabKeyNavigation(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.verticalHeader().setDefaultSectionSize(look().em + 14)
        self.setMinimumHeight(look().em * 6)
        self.doubleClicked.connect(lambda index: self._open(index.row()))
        self.selectionModel().selectionChanged.connect(lambda *_: self.chosen.emit())
        model.modelAboutToBeReset.connect(self._keep)
        model.modelReset.connect(self._choose_again)

    @property
    def rows(self) -> list[Row]:
        """The rows at hand, in the order of the table."""
        places = sorted(index.row() for index in self.selectionModel().selectedRows())
        return [self._model.rows[place] for place in places if place < len(self._model.rows)]

    @property
    def lines(self) -> list[Line]:
        return [row for row in self.rows if isinstance(row, Line)]

    def choose_key(self, key: str) -> None:
        """Brings the row of a recording or original to hand."""
        for place in range(len(self._model.rows)):
            if self._model.key(place) == key:
                self.choose(place)

    def _keep(self) -> None:
        self._kept = [self._model.key(index.row()) for index in self.selectionModel().selectedRows()]

    def _choose_again(self) -> None:
        """What was at hand stays at hand; else the first row is."""
        rows = range(len(self._model.rows))
        place = next((row for row in rows if self._model.key(row) in self._kept), 0 if rows else -1)
        self.choose(place)
        self.chosen.emit()

    def _open(self, place: int) -> None:
        row = self._model.rows[place] if 0 <= place < len(self._model.rows) else None
        if isinstance(row, Line):
            self.opened.emit(row.recording.id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open(self.currentIndex().row())
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.setAccessibleName(tr("ui.material.title"))
        if not self.rows and self._model.rows:
            self.choose(0)
