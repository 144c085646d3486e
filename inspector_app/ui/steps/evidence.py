"""Step 3, evidence 证据: the claims of the case on the left, one of them whole on the right; two side by side, several changed at once."""

from PySide6.QtCore import QEvent, QTimer, Signal
from PySide6.QtGui import QImageReader
from PySide6.QtWidgets import QSplitter, QStackedLayout, QWidget

from inspector_app.domain.records import Exhibit
from inspector_app.ui.bridge.desk import Desk
from inspector_app.ui.models.claimlist import ClaimListModel
from inspector_app.ui.models.claims import Claim, Context, read_claims, read_context
from inspector_app.ui.panes.claim import ClaimView
from inspector_app.ui.panes.claimlist import ClaimListPane
from inspector_app.ui.panes.comparing import ComparePane
from inspector_app.ui.panes.fields import AskLine
from inspector_app.ui.panes.stills import Picture
from inspector_app.ui.theme.look import look
from inspector_app.ui.theme.widgets import Empty, Panel, column, row

_EMPTY, _CLAIM, _COMPARE = range(3)


class EvidenceStep(QWidget):
    """Signal `show_moment(recording id, us)`: the user wants to see a finding in the watch step."""

    show_moment = Signal(str, object)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.claims: list[Claim] = []
        self._at_hand = self._wanted = ""
        outer = row(8, 4, 8, 4)
        self.setLayout(outer)
        split = QSplitter()
        split.setChildrenCollapsible(False)
        split.setHandleWidth(7)
        self.list = ClaimListPane(ClaimListModel(self))
        self.view = ClaimView(desk)
        self.comparing = ComparePane()
        self._ask = AskLine()
        detail = Panel()
        holder = QWidget()
        self._stack = QStackedLayout(holder)
        for widget in (Empty("evidence", "ui.evidence.empty", "ui.evidence.empty_text"), self.view, self.comparing):
            self._stack.addWidget(widget)
        detail.body.addWidget(holder, 1)
        asking = column(20, 0, 20, 6)
        asking.addWidget(self._ask)
        detail.body.addLayout(asking)
        split.addWidget(self.list)
        split.addWidget(detail)
        split.setStretchFactor(1, 1)
        split.setSizes([330, 1000])
        outer.addWidget(split)
        self._soon = QTimer(self, singleShot=True, interval=60)
        self._soon.timeout.connect(self.refresh)
        self._connect()

    def _connect(self) -> None:
        self._desk.changed.connect(self._later)
        self._desk.closed.connect(lambda: self._show([]))
        self.list.chosen.connect(self._chosen)
        self.list.compare.connect(self._compare)
        self.list.bulk.connect(self._bulk)
        self.view.see.connect(self.show_moment)
        self.view.withdraw.connect(self._withdraw)
        look().changed.connect(self._later)  # the words carry their colours with them
        self.comparing.closed.connect(lambda: self._stack.setCurrentIndex(_CLAIM))

    def _later(self) -> None:
        if self.isVisible() and not self._soon.isActive():
            self._soon.start()

    def show_step(self) -> None:
        self.refresh()
        self.list.view.setFocus()

    @property
    def at_hand(self) -> str:
        """The id of the finding that is shown; "" where none is."""
        return self._at_hand

    def open_finding(self, finding_id: str) -> None:
        """Shows one finding as if it had been chosen from the list; a filter that hides it is taken away."""
        self._wanted = finding_id
        self.refresh()

    def refresh(self) -> None:
        case = self._desk.work.case
        if case is not None:
            self._desk.reading.run(lambda: read_claims(case), self._show, self._desk.complain)

    def _show(self, claims: list[Claim]) -> None:
        self.claims = claims
        self.list.show_claims(claims)
        if self._wanted:
            self.list.choose(self._wanted)
            self._wanted = ""
        if not claims:
            self._at_hand = ""
            self._ask.leave()
            self._stack.setCurrentIndex(_EMPTY)
        elif (now := next((claim for claim in claims if claim.finding.id == self._at_hand), None)) is not None:
            self._choose(now)

    def _chosen(self, claim: Claim) -> None:
        """One was chosen in the list: a comparison gives way to it, whichever it is."""
        if self._stack.currentIndex() == _COMPARE:
            self._stack.setCurrentIndex(_CLAIM)
        self._choose(claim)

    def _choose(self, claim: Claim) -> None:
        """Reads what belongs to a claim in the background and shows it."""
        if claim.finding.id != self._at_hand:
            self._ask.leave()
            if self._stack.currentIndex() != _EMPTY:
                self._stack.setCurrentIndex(_CLAIM)
        self._at_hand = claim.finding.id
        self._desk.reading.run(
            lambda: (claim, read_context(self._desk.work, claim), _pictures(self._desk, claim)), self._fill, self._desk.complain
        )

    def _fill(self, read: tuple[Claim, Context, list[Picture]]) -> None:
        claim, context, pictures = read
        if claim.finding.id != self._at_hand or self._desk.work.case is None:
            return  # another one was chosen meanwhile
        self.view.show_claim(claim, context, pictures)
        if self._stack.currentIndex() == _EMPTY:
            self._stack.setCurrentIndex(_CLAIM)

    def _compare(self, one: Claim, other: Claim) -> None:
        self.comparing.compare(one, other)
        self._stack.setCurrentIndex(_COMPARE)
        self.comparing.back.setFocus()

    def _bulk(self, name: str, value: object) -> None:
        ids = [claim.finding.id for claim in self.list.selected()]
        if name == "withdraw":
            self._ask.ask(
                "ui.evidence.why_withdraw", lambda why: self._desk.do("finding.bulk", finding_ids=ids, withdraw=why), count=len(ids)
            )
        else:
            self._desk.do("finding.bulk", finding_ids=ids, **{name: value})

    def _withdraw(self, exhibit: Exhibit) -> None:
        self._ask.ask(
            "ui.evidence.why_exhibit",
            lambda why: self._desk.do("exhibit.withdraw", exhibit_id=exhibit.id, reason=why),
            number=f"{exhibit.number:03d}",
        )

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "_soon"):
            self._later()
        super().changeEvent(event)


def _pictures(desk: Desk, claim: Claim) -> list[Picture]:
    """The stills that have been taken; any thread."""
    case = desk.work.case
    found = []
    for exhibit in claim.exhibits:
        if exhibit.kind == "still" and exhibit.path and not exhibit.state and case is not None:
            image = QImageReader(str(case.folder / exhibit.path)).read()
            if not image.isNull():
                found.append(Picture(exhibit, image))
    return found
