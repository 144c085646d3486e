"""Moving in a recording as acts by name: playing, jumping, frames, sentences, marks. Nothing here writes a finding."""

from collections.abc import Callable

from inspector_app.domain.timebase import SECOND
from inspector_app.i18n import tr
from inspector_app.ui.bridge.desk import Desk
from inspector_app.ui.models.store import RecordingStore
from inspector_app.ui.models.words import short_clock
from inspector_app.ui.panes.playback import Playback


class Moves:
    """`acts` by name; the play-head is the only state they change, but for the mark that is put down."""

    def __init__(self, desk: Desk, store: RecordingStore, playback: Playback) -> None:
        self._desk, self._store, self._playback = desk, store, playback
        self.acts: dict[str, Callable[[], object]] = {
            "play": playback.toggle,
            "pause": playback.pause,
            "shuttle_on": playback.shuttle_on,
            "shuttle_back": playback.shuttle_back,
            "back": lambda: self._jump(-2 * SECOND),
            "on": lambda: self._jump(2 * SECOND),
            "back_far": lambda: self._jump(-10 * SECOND),
            "on_far": lambda: self._jump(10 * SECOND),
            "frame_back": lambda: playback.step(-1),
            "frame_on": lambda: playback.step(1),
            "slower": lambda: playback.change_speed(-1),
            "faster": lambda: playback.change_speed(1),
            "normal_speed": lambda: playback.set_speed(100),
            "to_start": lambda: playback.seek(0),
            "to_end": lambda: playback.seek(store.duration_us),
            "sentence_back": lambda: self._sentence(-1),
            "sentence_on": lambda: self._sentence(1),
            "mark": self._mark,
            "mark_on": self._next_mark,
        }

    def _jump(self, by_us: int) -> None:
        self._playback.seek(self._playback.position_us + by_us)

    def _sentence(self, step: int) -> None:
        now = self._store.now
        if now is None or not now.segments:
            return
        place = self._store.segment_at(self._playback.position_us)
        wanted = 0 if place is None else place + step
        segment = now.segments[min(len(now.segments) - 1, max(0, wanted))]
        self._playback.seek(segment.start_us)

    def frame_from(self, at_us: int, step: int) -> int:
        """The moment `step` frames from one, kept inside the recording; without an index a frame is a 25th of a second."""
        index = self._store.index
        if index is None or not len(index):
            return min(self._store.duration_us, max(0, at_us + step * SECOND // 25))
        frame = min(len(index) - 1, max(0, index.at(at_us) + step))
        return int(index.times_us[frame])

    def _mark(self) -> None:
        now = self._store.now
        at = self._playback.position_us
        if now is not None and self._desk.do("mark.add", recording_id=now.recording.id, at_us=at) is not None:
            self._desk.said.emit(tr("ui.said.marked", clock=short_clock(at)), "good")

    def _next_mark(self) -> None:
        """The next place marked for later, and round again."""
        now = self._store.now
        outcome = self._desk.do("mark.list", recording_id=now.recording.id) if now is not None else None
        marks = outcome.data["marks"] if outcome is not None else []
        if not marks:
            self._desk.said.emit(tr("ui.said.no_marks"), "")
            return
        at = self._playback.position_us
        mark = next((one for one in marks if one["at_us"] > at), marks[0])
        self._playback.seek(mark["at_us"])
        self._desk.said.emit(tr("ui.said.at_mark", clock=short_clock(mark["at_us"]), text=mark["text"]).rstrip(), "")
