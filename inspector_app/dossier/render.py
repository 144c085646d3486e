# mypy: disable-error-code="no-untyped-call, attr-defined"
"""Lays the dossier's data out as PDF pages. The same data, fonts and library versions give the same bytes; it writes no file itself."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

import pikepdf
import PIL
import reportlab
from reportlab.platypus import Flowable

from inspector_app.domain.errors import BadInput

from .editions import SUMMARY
from .fonts import Fonts
from .layout import TOTAL, Document, Pages
from .pages import annex, articles, back, coverage, findings, front, index, record, summary
from .sheet import Sheet
from .stills import Still
from .text import Writer

Json = dict[str, Any]
#: Passes until page references agree: two where the first found every page, more where a text with a page number grew by a line.
MOST_PASSES = 8


@dataclass(frozen=True)
class Rendered:
    pages: int
    missing_glyphs: int
    makers: tuple[tuple[str, str, str], ...]
    """Name, version and digest of the libraries and fonts that made the pages."""
    places: dict[str, int]
    """Where things stand: `finding-3`, `exhibit-12`, `article-1`, and the sections' keys, to the page counted from 1."""


def render(
    data: Json,
    stills: Mapping[int, Still],
    fonts: Fonts,
    target: BinaryIO,
    each_page: Callable[[], None],
    strips: Mapping[str, Still] | None = None,
) -> Rendered:
    """Writes the pages of `data` (see `model.gather`) to `target`; `stills` by exhibit number, `strips` as `strips.take` gives them.

    `each_page` is called for every page laid out and may raise to stop.
    """

    def story(sheet: Sheet, makers: list[tuple[str, str, str]]) -> list[Flowable]:
        return summary.summary(sheet) if data["edition"]["name"] == SUMMARY else _whole(sheet, makers)

    return _laid_out(data, stills, fonts, target, each_page, strips or {}, story)


def section(
    data: Json,
    what: str,
    stills: Mapping[int, Still],
    fonts: Fonts,
    target: BinaryIO,
    each_page: Callable[[], None],
    strips: Mapping[str, Still],
) -> Rendered:
    """Only the pages of one item: `finding-3`, `article-1`, or a section's key. Raises BadInput `dossier.no_item`."""
    kind, _, number = what.partition("-")

    def story(sheet: Sheet, makers: list[tuple[str, str, str]]) -> list[Flowable]:
        whole: dict[str, Callable[[], list[Flowable]]] = {
            "cover": lambda: front.cover(sheet)[:1],
            "how": lambda: front.how_to_read(sheet),
            "record": lambda: record.record(sheet),
            "exhibits": lambda: index.exhibits(sheet),
            "articles": lambda: articles.articles(sheet),
            "coverage": lambda: coverage.coverage(sheet),
            "custody": lambda: back.custody(sheet),
            "tools": lambda: back.tools(sheet, makers),
            "verify": lambda: back.verification(sheet),
            "head": lambda: back.head(sheet),
            "summary": lambda: summary.summary(sheet),
        }
        if what in whole:
            return whole[what]()
        found = [one for one in data["findings"] if kind == "finding" and str(one["number"]) == number]
        if found:
            return findings.finding(sheet, found[0])
        keys = [key for key, place in sheet.articles.items() if kind == "article" and str(place) == number]
        if keys:
            return articles.article(sheet, keys[0])
        raise BadInput("dossier.no_item", what=what)

    return _laid_out(data, stills, fonts, target, each_page, strips, story, links=False)


Story = Callable[[Sheet, list[tuple[str, str, str]]], list[Flowable]]


def _laid_out(
    data: Json,
    stills: Mapping[int, Still],
    fonts: Fonts,
    target: BinaryIO,
    each_page: Callable[[], None],
    strips: Mapping[str, Still],
    story: Story,
    *,
    links: bool = True,
) -> Rendered:
    """Lays a story out until its page references agree; without `links` references to other sections are words only."""
    writer, pages = Writer(fonts), Pages(nested=links)
    sheet = Sheet(data, writer, pages, stills, strips, links=links)
    makers = (
        ("Python", ".".join(str(part) for part in sys.version_info[:3]), ""),
        ("ReportLab", reportlab.__version__, ""),
        ("pikepdf", pikepdf.__version__, ""),
        ("Pillow", PIL.__version__, ""),
        *fonts.digests,
    )
    names = {"number": data["case"]["number"], "head": data["journal"]["head"]}
    document = Document(target, pages, writer, **names, volumes=len(sheet.volumes) + 1, each_page=each_page)
    document.multiBuild([pages, *story(sheet, list(makers))], maxPasses=MOST_PASSES)
    places = {key: page for key, page in pages.before.items() if key != TOTAL}
    return Rendered(pages.total, writer.missing, makers, places)


def _whole(sheet: Sheet, makers: list[tuple[str, str, str]]) -> list[Flowable]:
    """Every section in its order."""
    return [
        *front.cover(sheet),
        *front.how_to_read(sheet),
        *front.contents(sheet),
        *record.record(sheet),
        *index.exhibits(sheet),
        *articles.articles(sheet),
        *findings.findings(sheet),
        *annex.annexes(sheet),
        *coverage.coverage(sheet),
        *back.custody(sheet),
        *back.tools(sheet, makers),
        *back.verification(sheet),
        *back.head(sheet),
    ]
