"""The card of the lead being judged, drawn under its line: what rule, which articles, why, what might excuse it, and the keys."""

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen

from inspector_app.domain.records import Lead
from inspector_app.i18n import language, tr
from inspector_app.ui.input.keys import shown
from inspector_app.ui.models.words import article_label
from inspector_app.ui.theme.look import look
from inspector_app.ui.theme.paint import draw_keycap, keycap_width

#: keys offered on the card, and what each does
ACTS = (("Return", "accept"), ("A", "accept_other"), ("X", "reject"), ("S", "play_finding"))
#: reasons a lead is ruled out for, by digit
REASONS = ("normal", "misheard", "context", "exempt", "duplicate")

_PAD = 11.0


class LeadCard:
    """Draws and measures; remembers where the last drawn keys lie so that a mouse can press them too.

    `stage` is "" (accept or reject), "reject" (a digit says why) or "other" (a digit says under which article).
    """

    def __init__(self, name_of: Callable[[str], str], about: Callable[[Lead], list[str]] = lambda _: []) -> None:
        self._name_of, self._about = name_of, about
        self._said: tuple[Lead, list[str]] | None = None
        self.stage = ""
        self._spots: list[tuple[QRectF, str]] = []

    def height(self, lead: Lead, width: float) -> float:
        line = QFontMetricsF(look().font()).height()
        text = QFontMetricsF(look().font()).boundingRect(QRectF(0, 0, width - 2 * _PAD, 10_000), _WRAP, _reason(lead)).height()
        head = QFontMetricsF(look().font(bold=True)).boundingRect(QRectF(0, 0, width - 2 * _PAD, 10_000), _WRAP, self._head(lead)).height()
        beside = QFontMetricsF(look().font(-1)).boundingRect(QRectF(0, 0, width - 2 * _PAD, 10_000), _WRAP, self._beside(lead)).height()
        rows = self._places(width - 2 * _PAD)[-1][1] + 1
        return head + text + line + (rows - 1) * self._row() + 2 * _PAD + 12 + (beside + 4 if self._beside(lead) else 0)

    def forget(self) -> None:
        """What is known beside a lead has changed, or the language."""
        self._said = None

    def _beside(self, lead: Lead) -> str:
        """What is known of the lead beside its reason, one thing a line; worked out once while the card is open."""
        if self._said is None or self._said[0] is not lead:
            self._said = (lead, self._about(lead))
        return "\n".join(self._said[1])

    def draw(self, painter: QPainter, box: QRectF, lead: Lead) -> None:
        look_ = look()
        frame = box.adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(look_.colour("lead"), 1))
        painter.setBrush(look_.colour("lead_soft"))
        painter.drawRoundedRect(frame, 6, 6)
        inner = box.adjusted(_PAD, _PAD, -_PAD, -_PAD)
        painter.setFont(look_.font(bold=True))
        painter.setPen(look_.colour("text"))
        used = painter.drawText(inner, _WRAP, self._head(lead))
        painter.setFont(look_.font())
        inner.setTop(used.bottom() + 4)
        used = painter.drawText(inner, _WRAP, _reason(lead))
        if self._beside(lead):
            painter.setFont(look_.font(-1))
            painter.setPen(look_.colour("text"))
            inner.setTop(used.bottom() + 4)
            used = painter.drawText(inner, _WRAP, self._beside(lead))
        self._draw_keys(painter, inner.left(), used.bottom() + 8 + QFontMetricsF(look_.font()).height() / 2, inner.right())

    def _draw_keys(self, painter: QPainter, left: float, middle: float, right: float) -> None:
        self._spots = []
        font = look().font(-1)
        metrics = QFontMetricsF(font)
        for (key, act, text), (at, row) in zip(self._offers(), self._places(right - left), strict=True):
            start, centre = left + at, middle + row * self._row()
            painter.setFont(font)
            cap = draw_keycap(painter, start, centre, key) if key else 0.0
            painter.setPen(look().colour("text" if key else "lead"))
            painter.drawText(QPointF(start + cap + 5, centre + metrics.ascent() / 2 - metrics.descent() / 2), text)
            if act:
                width = cap + 5 + metrics.horizontalAdvance(text)
                self._spots.append((QRectF(start, centre - metrics.height() / 2 - 3, width, metrics.height() + 6), act))

    def _places(self, width: float) -> list[tuple[float, int]]:
        """Where each offered key stands: its left edge from the inner edge, and its row; a key that does not fit begins a row."""
        metrics = QFontMetricsF(look().font(-1))
        places: list[tuple[float, int]] = []
        left, row = 0.0, 0
        for key, _, text in self._offers():
            needed = (keycap_width(metrics, key) if key else 0.0) + metrics.horizontalAdvance(text)
            if left + needed + 5 > width and left > 0:
                left, row = 0.0, row + 1
            places.append((left, row))
            left += needed + 20
        return places

    @staticmethod
    def _row() -> float:
        return QFontMetricsF(look().font(-1)).height() + 10

    def _offers(self) -> list[tuple[str, str, str]]:
        if self.stage == "reject":
            reasons = [(str(n), f"tap_{n}", tr(f"ui.reason.{name}")) for n, name in enumerate(REASONS, 1)]
            return [("", "", tr("ui.lead.why")), *reasons, ("X", "reject", tr("ui.lead.no_reason"))]
        if self.stage == "other":
            return [("", "", tr("ui.lead.which")), ("1–0", "", tr("ui.hint.hot")), ("Esc", "leave", tr("ui.hint.leave"))]
        return [(shown(key), act, tr(f"ui.lead.{act}")) for key, act in ACTS]

    def _head(self, lead: Lead) -> str:
        """What the first article calls it, and the articles."""
        name = self._name_of(lead.articles[0]) if lead.articles else lead.rule
        return f"{name} · {'、'.join(article_label(code) for code in lead.articles)}"

    def act_at(self, point: QPointF) -> str:
        """The act whose key lies under a point of the line; "" for none."""
        return next((act for spot, act in self._spots if spot.contains(point)), "")


_WRAP = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap)


def _reason(lead: Lead) -> str:
    parts = [lead.reason_en if language() == "en" else lead.reason_zh]
    if lead.heard_as:
        parts.append(tr("ui.lead.heard_as", text=lead.heard_as))
    if lead.possible_exemption:
        parts.append(tr("ui.lead.exemption", text=lead.possible_exemption))
    return " ".join(part for part in parts if part)
