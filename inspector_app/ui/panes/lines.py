"""Draws the lines of the transcript: time, who, words with their marks, chips, and the open card of the lead being judged.

Only lines in sight are laid out, once per line, width and content; the heights of all others are reckoned.
"""

from collections import OrderedDict
from collections.abc import Set
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen, QTextCharFormat, QTextLayout, QTextOption

from inspector_app.domain.records import Finding, Lead
from inspector_app.i18n import tr
from inspector_app.ui.models.marking import Marks
from inspector_app.ui.models.rows import Row
from inspector_app.ui.models.transcript import TranscriptModel
from inspector_app.ui.models.words import article_label, short_clock
from inspector_app.ui.theme.look import look
from inspector_app.ui.theme.paint import chip_width, draw_chip

from .leadcard import LeadCard

_KEPT = 500
_GAP = 6.0
#: as many findings are named behind the words of one line
_CHIPS = 3


@dataclass
class _Laid:
    """One line laid out: its height, the words, and where chips begin."""

    height: float
    words: QTextLayout | None = None
    chips: list[tuple[str, str]] = field(default_factory=list)
    chips_at: QPointF = field(default_factory=QPointF)
    card: QRectF | None = None


class _Metrics:
    """Measures of the faces in use: height of a line, and the left edges of `who` and of the words."""

    def __init__(self) -> None:
        self.text, self.small = QFontMetricsF(look().font()), QFontMetricsF(look().font(-1))
        self.line = self.text.height()
        self.character = self.text.horizontalAdvance("国")
        self.chip = self.small.horizontalAdvance("广告法 9-1") + 12 + _GAP
        self.who_left = 14 + QFontMetricsF(look().fixed(-1)).horizontalAdvance("0:00:00.0") + 8
        self.words_left = self.who_left + self.small.horizontalAdvance("观众观众") + 10


class LinePainter:
    """Measures and draws the lines of one model."""

    def __init__(self, model: TranscriptModel, card: LeadCard) -> None:
        self._model, self._card = model, card
        self._laid: OrderedDict[tuple[object, ...], _Laid] = OrderedDict()
        self._metrics = _Metrics()

    def forget(self) -> None:
        """The face, the language or the scheme changed: everything is measured anew."""
        self._laid.clear()
        self._metrics = _Metrics()

    @property
    def words_left(self) -> int:
        """Where the words of every line begin, in pixels."""
        return round(self._metrics.words_left)

    # -- measures ------------------------------------------------------------------------------------------------------------

    def heights(self, width: int, places: Set[int] | None = None) -> NDArray[np.int64]:
        """Heights of all lines, or of those at `places`, reckoned from the number of characters: there may be tens of thousands.

        A line of many narrow letters, or with long chips, may differ by a row from `exact_height`, which counts once it is seen. Only the
        line with the open card is laid out.
        """
        rows, metrics = self._model.rows, self._metrics
        wanted = np.arange(len(rows)) if places is None else np.fromiter(places, dtype=np.int64, count=len(places))
        chips, marked = np.zeros(len(rows)), self._model.marked
        for place in marked.keys() if places is None else marked.keys() & places:
            chips[place] = len(marked[place].findings[:_CHIPS]) + bool(marked[place].leads)
        for place in filter(lambda place: place >= 0, map(rows.place_of, self._model.heard)):
            chips[place] += 1
        advance = rows.lengths[wanted] * metrics.character + chips[wanted] * metrics.chip
        lines = np.maximum(1, np.ceil(advance / max(1.0, width - metrics.words_left - 12)))
        found = np.round(lines * (metrics.line + 2) + 8).astype(np.int64)
        opened = self._model.row_of_open_lead
        for number in np.flatnonzero(wanted == opened) if opened >= 0 else ():
            found[number] = self.exact_height(opened, width)
        return found

    def exact_height(self, place: int, width: int) -> int:
        """Height of a line laid out in full."""
        return round(self._lay(place, width).height)

    def _chips(self, place: int) -> list[tuple[str, str]]:
        """The chips behind a line's words: findings, leads, what may have been misheard."""
        heard = self._model.heard.get(self._model.rows[place].id, ())
        terms = dict.fromkeys(term for _, _, term in heard)
        return [*_mark_chips(self._model.marks(place)), *((tr("ui.transcript.heard", term=term), "plain") for term in terms)]

    def _chip_room(self, chips: list[tuple[str, str]]) -> float:
        return sum(self._metrics.small.horizontalAdvance(text) + 12 + _GAP for text, _ in chips)

    def _lay(self, place: int, width: int) -> _Laid:
        row, marks = self._model.rows[place], self._model.marks(place)
        lead = self._open_lead(marks)
        leads = tuple(one.id for one in marks.leads) if marks else ()
        findings = tuple((one.id, one.articles) for one in marks.findings) if marks else ()
        heard = tuple(self._model.heard.get(row.id, ()))
        key = (row.id, row.words, row.doubtful, width, leads, findings, heard, (lead.id, self._card.stage) if lead else ())
        found = self._laid.get(key)
        if found is None:
            found = self._laid[key] = self._measure(row, marks, lead, width)
            if len(self._laid) > _KEPT:
                self._laid.popitem(last=False)
        return found

    def _open_lead(self, marks: Marks | None) -> Lead | None:
        return next((lead for lead in marks.leads if lead.id == self._model.lead_id), None) if marks else None

    def _measure(self, row: Row, marks: Marks | None, lead: Lead | None, width: int) -> _Laid:
        left = self._metrics.words_left
        chips = self._chips(self._model.row_of(row.id))
        laid = self._full(row, marks, chips, self._chip_room(chips), left, width - left - 12)
        if lead is not None:
            card = QRectF(left - 8, laid.height, width - left - 4, self._card.height(lead, width - left - 4))
            laid.card = card
            laid.height += card.height() + 8
        return laid

    def _full(self, row: Row, marks: Marks | None, chips: list[tuple[str, str]], chip_room: float, left: float, room: float) -> _Laid:
        words = QTextLayout(row.words, look().font())
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        words.setTextOption(option)
        words.setFormats(_formats(row, marks, self._model.heard.get(row.id, [])))
        words.beginLayout()
        height, last_width, last_top, line_height = 0.0, 0.0, 0.0, self._metrics.line
        while (line := words.createLine()).isValid():
            line.setLineWidth(room)
            line.setPosition(QPointF(0, height))
            last_top, last_width, line_height = height, line.naturalTextWidth(), line.height()
            height += line.height() + 2
        words.endLayout()
        chips_at = QPointF(left + last_width + _GAP + 2, 5 + last_top + line_height / 2)
        if chips and last_width + _GAP + chip_room > room:
            chips_at = QPointF(left, 5 + height + line_height / 2)
            height += line_height + 4
        return _Laid(max(height - 2, line_height) + 10, words, chips, chips_at)

    def act_at(self, place: int, width: int, point: QPointF) -> str | None:
        """What a point of a line means: None the line itself, "" the card beside its keys, else the act of the card's key."""
        card = self._lay(place, width).card
        return self._card.act_at(point) if card is not None and card.contains(point) else None

    # -- drawing -------------------------------------------------------------------------------------------------------------

    def paint(self, painter: QPainter, place: int, box: QRectF) -> None:
        """Draws a line into `box`."""
        row, marks = self._model.rows[place], self._model.marks(place)
        laid = self._lay(place, round(box.width()))
        look_ = look()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        line_height = laid.card.top() if laid.card is not None else laid.height
        if place == self._model.current:
            painter.fillRect(QRectF(box.left(), box.top(), box.width(), line_height), look_.colour("accent_soft"))
            painter.fillRect(QRectF(box.left(), box.top(), 3, line_height), look_.colour("accent"))
        elif marks:
            token = "lead" if marks.leads else "finding"
            painter.fillRect(QRectF(box.left(), box.top() + 2, 3, line_height - 4), look_.colour(token))
        painter.translate(box.topLeft())
        self._draw_head(painter, row)
        if laid.words is not None:
            painter.setPen(look_.colour("muted" if row.doubtful else "screen" if row.kind == "screen" else "text"))
            laid.words.draw(painter, QPointF(self._metrics.words_left, 5))
        painter.setFont(look_.font(-1))
        left = laid.chips_at.x()
        for text, tone in laid.chips:
            left += draw_chip(painter, left, laid.chips_at.y(), text, tone) + _GAP
        lead = self._open_lead(marks)
        if laid.card is not None and lead is not None:
            self._card.draw(painter, laid.card, lead)
        painter.restore()

    def _draw_head(self, painter: QPainter, row: Row) -> None:
        look_ = look()
        who_left, words_left = self._metrics.who_left, self._metrics.words_left
        middle = 5 + QFontMetricsF(look_.font()).height() / 2
        painter.setFont(look_.fixed(-1))
        painter.setPen(look_.colour("muted"))
        painter.drawText(QRectF(14, middle - 12, who_left - 14, 24), Qt.AlignmentFlag.AlignVCenter, short_clock(row.start_us))
        painter.setFont(look_.font(-1))
        if row.kind == "speech":
            who = tr(f"speaker.{row.who}") if row.who else tr("ui.transcript.speech")
            width = words_left - who_left - 4
            painter.drawText(
                QRectF(who_left, middle - 12, width, 24),
                Qt.AlignmentFlag.AlignVCenter,
                QFontMetricsF(painter.font()).elidedText(who, Qt.TextElideMode.ElideRight, width),
            )
            return
        text = tr(f"ui.transcript.{row.kind}")
        box = QRectF(who_left + 0.5, middle - 9.5, chip_width(painter, text) - 2, 18)
        painter.setPen(QPen(look_.colour("line_strong"), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box, 4, 4)
        painter.setPen(look_.colour("muted"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)


def _mark_chips(marks: Marks | None) -> list[tuple[str, str]]:
    if marks is None:
        return []
    chips = [(_articles(finding), "finding") for finding in marks.findings[:_CHIPS]]
    if len(marks.findings) > _CHIPS:
        chips.append((f"＋{len(marks.findings) - _CHIPS}", "finding"))
    if marks.leads:
        count = len(marks.leads)
        chips.append((tr("ui.transcript.lead") + (f" {count}" if count > 1 else ""), "lead"))
    return chips


def _articles(finding: Finding) -> str:
    """The first article and how many more: the list of findings names them all."""
    more = len(finding.articles) - 1
    return article_label(finding.articles[0]) + (f" ＋{more}" if more > 0 else "") if finding.articles else f"{finding.number:03d}"


def _formats(row: Row, marks: Marks | None, heard: list[tuple[int, int, str]]) -> list[QTextLayout.FormatRange]:
    """Marks what a rule matched and what may have been misheard; strikes what the machine most likely invented."""
    ranges: list[QTextLayout.FormatRange] = []
    for start, end, _ in heard:
        fmt = QTextCharFormat()
        fmt.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
        fmt.setUnderlineColor(look().colour("accent"))
        ranges.append(_range(start, end - start, fmt))
    for lead in marks.leads if marks else ():
        start = row.words.find(lead.matched) if lead.matched else -1
        if start >= 0:
            fmt = QTextCharFormat()
            fmt.setBackground(look().colour("lead_soft"))
            fmt.setUnderlineStyle(QTextCharFormat.UnderlineStyle.SingleUnderline)
            fmt.setUnderlineColor(look().colour("lead"))
            ranges.append(_range(start, len(lead.matched), fmt))
    if row.doubtful and not ranges:
        fmt = QTextCharFormat()
        fmt.setUnderlineStyle(QTextCharFormat.UnderlineStyle.DotLine)
        fmt.setUnderlineColor(look().colour("faint"))
        fmt.setFontStrikeOut(row.struck)
        ranges.append(_range(0, len(row.words), fmt))
    return ranges


def _range(start: int, length: int, fmt: QTextCharFormat) -> QTextLayout.FormatRange:
    found = QTextLayout.FormatRange()
    found.start, found.length, found.format = start, length, fmt
    return found
