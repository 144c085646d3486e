"""The time of day at which a moment of a recording was received, from the facts that tie its clock to the world's.

Pure arithmetic over `Recording.clock`. It never claims more than the facts hold: an uncompared clock has no known error, and how long the
platform held the picture back (seconds to half a minute) is not known to anybody.
"""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from .timebase import SECOND, Micros

Json = dict[str, Any]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class BroadcastTime:
    """UTC of reception; `error_us` either way, None where our clock was never compared; `correction_us` is already in `utc`.

    `compared` is `not_compared` (未校时), `sntp` or `manual`. `between_anchors` is False where the moment lies outside what was measured.
    """

    utc: datetime
    error_us: Micros | None
    correction_us: Micros
    compared: str
    between_anchors: bool


def broadcast_time(clock: Json, at_us: Micros) -> BroadcastTime | None:
    """When the moment `at_us` of a recording was received, by interpolation between the anchors around it; None without any anchor.

    `clock`: `anchors` `[[recording_us, utc_us], …]` in order, `jitter_us`, and optionally `sntp` `[[utc_us, offset_us, round_trip_us], …]` or
    `manual` `{"offset_us", "error_us"}` (true time minus ours), which stands before `sntp`.
    """
    anchors: list[list[int]] = clock.get("anchors") or []
    if not anchors:
        return None
    utc_us = carried(anchors, at_us, 0, 1)
    inside = anchors[0][0] <= at_us <= anchors[-1][0] + 60 * SECOND
    correction, error, compared = _comparison(clock, utc_us)
    if error is not None:
        error += int(clock.get("jitter_us", 0))
    return BroadcastTime(_EPOCH + timedelta(microseconds=utc_us + correction), error, correction, compared, inside)


def carried(anchors: list[list[int]], at_us: Micros, source: int, target: int) -> Micros:
    """A moment of one clock on another: between the two anchors around it, at the pace of both clocks outside them.

    An anchor is the same moment on several clocks; `source` and `target` are the places of the two clocks in it.
    """
    place = bisect_right([anchor[source] for anchor in anchors], at_us) - 1
    anchor = anchors[max(place, 0)]
    if place < 0 or place + 1 >= len(anchors):
        return anchor[target] + at_us - anchor[source]
    span, length = (anchors[place + 1][clock] - anchor[clock] for clock in (source, target))
    return anchor[target] + (at_us - anchor[source]) * length // span if span > 0 else anchor[target]


def _comparison(clock: Json, utc_us: int) -> tuple[int, int | None, str]:
    manual = clock.get("manual")
    if manual:
        return int(manual["offset_us"]), int(manual["error_us"]), "manual"
    answers: list[list[int]] = clock.get("sntp") or []
    if not answers:
        return 0, None, "not_compared"
    _, offset, trip = min(answers, key=lambda answer: abs(answer[0] - utc_us))
    return offset, abs(trip) // 2, "sntp"
