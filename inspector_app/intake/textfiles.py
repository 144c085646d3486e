"""Reading text files of unknown encoding, as subtitle and chat exports come: UTF-8, UTF-16 with a mark, else GB 18030."""

from pathlib import Path

#: A text export larger than this is not one; it is read whole, so there is a limit.
LARGEST = 256 << 20


def looks_like_text(head: bytes) -> bool:
    """Whether a file's first bytes are text: no zero bytes, unless a UTF-16 mark explains them."""
    return head.startswith((b"\xff\xfe", b"\xfe\xff")) or (bool(head) and b"\0" not in head)


def read_text(path: Path) -> str | None:
    """The whole text with plain line ends; None when it is in none of the encodings or too large. Raises OSError."""
    if path.stat().st_size > LARGEST:
        return None
    data = path.read_bytes()
    encodings = ["utf-16"] if data.startswith((b"\xff\xfe", b"\xfe\xff")) else ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            return data.decode(encoding).replace("\r\n", "\n").replace("\r", "\n")
        except UnicodeDecodeError:
            continue
    return None
