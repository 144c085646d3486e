"""What the timeline draws beside the recording's rows: the waveform, what was watched, places marked for later, the chapter of each finding.

Read in the background and kept up to date; a waveform that is still being built is opened again as it grows.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage

from inspector_app.casefile.changes import Change
from inspector_app.commands.screens import current_tracks
from inspector_app.commands.watching import watched
from inspector_app.commands.workspace import Workspace
from inspector_app.domain.errors import InspectorError
from inspector_app.domain.records import Derivative, Finding, Mark, Recording, ScreenRun, Track, Watched
from inspector_app.domain.timebase import Interval
from inspector_app.i18n import language, tr
from inspector_app.jobs.previews import previews_of
from inspector_app.media.peaks import Peaks
from inspector_app.media.strip import Strip
from inspector_app.ui.bridge.desk import Desk
from inspector_app.ui.models.store import RecordingStore

_AGAIN_MS = 2_000


@dataclass
class Beside:
    """`peaks` None: no waveform yet, `strip` None: no small pictures; `sheets` are the files they are in. Spans, marks and tracks are in time."""

    peaks: Peaks | None = None
    watched: list[Interval] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    tracks: list[Track] = field(default_factory=list)
    strip: Strip | None = None
    sheets: dict[Path, QImage] = field(default_factory=dict)


def read(work: Workspace, recording_id: str) -> Beside:
    """Reads what lies beside a recording; any thread."""
    case = work.opened
    recording = case.get(Recording, recording_id)
    rows = [row for row in case.find(Derivative, kind="peaks", order="rowid DESC") if row.settings.get("recording") == recording.id]
    peaks = None
    for row in rows:
        try:
            peaks = Peaks.open(case.folder / row.path)
            break
        except (InspectorError, OSError):  # it can be made again; the lane stays without it
            continue
    strip, sheets = _pictures(previews_of(case, recording).strip)
    marks = case.find(Mark, order="at_us", recording_id=recording_id)
    return Beside(peaks, watched(work, recording_id), marks, current_tracks(work, recording_id), strip, sheets)


def _pictures(path: Path | None) -> tuple[Strip | None, dict[Path, QImage]]:
    """The small pictures of a recording; one that cannot be read is as good as none, it can be made again."""
    if path is None:
        return None, {}
    try:
        strip = Strip.open(path)
    except (InspectorError, OSError):
        return None, {}
    sheets = {sheet: QImage(str(sheet)) for sheet in {cell.sheet for cell in strip.cells}}
    return (strip if strip.cells else None), sheets


class Lanes(QObject):
    """Signal `changed()`."""

    changed = Signal()

    def __init__(self, desk: Desk, store: RecordingStore, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk, self._store = desk, store
        self.now = Beside()
        self._chapters: dict[str, str] = {}
        self._law_is_read = False
        self._again = QTimer(self, singleShot=True, interval=_AGAIN_MS)
        self._again.timeout.connect(self.read)
        store.loaded.connect(self.read)
        desk.changed.connect(self._hear)

    def read(self) -> None:
        contents = self._store.now
        if contents is None:
            self._take(("", Beside()))
            return
        recording_id = contents.recording.id
        self._desk.reading.run(lambda: (recording_id, read(self._desk.work, recording_id)), self._take, self._desk.complain)

    def _take(self, found: tuple[str, Beside]) -> None:
        recording_id, beside = found
        if recording_id and (self._store.now is None or self._store.now.recording.id != recording_id):
            return
        self.now = beside
        if beside.peaks is not None and beside.peaks.done_us < beside.peaks.duration_us:
            self._again.start()
        self.changed.emit()

    def _hear(self, _act: str, changes: Sequence[Change]) -> None:
        if any(change.table in (Derivative.table, Watched.table, Mark.table, Track.table, ScreenRun.table) for change in changes):
            self.read()

    # -- questions -----------------------------------------------------------------------------------------------------------

    @property
    def watched_share(self) -> int:
        """Of the recording's length, in percent, cut."""
        duration = self._store.duration_us
        return sum(span.length_us for span in self.now.watched) * 100 // duration if duration else 0

    def law_is_read(self) -> None:
        """The catalogue is there (reading it takes longer than a frame): chapters can be told from now on."""
        if not self._law_is_read:
            self._law_is_read = True
            self.changed.emit()

    def chapter_of(self, finding: Finding) -> str:
        """Law and chapter of a finding's first article, as `办法 第三章`; the law alone where it has no chapters or is not read yet."""
        if not finding.articles:
            return ""
        code = finding.articles[0]
        law, known = code.split(":")[0], self._chapters.get(code + language())
        if known is not None or not self._law_is_read:
            return known or law
        try:
            chapter = self._desk.work.catalogue.article(code).chapter
        except InspectorError:  # an edition this program does not hold
            chapter = None
        name = law if chapter is None else f"{law} {tr('ui.timeline.chapter', number=chapter.number)}"
        return self._chapters.setdefault(code + language(), name)
