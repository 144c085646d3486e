"""Several files of one broadcast on one clock: in which order they go, where each begins, and when their times contradict each other.

Only times that the files themselves give are used (the recorder's file names, the container's creation time); without them the files
follow each other in the order given, and that is said.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import PurePath
from typing import Final

from inspector_app.domain.errors import BadInput
from inspector_app.domain.timebase import SECOND, Micros

#: How the order is found: by what the files say (auto), by one of the two alone, or as the person gave them.
ORDERS: Final = ("auto", "name", "container", "given")
#: File names and creation times count whole seconds, and recorders name a file a moment before its first frame.
_TOLERANCE_US: Final = 2 * SECOND

_DATE = r"(?P<year>20\d\d)[-_.年]?(?P<month>[01]\d)[-_.月]?(?P<day>[0-3]\d)日?"
_CLOCK = r"(?P<hour>[0-2]\d)[-_.:：时]?(?P<minute>[0-5]\d)[-_.:：分]?(?P<second>[0-5]\d)秒?(?:[-_.](?P<milli>\d{3})(?!\d))?"
_STAMP = re.compile(rf"(?<!\d){_DATE}[T _\-.]*{_CLOCK}(?!\d)")
_NUMBERED = re.compile(r"^(?P<stem>.*?)[ _\-.(（]*(?:part|p|第)?(?P<number>\d{1,4})[)）段]?$", re.IGNORECASE)


@dataclass(frozen=True)
class Piece:
    """One file as it is to be joined: its name, its length in microseconds, and the container's creation time (ISO 8601, "" unknown)."""

    name: str
    duration_us: Micros
    created: str = ""


@dataclass(frozen=True)
class Placed:
    """`piece` is its number among those given; `why` says where its place comes from: name, container or given."""

    piece: int
    start_us: Micros
    end_us: Micros
    why: str
    drift_us: Micros = 0


def time_in_name(name: str) -> datetime | None:
    """The recorder's time in a file name, without a zone as names have none; None where there is no date with a time of day."""
    match = _STAMP.search(PurePath(name).name)
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(match[part]) for part in ("year", "month", "day", "hour", "minute", "second"))
    try:
        return datetime(year, month, day, hour, minute, second, int(match["milli"] or 0) * 1000)  # noqa: DTZ001  # names have no zone
    except ValueError:
        return None


def place(pieces: Sequence[Piece], order: str = "auto") -> list[Placed]:
    """Where each file lies on the common clock, in order of time, the first at zero.

    A start within two seconds of the end before it is laid right behind it (the clocks are no finer), the difference kept in `drift_us`.
    Raises BadInput `join.too_few`, `join.no_times` (the order asked for needs times that a file lacks), `join.overlap`.
    """
    if len(pieces) < 2:
        raise BadInput("join.too_few", count=len(pieces))
    for source in ("name", "container") if order == "auto" else (order,):
        times = [_time(piece, source) for piece in pieces]
        if source == "given":
            break
        if None not in times:
            return _by_times(pieces, [time for time in times if time is not None], source)
        if order != "auto":
            raise BadInput("join.no_times", file=pieces[times.index(None)].name)
    return _behind_each_other(pieces, range(len(pieces)) if order == "given" else _by_number(pieces))


def _time(piece: Piece, source: str) -> datetime | None:
    if source == "name":
        return time_in_name(piece.name)
    if source == "container" and piece.created:
        return datetime.fromisoformat(piece.created)
    return None


def _by_times(pieces: Sequence[Piece], times: list[datetime], why: str) -> list[Placed]:
    ordered = sorted(range(len(pieces)), key=lambda number: times[number])
    first = times[ordered[0]]
    placed: list[Placed] = []
    for number in ordered:
        start = (times[number] - first) // timedelta(microseconds=1)
        drift = 0
        if placed:
            before = placed[-1]
            drift = start - before.end_us
            if drift < -_TOLERANCE_US:
                first_name, second_name = pieces[before.piece].name, pieces[number].name
                raise BadInput("join.overlap", first=first_name, second=second_name, seconds=-drift // SECOND)
            if drift <= _TOLERANCE_US:
                start = before.end_us
            else:
                drift = 0
        placed.append(Placed(number, start, start + pieces[number].duration_us, why, drift))
    return placed


def _by_number(pieces: Sequence[Piece]) -> Sequence[int]:
    """By the numbers at the end of the names where every file of one name has one, else as given."""
    keys = [_number(piece.name) for piece in pieces]
    if any(key is None for key in keys) or len({key[0] for key in keys if key}) > 1 or len(set(keys)) < len(keys):
        return range(len(pieces))
    return sorted(range(len(pieces)), key=lambda number: keys[number] or ("", 0))


def _behind_each_other(pieces: Sequence[Piece], ordered: Sequence[int]) -> list[Placed]:
    placed: list[Placed] = []
    at = 0
    for number in ordered:
        placed.append(Placed(number, at, at + pieces[number].duration_us, "given"))
        at = placed[-1].end_us
    return placed


def _number(name: str) -> tuple[str, int] | None:
    match = _NUMBERED.match(PurePath(name).stem)
    return (match["stem"] + PurePath(name).suffix.lower(), int(match["number"])) if match and match["stem"] else None


def proposals(names: Sequence[str]) -> list[list[str]]:
    """Groups of files that look like the pieces of one broadcast: `直播_001.mp4`, `直播_002.mp4` …, numbered without a hole.

    Names with a date and a time are not proposed: each may be a broadcast of its own.
    """
    groups: dict[str, list[tuple[int, str]]] = {}
    for name in names:
        key = _number(name)
        if key is not None and time_in_name(name) is None:
            groups.setdefault(key[0], []).append((key[1], name))
    found = []
    for members in groups.values():
        members.sort()
        numbers = [number for number, _ in members]
        if len(members) > 1 and all(after == before + 1 for before, after in pairwise(numbers)):
            found.append([name for _, name in members])
    return found
