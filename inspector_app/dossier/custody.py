"""The journal as a chain of custody: routine rows drawn together, withdrawn exhibits found. Reads rows, changes nothing."""

from typing import Any

from inspector_app.casefile.journal import Row
from inspector_app.domain.records import Exhibit, Finding

Json = dict[str, Any]
#: The state of a finding that a person took out.
WITHDRAWN = "withdrawn"
#: Families of acts (`transcript` of `transcript.chunk`) whose steps follow one another without anybody deciding anything.
ROUTINE = frozenset({"job", "transcript", "screen"})
#: Facts that number the rows of a repeated act.
COUNTED = frozenset({"number", "chunk", "block"})


def extract(rows: list[Row]) -> list[Json]:
    """The journal in order, no row left out; what one actor did in one go is one entry with several acts.

    An entry has the first and last row's number and time, and the last row's hash. Neighbouring rows of the same act become one act with a
    count, the facts they share, and `counted`: the spans of their numbers (`{"chunk": [[1, 4]]}`). Neighbouring acts share an entry only
    where they are steps of the same routine (`ROUTINE`).
    """
    entries: list[Json] = []
    for row in rows:
        body = row.body
        act = {
            "act": row.act,
            "count": 1,
            "object": body["object"],
            "facts": {name: value for name, value in body["facts"].items() if name not in COUNTED},
            "counted": {name: [[value, value]] for name, value in body["facts"].items() if name in COUNTED},
            "undo_of": row.undo_of or 0,
            "redo_of": row.redo_of or 0,
        }
        hand = {name: body[name] for name in ("actor", "workstation", "app")}
        last = entries[-1] if entries and all(entries[-1][name] == value for name, value in hand.items()) else None
        if last and row.act not in ("undo", "redo") and last["acts"][-1]["act"] == row.act:
            _join(last["acts"][-1], act)
        elif last and (family := _family(row.act)) in ROUTINE and family == _family(last["acts"][-1]["act"]):
            last["acts"].append(act)
        else:
            last = {"from_seq": row.seq, "first_at": body["utc"], **hand, "acts": [act]}
            entries.append(last)
        last.update(to_seq=row.seq, last_at=body["utc"], hash=row.hash)
    return entries


def _family(act: str) -> str:
    return act.partition(".")[0]


def _join(act: Json, other: Json) -> None:
    """Makes one act of two of the same name."""
    act["count"] += 1
    act["object"] = act["object"] if act["object"] == other["object"] else ""
    act["facts"] = {name: value for name, value in act["facts"].items() if other["facts"].get(name) == value}
    for name, [[number, _]] in other["counted"].items():
        spans = act["counted"].setdefault(name, [])
        if spans and isinstance(number, int) and spans[-1][1] == number - 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])


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
            why = {"by": row.body["actor"]["name"], "reason": left.get("reason") or left.get("note", ""), "act": row.act}
            gone[key] = {
                "id": change.id,
                "kind": kinds[change.table],
                "number": left["number"],
                "seq": row.seq,
                "at": row.body["utc"],
                **why,
            }
    return sorted(gone.values(), key=lambda entry: (entry["kind"], entry["number"]))
