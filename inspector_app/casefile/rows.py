"""Between records and rows: which SQLite type a field has, and its value either way. No SQL of any meaning lives here."""

import dataclasses
import json
import typing
from typing import Any, TypeVar

from inspector_app.domain.records import Record
from inspector_app.integrity.chain import canonical

R = TypeVar("R", bound=Record)
Row = dict[str, Any]


_KINDS: dict[str, dict[str, str]] = {}


def _kinds(record: type[Record]) -> dict[str, str]:
    """Field name to `int`, `text`, `list` or `map`."""
    if record.table in _KINDS:
        return _KINDS[record.table]
    hints = typing.get_type_hints(record)
    kinds = {}
    for spec in dataclasses.fields(record):
        origin = typing.get_origin(hints[spec.name])
        kinds[spec.name] = "list" if origin is tuple else "map" if origin is dict else "int" if hints[spec.name] is int else "text"
    return _KINDS.setdefault(record.table, kinds)


def columns(record: type[Record]) -> dict[str, type]:
    """Column names and Python types, as sqlite-utils wants them for `create`."""
    return {name: int if kind == "int" else str for name, kind in _kinds(record).items()}


def empty(record: type[Record], name: str) -> int | str:
    """What a column added later holds in the rows that were there before."""
    values: dict[str, int | str] = {"int": 0, "text": "", "list": "[]", "map": "{}"}
    return values[_kinds(record)[name]]


def to_row(record: Record) -> Row:
    row: Row = {}
    for name, kind in _kinds(type(record)).items():
        value = getattr(record, name)
        row[name] = canonical(value) if kind in ("list", "map") else value
    return row


def from_row(record: type[R], row: Row) -> R:
    """The record of a row; raises ValueError where the row does not fit, which only a damaged database makes."""
    values: dict[str, Any] = {}
    try:
        for name, kind in _kinds(record).items():
            value = row[name]
            values[name] = tuple(json.loads(value)) if kind == "list" else json.loads(value) if kind == "map" else value
    except (LookupError, TypeError) as cause:
        raise ValueError(f"{record.table}: {cause}") from cause
    return record(**values)
