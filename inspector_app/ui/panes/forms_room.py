"""The forms of the case at work: list at the left (`list`), the form or template at hand and its pages at the right (`work_area`).

Everything is read in the background; the pages are made anew a moment after each change, one run at a time.
"""

import shutil
import tempfile
import weakref
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QSplitter, QStackedLayout, QWidget

from inspector_app.commands import forms as acts
from inspector_app.domain.errors import InspectorError
from inspector_app.domain.records import Exhibit
from inspector_app.dossier.custody import WITHDRAWN
from inspector_app.dossier.forms.template import Template
from inspector_app.ui.bridge.desk import Desk
from inspector_app.ui.models.forms import DRAFT_WORD, FormView, Shelf, known_values, print_template, read_form, read_shelf
from inspector_app.ui.panes.dossier_preview import PreviewPane
from inspector_app.ui.panes.forms import FormsList, template_words
from inspector_app.ui.panes.forms_editor import FormEditor
from inspector_app.ui.panes.forms_template import TemplateEditor
from inspector_app.ui.theme.widgets import Empty, Panel

_EMPTY, _FORM, _TEMPLATE, _WRONG = range(4)


class FormsRoom(QObject):
    """Owns no place in the window: the step puts `list` and `work_area` where they belong and tells it when it is in view."""

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.at_hand = ""
        self._wanted_field = ""
        self._template: tuple[Template, str] | None = None
        self._active = False
        self._printing = False
        self._again = False
        self._scratch = Path(tempfile.mkdtemp(prefix="zhijian-"))
        weakref.finalize(self, shutil.rmtree, self._scratch, ignore_errors=True)
        self.list = FormsList()
        self.editor = FormEditor(desk)
        self.template = TemplateEditor(desk)
        self.preview = PreviewPane("ui.forms.preview", "ui.forms.no_pages")
        self.work_area = QSplitter()
        self.work_area.setChildrenCollapsible(False)
        self.work_area.setHandleWidth(7)
        holder = QWidget()
        self._stack = QStackedLayout(holder)
        self._wrong = Empty("warning", "ui.template.broken", "")
        nothing, broken = Panel(), Panel()
        nothing.body.addWidget(Empty("dossier", "ui.forms.choose", "ui.forms.choose_text"))
        broken.body.addWidget(self._wrong)
        for widget in (nothing, self.editor, self.template, broken):
            self._stack.addWidget(widget)
        self.work_area.addWidget(holder)
        self.work_area.addWidget(self.preview)
        self.work_area.setStretchFactor(0, 3)
        self.work_area.setStretchFactor(1, 2)
        self.work_area.setSizes([560, 420])
        self._soon = QTimer(self, singleShot=True, interval=80)
        self._soon.timeout.connect(self.refresh)
        self._print_soon = QTimer(self, singleShot=True, interval=400)
        self._print_soon.timeout.connect(self._print)
        self.list.chosen.connect(self.open_form)
        self.list.begun.connect(self._begin)
        self.list.template.connect(self.open_template)
        self.template.left.connect(self._leave_template)
        self.template.sound.connect(self._sound)
        self.template.saved.connect(self.refresh)
        desk.changed.connect(lambda *_: self._later())
        desk.closed.connect(self._clear)

    # -- in view -------------------------------------------------------------------------------------------------------------

    def enter(self) -> None:
        """The forms come into view."""
        self._active = True
        self.refresh()

    def leave(self) -> None:
        """They go from view: what is being typed is written."""
        self._active = False
        self.editor.save_fields()

    def _later(self) -> None:
        if self._active and not self._soon.isActive():
            self._soon.start()

    def refresh(self) -> None:
        case = self._desk.work.case
        if case is None:
            return
        work = self._desk.work

        def read() -> tuple[Shelf, list[Exhibit]]:
            return read_shelf(work), [one for one in case.find(Exhibit, order="number") if one.state != WITHDRAWN]

        self._desk.reading.run(read, self._show_shelf, self._desk.complain)
        if self.at_hand:
            self._read(self.at_hand)

    def _show_shelf(self, read: tuple[Shelf, list[Exhibit]]) -> None:
        self.list.show_shelf(*read, read_only=self._desk.read_only)

    # -- one form ------------------------------------------------------------------------------------------------------------

    def open_form(self, form_id: str, field: str = "") -> None:
        """Shows a form, at a field where one is named; "" shows none."""
        self.editor.save_fields()
        self._wanted_field = field
        if not form_id:
            self.at_hand = ""
            self._show(_EMPTY)
            self.preview.show_nothing()
        else:
            self._read(form_id)

    def _read(self, form_id: str) -> None:
        new = form_id != self.at_hand
        self.at_hand = form_id
        work = self._desk.work

        def failed(error: InspectorError) -> None:
            if form_id != self.at_hand:
                return
            if error.code == "form.bad_template":
                self._wrong.text.setText(template_words(error))
                self._show(_WRONG)
                self.preview.show_error(error)
            else:
                self.open_form("")  # undone: it is not there any more

        self._desk.reading.run(lambda: read_form(work, form_id), lambda view: self._show_form(view, new), failed)

    def _show_form(self, view: FormView, new: bool) -> None:
        if view.form.id != self.at_hand or self._desk.work.case is None:
            return
        self.editor.show_form(view)
        if new or self._stack.currentIndex() != _TEMPLATE:
            self._show(_FORM)
            self.list.choose(view.form.id)
        if self._wanted_field:
            self.editor.focus_field(self._wanted_field)
            self._wanted_field = ""
        if new:
            self.preview.show_nothing()
        self._print_soon.start()

    def _begin(self, template: str, exhibit: int | None) -> None:
        outcome = self._desk.do("form.new", template=template, exhibit=exhibit)
        if outcome is not None:
            self.open_form(outcome.ids[0])

    def _show(self, place: int) -> None:
        self._stack.setCurrentIndex(place)

    # -- a template ----------------------------------------------------------------------------------------------------------

    def open_template(self, name: str) -> None:
        self.editor.save_fields()
        self._template = None
        self._show(_TEMPLATE)
        self.template.open_template(name)

    def _leave_template(self) -> None:
        self._template = None
        self._show(_FORM if self.at_hand else _EMPTY)
        self.refresh()
        if not self.at_hand:
            self.preview.show_nothing()

    def _sound(self, template: Template, text: str) -> None:
        if self._stack.currentIndex() == _TEMPLATE:
            self._template = (template, text)
            self._print_soon.start()

    # -- pages ---------------------------------------------------------------------------------------------------------------

    def _to_print(self, out: Path) -> Callable[[], object] | None:
        """What makes the pages of the template or form at hand; None where nothing is."""
        work, form_id = self._desk.work, self.at_hand
        if self._stack.currentIndex() != _TEMPLATE:
            return (lambda: acts.pdf(work, form_id=form_id, out=out, word=DRAFT_WORD)) if form_id else None
        if self._template is None:
            return None
        template, text = self._template
        view = self.editor.view
        values = dict(view.form.fields) if view is not None and view.form.template == template.id else None
        return lambda: print_template(work, text, template.file, values or known_values(work, template), out)

    def _shown(self) -> tuple[bool, str]:
        """What is at hand: a template or a form, by name."""
        template = self._stack.currentIndex() == _TEMPLATE
        return template, self.template.name if template else self.at_hand

    def _print(self) -> None:
        """Has the pages of what is at hand made; once more afterwards where it changed meanwhile."""
        out = self._scratch / "preview.pdf"
        make = self._to_print(out) if self._desk.work.case is not None else None
        if make is None:
            return
        if self._printing:
            self._again = True
            return
        self._printing = True
        shown = self._shown()

        def read() -> bytes:
            make()
            content = out.read_bytes()
            with suppress(OSError):
                out.unlink()
            return content

        def done(content: bytes | None, error: InspectorError | None = None) -> None:
            self._printing = False
            if shown == self._shown():
                if content is not None:
                    self.preview.show_pdf(content, keep=True)
                elif error is not None:
                    self.preview.show_error(error)
            if self._again:
                self._again = False
                self._print()

        self._desk.reading.run(read, done, lambda error: done(None, error))

    def _clear(self) -> None:
        self.at_hand, self._printing, self._again, self._template = "", False, False, None
        self.editor.view = None
        self._show(_EMPTY)
        self.preview.show_nothing()
