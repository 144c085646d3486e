# mypy: disable-error-code="no-untyped-call, attr-defined"
"""What was watched and what has text, recording by recording, and duties that must be met all the time. Silence is reported."""

from typing import Any

from reportlab.platypus import Flowable

from inspector_app.domain.timebase import format_clock
from inspector_app.dossier.sheet import NAME_LIMIT, Sheet
from inspector_app.dossier.styles import DENSE

Json = dict[str, Any]
#: Spans and minutes printed; the data file has all.
MOST = 40


def coverage(sheet: Sheet) -> list[Flowable]:
    story: list[Flowable] = [
        sheet.heading("七、观看、文字覆盖与持续公示", "h1", "coverage", 0),
        sheet.text(sheet.words["coverage_note"], "note"),
    ]
    for place, recording in enumerate(sheet.data["recordings"], 1):
        name = f"录制件 {place}　{recording['name']}"
        story.append(sheet.heading(name, "h3", f"coverage-{place}", 1, contents=False, limit=NAME_LIMIT))
        rows = [("已观看", _watched(sheet, recording)), ("未观看", _unwatched(sheet, recording)), *_texts(sheet, recording)]
        story.append(sheet.facts(rows, 16, dense=True))
        story += _tracks(sheet, recording["tracks"])
    return [*story, sheet.pause()]


def _share(part: int, whole: int) -> str:
    return f"{part * 1000 // whole // 10}.{part * 1000 // whole % 10}%" if whole else "—"


def _watched(sheet: Sheet, recording: Json) -> str:
    watched, whole = recording["watched"], recording["duration_us"]
    by = "；".join(f"{one['name']} {sheet.clock(one['us'])}" for one in watched["by"])
    return f"{sheet.clock(watched['us'])}（{_share(watched['us'], whole)}）" + (f"　{by}" if by else "　没有观看记录")


def _unwatched(sheet: Sheet, recording: Json) -> str:
    spans = recording["watched"]["unwatched"]
    told = "、".join(f"{sheet.clock(start)}—{sheet.clock(end)}" for start, end in spans[:MOST])
    more = f"……共 {len(spans)} 段" if len(spans) > MOST else ""
    return f"{told}{more}" if spans else "无，全部看过"


def _texts(sheet: Sheet, recording: Json) -> list[tuple[str, str]]:
    found = recording["coverage"]
    if not found:
        return [("文字覆盖", "没有文字记录")]
    share = f"{sheet.clock(found['covered_us'])}（{sheet.share(found['share_pm'])}）" if found["share_pm"] >= 0 else "不明"
    rows = [("语音", f"{sheet.clock(found['speech_us'])}，其中有文字 {share}" if found["known"] else "外来字幕，语音时长不明")]
    if found["waiting_us"] or found["failed_us"]:
        rows.append(("未听写", f"尚未处理 {sheet.clock(found['waiting_us'])}，处理失败 {sheet.clock(found['failed_us'])}"))
    if found["without"]:
        minutes = "、".join(f"第 {number + 1} 分钟" for number in found["without"][:MOST])
        rows.append(("有声无字", minutes + (f"……共 {len(found['without'])} 分钟" if len(found["without"]) > MOST else "")))
    checked = sheet.share(max(0, found["checked_pm"]))
    rows.append(("人工核对", f"{found['segments']} 句中 {found['checked']} 句（按时长 {checked}），存疑未处理 {found['doubtful']} 句"))
    return rows


def _tracks(sheet: Sheet, tracks: list[Json]) -> list[Flowable]:
    """The duties of 办法 26 and 37, where the picture was read for them."""
    if not tracks:
        return []
    rows = []
    for one in tracks:
        frames = "、".join(f"{format_clock(at)} {sheet.word('track_why', why)}" for at, why in one["frames"])
        longest = "—".join(sheet.clock(at) for at in one["longest_absence"])
        parts = "，".join(f"{sheet.word('track_parts', name)} {sheet.share(share)}" for name, share in sorted(one["parts"].items()))
        rows.append(
            [
                sheet.cell(sheet.word("track_kinds", one["kind"]) + (f"（{parts}）" if parts else ""), "cell_small"),
                sheet.cell(sheet.share(one["shown_pm"]), "cell_small"),
                sheet.cell(f"{sheet.clock(one['longest_absence_us'])}{f'（{longest}）' if longest else ''}", "cell_small"),
                sheet.cell(frames or "—", "cell_small"),
            ]
        )
    head = ("公示内容", "在屏占比", "最长未显示", "可核对的画面（录制件时间）")
    return [sheet.grid(head, rows, (30, 12, 24, 34), DENSE)]
