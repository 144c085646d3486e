"""The material of the case as a read-only table: each recording with what has been made of it, and what needs attention."""

from dataclasses import dataclass, field

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from inspector_app.casefile.case import Case
from inspector_app.domain.records import Chunk, Finding, Job, Lead, Original, Recording, ScreenBlock, ScreenRun, Transcript
from inspector_app.domain.timebase import SECOND
from inspector_app.i18n import has, tr

from .findings import TONE
from .words import file_size, span_clock

COLUMNS = ("name", "length", "size", "sha256", "speech", "screen", "leads", "warnings")
BLOCK_US = 30 * SECOND


@dataclass(frozen=True)
class Line:
    """One recording; `speech` and `screen` are a state and percent, leads are open and all."""

    recording: Recording
    bytes: int
    speech: tuple[str, int]
    screen: tuple[str, int]
    leads_open: int
    leads: int
    findings: int
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Material:
    """What the intake step shows, read in one go."""

    lines: list[Line] = field(default_factory=list)
    refused: list[dict[str, object]] = field(default_factory=list)
    jobs: list[Job] = field(default_factory=list)


def read_material(case: Case) -> Material:
    """Reads everything for the intake step; any thread."""
    jobs = case.find(Job, order="rowid DESC")
    refused = [item for job in jobs if job.kind == "import" for item in job.facts.get("refused", ())]
    return Material([_line(case, row) for row in case.find(Recording)], refused, jobs)


def _line(case: Case, row: Recording) -> Line:
    transcripts = case.find(Transcript, recording_id=row.id, order="rowid DESC")
    runs = case.find(ScreenRun, recording_id=row.id, order="rowid DESC")
    speech, screen = ("none", 0), ("none", 0)
    if transcripts:
        done, total = case.count(Chunk, transcript_id=transcripts[0].id, state="done"), case.count(Chunk, transcript_id=transcripts[0].id)
        speech = (transcripts[0].state, done * 100 // total if total else 100)
    if runs:
        blocks = case.count(ScreenBlock, run_id=runs[0].id)
        screen = (runs[0].state, min(100, blocks * 100 // max(1, -(-row.duration_us // BLOCK_US))))
    return Line(
        recording=row,
        bytes=case.get(Original, row.original_id).bytes,
        speech=speech if row.has_audio else ("absent", 0),
        screen=screen if row.has_video else ("absent", 0),
        leads_open=case.count(Lead, recording_id=row.id, state="open"),
        leads=sum(case.count(Lead, recording_id=row.id, state=state) for state in ("open", "accepted", "rejected")),
        findings=case.count(Finding, recording_id=row.id),
        warnings=tuple(str(one.get("code", "")) for one in row.warnings) + (("intake.gaps",) if row.gaps else ()),
    )


def refusal(item: dict[str, object]) -> str:
    """Why a file was refused, in words."""
    facts = item.get("facts")
    return tr(f"{item.get('code')}.cause", **(facts if isinstance(facts, dict) else {}))


def warning(code: str) -> str:
    return tr(f"warning.{code}") if has(f"warning.{code}") else tr(f"{code}.cause") if has(f"{code}.cause") else code


class MaterialModel(QAbstractTableModel):
    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.lines: list[Line] = []

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.lines)

    def columnCount(self, parent: QModelIndex | QPersistentModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return tr(f"ui.material.{COLUMNS[section]}")
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        return None

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or index.row() >= len(self.lines):
            return None
        line, column = self.lines[index.row()], COLUMNS[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return _text(line, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return _tip(line, column)
        if role == TONE:
            return _tone(line, column)
        return None

    def show(self, lines: list[Line]) -> None:
        if [line.recording.id for line in lines] == [line.recording.id for line in self.lines] and lines:
            self.lines = lines
            self.dataChanged.emit(self.index(0, 0), self.index(len(lines) - 1, len(COLUMNS) - 1))
            return
        self.beginResetModel()
        self.lines = lines
        self.endResetModel()

    def retranslate(self) -> None:
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(COLUMNS) - 1)
        if self.lines:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.lines) - 1, len(COLUMNS) - 1))


def _text(line: Line, column: str) -> str:
    match column:
        case "name":
            return line.recording.name
        case "length":
            return span_clock(line.recording.duration_us)
        case "size":
            return file_size(line.bytes)
        case "sha256":
            return f"{line.recording.original_id[:8]}…{line.recording.original_id[-4:]}"
        case "speech" | "screen":
            state, percent = line.speech if column == "speech" else line.screen
            return f"{percent} %" if state == "running" else tr(f"ui.material.state.{state}")
        case "leads":
            return tr("ui.material.leads_of", open=line.leads_open, all=line.leads) if line.leads else "—"
        case _:
            return str(len(line.warnings)) if line.warnings else ""


def _tip(line: Line, column: str) -> str | None:
    if column == "sha256":
        return f"SHA-256 {line.recording.original_id}"
    if column == "warnings" and line.warnings:
        return "\n".join(warning(code) for code in dict.fromkeys(line.warnings))
    return line.recording.name if column == "name" else None


def _tone(line: Line, column: str) -> str | None:
    if column in ("speech", "screen"):
        state = (line.speech if column == "speech" else line.screen)[0]
        return {"done": "good", "running": "accent", "none": "faint", "absent": "faint"}.get(state, "lead")
    if column == "leads":
        return "lead" if line.leads_open else "faint" if not line.leads else "plain"
    return "lead" if column == "warnings" else None
