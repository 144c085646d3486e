"""The findings of the watch step: the table, and the editor for words (a note, a corrected sentence) that takes its place while typing."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QStackedLayout, QWidget

from inspector_app.i18n import tr
from inspector_app.ui.models.findings import STATES, FindingsModel
from inspector_app.ui.models.store import RecordingStore
from inspector_app.ui.models.words import is_complete
from inspector_app.ui.theme.look import look
from inspector_app.ui.theme.widgets import Button, Empty, Say, column, row

from .choice import Choice
from .sheets import FilterField, Sheet
from .tables import Table

WIDTHS = (2.4, 4.2, 4.2, 6.2, 0.0, 2.9, 3.7)


class WordsEditor(QFrame):
    """A small editor: title, what stood there before, the text. Ctrl+Enter saves, Esc leaves. Only here are input methods welcome."""

    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        box = column(12, 8, 12, 8)
        self.setLayout(box)
        self.title, self.before = Say(bold=True), Say(tone="muted", size=-1, wrap=True)
        self.text = QPlainTextEdit()
        self.text.setTabChangesFocus(True)
        self.text.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.text.installEventFilter(self)
        self._save: Callable[[str], object] | None = None
        box.addWidget(self.title)
        box.addWidget(self.before)
        box.addWidget(self.text, 1)
        line = row()
        line.addWidget(Say("ui.editor.keys", tone="muted", size=-1))
        line.addStretch(1)
        line.addWidget(Button("ui.cancel", self.left.emit, focus=False))
        line.addWidget(Button("ui.save", self.commit, kind="primary", focus=False))
        box.addLayout(line)

    def edit(self, title: str, text: str, save: Callable[[str], object], before: str = "", **facts: object) -> None:
        """Opens on `text`; `save` is called with the new text. `before` is shown above (what the machine heard)."""
        self._save = save
        self.title.say(title, **facts)
        self.before.setText(before)
        self.before.setVisible(bool(before))
        self.text.setPlainText(text)
        self.text.moveCursor(self.text.textCursor().MoveOperation.End)
        self.text.setFocus()

    def commit(self) -> None:
        if self._save is not None:
            self._save(self.text.toPlainText().strip())
        self.left.emit()

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        if watched is self.text and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Escape:
                self.left.emit()
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                self.commit()
                return True
        return False


class FindingsPane(Sheet):
    """Signals: `chosen(finding id)` by a press, `note(finding id)` by two, `typing(bool)` when the editor or the filter opens and closes."""

    chosen = Signal(str)
    note = Signal(str)

    def __init__(self, store: RecordingStore, model: FindingsModel, parent: QWidget | None = None) -> None:
        super().__init__("findings", parent)
        self._store, self._model = store, model
        self.table = Table(model, WIDTHS, fixed=frozenset({0, 1, 2, 5}))
        self.table.clicked.connect(lambda index: self.chosen.emit(model.rows[index.row()].id))
        self.table.doubleClicked.connect(lambda index: self.note.emit(model.rows[index.row()].id))
        self.editor = WordsEditor(self)
        self.editor.left.connect(self.close_editor)
        self._empty = Empty("finding", "ui.findings.empty", "ui.findings.empty_text")
        holder = QWidget(self)
        self._stack = QStackedLayout(holder)
        for page in (self.table, self._empty, self.editor):
            self._stack.addWidget(page)
        self.body.addWidget(holder, 1)
        self._count = Say(tone="muted", size=-1)
        self.state = Choice("")
        self.state.chosen.connect(model.want_state)
        self.search = FilterField("ui.findings.search")
        self.search.changed.connect(model.want_words)
        self.search.typing.connect(self.typing)
        for tool in (self._count, self.state, self.search):
            self.line.addWidget(tool)
        self._offer()
        for signal in (model.modelReset, model.rowsInserted, model.rowsRemoved, model.dataChanged):
            signal.connect(self._tell)
        self._tell()

    @property
    def count(self) -> int:
        return sum(1 for row in self._model.all if row.state != "withdrawn")

    def _offer(self) -> None:
        self.state.offer([(name, tr(f"ui.findings.{name}")) for name in STATES], tr("ui.findings.state"))

    def open_editor(self, title: str, text: str, save: Callable[[str], object], before: str = "", **facts: object) -> None:
        self._stack.setCurrentWidget(self.editor)
        self.editor.edit(title, text, save, before, **facts)
        self.typing.emit(True)

    def close_editor(self) -> None:
        if self._stack.currentWidget() is self.editor:
            self._stack.setCurrentWidget(self.table)
            self._tell()
            self.typing.emit(False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow pane the out point gives its room to the quote."""
        super().resizeEvent(event)
        self.table.setColumnHidden(2, self.width() < look().em * 30)
        self._tell()

    @property
    def is_typing(self) -> bool:
        return self._stack.currentWidget() is self.editor

    def _tell(self) -> None:
        rows = [finding for finding in self._model.all if finding.state != "withdrawn"]
        complete = sum(1 for finding in rows if is_complete(finding))
        self._count.say("ui.findings.count", complete=complete, open=len(rows) - complete)
        self._count.setVisible(bool(rows) and self.width() > look().em * 26)
        if not self.is_typing:
            self._stack.setCurrentWidget(self.table if self._model.all else self._empty)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "search"):
            self._model.retranslate()
            self._offer()
            self._tell()
        super().changeEvent(event)
