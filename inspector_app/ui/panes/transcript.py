"""The transcript pane: the list of lines, what it shows, following the play-head, and the search bar that Ctrl+F opens."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPointF, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QLineEdit, QListView, QStackedLayout, QWidget

from inspector_app.i18n import tr
from inspector_app.ui.models.store import RecordingStore
from inspector_app.ui.models.transcript import KINDS, TranscriptModel
from inspector_app.ui.theme.look import look
from inspector_app.ui.theme.widgets import Button, Empty, Panel, Say, row

from .leadcard import LeadCard
from .lines import LineDelegate

#: how long the list stays where the user scrolled it before it follows again
_REST_MS = 4000


class Lines(QListView):
    """The list itself; never takes focus: keys belong to the watch step."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setLayoutMode(QListView.LayoutMode.Batched)
        self.setBatchSize(400)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)


class TranscriptPane(Panel):
    """Signals: `seek(us)`, `correct(segment id)`, `act(name)` for keys pressed with the mouse, `found(hit)` never modal."""

    seek = Signal(int)
    correct = Signal(str)
    act = Signal(str)
    search = Signal(str)
    search_left = Signal()

    def __init__(self, store: RecordingStore, model: TranscriptModel, name_of: Callable[[str], str], parent: QWidget | None = None) -> None:
        super().__init__("ui.transcript.title", parent)
        self._store, self.model = store, model
        self.card = LeadCard(name_of)
        self.view = Lines(self)
        self.view.setModel(model)
        self.delegate = LineDelegate(model, self.card, self.view)
        self.view.setItemDelegate(self.delegate)
        self.view.clicked.connect(lambda index: self._click(index.row()))
        self.view.doubleClicked.connect(lambda index: self._double(index.row()))
        self.view.viewport().installEventFilter(self)
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._toggles()
        self._search_bar()
        holder = QWidget(self)
        self._stack = QStackedLayout(holder)
        self._stack.setContentsMargins(0, 0, 0, 0)
        self._empty = Empty("speech", "ui.transcript.empty", "ui.transcript.empty_text")
        self._stack.addWidget(self.view)
        self._stack.addWidget(self._empty)
        self.body.addWidget(holder, 1)
        model.modelReset.connect(self._reset)
        model.remarked.connect(self.view.doItemsLayout)
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

    # -- content -------------------------------------------------------------------------------------------------------------

    def _reset(self) -> None:
        self._stack.setCurrentWidget(self.view if self.model.rows else self._empty)

    def _tell(self) -> None:
        now = self._store.now
        transcript = now.transcript if now else None
        if now is None or transcript is None:
            self.note.setText("")
            return
        checked = sum(1 for s in now.segments if s.corrected is not None) * 100 // max(1, len(now.segments))
        self.note.say("ui.transcript.note", model=transcript.model_name, checked=checked)

    def follow(self, at_us: int) -> None:
        """Marks the line of a moment as current and keeps it in sight, unless the user is reading elsewhere."""
        place = self.model.row_at(at_us)
        if place == self.model.current:
            return
        self.model.set_current(place)
        if place >= 0 and not self._rest.isActive():
            self.reveal(place)

    def reveal(self, place: int) -> None:
        index = self.model.index(place)
        box: QRect = self.view.visualRect(index)
        height = self.view.viewport().height()
        if not box.isValid() or box.top() < look().em * 2 or box.bottom() > height - look().em * 3:
            self.view.scrollTo(index, QAbstractItemView.ScrollHint.PositionAtCenter)

    def stage(self, name: str) -> None:
        """What the open card asks for: "", "reject" or "other"."""
        if self.card.stage != name:
            self.card.stage = name
            self.delegate.forget()
            self.view.viewport().update()

    # -- mouse ---------------------------------------------------------------------------------------------------------------

    def _click(self, place: int) -> None:
        if 0 <= place < len(self.model.rows):
            self.seek.emit(self.model.rows[place].start_us)

    def _double(self, place: int) -> None:
        if 0 <= place < len(self.model.rows) and self.model.rows[place].kind == "speech":
            self.correct.emit(self.model.rows[place].id)

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        if watched is self.field and isinstance(event, QKeyEvent):
            if event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Escape:
                self.close_search()
                return True
        elif isinstance(event, QWheelEvent):
            self._rest.start()
        elif event.type() == QEvent.Type.MouseButtonPress and isinstance(event, QMouseEvent):
            return self._press(event)
        return False

    def _press(self, event: QMouseEvent) -> bool:
        """A press on a key of the open card does what the key does."""
        index = self.view.indexAt(event.position().toPoint())
        if not index.isValid():
            return False
        box = self.view.visualRect(index)
        card = self.delegate.card_of(index.row(), box.width())
        point = event.position() - QPointF(box.topLeft())
        if card is None or not card.contains(point):
            return False
        act = self.card.act_at(point)
        if act:
            self.act.emit(act)
        return True

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.LanguageChange, QEvent.Type.PaletteChange) and hasattr(self, "delegate"):
            self.delegate.forget()
            self.field.setPlaceholderText(tr("ui.transcript.search_hint"))
            self.view.viewport().update()
            self._tell()
        super().changeEvent(event)
