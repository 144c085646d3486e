# mypy: disable-error-code="no-untyped-call, attr-defined"
"""One finding after another: what was said and shown, what it proves, under which article, with every element and its exhibits."""

from typing import Any

from reportlab.platypus import CondPageBreak, Flowable, PageBreak

from inspector_app.domain.codes import to_chinese_number
from inspector_app.domain.timebase import format_clock
from inspector_app.dossier.layout import Anchor, Mark
from inspector_app.dossier.sheet import NAME_LIMIT, Sheet
from inspector_app.dossier.text import grouped

from .index import edition_line, proof_cells
from .pictures import picture

Json = dict[str, Any]
QUOTE_LIMIT = 1500


def findings(sheet: Sheet) -> list[Flowable]:
    story: list[Flowable] = [sheet.heading("五、认定与证据", "h1", "findings", 0)]
    groups: dict[str, list[Json]] = {}
    for finding in sheet.data["findings"]:
        groups.setdefault(finding["articles"][0] if finding["articles"] else "", []).append(finding)
    if not groups:
        return [*story, sheet.text("本卷宗没有认定。"), PageBreak()]
    for place, (key, group) in enumerate(groups.items(), 1):
        article = sheet.data["articles"].get(key, {"citation": "未定条款", "title": ""})
        title = f"（{to_chinese_number(place)}）{article['citation']}"
        for order, finding in enumerate(group):
            if order == 0:
                story.append(sheet.heading(title, "h2", f"article-{place}", 1))
            story += [*_finding(sheet, finding), PageBreak()]
    return story


def _finding(sheet: Sheet, finding: Json) -> list[Flowable]:
    number = finding["number"]
    titles = [sheet.data["articles"][key]["title"] for key in finding["articles"]]
    heading = f"认定 {number}　{titles[0] if titles else ''}".strip()
    label = f"认定 {number}　{format_clock(finding['start_us'])}　{finding['quote'][:24]}"
    recording = sheet.recordings[finding["recording_id"]]
    story: list[Flowable] = [
        sheet.heading(heading, "h2", f"finding-{number}", 2, label=label),
        sheet.text(
            f"{recording['name'][:NAME_LIMIT]}　{sheet.span(finding['start_us'], finding['end_us'])}"
            f"　由 {finding['by']} 登记于 {sheet.moment(finding['created_at'])}",
            "note",
        ),
    ]
    if finding["quote"]:
        story.append(
            sheet.text(f"“{finding['quote']}”" if len(finding["quote"]) <= QUOTE_LIMIT else finding["quote"], "quote", QUOTE_LIMIT)
        )
    story += [sheet.text("证明对象", "h3"), sheet.text(finding["proves"] or "未填写", "body", QUOTE_LIMIT)]
    own = [exhibit for exhibit in sheet.data["exhibits"] if exhibit["finding_id"] == finding["id"]]
    stills = [exhibit for exhibit in own if exhibit["kind"] == "still"]
    for place, exhibit in enumerate(stills):
        story.append(picture(sheet, exhibit, recording, large=place == 0))
    story += _elements(sheet, finding)
    story += _other_exhibits(sheet, [exhibit for exhibit in own if exhibit["kind"] != "still"])
    for key in finding["articles"]:
        story += _article(sheet, sheet.data["articles"][key], recording["law_day"])
    story += _context(sheet, finding)
    story += _shown(sheet, finding)
    story += _records(sheet, finding)
    if finding["note"]:
        story += [sheet.text("备注", "h3"), sheet.text(finding["note"], "small", QUOTE_LIMIT)]
    return story


def _other_exhibits(sheet: Sheet, exhibits: list[Json]) -> list[Flowable]:
    """Exhibits without a picture: their words, and the digest where they have a file."""
    if not exhibits:
        return []
    rows = []
    for exhibit in exhibits:
        mark = Mark(sheet.pages, f"exhibit-{exhibit['number']}", _label(sheet, exhibit), 3)
        words: list[Flowable] = [sheet.cell(_compact(exhibit))]
        if exhibit["sha256"]:
            words.append(sheet.cell(f"{exhibit['path']}　SHA-256 {grouped(exhibit['sha256'], 16)}", "cell_mono"))
        rows.append(
            [
                [Anchor(mark), sheet.cell(f"证据 {exhibit['number']:03d}")],
                sheet.word("exhibit_kinds", exhibit["kind"]),
                sheet.cell(sheet.span(exhibit["start_us"], exhibit["end_us"]), "cell_small"),
                words,
            ]
        )
    return [sheet.text("文字类证据", "h3"), sheet.grid(("编号", "种类", "时间码", "内容"), rows, (13, 12, 17, 58))]


def _compact(exhibit: Json) -> str:
    """The exhibit's words; texts seen on the screen one behind the other, for there may be dozens of a few characters each."""
    text: str = exhibit["text"] or "—"
    return "　／　".join(text.splitlines()) if exhibit["kind"] == "screen_text" else text


def _label(sheet: Sheet, exhibit: Json) -> str:
    return f"证据 {exhibit['number']:03d}　{sheet.word('exhibit_kinds', exhibit['kind'])}"


def _elements(sheet: Sheet, finding: Json) -> list[Flowable]:
    if not finding["elements"]:
        return []
    rows = [[f"{place}．{element['statement']}", *proof_cells(sheet, element)] for place, element in enumerate(finding["elements"], 1)]
    return [sheet.text("构成要件与证据", "h3"), sheet.grid(("构成要件", "证据", "状态"), rows, (56, 34, 10))]


def _article(sheet: Sheet, article: Json, day: Json) -> list[Flowable]:
    """The article card: citation, summary, edition, who is bound, the chain duty → liability → penalty."""
    pairs: list[tuple[str, Any]] = [("条款", f"{article['citation']}　{article['title']}")]
    if article["summary"]:
        pairs.append(("内容摘要", article["summary"]))
    pairs.append(("版本", f"{edition_line(article)}\n适用日：{day['on']}（{sheet.word('day_basis', day['basis'])}）"))
    if article["binds"]:
        pairs.append(("义务主体", sheet.joined("binds", article["binds"])))
    for liability in article["liability"]:
        sources = [source for source in liability["penalties"] if source != liability["article"]]
        chain = " → ".join([article["citation"], liability["article"], *(["、".join(sources)] if sources else [])])
        terms = f"{sheet.word('conditions', liability['condition'])}：{liability['range']}"
        pairs.append(("责任链", f"{chain}\n{terms}（{sheet.joined('departments', liability['departments'])}）"))
    if article["exemptions"]:
        lines = [f"{one['statement']}{'（' + one['basis'] + '）' if one['basis'] else ''}" for one in article["exemptions"]]
        pairs.append(("须排除的情形", "\n".join(lines)))
    notes = [*article["notes"], *(_day_note(sheet, note) for note in article["day_notes"])]
    if notes:
        pairs.append(("注意", "\n".join(notes)))
    return [sheet.text("适用条款", "h3"), sheet.facts(pairs, 16)]


def _day_note(sheet: Sheet, note: Json) -> str:
    template = sheet.word("day_notes", note["code"])
    for name, value in note["facts"].items():
        template = template.replace("{" + name + "}", value)
    return template


def _context(sheet: Sheet, finding: Json) -> list[Flowable]:
    """The words around the quote: what the machine heard beside what a person made of it; the finding's own lines tinted."""
    start, end = finding["context_us"]
    story: list[Flowable] = [sheet.text(f"前后 15 秒文字记录（{sheet.span(start, end)}）", "h3")]
    if not finding["context"]:
        return [*story, sheet.text("此段没有文字记录。", "small")]
    rows, marks = [], []
    for place, line in enumerate(finding["context"], 1):
        corrected = f"{line['corrected']}　（{line['corrected_by'] or '未署名'}）" if line["corrected"] is not None else "—"
        speaker = f"{line['speaker']}：" if line["speaker"] else ""
        rows.append(
            [
                sheet.cell(format_clock(line["start_us"]), "cell_small"),
                f"{speaker}{line['machine']}",
                corrected,
                sheet.cell(sheet.share(line["confidence_pm"]), "cell_small"),
            ]
        )
        if line["inside"]:
            marks.append(("BACKGROUND", (0, place), (-1, place), "#fbf3df"))
    story.append(sheet.grid(("时间码", "机器听写", "人工校订", "置信度"), rows, (16, 42, 32, 10), marks))
    transcript = next((one for one in sheet.data["transcripts"] if one["id"] == finding["transcript_id"]), None)
    if transcript:
        model = f"{transcript['engine']}，模型 {transcript['model_name']}（SHA-256 {transcript['model_sha256'][:16]}…）"
        story.append(sheet.text(f"机器听写由 {model} 生成；底色行为引用范围。原始音像为准。", "note"))
    return story


def _shown(sheet: Sheet, finding: Json) -> list[Flowable]:
    """Screen text and chat of the time."""
    story: list[Flowable] = []
    if finding["screen"]:
        rows = [
            [
                sheet.cell(sheet.span(text["start_us"], text["end_us"]), "cell_small"),
                sheet.word("screen_kinds", text["kind"]),
                text["text"],
                sheet.cell(sheet.share(text["confidence_pm"]), "cell_small"),
            ]
            for text in finding["screen"]
        ]
        story += [sheet.text("同期画面文字（机器识别）", "h3"), sheet.grid(("出现时间", "种类", "文字", "置信度"), rows, (28, 11, 51, 10))]
    if finding["chat"]:
        rows = [[sheet.cell(format_clock(one["at_us"]), "cell_small"), one["user"], one["text"]] for one in finding["chat"]]
        story += [sheet.text("同期互动信息（发送人已隐去）", "h3"), sheet.grid(("时间码", "发送人", "内容"), rows, (18, 18, 64))]
    return story


def _records(sheet: Sheet, finding: Json) -> list[Flowable]:
    """What other parties must hold about this fact, for the letter that asks for it."""
    rows, seen = [], set()
    for key in finding["articles"]:
        for one in sheet.data["articles"][key]["records"]:
            identity = (one["holder"], one["what"], one["article"])
            if identity in seen:
                continue
            seen.add(identity)
            kept = f"{sheet.word('kept_since', one['since'])}不少于 {one['years']} 年" if one["years"] else "未规定期限"
            rows.append([sheet.word("binds", one["holder"]), one["what"], one["article"], kept])
    if not rows:
        return []
    head = ("保存者", "应调取的材料", "依据", "保存期限")
    return [CondPageBreak(60), sheet.text("应调取的材料", "h3"), sheet.grid(head, rows, (14, 40, 26, 20))]
