"""The findings of the recording as a read-only table: number, in, out, article, quote, elements, state."""

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from inspector_app.domain.records import Finding
from inspector_app.i18n import tr

from .store import RecordingStore
from .words import article_label, elements_label, finding_state, is_complete, short_clock

#: what the list may be kept to
STATES = ("all", "open", "complete", "withdrawn")
COLUMNS = ("number", "in", "out", "article", "quote", "elements", "state")
#: role under which a cell gives its tone: good, lead, accent, plain
TONE = Qt.ItemDataRole.UserRole + 1


class FindingsModel(QAbstractTableModel):
    def __init__(self, store: RecordingStore, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        #: every finding of the recording, and those shown
        self.all: list[Finding] = []
        self.rows: list[Finding] = []
        self._words, self._state = "", "all"
        store.loaded.connect(self.rebuild)
        store.findings.connect(self._refresh)

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def columnCount(self, parent: QModelIndex | QPersistentModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return tr(f"ui.findings.{COLUMNS[section]}")
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        return None

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or index.row() >= len(self.rows):
            return None
        finding, column = self.rows[index.row()], COLUMNS[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return _cell(finding, column)
        if role == Qt.ItemDataRole.ToolTipRole and column == "quote":
            return finding.quote
        if role == TONE and column == "state":
            return finding_state(finding)[1]
        if role == TONE and finding.state == "withdrawn":
            return "faint"
        return None

    def want_words(self, words: str) -> None:
        """Keeps to findings with these words in number, articles, quote or note."""
        self._words = words.strip().casefold()
        self.rebuild()

    def want_state(self, state: str) -> None:
        """Keeps to one of `STATES`."""
        self._state = state
        self.rebuild()

    def _wanted(self) -> list[Finding]:
        self.all = list(self._store.now.findings) if self._store.now else []
        return [row for row in self.all if self._takes(row)] if self._words or self._state != "all" else self.all

    def _takes(self, finding: Finding) -> bool:
        state = "withdrawn" if finding.state == "withdrawn" else "complete" if is_complete(finding) else "open"
        if self._state not in ("all", state):
            return False
        articles = " ".join(article_label(code) for code in finding.articles)
        return self._words in f"{finding.number:03d} {articles} {finding.quote} {finding.note}".casefold()

    def rebuild(self) -> None:
        self.beginResetModel()
        self.rows = list(self._wanted())
        self.endResetModel()

    def _refresh(self) -> None:
        """Rows that stayed keep their place and selection; a table whose rows are others is listed anew."""
        fresh = list(self._wanted())
        old, new = [row.id for row in self.rows], [row.id for row in fresh]
        if new[: len(old)] == old and len(new) > len(old):
            self.beginInsertRows(QModelIndex(), len(old), len(new) - 1)
            self.rows = fresh
            self.endInsertRows()
        elif old[: len(new)] == new and len(old) > len(new):
            self.beginRemoveRows(QModelIndex(), len(new), len(old) - 1)
            self.rows = fresh
            self.endRemoveRows()
        elif old != new:
            self.rebuild()
            return
        self.rows = fresh
        if fresh:
            self.dataChanged.emit(self.index(0, 0), self.index(len(fresh) - 1, len(COLUMNS) - 1))

    def retranslate(self) -> None:
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(COLUMNS) - 1)
        self._refresh()

    def place_of(self, finding_id: str) -> int:
        return next((place for place, row in enumerate(self.rows) if row.id == finding_id), -1)


def _cell(finding: Finding, column: str) -> str:
    match column:
        case "number":
            return f"{finding.number:03d}"
        case "in":
            return short_clock(finding.start_us)
        case "out":
            return short_clock(finding.end_us)
        case "article":
            return " · ".join(article_label(code) for code in finding.articles)
        case "quote":
            return finding.quote or finding.note
        case "elements":
            return elements_label(finding)
        case _:
            return finding_state(finding)[0]
