"""Drawing a box on the picture of the player: with the mouse, or with the arrows. It lies over the picture only while a box is drawn."""

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from inspector_app.i18n import tr
from inspector_app.ui.theme.look import look
from inspector_app.ui.theme.tokens import DARK

_STEP = 0.02
_LEAST = 6.0


class Boxing(QWidget):
    """Signals: `boxed((x0, y0, x1, y1))` in pixels of the recording's picture, `left()` when it goes away, whatever was done."""

    boxed = Signal(object)
    left = Signal()

    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        self._over = over
        self._size = QSize(1, 1)
        self._box = QRectF()
        self._from: QPointF | None = None
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.setCursor(Qt.CursorShape.CrossCursor)
        over.installEventFilter(self)
        self.hide()

    def begin(self, width: int, height: int) -> None:
        """Asks for a box on a picture of `width` by `height` pixels; a box in its middle is there to begin with."""
        self._size, self._from = QSize(width, height), None
        self.setAccessibleName(tr("ui.boxing.name"))
        self.setGeometry(self._over.rect())
        place = self._place()
        self._box = QRectF(place.left() + place.width() / 4, place.top() + place.height() / 3, place.width() / 2, place.height() / 3)
        self.show()
        self.raise_()
        self.setFocus()

    def _place(self) -> QRectF:
        """Where the picture lies."""
        size = QSize(self._size)
        size.scale(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        return QRectF((self.width() - size.width()) / 2, (self.height() - size.height()) / 2, max(1, size.width()), max(1, size.height()))

    def _end(self) -> None:
        self.hide()
        self.left.emit()

    def _take(self) -> None:
        place = self._place()
        box = self._box.normalized().intersected(place)
        scale = self._size.width() / place.width()
        x0, x1 = (min(self._size.width(), max(0, round((x - place.left()) * scale))) for x in (box.left(), box.right()))
        y0, y1 = (min(self._size.height(), max(0, round((y - place.top()) * scale))) for y in (box.top(), box.bottom()))
        self._end()
        if x1 > x0 and y1 > y0:
            self.boxed.emit((x0, y0, x1, y1))

    # -- Qt ------------------------------------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._over and event.type() == QEvent.Type.Resize and self.isVisible():
            self.setGeometry(self._over.rect())
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move the box, with Shift they size it; Enter takes it, Esc leaves."""
        place = self._place()
        moves = {
            Qt.Key.Key_Left: QPointF(-_STEP * place.width(), 0),
            Qt.Key.Key_Right: QPointF(_STEP * place.width(), 0),
            Qt.Key.Key_Up: QPointF(0, -_STEP * place.height()),
            Qt.Key.Key_Down: QPointF(0, _STEP * place.height()),
        }
        if event.key() == Qt.Key.Key_Escape:
            self._end()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._take()
        elif (by := moves.get(Qt.Key(event.key()))) is not None:
            if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                self._box.setBottomRight(self._box.bottomRight() + by)
            else:
                self._box.translate(by)
            self._box = self._box.normalized().intersected(place)
            self.update()
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._from = event.position()
        else:
            self._end()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._from is not None:
            self._box = QRectF(self._from, event.position()).normalized()
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        start, self._from = self._from, None
        if start is None:
            return
        drawn = QRectF(start, event.position()).normalized()
        if drawn.width() >= _LEAST and drawn.height() >= _LEAST:  # a press without a drag draws nothing
            self._box = drawn
            self._take()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        dim = QColor(look().colour("video"))
        dim.setAlpha(110)
        painter.fillRect(self.rect(), dim)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
        for colour, width in (
            (QColor(Qt.GlobalColor.white), 4.0),
            (look().colour("finding"), 2.0),
        ):  # seen on light and dark pictures alike
            painter.setPen(QPen(colour, width))
            painter.drawRect(self._box)
        painter.setFont(look().font(-1))
        words = QRectF(self.rect()).adjusted(8, 8, -8, -8)
        flags = int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom | Qt.TextFlag.TextWordWrap)
        ground = painter.boundingRect(words, flags, tr("ui.boxing.hint")).adjusted(-8, -4, 8, 4)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look().colour("video", 225))
        painter.drawRoundedRect(ground, 5, 5)
        painter.setPen(QColor(DARK.text))
        painter.drawText(words, flags, tr("ui.boxing.hint"))
