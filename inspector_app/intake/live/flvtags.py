"""FLV tags as they come: where each begins and ends, what it carries, and the preamble that lets a segment play alone.

Sources: Adobe FLV file format 10.1, annex E; enhanced RTMP (header bit 0x80) and the codec number 12 that Chinese platforms use for HEVC.
It parses headers only and never changes a byte.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

HEADER_BYTES: Final = 13  # signature, version, flags, header length, and the first "previous tag size"
TAG_BYTES: Final = 11
AUDIO: Final = 8
VIDEO: Final = 9
SCRIPT: Final = 18
_AVC_LIKE: Final = (7, 12)
_AAC: Final = 10


class NotFlv(ValueError):
    """The bytes are no FLV stream, or it lost its order."""


@dataclass(frozen=True)
class Tag:
    """One whole tag: `raw` with its trailing size, `stamp_ms` decoding time (32 bits, unsigned), `shown_ms` presentation time."""

    kind: int
    stamp_ms: int
    shown_ms: int
    raw: bytes
    header: bool
    key: bool

    @property
    def body(self) -> bytes:
        return self.raw[TAG_BYTES:-4]


def read_header(data: "bytes | bytearray") -> bytes | None:
    """The stream's own header with the size after it, as received; None where more is needed. Raises NotFlv."""
    if len(data) >= 3 and data[:3] != b"FLV":
        raise NotFlv("signature")
    if len(data) < 9:
        return None
    length = int.from_bytes(data[5:9], "big")
    if not 9 <= length <= 64:
        raise NotFlv("header length")
    return bytes(data[: length + 4]) if len(data) >= length + 4 else None


def take_tags(data: bytearray) -> Iterator[Tag]:
    """Whole tags at the front of `data`, which loses them; what is left is the beginning of the next. Raises NotFlv."""
    at, end = 0, len(data)
    try:
        while at + TAG_BYTES <= end:
            size = data[at + 1] << 16 | data[at + 2] << 8 | data[at + 3]
            if data[at] & 0xDF not in (AUDIO, VIDEO, SCRIPT):
                raise NotFlv(f"tag type {data[at]}")
            whole = TAG_BYTES + size + 4
            if at + whole > end:
                return
            raw = bytes(data[at : at + whole])
            at += whole
            yield _tag(raw)
    finally:
        del data[:at]


def _tag(raw: bytes) -> Tag:
    kind = raw[0] & 0x1F
    stamp = raw[4] << 16 | raw[5] << 8 | raw[6] | raw[7] << 24
    first = raw[TAG_BYTES] if len(raw) > TAG_BYTES + 4 else 0
    second = raw[TAG_BYTES + 1] if len(raw) > TAG_BYTES + 5 else 1
    if kind == AUDIO:
        return Tag(kind, stamp, stamp, raw, header=first >> 4 == _AAC and second == 0, key=False)
    if kind == VIDEO:
        key = first >> 4 & 7 == 1
        if first & 0x80:  # enhanced: the low half says what the packet is, and only NALU packets (1) carry an offset
            return Tag(kind, stamp, stamp + (_offset(raw, 16) if first & 15 == 1 else 0), raw, header=first & 15 == 0, key=key)
        if first & 15 in _AVC_LIKE:
            return Tag(kind, stamp, stamp + (_offset(raw, 13) if second == 1 else 0), raw, header=second == 0, key=key and second == 1)
        return Tag(kind, stamp, stamp, raw, header=False, key=key)
    return Tag(kind, stamp, stamp, raw, header=False, key=False)


def _offset(raw: bytes, at: int) -> int:
    """Composition time: 24 bits, signed."""
    value = int.from_bytes(raw[at : at + 3], "big")
    return value - (1 << 24) if value & 0x800000 else value


def make_tag(kind: int, body: bytes, stamp_ms: int) -> bytes:
    low, high = (stamp_ms & 0xFFFFFF).to_bytes(3, "big"), (stamp_ms >> 24 & 0xFF).to_bytes(1, "big")
    return bytes([kind]) + len(body).to_bytes(3, "big") + low + high + b"\0\0\0" + body + (TAG_BYTES + len(body)).to_bytes(4, "big")


def preamble(headers: list[bytes], stamp_ms: int) -> bytes:
    """What we put before the received tags: FLV header, a minimal onMetaData without a duration, the current sequence headers."""
    kinds = {header[0] & 0x1F for header in headers}
    flags = (4 if AUDIO in kinds else 0) | (1 if VIDEO in kinds else 0) or 5
    name = b"\x02" + struct.pack(">H", 10) + b"onMetaData"
    note = b"encoder"
    text = b"zhijian-capture"
    values = (
        b"\x08" + struct.pack(">I", 1) + struct.pack(">H", len(note)) + note + b"\x02" + struct.pack(">H", len(text)) + text + b"\0\0\x09"
    )
    # at time 0: FFmpeg takes metadata at any other time for a text track
    made = b"FLV\x01" + bytes([flags]) + struct.pack(">I", 9) + b"\0\0\0\0" + make_tag(SCRIPT, name + values, 0)
    return made + b"".join(make_tag(header[0] & 0x1F, header[TAG_BYTES:-4], stamp_ms) for header in headers)


def last_whole_tag(path: Path) -> int:
    """Bytes up to the end of the last whole tag of a segment; reads tag heads only."""
    size = path.stat().st_size
    at = HEADER_BYTES
    with path.open("rb") as file:
        while at + TAG_BYTES + 4 <= size:
            file.seek(at)
            head = file.read(4)
            whole = TAG_BYTES + int.from_bytes(head[1:4], "big") + 4
            if head[0] & 0xDF not in (AUDIO, VIDEO, SCRIPT) or at + whole > size:
                break
            at += whole
    return min(at, size)
