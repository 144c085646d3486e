"""Live recordings: one card a room with what its recorder says, a banner when nothing grows, and a word on quitting that recording goes on."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QWidget

from inspector_app.domain.errors import InspectorError
from inspector_app.domain.timebase import SECOND
from inspector_app.i18n import explain, tr
from inspector_app.ui.bridge.background import Background
from inspector_app.ui.bridge.chain import Chain
from inspector_app.ui.bridge.desk import Desk
from inspector_app.ui.models.captures import Room, read_rooms
from inspector_app.ui.models.words import file_size, span_clock
from inspector_app.ui.pages.page import scroll
from inspector_app.ui.theme.look import look
from inspector_app.ui.theme.widgets import Button, Chip, Elided, Icon, Panel, Say, column, row

_EVERY_MS = 1000
#: a stop asked for once must be asked for again within this time
_SURE_MS = 4000
_FAREWELL_MS = 6000
_TONES = {
    "planned": "plain",
    "paused": "lead",
    "recording": "good",
    "connecting": "accent",
    "stopping": "accent",
    "stopped": "plain",
    "stalled": "bad",
    "waiting": "lead",
}


class RoomCard(QFrame):
    """One room. Signals: `mark(capture id)`, `pause(capture id, on)`, `stop(capture id)`, `follow(capture id)`, `see(recording id)`."""

    mark = Signal(str)
    pause = Signal(str, bool)
    stop = Signal(str)
    follow = Signal(str)
    see = Signal(str)

    def __init__(self, room: Room, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.room = room
        self.setObjectName("card")
        box = column(12, 5, 8, 6, spacing=2)
        self.setLayout(box)
        head = row(spacing=8)
        self.state = Chip()
        self.name = Elided()
        self.name.setFont(look().font(bold=True))
        head.addWidget(self.state)
        head.addWidget(self.name, 1)
        self._follow = Button(
            "ui.live.follow", lambda: self.follow.emit(self.room.capture.id), icon_name="refresh", hint="ui.live.follow_hint"
        )
        self._see = Button("ui.live.see", lambda: self.see.emit(self.room.capture.recording_id), icon_name="watch", hint="ui.live.see_hint")
        self._mark = Button("ui.live.mark", lambda: self.mark.emit(self.room.capture.id), icon_name="flag", hint="ui.live.mark_hint")
        self._pause = Button("ui.live.pause", self._ask_pause, icon_name="pause", hint="ui.live.pause_hint")
        self._stop = Button("ui.live.stop", self._ask_stop, icon_name="stop", hint="ui.live.stop_hint")
        for button in (self._follow, self._see, self._mark, self._pause, self._stop):
            head.addWidget(button)
        box.addLayout(head)
        self.figures = Elided()
        self.figures.setFont(look().fixed(-1))
        box.addWidget(self.figures)
        self.heard = Elided()
        self.heard.setFont(look().font(-1))
        box.addWidget(self.heard)
        self.trouble = Elided()
        self.trouble.setFont(look().font(-1))
        self.trouble.setProperty("tone", "bad")
        box.addWidget(self.trouble)
        self._sure = QTimer(self, singleShot=True, interval=_SURE_MS)
        self._sure.timeout.connect(lambda: self._stop.rename("ui.live.stop"))
        self.show_room(room)

    def show_room(self, room: Room) -> None:
        self.room = room
        self.name.set_text(room.name)
        self.state.say(f"ui.live.state.{room.state}")
        self.state.set_chip(_TONES.get(room.state, "bad"))
        self.figures.set_text("   ".join(figures(room)))
        self.figures.setAccessibleName(self.figures.text())
        heard = analysed(room)
        self.heard.set_text(heard)
        self.heard.setAccessibleName(heard)
        self.heard.setVisible(bool(heard))
        trouble = self._trouble()
        self.trouble.set_text(trouble)
        self.trouble.setAccessibleName(trouble)
        self.trouble.setVisible(bool(trouble))
        running = room.state not in ("gone", "stopping", "stopped")
        self._mark.setEnabled(running)
        self._pause.setEnabled(running)
        self._pause.rename("ui.live.resume" if room.state == "paused" else "ui.live.pause")
        self._stop.setEnabled(running)
        self._follow.setVisible(not room.following)
        self._see.setEnabled(room.watchable)

    def _trouble(self) -> str:
        room = self.room
        if room.trouble and room.state != "recording":
            return " ".join(explain(InspectorError(str(room.trouble.get("code", "")), **(room.trouble.get("facts") or {}))))
        if room.state in ("silent", "gone"):
            return tr(f"ui.live.{room.state}_text")
        if room.state == "stopped":
            return tr(f"ui.live.reason.{room.reason or 'stopped'}")
        if room.view.get("warnings"):
            return " ".join(tr(f"ui.live.view.{name}") for name in room.view["warnings"])
        if room.disk_level in ("red", "stop"):
            return tr("ui.live.disk_text", free=file_size(room.free))
        return ""

    def _ask_pause(self) -> None:
        self.pause.emit(self.room.capture.id, self.room.state != "paused")

    def _ask_stop(self) -> None:
        """The first press asks, in the button itself; the second one within a few seconds stops."""
        if self._sure.isActive():
            self._sure.stop()
            self._stop.rename("ui.live.stop")
            self.stop.emit(self.room.capture.id)
        else:
            self._stop.rename("ui.live.stop_sure")
            self._sure.start()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "_sure"):
            self.show_room(self.room)
        super().changeEvent(event)


def figures(room: Room) -> list[str]:
    """What a room's line of figures says, in the order in which it matters."""
    megabits = room.rate * 8 // 100_000
    words = [span_clock(room.seconds * SECOND), file_size(room.bytes)]
    if room.state == "recording":
        words.append(f"{megabits // 10}.{megabits % 10} Mbit/s")
    words += [tr("ui.live.gaps", count=room.gaps), tr("ui.live.reconnects", count=room.reconnects)]
    if room.seconds_left is not None:
        hours, minutes = divmod(int(room.seconds_left) // 60, 60)
        words.append(tr("ui.live.disk_hours", hours=hours) if hours > 1 else tr("ui.live.disk_left", minutes=hours * 60 + minutes))
    elif room.free:
        words.append(tr("ui.live.disk_free", free=file_size(room.free)))
    words.append(tr("ui.live.clock_on") if room.servers else tr("ui.live.clock_off"))
    if room.view:
        words.append(meter(room.view.get("level_db")))
        words += [str(room.view["window"])] if room.view.get("window") else []
    if planned := int(room.capture.facts.get("seconds", 0) or 0):
        words.append(tr("ui.live.planned", time=span_clock(planned * SECOND)))
    return words


def analysed(room: Room) -> str:
    """How far speech and screen are read while it is recorded, and what is just being said; "" where nobody listens."""
    stands = room.analysis
    if not stands.recorded_us:
        return ""
    words = [tr("ui.live.analysis", heard=span_clock(stands.heard_us), read=span_clock(stands.read_us))]
    if stands.speech_later or stands.screen_later:
        words.append(tr("ui.live.analysis_later"))
    if room.saying:
        words.append(tr("ui.live.saying", text=room.saying))
    return "   ".join(words)


def meter(level_db: int | None) -> str:
    """The loudest of the last moment as ten strokes over 60 dB, with its figure; said in words where no sound is recorded."""
    if level_db is None:
        return tr("ui.live.no_sound")
    full = min(10, max(0, (int(level_db) + 60) // 6))
    return f"{'▮' * full}{'▯' * (10 - full)} {int(level_db)} dB"


class LivePanel(Panel):
    """Signals: `see(recording id)`, `rooms(count)` when rooms begin or end. Hidden while nothing is recorded."""

    see = Signal(str)
    rooms = Signal(int)

    def __init__(self, desk: Desk, chain: Chain, reading: Background, parent: QWidget | None = None) -> None:
        super().__init__("ui.live.title", parent)
        self._desk, self._chain, self._reading = desk, chain, reading
        self._rooms: dict[str, Room] = {}
        self._cards: dict[str, RoomCard] = {}
        self._stopping: set[str] = set()
        self._alarmed: set[str] = set()
        self._looking = False
        self.banner = QFrame()
        self.banner.setObjectName("alarm")
        line = row(12, 6, 12, 6, spacing=8)
        self.banner.setLayout(line)
        line.addWidget(Icon("warning", look().em, "finding"))
        self.alarm = Say(tone="bad", bold=True, wrap=True)
        line.addWidget(self.alarm, 1)
        self.body.addWidget(self.banner)
        inner = QWidget()
        self._box = column(8, 6, 8, 8, spacing=6)
        inner.setLayout(self._box)
        self._area = scroll(inner)
        self.body.addWidget(self._area, 1)
        self.hint = Say("ui.live.outlives", tone="muted", size=-1)
        self.head.addWidget(self.hint)
        self._timer = QTimer(self, interval=_EVERY_MS)
        self._timer.timeout.connect(self.look_again)
        self.banner.hide()
        self.hide()
        desk.opened.connect(self._begin)
        desk.closed.connect(self._forget)
        desk.changed.connect(self._heard)

    @property
    def shown(self) -> list[Room]:
        return list(self._rooms.values())

    def _begin(self) -> None:
        self.look_again()

    def _forget(self) -> None:
        running = [room for room in self._rooms.values() if room.state != "gone"]
        if running:
            self._desk.said.emit(tr("ui.live.goes_on", count=len(running)), "good")
        self._timer.stop()
        self._stopping.clear()
        self._alarmed.clear()
        self._looking = False
        self._show([])

    def _heard(self, act: str, _changes: object) -> None:
        if act in ("capture.start", "capture.end"):
            self.look_again()

    def look_again(self) -> None:
        """Reads what the recorders say, in the background; one look at a time."""
        if self._desk.work.case is None or self._looking:
            return
        self._looking = True
        before, stopping = dict(self._rooms), frozenset(self._stopping)
        work = self._desk.work
        self._reading.run(lambda: read_rooms(work, before, stopping), self._take, self._failed)

    def _failed(self, error: InspectorError) -> None:
        self._looking = False
        self._desk.complain(error)

    def _take(self, rooms: list[Room]) -> None:
        self._looking = False
        self._show(rooms)
        if rooms and not self._timer.isActive():
            self._timer.start()
        elif not rooms:
            self._timer.stop()

    def _show(self, rooms: Sequence[Room]) -> None:
        count = len(self._rooms)
        self._rooms = {room.capture.id: room for room in rooms}
        for key in [key for key in self._cards if key not in self._rooms]:
            card = self._cards.pop(key)
            card.hide()
            card.deleteLater()
            self._stopping.discard(key)
        for room in rooms:
            if room.capture.id in self._cards:
                self._cards[room.capture.id].show_room(room)
            else:
                self._add(room)
        self.note.setText(str(len(rooms)) if rooms else "")
        self._warn(rooms)
        self.setVisible(bool(rooms))
        self._fit()
        if count != len(rooms):
            self.rooms.emit(len(rooms))

    def _fit(self) -> None:
        """As high as the cards are, up to three of them; more are scrolled."""
        heights = [card.sizeHint().height() + 6 for card in self._cards.values()]
        self._area.setFixedHeight(sum(sorted(heights, reverse=True)[:3]) + 12)

    def _add(self, room: Room) -> None:
        card = RoomCard(room)
        card.mark.connect(self._mark)
        card.pause.connect(self._pause)
        card.stop.connect(self._stop)
        card.follow.connect(self._chain.follow_capture)
        card.see.connect(self.see)
        self._cards[room.capture.id] = card
        self._box.addWidget(card)

    def _warn(self, rooms: Sequence[Room]) -> None:
        """The banner stands as long as something does not grow; the hint bar says it once, wherever the person is."""
        alarming = [room for room in rooms if room.alarming]
        self.banner.setVisible(bool(alarming))
        names = " · ".join(f"{room.name} ({tr(f'ui.live.state.{room.state}')})" for room in alarming)
        self.alarm.setText(tr("ui.live.alarm", count=len(alarming), names=names) if alarming else "")
        fresh = {room.capture.id for room in alarming} - self._alarmed
        self._alarmed = {room.capture.id for room in alarming}
        if fresh:
            self._desk.said.emit(self.alarm.text(), "bad")

    # -- acts ------------------------------------------------------------------------------------------------------------------

    def mark_all(self) -> bool:
        """Marks every room that records at this moment; False where none does."""
        running = [room for room in self._rooms.values() if room.state == "recording"]
        for room in running:
            self._mark(room.capture.id)
        return bool(running)

    def _mark(self, capture_id: str) -> None:
        self._desk.do("recording.mark", capture_id=capture_id)

    def _pause(self, capture_id: str, on: bool) -> None:
        if self._desk.do("recording.pause", capture_id=capture_id, on=on) is not None:
            self.look_again()

    def _stop(self, capture_id: str) -> None:
        if self._desk.do("recording.stop", capture_id=capture_id) is not None:
            self._stopping.add(capture_id)
            self.look_again()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "_rooms"):
            self._warn(list(self._rooms.values()))
        super().changeEvent(event)


class Leaving(QObject):
    """Watches the window: when it is closed while rooms are recorded, a small note says that recording goes on. It asks nothing."""

    def __init__(self, live: LivePanel) -> None:
        super().__init__(live)
        self._live = live
        self._window: QWidget | None = None
        self.note: Farewell | None = None

    def watch(self, window: QWidget) -> None:
        if self._window is not window:
            self._window = window
            window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._window and event.type() == QEvent.Type.Close:
            running = [room for room in self._live.shown if room.state != "gone"]
            if running:
                self.note = Farewell(running)
                self.note.show()
        return super().eventFilter(watched, event)


class Farewell(QFrame):
    """A note of its own that goes by itself, or when it is pressed."""

    def __init__(self, rooms: Sequence[Room]) -> None:
        super().__init__(None, Qt.WindowType.Tool | Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowStaysOnTopHint)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, True)
        self.setObjectName("overlay")
        box = column(18, 14, 18, 14, spacing=6)
        self.setLayout(box)
        head = row(spacing=8)
        head.addWidget(Icon("camera", look().em, "accent"))
        head.addWidget(Say("ui.live.leaving", bold=True, size=1), 1)
        box.addLayout(head)
        for room in rooms[:6]:
            line = Say()
            line.setText(f"{room.name} · {tr(f'ui.live.state.{room.state}')} · {span_clock(room.seconds * SECOND)}")
            box.addWidget(line)
        box.addWidget(Say("ui.live.leaving_text", tone="muted", size=-1, wrap=True))
        self.setMinimumWidth(look().em * 24)
        QTimer.singleShot(_FAREWELL_MS, self, self.close)

    def mousePressEvent(self, _event: QMouseEvent) -> None:
        self.close()

    def keyPressEvent(self, _event: QKeyEvent) -> None:
        self.close()
