"""Follows the text of a picture from sample to sample: reads again only what has changed. Runs only in a child process.

Three questions are asked of every sample, from cheap to dear. Does each line known so far still stand (are its strokes where they
were, whatever moves behind them)? Where did strokes appear that were not there (edges dense as in writing)? And only there: which
lines are these (detection on that part alone), and what do they say (unless they are a known line that moved, as comments do)?
Clocks change every second, so they are read in every second sample only and marked `unread` in between.
It must not know about files or time; `forget` makes the next picture a full reading.
"""

from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from inspector_app.vision.boxes import Box, joined, shared_area
from inspector_app.vision.kinds import clock_in, plain
from inspector_app.vision.reader import Line, Picture, Quad, ScreenReader, is_worth_keeping, rect_of

Strokes = npt.NDArray[np.float32]

#: Pixels (at working size) of the squares in which new strokes are counted.
CELL: Final = 8
#: Columns and rows of cells that are looked at together: as high as a small line and three characters long.
WINDOW: Final = (6, 2)
#: Least difference of the brightest and darkest pixel of a 3×3 square (of 255) that counts as the edge of a stroke.
EDGE: Final = 30
#: Share of a window (per cent) that must be new edges of strokes. Writing has 30-50; one contour through a window has 20.
DENSE_PC: Final = 24
#: How alike (−1 … 1) the strokes of one line must be in every window along it; with digits the windows are narrow and the bar is high.
ALIKE: Final = 0.75
ALIKE_DIGITS: Final = 0.88
#: A place that looked like writing and was none, twice and more in a row, is left alone for one sample more each time, up to this many.
PATIENCE: Final = 2
#: When this share (per cent) of the picture is to be searched, all of it is.
MOST_PC: Final = 55
#: Lines that went away are remembered for this many samples, so that they need not be recognised when they come back.
REMEMBERED: Final = 3
#: A clock read where it stood counts as read only when it is as sure as this (per mille).
SURE_PM: Final = 900


@dataclass(frozen=True)
class _Known:
    """A line as it was last recognised: its place and the grey picture there (working size)."""

    line: Line
    rect: Box
    grey: Picture
    seen: int  # number of the sample it was last seen in


class Follower:
    """Reads one run of samples with a reader. `looked` and `recognised` count what it cost: searched pixels and recognised lines."""

    options: Final[dict[str, Any]] = {
        "cell": CELL,
        "edge": EDGE,
        "dense_pc": DENSE_PC,
        "window": list(WINDOW),
        "alike_pm": round(ALIKE * 1000),
        "alike_digits_pm": round(ALIKE_DIGITS * 1000),
        "patience": PATIENCE,
        "most_pc": MOST_PC,
        "remembered": REMEMBERED,
    }

    def __init__(self, reader: ScreenReader) -> None:
        self._reader = reader
        self.looked = self.recognised = 0
        self.forget()

    def forget(self) -> None:
        """Read the whole of the next picture, whatever was read before."""
        self._known: list[_Known] = []
        self._gone: list[_Known] = []
        self._edges: Picture | None = None  # strongest edges that are accounted for
        self._quiet = np.zeros((0, 0), np.int32)  # per cell: first sample in which it may be searched again
        self._vain = np.zeros((0, 0), np.int32)  # per cell: how often in a row it was searched in vain
        self._sample = 0

    def go_on_from(self, work: Picture, lines: list[Line]) -> None:
        """Follow on from a picture and what is known to stand in it, as if it had just been read; nothing else is remembered."""
        self.forget()
        grey, edges = _grey_and_edges(work)
        self._start(edges)
        self._edges = edges
        for line in lines:
            rect = _inside(line.box, grey.shape[1], grey.shape[0])
            if _area(rect) > 0:  # a clock that was not read in this picture must be: nothing is like a blank
                self._keep(line, rect, np.zeros_like(grey) if line.unread else grey)
        self._sample = 1

    def read(self, work: Picture) -> list[Line]:
        """Lines of a BGR picture of working size, boxes in its pixels, from top to bottom."""
        grey, edges = _grey_and_edges(work)
        if self._edges is None or self._edges.shape != edges.shape:
            self.forget()
            self._start(edges)
            places, lost = [(0, 0, grey.shape[1], grey.shape[0])], list[_Known]()
        else:
            before, self._known, lost = self._known, [], []
            for known in before:
                if not self._stands(known, work, grey):
                    lost.append(known)
            places = self._places(edges, lost)
        if places:
            self._look(work, grey, edges, places, lost)
        self._sample += 1
        lines = [known.line for known in self._known if is_worth_keeping(known.line)]
        return sorted(lines, key=lambda line: (line.box[1], line.box[0]))

    def _start(self, edges: Picture) -> None:
        self._edges = np.zeros_like(edges)
        cells = (-(-edges.shape[0] // CELL), -(-edges.shape[1] // CELL))
        self._quiet, self._vain = np.zeros(cells, np.int32), np.zeros(cells, np.int32)

    def _stands(self, known: _Known, work: Picture, grey: Picture) -> bool:
        """Whether a line is still where it was, to the last digit, or is a clock that goes on; if so it stays known."""
        x0, y0, x1, y1 = known.rect
        if _alike(known.grey, grey[y0:y1, x0:x1], known.line.text):
            self._known.append(replace(known, seen=self._sample, line=replace(known.line, unread=False)))
            return True
        if clock_in(known.line.text) is None:
            return False
        if not known.line.unread:
            self._known.append(replace(known, seen=self._sample, line=replace(known.line, unread=True)))
            return True
        corners = np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]], np.float32)
        (line,) = self._reader.recognise(work, [corners])
        self.recognised += 1
        if line.confidence_pm < SURE_PM or clock_in(line.text) is None or len(plain(line.text)) != len(plain(known.line.text)):
            return False
        self._keep(line, known.rect, grey)
        return True

    def _places(self, edges: Picture, lost: list[_Known]) -> list[Box]:
        """Where to look for lines: strokes that are new, and where lines were that no longer stand."""
        import cv2

        assert self._edges is not None
        height, width = edges.shape
        new = np.where((edges > EDGE) & (edges > 2 * self._edges.astype(np.uint16)), 255, 0).astype(np.uint8)
        for known in self._known:  # what moves behind a line that stands is not new writing
            x0, y0, x1, y1 = known.rect
            new[y0:y1, x0:x1] = 0
        rows, columns = self._quiet.shape
        padded = cv2.copyMakeBorder(new, 0, rows * CELL - height, 0, columns * CELL - width, cv2.BORDER_CONSTANT, value=0)
        share = cv2.resize(padded, (columns, rows), interpolation=cv2.INTER_AREA)
        share[self._quiet > self._sample] = 0
        dense = (cv2.blur(share, WINDOW, borderType=cv2.BORDER_CONSTANT) > DENSE_PC * 255 // 100).astype(np.uint8)
        writing = cv2.dilate(dense, np.ones((WINDOW[1] + 1, WINDOW[0] + 1), np.uint8))
        count, _, stats, _ = cv2.connectedComponentsWithStats(writing, connectivity=8)
        places = []
        for left, top, across, down, _ in stats[1:count].tolist():
            places.append(((left - 2) * CELL, (top - 1) * CELL, (left + across + 2) * CELL, (top + down + 1) * CELL))
        for known in lost:
            x0, y0, x1, y1 = known.rect
            tall = y1 - y0
            places.append((x0 - tall, y0 - tall // 2, x1 + tall, y1 + tall // 2))
        untouched = np.repeat(np.repeat(writing == 0, CELL, 0), CELL, 1)[:height, :width]
        np.minimum(self._edges, edges, out=self._edges, where=untouched)  # what went away may come back and is new then
        return _bundled([_inside(place, width, height) for place in places], width * height)

    def _look(self, work: Picture, grey: Picture, edges: Picture, places: list[Box], lost: list[_Known]) -> None:
        """Finds and reads the lines in some places; lines that stand are not touched unless one has grown."""
        assert self._edges is not None
        height, width = grey.shape
        found: list[tuple[Quad, Box]] = []
        for place in places:
            whole = self._detect(work, place)
            found += [(quad, rect_of(quad, width, height)) for quad in whole]
            x0, y0, x1, y1 = place
            self._edges[y0:y1, x0:x1] = edges[y0:y1, x0:x1]
            # where a line has just gone, another may come at once
            if self._sample and not any(shared_area(known.rect, place) for known in lost):
                self._note(place, [rect_of(quad, width, height) for quad in whole])
        fresh = []
        for quad, rect in found:
            over = [known for known in self._known if 2 * shared_area(known.rect, rect) > min(_area(known.rect), _area(rect))]
            tall = rect[3] - rect[1]
            if any(rect[2] - rect[0] <= known.rect[2] - known.rect[0] + tall // 2 for known in over):
                continue  # a piece of a line that stands
            self._known = [known for known in self._known if not any(known is other for other in over)]
            fresh.append((quad, rect))
        old = [*lost, *self._gone]
        unread = []
        for quad, rect in fresh:
            same = next((known for known in old if _moved(known, rect, grey)), None)
            if same is None:
                unread.append((quad, rect))
            else:
                self._keep(same.line, rect, grey)
        for (_, rect), line in zip(unread, self._reader.recognise(work, [quad for quad, _ in unread]), strict=True):
            self._keep(line, rect, grey)
        self.recognised += len(unread)
        here = {known.line.text for known in self._known}
        self._gone = [known for known in old if self._sample - known.seen <= REMEMBERED and known.line.text not in here]

    def _detect(self, work: Picture, place: Box) -> list[Quad]:
        """The lines in a place; where one is cut by its edge, the place is made larger once."""
        height, width = work.shape[:2]
        self.looked += _area(place)
        quads = self._reader.detect(work, place)
        x0, y0, x1, y1 = place
        rects = [rect_of(quad, width, height) for quad in quads]
        left, right = any(rect[0] <= x0 + 3 for rect in rects) and x0 > 0, any(rect[2] >= x1 - 3 for rect in rects) and x1 < width
        above, below = any(rect[1] <= y0 + 1 for rect in rects) and y0 > 0, any(rect[3] >= y1 - 1 for rect in rects) and y1 < height
        if not (left or right or above or below):
            return quads
        more, tall = max(8 * CELL, (x1 - x0) // 2), 4 * CELL
        larger = _inside((x0 - more * left, y0 - tall * above, x1 + more * right, y1 + tall * below), width, height)
        self.looked += _area(larger)
        return self._reader.detect(work, larger)

    def _note(self, place: Box, rects: list[Box]) -> None:
        """Remembers whether a place was searched in vain, so that a host who moves is not searched every time."""
        x0, y0, x1, y1 = place
        area = np.s_[y0 // CELL : -(-y1 // CELL), x0 // CELL : -(-x1 // CELL)]
        self._vain[area] += 1
        for rect in rects:
            self._vain[rect[1] // CELL : -(-rect[3] // CELL), rect[0] // CELL : -(-rect[2] // CELL)] = 0
        self._quiet[area] = self._sample + np.clip(self._vain[area], 1, PATIENCE + 1)

    def _keep(self, line: Line, rect: Box, grey: Picture) -> None:
        x0, y0, x1, y1 = rect
        self._known.append(_Known(replace(line, box=rect), rect, grey[y0:y1, x0:x1].copy(), self._sample))


def _moved(known: _Known, rect: Box, grey: Picture) -> bool:
    """Whether the line found at `rect` is a known one that came from elsewhere (or whose ground has changed)."""
    import cv2

    height, width = known.grey.shape
    if abs(rect[3] - rect[1] - height) > 6 or abs(rect[2] - rect[0] - width) > 10 or min(height, width) < 12:
        return False
    inner = known.grey[3:-3, 3:-3]
    x0, y0, x1, y1 = _inside((rect[0] - 6, rect[1] - 6, rect[2] + 6, rect[3] + 6), grey.shape[1], grey.shape[0])
    around = grey[y0:y1, x0:x1]
    if around.shape[0] < inner.shape[0] or around.shape[1] < inner.shape[1]:
        return False
    _, best, _, (left, top) = cv2.minMaxLoc(cv2.matchTemplate(around, inner, cv2.TM_CCOEFF_NORMED))
    there = around[top : top + inner.shape[0], left : left + inner.shape[1]]
    return best > 0.7 and _alike(inner, there, known.line.text)


def _alike(one: Picture, other: Picture, text: str) -> bool:
    """Whether two grey cut-outs of the same shape show the same strokes, in every window along the line.

    Compared are slopes, not brightness: a flickering lamp or a ground that moves behind the letters changes little of them.
    """
    if one.shape != other.shape:
        return False
    digits = any(character.isdigit() for character in text)
    first, second = _slopes(one), _slopes(other)
    height = one.shape[0]
    window = np.ones(max(4, height // 2 if digits else height), np.float32)
    both = np.convolve((first * second).sum(axis=(0, 1)), window, "same")
    energy = np.convolve((first**2).sum(axis=(0, 1)), window, "same"), np.convolve((second**2).sum(axis=(0, 1)), window, "same")
    counts = np.maximum(*energy) > 0.2 * float(energy[0].max())
    likeness = both[counts] / np.sqrt(energy[0][counts] * energy[1][counts] + 1e-6)
    return bool(likeness.size == 0 or likeness.min() >= (ALIKE_DIGITS if digits else ALIKE))


def _grey_and_edges(work: Picture) -> tuple[Picture, Picture]:
    """A picture in grey, and how much brightness differs around each pixel of it."""
    import cv2

    grey = cv2.cvtColor(work, cv2.COLOR_BGR2GRAY)
    return grey, cv2.morphologyEx(grey, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))  # type: ignore[return-value]


def _slopes(grey: Picture) -> Strokes:
    """2×height×width: brightness steps across and down."""
    import cv2

    return np.stack([cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1)])


def _area(box: Box) -> int:
    return (box[2] - box[0]) * (box[3] - box[1])


def _inside(box: Box, width: int, height: int) -> Box:
    return max(0, box[0]), max(0, box[1]), min(width, box[2]), min(height, box[3])


def _cheaper_joined(one: Box, other: Box) -> bool:
    return shared_area(one, other) > 0 and 5 * _area(joined(one, other)) <= 6 * (_area(one) + _area(other))


def _bundled(places: list[Box], whole: int) -> list[Box]:
    """Places that overlap made one where that costs less than searching both; the whole picture when most of it is meant."""
    bundles: list[Box] = []
    for place in sorted(places):
        bundle = place
        while near := next((one for one in bundles if _cheaper_joined(one, bundle)), None):
            bundles.remove(near)
            bundle = joined(near, bundle)
        bundles.append(bundle)
    if sum(_area(place) for place in bundles) * 100 >= MOST_PC * whole:
        right, bottom = max(place[2] for place in bundles), max(place[3] for place in bundles)
        return [(min(place[0] for place in bundles), min(place[1] for place in bundles), right, bottom)]
    return bundles
