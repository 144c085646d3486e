"""Step 4, review 审核: the findings read-only with what each still lacks, the reviewer's word on each, and whether anything was altered."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QEvent, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QSplitter, QStackedLayout, QWidget

from inspector_app.commands.registry import Outcome
from inspector_app.commands.reviews import standing_of
from inspector_app.domain.errors import UsageError
from inspector_app.domain.records import Review
from inspector_app.i18n import has, tr
from inspector_app.ui.bridge.desk import Desk
from inspector_app.ui.models.claims import Claim, read_claims
from inspector_app.ui.models.findings import TONE
from inspector_app.ui.models.words import article_label, elements_label, finding_state, is_complete, short_clock
from inspector_app.ui.panes.opinion import TONES, OpinionPane
from inspector_app.ui.panes.tables import Table
from inspector_app.ui.theme.asking import ask_file, ask_target
from inspector_app.ui.theme.drop import DropArea
from inspector_app.ui.theme.widgets import Button, Chip, Empty, Panel, Say, clear, column, row

COLUMNS = ("number", "in", "article", "quote", "elements", "state", "lacks", "ruling")
WIDTHS = (2.7, 4.6, 8.5, 0.0, 3.2, 4.2, 9.0, 6.0)


def lacks(claim: Claim) -> tuple[str, ...]:
    """What a reviewer would send a finding back for, as far as a program can see it, as keys of words."""
    finding, keys = claim.finding, []
    if finding.state == "withdrawn":
        return ()
    if not is_complete(finding):
        keys.append("ui.review.lack_elements")
    if not finding.quote and not any(row_.kind == "screen_text" for row_ in claim.exhibits):
        keys.append("ui.review.lack_words")
    if any(row_.kind == "still" and not row_.sha256 for row_ in claim.exhibits):
        keys.append("ui.review.lack_still")
    if not finding.proves:
        keys.append("ui.review.lack_proves")
    return tuple(keys)


class ReviewModel(QAbstractTableModel):
    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.claims: list[Claim] = []
        self.standing: dict[str, str] = {}

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.claims)

    def columnCount(self, parent: QModelIndex | QPersistentModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            name = COLUMNS[section]
            return tr(f"ui.review.{name}") if name in ("lacks", "ruling") else tr(f"ui.findings.{name}")
        return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or index.row() >= len(self.claims):
            return None
        claim, name = self.claims[index.row()], COLUMNS[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return tr(f"ui.opinion.{self._ruling(claim)}") if name == "ruling" else _cell(claim, name)
        if role == Qt.ItemDataRole.ToolTipRole and name in ("quote", "lacks"):
            return claim.finding.quote if name == "quote" else "\n".join(tr(key) for key in lacks(claim))
        if role == TONE and name == "state":
            return finding_state(claim.finding)[1]
        if role == TONE and name == "ruling":
            return {**TONES, "unseen": "accent", "rejected": "finding"}[self._ruling(claim)]
        return None

    def _ruling(self, claim: Claim) -> str:
        """The last ruling on a finding; `unseen` where the reviewer has not ruled."""
        return self.standing.get(claim.finding.id, "unseen")

    def fill(self, claims: list[Claim], standing: dict[str, str]) -> None:
        self.beginResetModel()
        self.claims, self.standing = claims, standing
        self.endResetModel()

    def retranslate(self) -> None:
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(COLUMNS) - 1)
        self.fill(self.claims, self.standing)


def _cell(claim: Claim, name: str) -> str:
    finding = claim.finding
    match name:
        case "number":
            return f"{finding.number:03d}"
        case "in":
            return short_clock(finding.start_us)
        case "article":
            return " · ".join(article_label(code) for code in finding.articles)
        case "quote":
            return finding.quote
        case "elements":
            return elements_label(finding)
        case "state":
            return finding_state(finding)[0]
        case _:
            return tr("ui.list.comma").join(tr(key) for key in lacks(claim)) or "—"


class ReviewStep(DropArea):
    """Signal `show_moment(recording id, us)`. In the case itself it takes the file of opinions that is dropped on it."""

    show_moment = Signal(str, object)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.model = ReviewModel(self)
        self.table = Table(self.model, WIDTHS, fixed=frozenset({0, 1, 4}))
        self.table.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.table.doubleClicked.connect(lambda index: self._see(index.row()))
        self.table.activated.connect(lambda index: self._see(index.row()))
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._choose())
        self.opinion = OpinionPane(str(desk.settings.get("reviewer") or ""))
        self.opinion.said.connect(self._say)
        self._said: list[Review] = []
        outer = row(8, 4, 8, 4)
        self.setLayout(outer)
        split = QSplitter()
        split.setChildrenCollapsible(False)
        split.setHandleWidth(7)
        listed = Panel("ui.review.title")
        self._note = listed.note
        holder = QWidget()
        self._stack = QStackedLayout(holder)
        self._stack.addWidget(Empty("review", "ui.review.empty", "ui.review.empty_text"))
        self._stack.addWidget(self.table)
        listed.body.addWidget(holder, 1)
        listed.body.addLayout(self._way_back())
        split.addWidget(listed)
        beside = QSplitter(Qt.Orientation.Vertical)
        beside.setChildrenCollapsible(False)
        beside.setHandleWidth(7)
        beside.addWidget(self.opinion)
        beside.addWidget(self._verify_panel())
        beside.setSizes([400, 260])
        split.addWidget(beside)
        split.setStretchFactor(0, 1)
        split.setSizes([980, 350])
        outer.addWidget(split)
        self._soon = QTimer(self, singleShot=True, interval=60)
        self._soon.timeout.connect(self.refresh)
        self._result: dict[str, Any] | None = None
        self._busy = False
        desk.changed.connect(self._later)
        desk.opened.connect(self._opened)
        desk.closed.connect(self._clear)
        self.dropped.connect(self._dropped)
        self._show_result()

    def _way_back(self) -> QHBoxLayout:
        """The foot of the list: opinions are written out in a copy and taken in where the case itself is."""
        self.write_out = Button("ui.act.opinion_write", self.ask_write, icon_name="export", kind="primary", hint="ui.review.write_hint")
        self.take_in = Button("ui.act.opinion_merge", self.ask_merge, icon_name="import", hint="ui.review.back_hint")
        self._how = Say(tone="muted", size=-1, wrap=True)
        line = row(14, 8, 14, 12, spacing=10)
        line.addWidget(self._how, 1)
        line.addWidget(self.write_out)
        line.addWidget(self.take_in)
        return line

    def _opened(self) -> None:
        copy = self._desk.work.copy is not None
        self.write_out.setVisible(copy)
        self.take_in.setVisible(not copy)
        self.take_in.setEnabled(not self._desk.read_only)
        self._how.say("ui.review.write_text" if copy else "ui.review.back_text")

    def _verify_panel(self) -> QWidget:
        panel = Panel("ui.verify.title")
        self._run = Button("ui.verify.run", self.verify, icon_name="verify")
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        inner = QWidget()
        self._box = column(14, 10, 14, 12, spacing=6)
        inner.setLayout(self._box)
        area.setWidget(inner)
        panel.body.addWidget(area, 1)
        foot = row(14, 8, 14, 12)
        foot.addWidget(self._run, 1)
        panel.body.addLayout(foot)
        return panel

    def show_step(self) -> None:
        self.refresh()
        self.table.setFocus()

    def _later(self) -> None:
        if self.isVisible() and not self._soon.isActive():
            self._soon.start()

    def refresh(self) -> None:
        case = self._desk.work.case
        if case is not None:
            self._desk.reading.run(lambda: (read_claims(case), case.find(Review)), self._show, self._desk.complain)

    def _show(self, read: tuple[list[Claim], list[Review]]) -> None:
        claims, self._said = read
        chosen = self._at_hand()
        self.model.fill(claims, standing_of(self._said))
        place = next((n for n, claim in enumerate(claims) if chosen is not None and claim.finding.id == chosen.finding.id), 0)
        self.table.choose(place if claims else -1)
        self._choose()
        self._stack.setCurrentIndex(1 if claims else 0)
        ready = sum(1 for claim in claims if not lacks(claim))
        self._note.say("ui.review.count", ready=ready, all=len(claims))
        self._note.setVisible(bool(claims))

    def _at_hand(self) -> Claim | None:
        place = self.table.currentIndex().row()
        return self.model.claims[place] if 0 <= place < len(self.model.claims) else None

    def _choose(self) -> None:
        claim = self._at_hand()
        finding = claim.finding if claim is not None else None
        self.opinion.show_finding(finding, [row_ for row_ in self._said if finding is not None and row_.finding_id == finding.id])

    def _say(self, finding_id: str, verdict: str, text: str, reviewer: str) -> None:
        outcome = self._desk.do("review.say", finding_id=finding_id, verdict=verdict, text=text, reviewer=reviewer)
        if outcome is not None:
            self._desk.settings.set("reviewer", reviewer.strip())
            self.opinion.taken()

    def _see(self, place: int) -> None:
        claim = self.model.claims[place]
        self.show_moment.emit(claim.recording.id, claim.finding.start_us)

    # -- the way back ---------------------------------------------------------------------------------------------------------

    def ask_write(self) -> None:
        """Writes what was said in this copy to a file the reviewer names."""
        folder = self._desk.work.opened.folder
        if self._desk.work.copy is None:
            self._desk.complain(UsageError("review.not_a_copy", folder=str(folder)))
            return
        path = ask_target(self, tr("ui.act.opinion_write"), f"{folder.name}-{tr('ui.review.file')}.json", tr("ui.review.kind"))
        if path is not None:
            self._desk.later("review.write", self._written, out=path)

    def _written(self, outcome: Outcome) -> None:
        file, count = Path(outcome.data["written"][0]).name, outcome.data["reviews"]
        if count:
            self._desk.said.emit(tr("ui.review.written", file=file, count=count), "good")
        else:
            self._desk.said.emit(tr("ui.review.written_none", file=file), "bad")

    def ask_merge(self) -> None:
        """Takes a reviewer's file into the case."""
        path = ask_file(self, tr("ui.act.opinion_merge"), tr("ui.review.kind"))
        if path is not None:
            self._dropped([path])

    def _dropped(self, paths: list[Path]) -> None:
        if len(paths) == 1 and paths[0].suffix.lower() == ".json":
            self._desk.later("review.merge", self._merged, path=paths[0])
        else:
            self._desk.said.emit(tr("ui.review.not_opinions"), "bad")

    def _merged(self, outcome: Outcome) -> None:
        data = outcome.data
        words = tr("ui.review.merged", merged=data["merged"], known=data["known"])
        if data["ignored"]:
            names = (tr(f"act.{name}") if has(f"act.{name}") else name for name in data["ignored"])
            words += tr("ui.review.ignored", acts=tr("ui.list.comma").join(names))
        self._desk.said.emit(words, "good" if data["merged"] else "")

    # -- verifying -----------------------------------------------------------------------------------------------------------

    def verify(self) -> None:
        """Recomputes everything the case claims, in the background."""
        case = self._desk.work.case
        if case is not None and not self._busy:
            self._busy = True
            self._result = None
            self._show_result()
            self._desk.later("case.verify", self._verified, path=case.folder)

    def _verified(self, outcome: Outcome) -> None:
        self._busy = False
        self._result = outcome.data
        self._show_result()

    def _clear(self) -> None:
        self._busy, self._result = False, None
        self._show(([], []))
        self._show_result()

    def _show_result(self) -> None:
        clear(self._box)
        self._run.setEnabled(not self._busy)
        if self._busy:
            self._box.addWidget(Say("ui.verify.busy", tone="muted", wrap=True))
        elif self._result is None:
            self._box.addWidget(Say("ui.verify.what", tone="muted", wrap=True))
        else:
            fill_result(self._box, self._result)
        self._box.addStretch(1)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "_busy"):
            self.model.retranslate()
            self._show_result()
        super().changeEvent(event)


def fill_result(box: Any, data: dict[str, Any]) -> None:
    """The outcome of a verification: how much was checked, and every problem with its place."""
    ok = bool(data.get("ok"))
    head = Chip("ui.verify.ok" if ok else "ui.verify.bad", "good" if ok else "bad")
    box.addWidget(head)
    for name, count in data.get("checked", {}).items():
        line = row()
        label, number = Say(tone="muted"), Say()
        label.setText(tr(f"checked.{name}") if has(f"checked.{name}") else str(name))
        number.setText(f"{count:,}")
        line.addWidget(label)
        line.addStretch(1)
        line.addWidget(number)
        box.addLayout(line)
    for problem in data.get("problems", ()):
        label = Say(tone="bad", wrap=True)
        code = str(problem.get("code"))
        words = next((tr(key) for key in (f"problem.{code}", f"warning.{code}", code) if has(key)), code)
        label.setText(f"{words}\n{problem.get('where', '')}　{problem.get('what', '')}".strip())
        box.addWidget(label)
