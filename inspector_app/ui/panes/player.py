"""The video pane: the picture whole (portrait is the normal case), the clocks as they are known, and the transport."""

from datetime import datetime, timedelta
from pathlib import Path

from PySide6.QtCore import QEvent
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QSizePolicy, QWidget

from inspector_app.domain.records import Recording
from inspector_app.domain.timebase import SECOND, beijing, format_clock
from inspector_app.i18n import tr
from inspector_app.media.frames import Shown
from inspector_app.ui.models.store import RecordingStore
from inspector_app.ui.player.pictures import Picture
from inspector_app.ui.player.surface import VideoSurface
from inspector_app.ui.theme.look import look
from inspector_app.ui.theme.widgets import Button, Panel, Say, row, rule

from .playback import Playback


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
        playback.picture.connect(self._show)
        self.surface.sized.connect(playback.pictures.fit)
        store.previews.connect(self._use_proxy)
        store.grown.connect(self._extend)
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
        self._file = QLabel()
        self._file.setProperty("tone", "muted")
        self._file.setFont(look().fixed(-2))
        self._file.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        for place, (clock, note) in enumerate(((self._broadcast, self._broadcast_note), (self._media, self._media_note))):
            grid.addWidget(clock, place, 0)
            grid.addWidget(note, place, 1)
        grid.addWidget(self._file, 2, 0, 1, 2)
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
            self.surface.show_image(QImage())
            self._digest.setText(f"{recording.original_id[:4]}…{recording.original_id[-4:]}")
            self._digest.setToolTip(f"SHA-256 {recording.original_id}")
            self.playback.load(now.timeline, recording.duration_us, has_sound=bool(recording.has_audio))
            self._use_proxy()
        self.setProperty("recording", now.recording.id if now else "")
        self._tell()

    def _extend(self) -> None:
        now = self._store.now
        if now is not None:
            self.playback.extend(now.timeline, now.recording.duration_us)
            self._tell()

    def _use_proxy(self) -> None:
        proxy = self._store.now.previews.proxy if self._store.now else None
        if proxy is not None:
            self.playback.use_proxy(proxy)

    def _show(self, picture: Picture) -> None:
        shown = picture.shown
        if shown.kind == "gap":
            self.surface.show_words(tr("ui.player.gap", length=_length(shown)), hatched=True)
        elif shown.kind == "none":
            self.surface.show_words(tr("ui.player.sound_only"))
        elif shown.kind == "lost":
            self.surface.show_words(tr("ui.player.lost", number=shown.number))
        else:
            chip = "" if picture.exact else tr("ui.player.preview")
            self.surface.show_image(picture.image, tr("ui.player.damaged") if shown.damaged and picture.exact else chip)
        self._tell()

    def _fail(self, text: str) -> None:
        self.surface.show_words(tr("ui.player.failed", cause=text))

    def _tell(self) -> None:
        """Writes the clocks; a broadcast time nobody recorded is said to be unknown, never guessed."""
        now, at = self._store.now, self.playback.position_us
        started = now.session.started_at if now else ""
        self._broadcast.setText(_broadcast_clock(started, at) if started else "—")
        if not started:
            self._broadcast_note.say("ui.player.broadcast_unknown")
        elif (off := _uncertainty(now.recording)) is None if now else True:
            self._broadcast_note.say("ui.player.broadcast_unset")
        else:
            self._broadcast_note.say("ui.player.broadcast_set", off=off)
        self._media.setText(format_clock(at))
        shown = self.playback.shown
        if shown is not None and shown.stamp is not None and now is not None and shown.place < len(now.timeline.parts):
            self._media_note.say("ui.player.media_frame", frame=shown.number, pts=shown.stamp.pts)
            self._media_note.setToolTip(tr("ui.player.base", base=shown.stamp.base_text))
            self._name_file(now.timeline.parts[shown.place].path, shown.place, len(now.timeline.parts))
        else:
            self._media_note.say("ui.player.media")
            self._file.clear()
        speed = self.playback.speed
        self._speed.say("ui.player.speed", speed=f"{speed / 100:g}")
        if now is not None:
            rate = _rate(self._store)
            size = f"{now.recording.width}×{now.recording.height}" if now.recording.has_video else ""
            self.note.setText(" · ".join(part for part in (size, rate) if part))

    def _name_file(self, path: Path, place: int, count: int) -> None:
        """The file the picture is from: originals are named by their digest."""
        name = f"{path.stem[:12]}…{path.suffix}" if len(path.stem) > 24 else path.name
        self._file.setText(name if count == 1 else tr("ui.player.part", file=name, number=place + 1, count=count))
        self._file.setToolTip(path.name)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "_speed"):
            self._tell()
        super().changeEvent(event)


def _broadcast_clock(started_at: str, at_us: int) -> str:
    moment = beijing(datetime.fromisoformat(started_at)) + timedelta(microseconds=at_us)
    return moment.strftime("%H:%M:%S.") + f"{moment.microsecond // 1000:03d}"


def _uncertainty(recording: Recording) -> str | None:
    """How far the broadcast time may be off, in seconds; None where the clock was never compared with another."""
    off = recording.clock.get("uncertainty_us")
    return f"{off / SECOND:.2g}" if isinstance(off, int) else None


def _length(shown: Shown) -> str:
    seconds = (shown.until_us - shown.at_us) / SECOND
    return f"{seconds:.1f}" if seconds < 10 else f"{seconds:.0f}"


def _rate(store: RecordingStore) -> str:
    index = store.index
    steps = index.intervals_us() if index is not None and index.kind == "video" else None
    return f"{1_000_000 / steps[1]:.3g} fps" if steps and steps[1] else ""
