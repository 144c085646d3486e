# mypy: disable-error-code="no-untyped-call, attr-defined"
"""Lays the dossier's data out as PDF pages. The same data, fonts and library versions give the same bytes; it writes no file itself."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

import pikepdf
import PIL
import reportlab

from .fonts import Fonts
from .layout import Document, Pages
from .pages import annex, articles, back, findings, front, index, record
from .sheet import Sheet
from .stills import Still
from .text import Writer

Json = dict[str, Any]
#: Passes until page references agree: contents, then totals, then one to see that nothing moved.
MOST_PASSES = 8


@dataclass(frozen=True)
class Rendered:
    pages: int
    missing_glyphs: int
    makers: tuple[tuple[str, str, str], ...]
    """Name, version and digest of the libraries and fonts that made the pages."""


def render(data: Json, stills: Mapping[int, Still], fonts: Fonts, target: BinaryIO, each_page: Callable[[], None]) -> Rendered:
    """Writes the pages of `data` (see `model.gather`) to `target`; `stills` by exhibit number; `each_page` may raise to stop."""
    writer, pages = Writer(fonts), Pages()
    sheet = Sheet(data, writer, pages, stills)
    makers = (
        ("Python", ".".join(str(part) for part in sys.version_info[:3]), ""),
        ("ReportLab", reportlab.__version__, ""),
        ("pikepdf", pikepdf.__version__, ""),
        ("Pillow", PIL.__version__, ""),
        *fonts.digests,
    )
    document = Document(target, pages, writer, number=data["case"]["number"], head=data["journal"]["head"], each_page=each_page)
    story = [
        pages,
        *front.cover(sheet),
        *front.how_to_read(sheet),
        *front.contents(sheet),
        *record.record(sheet),
        *index.exhibits(sheet),
        *articles.articles(sheet),
        *findings.findings(sheet),
        *annex.annexes(sheet),
        *back.custody(sheet),
        *back.tools(sheet, list(makers)),
        *back.verification(sheet),
        *back.head(sheet),
    ]
    document.multiBuild(story, maxPasses=MOST_PASSES)
    return Rendered(pages.total, writer.missing, makers)
