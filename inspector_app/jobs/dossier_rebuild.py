"""Builds a dossier a second time from its case as the case stood when it was sealed, and compares the bytes in front of any signature.

Same data, fonts and libraries give the same bytes, so a difference is an alteration or has a cause that can be named. The case itself is
only read: its database is copied, and what happened after the seal is taken back in the copy, row by row, as its journal tells it.
"""

import hashlib
import json
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from io import BytesIO
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pikepdf

from inspector_app import __version__
from inspector_app.casefile import journal
from inspector_app.casefile.case import DATABASE, Case
from inspector_app.casefile.changes import Act
from inspector_app.domain.errors import InspectorError, Stopped
from inspector_app.domain.people import Actor
from inspector_app.dossier import archive, editions, model, volumes
from inspector_app.integrity import seal
from inspector_app.integrity.chain import digest_of
from inspector_app.resources import resource
from inspector_app.statutes.catalogue import Catalogue

from . import child
from .dossiers import office_font, timelines

Json = dict[str, Any]
SAME, DIFFERENT, NOT_POSSIBLE = "same", "different", "not_possible"
#: Parts of the data that come from the program, the bureau's wording and the catalogue of law, not from the case.
_NOT_OF_THE_CASE = frozenset({"words", "articles"})


@dataclass(frozen=True)
class Rebuilt:
    """`state` is one of the three above; `code` says why (`dossier.rebuilt_…`), `what` and `where` what differs and where it stands."""

    state: str
    code: str = ""
    what: str = ""
    where: str = ""

    def to_json(self) -> Json:
        return asdict(self)


def rebuild(
    pdf: Path,
    case: Path,
    row: Json,
    *,
    stop: threading.Event | None = None,
    progress: Callable[[int, int, str], None] = lambda *_: None,
) -> Rebuilt:
    """Compares `pdf` with what its case gives; `row` is the dossier's row of the journal (see `verify.dossier_with_head`).

    Raises Stopped, BadInput `dossier.no_manifest`, OSError; whatever else keeps it from being built again is told as `not_possible`.
    """
    manifest = archive.read_manifest(pdf)
    if manifest["app"] != __version__:
        return Rebuilt(NOT_POSSIBLE, "dossier.rebuilt_version", f"{manifest['app']} → {__version__}")
    with tempfile.TemporaryDirectory(prefix="zhijian-") as name:
        folder = Path(name)
        try:
            made = _built(case, row, manifest, folder, stop, progress)
        except Stopped:
            raise
        except InspectorError as error:
            return Rebuilt(NOT_POSSIBLE, "dossier.rebuilt_not", error.code, " ".join(map(str, error.facts.values())))
        return _compared(pdf, manifest, made)


#: What the second dossier is called in its folder.
_NAME = "again.pdf"


def _built(
    case: Path, row: Json, manifest: Json, folder: Path, stop: threading.Event | None, progress: Callable[[int, int, str], None]
) -> Json:
    """Builds the dossier in `folder`; returns the worker's item."""
    with Case(case, read_only=True) as now:
        now.copy_database(folder / DATABASE)
        parts, font = timelines(now), office_font()
    with Case(folder) as then:
        by = _taken_back(then, int(manifest["journal"]["seq"]), str(row["id"]))
        data = model.gather(
            then,
            Catalogue.load(resource("statutes")),
            sealed_at=datetime.fromisoformat(manifest["sealed_at"]),
            by=by,
            journal_head=(manifest["journal"]["seq"], manifest["journal"]["head"]),
        )
        data, _ = editions.edition(then, data, row["edition"] or editions.FULL, json.loads(row["facts"]).get("article", ""))
    spec = {
        "data": data,
        "case_folder": str(case),
        "out": str(folder / _NAME),
        "fonts": str(resource("fonts")),
        "timelines": parts,
        "html": "",
        "office_font": font,
    }
    return child.run("dossier", spec, on_item=lambda *_: None, on_progress=progress, stop=stop)


def _taken_back(case: Case, seq: int, dossier_id: str) -> Actor:
    """Undoes in a copy of a case all that came after row `seq`, the last first; returns who built the dossier."""
    by = Actor("")
    for row in reversed(case.read(lambda db: journal.read_all(db, seq))):
        if row.act == "dossier.build" and row.body["object"] == dossier_id:
            by = Actor(**row.body["actor"])
        case.commit(Act(row.act, by, [change.inverse for change in reversed(row.changes)]))
    return by


def _compared(pdf: Path, manifest: Json, made: Json) -> Rebuilt:
    """The first thing in which a file differs from that built now: makers, data, a page (by the number printed on it), what no page shows."""
    volume = made["volumes"][manifest.get("volume", {}).get("number", 1) - 1]
    again = Path(volume["path"])
    content = pdf.read_bytes()[: seal.sealed_end(pdf) or None]
    with again.open("rb") as file:
        if hashlib.sha256(content).digest() == hashlib.file_digest(file, "sha256").digest():
            return Rebuilt(SAME)
    listing = archive.read_manifest(again)
    pairs: Iterator[tuple[Json, Json]] = zip_longest(manifest["makers"], listing["makers"], fillvalue={})
    for pair in pairs:
        if pair[0] != pair[1]:
            told = " → ".join(f"{each.get('name', '—')} {each.get('version', '')}".strip() for each in pair)
            return Rebuilt(NOT_POSSIBLE, "dossier.rebuilt_makers", told)
    if manifest["data_sha256"] != listing["data_sha256"]:
        parts = _data_parts(pdf, manifest, json.loads(Path(made["data_path"]).read_text(encoding="utf-8")))
        if parts and {part.partition("[")[0] for part in parts} <= _NOT_OF_THE_CASE:
            return Rebuilt(NOT_POSSIBLE, "dossier.rebuilt_texts", parts[0])
        if parts:
            return Rebuilt(DIFFERENT, "dossier.rebuilt_data", parts[0])
    page = _first_page(content, again)
    if not page:
        return Rebuilt(DIFFERENT, "dossier.rebuilt_structure", pdf.name)
    printed = page + volume["first_page"] - 1
    return Rebuilt(DIFFERENT, "dossier.rebuilt_page", str(printed), _place(made["places"], printed))


def _data_parts(pdf: Path, manifest: Json, again: Json) -> list[str]:
    """Where the data beside the dossier differ from those built now (`findings[3]`); nothing where they are not beside it, or not its own."""
    try:
        beside = json.loads(volumes.first_of(pdf).with_suffix(".json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    if not isinstance(beside, dict) or digest_of(beside) != manifest["data_sha256"]:
        return []
    return [part for key in sorted({*beside, *again}) for part in _differing(key, beside.get(key), again.get(key))]


def _differing(key: str, one: Any, other: Any) -> Iterator[str]:
    if one == other:
        return
    if isinstance(one, list) and isinstance(other, list):
        yield from (f"{key}[{place}]" for place, pair in enumerate(zip_longest(one, other)) if pair[0] != pair[1])
    else:
        yield key


def _first_page(content: bytes, again: Path) -> int:
    """The number of the first page that differs in what it draws or links; 0 where none does or the file cannot be read."""
    with suppress(pikepdf.PdfError), pikepdf.open(BytesIO(content)) as one, pikepdf.open(again) as other:
        for place, (left, right) in enumerate(zip_longest(one.pages, other.pages), 1):
            if left is None or right is None or _drawn(left) != _drawn(right):
                return place
    return 0


def _drawn(page: pikepdf.Page) -> list[bytes]:
    """What a page shows: its contents, its pictures, its links, its fonts' maps to text."""
    page.contents_coalesce()
    found = [page.obj.Contents.read_bytes()]
    found += [image.read_raw_bytes() for _, image in sorted(page.resources.get("/XObject", pikepdf.Dictionary()).items())]
    found += [note.unparse(resolved=True) for note in page.obj.get("/Annots", [])]
    fonts = [font for _, font in sorted(page.resources.get("/Font", pikepdf.Dictionary()).items())]
    return found + [font.ToUnicode.read_bytes() for font in fonts if "/ToUnicode" in font]


def _place(places: Json, page: int) -> str:
    """The section or finding that a page belongs to: the last that begins there or before."""
    begun = [(at, key) for key, at in places.items() if at <= page and not key.startswith("exhibit-")]
    return max(begun)[1] if begun else "cover"
