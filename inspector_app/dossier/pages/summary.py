# mypy: disable-error-code="no-untyped-call, attr-defined"
"""The summary edition: one page for whoever decides, from the same data; what is open stands on it as plainly as what is proved."""

from typing import Any

from reportlab.platypus import Flowable, KeepInFrame, NextPageTemplate, Spacer

from inspector_app.dossier.columns import heights
from inspector_app.dossier.layout import Rule
from inspector_app.dossier.sheet import Sheet
from inspector_app.dossier.styles import ALARM, DENSE, HEIGHT, WIDTH
from inspector_app.dossier.text import grouped

Json = dict[str, Any]


def summary(sheet: Sheet) -> list[Flowable]:
    """The page with as many findings listed as it holds; the rest are counted."""
    for most in range(len(sheet.data["findings"]), -1, -1):
        content = _content(sheet, most)
        if sum(heights(content, WIDTH)) <= HEIGHT:
            break
    return [NextPageTemplate("page"), KeepInFrame(WIDTH, HEIGHT - 1, content, mode="shrink")]


def _content(sheet: Sheet, most: int) -> list[Flowable]:
    data = sheet.data
    return [
        sheet.heading(sheet.words["summary_title"], "summary_title", "summary", 0, contents=False),
        Rule(),
        sheet.facts(
            [
                ("案号", sheet.cell(data["case"]["number"], limit=72)),
                ("案由、当事人", sheet.cell(f"{data['case']['cause']}　{data['case']['party']}", limit=120)),
                ("执法人员", "、".join(one["name"] for one in data["officers"])[:80]),
                ("材料", sheet.cell(_material(sheet), limit=300)),
                ("要点", sheet.markup(_points(sheet), "cell")),
            ],
            16,
        ),
        *_findings(sheet, most),
        *_articles(sheet),
        sheet.text(_open(sheet), "small"),
        Spacer(1, 4),
        sheet.text(_source(sheet), "note"),
    ]


def _material(sheet: Sheet) -> str:
    recordings = sheet.data["recordings"]
    whole = sum(one["duration_us"] for one in recordings)
    watched = sum(one["watched"]["us"] for one in recordings)
    share = f"{watched * 100 // whole}%" if whole else "—"
    return f"录制件 {len(recordings)} 件，共 {sheet.clock(whole)}，已观看 {share}；证据 {len(sheet.data['exhibits'])} 份"


def _points(sheet: Sheet) -> str:
    """Markup: how many findings, elements proved and open, rulings."""
    findings = sheet.data["findings"]
    elements = [element for finding in findings for element in finding["elements"]]
    left = sum(not one["proved"] for one in elements)
    ruled = sum(finding["ruling"] == "accepted" for finding in findings)
    words = sheet.write(f"认定 {len(findings)} 项；构成要件 {len(elements)} 个，有证据 {len(elements) - left} 个，", "NotoSerifSC-Regular")
    gaps = f'<font color="{ALARM}">{sheet.write(f"待补 {left} 个", "NotoSerifSC-Regular")}</font>' if left else "无待补"
    return f"{words}{gaps}{sheet.write(f'；审核通过 {ruled} 项', 'NotoSerifSC-Regular')}"


def _findings(sheet: Sheet, most: int) -> list[Flowable]:
    rows = []
    for finding in sheet.data["findings"][:most]:
        proved = sum(one["proved"] for one in finding["elements"])
        articles = "、".join(key.partition("@")[0].replace(":", " ") for key in finding["articles"])
        rows.append(
            [
                str(finding["number"]),
                sheet.cell(sheet.clock(finding["start_us"]), "cell_small"),
                sheet.cell(finding["quote"] or finding["proves"] or finding["note"] or "—", "cell_small", 40),
                sheet.cell(articles, "cell_small", 120),
                sheet.cell(f"{proved}/{len(finding['elements'])}", "cell_small"),
                sheet.cell("有" if finding["contrary"] else "—", "cell_small"),
                sheet.cell(sheet.word("verdicts", finding["ruling"]) if finding["ruling"] else "未审", "cell_small"),
            ]
        )
    more = len(sheet.data["findings"]) - len(rows)
    head = ("认定", "时间", "原话或者事实", "条款", "要件", "相反", "审核")
    grid = sheet.grid(head, rows, (6, 11, 34, 27, 7, 7, 8), DENSE)
    return [grid, *([sheet.text(f"另有认定 {more} 项，见全卷。", "note")] if more > 0 else [])]


def _articles(sheet: Sheet) -> list[Flowable]:
    """The places of liability that the articles lead to, each once; the whole chains stand in the full edition."""
    found = [one["article"] for key in sheet.articles for one in sheet.data["articles"][key]["liability"]]
    return [sheet.text(sheet.short(f"责任条款　{'、'.join(dict.fromkeys(found))}"), "small", 600)] if found else []


def _open(sheet: Sheet) -> str:
    findings = sheet.data["findings"]
    told = [
        ("要件没有证据的认定", [one["number"] for one in findings if not all(element["proved"] for element in one["elements"])]),
        (
            "未记载相反材料或者除外情形的认定",
            [one["number"] for one in findings if not one["contrary"] and not any(x["considered"] for x in one["exemptions"])],
        ),
        ("未指明责任主体的认定", [one["number"] for one in findings if not one["parties"]]),
        ("被退回或者不予采纳的认定", [one["number"] for one in findings if one["ruling"] in ("returned", "rejected")]),
    ]
    lines = [f"{name}：{'、'.join(map(str, numbers))}" for name, numbers in told if numbers]
    return "待办　" + "；".join(lines) if lines else "待办　无。"


def _source(sheet: Sheet) -> str:
    full = sheet.data["edition"]["full"]
    known = f"全卷第 {full['version']} 版 SHA-256 {grouped(full['sha256'])}。" if full else "全卷尚未编制。"
    return f"本页由同一案件数据生成，是否构成违法由办案机关依法认定。{known}封存 {sheet.moment(sheet.data['sealed_at'])}，日志首值 {grouped(sheet.data['journal']['head'])}。"
