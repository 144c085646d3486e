"""Two findings side by side, point by point: what differs is marked by words, not by colour alone."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QGridLayout, QScrollArea, QWidget

from inspector_app.i18n import tr
from inspector_app.ui.models.claims import Claim
from inspector_app.ui.models.words import article_label, elements_label, finding_state, short_clock
from inspector_app.ui.theme.widgets import Button, Chip, Say, clear, column, row, rule


class ComparePane(QWidget):
    """Signal `closed()`: back to one claim."""

    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        box = column(20, 14, 20, 14, spacing=8)
        self.setLayout(box)
        line = row(spacing=10)
        line.addWidget(Say("ui.evidence.compare_title", size=4, bold=True), 1)
        self.back = Button("ui.evidence.compare_close", self.closed.emit)
        leave = QShortcut(QKeySequence(Qt.Key.Key_Escape), self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        leave.activated.connect(self.closed)
        line.addWidget(self.back)
        box.addLayout(line)
        box.addWidget(rule())
        area = QScrollArea()
        area.setWidgetResizable(True)
        inner = QWidget()
        self._grid = QGridLayout(inner)
        self._grid.setContentsMargins(0, 4, 0, 4)
        self._grid.setHorizontalSpacing(18)
        self._grid.setVerticalSpacing(10)
        self._grid.setColumnStretch(1, 1)
        self._grid.setColumnStretch(2, 1)
        area.setWidget(inner)
        box.addWidget(area, 1)

    def compare(self, one: Claim, other: Claim) -> None:
        clear(self._grid)
        top = Qt.AlignmentFlag.AlignTop
        for place, (name, left, right) in enumerate(zip(POINTS, _points(one), _points(other), strict=True)):
            self._grid.addWidget(Say(f"ui.compare.{name}", tone="muted"), place, 0, top)
            for column_, text in ((1, left), (2, right)):
                words = Say(wrap=True, bold=left != right)
                words.setText(text or "—")
                words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
                self._grid.addWidget(words, place, column_, top)
            mark = Chip("ui.compare.same" if left == right else "ui.compare.differs", "plain" if left == right else "lead")
            self._grid.addWidget(mark, place, 3, top)
        self._grid.setRowStretch(len(POINTS), 1)


POINTS = (
    "number",
    "time",
    "recording",
    "articles",
    "state",
    "severity",
    "by",
    "elements",
    "exhibits",
    "parties",
    "quote",
    "proves",
    "contrary",
    "correction",
    "note",
)


def _points(claim: Claim) -> list[str]:
    finding = claim.finding
    standing = [exhibit for exhibit in claim.exhibits if not exhibit.state]
    comma = tr("ui.list.comma")
    return [
        f"{finding.number:03d}",
        f"{short_clock(finding.start_us)} – {short_clock(finding.end_us)}",
        claim.recording.name,
        comma.join(article_label(code) for code in finding.articles),
        finding_state(finding)[0],
        tr(f"ui.evidence.severity_{finding.severity}"),
        finding.by,
        elements_label(finding),
        comma.join(f"{exhibit.number:03d} {tr(f'exhibit.{exhibit.kind}')}" for exhibit in standing),
        comma.join(tr(f"party.{name}") for name in finding.parties),
        finding.quote,
        finding.proves,
        finding.contrary,
        finding.correction,
        finding.note,
    ]
