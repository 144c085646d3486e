"""A still of an exhibit at a readable size, with the box a person draws on what is meant. It shows the exhibit's own picture and changes no file."""

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from inspector_app.i18n import tr
from inspector_app.ui.theme.look import look


class StillFrame(QWidget):
    """Signals: `boxed((x0, y0, x1, y1))` in pixels of the picture (empty: the box was taken away), `opened()` on a double press.

    Drag draws the box, Delete takes it away, Esc gives up a box half drawn.
    """

    boxed = Signal(object)
    opened = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image = QImage()
        self._scaled: QPixmap | None = None
        self._box: tuple[int, ...] = ()
        self._from: QPoint | None = None
        self._to = QPoint()
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAccessibleName(tr("ui.evidence.frame"))

    def show_picture(self, image: QImage, box: tuple[int, ...]) -> None:
        """The picture and the box already drawn on it; a null image shows that it is still being taken."""
        self._image, self._box, self._from, self._scaled = image, box, None, None
        self.setAccessibleName(tr("ui.evidence.frame"))
        self.setToolTip("" if image.isNull() else tr("ui.evidence.frame_tip"))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(look().em * 18, look().em * 19)

    # -- places --------------------------------------------------------------------------------------------------------------

    def _place(self) -> QRectF:
        """Where the picture lies in the widget."""
        size = QSize(self._image.size())
        size.scale(self.size() - QSize(2, 2), Qt.AspectRatioMode.KeepAspectRatio)
        return QRectF((self.width() - size.width()) / 2, (self.height() - size.height()) / 2, size.width(), size.height())

    def _pixels(self, rect: QRect) -> tuple[int, int, int, int]:
        """A rectangle of the widget in pixels of the picture, inside it."""
        place = self._place()
        scale = self._image.width() / place.width()
        width, height = self._image.width(), self._image.height()
        x0, x1 = (min(width, max(0, round((x - place.left()) * scale))) for x in (rect.left(), rect.right() + 1))
        y0, y1 = (min(height, max(0, round((y - place.top()) * scale))) for y in (rect.top(), rect.bottom() + 1))
        return x0, y0, x1, y1

    def _shown(self, box: tuple[int, ...]) -> QRectF:
        place = self._place()
        scale = place.width() / self._image.width()
        x0, y0, x1, y1 = box
        return QRectF(place.left() + x0 * scale, place.top() + y0 * scale, (x1 - x0) * scale, (y1 - y0) * scale)

    # -- Qt ------------------------------------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look().colour("video"))
        painter.drawRoundedRect(QRectF(self.rect()), 6, 6)
        if self._image.isNull():
            painter.setPen(look().colour("faint"))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, tr("ui.evidence.still_coming"))
        else:
            self._paint_picture(painter)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(look().colour("accent"), 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 6, 6)

    def _paint_picture(self, painter: QPainter) -> None:
        place, ratio = self._place(), self.devicePixelRatioF()
        wanted = (place.size() * ratio).toSize()
        if self._scaled is None or self._scaled.size() != wanted:
            mode = Qt.TransformationMode.SmoothTransformation
            self._scaled = QPixmap.fromImage(self._image.scaled(wanted, Qt.AspectRatioMode.IgnoreAspectRatio, mode))
        painter.drawPixmap(place, self._scaled, QRectF(self._scaled.rect()))
        box = QRectF(QRect(self._from, self._to).normalized()) if self._from is not None else self._shown(self._box) if self._box else None
        if box is not None:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            for colour, width in ((Qt.GlobalColor.white, 4.0), (look().colour("finding"), 2.0)):  # seen on light and dark pictures alike
                painter.setPen(QPen(colour, width))
                painter.drawRect(box)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus()
        if event.button() == Qt.MouseButton.LeftButton and not self._image.isNull():
            self._from = self._to = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._from is not None:
            self._to = event.position().toPoint()
            self.update()

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        if self._from is None:
            return
        drawn = QRect(self._from, self._to).normalized()
        self._from = None
        if drawn.width() > 6 and drawn.height() > 6:  # a press without a drag draws nothing
            x0, y0, x1, y1 = self._pixels(drawn)
            if x1 > x0 and y1 > y0:
                self.boxed.emit((x0, y0, x1, y1))
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self._place().contains(QPointF(event.position())):
            self.opened.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._from is not None:
            self._from = None
            self.update()
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and self._box:
            self.boxed.emit(())
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit()
        else:
            super().keyPressEvent(event)
