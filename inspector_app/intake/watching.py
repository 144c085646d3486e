"""A folder somebody else writes into: which files in it are new and finished. It looks, by asking again and again; it copies nothing."""

import os
import stat
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from .copying import SETTLE_NS
from .kinds import WANTED

#: path, size and modification time (ns): what makes a file the same one as before
Seen = tuple[str, int, int]


class Watch:
    """One watched folder. Files count as finished when neither size nor time has changed for two seconds; each is told once.

    `already` are files not to be told (imported before, or refused and unchanged since). `clock` counts nanoseconds.
    """

    def __init__(self, folder: Path, already: Iterable[Seen] = (), clock: Callable[[], int] = time.monotonic_ns) -> None:
        self.folder = folder
        self._told = set(already)
        self._clock = clock
        #: path → size, modification time, and since when they stand
        self._standing: dict[str, tuple[int, int, int]] = {}

    def poll(self) -> list[Path]:
        """Files that have become finished since the last call, by name; none where the folder cannot be read (a disk pulled out)."""
        now = self._clock()
        finished: list[Path] = []
        present = self._present()
        for path, (size, mtime_ns) in sorted(present.items()):
            if (path, size, mtime_ns) in self._told:
                continue
            before = self._standing.get(path)
            if before is None or before[:2] != (size, mtime_ns):
                self._standing[path] = (size, mtime_ns, now)
            elif now - before[2] >= SETTLE_NS:
                self._told.add((path, size, mtime_ns))
                finished.append(Path(path))
        self._standing = {path: standing for path, standing in self._standing.items() if path in present}
        return finished

    @property
    def waiting(self) -> int:
        """How many files are there that may still be written to."""
        return sum((path, size, mtime) not in self._told for path, (size, mtime, _) in self._standing.items())

    def _present(self) -> dict[str, tuple[int, int]]:
        found: dict[str, tuple[int, int]] = {}
        for place, folders, names in os.walk(self.folder):
            folders[:] = [name for name in folders if not name.startswith(".")]
            for name in names:
                if name.startswith(".") or Path(name).suffix.lower() not in WANTED:
                    continue
                path = os.path.join(place, name)  # noqa: PTH118  # thousands of files each second
                try:
                    state = os.stat(path)  # noqa: PTH116
                except OSError:  # gone between listing and looking
                    continue
                if stat.S_ISREG(state.st_mode) and state.st_size:
                    found[path] = (state.st_size, state.st_mtime_ns)
        return found
