"""One run of one kind of long work on a case: its job row, its child processes, and the commit of what they send.

Each kind is a function `(run, params) -> facts` in a module of this room; `KINDS` names them. A kind that is run again goes on where the
last run ended.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

from inspector_app.casefile.case import Case
from inspector_app.casefile.changes import Act, Change, insert, update
from inspector_app.domain.errors import InspectorError, JobFailed, Stopped, UsageError
from inspector_app.domain.ids import new_id
from inspector_app.domain.people import Actor
from inspector_app.domain.records import Job
from inspector_app.domain.timebase import iso, utc_now

from . import captures, child, dossiers, imports, live, previews, screens, transcripts

Json = dict[str, Any]
#: stage, done, total, unit
Progress = Callable[[str, int, int, str], None]
#: code and facts of what the work thinks a person should know, though it goes on
Warn = Callable[[str, Json], None]

PROGRAM: Final = Actor("直鉴", machine=True)


@dataclass(frozen=True)
class Run:
    """What a kind of work is handed: the case, who asked, the way to stop and to report."""

    case: Case
    actor: Actor
    job_id: str
    stop: threading.Event
    progress: Progress
    warn: Warn = lambda *_: None

    def check(self) -> None:
        if self.stop.is_set():
            raise Stopped

    def child(self, kind: str, spec: Json, on_item: Callable[[str, Json], None], stage: str | None = None) -> Json:
        """Runs a worker; its items are committed by `on_item` as they come."""
        return child.run(
            kind,
            spec,
            on_item=on_item,
            on_progress=lambda done, total, unit: self.progress(stage or kind, done, total, unit),
            on_warning=self.warn,
            stop=self.stop,
        )

    def commit(self, name: str, changes: list[Change], object_id: str = "", /, **facts: str | int) -> None:
        """Commits machine work: done by the program, at the asking of the actor, who is named in the facts."""
        self.case.commit(Act(name, PROGRAM, changes, object_id, {"asked_by": self.actor.name, "job": self.job_id, **facts}))


KINDS: Final[dict[str, Callable[[Run, Json], Json]]] = {
    "capture": captures.run,
    "import": imports.run,
    "transcribe": transcripts.run,
    "word-times": transcripts.word_times,
    "read-screen": screens.run,
    "dossier": dossiers.run,
    "previews": previews.run,
    "live": live.run,
}


def execute(
    case: Case,
    actor: Actor,
    kind: str,
    params: Json,
    *,
    stop: threading.Event | None = None,
    progress: Progress = lambda *_: None,
    warn: Warn = lambda *_: None,
    job: Job | None = None,
) -> Json:
    """Runs `kind` to its end on this thread and returns its facts; the job's row says how it ended. Raises what the work raised."""
    if kind not in KINDS:
        raise UsageError("usage.job_kind", kind=kind)
    if job is None:
        job = enter(case, actor, kind, params)
    job = _move(case, actor, job, "running")
    run = Run(case, actor, job.id, stop or threading.Event(), progress, warn)
    try:
        run.check()  # it may have been stopped while it waited
        facts = KINDS[kind](run, params)
    except InspectorError as error:
        state = "stopped" if isinstance(error, Stopped) else "failed"
        _move(case, actor, job, state, error=error.code, facts={"error": error.facts})
        raise
    except Exception as error:
        _move(case, actor, job, "failed", error="job.crashed", facts={"error": {"cause": str(error)[:300]}})
        raise JobFailed("job.crashed", kind=kind, cause=f"{type(error).__name__}: {error}"[:300]) from error
    _move(case, actor, job, "done", facts=facts)
    return facts


def enter(case: Case, actor: Actor, kind: str, params: Json) -> Job:
    """Puts a job on the case's list, waiting."""
    now = iso(utc_now())
    job = Job(new_id("job"), kind, "waiting", now, now, params=params)
    case.commit(Act("job.wait", actor, [insert(job)], job.id, {"kind": kind}))
    return job


def _move(case: Case, actor: Actor, job: Job, state: str, *, error: str = "", facts: Json | None = None) -> Job:
    current = case.get(Job, job.id)
    moved = replace(current, state=state, updated_at=iso(utc_now()), error=error, facts=facts or {})
    case.commit(Act(f"job.{state}", actor, [update(current, moved)], job.id, {"kind": job.kind, **({"error": error} if error else {})}))
    return moved


def dismiss(case: Case, actor: Actor, job_id: str) -> None:
    """Takes an ended job off the list of what may be gone on with; what it has finished stays."""
    _move(case, actor, case.get(Job, job_id), "dismissed")


def recover(case: Case) -> list[Job]:
    """Marks jobs that the program ended under as interrupted, so that a person can go on with them; returns those."""
    left = [job for state in ("running", "waiting") for job in case.find(Job, state=state)]
    for job in left:
        _move(case, PROGRAM, job, "interrupted")
    return left
