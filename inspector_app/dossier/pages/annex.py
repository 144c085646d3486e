# mypy: disable-error-code="no-untyped-call, attr-defined"
"""The whole text of every recording: each sentence as heard, with corrections, and each text seen in the picture, once with its times.

An exhibit of sound needs its words in writing; and whoever doubts a quote finds here what stood before and after it.
"""

from typing import Any

from reportlab.platypus import Flowable

from inspector_app.dossier.columns import Columns
from inspector_app.dossier.sheet import NAME_LIMIT, Sheet
from inspector_app.dossier.styles import STYLES

from .witnesses import LINE_LIMIT, SURE_PM, Text, by_kind, spoken, times_of

Json = dict[str, Any]
GAP = 16.0


def annexes(sheet: Sheet) -> list[Flowable]:
    story: list[Flowable] = [
        sheet.heading("六、文字记录与画面文字全文", "h1", "annexes", 0),
        sheet.text(sheet.words["annex_note"], "note"),
    ]
    if not sheet.data["annexes"]:
        story.append(sheet.text(sheet.words["no_annex"], "small"))
    for place, annex in enumerate(sheet.data["annexes"], 1):
        name = sheet.recordings[annex["recording_id"]]["name"]
        story += [*_said(sheet, annex, place, name), *_seen(sheet, annex, place, name)]
    return [*story, sheet.pause()]


def _said(sheet: Sheet, annex: Json, place: int, name: str) -> list[Flowable]:
    corrected = sum(line["corrected"] is not None for line in annex["lines"])
    title = f"录制件 {place}　{name}　文字记录"
    story: list[Flowable] = [sheet.heading(title, "h3", f"said-{place}", 1, limit=NAME_LIMIT)]
    if not annex["lines"]:
        return [*story, sheet.text("没有文字记录。", "small")]
    story.append(sheet.text(f"语句 {len(annex['lines'])} 条，人工校订 {corrected} 条。", "note"))
    return [*story, Columns([spoken(sheet, line, "line_small", sure=True) for line in annex["lines"]], GAP)]


def _seen(sheet: Sheet, annex: Json, place: int, name: str) -> list[Flowable]:
    if not annex["screen"]:
        return []
    lines: list[Flowable] = []
    for kind, texts in by_kind(annex["screen"]):
        lines.append(sheet.text(sheet.word("screen_kinds", kind), "mini_head"))
        lines += [_shown(sheet, text) for text in texts]
    return [
        sheet.heading(f"录制件 {place}　{name}　画面文字", "h3", f"seen-{place}", 1, limit=NAME_LIMIT),
        sheet.text(f"出现 {len(annex['screen'])} 次，相同文字合并，列出各次起止时间。", "note"),
        Columns(lines, GAP),
    ]


def _shown(sheet: Sheet, text: Text) -> Flowable:
    """One text with the time it was first shown at the left, until when and when again behind it."""
    words, spans, sure = text
    remarks = times_of(sheet, spans) + (f"，置信度 {sheet.percent(sure)}" if sure < SURE_PM else "")
    markup = sheet.write(words or "—", STYLES["line_small"].fontName, LINE_LIMIT)
    first = sheet.clock(spans[0][0])
    return sheet.hung(first, f"{markup}　{sheet.aside(remarks.removeprefix(first), 'line_small')}", "line_small")
