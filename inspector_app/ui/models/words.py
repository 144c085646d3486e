"""Short forms of recorded values for lists and labels: clocks, sizes, article codes. Words come from the catalogue, never from here."""

from inspector_app.domain.records import Finding
from inspector_app.domain.timebase import SECOND
from inspector_app.i18n import has, tr


def short_clock(us: int) -> str:
    """`14:24.7`, or `1:14:24.7` from an hour on; cut, not rounded."""
    tenths = max(0, us) // (SECOND // 10)
    seconds, tenths = divmod(tenths, 10)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}.{tenths}" if hours else f"{minutes:02d}:{seconds:02d}.{tenths}"


def span_clock(us: int) -> str:
    """A length: `3:05`, `1:02:09`."""
    seconds = max(0, us) // SECOND
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"


def file_size(count: int) -> str:
    """Bytes in binary units with one decimal from KiB on."""
    if count < 1024:
        return f"{count} B"
    for unit in ("KB", "MB", "GB"):
        count, rest = divmod(count, 1024)
        if count < 1024 or unit == "GB":
            return f"{count}.{rest * 10 // 1024} {unit}"
    raise AssertionError


def article_label(code: str) -> str:
    """`办法:34-1` as `办法 34-1`."""
    return code.replace(":", " ")


def elements_label(finding: Finding) -> str:
    """Elements ticked of all, `2/4`."""
    ticked = sum(1 for value in finding.elements.values() if value.get("ticked"))
    return f"{ticked}/{len(finding.elements)}"


def is_complete(finding: Finding) -> bool:
    return bool(finding.elements) and all(value.get("ticked") for value in finding.elements.values())


def finding_state(finding: Finding) -> tuple[str, str]:
    """Word and tone of a finding's state; a draft whose elements are all ticked is complete."""
    if finding.state == "draft" and is_complete(finding):
        return tr("state.complete"), "good"
    tone = {"draft": "lead", "withdrawn": "plain"}.get(finding.state, "accent")
    key = f"state.{finding.state}"
    return tr(key) if has(key) else finding.state, tone
