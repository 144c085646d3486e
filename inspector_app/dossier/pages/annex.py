# mypy: disable-error-code="no-untyped-call, attr-defined"
"""The whole text of every recording: each sentence as heard, with corrections, and each text seen in the picture, once with its times.

An exhibit of sound needs its words in writing; and whoever doubts a quote finds here what stood before and after it.
"""

from typing import Any

from reportlab.platypus import Flowable, PageBreak

from inspector_app.dossier.columns import Columns
from inspector_app.dossier.sheet import NAME_LIMIT, Sheet

from .witnesses import CLAIMING, by_kind, grouped_texts, spoken

Json = dict[str, Any]
GAP = 16.0
#: Texts in one paragraph of the annex, so that none is higher than a column.
TOGETHER = 12


def annexes(sheet: Sheet) -> list[Flowable]:
    story: list[Flowable] = [
        sheet.heading("六、文字记录与画面文字全文", "h1", "annexes", 0),
        sheet.text(sheet.words["annex_note"], "note"),
    ]
    for place, annex in enumerate(sheet.data["annexes"], 1):
        name = sheet.recordings[annex["recording_id"]]["name"]
        story += [*_said(sheet, annex, place, name), *_seen(sheet, annex, place, name)]
    return [*story, PageBreak()]


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
        step = 1 if kind in CLAIMING else TOGETHER
        for start in range(0, len(texts), step):
            lines.append(grouped_texts(sheet, kind, texts[start : start + step], (-1, -1)))
    return [
        sheet.heading(f"录制件 {place}　{name}　画面文字", "h3", f"seen-{place}", 1, limit=NAME_LIMIT),
        sheet.text(f"出现 {len(annex['screen'])} 次，相同文字合并列出各次时间。", "note"),
        Columns(lines, GAP),
    ]
