# mypy: disable-error-code="no-untyped-call, attr-defined, misc"
"""Paragraphs whose lines break as Chinese documents break them; ReportLab's own rule knows Japanese marks only and splits Latin words.

No line begins with a closing mark or ends with an opening one (GB/T 15834, 5.1.10), and words, numbers and file names stay whole unless
that would leave most of the line empty.
"""

from typing import Any

from reportlab.platypus.paragraph import Paragraph, ParaLines, cjkU, makeCJKParaLine

NOT_FIRST = frozenset("，。、；：？！…—～·）》〉」』】〕〗”’％℃,.;:?!)]}%*")
NOT_LAST = frozenset("（《〈「『【〔〖“‘([{￥¥$")
#: A line is filled by splitting a word rather than left emptier than this.
LEAST_FILL = 0.5
#: Not drawn at a turn of line.
BLANKS = frozenset(" \u00a0")


class Lines(Paragraph):
    """A paragraph with Chinese line breaking over any mixture of fonts; for styles with `wordWrap="CJK"`.

    It is broken once per width: a page is measured several times before it stands, and every pass lays it out anew.
    """

    broken_at = -1.0

    def wrap(self, availWidth: float, availHeight: float) -> tuple[float, float]:  # noqa: N803
        if self.broken_at != availWidth or not hasattr(self, "blPara"):
            self.broken_at = availWidth
            width, height = super().wrap(availWidth, availHeight)
            return width, height
        return self.width, self.height

    def draw(self) -> None:
        if not getattr(self.canv, "measuring", False):  # a pass that only finds where everything lands
            super().draw()

    def breakLinesCJK(self, maxWidths: Any) -> Any:  # noqa: N802, N803
        if not self.frags:
            return super().breakLinesCJK(maxWidths)
        if hasattr(self, "blPara") and getattr(self, "_splitpara", False):
            return self.blPara
        self.height = 0
        widths = list(maxWidths) if isinstance(maxWidths, list | tuple) else [maxWidths]
        lines = _lines(_units(self.frags), widths)
        if lines and hasattr(self.style, "baseline"):
            lines[0].ascent = self.style.baseline
        return ParaLines(kind=1, lines=lines)


def _units(frags: list[Any]) -> list[cjkU]:
    """Single characters that know their width and font; an empty one stands for a line break or an anchor."""
    return [cjkU(character, frag, "utf8") for frag in frags for character in (frag.text or ("",))]


def _lines(units: list[cjkU], widths: list[float]) -> list[Any]:
    lines: list[Any] = []
    start = 0
    while start < len(units):
        width = widths[min(len(lines), len(widths) - 1)]
        end, forced = _end_of_line(units, start, width)
        shown = end
        while not forced and end < len(units) and shown > start and units[shown - 1] in BLANKS:
            shown -= 1
        used = sum(unit.width for unit in units[start:shown])
        lines.append(makeCJKParaLine(units[start:shown], width, used, width - used, forced, False))
        start = end
        while not forced and start < len(units) and units[start] in BLANKS:
            start += 1
    return lines


def _end_of_line(units: list[cjkU], start: int, width: float) -> tuple[int, bool]:
    """Index behind the last unit of the line that begins at `start`, and whether a line break ends it."""
    used = 0.0
    best, best_used = start, 0.0
    for place in range(start, len(units)):
        unit = units[place]
        if hasattr(unit.frag, "lineBreak"):
            return place + 1, True
        if place > start and may_break(units[place - 1], unit):
            best, best_used = place, used
        used += unit.width
        if used > width + 0.01 and unit not in BLANKS and place > start:
            return (best if best_used >= LEAST_FILL * width else place), False
    return len(units), False


def may_break(before: str, after: str) -> bool:
    """Whether a line may turn between two characters."""
    if before in NOT_LAST or after in NOT_FIRST:
        return False
    if not before or not after:
        return False
    return not (_joins(before) and _joins(after))


def _joins(character: str) -> bool:
    """Characters of words, numbers, paths and digests, which stay together."""
    return character.isascii() and not character.isspace()
