"""Official texts that the user imported, kept beside the user's other data by digest. Verbatim words come from here and nowhere else.

Each text is a copy of the file as it was, named by its SHA-256, with a small label (`<digest>.json`) that remembers the file's own name,
its title, where it came from and when. A text is only ever added: a newer edition lies beside the older one, so what a finding was
tagged with can still be quoted.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

import platformdirs

from inspector_app.domain.errors import BadInput
from inspector_app.domain.files import write_bytes

from .comparing import differences
from .documents import read_bytes
from .model import Edition
from .official import OfficialText, parse_official_text, same_law


@dataclass(frozen=True, slots=True)
class Shelved:
    """One text on the shelf: the label, and the file with the words."""

    sha256: str
    title: str
    #: the name of the file that was imported
    name: str
    #: where the person said it came from, or the address the text names; empty where neither is known
    origin: str
    #: when it was imported, ISO 8601 in UTC
    at: str
    file: Path


def user_folder(name: str) -> Path:
    """A folder of the user's own data; `ZHIJIAN_DATA` overrides where they all lie."""
    base = os.environ.get("ZHIJIAN_DATA")
    return (Path(base) if base else platformdirs.user_data_path("zhijian-inspector", appauthor=False)) / name


def folder() -> Path:
    """Where the texts lie."""
    return user_folder("statutes")


def put(path: Path, origin: str = "") -> OfficialText:
    """Reads an official text and keeps a copy by its SHA-256; one that is there already stays as it is.

    Raises what the reader raises, and StorageError.
    """
    data = read_bytes(path)
    text = parse_official_text(data, path.name)
    label = {
        "title": text.title,
        "name": path.name,
        "origin": origin or text.source_address or "",
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    for name, content in (
        (f"{text.source_sha256}{path.suffix.lower()}", data),
        (f"{text.source_sha256}.json", json.dumps(label, ensure_ascii=False, indent=1).encode()),
    ):
        if not (folder() / name).exists():
            write_bytes(folder() / name, content)
    return text


def shelved() -> list[Shelved]:
    """Everything on the shelf, newest import first; a copy without its label is not on the shelf."""
    return sorted(_labels(), key=lambda one: (one.at, one.sha256), reverse=True)


def _labels() -> Iterator[Shelved]:
    for label in sorted(folder().glob("*.json")):
        kept = [file for file in folder().glob(f"{label.stem}.*") if file.suffix not in (".json", ".partial")]
        try:
            said = json.loads(label.read_text(encoding="utf-8"))
            title, name, origin, at = (str(said[key]) for key in ("title", "name", "origin", "at"))
        except (OSError, ValueError, KeyError, TypeError):
            continue
        if kept:
            yield Shelved(label.stem, title, name, origin, at, kept[0])


def read(one: Shelved) -> OfficialText:
    """The text itself; BadInput `law.shelf_altered` when the copy is no longer what was imported, and what the reader raises."""
    stands = one.file.stat()
    return _read(one, stands.st_size, stands.st_mtime_ns)


@lru_cache(maxsize=64)
def _read(one: Shelved, _size: int, _changed: int) -> OfficialText:
    text = parse_official_text(read_bytes(one.file), one.name)
    if text.source_sha256 != one.sha256:
        raise BadInput("law.shelf_altered", file=one.name, path=str(one.file))
    return text


def texts_of(name: str) -> list[OfficialText]:
    """The sound texts of the law of that name, the newest edition first; a copy that was altered is passed over (`altered` names it)."""
    found = [text for one in shelved() if same_law(name, one.title) and (text := _sound(one)) is not None]
    return sorted(found, key=lambda text: text.newest_day.isoformat() if text.newest_day else "", reverse=True)


def _sound(one: Shelved) -> OfficialText | None:
    try:
        return read(one)
    except (BadInput, OSError):
        return None


def altered() -> list[Shelved]:
    """Copies whose bytes are no longer those that were imported, or can't be read."""
    return [one for one in shelved() if _sound(one) is None]


def find(edition: Edition) -> OfficialText | None:
    """The newest imported text that is this edition: the same law, of its days, and every place agrees; None where there is none."""
    return next((text for text in texts_of(edition.name.zh) if of_its_days(edition, text) and not differences(edition, text)), None)


def of_its_days(edition: Edition, text: OfficialText) -> bool:
    """Whether the latest day a text names lies between the edition's promulgation and its coming into force: an amendment may change
    words without changing a single number, so equal places alone do not make a text this edition."""
    newest = text.newest_day
    return newest is not None and edition.promulgated <= newest <= max(edition.promulgated, edition.in_force_from)


def origin_of(text: OfficialText) -> str:
    """Where a shelved text came from, as its label says; empty where it is not on the shelf."""
    return next((one.origin for one in shelved() if one.sha256 == text.source_sha256), "")
