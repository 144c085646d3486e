"""How much room is left for a capture, how long it lasts, and the ballast that lets the journal close on a full disk.

It judges and gives back its own ballast; it never deletes anything else.
"""

import contextlib
import os
import shutil
from collections import deque
from pathlib import Path
from typing import Final

from .journal import mono_us

BALLAST_BYTES: Final = 64 << 20
MIN_FREE_BYTES: Final = 2 << 30
_YELLOW_S: Final = 6 * 3600
_RED_S: Final = 3600
_STOP_S: Final = 600
_WINDOW: Final = 60


class Ballast:
    """A file of real blocks beside the capture, given back when the disk is full."""

    def __init__(self, path: Path, size: int = BALLAST_BYTES) -> None:
        self._path = path
        with contextlib.suppress(OSError), path.open("wb") as file:  # a disk already full has no room for it: the ladder says so
            if hasattr(os, "posix_fallocate"):
                os.posix_fallocate(file.fileno(), 0, size)
            else:
                file.write(b"\0" * size)
            os.fsync(file.fileno())

    def drop(self) -> None:
        with contextlib.suppress(OSError):
            self._path.unlink()


class Ladder:
    """The room left on the volume of `folder`, by what was written and what went missing there (others write too) in the last minute."""

    def __init__(self, folder: Path, *, min_free: int = MIN_FREE_BYTES, priority: int = 0) -> None:
        self._folder = folder
        #: rooms of lower priority (a higher number) stop while there is still room for the others
        self._floor = min_free + min_free // 2 * priority
        self._seen: deque[tuple[int, int, int]] = deque(maxlen=_WINDOW)
        self.seconds_left: int | None = None
        self.free = 0
        self.level = ""

    def look(self, written: int) -> str:
        """Call each second with the bytes received so far; gives "", yellow, red or stop. Raises OSError where the volume is gone."""
        self.free = shutil.disk_usage(self._folder).free
        now = mono_us()
        self._seen.append((now, written, self.free))
        first_at, first_written, first_free = self._seen[0]
        lost = max(written - first_written, first_free - self.free)
        enough = now - first_at > 10_000_000 and lost > 0
        self.seconds_left = self.free * (now - first_at) // lost // 1_000_000 if enough else None
        left = self.seconds_left if self.seconds_left is not None else _YELLOW_S
        self.level = (
            "stop" if self.free < self._floor or left < _STOP_S else "red" if left < _RED_S else "yellow" if left < _YELLOW_S else ""
        )
        return self.level
