"""What an act changes: whole rows before and after, so that the journal can be replayed and any act can be undone."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from inspector_app.domain.people import Actor
from inspector_app.domain.records import Record

from .rows import Row, to_row


@dataclass(frozen=True)
class Change:
    """One row's before and after; None where it was not there."""

    table: str
    id: str
    before: Row | None
    after: Row | None

    @property
    def inverse(self) -> "Change":
        return Change(self.table, self.id, self.after, self.before)

    def to_json(self) -> dict[str, Any]:
        return {"table": self.table, "id": self.id, "before": self.before, "after": self.after}

    @staticmethod
    def from_json(value: dict[str, Any]) -> "Change":
        return Change(value["table"], value["id"], value["before"], value["after"])


def insert(record: Record) -> Change:
    return Change(record.table, record.id, None, to_row(record))


def update(before: Record, after: Record) -> Change:
    return Change(after.table, after.id, to_row(before), to_row(after))


def delete(record: Record) -> Change:
    return Change(record.table, record.id, to_row(record), None)


@dataclass(frozen=True)
class Act:
    """One thing somebody did: its name (`finding.add`), who, what it touches, and the row changes that make it.

    `facts` are the words its title needs; `undoable` says whether a person may take it back (machine results are versions, not undone).
    """

    name: str
    actor: Actor
    changes: Sequence[Change] = ()
    object: str = ""
    facts: dict[str, str | int] = field(default_factory=dict)
    undoable: bool = False
