"""The transcript pane: the list of lines, following the play-head, search and replace, and editing a sentence where it stands."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QStackedLayout, QWidget

from inspector_app.domain.records import Segment
from inspector_app.i18n import has, tr
from inspector_app.ui.models.leads import about
from inspector_app.ui.models.store import RecordingStore
from inspector_app.ui.models.transcript import KINDS, TranscriptModel
from inspector_app.ui.theme.widgets import Button, Empty, Panel, Say, row

from .inplace import InPlace
from .leadcard import LeadCard
from .lines import LinePainter
from .lineview import LineView
from .replacing import Replacing

#: how long the list stays where the user scrolled it before it follows again
_REST_MS = 4000


class TranscriptPane(Panel):
    """Signals: `seek(us)`, `correct(segment id)` asked for, `edited(Edited)`, `typing(bool)`, `act(name)` for keys pressed with the mouse."""

    seek = Signal(object)
    correct = Signal(str)
    edited = Signal(object)
    typing = Signal(bool)
    act = Signal(str)
    search = Signal(str)
    search_left = Signal()

    def __init__(self, store: RecordingStore, model: TranscriptModel, name_of: Callable[[str], str], parent: QWidget | None = None) -> None:
        super().__init__("ui.transcript.title", parent)
        self._store, self.model = store, model
        self.card = LeadCard(name_of, partial(about, store))
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self.lines = LinePainter(model, self.card)
        self.view = LineView(model, self.lines, self)
        self.view.pressed.connect(self._press)
        self.view.doubled.connect(self._double)
        self.view.card_pressed.connect(self.act)
        self.view.scrolled.connect(self._rest.start)
        self.view.words_of = self._tip
        self.inplace = InPlace(self.view.viewport())
        self.inplace.saved.connect(self.edited)
        self.inplace.left.connect(lambda: self.typing.emit(False))
        self.view.verticalScrollBar().valueChanged.connect(lambda _: self.inplace.close_field())
        self._toggles()
        self._search_bar()
        self.replacing = Replacing()
        self.replacing.seek.connect(self.seek)
        self.body.addWidget(self.replacing)
        holder = QWidget(self)
        self._stack = QStackedLayout(holder)
        self._stack.setContentsMargins(0, 0, 0, 0)
        self._empty = Empty("speech", "ui.transcript.empty", "ui.transcript.empty_text")
        self._stack.addWidget(self.view)
        self._stack.addWidget(self._empty)
        self.body.addWidget(holder, 1)
        model.modelReset.connect(self._reset)
        store.loaded.connect(self._tell)
        store.segments.connect(self._tell)
        self._reset()

    def _toggles(self) -> None:
        self._kinds = {}
        for kind in KINDS:
            button = Button(f"ui.transcript.{kind}", kind="toggle", focus=False)
            button.setCheckable(True)
            button.setChecked(True)
            button.toggled.connect(lambda shown, kind=kind: self.model.show_kind(kind, shown))
            self._kinds[kind] = button
            self.head.addWidget(button)
        swap = Button(
            kind="flat", icon_name="refresh", hint="ui.act.replace", focus=False, keyed="replace", act=lambda: self.act.emit("replace")
        )
        self.head.addWidget(swap)
        self.head.addWidget(Button(kind="flat", icon_name="search", hint="ui.transcript.search", focus=False, act=self.open_search))

    def _search_bar(self) -> None:
        self._bar = QFrame(self)
        line = row(10, 5, 8, 5)
        self._bar.setLayout(line)
        self.field = QLineEdit()
        self.field.setPlaceholderText(tr("ui.transcript.search_hint"))
        self.field.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.field.textChanged.connect(self.search)
        self.field.returnPressed.connect(lambda: self.act.emit("next_hit"))
        self.field.installEventFilter(self)
        self.hits = Say(tone="muted", size=-1)
        line.addWidget(self.field, 1)
        line.addWidget(self.hits)
        line.addWidget(Button(kind="flat", icon_name="close", hint="ui.close", focus=False, act=self.close_search))
        self._bar.hide()
        self.body.addWidget(self._bar)

    def open_search(self) -> None:
        self._bar.show()
        self.field.setFocus()
        self.field.selectAll()

    def close_search(self) -> None:
        self._bar.hide()
        self.field.clear()
        self.search_left.emit()

    def edit(self, segment: Segment) -> None:
        """Opens the sentence for editing where it stands."""
        place = self.model.row_of(segment.id)
        if place >= 0:
            self.view.reveal(place)
            self.inplace.open(segment, self.view.words_rect(place))
            self.typing.emit(True)

    def _tip(self, place: int) -> str:
        """Why a line is doubtful, what the machine heard where a person corrected it, what it may have been misheard from."""
        row_ = self.model.rows[place]
        segment = next((one for one in (self._store.now.segments if self._store.now else ()) if one.id == row_.id), None)
        if segment is None:
            return f"{row_.who}：{row_.words}" if row_.kind == "chat" and row_.who else ""
        lines = [tr(f"flag.{flag}") for flag in segment.flags if has(f"flag.{flag}")]
        if segment.corrected is not None:
            lines.append(tr("ui.editor.machine", text=segment.text))
        if segment.confirmed_by:
            lines.append(tr("ui.transcript.confirmed", by=segment.confirmed_by))
        lines += [
            tr("ui.transcript.heard_tip", heard=row_.words[start:end], term=term) for start, end, term in self.model.heard.get(row_.id, ())
        ]
        return "\n".join(lines)

    # -- content -------------------------------------------------------------------------------------------------------------

    def _reset(self) -> None:
        self._stack.setCurrentWidget(self.view if self.model.rows else self._empty)

    def _tell(self) -> None:
        now = self._store.now
        transcript = now.transcript if now else None
        if now is None or transcript is None:
            self.note.setText("")
            return
        checked = sum(1 for s in now.segments if s.corrected is not None or s.confirmed_by) * 100 // max(1, len(now.segments))
        self.note.say("ui.transcript.note", model=transcript.model_name, checked=checked)

    def follow(self, at_us: int) -> None:
        """Marks the line of a moment as current and keeps it in sight, unless the user is reading elsewhere."""
        place = self.model.row_at(at_us)
        if place == self.model.current:
            return
        self.model.set_current(place)
        if place >= 0 and not self._rest.isActive():
            self.view.reveal(place)

    def stage(self, name: str) -> None:
        """What the open card asks for: "", "reject" or "other"."""
        if self.card.stage != name:
            self.card.stage = name
            self.view.viewport().update()

    # -- mouse ---------------------------------------------------------------------------------------------------------------

    def _press(self, place: int) -> None:
        if 0 <= place < len(self.model.rows):
            self.seek.emit(self.model.rows[place].start_us)

    def _double(self, place: int) -> None:
        if 0 <= place < len(self.model.rows) and self.model.rows[place].kind == "speech":
            self.correct.emit(self.model.rows[place].id)

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        pressed = watched is self.field and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress
        if pressed and event.key() == Qt.Key.Key_Escape:  # type: ignore[attr-defined]
            self.close_search()
            return True
        return False

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.LanguageChange, QEvent.Type.PaletteChange) and hasattr(self, "lines"):
            self.lines.forget()
            self.card.forget()
            self.view.measure()
            self.field.setPlaceholderText(tr("ui.transcript.search_hint"))
            self._tell()
        super().changeEvent(event)
