"""State is derived, not trusted: the tables of a case must be exactly what its journal says, change by change.

Without this an attacker edits a table and leaves the log alone, the commonest hole.
"""

from collections.abc import Iterable
from typing import Any

from .chain import Problem

Row = dict[str, Any]
State = dict[str, dict[str, Row]]


#: what a column that a later version of the program added holds in the rows that were there before
_EMPTY = (None, "", 0, "[]", "{}")


def differing(one: Row, other: Row) -> list[str]:
    """The columns in which two rows differ; a column that only one of them knows must be empty there."""
    names = [*one, *(name for name in other if name not in one)]
    return [
        name
        for name in names
        if (one[name] != other[name] if name in one and name in other else one.get(name, other.get(name)) not in _EMPTY)
    ]


def _same(one: Row | None, other: Row | None) -> bool:
    return one is other if one is None or other is None else not differing(one, other)


def apply(state: State, body: dict[str, Any]) -> Problem | None:
    """Applies one journal body's changes to `state`; returns the first change that does not fit what came before it."""
    for change in body.get("changes", ()):
        table = state.setdefault(change["table"], {})
        key, before, after = change["id"], change["before"], change["after"]
        if not _same(table.get(key), before):
            return Problem("journal.change", f"{change['table']} {key}", f"journal row {body.get('seq')}")
        if after is None:
            table.pop(key, None)
        else:
            table[key] = after
    return None


def compare(state: State, table: str, rows: Iterable[Row]) -> Iterable[Problem]:
    """Yields how the stored rows of `table` differ from the replayed ones."""
    expected = dict(state.get(table, {}))
    for row in rows:
        key = str(row.get("id"))
        wanted = expected.pop(key, None)
        if wanted is None:
            yield Problem("table.extra", f"{table} {key}", f"table {table}")
        elif columns := [*differing(wanted, row), *(name for name in wanted if name not in row)]:
            yield Problem("table.changed", f"{table} {key}: {', '.join(dict.fromkeys(columns))}", f"table {table}")
    for key in expected:
        yield Problem("table.missing", f"{table} {key}", f"table {table}")
