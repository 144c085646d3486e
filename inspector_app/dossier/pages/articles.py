# mypy: disable-error-code="no-untyped-call, attr-defined"
"""Facts by article: each article's card once, under it every element against every finding, so that every open element shows."""

from typing import Any

from reportlab.platypus import Flowable, Table, TableStyle

from inspector_app.domain.codes import to_chinese_number
from inspector_app.dossier.sheet import Sheet, widths
from inspector_app.dossier.styles import ALARM, DENSE, GRID

Json = dict[str, Any]
#: Most findings side by side in one matrix; more go into further ones below.
ACROSS = 8
#: Share of the page for the elements' words; the findings divide the rest.
STATEMENT = 28
#: Characters of contrary material in the matrix.
CONTRARY = 40


def articles(sheet: Sheet) -> list[Flowable]:
    head: list[Flowable] = [
        sheet.heading("四、事实与条款对照", "h1", "articles", 0),
        sheet.text(f"{sheet.words['matrix_note']}适用日：{'、'.join(_days(sheet)) or '—'}。", "note"),
    ]
    if not sheet.articles:
        return [*head, sheet.text("本卷宗没有认定。"), sheet.pause()]
    story = head
    for key, place in sheet.articles.items():
        story += article(sheet, key, place)
    return [*story, sheet.pause()]


def article(sheet: Sheet, key: str, place: int = 0) -> list[Flowable]:
    """An article's card and its elements against the findings that name it; `place` is its number in the section."""
    place = place or sheet.articles[key]
    told = sheet.data["articles"][key]
    title = f"（{to_chinese_number(place)}）{told['citation']}　{told['title']}"
    head = sheet.heading(title, "h3", f"article-{place}", 1)
    return [head, _card(sheet, key, told), *_matrix(sheet, key, told)]


def _days(sheet: Sheet) -> list[str]:
    """The days whose law is told here, each with why that day."""
    found = {(recording["law_day"]["on"], recording["law_day"]["basis"]) for recording in sheet.data["recordings"]}
    used = {key.partition("@")[2] for key in sheet.articles}
    return [f"{day}（{sheet.word('day_basis', basis)}）" for day, basis in sorted(found) if day in used]


def _card(sheet: Sheet, key: str, article: Json) -> Table:
    """Summary, edition, who is bound, the chain duty → liability → penalty, what to rule out, what to demand, what to mind."""
    pairs: list[tuple[str, str]] = [("内容摘要", article["summary"])] if article["summary"] else []
    if verbatim := article.get("verbatim"):
        pairs.append(("官方原文", f"{verbatim['words']}（来源：{verbatim['source']}，SHA-256 {verbatim['sha256']}）"))
    day = f"　适用日 {key.partition('@')[2]}" if len(_days(sheet)) > 1 else ""
    pairs.append(("版本", edition_line(article) + day))
    if article["binds"]:
        pairs.append(("义务主体", sheet.joined("binds", article["binds"])))
    pairs += [("责任", _liability(sheet, article, one)) for one in article["liability"]]
    if article["exemptions"]:
        pairs.append(("须排除", _numbered([one["statement"] + _bracketed(one["basis"]) for one in article["exemptions"]])))
    if article["records"]:
        pairs.append(("应调取", _numbered([_record(sheet, article, one) for one in article["records"]])))
    notes = [*article["notes"], *(_day_note(sheet, note) for note in article["day_notes"])]
    if notes:
        pairs.append(("注意", _numbered(notes)))
    return sheet.facts(pairs, 10, dense=True)


def _numbered(texts: list[str]) -> str:
    """One behind the other; numbered where there are several."""
    return "；".join(f"（{place}）{text.rstrip('。；')}" for place, text in enumerate(texts, 1)) if len(texts) > 1 else texts[0]


def _bracketed(text: str) -> str:
    return f"（{text}）" if text else ""


def _liability(sheet: Sheet, article: Json, liability: Json) -> str:
    chain = _chain(article["citation"], liability["article"], liability["penalties"])
    terms = "；".join((sheet.word("conditions", liability["condition"]), sheet.joined("departments", liability["departments"])))
    return sheet.short(f"{chain}　{liability['range']}（{terms}）")


def _record(sheet: Sheet, article: Json, record: Json) -> str:
    kept = f"{sheet.word('kept_since', record['since'])}不少于 {record['years']} 年" if record["years"] else ""
    basis = "，".join(part for part in (_short(record["article"], _law(article["citation"])), kept) if part)
    return sheet.short(f"{sheet.word('binds', record['holder'])}：{record['what']}（{basis}）")


def _day_note(sheet: Sheet, note: Json) -> str:
    template = sheet.word("day_notes", note["code"])
    for name, value in note["facts"].items():
        template = template.replace("{" + name + "}", value)
    return template


def chains(article: Json) -> str:
    """The way from the duty to the penalty in one line: each place of liability once, behind it all the penalties it leads to."""
    sources: dict[str, list[str]] = {}
    for liability in article["liability"]:
        sources.setdefault(liability["article"], []).extend(liability["penalties"])
    return "；".join(_chain(article["citation"], place, penalties) for place, penalties in sources.items())


def _chain(duty: str, place: str, penalties: list[str]) -> str:
    """Duty → liability → penalties, law by law; a law's name is not repeated while it stays the same."""
    laws = list(dict.fromkeys(_law(one) for one in penalties))
    ways = [one for law in laws for one in dict.fromkeys(penalties) if _law(one) == law and one != place]
    named = [_short(one, _law(before)) for before, one in zip([place, *ways], ways, strict=False)]
    return f"→ {_short(place, _law(duty))}" + (f" → {'、'.join(named)}" if named else "")


def _law(citation: str) -> str:
    return citation[: citation.find("》") + 1]


def _short(citation: str, law: str) -> str:
    """A citation without the law's name where it is the one just named."""
    return citation.removeprefix(law) if law and citation != law else citation


def _matrix(sheet: Sheet, key: str, article: Json) -> list[Flowable]:
    findings = [finding for finding in sheet.data["findings"] if key in finding["articles"]]
    if not article["elements"]:
        names = "、".join(sheet.finding(finding["number"]) for finding in findings)
        return [sheet.markup(f"条款目录未列构成要件，须人工对照。涉及：{names}。", "small")]
    tables = -(-len(findings) // ACROSS)
    across = -(-len(findings) // tables)
    return [_elements(sheet, key, article, findings[start : start + across]) for start in range(0, len(findings), across)]


def _elements(sheet: Sheet, key: str, article: Json, findings: list[Json]) -> Table:
    """One row an element, one column a finding: the exhibits, and where anything is open, what."""
    few = len(findings) < 4
    rows = []
    for order, element in enumerate(article["elements"], 1):
        proofs = [
            next(one for one in finding["elements"] if one["key"] == element["key"] and one["article"] == key) for finding in findings
        ]
        row = [sheet.cell(f"{order}．{element['statement']}", "cell_small")]
        rows.append([*row, *(sheet.markup(_proof(sheet, proof, "　" if few else "<br/>"), "cell_small") for proof in proofs)])
    for name, tell in (("相反材料", _contrary), ("除外情形", _exemptions)):
        told = [tell(sheet, key, finding) for finding in findings]
        rows.append([sheet.cell(name, "cell_small"), *(sheet.markup(one, "cell_small") for one in told)])
    head = [sheet.cell("构成要件", "cell_head"), *(sheet.markup(sheet.finding(finding["number"]), "cell_head") for finding in findings)]
    shares = (100 - 20 * len(findings), *[20] * len(findings)) if few else (STATEMENT, *[(100 - STATEMENT) / len(findings)] * len(findings))
    style = TableStyle([*GRID, *DENSE, ("LEFTPADDING", (1, 0), (-1, -1), 3), ("RIGHTPADDING", (1, 0), (-1, -1), 3)])
    return Table([head, *rows], colWidths=widths(shares), repeatRows=1, spaceBefore=2, spaceAfter=6, style=style)


def _contrary(sheet: Sheet, _: str, finding: Json) -> str:
    """Markup: what speaks against the finding, as far as a matrix has room; the whole stands with the finding."""
    text = finding["contrary"]
    font = "NotoSerifSC-Regular"
    return sheet.write(text if len(text) <= CONTRARY else text[:CONTRARY] + "……", font) if text else sheet.aside("未记载", "cell_small")


def _exemptions(sheet: Sheet, key: str, finding: Json) -> str:
    """Markup: how many of this article's exemptions were weighed, and whether one applies."""
    own = {one["key"] for one in sheet.data["articles"][key]["exemptions"]}
    found = [one for one in finding["exemptions"] if one["key"] in own]
    weighed = [one for one in found if one["considered"]]
    applies = f'　<font color="{ALARM}">有适用</font>' if any(one["applies"] for one in weighed) else ""
    return sheet.aside(f"已考量 {len(weighed)}/{len(found)}", "cell_small") + applies if found else sheet.aside("—", "cell_small")


def _proof(sheet: Sheet, proof: Json, between: str) -> str:
    numbers = sheet.exhibits(proof["exhibits"])
    return numbers if proof["proved"] else f"{numbers}{between if numbers else ''}{state(proof)}"


def state(proof: Json) -> str:
    """Markup: how an element of a finding stands."""
    if not proof["exhibits"]:
        return f'<font name="NotoSansSC-Bold" color="{ALARM}">未证</font>'
    return "有证据" if proof["proved"] else f'<font color="{ALARM}">待确认</font>'


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
