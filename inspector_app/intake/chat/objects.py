"""JSON objects out of a file one by one: JSON lines, an array, or one document whose list of messages is under a name.

Lines and arrays of any length are streamed; only a document with a name around its list is read whole, and so has a limit.
"""

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, TextIO

from inspector_app.domain.errors import BadInput
from inspector_app.intake.textfiles import LARGEST

Json = dict[str, Any]
_PIECE = 1 << 20
#: One message larger than this is none.
_LARGEST_OBJECT = 16 << 20
_decoder = json.JSONDecoder(parse_float=Decimal)  # a float would round a time


def objects(path: Path, encoding: str) -> Iterator[tuple[int, Json | None]]:
    """Each object with its number in the file (lines for JSON lines); None for what cannot be read.

    Raises BadInput `import.chat_too_large` for a document that must be read whole and is too large for it.
    """
    with path.open(encoding=encoding, errors="replace", newline="\n") as file:
        first = _first_line(file)
        file.seek(0)
        if first.startswith("["):
            yield from _array(file)
        elif _is_object(first):
            yield from _lines(file)
        else:
            yield from _document(file, path)


def _first_line(file: TextIO) -> str:
    while line := file.readline(_LARGEST_OBJECT):
        if line.strip("\ufeff \t\r\n"):
            return line.strip("\ufeff \t\r\n")
    return ""


def _is_object(line: str) -> bool:
    """Whether a line is JSON lines' first: a whole object that is no list with a name, or a broken line."""
    value = _loads(line)
    if value is None:
        return not line.startswith("{")  # a lone brace opens a document over many lines
    return _list_in(value) is None


def _loads(text: str) -> Json | None:
    try:
        value = _decoder.decode(text.strip("\ufeff \t\r\n"))
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _lines(file: TextIO) -> Iterator[tuple[int, Json | None]]:
    for number, line in enumerate(file, start=1):
        if line.strip("\ufeff \t\r\n"):
            yield number, _loads(line)


def _array(file: TextIO) -> Iterator[tuple[int, Json | None]]:
    """The elements of a top-level array, with no more of it in memory than a few pieces."""
    buffer = file.read(_PIECE).lstrip("\ufeff \t\r\n")
    at, number = 1, 0
    while True:
        start = _skip(buffer, at)
        if buffer.startswith("]", start):
            return
        try:
            value, at = _decoder.raw_decode(buffer, start)
        except (ValueError, RecursionError):
            more = file.read(_PIECE) if len(buffer) - start < _LARGEST_OBJECT else ""
            if not more:
                if start < len(buffer):
                    yield number + 1, None  # cut off, or not JSON from here on
                return
            buffer, at = buffer[start:] + more, 0
            continue
        number += 1
        yield number, value if isinstance(value, dict) else None


def _skip(buffer: str, at: int) -> int:
    while at < len(buffer) and buffer[at] in " \t\r\n,":
        at += 1
    return at


def _document(file: TextIO, path: Path) -> Iterator[tuple[int, Json | None]]:
    if path.stat().st_size > LARGEST:
        raise BadInput("import.chat_too_large", file=path.name, bytes=path.stat().st_size, limit=LARGEST)
    value = _loads(file.read())
    rows = None if value is None else _list_in(value)
    if value is None or rows is None:
        if value is not None:
            yield 1, value
        else:  # a first line that broke off: the others are read all the same
            file.seek(0)
            yield from _lines(file)
        return
    for number, one in enumerate(rows, start=1):
        yield number, one if isinstance(one, dict) else None


def _list_in(value: Json) -> list[Any] | None:
    """The list of messages in a document: the first list of objects under one of the names exporters use."""
    for name in ("comments", "messages", "danmaku", "items", "data", "list"):
        found = value.get(name)
        if isinstance(found, list) and found and isinstance(found[0], dict):
            return found
    return None
