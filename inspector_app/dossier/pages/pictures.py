# mypy: disable-error-code="no-untyped-call, attr-defined"
"""A still exhibit on the page: portrait pictures stand left with their facts beside them, landscape ones above their facts."""

from io import BytesIO
from typing import Any

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Image, KeepTogether, Spacer, Table, TableStyle

from inspector_app.domain.timebase import format_clock
from inspector_app.dossier.layout import Heading, Mark
from inspector_app.dossier.sheet import Sheet
from inspector_app.dossier.styles import CELL_FONT, INK, RULE, SIDES, WIDTH
from inspector_app.dossier.text import grouped

Json = dict[str, Any]
#: Most width and height of a picture, by (portrait, large).
BOXES = {
    (True, True): (56 * mm, 97 * mm),
    (True, False): (46 * mm, 80 * mm),
    (False, True): (WIDTH, 89 * mm),
    (False, False): (78 * mm, 60 * mm),
}
GAP = 6 * mm


def picture(sheet: Sheet, exhibit: Json, recording: Json, *, large: bool) -> Flowable:
    """The exhibit's block, kept on one page; the first still of a finding is shown `large`."""
    still = sheet.stills[exhibit["number"]]
    box = BOXES[still.portrait, large]
    scale = min(box[0] / still.width, box[1] / still.height)
    image = Image(BytesIO(still.jpeg), still.width * scale, still.height * scale)
    image.hAlign = "CENTER"
    framed = Table([[image]], colWidths=[image.drawWidth], style=TableStyle([*_TIGHT, ("BOX", (0, 0), (-1, -1), 0.5, RULE)]))
    beside = still.portrait or not large
    facts = _facts(sheet, exhibit, recording, WIDTH - image.drawWidth - GAP if beside else WIDTH)
    if not beside:
        return KeepTogether([framed, Spacer(1, 5), facts, Spacer(1, 4)])
    widths = [image.drawWidth + GAP, WIDTH - image.drawWidth - GAP]
    return KeepTogether([Table([[framed, facts]], colWidths=widths, style=TableStyle(_TIGHT)), Spacer(1, 8)])


_TIGHT = [
    CELL_FONT,
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    *((f"{side}PADDING", (0, 0), (-1, -1), 0) for side in SIDES),
]


def _facts(sheet: Sheet, exhibit: Json, recording: Json, width: float) -> Table:
    number = exhibit["number"]
    label = f"证据 {number:03d}　{sheet.word('exhibit_kinds', exhibit['kind'])}"
    title = Heading(sheet.write(label, "NotoSansSC-Bold"), "h3_flat", Mark(sheet.pages, f"exhibit-{number}", label, 3))
    wide = width > 0.9 * WIDTH
    size = f"PNG，{exhibit['bytes']:,} 字节"
    digests = (("原件 SHA-256", recording["original_id"], ""), ("画面 SHA-256", exhibit["sha256"], size))
    rows: list[list[Any]] = [
        [title, ""],
        [sheet.cell("录制件", "label"), sheet.cell(recording["name"], "cell_small", 80)],
        [
            sheet.cell("时间码、PTS", "label"),
            sheet.cell(f"{format_clock(exhibit['start_us'])}　{exhibit['pts']} × {exhibit['time_base']} 秒", "cell_small"),
        ],
        [sheet.cell("存放", "label"), sheet.cell(exhibit["path"], "cell_mono", 200)],
    ]
    if exhibit["text"]:
        rows.append([sheet.cell("说明", "label"), sheet.cell(exhibit["text"], "cell_small", 300)])
    spans = [("SPAN", (0, 0), (1, 0))]
    for name, digest, more in digests:
        lines = [digest] if wide else [digest[:32], digest[32:]]
        value = sheet.cell("\n".join(grouped(line, 16) for line in lines), "cell_mono")
        if wide:
            rows.append([sheet.cell(f"{name}", "label"), [value, sheet.cell(more, "cell_mono")] if more else value])
        else:  # a narrow column cannot hold a digest in one line: label above, so that the lines stay together when copied
            spans.append(("SPAN", (0, len(rows)), (1, len(rows))))
            rows.append([[sheet.cell(f"{name}　{more}", "label"), value], ""])
    share = 0.16 if wide else 0.3
    style = [
        CELL_FONT,
        *spans,
        ("LINEABOVE", (0, 0), (-1, 0), 0.9, INK),
        ("LINEBELOW", (0, 0), (-1, -2), 0.4, RULE),
        ("LINEBELOW", (0, -1), (-1, -1), 0.9, INK),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        *((f"{side}PADDING", (0, 0), (-1, -1), 3) for side in SIDES),
    ]
    return Table(rows, colWidths=[width * share, width * (1 - share)], style=TableStyle(style))
