"""Lane B: HLS, every media segment as received in a file of its own, init maps in front of the segments that need them.

Playlists stand in the journal as they came, each as the part that differs from the one before; holes in the media sequence are gaps. Nothing
is concatenated and nothing is decrypted. Where no variant holds its sound, which lies in a playlist of its own, no file could play alone: such a
broadcast goes packet by packet, picture and sound together (`remux`), and that is told.
"""

import hashlib
import time
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from .lane import Broken, Lane
from .playlist import MediaSegment, NotPlaylist, Playlist, parse
from .source import WATCHDOG_S, HttpStream, redacted, secrets_of, shown
from .tape import Tape

Json = dict[str, Any]
#: a playlist longer than this is no live playlist
_LIST_LIMIT: Final = 8 << 20
_MAP_LIMIT: Final = 4 << 20
#: of a long playlist only the live end is taken
_FROM_END: Final = 6
_TRIES: Final = 2
_WAIT_S: Final = 0.25
_SUFFIXES: Final = (".ts", ".aac", ".mp4")


class HlsLane:
    """HLS from one address, a master or a media playlist."""

    name = "hls"

    def __init__(self, url: str, headers: Mapping[str, str] | None = None) -> None:
        self._headers = headers
        self._asked = url
        self._secrets = secrets_of(url)
        self._url = url
        self._last_text = b""
        self._maps: dict[tuple[str, str], bytes] = {}
        self._ready: Playlist | None = None
        self._next_at = 0.0
        self._moved_at = 0.0
        self._joined: Lane | None = None

    def open(self, tape: Tape) -> Json:
        self._url = self._asked
        playlist, facts = self._fetch(tape)
        if playlist.variants:
            bandwidth, url, group = next((one for one in playlist.variants if one[2] not in playlist.apart), playlist.variants[0])
            if group in playlist.apart:
                return facts | self._join(tape)
            self._url = url
            facts |= {"bandwidth": bandwidth, "variant": shown(url)}
            playlist, _ = self._fetch(tape)
        if tape.epoch < 0:  # later ones begin where the playlist says so: its clock goes on over a reconnect
            tape.new_epoch()
        self._ready = playlist
        self._moved_at = time.monotonic()
        return facts

    def _join(self, tape: Tape) -> Json:
        from .remux import RemuxLane  # FFmpeg's libraries, which the other broadcasts do without

        if not tape.connects:
            tape.notice("sound_apart")
        self._joined = RemuxLane(self._asked, self._headers)
        self.name = self._joined.name
        return self._joined.open(tape)

    def _fetch(self, tape: Tape) -> tuple[Playlist, Json]:
        stream = HttpStream(self._url, headers=self._headers)
        try:
            data = _whole(stream, _LIST_LIMIT)
            answer = stream.answer
        finally:
            stream.close()
        try:
            playlist = parse(data.decode("utf-8"), answer.url)
        except (NotPlaylist, UnicodeDecodeError) as cause:
            raise Broken("http_status", "live.not_media", type=answer.headers.get("content-type", "-")[:80]) from cause
        self._snapshot(data, tape)
        return playlist, {"status": answer.status, **({"date": answer.headers["date"]} if "date" in answer.headers else {})}

    def _snapshot(self, data: bytes, tape: Tape) -> None:
        """The playlist as received: how much of the last one stands at its front, and the rest. Only what the person typed as secret is taken out."""
        if data == self._last_text:
            return
        same = 0
        for old, new in zip(self._last_text, data, strict=False):
            if old != new:
                break
            same += 1
        while same and data[same - 1 : same] != b"\n":
            same -= 1
        text = redacted(data[same:], self._secrets)
        facts = {"sha256": hashlib.sha256(data).hexdigest(), "keep": same, "text": text.decode("utf-8")}
        tape.journal.note("playlist", address=shown(self._url), redacted=int(text != data[same:]), **facts)
        self._last_text = data

    def step(self, tape: Tape) -> bool:
        if self._joined is not None:
            if not self._joined.step(tape):
                raise Broken("disconnect", "live.ended", final=True)
            return True
        if self._ready is None:
            if tape.stopping.wait(max(0.0, min(self._next_at - time.monotonic(), _WAIT_S))) or time.monotonic() < self._next_at:
                return True
            self._ready, _ = self._fetch(tape)
        playlist, self._ready = self._ready, None
        moved = self._take_new(playlist, tape)
        self._next_at = time.monotonic() + playlist.target_us / (1e6 if moved else 2e6)
        if moved:
            self._moved_at = time.monotonic()
        elif time.monotonic() - self._moved_at > max(WATCHDOG_S, 3 * playlist.target_us / 1e6):
            raise Broken("disconnect", "live.silent", seconds=int(time.monotonic() - self._moved_at))
        if playlist.ended:
            raise Broken("disconnect", "live.ended", final=True)
        return True

    def _take_new(self, playlist: Playlist, tape: Tape) -> bool:
        segments = playlist.segments
        if tape.sequence is None:
            if len(segments) > _FROM_END:
                tape.notice("older_left_out", count=len(segments) - _FROM_END)
            segments = segments[-_FROM_END:]
        elif segments and segments[-1].sequence < tape.sequence - len(segments):
            tape.notice("ts_backward", sequence=segments[0].sequence, before=tape.sequence)
            tape.new_epoch()
            tape.sequence = None
        new = [one for one in segments if tape.sequence is None or one.sequence > tape.sequence]
        if new and tape.sequence is not None and new[0].sequence > tape.sequence + 1:
            tape.gap("hls_sequence_hole", first=tape.sequence + 1, last=new[0].sequence - 1)
        for one in new:
            if tape.stopping.is_set():
                break
            if one.discontinuity and tape.sequence is not None:
                tape.new_epoch()
            if not any(self._take(one, tape) for _ in range(_TRIES)):
                tape.gap("hls_sequence_hole", first=one.sequence, last=one.sequence)
            tape.sequence = one.sequence
        return bool(new)

    def _take(self, one: MediaSegment, tape: Tape) -> bool:
        """One segment into a file of its own; False where it could not be had whole (what came of it is kept all the same)."""
        stream = None
        try:
            front = self._map(one)
            stream = HttpStream(one.url, one.byte_range, self._headers)
            facts: Json = {
                "sequence": one.sequence,
                "duration_us": one.duration_us,
                "map_sha256": hashlib.sha256(front).hexdigest() if front else "",
            }
            facts |= {"program_date_time": one.moment, "key": shown_key(one.key)}
            tape.begin(_suffix(one), front, why="segment", **facts)
            while (data := stream.read(_WAIT_S)) != b"":
                if data:
                    tape.write(data)
            tape.end_segment("segment", complete=1)
        except Broken as broken:
            tape.end_segment("cut_short", complete=0)
            tape.notice(
                "segment_failed", sequence=one.sequence, cause=broken.code, facts={key: str(value) for key, value in broken.facts.items()}
            )
            if broken.final:
                raise
            return False
        finally:
            if stream is not None:
                stream.close()
        return True

    def _map(self, one: MediaSegment) -> bytes:
        if not one.map_url:
            return b""
        place = (one.map_url, one.map_range)
        if place not in self._maps:
            stream = HttpStream(*place, self._headers)
            try:
                self._maps = {place: _whole(stream, _MAP_LIMIT)}
            finally:
                stream.close()
        return self._maps[place]

    def close(self, tape: Tape) -> None:
        if self._joined is not None:
            self._joined.close(tape)
            self._joined = None
        tape.end_segment("cut_short", complete=0)
        self._ready = None


def _whole(stream: HttpStream, limit: int) -> bytes:
    body = bytearray()
    while (data := stream.read(WATCHDOG_S)) != b"":
        body += data or b""
        if len(body) > limit:
            raise Broken("http_status", "live.too_long", bytes=limit)
    return bytes(body)


def _suffix(one: MediaSegment) -> str:
    if one.map_url:
        return ".mp4"
    path = urlsplit(one.url).path.lower()
    return next((suffix for suffix in _SUFFIXES if path.endswith(suffix)), ".ts")


def shown_key(key: str) -> str:
    """Method and address of a key, as it may be kept."""
    method, _, url = key.partition(" ")
    return f"{method} {shown(url)}".strip() if key else ""
