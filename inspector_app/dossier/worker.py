"""The dossier's job in a child process: pictures, pages, PDF/A, seal, and only then the file under its name. Never opens the case.

It reads the pictures of the case folder and writes the PDF and its data file; the parent commits what it reports.
"""

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BytesIO
from pathlib import Path
from typing import Any

from inspector_app.domain.errors import StorageError
from inspector_app.domain.work import Channel
from inspector_app.integrity import seal

from . import archive, fonts, stills
from .render import render

Json = dict[str, Any]
#: Steps after the pictures: pages, PDF/A, seal.
_STEPS = 3


def run(spec: Json, channel: Channel) -> Json:
    """Builds one dossier; `spec`: `data` (see `model.gather`), `case_folder`, `out` (the PDF to be), `fonts` (folder).

    Sends one item `dossier` with `path data_path data_sha256 sha256 seal bytes pages exhibits missing_glyphs`, and returns it. The data lies
    beside the PDF as `<name>.json`. Both are written as `.partial` in the target folder and renamed when whole. Raises StorageError (the
    old file then stays), CheckFailed (`dossier.exhibit_missing`, `dossier.exhibit_altered`, `dossier.not_pdfa`), BadInput (`dossier.font`).
    """
    data, out = spec["data"], Path(spec["out"])
    faces = fonts.load(Path(spec["fonts"]))
    shown = [exhibit for exhibit in data["exhibits"] if exhibit["kind"] == "still"]
    total = len(shown) + _STEPS
    pictures = {}
    for done, exhibit in enumerate(shown, 1):
        channel.check()
        pictures[exhibit["number"]] = stills.load(Path(spec["case_folder"]), exhibit)
        channel.progress(done, total, "items")
    pages = BytesIO()
    result = render(data, pictures, faces, pages, channel.check)
    channel.progress(len(shown) + 1, total, "items")
    listing = archive.manifest(data, result.makers)
    with _replacing(out) as partial, _replacing(out.with_suffix(".json")) as partial_data:
        archive.archive(pages.getvalue(), listing, data, partial)
        channel.progress(len(shown) + 2, total, "items")
        channel.check()
        digits = seal.seal(partial)
        sha256 = hashlib.sha256(partial.read_bytes()).hexdigest()
        size = partial.stat().st_size
        partial_data.write_text(json.dumps(data, ensure_ascii=False, sort_keys=True, indent=1) + "\n", encoding="utf-8", newline="\n")
    if result.missing_glyphs:
        channel.warn("dossier.missing_glyphs", count=result.missing_glyphs)
    item: Json = {
        "path": str(out),
        "data_path": str(out.with_suffix(".json")),
        "data_sha256": listing["data_sha256"],
        "sha256": sha256,
        "seal": digits,
        "bytes": size,
        "pages": result.pages,
        "exhibits": len(data["exhibits"]),
        "missing_glyphs": result.missing_glyphs,
    }
    channel.item("dossier", **item)
    channel.progress(total, total, "items")
    return item


@contextmanager
def _replacing(target: Path) -> Iterator[Path]:
    """A path beside `target` to write to; renamed over it when the block ends well, removed otherwise. Raises StorageError."""
    partial = target.with_name(target.name + ".partial")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        yield partial
        with partial.open("r+b") as file:
            os.fsync(file.fileno())
        partial.replace(target)
        _sync_folder(target.parent)
    except OSError as cause:
        raise StorageError.of(cause, target.parent) from cause
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    """Makes the new name durable where the system can open folders (not on Windows)."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
