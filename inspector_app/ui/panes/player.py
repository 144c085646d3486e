"""The video pane: the picture whole (portrait is the normal case), the clocks as they are known, and the transport."""

from datetime import datetime, timedelta

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtMultimedia import QVideoFrame
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QSizePolicy, QWidget

from inspector_app.domain.timebase import beijing, format_clock
from inspector_app.i18n import tr
from inspector_app.ui.models.store import RecordingStore
from inspector_app.ui.theme.look import look
from inspector_app.ui.theme.widgets import Button, Panel, Say, row, rule

from .playback import Playback


class VideoSurface(QWidget):
    """Paints the newest picture as large as it fits, whole and unstretched."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._frame: QVideoFrame | None = None
        self._image = QImage()
        self.message = ""

    def sizeHint(self) -> QSize:
        return QSize(look().em * 14, look().em * 24)

    def minimumSizeHint(self) -> QSize:
        return QSize(look().em * 8, look().em * 8)

    def show_frame(self, frame: QVideoFrame) -> None:
        if frame.isValid():
            self._frame = frame
            self.update()

    def show_image(self, image: QImage) -> None:
        self._frame, self._image = None, image
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), look().colour("video"))
        if self._frame is not None:  # turned into an image once, when it is first painted
            self._image, self._frame = self._frame.toImage(), None
        if not self._image.isNull():
            size = self._image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
            box = QRectF((self.width() - size.width()) / 2, (self.height() - size.height()) / 2, size.width(), size.height())
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(box, self._image)
        elif self.message:
            painter.setPen(look().colour("faint"))
            box = QRectF(self.rect()).adjusted(12, 12, -12, -12)
            painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap), self.message)


class PlayerPane(Panel):
    def __init__(self, store: RecordingStore, playback: Playback, parent: QWidget | None = None) -> None:
        super().__init__("ui.player.title", parent)
        self._store, self.playback = store, playback
        self.surface = VideoSurface(self)
        self.body.addWidget(self.surface, 1)
        self._digest = QLabel()
        self._digest.setProperty("tone", "muted")
        self._digest.setFont(look().fixed(-2))
        self.head.addWidget(self._digest)
        self.body.addWidget(rule())
        self.body.addLayout(self._clocks())
        self.body.addWidget(rule())
        self.body.addLayout(self._transport())
        store.loaded.connect(self._load)
        store.indexed.connect(self._tell)
        playback.moved.connect(lambda _: self._tell())
        playback.state.connect(lambda playing: self._play.set_icon("pause" if playing else "play"))
        playback.picture.connect(self.surface.show_frame)
        playback.failed.connect(self._fail)
        playback.speed_changed.connect(self._tell)
        self._tell()

    def _clocks(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setContentsMargins(12, 7, 10, 7)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(2)
        self._broadcast, self._media = QLabel(), QLabel()
        self._broadcast.setFont(look().fixed(2, bold=True))
        self._media.setFont(look().fixed(0, bold=True))
        self._broadcast_note, self._media_note = Say(tone="muted", size=-1), Say(tone="muted", size=-1)
        for place, (clock, note) in enumerate(((self._broadcast, self._broadcast_note), (self._media, self._media_note))):
            grid.addWidget(clock, place, 0)
            grid.addWidget(note, place, 1)
        grid.setColumnStretch(1, 1)
        return grid

    def _transport(self) -> QHBoxLayout:
        line = row(8, 4, 10, 4, spacing=2)
        self.buttons = {
            name: Button(icon_name=icon, kind="flat", hint=f"ui.player.{name}", focus=False)
            for name, icon in (("frame_back", "step-back"), ("play", "play"), ("frame_on", "step-forward"))
        }
        self._play = self.buttons["play"]
        for button in self.buttons.values():
            line.addWidget(button)
        line.addStretch(1)
        self._speed = Say(tone="muted", size=-1)
        line.addWidget(self._speed)
        return line

    # -- content -------------------------------------------------------------------------------------------------------------

    def _load(self) -> None:
        now = self._store.now
        if now is None:
            self.playback.unload()
            self.surface.show_image(QImage())
            self._digest.clear()
            self.note.setText("")
        elif self.property("recording") != now.recording.id:
            recording = now.recording
            self.surface.message = "" if recording.has_video else tr("ui.player.sound_only")
            self.surface.show_image(QImage())
            self._digest.setText(f"{recording.original_id[:4]}…{recording.original_id[-4:]}")
            self._digest.setToolTip(f"SHA-256 {recording.original_id}")
            self.playback.load(now.media, now.offset_us, recording.duration_us)
        self.setProperty("recording", now.recording.id if now else "")
        self._tell()

    def _fail(self, text: str) -> None:
        self.surface.message = tr("ui.player.failed", cause=text)
        self.surface.update()

    def _tell(self) -> None:
        """Writes the clocks; a broadcast time nobody recorded is said to be unknown, never guessed."""
        now, at = self._store.now, self.playback.position_us
        started = now.session.started_at if now else ""
        self._broadcast.setText(_broadcast_clock(started, at) if started else "—")
        self._broadcast_note.say("ui.player.broadcast" if started else "ui.player.broadcast_unknown")
        self._media.setText(format_clock(at))
        index = self._store.index
        if index is not None and len(index) and index.kind == "video":
            frame = index.at(at)
            self._media_note.say("ui.player.media_frame", frame=frame, pts=int(index.pts[frame]))
        else:
            self._media_note.say("ui.player.media")
        speed = self.playback.speed
        self._speed.say("ui.player.speed", speed=f"{speed / 100:g}")
        if now is not None:
            rate = _rate(self._store)
            size = f"{now.recording.width}×{now.recording.height}" if now.recording.has_video else ""
            self.note.setText(" · ".join(part for part in (size, rate) if part))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "_speed"):
            self._tell()
        super().changeEvent(event)


def _broadcast_clock(started_at: str, at_us: int) -> str:
    moment = beijing(datetime.fromisoformat(started_at)) + timedelta(microseconds=at_us)
    return moment.strftime("%H:%M:%S.") + f"{moment.microsecond // 1000:03d}"


def _rate(store: RecordingStore) -> str:
    index = store.index
    steps = index.intervals_us() if index is not None and index.kind == "video" else None
    return f"{1_000_000 / steps[1]:.3g} fps" if steps and steps[1] else ""
