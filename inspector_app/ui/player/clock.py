"""What time it is in a recording that plays: a steady clock, set right by the sound where there is any. Any thread may ask."""

import threading
import time
from typing import Final

from inspector_app.domain.timebase import Micros

#: A difference to the sound up to this is taken back a little at a time, so that the picture does not stumble.
_SMOOTH_US: Final = 80_000
_PART: Final = 8


class Clock:
    """Stands at `at_us` until it begins, then runs at `percent` of real time. With `by_sound` only the sound may begin it."""

    def __init__(self, at_us: Micros, percent: int, *, by_sound: bool = False) -> None:
        self._lock = threading.Lock()
        self.percent = percent
        self._at_us, self._since_ns, self._running, self._by_sound = at_us, 0, False, by_sound

    def ready(self) -> None:
        """The first picture is there: begins, unless the sound is to do so."""
        if not self._by_sound:
            self.begin()

    def begin(self) -> None:
        with self._lock:
            if not self._running:
                self._since_ns, self._running = time.monotonic_ns(), True

    def free(self) -> None:
        """There is no sound to follow (any more)."""
        self._by_sound = False
        self.begin()

    def now_us(self) -> Micros:
        with self._lock:
            return self._now()

    def heard(self, at_us: Micros) -> None:
        """The sound is at a moment: the clock follows it."""
        with self._lock:
            if self._running:
                now = self._now()
                off = at_us - now
                self._at_us, self._since_ns = now + (off // _PART if abs(off) < _SMOOTH_US else off), time.monotonic_ns()

    def _now(self) -> Micros:
        if not self._running:
            return self._at_us
        return self._at_us + (time.monotonic_ns() - self._since_ns) * self.percent // 100_000
