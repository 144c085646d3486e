# mypy: disable-error-code="no-untyped-call, attr-defined"
"""Index of exhibits with pages, what was withdrawn, and the facts-by-article matrix in which every open element shows."""

from typing import Any

from reportlab.platypus import Flowable, PageBreak

from inspector_app.domain.timebase import format_clock
from inspector_app.dossier.sheet import Sheet
from inspector_app.dossier.text import plain

Json = dict[str, Any]


def exhibits(sheet: Sheet) -> list[Flowable]:
    findings = {finding["id"]: finding for finding in sheet.data["findings"]}
    rows = []
    for exhibit in sheet.data["exhibits"]:
        finding = findings[exhibit["finding_id"]]
        digest = exhibit["sha256"][:16]
        rows.append(
            [
                sheet.markup(sheet.exhibit(exhibit["number"]), "cell"),
                sheet.word("exhibit_kinds", exhibit["kind"]),
                sheet.cell(format_clock(exhibit["start_us"]), "cell_small"),
                sheet.cell(plain(finding["proves"] or exhibit["text"] or finding["quote"], 44), "cell_small"),
                sheet.markup(sheet.finding(finding["number"]), "cell_small"),
                sheet.cell(digest or "—", "cell_mono"),
                sheet.page_of(f"exhibit-{exhibit['number']}"),
            ]
        )
    head = ("编号", "种类", "时间码", "证明对象", "认定", "SHA-256 前16位", "页")
    story: list[Flowable] = [sheet.heading("三、证据目录", "h1", "exhibits", 0)]
    story.append(sheet.grid(head, rows, (14, 11, 16, 28, 10, 21, 6)) if rows else sheet.text("无证据。", "body"))
    gone = [
        [
            f"{'证据' if entry['kind'] == 'exhibit' else '认定'} {entry['number']:03d}",
            sheet.moment(entry["at"]),
            entry["by"],
            str(entry["seq"]),
            sheet.cell(entry["reason"] or sheet.word("acts", entry["act"]), "cell_small", 120),
        ]
        for entry in sheet.data["withdrawn"]
    ]
    if gone:
        story += [
            sheet.text("已撤回（编号不再使用）", "h3"),
            sheet.grid(("编号", "撤回时间", "操作人", "日志行", "说明"), gone, (16, 26, 16, 12, 30)),
        ]
    return [*story, PageBreak()]


def by_article(findings: list[Json]) -> dict[str, list[Json]]:
    """Article key to its findings, each finding under every article it names, in the order of first mention."""
    groups: dict[str, list[Json]] = {}
    for finding in findings:
        for key in finding["articles"]:
            groups.setdefault(key, []).append(finding)
    return groups


def matrix(sheet: Sheet) -> list[Flowable]:
    story: list[Flowable] = [
        sheet.heading("四、事实与条款对照", "h1", "matrix", 0),
        sheet.text("逐条、逐项列明构成要件及对应证据。没有证据的要件标为“未证”，有证据而办案人员未勾选的标为“待确认”，一并列出。", "note"),
    ]
    for place, (key, findings) in enumerate(by_article(sheet.data["findings"]).items(), 1):
        article = sheet.data["articles"][key]
        story.append(sheet.text(f"{place}．{article['citation']}　{article['title']}", "h3"))
        story.append(sheet.text(edition_line(article), "note"))
        rows: list[list[Any]] = []
        marks: list[Any] = []
        for order, element in enumerate(article["elements"], 1):
            first = len(rows) + 1
            for finding in findings:
                proof = next(one for one in finding["elements"] if one["key"] == element["key"] and one["article"] == key)
                lead = f"{order}．{element['statement']}" if finding is findings[0] else ""
                rows.append([lead, sheet.markup(sheet.finding(finding["number"]), "cell"), *proof_cells(sheet, proof)])
            if len(findings) > 1:
                marks.append(("LINEBELOW", (0, first), (0, len(rows) - 1), 0.4, "#ffffff"))
        if rows:
            story.append(sheet.grid(("构成要件", "认定", "证据", "状态"), rows, (44, 12, 34, 10), marks))
        else:
            names = "、".join(f"认定 {finding['number']}" for finding in findings)
            story.append(sheet.text(f"条款目录未列构成要件，须人工对照。涉及：{names}。", "small"))
    return [*story, PageBreak()]


def proof_cells(sheet: Sheet, proof: Json) -> list[Any]:
    """The cells 证据 and 状态 of one element of one finding."""
    if not proof["exhibits"]:
        return ["—", sheet.markup('<font name="NotoSansSC-Bold" color="#a3201b">未证</font>', "cell")]
    links = sheet.markup("、".join(sheet.exhibit(number) for number in proof["exhibits"]), "cell")
    return [links, "有证据" if proof["proved"] else sheet.markup('<font color="#a3201b">待确认</font>', "cell")]


def edition_line(article: Json) -> str:
    """Which text of the law is meant, and since when it applies."""
    edition = article["edition"]
    if not edition:
        return "条款目录未收录此条，引用前请核对公布文本。"
    parts = [
        f"《{edition['name']}》",
        edition["label"],
        edition["order"],
        f"{edition['promulgated']} 公布",
        f"{edition['in_force_from']} 起施行",
    ]
    if edition["in_force_to"]:
        parts.append(f"至 {edition['in_force_to']} 前有效")
    return "　".join(part for part in parts if part)
