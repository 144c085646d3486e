"""The paragraphs of a statute kept as a PDF with text, told apart by where their lines begin and end on the page.

A PDF holds lines, not paragraphs, and a 款 is a paragraph. So the indent of the first line decides; where a page has no indents and a
line could be either, the document is refused. Pages without text (scans) are refused: reading pictures is no way to quote a law.
"""

import re
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Any

from inspector_app.domain.errors import BadInput
from inspector_app.statutes.lines import CLOSED, Line, join_words, looks_like_article, tidy

MAX_PAGES = 1000

_PAGE_NUMBER = re.compile(r"[-—–－·.\s第]*\d{1,4}[-—–－·.\s页]*(?:[/共]\s*\d{1,4}\s*页?)?")
_STARTS = re.compile(r"第\s*\S{1,9}\s*[编章节条]|[（(]\s*\S{1,4}\s*[)）]|\d{1,2}[.．、]")
_INDENT = (1.2, 3.2)  # in characters; statutes are indented by two
# PDFium keeps global state: one document at a time.
_ONE_AT_A_TIME = threading.Lock()


@dataclass(slots=True)
class _Row:
    """A line on a page, in points from its lower left corner."""

    page: int
    text: str
    left: float
    right: float
    base: float
    #: width of one character
    em: float


def pdf_lines(data: bytes, file: str) -> list[Line]:
    """One line per paragraph; BadInput `law.pdf_broken`, `law.pdf_no_text` (page), `law.wrapped_lines`, `law.text_too_large`."""
    with _ONE_AT_A_TIME:
        pages = _pages(data, file)
    if not any(pages):
        raise BadInput("law.pdf_no_text", file=file, page=1)
    rows = [row for page in _without_furniture(pages) for row in page]
    return _paragraphs(rows, file)


def _pages(data: bytes, file: str) -> list[list[_Row]]:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as cause:
        raise BadInput("law.pdf_broken", file=file) from cause
    try:
        if len(document) > MAX_PAGES:
            raise BadInput("law.text_too_large", file=file, limit=MAX_PAGES)
        pages = []
        for number in range(len(document)):
            page = document[number]
            pages.append(_rows(page, number))
            if not pages[-1] and any(page.get_objects()):  # a picture where words should be; an empty page is nothing
                raise BadInput("law.pdf_no_text", file=file, page=number + 1)
    except pypdfium2.PdfiumError as cause:
        raise BadInput("law.pdf_broken", file=file) from cause
    finally:
        document.close()
    return pages


def _rows(page: Any, number: int) -> list[_Row]:
    """The lines of a page from top to bottom; pieces on one height are one line."""
    from pypdfium2 import raw

    textpage = page.get_textpage()
    pieces: list[_Row] = []
    run: list[tuple[str, float, float, float]] = []
    for index in range(textpage.count_chars()):
        character = chr(raw.FPDFText_GetUnicode(textpage, index))
        if character in "\r\n":
            pieces += _piece(run, number)
            run = []
        elif character.isprintable() or character.isspace():
            left, bottom, right, _ = textpage.get_charbox(index, loose=True)
            run.append((character, left, right, bottom))
    pieces += _piece(run, number)
    # the file may hold running heads first or last, and page numbers anywhere
    rows: list[_Row] = []
    for piece in sorted(pieces, key=lambda one: (-round(one.base), one.left)):
        before = rows[-1] if rows else None
        if before and abs(before.base - piece.base) < before.em * 0.4 and piece.left >= before.right - before.em * 0.5:
            before.text, before.right = f"{before.text}\u3000{piece.text}", piece.right
        else:
            rows.append(piece)
    return rows


def _piece(run: list[tuple[str, float, float, float]], page: int) -> list[_Row]:
    """A run of characters with their left and right edges and heights as one piece; none where it is blank."""
    while run and run[-1][0].isspace():
        run.pop()
    while run and run[0][0].isspace():
        run.pop(0)
    if not run:
        return []
    widths = [right - left for character, left, right, _ in run if ord(character) > 0x2E80 and right > left]
    em = median(widths) if widths else 2 * (run[-1][2] - run[0][1]) / len(run)
    text = "".join(character for character, _, _, _ in run)
    return [_Row(page, text, run[0][1], run[-1][2], median(bottom for _, _, _, bottom in run), max(em, 1.0))]


def _without_furniture(pages: list[list[_Row]]) -> list[list[_Row]]:
    """The pages without page numbers and running heads: outermost lines that are a number, or stand on most pages."""
    kept = [_trimmed(page, lambda row: _PAGE_NUMBER.fullmatch(row.text) is not None) for page in pages]
    outer = Counter(text for page in kept if page for text in {_plain(page[0].text), _plain(page[-1].text)})
    repeated = {text for text, count in outer.items() if count >= 2 and count >= len(pages) - 1}
    kept = [_trimmed(page, lambda row: _plain(row.text) in repeated) for page in kept]
    return [_trimmed(page, lambda row: _PAGE_NUMBER.fullmatch(row.text) is not None) for page in kept]


def _trimmed(rows: list[_Row], is_furniture: Callable[[_Row], bool]) -> list[_Row]:
    first, last = 0, len(rows)
    while first < last and is_furniture(rows[first]):
        first += 1
    while last > first and is_furniture(rows[last - 1]):
        last -= 1
    return rows[first:last]


def _plain(text: str) -> str:
    return re.sub(r"[\d\s]+", "", text)


def _margins(rows: list[_Row]) -> dict[int, tuple[float, float]]:
    """Left and right edge of the text on each page; a page of first lines only has the left edge of the page before."""
    edges: dict[int, tuple[float, float]] = {}
    before: float | None = None
    em = median(row.em for row in rows)
    for page in sorted({row.page for row in rows}):
        own = [row for row in rows if row.page == page]
        left = min(row.left for row in own)
        has_indents = any(_INDENT[0] * em <= row.left - left <= _INDENT[1] * em for row in own)
        if not has_indents and before is not None and _INDENT[0] * em <= left - before <= _INDENT[1] * em:
            left = before
        edges[page] = left, max(row.right for row in own)
        before = left
    return edges


def _paragraphs(rows: list[_Row], file: str) -> list[Line]:
    edges = _margins(rows)
    em = median(row.em for row in rows)
    indents = sum(_INDENT[0] * em <= row.left - edges[row.page][0] <= _INDENT[1] * em for row in rows) >= 2
    lines: list[Line] = []
    article = 0
    before: _Row | None = None
    for number, row in enumerate(rows, start=1):
        text = tidy(row.text)
        large = row.em > em * 1.15
        article += looks_like_article(text)
        goes_on = False
        if before is not None:
            full = before.right > edges[before.page][1] - em * 1.6
            flush = row.left - edges[row.page][0] < em * _INDENT[0]
            goes_on = full and flush and not large
            if goes_on and not indents and before.text[-1] in CLOSED:
                goes_on = False
                if not _STARTS.match(text):
                    raise BadInput("law.wrapped_lines", file=file, line=number, article=article)
            elif large and before.em > em * 1.15 and not _STARTS.match(text) and not _STARTS.match(before.text):
                goes_on = True  # a title on two lines
        if goes_on:
            last = lines[-1]
            lines[-1] = Line(last.number, join_words(last.text, text), last.indented, last.heading)
        else:
            lines.append(Line(number, text, indented=True, heading=large))
        before = row
    return lines
