"""Drawing shared by delegates and painted panes: chips, keycaps, elided text. Every measure comes from the font in hand."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen

from .look import look

_PAD = 6.0


def chip_width(painter: QPainter, text: str) -> float:
    return QFontMetricsF(painter.font()).horizontalAdvance(text) + 2 * _PAD


def draw_chip(painter: QPainter, left: float, middle: float, text: str, tone: str) -> float:
    """A chip whose left edge and vertical middle are given; `tone` is accent, good, lead, finding or plain. Returns its width."""
    metrics = QFontMetricsF(painter.font())
    width, height = chip_width(painter, text), metrics.height() + 3
    box = QRectF(left, middle - height / 2, width, height)
    back, front = ("raised", "muted") if tone == "plain" else (f"{tone}_soft", tone)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(look().colour(back))
    painter.drawRoundedRect(box, 5, 5)
    painter.setPen(look().colour(front))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
    return width


def keycap_width(metrics: QFontMetricsF, text: str) -> float:
    """Width of a keycap with a text in the font of `metrics`."""
    return max(metrics.height() + 2, metrics.horizontalAdvance(text) + 10)


def draw_keycap(painter: QPainter, left: float, middle: float, text: str) -> float:
    """A keycap whose left edge and vertical middle are given; returns its width."""
    width, height = keycap_width(QFontMetricsF(painter.font()), text), QFontMetricsF(painter.font()).height() + 2
    box = QRectF(left + 0.5, middle - height / 2 + 0.5, width - 1, height - 1)
    painter.setPen(QPen(look().colour("line_strong"), 1))
    painter.setBrush(look().colour("panel"))
    painter.drawRoundedRect(box, 4, 4)
    painter.drawLine(QPointF(box.left() + 3, box.bottom() + 1), QPointF(box.right() - 3, box.bottom() + 1))
    painter.setPen(look().colour("text"))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
    return width


def elided(painter: QPainter, text: str, width: float) -> str:
    return QFontMetricsF(painter.font()).elidedText(text, Qt.TextElideMode.ElideRight, width)
