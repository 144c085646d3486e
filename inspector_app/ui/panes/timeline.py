"""The timeline: the whole recording with coverage and lead density above, and a zoomed window of lanes below.

A press or drag seeks, the wheel zooms about the pointer, Shift and wheel moves the window. The lanes are drawn once into a picture; only the
play-head is drawn anew while playing.
"""

from collections.abc import Iterable
from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from inspector_app.domain.timebase import SECOND
from inspector_app.i18n import tr
from inspector_app.ui.models.store import RecordingStore
from inspector_app.ui.models.words import span_clock
from inspector_app.ui.theme.look import look

LANES: Final = ("speech", "screen", "chat", "leads", "findings")
_SHORTEST_US: Final = 5 * SECOND
_STEPS: Final = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200)


class Timeline(QWidget):
    """Signal `seek(us)`."""

    seek = Signal(object)

    def __init__(self, store: RecordingStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._from_us, self._to_us = 0, 0
        self._at_us = 0
        self.selected_id = ""
        self._picture: QPixmap | None = None
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMouseTracking(True)
        store.loaded.connect(self._reset)
        for signal in (store.segments, store.leads, store.findings):
            signal.connect(self.redraw)

    def sizeHint(self) -> QSize:
        return QSize(look().em * 40, int(look().em * 1.5 * (len(LANES) + 2)))

    def minimumSizeHint(self) -> QSize:
        return QSize(look().em * 16, int(look().em * 1.05 * (len(LANES) + 2)))

    # -- window --------------------------------------------------------------------------------------------------------------

    @property
    def window(self) -> tuple[int, int]:  # type: ignore[override]
        return self._from_us, self._to_us

    def _reset(self) -> None:
        duration = self._store.duration_us
        if self._to_us == 0 or self._to_us > duration:
            self._from_us, self._to_us = 0, min(duration, 10 * 60 * SECOND)
        self.redraw()

    def redraw(self) -> None:
        self._picture = None
        self.update()

    def move_to(self, at_us: int) -> None:
        """The play-head moved; the window follows when it leaves."""
        self._at_us = at_us
        length = self._to_us - self._from_us
        if length and not self._from_us <= at_us < self._to_us:
            self._set_window(at_us - length // 8, length)
        self.update()

    def _set_window(self, from_us: int, length: int) -> None:
        duration = self._store.duration_us
        length = max(min(length, duration), min(_SHORTEST_US, duration))
        self._from_us = min(max(0, from_us), duration - length)
        self._to_us = self._from_us + length
        self.redraw()

    # -- geometry ------------------------------------------------------------------------------------------------------------

    def _left(self) -> float:
        metrics = QFontMetricsF(look().font(-1))
        return 12 + max(metrics.horizontalAdvance(tr(f"ui.timeline.{name}")) for name in ("whole", *LANES)) + 12

    def _lane_box(self, place: int) -> QRectF:
        """Box of a lane; place 0 is the overview, 1 the ruler, then the lanes."""
        left, height = self._left(), (self.height() - 10) / (len(LANES) + 2)
        return QRectF(left, 5 + place * height, max(1.0, self.width() - left - 10), height)

    def _x(self, at_us: int, box: QRectF, from_us: int, to_us: int) -> float:
        return box.left() + (at_us - from_us) / max(1, to_us - from_us) * box.width()

    # -- drawing -------------------------------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._picture is None:
            self._picture = self._drawn()
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._picture)
        duration = self._store.duration_us
        if not duration:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        whole, first, last = self._lane_box(0), self._lane_box(1), self._lane_box(len(LANES) + 1)
        painter.setPen(QPen(look().colour("text"), 1.4))
        x = self._x(self._at_us, whole, 0, duration)
        painter.drawLine(QPointF(x, whole.top() + 2), QPointF(x, whole.bottom() - 2))
        if self._from_us <= self._at_us <= self._to_us:
            x = self._x(self._at_us, first, self._from_us, self._to_us)
            painter.drawLine(QPointF(x, first.top() + 3), QPointF(x, last.bottom() - 2))

    def _drawn(self) -> QPixmap:
        ratio = self.devicePixelRatioF()
        picture = QPixmap(self.size() * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(look().font(-1))
        painter.setPen(look().colour("muted"))
        for place, name in enumerate(("whole", "", *LANES)):
            if name:
                box = self._lane_box(place)
                painter.drawText(
                    QRectF(12, box.top(), box.left() - 16, box.height()), Qt.AlignmentFlag.AlignVCenter, tr(f"ui.timeline.{name}")
                )
        if self._store.now is not None and self._store.duration_us:
            self._draw_whole(painter)
            self._draw_ruler(painter)
            self._draw_lanes(painter)
        painter.end()
        return picture

    def _draw_whole(self, painter: QPainter) -> None:
        now, box, duration = self._store.now, self._lane_box(0), self._store.duration_us
        assert now is not None
        bar = QRectF(box.left(), box.center().y() - 3, box.width(), 6)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look().colour("line"))
        painter.drawRoundedRect(bar, 3, 3)
        painter.setBrush(look().colour("speech"))
        for chunk in now.chunks:
            if chunk.state == "done":
                painter.drawRect(self._span(chunk.start_us, chunk.end_us, bar, 0, duration, 6))
        painter.setBrush(look().colour("finding", 90))
        for gap in now.recording.gaps:
            painter.drawRect(self._span(int(gap["start_us"]), int(gap["end_us"]), box.adjusted(0, 3, 0, -3), 0, duration, box.height() - 6))
        painter.setBrush(look().colour("lead"))
        for lead in now.leads:
            if lead.state == "open":
                painter.drawRect(QRectF(self._x(lead.start_us, box, 0, duration) - 1, box.top() + 4, 2, box.height() - 8))
        painter.setBrush(look().colour("finding"))
        for finding in now.findings:
            if finding.state != "withdrawn":
                painter.drawRect(QRectF(self._x(finding.start_us, box, 0, duration) - 1, box.top() + 4, 2.5, box.height() - 8))
        left, right = self._x(self._from_us, box, 0, duration), self._x(self._to_us, box, 0, duration)
        if right - left < box.width() - 1:
            painter.setPen(QPen(look().colour("accent"), 1))
            painter.setBrush(look().colour("accent", 26))
            painter.drawRect(QRectF(left, box.top() + 1.5, max(4.0, right - left), box.height() - 3))

    def _draw_ruler(self, painter: QPainter) -> None:
        box = self._lane_box(1)
        length = self._to_us - self._from_us
        step = next((s for s in _STEPS if box.width() * s * SECOND / max(1, length) >= 70), _STEPS[-1]) * SECOND
        painter.setFont(look().fixed(-3))
        at = -(-self._from_us // step) * step
        while at < self._to_us:
            x = self._x(at, box, self._from_us, self._to_us)
            painter.setPen(look().colour("line"))
            painter.drawLine(QPointF(x, box.bottom() - 2), QPointF(x, self._lane_box(len(LANES) + 1).bottom()))
            painter.setPen(look().colour("faint"))
            painter.drawText(QRectF(x - 40, box.top(), 80, box.height() - 2), Qt.AlignmentFlag.AlignCenter, span_clock(at))
            at += step

    def _draw_lanes(self, painter: QPainter) -> None:
        now = self._store.now
        assert now is not None
        painter.setPen(Qt.PenStyle.NoPen)
        self._lane(painter, 2, ((s.start_us, s.end_us, "speech", 255) for s in now.segments))
        self._lane(painter, 3, ((s.start_us, s.end_us, "screen_lane", 255) for s in now.screen if s.kind != "chat"), levels=2)
        chat = [(m.at_us, m.at_us + SECOND // 2) for m in now.chat] + [(s.start_us, s.end_us) for s in now.screen if s.kind == "chat"]
        self._lane(painter, 4, ((start, end, "chat", 255) for start, end in chat), levels=2)
        self._lane(painter, 5, ((m.start_us, m.end_us, "lead", 235 if m.state == "open" else 80) for m in now.leads), levels=3)
        self._lane(
            painter,
            6,
            (
                (f.start_us, f.end_us, "accent" if f.id == self.selected_id else "finding", 255)
                for f in now.findings
                if f.state != "withdrawn"
            ),
        )

    def _lane(self, painter: QPainter, place: int, spans: Iterable[tuple[int, int, str, int]], *, levels: int = 1) -> None:
        """Spans in one lane; those that overlap go to the next of `levels` thinner ones."""
        box = self._lane_box(place)
        height = min(box.height() * 0.44, look().em * 0.7) if levels == 1 else min(4.0, box.height() * 0.7 / levels - 1.5)
        top = box.center().y() - (levels * (height + 1.5) - 1.5) / 2
        free = [0.0] * levels
        for start, end, token, alpha in spans:
            if end < self._from_us or start > self._to_us:
                continue
            bar = self._span(start, end, box, self._from_us, self._to_us, height)
            if levels > 1:
                level = next((n for n, right in enumerate(free) if bar.left() >= right), levels - 1)
                bar.moveTop(top + level * (height + 1.5))
                free[level] = bar.right()
            painter.setBrush(look().colour(token, alpha))
            painter.drawRoundedRect(bar, 2, 2)

    def _span(self, start: int, end: int, box: QRectF, from_us: int, to_us: int, height: float) -> QRectF:
        left = max(box.left(), self._x(start, box, from_us, to_us))
        right = min(box.right(), max(left + 2, self._x(end, box, from_us, to_us) - 1))
        return QRectF(left, box.center().y() - height / 2, max(1.0, right - left), height)

    # -- mouse ---------------------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._seek_at(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._seek_at(event.position())

    def _seek_at(self, point: QPointF) -> None:
        duration = self._store.duration_us
        box = self._lane_box(0)
        if not duration or point.x() < box.left() - 4:
            return
        share = min(1.0, max(0.0, (point.x() - box.left()) / box.width()))
        if box.top() <= point.y() < box.bottom():
            at = int(share * duration)
            self._set_window(at - (self._to_us - self._from_us) // 2, self._to_us - self._from_us)
        else:
            at = self._from_us + int(share * (self._to_us - self._from_us))
        self.seek.emit(at)

    def wheelEvent(self, event: QWheelEvent) -> None:
        turn = event.angleDelta().y() or event.angleDelta().x()
        length = self._to_us - self._from_us
        if not turn or not length:
            return
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._set_window(self._from_us - turn * length // 1200, length)
        else:
            box = self._lane_box(1)
            share = min(1.0, max(0.0, (event.position().x() - box.left()) / box.width()))
            wanted = int(length * (0.8 if turn > 0 else 1.25))
            wanted = max(min(wanted, self._store.duration_us), min(_SHORTEST_US, self._store.duration_us))
            self._set_window(self._from_us + int(share * (length - wanted)), wanted)
        event.accept()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._picture = None
        super().resizeEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.LanguageChange, QEvent.Type.PaletteChange):
            self.redraw()
        super().changeEvent(event)
