"""The right column of the watch step: the hot articles on the digit keys, and the card of the article at hand with its elements."""

from datetime import date

from PySide6.QtCore import QEvent, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QCheckBox, QFrame, QGridLayout, QLabel, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from inspector_app.commands.laws import bureau_notes, verbatim
from inspector_app.commands.workspace import Workspace
from inspector_app.domain.codes import ArticleCode
from inspector_app.domain.errors import InspectorError
from inspector_app.domain.records import Finding
from inspector_app.i18n import explain, has, language, tr
from inspector_app.statutes.model import Article, Record, Words
from inspector_app.ui.models.words import article_label
from inspector_app.ui.theme.flow import Flow
from inspector_app.ui.theme.look import look
from inspector_app.ui.theme.widgets import Chip, Elided, Panel, Say, clear, column, row, rule

#: digits 1 … 9, 0 until the user chooses others
HOT = (
    "办法:34-1",
    "办法:32",
    "办法:36",
    "办法:26-1",
    "办法:31-1",
    "办法:37-1",
    "办法:33-1-2",
    "广告法:9-1-3",
    "广告法:17",
    "价格法:14-1-4",
)


def say(words: Words) -> str:
    return words.in_language(language())


class _HotRow(QFrame):
    """One digit and its article; pressed with the mouse it does what the digit does."""

    pressed = Signal(int)

    def __init__(self, digit: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.digit = digit
        line = row(0, 1, 0, 1, spacing=7)
        self.setLayout(line)
        cap = QLabel(str(digit))
        cap.setProperty("chip", "key")
        cap.setFont(look().font(-2))
        self.label = Elided()
        line.addWidget(cap)
        line.addWidget(self.label, 1)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def mark(self, at_hand: bool) -> None:
        self.label.setProperty("tone", "bad" if at_hand else "")
        self.label.setFont(look().font(bold=at_hand))
        self.label.style().unpolish(self.label)
        self.label.style().polish(self.label)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.pressed.emit(self.digit)


class ArticlesPane(Panel):
    """Signals: `tapped(digit)`, `ticked(element key, bool)` for the finding shown, `left()` when Esc leaves its elements."""

    tapped = Signal(int)
    ticked = Signal(str, bool)
    left = Signal()

    def __init__(self, work: Workspace, hot: tuple[str, ...], parent: QWidget | None = None) -> None:
        super().__init__("ui.articles.hot", parent)
        self._work, self.hot = work, hot
        self._shown: tuple[str, date | None, Finding | None, str] | None = None
        self._named = False
        grid = QGridLayout()
        grid.setContentsMargins(12, 6, 10, 8)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(1)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        self._rows: list[_HotRow] = []
        for place in range(10):
            item = _HotRow((place + 1) % 10, self)
            item.pressed.connect(self.tapped)
            grid.addWidget(item, place % 5, place // 5)
            self._rows.append(item)
        self.body.addLayout(grid)
        self.body.addWidget(rule())
        area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._card = QWidget()
        self._box = column(13, 10, 12, 12, spacing=6)
        self._card.setLayout(self._box)
        area.setWidget(self._card)
        self.body.addWidget(area, 1)
        self._box.addWidget(Say("ui.articles.waiting", tone="muted", wrap=True))
        self._box.addStretch(1)

    # -- hot articles --------------------------------------------------------------------------------------------------------

    def code_of(self, digit: int) -> str:
        return self.hot[(digit - 1) % 10]

    def name_hot(self) -> None:
        """Writes the names; the catalogue is read at the first call."""
        self._named = True
        at_hand = self._shown[0] if self._shown else ""
        for place, item in enumerate(self._rows):
            code = self.hot[place]
            name = tr(f"ui.hot.{code}") if has(f"ui.hot.{code}") else name_at(self._work, code)
            label = code.removeprefix("办法:").replace(":", " ")
            item.label.set_text(f"{label} {name}")
            item.mark(code == at_hand)

    # -- the card ------------------------------------------------------------------------------------------------------------

    def show_article(self, code: str, on: date | None = None, finding: Finding | None = None, *, note: str = "") -> None:
        """Shows the card of a place of the law as in force that day, ticked as in `finding` where one is given; `note` stands above it."""
        wanted = (code, on, finding, note)
        if wanted != self._shown:
            self._shown = wanted
            self._fill()

    def focus_elements(self) -> bool:
        """Gives the keys to the first element that is not ticked; False where the card has none to tick."""
        rows = [item for item in self._elements() if item.isEnabled()]
        wanted = next((item for item in rows if not item.on), rows[0] if rows else None)
        if wanted is not None:
            wanted.setFocus()
        return wanted is not None

    def _elements(self) -> list["ElementRow"]:
        items = [self._box.itemAt(place) for place in range(self._box.count())]
        return [widget for item in items if item is not None and isinstance(widget := item.widget(), ElementRow)]

    def _fill(self) -> None:
        if self._shown is None:
            return
        code, on, finding, above = self._shown
        held = next((item.key for item in self._elements() if item.hasFocus()), "")
        for place, item in enumerate(self._rows):
            item.mark(self.hot[place] == code)
        clear(self._box)
        if above:
            told = Say(tone="lead", size=-1, wrap=True)
            told.setText(above)
            self._box.addWidget(told)
        try:
            article = self._work.catalogue.article(code, on)
            citation = self._work.catalogue.cite(code, on) if language() == "zh" else self._work.catalogue.cite_english(code, on)
        except InspectorError as error:
            said = Say("", tone="bad", wrap=True)
            said.say(f"{error.code}.cause", **error.facts)
            self._box.addWidget(said)
            self._box.addStretch(1)
            return
        fill_card(self._box, article, citation, finding, self.ticked.emit)
        for note in self._work.catalogue.on_date_notes(article.code, on) if on else ():
            told = Say(tone="lead", size=-1, wrap=True)
            told.say(f"note.{note.code}", **note.facts)
            self._box.addWidget(told)
        self._bureau_notes(article)
        self._box.addStretch(1)
        for element in self._elements():
            element.left.connect(self.left)
            element.beside.connect(self._move_focus)
            if element.key == held:  # ticked with the keyboard: the keys stay where they were
                element.setFocus()

    def _move_focus(self, step: int) -> None:
        rows = [item for item in self._elements() if item.isEnabled()]
        place = next((place for place, item in enumerate(rows) if item.hasFocus()), 0)
        rows[(place + step) % len(rows)].setFocus()

    def _bureau_notes(self, article: Article) -> None:
        """The bureau's own notes on the article; a slip in their file is told where they would stand."""
        try:
            notes = [tr("ui.articles.bureau_note", text=note.text, source=note.source) for note in bureau_notes(article)]
        except InspectorError as error:
            notes = [" ".join(explain(error))]
        for text in notes:
            label = Say(tone="muted", size=-1, wrap=True)
            label.setText(text)
            self._box.addWidget(label)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "_named") and self._named:
            self.name_hot()
            self._fill()
        super().changeEvent(event)


def name_at(work: Workspace, code: str) -> str:
    """What a place of the law is called in short; the code itself where the catalogue does not carry it."""
    try:
        return short_name(work.catalogue.article(code))
    except InspectorError:
        return article_label(code)


def short_name(article: Article) -> str:
    """The name of the duty at a place where there is exactly one, else the article's title."""
    return say(article.duties[0].name) if len(article.duties) == 1 else say(article.title)


def fill_card(box: QVBoxLayout, article: Article, citation: str, finding: Finding | None, tick: object) -> None:
    """Everything of the card: name, edition, whom it binds, summary, liability chain, elements, records to demand."""
    spoken = article.code.spoken() if language() == "zh" else tr("ui.articles.article", code=str(article.code).partition(":")[2])
    title = Say(size=2, bold=True, wrap=True)
    title.setText(f"{spoken}　{short_name(article)}")
    title.setToolTip(citation)
    box.addWidget(title)
    edition = article.edition
    since = tr("ui.articles.in_force", name=say(edition.name), label=say(edition.label), day=edition.in_force_from.isoformat())
    binds = tr("ui.articles.binds", who=tr("ui.list.comma").join(tr(f"binds.{name}") for name in article.binds))
    for text in (since, binds):
        label = Say(tone="muted", size=-1, wrap=True)
        label.setText(text)
        box.addWidget(label)
    summary = Say(wrap=True)
    summary.setText(say(article.summary) + tr("ui.articles.summary_mark" if article.summarised else "ui.articles.heading_only"))
    box.addWidget(summary)
    if words := verbatim(article):
        exact = Say(wrap=True)
        exact.setText(words["text"])
        box.addWidget(exact)
        source = Say(tone="muted", size=-2, wrap=True)
        source.setText(tr("ui.articles.verbatim", source=words["source"], sha256=words["sha256"][:16]))
        box.addWidget(source)
    _liability(box, article)
    for duty in article.duties:
        if duty.note:
            note = Say(tone="lead", size=-1, wrap=True)
            note.setText(say(duty.note))
            box.addWidget(note)
    _elements(box, article, finding, tick)
    _exemptions(box, article)
    _records(box, article)


def _liability(box: QVBoxLayout, article: Article) -> None:
    if not article.liability:
        return
    holder = QWidget()
    flow = Flow(holder)
    for liability in article.liability:
        parts = [tr("ui.articles.duty", code=_short(article.code)), tr("ui.articles.liability", code=_short(liability.article))]
        parts += [article_label(str(code)) for code in liability.penalties]
        for place, text in enumerate(parts):
            if place:
                arrow = Say(tone="faint")
                arrow.setText("→")
                flow.addWidget(arrow)
            chip = Chip()
            chip.setText(text)
            flow.addWidget(chip)
    box.addWidget(holder)
    for liability in article.liability:
        label = Say(tone="muted", size=-1, wrap=True)
        label.setText(say(liability.range))
        box.addWidget(label)


def _short(code: ArticleCode) -> str:
    return str(code).removeprefix("办法:").replace(":", " ")


def _elements(box: QVBoxLayout, article: Article, finding: Finding | None, tick: object) -> None:
    if not article.elements:
        return
    values = finding.elements if finding is not None else {}
    ticked = sum(1 for element in article.elements if values.get(element.key, {}).get("ticked"))
    head = Say("ui.articles.elements", bold=True)
    if finding is not None:
        head.say("ui.articles.elements_count", done=ticked, total=len(article.elements))
    box.addWidget(head)
    for element in article.elements:
        value = values.get(element.key)
        box.addWidget(ElementRow(element.key, say(element.statement), element.exhibits, value, tick))


class ElementRow(QCheckBox):
    """One 构成要件 with its box: a press, or the space bar, turns the tick of the finding shown. Without a finding it only lists.

    Signals: `beside(step)` for the arrows, `left()` for Esc.
    """

    beside = Signal(int)
    left = Signal()

    def __init__(
        self, key: str, statement: str, kinds: tuple[str, ...], value: dict[str, object] | None, tick: object, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.key = key
        self.on = bool(value and value.get("ticked"))
        proofs = tr("ui.list.comma").join(tr(f"exhibit.{kind}") for kind in kinds)
        self.setChecked(self.on)
        self.setEnabled(value is not None)
        self.setAccessibleName(statement)
        self.setAccessibleDescription(proofs)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)  # a check box would not be narrower than its words
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setToolTip(proofs)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if value is not None else Qt.FocusPolicy.NoFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        line = row(look().em + 12, 2, 0, 2, spacing=8)
        self.setLayout(line)
        words = Say(wrap=True)
        words.setText(statement)
        note = Elided()
        note.setProperty("tone", "muted")
        note.setFont(look().font(-1))
        note.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        note.set_text(tr("ui.list.comma").join(tr(f"exhibit.{kind}") for kind in kinds[:2]))
        for label in (words, note):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        line.addWidget(words, 5)
        line.addWidget(note, 2)
        if value is not None:
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        if callable(tick):
            self.toggled.connect(lambda on: tick(key, on))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.beside.emit(1 if event.key() == Qt.Key.Key_Down else -1)
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        layout = self.layout()
        return layout.sizeHint() if layout is not None else super().sizeHint()

    def minimumSizeHint(self) -> QSize:
        layout = self.layout()
        return layout.minimumSize() if layout is not None else super().minimumSizeHint()

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        layout = self.layout()
        return max(look().em + 6, layout.heightForWidth(width)) if layout is not None else look().em

    def hitButton(self, pos: QPoint) -> bool:
        return self.rect().contains(pos)


def _exemptions(box: QVBoxLayout, article: Article) -> None:
    """What must be ruled out or recorded either way."""
    found = {exemption.key: exemption for duty in article.duties for exemption in duty.exemptions}
    if not found:
        return
    box.addWidget(Say("ui.articles.exemptions", bold=True))
    for exemption in found.values():
        label = Say(tone="muted", size=-1, wrap=True)
        label.setText(say(exemption.statement) + (f"（{exemption.basis}）" if exemption.basis else ""))
        box.addWidget(label)


def _records(box: QVBoxLayout, article: Article) -> None:
    records: dict[str, Record] = {record.name: record for duty in article.duties for record in duty.records}
    if not records:
        return
    box.addWidget(Say("ui.articles.records", bold=True))
    for record in records.values():
        label = Say(tone="muted", size=-1, wrap=True)
        years = tr("ui.articles.years", years=record.years) if record.years else ""
        source = article_label(str(record.article)) + (f"，{years}" if years and language() == "zh" else f", {years}" if years else "")
        label.setText(f"{tr(f'holder.{record.holder}')}：{say(record.what)}（{source}）" if language() == "zh" else
                      f"{tr(f'holder.{record.holder}')}: {say(record.what)} ({source})")  # fmt: skip
        box.addWidget(label)
