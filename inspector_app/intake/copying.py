"""One file from outside into the case: read once, hashed while copied (`copy_in`); flushed, read back and compared (`prove_copy`).

What is under way lies in `originals/.incoming/` as `<token>.partial` with a note of its source beside it, so that a stopped import
can go on. Nothing here decides what a file is or gives it its final name.
"""

import contextlib
import errno
import hashlib
import json
import os
import shutil
import stat
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from io import FileIO
from pathlib import Path

from inspector_app.domain.errors import BadInput, InspectorError, StorageError
from inspector_app.domain.timebase import iso
from inspector_app.integrity.digests import BUFFER, Digests, FileDigests

#: A file changed less than this before it was read may still be written to (capture note 7: "size changes in 2 s").
SETTLE_NS = 2_000_000_000
#: Room left on the disk beside the copy, for the database and the index.
SPARE_BYTES = 64 << 20
_FULL = {errno.ENOSPC, errno.EDQUOT}


@dataclass(frozen=True)
class Source:
    """A file outside as it was found: path as given, path with links followed, size, modification time."""

    path: Path
    resolved: Path
    size: int
    mtime_ns: int

    @property
    def mtime(self) -> str:
        """Modification time in UTC, ISO 8601, cut to milliseconds."""
        return iso(datetime.fromtimestamp(self.mtime_ns // 1_000_000_000, UTC).replace(microsecond=self.mtime_ns % 1_000_000_000 // 1000))

    def unchanged(self, found: os.stat_result) -> bool:
        return (found.st_size, found.st_mtime_ns) == (self.size, self.mtime_ns)


@dataclass(frozen=True)
class Incoming:
    """Where one source is copied to before it is accepted."""

    partial: Path
    note: Path

    @staticmethod
    def of(source: Source, vault: Path) -> "Incoming":
        """The same source gets the same place in every run, by its path."""
        token = hashlib.sha256(os.fsencode(source.path)).hexdigest()[:24]
        folder = vault / ".incoming"
        return Incoming(folder / f"{token}.partial", folder / f"{token}.json")

    def discard(self) -> None:
        self.partial.unlink(missing_ok=True)
        self.note.unlink(missing_ok=True)


def find_source(path: Path) -> Source:
    """Looks at a file; raises BadInput `import.vanished`, `import.denied`, `import.not_a_file` or `import.read_error`."""
    try:
        resolved = path.resolve(strict=True)
        found = resolved.stat()
    except OSError as error:
        raise read_failure(error, path, 0) from error
    if not stat.S_ISREG(found.st_mode):
        raise BadInput("import.not_a_file", file=path.name)
    return Source(path.absolute(), resolved, found.st_size, found.st_mtime_ns)


def read_failure(error: OSError, path: Path, done: int) -> InspectorError:
    """The refusal that names why a source cannot be read."""
    if isinstance(error, FileNotFoundError | NotADirectoryError) or error.errno == errno.ELOOP:
        return BadInput("import.vanished", file=path.name)
    if isinstance(error, PermissionError):
        return BadInput("import.denied", file=path.name)
    return BadInput("import.read_error", file=path.name, bytes=done, cause=error.strerror or str(error))


def write_failure(error: OSError, path: Path, folder: Path) -> StorageError:
    """The failure that names why the case's disk refused."""
    if error.errno in _FULL:
        return StorageError("storage.full", file=path.name, path=str(folder), free_bytes=_free(folder))
    if error.errno == errno.EFBIG:  # a FAT32 disk holds no file of 4 GB and more
        return StorageError("storage.file_too_big", file=path.name, path=str(folder))
    return StorageError.of(error, folder, file=path.name)


def _free(folder: Path) -> int:
    with contextlib.suppress(OSError):
        return shutil.disk_usage(folder).free
    return 0


def wait_until_still(path: Path, check: Callable[[], None]) -> Source:
    """Waits until a file has not changed for two seconds and returns it as it then is; raises what `find_source` raises."""
    source = find_source(path)
    since = time.monotonic_ns()
    while time.monotonic_ns() - since < SETTLE_NS:
        check()
        time.sleep(0.1)
        now = find_source(path)
        if now != source:
            source, since = now, time.monotonic_ns()
    return source


def copy_in(
    source: Source, incoming: Incoming, on_bytes: Callable[[int], None], check: Callable[[], None], *, snapshot: bool = False
) -> FileDigests:
    """Copies a source to its partial and returns its digests; that the disk holds the same bytes is for `prove_copy` to say.

    With `snapshot` the first `source.size` bytes are taken, whatever is written behind them meanwhile.

    `on_bytes` is told the bytes of the source read so far; `check` is called for every piece and may raise to stop, which leaves the
    partial to go on from. A partial of the same, unchanged source is compared with it rather than written again. Raises BadInput
    `import.growing`, `import.vanished`, `import.denied`, `import.read_error`; StorageError `storage.full`, `storage.read_only`,
    `storage.failed`.
    """
    kept = _prepare(source, incoming)
    try:
        file = source.resolved.open("rb", buffering=0)
    except OSError as error:
        raise read_failure(error, source.path, 0) from error
    with file:
        digests = _copy(source, file, incoming, kept, on_bytes, check, source.size if snapshot else None)
        if not snapshot:
            _wait_until_settled(source, check)
        if digests.bytes != source.size or not (snapshot or source.unchanged(os.fstat(file.fileno()))):
            raise BadInput("import.growing", file=source.path.name, before=source.size, after=os.fstat(file.fileno()).st_size)
    return digests


def _prepare(source: Source, incoming: Incoming) -> int:
    """Makes the place ready and the note true; returns how many bytes of an earlier attempt are there to compare with."""
    note = {"path": str(source.path), "size": source.size, "mtime_ns": source.mtime_ns}
    try:
        incoming.partial.parent.mkdir(parents=True, exist_ok=True)
        known: object = None
        with contextlib.suppress(FileNotFoundError, ValueError):
            known = json.loads(incoming.note.read_text("utf-8"))
        if known != note:
            incoming.discard()
        kept = incoming.partial.stat().st_size if incoming.partial.exists() else 0
        needed = source.size - min(kept, source.size)
        free = shutil.disk_usage(incoming.partial.parent).free
        if free < needed + SPARE_BYTES:
            raise StorageError("storage.full", file=source.path.name, path=str(incoming.partial.parent), free_bytes=free)
        incoming.note.write_text(json.dumps(note), "utf-8")  # escaped, for names that are no text
    except OSError as error:
        raise write_failure(error, source.path, incoming.partial.parent) from error
    return kept


def _copy(
    source: Source,
    file: FileIO,
    incoming: Incoming,
    kept: int,
    on_bytes: Callable[[int], None],
    check: Callable[[], None],
    limit: int | None,
) -> FileDigests:
    digests = Digests()
    view, beside = memoryview(bytearray(BUFFER)), memoryview(bytearray(BUFFER))
    done = 0
    try:
        target = incoming.partial.open("r+b" if kept else "wb", buffering=0)
    except OSError as error:
        raise write_failure(error, source.path, incoming.partial.parent) from error
    with target:
        while True:
            check()
            try:
                count = file.readinto(view)
            except OSError as error:
                raise read_failure(error, source.path, done) from error
            count = count if limit is None else min(count, limit - done)
            if not count:
                break
            digests.update(view[:count])
            try:
                _put(target, view[:count], beside[:count], compare=done < kept)
            except OSError as error:
                raise write_failure(error, source.path, incoming.partial.parent) from error
            done += count
            on_bytes(done)
        try:
            target.truncate(done)
        except OSError as error:
            raise write_failure(error, source.path, incoming.partial.parent) from error
    return digests.result()


def _put(target: FileIO, piece: memoryview, beside: memoryview, *, compare: bool) -> None:
    """Makes the target hold `piece` at its position, writing only if it does not already."""
    if compare:
        at = target.tell()
        if target.readinto(beside) == len(piece) and beside == piece:
            return
        target.seek(at)
    if not compare and _is_hole(piece):  # a hole of a sparse file stays one
        target.seek(len(piece), os.SEEK_CUR)
        return
    rest = piece
    while rest:
        rest = rest[target.write(rest) :]


def _is_hole(piece: memoryview) -> bool:
    """Whether a whole piece is zeros; a look at three bytes spares the search in ordinary material."""
    return len(piece) == BUFFER and not (piece[0] or piece[-1] or piece[BUFFER // 2]) and not any(piece.tobytes().strip(b"\0"))


def _wait_until_settled(source: Source, check: Callable[[], None]) -> None:
    """Gives a writer of a very new file the time to show itself."""
    while 0 <= time.time_ns() - source.mtime_ns < SETTLE_NS:
        check()
        time.sleep(0.05)


def prove_copy(source: Source, path: Path, sha256: str, check: Callable[[], None]) -> None:
    """Flushes a copy and reads it back, from the disk rather than from memory where the system can be asked to forget.

    `check` may raise to stop. Raises BadInput `import.copy_differs` where it has not this SHA-256; StorageError as `copy_in`.
    """
    digest = hashlib.sha256()
    view = memoryview(bytearray(BUFFER))
    try:
        with path.open("r+b", buffering=0) as file:
            os.fsync(file.fileno())
            if hasattr(os, "posix_fadvise"):
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
            while count := file.readinto(view):
                check()
                digest.update(view[:count])
    except OSError as error:
        raise write_failure(error, source.path, path.parent) from error
    if digest.hexdigest() != sha256:
        raise BadInput("import.copy_differs", file=source.path.name)


def settle_in_vault(partial: Path, final: Path) -> None:
    """Gives an accepted copy its final name, read-only, and makes both last; an unregistered file of that name is replaced.

    Raises OSError.
    """
    partial.chmod(0o444)
    if final.exists():
        final.chmod(0o644)  # Windows does not replace a read-only file
    partial.replace(final)
    if hasattr(os, "O_DIRECTORY"):
        folder = os.open(final.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
