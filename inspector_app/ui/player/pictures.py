"""The thread that decodes and shows: exact pictures at rest, each at its time while playing, a quick preview while a seek is under way.

It never touches a widget: what it shows goes out as a signal, the newest only. Late pictures are left out while playing, and counted.
"""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from av.error import FFmpegError
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage
from shiboken6 import isValid

from inspector_app.domain.errors import InspectorError, JobFailed
from inspector_app.domain.timebase import SECOND, Micros
from inspector_app.media.frames import Frames, Shown
from inspector_app.media.picture import Display
from inspector_app.media.timeline import Timeline

from .clock import Clock

#: Decoded this far ahead while playing, so that one slow picture delays none.
_AHEAD: Final = 6
#: Memory for previews: the proxy's pictures are small.
_PREVIEW_BYTES: Final = 32 * 2**20
#: When decoding is this far behind, playing goes on at the clock's time.
_BEHIND_US: Final = SECOND // 4
#: Even when every picture is late, one is shown this often.
_AT_LEAST_US: Final = SECOND // 10
#: So often behind in one go, and the proxy is played instead.
_TOO_OFTEN: Final = 3
_IDLE_S: Final = 0.5


@dataclass(frozen=True)
class Picture:
    """Something to look at. `image` is null where there is none; `exact` is false for a preview on the way to the exact picture."""

    shown: Shown
    image: QImage
    exact: bool


class _Newer(Exception):
    """Something else was asked for meanwhile."""


class Pictures(QObject):
    """Signals: `ready()` (take the newest with `newest`), `stepped(at_us)`, `failed(InspectorError)`."""

    ready = Signal()
    stepped = Signal(object)
    failed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._turn = threading.Condition()
        self._frames: Frames | None = None
        self._proxy: Frames | None = None
        self._display = Display()
        self._newest: Picture | None = None
        self._told = False
        #: what is asked for: a timeline to open, a moment, steps from it, a clock to follow
        self._opening: tuple[Timeline | None] | None = None
        self._grown: Timeline | None = None
        self._new_proxy: Timeline | None = None
        self._wanted: Micros | None = None
        self._steps = 0
        self._clock: Clock | None = None
        self._box = (640, 640)
        self._closed = False
        self._at_us: Micros = 0
        self.dropped = 0
        self.played = 0
        self._thread = threading.Thread(target=self._work, name="pictures", daemon=True)
        self._thread.start()

    # -- asking (the window's thread) ----------------------------------------------------------------------------------------

    def open(self, timeline: Timeline | None) -> None:
        """Another recording (None: nothing)."""
        with self._turn:
            self._opening, self._wanted, self._steps, self._clock = (timeline,), 0 if timeline else None, 0, None
            self._grown = self._new_proxy = self._newest = None
            self._turn.notify()

    def extend(self, timeline: Timeline) -> None:
        """The recording at hand has grown."""
        with self._turn:
            self._grown = timeline
            self._turn.notify()

    def use_proxy(self, proxy: Timeline) -> None:
        """Quick previews of the recording at hand; may be told again while more of them is made."""
        with self._turn:
            self._new_proxy = proxy

    def show(self, at_us: Micros) -> None:
        """The picture at a moment; the newest wish wins."""
        with self._turn:
            self._wanted, self._steps = at_us, 0
            self._turn.notify()

    def step(self, by: int) -> None:
        """The picture `by` pictures away from the one at hand; `stepped` says where that is."""
        with self._turn:
            self._steps += by
            self._turn.notify()

    def play(self, clock: Clock | None) -> None:
        """Follows a clock (None: rests)."""
        with self._turn:
            self._clock = clock
            self._turn.notify()

    def fit(self, width: int, height: int) -> None:
        """How large pictures are needed, in the screen's own pixels."""
        with self._turn:
            larger = width > self._box[0] * 5 // 4 or height > self._box[1] * 5 // 4
            self._box = max(width, 16), max(height, 16)
            if larger and self._clock is None and self._wanted is None and self._frames is not None:
                self._wanted = self._at_us
                self._turn.notify()

    def newest(self) -> Picture | None:
        """The newest picture; the window takes it when `ready` arrives."""
        with self._turn:
            self._told = False
            return self._newest

    def close(self) -> None:
        with self._turn:
            self._closed = True
            self._turn.notify()
        self._thread.join(5)

    # -- deciding (the thread of its own) ------------------------------------------------------------------------------------

    def _work(self) -> None:
        while not self._closed and isValid(self):
            try:
                self._once()
            except _Newer:
                continue
            except InspectorError as error:
                self._tell(error)
            except Exception as error:  # the edge of a thread: nobody else would hear of it
                self._tell(JobFailed("job.crashed", kind="player", cause=f"{type(error).__name__}: {error}"[:300]))
        self._let_go()

    def _tell(self, error: InspectorError) -> None:
        with self._turn:
            self._clock = None
        if isValid(self):  # else its window is gone
            self.failed.emit(error)

    def _once(self) -> None:
        with self._turn:
            if not (self._closed or self._opening or self._grown or self._steps or self._wanted is not None or self._clock is not None):
                self._turn.wait(_IDLE_S)
            opening, self._opening = self._opening, None
            grown, self._grown = self._grown, None
            wanted, self._wanted = self._wanted, None
            steps, self._steps = self._steps, 0
            clock = self._clock
        if opening is not None:
            self._open(*opening)
        if self._frames is None or self._closed:
            with self._turn:
                self._clock = None
            return
        if grown is not None:
            self._frames.extend(grown)
        if wanted is not None:
            self._at_us = wanted
            self._show_exact(self._frames, wanted)
        if steps:
            self._at_us = self._frames.step(self._at_us, steps)
            self.stepped.emit(self._at_us)
            self._show_exact(self._frames, self._at_us)
        if clock is not None and wanted is None:
            self._play(self._frames, clock)

    def _open(self, timeline: Timeline | None) -> None:
        self._let_go()
        self._frames = Frames(timeline, check=self._check) if timeline is not None else None
        self._at_us = self.dropped = self.played = 0

    def _let_go(self) -> None:
        for frames in (self._frames, self._proxy):
            if frames is not None:
                frames.close()
        self._frames = self._proxy = None

    def _check(self) -> None:
        """Called at every picture decoded: leaves what is no longer wanted. Steps are finished first; they are short."""
        if self._wanted is not None or self._opening is not None or self._closed:
            raise _Newer

    # -- at rest -------------------------------------------------------------------------------------------------------------

    def _show_exact(self, frames: Frames, at_us: Micros) -> None:
        on_way: Callable[[Shown], None] | None = None
        if not frames.is_cached(at_us) and not self._preview(at_us):
            on_way = self._give_preview
        self._give(frames.frame_at(at_us, on_way), exact=True)

    def _preview(self, at_us: Micros) -> bool:
        """Shows the proxy's picture, where there is one of this moment."""
        shown = self._small(at_us)
        if shown is not None:
            self._give(shown, exact=False)
        return shown is not None

    def _small(self, at_us: Micros) -> Shown | None:
        """The proxy's picture of a moment, without a number: numbers are the original's."""
        with self._turn:
            new, self._new_proxy = self._new_proxy, None
        if new is not None:
            if self._proxy is not None:
                self._proxy.close()
            self._proxy = Frames(new, _PREVIEW_BYTES, check=self._check)
        part = self._frames.timeline.part_at(at_us) if self._frames is not None else None
        if self._proxy is None or part is None:
            return None
        try:
            shown = self._proxy.frame_at(at_us)
        except (InspectorError, FFmpegError):
            return None  # a preview only: the exact picture is to be had
        if shown.frame is None:
            return None
        return Shown("picture", shown.at_us, min(shown.until_us, part.end_us), frame=shown.frame)

    def _give_preview(self, shown: Shown) -> None:
        self._give(shown, exact=False)

    def _give(self, shown: Shown, *, exact: bool, smooth: bool = True) -> None:
        image = QImage()
        if shown.frame is not None:
            pixels = self._display.pixels(shown.frame, self._box, smooth=smooth and exact)
            height, width = pixels.shape[:2]
            image = QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGB32).copy()
        with self._turn:
            self._newest = Picture(shown, image, exact)
            tell, self._told = not self._told, True
        if tell:
            self.ready.emit()

    # -- playing -------------------------------------------------------------------------------------------------------------

    def _play(self, frames: Frames, clock: Clock) -> None:
        """Shows each picture at its time until something else is asked for or the recording ends.

        Where the originals are too much for this computer, the proxy is played, and said to be one.
        """
        queue: deque[Shown] = deque()
        next_us = clock.now_us()
        last_us = next_us - SECOND
        end_us = frames.timeline.duration_us
        behind = 0
        while not self._interrupted(clock):
            now = clock.now_us()
            if now - next_us > _BEHIND_US and not queue:
                next_us = now
                behind += 1
            spare_us = (queue[0].at_us - now) if queue else 0
            if next_us < end_us and (not queue or (len(queue) < _AHEAD and spare_us * 100 > 5000 * clock.percent)):
                small = self._small(next_us) if behind > _TOO_OFTEN else None
                queue.append(shown := small or frames.frame_at(next_us))
                clock.ready()
                next_us = max(shown.until_us, next_us + 1)
                continue
            if not queue:
                self._wait(_AT_LEAST_US, clock)  # the end: the window rests the player when the clock gets there
                continue
            if spare_us > 0:
                self._wait(spare_us, clock)
                continue
            shown = queue.popleft()
            self._at_us = shown.at_us
            if shown.frame is not None and shown.until_us <= clock.now_us() and now - last_us < _AT_LEAST_US * clock.percent // 100:
                self.dropped += 1
                continue
            last_us = now
            self.played += shown.frame is not None
            self._give(shown, exact=shown.stamp is not None or shown.kind != "picture", smooth=False)

    def _interrupted(self, clock: Clock) -> bool:
        with self._turn:
            return not self._goes_on(clock)

    def _wait(self, for_us: Micros, clock: Clock) -> None:
        with self._turn:
            if self._goes_on(clock):
                self._turn.wait(max(0.001, min(0.1, for_us / 10_000 / clock.percent)))

    def _goes_on(self, clock: Clock) -> bool:
        asked = self._wanted is not None or self._steps or self._opening is not None or self._grown is not None
        return self._clock is clock and not asked and not self._closed
