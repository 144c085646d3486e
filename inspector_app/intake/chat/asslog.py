"""Danmaku as moving ASS subtitles. What stands still is a subtitle of speech and is left to the subtitle reader."""

import re
from collections.abc import Iterator
from pathlib import Path

from inspector_app.domain.timebase import Micros, parse_clock

from .rows import ChatRow

_MARKS = re.compile(r"\{[^}]*\}")
_FIELDS = ("layer", "start", "end", "style", "name", "marginl", "marginr", "marginv", "effect", "text")


def is_ass(head: str) -> bool:
    return head.lstrip("\ufeff \t\n").lower().startswith("[script info]")


def lines_of(path: Path, encoding: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Every dialogue with its line number and its fields by name (lower case), in the order that the file's `Format:` gives."""
    fields: tuple[str, ...] = _FIELDS
    in_events = False
    with path.open(encoding=encoding, errors="replace", newline=None) as file:
        for number, line in enumerate(file, start=1):
            name, _, rest = line.strip().partition(":")
            if name.startswith("["):
                in_events = name.lower() == "[events]"
            elif in_events and name == "Format":
                fields = tuple(field.strip().lower() for field in rest.split(","))
            elif in_events and name == "Dialogue":
                yield number, dict(zip(fields, (part.strip() for part in rest.split(",", len(fields) - 1)), strict=False))


def time_of(text: str) -> Micros | None:
    """`H:MM:SS.cc` in microseconds."""
    try:
        return parse_clock(text)
    except ValueError:
        return None


def words_of(text: str) -> str:
    """A dialogue's text without styling, line breaks as such."""
    return _MARKS.sub("", text).replace("\\N", "\n").replace("\\n", "\n").replace("\\h", " ").strip()


def moves(path: Path, encoding: str) -> bool:
    """Whether most dialogues cross the screen: danmaku do, subtitles do not."""
    moving = total = 0
    for _, fields in lines_of(path, encoding):
        total += 1
        moving += "\\move(" in fields.get("text", "")
    return 2 * moving > total


def read_ass(path: Path, encoding: str) -> Iterator[ChatRow | None]:
    """Every dialogue as a message at the moment it appears; the sender where the exporter kept one in `Name`."""
    for number, fields in lines_of(path, encoding):
        at, words = time_of(fields.get("start", "")), words_of(fields.get("text", ""))
        yield None if at is None or not words else ChatRow(number, at, None, fields.get("name", ""), words)
