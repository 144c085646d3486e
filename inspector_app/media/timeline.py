"""One timeline over the files of a recording: which file shows a moment, and what its container calls that moment.

A recording of one file is a timeline of one part. A live capture, or the pieces of one broadcast, is a timeline of many with gaps between
them to scale. It holds places and times only; it opens nothing.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from inspector_app.domain.timebase import Interval, Micros

Json = dict[str, Any]


@dataclass(frozen=True)
class TimelinePart:
    """A file that shows the recording from `start_us` to `end_us`; its container's clock says `zero_us` at `start_us`.

    `index` is the saved time index of the file (`media.index.save_index`), None where there is none yet.
    """

    path: Path
    start_us: Micros
    end_us: Micros
    zero_us: Micros
    index: Path | None = None

    def container_us(self, at_us: Micros) -> Micros:
        """The container's time of a moment of the recording."""
        return at_us - self.start_us + self.zero_us

    def recording_us(self, container_us: Micros) -> Micros:
        """The recording's time of a moment on the container's clock."""
        return container_us - self.zero_us + self.start_us

    @property
    def origin_us(self) -> Micros:
        """The container's time at the recording's zero: what functions over a single file take as `zero_us`."""
        return self.zero_us - self.start_us


@dataclass(frozen=True)
class Timeline:
    """Parts in order of `start_us`; they do not overlap."""

    parts: tuple[TimelinePart, ...]

    @classmethod
    def of(cls, parts: Sequence[TimelinePart]) -> "Timeline":
        return cls(tuple(sorted(parts, key=lambda part: (part.start_us, part.end_us))))

    @classmethod
    def single(cls, path: Path, zero_us: Micros, duration_us: Micros, index: Path | None = None) -> "Timeline":
        """The timeline of a recording that is one file; `zero_us` is its zero on the container's clock."""
        return cls((TimelinePart(path, 0, duration_us, zero_us, index),))

    @cached_property
    def _starts(self) -> list[Micros]:
        return [part.start_us for part in self.parts]

    @property
    def duration_us(self) -> Micros:
        return max((part.end_us for part in self.parts), default=0)

    def place_of(self, at_us: Micros) -> int | None:
        """Number of the part that shows a moment; None in a gap. The last part also shows its own end."""
        place = self.place_before(at_us)
        if place < 0 or at_us > self.parts[place].end_us or (at_us == self.parts[place].end_us and place + 1 < len(self.parts)):
            return None
        return place

    def place_before(self, at_us: Micros) -> int:
        """Number of the last part that starts at or before a moment; -1 before the first."""
        return bisect_right(self._starts, at_us) - 1

    def gap_at(self, at_us: Micros) -> Interval:
        """The stretch without a part around a moment at which no part shows anything."""
        place = self.place_before(at_us)
        start = self.parts[place].end_us if place >= 0 else min(0, at_us)
        return Interval(start, self.parts[place + 1].start_us if place + 1 < len(self.parts) else max(at_us + 1, start))

    def part_at(self, at_us: Micros) -> TimelinePart | None:
        place = self.place_of(at_us)
        return None if place is None else self.parts[place]

    def gaps(self) -> list[Interval]:
        """Where no part shows anything, between the first part's start and the last one's end."""
        ends = 0
        found = []
        for part in self.parts:
            if part.start_us > ends:
                found.append(Interval(ends, part.start_us))
            ends = max(ends, part.end_us)
        return found

    def as_spec(self) -> list[Json]:
        """What a worker is given; `from_spec` reads it back."""
        return [
            {
                "path": str(part.path),
                "start_us": part.start_us,
                "end_us": part.end_us,
                "zero_us": part.zero_us,
                "index": None if part.index is None else str(part.index),
            }
            for part in self.parts
        ]

    @classmethod
    def from_spec(cls, spec: Sequence[Json]) -> "Timeline":
        return cls.of(
            [
                TimelinePart(
                    Path(one["path"]), one["start_us"], one["end_us"], one["zero_us"], None if one["index"] is None else Path(one["index"])
                )
                for one in spec
            ]
        )
