"""The dossier's job in a child process: pictures, pages, PDF/A, seal, and only then the file under its name. Never opens the case.

It reads the pictures of the case folder and writes the PDF and its data file; the parent commits what it reports.
"""

import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

from inspector_app.domain.errors import StorageError
from inspector_app.domain.files import sync_folder
from inspector_app.domain.work import Channel
from inspector_app.integrity import seal

from . import archive, fonts, fontslot, stills, strips, volumes, web
from .render import Rendered, render
from .stills import Still

Json = dict[str, Any]
#: Steps of each volume after the pages are laid out: PDF/A, seal.
_STEPS = 2


def run(spec: Json, channel: Channel) -> Json:
    """Builds one dossier; `spec`: `data` (see `model.gather`), `case_folder`, `out` (the PDF to be), `fonts` (folder), and `timelines`
    (recording id → `Timeline.as_spec()`: where frames and clips are taken; left out, there are none), `html` (folder of the web edition),
    `office_font` (the file of the bureau's own 仿宋; without one it is looked for on this computer).

    Sends one item `dossier` with `path data_path data_sha256 sha256 seal bytes pages exhibits missing_glyphs places volumes` (and `html clips`
    with a web edition; `places`: `finding-3`, `exhibit-12`, `article-1`, section keys → page from 1; what stands on a page is read off it the
    other way), and returns it. `volumes` tells every file (see `_bound`), `path sha256 seal bytes` are the first's, `pages` those of all. The
    data lie beside the PDF as `<name>.json`. All are written as `.partial` in the target folder and renamed when whole. Raises StorageError (the
    old files then stay), CheckFailed (`dossier.exhibit_missing`, `dossier.exhibit_altered`, `dossier.not_pdfa`), BadInput (`dossier.font`).
    """
    data, out = spec["data"], Path(spec["out"])
    slot = fontslot.find(spec.get("office_font", ""))
    if slot.code:
        channel.warn(slot.code, **dict(slot.facts))
    faces = fonts.load(Path(spec["fonts"]), slot.usable)
    shown = [exhibit for exhibit in data["exhibits"] if exhibit["kind"] == "still"]
    frames = strips.count(data)
    files = volumes.paths(out, len(volumes.begins(data)) + 1)
    total = len(shown) + frames + 1 + _STEPS * len(files) + (len(data["findings"]) if spec.get("html") else 0)
    done = 0

    def step() -> None:
        nonlocal done
        channel.check()
        done += 1
        channel.progress(done, total, "items")

    pictures = {}
    folder = Path(spec["case_folder"])
    first = {one[0]["number"] for one in stills.in_order(shown).values()}
    for exhibit in shown:
        step()
        side = stills.LONG_SIDE if exhibit["number"] in first else stills.SMALL_SIDE
        pictures[exhibit["number"]] = stills.load(folder, exhibit, side)
    thumbs = strips.take(data, folder, spec.get("timelines", {}), step)
    with _replacing([*files, out.with_suffix(".json")]) as (*partials, partial_data):
        with tempfile.TemporaryFile(dir=out.parent) as pages:
            result = render(data, pictures, faces, pages, channel.check, thumbs)
            step()
            listing = archive.manifest(data, result.makers)
            bound = _bound(data, pages, result, listing, files, partials, step)
        made = _web(spec, data, pictures, thumbs, {"file": out.name, "sha256": bound[0]["sha256"]}, step, channel)
        partial_data.write_text(json.dumps(data, ensure_ascii=False, sort_keys=True, indent=1) + "\n", encoding="utf-8", newline="\n")
    if result.missing_glyphs:
        channel.warn("dossier.missing_glyphs", count=result.missing_glyphs)
    item: Json = {
        **bound[0],
        "data_path": str(out.with_suffix(".json")),
        "data_sha256": listing["data_sha256"],
        "pages": result.pages,
        "exhibits": len(data["exhibits"]),
        "places": result.places,
        "missing_glyphs": result.missing_glyphs,
        "volumes": bound,
        **made,
    }
    channel.item("dossier", **item)
    channel.progress(total, total, "items")
    return item


def _bound(
    data: Json, pages: BinaryIO, result: Rendered, listing: Json, files: list[Path], partials: list[Path], step: Callable[[], None]
) -> list[Json]:
    """Writes and seals every volume: {path, sha256, seal, bytes, pages, first_page} each; a later one names the digests of those before."""
    starts = [1, *(result.places[f"volume-{number}"] for number in range(2, len(files) + 1))]
    spans = list(zip(starts, [*(start - 1 for start in starts[1:]), result.pages], strict=True))
    found: list[Json] = []
    for number, (file, partial, span) in enumerate(zip(files, partials, spans, strict=True), 1):
        before = [{"number": place, "sha256": one["sha256"]} for place, one in enumerate(found, 1)]
        volume = {"number": number, "of": len(files), "first_page": span[0], "last_page": span[1], "before": before}
        several = len(files) > 1
        archive.archive(pages, {**listing, "volume": volume} if several else listing, data, partial, span if several else None)
        step()
        digits = seal.seal(partial)
        with partial.open("rb") as opened:
            sha256 = hashlib.file_digest(opened, "sha256").hexdigest()
        size = partial.stat().st_size
        found.append(
            {"path": str(file), "sha256": sha256, "seal": digits, "bytes": size, "pages": span[1] - span[0] + 1, "first_page": span[0]}
        )
        if number < len(files):
            step()
    return found


def _web(
    spec: Json, data: Json, pictures: dict[int, Still], thumbs: dict[str, Still], dossier: Json, step: Callable[[], None], channel: Channel
) -> Json:
    """The web edition, where one is asked for: {html, clips}."""
    if not spec.get("html"):
        return {}
    made = web.write(data, pictures, thumbs, spec["timelines"], Path(spec["html"]), dossier, step, channel.warn)
    return {"html": made["page"], "clips": made["clips"]}


@contextmanager
def _replacing(targets: list[Path]) -> Iterator[list[Path]]:
    """Paths beside `targets` to write to; all renamed over them when the block ends well, none otherwise. Raises StorageError."""
    partials = [target.with_name(target.name + ".partial") for target in targets]
    try:
        targets[0].parent.mkdir(parents=True, exist_ok=True)
        yield partials
        for partial in partials:
            with partial.open("r+b") as file:
                os.fsync(file.fileno())
        _renamed(partials, targets)
        sync_folder(targets[0].parent)
    except OSError as cause:
        raise StorageError.of(cause, targets[0].parent) from cause
    finally:
        for partial in partials:
            with suppress(OSError):
                partial.unlink(missing_ok=True)


def _renamed(partials: list[Path], targets: list[Path]) -> None:
    """Renames all; where one cannot be renamed (a reader holds the old file), those before it get their old files back."""
    done: list[tuple[Path, Path]] = []
    try:
        for partial, target in zip(partials, targets, strict=True):
            old = target.with_name(target.name + ".old")
            if target.is_file():
                _kept(target, old)
            done.append((target, old))
            partial.replace(target)
    except OSError:
        for target, old in reversed(done):
            if old.exists():
                old.replace(target)
            elif target.is_file():
                target.unlink()
        raise
    for _, old in done:
        old.unlink(missing_ok=True)


def _kept(target: Path, old: Path) -> None:
    """Gives a file a second name; where the file system has no such names, the only one."""
    old.unlink(missing_ok=True)
    try:
        os.link(target, old)
    except OSError:
        target.replace(old)
