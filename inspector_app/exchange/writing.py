"""Writes an export whole or not at all: beside its place first, then put there in one step."""

import contextlib
from pathlib import Path

from inspector_app.domain.errors import StorageError


def write_text(path: Path, text: str, *, encoding: str = "utf-8") -> Path:
    """Writes `text` to `path` and returns it; raises StorageError and leaves an older file as it was."""
    content = text.encode(encoding)
    staging = path.with_name(path.name + ".partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        staging.write_bytes(content)
        staging.replace(path)
    except OSError as cause:
        with contextlib.suppress(OSError):
            staging.unlink(missing_ok=True)
        raise StorageError.of(cause, path) from cause
    return path
