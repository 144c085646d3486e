"""The timeline: the whole recording with coverage and lead density above, and a zoomed window of lanes below.

A press or drag seeks, the wheel zooms about the pointer, Shift and wheel moves the window. The ends of the finding at hand are dragged and snap to
sentences and the play-head. The lanes are drawn once into a picture; only the play-head and a drag are drawn anew.
"""

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QToolTip, QWidget

from inspector_app.domain.records import Finding
from inspector_app.domain.timebase import SECOND
from inspector_app.i18n import tr
from inspector_app.ui.models.lanes import Lanes
from inspector_app.ui.models.store import RecordingStore
from inspector_app.ui.models.words import article_label, short_clock
from inspector_app.ui.theme.look import look

from .lanes import LanePainter
from .tracklane import words_at

_SHORTEST_US: Final = 5 * SECOND
#: from a change to its drawing: what is drawn here is much, and a finding's row must not wait for it
_SOON_MS: Final = 40
#: pixels within which an end of a finding is taken hold of, and within which it snaps
_REACH: Final = 5
_SNAP: Final = 7


@dataclass
class _Drag:
    """An end of a finding on the move: 0 the in point, 1 the out point."""

    finding: Finding
    end: int
    at_us: int

    @property
    def span(self) -> tuple[int, int]:
        return (self.at_us, self.finding.end_us) if self.end == 0 else (self.finding.start_us, self.at_us)


class Timeline(QWidget):
    """Signals: `seek(us)`, `finding_pressed(id)`, `lead_pressed(id)`, `retimed(finding id, start us, end us)`."""

    seek = Signal(object)
    finding_pressed = Signal(str)
    lead_pressed = Signal(str)
    retimed = Signal(str, object, object)

    def __init__(self, store: RecordingStore, lanes: Lanes, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store, self._lanes = store, lanes
        self._paint = LanePainter(store, lanes)
        self._at_us = 0
        self._below: QPixmap | None = None
        self._picture: QPixmap | None = None
        self._drag: _Drag | None = None
        self._recording = ""
        self._soon = QTimer(self, singleShot=True, interval=_SOON_MS)
        self._soon.timeout.connect(self.redraw)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMouseTracking(True)
        store.loaded.connect(self._reset)
        for signal, parts in (
            (store.segments, ("segments", "chunks")),
            (store.leads, ("leads",)),
            (store.findings, ("standing", "findings", "levels")),
        ):
            signal.connect(lambda parts=parts: self._changed(*parts))
        lanes.changed.connect(self._changed)

    def sizeHint(self) -> QSize:
        return QSize(look().em * 40, int(look().em * 1.5 * sum(self._paint.rows.values())))

    def minimumSizeHint(self) -> QSize:
        return QSize(look().em * 16, int(look().em * 1.05 * sum(self._paint.rows.values())))

    # -- window --------------------------------------------------------------------------------------------------------------

    @property
    def span(self) -> tuple[int, int]:
        """The zoomed window, in microseconds of the recording."""
        return self._paint.from_us, self._paint.to_us

    @property
    def selected_id(self) -> str:
        """The finding at hand."""
        return self._paint.selected_id

    @selected_id.setter
    def selected_id(self, finding_id: str) -> None:
        self._paint.selected_id = finding_id

    def _reset(self) -> None:
        now, duration = self._store.now, self._store.duration_us
        mine = now.recording.id if now is not None else ""
        if mine != self._recording or self._paint.to_us == 0 or self._paint.to_us > duration:
            self._recording = mine
            self._paint.from_us, self._paint.to_us = 0, min(duration, 10 * 60 * SECOND)
        self._drag = None
        self._changed()

    def show_hits(self, hits: list[int]) -> None:
        """Marks on the whole every moment found by a search."""
        if hits != self._paint.hits:
            self._paint.hits = hits
            self._below = None
            self.redraw()

    def _changed(self, *parts: str) -> None:
        """Rows of these parts, or all of them, have changed: everything is drawn anew."""
        if not parts:
            self.updateGeometry()
        self._paint.forget(*parts)
        self._below = None
        self.redraw_soon()

    def redraw_soon(self) -> None:
        """Once for all that changes together, and after the frame in which the lists show it."""
        self._soon.start()

    def redraw(self) -> None:
        """The window or the finding at hand has changed: the lanes are drawn anew over the picture of the whole."""
        self._soon.stop()
        self._picture = None
        self.update()

    def move_to(self, at_us: int) -> None:
        """The play-head moved; the window follows when it leaves."""
        self._at_us = at_us
        start, end = self.span
        if end > start and not start <= at_us < end and self._drag is None:
            self._show_window(at_us - (end - start) // 8, end - start)
        self.update()

    def _show_window(self, from_us: int, length: int) -> None:
        duration = self._store.duration_us
        length = max(min(length, duration), min(_SHORTEST_US, duration))
        self._paint.from_us = min(max(0, from_us), duration - length)
        self._paint.to_us = self._paint.from_us + length
        self.redraw()

    # -- drawing -------------------------------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        self._paint.width, self._paint.height = self.width(), self.height()
        if self._picture is None:
            self._picture = self._drawn()
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._picture)
        if not self._store.duration_us:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        whole, first, last = self._paint.box("whole"), self._paint.box("ruler"), self._paint.box("findings")
        painter.setPen(QPen(look().colour("text"), 1.4))
        x = self._paint.whole_x(self._at_us)
        painter.drawLine(QPointF(x, whole.top() + 2), QPointF(x, whole.bottom() - 2))
        start, end = self.span
        if start <= self._at_us <= end:
            x = self._paint.x(self._at_us)
            painter.drawLine(QPointF(x, first.top() + 3), QPointF(x, last.bottom() - 2))
        if self._drag is not None:
            self._draw_drag(painter, self._drag, first.bottom(), last.bottom())

    def _draw_drag(self, painter: QPainter, drag: _Drag, top: float, bottom: float) -> None:
        """The span as it would be, through every lane, and the moment of the end being moved."""
        start, end = (self._paint.x(at) for at in drag.span)
        painter.fillRect(QRectF(start, top, end - start, bottom - top), look().colour("accent", 40))
        x = self._paint.x(drag.at_us)
        painter.setPen(QPen(look().colour("accent"), 1.6))
        painter.drawLine(QPointF(x, top), QPointF(x, bottom))
        painter.setFont(look().fixed(-1, bold=True))
        painter.drawText(QRectF(x - 60, top - look().em - 2, 120, look().em), Qt.AlignmentFlag.AlignCenter, short_clock(drag.at_us))

    def _drawn(self) -> QPixmap:
        """The lanes over the picture of the whole, which is kept while only the window moves."""
        if self._below is None:
            ratio = self.devicePixelRatioF()
            self._below = QPixmap(self.size() * ratio)
            self._below.setDevicePixelRatio(ratio)
            self._below.fill(Qt.GlobalColor.transparent)
            painter = QPainter(self._below)
            self._paint.draw_whole(painter)
            painter.end()
        picture = self._below.copy()
        painter = QPainter(picture)
        self._paint.draw(painter)
        painter.end()
        return picture

    # -- mouse ---------------------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.RightButton and self._drag is not None:
            self._drag = None
            self.update()
            return
        if event.button() != Qt.MouseButton.LeftButton or not self._store.duration_us:
            return
        point = event.position()
        held = self._end_at(point)
        if held is not None:
            finding, end = held
            self._drag = _Drag(finding, end, finding.start_us if end == 0 else finding.end_us)
            return
        if (finding_ := self._finding_at(point)) is not None:
            self.finding_pressed.emit(finding_.id)
        elif (lead_id := self._lead_at(point)) is not None:
            self.lead_pressed.emit(lead_id)
        else:
            self._seek_at(point)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._drag is not None:
            self._move_end(event.position().x())
        elif event.buttons() & Qt.MouseButton.LeftButton:
            self._seek_at(event.position())
        else:
            held = self._end_at(event.position())
            self.setCursor(Qt.CursorShape.SizeHorCursor if held is not None else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        drag, self._drag = self._drag, None
        if drag is not None and event.button() == Qt.MouseButton.LeftButton:
            start, end = drag.span
            if (start, end) != (drag.finding.start_us, drag.finding.end_us):
                self.retimed.emit(drag.finding.id, start, end)
            self.update()

    def _move_end(self, x: float) -> None:
        drag = self._drag
        assert drag is not None
        at = self._snapped(self._paint.us(x))
        least = SECOND // 25
        at = min(at, drag.finding.end_us - least) if drag.end == 0 else max(at, drag.finding.start_us + least)
        drag.at_us = min(max(0, at), self._store.duration_us)
        self.update()

    def _snapped(self, at_us: int) -> int:
        """The nearest end of a sentence, or the play-head, if it is within reach; else the moment itself."""
        now = self._store.now
        start, end = self.span
        reach = int(_SNAP * (end - start) / max(1.0, self._paint.box("ruler").width()))
        places = [self._at_us]
        for segment in now.segments if now else ():
            places += (segment.start_us, segment.end_us)
        nearest = min(places, key=lambda place: abs(place - at_us))
        return nearest if abs(nearest - at_us) <= reach else at_us

    def _end_at(self, point: QPointF) -> tuple[Finding, int] | None:
        """An end of the finding at hand under the pointer."""
        finding = self._store.finding(self.selected_id) if self.selected_id else None
        if finding is None or finding.state == "withdrawn":
            return None
        bar = self._paint.finding_bar(finding).adjusted(0, -3, 0, 3)
        if not bar.top() <= point.y() <= bar.bottom():
            return None
        far = [abs(point.x() - x) for x in (bar.left(), bar.right())]
        end = 0 if far[0] <= far[1] else 1
        shown = self.span[0] <= (finding.start_us, finding.end_us)[end] <= self.span[1]
        return (finding, end) if shown and far[end] <= _REACH else None

    def _finding_at(self, point: QPointF) -> Finding | None:
        if self._paint.lane_at(point.y()) != "findings" or self._store.now is None:
            return None
        rows = [row for row in self._store.now.findings if row.state != "withdrawn"]
        return next((row for row in rows if self._paint.finding_bar(row).adjusted(-1, -2, 1, 2).contains(point)), None)

    def _lead_at(self, point: QPointF) -> str | None:
        if self._paint.lane_at(point.y()) != "leads" or self._store.now is None:
            return None
        at, slack = self._paint.us(point.x()), (self.span[1] - self.span[0]) // max(1, self.width() // 3)
        rows = [row for row in self._store.now.leads if row.start_us - slack <= at <= row.end_us + slack]
        return min(rows, key=lambda row: abs(row.start_us - at)).id if rows else None

    def _seek_at(self, point: QPointF) -> None:
        if point.x() < self._paint.left() - 4:
            return
        if self._paint.lane_at(point.y()) == "whole":
            at, (start, end) = self._paint.whole_us(point.x()), self.span
            self._show_window(at - (end - start) // 2, end - start)
        else:
            at = self._paint.us(point.x())
        self.seek.emit(at)

    def wheelEvent(self, event: QWheelEvent) -> None:
        turn = event.angleDelta().y() or event.angleDelta().x()
        start, end = self.span
        length = end - start
        if not turn or not length:
            return
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._show_window(start - turn * length // 1200, length)
        else:
            at = self._paint.us(event.position().x())
            wanted = int(length * (0.8 if turn > 0 else 1.25))
            wanted = max(min(wanted, self._store.duration_us), min(_SHORTEST_US, self._store.duration_us))
            self._show_window(at - int((at - start) / length * wanted), wanted)
        event.accept()

    # -- words ---------------------------------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self._words_at(event.pos()), self)
            return True
        return super().event(event)

    def _words_at(self, pos: QPoint) -> str:
        """What lies under the pointer, in words."""
        now, point = self._store.now, QPointF(pos)
        if now is None or pos.x() < self._paint.left():
            return ""
        lane = self._paint.lane_at(point.y())
        if lane == "whole":
            return tr("ui.timeline.whole_tip", percent=self._lanes.watched_share)
        at = self._paint.us(point.x())
        if lane == "findings" and (finding := self._finding_at(point)) is not None:
            articles = " · ".join(article_label(code) for code in finding.articles)
            return f"{finding.number:03d}　{articles}　{self._lanes.chapter_of(finding)}\n{finding.quote}"
        if lane == "leads" and (lead_id := self._lead_at(point)) is not None:
            lead = self._store.lead(lead_id)
            return f"{short_clock(lead.start_us)}　{lead.matched}\n{lead.quote}" if lead is not None else ""
        near = next((mark for mark in self._lanes.now.marks if abs(self._paint.x(mark.at_us) - point.x()) <= _REACH), None)
        if lane == "ruler" and near is not None:
            return f"{short_clock(near.at_us)}　{near.text or tr('ui.timeline.mark')}　{near.by}"
        texts = {
            "tracks": words_at(self._lanes.now.tracks, at),
            "speech": [row.words for row in now.segments if row.start_us <= at <= row.end_us],
            "screen": [row.text for row in now.screen if row.kind != "chat" and row.start_us <= at <= row.end_us],
            "chat": [f"{row.user}：{row.text}" for row in now.chat.within(at - SECOND, at + SECOND)],
        }.get(lane, [])
        return "\n".join([short_clock(at), *texts[:6]])

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._paint.width, self._paint.height = self.width(), self.height()
        self._below = self._picture = None
        super().resizeEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.LanguageChange, QEvent.Type.PaletteChange):
            self._changed()
        super().changeEvent(event)
