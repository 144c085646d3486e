"""Icons from `resources/icons`, one-colour drawings tinted with the colour asked for. A drawing that is missing gives an empty icon."""

import re
from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from inspector_app.resources import resource

_BLACK = re.compile(r"currentColor|#000000\b|#000\b")
_drawings: dict[str, str] = {}


def _drawing(name: str) -> str:
    if name not in _drawings:
        path = resource("icons", f"{name}.svg")
        _drawings[name] = path.read_text(encoding="utf-8") if path.is_file() else ""
    return _drawings[name]


class _Tinted(QIconEngine):
    """Draws at the size and pixel ratio asked for: sharp at every scale."""

    def __init__(self, name: str, colour: QColor) -> None:
        super().__init__()
        self._name, self._colour = name, colour
        svg = _BLACK.sub(colour.name(), _drawing(name))
        self._renderer = QSvgRenderer(QByteArray(svg.encode())) if svg else None

    def paint(self, painter: QPainter, rect: object, mode: QIcon.Mode, state: QIcon.State) -> None:  # noqa: ARG002
        if self._renderer is not None:
            self._renderer.render(painter, QRectF(rect))  # type: ignore[call-overload]

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        pixmap = QPixmap(size)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        self.paint(painter, pixmap.rect(), mode, state)
        painter.end()
        return pixmap

    def clone(self) -> QIconEngine:
        return _Tinted(self._name, self._colour)


def icon(name: str, colour: QColor) -> QIcon:
    """The icon `name` in one colour."""
    return _icon(name, colour.name())


@lru_cache(maxsize=512)
def _icon(name: str, colour: str) -> QIcon:
    return QIcon(_Tinted(name, QColor(colour)))


def exists(name: str) -> bool:
    return bool(_drawing(name))
