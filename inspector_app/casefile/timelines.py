"""The timeline of a recording as the case keeps it: its parts, or its one original."""

from inspector_app.domain.records import Original, Part, Recording
from inspector_app.media.timeline import Timeline, TimelinePart

from .case import Case


def timeline_of(case: Case, recording: Recording) -> Timeline:
    """The files of a recording on its clock; a recording of one file is a timeline of that file alone."""
    rows = case.find(Part, order="ord", recording_id=recording.id)
    if not rows:
        return Timeline.of([_part(case, recording.original_id, 0, recording.duration_us, recording.zero_us, recording.index_path)])
    return Timeline.of([_part(case, row.original_id, row.start_us, row.end_us, row.zero_us, row.index_path) for row in rows])


def _part(case: Case, original_id: str, start_us: int, end_us: int, zero_us: int, index: str) -> TimelinePart:
    path = case.folder / case.get(Original, original_id).path
    return TimelinePart(path, start_us, end_us, zero_us, case.folder / index if index else None)
