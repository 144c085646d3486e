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

#: countdowns and counters, each with its colour
_SERIES: Final = {"countdown": "lead", "stock": "accent", "sold": "chat", "viewers": "muted"}
#: pixels between two steps of a line
_APART: Final = 2.0
#: pixels below which steps are no longer drawn: prices need the room more
_LEAST_STEPS: Final = 3.0
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
    """Prices as bars with their figures above, countdowns and counters as small steps below them, duties as thin lines at the foot."""
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
    room = QRectF(box.left(), box.top() + 1, box.width(), max(4.0, box.height() - 3 * len(ARTICLES) - 3))
    prices = [track for track in tracks if track.kind == "price"]
    series = [track for track in tracks if track.kind in _SERIES and len(track.series) > 1]
    painter.setFont(look().fixed(-3))
    figures = QRectF(room.left(), room.top(), room.width(), min(room.height(), painter.fontMetrics().ascent() + 2.0)) if series else room
    _draw_prices(painter, prices, figures, place, window)
    steps = room.adjusted(0, figures.height() + 2, 0, 0) if prices else room
    if steps.height() >= _LEAST_STEPS:
        for track in series:
            _draw_series(painter, track, steps, place, window)


def _draw_prices(painter: QPainter, tracks: Sequence[Track], room: QRectF, place: Place, window: tuple[int, int]) -> None:
    """All the bars, then the figures where there is room beside those already written: the price asked first, then what it is compared with."""
    spans = [(track, start, end) for track in tracks for start, end in track.spans if end >= window[0] and start <= window[1]]
    bars = [(track, _held(place(start), room), _held(place(end), room)) for track, start, end in spans]
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(look().colour("screen_lane", 70))
    for _, left, right in bars:
        painter.drawRect(QRectF(left, room.top(), max(1.5, right - left - 1), room.height()))
    plain, struck = look().fixed(-3), look().fixed(-3)
    struck.setStrikeOut(True)
    written: list[tuple[float, float]] = []
    for track, left, right in sorted(bars, key=lambda bar: (bool(bar[0].facts.get("struck")), bar[1])):
        compared = bool(track.facts.get("struck"))
        words = price(track)
        width = painter.fontMetrics().horizontalAdvance(words) + 4.0
        free = _free(written, left, right, width)
        if free is not None:
            written.append((free, free + width))
            painter.setFont(struck if compared else plain)
            painter.setPen(look().colour("muted" if compared else "text"))
            painter.drawText(QRectF(free + 2, room.top(), width, room.height()), Qt.AlignmentFlag.AlignVCenter, words)


def _free(taken: Sequence[tuple[float, float]], left: float, right: float, width: float) -> float | None:
    """The first place between two edges where nothing is written yet; None where there is no room."""
    for start, end in sorted(taken):
        if start < left + width and left < end:
            left = end + 2
    return left if left + width <= right else None


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
        painter.setPen(QPen(look().colour(_SERIES[track.kind]), 1.2))
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
