"""Chat exports (弹幕 / 互动信息) in JSON lines or CSV with a time, a user and a text in each row.

A time is either a place in the recording or a time of day; which one is kept as found. A time of day without a zone is never given
one here: placing it on the recording is a person's act.
"""

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from inspector_app.domain.timebase import SECOND, Micros, parse_clock

_TIME_NAMES = ("time", "timestamp", "at", "ts", "时间", "发送时间", "时间戳")
_USER_NAMES = ("user", "username", "nickname", "name", "用户", "用户名", "昵称", "发送者")
_TEXT_NAMES = ("text", "content", "message", "msg", "内容", "弹幕", "弹幕内容", "消息", "评论")
#: Numbers from here on are seconds (or thousandths) since 1970, not places in a recording: 1e9 s are 31 years.
_EPOCH_SECONDS = Decimal(10**9)
_EPOCH_MILLIS = Decimal(10**12)
_EPOCH_END = Decimal(10**14)
_DAY = re.compile(r"\d{4}[-/]\d{1,2}[-/]\d{1,2}[T ]\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,6})?)?\s*(?:Z|[+-]\d{2}:?\d{2})?")


@dataclass(frozen=True)
class ChatRow:
    """One message: its line in the file (from 1), either `time_us` in the recording or `wall` (ISO 8601, zone only if the file has it)."""

    line: int
    time_us: Micros | None
    wall: str | None
    user: str
    text: str


def parse_chat(text: str) -> tuple[list[ChatRow], int]:
    """All messages in the order of the file, and how many rows could not be read."""
    first = next((line.strip() for line in text.split("\n") if line.strip()), "")
    records = _json_lines(text) if first.startswith("{") else _csv_rows(text)
    rows: list[ChatRow] = []
    unread = 0
    for line, record in records:
        row = None if record is None else _row(line, record)
        if row is None:
            unread += 1
        else:
            rows.append(row)
    return rows, unread


def _json_lines(text: str) -> Iterator[tuple[int, dict[str, Any] | None]]:
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            # decimals stay decimals: a float would round the time
            value = json.loads(line, parse_float=Decimal)
        except (ValueError, RecursionError):
            value = None
        yield number, value if isinstance(value, dict) else None


def _csv_rows(text: str) -> Iterator[tuple[int, dict[str, Any] | None]]:
    head = text.split("\n", 1)[0]
    separator = max(",;\t", key=head.count)
    reader = csv.DictReader(io.StringIO(text), delimiter=separator)
    try:
        for record in reader:
            yield reader.line_num, dict(record)
    except csv.Error:
        yield reader.line_num, None


def _pick(record: dict[str, Any], names: tuple[str, ...]) -> str:
    lowered = {str(key).strip().lower(): value for key, value in record.items()}
    value = next((lowered[name] for name in names if lowered.get(name) is not None), "")
    return "" if isinstance(value, dict | list) else str(value).strip()


def _row(line: int, record: dict[str, Any]) -> ChatRow | None:
    words = _pick(record, _TEXT_NAMES)
    time = parse_time(_pick(record, _TIME_NAMES))
    if not words or time is None:
        return None
    time_us, wall = time
    return ChatRow(line, time_us, wall, _pick(record, _USER_NAMES), words)


def parse_time(text: str) -> tuple[Micros | None, str | None] | None:
    """A row's time as (place in the recording, time of day), one of them None; None when it is neither.

    `HH:MM:SS.mmm`, `MM:SS` and plain seconds are places; dates with a time and numbers counted from 1970 are times of day.
    """
    text = text.strip()
    try:
        return parse_clock(text.replace(",", ".")), None
    except ValueError:
        pass
    if _DAY.fullmatch(text):
        return _wall(text)
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    if not number.is_finite() or not 0 <= number < _EPOCH_END:
        return None
    if number < _EPOCH_SECONDS:
        return int(number * SECOND), None
    micros = int(number * (1000 if number >= _EPOCH_MILLIS else SECOND))
    moment = datetime.fromtimestamp(micros // SECOND, UTC).replace(microsecond=micros % SECOND)
    return None, moment.isoformat(timespec="milliseconds")


def _wall(text: str) -> tuple[None, str] | None:
    day, _, clock = text.replace("/", "-").replace(",", ".").replace("T", " ").partition(" ")
    year, month, date = day.split("-")
    hours, _, rest = clock.replace(" ", "").partition(":")
    try:
        moment = datetime.fromisoformat(f"{year}-{month:0>2}-{date:0>2}T{hours:0>2}:{rest}")
    except ValueError:
        return None
    return None, moment.isoformat(timespec="milliseconds")
