"""One recording of the open case in memory, in the order of time: read once in the background, then kept up to date change by change.

Panes read from here and listen to its signals; nothing here writes the case.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from PySide6.QtCore import QObject, Signal

from inspector_app.casefile.case import Case
from inspector_app.casefile.changes import Change
from inspector_app.casefile.rows import from_row
from inspector_app.casefile.timelines import timeline_of
from inspector_app.commands.findings import REPLACED, current_screen_texts, current_segments
from inspector_app.commands.workspace import Workspace
from inspector_app.domain.errors import InspectorError
from inspector_app.domain.records import (
    ChatMessage,
    Chunk,
    Derivative,
    Exhibit,
    Finding,
    Lead,
    Part,
    Record,
    Recording,
    ScreenRun,
    ScreenText,
    Segment,
    Session,
    Transcript,
)
from inspector_app.jobs.previews import Previews, previews_of
from inspector_app.media.index import TimeIndex, load_index
from inspector_app.media.timeline import Timeline
from inspector_app.statutes.catalogue import Catalogue
from inspector_app.ui.bridge.desk import Desk

from .rows import Chat, Message

R = TypeVar("R", bound=Record)

#: a change of these means that another version of the text may be the current one: read again
_VERSIONS = {Transcript.table, ScreenRun.table}


@dataclass
class Contents:
    """Everything of one recording as read in one go."""

    recording: Recording
    session: Session
    timeline: Timeline
    previews: Previews
    transcript: Transcript | None = None
    chunks: list[Chunk] = field(default_factory=list)
    segments: list[Segment] = field(default_factory=list)
    screen: list[ScreenText] = field(default_factory=list)
    chat: Chat = field(default_factory=Chat)
    leads: list[Lead] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    exhibits: dict[str, Exhibit] = field(default_factory=dict)


def read(work: Workspace, recording_id: str) -> Contents:
    """Reads a recording's contents; any thread."""
    case: Case = work.opened
    recording = case.get(Recording, recording_id)
    transcripts = case.find(Transcript, recording_id=recording_id, order="rowid DESC")
    return Contents(
        recording=recording,
        session=case.get(Session, recording.session_id),
        timeline=timeline_of(case, recording),
        previews=previews_of(case, recording),
        transcript=transcripts[0] if transcripts else None,
        chunks=case.find(Chunk, order="ord", transcript_id=transcripts[0].id) if transcripts else [],
        segments=current_segments(work, recording_id),
        screen=current_screen_texts(work, recording_id),
        chat=Chat(map(Message._make, case.columns(ChatMessage, Message._fields, order="at_us, rowid", recording_id=recording_id))),
        leads=[lead for lead in case.find(Lead, order="start_us, rowid", recording_id=recording_id) if lead.state != "stale"],
        findings=case.find(Finding, order="number", recording_id=recording_id),
        exhibits={row.id: row for row in case.find(Exhibit, order="number", recording_id=recording_id)},
    )


class RecordingStore(QObject):
    """Signals: `loaded` (another recording, or all read anew), `segments`, `leads`, `findings` (exhibits too) when those changed,
    `previews` and `grown` (files, length) likewise."""

    loaded = Signal()
    segments = Signal()
    leads = Signal()
    findings = Signal()
    indexed = Signal()
    previews = Signal()
    grown = Signal()

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.now: Contents | None = None
        self.index: TimeIndex | None = None
        self._asked = ""
        desk.changed.connect(self._apply)
        desk.closed.connect(self._forget)

    # -- reading -------------------------------------------------------------------------------------------------------------

    @property
    def catalogue(self) -> Catalogue:
        """The articles that leads and findings point to."""
        return self._desk.work.catalogue

    def load(self, recording_id: str) -> None:
        """Reads a recording in the background; `loaded` follows. Also used to read the same one again."""
        other = self.now is None or self.now.recording.id != recording_id
        self._asked = recording_id
        self._desk.reading.run(lambda: read(self._desk.work, recording_id), self._take, self._unread)
        if other:
            self.index = None
            self._desk.reading.run(lambda: _index(self._desk.work, recording_id), self._take_index)

    def _take(self, contents: Contents) -> None:
        if contents.recording.id == self._asked:
            self.now = contents
            self.loaded.emit()

    def _unread(self, error: InspectorError) -> None:
        """What was asked for cannot be read: what is here stays."""
        self._asked = self.now.recording.id if self.now is not None else ""
        self._desk.complain(error)
        self.loaded.emit()

    @property
    def loading(self) -> bool:
        """Whether a recording was asked for that is not here yet."""
        return bool(self._asked) and (self.now is None or self.now.recording.id != self._asked)

    def _take_index(self, found: tuple[str, TimeIndex | None]) -> None:
        if found[0] == self._asked:
            self.index = found[1]
            self.indexed.emit()

    def _take_files(self, found: tuple[Recording, Timeline]) -> None:
        if self.now is not None and found[0].id == self.now.recording.id:
            self.now.recording, self.now.timeline = found
            self.grown.emit()

    def _take_previews(self, found: tuple[str, Previews]) -> None:
        if self.now is not None and found[0] == self.now.recording.id:
            self.now.previews = found[1]
            self.previews.emit()

    def _forget(self) -> None:
        self.now, self.index, self._asked = None, None, ""
        self.loaded.emit()

    @property
    def duration_us(self) -> int:
        return self.now.recording.duration_us if self.now else 0

    # -- keeping up to date --------------------------------------------------------------------------------------------------

    def _apply(self, _act: str, changes: Sequence[Change]) -> None:
        if self.now is None:
            return
        tables = {change.table for change in changes}
        if tables & _VERSIONS or any(self._of_broadcast(change) for change in changes):
            self.load(self.now.recording.id)
            return
        now = self.now
        if tables & {Segment.table, Chunk.table} and now.transcript is not None:
            mine = now.transcript.id
            now.segments = _merged(Segment, now.segments, changes, lambda row: row.transcript_id == mine and row.state != REPLACED, _start)
            now.chunks = _merged(Chunk, now.chunks, changes, lambda row: row.transcript_id == mine, lambda row: row.ord)
            self.segments.emit()
        if Lead.table in tables:
            now.leads = _merged(Lead, now.leads, changes, lambda row: row.state != "stale" and self._mine(row), lambda row: row.start_us)
            self.leads.emit()
        if tables & {Part.table, Recording.table}:
            mine = now.recording.id
            self._desk.reading.run(lambda: _files(self._desk.work, mine), self._take_files)
        if Derivative.table in tables:
            recording = now.recording
            self._desk.reading.run(lambda: (recording.id, previews_of(self._desk.work.opened, recording)), self._take_previews)
        if tables & {Finding.table, Exhibit.table}:
            now.findings = _merged(Finding, now.findings, changes, self._mine, lambda row: row.number)
            exhibits = _merged(Exhibit, list(now.exhibits.values()), changes, self._mine, lambda row: row.number)
            now.exhibits = {row.id: row for row in exhibits}
            self.findings.emit()

    def _of_broadcast(self, change: Change) -> bool:
        """Whether a change tells otherwise of the broadcast that the recording here comes from."""
        now, after = self.now, change.after
        if now is None or after is None:
            return False
        if change.table == Session.table:
            return change.id == now.session.id
        return change.table == Recording.table and change.id == now.recording.id and after["session_id"] != now.session.id

    def _mine(self, row: Lead | Finding | Exhibit) -> bool:
        return self.now is not None and row.recording_id == self.now.recording.id

    # -- questions -----------------------------------------------------------------------------------------------------------

    def segment_at(self, at_us: int) -> int | None:
        """Place of the last sentence that began at or before a moment."""
        rows = self.now.segments if self.now else []
        place = bisect_right(rows, at_us, key=lambda row: row.start_us) - 1
        return place if place >= 0 else None

    def findings_over(self, start_us: int, end_us: int) -> list[Finding]:
        """Findings that stand and share time with a span."""
        rows = self.now.findings if self.now else []
        return [row for row in rows if row.state != "withdrawn" and row.start_us < end_us and start_us < row.end_us]

    def exhibits_of(self, finding: Finding) -> list[Exhibit]:
        rows = self.now.exhibits.values() if self.now else ()
        return sorted((row for row in rows if row.finding_id == finding.id), key=lambda row: row.number)

    def finding(self, finding_id: str) -> Finding | None:
        return next((row for row in (self.now.findings if self.now else ()) if row.id == finding_id), None)

    def lead(self, lead_id: str) -> Lead | None:
        return next((row for row in (self.now.leads if self.now else ()) if row.id == lead_id), None)


def _files(work: Workspace, recording_id: str) -> tuple[Recording, Timeline]:
    recording = work.opened.get(Recording, recording_id)
    return recording, timeline_of(work.opened, recording)


def _start(row: Segment) -> int:
    return row.start_us


def _index(work: Workspace, recording_id: str) -> tuple[str, TimeIndex | None]:
    case = work.opened
    path = case.folder / case.get(Recording, recording_id).index_path
    return recording_id, load_index(path) if path.is_file() else None


def _merged(record: type[R], rows: Iterable[R], changes: Sequence[Change], keep: Callable[[R], bool], key: Callable[[R], int]) -> list[R]:
    """`rows` with the changes of their table applied, only what `keep` accepts, ordered by `key`."""
    known = {row.id: row for row in rows}
    for change in changes:
        if change.table != record.table:
            continue
        row = from_row(record, change.after) if change.after is not None else None
        if row is not None and keep(row):
            known[row.id] = row
        else:
            known.pop(change.id, None)
    return sorted(known.values(), key=key)
