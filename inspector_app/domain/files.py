"""Files that are written whole or not at all: beside their place first, made durable, then put there in one step."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from .errors import StorageError


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """A path beside `target` to write a file to; put in its place, durably, when the block ends well, removed otherwise.

    An older file at `target` stays as it was until then. Makes the folder. Raises StorageError for every OSError, also of the block.
    """
    partial = target.with_name(f"{target.name}.{os.getpid()}.partial")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        yield partial
        with partial.open("r+b") as file:
            os.fsync(file.fileno())
        partial.replace(target)
        sync_folder(target.parent)
    except OSError as cause:
        raise StorageError.of(cause, target) from cause
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)


def write_bytes(target: Path, content: bytes) -> Path:
    """Writes `content` to `target` as `replacing` does, and returns `target`."""
    with replacing(target) as partial:
        partial.write_bytes(content)
    return target


def write_text(target: Path, text: str, *, encoding: str = "utf-8") -> Path:
    """Writes `text` to `target` as `replacing` does, line ends as they are in it, and returns `target`."""
    return write_bytes(target, text.encode(encoding))


def sync_folder(folder: Path) -> None:
    """Makes the new name durable where the system can open folders (not on Windows)."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
