"""Previews of a recording, made in the background: waveform, picture strip and the small proxy for scrubbing. All can be made again.

They are derivatives in `working/previews/`, each with its digest and settings; nothing of them is evidence. What is there is found by
`previews_of`, while it is still growing too.
"""

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from inspector_app.casefile.case import Case
from inspector_app.casefile.changes import delete, insert
from inspector_app.casefile.timelines import timeline_of
from inspector_app.domain.ids import new_id
from inspector_app.domain.records import Derivative, Recording
from inspector_app.media.timeline import Timeline, TimelinePart

if TYPE_CHECKING:
    from .run import Run

Json = dict[str, Any]

#: In the order in which they are made: the quick ones first.
KINDS: Final = ("peaks", "strip", "proxy")
#: Previews are made beside the queue of jobs, but only one recording's at a time.
_turn: Final = threading.Lock()


@dataclass(frozen=True)
class Previews:
    """What there is of a recording's previews. `proxy` covers the stretches that are done; `peaks` may still be growing."""

    peaks: Path | None = None
    strip: Path | None = None
    proxy: Timeline | None = None


def folder_of(recording: Recording) -> str:
    """Where a recording's previews lie, relative to the case."""
    return f"working/previews/{recording.id}"


def previews_of(case: Case, recording: Recording) -> Previews:
    """The previews that are there; any thread. Read waveform and strip with `media.peaks.Peaks` and `media.strip.Strip`."""
    folder = case.folder / folder_of(recording)
    parts = [
        TimelinePart(case.folder / row.path, -row.offset_us, int(row.settings["end_us"]), 0)
        for row in _rows(case, recording, "proxy")
        if (case.folder / row.path).is_file()
    ]
    peaks, strip = folder / "sound.peaks", folder / "strip.json"
    return Previews(
        peaks if peaks.is_file() else None,
        strip if strip.is_file() else None,
        Timeline.of(parts) if parts else None,
    )


def _rows(case: Case, recording: Recording, kind: str) -> list[Derivative]:
    rows = case.find(Derivative, parent_sha256=recording.original_id, kind=kind, order="rowid")
    return [row for row in rows if row.settings.get("recording") == recording.id]


def run(run: "Run", params: Json) -> Json:
    """Params: recording (id), kinds (of `KINDS`; all by default). Facts: made. What is there and whole is not made again."""
    case = run.case
    recording = case.get(Recording, params["recording"])
    there = [row for kind in KINDS for row in _rows(case, recording, kind) if _is_whole(case, row)]
    made: list[str] = []

    def on_item(_kind: str, data: Json) -> None:
        kind = data.pop("derivative")
        data["settings"] = {"recording": recording.id, **data["settings"]}
        row = Derivative(id=new_id("derivative"), parent_sha256=recording.original_id, kind=kind, **data)
        old = [delete(one) for one in case.find(Derivative, path=row.path)]  # it was damaged, or lost
        run.commit("derivative.add", [*old, insert(row)], row.id, kind=kind, recording=recording.name)
        made.append(row.path)

    while not _turn.acquire(timeout=0.2):
        run.check()
    try:
        run.child("previews", _spec(case, recording, params, there), on_item)
    finally:
        _turn.release()
    return {"made": len(made)}


def _spec(case: Case, recording: Recording, params: Json, there: list[Derivative]) -> Json:
    return {
        "case": str(case.folder),
        "folder": folder_of(recording),
        "timeline": timeline_of(case, recording).as_spec(),
        "duration_us": recording.duration_us,
        "kinds": [kind for kind in params.get("kinds") or KINDS if recording.has_audio or kind != "peaks"],
        "has_video": bool(recording.has_video),
        "done": [row.path for row in there],
        "spans": [[row.settings["start_us"], row.settings["end_us"]] for row in there if row.kind == "proxy"],
    }


def _is_whole(case: Case, row: Derivative) -> bool:
    path = case.folder / row.path
    return path.is_file() and path.stat().st_size == row.bytes
