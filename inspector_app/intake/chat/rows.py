"""The one row every chat format is read into, and the times such logs write.

A time is a place in the recording, a moment with a zone, or a local time without one; which it is is kept. A local time is never given
a zone here: that is a person's word or an assumption said aloud.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from inspector_app.domain.timebase import SECOND, Micros, parse_clock

Json = dict[str, Any]

#: Numbers from here on are seconds (or thousandths, or millionths) since 1970, not places in a recording: 1e9 s are 31 years.
_EPOCH_SECONDS = Decimal(10**9)
_EPOCH_MILLIS = Decimal(10**12)
_EPOCH_MICROS = Decimal(10**15)
_EPOCH_END = Decimal(10**17)
_DAY = re.compile(r"\d{4}[-/]\d{1,2}[-/]\d{1,2}[T ]\s*\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,7})?)?\s*(?:Z|[+-]\d{2}:?\d{2})?")


@dataclass(frozen=True)
class ChatRow:
    """One message. `line` is its place in the file (from 1); `time_us` its place in the recording, `wall` its moment (ISO 8601, with a
    zone only if the file has one); at least one of the two is there. `price` is the amount as written, with its unit."""

    line: int
    time_us: Micros | None
    wall: str | None
    user: str
    text: str
    kind: str = "chat"
    message_id: str = ""
    group_key: str = ""
    count: int = 0
    price: str = ""
    facts: Json = field(default_factory=dict)

    def to_json(self) -> Json:
        return asdict(self)


#: What reads a file of one format, in a known encoding; None stands for an entry that could not be read.
Reader = Callable[[Path, str], Iterator[ChatRow | None]]


def plain(value: object) -> str:
    """A field as text: nothing for null and containers; half a surrogate pair, which no file can hold, becomes the replacement mark."""
    if value is None or isinstance(value, dict | list | bool):
        return ""
    return str(value).encode("utf-8", "surrogatepass").decode("utf-8", "replace")


def whole(value: object) -> int:
    """A count as an integer; 0 where there is none or it is none."""
    try:
        number = Decimal(plain(value).strip() or "0")
    except InvalidOperation:
        return 0
    return int(number) if number.is_finite() and 0 <= number < 2**53 else 0


def row(line: int, time: str, user: object, text: object, **more: Any) -> ChatRow | None:
    """A row whose time is written in one field; None where it has no readable time, or neither text nor gift."""
    found = parse_time(time)
    words = plain(text)
    if found is None or not words.strip():
        return None
    return ChatRow(line, *found, plain(user), words, **more)


def parse_time(text: str) -> tuple[Micros | None, str | None] | None:
    """A row's time as (place in the recording, moment), one of them None; None when it is neither.

    `HH:MM:SS.mmm`, `MM:SS` and plain seconds are places; dates with a time and numbers counted from 1970 (seconds, ms or µs) are moments.
    """
    text = text.strip()
    try:
        return parse_clock(text.replace(",", ".")), None
    except ValueError:
        pass
    if _DAY.fullmatch(text):
        wall = parse_day(text)
        return None if wall is None else (None, wall)
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    if not number.is_finite() or not 0 <= number < _EPOCH_END:
        return None
    if number < _EPOCH_SECONDS:
        return int(number * SECOND), None
    return None, since_1970(number)


def since_1970(number: Decimal) -> str:
    """A count of seconds, milliseconds or microseconds since 1970 (told apart by its size) as a moment in UTC, to the millisecond."""
    scale = SECOND if number < _EPOCH_MILLIS else 1000 if number < _EPOCH_MICROS else 1
    micros = int(number * scale)
    moment = datetime.fromtimestamp(micros // SECOND, UTC).replace(microsecond=micros % SECOND)
    return moment.isoformat(timespec="milliseconds")


def parse_day(text: str) -> str | None:
    """A date with a time as ISO 8601 to the millisecond, with a zone only if it has one; None when there is no such day or hour."""
    day, _, clock = text.strip().replace("/", "-").replace(",", ".").replace("T", " ").partition(" ")
    try:
        year, month, date = day.split("-")
        hours, _, rest = clock.replace(" ", "").partition(":")
        rest = re.sub(r"(\.\d{6})\d+", r"\1", rest)  # .NET writes seven digits
        return datetime.fromisoformat(f"{year}-{month:0>2}-{date:0>2}T{hours:0>2}:{rest}").isoformat(timespec="milliseconds")
    except ValueError:
        return None
