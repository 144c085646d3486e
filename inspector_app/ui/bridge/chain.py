"""Everything a recording needs before it can be watched, asked for in order: speech, screen text, then leads when the last of them is in.

It also follows live captures into the case: whenever a case is opened, what recorders hold or left is taken in again.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final

from PySide6.QtCore import QObject, QTimer

from inspector_app.commands.registry import Outcome
from inspector_app.domain.records import Capture, Job, Recording, ScreenRun, Transcript
from inspector_app.i18n import tr
from inspector_app.jobs.queue import JobEvent

from .desk import Desk

_ENDED = ("done", "failed", "stopped")
#: the rules read a whole recording each time: while one grows, not after every sentence
_SEARCH_MS: Final = 15_000


class Chain(QObject):
    """Submits what is missing; runs the lead rules once nothing it asked for is left."""

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._open: set[str] = set()
        self._after_import: set[str] = set()
        #: by job, the recording that is analysed while it grows; and those with new words that the rules have not seen
        self._live: dict[str, str] = {}
        self._unsearched: set[str] = set()
        self.pause = QTimer(self, singleShot=True, interval=_SEARCH_MS)
        self.pause.timeout.connect(self._search)
        desk.job.connect(self._hear)
        desk.opened.connect(self.follow_captures)
        desk.closed.connect(self._forget)

    def import_files(
        self,
        files: list[str],
        *,
        and_all: bool = False,
        session: dict[str, str] | None = None,
        recording: str = "",
        join: bool = False,
        order: str = "auto",
        growing: str = "refuse",
    ) -> None:
        """Asks for an import. `recording` (id) is what logs and subtitles are laid on; `join` makes one recording of all films given."""
        params: dict[str, Any] = {"files": files, "session": session or {}}
        if recording:
            params["recording"] = recording
        if join:
            params |= {"join": True, "order": order}
        if growing != "refuse":
            params["growing"] = growing
        job = self._desk.submit("import", **params)
        if job is not None and and_all:
            self._after_import.add(job)

    # -- live captures ---------------------------------------------------------------------------------------------------------

    def follow_captures(self) -> None:
        """Takes in, beside other work, what every recorder of this case holds or has left behind."""
        case = self._desk.work.case
        if case is None or self._desk.read_only:
            return
        left = {job.params.get("capture"): job for job in case.find(Job, kind="live") if job.state in ("interrupted", "stopped")}
        for capture in case.find(Capture, state="recording"):
            self.follow_capture(capture.id)
            if capture.id in left:
                self._desk.dismiss(left[capture.id].id)
                self.analyse_capture(capture.id)

    def follow_capture(self, capture_id: str) -> None:
        """Takes one capture into the case as it grows, unless that is being done."""
        case = self._desk.work.case
        if case is None:
            return
        asked = {job.params.get("capture") for state in ("waiting", "running") for job in case.find(Job, kind="capture", state=state)}
        if capture_id not in asked:
            self._desk.submit("capture", capture=capture_id)

    def analyse_capture(self, capture_id: str) -> None:
        """Has a capture heard, read and searched for leads while it is recorded; somebody must follow it into the case meanwhile."""
        case = self._desk.work.case
        if case is None:
            return
        model = str(self._desk.settings.get("speech_model", "") or "")
        job = self._desk.submit("live", capture=capture_id, **({"model": model} if model else {}))
        if job is not None:
            self._live[job] = case.get(Capture, capture_id).recording_id

    def _search(self) -> None:
        """Runs the rules over what has new words, without a word about it: the leads show themselves."""
        recordings, self._unsearched = self._unsearched, set()
        for recording in recordings:
            self._desk.later("leads.run", lambda _: None, recording_id=recording)
        if recordings:
            self.pause.start()

    def _hear_live(self, event: JobEvent) -> None:
        if event.stage == "live-rows" or event.state == "done":
            self._unsearched.add(self._live[event.job_id])
        if event.state in _ENDED:
            del self._live[event.job_id]
            self.pause.stop()
        if not self.pause.isActive():
            self._search()

    # -- stages ----------------------------------------------------------------------------------------------------------------

    def transcribe(self, recordings: Sequence[str] = (), model: str = "") -> int:
        """Asks for speech of every recording (or those given) that has sound and no finished transcript; returns how many.

        With a `model` named, a transcript by another model does not count as finished.
        """
        chosen = model or str(self._desk.settings.get("speech_model", "") or "")
        return self._ask(
            "transcribe",
            lambda row: bool(row.has_audio),
            Transcript,
            recordings,
            {"model": chosen} if chosen else {},
            {"model_name": model} if model else {},
        )

    def read_screens(self, recordings: Sequence[str] = ()) -> int:
        return self._ask("read-screen", lambda row: bool(row.has_video), ScreenRun, recordings)

    def everything(self, recordings: Sequence[str] = ()) -> None:
        """Speech and screen text where they are missing, then leads."""
        if self.transcribe(recordings) + self.read_screens(recordings) == 0:
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

    def find_leads(self, recordings: Sequence[str] = ()) -> None:
        """Runs the lead rules over all recordings, or those given one after the other."""
        if not recordings:
            self._desk.later("leads.run", self._found)
        for recording in recordings:
            self._desk.later("leads.run", self._found, recording_id=recording)

    def _found(self, outcome: Outcome) -> None:
        self._desk.said.emit(tr("ui.said.leads_found", count=outcome.facts.get("count", 0)), "good")

    def _ask(
        self,
        kind: str,
        fits: Callable[[Recording], bool],
        result: type[Transcript] | type[ScreenRun],
        recordings: Sequence[str] = (),
        extra: dict[str, str] | None = None,
        made_by: dict[str, str] | None = None,
    ) -> int:
        case = self._desk.work.case
        if case is None:
            return 0
        asked = {job.params.get("recording") for state in ("waiting", "running") for job in case.find(Job, kind=kind, state=state)}
        count = 0
        for row in case.find(Recording):
            wanted = fits(row) and row.state != "growing" and (not recordings or row.id in recordings)
            if not wanted or row.id in asked or case.count(result, recording_id=row.id, state="done", **(made_by or {})):
                continue
            job = self._desk.submit(kind, recording=row.id, **(extra or {}))
            if job is not None:
                self._open.add(job)
                count += 1
        return count

    def _hear(self, event: JobEvent) -> None:
        if event.job_id in self._live:
            self._hear_live(event)
        if event.state not in _ENDED:
            return
        if event.kind in ("import", "capture") and event.state == "done":
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
        self._live.clear()
        self._unsearched.clear()
        self.pause.stop()
