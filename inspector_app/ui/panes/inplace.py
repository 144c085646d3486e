"""Editing a sentence where it stands: a field laid over its line. Enter keeps the words, Esc leaves them; the machine's are one key away.

The field exists only while something is edited, so that input methods find nothing to write into while coding.
"""

from dataclasses import dataclass

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QWidget

from inspector_app.domain.records import Segment
from inspector_app.i18n import tr
from inspector_app.ui.theme.look import look
from inspector_app.ui.theme.widgets import Say, column


@dataclass(frozen=True)
class Edited:
    """What a person made of a sentence: other words, or a cut before a character of the words as shown (`cut` 0: none)."""

    segment_id: str
    words: str
    cut: int = 0


class InPlace(QFrame):
    """Signals: `saved(Edited)`, `left()` when the field goes, whatever was done."""

    saved = Signal(object)
    left = Signal()

    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        self._over = over
        self.setObjectName("overlay")
        self._segment: Segment | None = None
        box = column(4, 4, 4, 4, spacing=2)
        self.setLayout(box)
        self.machine = Say(tone="muted", size=-1, wrap=True)
        self.hint = Say("ui.inplace.hint", tone="muted", size=-1, wrap=True)
        box.addWidget(self.machine)
        box.addWidget(self.hint)
        self.field: _Field | None = None
        self.hide()

    def open(self, segment: Segment, place: QRect) -> None:
        """Lays the field over `place` of the parent with the words as shown, the caret behind them."""
        self.close_field()
        self._segment = segment
        self.field = _Field(self)
        self.field.setPlainText(segment.words)
        self.field.setAccessibleName(tr("ui.editor.correct"))
        self.field.moveCursor(self.field.textCursor().MoveOperation.End)
        layout = self.layout()
        assert layout is not None
        layout.insertWidget(0, self.field)  # type: ignore[attr-defined]
        self.machine.setText(tr("ui.editor.machine", text=segment.text))
        self.machine.setVisible(segment.corrected is not None)
        height = self.sizeHint().height()
        top = min(place.top() - 4, self._over.height() - height - 4)
        self.setGeometry(place.left() - 8, max(0, top), place.width() + 8, height)
        self.show()
        self.raise_()
        self.field.setFocus()

    def take(self, key: QKeyEvent) -> bool:
        """What a key of the field means; False for the field's own keys."""
        field, segment = self.field, self._segment
        if field is None or segment is None:
            return False
        control = bool(key.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if key.key() == Qt.Key.Key_Escape:
            self.close_field()
        elif key.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            cut = field.textCursor().position() if control else 0
            words = segment.words if control else field.toPlainText().replace("\n", "").strip()
            self.close_field()
            if cut or words:
                self.saved.emit(Edited(segment.id, words, cut))
        elif control and key.key() == Qt.Key.Key_M:
            field.setPlainText(segment.text)
        else:
            return False
        return True

    def close_field(self) -> None:
        field, self.field = self.field, None
        if field is not None:
            self.hide()
            field.deleteLater()
            self.left.emit()


class _Field(QPlainTextEdit):
    def __init__(self, holder: InPlace) -> None:
        super().__init__(holder)
        self._holder = holder
        self.setFont(look().font())
        self.setFixedHeight(look().em * 2 + 18)
        self.setTabChangesFocus(True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._holder.take(event):
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() == Qt.FocusReason.MouseFocusReason:  # pressed elsewhere: nothing is written that was not asked for
            self._holder.close_field()
