"""Two lanes of the timeline that come from the picture: small pictures to find one's way by, and what the screen showed over time.

They only draw; places come from the painter of the lanes.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF

from inspector_app.domain.records import Track
from inspector_app.domain.timebase import Micros
from inspector_app.i18n import tr
from inspector_app.ui.models.duties import ARTICLES
from inspector_app.ui.models.lanes import Beside
from inspector_app.ui.theme.look import look

_SERIES: Final = ("countdown", "stock", "sold", "viewers")
#: pixels between two steps of a line
_APART: Final = 2.0
Place = Callable[[int], float]


def draw_pictures(painter: QPainter, beside: Beside, box: QRectF, moment: Callable[[float], int]) -> None:
    """As many small pictures side by side as there is room for, each the nearest to the middle of its place."""
    strip = beside.strip
    first = strip.cells[0] if strip is not None and strip.cells else None
    if strip is None or first is None:
        return
    height = box.height() - 2
    width = max(8.0, height * first.box[2] / max(1, first.box[3]))
    left = box.left()
    while left < box.right():
        right = min(left + width, box.right())
        cell = strip.nearest(moment((left + right) / 2))
        sheet = beside.sheets.get(cell.sheet) if cell is not None else None
        if cell is not None and sheet is not None and not sheet.isNull():
            x, y, wide, high = cell.box
            painter.drawImage(
                QRectF(left, box.top() + 1, right - left - 1, height), sheet, QRectF(x, y, wide * (right - left) / width, high)
            )
        left += width


def draw_tracks(painter: QPainter, tracks: Sequence[Track], box: QRectF, place: Place, window: tuple[int, int]) -> None:
    """Duties as thin lines at the foot, prices as bars with their figure, countdowns and counters as small steps above."""
    foot = box.bottom() - 2
    painter.setPen(Qt.PenStyle.NoPen)
    for level, kind in enumerate(ARTICLES):
        for track in tracks:
            if track.kind == kind:
                painter.setBrush(look().colour("good", 220))
                for start, end in track.spans:
                    if end >= window[0] and start <= window[1]:
                        left, right = _held(place(start), box), _held(place(end), box)
                        painter.drawRect(QRectF(left, foot - 2 - level * 3, max(1.0, right - left), 2))
    room = QRectF(box.left(), box.top() + 1, box.width(), max(4.0, box.height() - 13))
    _draw_prices(painter, [track for track in tracks if track.kind == "price"], room, place, window)
    for track in tracks:
        if track.kind in _SERIES and len(track.series) > 1:
            _draw_series(painter, track, room, place, window)


def _draw_prices(painter: QPainter, tracks: Sequence[Track], room: QRectF, place: Place, window: tuple[int, int]) -> None:
    painter.setFont(look().fixed(-3))
    metrics = painter.fontMetrics()
    for track in tracks:
        for start, end in track.spans:
            if end < window[0] or start > window[1]:
                continue
            left, right = _held(place(start), room), _held(place(end), room)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look().colour("screen_lane", 70))
            painter.drawRect(QRectF(left, room.top(), max(1.5, right - left - 1), room.height()))
            words = price(track)
            if metrics.horizontalAdvance(words) + 4 <= right - left:
                painter.setPen(look().colour("text"))
                painter.drawText(QRectF(left + 2, room.top(), right - left, room.height()), Qt.AlignmentFlag.AlignVCenter, words)


def _draw_series(painter: QPainter, track: Track, room: QRectF, place: Place, window: tuple[int, int]) -> None:
    """A countdown or counter as a line of steps between its least and its most."""
    values = [int(value) for _, value in track.series]
    least, most = min(values), max(values)
    line, last_x, last_y = QPolygonF(), -10.0, room.bottom()
    first = max(0, bisect_left(track.series, window[0], key=_moment) - 1)
    for at, value in track.series[first : bisect_right(track.series, window[1], key=_moment)]:
        y = room.bottom() - (int(value) - least) / max(1, most - least) * room.height()
        if window[0] <= at <= window[1]:
            x = place(int(at))
            if x - last_x >= _APART:  # no more steps than can be told apart
                line.append(QPointF(x, last_y))
                line.append(QPointF(x, y))
                last_x = x
        last_y = y
    if line.size() > 1:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(look().colour("lead" if track.kind == "countdown" else "accent"), 1.2))
        painter.drawPolyline(line)
        painter.setPen(Qt.PenStyle.NoPen)


def _moment(reading: tuple[int, int]) -> int:
    return int(reading[0])


def _held(x: float, box: QRectF) -> float:
    return min(box.right(), max(box.left(), x))


def price(track: Track) -> str:
    """`¥99`, with the unit where one was read."""
    fen = int(track.facts.get("price_fen", 0))
    unit = str(track.facts.get("unit", ""))
    return f"¥{fen // 100}" + (f".{fen % 100:02d}" if fen % 100 else "") + (f"/{unit}" if unit else "")


def words_at(tracks: Sequence[Track], at_us: Micros) -> list[str]:
    """What the screen showed at a moment, in words."""
    lines = []
    for track in tracks:
        shown = any(start <= at_us <= end for start, end in track.spans)
        if track.kind in ARTICLES:
            lines.append(f"{tr(f'ui.duties.{track.kind}')}：{tr('ui.timeline.shown' if shown else 'ui.timeline.not_shown')}")
        elif shown and track.kind == "price":
            lines.append(price(track))
        elif shown and track.series:
            value = next((value for at, value in reversed(track.series) if at <= at_us), track.series[0][1])
            lines.append(f"{tr(f'ui.track.{track.kind}')} {value}")
    return lines
