"""Chat in tables from platform back ends: CSV with any of the usual separators, and the first sheet of an Excel workbook that has one.

Titles above the headings are passed over. A workbook's cells are read as values, never calculated.
"""

import csv
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from itertools import islice
from pathlib import Path
from typing import Any

from .columns import TEXT, TIME, row_of
from .rows import ChatRow, plain

#: Headings are looked for in so many first rows.
_TITLES = 20
#: A workbook may unpack to this many times its size; more is a trap, not a table.
_LARGEST_RATIO = 200
_LARGEST_XLSX = 2 << 30


def has_headings(head: str) -> bool:
    """Whether a text begins as a table of messages: a row with a heading for the time and one for the words."""
    lines = head.split("\n")[:_TITLES]
    return any(_is_heading(cells) for cells in csv.reader(lines, delimiter=_separator(head)))


def read_csv(path: Path, encoding: str) -> Iterator[ChatRow | None]:
    """Every row of a CSV table, numbered by the line it ends in."""
    with path.open(encoding=encoding, errors="replace", newline=None) as file:
        separator = _separator(file.read(64 << 10))
        file.seek(0)
        reader = csv.reader((line.replace("\0", "") for line in file), delimiter=separator)
        yield from _messages((reader.line_num, cells) for cells in _tolerant(reader))


def _tolerant(reader: Any) -> Iterator[list[str]]:
    while True:
        try:
            yield next(reader)
        except StopIteration:
            return
        except csv.Error:  # a field beyond the module's limit: that row cannot be read
            yield []


def _separator(head: str) -> str:
    lines = head.split("\n")[:_TITLES]
    return max(",;\t", key=lambda mark: max(line.count(mark) for line in lines))


def is_workbook(path: Path) -> bool:
    """Whether a file is an Excel workbook (.xlsx) by its content."""
    try:
        with zipfile.ZipFile(path) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False


def too_large(path: Path) -> bool:
    """Whether a workbook would unpack to more than any table of messages needs."""
    with zipfile.ZipFile(path) as archive:
        unpacked = sum(info.file_size for info in archive.infolist())
    return unpacked > _LARGEST_XLSX or unpacked > max(_LARGEST_RATIO * path.stat().st_size, 64 << 20)


def read_xlsx(path: Path, _encoding: str) -> Iterator[ChatRow | None]:
    """Every row of the first sheet that has headings for a time and for words; nothing where no sheet has."""
    from openpyxl import load_workbook  # type: ignore[import-untyped]  # half a second to import

    book = load_workbook(path, read_only=True, data_only=True)
    try:
        for sheet in book.worksheets:
            rows = list(islice(sheet.iter_rows(values_only=True), _TITLES))
            if any(_is_heading([_cell(cell) for cell in cells]) for cells in rows):
                yield from _messages(
                    (number, [_cell(cell) for cell in cells]) for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1)
                )
                return
    finally:
        book.close()


def _cell(value: object) -> str:
    """A cell as text; dates as ISO 8601 without a zone (Excel has none), times of day as a place (`HH:MM:SS`)."""
    if isinstance(value, datetime):
        return value.isoformat(" ", timespec="milliseconds")
    if isinstance(value, time):
        return value.isoformat(timespec="milliseconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return plain(value)


def _is_heading(cells: list[str]) -> bool:
    names = {cell.strip().lower() for cell in cells}
    return bool(names & set(TIME)) and bool(names & set(TEXT))


def _messages(rows: Iterable[tuple[int, list[str]]]) -> Iterator[ChatRow | None]:
    places: dict[str, int] | None = None
    for number, cells in rows:
        if places is None:
            if _is_heading(cells):
                places = {name: place for place, cell in reversed(list(enumerate(cells))) if (name := cell.strip().lower())}
            elif number >= _TITLES:
                return
            continue
        if any(cell.strip() for cell in cells):
            yield _message(number, cells, places)


def _message(number: int, cells: list[str], places: dict[str, int]) -> ChatRow | None:
    def field(names: tuple[str, ...]) -> str:
        found = (cells[places[name]].strip() for name in names if name in places and places[name] < len(cells))
        return next((text for text in found if text), "")

    return row_of(number, field)
