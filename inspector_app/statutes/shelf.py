"""Official texts that the user imported, kept beside the user's other data by digest. Verbatim words come from here and nowhere else."""

import os
import shutil
from pathlib import Path

import platformdirs

from inspector_app.domain.errors import StorageError

from .comparing import differences
from .model import Edition
from .official import OfficialText, read_official_text


def folder() -> Path:
    """Where the texts lie; `ZHIJIAN_DATA` overrides the user's data folder."""
    base = os.environ.get("ZHIJIAN_DATA")
    return (Path(base) if base else platformdirs.user_data_path("zhijian-inspector", appauthor=False)) / "statutes"


def put(path: Path) -> OfficialText:
    """Reads an official text and keeps a copy named by its SHA-256; raises what the reader raises, and StorageError."""
    text = read_official_text(path)
    try:
        folder().mkdir(parents=True, exist_ok=True)
        target = folder() / f"{text.source_sha256}{path.suffix.lower()}"
        staging = target.with_name(target.name + ".partial")
        shutil.copyfile(path, staging)
        staging.replace(target)
    except OSError as cause:
        raise StorageError("storage.failed", path=str(folder()), cause=cause.strerror or str(cause)) from cause
    return text


def find(edition: Edition) -> OfficialText | None:
    """The newest imported text that is this edition: its title names the law and every place agrees; None where there is none."""
    shelved = sorted(folder().glob("*"), key=lambda file: file.stat().st_mtime, reverse=True) if folder().is_dir() else []
    texts = (read_official_text(file) for file in shelved if file.suffix != ".partial")
    return next((text for text in texts if edition.name.zh in text.title and not differences(edition, text)), None)
