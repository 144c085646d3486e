"""HLS playlists read: variants, media segments with their sequence numbers, init maps, discontinuities, keys (RFC 8216).

It reads text; it fetches nothing.
"""

import re
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urljoin

_ATTRIBUTE: Final = re.compile(r'([A-Z0-9-]+)=("[^"]*"|[^,]*)')


class NotPlaylist(ValueError):
    """The text is no HLS playlist."""


@dataclass(frozen=True)
class MediaSegment:
    """One media segment; `byte_range` is "" or `first-last` for a Range header, `moment` its PROGRAM-DATE-TIME as written."""

    sequence: int
    url: str
    duration_us: int
    byte_range: str = ""
    map_url: str = ""
    map_range: str = ""
    discontinuity: bool = False
    moment: str = ""
    key: str = ""


@dataclass(frozen=True)
class Playlist:
    """A media playlist, or (with `variants`) a master playlist: `(bandwidth, address, audio group)`, best first."""

    target_us: int = 0
    ended: bool = False
    segments: tuple[MediaSegment, ...] = ()
    variants: tuple[tuple[int, str, str], ...] = field(default_factory=tuple)
    #: audio groups whose sound lies in playlists of its own
    apart: frozenset[str] = frozenset()


def _attributes(text: str) -> dict[str, str]:
    return {name: value.strip('"') for name, value in _ATTRIBUTE.findall(text)}


def _micros(text: str) -> int:
    whole, _, fraction = text.strip().partition(".")
    return int(whole or 0) * 1_000_000 + int((fraction + "000000")[:6])


def parse(text: str, base: str) -> Playlist:
    """Reads a playlist that lay at `base`; raises NotPlaylist, also for numbers that are none."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines or not lines[0].startswith("#EXTM3U"):
        raise NotPlaylist
    try:
        return _master(lines, base) if any(line.startswith("#EXT-X-STREAM-INF") for line in lines) else _media(lines, base)
    except ValueError as cause:
        raise NotPlaylist from cause


def _master(lines: list[str], base: str) -> Playlist:
    variants, apart = [], set()
    for line, after in zip(lines, [*lines[1:], ""], strict=True):
        tag, _, rest = line.partition(":")
        told = _attributes(rest)
        if tag == "#EXT-X-STREAM-INF" and after and not after.startswith("#"):
            variants.append((int(told.get("BANDWIDTH") or 0), urljoin(base, after), told.get("AUDIO", "")))
        elif tag == "#EXT-X-MEDIA" and told.get("TYPE") == "AUDIO" and told.get("URI"):
            apart.add(told.get("GROUP-ID", ""))
    return Playlist(variants=tuple(sorted(variants, key=lambda one: -one[0])), apart=frozenset(apart))


class _Reading:
    """What the tags before the next address say of it."""

    def __init__(self) -> None:
        self.sequence = 0
        self.target_us = 0
        self.ended = False
        self.map_url = self.map_range = self.key = ""
        self.range_end = 0
        self.fresh()

    def fresh(self) -> None:
        self.duration_us = 0
        self.byte_range = self.moment = ""
        self.discontinuity = False

    def tag(self, name: str, rest: str, base: str) -> None:
        match name:
            case "#EXTINF":
                self.duration_us = _micros(rest.partition(",")[0])
            case "#EXT-X-TARGETDURATION":
                self.target_us = _micros(rest)
            case "#EXT-X-MEDIA-SEQUENCE":
                self.sequence = int(rest)
            case "#EXT-X-ENDLIST":
                self.ended = True
            case "#EXT-X-DISCONTINUITY":
                self.discontinuity = True
            case "#EXT-X-PROGRAM-DATE-TIME":
                self.moment = rest
            case "#EXT-X-BYTERANGE":
                self.byte_range = self._range(rest)
            case "#EXT-X-MAP":
                told = _attributes(rest)
                self.map_url = urljoin(base, told.get("URI", ""))
                self.map_range = self._range(told["BYTERANGE"]) if "BYTERANGE" in told else ""
            case "#EXT-X-KEY":
                told = _attributes(rest)
                self.key = "" if told.get("METHOD") == "NONE" else f"{told.get('METHOD', '')} {urljoin(base, told.get('URI', ''))}"

    def _range(self, text: str) -> str:
        length, _, start = text.partition("@")
        first = int(start) if start else self.range_end
        self.range_end = first + int(length)
        return f"{first}-{self.range_end - 1}"


def _media(lines: list[str], base: str) -> Playlist:
    reading, segments = _Reading(), []
    for line in lines:
        if line.startswith("#"):
            name, _, rest = line.partition(":")
            reading.tag(name, rest, base)
            continue
        segments.append(
            MediaSegment(
                reading.sequence,
                urljoin(base, line),
                reading.duration_us,
                reading.byte_range,
                reading.map_url,
                reading.map_range,
                reading.discontinuity,
                reading.moment,
                reading.key,
            )
        )
        reading.sequence += 1
        reading.fresh()
    return Playlist(reading.target_us, reading.ended, tuple(segments))
