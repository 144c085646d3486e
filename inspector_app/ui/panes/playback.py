"""Playing a recording on the recording's own clock, whatever copy is played. Sound and picture come from Qt Multimedia.

Times in and out are integer microseconds from the recording's zero; the offset of a working copy is taken off here and nowhere else.
"""

from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QTimer, QUrl, Signal
from PySide6.QtMultimedia import QAudioOutput, QMediaDevices, QMediaPlayer, QVideoFrame, QVideoSink

from inspector_app.domain.timebase import SECOND

SPEEDS: Final = (50, 75, 100, 125, 150, 175, 200, 250, 300)
_TICK_MS: Final = 33
_BACK_MS: Final = 120
_BACK_RATES: Final = (1, 2, 4, 8)
_LOADED: Final = (QMediaPlayer.MediaStatus.LoadedMedia, QMediaPlayer.MediaStatus.BufferedMedia, QMediaPlayer.MediaStatus.BufferingMedia)


class Playback(QObject):
    """Signals: `moved(position_us)`, `state(playing)`, `picture(QVideoFrame)`, `failed(text)`, `speed_changed`."""

    moved = Signal(object)  # not int: Qt's is 32 bits, 35 minutes of microseconds
    state = Signal(bool)
    picture = Signal(QVideoFrame)
    failed = Signal(str)
    speed_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._player: QMediaPlayer | None = None
        self._sink: QVideoSink | None = None
        self._offset_us = 0
        self._duration_us = 0
        self._position_us = 0
        self._pending_us: int | None = None
        self._stop_at_us: int | None = None
        self.played_from_us = 0
        self.speed = 100
        self._back_rate = 0
        self._tick = QTimer(self, interval=_TICK_MS)
        self._tick.timeout.connect(self._follow)
        self._back = QTimer(self, interval=_BACK_MS)
        self._back.timeout.connect(self._step_back)

    # -- source --------------------------------------------------------------------------------------------------------------

    def load(self, path: Path, offset_us: int, duration_us: int) -> None:
        """Opens what is to be played and shows its first picture; `offset_us` = time in the copy - recording time."""
        self.unload()
        self._offset_us, self._duration_us = offset_us, duration_us
        self._position_us = self.played_from_us = 0
        self._pending_us = 0
        player = QMediaPlayer(self)
        sink = QVideoSink(self)
        player.setVideoSink(sink)
        if not QMediaDevices.defaultAudioOutput().isNull():
            player.setAudioOutput(QAudioOutput(self))
        sink.videoFrameChanged.connect(self.picture)
        player.mediaStatusChanged.connect(self._loaded)
        player.playbackStateChanged.connect(self._changed)
        player.errorOccurred.connect(lambda _code, text: self.failed.emit(text))
        self._player, self._sink = player, sink
        player.setSource(QUrl.fromLocalFile(str(path)))
        player.setPlaybackRate(self.speed / 100)
        player.pause()

    def unload(self) -> None:
        self._tick.stop()
        self._back.stop()
        player, self._player = self._player, None
        if player is not None:
            player.stop()
            player.setSource(QUrl())
            player.deleteLater()
        if self._sink is not None:
            self._sink.deleteLater()
            self._sink = None

    def _loaded(self, status: QMediaPlayer.MediaStatus) -> None:
        if status in _LOADED and self._pending_us is not None:
            wanted, self._pending_us = self._pending_us, None
            self._send(wanted)
        elif status == QMediaPlayer.MediaStatus.EndOfMedia:
            self._set(self._duration_us)

    # -- where ---------------------------------------------------------------------------------------------------------------

    @property
    def position_us(self) -> int:
        return self._position_us

    @property
    def playing(self) -> bool:
        return self._player is not None and self._player.playbackState() == QMediaPlayer.PlaybackState.PlayingState

    def seek(self, at_us: int) -> None:
        """Moves the play-head, within the recording; the last seek wins."""
        wanted = min(max(0, at_us), max(0, self._duration_us - 1))
        self._stop_at_us = None
        self.played_from_us = wanted
        self._set(wanted)
        if self._player is None or self._player.mediaStatus() not in _LOADED:
            self._pending_us = wanted
        else:
            self._send(wanted)

    def _send(self, at_us: int) -> None:
        if self._player is not None:  # rounded up: a frame's own millisecond must not show the frame before it
            self._player.setPosition(-((-(at_us + self._offset_us)) // 1000))

    def _set(self, at_us: int) -> None:
        self._position_us = at_us
        self.moved.emit(at_us)

    def _follow(self) -> None:
        if self._player is None or self._pending_us is not None:
            return
        here = self._player.position() * 1000 - self._offset_us
        if self._stop_at_us is not None and here >= self._stop_at_us:
            self._stop_at_us = None
            self.pause()
        if here != self._position_us:
            self._set(max(0, here))

    # -- moving --------------------------------------------------------------------------------------------------------------

    def toggle(self) -> None:
        if self.playing:
            self.pause()
        else:
            self.play()

    def play(self) -> None:
        """Plays on; from the end it begins anew."""
        self._back.stop()
        self._back_rate = 0
        if self._player is None:
            return
        if self._duration_us and self._position_us >= self._duration_us - SECOND // 10:
            self.seek(0)
        self.played_from_us = self._position_us
        self._player.play()

    def play_span(self, start_us: int, end_us: int) -> None:
        """Plays from one moment to another, then rests."""
        self.seek(start_us)
        self.play()
        self._stop_at_us = end_us

    def pause(self) -> None:
        self._back.stop()
        self._back_rate = 0
        if self._player is not None:
            self._player.pause()

    def shuttle_on(self) -> None:
        """L: plays; pressed again, faster."""
        if self.playing:
            self.set_speed(next((speed for speed in (100, 150, 200, 300) if speed > self.speed), 300))
        self.play()

    def shuttle_back(self) -> None:
        """J: runs back; pressed again, faster."""
        rate = next((rate for rate in _BACK_RATES if rate > self._back_rate), _BACK_RATES[-1])
        self.pause()
        self._back_rate = rate
        self._back.start()

    def _step_back(self) -> None:
        self.seek(self._position_us - _BACK_MS * 1000 * self._back_rate)
        if self._position_us == 0:
            self.pause()

    def set_speed(self, percent: int) -> None:
        """50 to 300 %; the pitch is kept by the player."""
        self.speed = percent
        if self._player is not None:
            self._player.setPlaybackRate(percent / 100)
        self.speed_changed.emit()

    def change_speed(self, step: int) -> None:
        place = min(range(len(SPEEDS)), key=lambda n: abs(SPEEDS[n] - self.speed))
        self.set_speed(SPEEDS[min(len(SPEEDS) - 1, max(0, place + step))])

    def _changed(self, state: QMediaPlayer.PlaybackState) -> None:
        playing = state == QMediaPlayer.PlaybackState.PlayingState
        if playing:
            self._tick.start()
        else:
            self._tick.stop()
        self.state.emit(playing)
