"""One form being filled in: its fields in order, what is wrong beside each, and sealing. It asks the desk for acts and never opens a dialog
but the one that chooses where a PDF goes.
"""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QWidget

from inspector_app.commands.forms import DRAFT, SEALED
from inspector_app.commands.registry import COMMANDS, Outcome
from inspector_app.domain.errors import InspectorError
from inspector_app.i18n import tr
from inspector_app.ui.bridge.desk import Desk
from inspector_app.ui.models.forms import DRAFT_WORD, FormView, Json
from inspector_app.ui.panes.fields import AskLine
from inspector_app.ui.panes.forms_fields import FieldBox, lint_line, lint_words
from inspector_app.ui.panes.opinion import beijing_clock
from inspector_app.ui.theme.asking import ask_target
from inspector_app.ui.theme.look import look
from inspector_app.ui.theme.widgets import Button, Chip, Panel, Say, clear, column, row, rule

_TONES = {DRAFT: "lead", SEALED: "good"}


class FormEditor(Panel):
    """Signal `sealed(form id)`. `view` is the form shown, or None."""

    sealed = Signal(str)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__("ui.forms.form", parent)
        self._desk = desk
        self.view: FormView | None = None
        self._boxes: dict[str, FieldBox] = {}
        self._busy = False
        self._state = Chip()
        self.head.addWidget(self._state)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inner = QWidget()
        box = column(16, 10, 16, 14, spacing=6)
        inner.setLayout(box)
        self._about = Say(tone="muted", size=-1, wrap=True)
        box.addWidget(self._about)
        self._digest = QLabel()
        self._digest.setWordWrap(True)
        self._digest.setFont(look().fixed(-2))
        self._digest.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        box.addWidget(self._digest)
        self._rest = column(spacing=4)
        box.addLayout(self._rest)
        self._fields = column(spacing=4)
        box.addLayout(self._fields)
        box.addStretch(1)
        self.area.setWidget(inner)
        self.body.addWidget(self.area, 1)
        asking = column(16, 0, 16, 4)
        self.ask = AskLine()
        asking.addWidget(self.ask)
        self.body.addLayout(asking)
        self.body.addWidget(rule())
        below = column(12, 8, 12, 10, spacing=6)
        self._left = Say(tone="muted", wrap=True)
        below.addWidget(self._left)
        foot = row(spacing=6)
        self._next = Button("ui.forms.next_problem", self.next_problem, kind="flat")
        self._drop = Button("ui.forms.discard", self._discard, kind="flat", icon_name="close")
        self._pdf = Button("ui.forms.pdf", self._save_pdf, icon_name="export")
        self.seal_button = Button("ui.forms.seal", self.seal, kind="primary", icon_name="check")
        for button in (self._next, self._drop, self._pdf, self.seal_button):
            foot.addWidget(button)
        foot.insertStretch(1)
        below.addLayout(foot)
        self.body.addLayout(below)

    # -- showing -------------------------------------------------------------------------------------------------------------

    def show_form(self, view: FormView) -> None:
        """Shows a form, or what changed of the one shown; the keyboard stays where it was."""
        old, self.view = self.view, view
        if old is None or old.form.id != view.form.id or old.template != view.template or old.form.state != view.form.state:
            self.ask.leave()
            self._build(view)
            self.area.verticalScrollBar().setValue(0)
        else:
            for one in view.fields:
                self._boxes[one.field.name].show_field(one)
        self._tell()

    def _build(self, view: FormView) -> None:
        clear(self._fields)
        self._boxes = {}
        locked = view.form.state != DRAFT or self._desk.read_only
        for one in view.fields:
            box = FieldBox(one, view.stills, locked=locked)
            box.put.connect(self._put)
            box.justify.connect(self._justify)
            self._fields.addWidget(box)
            self._boxes[one.field.name] = box

    def _tell(self) -> None:
        """Head and foot of the form."""
        view = self.view
        if view is None:
            return
        form, draft = view.form, view.form.state == DRAFT and not self._desk.read_only
        self.title.setText(form.title)
        self._state.set_chip(_TONES.get(form.state, "plain"))
        self._state.say(f"form.state.{form.state}")
        self._about.say(f"ui.forms.about_{form.state}", by=form.by, at=beijing_clock(form.updated_at))
        self._digest.setVisible(bool(form.sha256))
        self._digest.setText("SHA-256 " + "\u200b".join(form.sha256[n : n + 8] for n in range(0, len(form.sha256), 8)))
        clear(self._rest)
        for problem in view.rest:
            self._rest.addLayout(lint_line(problem, self._justify)[0])
        count = view.open_problems
        self._left.say("ui.forms.sealing" if self._busy else "ui.forms.left" if count else "ui.forms.clean", count=count)
        self._left.setProperty("tone", "bad" if count and not self._busy else "muted")
        self._left.style().unpolish(self._left)
        self._left.style().polish(self._left)
        self._left.setVisible(draft)
        self._next.setVisible(draft and count > 0)
        self._drop.setVisible(draft)
        self.seal_button.setVisible(draft)
        self.seal_button.setEnabled(not count and not self._busy)

    def focus_field(self, name: str) -> None:
        """Brings a field into view with the keyboard in it."""
        box = self._boxes.get(name)
        if box is None:
            self.area.verticalScrollBar().setValue(0)
            return
        self.area.ensureWidgetVisible(box, 0, 40)
        editor = next((one for one in (box.editor, *box.editor.findChildren(QWidget)) if one.objectName().startswith("field ")), box.editor)
        editor.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def next_problem(self) -> None:
        """To the next field with something to mend, after the one that has the keyboard."""
        if self.view is None:
            return
        wrong = [one.field.name for one in self.view.fields if any(not problem["justified"] for problem in one.problems)]
        if not wrong:
            self.area.verticalScrollBar().setValue(0)
            return
        names = list(self._boxes)
        now = next((place for place, name in enumerate(names) if self._boxes[name].isAncestorOf(self.focusWidget() or self)), -1)
        self.focus_field(next((name for name in wrong if names.index(name) > now), wrong[0]))

    # -- acts ----------------------------------------------------------------------------------------------------------------

    def _put(self, name: str, value: object) -> None:
        if self.view is not None and self.view.form.state == DRAFT:
            self._desk.do("form.set", form_id=self.view.form.id, values={name: value})

    def _justify(self, problem: Json) -> None:
        def give(words: str) -> None:
            self._desk.do("form.justify", code=problem["code"], place=problem["place"], text=words)

        self.ask.ask("ui.forms.why", give, what=lint_words(problem))

    def save_fields(self) -> None:
        """Writes what is being typed before the form goes from view."""
        focus = self.focusWidget()
        if focus is not None:
            focus.clearFocus()

    def seal(self) -> None:
        """Seals the form in the background: its PDF is made and put into the case."""
        view = self.view
        if view is None or self._busy or view.form.state != DRAFT:
            return
        self.save_fields()
        self._busy = True
        self._tell()

        def done(_: Outcome) -> None:
            self._busy = False
            self._desk.said.emit(tr("ui.said.form_sealed", title=view.form.title), "good")
            self.sealed.emit(view.form.id)
            self._tell()

        def failed(error: InspectorError) -> None:
            self._busy = False
            self._desk.complain(error)
            self._tell()

        work = self._desk.work
        self._desk.reading.run(lambda: COMMANDS["form.seal"].run(work, form_id=view.form.id), done, failed)

    def _discard(self) -> None:
        if self.view is not None:
            self._desk.do("form.discard", form_id=self.view.form.id)

    def _save_pdf(self) -> None:
        if self.view is None:
            return
        form = self.view.form
        if (path := ask_target(self, tr("ui.forms.pdf"), f"{form.title}.pdf", "PDF (*.pdf)")) is not None:
            self._desk.later("form.pdf", self._written, form_id=form.id, out=path, word=DRAFT_WORD)

    def _written(self, outcome: Outcome) -> None:
        self._desk.said.emit(tr("ui.said.form_pdf", path=outcome.data["pdf"]), "good")

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "seal_button") and self.view is not None:
            self._build(self.view)
            self._tell()
        super().changeEvent(event)
