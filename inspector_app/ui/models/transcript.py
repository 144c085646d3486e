"""The transcript as a read-only list: sentences, screen texts and chat messages interleaved in time, with their marks.

Read-only on purpose: a Qt view accepts input methods as soon as the current cell is editable, and would eat the coding keys.
"""

from bisect import bisect_right
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from inspector_app.domain.records import Finding, Lead

from .store import RecordingStore
from .words import short_clock

KINDS = ("speech", "screen", "chat")
#: flags of text that the machine most likely invented
INVENTED = frozenset({"repetition_loop", "filler_credits", "no_speech_under", "prompt_like"})
#: screen texts that stand in the room all the time; listed only where a lead points to them (the timeline and the evidence show all)
FURNITURE = ("label", "counter", "countdown")


class Row(NamedTuple):
    """One line. `doubtful` text is dimmed and never quoted until a person confirms it; `struck` is what the machine most likely invented.

    `who` is a speaker's label for speech, the sender for chat.
    """

    kind: str
    id: str
    start_us: int
    end_us: int
    who: str
    words: str
    doubtful: bool = False
    corrected: bool = False
    struck: bool = False


@dataclass
class Marks:
    """What hangs on a line: open leads, findings that begin on it, and whether any finding stands over it."""

    leads: list[Lead] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    covered: bool = False


class TranscriptModel(QAbstractListModel):
    """Rows over a store; `shown` says which kinds are listed. `remarked(places)`: lines whose marks, and so heights, may have changed."""

    remarked = Signal(object)

    def __init__(self, store: RecordingStore, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self.rows: list[Row] = []
        self._starts: list[int] = []
        self._place: dict[str, int] = {}
        self._marks: dict[int, Marks] = {}
        self.shown = dict.fromkeys(KINDS, True)
        self.current = -1
        self.lead_id = ""
        #: segment → what its words may have been misheard from: (start, end, term) in the words as shown
        self.heard: dict[str, list[tuple[int, int, str]]] = {}
        store.loaded.connect(self.rebuild)
        store.segments.connect(self.rebuild)
        store.leads.connect(self.remark)
        store.findings.connect(self.remark)

    # -- Qt ------------------------------------------------------------------------------------------------------------------

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or index.row() >= len(self.rows):
            return None
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return row.words
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{short_clock(row.start_us)} {row.who} {row.words}"
        return None

    # -- content -------------------------------------------------------------------------------------------------------------

    def show_kind(self, kind: str, shown: bool) -> None:
        self.shown[kind] = shown
        self.rebuild()

    def rebuild(self) -> None:
        """Lists everything anew; the current line is found again by the view's next tick."""
        self.beginResetModel()
        self.rows = self._listed()
        self._starts = [row.start_us for row in self.rows]
        self._place = {row.id: place for place, row in enumerate(self.rows)}
        self.current = -1
        self._mark()
        self.endResetModel()

    def _listed(self) -> list[Row]:
        now = self._store.now
        if now is None:
            return []
        rows: list[Row] = []
        if self.shown["speech"]:
            rows += [
                Row(
                    "speech",
                    s.id,
                    s.start_us,
                    s.end_us,
                    s.speaker,
                    s.words,
                    doubtful=(doubt := bool(s.flags) and s.corrected is None and not s.confirmed_by),
                    corrected=s.corrected is not None,
                    struck=doubt and bool(INVENTED & set(s.flags)),
                )
                for s in now.segments
            ]
        hinted = {str(source) for lead in now.leads if lead.state == "open" for source in lead.sources}
        for text in now.screen:
            kind = "chat" if text.kind == "chat" else "screen"
            if self.shown[kind] and (text.kind not in FURNITURE or text.id in hinted):
                rows.append(Row(kind, text.id, text.start_us, text.end_us, "", text.text))
        if self.shown["chat"]:
            rows += [Row("chat", m.id, m.at_us, m.at_us, m.user, m.text) for m in now.chat]
        rows.sort(key=lambda row: row.start_us)
        return rows

    def hear(self, hits: list[dict[str, Any]]) -> None:
        """Candidates of misheard words, as `transcript.heard_as` gives them."""
        before, self.heard = self.heard, {}
        for hit in hits:
            self.heard.setdefault(hit["segment"], []).append((hit["start"], hit["end"], hit["term"]))
        changed = {
            self._place[key] for key in before.keys() | self.heard.keys() if before.get(key) != self.heard.get(key) and key in self._place
        }
        self.remarked.emit(changed)

    def remark(self) -> None:
        """Leads or findings changed: the lines stay, some of their marks are new."""
        before = self._marks
        self._mark()
        changed = {place for place in before.keys() | self._marks.keys() if before.get(place) != self._marks.get(place)}
        for place in changed:
            self.dataChanged.emit(self.index(place), self.index(place))
        self.remarked.emit(changed)

    def _mark(self) -> None:
        now = self._store.now
        self._marks = {}
        if now is None or not self.rows:
            return
        for lead in now.leads:
            if lead.state == "open" or lead.id == self.lead_id:
                self._marks.setdefault(self.row_of_lead(lead), Marks()).leads.append(lead)
        for finding in now.findings:
            if finding.state == "withdrawn":
                continue
            first = bisect_right(self._starts, finding.start_us - 1)
            place, named = max(0, first - 1), False
            while place < len(self.rows) and self.rows[place].start_us < finding.end_us:
                row = self.rows[place]
                if row.kind == "speech" and row.end_us > finding.start_us:
                    marks = self._marks.setdefault(place, Marks())
                    marks.covered = True
                    if not named:
                        marks.findings.append(finding)
                        named = True
                place += 1

    @property
    def marked(self) -> Collection[int]:
        """Places of the lines that have marks."""
        return self._marks.keys()

    def marks(self, place: int) -> Marks | None:
        return self._marks.get(place)

    def row_of_lead(self, lead: Lead) -> int:
        """The line a lead hangs on: one of its sources, else the line current at its start."""
        for source in lead.sources:
            if str(source) in self._place:
                return self._place[str(source)]
        return max(0, self.row_at(lead.start_us))

    def row_of(self, row_id: str) -> int:
        return self._place.get(row_id, -1)

    def row_at(self, at_us: int) -> int:
        """The line current at a moment: the last sentence begun, else the last line of any kind; -1 before the first."""
        last = bisect_right(self._starts, at_us) - 1
        for place in range(last, max(-1, last - 60), -1):
            row = self.rows[place]
            if row.kind == "speech":
                return place
        return last

    def set_current(self, place: int) -> None:
        if place == self.current:
            return
        old, self.current = self.current, place
        for changed in (old, place):
            if 0 <= changed < len(self.rows):
                self.dataChanged.emit(self.index(changed), self.index(changed))

    def set_lead(self, lead_id: str) -> None:
        """The lead whose card is open, "" for none."""
        if lead_id != self.lead_id:
            places = {place for place, marks in self._marks.items() if any(lead.id in (lead_id, self.lead_id) for lead in marks.leads)}
            self.lead_id = lead_id
            self.remark()
            self.remarked.emit(places | {place for place, marks in self._marks.items() if any(lead.id == lead_id for lead in marks.leads)})
