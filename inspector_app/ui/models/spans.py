"""Spans of time as arrays, so that a lane of thousands is drawn in a frame: only what is in sight, and no more runs than there are pixels."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Spans:
    """Spans in order of their start, microseconds; `tone` is a number that drawing gives a meaning (spans of one tone may be joined)."""

    start: Ints
    end: Ints
    tone: Ints

    @classmethod
    def of(cls, rows: Sequence[tuple[int, int, int]]) -> "Spans":
        """From `(start, end, tone)` in any order."""
        table = np.array(rows, dtype=np.int64).reshape(-1, 3)
        table = table[np.argsort(table[:, 0], kind="stable")]
        return cls(table[:, 0], table[:, 1], table[:, 2])

    def seen(self, from_us: int, to_us: int) -> Ints:
        """Numbers of the spans that share time with a window."""
        last = int(np.searchsorted(self.start, to_us, side="right"))
        return np.flatnonzero(self.end[:last] >= from_us)

    def runs(self, from_us: int, to_us: int, width: int) -> list[tuple[int, int, int]]:
        """What is in sight as `(first pixel, pixel after the last, tone)`; spans of a tone that touch on the screen are one run."""
        places = self.seen(from_us, to_us)
        if not len(places) or to_us <= from_us or width < 1:
            return []
        scale = width / (to_us - from_us)
        left = np.clip(((self.start[places] - from_us) * scale).astype(np.int64), 0, width - 1)
        right = np.clip(((self.end[places] - from_us) * scale).astype(np.int64) - 1, left + 1, width)
        found: list[tuple[int, int, int]] = []
        tones = self.tone[places]
        for tone in np.flatnonzero(np.bincount(tones)):  # np.unique would load all of numpy.ma
            mine = tones == tone
            first, last = left[mine], np.maximum.accumulate(right[mine])
            breaks = np.flatnonzero(first[1:] > last[:-1]) + 1
            starts, ends = np.concatenate(([0], breaks)), np.concatenate((breaks - 1, [len(first) - 1]))
            found += [(int(first[a]), int(last[b]), int(tone)) for a, b in zip(starts, ends, strict=True)]
        return found


def counts(at_us: Ints, from_us: int, to_us: int, columns: int) -> Ints:
    """How many of sorted moments fall into each of `columns` equal parts of a window."""
    edges = from_us + (to_us - from_us) * np.arange(columns + 1, dtype=np.int64) // max(1, columns)
    return np.diff(np.searchsorted(at_us, edges))
