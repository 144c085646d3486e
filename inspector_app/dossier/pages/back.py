# mypy: disable-error-code="no-untyped-call, attr-defined"
"""Custody, tools, verification and the journal head with signatures: how anyone checks the dossier without trusting who made it."""

import json
from typing import Any

from reportlab.platypus import Flowable, KeepTogether, Spacer, Table, TableStyle

from inspector_app.dossier.sheet import NAME_LIMIT, Sheet, widths
from inspector_app.dossier.styles import DENSE, FORM
from inspector_app.dossier.text import grouped

from .front import head_block

Json = dict[str, Any]
#: Facts of a journal row that other sections print in full, or that only the program reads.
_ELSEWHERE = frozenset({"sm3", "sha256", "bytes", "job"})


def custody(sheet: Sheet) -> list[Flowable]:
    rows = []
    for entry in sheet.data["journal"]["rows"]:
        seq = "—".join(dict.fromkeys((str(entry["from_seq"]), str(entry["to_seq"]))))
        first, last = sheet.moment(entry["first_at"]), sheet.moment(entry["last_at"])
        actor = f"{entry['actor']['name']}{'（程序）' if entry['actor']['machine'] else ''}"
        rows.append(
            [
                sheet.cell(seq, "cell_small"),
                sheet.cell(first if first == last else f"{first}—{last[11:] if last[:10] == first[:10] else last}", "cell_small"),
                sheet.cell(actor, "cell_small", NAME_LIMIT),
                sheet.cell(_what(sheet, entry["acts"]), "cell_small", 300),
                sheet.cell(entry["hash"][:16], "cell_mono"),
            ]
        )
    return [
        sheet.heading("八、保管链（操作日志摘录）", "h1", "custody", 0),
        sheet.text(sheet.words["custody_note"], "note"),
        sheet.grid(("行", "时间（北京时间）", "操作人", "操作", "校验值"), rows, (9, 22, 14, 36, 19), DENSE),
        sheet.pause(),
    ]


def _what(sheet: Sheet, acts: list[Json]) -> str:
    """The acts in plain words, in brackets what they were about; acts about the same are named together, no fact is told twice."""
    told: list[tuple[list[str], str]] = []
    known: Json = {}
    for act in acts:
        times = f" {act['count']} 次" if act["count"] > 1 else ""
        undo = f"（第 {act['undo_of'] or act['redo_of']} 行）" if act["undo_of"] or act["redo_of"] else ""
        facts = _facts(sheet, act)
        new = {name: value for name, value in facts.items() if known.get(name) != value}
        known |= facts
        name, about = f"{sheet.word('acts', act['act'])}{undo}{times}", "，".join(new.values())
        if told and not about:
            told[-1][0].append(name)
        else:
            told.append(([name], about))
    return "；".join("、".join(names) + (f"（{about}）" if about else "") for names, about in told)


def _facts(sheet: Sheet, act: Json) -> dict[str, str]:
    """Name to words of the facts worth a line."""
    facts = {name: value for name, value in sorted(act["facts"].items()) if value != "" and name not in _ELSEWHERE}
    facts |= {name: "、".join("—".join(dict.fromkeys(map(str, span))) for span in spans) for name, spans in act["counted"].items()}
    for name, group in (("act", "acts"), ("kind", "job_kinds")):
        if name in facts:
            facts[name] = sheet.word(group, str(facts[name]))
    return {name: f"{sheet.word('fact_names', name)} {value}".strip() for name, value in facts.items()}


def tools(sheet: Sheet, makers: list[tuple[str, str, str]]) -> list[Flowable]:
    """`makers` are name, version and digest of what made these pages (libraries, fonts)."""
    data = sheet.data
    story: list[Flowable] = [sheet.heading("九、工具与模型", "h1", "tools", 0)]
    rows = [["直鉴", data["app"], ""], *makers]
    small = [[sheet.cell(name, "cell_small"), sheet.cell(version, "cell_small"), _digest(sheet, digest)] for name, version, digest in rows]
    story.append(sheet.text("编制本卷宗的程序、程序库与字体", "h3"))
    story.append(sheet.grid(("名称", "版本", "SHA-256"), small, (22, 10, 68), DENSE))
    if data["transcripts"]:
        story.append(sheet.text("机器听写", "h3"))
        story += [sheet.facts(_transcript(sheet, transcript), 16, dense=True) for transcript in data["transcripts"]]
    if data["screen_runs"]:
        story.append(sheet.text("画面文字识别", "h3"))
        story += [sheet.facts(_screen_run(sheet, run), 16, dense=True) for run in data["screen_runs"]]
    if data["derivatives"]:
        story.append(sheet.text("由原件生成的工作副本（可重新生成）", "h3"))
        story += [sheet.facts(_derivative(sheet, one), 16, dense=True) for one in data["derivatives"]]
    missing = sheet.write.missing
    story.append(sheet.text(f"字体中没有、以〔U+编码〕印出的字符：{missing} 处。" if missing else "全部字符均有字形。", "note"))
    return [*story, sheet.pause()]


def _digest(sheet: Sheet, digest: str) -> Any:
    return sheet.cell(grouped(digest, 16) or "—", "cell_mono")


def _derivative(sheet: Sheet, derivative: Json) -> list[tuple[str, Any]]:
    return [
        ("种类、工具", f"{sheet.word('job_kinds', derivative['kind'])}　{derivative['tool']} {derivative['version']}"),
        ("SHA-256", _digest(sheet, derivative["sha256"])),
        ("原件 SHA-256", _digest(sheet, derivative["parent_sha256"])),
    ]


def _transcript(sheet: Sheet, transcript: Json) -> list[tuple[str, Any]]:
    recording = sheet.recordings.get(transcript["recording_id"])
    return [
        ("录制件", sheet.cell(recording["name"] if recording else "—", "cell_small", NAME_LIMIT)),
        ("引擎、模型", f"{transcript['engine']}　{transcript['model_name']}"),
        ("模型 SHA-256", _digest(sheet, transcript["model_sha256"])),
        ("设置", sheet.cell(_settings(transcript["options"]), "cell_small", 900)),
        ("设置 SHA-256", _digest(sheet, transcript["options_sha256"])),
        ("音频 SHA-256", _digest(sheet, transcript["wav_sha256"])),
        ("状态", f"{sheet.word('states', transcript['state'])}，语句 {transcript['segments']} 条，人工校订 {transcript['corrected']} 条"),
    ]


def _screen_run(sheet: Sheet, run: Json) -> list[tuple[str, Any]]:
    recording = sheet.recordings.get(run["recording_id"])
    return [
        ("录制件", sheet.cell(recording["name"] if recording else "—", "cell_small", NAME_LIMIT)),
        ("引擎", run["engine"]),
        ("模型", sheet.cell(_settings(run["models"]), "cell_small", 600)),
        ("设置", sheet.cell(_settings(run["options"]), "cell_small", 400)),
        ("设置 SHA-256", _digest(sheet, run["options_sha256"])),
        ("状态", f"{sheet.word('states', run['state'])}，文字 {run['texts']} 条"),
    ]


def _settings(values: Json) -> str:
    return "；".join(f"{name}={json.dumps(value, ensure_ascii=False)}" for name, value in sorted(values.items())) or "—"


def verification(sheet: Sheet) -> list[Flowable]:
    words = sheet.words["verify"]
    story: list[Flowable] = [sheet.heading("十、核验方法", "h1", "verify", 0)]
    sections = (
        ("（一）用本软件核验", "program"),
        ("（二）不用本软件核验文件", "hand"),
        ("（三）核对操作日志首值", "head"),
        ("（四）核对整份卷宗", "whole"),
        ("（五）核对画面", "frame"),
    )
    for title, name in sections:
        story += [sheet.text(title, "h3"), *sheet.steps(words[name])]
    return [*story, sheet.pause()]


def head(sheet: Sheet) -> list[Flowable]:
    """The journal head once more, with room for signatures: paper is the anchor that needs no network."""
    label = "签名、日期"
    rows: list[list[Any]] = [
        [
            sheet.cell(f"执法人员 {officer['name']}\n执法证号 {officer['certificate']}", "label", NAME_LIMIT),
            "",
            sheet.cell(label, "label"),
            "",
        ]
        for officer in sheet.data["officers"]
    ]
    rows += [[sheet.cell(name, "label"), "", sheet.cell(label, "label"), ""] for name in ("当事人（拒签的注明情况）", "见证人")]
    together = [
        sheet.heading("十一、日志首值与签名", "h1", "head", 0),
        sheet.text(
            "签名人核对下列日志首值与封面、页眉一致后签名。手签的首值是不依赖网络与软件的凭据：日志此前任何一行的改动都会使首值不符。",
            "statement",
        ),
        Spacer(1, 6),
        head_block(sheet),
        Spacer(1, 10),
        Table(rows, colWidths=widths((28, 34, 14, 24)), rowHeights=[54] * len(rows), style=TableStyle(FORM)),
    ]
    return [KeepTogether(together)]  # nobody signs a page that has only half of what is signed
