# mypy: disable-error-code="no-untyped-call, attr-defined"
"""Case and extraction record after the fields of 电子数据证据提取笔录: what was extracted, how, with which result. Facts only.

No legal characterisation may stand here (a record that judges is open to challenge); what the system does not know is left to fill in.
"""

from typing import Any

from reportlab.platypus import Flowable, Spacer, Table, TableStyle

from inspector_app.domain.timebase import format_clock
from inspector_app.dossier.sheet import NAME_LIMIT, Sheet, widths
from inspector_app.dossier.styles import DENSE, FORM

Json = dict[str, Any]
#: Acts that belong to taking the data in; what came later is in the journal extract.
_TAKING_IN = ("case.new", "import", "record.", "session.", "exhibit.still")


def record(sheet: Sheet) -> list[Flowable]:
    case = sheet.data["case"]
    story: list[Flowable] = [
        sheet.heading("二、案件与电子数据提取情况", "h1", "record", 0),
        sheet.text(sheet.words["record_note"], "note"),
        sheet.text("（一）案件", "h3"),
        sheet.facts(
            [
                ("案号", sheet.cell(case["number"], limit=NAME_LIMIT)),
                ("当事人", sheet.cell(case["party"], limit=NAME_LIMIT)),
                ("建案时间", f"{sheet.moment(case['created_at'])}（北京时间）"),
                ("提取人", "\n".join(f"{officer['name']}　执法证号 {officer['certificate']}" for officer in sheet.data["officers"])),
            ]
        ),
        sheet.text("（二）提取对象与来源", "h3"),
    ]
    for place, recording in enumerate(sheet.data["recordings"], 1):
        story += [sheet.facts(_recording(sheet, place, recording), 24)]
    others = [
        original for original in sheet.data["originals"] if original["id"] not in _of_recordings(sheet)
    ]  # a part is told with its whole
    story += [sheet.facts(_original(sheet, original), 24) for original in others]
    story += [sheet.text("（三）提取过程", "h3"), _process(sheet), *_form(sheet), sheet.pause()]
    return story


def _of_recordings(sheet: Sheet) -> set[str]:
    recordings = sheet.data["recordings"]
    return {one["original_id"] for one in recordings} | {part["sha256"] for one in recordings for part in one["parts"]}


def _recording(sheet: Sheet, place: int, recording: Json) -> list[tuple[str, Any]]:
    session: Json = next((one for one in sheet.data["sessions"] if one["id"] == recording["session_id"]), {})
    source = "　".join(
        f"{name}：{session[key]}"
        for name, key in (("平台", "platform"), ("直播间", "room"), ("账号", "account"), ("出镜人员", "host"))
        if session.get(key)
    )
    started = f"{sheet.moment(session['started_at'])}（北京时间）" if session.get("started_at") else "不明"
    size = f"{recording['width']}×{recording['height']}" if recording["has_video"] else "无画面"
    rows: list[tuple[str, Any]] = [
        (f"录制件 {place}", sheet.cell(recording["name"], limit=NAME_LIMIT)),
        ("来源", sheet.cell(source or "未登记", limit=400)),
        ("开播时间", started),
        ("提取方法", sheet.word("methods", recording["method"])),
        ("时长、画面", f"{format_clock(recording['duration_us'])}　{size}　{'有' if recording['has_audio'] else '无'}声音"),
    ]
    gaps = [gap for gap in recording["gaps"] if isinstance(gap, dict)]
    if gaps:
        parts = [
            sheet.span(int(gap.get("start_us", 0)), int(gap.get("end_us", 0)))
            + (f"（{sheet.word('gap_kinds', str(gap['kind']))}）" if gap.get("kind") else "")
            for gap in gaps
        ]
        rows.append(("中断", f"{len(gaps)} 处：" + "；".join(parts)))
    rows += [("播出时刻", sheet.cell(_broadcast(sheet, recording["broadcast"]), limit=400))] if recording["broadcast"] else []
    rows += [("采集", sheet.cell(_capture(sheet, one), limit=400)) for one in recording["captures"]]
    rows += [("分段", sheet.cell(_part(sheet, part), "cell_mono", 500)) for part in recording["parts"]]
    original = next((one for one in sheet.data["originals"] if one["id"] == recording["original_id"]), None)
    return [*rows, *(_original(sheet, original) if original else [])]


def _broadcast(sheet: Sheet, told: Json) -> str:
    """When the recording was received, and how sure that is; how long the platform held the picture back is known to nobody."""
    error = f"误差 ±{told['error_us'] // 1000} 毫秒" if told["error_us"] >= 0 else "误差不明"
    corrected = f"，已加校正 {told['correction_us'] // 1000} 毫秒" if told["correction_us"] else ""
    span = f"{sheet.moment(told['start_at'])}—{sheet.moment(told['end_at'])[11:]}"
    return f"{span} 接收（北京时间）；{sheet.word('compared', told['compared'])}，{error}{corrected}；对时点 {told['anchors']} 个；平台转播延迟不明"


def _capture(sheet: Sheet, one: Json) -> str:
    ended = sheet.moment(one["ended_at"]) if one["ended_at"] else "未正常结束"
    return f"{one['source']}　方式 {one['lane']}　{sheet.moment(one['started_at'])}—{ended}　采集日志末值 {one['chain_head'] or '—'}"


def _part(sheet: Sheet, part: Json) -> str:
    return (
        f"{part['ord']}　{sheet.span(part['start_us'], part['end_us'])}　{part['bytes']:,} 字节　{part['name']}　SHA-256 {part['sha256']}"
    )


def _original(sheet: Sheet, original: Json) -> list[tuple[str, Any]]:
    return [
        ("原件", sheet.cell(f"{original['source_name']}　{original['bytes']:,} 字节", limit=400)),
        ("取得时间", f"{sheet.moment(original['imported_at'])}（北京时间，本机时钟）"),
        ("SHA-256", sheet.cell(original["id"], "cell_mono")),
        ("SM3", sheet.cell(original["sm3"] or "未计算", "cell_mono")),
        ("卷内存放", sheet.cell(original["path"], "cell_mono", 400)),
    ]


def _process(sheet: Sheet) -> Table:
    """Numbered steps with clock times, from the journal."""
    rows: list[list[Any]] = []
    for entry in sheet.data["journal"]["rows"]:
        for act in entry["acts"]:
            if not act["act"].startswith(_TAKING_IN):
                continue
            times = f"（{act['count']} 次）" if act["count"] > 1 else ""
            name = str(act["facts"].get("recording") or act["facts"].get("name") or act["facts"].get("file") or "")
            what = f"{sheet.word('acts', act['act'])}{times}{'：' + name if name else ''}"
            rows.append([str(len(rows) + 1), sheet.moment(entry["first_at"]), what, entry["actor"]["name"], entry["workstation"]])
    return sheet.grid(("序号", "时间（北京时间）", "步骤", "操作人", "工作站"), rows, (8, 26, 38, 14, 14), DENSE)


def _form(sheet: Sheet) -> list[Flowable]:
    """What only people on the spot can know, and their signatures."""
    blank = ""
    rows = [
        ["提取地点", blank, "网络环境", blank],
        ["设备型号、系统", blank, "时钟偏差核对", blank],
        ["当事人（或者持有人）", blank, "见证人", blank],
        ["提取人签名、日期", blank, "提取人签名、日期", blank],
        ["当事人意见、签名（拒签的注明情况）", blank, blank, blank],
    ]
    cells = [[sheet.cell(value, "label") if value else "" for value in row] for row in rows]
    table = Table(
        cells,
        colWidths=widths((24, 28, 20, 28)),
        rowHeights=[28, 28, 32, 40, 46],
        style=TableStyle([*FORM, ("SPAN", (1, 4), (3, 4))]),
    )
    return [sheet.text("（四）现场填写与签名", "h3"), table, Spacer(1, 4)]
