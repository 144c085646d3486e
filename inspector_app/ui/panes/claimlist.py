"""The left side of the evidence step: search, filters, the list of claims with their completeness, and acts on several at once."""

from dataclasses import replace
from functools import partial

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFrame,
    QLineEdit,
    QListView,
    QStackedLayout,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from inspector_app.i18n import tr
from inspector_app.ui.models.claimlist import CLAIM, STATES, ClaimListModel, points
from inspector_app.ui.models.claims import Claim
from inspector_app.ui.models.words import article_label, elements_label, finding_state, short_clock
from inspector_app.ui.theme.look import look
from inspector_app.ui.theme.paint import chip_width, draw_chip, elided
from inspector_app.ui.theme.widgets import Button, Empty, Panel, Say, column, row, rule


class ClaimDelegate(QStyledItemDelegate):
    """A claim in three lines: number, time and state; articles and elements; quote. A bar says how complete it is."""

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(0, look().em * 3 + 24)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        claim: Claim = index.data(CLAIM)
        finding = claim.finding
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(option.rect)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(box, look().colour("accent_soft"))
            painter.fillRect(QRectF(box.left(), box.top(), 3, box.height()), look().colour("accent"))
        em, inner = look().em, box.adjusted(12, 7, -10, -8)
        middle = inner.top() + em / 2
        painter.setFont(look().fixed(-1, bold=True))
        painter.setPen(look().colour("text"))
        number = f"{finding.number:03d}"
        painter.drawText(QRectF(inner.left(), inner.top(), em * 3, em), Qt.AlignmentFlag.AlignVCenter, number)
        painter.setFont(look().fixed(-1))
        painter.setPen(look().colour("muted"))
        time = f"{short_clock(finding.start_us)} – {short_clock(finding.end_us)}"
        painter.drawText(QRectF(inner.left() + em * 2.4, inner.top(), inner.width(), em), Qt.AlignmentFlag.AlignVCenter, time)
        painter.setFont(look().font(-1))
        word, tone = finding_state(finding)
        width = chip_width(painter, word)
        draw_chip(painter, inner.right() - width, middle, word, tone)
        painter.setFont(look().font(bold=True))
        painter.setPen(look().colour("faint" if finding.state == "withdrawn" else "text"))
        line = QRectF(inner.left(), inner.top() + em + 3, inner.width(), em)
        articles = " · ".join(article_label(code) for code in finding.articles)
        tail = f"{elements_label(finding)}　{tr(f'ui.evidence.severity_{finding.severity}')}"
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, tail)
        room = line.width() - painter.fontMetrics().horizontalAdvance(tail) - 10
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, elided(painter, articles, room))
        painter.setFont(look().font())
        painter.setPen(look().colour("muted"))
        line.translate(0, em + 2)
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, elided(painter, finding.quote or finding.note or "—", line.width()))
        self._meter(painter, claim, QRectF(inner.left(), box.bottom() - 5, inner.width(), 3))
        painter.setPen(look().colour("line"))
        painter.drawLine(box.bottomLeft(), box.bottomRight())
        painter.restore()

    def _meter(self, painter: QPainter, claim: Claim, bar: QRectF) -> None:
        if claim.finding.state == "withdrawn":
            return
        held = points(claim)
        gap = 2.0
        width = (bar.width() - gap * (len(held) - 1)) / len(held)
        done = sum(held.values())
        painter.setPen(Qt.PenStyle.NoPen)
        for place in range(len(held)):
            painter.setBrush(look().colour("good" if place < done else "line_strong"))
            painter.drawRoundedRect(QRectF(bar.left() + place * (width + gap), bar.top(), width, bar.height()), 1.5, 1.5)


class ClaimListPane(Panel):
    """Signals: `chosen(Claim)` one is at hand, `compare(Claim, Claim)`, `bulk(name, value)` an act on the selected ones."""

    chosen = Signal(object)
    compare = Signal(object, object)
    bulk = Signal(str, object)

    def __init__(self, model: ClaimListModel, parent: QWidget | None = None) -> None:
        super().__init__("ui.findings.title", parent)
        self.model = model
        self.search = QLineEdit()
        self.search.setClearButtonEnabled(True)
        self.states, self.officers = QComboBox(), QComboBox()
        for box in (self.states, self.officers):
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(4)
        tools = column(10, 8, 10, 8, spacing=6)
        tools.addWidget(self.search)
        line = row(spacing=6)
        line.addWidget(self.states, 1)
        line.addWidget(self.officers, 1)
        tools.addLayout(line)
        self.body.addLayout(tools)
        self.body.addWidget(rule())
        self.view = QListView()
        self.view.setModel(model)
        self.view.setItemDelegate(ClaimDelegate(self.view))
        self.view.setUniformItemSizes(True)
        self.view.setFrameShape(QFrame.Shape.NoFrame)
        self.view.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        holder = QWidget()
        self._stack = QStackedLayout(holder)
        self._stack.addWidget(self.view)
        self._stack.addWidget(Empty("search", "ui.evidence.none_like", "ui.evidence.none_like_text"))
        self.body.addWidget(holder, 1)
        self._many = self._bulk_bar()
        self.body.addWidget(self._many)
        self._write()
        self.search.textChanged.connect(lambda text: self._want(words=text.strip()))
        self.states.currentIndexChanged.connect(lambda place: self._want(state=STATES[max(0, place)]))
        self.officers.currentIndexChanged.connect(lambda place: self._want(by=self.officers.itemData(max(0, place)) or ""))
        self.view.selectionModel().selectionChanged.connect(lambda *_: self._selected())
        model.modelReset.connect(self._settle)

    def _bulk_bar(self) -> QWidget:
        bar = QWidget()
        box = column(10, 8, 10, 8, spacing=6)
        bar.setLayout(box)
        self._count = Say("ui.evidence.selected", bold=True)
        box.addWidget(self._count)
        line = row(spacing=4)
        for level in (1, 2, 3):
            line.addWidget(Button(f"ui.evidence.severity_{level}", partial(self.bulk.emit, "severity", level), kind="flat"))
        line.addStretch(1)
        box.addLayout(line)
        line = row(spacing=4)
        self._compare = Button("ui.evidence.compare", self._ask_compare, hint="ui.evidence.compare_hint")
        line.addWidget(self._compare)
        line.addStretch(1)
        line.addWidget(Button("ui.evidence.withdraw", lambda: self.bulk.emit("withdraw", None), kind="flat"))
        box.addLayout(line)
        bar.hide()
        return bar

    def _write(self) -> None:
        self.search.setPlaceholderText(tr("ui.evidence.search"))
        self.search.setAccessibleName(tr("ui.evidence.search"))
        self.view.setAccessibleName(tr("ui.findings.title"))
        chosen = max(0, self.states.currentIndex())
        self.states.blockSignals(True)
        self.states.clear()
        for state in STATES:
            self.states.addItem(tr(f"ui.evidence.state_{state}"))
        self.states.setCurrentIndex(chosen)
        self.states.blockSignals(False)
        self.states.setAccessibleName(tr("ui.evidence.by_state"))
        self.officers.setAccessibleName(tr("ui.evidence.by_officer"))

    def _want(self, **changes: str) -> None:
        self.model.want(replace(self.model.wanted, **changes))
        self._tell()

    def show_claims(self, claims: list[Claim]) -> None:
        """All claims of the case; what was chosen stays chosen."""
        kept = {claim.finding.id for claim in self.selected()}
        self.model.show(claims)
        by = self.model.wanted.by
        self.officers.blockSignals(True)
        self.officers.clear()
        self.officers.addItem(tr("ui.evidence.all_officers"), "")
        for name in self.model.officers:
            self.officers.addItem(name, name)
        self.officers.setCurrentIndex(max(0, self.officers.findData(by)))
        self.officers.blockSignals(False)
        if not self.selected():
            self._settle(kept)
        self._tell()

    def _settle(self, kept: set[str] | None = None) -> None:
        """After the rows changed: what was chosen, else the first."""
        place = next((self.model.place_of(key) for key in kept or () if self.model.place_of(key) >= 0), 0)
        if self.model.rowCount():
            self.view.setCurrentIndex(self.model.index(place))
        self._stack.setCurrentIndex(0 if self.model.rowCount() or not self.model.total else 1)

    def choose(self, finding_id: str) -> None:
        """Takes one claim at hand; filters that hide it are taken away."""
        if self.model.place_of(finding_id) < 0:
            self.search.clear()
            self.states.setCurrentIndex(0)
            self.officers.setCurrentIndex(0)
        if (place := self.model.place_of(finding_id)) >= 0:
            self.view.setCurrentIndex(self.model.index(place))

    def _tell(self) -> None:
        shown, total = self.model.rowCount(), self.model.total
        self.note.setText("" if not total else str(total) if shown == total else f"{shown}/{total}")

    def selected(self) -> list[Claim]:
        places = sorted(index.row() for index in self.view.selectionModel().selectedIndexes())
        return [self.model.shown[place] for place in places if place < len(self.model.shown)]

    def _selected(self) -> None:
        chosen = self.selected()
        self._many.setVisible(len(chosen) > 1)
        self._count.say("ui.evidence.selected", count=len(chosen))
        self._compare.setEnabled(len(chosen) == 2)
        if len(chosen) == 1:
            self.chosen.emit(chosen[0])

    def _ask_compare(self) -> None:
        chosen = self.selected()
        if len(chosen) == 2:
            self.compare.emit(*chosen)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "_many"):
            self._write()
        super().changeEvent(event)
