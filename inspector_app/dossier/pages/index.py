# mypy: disable-error-code="no-untyped-call, attr-defined"
"""Index of exhibits, a line each with its page, and what was withdrawn."""

from typing import Any

from reportlab.platypus import Flowable

from inspector_app.domain.timebase import format_clock
from inspector_app.dossier.sheet import Sheet
from inspector_app.dossier.styles import DENSE, WIDTH

from .witnesses import CLAIMING, by_kind

Json = dict[str, Any]
#: Widths of the columns, of 100.
SHARES = (11, 10, 14, 32, 9, 19, 5)


def exhibits(sheet: Sheet) -> list[Flowable]:
    rows = []
    room = WIDTH * SHARES[3] / sum(SHARES) - 9
    for exhibit in sheet.data["exhibits"]:
        finding = sheet.findings[exhibit["finding_id"]]
        words = finding["proves"] or _words(exhibit, finding)
        rows.append(
            [
                sheet.markup(sheet.exhibit(exhibit["number"]), "cell_small"),
                sheet.cell(sheet.kind(exhibit), "cell_small"),
                sheet.cell(format_clock(exhibit["start_us"]), "cell_small"),
                sheet.cell(sheet.elided(words, "cell_small", room) or "—", "cell_small"),
                sheet.markup(sheet.finding(finding["number"]), "cell_small"),
                sheet.cell((exhibit["sha256"] or exhibit["text_sha256"])[:16], "cell_mono"),
                sheet.page_of(f"exhibit-{exhibit['number']}"),
            ]
        )
    head = ("编号", "种类", "时间码", "内容（全文见认定页）", "认定", "SHA-256 前16位", "页")
    story: list[Flowable] = [sheet.heading("三、证据目录", "h1", "exhibits", 0)]
    if rows:
        story.append(sheet.text("画面截图的校验值为 PNG 文件的校验值，其余为证据全文（UTF-8）的校验值。", "note"))
        story.append(sheet.grid(head, rows, SHARES, DENSE))
    else:
        story.append(sheet.text("无证据。", "body"))
    gone = [
        [
            f"{'证据' if entry['kind'] == 'exhibit' else '认定'} {entry['number']:03d}",
            sheet.moment(entry["at"]),
            entry["by"],
            str(entry["seq"]),
            sheet.cell(entry["reason"] or sheet.word("acts", entry["act"]), "cell_small", 120),
        ]
        for entry in sheet.data["withdrawn"]
    ]
    if gone:
        story += [
            sheet.text("已撤回（编号不再使用）", "h3"),
            sheet.grid(("编号", "撤回时间", "操作人", "日志行", "说明"), gone, (16, 26, 16, 12, 30)),
        ]
    return [*story, sheet.pause()]


def _words(exhibit: Json, finding: Json) -> str:
    """What tells exhibits apart at a glance: the words themselves, of the picture's texts those that claim something first."""
    if exhibit["kind"] == "screen_text":
        lines = exhibit["text"].splitlines()
        claims = [text for kind, texts in by_kind(finding["screen"]) if kind in CLAIMING for text, _, _ in texts if text in lines]
        return "；".join(dict.fromkeys([*claims, *lines]))
    return str(exhibit["text"] or finding["quote"] or finding["note"])
