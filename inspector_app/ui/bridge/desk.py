"""The desk: one open case as the window sees it. It runs commands, owns the job queue, and turns what happens into Qt signals.

Panes never call the case to write and never see an exception: a refused command becomes a sentence in the hint bar.
"""

import importlib
import pkgutil
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal

from inspector_app import commands
from inspector_app.casefile.changes import Act, Change
from inspector_app.commands.registry import COMMANDS, Outcome
from inspector_app.commands.workspace import Workspace
from inspector_app.domain.errors import CaseError, InspectorError
from inspector_app.domain.timebase import BEIJING, beijing, utc_now
from inspector_app.i18n import explain, has, tr
from inspector_app.jobs.queue import JobEvent, JobQueue
from inspector_app.ui.models.words import article_label

from .background import Background
from .settings import Settings

for _module in pkgutil.iter_modules(commands.__path__):  # every noun registers its commands when it is imported
    importlib.import_module(f"{commands.__name__}.{_module.name}")


class Desk(QObject):
    """Signals: `opened`, `closed`, `changed(act, changes)`, `job(JobEvent)`, `said(text, tone)` with tone "", "good" or "bad",
    `refused(error)` with an error that was said."""

    opened = Signal()
    closed = Signal()
    changed = Signal(str, object)
    job = Signal(object)
    said = Signal(str, str)
    refused = Signal(object)
    _committed = Signal(str, object)

    def __init__(self, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.settings = settings
        self.work = Workspace()
        self.reading = Background(self)
        self.jobs: JobQueue | None = None
        self.saved_at: datetime | None = None
        self.interrupted = 0
        #: who has the case that is open here only to be read: by, since
        self.holder: dict[str, str] = {}
        self._committed.connect(self._hear, Qt.ConnectionType.QueuedConnection)

    # -- the open case -------------------------------------------------------------------------------------------------------

    def open_case(self, folder: Path) -> bool:
        """Opens a case folder, only to read where another program has it (`holder` then says who); says why when it cannot."""
        self.close_case()
        self.holder = {}
        try:
            return self._take(self._run("case.open", {"folder": folder}))
        except CaseError as error:
            if error.code != "case.held":
                self.complain(error)
                return False
            self.holder = dict(error.facts)
        except InspectorError as error:
            self.complain(error)
            return False
        return self._take(self.do("case.open", folder=folder, read_only=True))

    @property
    def read_only(self) -> bool:
        """Whether nothing of the open case may be changed here, opinions apart: another program has it, or it is a reviewer's copy."""
        return self.work.case is not None and not self.work.writable

    @property
    def takes_opinions(self) -> bool:
        return self.work.case is not None and not self.work.case.read_only

    @property
    def why_read_only(self) -> str:
        """Who has the case, or whose copy of when it is; "" where it may be written."""
        if not self.read_only:
            return ""
        copy = self.work.copy
        if not self.takes_opinions or copy is None:
            return tr("ui.said.read_only", **self.holder)
        at = f"{beijing(datetime.fromisoformat(copy.made_at)):%Y-%m-%d %H:%M}" if copy.made_at else tr("ui.when.unknown")
        return tr("ui.said.review_copy", by=copy.by or "—", at=at)

    def new_case(self, **words: Any) -> bool:
        self.close_case()
        self.holder = {}
        return self._take(self.do("case.new", **words))

    def _take(self, outcome: Outcome | None) -> bool:
        case = self.work.case
        if outcome is None or case is None:
            return False
        case.listen(self._note)
        self.jobs = JobQueue(case, lambda: self.work.actor)
        self.jobs.listen(self.job.emit)
        self.settings.remember(case.folder, case.info.number, case.info.party, case.info.cause)
        self.saved_at = utc_now()
        self.interrupted = int(outcome.facts.get("interrupted", 0))
        self.opened.emit()
        return True

    def close_case(self) -> None:
        """Stops jobs and background reading, then closes; safe when nothing is open."""
        if self.jobs is not None:
            self.jobs.close()
            self.jobs = None
        if self.work.case is not None:
            self.closed.emit()
            self.reading.forget()
            self.work.close()

    def close(self) -> None:
        self.close_case()
        self.reading.close()

    def _note(self, act: Act, changes: Sequence[Change]) -> None:
        """On the thread that committed: only hands over."""
        self._committed.emit(act.name, tuple(changes))

    def _hear(self, act: str, changes: Sequence[Change]) -> None:
        if self.work.case is not None:
            self.saved_at = utc_now()
            self.changed.emit(act, changes)

    @property
    def saved_clock(self) -> str:
        """When the journal last grew, as a clock in Beijing; "" before the first case."""
        return self.saved_at.astimezone(BEIJING).strftime("%H:%M:%S") if self.saved_at else ""

    # -- acts ----------------------------------------------------------------------------------------------------------------

    def do(self, name: str, **params: Any) -> Outcome | None:
        """Runs a command here and now; what it says goes to the hint bar. None when it was refused."""
        try:
            outcome = self._run(name, params)
        except InspectorError as error:
            self.complain(error)
            return None
        if has(f"ui.done.{name}"):
            facts = {key: article_label(str(value)) if key == "article" else value for key, value in outcome.facts.items()}
            self.said.emit(tr(f"ui.done.{name}", **facts), "good")
        return outcome

    def _run(self, name: str, params: dict[str, Any]) -> Outcome:
        """Once more where background work (the picture of a still) committed between a command's reading and its writing."""
        try:
            return COMMANDS[name].run(self.work, **params)
        except CaseError as error:
            if error.code != "case.changed_meanwhile":
                raise
            return COMMANDS[name].run(self.work, **params)

    def later(self, name: str, done: Callable[[Outcome], None], **params: Any) -> None:
        """Runs a command that takes longer than a frame in the background; `done` hears of its outcome on the window's thread."""
        self.reading.run(lambda: COMMANDS[name].run(self.work, **params), done, self.complain)

    def complain(self, error: InspectorError) -> None:
        """The error's cause and next step in the hint bar."""
        self.refused.emit(error)
        self.said.emit(" ".join(explain(error)), "bad")

    def submit(self, kind: str, **params: Any) -> str | None:
        """Asks for long work; returns the job's id."""
        if self.jobs is None:
            return None
        try:
            return self.jobs.submit(kind, params)
        except InspectorError as error:
            self.complain(error)
            return None

    def cancel(self, job_id: str) -> None:
        try:
            if self.jobs is not None:
                self.jobs.cancel(job_id)
        except InspectorError as error:
            self.complain(error)

    def resume(self, job_id: str) -> None:
        try:
            if self.jobs is not None:
                self.jobs.resume(job_id)
        except InspectorError as error:
            self.complain(error)

    def dismiss(self, job_id: str) -> None:
        try:
            if self.jobs is not None:
                self.jobs.dismiss(job_id)
        except InspectorError as error:
            self.complain(error)


__all__ = ["Desk", "JobEvent"]
