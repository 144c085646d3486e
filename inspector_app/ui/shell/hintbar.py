"""The hint bar: on the left the keys that matter now, on the right the last thing that happened or went wrong. Nothing here is modal."""

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetricsF, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from inspector_app.i18n import tr
from inspector_app.ui.theme.look import look
from inspector_app.ui.theme.paint import draw_keycap, keycap_width

_STAYS_MS = {"": 4000, "good": 5000, "bad": 15_000}


class HintBar(QWidget):
    """Signal `pressed()` when a person presses on a sentence that tells of something gone wrong."""

    pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keys: tuple[tuple[str, str], ...] = ()
        self._text, self._tone = "", ""
        self._fade = QTimer(self, singleShot=True)
        self._fade.timeout.connect(self._quiet)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(400, look().em + 14)

    @property
    def text(self) -> str:
        return self._text

    def set_keys(self, keys: tuple[tuple[str, str], ...]) -> None:
        """Keys and the word keys of what they do, most needed first."""
        self._keys = keys
        self.update()

    def tell(self, text: str, tone: str = "") -> None:
        """Shows a sentence for a while; `tone` good or bad colours it."""
        self._text, self._tone = text, tone
        self.setToolTip(f"{text}\n{tr('ui.notice.press')}" if tone == "bad" else "")
        self.setCursor(Qt.CursorShape.PointingHandCursor if tone == "bad" else Qt.CursorShape.ArrowCursor)
        self.setAccessibleName(text)
        self._fade.start(_STAYS_MS.get(tone, 4000))
        self.update()

    def mousePressEvent(self, _event: QMouseEvent) -> None:
        if self._tone == "bad":
            self.pressed.emit()

    def _quiet(self) -> None:
        self._text, self._tone = "", ""
        self.setToolTip("")
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(look().font(-1))
        metrics = QFontMetricsF(painter.font())
        middle, right = self.height() / 2, float(self.width() - 12)
        if self._text:
            wide = min(metrics.horizontalAdvance(self._text) + 4, self.width() * (0.78 if self._tone == "bad" else 0.5))
            text = metrics.elidedText(self._text, Qt.TextElideMode.ElideRight, wide)
            painter.setPen(look().colour({"bad": "finding", "good": "good"}.get(self._tone, "muted")))
            box = QRectF(right - wide, 0, wide, self.height())
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, text)
            if self._tone:  # told by a sign too, not by colour alone
                right = box.right() - metrics.horizontalAdvance(text) - 6
                painter.drawText(
                    QRectF(right - 18, 0, 16, self.height()), Qt.AlignmentFlag.AlignVCenter, "✓" if self._tone == "good" else "⚠"
                )
                box.setLeft(right - 18)
            right = box.left() - 16
        left = 12.0
        for key, word in self._keys:
            words = tr(word)
            caps = key.split(" ")
            width = sum(keycap_width(metrics, cap) + 3 for cap in caps) + 3 + metrics.horizontalAdvance(words)
            if left + width > right:
                break
            for cap in caps:
                left += draw_keycap(painter, left, middle, cap) + 3
            painter.setPen(look().colour("muted"))
            painter.drawText(QPointF(left + 3, middle + (metrics.ascent() - metrics.descent()) / 2), words)
            left += 3 + metrics.horizontalAdvance(words) + 16

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.LanguageChange, QEvent.Type.PaletteChange):
            self.update()
        super().changeEvent(event)
