"""The chained journal of a live capture, as bytes: how its lines hang together and how the running chain over the segments is computed.

Each line is canonical JSON that names its number and the SHA-256 of the line before it. The running chain over closed segments is
`H(i) = SHA256(H(i-1) || segment digest || journal line)`, so neither a segment nor the line that tells of it can be exchanged alone. It reads
and computes; the recorder writes.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .chain import GENESIS, Problem, canonical

Json = dict[str, Any]
JOURNAL = "journal.jsonl"
#: events that close a segment file and so move the running chain on
CLOSING = ("segment", "recovered")


def line_hash(line: bytes) -> str:
    """SHA-256 of a journal line without its line feed."""
    return hashlib.sha256(line).hexdigest()


def next_head(head: str, segment_sha256: str, line: bytes) -> str:
    """The running chain after a closed segment; digests as hexadecimal."""
    return hashlib.sha256(bytes.fromhex(head) + bytes.fromhex(segment_sha256) + line).hexdigest()


@dataclass(frozen=True)
class Line:
    """One sound line: its bytes without line feed, what it says, and the running chain after it."""

    raw: bytes
    said: Json
    head: str

    @property
    def event(self) -> str:
        return str(self.said["event"])


def walk(raw: Iterable[bytes]) -> Iterator[Line]:
    """The lines up to the first that is torn, altered or out of place; `raw` are lines with their line feed, as a file gives them."""
    previous, head, number = GENESIS, GENESIS, 1
    for whole in raw:
        line = whole[:-1]
        try:
            said = json.loads(line)
            sound = whole.endswith(b"\n") and canonical(said).encode() == line and said["seq"] == number and said["prev"] == previous
            if not sound:
                return
            if said["event"] in CLOSING:
                head = next_head(head, said["sha256"], line)
        except (ValueError, TypeError, KeyError, RecursionError):
            return
        yield Line(line, said, head)
        previous, number = line_hash(line), number + 1


def read(path: Path) -> list[Line]:
    """The sound lines of a journal file; raises OSError."""
    with path.open("rb") as file:
        return list(walk(file))


def check(folder: Path, capture: Json, originals: dict[str, Any]) -> tuple[set[str], list[Problem]]:
    """Checks one capture of a case: `capture` and `originals` are rows as the case's own journal has them.

    Returns the paths (relative to the case) that the capture's journal accounts for, and what is wrong. The files' own digests are checked
    with all other originals; here it is whether journal, rows and chain agree. A capture that still runs may have an open end.
    """
    place = f"{capture['folder']}/{JOURNAL}"
    running = capture["state"] == "recording"
    if not (folder / place).is_file():
        return set(), [] if running else [Problem("capture.journal_missing", place, place)]
    with (folder / place).open("rb") as file:
        raw = file.readlines()
    lines = list(walk(raw))
    problems = []
    if len(lines) < len(raw) - (1 if running else 0):
        problems.append(Problem("capture.journal_broken", f"line {len(lines) + 1}", place))
    named = {place} | {f"{capture['folder']}/{line.said['file']}" for line in lines if "file" in line.said}
    for line in lines:
        if line.event in CLOSING and not running:
            path = f"{capture['folder']}/{line.said['file']}"
            if line.said["sha256"] not in originals:
                problems.append(Problem("capture.segment_unlisted", line.said["sha256"], path))
            elif not (folder / path).is_file():
                problems.append(Problem("capture.segment_missing", path, path))
    head = lines[-1].head if lines else GENESIS
    if not running and capture["chain_head"] != head:
        problems.append(Problem("capture.head_differs", capture["chain_head"], place))
    return named, problems
