"""Exports for other programs: subtitles, tables and one JSON document. Never evidence by themselves, and they say so where they can."""

from pathlib import Path
from typing import Final

from inspector_app.domain.errors import UsageError
from inspector_app.exchange import subtitles, tables

from . import findings
from .cases import info, pick_recording
from .registry import Outcome, command
from .transcripts import transcript_data
from .workspace import Workspace

FORMATS: Final = ("srt", "vtt", "csv", "json")


@command("export.write")
def write(work: Workspace, *, kind: str, out: Path, recording: str | None = None) -> Outcome:
    """Writes `kind` to `out`: a file, or a folder with one file per recording where there are several. Data: written (paths)."""
    if kind not in FORMATS:
        raise UsageError("usage.format", given=kind, known=", ".join(FORMATS))
    if kind == "json":
        document = {
            **info(work).data,
            "transcripts": [transcript_data(work, row) for row in pick_recording(work, recording)],
            "findings_list": findings.list_findings(work).data["findings"],
        }
        return _done([tables.write_json(out, document)])
    if kind == "csv":
        return _done([tables.write_findings(out, findings.list_findings(work).data["findings"])])
    rows = pick_recording(work, recording)
    several = len(rows) > 1
    written = []
    for place, row in enumerate(rows, 1):
        target = out / f"{place:02d}-{Path(row.name).stem}.{kind}" if several else out
        lines = [(segment.start_us, segment.end_us, segment.words) for segment in findings.current_segments(work, row.id)]
        written.append(subtitles.write(target, kind, lines))
    return _done(written)


def _done(written: list[Path]) -> Outcome:
    return Outcome(facts={"count": len(written)}, data={"written": [str(path) for path in written]})
