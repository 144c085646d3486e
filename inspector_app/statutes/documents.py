"""Brings a file that holds a statute to plain lines: Markdown, text, web page, Word document or PDF with text, told apart by content.

Files come from outside: sizes are checked before anything is read, archives before anything is unpacked, and what cannot be read
as the person sees it (tracked changes, automatic numbering, scanned pages) is refused with what to do instead.
"""

import hashlib
import stat
from dataclasses import dataclass
from pathlib import Path

from inspector_app.domain.errors import BadInput
from inspector_app.statutes.lines import Line, decoded, linked_source, text_lines

#: The longest text in force has well under 1 MB; more is not a statute but a mistake or an attack.
MAX_BYTES = 4_000_000
#: Word documents and PDFs carry fonts and pictures with them.
MAX_PACKED_BYTES = 32_000_000
#: the longest code in force has about 3,000
MAX_LINES = 50_000

_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True, slots=True)
class Document:
    """A document as lines, with the SHA-256 (hex) of the very bytes it was read from."""

    lines: tuple[Line, ...]
    sha256: str
    #: text, html, docx or pdf
    kind: str
    #: the address it says it was published at; None where it says nothing
    address: str | None


def read_bytes(path: Path) -> bytes:
    """The bytes of a file no larger than a document may be; the size is asked first. BadInput `law.unreadable`, `law.text_too_large`."""
    try:
        facts = path.stat()
        if not stat.S_ISREG(facts.st_mode):
            raise BadInput("law.unreadable", file=path.name, cause="not a file")
        if facts.st_size > MAX_PACKED_BYTES:
            raise BadInput("law.text_too_large", file=path.name, limit=MAX_PACKED_BYTES)
        with path.open("rb") as source:
            data = source.read(MAX_PACKED_BYTES + 1)  # it may still be growing
    except OSError as cause:
        raise BadInput("law.unreadable", file=path.name, cause=cause.strerror or str(cause)) from cause
    if len(data) > MAX_PACKED_BYTES:
        raise BadInput("law.text_too_large", file=path.name, limit=MAX_PACKED_BYTES)
    return data


def read_document(data: bytes, file: str) -> Document:
    """The lines of a document; `file` is its name, for messages and to tell a page from a text.

    BadInput `law.text_too_large`, `law.text_encoding`, `law.old_word`, and what the readers of the kinds raise.
    """
    lines: list[Line]
    address = None
    if data.startswith(b"%PDF-"):
        from inspector_app.statutes.pdf_lines import pdf_lines  # loads a library: only where there is a PDF

        kind, lines = "pdf", pdf_lines(_within(data, file, MAX_PACKED_BYTES), file)
    elif data.startswith(b"PK\x03\x04"):
        from inspector_app.statutes.docx_lines import docx_lines

        kind, lines = "docx", docx_lines(_within(data, file, MAX_PACKED_BYTES), file)
    elif data.startswith(_OLD_OFFICE):
        raise BadInput("law.old_word", file=file)
    else:
        text = decoded(_within(data, file, MAX_BYTES), file)
        if _is_page(text, file):
            from inspector_app.statutes.html_lines import html_lines

            kind, (lines, address) = "html", html_lines(text, file)
        else:
            kind, lines, address = "text", text_lines(text), linked_source(text)
    if len(lines) > MAX_LINES:
        raise BadInput("law.not_statute_text", file=file)
    return Document(tuple(lines), hashlib.sha256(data).hexdigest(), kind, address)


def _within(data: bytes, file: str, limit: int) -> bytes:
    if len(data) > limit:
        raise BadInput("law.text_too_large", file=file, limit=limit)
    return data


def _is_page(text: str, file: str) -> bool:
    start = text[:1000].lstrip().lower()
    return start.startswith(("<!doctype html", "<html")) or file.lower().endswith((".html", ".htm"))
