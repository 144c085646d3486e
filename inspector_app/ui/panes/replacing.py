"""Find and replace in the transcript: every hit is listed with what it would become before anything is changed; all are changed in one act."""

from html import escape
from typing import Any

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLabel, QLineEdit, QListWidget, QListWidgetItem, QWidget

from inspector_app.i18n import tr
from inspector_app.ui.models.words import short_clock
from inspector_app.ui.theme.look import look
from inspector_app.ui.theme.widgets import Button, Say, column, row

_SHOWN = 300


class Replacing(QFrame):
    """Signals: `preview(query, replacement)` asks for hits, `replace(query, replacement, segment ids)`, `seek(us)`, `left()`.

    A hit whose tick is taken away stays as it is.
    """

    preview = Signal(str, str)
    replace = Signal(str, str, object)
    seek = Signal(object)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.query, self.words = QLineEdit(), QLineEdit()
        self._soon = QTimer(self, singleShot=True, interval=150)
        self._soon.timeout.connect(lambda: self.preview.emit(self.query.text(), self.words.text()))
        box = column(10, 6, 8, 8, spacing=6)
        self.setLayout(box)
        line = row(spacing=6)
        for field in (self.query, self.words):
            field.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
            field.textChanged.connect(lambda _: self._soon.start())
            line.addWidget(field, 1)
        self._do = Button("ui.replace.all", self._ask, kind="primary")
        line.addWidget(self._do)
        line.addWidget(Button(kind="flat", icon_name="close", hint="ui.close", act=self.close_bar))
        box.addLayout(line)
        self._note = Say(tone="muted", size=-1)
        box.addWidget(self._note)
        self.list = QListWidget()
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.list.setFixedHeight(look().em * 9)
        self.list.itemChanged.connect(lambda _: self._tell())
        self.list.currentRowChanged.connect(self._look_at)
        box.addWidget(self.list)
        self._hits: list[dict[str, Any]] = []
        self._write()
        self.hide()

    def open_bar(self) -> None:
        self.show()
        self.query.setFocus()
        self.query.selectAll()
        self._soon.start()

    def close_bar(self) -> None:
        self.hide()
        self.left.emit()

    def show_hits(self, hits: list[dict[str, Any]]) -> None:
        """What would change, sentence by sentence, ticked."""
        self._hits = hits
        self.list.blockSignals(True)
        self.list.clear()
        for hit in hits[:_SHOWN]:
            item = QListWidgetItem()
            item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, hit["after"])
            self.list.addItem(item)
            self.list.setItemWidget(item, self._shown(hit))
            item.setSizeHint(self.list.itemWidget(item).sizeHint())
        self.list.blockSignals(False)
        self._tell()

    def _shown(self, hit: dict[str, Any]) -> QLabel:
        """The sentence with what goes struck through and what comes in its place."""
        t, query = look().t, self.query.text()
        new = f"<b style='color:{t.good}'>{escape(self.words.text())}</b>"
        parts = [escape(part) for part in hit["before"].split(query)]
        text = f"<s style='color:{t.finding}'>{escape(query)}</s>{new}".join(parts)
        label = QLabel(f"<span style='color:{t.muted}'>{short_clock(hit['start_us'])}</span>&nbsp;&nbsp;{text}")
        label.setContentsMargins(24, 3, 4, 3)
        label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        return label

    def _chosen(self) -> list[str]:
        """Segments that are to be changed: all that are ticked, and those too many to be listed."""
        ticked = [
            hit["segment"]
            for place, hit in enumerate(self._hits)
            if place >= _SHOWN or self.list.item(place).checkState() == Qt.CheckState.Checked
        ]
        return list(dict.fromkeys(ticked))

    def _tell(self) -> None:
        chosen = len(self._chosen())
        self._do.setEnabled(chosen > 0)
        if not self.query.text():
            self._note.say("ui.replace.empty")
        else:
            self._note.say("ui.replace.count", count=len(self._hits), chosen=chosen)

    def _look_at(self, place: int) -> None:
        if 0 <= place < len(self._hits):
            self.seek.emit(self._hits[place]["start_us"])

    def _ask(self) -> None:
        self.replace.emit(self.query.text(), self.words.text(), self._chosen())

    def _write(self) -> None:
        for field, key in ((self.query, "ui.replace.query"), (self.words, "ui.replace.words")):
            field.setPlaceholderText(tr(key))
            field.setAccessibleName(tr(key))
        self.list.setAccessibleName(tr("ui.replace.hits"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_bar()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._ask()
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "_soon"):
            self._write()
            self._tell()
        super().changeEvent(event)
