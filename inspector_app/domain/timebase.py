"""Media time: integer microseconds from the recording's zero, and the frame time stamps an exhibit keeps beside it.

No floats: `0.1 + 0.2` in evidence is a gift to the other side. Container time stamps are kept as ticks of a rational time base
and rounded half up, once, here.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from fractions import Fraction

#: Integer microseconds from the recording's zero.
Micros = int

SECOND: Micros = 1_000_000

BEIJING = timezone(timedelta(hours=8), "UTC+8")

_CLOCK = re.compile(r"(?:(\d{1,4}):)?([0-5]?\d):([0-5]?\d)(?:\.(\d{1,6}))?")


def to_micros(ticks: int, base: Fraction) -> Micros:
    """Ticks of `base` seconds to microseconds, rounded half up."""
    scaled = ticks * base * SECOND
    return (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)


def to_ticks(micros: Micros, base: Fraction) -> int:
    """Microseconds to the last tick of `base` seconds not after them."""
    return (Fraction(micros, SECOND) / base).__floor__()


def parse_clock(text: str) -> Micros:
    """`HH:MM:SS.mmm`, `MM:SS` or `MM:SS.mmm` to microseconds; raises ValueError for anything else."""
    match = _CLOCK.fullmatch(text.strip())
    if match is None:
        raise ValueError(text)
    hours, minutes, seconds, fraction = match.groups()
    whole = int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)
    return whole * SECOND + int((fraction or "0").ljust(6, "0"))


def format_clock(micros: Micros) -> str:
    """Microseconds to `HH:MM:SS.mmm`, cut (not rounded) to the millisecond so that it never runs ahead of the frame."""
    sign = "-" if micros < 0 else ""
    millis = abs(micros) // 1000
    seconds, millis = divmod(millis, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{sign}{hours:02d}:{minutes:02d}:{seconds:02d}.{millis:03d}"


@dataclass(frozen=True, order=True)
class Interval:
    """A span of media time, microseconds, start inclusive, end exclusive; never ends before it starts."""

    start_us: Micros
    end_us: Micros

    def __post_init__(self) -> None:
        if self.end_us < self.start_us:
            raise ValueError(f"{self.start_us}..{self.end_us}")

    @property
    def length_us(self) -> Micros:
        return self.end_us - self.start_us

    def overlaps(self, other: "Interval") -> bool:
        return self.start_us < other.end_us and other.start_us < self.end_us

    def widened(self, margin_us: Micros, limit_us: Micros) -> "Interval":
        """This span with `margin_us` more on both sides, kept within 0 and `limit_us`."""
        return Interval(max(0, self.start_us - margin_us), max(self.end_us, min(limit_us, self.end_us + margin_us)))


@dataclass(frozen=True)
class FrameStamp:
    """The exact frame an exhibit shows: presentation time stamp in ticks of `base` seconds, as the original has it."""

    pts: int
    base: Fraction

    @property
    def base_text(self) -> str:
        return f"{self.base.numerator}/{self.base.denominator}"


def utc_now() -> datetime:
    return datetime.now(UTC)


def iso(moment: datetime) -> str:
    """ISO 8601 with offset, milliseconds. A time without a zone is refused: it would be a guess."""
    if moment.tzinfo is None:
        raise ValueError("a time needs its zone")
    return moment.isoformat(timespec="milliseconds")


def beijing(moment: datetime) -> datetime:
    """The same instant on the Beijing clock (UTC+8, no summer time)."""
    return moment.astimezone(BEIJING)
