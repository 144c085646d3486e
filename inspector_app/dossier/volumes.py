"""A dossier of very many pictures in several volumes 分册: where each begins, what its file is called, and which pages of the whole are its own.

The dossier is laid out once, so that numbering, contents and references run through all volumes; each is then a file of its own that can be
bound, sealed and signed. A later volume names the digests of those before it, so that none can be exchanged or left out unseen.
"""

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pikepdf

from inspector_app.domain.errors import BadInput
from inspector_app.integrity import seal
from inspector_app.integrity.chain import Problem

from .editions import SUMMARY

Json = dict[str, Any]
#: Pictures of a volume; a finding is never parted, so one with more of its own is a volume by itself.
MOST_PICTURES = 400
_NUMBERED = re.compile(r"-第\d+册$")


def begins(data: Json) -> list[int]:
    """The numbers of the findings with which the second and further volumes begin; nothing where one volume holds all."""
    if data["edition"]["name"] == SUMMARY:
        return []
    counted = Counter(exhibit["finding_id"] for exhibit in data["exhibits"] if exhibit["kind"] == "still")
    found, used = [], 0
    for finding in data["findings"]:
        own = counted[finding["id"]]
        if used and used + own > MOST_PICTURES:
            found.append(int(finding["number"]))
            used = 0
        used += own
    return found


def paths(first: Path, count: int) -> list[Path]:
    """The files of a dossier in `count` volumes: the first as named, the others `<name>-第2册.pdf` beside it."""
    return [first, *(first.with_name(f"{first.stem}-第{number}册{first.suffix}") for number in range(2, count + 1))]


def first_of(path: Path) -> Path:
    """The file of the first volume, by the name of any."""
    return path.with_name(_NUMBERED.sub("", path.stem) + path.suffix)


def keep(pdf: pikepdf.Pdf, first: int, last: int) -> None:
    """Leaves only the pages from `first` to `last` (counted from 1), with the bookmarks and links that lead to them."""
    kept = {page.obj.objgen for page in list(pdf.pages)[first - 1 : last]}
    with pdf.open_outline() as outline:
        outline.root[:] = [item for one in outline.root for item in _within(one, kept)]
    del pdf.pages[last:]
    del pdf.pages[: first - 1]
    for page in pdf.pages:
        if "/Annots" in page.obj:
            page.obj.Annots = pikepdf.Array([note for note in page.obj.Annots if note.Dest[0].objgen in kept])


def _within(item: pikepdf.OutlineItem, kept: set[tuple[int, int]]) -> list[pikepdf.OutlineItem]:
    """A bookmark with those below it that lead to kept pages; alone those, where it leads elsewhere itself."""
    below = [found for one in item.children for found in _within(one, kept)]
    if item.destination[0].objgen not in kept:  # type: ignore[index]  # our pages lead straight to pages
        return below
    item.children[:] = below
    return [item]


def problems(path: Path, manifest: Json, read_manifest: Any) -> list[Problem]:
    """What is wrong with the other volumes of a dossier beside `path`: `dossier.volume_missing`, `dossier.volume_differs`.

    The last volume names the sealed digests of all before it. `read_manifest` gives a file's list (`archive.read_manifest`).
    """
    volume = manifest.get("volume", {})
    files = paths(first_of(path), int(volume.get("of", 1)))
    found = [Problem("dossier.volume_missing", one.name, str(number)) for number, one in enumerate(files, 1) if not one.is_file()]
    there = [one for one in files if one.is_file()]
    if len(files) == 1 or not there:
        return found
    try:
        known = read_manifest(there[-1])["volume"]["before"]
    except (BadInput, KeyError):
        return [*found, Problem("dossier.volume_differs", there[-1].name, there[-1].name)]
    for one in known:
        file = files[one["number"] - 1]
        if file.is_file() and seal.sealed_digest(file, seal.sealed_end(file)) != one["sha256"]:
            found.append(Problem("dossier.volume_differs", file.name, file.name))
    return found
