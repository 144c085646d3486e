"""One segment file of a capture: made exclusively, appended to without a buffer, digested as it is written, read-only once closed.

Every lane writes through it. It knows bytes and digests, not media; it never changes a byte that was written.
"""

import hashlib
import os
from datetime import datetime
from pathlib import Path

from .journal import sync_file, sync_folder


def segment_name(number: int, moment: datetime, epoch: int, suffix: str) -> str:
    """`000123_20261121T091500.123Z_e02.flv`: number in the capture, moment (UTC) it was opened, timestamp epoch."""
    return f"{number:06d}_{moment:%Y%m%dT%H%M%S}.{moment.microsecond // 1000:03d}Z_e{epoch:02d}{suffix}"


class SegmentWriter:
    """An open segment. `preamble` is what we put in front of the received bytes so that the file plays alone."""

    def __init__(self, path: Path, preamble: bytes) -> None:
        """Raises OSError; FileExistsError where there is such a file, which is never overwritten."""
        self.path = path
        self.preamble_bytes = len(preamble)
        self.bytes = 0
        self._whole = hashlib.sha256()
        #: without a front of ours both are the same
        self._received = hashlib.sha256() if preamble else self._whole
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        self._file = os.open(path, flags, 0o644)
        try:
            self._append(preamble)
        except OSError:  # no room even for our own front: nothing was received into it
            os.close(self._file)
            path.unlink()
            raise

    def _append(self, data: "bytes | bytearray | memoryview") -> None:
        view = memoryview(data)
        while view.nbytes:
            done = os.write(self._file, view)
            self._whole.update(view[:done])
            self.bytes += done
            view = view[done:]

    def write(self, data: "bytes | bytearray | memoryview") -> None:
        """Received bytes, as they came; on OSError (a full disk) what did get written is counted and digested."""
        before = self.bytes
        try:
            self._append(data)
        finally:
            if self._received is not self._whole:
                self._received.update(memoryview(data)[: self.bytes - before])

    @property
    def digest_so_far(self) -> str:
        return self._whole.hexdigest()

    def sync(self) -> None:
        sync_file(self._file)

    def close(self) -> tuple[str, str]:
        """Syncs file and folder, makes the file read-only; returns the SHA-256 of the whole file and of the received bytes alone."""
        try:
            os.fsync(self._file)
        finally:
            os.close(self._file)
        self.path.chmod(0o444)
        sync_folder(self.path.parent)
        return self._whole.hexdigest(), self._received.hexdigest()
