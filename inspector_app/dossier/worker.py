"""The dossier's job in a child process: pictures, pages, PDF/A, seal, and only then the file under its name. Never opens the case.

It reads the pictures of the case folder and writes the PDF and its data file; the parent commits what it reports.
"""

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from io import BytesIO
from pathlib import Path
from typing import Any

from inspector_app.domain.errors import StorageError
from inspector_app.domain.work import Channel
from inspector_app.integrity import seal

from . import archive, fonts, fontslot, stills, strips, web
from .render import render
from .stills import Still

Json = dict[str, Any]
#: Steps after the pictures: pages, PDF/A, seal.
_STEPS = 3


def run(spec: Json, channel: Channel) -> Json:
    """Builds one dossier; `spec`: `data` (see `model.gather`), `case_folder`, `out` (the PDF to be), `fonts` (folder), and `timelines`
    (recording id → `Timeline.as_spec()`: where frames and clips are taken; left out, there are none), `html` (folder of the web edition),
    `office_font` (the file of the bureau's own 仿宋; without one it is looked for on this computer).

    Sends one item `dossier` with `path data_path data_sha256 sha256 seal bytes pages exhibits missing_glyphs places` (and `html clips` with a web edition; `places`: `finding-3`,
    `exhibit-12`, `article-1`, section keys → page from 1; what stands on a page is read off it the other way), and returns it. The data lies
    beside the PDF as `<name>.json`. Both are written as `.partial` in the target folder and renamed when whole. Raises StorageError (the
    old file then stays), CheckFailed (`dossier.exhibit_missing`, `dossier.exhibit_altered`, `dossier.not_pdfa`), BadInput (`dossier.font`).
    """
    data, out = spec["data"], Path(spec["out"])
    slot = fontslot.find(spec.get("office_font", ""))
    if slot.code:
        channel.warn(slot.code, **dict(slot.facts))
    faces = fonts.load(Path(spec["fonts"]), slot.usable)
    shown = [exhibit for exhibit in data["exhibits"] if exhibit["kind"] == "still"]
    frames = strips.count(data)
    total = len(shown) + frames + _STEPS + (len(data["findings"]) if spec.get("html") else 0)
    done = 0

    def step() -> None:
        nonlocal done
        channel.check()
        done += 1
        channel.progress(done, total, "items")

    pictures = {}
    folder = Path(spec["case_folder"])
    for exhibit in shown:
        step()
        pictures[exhibit["number"]] = stills.load(folder, exhibit)
    thumbs = strips.take(data, folder, spec.get("timelines", {}), step)
    pages = BytesIO()
    result = render(data, pictures, faces, pages, channel.check, thumbs)
    step()
    listing = archive.manifest(data, result.makers)
    with _replacing(out) as partial, _replacing(out.with_suffix(".json")) as partial_data:
        archive.archive(pages.getvalue(), listing, data, partial)
        step()
        digits = seal.seal(partial)
        with partial.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        size = partial.stat().st_size
        made = _web(spec, data, pictures, thumbs, {"file": out.name, "sha256": sha256}, step, channel)
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
        "places": result.places,
        "missing_glyphs": result.missing_glyphs,
        **made,
    }
    channel.item("dossier", **item)
    channel.progress(total, total, "items")
    return item


def _web(
    spec: Json, data: Json, pictures: dict[int, Still], thumbs: dict[str, Still], dossier: Json, step: Callable[[], None], channel: Channel
) -> Json:
    """The web edition, where one is asked for: {html, clips}."""
    if not spec.get("html"):
        return {}
    made = web.write(data, pictures, thumbs, spec["timelines"], Path(spec["html"]), dossier, step, channel.warn)
    return {"html": made["page"], "clips": made["clips"]}


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
