"""Lane A: HTTP-FLV, the tags as received. Each segment is our short preamble and then the received bytes, cut between tags.

It looks at tag headers to know where to cut; it repairs, drops and reorders nothing.
"""

import time
from collections.abc import Mapping
from typing import Any, Final

from .flvtags import AUDIO, SCRIPT, VIDEO, NotFlv, Tag, preamble, read_header, take_tags
from .lane import Broken
from .source import HttpStream
from .tape import Tape
from .watch import ClockWatch, RepeatWatch

Json = dict[str, Any]
SEGMENT_MS: Final = 10_000
_LARGE: Final = 64 << 20
_TOO_LARGE: Final = 256 << 20
_WAIT_S: Final = 0.5
_LITTLE: Final = 32 << 10
_GATHER_S: Final = 0.03
_MILLI: Final = 1000


class FlvLane:
    """HTTP-FLV from one address."""

    name = "flv"

    def __init__(self, url: str, headers: Mapping[str, str] | None = None) -> None:
        self._url = url
        self._sent = headers
        self._stream: HttpStream | None = None
        self._repeats = RepeatWatch()
        self._clear()

    def _clear(self) -> None:
        """A new connection begins with nothing of the last one but what was seen."""
        self._buffer = bytearray()
        self._batch = bytearray()
        self._pending = bytearray()
        self._headers: dict[int, bytes] = {}
        self._clock = ClockWatch()
        self._started = False
        self._cut = "start"
        self._opened_ms = 0
        self._last_ms = 0
        self._waits_for_key = False

    def open(self, tape: Tape) -> Json:
        self._clear()
        self._stream = HttpStream(self._url, headers=self._sent)
        answer = self._stream.answer
        tape.new_epoch()
        self._repeats.reconnected()
        return {"status": answer.status, **{name: answer.headers[name] for name in ("date", "content-type") if name in answer.headers}}

    def step(self, tape: Tape) -> bool:
        assert self._stream is not None
        data = self._stream.read(_WAIT_S)
        if data is None:
            return True
        self._buffer += data
        try:
            if not self._started and not self._begin(tape):
                return bool(data)
            for tag in take_tags(self._buffer):
                self._take(tag, tape)
        except NotFlv as cause:
            if not tape.open and not tape.segments:
                raise Broken("http_status", "live.not_media", type=self._stream.answer.headers.get("content-type", "-")[:80]) from cause
            raise Broken("disconnect", "live.order_lost", cause=str(cause)) from cause
        finally:
            self._flush(tape)
        if 0 < len(data) < _LITTLE:
            time.sleep(_GATHER_S)  # the next step takes what came meanwhile: a third of the wake-ups, with 0.03 s at stake
        return bool(data)

    def _begin(self, tape: Tape) -> bool:
        """Takes the stream's own header, which stands in the journal: every segment has one of ours in front."""
        header = read_header(self._buffer)
        if header is None:
            return False
        del self._buffer[: len(header)]
        self._started = True
        tape.journal.write("stream_header", data=header.hex())
        return True

    def _take(self, tag: Tag, tape: Tape) -> None:
        if tag.header:
            self._header(tag, tape)
            return
        if tag.kind == SCRIPT:
            self._script(tag, tape)
            return
        repeated = self._repeats.see(tag.body)
        if repeated:
            tape.notice("repeat_chunk", units=repeated)
        self._time(tag, tape)
        if self._cut or self._due(tag, tape):
            self._open_segment(tag, tape)
        elif self._waits_for_key and tag.key:
            self._waits_for_key = False
            tape.notice("broken_gop", undecodable_until_us=tag.shown_ms * _MILLI)
        self._batch += tag.raw
        self._last_ms = tag.shown_ms
        if tag.key:
            tape.key(tag.shown_ms * _MILLI)

    def _script(self, tag: Tag, tape: Tape) -> None:
        """Metadata. At time 0 before the media it stays in the file; later ones go to the journal with their place in the received bytes.

        FFmpeg takes a script tag at any other time for a text track that begins in mid-file, and readers stumble over it.
        """
        if tag.stamp_ms == 0 and self._cut == "start":
            self._pending += tag.raw
            return
        self._flush(tape)
        tape.script(tag.raw, before=len(self._pending))

    def _header(self, tag: Tag, tape: Tape) -> None:
        known = self._headers.get(tag.kind)
        if known is not None and known[11:-4] != tag.body and not self._cut:
            self._cut = "header_change"
            tape.notice("header_change", stream="video" if tag.kind == VIDEO else "audio", at_us=tag.stamp_ms * _MILLI)
        self._headers[tag.kind] = tag.raw
        (self._pending if self._cut else self._batch).extend(tag.raw)

    def _time(self, tag: Tag, tape: Tape) -> None:
        what, jump = self._clock.see(tag.kind, tag.stamp_ms * _MILLI)
        if not what:
            return
        kind = "ts_forward" if jump > 0 else "ts_backward"
        tape.notice(kind, jump_us=jump, at_us=tag.stamp_ms * _MILLI, cuts=int(what == "cut"))
        if what == "cut":
            self._cut = kind

    def _due(self, tag: Tag, tape: Tape) -> bool:
        size = tape.segment_bytes
        if size > _TOO_LARGE:
            self._cut = "size"
        elif tag.key or VIDEO not in self._headers:
            if tape.mark_asked.is_set():
                self._cut = "mark"
            elif tag.shown_ms - self._opened_ms >= SEGMENT_MS or size > _LARGE:
                self._cut = "time"
        return bool(self._cut)

    def _open_segment(self, tag: Tag, tape: Tape) -> None:
        self._flush(tape)
        why, self._cut = self._cut, ""
        if why in ("ts_forward", "ts_backward"):
            tape.end_segment(why)
            tape.new_epoch()
        if why == "mark":
            tape.mark_asked.clear()
        made = preamble([self._headers[kind] for kind in (VIDEO, AUDIO) if kind in self._headers], tag.stamp_ms)
        same_clock = why in ("time", "mark", "header_change", "size")
        tape.begin(".flv", made, why=why, starts_us=tag.shown_ms * _MILLI if same_clock else None)
        self._opened_ms = tag.shown_ms
        self._waits_for_key = VIDEO in self._headers and not tag.key and tag.kind == VIDEO
        self._batch += self._pending
        self._pending.clear()

    def _flush(self, tape: Tape) -> None:
        if self._batch and tape.open:
            tape.write(self._batch, self._last_ms * _MILLI)
            self._batch = bytearray()

    def close(self, tape: Tape) -> None:
        if self._stream is not None:
            self._stream.close()
            self._stream = None
            tape.torn(bytes(self._pending) + bytes(self._buffer))
            self._pending.clear()
            self._buffer.clear()
