"""Tables as every step shows them: quiet, read-only, whole rows, state cells drawn as chips."""

from PySide6.QtCore import QAbstractItemModel, QItemSelectionModel, QModelIndex, QPersistentModelIndex, QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTableView, QWidget

from inspector_app.ui.models.findings import TONE
from inspector_app.ui.theme.look import look
from inspector_app.ui.theme.paint import draw_chip, elided


class CellDelegate(QStyledItemDelegate):
    """Text cut with an ellipsis; a cell that gives a tone is a chip (or, for `faint`, pale text)."""

    def __init__(self, fixed: frozenset[int] = frozenset(), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._fixed = fixed

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(option.rect)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(box, look().colour("accent_soft"))
        painter.setPen(look().colour("line"))
        painter.drawLine(box.bottomLeft(), box.bottomRight())
        text, tone = str(index.data() or ""), index.data(TONE)
        inner = box.adjusted(8, 0, -6, 0)
        if tone in ("good", "lead", "accent", "plain", "finding") and text:
            painter.setFont(look().font(-1))
            draw_chip(painter, inner.left(), inner.center().y(), text, str(tone))
        else:
            painter.setFont(look().fixed(-1) if index.column() in self._fixed else look().font())
            painter.setPen(look().colour("faint" if tone == "faint" else "finding" if tone == "bad" else "text"))
            painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, elided(painter, text, inner.width()))
        painter.restore()


class Table(QTableView):
    """`widths` in ems per column, 0 for the one that stretches; `fixed` are the columns set in figures of one width."""

    def __init__(
        self, model: QAbstractItemModel, widths: tuple[float, ...], *, fixed: frozenset[int] = frozenset(), parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setModel(model)
        self.setItemDelegate(CellDelegate(fixed, self))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(look().em + 11)
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        head.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        head.setMinimumSectionSize(look().em)
        for column, width in enumerate(widths):
            if width:
                head.setSectionResizeMode(column, QHeaderView.ResizeMode.Interactive)
                head.resizeSection(column, round(width * look().em))
            else:
                head.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)

    def choose(self, place: int) -> None:
        """Selects a row and keeps it in sight; -1 selects none."""
        if place < 0:
            self.clearSelection()
        else:
            index = self.model().index(place, 0)
            wanted = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
            self.selectionModel().setCurrentIndex(index, wanted)  # `selectRow` would take a row away while Ctrl is held
            self.scrollTo(index)
