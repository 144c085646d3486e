# mypy: disable-error-code="no-untyped-call, attr-defined"
"""Cover, how to read, contents: who says what about which case, sealed when, and what is not claimed."""

from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.platypus import Flowable, KeepInFrame, NextPageTemplate, PageBreak, Spacer, Table, TableStyle

from inspector_app.dossier.fonts import PLAIN
from inspector_app.dossier.layout import Rule, contents_table
from inspector_app.dossier.sheet import Sheet
from inspector_app.dossier.styles import CELL_FONT, FACTS, HEIGHT, WIDTH
from inspector_app.dossier.text import grouped

QR_SIDE = 96
#: Characters of a name on the cover, which must stay one page.
COVER_LIMIT = 72


def cover(sheet: Sheet) -> list[Flowable]:
    data, case = sheet.data, sheet.data["case"]
    rows = [
        ("案　　号", sheet.text(case["number"], "cover_value", COVER_LIMIT)),
        ("案　　由", sheet.text(case["cause"], "cover_value", COVER_LIMIT)),
        ("当 事 人", sheet.text(case["party"], "cover_value", COVER_LIMIT)),
        *(
            ("执法人员", sheet.text(f"{officer['name']}　执法证号 {officer['certificate']}", "cover_value", COVER_LIMIT))
            for officer in data["officers"]
        ),
        (
            "封存时间",
            sheet.text(f"北京时间 {sheet.moment(data['sealed_at'])}\n协调世界时 {sheet.moment_utc(data['sealed_at'])}", "cover_value"),
        ),
        ("封 存 人", sheet.text(_person(data["by"]), "cover_value", COVER_LIMIT)),
        ("内　　容", sheet.text(_amounts(sheet), "cover_value")),
    ]
    table = Table(
        [[sheet.text(label, "cover_label"), value] for label, value in rows],
        colWidths=[WIDTH * 0.19, WIDTH * 0.81],
        style=TableStyle([*FACTS, ("TOPPADDING", (0, 0), (-1, -1), 6), ("BOTTOMPADDING", (0, 0), (-1, -1), 8)]),
    )
    content = [
        Spacer(1, 66),
        sheet.text(sheet.words.get("office", "市场监督管理行政执法"), "over"),
        Spacer(1, 8),
        sheet.text(sheet.words["title"], "title"),
        Spacer(1, 16),
        Rule(),
        Spacer(1, 46),
        table,
        Spacer(1, 44),
        head_block(sheet),
    ]
    return [KeepInFrame(WIDTH, HEIGHT - 1, content, mode="shrink"), NextPageTemplate("page"), PageBreak()]


def _person(person: dict[str, str]) -> str:
    return f"{person['name']}　执法证号 {person['certificate']}" if person["certificate"] else person["name"]


def _amounts(sheet: Sheet) -> str:
    data = sheet.data
    return f"录制件 {len(data['recordings'])} 件　认定 {len(data['findings'])} 项　证据 {len(data['exhibits'])} 份"


def head_block(sheet: Sheet) -> Table:
    """The journal head for people (groups of four) and for machines (QR: `ZJ1|case|row|head`)."""
    journal = sheet.data["journal"]
    groups = grouped(journal["head"]).split(" ")
    lines = [" ".join(groups[:8]), " ".join(groups[8:])]
    words = [
        sheet.text(f"操作日志首值（第 {journal['seq']} 行，SHA-256）", "label"),
        sheet.text("\n".join(lines), "head_mono"),
        Spacer(1, 4),
        sheet.text("封存时的操作日志以此值为准。页眉印其前 16 位；末页供手签。", "note"),
        sheet.text(f"直鉴 {sheet.data['app']} 编制", "note"),
    ]
    return Table(
        [[_qr(f"ZJ1|{sheet.data['case']['case_id']}|{journal['seq']}|{journal['head']}"), words]],
        colWidths=[QR_SIDE + 14, WIDTH - QR_SIDE - 14],
        style=TableStyle([CELL_FONT, ("VALIGN", (0, 0), (-1, -1), "MIDDLE"), ("LEFTPADDING", (0, 0), (0, 0), 0)]),
    )


def _qr(content: str) -> Drawing:
    widget = QrCodeWidget(content, barLevel="M")
    left, bottom, right, top = widget.getBounds()
    scale = QR_SIDE / (right - left)
    return Drawing(QR_SIDE, QR_SIDE * (top - bottom) / (right - left), widget, transform=[scale, 0, 0, scale, 0, 0], initialFontName=PLAIN)


def how_to_read(sheet: Sheet) -> list[Flowable]:
    words = sheet.words["how_to_read"]
    return [
        sheet.heading("一、阅读说明", "h1", "how", 0),
        sheet.text("本卷宗证明什么", "h3"),
        *(sheet.text(f"{place}．{line}", "item") for place, line in enumerate(words["claimed"], 1)),
        sheet.text("本卷宗不证明什么", "h3"),
        *(sheet.text(f"{place}．{line}", "item") for place, line in enumerate(words["not_claimed"], 1)),
        sheet.text("时间与记号", "h3"),
        sheet.text(words["time"], "para"),
        sheet.text(words["marks"], "para"),
        PageBreak(),
    ]


def contents(sheet: Sheet) -> list[Flowable]:
    return [sheet.heading("目　录", "h1", "contents", 0, label="目录", contents=False), contents_table(), PageBreak()]
