"""What a lane records on: the journal and the open segment as one, with epochs, gaps, stalls, heartbeats and the key-frame anchors.

One lane thread writes, one other thread ticks; a lock keeps them apart. Nothing is ever dropped here: what a full disk refuses ends the
recording with its journal closed.
"""

import base64
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from .journal import Journal, at_text, mono_us, utc_us
from .segments import SegmentWriter, segment_name

Json = dict[str, Any]

STALL_US: Final = 3_000_000
#: "recording" is said only while bytes reached the disk within this time
FRESH_US: Final = 5_000_000
_DIGEST_EVERY_US: Final = 5_000_000
#: what a broken-off connection leaves of an unfinished tag is kept in the journal up to this size
_TORN_KEPT: Final = 1 << 20

#: gap kinds and whose they are: ours, the network's, the source's
CLASS_OF: Final = {
    "stall": "network",
    "disconnect": "network",
    "http_status": "source",
    "resolve_fail": "network",
    "hls_sequence_hole": "source",
    "ts_forward": "source",
    "ts_backward": "source",
    "header_change": "source",
    "repeat_chunk": "source",
    "broken_gop": "source",
    "disk": "ours",
    "clock_step": "ours",
    "process_restart": "ours",
    "user_pause": "ours",
}


class Tape:
    """Where a lane records. All times on the container's clock are microseconds (`*_us`)."""

    def __init__(self, folder: Path, journal: Journal, *, number: int = 0, epoch: int = -1, received: int = 0) -> None:
        self.folder = folder
        self.journal = journal
        self.stopping = threading.Event()
        #: a person marked this moment: the next segment begins at the next key frame
        self.mark_asked = threading.Event()
        self.lock = threading.RLock()
        self.number = number
        self.epoch = epoch
        self.received = received
        self.segments = 0
        self.gaps = 0
        self.connects = 0
        self.last_us: int | None = None
        #: highest media sequence kept so far (segmented sources), so that a restart takes none twice
        self.sequence: int | None = None
        self.wrote_at = 0
        #: monotonic time of the first byte of this process
        self.first_at = 0
        self.stopped = False
        #: what the lane sees of itself, for the state file: warnings, level of the sound
        self.view: Json = {}
        self._segment: SegmentWriter | None = None
        self._facts: Json = {}
        self._unsaid: Json = {}
        self._keys: list[list[int]] = []
        self._delay: int | None = None
        self._gap: Json | None = None
        self._stalled_at = 0
        self._digest_at = 0

    @property
    def reconnects(self) -> int:
        return max(0, self.connects - 1)

    # -- segments ------------------------------------------------------------------------------------------------------------

    @property
    def open(self) -> bool:
        return self._segment is not None

    @property
    def segment_bytes(self) -> int:
        return self._segment.bytes if self._segment else 0

    def begin(self, suffix: str, preamble: bytes, *, why: str, starts_us: int | None = None, **facts: Any) -> None:
        """Opens the next segment; `starts_us` is the container's time it begins with, where the lane knows it. Closes the one before."""
        with self.lock:
            self.end_segment(why, ends_us=starts_us if why in ("time", "mark", "header_change", "size") else None)
            self.number += 1
            name = segment_name(self.number, datetime.now(UTC), self.epoch, suffix)
            self._segment = SegmentWriter(self.folder / name, preamble)
            self._keys, self._delay = [], None
            self._facts = {"file": name, "epoch": self.epoch, "preamble_bytes": len(preamble), "starts_us": starts_us, **facts}
            self.journal.write("open_segment", why=why, **self._facts)
            self._digest_at = mono_us()

    def write(self, data: "bytes | bytearray | memoryview", last_us: int | None = None) -> None:
        """Received bytes into the open segment. `last_us` is the newest container time among them."""
        with self.lock:
            if self._segment is None:
                raise RuntimeError("no segment is open")
            before = self._segment.bytes
            try:
                self._segment.write(data)
            finally:
                self.received += self._segment.bytes - before
            now = self.wrote_at = mono_us()
            self.first_at = self.first_at or now
            if self._stalled_at:
                self._close_stall(now)
            if last_us is not None:
                self.last_us = last_us
                delay = now - last_us
                self._delay = delay if self._delay is None else min(self._delay, delay)
            if self._gap is not None:
                self._end_gap(now)

    def key(self, key_us: int) -> None:
        """A key frame just taken: an anchor between the container's clock and ours."""
        self._keys.append([key_us, mono_us()])

    def end_segment(self, why: str, *, ends_us: int | None = None, **facts: Any) -> None:
        """Closes the open segment, if any: synced, read-only, its digests and the running chain in the journal."""
        with self.lock:
            segment, self._segment = self._segment, None
            if segment is not None:
                whole, received = segment.close()
                self.segments += 1
                self._unsaid = {
                    **self._facts,
                    "why": why,
                    "bytes": segment.bytes,
                    "sha256": whole,
                    "received_sha256": received,
                    "ends_us": ends_us,
                    "last_us": self.last_us,
                    "delay_us": self._delay,
                    "keys": self._keys,
                    "utc_minus_mono_us": utc_us() - mono_us(),
                    "chain_before": self.journal.head,
                    **facts,
                }
            if self._unsaid:  # on a full disk the line is refused at first; it is written once there is room
                self.journal.write("segment", **self._unsaid)
                self._unsaid = {}

    def new_epoch(self) -> None:
        self.epoch += 1
        self.last_us = None

    def script(self, data: bytes, *, before: int = 0) -> None:
        """A received unit kept in the journal alone; `offset` is its place among the received bytes (`before`: of those not yet written)."""
        with self.lock:
            self.journal.note("script", offset=self.received + before, bytes=len(data), data=base64.b64encode(data).decode())
            self.received += len(data)

    def torn(self, data: bytes) -> None:
        """Bytes of a unit that broke off before its end: they belong to no segment, so the journal keeps them."""
        if data:
            kept = base64.b64encode(data).decode() if len(data) <= _TORN_KEPT else None
            self.journal.write("torn", bytes=len(data), data=kept)
            self.received += len(data)

    # -- gaps ----------------------------------------------------------------------------------------------------------------

    def notice(self, kind: str, **facts: Any) -> None:
        """Something that is no missing time but must be known."""
        self.journal.write("notice", kind=kind, **{"class": CLASS_OF.get(kind, "source")}, **facts)

    def begin_gap(self, kind: str, **facts: Any) -> None:
        """From now on nothing is received; the gap is told when it ends. A gap already open goes on, with one more attempt."""
        with self.lock:
            since = self.wrote_at or mono_us()
            if self._gap is not None:
                if kind != "user_pause":
                    self._gap["attempts"] += 1
                    self._gap["last_cause"] = facts.get("cause", "")
                    return
                since = mono_us()  # a person's pause is told apart from the break it falls into
                self._end_gap(since, resumed=False)
            self._stalled_at = 0
            self._gap = {
                "kind": kind,
                "class": CLASS_OF[kind],
                "start_at": at_text(utc_us() - (mono_us() - since)),
                "start_mono_us": since,
                "media_before_us": self.last_us,
                "attempts": 1,
                **facts,
            }

    def _end_gap(self, now: int, *, resumed: bool = True) -> None:
        gap, self._gap = self._gap, None
        if gap is None:
            return
        self.gaps += 1
        after = self.last_us if resumed else None
        self.journal.write(
            "gap", **gap, end_at=at_text(utc_us()), end_mono_us=now, length_us=now - gap["start_mono_us"], media_after_us=after
        )

    def gap(self, kind: str, **facts: Any) -> None:
        """A gap known only afterwards, such as a hole in the sequence."""
        with self.lock:
            self.gaps += 1
            now, text = mono_us(), at_text(utc_us())
            self.journal.write(
                "gap",
                kind=kind,
                **{"class": CLASS_OF[kind]},
                start_at=text,
                end_at=text,
                start_mono_us=now,
                end_mono_us=now,
                length_us=0,
                attempts=0,
                media_before_us=self.last_us,
                **facts,
            )

    def _close_stall(self, now: int) -> None:
        since, self._stalled_at = self._stalled_at, 0
        start = at_text(utc_us() - (now - since))
        self.gaps += 1
        self.journal.write(
            "gap",
            kind="stall",
            **{"class": CLASS_OF["stall"]},
            start_at=start,
            end_at=at_text(utc_us()),
            start_mono_us=since,
            end_mono_us=now,
            length_us=now - since,
            media_before_us=self.last_us,
            attempts=0,
        )

    # -- time passing --------------------------------------------------------------------------------------------------------

    @property
    def growing(self) -> bool:
        """Whether bytes reached the disk just now: the only thing that is ever shown as "recording"."""
        return bool(self.wrote_at) and mono_us() - self.wrote_at < FRESH_US

    def tick(self) -> None:
        """Call each second from the other thread: sync, heartbeat, stall."""
        with self.lock:
            now = mono_us()
            if self._segment is not None:
                self._segment.sync()
            facts: Json = {}
            if self._segment is not None:
                facts = {"segment_bytes": self._segment.bytes}
                if now - self._digest_at >= _DIGEST_EVERY_US:
                    self._digest_at = now
                    facts |= {"open_file": self._segment.path.name, "sha256_so_far": self._segment.digest_so_far}
            self.journal.write("heartbeat", received=self.received, last_us=self.last_us, **facts)
            if self.wrote_at and self._gap is None and not self._stalled_at and now - self.wrote_at > STALL_US:
                self._stalled_at = self.wrote_at

    def finish(self, reason: str, **facts: Any) -> None:
        """The last lines: the open segment closed, an open gap told, the chain's head."""
        with self.lock:
            self.stopping.set()
            self.end_segment(reason)
            self._last_line(reason, facts)

    def _last_line(self, reason: str, facts: Json) -> None:
        if self._stalled_at:
            self._close_stall(mono_us())
        self._end_gap(mono_us(), resumed=False)
        self.journal.write(
            "end",
            reason=reason,
            chain_head=self.journal.head,
            segments=self.number,
            received=self.received,
            reconnects=self.reconnects,
            **facts,
        )
        self.journal.close()
        self.stopped = True
