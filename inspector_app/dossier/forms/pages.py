# mypy: disable-error-code="no-untyped-call, attr-defined, misc"
"""A filled form as PDF pages in the manner of an official document (GB/T 9704-2012: A4, margins, 2-号 title, 3- and 4-号 body).

The markup of a body, line by line (a blank line ends a table):

    # title        ## section        ~ paragraph without indent        >> at the right        > small note        === new page
    | label | value |   or   | label | value | label | value |   a ruled row; `60mm` behind the last bar makes it that high at least
    :: field       the rows of a table field         [图] {{ field }}   the picture of a still exhibit
    [签名] who     a line to sign with its date       [拒签] words       room to note a refusal and a witness
    anything else  a paragraph, its first line indented by two characters

Only marks made by `template.filled` become values here, so nothing that a person typed is read as markup.
"""

import re
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any, BinaryIO

from reportlab.lib.colors import white
from reportlab.lib.enums import TA_CENTER, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, Image, KeepTogether, PageBreak, PageTemplate, Table, TableStyle

from inspector_app.dossier.fonts import BODY, BOLD, PLAIN, Fonts
from inspector_app.dossier.layout import Pages
from inspector_app.dossier.stills import Still
from inspector_app.dossier.styles import CELL_FONT, FAINT, GREY, INK
from inspector_app.dossier.text import Writer
from inspector_app.dossier.typeset import Lines

from .template import CLOSE, OPEN, Column, Filled, Template

#: top, bottom, left, right: GB/T 9704 for letters and reports; forms with ruled boxes need the width
MARGINS = {"letter": (37 * mm, 35 * mm, 28 * mm, 26 * mm), "record": (30 * mm, 25 * mm, 26 * mm, 22 * mm)}
#: type size and line pitch (points): 3-号 with 22 lines on a page; 小四 within boxes
SIZES = {"letter": (16.0, 28.5), "record": (12.0, 20.0)}
TITLE = 22.0
#: type of the page number: 4-号 宋 for letters, small within forms
NUMBER = {"letter": (BODY, 14.0), "record": (PLAIN, 10.0)}
CELL, CELL_PITCH = 11.0, 16.5
#: a blank of eight characters, to be filled by hand
BLANK = "＿＿＿＿＿＿＿＿"
#: shares of the four columns of a ruled row
SHARES = (17, 33, 17, 33)
#: a box higher than this (points) is cut into pieces that may stand on several pages
TALLEST = 300.0
#: characters in a row of a table over the page's width, in a cell by its share: a row must fit a page, and what is cut says by how much
CELL_LIMIT = 1300
#: characters of a name beside a signature, and of what is noted about a refusal
NAME_LIMIT, REFUSAL_LIMIT = 40, 500
#: rows of a table that stay with the signatures below it
TAIL = 2
#: paragraphs that stay with the signatures below them
ABOVE = 3
#: the place of a picture on an evidence sheet
PICTURE = 56 * mm

_MARK = re.compile(f"{OPEN}(\\d+){CLOSE}")
_HEIGHT = re.compile(r"(\d{1,3})mm")


def render(
    template: Template,
    body: Filled,
    values: Mapping[str, Any],
    fonts: Fonts,
    target: BinaryIO,
    *,
    draft: str,
    pictures: Mapping[int, Still],
) -> tuple[int, int]:
    """Writes the PDF; returns its pages and how many characters no font could draw. `draft`: words above each page, empty for a sealed form."""
    writer = Writer(fonts)
    sheet = _Sheet(template, body, values, writer, pictures)
    pages = Pages()
    document = _Document(target, template, writer, pages, draft)
    document.multiBuild([pages, *sheet.story()], maxPasses=4)
    return pages.total, writer.missing


class _Sheet:
    """The story of one form."""

    def __init__(self, template: Template, body: Filled, values: Mapping[str, Any], writer: Writer, pictures: Mapping[int, Still]) -> None:
        self.template, self.body, self.values, self.write, self.pictures = template, body, values, writer, pictures
        top, bottom, left, right = MARGINS[template.layout]
        self.width, self.height = A4[0] - left - right, A4[1] - top - bottom
        size, pitch = SIZES[template.layout]
        self.styles = _styles(size, pitch)
        self.size = size

    def story(self) -> list[Flowable]:
        lines = [line.rstrip() for line in self.body.lines]
        story: list[Flowable] = []
        place = 0
        while place < len(lines):
            line = lines[place]
            kind = next((mark for mark in ("|", "[签名]", "[拒签]") if line.startswith(mark)), "")
            end = place + 1
            if kind:
                while end < len(lines) and lines[end].startswith(("|",) if kind == "|" else ("[签名]", "[拒签]")):
                    end += 1
                block = lines[place:end]
                story += [self._ruled(block)] if kind == "|" else [KeepTogether([*_held(story), *self._signatures(block)])]
            elif line:
                story += self._line(line)
            place = end
        return story

    def _line(self, line: str) -> list[Flowable]:
        if line == "===":
            return [PageBreak()]
        if line.startswith(":: "):
            return self._table(line[3:].strip())
        if line.startswith("[图]"):
            return self._picture(line.removeprefix("[图]").strip())
        for mark, style in (("## ", "section"), ("# ", "title"), (">> ", "right"), ("> ", "note"), ("~ ", "flat")):
            if line.startswith(mark):
                return [self._paragraph(line[len(mark) :], style)]
        return self._paragraphs(line)

    def _paragraphs(self, line: str) -> list[Flowable]:
        """A value of several lines that stands alone becomes several paragraphs, each indented."""
        alone = _MARK.fullmatch(line)
        value = self.body.values[int(alone[1])] if alone else None
        if value is None:
            if alone:
                return self._by_hand()
            return [self._paragraph(line, "para")]
        return [Lines(self.write(part, BODY), self.styles["para"]) for part in value.split("\n") if part.strip()]

    def _by_hand(self) -> list[Flowable]:
        """Four empty lines to write on, on one page with their heading."""
        pitch = SIZES[self.template.layout][1]
        style = [CELL_FONT, ("LINEBELOW", (0, 0), (-1, -1), 0.4, GREY)]
        lines = [Table([[""]], colWidths=[self.width], rowHeights=[pitch], style=TableStyle(style)) for _ in range(4)]
        for line in lines:
            line.is_tail = line.keepWithNext = True
        lines[-1].keepWithNext = False
        return lines

    def _paragraph(self, line: str, style: str) -> Lines:
        return Lines(self._markup(line, self.styles[style].fontName, BLANK), self.styles[style])

    def _markup(self, line: str, font: str, blank: str, limit: int = 0) -> str:
        """Text with its values, each of at most `limit` characters (0: whole); a value is written as it is, whatever it looks like."""
        pieces = []
        for place, piece in enumerate(_MARK.split(line)):
            value = self.body.values[int(piece)] if place % 2 else piece
            pieces.append(self.write(blank if value is None else value, font, limit if place % 2 else 0))
        return "".join(pieces)

    # -- boxes -------------------------------------------------------------------------------------------------------------------------

    def _ruled(self, lines: Sequence[str]) -> Table:
        widths = [self.width * share / sum(SHARES) for share in SHARES]
        whole = sum(widths[1:])
        rows: list[list[Any]] = []
        heights: list[float | None] = []
        marks: list[tuple[Any, ...]] = []
        for line in lines:
            *cells, last = (cell.strip() for cell in line.removeprefix("|").split("|"))
            found = _HEIGHT.fullmatch(last)
            least = float(found[1]) * mm if found else 0.0
            pairs = [(cells[place], cells[place + 1] if place + 1 < len(cells) else "") for place in range(0, len(cells), 2)]
            values = [self._cell(value, "cell") for _, value in pairs]
            if len(pairs) == 2 and all(_high(value, widths[1]) <= TALLEST / 3 for value in values):
                rows.append([self._cell(pairs[0][0], "label"), values[0], self._cell(pairs[1][0], "label"), values[1]])
                heights.append(None)
                continue
            for (label, _), value in zip(pairs, values, strict=True):
                first = len(rows)
                for place, piece in enumerate(_pieces(value, whole)):
                    rows.append([self._cell(label if place == 0 else "", "label"), piece, "", ""])
                    heights.append(least if place == 0 and least > _high(piece, whole) else None)
                    marks.append(("SPAN", (1, len(rows) - 1), (3, len(rows) - 1)))
                if least or len(rows) - first > 1:
                    marks.append(("VALIGN", (1, first), (-1, len(rows) - 1), "TOP"))
                for place in range(first + 1, len(rows)):  # one text in several rows: no line and no room between them
                    marks += [("LINEABOVE", (0, place), (-1, place), 0.7, white), ("TOPPADDING", (0, place), (-1, place), 0)]
                    marks.append(("BOTTOMPADDING", (0, place - 1), (-1, place - 1), 0))
        table = Table(rows, colWidths=widths, rowHeights=heights, spaceBefore=4, spaceAfter=8)
        table.setStyle(TableStyle([*_BOXES, *marks]))
        return table

    def _cell(self, text: str, style: str, limit: int = 0) -> Lines:
        return Lines(self._markup(text, self.styles[style].fontName, "", limit), self.styles[style])

    def _table(self, name: str) -> list[Flowable]:
        field = self.template.field(name)
        if field is None or field.type != "table":
            return [self._paragraph(name, "para")]
        given = self.values.get(name) or []
        rows = given or [{} for _ in range(4)]  # empty rows, to be filled by hand
        head = [Lines(self.write(column.zh, BOLD), self.styles["head"]) for column in field.columns]
        total = sum(column.share for column in field.columns)
        body = [
            [self._table_cell(column, row, place, CELL_LIMIT * column.share // total) for column in field.columns]
            for place, row in enumerate(rows, 1)
        ]
        heights = [None, *([None if given else 24.0] * len(rows))]
        if len(rows) <= 2 * TAIL:
            return [self._rows([head, *body], field.columns, heights, repeated=1)]
        tail = self._rows(body[-TAIL:], field.columns, heights[-TAIL:], repeated=0)
        tail.is_tail = True
        main = self._rows([head, *body[:-TAIL]], field.columns, heights[:-TAIL], repeated=1)
        main.spaceAfter = tail.spaceBefore = 0
        return [main, tail]

    def _rows(self, rows: Sequence[Any], columns: Sequence[Column], heights: Sequence[Any], *, repeated: int) -> Table:
        total = sum(column.share for column in columns)
        widths = [self.width * column.share / total for column in columns]
        table = Table(rows, colWidths=widths, rowHeights=heights, repeatRows=repeated, spaceBefore=4, spaceAfter=8)
        table.setStyle(TableStyle([*_BOXES, ("LEFTPADDING", (0, 0), (-1, -1), 3), ("RIGHTPADDING", (0, 0), (-1, -1), 3)]))
        return table

    def _table_cell(self, column: Column, row: Mapping[str, Any], place: int, limit: int) -> Lines:
        text = str(row.get(column.name) or ("" if column.name != "row" or not row else place))
        if column.digest:
            groups = [text[start : start + 16] for start in range(0, len(text), 16)]
            return Lines(self.write("\n".join(groups), PLAIN, 160), self.styles["digest"])
        return Lines(self.write(text, BODY, limit), self.styles["small"])

    def _picture(self, markup: str) -> list[Flowable]:
        mark = _MARK.fullmatch(markup)
        value = self.body.values[int(mark[1])] if mark else None
        still = self.pictures.get(int(value)) if value and value.isdigit() else None
        room = (self.width - 12, PICTURE)
        content: Any = self._cell("（粘贴处）", "note_centre")
        if still is not None:
            width, height = ImageReader(BytesIO(still.jpeg)).getSize()
            scale = min(room[0] / width, (room[1] - 12) / height)
            content = Image(BytesIO(still.jpeg), width * scale, height * scale)
        style = [*_BOXES, ("ALIGN", (0, 0), (-1, -1), "CENTER")]
        return [Table([[content]], colWidths=[self.width], rowHeights=[room[1]], style=TableStyle(style), spaceBefore=4, spaceAfter=8)]

    def _signatures(self, lines: Sequence[str]) -> list[Flowable]:
        rows: list[list[Any]] = []
        heights, styles = [], []
        for place, line in enumerate(lines):
            if line.startswith("[拒签]"):
                words = self._cell(line.removeprefix("[拒签]").strip(), "cell", REFUSAL_LIMIT)
                rows.append([words, "", ""])
                styles += [("SPAN", (0, place), (2, place)), ("VALIGN", (0, place), (2, place), "TOP")]
                heights.append(max(50.0, _high(words, self.width)))
            else:
                name = self._cell(line.removeprefix("[签名]").strip(), "cell", NAME_LIMIT)
                rows.append([name, "", self._cell("　　　年　　月　　日", "date")])
                heights.append(max(34.0, _high(name, self.width * 0.4)))
        table = Table(rows, colWidths=[self.width * share for share in (0.40, 0.30, 0.30)], rowHeights=heights, spaceBefore=6, spaceAfter=4)
        table.setStyle(TableStyle([*_BOXES, ("LINEAFTER", (0, 0), (1, -1), 0, INK), *styles]))
        return [table]


def _high(cell: Lines, width: float) -> float:
    """How high a row is that holds this cell (points)."""
    return float(cell.wrap(width - 10, 100_000)[1]) + 12


def _pieces(cell: Lines, width: float) -> list[Lines]:
    """A cell cut into pieces that each fit well on a page: a row cannot be cut where cells are joined."""
    found: list[Lines] = []
    rest: list[Lines] = [cell]
    while rest:
        one, *after = rest
        if _high(one, width) <= TALLEST:
            return [*found, *rest]
        parts = one.split(width - 10, TALLEST - 12)
        if len(parts) < 2:
            return [*found, *rest]
        found.append(parts[0])
        rest = [*parts[1:], *after]
    return found


def _held(story: list[Flowable]) -> list[Flowable]:
    """What must stand above signatures on their page, taken off the story: a note, the end of a table or room to write, with its heading.

    Where there is none of these, the last paragraphs: nobody signs a page without text.
    """
    held: list[Flowable] = []
    while story and (getattr(story[-1], "is_tail", False) or story[-1].getKeepWithNext()):
        held.insert(0, story.pop())
    while story and len(held) < ABOVE and isinstance(story[-1], Lines):
        held.insert(0, story.pop())
    return held


def _styles(size: float, pitch: float) -> dict[str, ParagraphStyle]:
    def style(name: str, font: str, points: float, leading: float, **more: object) -> ParagraphStyle:
        return ParagraphStyle(name, fontName=font, fontSize=points, leading=leading, wordWrap="CJK", textColor=INK, **more)

    return {
        one.name: one
        for one in (
            style("title", BODY, TITLE, 34, alignment=TA_CENTER, spaceAfter=pitch * 0.7, keepWithNext=1),
            style("section", BOLD, size, pitch, spaceBefore=4, firstLineIndent=2 * size if size > 14 else 0, keepWithNext=1),
            style("para", BODY, size, pitch, firstLineIndent=2 * size),
            style("flat", BODY, size, pitch),
            style("right", BODY, size, pitch, alignment=TA_RIGHT, rightIndent=2 * size),
            style("note", PLAIN, 9, 14, spaceBefore=3, spaceAfter=3, keepWithNext=1),
            style("note_centre", PLAIN, 10, 15, alignment=TA_CENTER),
            style("label", BODY, CELL, CELL_PITCH, alignment=TA_CENTER),
            style("cell", BODY, CELL, CELL_PITCH),
            style("date", BODY, CELL, CELL_PITCH, alignment=TA_RIGHT),
            style("head", BOLD, 10, 14, alignment=TA_CENTER),
            style("small", BODY, 10, 14),
            style("digest", PLAIN, 7.5, 10.5),
        )
    }


_BOXES = [
    CELL_FONT,
    ("BOX", (0, 0), (-1, -1), 0.9, INK),
    ("INNERGRID", (0, 0), (-1, -1), 0.5, INK),
    ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
    ("LEFTPADDING", (0, 0), (-1, -1), 5),
    ("RIGHTPADDING", (0, 0), (-1, -1), 5),
    ("TOPPADDING", (0, 0), (-1, -1), 4),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 6),
]


class _Document(BaseDocTemplate):
    """A4 with 第 x 页 共 y 页 below, and the word draft above until a form is sealed."""

    def __init__(self, target: BinaryIO, template: Template, writer: Writer, pages: Pages, draft: str) -> None:
        top, bottom, left, right = MARGINS[template.layout]
        margins = {"leftMargin": left, "rightMargin": right, "topMargin": top, "bottomMargin": bottom}
        super().__init__(target, pagesize=A4, **margins, invariant=1, initialFontName=PLAIN, title=template.title, lang="zh-CN")
        self.pages, self.writer, self.draft, self.right, self.layout = pages, writer, draft, right, template.layout
        self.bottom_margin, self.top_margin = bottom, top
        frame = Frame(
            left, bottom, A4[0] - left - right, A4[1] - top - bottom, leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0
        )
        self.addPageTemplates(PageTemplate("page", [frame], onPageEnd=self._furniture))

    def _furniture(self, canvas: Any, _: object) -> None:
        self.pages.now["total"] = canvas.getPageNumber()
        canvas.saveState()
        canvas.setFillColor(INK)
        font, size = NUMBER[self.layout]
        canvas.setFont(font, size)
        text = f"第 {canvas.getPageNumber()} 页　共 {self.pages.total} 页"
        canvas.drawString((A4[0] - stringWidth(text, font, size)) / 2, self.bottom_margin - 9 * mm, text)
        canvas.setFont(PLAIN, 10)
        if self.draft:
            canvas.setFillColor(FAINT)
            canvas.drawRightString(A4[0] - self.right, A4[1] - self.top_margin + 8 * mm, self.draft)
        canvas.restoreState()
