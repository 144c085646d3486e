"""The registry of chat formats: which one a file is in, by its content, and what reads it."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Final

from . import asslog, jsonlog, srtlog, tables, xmllog
from .rows import ChatRow, Reader

READERS: Final[dict[str, Reader]] = {
    "bilibili-xml": xmllog.read_xml,
    "bililive-recorder-xml": xmllog.read_xml,
    "biliup-xml": xmllog.read_xml,
    "douyin-json": partial(jsonlog.read_json, jsonlog.douyin),
    "youtube-json": partial(jsonlog.read_json, jsonlog.youtube),
    "twitch-json": partial(jsonlog.read_json, jsonlog.twitch),
    "json": partial(jsonlog.read_json, jsonlog.generic),
    "danmaku-ass": asslog.read_ass,
    "danmaku-srt": srtlog.read_srt,
    "table-csv": tables.read_csv,
    "table-xlsx": tables.read_xlsx,
}


def format_of(path: Path, encoding: str | None, head: str) -> str | None:
    """The format of a chat log, None where it is none. `head` is its first kilobytes as text; `encoding` is None where it is no text."""
    if encoding is None:
        return "table-xlsx" if tables.is_workbook(path) else None
    if asslog.is_ass(head):
        return "danmaku-ass" if asslog.moves(path, encoding) else None
    return xmllog.flavour(head) or jsonlog.flavour(head) or ("table-csv" if tables.has_headings(head) else None)


def read(name: str, path: Path, encoding: str | None) -> Iterator[ChatRow | None]:
    """Every entry of a log in file order; None stands for one that could not be read."""
    return READERS[name](path, encoding or "utf-8")
