"""The window's queue: one heavy job at a time, in the order asked; imports in a line of their own, so that the next original is secured while hours
of speech are still read; work that only follows something runs beside both on threads of its own.

Each event is told to listeners on the job's thread.
"""

import logging
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from inspector_app.casefile.case import Case
from inspector_app.domain.errors import CaseError, InspectorError, Stopped
from inspector_app.domain.people import Actor
from inspector_app.domain.records import Job

from . import run

Json = dict[str, Any]

#: kinds that wait for the world (a broadcast, a folder) and use hardly any of the computer, and previews, which take hours at low
#: priority one after the other: they never stand in the queue
BESIDE = frozenset({"capture", "watch-folder", "previews", "live"})
#: bound by the disk and not by the processor: one after the other, beside the heavy ones
IMPORTS = frozenset({"import"})


@dataclass(frozen=True)
class JobEvent:
    """How a job stands. `rate` is units a second (0 unknown), `eta_s` whole seconds left (None unknown).

    `warning` is a code that the work has just said, its facts in `facts`; the job goes on.
    """

    job_id: str
    kind: str
    state: str
    stage: str = ""
    done: int = 0
    total: int = 0
    unit: str = ""
    rate: int = 0
    eta_s: int | None = None
    error: InspectorError | None = None
    facts: Json | None = None
    warning: str = ""


class JobQueue:
    """Runs the jobs of one open case in the order in which they were asked for."""

    def __init__(self, case: Case, actor: Callable[[], Actor]) -> None:
        self._case = case
        self._actor = actor
        self._heavy: queue.Queue[Job | None] = queue.Queue()
        self._imports: queue.Queue[Job | None] = queue.Queue()
        self._stops: dict[str, threading.Event] = {}
        self._listeners: list[Callable[[JobEvent], None]] = []
        self._beside: list[threading.Thread] = []
        self._lines = [
            threading.Thread(target=self._work, args=(waiting,), name=name, daemon=True)
            for name, waiting in (("jobs", self._heavy), ("imports", self._imports))
        ]
        for line in self._lines:
            line.start()

    def listen(self, listener: Callable[[JobEvent], None]) -> None:
        self._listeners.append(listener)

    def submit(self, kind: str, params: Json) -> str:
        """Puts a job at the end of the queue; returns its id."""
        job = run.enter(self._case, self._actor(), kind, params)
        self._put(job)
        return job.id

    def resume(self, job_id: str) -> str:
        """Asks for an ended job's work once more; finished pieces are not done again."""
        job = self._case.get(Job, job_id)
        return self.submit(job.kind, job.params)

    def dismiss(self, job_id: str) -> None:
        """Takes an ended job off the list; what it has finished stays."""
        run.dismiss(self._case, self._actor(), job_id)

    def _put(self, job: Job) -> None:
        self._stops[job.id] = threading.Event()
        self._tell(JobEvent(job.id, job.kind, "waiting"))
        if job.kind in BESIDE:
            thread = threading.Thread(target=self._do, args=(job,), name=f"job-{job.kind}", daemon=True)
            self._beside = [*(one for one in self._beside if one.is_alive()), thread]
            thread.start()
        else:
            (self._imports if job.kind in IMPORTS else self._heavy).put(job)

    def cancel(self, job_id: str) -> None:
        """Stops a job that runs or waits; what it has finished stays."""
        if job_id not in self._stops:
            raise CaseError("case.no_such", kind="jobs", id=job_id)
        self._stops[job_id].set()

    def close(self, timeout_s: float = 10) -> None:
        """Stops everything and waits for the running jobs to end."""
        for stop in tuple(self._stops.values()):
            stop.set()
        self._heavy.put(None)
        self._imports.put(None)
        until = time.monotonic() + timeout_s
        for thread in (*self._lines, *self._beside):
            thread.join(max(0.0, until - time.monotonic()))

    def _tell(self, event: JobEvent) -> None:
        for listener in tuple(self._listeners):
            try:
                listener(event)
            except Exception:  # a pane that fails must not stop the jobs behind it
                logging.getLogger(__name__).exception("a listener of job %s failed", event.job_id)

    def _work(self, waiting: queue.Queue[Job | None]) -> None:
        while (job := waiting.get()) is not None:
            self._do(job)

    def _do(self, job: Job) -> None:
        """Runs one job to its end and tells of it."""
        pace = Pace()
        event = JobEvent(job.id, job.kind, "running")
        self._tell(event)

        def progress(stage: str, done: int, total: int, unit: str) -> None:
            rate, eta = pace.update(stage, done, total)
            self._tell(replace(event, stage=stage, done=done, total=total, unit=unit, rate=rate, eta_s=eta))

        def warn(code: str, facts: Json) -> None:
            self._tell(replace(event, warning=code, facts=facts))

        stop = self._stops[job.id]
        try:
            facts = run.execute(self._case, self._actor(), job.kind, job.params, stop=stop, progress=progress, warn=warn, job=job)
            end = replace(event, state="done", facts=facts)
        except InspectorError as error:
            end = replace(event, state="stopped" if isinstance(error, Stopped) else "failed", error=error)
        self._stops.pop(job.id)
        self._tell(end)


class Pace:
    """Rate and time left of one stage at a time, over the time since the stage began."""

    def __init__(self) -> None:
        self._stage = ""
        self._since = 0.0
        self._first = 0

    def update(self, stage: str, done: int, total: int) -> tuple[int, int | None]:
        """Units a second (0 unknown) and whole seconds left (None unknown)."""
        now = time.monotonic()
        if stage != self._stage:
            self._stage, self._since, self._first = stage, now, done
        elapsed, moved = now - self._since, done - self._first
        if elapsed < 0.5 or moved <= 0:
            return 0, None
        rate = moved / elapsed
        return int(rate), max(0, round((total - done) / rate)) if total else None
