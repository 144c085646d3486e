"""Reading text files of unknown encoding, as subtitle and chat exports come: UTF-8, UTF-16 with a mark, else GB 18030."""

import codecs
from collections.abc import Callable
from pathlib import Path

#: A text that must be read whole may be no larger than this.
LARGEST = 256 << 20
_PIECE = 1 << 20
_WIDE = (b"\xff\xfe", b"\xfe\xff")


def looks_like_text(head: bytes) -> bool:
    """Whether a file's first bytes are text: no zero bytes, unless a UTF-16 mark explains them."""
    return head.startswith(_WIDE) or (bool(head) and b"\0" not in head)


def encoding_of(path: Path, check: Callable[[], None] = lambda: None) -> str | None:
    """The encoding that the whole file is in, found piece by piece; None when it is in none of them. `check` may raise to stop.

    Raises OSError.
    """
    with path.open("rb") as file:
        wide = file.read(2) in _WIDE
    return next((name for name in (["utf-16"] if wide else ["utf-8-sig", "gb18030"]) if _decodes(path, name, check)), None)


def _decodes(path: Path, encoding: str, check: Callable[[], None]) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as file:
        try:
            while piece := file.read(_PIECE):
                check()
                decoder.decode(piece)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def read_text(path: Path) -> str | None:
    """The whole text with plain line ends; None when it is in none of the encodings or too large. Raises OSError."""
    encoding = encoding_of(path) if path.stat().st_size <= LARGEST else None
    return None if encoding is None else path.read_text(encoding)
