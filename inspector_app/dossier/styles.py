# mypy: disable-error-code="no-untyped-call"
"""How the dossier looks: page, colours, paragraph styles and table rules, after the plain manner of Chinese official documents.

Page, margins, cover, title, chapter headings and the statement above the signatures have the sizes of GB/T 9704-2012 (A4, 156 × 225 mm of
type; title 2-号, all else there 3-号). Exhibits, tables and the notes to them are smaller, as 5.2 of the standard allows where the matter asks
for it: a row of the exhibit list must stay one row, and words must stand beside the picture that shows them. Letters and records (`forms`)
are set by the standard throughout.
"""

from reportlab.lib.colors import Color, HexColor
from reportlab.lib.enums import TA_CENTER
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm

from .fonts import BODY, BOLD, PLAIN

PAGE = A4
#: GB/T 9704-2012, 5.2: 37 mm above, 28 mm at the left, a type area of 156 × 225 mm.
LEFT, RIGHT, TOP, BOTTOM = 28 * mm, 26 * mm, 37 * mm, 35 * mm
WIDTH = PAGE[0] - LEFT - RIGHT
HEIGHT = PAGE[1] - TOP - BOTTOM

INK = HexColor("#1c1c1c")
FAINT = "#6b6b6b"
GREY = HexColor(FAINT)
RULE = HexColor("#b9b6ae")
FILL = HexColor("#f3f1ec")
SAID = HexColor("#fbf0d0")
ALARM = "#a3201b"
RED = HexColor(ALARM)
LINK = "#1d3f72"

#: From the top of a cell to its first baseline, whatever its type size: the cells of a row stand on one line, on paper and in copied text.
CELL_BASELINE = 10.2
SMALL_BASELINE = 8.9
COVER_BASELINE = 18.0
#: Room at the left of a hanging paragraph: four Chinese characters or a time `00:00:00`, and a gap.
HANG = 41.0
BULLET: dict[str, object] = {"bulletFontName": PLAIN, "bulletFontSize": 8, "bulletColor": GREY, "bulletIndent": 0}


def _style(name: str, font: str, size: float, leading: float, **more: object) -> ParagraphStyle:
    colour: Color = INK
    given: dict[str, object] = {"textColor": colour, "wordWrap": "CJK", **more}
    return ParagraphStyle(name, fontName=font, fontSize=size, leading=leading, **given)


STYLES = {
    style.name: style
    for style in (
        _style("title", BODY, 22, 36, alignment=TA_CENTER),
        _style("over", BODY, 16, 26, alignment=TA_CENTER),
        _style("h1", BOLD, 16, 26, spaceBefore=16, spaceAfter=9, keepWithNext=1),
        _style("h2", BOLD, 13, 20, spaceBefore=14, spaceAfter=5, keepWithNext=1),
        _style("h3", BOLD, 10.5, 16, spaceBefore=11, spaceAfter=4, keepWithNext=1),
        _style("h3_flat", BOLD, 9.5, 14),
        _style("body", BODY, 10.5, 17.5, spaceAfter=5),
        _style("para", BODY, 10.5, 17.5, spaceAfter=5, firstLineIndent=21),
        _style("statement", BODY, 16, 28, spaceAfter=5, firstLineIndent=32),
        _style("item", BODY, 10.5, 17.5, spaceAfter=4, leftIndent=21, firstLineIndent=-21),
        _style("small", BODY, 9, 14.5, spaceAfter=3),
        _style("note", PLAIN, 8, 12.5, textColor=GREY, spaceAfter=3),
        _style(
            "quote", BODY, 12, 17.5, leftIndent=8, rightIndent=8, spaceBefore=5, spaceAfter=9, backColor=FILL, borderPadding=(3, 8, 5, 8)
        ),
        _style(
            "quote_long",
            BODY,
            10,
            14.5,
            leftIndent=8,
            rightIndent=8,
            spaceBefore=5,
            spaceAfter=9,
            backColor=FILL,
            borderPadding=(3, 8, 5, 8),
        ),
        _style(
            "code", PLAIN, 9.5, 15, leftIndent=20, rightIndent=6, backColor=FILL, borderPadding=(4, 6, 3, 8), spaceBefore=4, spaceAfter=9
        ),
        # A label or a time at the left, the text hanging beside it.
        _style("fact", BODY, 9, 12.5, leftIndent=HANG, spaceAfter=1, **BULLET),
        _style("line", BODY, 9, 12, leftIndent=HANG, spaceAfter=0.6, **BULLET),
        _style("line_said", BODY, 9, 12, leftIndent=HANG, spaceAfter=0.6, backColor=SAID, borderPadding=(0, 0, 1, HANG + 3), **BULLET),
        _style("line_small", BODY, 8.5, 11.5, leftIndent=HANG, spaceAfter=0.8, **BULLET),
        _style("run_in", BODY, 8.5, 11.5, leftIndent=HANG, spaceAfter=1, **BULLET),
        _style("caption", BODY, 8.5, 12),
        _style("caption_mono", PLAIN, 8, 11),
        _style("strip", PLAIN, 6.5, 8.5),
        _style("summary_title", BODY, 22, 30, alignment=TA_CENTER),
        _style("mini_head", BOLD, 9, 13, spaceBefore=5, spaceAfter=1.5, keepWithNext=1),
        _style("cell", BODY, 9, 13.5, baseline=CELL_BASELINE),
        _style("cell_small", BODY, 8.5, 11.2, baseline=SMALL_BASELINE),
        _style("cell_head", BOLD, 8.5, 12, baseline=SMALL_BASELINE),
        _style("cell_mono", PLAIN, 8, 11.2, baseline=SMALL_BASELINE),
        _style("label", PLAIN, 8.5, 13.5, textColor=GREY, baseline=CELL_BASELINE),
        _style("label_small", PLAIN, 8, 11.2, textColor=GREY, baseline=SMALL_BASELINE),
        _style("cover_label", BODY, 16, 25, textColor=GREY, baseline=COVER_BASELINE),
        _style("cover_value", BODY, 16, 25, baseline=COVER_BASELINE),
        _style("head_mono", PLAIN, 10, 16),
        _style("toc0", BODY, 10, 17, wordWrap=None),
        _style("toc1", BODY, 9, 13.4, leftIndent=18, wordWrap=None),
        _style("toc2", PLAIN, 8.5, 13, leftIndent=36, wordWrap=None, textColor=GREY),
    )
}

SIDES = ("LEFT", "RIGHT", "TOP", "BOTTOM")
#: Goes first in every table: an empty cell would otherwise bring in Helvetica, which is not embedded.
CELL_FONT = ("FONTNAME", (0, 0), (-1, -1), PLAIN)

#: Tables of rows: a strong line above and below, a tinted head, hairlines between.
GRID = [
    CELL_FONT,
    ("LINEABOVE", (0, 0), (-1, 0), 0.9, INK),
    ("LINEBELOW", (0, "splitlast"), (-1, "splitlast"), 0.4, RULE),
    ("LINEBELOW", (0, -1), (-1, -1), 0.9, INK),
    ("LINEBELOW", (0, 0), (-1, -2), 0.4, RULE),
    ("BACKGROUND", (0, 0), (-1, 0), FILL),
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("LEFTPADDING", (0, 0), (-1, -1), 4),
    ("RIGHTPADDING", (0, 0), (-1, -1), 4),
    ("TOPPADDING", (0, 0), (-1, -1), 3),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 4),
]

#: Further commands of a table with many rows: less room between them.
DENSE = [("TOPPADDING", (0, 0), (-1, -1), 1), ("BOTTOMPADDING", (0, 0), (-1, -1), 2)]

#: Tables of label and value.
FACTS = [
    CELL_FONT,
    ("LINEABOVE", (0, 0), (-1, 0), 0.9, INK),
    ("LINEBELOW", (0, 0), (-1, -2), 0.4, RULE),
    ("LINEBELOW", (0, -1), (-1, -1), 0.9, INK),
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("LEFTPADDING", (0, 0), (-1, -1), 4),
    ("RIGHTPADDING", (0, 0), (-1, -1), 4),
    ("TOPPADDING", (0, 0), (-1, -1), 2.5),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 3.5),
]

#: A form to be filled in and signed by hand: every box ruled.
FORM = [
    CELL_FONT,
    ("BOX", (0, 0), (-1, -1), 0.9, INK),
    ("INNERGRID", (0, 0), (-1, -1), 0.5, GREY),
    ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
    ("LEFTPADDING", (0, 0), (-1, -1), 5),
    ("RIGHTPADDING", (0, 0), (-1, -1), 5),
    ("TOPPADDING", (0, 0), (-1, -1), 4),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 5),
]
