"""Between records and rows: which SQLite type a field has, and its value either way. No SQL of any meaning lives here."""

import dataclasses
import json
import typing
from collections.abc import Callable
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
    return reader(record, list(row))(tuple(row.values()))


def reader(record: type[R], names: list[str]) -> Callable[[tuple[Any, ...]], R]:
    """What makes records of rows whose columns are `names`; columns that the record does not know are passed over.

    The work on names is done once: a long broadcast has tens of thousands of rows. Raises ValueError where a column is missing; what it
    returns raises it where a value does not fit.
    """
    kinds = _kinds(record)
    missing = [name for name in kinds if name not in names]
    if missing:
        raise ValueError(f"{record.table}: {missing[0]}")
    plain = [(name, names.index(name)) for name, kind in kinds.items() if kind in ("int", "text")]
    nested = [(name, names.index(name), tuple if kind == "list" else dict) for name, kind in kinds.items() if kind in ("list", "map")]

    def read(values: tuple[Any, ...]) -> R:
        fields = {name: values[place] for name, place in plain}
        try:
            for name, place, shape in nested:
                text = values[place]
                fields[name] = shape() if text in ("[]", "{}") else shape(json.loads(text))
        except TypeError as cause:
            raise ValueError(f"{record.table}: {cause}") from cause
        made = object.__new__(record)  # records check nothing when they are made, and setting their fields one by one is slow
        made.__dict__.update(fields)
        return made

    return read
