"""A watchdog for tests and benchmarks: notices when the event loop stands still and says what it was doing. It asserts nothing.

A standstill has two lengths: by the clock, which on a crowded machine counts what others took, and in CPU of the window's own thread.
"""

import sys
import threading
import time
import traceback
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer

LIMIT_MS: Final = 50
_BEAT_MS: Final = 10
_LOOK_S: Final = 0.01


@dataclass(frozen=True)
class Stall:
    """The event loop stood still for `ms`, of which its thread worked `cpu_ms`; `stack` is what the window's thread was doing when it was noticed, innermost last."""

    ms: int
    cpu_ms: int
    stack: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.ms} ms ({self.cpu_ms} ms CPU)\n  " + "\n  ".join(self.stack)


class Watchdog:
    """Start it on the window's thread; `stalls` lists every standstill over the limit, `longest_ms` and `longest_cpu_ms` the longest gaps of all."""

    def __init__(self, limit_ms: int = LIMIT_MS, parent: QObject | None = None) -> None:
        self.stalls: list[Stall] = []
        self.longest_ms = self.longest_cpu_ms = 0
        self._limit = limit_ms
        self._window = threading.get_ident()
        self._beat_at, self._worked = time.monotonic(), time.thread_time()
        self._caught: tuple[str, ...] = ()
        self._ended = threading.Event()
        self._timer = QTimer(parent, interval=_BEAT_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)
        self._timer.start()
        self._thread = threading.Thread(target=self._look, name="watchdog", daemon=True)
        self._thread.start()

    def _beat(self) -> None:
        now, worked = time.monotonic(), time.thread_time()
        gap = max(0, round((now - self._beat_at) * 1000) - _BEAT_MS)
        busy = round((worked - self._worked) * 1000)
        self.longest_ms, self.longest_cpu_ms = max(self.longest_ms, gap), max(self.longest_cpu_ms, busy)
        if gap > self._limit:
            self.stalls.append(Stall(gap, busy, self._caught or ("(between two looks)",)))
        self._beat_at, self._worked, self._caught = now, worked, ()

    def _look(self) -> None:
        """On its own thread: takes the stack of the window's thread once the limit is past."""
        while not self._ended.wait(_LOOK_S):
            late = (time.monotonic() - self._beat_at) * 1000 - _BEAT_MS
            if late > self._limit and not self._caught:
                self._caught = _stack_of(self._window)

    def stop(self) -> list[Stall]:
        """Ends it; returns what it saw."""
        self._timer.stop()
        self._ended.set()
        self._thread.join()
        return self.stalls


def _stack_of(thread: int) -> tuple[str, ...]:
    """What a thread is doing, innermost last. The frames are let go at once: a painter kept alive by one would outlive its paint event."""
    frame = sys._current_frames().get(thread)  # noqa: SLF001  # the only way to see another thread's stack
    rows = traceback.StackSummary.extract(traceback.walk_stack(frame), limit=12, lookup_lines=False) if frame is not None else []
    del frame
    return tuple(f"{row.filename.rpartition('inspector_app')[2] or row.filename}:{row.lineno} {row.name}" for row in reversed(rows))
