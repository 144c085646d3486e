"""The reviewer's way back: what was said in a copy of a case, with the journal rows that prove it follows the case it came from.

The file is canonical JSON. It is taken only where its rows chain to a row of the case itself, and only what it says of findings: whatever else was
done in the copy is named and left there.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from inspector_app.domain.errors import BadInput
from inspector_app.domain.files import write_text
from inspector_app.domain.records import Review
from inspector_app.integrity import chain
from inspector_app.integrity.chain import Link, canonical

FORMAT: Final = "zhijian-reviews/1"
_MOST_BYTES: Final = 64 * 2**20


@dataclass(frozen=True)
class Opinions:
    """What came back: the row of the case it follows, the reviews, and the names of other acts that were done in the copy."""

    case_id: str
    base: tuple[int, str]
    head: str
    reviews: tuple[Review, ...]
    others: tuple[str, ...]


def write(out: Path, case: dict[str, str], base: tuple[int, str], rows: list[Link], made_at: str) -> Path:
    """Writes every journal row after `base` of the copy to `out`; `case` holds case_id and number."""
    document = {
        "format": FORMAT,
        "case": case,
        "base": {"seq": base[0], "head": base[1]},
        "made_at": made_at,
        "rows": [{"seq": row.seq, "body": row.body, "hash": row.hash} for row in rows],
    }
    return write_text(out, canonical(document))


def read(path: Path) -> Opinions:
    """Reads what `write` wrote; raises BadInput `review.not_a_file` or `review.altered` (rows that do not chain)."""
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise ValueError("too large")
        document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if document["format"] != FORMAT:
            raise ValueError(str(document["format"]))
        base = (int(document["base"]["seq"]), str(document["base"]["head"]))
        rows = [Link(int(row["seq"]), str(row["body"]), str(row["hash"])) for row in document["rows"]]
        case_id = str(document["case"]["case_id"])
    except (OSError, ValueError, TypeError, LookupError, RecursionError) as cause:
        raise BadInput("review.not_a_file", file=path.name, cause=str(cause)[:120]) from cause
    reviews: dict[str, Review] = {}
    others: list[str] = []
    previous, expected = base[1], base[0] + 1
    for row in rows:
        body = _body(row, previous, expected, case_id)
        if body is None:
            raise BadInput("review.altered", file=path.name, row=row.seq)
        previous, expected = row.hash, row.seq + 1
        for change in body["changes"]:
            if change["table"] != Review.table:
                others.append(str(body["act"]))
            elif change["after"] is None:
                reviews.pop(change["id"], None)
            else:
                reviews[change["id"]] = Review(**change["after"])
    return Opinions(case_id, base, previous, tuple(reviews.values()), tuple(dict.fromkeys(others)))


def _body(row: Link, previous: str, expected: int, case_id: str) -> dict[str, Any] | None:
    """The body of a row that follows the one before it; None where it does not."""
    try:
        body: dict[str, Any] = json.loads(row.body)
        follows = (
            chain.row_hash(row.body) == row.hash
            and canonical(body) == row.body
            and (row.seq, body["seq"], body["prev"], body["case"]) == (expected, expected, previous, case_id)
        )
    except (ValueError, TypeError, LookupError, RecursionError):
        return None
    return body if follows else None
