"""What the player shows: the picture whole and unstretched, or in words why there is none. It only paints.

Its ground is dark in both schemes, so that the words on it take the dark scheme's colours.
"""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QFontMetricsF, QImage, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from inspector_app.ui.theme.look import look
from inspector_app.ui.theme.tokens import DARK


class VideoSurface(QWidget):
    """Signal `sized(width, height)` in the screen's own pixels. `message` is shown where there is no picture; `chip` over the picture."""

    sized = Signal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.image = QImage()
        self.message = ""
        self.chip = ""
        self._hatched = False

    def sizeHint(self) -> QSize:
        return QSize(look().em * 14, look().em * 24)

    def minimumSizeHint(self) -> QSize:
        return QSize(look().em * 8, look().em * 8)

    def show_image(self, image: QImage, chip: str = "") -> None:
        self.image, self.message, self.chip = image, "", chip
        self.update()

    def show_words(self, message: str, *, hatched: bool = False) -> None:
        """No picture, and why; `hatched` where nothing was recorded at all."""
        self.image, self.message, self.chip, self._hatched = QImage(), message, "", hatched
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        ratio = self.devicePixelRatioF()
        self.sized.emit(round(self.width() * ratio), round(self.height() * ratio))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), look().colour("video"))
        if not self.image.isNull():
            size = self.image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
            box = QRectF((self.width() - size.width()) / 2, (self.height() - size.height()) / 2, size.width(), size.height())
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(box, self.image)
            if self.chip:
                self._draw_chip(painter, box)
        elif self.message:
            if self._hatched:
                painter.fillRect(self.rect(), QBrush(QColor(DARK.line_strong), Qt.BrushStyle.BDiagPattern))
            self._draw_words(painter)

    def _draw_words(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(look().font(0))
        flags = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)
        room = QRectF(self.rect()).adjusted(20, 20, -20, -20)
        words = painter.boundingRect(room, flags, self.message)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look().colour("video", 235))
        painter.drawRoundedRect(words.adjusted(-14, -9, 14, 9), 6, 6)
        painter.setPen(QColor(DARK.text))
        painter.drawText(room, flags, self.message)

    def _draw_chip(self, painter: QPainter, picture: QRectF) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(look().font(-2))
        metrics = QFontMetricsF(painter.font())
        box = QRectF(picture.left() + 6, picture.top() + 6, metrics.horizontalAdvance(self.chip) + 12, metrics.height() + 4)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look().colour("video", 190))
        painter.drawRoundedRect(box, 4, 4)
        painter.setPen(QColor(DARK.text))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self.chip)
