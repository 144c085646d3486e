"""The scrolling list of transcript lines of different heights, thousands of them, over the read-only model.

Not a QListView: that lays out every line anew whenever one changes its height, half a second for a long broadcast. Here a change costs the
lines it touches, and what the user is reading stays where it is. Takes no focus and no input methods.
"""

from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QShowEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QToolTip, QWidget

from inspector_app.ui.models.transcript import TranscriptModel
from inspector_app.ui.theme.look import look

from .lines import LinePainter


class LineView(QAbstractScrollArea):
    """Signals: `pressed(place)`, `doubled(place)`, `card_pressed(act)`, `scrolled()` when the user scrolls."""

    pressed = Signal(int)
    doubled = Signal(int)
    card_pressed = Signal(str)
    scrolled = Signal()

    def __init__(self, model: TranscriptModel, lines: LinePainter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model, self._lines = model, lines
        self._heights: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
        self._tops: NDArray[np.int64] = np.zeros(1, dtype=np.int64)
        self._stale = True
        #: what a line's tool tip says
        self.words_of: Callable[[int], str] = lambda _: ""
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.verticalScrollBar().setSingleStep(look().em)
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor)
        model.modelReset.connect(self.measure)
        model.remarked.connect(self._measure_some)
        model.dataChanged.connect(lambda *_: self.viewport().update())

    # -- measures ------------------------------------------------------------------------------------------------------------

    def measure(self) -> None:
        """Measures every line anew, when it is seen; the line at the top stays there."""
        self._stale = not self.isVisible()
        if self._stale:
            self._heights, self._tops = np.zeros(0, dtype=np.int64), np.zeros(1, dtype=np.int64)
            return
        width = self.viewport().width()
        anchor, inside = self._anchor()
        self._heights = self._lines.heights(width)
        self._settle(anchor, inside)

    def _measure_some(self, places: Iterable[int]) -> None:
        """Reckons lines whose marks have changed; they are measured exactly when they come into sight."""
        here = {place for place in places if place < len(self._heights)}
        anchor, inside = self._anchor()
        self._heights[list(here)] = self._lines.heights(self.viewport().width(), here)
        self._settle(anchor, inside)

    def _exact_in_sight(self) -> None:
        width, anchor, wrong = self.viewport().width(), self._anchor(), False
        place = max(0, anchor[0])
        while place < len(self._heights) and self.rect_of(place).top() < self.viewport().height():
            height = self._lines.exact_height(place, width)
            if self._heights[place] != height:
                self._heights[place], wrong = height, True
            place += 1
        if wrong:
            self._settle(*anchor)

    def _anchor(self) -> tuple[int, int]:
        """The line at the top and how far it is scrolled past."""
        value = self.verticalScrollBar().value()
        place = self.place_at(0)
        return place, value - int(self._tops[place]) if 0 <= place < len(self._tops) else 0

    def _settle(self, anchor: int, inside: int) -> None:
        self._tops = np.concatenate(([0], np.cumsum(self._heights)))
        bar = self.verticalScrollBar()
        bar.setRange(0, max(0, int(self._tops[-1]) - self.viewport().height()))
        bar.setPageStep(self.viewport().height())
        if 0 < anchor < len(self._tops):
            bar.setValue(int(self._tops[anchor]) + inside)
        self.viewport().update()

    def place_at(self, y: float) -> int:
        """The line under a height of the viewport; -1 below the last."""
        place = int(np.searchsorted(self._tops, self.verticalScrollBar().value() + y, side="right")) - 1
        return place if 0 <= place < len(self._heights) else -1

    def rect_of(self, place: int) -> QRect:
        """Where a line lies in the viewport, visible or not."""
        top = int(self._tops[place]) - self.verticalScrollBar().value()
        return QRect(0, top, self.viewport().width(), int(self._heights[place]))

    def words_rect(self, place: int) -> QRect:
        """Where a line's words begin, to the right edge; in the viewport."""
        box = self.rect_of(place)
        return QRect(self._lines.words_left, box.top(), box.width() - self._lines.words_left - 8, box.height())

    def reveal(self, place: int) -> None:
        """Brings a line into the middle where it is not in sight with room about it."""
        if not 0 <= place < len(self._heights):
            return
        box, height = self.rect_of(place), self.viewport().height()
        if box.top() < look().em * 2 or box.bottom() > height - look().em * 3:
            self.verticalScrollBar().setValue(int(self._tops[place]) - (height - min(box.height(), height)) // 2)

    # -- Qt ------------------------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        self._exact_in_sight()
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), look().colour("panel"))
        place = max(0, self.place_at(event.rect().top()))
        while place < len(self._heights):
            box = self.rect_of(place)
            if box.top() > event.rect().bottom():
                break
            self._lines.paint(painter, place, QRectF(box))
            place += 1

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._stale:
            self.measure()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.measure()
        else:
            self._settle(*self._anchor())

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.scrolled.emit()
        super().wheelEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            place = self.place_at(event.pos().y())
            QToolTip.showText(event.globalPos(), self.words_of(place) if place >= 0 else "", self.viewport())
            return True
        return super().viewportEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A press on a key of the open card does what the key does; elsewhere it chooses the line."""
        place = self.place_at(event.position().y())
        if place < 0 or event.button() != Qt.MouseButton.LeftButton:
            return
        act = self._lines.act_at(place, self.viewport().width(), event.position() - QPointF(self.rect_of(place).topLeft()))
        if act is None:
            self.pressed.emit(place)
        elif act:
            self.card_pressed.emit(act)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        place = self.place_at(event.position().y())
        if place >= 0:
            self.doubled.emit(place)
