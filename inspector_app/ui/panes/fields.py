"""Fields of the evidence step that save themselves: words of a few lines, a line that asks for a reason. Nothing here opens a dialog."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from inspector_app.i18n import tr
from inspector_app.ui.theme.look import look
from inspector_app.ui.theme.widgets import Button, Say, column, row


class Words(QPlainTextEdit):
    """A field of a few lines. Signal `saved(text)` when it is left, or Ctrl+Enter is pressed, with other words than it was given.

    `name` gives its accessible name and, with `_hint`, what an empty field says.
    """

    saved = Signal(str)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name, self._given = name, ""
        self.setObjectName(name)
        self.setTabChangesFocus(True)
        self.textChanged.connect(self._fit)
        self._write()
        self._fit()

    def give(self, text: str) -> None:
        """Shows what the case holds, unless a person is typing other words just now."""
        typing = self.hasFocus() and self.toPlainText().strip() != self._given
        self._given = text
        if not typing and self.toPlainText() != text:
            self.setPlainText(text)

    def save(self) -> None:
        words = self.toPlainText().strip()
        if words != self._given:
            self._given = words
            self.saved.emit(words)

    def _fit(self) -> None:
        lines = min(6, max(2, self.document().blockCount()))
        self.setFixedHeight(lines * look().em + 16)

    def _write(self) -> None:
        self.setAccessibleName(tr(self._name))
        self.setPlaceholderText(tr(f"{self._name}_hint"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.save()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.save()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._write()
        super().changeEvent(event)


class AskLine(QWidget):
    """A line that comes up to ask for a reason and goes again: Enter gives it, Esc leaves. Hidden until `ask`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._then: Callable[[str], object] | None = None
        box = column(0, 4, 0, 4, spacing=4)
        self.setLayout(box)
        self._title = Say(bold=True, wrap=True)
        box.addWidget(self._title)
        line = row(spacing=6)
        self.field = QLineEdit()
        self.field.returnPressed.connect(self._give)
        line.addWidget(self.field, 1)
        line.addWidget(Button("ui.ask.give", self._give, kind="primary"))
        line.addWidget(Button("ui.ask.leave", self.leave, kind="flat"))
        box.addLayout(line)
        self.hide()

    def ask(self, key: str, then: Callable[[str], object], **facts: object) -> None:
        """Asks for words; `then` hears them if there are any."""
        self._then = then
        self._title.say(key, **facts)
        self.field.setAccessibleName(tr(key, **facts))
        self.field.clear()
        self.show()
        self.field.setFocus()

    def leave(self) -> None:
        self._then = None
        self.hide()

    def _give(self) -> None:
        words, then = self.field.text().strip(), self._then
        if words and then is not None:
            self.leave()
            then(words)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        else:
            super().keyPressEvent(event)
