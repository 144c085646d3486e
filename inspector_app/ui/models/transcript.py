"""The transcript as a read-only list: sentences, screen texts and chat messages interleaved in time, with their marks.

Read-only on purpose: a Qt view accepts input methods as soon as the current cell is editable, and would eat the coding keys.
"""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from inspector_app.domain.records import Finding, Lead

from .marking import Marking, Marks
from .rows import Rows
from .store import RecordingStore
from .words import short_clock

KINDS = ("speech", "screen", "chat")
#: screen texts that stand in the room all the time; listed only where a lead points to them (the timeline and the evidence show all)
FURNITURE = ("label", "counter", "countdown")
#: as many lines before a moment are looked through for a sentence
_BACK = 60


class TranscriptModel(QAbstractListModel):
    """Rows over a store; `shown` says which kinds are listed. `remarked(places)`: lines whose marks, and so heights, may have changed."""

    remarked = Signal(object)

    def __init__(self, store: RecordingStore, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self.rows = Rows()
        self._marking = Marking(self.rows, self.row_of_lead)
        self.shown = dict.fromkeys(KINDS, True)
        self.current = -1
        self.lead_id = ""
        #: segment → what its words may have been misheard from: (start, end, term) in the words as shown
        self.heard: dict[str, list[tuple[int, int, str]]] = {}
        store.loaded.connect(self.rebuild)
        store.segments.connect(self.rebuild)
        store.leads.connect(lambda: self._remarked(self._marking.show_leads(self._leads())))
        store.findings.connect(lambda: self._remarked(self._marking.show_findings(self._findings())))

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
        self._marking = Marking(self.rows, self.row_of_lead)
        self._marking.show_leads(self._leads())
        self._marking.show_findings(self._findings())
        self.current = -1
        self.endResetModel()

    def _listed(self) -> Rows:
        now = self._store.now
        if now is None:
            return Rows()
        hinted = {str(source) for lead in now.leads if lead.state == "open" for source in lead.sources}
        screen = [
            text
            for text in now.screen
            if self.shown["chat" if text.kind == "chat" else "screen"] and (text.kind not in FURNITURE or text.id in hinted)
        ]
        return Rows(now.segments if self.shown["speech"] else (), screen, now.chat if self.shown["chat"] else None)

    def _leads(self) -> list[Lead]:
        """The leads that are shown: open ones, and the one whose card is open."""
        return [lead for lead in (self._store.now.leads if self._store.now else ()) if lead.state == "open" or lead.id == self.lead_id]

    def _findings(self) -> list[Finding]:
        return [finding for finding in (self._store.now.findings if self._store.now else ()) if finding.state != "withdrawn"]

    def hear(self, hits: list[dict[str, Any]]) -> None:
        """Candidates of misheard words, as `transcript.heard_as` gives them."""
        before, self.heard = self.heard, {}
        for hit in hits:
            self.heard.setdefault(hit["segment"], []).append((hit["start"], hit["end"], hit["term"]))
        other = {key for key in before.keys() | self.heard.keys() if before.get(key) != self.heard.get(key)}
        self._remarked({place for place in map(self.row_of, other) if place >= 0})

    def _remarked(self, changed: set[int]) -> None:
        """The lines stay; what hangs on some of them is new."""
        if changed:
            self.dataChanged.emit(self.index(min(changed)), self.index(max(changed)))
            self.remarked.emit(changed)

    @property
    def marked(self) -> Mapping[int, Marks]:
        """The marks of the lines that have any, by place."""
        return self._marking.at

    def marks(self, place: int) -> Marks | None:
        return self._marking.at.get(place)

    @property
    def row_of_open_lead(self) -> int:
        """The line under which the card of a lead is open; -1 for none."""
        return self._marking.place_of_lead(self.lead_id)

    def row_of_lead(self, lead: Lead) -> int:
        """The line a lead hangs on: one of its sources, else the line current at its start."""
        for source in lead.sources:
            place = self.row_of(str(source))
            if place >= 0:
                return place
        return max(0, self.row_at(lead.start_us))

    def row_of(self, row_id: str) -> int:
        return self.rows.place_of(row_id)

    def row_at(self, at_us: int) -> int:
        """The line current at a moment: the last sentence begun, else the last line of any kind; -1 before the first."""
        last = self.rows.begun_by(at_us) - 1
        return next((place for place in range(last, max(-1, last - _BACK), -1) if self.rows.is_speech(place)), last)

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
            closed, self.lead_id = self.row_of_open_lead, lead_id
            changed = self._marking.show_leads(self._leads())
            self._remarked({place for place in (closed, self.row_of_open_lead, *changed) if place >= 0})
