"""Screen text 画面文字: what was shown, and when."""

from typing import Any

from inspector_app.domain.records import Recording
from inspector_app.jobs import run as jobs

from .cases import pick_recording
from .findings import current_screen_texts
from .registry import Outcome, command
from .workspace import Workspace


@command("screen.read", keys=("Ctrl+R",))
def read(work: Workspace, *, recording: str | None = None) -> Outcome:
    """Reads the picture of one recording or of all that have one; resumes what was begun."""
    asked = [row for row in pick_recording(work, recording) if row.has_video or recording is not None]
    for row in asked:
        jobs.execute(work.opened, work.actor, "read-screen", {"recording": row.id}, stop=work.stop, progress=work.progress)
    return Outcome(
        frozenset({"screen_texts"}),
        tuple(row.id for row in asked),
        data={"texts": [text for row in asked for text in texts_data(work, row)]},
    )


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
