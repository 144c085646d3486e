"""Whether a file is all there, judged by its outer structure alone: MP4 boxes and the Matroska segment.

It reads a few bytes at each box and never the media inside, so it is quick on any size.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

_EBML = b"\x1a\x45\xdf\xa3"
_SEGMENT = b"\x18\x53\x80\x67"
#: Boxes an MP4/MOV file can start with; anything else first means it is not one.
_FIRST_BOXES = {b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"styp", b"sidx", b"moof", b"pnot", b"uuid"}


@dataclass(frozen=True)
class Structure:
    """What was found: `kind` is `mp4`, `matroska` or `""`; `declared` is where the file says it ends, in bytes, 0 if it does not say."""

    kind: str = ""
    boxes: frozenset[str] = field(default_factory=frozenset)
    declared: int = 0


def read_structure(path: Path) -> Structure:
    """Walks the top level of a file; raises OSError."""
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(12)
        if head[4:8] in _FIRST_BOXES:
            return _boxes(file, size)
        if head[:4] == _EBML:
            return _matroska(file)
    return Structure()


def _boxes(file: BinaryIO, size: int) -> Structure:
    """ISO/IEC 14496-12 4.2: 32-bit size and type; size 1 means a 64-bit size follows, 0 means up to the end of the file."""
    names: set[str] = set()
    at = 0
    while at + 8 <= size:
        file.seek(at)
        head = file.read(16)
        length = int.from_bytes(head[:4], "big")
        if length == 1:
            length = int.from_bytes(head[8:16], "big")
        elif length == 0:
            length = size - at
        if length < 8:
            break
        names.add(head[4:8].decode("latin-1"))
        at += length
    return Structure("mp4", frozenset(names), at)


def _element_size(head: bytes) -> tuple[int, int]:
    """An EBML data size (RFC 8794 6): its length in bytes and its value, -1 for "unknown" as live recordings have it."""
    if not head or head[0] == 0:
        return 1, -1
    length = 9 - head[0].bit_length()
    value = int.from_bytes(head[:length], "big") & ((1 << 7 * length) - 1)
    return length, -1 if value == (1 << 7 * length) - 1 else value


def _matroska(file: BinaryIO) -> Structure:
    file.seek(4)
    length, value = _element_size(file.read(8))
    start = 4 + length + max(value, 0)
    file.seek(start)
    head = file.read(12)
    if head[:4] != _SEGMENT:
        return Structure("matroska")
    length, value = _element_size(head[4:])
    return Structure("matroska", declared=0 if value < 0 else start + 4 + length + value)
