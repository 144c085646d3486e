"""The lists of the watch step in one panel, one in front: findings, leads, duties, marks. Each list brings its own tools into the panel's head."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QStackedLayout, QWidget

from inspector_app.i18n import tr
from inspector_app.ui.theme.look import look
from inspector_app.ui.theme.widgets import Button, Panel, column, row, rule


class Sheet(QWidget):
    """One list. `tools` is a line in the head of the panel while this list is in front. Signal `typing(bool)` while words are typed in it."""

    typing = Signal(bool)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = name
        self.tools = QWidget()
        self.line = row(spacing=4)
        self.tools.setLayout(self.line)
        self.line.addStretch(1)
        self.body = column(spacing=0)
        self.setLayout(self.body)

    @property
    def count(self) -> int:
        """How many wait in this list; shown on its button."""
        return 0


class Sheets(Panel):
    """Signal `turned(name)` when another list comes to the front."""

    turned = Signal(str)

    def __init__(self, *sheets: Sheet, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.sheets = sheets
        self.buttons: dict[str, Button] = {}
        head = QFrame(self)
        line = row(8, 4, 8, 4, spacing=2)
        head.setLayout(line)
        head.setMinimumHeight(look().em + 16)
        tools, pages = QWidget(head), QWidget(self)
        self._tools, self._pages = QStackedLayout(tools), QStackedLayout(pages)
        self._tools.setContentsMargins(0, 0, 0, 0)
        self._pages.setContentsMargins(0, 0, 0, 0)
        for sheet in sheets:
            button = Button(kind="toggle", focus=False)
            button.setCheckable(True)
            button.clicked.connect(lambda _=False, name=sheet.name: self.turn(name))
            self.buttons[sheet.name] = button
            line.addWidget(button)
            self._tools.addWidget(sheet.tools)
            self._pages.addWidget(sheet)
        line.addWidget(tools, 1)
        self.body.addWidget(head)
        self.body.addWidget(rule())
        self.body.addWidget(pages, 1)
        self.turn(sheets[0].name)

    @property
    def name(self) -> str:
        return self.sheets[self._pages.currentIndex()].name

    def turn(self, name: str = "") -> None:
        """Brings a list to the front; without a name the next one."""
        names = [sheet.name for sheet in self.sheets]
        place = names.index(name) if name else (self._pages.currentIndex() + 1) % len(names)
        self._tools.setCurrentIndex(place)
        self._pages.setCurrentIndex(place)
        self.tell()
        self.turned.emit(names[place])

    def tell(self) -> None:
        """Writes names and counts on the buttons."""
        for sheet in self.sheets:
            button, front = self.buttons[sheet.name], sheet.name == self.name
            count = sheet.count
            button.setText(tr(f"ui.sheets.{sheet.name}") + (f" {count}" if count else ""))
            button.setAccessibleName(button.text())
            button.setChecked(front)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "buttons"):
            self.tell()
        super().changeEvent(event)


class FilterField(QWidget):
    """A search sign that opens a field. The field exists to be seen only while words are typed, so that input methods stay out of coding.

    Signals: `changed(words)`, `typing(bool)`.
    """

    changed = Signal(str)
    typing = Signal(bool)

    def __init__(self, hint: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._hint = hint
        line = row(spacing=2)
        self.setLayout(line)
        self.field = _Field(self)
        self.field.textChanged.connect(self.changed)
        self.field.setMinimumWidth(look().em * 6)
        self.field.hide()
        self.button = Button(kind="flat", icon_name="search", hint=hint, focus=False, act=self._turn)
        line.addWidget(self.field)
        line.addWidget(self.button)
        self._write()

    def _turn(self) -> None:
        if self.field.isVisible():
            self.close_field()
        else:
            self.open_field()

    def open_field(self) -> None:
        self.field.show()
        self.field.setFocus()
        self.typing.emit(True)

    def close_field(self) -> None:
        """Shows everything again."""
        if not self.field.isHidden():
            self.field.clear()
            self.field.hide()
            self.typing.emit(False)

    def rest(self) -> None:
        """The words stay, the keys go back to coding."""
        if not self.field.text():
            self.field.hide()
        self.typing.emit(False)

    def _write(self) -> None:
        self.field.setPlaceholderText(tr(self._hint))
        self.field.setAccessibleName(tr(self._hint))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "field"):
            self._write()
        super().changeEvent(event)


class _Field(QLineEdit):
    """Takes input methods only while it has the focus."""

    def __init__(self, holder: FilterField) -> None:
        super().__init__(holder)
        self._holder = holder
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, True)
        super().focusInEvent(event)
        self._holder.typing.emit(True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        super().focusOutEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._holder.close_field()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._holder.rest()
        else:
            super().keyPressEvent(event)
