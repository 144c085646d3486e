"""How long something was on the screen, as far as the screen was read: share of airtime, absences, and the frames that prove each.

Pure arithmetic over spans. What was not read (gaps of the recording, stretches not yet read) is neither presence nor absence: it is
counted in nothing and named as unread.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

from inspector_app.domain.timebase import Interval, Micros
from inspector_app.vision.merge import MISSED_SAMPLES

Json = dict[str, Any]


@dataclass(frozen=True)
class Read:
    """The sampled instants of a recording, in order, each standing for `interval_us` after it (and never past the recording)."""

    instants: tuple[Micros, ...]
    interval_us: Micros
    duration_us: Micros

    @cached_property
    def stretches(self) -> tuple[Interval, ...]:
        """Where the screen was read without a break."""
        found: list[Interval] = []
        for at_us in self.instants:
            end_us = min(at_us + self.interval_us, self.duration_us)
            if found and at_us <= found[-1].end_us + self.interval_us // 2:
                found[-1] = Interval(found[-1].start_us, max(end_us, found[-1].end_us))
            elif end_us > at_us:
                found.append(Interval(at_us, end_us))
        return tuple(found)

    @property
    def unread(self) -> list[Interval]:
        """What of the recording was not read."""
        edges = [0, *(edge for stretch in self.stretches for edge in (stretch.start_us, stretch.end_us)), self.duration_us]
        return [Interval(start, end) for start, end in zip(edges[::2], edges[1::2], strict=True) if end > start]

    def samples_between(self, start_us: Micros, end_us: Micros) -> int:
        """How many samples lie in start … end, the end not included."""
        return bisect_left(self.instants, end_us) - bisect_left(self.instants, start_us)

    def last_before(self, at_us: Micros) -> Micros:
        """The last sample before a moment; the moment itself where there is none."""
        place = bisect_left(self.instants, at_us)
        return self.instants[place - 1] if place else at_us

    def stretch_of(self, at_us: Micros) -> Interval | None:
        return next((stretch for stretch in self.stretches if stretch.start_us <= at_us < stretch.end_us), None)


def joined_spans(spans: Iterable[Interval], read: Read) -> list[Interval]:
    """Spans in order, those joined that overlap or lie so few missed samples apart that a hand before the text explains it."""
    joined: list[Interval] = []
    for span in sorted(spans):
        if joined and _is_one_showing(joined[-1].end_us, span.start_us, read):
            joined[-1] = Interval(joined[-1].start_us, max(joined[-1].end_us, span.end_us))
        else:
            joined.append(span)
    return joined


def _is_one_showing(end_us: Micros, start_us: Micros, read: Read) -> bool:
    if start_us <= end_us:
        return True
    stretch = read.stretch_of(end_us)
    return stretch is not None and start_us < stretch.end_us and read.samples_between(end_us, start_us) <= MISSED_SAMPLES


def absences(shown: Sequence[Interval], read: Read) -> list[Interval]:
    """Where the screen was read and the thing was not there. `shown` are joined spans."""
    found = []
    for stretch in read.stretches:
        inside = [span for span in shown if span.overlaps(stretch)]
        edges = [stretch.start_us, *(edge for span in inside for edge in (span.start_us, span.end_us)), stretch.end_us]
        found += [Interval(start, end) for start, end in zip(edges[::2], edges[1::2], strict=True) if end > start]
    return found


def measured(shown: Sequence[Interval], read: Read) -> Json:
    """Share of the read airtime (per mille, rounded down: a duty is not met by rounding), longest absence, and proof frames.

    `proof` are [at_us, why] at sampled instants: `appears` (first frame with it), `last` (last frame with it), `disappears` (first frame
    without it), `absent` (in the middle of the longest absence).
    """
    read_us = sum(stretch.length_us for stretch in read.stretches)
    shown_us = sum(
        min(span.end_us, stretch.end_us) - max(span.start_us, stretch.start_us)
        for span in shown
        for stretch in read.stretches
        if span.overlaps(stretch)
    )
    missing = absences(shown, read)
    longest = max(missing, key=lambda span: (span.length_us, -span.start_us), default=None)
    return {
        "read_us": read_us,
        "shown_us": shown_us,
        "shown_pm": shown_us * 1000 // read_us if read_us else 0,
        "absences": len(missing),
        "longest_absence": [] if longest is None else [longest.start_us, longest.end_us],
        "longest_absence_us": 0 if longest is None else longest.length_us,
        "longest_shown_us": max((span.length_us for span in shown), default=0),
        "unread": [[span.start_us, span.end_us] for span in read.unread],
        "proof": _proof(shown, longest, read),
    }


def _proof(shown: Sequence[Interval], longest: Interval | None, read: Read) -> list[list[Any]]:
    moments: list[list[Any]] = []
    for span in shown:
        moments += [[span.start_us, "appears"], [max(span.start_us, read.last_before(span.end_us)), "last"]]
        if read.stretch_of(span.end_us) is not None:  # elsewhere nobody read on, and nothing proves that it went
            moments.append([span.end_us, "disappears"])
    if longest is not None:
        moments.append([max(longest.start_us, read.last_before((longest.start_us + longest.end_us) // 2 + 1)), "absent"])
    return moments


def proof_moments(facts: Iterable[Json]) -> list[Micros]:
    """The moments to take stills of, in order and each once, from the `facts` of tracks."""
    return sorted({moment[0] for one in facts for moment in one.get("proof", ())})


def changes(series: Sequence[tuple[Micros, int]], least: int = 1) -> tuple[list[Micros], list[Micros]]:
    """When a series rose, and when it fell, by `least` or more."""
    rises = [after[0] for before, after in pairwise(series) if after[1] - before[1] >= least]
    return rises, [after[0] for before, after in pairwise(series) if before[1] - after[1] >= least]
