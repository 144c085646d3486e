"""Screen text 画面文字: what was shown, when, and the tracks made of it 画面要素."""

from collections.abc import Sequence
from typing import Any

from inspector_app.domain.records import Recording, ScreenRun, Track
from inspector_app.domain.timebase import Micros
from inspector_app.jobs import run as jobs
from inspector_app.vision.showing import proof_moments

from .cases import pick_recording
from .findings import current_screen_texts
from .registry import Outcome, command
from .workspace import Workspace


@command("screen.read", keys=("Ctrl+R",))
def read(work: Workspace, *, recording: str | None = None) -> Outcome:
    """Reads the picture of one recording or of all that have one; resumes what was begun, and goes on where a recording has grown."""
    asked = [row for row in pick_recording(work, recording) if row.has_video or recording is not None]
    for row in asked:
        jobs.execute(work.opened, work.actor, "read-screen", {"recording": row.id}, stop=work.stop, progress=work.progress)
    return Outcome(
        frozenset({"screen_texts", "tracks"}),
        tuple(row.id for row in asked),
        data={
            "texts": [text for row in asked for text in texts_data(work, row)],
            "tracks": [track for row in asked for track in tracks_data(work, row)],
        },
    )


@command("screen.tracks")
def tracks(work: Workspace, *, recording: str | None = None) -> Outcome:
    """Prices, countdowns, counters, seller information, licence and AI label over time, of one recording or of all."""
    return Outcome(data={"tracks": [track for row in pick_recording(work, recording) for track in tracks_data(work, row)]})


def current_tracks(work: Workspace, recording_id: str) -> list[Track]:
    """The tracks of the newest finished reading of the recording's picture, in time."""
    runs = work.opened.find(ScreenRun, recording_id=recording_id, state="done", order="rowid DESC")
    return work.opened.find(Track, "start_us, rowid", run_id=runs[0].id) if runs else []


def proof_of(tracks: Sequence[Track]) -> list[Micros]:
    """The moments of a recording whose stills show each appearance and disappearance of some tracks, in order and each once."""
    return proof_moments(track.facts for track in tracks)


def texts_data(work: Workspace, recording: Recording) -> list[dict[str, Any]]:
    return [
        {
            "recording": recording.id,
            "start_us": row.start_us,
            "end_us": row.end_us,
            "text": row.text,
            "confidence": row.confidence_pm / 1000,
            "box": list(row.box),
            "kind": row.kind,
            "series": list(row.series),
        }
        for row in current_screen_texts(work, recording.id)
    ]


def tracks_data(work: Workspace, recording: Recording) -> list[dict[str, Any]]:
    return [
        {
            "recording": recording.id,
            "kind": row.kind,
            "name": row.name,
            "start_us": row.start_us,
            "end_us": row.end_us,
            "spans": [list(span) for span in row.spans],
            "series": [list(point) for point in row.series],
            "facts": row.facts,
        }
        for row in current_tracks(work, recording.id)
    ]
