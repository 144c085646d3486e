"""One finding as a claim: what is said of whom, its words in their context, every element with its exhibits, exemptions, what speaks against it.

The pane shows what it is given and asks the desk for acts; it reads no case. Fields keep what a person is typing while the rest is refreshed.
"""

from collections.abc import Callable
from html import escape

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from inspector_app.commands.evidence import PARTIES
from inspector_app.domain.errors import InspectorError
from inspector_app.domain.records import Exhibit
from inspector_app.i18n import language, tr
from inspector_app.statutes.model import Article, Element, Exemption
from inspector_app.ui.bridge.desk import Desk
from inspector_app.ui.models.claimlist import points
from inspector_app.ui.models.claims import Claim, Context
from inspector_app.ui.models.words import article_label, elements_label, short_clock
from inspector_app.ui.panes.articles import name_at, say
from inspector_app.ui.panes.fields import Words
from inspector_app.ui.panes.stills import Picture, StillsPane
from inspector_app.ui.theme.flow import Flow
from inspector_app.ui.theme.look import look
from inspector_app.ui.theme.widgets import Button, Chip, Say, clear, column, row, rule

#: fields of a finding that are words, and the command that writes each
WORDS = {"proves": "finding.proves", "contrary": "finding.contrary", "correction": "finding.correction", "note": "finding.note"}


class ClaimView(QScrollArea):
    """Signals: `see(recording id, us)` the moment in the watch step, `withdraw(Exhibit)` asked for."""

    see = Signal(str, object)
    withdraw = Signal(object)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.claim: Claim | None = None
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inner = QWidget()
        box = column(20, 14, 20, 18, spacing=8)
        inner.setLayout(box)
        self.setWidget(inner)
        self._build_head(box)
        across = row(spacing=24)
        left, right = column(spacing=8), column(spacing=8)
        across.addLayout(left, 1)
        across.addLayout(right)
        box.addLayout(across, 1)
        self._build_left(left)
        self._build_right(right)

    # -- parts that stay ------------------------------------------------------------------------------------------------------

    def _build_head(self, box: QVBoxLayout) -> None:
        line = row(spacing=10)
        self._title = Say(size=4, bold=True, wrap=True)
        line.addWidget(self._title, 1)
        self.see_button = Button("ui.evidence.see", self._see, icon_name="watch")
        line.addWidget(self.see_button, 0, Qt.AlignmentFlag.AlignTop)
        box.addLayout(line)
        self._cited = Say(tone="muted", wrap=True)
        self._cited.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._when = Say(tone="muted")
        box.addWidget(self._cited)
        box.addWidget(self._when)
        self._meter = QLabel()
        self._meter.setWordWrap(True)
        box.addWidget(self._meter)
        line = row(spacing=6)
        self._severity = self._toggles(line, "ui.evidence.severity", [(str(level), f"ui.evidence.severity_{level}") for level in (1, 2, 3)])
        line.addSpacing(14)
        self._parties = self._toggles(line, "ui.evidence.parties", [(name, f"party.{name}") for name in PARTIES])
        line.addStretch(1)
        box.addLayout(line)
        for level, button in self._severity.items():
            button.clicked.connect(lambda _=False, level=level: self._do("finding.severity", level=int(level)))
        for button in self._parties.values():
            button.clicked.connect(
                lambda _=False: self._do("finding.parties", parties=[n for n, b in self._parties.items() if b.isChecked()])
            )
        box.addWidget(rule())

    def _toggles(self, line: QHBoxLayout, title: str, names: list[tuple[str, str]]) -> dict[str, QPushButton]:
        line.addWidget(Say(title, tone="muted"))
        made: dict[str, QPushButton] = {}
        for name, key in names:
            button = Button(key, kind="toggle")
            button.setCheckable(True)
            button.setObjectName(f"{title}.{name}")
            line.addWidget(button)
            made[name] = button
        return made

    def _build_left(self, box: QVBoxLayout) -> None:
        box.addWidget(Say("ui.evidence.quote", bold=True))
        self._quote = QLabel()
        self._quote.setWordWrap(True)
        self._quote.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        box.addWidget(self._quote)
        self._elements_head = Say(bold=True)
        box.addWidget(self._elements_head)
        self._elements = column(spacing=4)
        box.addLayout(self._elements)
        self._fields: dict[str, Words] = {}
        for name, act in WORDS.items():
            box.addWidget(Say(f"ui.evidence.{name}", bold=True))
            field = Words(f"ui.evidence.{name}")
            field.saved.connect(lambda text, act=act: self._do(act, text=text))
            box.addWidget(field)
            self._fields[name] = field
        self._exemptions_head = Say("ui.evidence.exemptions", bold=True)
        box.addWidget(self._exemptions_head)
        self._exemptions = column(spacing=6)
        box.addLayout(self._exemptions)
        box.addStretch(1)

    def _build_right(self, box: QVBoxLayout) -> None:
        self.stills = StillsPane()
        self.stills.setFixedWidth(look().em * 18)
        self.stills.see.connect(self.see)
        self.stills.withdraw.connect(self.withdraw)
        self.stills.boxed.connect(lambda exhibit, box: self._desk.do("exhibit.box", exhibit_id=exhibit.id, box=box))
        self.stills.ordered.connect(lambda ids: self._do("exhibit.order", exhibits=ids))
        self.stills.wanted.connect(self._another_still)
        box.addWidget(self.stills)
        line = row(spacing=6)
        line.addWidget(Say("ui.evidence.viewers", bold=True), 1)
        self._viewers = QSpinBox()
        self._viewers.setRange(0, 100_000_000)
        self._viewers.setGroupSeparatorShown(True)
        self._viewers.setObjectName("viewers")
        self._viewers.setKeyboardTracking(False)
        self._viewers.valueChanged.connect(lambda count: self._do("finding.viewers", count=count))
        line.addWidget(self._viewers)
        box.addLayout(line)
        self._texts: dict[str, tuple[Say, Say]] = {}
        for name in ("screen", "chat"):
            head, words = Say(f"ui.evidence.{name}", bold=True), Say(wrap=True)
            words.setMaximumWidth(look().em * 18)
            words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            box.addWidget(head)
            box.addWidget(words)
            self._texts[name] = (head, words)
        box.addStretch(1)

    # -- showing --------------------------------------------------------------------------------------------------------------

    def show_claim(self, claim: Claim, context: Context, pictures: list[Picture]) -> None:
        """Shows a claim, or what changed of the one shown; the keyboard stays where it was."""
        if self.claim is not None and self.claim.finding.id != claim.finding.id:
            for field in self._fields.values():
                field.save()
        same = self.claim is not None and self.claim.finding.id == claim.finding.id
        focus = QApplication.focusWidget()
        focused = focus.objectName() if focus is not None and self.isAncestorOf(focus) else ""
        self.claim = claim
        self._show_head(claim)
        self._show_quote(claim, context)
        self._show_elements(claim)
        self._show_exemptions(claim)
        for name, field in self._fields.items():
            field.give(getattr(claim.finding, name))
        self.stills.show_stills(claim, pictures)
        self._viewers.blockSignals(True)
        self._viewers.setValue(claim.finding.viewers)
        self._viewers.setSpecialValueText(tr("ui.evidence.unknown"))
        self._viewers.setAccessibleName(tr("ui.evidence.viewers"))
        self._viewers.blockSignals(False)
        self._show_text("screen", list(dict.fromkeys(text.text for text in context.screen)))
        self._show_text("chat", [f"{short_clock(one.at_us)}　{one.user}：{one.text}" for one in context.chat])
        if focused and (again := self.findChild(QWidget, focused)) is not None:
            again.setFocus()
        if not same:
            self.verticalScrollBar().setValue(0)

    def _show_head(self, claim: Claim) -> None:
        finding = claim.finding
        self._title.setText(f"{finding.number:03d}　" + " · ".join(name_at(self._desk.work, code) for code in finding.articles))
        self._cited.setText("\n".join(self._citation(claim, code) for code in finding.articles))
        by = tr("ui.evidence.by", by=finding.by, name=claim.recording.name)
        self._when.setText(f"{short_clock(finding.start_us)} – {short_clock(finding.end_us)}　{by}")
        held = points(claim)
        lacking = [tr(f"ui.point.{name}") for name, holds in held.items() if not holds]
        t, done = look().t, sum(held.values())
        bar = "".join(f"<span style='color:{t.good if place < done else t.line_strong}'>■</span>" for place in range(len(held)))
        words = tr("ui.evidence.meter_done") if not lacking else tr("ui.evidence.meter", what=tr("ui.list.comma").join(lacking))
        self._meter.setText(f"{bar}&nbsp; <b>{done}/{len(held)}</b>&nbsp; <span style='color:{t.muted}'>{escape(words)}</span>")
        for level, button in self._severity.items():
            button.setChecked(int(level) == finding.severity)
        for name, button in self._parties.items():
            button.setChecked(name in finding.parties)

    def _citation(self, claim: Claim, code: str) -> str:
        catalogue = self._desk.work.catalogue
        try:
            return catalogue.cite(code, claim.day) if language() == "zh" else catalogue.cite_english(code, claim.day)
        except InspectorError:
            return article_label(code)

    def _show_quote(self, claim: Claim, context: Context) -> None:
        """The quote, and around it in pale what was said in the fifteen seconds before and after."""
        finding, t = claim.finding, look().t
        lines = []
        for segment in context.segments:
            inside = segment.start_us < finding.end_us and finding.start_us < segment.end_us
            doubt = " " + tr("ui.evidence.unsure") if segment.flags and segment.corrected is None and not segment.confirmed_by else ""
            style = f"color:{t.text}; font-weight:600" if inside else f"color:{t.muted}"
            lines.append(
                f"<tr><td style='color:{t.muted}; padding-right:14px'>{short_clock(segment.start_us)}</td>"
                f"<td style='{style}'>{escape(segment.words)}<span style='color:{t.muted}'>{escape(doubt)}</span></td></tr>"
            )
        rows = f"<table cellspacing='0' cellpadding='3'>{''.join(lines)}</table>"
        self._quote.setText(rows if lines else escape(finding.quote or tr("ui.evidence.no_words")))

    def _show_text(self, name: str, lines: list[str]) -> None:
        head, words = self._texts[name]
        head.setVisible(bool(lines))
        words.setVisible(bool(lines))
        words.setText("\n".join(lines))

    # -- elements and exemptions ----------------------------------------------------------------------------------------------

    def _articles(self, claim: Claim) -> list[Article]:
        found = []
        for code in claim.finding.articles:
            try:
                found.append(self._desk.work.catalogue.article(code, claim.day))
            except InspectorError:  # an edition that this program does not hold: the citation says so
                continue
        return found

    def _show_elements(self, claim: Claim) -> None:
        """Element by element: ticked or open, and every exhibit of the finding as a mark that says whether it proves it."""
        clear(self._elements)
        self._elements_head.say("ui.evidence.elements", count=elements_label(claim.finding))
        for article in self._articles(claim):
            if len(claim.finding.articles) > 1:
                self._elements.addWidget(_muted(article_label(str(article.code))))
            for element in article.elements:
                value = claim.finding.elements.get(element.key)
                if value is not None:
                    self._elements.addWidget(self._element(claim, element, value))

    def _element(self, claim: Claim, element: Element, value: dict[str, object]) -> QWidget:
        holder = QWidget()
        box = column(0, 2, 0, 4, spacing=3)
        holder.setLayout(box)
        line = row(spacing=8)
        tick = QCheckBox()
        tick.setChecked(bool(value.get("ticked")))
        tick.setObjectName(f"tick {element.key}")
        tick.setAccessibleName(say(element.statement))
        tick.clicked.connect(lambda on, key=element.key: self._do("element.tick", element_id=key, ticked=on))
        line.addWidget(tick, 0, Qt.AlignmentFlag.AlignTop)
        words = Say(wrap=True)
        words.setText(say(element.statement))
        line.addWidget(words, 1)
        state = Chip(tone="good" if value.get("ticked") else "lead")
        state.say("ui.evidence.proved" if value.get("ticked") else "ui.evidence.open")
        line.addWidget(state, 0, Qt.AlignmentFlag.AlignTop)
        box.addLayout(line)
        hands = value.get("exhibits", ())
        marks = QWidget()
        flow = Flow(marks, spacing=4)
        marks.setContentsMargins(24, 0, 0, 0)
        for exhibit in claim.exhibits:
            if not exhibit.state:
                flow.addWidget(self._mark(element, exhibit, isinstance(hands, list | tuple) and exhibit.id in hands))
        if not hands:
            wanted = tr("ui.list.comma").join(tr(f"exhibit.{kind}") for kind in element.exhibits[:3])
            flow.addWidget(_muted(tr("ui.evidence.wanted", what=wanted)))
        across = row(24)
        across.addWidget(marks, 1)
        box.addLayout(across)
        return holder

    def _mark(self, element: Element, exhibit: Exhibit, linked: bool) -> QPushButton:
        button = Button(kind="toggle")
        button.setCheckable(True)
        button.setChecked(linked)
        button.setText(tr("ui.evidence.proof", number=f"{exhibit.number:03d}", kind=tr(f"exhibit.{exhibit.kind}")))
        button.setToolTip(tr("ui.evidence.unlink" if linked else "ui.evidence.link"))
        button.setObjectName(f"mark {element.key} {exhibit.id}")
        button.clicked.connect(lambda on, key=element.key: self._do("element.link", element_id=key, exhibit_id=exhibit.id, on=on))
        return button

    def _show_exemptions(self, claim: Claim) -> None:
        """Every exemption of the articles: not looked at, does not apply, or applies, with the reason in words."""
        duties = [duty for article in self._articles(claim) for duty in article.duties]
        found = {exemption.key: exemption for duty in duties for exemption in duty.exemptions}
        self._exemptions_head.setVisible(bool(found))
        typing = QApplication.focusWidget()
        if isinstance(typing, QLineEdit) and typing.objectName().startswith("why ") and typing.isModified():
            return  # a reason half typed is not taken away
        clear(self._exemptions)
        for exemption in found.values():
            self._exemptions.addWidget(self._exemption(claim, exemption))

    def _exemption(self, claim: Claim, exemption: Exemption) -> QWidget:
        value = claim.finding.exemptions.get(exemption.key, {})
        holder = QWidget()
        box = column(0, 0, 0, 2, spacing=3)
        holder.setLayout(box)
        words = Say(wrap=True)
        words.setText(say(exemption.statement) + (f"（{exemption.basis}）" if exemption.basis else ""))
        box.addWidget(words)
        line = row(spacing=6)
        choice = QComboBox()
        for name in ("no", "yes"):
            choice.addItem(tr(f"ui.evidence.exempt_{name}"))
        choice.setCurrentIndex(int(value.get("applies", 0)))
        choice.setObjectName(f"choice {exemption.key}")
        choice.setAccessibleName(say(exemption.statement))
        why = QLineEdit(str(value.get("why", "")))
        why.setPlaceholderText(tr("ui.evidence.exempt_why"))
        why.setAccessibleName(tr("ui.evidence.exempt_why"))
        why.setObjectName(f"why {exemption.key}")
        save = self._saver(exemption.key, choice, why)
        choice.activated.connect(lambda _: save())
        why.editingFinished.connect(save)
        line.addWidget(choice)
        line.addWidget(why, 1)
        box.addLayout(line)
        return holder

    def _saver(self, key: str, choice: QComboBox, why: QLineEdit) -> Callable[[], None]:
        def save() -> None:
            why.setModified(False)
            self._do("finding.exempt", exemption=key, applies=bool(choice.currentIndex()), why=why.text())

        return save

    # -- acts -----------------------------------------------------------------------------------------------------------------

    def _do(self, act: str, **given: object) -> None:
        if self.claim is not None and self._desk.work.case is not None:
            self._desk.do(act, finding_id=self.claim.finding.id, **given)

    def _see(self) -> None:
        if self.claim is not None:
            self.see.emit(self.claim.finding.recording_id, self.claim.finding.start_us)

    def _another_still(self, place: str) -> None:
        """Another still at the finding's beginning, middle or end; its picture is taken in the background."""
        if self.claim is None:
            return
        finding = self.claim.finding
        at = {"start": finding.start_us, "middle": (finding.start_us + finding.end_us) // 2, "end": finding.end_us - 1}[place]
        self._desk.later("exhibit.still", lambda _: None, finding_id=finding.id, at_us=at)


def _muted(text: str) -> Say:
    label = Say(tone="muted", size=-1)
    label.setText(text)
    label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
    return label
