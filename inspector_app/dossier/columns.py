# mypy: disable-error-code="no-untyped-call, attr-defined, misc"
"""Two columns on a page: a picture with words beside it, and long lists in balanced columns. Knows heights, nothing of what is printed."""

from collections.abc import Sequence
from typing import Any

from reportlab.platypus import Flowable

from .styles import HEIGHT

#: Higher than any page: what a flowable is offered when only its height is asked for.
ENDLESS = 100_000.0


def heights(flowables: Sequence[Flowable], width: float) -> list[float]:
    """How high each flowable is at `width`, with the blank space before it; the first has none before it (points)."""
    found: list[float] = []
    after = 0.0
    for place, flowable in enumerate(flowables):
        _, height = flowable.wrap(width, ENDLESS)
        before = flowable.getSpaceBefore() if place else 0.0
        found.append(height + max(before, after if place else 0.0))
        after = flowable.getSpaceAfter()
    return found


def _draw(flowables: Sequence[Flowable], canvas: Any, left: float, top: float, width: float) -> None:
    """Draws flowables under one another from `top` downwards."""
    y = top
    for flowable, height in zip(flowables, heights(flowables, width), strict=True):
        y -= height
        flowable.drawOn(canvas, left, y)


class Beside(Flowable):
    """One stack of flowables at the left, another at its right; what of the right does not fit a page goes on below at full width."""

    def __init__(self, left: Sequence[Flowable], right: Sequence[Flowable], left_width: float, gap: float) -> None:
        super().__init__()
        self.left, self.right, self.left_width, self.gap = left, right, left_width, gap

    def wrap(self, availWidth: float, _: float) -> tuple[float, float]:  # noqa: N803
        self.width = availWidth
        right = heights(self.right, availWidth - self.left_width - self.gap)
        self.height = max(sum(heights(self.left, self.left_width)), sum(right))
        return availWidth, self.height

    def split(self, availWidth: float, availHeight: float) -> list[Flowable]:  # noqa: N803
        if sum(heights(self.left, self.left_width)) > availHeight:
            return []
        used, count = 0.0, 0
        for height in heights(self.right, availWidth - self.left_width - self.gap):
            if used + height > availHeight:
                break
            used, count = used + height, count + 1
        count = _not_after_a_heading(self.right, count)
        return [Beside(self.left, self.right[:count], self.left_width, self.gap), *self.right[count:]]

    def draw(self) -> None:
        _draw(self.left, self.canv, 0, self.height, self.left_width)
        indent = self.left_width + self.gap
        _draw(self.right, self.canv, indent, self.height, self.width - indent)


def beside(
    left: Sequence[Flowable], right: Sequence[Flowable], width: float, left_width: float, gap: float, room: float = ENDLESS
) -> list[Flowable]:
    """`left` with as much of `right` beside it as begins beside it and ends within `room`; the rest follows below over the full width."""
    limit = sum(heights(left, left_width))
    used, count = 0.0, 0
    for height in heights(right, width - left_width - gap):
        if used >= limit - 12 or used + height > room:
            break
        used, count = used + height, count + 1
    count = _not_after_a_heading(right, count)
    return [Beside(left, right[:count], left_width, gap), *right[count:]]


def _not_after_a_heading(flowables: Sequence[Flowable], count: int) -> int:
    """A cut that leaves no heading without what it heads."""
    while 0 < count < len(flowables) and flowables[count - 1].getKeepWithNext():
        count -= 1
    return count


class Stack(Flowable):
    """Flowables under one another that stay on one page."""

    def __init__(self, flowables: Sequence[Flowable]) -> None:
        super().__init__()
        self.flowables = flowables

    def getSpaceBefore(self) -> float:  # noqa: N802
        return float(self.flowables[0].getSpaceBefore())

    def wrap(self, availWidth: float, _: float) -> tuple[float, float]:  # noqa: N803
        self.width, self.height = availWidth, sum(heights(self.flowables, availWidth))
        return availWidth, self.height

    def draw(self) -> None:
        _draw(self.flowables, self.canv, 0, self.height, self.width)


class Columns(Flowable):
    """Paragraphs in two columns of one height, carried on over as many pages as they need.

    Heights are measured once and handed on, for an annex of thousands of lines is split at every page.
    """

    def __init__(self, flowables: Sequence[Flowable], gap: float, found: Sequence[float] = (), cut: int = -1) -> None:
        """`found` are the heights where they are known; `cut` is the place of the first paragraph of the second column (-1: balanced)."""
        super().__init__()
        self.flowables, self.gap, self.found, self.cut = flowables, gap, list(found), cut

    def wrap(self, availWidth: float, _: float) -> tuple[float, float]:  # noqa: N803
        self.width = availWidth
        self.found = self.found or heights(self.flowables, self._column())
        if self.cut < 0:
            self.cut = _not_after_a_heading(self.flowables, _half(self.found)) or len(self.found)
        self.height = max(sum(self.found[: self.cut]), sum(self.found[self.cut :]))
        return availWidth, self.height

    def _column(self) -> float:
        return float(self.width - self.gap) / 2

    def split(self, availWidth: float, availHeight: float) -> list[Flowable]:  # noqa: N803
        if self.found[0] > HEIGHT:
            return self._over_the_full_width(availWidth, availHeight)
        first = self._filled(0, availHeight)
        if first == 0:
            return []
        second = self._filled(first, availHeight)
        page = Columns(self.flowables[:second], self.gap, self.found[:second], first)
        return [page, Columns(self.flowables[second:], self.gap, self.found[second:])] if self.flowables[second:] else [page]

    def _over_the_full_width(self, width: float, available: float) -> list[Flowable]:
        """A paragraph that no column holds is set over the page's width, where it can be split."""
        first = self.flowables[0]
        _, height = first.wrap(width, available)
        parts = [first] if height <= available else first.split(width, available)
        rest = [Columns(self.flowables[1:], self.gap, self.found[1:])] if self.flowables[1:] else []
        return [*parts, *rest] if parts else []

    def _filled(self, start: int, available: float) -> int:
        """Index behind the last paragraph of a column that begins with `start`."""
        end, used = start, 0.0
        while end < len(self.found) and used + self.found[end] <= available:
            used, end = used + self.found[end], end + 1
        whole = _not_after_a_heading(self.flowables, end)
        return whole if whole > start else end

    def draw(self) -> None:
        width = self._column()
        _draw(self.flowables[: self.cut], self.canv, 0, self.height, width)
        _draw(self.flowables[self.cut :], self.canv, width + self.gap, self.height, width)


def _half(found: Sequence[float]) -> int:
    """How many of the heights make the first of two columns so that the higher column is as low as can be."""
    whole, used = sum(found), 0.0
    best, lowest = len(found), whole
    for place, height in enumerate(found):
        used += height
        if max(used, whole - used) < lowest:
            best, lowest = place + 1, max(used, whole - used)
    return best
