# mypy: disable-error-code="no-untyped-call, attr-defined"
"""A finding as a claim on its page: the strip of frames around it, who is meant, what speaks against it, what was weighed, the reviewer."""

from typing import Any

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Table, TableStyle

from inspector_app.domain.timebase import format_clock
from inspector_app.dossier import strips
from inspector_app.dossier.sheet import Sheet
from inspector_app.dossier.styles import ALARM, CELL_FONT, SIDES, STYLES, WIDTH
from inspector_app.dossier.text import plain

from .pictures import Photo

Json = dict[str, Any]
STRIP_HEIGHT = 23 * mm
LIMIT = 900


def strip(sheet: Sheet, finding: Json) -> list[Flowable]:
    """The frames before, at and after the finding in time, each with its moment and time stamp; a moment without a frame says why."""
    moments = finding.get("strip", ())
    frames = [(one, sheet.strips.get(strips.key(finding["recording_id"], one["at_us"]))) for one in moments]
    taken = [(one, still) for one, still in frames if still is not None]
    missing = [one for one, still in frames if still is None]
    story: list[Flowable] = []
    if taken:
        room = (WIDTH - 4 * (len(taken) - 1)) / len(taken)
        cells = [[[Photo(still, (room, STRIP_HEIGHT)), sheet.text(_told(sheet, one), "strip")] for one, still in taken]]
        style = TableStyle([CELL_FONT, ("VALIGN", (0, 0), (-1, -1), "TOP"), *((f"{side}PADDING", (0, 0), (-1, -1), 0) for side in SIDES)])
        table = Table(cells, colWidths=[WIDTH / len(taken)] * len(taken), style=style, spaceAfter=2)
        story = [sheet.markup(_title(sheet, "前后画面"), "mini_head"), table]
    if missing:
        words = "；".join(f"{sheet.clock(one['at_us'])} {sheet.word('no_frame', one.get('error', ''))}" for one in missing)
        story.append(sheet.hung("前后画面", sheet.write(f"未取得：{words}。", STYLES["run_in"].fontName), "run_in"))
    return story


def _title(sheet: Sheet, words: str) -> str:
    return sheet.write(words, STYLES["mini_head"].fontName) + sheet.aside(
        "（由原件逐帧取出，非证据；各帧像素的 SHA-256 见数据文件）", "mini_head"
    )


def _told(sheet: Sheet, moment: Json) -> str:
    name = f"证据 {moment['exhibit']:03d}" if moment["exhibit"] else sheet.word("strip_places", moment["place"])
    return f"{name} {format_clock(moment['shown_us'])}\nPTS {moment['pts']}"


def claim(sheet: Sheet, finding: Json) -> list[Flowable]:
    """Who is meant, how many watched, what was put right, what speaks against, which exemptions were weighed, what the reviewer said."""
    pairs: list[tuple[str, str]] = [
        ("责任主体", sheet.joined("parties", finding["parties"]) or "未指明"),
        ("在看人数", f"{finding['viewers']:,} 人（当时画面或者平台显示）" if finding["viewers"] else "不明"),
        ("当场改正", finding["correction"] or "未记载"),
        ("相反材料", finding["contrary"] or "未记载"),
    ]
    story: list[Flowable] = [
        sheet.plain_hung(name, text, "run_in", LIMIT) for name, text in pairs if text not in ("未记载", "不明", "未指明")
    ]
    open_points = [name for name, text in pairs if text in ("未记载", "不明", "未指明")]
    story += _exemptions(sheet, finding)
    if open_points:
        story.append(sheet.hung("未填写", sheet.write("、".join(open_points), STYLES["run_in"].fontName), "run_in"))
    return [*story, *_reviews(sheet, finding)]


def _exemptions(sheet: Sheet, finding: Json) -> list[Flowable]:
    weighed = [one for one in finding["exemptions"] if one["considered"]]
    others = [one["statement"] for one in finding["exemptions"] if not one["considered"]]
    font = STYLES["run_in"].fontName
    parts = [
        f'{sheet.write(_exemption(one), font, LIMIT)}<font color="{ALARM if one["applies"] else "#1c1c1c"}">'
        f"{sheet.write('适用' if one['applies'] else '不适用', font)}</font>{sheet.write('：' + one['why'], font, LIMIT)}"
        for one in weighed
    ]
    story: list[Flowable] = [sheet.hung("除外情形", "<br/>".join(parts), "run_in")] if parts else []
    if others:
        words = f"除外情形未记载考量 {len(others)} 项（内容见四）" if parts else f"除外情形 {len(others)} 项均未记载考量（内容见四）"
        story.append(sheet.hung("" if parts else "除外情形", sheet.aside(words, "run_in"), "run_in"))
    return story


def _exemption(one: Json) -> str:
    return f"“{one['statement'].rstrip('。；')}”" + (f"（{one['basis']}）" if one["basis"] else "") + "——"


def _reviews(sheet: Sheet, finding: Json) -> list[Flowable]:
    """The reviewer's words in time, the standing first."""
    if not finding["reviews"]:
        return []
    ruling = sheet.word("verdicts", finding["ruling"]) if finding["ruling"] else "尚无结论"
    told = [
        f"{plain(one['by'], 40)} {sheet.moment(one['at'])} {sheet.word('verdicts', one['verdict'])}"
        + (f"：{one['text'].rstrip('。；')}" if one["text"] else "")
        for one in finding["reviews"]
    ]
    return [sheet.plain_hung("审核", f"{ruling}。" + "；".join(told), "run_in", LIMIT)]
