"""Draws the lanes of the timeline into a picture: the whole recording above, a ruler, and the zoomed lanes. It knows no mouse and no play-head."""

from dataclasses import dataclass, fields
from typing import Any, Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QFontMetricsF, QPainter, QPen, QPolygonF

from inspector_app.domain.records import Finding, Segment
from inspector_app.domain.timebase import SECOND
from inspector_app.i18n import tr
from inspector_app.ui.models.lanes import Lanes
from inspector_app.ui.models.spans import Ints, Spans, counts
from inspector_app.ui.models.store import Contents, RecordingStore
from inspector_app.ui.models.words import span_clock
from inspector_app.ui.theme.look import look

from .tracklane import draw_pictures, draw_tracks

#: lanes from the top, each with its share of the height
ROWS: Final = {
    "whole": 1.0,
    "ruler": 0.8,
    "pictures": 1.5,
    "speech": 1.4,
    "screen": 0.8,
    "tracks": 1.5,
    "chat": 0.8,
    "leads": 0.8,
    "findings": 1.3,
}
_STEPS: Final = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200)
_MOST_CHAPTERS: Final = 4


#: tones of the spans, by number
_TONES: Final = (
    ("speech", 255),
    ("speech", 90),
    ("screen_lane", 255),
    ("chat", 110),
    ("lead", 235),
    ("lead", 80),
    ("finding", 255),
    ("good", 255),
)
_SPEECH, _DOUBT, _SCREEN, _CHAT, _LEAD, _RULED, _FINDING, _WATCHED = range(len(_TONES))


@dataclass(frozen=True)
class _Rows:
    """A recording's rows as arrays, made once whenever they change."""

    chunks: Spans
    segments: Spans
    screen: Spans
    shown_chat: Spans
    chat: Ints
    leads: Spans
    findings: Spans
    watched: Spans
    #: the findings that stand, in the order of `findings`
    standing: tuple[Finding, ...]
    #: the chapters that have a level of their own in the lane of findings, "" for all the others
    levels: tuple[str, ...]


_NO_SPANS: Final = Spans.of([])
_NOTHING: Final[dict[str, Any]] = {
    **{part.name: _NO_SPANS for part in fields(_Rows)},
    "chat": np.zeros(0, dtype=np.int64),
    "standing": (),
    "levels": ("",),
}


class LanePainter:
    """Places and draws. `width`, `height`, `from_us` and `to_us` are set before it is asked anything; `forget` when rows have changed."""

    def __init__(self, store: RecordingStore, lanes: Lanes) -> None:
        self._store, self._lanes = store, lanes
        self._made: dict[str, Any] = {}
        self._boxes: dict[str, QRectF] = {}
        self._boxes_for: tuple[int, int] = (0, 0)
        self.width, self.height = 1, 1
        self.from_us, self.to_us = 0, 0
        self.selected_id = ""
        #: moments of what is being searched for, shown over the whole
        self.hits: list[int] = []

    @property
    def rows(self) -> dict[str, float]:
        """The lanes there are now: small pictures and what the screen showed only where a recording has them."""
        beside = self._lanes.now
        without = {name for name, there in (("pictures", beside.strip), ("tracks", beside.tracks)) if not there}
        return {name: share for name, share in ROWS.items() if name not in without}

    def forget(self, *parts: str) -> None:
        """Rows of these parts have changed (fields of `_Rows`); without any, everything has, and the lanes too."""
        for part in parts or tuple(self._made):
            self._made.pop(part, None)
        if not parts:
            self._boxes = {}

    @property
    def _rows(self) -> _Rows:
        return _Rows(**{part.name: self._part(part.name) for part in fields(_Rows)})

    def _part(self, name: str) -> Any:
        """One part of the rows as arrays, made when it is first asked for after it changed: a finding more does not list the chat anew."""
        if name not in self._made:
            now = self._store.now
            self._made[name] = self._make(name, now) if now is not None else _NOTHING[name]
        return self._made[name]

    def _make(self, name: str, now: Contents) -> Any:
        match name:
            case "chunks":
                return Spans.of([(row.start_us, row.end_us, _SPEECH) for row in now.chunks if row.state == "done"])
            case "segments":
                return Spans.of([(row.start_us, row.end_us, _DOUBT if _doubtful(row) else _SPEECH) for row in now.segments])
            case "screen":
                return Spans.of([(row.start_us, row.end_us, _SCREEN) for row in now.screen if row.kind != "chat"])
            case "shown_chat":
                return Spans.of([(row.start_us, row.end_us, _CHAT) for row in now.screen if row.kind == "chat"])
            case "chat":
                return now.chat.at_us
            case "leads":
                return Spans.of([(row.start_us, row.end_us, _LEAD if row.state == "open" else _RULED) for row in now.leads])
            case "standing":
                return tuple(sorted((row for row in now.findings if row.state != "withdrawn"), key=lambda row: row.start_us))
            case "findings":
                return Spans.of([(row.start_us, row.end_us, _FINDING) for row in self._part("standing")])
            case "watched":
                return Spans.of([(span.start_us, span.end_us, _WATCHED) for span in self._lanes.now.watched])
        names = sorted({self._lanes.chapter_of(row) for row in self._part("standing")})
        return (*names[: _MOST_CHAPTERS - 1], "") if len(names) > _MOST_CHAPTERS else tuple(names) or ("",)

    # -- places --------------------------------------------------------------------------------------------------------------

    def left(self) -> float:
        """Where the lanes begin, right of their names."""
        return self.box("ruler").left()

    def box(self, name: str) -> QRectF:
        """The box of a lane."""
        if not self._boxes or self._boxes_for != (self.width, self.height):
            self._boxes, self._boxes_for = self._laid(), (self.width, self.height)
        return self._boxes[name]

    def _laid(self) -> dict[str, QRectF]:
        rows, metrics = self.rows, QFontMetricsF(look().font(-1))
        left = 24 + max(metrics.horizontalAdvance(tr(f"ui.timeline.{name}")) for name in rows if name != "ruler")
        unit, top, boxes = (self.height - 8) / sum(rows.values()), 4.0, {}
        for name, share in rows.items():
            boxes[name] = QRectF(left, top, max(1.0, self.width - left - 10), share * unit)
            top += share * unit
        return boxes

    def lane_at(self, y: float) -> str:
        return next((name for name in self.rows if self.box(name).top() <= y < self.box(name).bottom()), "findings")

    def x(self, at_us: int) -> float:
        """Where a moment lies in the zoomed lanes."""
        box = self.box("ruler")
        return box.left() + (at_us - self.from_us) / max(1, self.to_us - self.from_us) * box.width()

    def us(self, x: float) -> int:
        """The moment at a place of the zoomed lanes."""
        box = self.box("ruler")
        share = min(1.0, max(0.0, (x - box.left()) / box.width()))
        return self.from_us + int(share * (self.to_us - self.from_us))

    def whole_x(self, at_us: int) -> float:
        box = self.box("whole")
        return box.left() + at_us / max(1, self._store.duration_us) * box.width()

    def whole_us(self, x: float) -> int:
        box = self.box("whole")
        return int(min(1.0, max(0.0, (x - box.left()) / box.width())) * self._store.duration_us)

    def finding_bar(self, finding: Finding) -> QRectF:
        """Where a finding is drawn: a level for each chapter, the last for all that are left."""
        box, levels = self.box("findings"), self._part("levels")
        name = self._lanes.chapter_of(finding)
        level = levels.index(name) if name in levels else len(levels) - 1
        height = min(look().em * 0.7, (box.height() - 4) / len(levels) - 1.5)
        top = box.center().y() - (len(levels) * (height + 1.5) - 1.5) / 2 + level * (height + 1.5)
        bar = self._span(finding.start_us, finding.end_us, box, height)
        bar.moveTop(top)
        return bar

    # -- drawing -------------------------------------------------------------------------------------------------------------

    def draw(self, painter: QPainter) -> None:
        """Everything but what `draw_whole` draws."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._store.now is not None and self._store.duration_us:
            self._window(painter)
            self._ruler(painter)
            self._gaps(painter, self._store.now)
            self._from_picture(painter)
            self._wave(painter)
            self._zoomed(painter)
            self._marks(painter)

    def draw_whole(self, painter: QPainter) -> None:
        """Names of the lanes; coverage of the transcript, density of leads, findings, gaps; below it a line under all that was watched."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(look().font(-1))
        painter.setPen(look().colour("muted"))
        for name in self.rows:
            if name != "ruler":
                box = self.box(name)
                painter.drawText(
                    QRectF(12, box.top(), box.left() - 16, box.height()), Qt.AlignmentFlag.AlignVCenter, tr(f"ui.timeline.{name}")
                )
        now = self._store.now
        if now is None or not self._store.duration_us:
            return
        box = self.box("whole")
        bar = QRectF(box.left(), box.center().y() - 4, box.width(), 6)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look().colour("line"))
        painter.drawRoundedRect(bar, 3, 3)
        rows = self._rows
        self._whole_runs(painter, rows.chunks, bar.top(), 6)
        self._whole_runs(painter, rows.watched, bar.bottom() + 2, 2.5)
        painter.setBrush(look().colour("finding", 90))
        for gap in now.recording.gaps:
            left = self.whole_x(int(gap["start_us"]))
            painter.drawRect(QRectF(left, box.top() + 3, max(1.0, self.whole_x(int(gap["end_us"])) - left), box.height() - 6))
        open_leads = rows.leads.start[rows.leads.tone == _LEAD]
        for starts, token, width in ((open_leads, "lead", 2.0), (rows.findings.start, "finding", 2.5)):
            painter.setBrush(look().colour(token))
            pixels = np.minimum((starts * (box.width() / self._store.duration_us)).astype(np.int64), int(box.width()))
            for pixel in np.flatnonzero(np.bincount(pixels)):
                painter.drawRect(QRectF(box.left() + int(pixel) - 1, box.top() + 3, width, bar.bottom() - box.top() - 3))

        painter.setBrush(look().colour("accent"))
        for place in sorted({int(self.whole_x(at)) for at in self.hits}):
            painter.drawRect(QRectF(place - 1, bar.bottom() - 1, 2.5, box.bottom() - bar.bottom()))

    def _whole_runs(self, painter: QPainter, spans: Spans, top: float, height: float) -> None:
        box = self.box("whole")
        for first, last, tone in spans.runs(0, self._store.duration_us, int(box.width())):
            painter.setBrush(look().colour(*_TONES[tone]))
            painter.drawRect(QRectF(box.left() + first, top, last - first, height))

    def _window(self, painter: QPainter) -> None:
        """Which part of the whole the lanes below show."""
        box = self.box("whole")
        left, right = self.whole_x(self.from_us), self.whole_x(self.to_us)
        if right - left < box.width() - 1:
            painter.setPen(QPen(look().colour("accent"), 1))
            painter.setBrush(look().colour("accent", 26))
            painter.drawRect(QRectF(left, box.top() + 1.5, max(4.0, right - left), box.height() - 3))

    def _ruler(self, painter: QPainter) -> None:
        box, bottom = self.box("ruler"), self.box("findings").bottom()
        length = self.to_us - self.from_us
        step = next((s for s in _STEPS if box.width() * s * SECOND / max(1, length) >= 70), _STEPS[-1]) * SECOND
        painter.setFont(look().fixed(-3))
        at = -(-self.from_us // step) * step
        while at < self.to_us:
            x = self.x(at)
            painter.setPen(look().colour("line"))
            painter.drawLine(QPointF(x, box.bottom() - 2), QPointF(x, bottom))
            painter.setPen(look().colour("muted"))
            painter.drawText(QRectF(x - 40, box.top(), 80, box.height() - 2), Qt.AlignmentFlag.AlignCenter, span_clock(at))
            at += step

    def _gaps(self, painter: QPainter, now: Contents) -> None:
        """Where the recording has nothing: hatched through every lane, with its length in words where there is room."""
        top, bottom = self.box("ruler").bottom(), self.box("findings").bottom()
        for gap in now.recording.gaps:
            start, end = int(gap["start_us"]), int(gap["end_us"])
            if end < self.from_us or start > self.to_us:
                continue
            area = self._span(start, end, QRectF(self.box("speech").left(), top, self.box("speech").width(), bottom - top), bottom - top)
            painter.fillRect(area, look().colour("raised"))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.fillRect(area, QBrush(look().colour("line_strong"), Qt.BrushStyle.BDiagPattern))
            words = tr("ui.timeline.gap", seconds=f"{(end - start) / SECOND:.1f}")
            if painter.fontMetrics().horizontalAdvance(words) + 8 < area.width():
                painter.setPen(look().colour("muted"))
                painter.drawText(area, Qt.AlignmentFlag.AlignCenter, words)

    def _from_picture(self, painter: QPainter) -> None:
        """Small pictures, and what the screen showed over time."""
        rows, beside = self.rows, self._lanes.now
        if "pictures" in rows:
            draw_pictures(painter, beside, self.box("pictures"), self.us)
        if "tracks" in rows:
            draw_tracks(painter, beside.tracks, self.box("tracks"), self.x, (self.from_us, self.to_us))

    def _wave(self, painter: QPainter) -> None:
        """The waveform as one filled shape; empty where it has not been built yet."""
        peaks, box = self._lanes.now.peaks, self.box("speech")
        columns = int(box.width())
        if peaks is None or columns < 2:
            return
        rows = peaks.read(self.from_us, self.to_us, columns).astype(float)
        middle, scale = box.top() + box.height() * 0.42, box.height() * 0.40 / 128
        places = box.left() + np.arange(columns)
        upper = zip(places.tolist(), (middle - rows[:, 1] * scale - 0.4).tolist(), strict=True)
        lower = zip(places[::-1].tolist(), (middle - rows[::-1, 0] * scale + 0.4).tolist(), strict=True)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look().colour("speech", 150))
        painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in (*upper, *lower)]))

    def _zoomed(self, painter: QPainter) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        rows, box = self._rows, self.box("speech")
        wave = self._lanes.now.peaks is not None
        height = 3.0 if wave else min(box.height() * 0.44, look().em * 0.7)
        top = box.bottom() - 2 - height if wave else box.center().y() - height / 2
        self._bars(painter, rows.segments, box, top, height)
        self._lane(painter, "screen", rows.screen, levels=2)
        self._chat(painter)
        self._lane(painter, "chat", rows.shown_chat, levels=2)
        self._lane(painter, "leads", rows.leads, levels=3)
        self._findings(painter)

    def _findings(self, painter: QPainter) -> None:
        """Each in the level of its chapter; where there are too many to tell apart, one line of all and the one at hand over it."""
        spans, standing, box = self._part("findings"), self._part("standing"), self.box("findings")
        seen = [standing[place] for place in spans.seen(self.from_us, self.to_us)]
        if len(seen) > box.width():
            self._bars(painter, spans, box, box.center().y() - look().em * 0.35, look().em * 0.7)
            seen = [finding for finding in seen if finding.id == self.selected_id]
        for finding in seen:
            bar, at_hand = self.finding_bar(finding), finding.id == self.selected_id
            painter.setPen(QPen(look().colour("panel"), 1))  # neighbours stay apart
            painter.setBrush(look().colour("accent" if at_hand else "finding"))
            painter.drawRoundedRect(bar, 2, 2)
            painter.setPen(Qt.PenStyle.NoPen)
            if at_hand:  # handles to take hold of
                painter.drawRect(QRectF(bar.left(), bar.top() - 2, 2, bar.height() + 4))
                painter.drawRect(QRectF(bar.right() - 2, bar.top() - 2, 2, bar.height() + 4))

    def _chat(self, painter: QPainter) -> None:
        """How much was chatted: a bar for every few pixels, its height by the number of messages."""
        box, width = self.box("chat"), 3
        columns = max(1, int(box.width() // width))
        found = counts(self._part("chat"), self.from_us, self.to_us, columns)
        top = int(found.max())
        painter.setBrush(look().colour("chat"))
        for place in np.flatnonzero(found):
            height = max(2.5, (box.height() - 6) * int(found[place]) / max(4, top))
            painter.drawRect(QRectF(box.left() + int(place) * width, box.bottom() - 3 - height, width - 1, height))

    def _marks(self, painter: QPainter) -> None:
        """Places marked for later: a small flag on the ruler."""
        box = self.box("ruler")
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look().colour("accent"))
        for mark in self._lanes.now.marks:
            if self.from_us <= mark.at_us <= self.to_us:
                x = self.x(mark.at_us)
                painter.drawPolygon(
                    QPolygonF([QPointF(x - 4, box.bottom() - 8), QPointF(x + 4, box.bottom() - 8), QPointF(x, box.bottom() - 1)])
                )

    def _lane(self, painter: QPainter, name: str, spans: Spans, *, levels: int) -> None:
        """Spans in one lane; those that overlap go to the next of `levels` thinner ones, while there are few enough to tell apart."""
        box = self.box(name)
        height = min(4.0, box.height() * 0.7 / levels - 1.5)
        top = box.center().y() - (levels * (height + 1.5) - 1.5) / 2
        seen = spans.seen(self.from_us, self.to_us)
        if len(seen) > box.width() / 3:
            self._bars(painter, spans, box, box.center().y() - height, 2 * height)
            return
        free = [0.0] * levels
        for place in seen:
            bar = self._span(int(spans.start[place]), int(spans.end[place]), box, height)
            level = next((n for n, right in enumerate(free) if bar.left() >= right), levels - 1)
            bar.moveTop(top + level * (height + 1.5))
            free[level] = bar.right()
            painter.setBrush(look().colour(*_TONES[int(spans.tone[place])]))
            painter.drawRoundedRect(bar, 2, 2)

    def _bars(self, painter: QPainter, spans: Spans, box: QRectF, top: float, height: float) -> None:
        """Spans in one line, those that touch drawn as one."""
        for first, last, tone in spans.runs(self.from_us, self.to_us, int(box.width())):
            painter.setBrush(look().colour(*_TONES[tone]))
            painter.drawRoundedRect(QRectF(box.left() + first, top, last - first, height), 2, 2)

    def _span(self, start: int, end: int, box: QRectF, height: float) -> QRectF:
        left = max(box.left(), self.x(start))
        right = min(box.right(), max(left + 2, self.x(end) - 1))
        return QRectF(left, box.center().y() - height / 2, max(1.0, right - left), height)


def _doubtful(row: Segment) -> bool:
    return bool(row.flags) and row.corrected is None and not row.confirmed_by
