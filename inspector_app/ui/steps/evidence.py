"""Step 3, evidence 证据: each finding as a claim: articles, quote in its context, stills, screen text, elements with their exhibits, what it proves."""

from html import escape

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QImage, QImageReader, QMouseEvent, QPixmap
from PySide6.QtWidgets import QFrame, QLabel, QListWidget, QListWidgetItem, QPlainTextEdit, QScrollArea, QSplitter, QStackedLayout, QWidget

from inspector_app.domain.errors import InspectorError
from inspector_app.domain.records import Exhibit
from inspector_app.i18n import language, tr
from inspector_app.ui.bridge.desk import Desk
from inspector_app.ui.models.claims import Claim, Context, read_claims, read_context
from inspector_app.ui.models.words import article_label, elements_label, finding_state, short_clock
from inspector_app.ui.panes.articles import ElementRow, name_at, say
from inspector_app.ui.theme.look import look
from inspector_app.ui.theme.widgets import Button, Chip, Empty, Panel, Say, clear, column, row, rule


class ClaimList(QListWidget):
    """Findings by number; keys move in it, nothing in it is edited."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollMode(self.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def show_claims(self, claims: list[Claim]) -> None:
        chosen = self.currentRow()
        self.blockSignals(True)
        self.clear()
        for claim in claims:
            item = QListWidgetItem()
            card = _claim_card(claim)
            item.setSizeHint(QSize(0, card.sizeHint().height()))
            self.addItem(item)
            self.setItemWidget(item, card)
        self.blockSignals(False)
        self.setCurrentRow(min(max(0, chosen), len(claims) - 1))


def _claim_card(claim: Claim) -> QWidget:
    finding = claim.finding
    card = QWidget()
    box = column(12, 8, 10, 8, spacing=2)
    card.setLayout(box)
    line = row(spacing=8)
    number = QLabel(f"{finding.number:03d}")
    number.setFont(look().fixed(-1, bold=True))
    state = Chip()
    word, tone = finding_state(finding)
    state.setText(word)
    state.set_chip(tone)
    time = Say(tone="muted", size=-1)
    time.setText(f"{short_clock(finding.start_us)} – {short_clock(finding.end_us)}")
    for widget in (number, time):
        line.addWidget(widget)
    line.addStretch(1)
    line.addWidget(state)
    box.addLayout(line)
    articles = Say(bold=True)
    codes = " · ".join(article_label(code) for code in finding.articles)
    articles.setText(articles.fontMetrics().elidedText(codes, Qt.TextElideMode.ElideRight, look().em * 13) + f"　{elements_label(finding)}")
    quote = Say(tone="muted")
    quote.setText(quote.fontMetrics().elidedText(finding.quote or finding.note or "—", Qt.TextElideMode.ElideRight, look().em * 15))
    box.addWidget(articles)
    box.addWidget(quote)
    return card


class Still(QLabel):
    """A still picture of an exhibit at a readable height; a press asks to see the moment."""

    pressed = Signal()

    def __init__(self, image: QImage, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        ratio = self.devicePixelRatioF()
        pixmap = QPixmap.fromImage(image.scaledToHeight(round(look().em * 19 * ratio), Qt.TransformationMode.SmoothTransformation))
        pixmap.setDevicePixelRatio(ratio)
        self.setPixmap(pixmap)
        self.setToolTip(tip)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def mousePressEvent(self, _event: QMouseEvent) -> None:
        self.pressed.emit()


class EvidenceStep(QWidget):
    """Signal `show_moment(recording id, us)`: the user wants to see a finding in the watch step."""

    show_moment = Signal(str, object)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.claims: list[Claim] = []
        self._at_hand: Claim | None = None
        outer = row(8, 4, 8, 4)
        self.setLayout(outer)
        split = QSplitter()
        split.setChildrenCollapsible(False)
        split.setHandleWidth(7)
        listed = Panel("ui.findings.title")
        self._note = listed.note
        self.list = ClaimList()
        self.list.currentRowChanged.connect(self._choose)
        listed.body.addWidget(self.list, 1)
        split.addWidget(listed)
        self._detail = Panel()
        holder = QWidget()
        self._stack = QStackedLayout(holder)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        inner = QWidget()
        self._into = self._box = column(20, 16, 20, 18, spacing=8)
        inner.setLayout(self._box)
        area.setWidget(inner)
        self._stack.addWidget(Empty("evidence", "ui.evidence.empty", "ui.evidence.empty_text"))
        self._stack.addWidget(area)
        self._detail.body.addWidget(holder)
        split.addWidget(self._detail)
        split.setStretchFactor(1, 1)
        split.setSizes([320, 1000])
        outer.addWidget(split)
        self._soon = QTimer(self, singleShot=True, interval=60)
        self._soon.timeout.connect(self.refresh)
        desk.changed.connect(self._later)
        desk.closed.connect(lambda: self._show([]))

    def _later(self) -> None:
        if self.isVisible() and not self._soon.isActive():
            self._soon.start()

    def show_step(self) -> None:
        self.refresh()
        self.list.setFocus()

    def refresh(self) -> None:
        case = self._desk.work.case
        if case is not None:
            self._desk.reading.run(lambda: read_claims(case), self._show, self._desk.complain)

    def _show(self, claims: list[Claim]) -> None:
        same = [claim.finding.id for claim in claims] == [claim.finding.id for claim in self.claims]
        self.claims = claims
        self.list.show_claims(claims)
        self._note.setText(str(len(claims)) if claims else "")
        self._stack.setCurrentIndex(1 if claims else 0)
        if claims and (same or self._at_hand is None):
            self._choose(self.list.currentRow())
        if not claims:
            self._at_hand = None

    def _choose(self, place: int) -> None:
        if 0 <= place < len(self.claims):
            self._at_hand = claim = self.claims[place]
            self._desk.reading.run(
                lambda: (read_context(self._desk.work, claim), _pictures(self._desk, claim)), self._fill, self._desk.complain
            )

    # -- the detail ----------------------------------------------------------------------------------------------------------

    def _fill(self, read: tuple[Context, list[tuple[Exhibit, QImage]]]) -> None:
        claim = self._at_hand
        if claim is None or self._desk.work.case is None:
            return
        context, pictures = read
        clear(self._box)
        self._into = self._box
        self._head(claim)
        across = row(spacing=28)
        left, right = column(spacing=8), column(spacing=8)
        across.addLayout(left, 1)
        across.addLayout(right)
        self._box.addLayout(across, 1)
        self._into = left
        self._quote(claim, context)
        self._elements(claim)
        self._words(claim)
        left.addStretch(1)
        self._into = right
        self._stills(claim, pictures)
        self._screen(context)
        right.addStretch(1)

    def _head(self, claim: Claim) -> None:
        finding = claim.finding
        line = row(spacing=10)
        title = Say(size=4, bold=True)
        title.setText(f"{finding.number:03d}　" + " · ".join(name_at(self._desk.work, code) for code in finding.articles))
        title.setWordWrap(True)
        line.addWidget(title, 1)
        line.addWidget(Button("ui.evidence.see", lambda: self.show_moment.emit(finding.recording_id, finding.start_us), icon_name="watch"))
        self._into.addLayout(line)
        for code in finding.articles:
            self._line(self._citation(claim, code), "muted")
        by = tr("ui.evidence.by", by=finding.by, name=claim.recording.name)
        self._line(f"{short_clock(finding.start_us)} – {short_clock(finding.end_us)}　{by}", "muted")
        self._into.addWidget(rule())

    def _citation(self, claim: Claim, code: str) -> str:
        catalogue = self._desk.work.catalogue
        try:
            return catalogue.cite(code, claim.day) if language() == "zh" else catalogue.cite_english(code, claim.day)
        except InspectorError:
            return article_label(code)

    def _line(self, text: str, tone: str = "", size: int = 0) -> Say:
        label = Say(tone=tone, size=size, wrap=True)
        label.setText(text)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._into.addWidget(label)
        return label

    def _quote(self, claim: Claim, context: Context) -> None:
        """The quote, and around it in pale what was said in the fifteen seconds before and after."""
        self._into.addWidget(Say("ui.evidence.quote", bold=True))
        finding, t = claim.finding, look().t
        lines = []
        for segment in context.segments:
            inside = segment.start_us < finding.end_us and finding.start_us < segment.end_us
            doubt = " " + tr("ui.evidence.unsure") if segment.flags and segment.corrected is None else ""
            style = f"color:{t.text}; font-weight:600" if inside else f"color:{t.muted}"
            lines.append(
                f"<tr><td style='color:{t.muted}; padding-right:14px'>{short_clock(segment.start_us)}</td>"
                f"<td style='{style}'>{escape(segment.words)}<span style='color:{t.faint}'>{escape(doubt)}</span></td></tr>"
            )
        if not lines:
            self._line(finding.quote or tr("ui.evidence.no_words"), "" if finding.quote else "muted")
            return
        label = QLabel(f"<table cellspacing='0' cellpadding='3'>{''.join(lines)}</table>")
        label.setWordWrap(True)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._into.addWidget(label)

    def _stills(self, claim: Claim, pictures: list[tuple[Exhibit, QImage]]) -> None:
        stills = [row_ for row_ in claim.exhibits if row_.kind == "still"]
        if not stills:
            return
        self._into.addWidget(Say("ui.evidence.stills", bold=True))
        line = column(spacing=10)
        shown = {exhibit.id for exhibit, _ in pictures}
        for exhibit, image in pictures:
            card = column(spacing=3)
            tip = tr("ui.evidence.still_tip", number=exhibit.number, pts=exhibit.pts, base=exhibit.time_base, sha256=exhibit.sha256)
            still = Still(image, tip)
            still.pressed.connect(lambda exhibit=exhibit: self.show_moment.emit(exhibit.recording_id, exhibit.start_us))
            card.addWidget(still)
            note = Say(tone="muted", size=-1)
            note.setText(f"{tr('ui.evidence.exhibit', number=exhibit.number)} · {short_clock(exhibit.start_us)} · {exhibit.sha256[:8]}…")
            card.addWidget(note)
            line.addLayout(card)
        self._into.addLayout(line)
        if any(exhibit.id not in shown for exhibit in stills):
            self._into.addWidget(Say("ui.evidence.still_coming", tone="muted", size=-1))

    def _screen(self, context: Context) -> None:
        if context.screen:
            self._into.addWidget(Say("ui.evidence.screen", bold=True))
            label = self._line("\n".join(dict.fromkeys(text.text for text in context.screen)))
            label.setMaximumWidth(look().em * 16)

    def _elements(self, claim: Claim) -> None:
        """Element by element: proved or open, and by which exhibits."""
        finding = claim.finding
        numbers = {exhibit.id: exhibit for exhibit in claim.exhibits}
        head = Say(bold=True)
        head.say("ui.evidence.elements", count=elements_label(finding))
        self._into.addWidget(head)
        for code in finding.articles:
            try:
                article = self._desk.work.catalogue.article(code, claim.day)
            except InspectorError:
                continue
            for element in article.elements:
                value = finding.elements.get(element.key)
                if value is None:
                    continue
                proofs = [
                    tr("ui.evidence.proof", number=numbers[name].number, kind=tr(f"exhibit.{numbers[name].kind}"))
                    for name in value.get("exhibits", ())
                    if name in numbers
                ]
                line = ElementRow(element.key, say(element.statement), (), value, self._tick)
                note = Say(tone="muted", size=-1)
                wanted = tr("ui.list.comma").join(tr(f"exhibit.{kind}") for kind in element.exhibits[:2])
                note.setText(tr("ui.list.comma").join(proofs) or tr("ui.evidence.wanted", what=wanted))
                line.layout().addWidget(note)  # type: ignore[union-attr]
                self._into.addWidget(line)

    def _tick(self, element: str, on: bool) -> None:
        if self._at_hand is not None:
            self._desk.do("element.tick", finding_id=self._at_hand.finding.id, element_id=element, ticked=on)

    def _words(self, claim: Claim) -> None:
        """证明对象 and the note, each saved when the field is left."""
        for name, text in (("proves", claim.finding.proves), ("note", claim.finding.note)):
            self._into.addWidget(Say(f"ui.evidence.{name}", bold=True))
            field = _Words(text, lambda new, name=name: self._desk.do(f"finding.{name}", finding_id=claim.finding.id, text=new))
            field.setPlaceholderText(tr(f"ui.evidence.{name}_hint"))
            self._into.addWidget(field)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.LanguageChange, QEvent.Type.PaletteChange) and hasattr(self, "_soon"):
            self._later()
        super().changeEvent(event)


class _Words(QPlainTextEdit):
    """A field of a few lines, saved when it is left with other words than it began with."""

    def __init__(self, text: str, save: object, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text, self._save = text, save
        self.setPlainText(text)
        self.setTabChangesFocus(True)
        self.setFixedHeight(look().em * 4)

    def focusOutEvent(self, event: object) -> None:
        super().focusOutEvent(event)  # type: ignore[arg-type]
        words = self.toPlainText().strip()
        if words != self._text and callable(self._save):
            self._text = words
            self._save(words)


def _pictures(desk: Desk, claim: Claim) -> list[tuple[Exhibit, QImage]]:
    """The stills that have been taken, read at about the size they are shown; any thread."""
    found = []
    for exhibit in claim.exhibits:
        if exhibit.kind == "still" and exhibit.path and desk.work.case is not None:
            reader = QImageReader(str(desk.work.case.folder / exhibit.path))
            image = reader.read()
            if not image.isNull():
                found.append((exhibit, image))
    return found
