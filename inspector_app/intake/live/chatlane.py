"""The recorder of a room's chat: every message as it came, with its moment, in a chained journal of its own; never cut with the picture.

`python -m inspector_app.intake.live.chatlane SPEC.json`, address and greeting (after a tab) as the first line of standard input; started
and started again by the same supervisor as a recorder. What a message seems to say stands beside the raw message, never in its place.
"""

import base64
import contextlib
import json
import os
import random
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from inspector_app import __version__
from inspector_app.intake.chat import jsonlog
from inspector_app.intake.chat.columns import TIME, pick
from inspector_app.intake.chat.rows import ChatRow
from inspector_app.integrity.capturechain import JOURNAL, Line

from . import control
from .chatsource import ChatSource, source_of
from .control import CaptureSpec
from .journal import Journal, at_text, mono_us, utc_us
from .lane import Broken

Json = dict[str, Any]
DELAYS_S: Final = (0, 1, 2, 4, 8, 15)
_GOOD_US: Final = 5_000_000
_WAIT_S: Final = 0.5
_BEAT_S: Final = 1.0


def rows_of(message: str | bytes, number: int, arrived: str) -> list[Json]:
    """What a message seems to say, as rows; `wall` is the platform's own time, "" where it gave none. [] where nothing can be read."""
    try:
        text = message.decode("utf-8") if isinstance(message, bytes) else message
        value = json.loads(text)
    except UnicodeDecodeError:
        return []
    except (ValueError, RecursionError):
        return [] if "\0" in text else [_row(ChatRow(number, None, arrived, "", text.strip()), known=False)]
    objects = [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, dict)]
    return [row for one in objects if (row := _read(one, text, number, arrived)) is not None]


def _read(value: Json, text: str, number: int, arrived: str) -> Json | None:
    """By the format its words show; a message without a time of its own is read with that of its arrival, which is not kept as its own."""
    reader: Callable[[int, Json], ChatRow | None] = {
        "douyin-json": jsonlog.douyin,
        "youtube-json": jsonlog.youtube,
        "twitch-json": jsonlog.twitch,
    }.get(jsonlog.flavour(text.lstrip("[ ")) or "", jsonlog.generic)
    if reader is jsonlog.generic and not pick(value, TIME):
        row = reader(number, {**value, "time": arrived})
        return None if row is None else _row(row, known=False)
    row = reader(number, value)
    if row is not None:
        return _row(row, known=True)
    row = reader(number, {**value, "createTime": arrived, "created_at": arrived})
    return None if row is None else _row(row, known=False)


def _row(row: ChatRow, *, known: bool) -> Json:
    said = row.to_json()
    said.pop("line")
    said.pop("time_us")
    return {**said, "wall": (row.wall or "") if known else ""}


class ChatRecorder:
    """One chat from start to end. `run` returns when it is told to stop, or where another try could change nothing."""

    def __init__(self, spec: CaptureSpec, source: ChatSource) -> None:
        self._spec = spec
        self._source = source
        self._working = Path(spec.working)
        self._over = threading.Event()
        self._reason = ""
        self._cause: Broken | None = None
        self._connected = False
        self._gap: Json | None = None
        self._last_mono = 0
        self.messages = self.gaps = self.connects = 0
        self._place = 0
        self._journal = self._start()

    def _start(self) -> Journal:
        folder = Path(self._spec.folder)
        if not (folder / JOURNAL).exists():
            journal = Journal(folder)
            facts = {"capture": self._spec.capture, "source": self._spec.source, "version": __version__}
            journal.write("start", what="chat", pid=os.getpid(), **facts, **self._spec.facts)
            return journal
        journal, lines, torn = Journal.take_over(folder)
        journal.write("process_restart", lines=len(lines), torn_base64=base64.b64encode(torn).decode(), pid=os.getpid())
        self._remember(lines)
        return journal

    def _remember(self, lines: list[Line]) -> None:
        """What an earlier process had: its counts, and where the next message begins."""
        kept = [line.said for line in lines if line.event == "message"]
        self.messages = len(kept)
        self._place = kept[-1]["place"] if kept else 0
        self.gaps = sum(line.event == "gap" for line in lines)
        self.connects = sum(line.event == "connect" for line in lines)
        if lines:
            self._gap = _gap_from(lines[-1].said["at"], lines[-1].said["mono_us"], "process_restart")

    def run(self) -> None:
        """Records until it is over; the journal's last line says why. Raises OSError where the disk refuses."""
        beat = threading.Thread(target=self._keep_time, daemon=True)
        beat.start()
        try:
            self._record()
        finally:
            self._over.set()
            beat.join()
        self._end_gap(resumed=False)
        cause = {} if self._cause is None else {"cause": self._cause.code}
        self._journal.write("end", reason=self._reason or "stopped", messages=self.messages, gaps=self.gaps, **cause)
        self._journal.close()
        self._tell("stopped")

    def _keep_time(self) -> None:
        while not self._over.wait(_WAIT_S / 2):
            # its capture's own folder is the one above: a chat never outlives the picture it belongs to
            if (self._working / control.STOP).exists() or control.read_state(self._working.parent).get("state") == "stopped":
                self._over.set()
            with contextlib.suppress(OSError):  # the other thread meets the disk too, and ends
                self._tell("recording" if self._connected else "waiting" if self.connects else "connecting")

    def _tell(self, state: str) -> None:
        """`last_message_s`: whole seconds since the last one, None before the first."""
        ago = (mono_us() - self._last_mono) // 1_000_000 if self._last_mono else None
        said = {
            "capture": self._spec.capture,
            "state": state,
            "reason": self._reason,
            "source": self._source.name,
            "pid": os.getpid(),
            "at_utc_ms": time.time_ns() // 1_000_000,
            "messages": self.messages,
            "last_message_s": ago,
            "gaps": self.gaps,
            "reconnects": max(0, self.connects - 1),
            "trouble": None if self._cause is None or self._connected else {"code": self._cause.code, "facts": _words(self._cause)},
        }
        control.write_whole(self._working / control.STATE, json.dumps(said, ensure_ascii=False))

    def _record(self) -> None:
        attempt = -1
        while not self._over.is_set():
            began = mono_us()
            self._cause = self._one_connection()
            if self._cause is None:
                return
            if self._cause.final:
                self._reason = "refused" if not self.messages else "source_ended"
                return
            self._gap = self._gap or _gap_from(at_text(utc_us()), mono_us(), self._cause.kind)
            self._gap |= {"attempts": self._gap["attempts"] + 1, "cause": self._cause.code}
            attempt = 0 if mono_us() - began >= _GOOD_US else attempt + 1
            self._over.wait(DELAYS_S[min(attempt, len(DELAYS_S) - 1)] * random.uniform(0.8, 1.2))

    def _one_connection(self) -> Broken | None:
        """Takes messages until told to stop (None), or until it breaks."""
        try:
            self._take()
        except Broken as broken:
            return broken
        finally:
            self._connected = False
            self._source.close()
        return None

    def _take(self) -> None:
        facts = self._source.open(self._place)
        self._end_gap(resumed=True)
        self._journal.write("connect", source=self._source.name, attempt=self.connects + 1, **facts)
        self.connects += 1
        self._connected = True
        beat = time.monotonic()
        while not self._over.is_set():
            for message, place in self._source.read(_WAIT_S):
                self._keep(message, place)
            if time.monotonic() - beat >= _BEAT_S:
                beat = time.monotonic()
                self._journal.write("heartbeat", messages=self.messages)

    def _keep(self, message: str | bytes, place: int) -> None:
        """The message as it came; the next heartbeat puts it on the disk for good."""
        raw: Json
        if isinstance(message, bytes):
            try:
                raw = {"raw": message.decode("utf-8")}
            except UnicodeDecodeError:
                raw = {"raw_base64": base64.b64encode(message).decode()}
        else:
            raw = {"raw": message}
        self._last_mono = mono_us()
        self._place = place
        self.messages += 1
        rows = rows_of(message, self.messages, at_text(utc_us()))
        self._journal.note("message", number=self.messages, place=place, rows=rows, **raw)

    def _end_gap(self, *, resumed: bool) -> None:
        gap, self._gap = self._gap, None
        if gap is not None:
            self.gaps += 1
            now = mono_us()
            self._journal.write(
                "gap", **gap, end_at=at_text(utc_us()), end_mono_us=now, length_us=now - gap["start_mono_us"], resumed=int(resumed)
            )


def _gap_from(at: str, since: int, kind: str) -> Json:
    return {"kind": kind, "class": "chat", "start_at": at, "start_mono_us": since, "attempts": 0}


def _words(cause: Broken) -> Json:
    return {name: str(value) for name, value in cause.facts.items()}


def main(spec_path: Path) -> int:
    """Runs a chat recorder; status 0 means that it is over and must not be started again."""
    begun = control.begin(spec_path)
    if begun is not None:
        spec, told = begun
        address, _, hello = told.partition("\t")
        ChatRecorder(spec, source_of(address, hello)).run()
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
