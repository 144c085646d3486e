"""A read-only table of lines made elsewhere: leads in groups, continuous duties, places marked. Lines are compared by their ids when they change."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from inspector_app.i18n import tr

from .findings import TONE


@dataclass(frozen=True)
class Line:
    """One row: its id, a text for each column, the tone of some columns (column → tone), and what its tool tip says."""

    id: str
    cells: tuple[str, ...]
    tones: tuple[tuple[int, str], ...] = ()
    tip: str = ""


class Listing(QAbstractTableModel):
    """`heads` are the word keys of the columns."""

    def __init__(self, heads: tuple[str, ...], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._heads = heads
        self.lines: list[Line] = []

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.lines)

    def columnCount(self, parent: QModelIndex | QPersistentModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._heads)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return tr(self._heads[section])
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        return None

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or index.row() >= len(self.lines):
            return None
        line = self.lines[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return line.cells[index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return line.tip or None
        if role == TONE:
            return dict(line.tones).get(index.column())
        return None

    def show(self, lines: Sequence[Line]) -> None:
        """Puts other lines in; where the ids are the same the view keeps its place."""
        fresh = list(lines)
        if [line.id for line in fresh] == [line.id for line in self.lines]:
            self.lines = fresh
            if fresh:
                self.dataChanged.emit(self.index(0, 0), self.index(len(fresh) - 1, len(self._heads) - 1))
        else:
            self.beginResetModel()
            self.lines = fresh
            self.endResetModel()

    def retranslate(self) -> None:
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self._heads) - 1)

    def place_of(self, line_id: str) -> int:
        return next((place for place, line in enumerate(self.lines) if line.id == line_id), -1)
