"""Exact substring search over everything said, shown, chatted and noted.

FTS5 with one token per character and phrase queries: any substring of one character or more is found exactly, in any script. The
trigram tokenizer silently misses two-character words such as 最低. A token is the character's code point in hexadecimal, so that
`%`, `¥` and emoji are found too. Blanks are dropped on both sides; letters are folded.
"""

import sqlite3
from dataclasses import dataclass

from .rows import Row

#: table → the columns whose text is searched, and the name of the witness shown with a hit
SOURCES: dict[str, tuple[tuple[str, ...], str]] = {
    "segments": (("corrected", "text"), "speech"),
    "screen_texts": (("text",), "screen"),
    "chat_messages": (("text",), "chat"),
    "findings": (("note",), "note"),
}


@dataclass(frozen=True)
class Hit:
    witness: str
    ref: str
    recording_id: str
    start_us: int
    text: str


def tokens(text: str) -> str:
    return " ".join(f"{ord(character):x}" for character in text.casefold() if not character.isspace())


def _text_of(table: str, row: Row) -> str:
    names = SOURCES[table][0]
    return next((row[name] for name in names if row[name] is not None), "")


def forget(db: sqlite3.Connection, ref: str) -> None:
    for (doc,) in db.execute("SELECT id FROM search_docs WHERE ref = ?", (ref,)).fetchall():
        db.execute("DELETE FROM search_tokens WHERE rowid = ?", (doc,))
        db.execute("DELETE FROM search_docs WHERE id = ?", (doc,))


def learn(db: sqlite3.Connection, table: str, row: Row) -> None:
    text = _text_of(table, row)
    if not text.strip() or row.get("state") == "replaced":  # a sentence that was split or merged: its parts are found instead
        return
    start = row.get("start_us", row.get("at_us"))
    cursor = db.execute(
        "INSERT INTO search_docs (kind, ref, recording_id, start_us, text) VALUES (?, ?, ?, ?, ?)",
        (SOURCES[table][1], row["id"], row["recording_id"], start, text),
    )
    db.execute("INSERT INTO search_tokens (rowid, tokens) VALUES (?, ?)", (cursor.lastrowid, tokens(text)))


def find(db: sqlite3.Connection, query: str, limit: int = 1000) -> list[Hit]:
    """Hits in the order of time; empty for a blank query."""
    phrase = tokens(query)
    if not phrase:
        return []
    rows = db.execute(
        "SELECT d.kind, d.ref, d.recording_id, d.start_us, d.text FROM search_tokens t JOIN search_docs d ON d.id = t.rowid"
        " WHERE search_tokens MATCH ? ORDER BY d.recording_id, d.start_us, d.id LIMIT ?",
        (f'"{phrase}"', limit),
    )
    return [Hit(*row) for row in rows]


def engine() -> tuple[str, bool]:
    """SQLite's version here, and whether it was built with the full-text search this room needs."""
    db = sqlite3.connect(":memory:")
    try:
        db.execute("CREATE VIRTUAL TABLE probe USING fts5(tokens)")
    except sqlite3.OperationalError:
        return sqlite3.sqlite_version, False
    finally:
        db.close()
    return sqlite3.sqlite_version, True
