"""Stable identifiers. They never change, never repeat across laptops, and say what they name."""

import secrets
from typing import Final

_ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford base 32: no i, l, o, u to misread aloud

KINDS: Final = {
    "officer": "off",
    "session": "ses",
    "recording": "rec",
    "part": "prt",
    "capture": "cap",
    "watched": "wat",
    "mark": "mrk",
    "derivative": "der",
    "transcript": "tra",
    "chunk": "chk",
    "segment": "seg",
    "screen_run": "scr",
    "screen_block": "blk",
    "screen_text": "txt",
    "track": "trk",
    "chat_log": "log",
    "chat_message": "msg",
    "lead": "led",
    "finding": "fin",
    "exhibit": "exh",
    "review": "rev",
    "form": "frm",
    "justification": "jus",
    "dossier": "dos",
    "job": "job",
}


def new_id(kind: str) -> str:
    """A new identifier such as `fin_7k2m…`: 16 random base-32 characters (80 bits) behind the kind's prefix."""
    return f"{KINDS[kind]}_" + "".join(secrets.choice(_ALPHABET) for _ in range(16))
