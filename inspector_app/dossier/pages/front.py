# mypy: disable-error-code="no-untyped-call, attr-defined"
"""Cover, how to read, contents: who says what about which case, sealed when, and what is not claimed."""

from typing import Any

from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.platypus import Flowable, KeepInFrame, NextPageTemplate, PageBreak, Spacer, Table, TableStyle

from inspector_app.dossier.fonts import PLAIN
from inspector_app.dossier.layout import Anchor, Contents, Mark, Rule
from inspector_app.dossier.sheet import Sheet
from inspector_app.dossier.styles import CELL_FONT, FACTS, HEIGHT, STYLES, WIDTH
from inspector_app.dossier.text import grouped

Json = dict[str, Any]
QR_SIDE = 96
#: Characters of a name on the cover, which must stay one page.
COVER_LIMIT = 72


def cover(sheet: Sheet, volume: int = 1) -> list[Flowable]:
    """The cover of a volume and the way to the pages behind it; a further volume's is a place in contents and bookmarks."""
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
        style=TableStyle([*FACTS, ("TOPPADDING", (0, 0), (-1, -1), 4), ("BOTTOMPADDING", (0, 0), (-1, -1), 6)]),
    )
    content = [
        Spacer(1, 30),
        sheet.text(sheet.words.get("office", "市场监督管理行政执法"), "over"),
        Spacer(1, 8),
        sheet.text(sheet.words["title"], "title"),
        sheet.text(f"{_edition(data)}{volume_of(sheet, volume)}", "over"),
        Spacer(1, 8),
        Rule(),
        Spacer(1, 26),
        table,
        Spacer(1, 24),
        head_block(sheet),
    ]
    whole = [KeepInFrame(WIDTH, HEIGHT - 1, content, mode="shrink"), NextPageTemplate("page"), PageBreak()]
    if volume == 1:
        return whole
    name = f"第 {volume} 册"
    mark = Mark(sheet.pages, f"volume-{volume}", name, 0, sheet.write(name, STYLES["toc0"].fontName))
    return [NextPageTemplate("cover"), PageBreak(), Anchor(mark), *whole]


def volume_of(sheet: Sheet, volume: int) -> str:
    """`　第 2 册　共 3 册`; nothing where one volume holds all."""
    return f"　第 {volume} 册　共 {len(sheet.volumes) + 1} 册" if sheet.volumes else ""


def _person(person: dict[str, str]) -> str:
    return f"{person['name']}　执法证号 {person['certificate']}" if person["certificate"] else person["name"]


def _edition(data: Json) -> str:
    """`全卷第 2 版`, of an extract with its article."""
    info = data["edition"]
    name = data["words"]["editions"][info["name"]]
    return f"{name}第 {info['version']} 版" + (f"　{info['article']}" if info["article"] else "") if info["version"] else name


def versions(sheet: Sheet) -> list[Flowable]:
    """Which edition this is, what it masks or leaves out, the full edition's digest, and what changed since the version before."""
    info, words = sheet.data["edition"], sheet.words
    story: list[Flowable] = [sheet.text("版次与变更", "h3"), sheet.text(words["edition_notes"][info["name"]] + _number(info), "para")]
    if info["left_out"]:
        story.append(sheet.text(f"未收入本摘录的认定 {info['left_out']} 项。", "para"))
    if info["masked"]:
        hidden = "，".join(f"{sheet.word('masked', one['what'])} {one['count']} 处" for one in info["masked"])
        story.append(sheet.text(f"已隐去：{hidden}。", "para"))
    if info["full"]:
        full = info["full"]
        told = f"全卷第 {full['version']} 版，{sheet.moment(full['at'])} 封存，SHA-256："
        story += [sheet.text(told, "para"), sheet.text(grouped(full["sha256"], 16), "code")]
    return [*story, *_changes(sheet, info)]


def _number(info: Json) -> str:
    return f"编号：{info['number']}。" if info["number"] else ""


def _changes(sheet: Sheet, info: Json) -> list[Flowable]:
    before = info["previous"]
    if not before:
        return [sheet.text("本版为第一版，没有前一版可以比较。", "para")] if info["version"] else []
    head = f"前一版：第 {before['version']} 版，{sheet.moment(before['at'])} 封存，SHA-256 {before['sha256'][:16]}……。"
    if not before["known"]:
        return [sheet.text(head + "前一版由较早的程序编制，没有可以逐项比较的记录。", "para")]
    names = {"finding": "认定", "exhibit": "证据"}
    parts = []
    for title, what in (("新增", "added"), ("变更", "changed"), ("撤回", "withdrawn")):
        for kind, name in names.items():
            numbers = [one["number"] for one in info["changes"][what] if one["kind"] == kind]
            parts += [f"{title}{name} {spans(numbers)}"] if numbers else []
    return [sheet.text(head + ("；".join(parts) + "。" if parts else "认定与证据没有变化。"), "para")]


def spans(numbers: list[int]) -> str:
    """`1—3、7`: numbers in order, neighbours drawn together."""
    joined: list[list[int]] = []
    for number in sorted(numbers):
        if joined and number == joined[-1][1] + 1:
            joined[-1][1] = number
        else:
            joined.append([number, number])
    return "、".join("—".join(dict.fromkeys(map(str, span))) for span in joined)


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
        *versions(sheet),
        sheet.pause(),
    ]


def contents(sheet: Sheet) -> list[Flowable]:
    return [sheet.heading("目　录", "h1", "contents", 0, label="目录", contents=False), Contents(sheet.pages), sheet.pause()]
