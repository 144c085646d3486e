"""Keeps what was played before the person's eyes, and writes it into the case now and then. A jump is not watched; nor is what runs backwards."""

from PySide6.QtCore import QObject, QTimer

from inspector_app.domain.timebase import SECOND
from inspector_app.ui.bridge.desk import Desk
from inspector_app.ui.models.store import RecordingStore

#: between two reports of the player no more than this passes, at the highest speed, unless it jumped
_STEP_US = 2 * SECOND
_WRITE_MS = 30_000


class Watching(QObject):
    """Fed by the player's position while it plays."""

    def __init__(self, desk: Desk, store: RecordingStore, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk, self._store = desk, store
        self._recording = ""
        self._spans: list[tuple[int, int]] = []
        self._last: int | None = None
        self._timer = QTimer(self, interval=_WRITE_MS)
        self._timer.timeout.connect(self.write)
        store.loaded.connect(self._loaded)

    def moved(self, at_us: int, playing: bool) -> None:
        """The play-head is at a moment; `playing` says whether the picture runs."""
        last, self._last = self._last, at_us if playing else None
        if not playing or last is None or not last < at_us <= last + _STEP_US:
            return
        if self._spans and self._spans[-1][1] == last:
            self._spans[-1] = (self._spans[-1][0], at_us)
        else:
            self._spans.append((last, at_us))
        if not self._timer.isActive():
            self._timer.start()

    def rest(self) -> None:
        """The player was paused: a good moment to write."""
        self._last = None
        self.write()

    def write(self) -> None:
        self._timer.stop()
        spans, self._spans = self._spans, []
        if spans and self._recording and self._desk.work.writable:
            self._desk.do("watch.note", recording_id=self._recording, spans=spans)

    def _loaded(self) -> None:
        mine = self._store.now.recording.id if self._store.now is not None else ""
        if mine != self._recording:
            self.write()
            self._recording, self._last = mine, None
