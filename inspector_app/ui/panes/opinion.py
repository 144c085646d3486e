"""What the reviewer says of the finding at hand: earlier words in time, a field for new ones, and the three rulings. Alters no evidence."""

from datetime import datetime

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QFrame, QLineEdit, QPlainTextEdit, QScrollArea, QWidget

from inspector_app.domain.records import Finding, Review
from inspector_app.domain.timebase import beijing
from inspector_app.i18n import tr
from inspector_app.ui.theme.look import look
from inspector_app.ui.theme.widgets import Button, Chip, Panel, Say, clear, column, row

#: verdict → tone of its mark
TONES = {"remark": "plain", "accepted": "good", "returned": "lead", "rejected": "bad"}


class OpinionPane(Panel):
    """Signal `said(finding id, verdict, text, reviewer)`."""

    said = Signal(str, str, str, str)

    def __init__(self, reviewer: str, parent: QWidget | None = None) -> None:
        super().__init__("ui.opinion.title", parent)
        self._finding: Finding | None = None
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        inner = QWidget()
        self._box = column(14, 10, 14, 8, spacing=8)
        inner.setLayout(self._box)
        area.setWidget(inner)
        self.body.addWidget(area, 1)
        foot = column(14, 6, 14, 12, spacing=6)
        self.reviewer = QLineEdit(reviewer)
        self.words = QPlainTextEdit()
        self.words.setTabChangesFocus(True)
        self.words.setFixedHeight(look().em * 4)
        foot.addWidget(self.reviewer)
        foot.addWidget(self.words)
        line = row(spacing=6)
        self.buttons = {}
        for verdict, kind in (("accepted", "primary"), ("returned", ""), ("rejected", ""), ("remark", "flat")):
            button = Button(f"ui.opinion.{verdict}_act", kind=kind, hint=f"ui.opinion.{verdict}_hint")
            button.clicked.connect(lambda _=False, verdict=verdict: self._say(verdict))
            line.addWidget(button)
            self.buttons[verdict] = button
        line.addStretch(1)
        foot.addLayout(line)
        self.body.addLayout(foot)
        self._write()
        #: words begun on findings that are not shown now
        self._unsaid: dict[str, str] = {}
        self.show_finding(None, [])

    def show_finding(self, finding: Finding | None, said: list[Review]) -> None:
        """The words said of a finding so far, oldest first; None where no finding is chosen."""
        if (finding and finding.id) != (self._finding and self._finding.id):
            if self._finding is not None:
                self._unsaid[self._finding.id] = self.words.toPlainText()
            self.words.setPlainText(self._unsaid.pop(finding.id, "") if finding is not None else "")
        self._finding = finding
        clear(self._box)
        for widget in (self.reviewer, self.words, *self.buttons.values()):
            widget.setEnabled(finding is not None)
        self.note.setText(f"{finding.number:03d}" if finding is not None else "")
        if finding is None:
            self._box.addWidget(Say("ui.opinion.choose", tone="muted", wrap=True))
        elif not said:
            self._box.addWidget(Say("ui.opinion.none", tone="muted", wrap=True))
        for review in said:
            line = row(spacing=8)
            mark = Chip(f"ui.opinion.{review.verdict}", TONES.get(review.verdict, "plain"))
            who = Say(tone="muted", size=-1)
            who.setText(f"{review.by}　{beijing_clock(review.created_at)}")
            line.addWidget(mark)
            line.addWidget(who, 1)
            self._box.addLayout(line)
            if review.text:
                words = Say(wrap=True)
                words.setText(review.text)
                words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
                self._box.addWidget(words)
        self._box.addStretch(1)

    def taken(self) -> None:
        """The words were written into the case."""
        self.words.clear()

    def _say(self, verdict: str) -> None:
        if self._finding is not None:
            self.said.emit(self._finding.id, verdict, self.words.toPlainText(), self.reviewer.text())

    def _write(self) -> None:
        self.reviewer.setPlaceholderText(tr("ui.opinion.reviewer"))
        self.reviewer.setAccessibleName(tr("ui.opinion.reviewer"))
        self.words.setPlaceholderText(tr("ui.opinion.words"))
        self.words.setAccessibleName(tr("ui.opinion.title"))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "buttons"):
            self._write()
        super().changeEvent(event)


def beijing_clock(moment: str) -> str:
    """`2026-11-21 20:31 UTC+8` of an ISO moment."""
    return f"{beijing(datetime.fromisoformat(moment)):%Y-%m-%d %H:%M} UTC+8"
