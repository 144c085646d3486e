# mypy: disable-error-code="no-untyped-call, attr-defined"
"""The findings, one after another: picture, facts, words and texts of the time side by side; below them every element with its exhibits.

What is said of an article as such stands in the section on articles; here is only the way to it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from reportlab.platypus import Flowable, Spacer, Table, TableStyle

from inspector_app.domain.timebase import beijing, format_clock
from inspector_app.dossier.fonts import BOLD
from inspector_app.dossier.sheet import NAME_LIMIT, Sheet, widths
from inspector_app.dossier.stills import in_order
from inspector_app.dossier.styles import DENSE, FILL, GRID, STYLES

from . import claims, front, witnesses
from .articles import chains, state
from .pictures import Large, rows
from .witnesses import QUOTE_LIMIT

Json = dict[str, Any]


def findings(sheet: Sheet) -> list[Flowable]:
    head = sheet.heading("五、认定与证据", "h1", "findings", 0)
    if not sheet.data["findings"]:
        return [head, sheet.text("本卷宗没有认定。"), sheet.pause()]
    story: list[Flowable] = []
    for place, one in enumerate(sheet.data["findings"]):
        if one["number"] in sheet.volumes:
            story += front.cover(sheet, sheet.volumes.index(one["number"]) + 2)
        story += finding(sheet, one, [] if place else [head])
    return [*story, sheet.pause()]


def finding(sheet: Sheet, finding: Json, head: Sequence[Flowable] = ()) -> list[Flowable]:
    """One finding; it follows the one before on the same page where its picture and words have room. `head` stands above it."""
    number = finding["number"]
    title = sheet.data["articles"][finding["articles"][0]]["title"] if finding["articles"] else ""
    label = f"认定 {number}　{format_clock(finding['start_us'])}　{finding['quote'][:24] or title}"
    own = [exhibit for exhibit in sheet.data["exhibits"] if exhibit["finding_id"] == finding["id"]]
    stills = in_order(own).get(finding["id"], [])
    quote = next((one for one in own if one["kind"] == "quote" and one["text"] == finding["quote"]), None)
    shown = next((one for one in own if one["kind"] == "screen_text" and _covers(finding["screen"], one)), None)
    chat = next((one for one in own if one["kind"] == "chat"), None)
    right = [
        sheet.plain_hung("证明对象", witnesses.proves(sheet, finding), limit=QUOTE_LIMIT),
        *([sheet.plain_hung("备注", finding["note"], limit=QUOTE_LIMIT)] if finding["note"] else []),
        _facts(sheet, finding),
        *witnesses.context(sheet, finding),
        *witnesses.screen(sheet, finding, shown),
        *witnesses.chat(sheet, finding, chat),
    ]
    top = [*head, sheet.heading(f"认定 {number}　{title}".strip(), "h2", f"finding-{number}", 1, label=label)]
    top += witnesses.quote(sheet, finding, quote)
    story: list[Flowable] = [Large(sheet, stills[0], top, right)] if stills else [*top, *right]
    named = [one["id"] for one in (quote, shown, chat) if one]
    others = [one for one in own if one["kind"] != "still" and one["id"] not in named]
    return [
        *story,
        *rows(sheet, stills[1:]),
        *claims.strip(sheet, finding),
        *witnesses.other_texts(sheet, others),
        Spacer(1, 6),
        *_elements(sheet, finding),
        *claims.claim(sheet, finding),
        *_records(sheet, finding),
    ]


def _covers(screen: list[Json], exhibit: Json) -> bool:
    """Whether every text of the exhibit is among the texts of the picture that the page prints."""
    return {line.strip() for line in exhibit["text"].splitlines()} <= {
        line.strip() for text in screen for line in text["text"].splitlines()
    }


def _facts(sheet: Sheet, finding: Json) -> Flowable:
    """Which stretch of which recording, on the broadcast's clock too where it is known, and who registered it when."""
    recording = sheet.recordings[finding["recording_id"]]
    font = STYLES["caption_mono"].fontName
    facts = [
        ("录制件", f"{recording['name'][:NAME_LIMIT]}（见二）"),
        ("媒体时间", f"{format_clock(finding['start_us'])}—{format_clock(finding['end_us'])}"),
        ("播出时钟", _aired(sheet, finding, recording)),
        ("登记", f"{finding['by'][:NAME_LIMIT]} {sheet.moment(finding['created_at'])}"),
        ("状态", sheet.word("states", finding["state"])),
    ]
    lines = [f"{sheet.aside(name, 'caption_mono')}　{sheet.write(value, font)}" for name, value in facts if value]
    return sheet.markup("<br/>".join(lines), "caption_mono")


def _aired(sheet: Sheet, finding: Json, recording: Json) -> str:
    """The finding on the broadcast's clock, as far as anybody wrote down when the broadcast began."""
    started = sheet.sessions.get(recording["session_id"], {}).get("started_at", "")
    try:
        zero = beijing(datetime.fromisoformat(started))
    except ValueError:
        return ""
    start, end = (zero + timedelta(microseconds=finding[name]) for name in ("start_us", "end_us"))
    return f"{start:%Y-%m-%d %H:%M:%S}—{end:%H:%M:%S}"


def _elements(sheet: Sheet, finding: Json) -> list[Flowable]:
    """Every element of every article of the finding; an article's line says where its liability leads."""
    if not finding["articles"]:
        return []
    body: list[list[Any]] = []
    marks: list[Any] = []
    for key in finding["articles"]:
        article = sheet.data["articles"][key]
        place = len(body) + 1
        marks += [
            ("SPAN", (0, place), (-1, place)),
            ("BACKGROUND", (0, place), (-1, place), FILL),
            ("NOSPLIT", (0, place), (-1, place + 1)),
        ]
        name = sheet.write(f"{article['citation']}　{article['title']}　", BOLD)
        line = f'<font name="{BOLD}">{name}</font>{sheet.write(sheet.short(chains(article)), STYLES["cell_small"].fontName)}'
        body.append([sheet.markup(f"{line}　{sheet.article(key)}", "cell_small"), "", ""])
        elements = [element for element in finding["elements"] if element["article"] == key]
        for order, element in enumerate(elements, 1):
            statement = sheet.cell(f"{order}．{element['statement']}", "cell_small")
            numbers = sheet.markup(sheet.exhibits(element["exhibits"]) or "—", "cell_small")
            body.append([statement, numbers, sheet.markup(state(element), "cell_small")])
    head = [sheet.cell(title, "cell_head") for title in ("条款、责任与构成要件", "证据", "状态")]
    style = TableStyle([*GRID, *DENSE, ("BACKGROUND", (0, 0), (-1, 0), "#ffffff"), *marks])
    return [Table([head, *body], colWidths=widths((74, 17, 9)), repeatRows=1, spaceAfter=4, style=style)]


def _records(sheet: Sheet, finding: Json) -> list[Flowable]:
    """The names of what other parties must hold about this fact; holder, basis and period stand with the article."""
    found: dict[str, str] = {}
    for key in finding["articles"]:
        for record in sheet.data["articles"][key]["records"]:
            found.setdefault(record["what"], key)
    if not found:
        return []
    font = STYLES["run_in"].fontName
    names = "、".join(sheet.link(f"article-{sheet.articles[key]}", sheet.write(what, font)) for what, key in found.items())
    return [sheet.hung("应调取", f"{names}{sheet.aside('（保存者、依据和期限见四）', 'run_in')}", "run_in")]
