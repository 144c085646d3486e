"""Findings as a table for spreadsheets, and a case as one JSON document."""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from inspector_app.domain.files import write_text
from inspector_app.domain.timebase import format_clock

_COLUMNS = ("编号 number", "入点 in", "出点 out", "条款 articles", "引语 quote", "要件 elements", "状态 state", "执法人员 by", "备注 note")


def write_findings(path: Path, findings: Iterable[Mapping[str, Any]], notice: Sequence[str]) -> Path:
    """One row per finding, UTF-8 with a byte order mark so that spreadsheets show Chinese; `notice` in rows of its own below."""
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(_COLUMNS)
    for finding in findings:
        ticked = sum(element["ticked"] for element in finding["elements"])
        row = (
            f"{finding['number']:03d}",
            format_clock(finding["start_us"]),
            format_clock(finding["end_us"]),
            "、".join(finding["articles"]),
            finding["quote"],
            f"{ticked}/{len(finding['elements'])}",
            finding["state"],
            finding["by"],
            finding["note"],
        )
        table.writerow([_harmless(str(value)) for value in row])
    for line in notice:
        table.writerow(["说明 notice", _harmless(line)])
    return write_text(path, out.getvalue(), encoding="utf-8-sig")


def _harmless(value: str) -> str:
    """A cell that a spreadsheet would run as a formula is shown as text: what a host said may begin with `=`."""
    return "'" + value if value[:1] in {"=", "+", "-", "@", "\t", "\r"} else value


def write_json(path: Path, document: Mapping[str, Any]) -> Path:
    return write_text(path, json.dumps(document, ensure_ascii=False, indent=1) + "\n")
