"""State is derived, not trusted: the tables of a case must be exactly what its journal says, change by change.

Without this an attacker edits a table and leaves the log alone, the commonest hole.
"""

from collections.abc import Iterable
from typing import Any

from .chain import Problem

Row = dict[str, Any]
State = dict[str, dict[str, Row]]


def apply(state: State, body: dict[str, Any]) -> Problem | None:
    """Applies one journal body's changes to `state`; returns the first change that does not fit what came before it."""
    for change in body.get("changes", ()):
        table = state.setdefault(change["table"], {})
        key, before, after = change["id"], change["before"], change["after"]
        if table.get(key) != before:
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
        wanted = expected.pop(str(row["id"]), None)
        if wanted is None:
            yield Problem("table.extra", f"{table} {row['id']}", f"table {table}")
        elif wanted != row:
            columns = ", ".join(name for name in row if row[name] != wanted.get(name)) or "columns"
            yield Problem("table.changed", f"{table} {row['id']}: {columns}", f"table {table}")
    for key in expected:
        yield Problem("table.missing", f"{table} {key}", f"table {table}")
