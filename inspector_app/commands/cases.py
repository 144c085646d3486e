"""Case 案件: make one, open one, and say what it holds."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from inspector_app.casefile import case as casefile
from inspector_app.domain.errors import UsageError
from inspector_app.domain.people import Officer
from inspector_app.domain.records import (
    ChatMessage,
    Dossier,
    Exhibit,
    Finding,
    Lead,
    OfficerRow,
    Original,
    Recording,
    ScreenText,
    Segment,
    Session,
)
from inspector_app.jobs import run as jobs

from .registry import Outcome, always, command
from .workspace import Workspace


@command("case.new", keys=("Ctrl+N",), when=always)
def new(
    work: Workspace, *, folder: Path, number: str, cause: str, party: str, officers: Sequence[Officer], legal_basis: str = ""
) -> Outcome:
    """Makes a case folder and opens it. Every word is required but the legal basis; two officers at least (程序规定 22)."""
    for name, value in (("number", number), ("cause", cause), ("party", party)):
        if not value.strip():
            raise UsageError("usage.empty", name=name)
    work.close()
    work.case = casefile.create(
        folder, number=number.strip(), cause=cause.strip(), party=party.strip(), officers=officers, legal_basis=legal_basis
    )
    return Outcome(frozenset({"case"}), ("case",), {"number": number}, {"case": str(work.case.folder), "number": number})


@command("case.open", keys=("Ctrl+O",), when=always)
def open_case(work: Workspace, *, folder: Path, read_only: bool = False) -> Outcome:
    """Opens a case; work that the program ended under is marked interrupted and can be resumed (not where it is only read, nor in a reviewer's copy)."""
    case = work.open(folder, read_only=read_only)
    left = jobs.recover(case) if work.writable else []
    return Outcome(frozenset({"case"}), ("case",), {"number": case.info.number, "interrupted": len(left)}, {"case": str(case.folder)})


@command("case.info")
def info(work: Workspace) -> Outcome:
    """What the case holds: who it is about, its recordings, and counts."""
    case = work.opened
    counted: dict[str, Any] = {
        "segments": Segment,
        "screen_texts": ScreenText,
        "chat_messages": ChatMessage,
        "leads": Lead,
        "findings": Finding,
        "exhibits": Exhibit,
        "dossiers": Dossier,
    }
    data = {
        "case": str(case.folder),
        "number": case.info.number,
        "cause": case.info.cause,
        "party": case.info.party,
        "created_at": case.info.created_at,
        "officers": [{"name": row.name, "certificate": row.certificate} for row in case.find(OfficerRow, order="position")],
        "recordings": [recording_data(work, recording) for recording in case.find(Recording)],
        **{name: case.count(record) for name, record in counted.items()},
        "journal_head": case.journal_head()[1],
        "journal_rows": case.journal_head()[0],
    }
    return Outcome(data=data)


def recording_data(work: Workspace, recording: Recording) -> dict[str, Any]:
    original = work.opened.get(Original, recording.original_id)
    session = work.opened.get(Session, recording.session_id)
    return {
        "id": recording.id,
        "name": recording.name,
        "sha256": original.id,
        "sm3": original.sm3,
        "bytes": original.bytes,
        "duration_us": recording.duration_us,
        "gaps": list(recording.gaps),
        "warnings": list(recording.warnings),
        "platform": session.platform,
        "room": session.room,
        "started_at": session.started_at,
    }


def pick_recording(work: Workspace, asked: str | None) -> list[Recording]:
    """The recording asked for by id, name or place (1, 2, …), or all of them; raises UsageError `usage.no_recording` naming what there is."""
    recordings = work.opened.find(Recording)
    if asked is None:
        if not recordings:
            raise UsageError("usage.no_recordings")
        return recordings
    found = [row for place, row in enumerate(recordings, 1) if asked in (row.id, row.name, str(place), row.original_id)]
    if not found:
        raise UsageError("usage.no_recording", asked=asked, known=", ".join(row.id for row in recordings) or "-")
    return found
