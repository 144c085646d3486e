"""Playing a recording on its own clock: what the steps and keys ask for, handed to the picture thread and the sound thread.

Times in and out are integer microseconds from the recording's zero. Nothing is decoded here: this is the window's thread.
"""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QCoreApplication, QObject, Qt, QTimer, Signal

from inspector_app.domain.errors import InspectorError
from inspector_app.domain.timebase import SECOND
from inspector_app.i18n import explain
from inspector_app.media.frames import Shown
from inspector_app.media.timeline import Timeline
from inspector_app.ui.player.clock import Clock
from inspector_app.ui.player.pictures import Picture, Pictures
from inspector_app.ui.player.sounding import Output, Sounding, device_output

SPEEDS: Final = (50, 75, 100, 125, 150, 175, 200, 250, 300)
_TICK_MS: Final = 33
_BACK_MS: Final = 120
_BACK_RATES: Final = (1, 2, 4, 8)


class Playback(QObject):
    """Signals: `moved(position_us)`, `state(playing)`, `picture(Picture)`, `failed(text)`, `speed_changed`."""

    moved = Signal(object)  # not int: Qt's is 32 bits, 35 minutes of microseconds
    state = Signal(bool)
    picture = Signal(object)
    failed = Signal(str)
    speed_changed = Signal()

    def __init__(self, parent: QObject | None = None, output: Callable[[], Output | None] = device_output) -> None:
        super().__init__(parent)
        self.pictures = Pictures(self)
        self._output = output
        self._timeline: Timeline | None = None
        self._has_sound = False
        self._duration_us = 0
        self._position_us = 0
        self._stop_at_us: int | None = None
        self._clock: Clock | None = None
        self._sounds: list[Sounding] = []
        #: what is on the screen
        self.shown: Shown | None = None
        self.played_from_us = 0
        self.speed = 100
        self._back_rate = 0
        self._tick = QTimer(self, interval=_TICK_MS)
        self._tick.timeout.connect(self._follow)
        self._back = QTimer(self, interval=_BACK_MS)
        self._back.timeout.connect(self._run_back)
        queued = Qt.ConnectionType.QueuedConnection
        self.pictures.ready.connect(self._take, queued)
        self.pictures.stepped.connect(self._stepped, queued)
        self.pictures.failed.connect(self._fail, queued)
        app = QCoreApplication.instance()
        if app is not None:
            app.aboutToQuit.connect(self.close)

    # -- source --------------------------------------------------------------------------------------------------------------

    def load(self, timeline: Timeline, duration_us: int, *, has_sound: bool) -> None:
        """Opens a recording and shows its first picture."""
        self._rest()
        self._timeline, self._duration_us, self._has_sound = timeline, duration_us, has_sound
        self._position_us = self.played_from_us = 0
        self.shown = None
        self.pictures.open(timeline)

    def extend(self, timeline: Timeline, duration_us: int) -> None:
        """The recording at hand has grown; what is shown stays."""
        self._timeline, self._duration_us = timeline, duration_us
        self.pictures.extend(timeline)

    def use_proxy(self, proxy: Timeline) -> None:
        """Quick previews while scrubbing."""
        self.pictures.use_proxy(proxy)

    def unload(self) -> None:
        self._rest()
        self._timeline, self._duration_us, self.shown = None, 0, None
        self.pictures.open(None)

    def close(self) -> None:
        """Ends the threads; for good."""
        self._rest()
        self.pictures.close()
        for sound in self._sounds:
            sound.wait(2000)
        self._sounds.clear()

    def _take(self) -> None:
        newest: Picture | None = self.pictures.newest()
        if newest is not None and self._timeline is not None:
            self.shown = newest.shown
            self.picture.emit(newest)

    def _stepped(self, at_us: int) -> None:
        self.played_from_us = at_us
        self._set(at_us)

    def _fail(self, error: InspectorError) -> None:
        self.pause()
        self.failed.emit(" ".join(explain(error)))

    # -- where ---------------------------------------------------------------------------------------------------------------

    @property
    def position_us(self) -> int:
        return self._position_us

    @property
    def seen_us(self) -> int:
        """The moment of the picture on the screen while playing; at rest the position, whose picture is on the screen."""
        shown = self.shown
        if self.playing and shown is not None and shown.frame is not None:
            return shown.at_us
        return self._position_us

    @property
    def playing(self) -> bool:
        return self._clock is not None

    def seek(self, at_us: int) -> None:
        """Moves the play-head, within the recording; the last seek wins."""
        wanted = min(max(0, at_us), max(0, self._duration_us - 1))
        self._stop_at_us = None
        self.played_from_us = wanted
        self._set(wanted)
        if self.playing:
            self._run(wanted)
        else:
            self.pictures.show(wanted)

    def step(self, by: int) -> None:
        """The picture `by` pictures on (back where negative), over files and gaps."""
        self.pause()
        self.pictures.step(by)

    def _set(self, at_us: int) -> None:
        self._position_us = at_us
        self.moved.emit(at_us)

    def _follow(self) -> None:
        if self._clock is None:
            return
        here = self._clock.now_us()
        stop = self._duration_us if self._stop_at_us is None else self._stop_at_us
        if here >= stop:
            self._stop_at_us = None
            self._rest()
            here = min(here, max(0, self._duration_us - 1))
            self.pictures.show(here)
        if here != self._position_us:
            self._set(here)

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
        if self._timeline is None or self.playing:
            return
        if self._duration_us and self._position_us >= self._duration_us - SECOND // 10:
            self.seek(0)
        self.played_from_us = self._position_us
        self._run(self._position_us)
        self._tick.start()
        self.state.emit(True)

    def play_span(self, start_us: int, end_us: int) -> None:
        """Plays from one moment to another, then rests."""
        self.seek(start_us)
        self.play()
        self._stop_at_us = end_us

    def pause(self) -> None:
        """Rests on the picture of the moment."""
        self._back.stop()
        self._back_rate = 0
        if self.playing:
            here = self.seen_us
            self._rest()
            self._set(here)
            self.pictures.show(here)

    def _run(self, at_us: int) -> None:
        """Sets pictures and sound going from a moment, with a clock of their own."""
        self._hush()
        assert self._timeline is not None
        self._clock = Clock(at_us, self.speed, by_sound=self._has_sound)
        if self._has_sound:
            sound = Sounding(self._timeline, self._clock, self._output)
            self._sounds.append(sound)
            sound.start()
        self.pictures.play(self._clock)

    def _hush(self) -> None:
        for sound in self._sounds:
            sound.stop()
        self._sounds = [sound for sound in self._sounds if not sound.isFinished()]

    def _rest(self) -> None:
        """Stops the clock and what follows it."""
        was, self._clock = self._clock, None
        self._tick.stop()
        self._back.stop()
        self._hush()
        self.pictures.play(None)
        if was is not None:
            self.state.emit(False)

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

    def _run_back(self) -> None:
        self.seek(self._position_us - _BACK_MS * 1000 * self._back_rate)
        if self._position_us == 0:
            self.pause()

    def set_speed(self, percent: int) -> None:
        """50 to 300 %; the pitch is kept."""
        self.speed = percent
        if self._clock is not None:
            self._run(self._clock.now_us())
        self.speed_changed.emit()

    def change_speed(self, step: int) -> None:
        place = min(range(len(SPEEDS)), key=lambda n: abs(SPEEDS[n] - self.speed))
        self.set_speed(SPEEDS[min(len(SPEEDS) - 1, max(0, place + step))])
