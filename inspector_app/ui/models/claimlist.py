"""The list of claims the evidence step shows: searched, filtered by state, article and officer, thousands of them. Read-only."""

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from inspector_app.commands.evidence import completeness
from inspector_app.ui.models.claims import Claim
from inspector_app.ui.models.words import article_label, finding_state, is_complete

CLAIM = Qt.ItemDataRole.UserRole + 7
STATES = ("all", "open", "complete", "withdrawn")


@dataclass(frozen=True)
class Wanted:
    """What the list shows: words in number, articles, quote or note; a state of `STATES`; one officer ("" all)."""

    words: str = ""
    state: str = "all"
    by: str = ""

    def takes(self, claim: Claim) -> bool:
        finding = claim.finding
        if self.by and finding.by != self.by:
            return False
        kind = "withdrawn" if finding.state == "withdrawn" else "complete" if is_complete(finding) else "open"
        if self.state not in ("all", kind):
            return False
        articles = " ".join(article_label(code) for code in finding.articles)
        return self.words.casefold() in f"{finding.number:03d} {articles} {finding.quote} {finding.note}".casefold()


class ClaimListModel(QAbstractListModel):
    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._all: list[Claim] = []
        self.shown: list[Claim] = []
        self.wanted = Wanted()

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.shown)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self.shown):
            return None
        claim = self.shown[index.row()]
        if role == CLAIM:
            return claim
        if role == Qt.ItemDataRole.ToolTipRole:
            return claim.finding.quote or claim.finding.note
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            finding = claim.finding
            articles = "、".join(article_label(code) for code in finding.articles)
            return f"{finding.number:03d} {articles} {finding_state(finding)[0]} {finding.quote}"
        return None

    def show(self, claims: list[Claim]) -> None:
        self._all = claims
        self._filter()

    def want(self, wanted: Wanted) -> None:
        if wanted != self.wanted:
            self.wanted = wanted
            self._filter()

    def _filter(self) -> None:
        shown = [claim for claim in self._all if self.wanted.takes(claim)]
        if [claim.finding.id for claim in shown] == [claim.finding.id for claim in self.shown]:
            self.shown = shown
            self.dataChanged.emit(self.index(0), self.index(len(shown) - 1))
        else:
            self.beginResetModel()
            self.shown = shown
            self.endResetModel()

    @property
    def officers(self) -> list[str]:
        return sorted({claim.finding.by for claim in self._all})

    @property
    def total(self) -> int:
        return len(self._all)

    def place_of(self, finding_id: str) -> int:
        return next((place for place, claim in enumerate(self.shown) if claim.finding.id == finding_id), -1)


def points(claim: Claim) -> dict[str, bool]:
    return completeness(claim.finding, claim.exhibits)
