"""Exports for other programs: subtitles, tables and one JSON document. Never evidence by themselves, and they say so where they can."""

from pathlib import Path
from typing import Final

from inspector_app.domain.errors import UsageError
from inspector_app.domain.records import Recording
from inspector_app.domain.timebase import iso, utc_now
from inspector_app.exchange import elan, plaintext, subtitles, tables
from inspector_app.exchange.provenance import MACHINE
from inspector_app.speech.coverage import is_checked

from . import findings
from .cases import info, pick_recording
from .registry import Outcome, command
from .transcripts import provenance_of, transcript_data
from .workspace import Workspace

FORMATS: Final = ("srt", "vtt", "csv", "json", "txt", "eaf")


@command("export.write")
def write(work: Workspace, *, kind: str, out: Path, recording: str | None = None) -> Outcome:
    """Writes `kind` to `out`: a file, or a folder with one file per recording where there are several. Data: written (paths).

    Every one of them says where its text comes from, how much of the speech has text and how much a person has checked.
    """
    if kind not in FORMATS:
        raise UsageError("usage.format", given=kind, known=", ".join(FORMATS))
    if kind == "json":
        document = {
            "notice": MACHINE,
            **info(work).data,
            "transcripts": [
                {**transcript_data(work, row), "provenance": provenance_of(work, row).fields()} for row in pick_recording(work, recording)
            ],
            "findings_list": findings.list_findings(work).data["findings"],
        }
        return _done([tables.write_json(out, document)])
    if kind == "csv":
        notice = [line for row in pick_recording(work, recording) for line in provenance_of(work, row).lines()]
        return _done([tables.write_findings(out, findings.list_findings(work).data["findings"], notice)])
    rows = pick_recording(work, recording)
    several = len(rows) > 1
    written = []
    for place, row in enumerate(rows, 1):
        target = out / f"{place:02d}-{Path(row.name).stem}.{kind}" if several else out
        written.append(_transcript(work, row, kind, target))
    return _done(written)


def _transcript(work: Workspace, recording: Recording, kind: str, target: Path) -> Path:
    """One recording's text in one of the formats for transcripts."""
    rows, provenance = findings.current_segments(work, recording.id), provenance_of(work, recording)
    if kind == "eaf":
        lines = [elan.Line(row.start_us, row.end_us, row.words, row.text, row.speaker) for row in rows]
        return elan.write(target, lines, provenance, author=work.actor.name, made_at=iso(utc_now()))
    if kind == "txt":
        said = [
            plaintext.Line(
                row.start_us, row.words, row.speaker, row.text if row.words != row.text else "", () if is_checked(row) else row.flags
            )
            for row in rows
        ]
        return plaintext.write(target, said, provenance)
    return subtitles.write(target, kind, [(row.start_us, row.end_us, row.words) for row in rows], provenance.lines())


def _done(written: list[Path]) -> Outcome:
    return Outcome(facts={"count": len(written)}, data={"written": [str(path) for path in written]})
