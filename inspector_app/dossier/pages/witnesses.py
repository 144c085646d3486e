# mypy: disable-error-code="no-untyped-call, attr-defined"
"""What was said, shown and written at the time of a finding: quote, words around it, texts of the picture, viewers' messages.

All of it is paragraphs, which may stand in a narrow column or over the page. Nothing is left out and nothing is printed twice.
"""

from collections.abc import Iterable
from typing import Any

from reportlab.platypus import Flowable

from inspector_app.domain.timebase import format_clock
from inspector_app.dossier.layout import Anchor, Heading, Mark
from inspector_app.dossier.sheet import Sheet
from inspector_app.dossier.styles import STYLES

Json = dict[str, Any]
#: A text of the picture: its words, when it was shown, the lowest confidence of its readings (per mille).
Text = tuple[str, list[tuple[int, int]], int]
QUOTE_LIMIT = 1500
#: Longer quotes are set smaller.
LONG = 120
LINE_LIMIT = 400
#: Characters of the quote in a sentence that says what a finding proves; the whole quote stands above it.
PROVES_LIMIT = 80
#: What claims something comes first, each text with its times; the rest is only listed.
CLAIMING = ("caption", "price", "struck_price", "countdown", "counter", "title", "banner", "scroll")
LISTED = ("disclosure", "label", "overlay", "watermark", "scene", "text", "other")
#: Times printed of one text; the data file has all.
MOST_TIMES = 24
#: Readings below this say how sure they are (per mille).
SURE_PM = 900


def mark_of(sheet: Sheet, exhibit: Json) -> Mark:
    return Mark(sheet.pages, f"exhibit-{exhibit['number']}", sheet.exhibit_name(exhibit), 2)


def titled(sheet: Sheet, exhibit: Json | None, title: str, remark: str = "") -> Flowable:
    """A small heading; an exhibit's number stands before it and is the exhibit's place."""
    number = f"证据 {exhibit['number']:03d}　" if exhibit else ""
    markup = sheet.write(number + title, STYLES["mini_head"].fontName) + (sheet.aside(remark, "mini_head") if remark else "")
    return Heading(markup, "mini_head", mark_of(sheet, exhibit)) if exhibit else sheet.markup(markup, "mini_head")


def proves(sheet: Sheet, finding: Json) -> str:
    """What the finding proves: as a person put it, else a sentence that only repeats time and words."""
    if finding["proves"]:
        return str(finding["proves"])
    quote = finding["quote"].strip().rstrip("，,；;。")
    template = sheet.word("proves", finding["witness"] if quote else "none")
    short = quote if len(quote) <= PROVES_LIMIT else quote[:PROVES_LIMIT] + "……"
    span = f"{format_clock(finding['start_us'])}—{format_clock(finding['end_us'])}"
    return template.replace("{span}", span).replace("{quote}", short)


def quote(sheet: Sheet, finding: Json, exhibit: Json | None) -> list[Flowable]:
    """The words themselves, and whether a machine or a person wrote them down."""
    if not finding["quote"]:
        return []
    whole, style = len(finding["quote"]) <= QUOTE_LIMIT, "quote_long" if len(finding["quote"]) > LONG else "quote"
    words = sheet.write(f"“{finding['quote']}”" if whole else finding["quote"], STYLES[style].fontName, QUOTE_LIMIT)
    name = f"{sheet.exhibit_name(exhibit)}　" if exhibit else ""
    box = sheet.markup(f"{words}<br/>{sheet.aside(name + _origin(sheet, finding), 'line')}", style)
    return [Anchor(mark_of(sheet, exhibit)), box] if exhibit else [box]


def _origin(sheet: Sheet, finding: Json) -> str:
    words = sheet.words["origins"]
    if finding["witness"] != "speech":
        texts = [text for text in finding["screen"] if text["text"] and text["kind"] != "chat"]
        seen = [text["confidence_pm"] for text in texts if text["text"] in finding["quote"] or finding["quote"] in text["text"]]
        return str(words[finding["witness"]]) + (f"，置信度 {sheet.share(min(seen))}" if seen else "")
    said = [line for line in finding["context"] if line["inside"]]
    if not said:
        return str(words["unheard"])
    shares = sorted({line["confidence_pm"] for line in said})
    span = "—".join(dict.fromkeys((sheet.share(shares[0]), sheet.share(shares[-1]))))
    people = "、".join(dict.fromkeys(line["corrected_by"] or "未署名" for line in said if line["corrected"] is not None))
    return f"{words['corrected'].replace('{by}', people) if people else words['machine']}，机器听写置信度 {span}"


def context(sheet: Sheet, finding: Json) -> list[Flowable]:
    """The words around the quote, the finding's own tinted; a corrected line keeps the machine's words beside it."""
    start, end = finding["context_us"]
    head = titled(sheet, None, "前后 15 秒文字记录", f"（{sheet.clock(start)}—{sheet.clock(end)}，底色为引用范围）")
    if not finding["context"]:
        return [head, sheet.text("此段没有文字记录。", "small")]
    return [head, *(spoken(sheet, line, "line_said" if line["inside"] else "line") for line in finding["context"])]


def spoken(sheet: Sheet, line: Json, style: str, *, sure: bool = False) -> Flowable:
    """One sentence of a transcript with its time; `sure` prints how sure the machine was of it."""
    font = STYLES[style].fontName
    speaker = f"{line['speaker']}：" if line["speaker"] else ""
    corrected = line["corrected"] is not None
    words = sheet.write(speaker + (line["corrected"] if corrected else line["machine"]), font, LINE_LIMIT)
    remarks = [f"机器听写：{line['machine'][:LINE_LIMIT]}；{line['corrected_by'] or '未署名'}校订"] if corrected else []
    remarks += [sheet.word("flags", flag) for flag in line["flags"]]
    remarks += [sheet.percent(line["confidence_pm"])] if sure else []
    return sheet.hung(sheet.clock(line["start_us"]), words + (sheet.aside(f"〔{'；'.join(remarks)}〕", style) if remarks else ""), style)


def screen(sheet: Sheet, finding: Json, exhibit: Json | None) -> list[Flowable]:
    """The texts of the picture by kind, with the times of those that were not there all the time; viewers' lines only listed."""
    if not finding["screen"]:
        return []
    whole = (finding["start_us"], finding["end_us"])
    return [
        titled(sheet, exhibit, "同期画面文字", "（机器识别，未注时间的全程在屏）"),
        *(grouped_texts(sheet, kind, texts, None if kind == "chat" else whole) for kind, texts in by_kind(finding["screen"])),
    ]


def by_kind(texts: list[Json]) -> list[tuple[str, list[Text]]]:
    """Texts of the picture by kind: claims first, viewers' lines last, every different text once; those of the same times together."""
    present = {text["kind"] for text in texts}
    kinds = [*CLAIMING, *LISTED, *sorted(present - {*CLAIMING, *LISTED, "chat"}), "chat"]
    return [(kind, _once(text for text in texts if text["kind"] == kind)) for kind in kinds if kind in present]


def _once(texts: Iterable[Json]) -> list[Text]:
    spans: dict[str, list[tuple[int, int]]] = {}
    sure: dict[str, int] = {}
    for text in texts:
        words, span = text["text"].strip(), (text["start_us"], text["end_us"])
        spans.setdefault(words, [])
        spans[words] += [] if span in spans[words] else [span]
        sure[words] = min(sure.get(words, 1000), text["confidence_pm"])
    found = [(words, times, sure[words]) for words, times in spans.items()]
    order = list(dict.fromkeys(tuple(times) for _, times, _ in found))
    return sorted(found, key=lambda text: order.index(tuple(text[1])))


def grouped_texts(sheet: Sheet, kind: str, texts: list[Text], whole: tuple[int, int] | None) -> Flowable:
    """Texts of one kind as one run-in paragraph; a time is said once behind all the texts it holds for.

    No time is said where a text was shown all through `whole`, or where that is None.
    """
    groups: dict[str, list[str]] = {}
    for words, spans, sure in texts:
        told = whole is not None and not any(start <= whole[0] and whole[1] <= end for start, end in spans)
        doubt = sheet.aside(f"（置信度 {sheet.share(sure)}）", "run_in") if sure < SURE_PM else ""
        piece = sheet.write(words or "—", STYLES["run_in"].fontName, LINE_LIMIT) + doubt
        groups.setdefault(times_of(sheet, spans) if told else "", []).append(piece)
    lines = ["；".join(pieces) + (sheet.aside(f"（{times}）", "run_in") if times else "") for times, pieces in groups.items()]
    return sheet.hung(sheet.word("screen_kinds", kind), "。".join(lines), "run_in")


def times_of(sheet: Sheet, spans: list[tuple[int, int]]) -> str:
    """When a text was shown; of very many times the first ones and how many."""
    times = "、".join(f"{sheet.clock(start)}—{sheet.clock(end)}" for start, end in spans[:MOST_TIMES])
    return times if len(spans) <= MOST_TIMES else f"{times}……共 {len(spans)} 次"


def chat(sheet: Sheet, finding: Json, exhibit: Json | None) -> list[Flowable]:
    """Viewers' messages of the context; those of the exhibit under its number."""
    own = exhibit["text"].splitlines() if exhibit else []
    others = [one for one in finding["chat"] if f"{one['user']}：{one['text']}" not in own]
    story: list[Flowable] = []
    if exhibit:
        story += [titled(sheet, exhibit, "互动信息"), _messages(sheet, own)]
    if others:
        told = [f"{sheet.clock(one['at_us'])} {one['user']}：{one['text']}" for one in others]
        story += [titled(sheet, None, f"{'其余' if exhibit else ''}同期互动信息", "（前后 15 秒）"), _messages(sheet, told)]
    return story


def _messages(sheet: Sheet, lines: list[str]) -> Flowable:
    font = STYLES["run_in"].fontName
    return sheet.hung(sheet.word("screen_kinds", "chat"), "　".join(sheet.write(line, font, LINE_LIMIT) for line in lines), "run_in")


def other_texts(sheet: Sheet, exhibits: list[Json]) -> list[Flowable]:
    """Exhibits whose words do not stand above: their own text, and the file where they have one."""
    story: list[Flowable] = []
    for exhibit in exhibits:
        file = f"{exhibit['path']}　SHA-256 {exhibit['sha256']}" if exhibit["sha256"] else ""
        story += [titled(sheet, exhibit, sheet.kind(exhibit)), sheet.text(exhibit["text"] or "—", "small", QUOTE_LIMIT)]
        story += [sheet.text(file, "note")] if file else []
    return story
