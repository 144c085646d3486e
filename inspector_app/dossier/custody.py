"""The journal as a chain of custody: routine machine rows drawn together, withdrawn exhibits found. Reads rows, changes nothing."""

from typing import Any

from inspector_app.casefile.journal import Row
from inspector_app.domain.records import Exhibit, Finding

Json = dict[str, Any]
#: The state of a finding that a person took out.
WITHDRAWN = "withdrawn"


def extract(rows: list[Row]) -> list[Json]:
    """The journal in order; neighbouring rows of the same act by the same actor become one entry with a count.

    Each entry keeps the first and last row's number and time, and the last row's hash. The facts are those of a single row; an entry of
    several rows has none.
    """
    entries: list[Json] = []
    for row in rows:
        body = row.body
        entry = {
            "from_seq": row.seq,
            "to_seq": row.seq,
            "count": 1,
            "first_at": body["utc"],
            "last_at": body["utc"],
            "act": row.act,
            "actor": body["actor"],
            "object": body["object"],
            "facts": body["facts"],
            "workstation": body["workstation"],
            "app": body["app"],
            "hash": row.hash,
            "undo_of": row.undo_of or 0,
            "redo_of": row.redo_of or 0,
        }
        last = entries[-1] if entries else None
        same = ("act", "actor", "workstation", "app")
        if last and row.act not in ("undo", "redo") and all(last[name] == entry[name] for name in same):
            last.update(to_seq=row.seq, count=last["count"] + 1, last_at=body["utc"], hash=row.hash, facts={}, object=_common(last, entry))
        else:
            entries.append(entry)
    return entries


def _common(one: Json, other: Json) -> str:
    return str(one["object"]) if one["object"] == other["object"] else ""


def withdrawn(rows: list[Row]) -> list[Json]:
    """Findings and exhibits that were in the case and no longer count: id, kind, number, when and by which row they left, and why.

    A finding leaves by its state `withdrawn` or by being deleted (an undo of its making), an exhibit by being deleted; what came back is
    not listed.
    """
    gone: dict[tuple[str, str], Json] = {}
    kinds = {Finding.table: "finding", Exhibit.table: "exhibit"}
    for row in rows:
        for change in row.changes:
            if change.table not in kinds:
                continue
            key = (change.table, change.id)
            left = change.before if change.after is None else change.after if change.after.get("state") == WITHDRAWN else None
            if left is None:
                gone.pop(key, None)
                continue
            why = {"by": row.body["actor"]["name"], "reason": left.get("note", ""), "act": row.act}
            gone[key] = {
                "id": change.id,
                "kind": kinds[change.table],
                "number": left["number"],
                "seq": row.seq,
                "at": row.body["utc"],
                **why,
            }
    return sorted(gone.values(), key=lambda entry: (entry["kind"], entry["number"]))
