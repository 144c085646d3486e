"""Which lane takes an address: as asked, by what kind of address it is, else by its first bytes; a room's page by way of its stream.

An address that is a stream itself always comes first: nothing is resolved for it. Each recorder has one `Chooser`, which remembers the room.
"""

from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import urlsplit

from .devices import is_device
from .lane import Broken, Lane
from .rooms import Found, Room, ask
from .source import HttpStream
from .tape import Tape

_FRONT: Final = 512
_WAIT_S: Final = 1.0
_TRIES: Final = 2


class Chooser:
    """Gives the lane for an address, and says after a break whether it is to be chosen anew."""

    def __init__(self, url: str, lane: str, finder: Callable[[str, str], Found] = ask) -> None:
        self._url = url
        self._lane = lane
        self._finder = finder
        self._room: Room | None = None
        self._no_room = False

    def lane(self, tape: Tape) -> Lane:
        """Raises Broken."""
        if is_device(self._url):
            from .screen import ScreenLane

            return ScreenLane(self._url)
        if self._room is not None:
            return self._of_room(self._room, tape)
        lane, scheme, path = self._lane, urlsplit(self._url).scheme, urlsplit(self._url).path.lower()
        refused: Broken | None = None
        if lane == "auto" and scheme in ("http", "https"):
            if path.endswith((".flv", ".m3u8", ".m3u")):
                lane = "flv" if path.endswith(".flv") else "hls"
            else:
                lane, refused = self._sniffed()
        if lane == "page":
            room = Room(self._url, self._finder)
            try:
                made = self._of_room(room, tape)
            except Broken as unknown:
                if refused is None or unknown.code not in ("live.room_unknown", "live.room_needs_extra"):
                    raise
                self._no_room = True
                raise refused from unknown
            self._room = room
            return made
        return lane_of(lane, self._url)

    def anew(self, cause: Broken, attempt: int) -> bool:
        """Whether the next try needs a new address: the old one was refused, or failed twice in a row."""
        return self._room is not None and (cause.kind == "resolve_fail" or attempt >= _TRIES - 1)

    def _of_room(self, room: Room, tape: Tape) -> Lane:
        found, facts = room.resolve()
        tape.journal.write("resolved", **facts)
        if "quality_before" in facts:
            tape.notice("quality_changed", before=facts["quality_before"], after=facts["quality"])
        lane = found.lane
        if lane == "flv" and not urlsplit(found.url).path.lower().endswith(".flv"):
            lane = sniff(found.url, found.headers)
        return lane_of("remux" if lane == "page" else lane, found.url, found.headers)

    def _sniffed(self) -> tuple[str, Broken | None]:
        """A server that refuses us may still be a room's: the library knows how to ask. If it does not know it, that refusal stands."""
        try:
            return sniff(self._url), None
        except Broken as refused:
            if self._no_room or refused.code != "live.http_status":
                raise
            return "page", refused


def lane_of(lane: str, url: str, headers: Mapping[str, str] | None = None) -> Lane:
    """The lane by its name; PyAV is loaded only where it is needed: the verbatim lanes are a third of its size."""
    if lane == "flv":
        from .flv import FlvLane

        return FlvLane(url, headers)
    if lane == "hls":
        from .hls import HlsLane

        return HlsLane(url, headers)
    from .remux import RemuxLane

    return RemuxLane(url, headers)


def sniff(url: str, headers: Mapping[str, str] | None = None) -> str:
    """flv, hls, page or remux, by the first bytes of the answer. Raises Broken."""
    stream = HttpStream(url, headers=headers)
    try:
        front = b""
        while len(front) < _FRONT and (data := stream.read(_WAIT_S)):
            front += data
        kind = stream.answer.headers.get("content-type", "")
    finally:
        stream.close()
    if front.startswith(b"FLV"):
        return "flv"
    if front.startswith(b"#EXTM3U"):
        return "hls"
    start = front.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return (
        "page" if start.startswith((b"<!doctype html", b"<html")) or (kind.startswith("text/html") and start.startswith(b"<")) else "remux"
    )
