# mypy: disable-error-code="no-untyped-call, attr-defined"
"""Still exhibits on the page: the picture with what finds its frame in the original; one large at the left, further ones small in pairs."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Image, Spacer, Table, TableStyle

from inspector_app.domain.timebase import format_clock
from inspector_app.dossier.layout import Heading
from inspector_app.dossier.sheet import Sheet
from inspector_app.dossier.styles import CELL_FONT, RULE, SIDES, STYLES, WIDTH
from inspector_app.dossier.text import grouped

from .witnesses import mark_of

Json = dict[str, Any]
#: Heights the large picture may have; a finding takes the first with which it fits its page.
HEIGHTS = (98 * mm, 90 * mm, 82 * mm, 74 * mm, 66 * mm, 60 * mm)
#: Heights where the law has a page of its own.
HEIGHTS_ALONE = (132 * mm, 116 * mm)
#: Most width of a large landscape picture, so that words still stand beside it.
LANDSCAPE = 84 * mm
SMALL_HEIGHT = 44 * mm
GAP = 8.0
#: A column that holds half a digest, 32 digits.
DIGEST = 154.0

_TIGHT = [
    CELL_FONT,
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    *((f"{side}PADDING", (0, 0), (-1, -1), 0) for side in SIDES),
]


def large(sheet: Sheet, exhibit: Json, height: float) -> tuple[list[Flowable], float]:
    """The picture above its facts, and the width of that column."""
    still = sheet.stills[exhibit["number"]]
    frame = _framed(sheet, exhibit, (WIDTH if still.portrait else LANDSCAPE, height))
    return [frame, Spacer(1, 3), *_facts(sheet, exhibit)], max(DIGEST, frame.minWidth())


def rows(sheet: Sheet, exhibits: Sequence[Json]) -> list[Flowable]:
    """Further pictures, two beside one another; facts stand beside portrait pictures and below landscape ones."""
    width = (WIDTH - GAP) / 2
    style = TableStyle([*_TIGHT, ("BOTTOMPADDING", (0, 0), (-1, -1), 4)])
    cells = [_small(sheet, exhibit, width) for exhibit in exhibits]
    pairs = [[*cells[start : start + 2], ""][:2] for start in range(0, len(cells), 2)]
    return [Table([pair], colWidths=[width + GAP, width], style=style, spaceBefore=6) for pair in pairs]


def _small(sheet: Sheet, exhibit: Json, width: float) -> list[Flowable]:
    still = sheet.stills[exhibit["number"]]
    frame = _framed(sheet, exhibit, (width - DIGEST - GAP if still.portrait else width, SMALL_HEIGHT))
    if not still.portrait:
        return [frame, Spacer(1, 3), *_facts(sheet, exhibit)]
    columns = [frame.minWidth() + GAP, DIGEST]
    return [Table([[frame, _facts(sheet, exhibit)]], colWidths=columns, style=TableStyle(_TIGHT), hAlign="LEFT")]


def _framed(sheet: Sheet, exhibit: Json, box: tuple[float, float]) -> Table:
    still = sheet.stills[exhibit["number"]]
    scale = min(box[0] / still.width, box[1] / still.height)
    image = Image(BytesIO(still.jpeg), still.width * scale, still.height * scale)
    style = TableStyle([*_TIGHT, ("BOX", (0, 0), (-1, -1), 0.5, RULE)])
    return Table([[image]], colWidths=[image.drawWidth], style=style, hAlign="LEFT")


def _facts(sheet: Sheet, exhibit: Json) -> list[Flowable]:
    """What finds the frame in the original and the file in the case."""
    mark = mark_of(sheet, exhibit)
    title = Heading(sheet.write(mark.label, STYLES["h3_flat"].fontName), "h3_flat", mark)
    folder, slash, name = exhibit["path"].rpartition("/")
    lines = [
        f"{format_clock(exhibit['start_us'])}　PTS {exhibit['pts']} × {exhibit['time_base']} 秒",
        f"{folder}{slash}",
        name,
        f"PNG　{exhibit['bytes']:,} 字节　SHA-256",
        *(grouped(exhibit["sha256"][place : place + 32], 16) for place in (0, 32)),
    ]
    words = [sheet.text(exhibit["text"], "caption", 300)] if exhibit["text"] else []
    return [title, *words, sheet.text("\n".join(lines), "caption_mono")]
