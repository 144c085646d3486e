"""The capture's own journal: one chained JSON line an event, on the disk before anything else counts as done.

It only appends. What the lines mean is settled in `integrity.capturechain`, which the stand-alone check reads them with.
"""

import os
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from inspector_app.domain.timebase import iso
from inspector_app.integrity.capturechain import CLOSING, JOURNAL, Line, line_hash, next_head, walk
from inspector_app.integrity.chain import GENESIS, canonical

Json = dict[str, Any]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def mono_us() -> int:
    """The monotonic clock in microseconds; it goes on while the wall clock is set, and starts anew with the machine."""
    return time.monotonic_ns() // 1000


def utc_us() -> int:
    return time.time_ns() // 1000


def at_text(utc_micros: int) -> str:
    return iso(_EPOCH + timedelta(microseconds=utc_micros))


def sync_file(descriptor: int) -> None:
    """Bytes on the disk; without the file's times where the system offers that."""
    getattr(os, "fdatasync", os.fsync)(descriptor)


def sync_folder(folder: Path) -> None:
    """The folder's own entries on the disk; Windows has no such call and needs none."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


class Journal:
    """Appends to `journal.jsonl` of a capture's folder; goes on behind the last sound line of one that is there.

    Bytes behind the last sound line are never cut off: they are moved to `torn` for the caller to keep, and a journal that was torn
    goes on in place of them only through `Journal.take_over`.
    """

    def __init__(self, folder: Path, lines: list[Line] | None = None) -> None:
        self.path = folder / JOURNAL
        last = lines[-1] if lines else None
        self._previous = line_hash(last.raw) if last else GENESIS
        self.head = last.head if last else GENESIS
        self._number = int(last.said["seq"]) if last else 0
        self._lock = threading.Lock()
        flags = os.O_WRONLY | os.O_APPEND | getattr(os, "O_BINARY", 0) | (0 if last else os.O_CREAT | os.O_EXCL)
        self._file = os.open(self.path, flags, 0o644)
        if last is None:
            sync_folder(folder)

    @classmethod
    def take_over(cls, folder: Path) -> tuple["Journal", list[Line], bytes]:
        """Opens a journal left by a process that died: what is sound in it, and the torn end.

        A half-written last line would break the chain for every line after it, so the file is written anew up to the last sound line (beside
        it, then put in its place); the torn bytes come back to be told in the next line. No sound line is touched.
        """
        path = folder / JOURNAL
        content = path.read_bytes()
        lines = list(walk(content.splitlines(keepends=True)))
        sound = sum(len(line.raw) + 1 for line in lines)
        torn = content[sound:]
        if torn:
            beside = path.with_name(JOURNAL + ".new")
            with beside.open("wb") as file:
                file.write(content[:sound])
                file.flush()
                os.fsync(file.fileno())
            beside.replace(path)
            sync_folder(folder)
        if not lines:
            path.unlink()
        return cls(folder, lines), lines, torn

    def write(self, event: str, **facts: Any) -> None:
        """One event, on the disk on return. Raises OSError (a full disk), and then nothing was written that counts."""
        with self._lock:
            self._append(event, facts)
            sync_file(self._file)

    def note(self, event: str, **facts: Any) -> None:
        """One event that the next heartbeat syncs."""
        with self._lock:
            self._append(event, facts)

    def _append(self, event: str, facts: Json) -> None:
        said = {
            "at": at_text(utc_us()),
            "event": event,
            "mono_us": mono_us(),
            "prev": self._previous,
            "seq": self._number + 1,
            **facts,
        }
        line = canonical(said).encode()
        _write_all(self._file, line + b"\n")
        self._number += 1
        self._previous = line_hash(line)
        if event in CLOSING:
            self.head = next_head(self.head, said["sha256"], line)

    def close(self) -> None:
        """Nothing can be written afterwards: a thread left behind must not reach a file that got the same number."""
        with self._lock:
            os.fsync(self._file)
            os.close(self._file)
            self._file = -1


def _write_all(descriptor: int, data: bytes) -> None:
    """All of it, or as before: a line that a full disk cut in two is taken back."""
    before = os.fstat(descriptor).st_size
    try:
        done = os.write(descriptor, data)
        while done < len(data):
            done += os.write(descriptor, data[done:])
    except OSError:
        os.ftruncate(descriptor, before)
        raise
