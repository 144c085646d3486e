"""Pages of a PDF one at a time: turned, zoomed, and with places on them that lead to what they show. Draws what it is given; reads no case.

The file is read whole into memory, so that it can be replaced or signed while it is looked at. Pages are drawn on a thread of Qt's.
"""

from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from inspector_app.i18n import tr
from inspector_app.ui.models.dossiers import Place
from inspector_app.ui.theme.look import look

if TYPE_CHECKING:
    from PySide6.QtPdf import QPdfDocument, QPdfPageRenderer

_GAP = 14
_KEPT = 6
ZOOMS = (0.5, 0.67, 0.8, 1.0, 1.25, 1.5, 2.0, 3.0)


class PageView(QAbstractScrollArea):
    """Signals: `turned(page, pages)` whenever another page is shown, `followed(target)` a place was pressed.

    PgUp/PgDn turn, Home/End go to the ends, + − 0 zoom, ←/→ go from place to place, Enter follows the one at hand.
    """

    turned = Signal(int, int)
    followed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document: QPdfDocument | None = None
        self._renderer: QPdfPageRenderer | None = None
        self._buffer: QBuffer | None = None
        self._images: dict[tuple[int, int, int], QImage] = {}
        self._asked: set[tuple[int, int, int]] = set()
        self._places: list[Place] = []
        self.page = 0
        self.zoom = 0.0  #: 0 fits the width
        self._hand: Place | None = None
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.viewport().setMouseTracking(True)
        self.verticalScrollBar().setSingleStep(40)
        self.setAccessibleName(tr("ui.pages.name"))

    # -- the document --------------------------------------------------------------------------------------------------------

    def show_pdf(self, content: bytes, places: list[Place] | None = None, *, keep: bool = False) -> bool:
        """Shows a document; `keep` stays on the page and at the height that were shown. False where it cannot be read."""
        from PySide6.QtPdf import QPdfDocument, QPdfPageRenderer  # loaded when there is something to show

        page, height = (self.page, self.verticalScrollBar().value()) if keep else (0, 0)
        self._let_go()
        self._document = QPdfDocument(self)
        self._renderer = QPdfPageRenderer(self)
        self._renderer.setRenderMode(QPdfPageRenderer.RenderMode.MultiThreaded)
        self._renderer.setDocument(self._document)
        self._renderer.pageRendered.connect(self._rendered)
        self._buffer = QBuffer(self)
        self._buffer.setData(QByteArray(content))
        self._buffer.open(QIODevice.OpenModeFlag.ReadOnly)
        self._document.load(self._buffer)
        self._places, self._hand = places or [], None
        self.turn(min(page, self.pages - 1), height=height)
        return self.pages > 0

    def clear(self) -> None:
        self._let_go()
        self._places, self._hand, self.page = [], None, 0
        self.viewport().update()

    def _let_go(self) -> None:
        """Lets the document go: a page of it that is still being drawn must never be taken for one of the next."""
        if self._renderer is not None and self._document is not None:
            self._renderer.pageRendered.disconnect(self._rendered)
            self._renderer.deleteLater()
            self._document.deleteLater()
        self._document = self._renderer = None
        self._images.clear()
        self._asked.clear()

    @property
    def pages(self) -> int:
        return self._document.pageCount() if self._document is not None else 0

    # -- moving --------------------------------------------------------------------------------------------------------------

    def turn(self, page: int, *, height: int = 0) -> None:
        """Shows a page (from 0), its upper edge first; places outside the document are left alone."""
        if self.pages and 0 <= page < self.pages:
            self.page = page
            if self._hand is not None and self._hand.page != page:
                self._hand = None
            self._fit()
            self.verticalScrollBar().setValue(height)
            self.viewport().update()
            self.turned.emit(page, self.pages)

    def go_to(self, target: str) -> bool:
        """Shows the first place of a target; False where the document has none."""
        place = next((one for one in self._places if one.target == target), None)
        if place is None:
            return False
        self.turn(place.page)
        self._take(place)
        return True

    def set_zoom(self, zoom: float) -> None:
        """1.0 is the size on paper at 96 points an inch; 0 fits the width."""
        self.zoom = zoom
        self._images.clear()
        self._fit()
        self.viewport().update()
        self.turned.emit(self.page, self.pages)

    def zoom_by(self, step: int) -> None:
        """A step larger or smaller than what is shown."""
        now = self.scale() * 72 / 96
        further = [zoom for zoom in ZOOMS if zoom > now * 1.02] if step > 0 else [zoom for zoom in reversed(ZOOMS) if zoom < now * 0.98]
        if further:
            self.set_zoom(further[0])

    def scale(self) -> float:
        """Logical pixels a point."""
        if self.zoom:
            return self.zoom * 96 / 72
        width = self._size().width()
        return max(0.2, (self.viewport().width() - 2 * _GAP) / width) if width > 0 else 1.0

    def _size(self) -> QSize:
        assert self._document is not None
        return self._document.pagePointSize(self.page).toSize()

    def _shown(self) -> QRectF:
        """Where the page lies in the viewport."""
        size, scale = self._size(), self.scale()
        width, height = size.width() * scale, size.height() * scale
        left = max(float(_GAP), (self.viewport().width() - width) / 2) - self.horizontalScrollBar().value()
        return QRectF(left, _GAP - self.verticalScrollBar().value(), width, height)

    def _fit(self) -> None:
        if not self.pages:
            return
        size, scale, room = self._size(), self.scale(), self.viewport().size()
        for bar, need, there in (
            (self.verticalScrollBar(), size.height() * scale, room.height()),
            (self.horizontalScrollBar(), size.width() * scale, room.width()),
        ):
            bar.setRange(0, max(0, round(need + 2 * _GAP - there)))
            bar.setPageStep(there)

    # -- drawing -------------------------------------------------------------------------------------------------------------

    def _wanted(self) -> tuple[int, int, int]:
        ratio = self.devicePixelRatioF()
        place = self._shown()
        return self.page, round(place.width() * ratio), round(place.height() * ratio)

    def _rendered(self, page: int, size: QSize, image: QImage, *_: object) -> None:
        key = (page, size.width(), size.height())
        self._asked.discard(key)
        self._images[key] = image
        while len(self._images) > _KEPT:
            self._images.pop(next(iter(self._images)))
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), look().colour("raised"))
        if not self.pages:
            return
        place, key = self._shown(), self._wanted()
        painter.fillRect(place, Qt.GlobalColor.white)
        image = self._images.get(key) or next((old for (page, *_), old in self._images.items() if page == self.page), None)
        if image is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(place, image)
        if key not in self._images and key not in self._asked and self._renderer is not None:
            self._asked.add(key)
            self._renderer.requestPage(self.page, QSize(key[1], key[2]))
        painter.setPen(QPen(look().colour("line_strong"), 1))
        painter.drawRect(place)
        if self._hand is not None:
            painter.setPen(QPen(look().colour("accent"), 2))
            painter.setBrush(look().colour("accent", 14))
            painter.drawRoundedRect(self._on_screen(self._hand), 4, 4)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(look().colour("accent"), 2))
            painter.drawRect(self.viewport().rect().adjusted(1, 1, -1, -1))

    def _on_screen(self, place: Place) -> QRectF:
        page, scale = self._shown(), self.scale()
        x0, y0, x1, y1 = place.box
        return QRectF(page.left() + x0 * scale, page.top() + y0 * scale, (x1 - x0) * scale, (y1 - y0) * scale)

    # -- pointing ------------------------------------------------------------------------------------------------------------

    def here(self) -> list[Place]:
        """The places of the page that is shown, from its top."""
        return sorted((one for one in self._places if one.page == self.page), key=lambda one: (one.box[1], one.box[0]))

    def _at(self, point: QPoint) -> Place | None:
        """The smallest place under a point."""
        under = [one for one in self.here() if self._on_screen(one).contains(point)] if self.pages else []
        return min(under, key=lambda one: (one.box[2] - one.box[0]) * (one.box[3] - one.box[1]), default=None)

    def _take(self, place: Place | None) -> None:
        if place == self._hand:
            return
        self._hand = place
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if place is not None else Qt.CursorShape.ArrowCursor)
        self.viewport().setToolTip(tr("ui.pages.follow", name=place.name) if place is not None and place.name else "")
        if place is not None:
            box = self._on_screen(place)
            if box.top() < 0 or box.top() > self.viewport().height() - 60:
                self.verticalScrollBar().setValue(self.verticalScrollBar().value() + round(box.top()) - 80)
        self.viewport().update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place = self._at(event.position().toPoint())
        if place != self._hand:
            self._hand = place
            self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if place is not None else Qt.CursorShape.ArrowCursor)
            self.viewport().setToolTip(tr("ui.pages.follow", name=place.name) if place is not None and place.name else "")
            self.viewport().update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        place = self._at(event.position().toPoint())
        if place is not None and event.button() == Qt.MouseButton.LeftButton:
            self.followed.emit(place.target)

    def wheelEvent(self, event: QWheelEvent) -> None:
        bar, delta = self.verticalScrollBar(), event.angleDelta().y()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom_by(1 if delta > 0 else -1)
        elif delta < 0 and bar.value() >= bar.maximum() and self.page + 1 < self.pages:
            self.turn(self.page + 1)
        elif delta > 0 and bar.value() <= 0 and self.page > 0:
            self.turn(self.page - 1, height=1_000_000)
        else:
            super().wheelEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, bar = event.key(), self.verticalScrollBar()
        steps = {
            Qt.Key.Key_PageDown: lambda: self.turn(self.page + 1),
            Qt.Key.Key_PageUp: lambda: self.turn(self.page - 1),
            Qt.Key.Key_Home: lambda: self.turn(0),
            Qt.Key.Key_End: lambda: self.turn(self.pages - 1),
            Qt.Key.Key_Plus: lambda: self.zoom_by(1),
            Qt.Key.Key_Equal: lambda: self.zoom_by(1),
            Qt.Key.Key_Minus: lambda: self.zoom_by(-1),
            Qt.Key.Key_0: lambda: self.set_zoom(0.0),
            Qt.Key.Key_Down: lambda: bar.setValue(bar.value() + 60),
            Qt.Key.Key_Up: lambda: bar.setValue(bar.value() - 60),
            Qt.Key.Key_Right: lambda: self._step(1),
            Qt.Key.Key_Left: lambda: self._step(-1),
            Qt.Key.Key_Return: self._follow,
            Qt.Key.Key_Enter: self._follow,
        }
        act = steps.get(Qt.Key(key))
        if act is None or event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier):
            super().keyPressEvent(event)
        else:
            act()

    def _step(self, by: int) -> None:
        """To the next or the last place of the page; on to the next page that has one."""
        here = self.here()
        at = here.index(self._hand) if self._hand in here else -1 if by > 0 else len(here)
        if 0 <= at + by < len(here):
            self._take(here[at + by])
            return
        pages = sorted({one.page for one in self._places if (one.page - self.page) * by > 0}, reverse=by < 0)
        if pages:
            self.turn(pages[0])
            self._take(self.here()[0 if by > 0 else -1])

    def _follow(self) -> None:
        if self._hand is not None:
            self.followed.emit(self._hand.target)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()
        if self.pages:
            self.turned.emit(self.page, self.pages)

    def scrollContentsBy(self, _dx: int, _dy: int) -> None:
        self.viewport().update()
