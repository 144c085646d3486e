"""The material of the case as a read-only table: each recording with what has been made of it, each log and file beside it, and what needs attention."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from inspector_app.casefile.case import Case
from inspector_app.domain.records import (
    ChatLog,
    Chunk,
    Finding,
    Job,
    Lead,
    Original,
    Part,
    Recording,
    ScreenBlock,
    ScreenRun,
    Session,
    Transcript,
)
from inspector_app.domain.timebase import SECOND
from inspector_app.i18n import has, tr

from .findings import TONE
from .words import file_size, span_clock

COLUMNS: Final = ("name", "kind", "length", "size", "sha256", "speech", "screen", "leads", "warnings")
BLOCK_US: Final = 30 * SECOND
#: role under which a cell of the length column gives its line: length, gaps and cuts in microseconds
STRIP: Final = Qt.ItemDataRole.UserRole + 2
#: originals that belong to a recording and stand in no line of their own
_INSIDE: Final = frozenset({"segment", "capture_journal"})
#: more cuts than this are not marked on a line: they would be a solid bar
_MOST_CUTS: Final = 60

Span = tuple[int, int]
Fact = dict[str, Any]


@dataclass(frozen=True)
class Line:
    """One recording; `speech` and `screen` are a state and percent, leads are open and all. `cuts` are where its files meet."""

    recording: Recording
    bytes: int
    speech: tuple[str, int]
    screen: tuple[str, int]
    leads_open: int
    leads: int
    findings: int
    warnings: tuple[str, ...] = ()
    session: Session | None = None
    parts: int = 1
    cuts: tuple[int, ...] = ()
    gaps: tuple[Fact, ...] = ()
    originals: tuple[str, ...] = ()


@dataclass(frozen=True)
class Other:
    """A file of the case that is no recording: a chat log, a subtitle, a picture, an archive, or bytes no use can be made of."""

    original: Original
    kind: str
    log: ChatLog | None = None
    problem: Fact | None = None


Row = Line | Other


@dataclass(frozen=True)
class Material:
    """What the intake step shows, read in one go. `proposals` are recordings that look like pieces of one broadcast."""

    lines: list[Line] = field(default_factory=list)
    refused: list[dict[str, object]] = field(default_factory=list)
    jobs: list[Job] = field(default_factory=list)
    others: list[Other] = field(default_factory=list)
    proposals: list[list[Line]] = field(default_factory=list)
    left_out: list[Fact] = field(default_factory=list)
    assumed: list[Other] = field(default_factory=list)


def read_material(case: Case) -> Material:
    """Reads everything for the intake step; any thread."""
    jobs = case.find(Job, order="rowid DESC")
    imports = [job for job in jobs if job.kind == "import"]
    originals = {row.id: row for row in case.find(Original)}
    parts: dict[str, list[Part]] = {}
    for part in case.find(Part, order="recording_id, ord"):
        parts.setdefault(part.recording_id, []).append(part)
    lines = [_line(case, row, originals, parts.get(row.id, [])) for row in case.find(Recording)]
    refused = _refused(imports, originals)
    inside = {original for line in lines for original in line.originals}
    logs = {log.original_id: log for log in case.find(ChatLog)}
    problems = {str(item.get("sha256")): item for item in refused if item.get("kept")}
    others = [
        Other(row, "loose" if row.kind == "recording" else row.kind, logs.get(row.id), problems.get(row.id))
        for row in originals.values()
        if row.kind not in _INSIDE and row.id not in inside
    ]
    return Material(
        lines,
        refused,
        jobs,
        others,
        _proposals(imports, lines),
        [item for job in imports[:1] for item in job.facts.get("left_out", ())],
        [one for one in others if one.log is not None and one.log.facts.get("zone_assumed") and not one.log.anchors],
    )


def _line(case: Case, row: Recording, originals: dict[str, Original], parts: list[Part]) -> Line:
    transcripts = case.find(Transcript, recording_id=row.id, order="rowid DESC")
    runs = case.find(ScreenRun, recording_id=row.id, order="rowid DESC")
    speech, screen = ("none", 0), ("none", 0)
    if transcripts:
        done, total = case.count(Chunk, transcript_id=transcripts[0].id, state="done"), case.count(Chunk, transcript_id=transcripts[0].id)
        speech = (transcripts[0].state, done * 100 // total if total else 100)
    if runs:
        blocks = case.count(ScreenBlock, run_id=runs[0].id)
        screen = (runs[0].state, min(100, blocks * 100 // max(1, -(-row.duration_us // BLOCK_US))))
    files = tuple(dict.fromkeys(part.original_id for part in parts)) or (row.original_id,)
    return Line(
        recording=row,
        bytes=sum(originals[name].bytes for name in files if name in originals),
        speech=speech if row.has_audio else ("absent", 0),
        screen=screen if row.has_video else ("absent", 0),
        leads_open=case.count(Lead, recording_id=row.id, state="open"),
        leads=sum(case.count(Lead, recording_id=row.id, state=state) for state in ("open", "accepted", "rejected")),
        findings=case.count(Finding, recording_id=row.id),
        warnings=tuple(str(one.get("code", "")) for one in row.warnings) + (("intake.gaps",) if row.gaps else ()),
        session=next(iter(case.find(Session, id=row.session_id)), None),
        parts=max(1, len(parts)),
        cuts=tuple(part.start_us for part in parts[1:]) if len(parts) <= _MOST_CUTS else (),
        gaps=tuple(row.gaps),
        originals=files,
    )


def _refused(imports: list[Job], originals: dict[str, Original]) -> list[dict[str, object]]:
    """What imports could not use, the newest word on each file, and none that came in by a later try."""
    taken = {row.source_path for row in originals.values() if row.kind != "unreadable"}
    found: dict[str, dict[str, object]] = {}
    for job in imports:
        for item in job.facts.get("refused", ()):
            file = str(item.get("file", ""))
            if file not in taken:
                found.setdefault(file, item)
    return list(found.values())


def _proposals(imports: list[Job], lines: list[Line]) -> list[list[Line]]:
    """Groups the last imports spoke of, whose recordings still stand alone."""
    alone = {line.recording.name: line for line in lines if line.parts == 1}
    joined = {name for line in lines if line.parts > 1 for name in line.originals}
    found: list[list[Line]] = []
    for job in imports[:5]:
        for names in job.facts.get("proposals", ()):
            group = [alone[name] for name in names if name in alone and alone[name].recording.original_id not in joined]
            if len(group) == len(names) and group not in found:
                found.append(group)
    return found


def refusal(item: dict[str, object]) -> str:
    """Why a file was refused, in words."""
    return tr(f"{item.get('code')}.cause", **_facts(item))


def next_step(item: dict[str, object]) -> str:
    """What can be done about a refused file, in words."""
    key = f"{item.get('code')}.next"
    return tr(key, **_facts(item)) if has(key) else ""


def _facts(item: dict[str, object]) -> dict[str, object]:
    facts = item.get("facts")
    return {"file": Path(str(item.get("file", ""))).name, **(facts if isinstance(facts, dict) else {})}


def warning(code: str, facts: dict[str, Any] | None = None) -> str:
    key = next((key for key in (f"warning.{code}", f"{code}.cause") if has(key)), "")
    return tr(key, **(facts or {})) if key else code


class MaterialModel(QAbstractTableModel):
    """Recordings first, then the other files; `lines` are the recordings alone."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: list[Row] = []

    @property
    def lines(self) -> list[Line]:
        return [row for row in self.rows if isinstance(row, Line)]

    def key(self, place: int) -> str:
        """What names a row when the table is read again."""
        row = self.rows[place]
        return row.recording.id if isinstance(row, Line) else row.original.id

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def columnCount(self, parent: QModelIndex | QPersistentModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return tr(f"ui.material.{COLUMNS[section]}")
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        return None

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or index.row() >= len(self.rows):
            return None
        row, column = self.rows[index.row()], COLUMNS[index.column()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return _text(row, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return _tip(row, column)
        if role == TONE:
            return _tone(row, column)
        if role == STRIP and column == "length" and isinstance(row, Line) and (row.gaps or row.cuts):
            spans = tuple((int(gap["start_us"]), int(gap["end_us"])) for gap in row.gaps)
            return row.recording.duration_us, spans, row.cuts
        return None

    def show(self, lines: list[Line], others: list[Other] | None = None) -> None:
        """Rows that stay keep their place; other rows, another table."""
        rows: list[Row] = [*lines, *(others or [])]
        before = [self.key(place) for place in range(len(self.rows))]
        after = [row.recording.id if isinstance(row, Line) else row.original.id for row in rows]
        if before == after and rows:
            self.rows = rows
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(COLUMNS) - 1))
            return
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def retranslate(self) -> None:
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(COLUMNS) - 1)
        if self.rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.rows) - 1, len(COLUMNS) - 1))


def short_digest(digest: str) -> str:
    return f"{digest[:8]}…{digest[-4:]}"


def kind_of(row: Row) -> str:
    """The end of the word key that says what a row is."""
    if isinstance(row, Other):
        return row.kind
    if row.recording.state == "growing":
        return "growing"
    return "captured" if row.recording.method in ("captured", "screen", "camera") else "joined" if len(row.originals) > 1 else "recording"


def _text(row: Row, column: str) -> str:
    if column == "kind":
        return tr(f"ui.material.kind.{kind_of(row)}")
    if isinstance(row, Other):
        return _other_text(row, column)
    match column:
        case "name":
            return row.recording.name
        case "length":
            return span_clock(row.recording.duration_us)
        case "size":
            return file_size(row.bytes)
        case "sha256":
            return short_digest(row.recording.original_id)
        case "speech" | "screen":
            state, percent = row.speech if column == "speech" else row.screen
            return f"{percent} %" if state == "running" else tr(f"ui.material.state.{state}")
        case "leads":
            return tr("ui.material.leads_of", open=row.leads_open, all=row.leads) if row.leads else "—"
        case _:
            return str(len(row.warnings)) if row.warnings else ""


def _other_text(row: Other, column: str) -> str:
    match column:
        case "name":
            return row.original.source_name
        case "length" if row.log is not None:
            return tr("ui.material.messages", count=row.log.facts.get("laid", 0))
        case "size":
            return file_size(row.original.bytes)
        case "sha256":
            return short_digest(row.original.id)
        case "warnings":
            return "1" if _needs_care(row) else ""
        case _:
            return ""


def _needs_care(row: Other) -> bool:
    facts = row.log.facts if row.log is not None else {}
    return row.kind in ("unreadable", "loose") or bool(facts.get("unplaced") or facts.get("unread") or facts.get("zone_assumed"))


def _tip(row: Row, column: str) -> str | None:
    if isinstance(row, Other):
        return f"SHA-256 {row.original.id}" if column == "sha256" else row.original.source_name if column == "name" else None
    if column == "sha256":
        return f"SHA-256 {row.recording.original_id}"
    if column == "warnings" and row.warnings:
        facts = {str(one.get("code")): one.get("facts") for one in row.recording.warnings}
        return "\n".join(warning(code, facts.get(code)) for code in dict.fromkeys(row.warnings))
    if column == "length" and row.parts > 1:
        return tr("ui.material.parts", count=row.parts, gaps=len(row.gaps))
    return row.recording.name if column == "name" else None


def _tone(row: Row, column: str) -> str | None:
    if column == "kind":
        return {"growing": "finding", "unreadable": "lead", "loose": "lead"}.get(kind_of(row), "plain")
    if isinstance(row, Other):
        return "lead" if column == "warnings" else None
    if column in ("speech", "screen"):
        state = (row.speech if column == "speech" else row.screen)[0]
        return {"done": "good", "running": "accent", "none": "faint", "absent": "faint"}.get(state, "lead")
    if column == "leads":
        return "lead" if row.leads_open else "faint" if not row.leads else "plain"
    return "lead" if column == "warnings" else None
