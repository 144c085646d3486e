"""One field of a form as a person fills it: its words, its editor, where its value comes from, its help, and what the lint says beside it.

A field saves itself when it is left. It knows no case: signals say what was put in and what is to be justified.
"""

from datetime import datetime
from typing import Any

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QSizePolicy,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from inspector_app.domain.timebase import BEIJING, utc_now
from inspector_app.dossier.forms.template import DAY, MOMENT, Field
from inspector_app.i18n import has, language, tr
from inspector_app.ui.models.forms import FieldView, Json
from inspector_app.ui.panes.fields import Words
from inspector_app.ui.theme.flow import Flow
from inspector_app.ui.theme.look import look
from inspector_app.ui.theme.widgets import Button, Chip, Icon, Say, clear, column, row

ORIGINS = {"case": "accent", "own": "plain", "blank": "lead"}


class FieldBox(QWidget):
    """Signals: `put(name, value)` a person changed the value, `justify(problem)` a thing the lint names is to stand."""

    put = Signal(str, object)
    justify = Signal(object)

    def __init__(self, view: FieldView, stills: list[int], *, locked: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = view
        field = view.field
        box = column(0, 2, 0, 6, spacing=3)
        self.setLayout(box)
        head = row(spacing=6)
        self.title = Say(bold=True)
        self.title.setText(_label(field))
        head.addWidget(self.title)
        if field.required:
            mark = Say("ui.forms.required", tone="bad", size=-1)
            head.addWidget(mark)
        head.addStretch(1)
        self.origin = Chip()
        head.addWidget(self.origin)
        box.addLayout(head)
        self.editor = _editor(field, stills, self)
        self.editor.setEnabled(not locked)
        box.addWidget(self.editor)
        help_words = field.help_zh if language() == "zh" else field.help_en
        if help_words:
            said = Say(tone="muted", size=-1, wrap=True)
            said.setText(help_words)
            box.addWidget(said)
        self._lint = column(spacing=3)
        self._said: list[Json] = []
        self._justify: list[Button] = []
        box.addLayout(self._lint)
        self.show_field(view)

    def show_field(self, view: FieldView) -> None:
        """The value and the problems as they are now; what a person is typing stays."""
        self.view = view
        self.editor.give(view.value)
        self.origin.set_chip(ORIGINS[view.origin] if view.origin != "blank" or view.field.required else "plain")
        self.origin.say(f"ui.forms.origin_{view.origin}")
        if view.problems != self._said:
            self._said = view.problems
            self._say_problems()

    def _say_problems(self) -> None:
        """One line a problem; the buttons in them come right after the field, and one under the keyboard leaves the focus to the field."""
        focus = QApplication.focusWidget()
        if focus is not None and any(focus is button for button in self._justify):
            self.editor.setFocus()
        clear(self._lint)
        self._justify = []
        before: QWidget = self.editor
        for problem in self._said:
            line, button = lint_line(problem, self.justify.emit)
            self._lint.addLayout(line)
            if button is not None:
                QWidget.setTabOrder(before, button)
                self._justify.append(button)
                before = button


def lint_line(problem: Json, justify: Any) -> tuple[QHBoxLayout, Button | None]:
    """A line saying what the lint names, with its button to let it stand, or with the reason that was written and no button."""
    line = row(spacing=6)
    said = problem["justified"]
    mark = column(0, 5)  # on a level with the first line of words and the button
    mark.addWidget(Icon("check" if said else "warning", look().em - 2, "muted" if said else "finding"), 0, Qt.AlignmentFlag.AlignTop)
    line.addLayout(mark)
    words = Say(tone="muted" if said else "bad", wrap=True)
    words.setContentsMargins(0, 6, 0, 4)
    words.setText(lint_words(problem) + (f"\n{tr('ui.forms.justified', by=said['by'], text=said['text'])}" if said else ""))
    line.addWidget(words, 1)
    if said:
        return line, None
    button = Button("ui.forms.justify", lambda: justify(problem), kind="flat")
    line.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
    return line, button


def lint_words(problem: Json) -> str:
    """The sentence of a problem, with the line it stands in where there is one."""
    key = f"lint.{problem['code']}"
    what = problem["what"] or ""
    words = tr(key, what=what).rstrip() if has(key) else f"{problem['code']} {what}"
    return f"{tr('ui.forms.line', line=problem['line'])}{words}" if problem["line"] else words


def _label(field: Field) -> str:
    return field.zh if language() == "zh" else field.en


# -- editors ------------------------------------------------------------------------------------------------------------------------


def _editor(field: Field, stills: list[int], box: FieldBox) -> Any:
    """The editor that fits a field's type; each has `give(value)` and says `box.put` when it is left with another value."""
    match field.type:
        case "long":
            return _Long(field, box)
        case "choice" | "still":
            return _Choice(field, box, field.options if field.type == "choice" else tuple(map(str, stills)))
        case "choices":
            return _Choices(field, box)
        case "tick":
            return _Tick(field, box)
        case "table":
            return _Table(field, box)
        case "moment" | "day":
            return _When(field, box)
    return _Line(field, box)


class _Line(QLineEdit):
    def __init__(self, field: Field, box: FieldBox) -> None:
        super().__init__(box)
        self._given = ""
        self._field, self._box = field, box
        self.setAccessibleName(_label(field))
        self.setObjectName(f"field {field.name}")
        self.editingFinished.connect(self.save)

    def give(self, value: Any) -> None:
        typing = self.hasFocus() and self.text().strip() != self._given
        self._given = str(value or "")
        if not typing and self.text() != self._given:
            self.setText(self._given)
            self.setCursorPosition(0)

    def save(self) -> None:
        words = self.text().strip()
        if words != self._given:
            self._given = words
            self._box.put.emit(self._field.name, words)


class _When(QWidget):
    """A moment or day as text on the Beijing clock, and a button that puts the present one."""

    def __init__(self, field: Field, box: FieldBox) -> None:
        super().__init__(box)
        line = row(spacing=6)
        self.setLayout(line)
        self._pattern = MOMENT if field.type == "moment" else DAY
        self.line = _Line(field, box)
        self.line.setPlaceholderText(datetime(2026, 6, 1, 20, 0, tzinfo=BEIJING).strftime(self._pattern))
        line.addWidget(self.line, 1)
        line.addWidget(Button("ui.forms.now" if field.type == "moment" else "ui.forms.today", self._now, kind="flat"))

    def give(self, value: Any) -> None:
        self.line.give(value)

    def _now(self) -> None:
        self.line.setText(utc_now().astimezone(BEIJING).strftime(self._pattern))
        self.line.save()


class _Long(Words):
    def __init__(self, field: Field, box: FieldBox) -> None:
        super().__init__("ui.forms.words", box)
        self._label = _label(field)
        self.setObjectName(f"field {field.name}")
        self.setAccessibleName(self._label)
        self.saved.connect(lambda text: box.put.emit(field.name, text))

    def give(self, value: Any) -> None:
        super().give(str(value or ""))

    def _fit(self) -> None:
        lines = min(10, max(3, self.document().blockCount() + 1, len(self.toPlainText()) // 34 + 1))
        self.setFixedHeight(lines * look().em + 16)


class _Choice(QComboBox):
    def __init__(self, field: Field, box: FieldBox, options: tuple[str, ...]) -> None:
        super().__init__(box)
        self._given = ""
        self.setAccessibleName(_label(field))
        self.setObjectName(f"field {field.name}")
        self.addItem("—", "")
        for option in options:
            self.addItem(tr("ui.forms.still", number=option) if field.type == "still" else option, option)
        self.activated.connect(lambda _: self._put(field, box))

    def give(self, value: Any) -> None:
        self._given = str(value or "")
        place = self.findData(self._given)
        if place < 0:  # not one of the options: shown as it is, the lint says so
            self.addItem(self._given, self._given)
            place = self.count() - 1
        self.setCurrentIndex(place)

    def _put(self, field: Field, box: FieldBox) -> None:
        if (value := str(self.currentData())) != self._given:
            self._given = value
            box.put.emit(field.name, value)


class _Choices(QWidget):
    def __init__(self, field: Field, box: FieldBox) -> None:
        super().__init__(box)
        flow = Flow(self, spacing=8)
        self._boxes: dict[str, QCheckBox] = {}
        self.setAccessibleName(_label(field))
        for option in field.options:
            tick = QCheckBox(option)
            tick.setObjectName(f"field {field.name} {option}")
            tick.clicked.connect(lambda _=False: box.put.emit(field.name, [name for name, one in self._boxes.items() if one.isChecked()]))
            flow.addWidget(tick)
            self._boxes[option] = tick

    def give(self, value: Any) -> None:
        for option, tick in self._boxes.items():
            tick.setChecked(isinstance(value, list) and option in value)


class _Tick(QCheckBox):
    def __init__(self, field: Field, box: FieldBox) -> None:
        super().__init__(_label(field), box)
        self.setObjectName(f"field {field.name}")
        self.clicked.connect(lambda on: box.put.emit(field.name, "yes" if on else ""))

    def give(self, value: Any) -> None:
        self.setChecked(value == "yes")


class _Table(QWidget):
    """Rows of a table. Enter in a cell writes it; the buttons add a row and take the row at hand away."""

    def __init__(self, field: Field, box: FieldBox) -> None:
        super().__init__(box)
        self._field, self._box = field, box
        self._given: list[Json] = []
        across = column(spacing=4)
        self.setLayout(across)
        self.table = _Rows(0, len(field.columns))
        self.table.setObjectName(f"field {field.name}")
        self.table.setAccessibleName(_label(field))
        self.table.setHorizontalHeaderLabels([one.zh if language() == "zh" else one.en for one in field.columns])
        self.table.cellChanged.connect(lambda *_: self._put())
        across.addWidget(self.table)
        line = row(spacing=6)
        line.addWidget(Button("ui.forms.row_add", self._add, icon_name="add", kind="flat"))
        line.addWidget(Button("ui.forms.row_remove", self._remove, icon_name="close", kind="flat"))
        line.addStretch(1)
        across.addLayout(line)

    def give(self, value: Any) -> None:
        rows: list[Json] = value if isinstance(value, list) else []
        if rows == self._given and self.table.rowCount() >= len(rows):
            return
        self._given = [dict(one) for one in rows]
        at = (self.table.currentRow(), self.table.currentColumn())
        self.table.blockSignals(True)
        self.table.setRowCount(len(rows))
        for place, one in enumerate(rows):
            for number, col in enumerate(self._field.columns):
                item = QTableWidgetItem(str(one.get(col.name, "")))
                item.setToolTip(item.text())
                self.table.setItem(place, number, item)
        self.table.blockSignals(False)
        if at[0] >= 0 and rows:
            self.table.setCurrentCell(min(at[0], len(rows) - 1), max(0, at[1]))
        self.table.updateGeometry()

    def _rows(self) -> list[Json]:
        found = []
        for place in range(self.table.rowCount()):
            items = [self.table.item(place, number) for number in range(len(self._field.columns))]
            texts = [item.text().strip() if item is not None else "" for item in items]
            found.append({col.name: text for col, text in zip(self._field.columns, texts, strict=True) if text})
        return [one for one in found if one]

    def _put(self) -> None:
        rows = self._rows()
        if rows != self._given:
            self._given = rows
            self._box.put.emit(self._field.name, rows)

    def _add(self) -> None:
        place = self.table.rowCount()
        self.table.insertRow(place)
        self.table.updateGeometry()
        self.table.setCurrentCell(place, 0)
        self.table.setFocus()
        self.table.editItem(self.table.item(place, 0) or self._fresh(place))

    def _fresh(self, place: int) -> QTableWidgetItem:
        item = QTableWidgetItem("")
        self.table.blockSignals(True)
        self.table.setItem(place, 0, item)
        self.table.blockSignals(False)
        return item

    def _remove(self) -> None:
        if self.table.currentRow() >= 0:
            self.table.removeRow(self.table.currentRow())
            self.table.updateGeometry()
            self._put()


class _Rows(QTableWidget):
    """A table as high as its rows, up to eight; Tab leaves it unless a cell is being written."""

    def __init__(self, rows: int, columns: int) -> None:
        super().__init__(rows, columns)
        self.verticalHeader().setVisible(False)
        self.verticalHeader().setDefaultSectionSize(look().em + 12)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.setTabKeyNavigation(False)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def sizeHint(self) -> QSize:
        rows = min(8, max(1, self.rowCount()))
        return QSize(300, self.horizontalHeader().sizeHint().height() + rows * (look().em + 12) + 4)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentItem() is not None:
            self.editItem(self.currentItem())
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.FontChange:
            self.verticalHeader().setDefaultSectionSize(look().em + 12)
        super().changeEvent(event)
