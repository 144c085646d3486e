"""Everything a recording needs before it can be watched, asked for in order: speech, screen text, then leads when the last of them is in."""

from collections.abc import Callable

from PySide6.QtCore import QObject

from inspector_app.commands.registry import Outcome
from inspector_app.domain.records import Job, Recording, ScreenRun, Transcript
from inspector_app.i18n import tr
from inspector_app.jobs.queue import JobEvent

from .desk import Desk

_ENDED = ("done", "failed", "stopped")


class Chain(QObject):
    """Submits what is missing; runs the lead rules once nothing it asked for is left."""

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._open: set[str] = set()
        self._after_import: set[str] = set()
        desk.job.connect(self._hear)
        desk.closed.connect(self._forget)

    def import_files(self, files: list[str], *, and_all: bool = False, session: dict[str, str] | None = None) -> None:
        job = self._desk.submit("import", files=files, session=session or {})
        if job is not None and and_all:
            self._after_import.add(job)

    def transcribe(self) -> int:
        """Asks for speech of every recording that has sound and no finished transcript; returns how many."""
        return self._ask("transcribe", lambda row: bool(row.has_audio), Transcript)

    def read_screens(self) -> int:
        return self._ask("read-screen", lambda row: bool(row.has_video), ScreenRun)

    def everything(self) -> None:
        """Speech and screen text where they are missing, then leads."""
        if self.transcribe() + self.read_screens() == 0:
            self.find_leads()

    def previews(self) -> int:
        """Asks for waveform, picture strip and proxy of every recording that has not all of them; returns how many."""
        case = self._desk.work.case
        if case is None:
            return 0
        asked = {job.params.get("recording") for state in ("waiting", "running") for job in case.find(Job, kind="previews", state=state)}
        done = {job.params.get("recording") for job in case.find(Job, kind="previews", state="done")}
        rows = [row for row in case.find(Recording) if row.id not in asked | done and not row.state]
        return sum(self._desk.submit("previews", recording=row.id) is not None for row in rows)

    def find_leads(self) -> None:
        self._desk.later("leads.run", self._found)

    def _found(self, outcome: Outcome) -> None:
        self._desk.said.emit(tr("ui.said.leads_found", count=outcome.facts.get("count", 0)), "good")

    def _ask(self, kind: str, fits: Callable[[Recording], bool], result: type[Transcript] | type[ScreenRun]) -> int:
        case = self._desk.work.case
        if case is None:
            return 0
        asked = {job.params.get("recording") for state in ("waiting", "running") for job in case.find(Job, kind=kind, state=state)}
        count = 0
        for row in case.find(Recording):
            if not fits(row) or row.id in asked or case.count(result, recording_id=row.id, state="done"):
                continue
            job = self._desk.submit(kind, recording=row.id)
            if job is not None:
                self._open.add(job)
                count += 1
        return count

    def _hear(self, event: JobEvent) -> None:
        if event.state not in _ENDED:
            return
        if event.kind == "import" and event.state == "done":
            self.previews()
        if event.job_id in self._after_import:
            self._after_import.discard(event.job_id)
            if event.state == "done":
                self.everything()
        elif event.job_id in self._open:
            self._open.discard(event.job_id)
            if not self._open and event.state == "done":
                self.find_leads()

    def _forget(self) -> None:
        self._open.clear()
        self._after_import.clear()
