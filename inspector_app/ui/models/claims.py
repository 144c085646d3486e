"""All findings of the case, whatever the recording, with their exhibits: what the evidence and review steps list."""

from dataclasses import dataclass, field
from datetime import date, datetime

from inspector_app.casefile.case import Case
from inspector_app.commands.findings import current_screen_texts, current_segments
from inspector_app.commands.workspace import Workspace
from inspector_app.domain.records import Exhibit, Finding, Recording, ScreenText, Segment, Session
from inspector_app.domain.timebase import BEIJING, SECOND, Interval

CONTEXT_US = 15 * SECOND


@dataclass(frozen=True)
class Claim:
    """A finding with what belongs to it."""

    finding: Finding
    recording: Recording
    day: date | None
    exhibits: tuple[Exhibit, ...] = ()


@dataclass(frozen=True)
class Context:
    """What was said and shown from fifteen seconds before a finding to fifteen after."""

    span: Interval
    segments: list[Segment] = field(default_factory=list)
    screen: list[ScreenText] = field(default_factory=list)


def read_claims(case: Case) -> list[Claim]:
    """Every finding by number; any thread."""
    recordings = {row.id: row for row in case.find(Recording)}
    sessions = {row.id: row for row in case.find(Session)}
    exhibits: dict[str, list[Exhibit]] = {}
    for row in case.find(Exhibit, order="number"):
        exhibits.setdefault(row.finding_id, []).append(row)
    claims = []
    for finding in case.find(Finding, order="number"):
        recording = recordings[finding.recording_id]
        claims.append(Claim(finding, recording, _day(sessions[recording.session_id]), tuple(exhibits.get(finding.id, ()))))
    return claims


def _day(session: Session) -> date | None:
    return datetime.fromisoformat(session.started_at).astimezone(BEIJING).date() if session.started_at else None


def read_context(work: Workspace, claim: Claim) -> Context:
    """The words and screen texts around a finding; any thread."""
    finding = claim.finding
    span = Interval(finding.start_us, finding.end_us).widened(CONTEXT_US, claim.recording.duration_us)
    segments = [row for row in current_segments(work, finding.recording_id) if row.start_us < span.end_us and span.start_us < row.end_us]
    own = Interval(finding.start_us, finding.end_us)
    screen = [row for row in current_screen_texts(work, finding.recording_id) if Interval(row.start_us, row.end_us).overlaps(own)]
    return Context(span, segments, screen)
