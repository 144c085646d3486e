"""The journal's chain: canonical JSON bodies, each naming the hash of the one before it.

A row's hash is SHA-256 over a domain mark and the body's exact bytes, so neither a reordered key nor a changed blank passes. A chain
alone does not stop someone who rewrites all of it: the head printed in a dossier, or carried elsewhere, does (design: evidence §6).
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

GENESIS = "0" * 64
_MARK = b"ZJLOG1\0"


def canonical(value: Any) -> str:
    """The one JSON text of a value: sorted keys, no blanks, UTF-8; refuses floats, whose text depends on who prints it."""
    _refuse_floats(value)
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def _refuse_floats(value: Any) -> None:
    if isinstance(value, float):
        raise TypeError(f"a float has no canonical text: {value!r}")
    if isinstance(value, dict):
        for inner in value.values():
            _refuse_floats(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            _refuse_floats(inner)


def row_hash(body: str) -> str:
    return hashlib.sha256(_MARK + body.encode()).hexdigest()


def digest_of(value: Any) -> str:
    """SHA-256 over a value's canonical text."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()


@dataclass(frozen=True)
class Link:
    """One journal row as stored: number, body text, hash."""

    seq: int
    body: str
    hash: str


@dataclass(frozen=True)
class Problem:
    """One thing a check found: a stable code, what it is about, and where."""

    code: str
    what: str
    where: str

    def to_json(self) -> dict[str, str]:
        return {"code": self.code, "what": self.what, "where": self.where}


def walk(links: Iterable[Link], case_id: str | None = None) -> Iterator[tuple[dict[str, Any], Problem | None]]:
    """Yields each body with the first thing wrong in its row (or None): numbering, hash, canonical text, predecessor, case, clock.

    A row that is not JSON yields an empty body. The wall clock may jump (a wrong laptop clock is recorded, not forbidden); the monotonic
    clock of one boot may not run backwards.
    """
    previous, expected = GENESIS, 1
    latest: tuple[str, int] = ("", 0)
    for link in links:
        body, problem = _read(link, previous, expected, case_id)
        if problem is None and isinstance(body.get("mono_ns"), int):
            stamp = (str(body.get("boot", "")), body["mono_ns"])
            if latest[0] == stamp[0] and stamp[1] < latest[1]:
                problem = Problem("journal.order", f"seq {link.seq}", f"journal row {link.seq}")
            latest = stamp
        yield body, problem
        previous, expected = link.hash, link.seq + 1


def _read(link: Link, previous: str, expected: int, case_id: str | None) -> tuple[dict[str, Any], Problem | None]:
    where = f"journal row {link.seq}"
    try:
        if not isinstance(link.body, str):  # the column's type is only SQLite's advice
            raise TypeError(type(link.body).__name__)
        body = json.loads(link.body)
        text = canonical(body)
    except (ValueError, TypeError, RecursionError) as cause:
        return {}, Problem("journal.unreadable", str(cause)[:80], where)
    checks = (
        (link.seq == expected, "journal.gap", f"expected {expected}, found {link.seq}"),
        (row_hash(link.body) == link.hash, "journal.hash", link.hash),
        (text == link.body, "journal.not_canonical", f"seq {link.seq}"),
        (isinstance(body, dict) and body.get("seq") == link.seq, "journal.number", f"seq {link.seq}"),
        (isinstance(body, dict) and body.get("prev") == previous, "journal.chain", f"seq {link.seq}"),
        (case_id is None or (isinstance(body, dict) and body.get("case") == case_id), "journal.other_case", f"seq {link.seq}"),
    )
    for holds, code, what in checks:
        if not holds:
            return body if isinstance(body, dict) else {}, Problem(code, what, where)
    return body, None
