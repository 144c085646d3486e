"""Work that may take longer than a frame: done on a few threads, its result handed back on the window's thread.

Used for reading (case tables, pictures, indexes). A result that comes after `forget` is dropped: its case is closed.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, Signal

from inspector_app.domain.errors import InspectorError, JobFailed

T = TypeVar("T")


class Background(QObject):
    """`run(work, done)` calls `done(result)` on the window's thread; `failed` hears an InspectorError instead."""

    _ended = Signal(object, object, int)

    def __init__(self, parent: QObject | None = None, threads: int = 2) -> None:
        super().__init__(parent)
        self._threads = threads
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="reading")
        self._round = 0
        self._ended.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def run(self, work: Callable[[], T], done: Callable[[T], None], failed: Callable[[InspectorError], None] | None = None) -> None:
        round_ = self._round

        def task() -> None:
            try:
                result: Any = work()
                call: Callable[[Any], None] | None = done
            except InspectorError as error:
                result, call = error, failed
            except Exception as error:  # the edge of a thread: nobody else would hear of it
                result, call = JobFailed("job.crashed", kind="reading", cause=f"{type(error).__name__}: {error}"[:300]), failed
            if call is not None and round_ == self._round:
                self._ended.emit(call, result, round_)

        self._pool.submit(task)

    def _deliver(self, call: Callable[[Any], None], result: object, round_: int) -> None:
        if round_ == self._round:
            call(result)

    def forget(self) -> None:
        """Waits for what runs, and drops what has not been delivered."""
        self._round += 1
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._pool = ThreadPoolExecutor(self._threads, thread_name_prefix="reading")

    def close(self) -> None:
        self._round += 1
        self._pool.shutdown(wait=True, cancel_futures=True)
