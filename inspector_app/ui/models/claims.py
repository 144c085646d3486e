"""All findings of the case, whatever the recording, with their exhibits: what the evidence and review steps list."""

from dataclasses import dataclass, field
from datetime import date

from inspector_app.casefile.case import Case
from inspector_app.commands.findings import current_screen_texts, current_segments
from inspector_app.commands.sessions import day_of
from inspector_app.commands.workspace import Workspace
from inspector_app.domain.records import ChatMessage, Exhibit, Finding, Recording, ScreenText, Segment, Session
from inspector_app.domain.timebase import SECOND, Interval

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
    """What was said from fifteen seconds before a finding to fifteen after, and what was shown and chatted during it."""

    span: Interval
    segments: list[Segment] = field(default_factory=list)
    screen: list[ScreenText] = field(default_factory=list)
    chat: list[ChatMessage] = field(default_factory=list)


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
        claims.append(Claim(finding, recording, day_of(sessions[recording.session_id]), tuple(exhibits.get(finding.id, ()))))
    return claims


def read_context(work: Workspace, claim: Claim) -> Context:
    """The words, screen texts and chat around a finding; any thread."""
    finding = claim.finding
    own = Interval(finding.start_us, finding.end_us)
    span = own.widened(CONTEXT_US, claim.recording.duration_us)
    chat = work.opened.find(ChatMessage, order="at_us", recording_id=finding.recording_id)
    return Context(
        span,
        current_segments(work, finding.recording_id, span),
        current_screen_texts(work, finding.recording_id, own),
        [one for one in chat if own.start_us <= one.at_us < own.end_us],
    )
