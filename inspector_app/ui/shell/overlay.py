"""Things laid over the window without stopping it: the palette of commands and articles, and the sheet of keys. Esc leaves both."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QGraphicsDropShadowEffect,
    QGridLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QScrollArea,
    QWidget,
)

from inspector_app.i18n import tr
from inspector_app.ui.input.acts import Act, of_group
from inspector_app.ui.input.keymap import key_map
from inspector_app.ui.input.keys import shown
from inspector_app.ui.theme.look import look
from inspector_app.ui.theme.widgets import Button, Say, clear, column, row


class Overlay(QFrame):
    """A floating frame over its parent. Signal `left()` when it closes."""

    left = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._over = parent
        self.setObjectName("overlay")
        shadow = QGraphicsDropShadowEffect(self)
        shadow.setBlurRadius(40)
        shadow.setOffset(0, 8)
        shadow.setColor(QColor(0, 0, 0, 110))
        self.setGraphicsEffect(shadow)
        self.hide()

    def place(self, width: int, height: int, top: int) -> None:
        """Puts the frame in the middle across, as large as asked but never larger than the window."""
        parent = self._over
        width, height = min(width, parent.width() - 40), min(height, parent.height() - top - 20)
        self.setGeometry((parent.width() - width) // 2, top, width, height)
        self.raise_()

    def close_overlay(self) -> None:
        if self.isVisible():
            self.hide()
            self.left.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_F1, Qt.Key.Key_Question):
            self.close_overlay()
        else:
            super().keyPressEvent(event)


@dataclass(frozen=True)
class Entry:
    """A line of the palette: what it is called, a quiet note (keys, an article's law), what it does."""

    title: str
    note: str
    act: Callable[[], object]


class Palette(Overlay):
    """A field and a list; `source(text)` gives the entries for what is typed."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._source: Callable[[str], Sequence[Entry]] = lambda _text: ()
        self._entries: list[Entry] = []
        box = column(10, 10, 10, 10, spacing=8)
        self.setLayout(box)
        self.field = QLineEdit()
        self.field.setMinimumHeight(look().em + 18)
        self.field.textChanged.connect(self._list_entries)
        self.field.installEventFilter(self)
        self._list = QListWidget()
        self._list.setObjectName("lines")
        self._list.setFrameShape(QFrame.Shape.NoFrame)
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.itemClicked.connect(lambda _: self._take())
        self._none = Say("ui.palette.none", tone="muted")
        self._none.setContentsMargins(8, 4, 8, 4)
        box.addWidget(self.field)
        box.addWidget(self._none)
        box.addWidget(self._list, 1)

    def ask(self, hint: str, source: Callable[[str], Sequence[Entry]]) -> None:
        """Opens on a source of entries."""
        self._source = source
        self.field.setPlaceholderText(tr(hint))
        self.field.setAccessibleName(tr(hint))
        self._list.setAccessibleName(tr(hint))
        self.field.clear()
        self.place(look().em * 36, look().em * 24, look().em * 5)
        self.show()
        self.field.setFocus()
        self._list_entries("")

    def _list_entries(self, text: str) -> None:
        self._entries = list(self._source(text.strip()))[:200]
        self._list.clear()
        self._none.setVisible(not self._entries)
        for entry in self._entries:
            item = QListWidgetItem()
            line = QWidget()
            layout = row(8, 5, 8, 5, spacing=10)
            line.setLayout(layout)
            title, note = Say(), Say(tone="muted", size=-1)
            title.setText(entry.title)
            note.setText(entry.note)
            layout.addWidget(title, 1)
            layout.addWidget(note)
            item.setSizeHint(line.sizeHint())
            self._list.addItem(item)
            self._list.setItemWidget(item, line)
        self._list.setCurrentRow(0)

    def _take(self) -> None:
        place = self._list.currentRow()
        self.close_overlay()
        if 0 <= place < len(self._entries):
            self._entries[place].act()

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        if watched is self.field and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            match event.key():
                case Qt.Key.Key_Escape:
                    self.close_overlay()
                case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                    self._take()
                case Qt.Key.Key_Down | Qt.Key.Key_Up:
                    step = 1 if event.key() == Qt.Key.Key_Down else -1
                    self._list.setCurrentRow(min(self._list.count() - 1, max(0, self._list.currentRow() + step)))
                case _:
                    return False
            return True
        if watched is self.field and event.type() == QEvent.Type.FocusOut and self.isVisible():
            self.close_overlay()
        return False


class KeySheet(Overlay):
    """Every key by group, as the key map has it now. Signals `edit()`, `book()` for the key editor and the handbook."""

    edit = Signal()
    book = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        box = column(22, 16, 22, 16, spacing=10)
        self.setLayout(box)
        head = row()
        head.addWidget(Say("ui.sheet.title", size=3, bold=True))
        head.addStretch(1)
        head.addWidget(Say("ui.sheet.leave", tone="muted", size=-1))
        head.addWidget(Button("ui.act.keys", lambda: self._leave_for(self.edit), icon_name="settings"))
        head.addWidget(Button("ui.act.handbook", lambda: self._leave_for(self.book), icon_name="handbook"))
        box.addLayout(head)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._inner = QWidget()
        self._across = row(spacing=26)
        self._inner.setLayout(self._across)
        area.setWidget(self._inner)
        box.addWidget(area, 1)

    def _leave_for(self, signal: object) -> None:
        self.close_overlay()
        signal.emit()  # type: ignore[attr-defined]

    def _fill(self) -> None:
        clear(self._across)
        for names in (("play", "move"), ("tag", "adjust"), ("say", "judge", "file", "edit"), ("view", "work", "help")):
            down = column(spacing=12)
            for name in names:
                down.addLayout(self._group(name))
            down.addStretch(1)
            self._across.addLayout(down)

    def _group(self, name: str) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(3)
        grid.addWidget(Say(f"ui.sheet.{name}", bold=True, tone="muted", size=-1), 0, 0, 1, 2)
        for place, (keys, title) in enumerate(_lines(of_group(name)), 1):
            cap = QLabel(keys)
            cap.setProperty("chip", "key")
            cap.setFont(look().font(-1))
            grid.addWidget(cap, place, 0, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(Say(title), place, 1)
        grid.setColumnMinimumWidth(0, look().em * 5)
        grid.setColumnStretch(1, 1)
        return grid

    def open_sheet(self) -> None:
        self._fill()
        self.setAccessibleName(tr("ui.sheet.title"))
        self.place(look().em * 66, self.sizeHint().height() + self._inner.sizeHint().height() - look().em, look().em * 2)
        self.show()
        self.setFocus()


def _lines(acts: Sequence[Act]) -> list[tuple[str, str]]:
    """Keys and word key of a group's acts that have any; digits and steps that still have their own keys are one line."""
    keys = key_map()
    lines: list[tuple[str, str]] = []
    digits = [act.id for act in acts if act.id.startswith("tap_")]
    if digits and all(keys.keys(act) == (act.removeprefix("tap_"),) for act in digits):
        lines += [("1 … 9  0", "ui.act.tap"), ("1 1", "ui.act.tap_again"), ("1 2", "ui.act.tap_other")]
        acts = [act for act in acts if act.id not in digits]
    steps = [act.id for act in acts if act.id.startswith("step_")]
    if steps and all(keys.keys(act) == (f"Ctrl+{act.removeprefix('step_')}",) for act in steps):
        lines.append(("Ctrl+1 … 5", "ui.act.steps"))
        acts = [act for act in acts if act.id not in steps]
    return lines + [("  ".join(shown(key) for key in keys.keys(act.id)), f"ui.act.{act.id}") for act in acts if keys.keys(act.id)]
