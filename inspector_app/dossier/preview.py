"""One item of the dossier as pages, quickly, for the window: a finding, an article, a section. The same pages as the dossier's, not sealed.

Runs in a child process that stays (fonts take longer to load than a page to set) and answers one question after another.
"""

from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, Protocol

from inspector_app.domain.errors import BadInput, InspectorError
from inspector_app.domain.work import Channel

from . import fonts, fontslot, stills, strips
from .fonts import Fonts
from .render import section
from .stills import Still

Json = dict[str, Any]
#: Long side in pixels: enough for a screen, and quick to make.
SIDE = 900
#: Sections that can be shown by themselves; `finding-3` and `article-1` besides.
SECTIONS = ("cover", "how", "record", "exhibits", "articles", "coverage", "custody", "tools", "verify", "head", "summary")


class Asked(Channel, Protocol):
    """A channel on which the parent asks."""

    def next_ask(self) -> Json:
        """Waits for the next question."""


@dataclass(frozen=True)
class Preview:
    """`pdf` has `pages` pages; `places` says where what stands on them (`finding-3`, `exhibit-12` → page from 1)."""

    pdf: bytes
    pages: int
    places: dict[str, int]


def preview(
    data: Json,
    what: str,
    *,
    case_folder: Path,
    fonts_folder: Path,
    timelines: Json,
    check: Callable[[], None] = lambda: None,
    office_font: str = "",
) -> Preview:
    """Renders the pages of `what`: `finding-<number>`, `exhibit-<number>` (the page of its finding), `article-<place>`, or one of `SECTIONS`.

    `data` as `model.gather` gives them (they are changed: the strip's frames are noted). Raises BadInput `dossier.no_item`, CheckFailed
    `dossier.exhibit_missing`, `dossier.exhibit_altered`.
    """
    kind, _, number = what.partition("-")
    if kind == "exhibit":
        return preview(
            data,
            _finding_of(data, number),
            case_folder=case_folder,
            fonts_folder=fonts_folder,
            timelines=timelines,
            check=check,
            office_font=office_font,
        )
    faces: Fonts = fonts.load(fonts_folder, fontslot.find(office_font).usable)
    shown: list[Json] = []
    if kind == "finding":
        shown = [one for one in data["findings"] if str(one["number"]) == number]
        if not shown:
            raise BadInput("dossier.no_item", what=what)
    ids = {one["id"] for one in shown}
    pictures: dict[int, Still] = {
        one["number"]: _small(case_folder, one) for one in data["exhibits"] if one["kind"] == "still" and one["finding_id"] in ids
    }
    thumbs: Mapping[str, Still] = strips.take({"findings": shown}, case_folder, timelines, check)
    out = BytesIO()
    made = section(data, what, pictures, faces, out, check, thumbs)
    return Preview(out.getvalue(), made.pages, made.places)


def _finding_of(data: Json, number: str) -> str:
    findings = {one["id"]: one["number"] for one in data["findings"]}
    found = [findings[one["finding_id"]] for one in data["exhibits"] if str(one["number"]) == number]
    if not found:
        raise BadInput("dossier.no_item", what=f"exhibit-{number}")
    return f"finding-{found[0]}"


_kept: dict[tuple[str, str], Still] = {}


def _small(case_folder: Path, exhibit: Json) -> Still:
    """The picture of an exhibit; kept, since its digest says what it is and the box is drawn by the page."""
    name = (exhibit["sha256"], str(exhibit.get("box")) + str(exhibit.get("masks", "")))
    if name not in _kept:
        if len(_kept) > 60:
            _kept.clear()
        _kept[name] = stills.load(case_folder, exhibit, SIDE)
    return _kept[name]


def run(spec: Json, channel: Asked) -> Json:
    """Answers questions until the parent goes; `spec`: `fonts` (folder), `office_font` (as `worker.run`).

    A question is {id, data, what, case_folder, timelines}; the answer is an item `page` {id, pdf (base64), pages, places} or `no_page` {id, error,
    code, facts}.
    """
    folder = Path(spec["fonts"])
    office = str(spec.get("office_font", ""))
    fonts.load(folder, fontslot.find(office).usable)
    channel.item("ready")
    while True:
        ask = channel.next_ask()
        try:
            made = preview(
                ask["data"],
                ask["what"],
                case_folder=Path(ask["case_folder"]),
                fonts_folder=folder,
                timelines=ask["timelines"],
                check=channel.check,
                office_font=office,
            )
        except InspectorError as error:
            channel.check()
            channel.item("no_page", id=ask["id"], error=type(error).__name__, code=error.code, facts=error.facts)
            continue
        channel.item("page", id=ask["id"], pdf=b64encode(made.pdf).decode(), pages=made.pages, places=made.places)
