"""The list of a case's forms and the line that begins a new one from a template. It asks; others act."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QCheckBox, QComboBox, QFrame, QListWidget, QListWidgetItem, QStackedLayout, QWidget

from inspector_app.commands.forms import DRAFT
from inspector_app.domain.errors import InspectorError
from inspector_app.domain.records import Exhibit, Form
from inspector_app.dossier.forms.lint import DISCARDED
from inspector_app.dossier.forms.template import Template
from inspector_app.i18n import explain, has, language, tr
from inspector_app.ui.models.forms import Shelf
from inspector_app.ui.panes.opinion import beijing_clock
from inspector_app.ui.theme.icons import icon
from inspector_app.ui.theme.look import look
from inspector_app.ui.theme.widgets import Button, Empty, Say, column, row, rule

_ICONS = {"draft": ("dossier", "lead"), "sealed": ("check", "good"), "discarded": ("close", "faint")}


class FormsList(QWidget):
    """Signals: `chosen(form id)`, `begun(template id, exhibit number or None)`, `template(template id)` is to be edited."""

    chosen = Signal(str)
    begun = Signal(str, object)
    template = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shelf = Shelf([], {}, [])
        self._locked = self._sheet = False
        box = column()
        self.setLayout(box)
        head = column(12, 10, 12, 10, spacing=6)
        head.addWidget(Say("ui.forms.begin", bold=True))
        line = row(spacing=6)
        self.kinds = QComboBox()
        self.kinds.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.kinds.setMinimumContentsLength(8)
        self.kinds.currentIndexChanged.connect(lambda _: self._kind())
        line.addWidget(self.kinds, 1)
        self.new = Button("ui.forms.new", self._begin, kind="primary", icon_name="add")
        line.addWidget(self.new)
        head.addLayout(line)
        self.exhibits = QComboBox()
        head.addWidget(self.exhibits)
        line = row(spacing=6)
        self._edit = Button("ui.forms.edit_template", lambda: self.template.emit(self.kind), kind="flat", icon_name="settings")
        line.addWidget(self._edit)
        line.addStretch(1)
        head.addLayout(line)
        self._broken = Say(tone="bad", size=-1, wrap=True)
        head.addWidget(self._broken)
        box.addLayout(head)
        box.addWidget(rule())
        self.list = QListWidget()
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setObjectName("forms")
        self.list.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.list.setWordWrap(True)
        self.list.currentItemChanged.connect(lambda item, _: self._choose(item))
        holder = QWidget()
        self._stack = QStackedLayout(holder)
        self._stack.addWidget(self.list)
        self._stack.addWidget(Empty("dossier", "ui.forms.none", "ui.forms.none_text"))
        box.addWidget(holder, 1)
        foot = row(12, 6, 12, 8)
        self.discarded = QCheckBox()
        self.discarded.toggled.connect(lambda _: self._fill())
        foot.addWidget(self.discarded)
        foot.addStretch(1)
        box.addLayout(foot)
        self._write()
        self._kind()

    @property
    def kind(self) -> str:
        """The template at hand; "" where there is none."""
        return str(self.kinds.currentData() or "")

    def show_shelf(self, shelf: Shelf, exhibits: list[Exhibit], *, read_only: bool) -> None:
        """The templates and forms as they are now; what is at hand stays."""
        self._shelf = shelf
        kind = self.kind
        self.kinds.blockSignals(True)
        self.kinds.clear()
        for one in shelf.templates:
            self.kinds.addItem(title_of(one) + (f"　{tr('ui.forms.own')}" if one.own else ""), one.id)
        for name in shelf.broken:
            self.kinds.addItem(f"{name}　{tr('ui.forms.broken')}", name)
        self.kinds.setCurrentIndex(max(0, self.kinds.findData(kind)))
        self.kinds.blockSignals(False)
        number = self.exhibits.currentData()
        self.exhibits.clear()
        for exhibit in exhibits:
            self.exhibits.addItem(
                tr("ui.evidence.proof", number=f"{exhibit.number:03d}", kind=tr(f"exhibit.{exhibit.kind}")), exhibit.number
            )
        self.exhibits.setCurrentIndex(max(0, self.exhibits.findData(number)))
        self._locked = read_only
        self._kind()
        self._fill()

    def choose(self, form_id: str) -> None:
        """Takes a form at hand as if it had been chosen here."""
        if any(one.id == form_id and one.state == DISCARDED for one in self._shelf.forms):
            self.discarded.setChecked(True)
        for place in range(self.list.count()):
            if self.list.item(place).data(Qt.ItemDataRole.UserRole) == form_id:
                self.list.setCurrentRow(place)

    def _fill(self) -> None:
        now = self.list.currentItem()
        kept = now.data(Qt.ItemDataRole.UserRole) if now is not None else ""
        self.list.blockSignals(True)
        self.list.clear()
        for form in self._shelf.forms:
            if form.state != DISCARDED or self.discarded.isChecked():
                self.list.addItem(self._item(form))
        self.list.blockSignals(False)
        self._stack.setCurrentIndex(0 if self.list.count() else 1)
        self.discarded.setVisible(any(one.state == DISCARDED for one in self._shelf.forms))
        place = next((n for n in range(self.list.count()) if self.list.item(n).data(Qt.ItemDataRole.UserRole) == kept), -1)
        if place >= 0:
            self.list.blockSignals(True)
            self.list.setCurrentRow(place)
            self.list.blockSignals(False)
        elif kept:  # it is gone from the list: an undone beginning, or put aside
            self.chosen.emit("")

    def _item(self, form: Form) -> QListWidgetItem:
        state = tr(f"form.state.{form.state}")
        item = QListWidgetItem(f"{form.title}\n{state} · {form.by} · {beijing_clock(form.updated_at)}")
        item.setData(Qt.ItemDataRole.UserRole, form.id)
        name, colour = _ICONS.get(form.state, _ICONS[DRAFT])
        item.setIcon(icon(name, look().colour(colour)))
        return item

    def _kind(self) -> None:
        """What goes with the template at hand: the exhibit of a sheet, the error of a broken one."""
        error = self._shelf.broken.get(self.kind)
        self._broken.setVisible(error is not None)
        if error is not None:
            self._broken.setText(template_words(error))
        template = next((one for one in self._shelf.templates if one.id == self.kind), None)
        self._sheet = template is not None and any(field.source.startswith("exhibit.") for field in template.fields)
        self.exhibits.setVisible(self._sheet)
        self._edit.setEnabled(bool(self.kind))
        self.new.setEnabled(template is not None and not self._locked and (not self._sheet or self.exhibits.count() > 0))

    def _begin(self) -> None:
        if self.kind:
            self.begun.emit(self.kind, self.exhibits.currentData() if self._sheet else None)

    def _choose(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.chosen.emit(item.data(Qt.ItemDataRole.UserRole))

    def _write(self) -> None:
        self.kinds.setAccessibleName(tr("ui.forms.template"))
        self.exhibits.setAccessibleName(tr("ui.forms.exhibit"))
        self.list.setAccessibleName(tr("ui.forms.list"))
        self.discarded.setText(tr("ui.forms.discarded"))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "discarded"):
            self._write()
            for place, one in enumerate(self._shelf.templates):
                self.kinds.setItemText(place, title_of(one) + (f"　{tr('ui.forms.own')}" if one.own else ""))
            self._fill()
        elif event.type() == QEvent.Type.PaletteChange and hasattr(self, "discarded"):
            self._fill()
        super().changeEvent(event)


def title_of(template: Template) -> str:
    return template.title if language() == "zh" or not template.title_en else template.title_en


def template_words(error: InspectorError) -> str:
    """What is wrong with a template, with its line, in words."""
    problem = str(error.facts.get("problem", ""))
    if error.code == "form.bad_template" and has(f"ui.template.{problem}"):
        words = tr(f"ui.template.{problem}", value=error.facts.get("value", ""))
        return tr("ui.template.at", line=error.facts.get("line", 0), words=words)
    return " ".join(explain(error))
