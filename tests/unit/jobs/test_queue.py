"""The window's queue and the runs in it: one at a time, in order, stopped and gone on with, each end written down."""

import threading
import time

import pytest

from inspector_app.casefile import journal
from inspector_app.casefile.case import Case
from inspector_app.domain.errors import BadInput, CaseError, JobFailed, Stopped, UsageError
from inspector_app.domain.records import Job, Recording
from inspector_app.integrity.verify import verify_case
from inspector_app.jobs import queue, run
from inspector_app.jobs.queue import JobQueue, Pace

PATIENCE_S = 60


class Watch:
    """Hears a queue and waits for what it says."""

    def __init__(self, jobs):
        self.events = []
        self._said = threading.Condition()
        jobs.listen(self.hear)

    def hear(self, event):
        with self._said:
            self.events.append(event)
            self._said.notify_all()

    def wait_for(self, job_id, *states):
        def found():
            return next((event for event in self.events if event.job_id == job_id and event.state in states), None)

        with self._said:
            assert self._said.wait_for(found, PATIENCE_S), (job_id, states, self.events)
            return found()

    def wait_for_work(self, job_id):
        """Until the job's work itself has begun."""
        with self._said:
            assert self._said.wait_for(lambda: any(event.job_id == job_id and event.stage for event in self.events), PATIENCE_S)

    def states(self):
        """(job, state) in the order in which they were said, each once."""
        return list(dict.fromkeys((event.job_id, event.state) for event in self.events))


@pytest.fixture
def case(bare_case):
    with Case(bare_case) as opened:
        yield opened


@pytest.fixture
def jobs(case):
    made = JobQueue(case, lambda: case.first_officer)
    yield made
    made.close()


@pytest.fixture
def slow(monkeypatch):
    """A kind of work that runs until it is stopped or let go, and does one piece more each time it is asked."""
    gate, pieces = threading.Event(), []

    def work(run, params):
        pieces.append(params.get("name"))
        run.progress("slow", len(pieces), 10, "items")
        end = time.monotonic() + PATIENCE_S
        while not gate.is_set() and time.monotonic() < end:
            run.check()
            time.sleep(0.005)
        return {"pieces": len(pieces)}

    monkeypatch.setitem(run.KINDS, "slow", work)
    work.gate, work.pieces = gate, pieces
    return work


def test_that_jobs_run_one_at_a_time_in_the_order_asked_for(case, jobs, slow):
    watch = Watch(jobs)
    names = [jobs.submit("slow", {"name": str(number)}) for number in range(3)]
    watch.wait_for(names[0], "running")
    assert [event.state for event in watch.events if event.job_id != names[0]] == ["waiting", "waiting"]
    slow.gate.set()
    watch.wait_for(names[2], "done")
    assert slow.pieces == ["0", "1", "2"]
    order = [pair for pair in watch.states() if pair[1] != "waiting"]
    assert order == [(name, state) for name in names for state in ("running", "done")]
    assert [job.state for job in case.find(Job) if job.id in names] == ["done"] * 3


def test_that_an_import_does_not_wait_for_hours_of_speech_and_imports_stand_in_line(case, jobs, slow, monkeypatch):
    watch, began = Watch(jobs), []
    let_go = threading.Event()

    def importing(run, params):
        began.append(params["name"])
        assert let_go.wait(PATIENCE_S)
        return {}

    monkeypatch.setitem(run.KINDS, "import", importing)
    speech = jobs.submit("slow", {"name": "speech"})
    watch.wait_for_work(speech)
    first, second = jobs.submit("import", {"name": "1"}), jobs.submit("import", {"name": "2"})
    watch.wait_for(first, "running")
    assert (second, "running") not in watch.states()
    let_go.set()
    watch.wait_for(second, "done")
    assert began == ["1", "2"]
    assert (speech, "done") not in watch.states()


def test_that_a_waiting_job_can_be_cancelled_before_it_starts(case, jobs, slow):
    watch = Watch(jobs)
    first, second = jobs.submit("slow", {"name": "1"}), jobs.submit("slow", {"name": "2"})
    watch.wait_for(first, "running")
    jobs.cancel(second)
    slow.gate.set()
    assert isinstance(watch.wait_for(second, "stopped").error, Stopped)
    assert slow.pieces == ["1"]
    assert case.get(Job, second).state == "stopped"
    assert case.get(Job, first).state == "done"


def test_that_a_running_job_can_be_cancelled_and_gone_on_with(case, jobs, slow):
    watch = Watch(jobs)
    first = jobs.submit("slow", {"name": "1"})
    watch.wait_for_work(first)
    jobs.cancel(first)
    watch.wait_for(first, "stopped")
    again = jobs.resume(first)
    slow.gate.set()
    assert watch.wait_for(again, "done").facts == {"pieces": 2}
    assert case.get(Job, again).params == {"name": "1"}
    assert case.get(Job, first).state == "stopped"


def test_that_a_failed_job_tells_why_and_the_next_one_runs(case, jobs, slow, monkeypatch):
    def broken(run, params):
        raise BadInput("import.empty", file="x.mp4")

    def crashing(run, params):
        return {}["没有"]

    monkeypatch.setitem(run.KINDS, "broken", broken)
    monkeypatch.setitem(run.KINDS, "crashing", crashing)
    watch = Watch(jobs)
    slow.gate.set()
    names = [jobs.submit(kind, {}) for kind in ("broken", "crashing", "nonsense", "slow")]
    watch.wait_for(names[3], "done")
    errors = [watch.wait_for(name, "failed").error for name in names[:3]]
    assert [error.code for error in errors] == ["import.empty", "job.crashed", "usage.job_kind"]
    rows = [case.get(Job, name) for name in names]
    assert [(row.state, row.error) for row in rows[:2]] == [("failed", "import.empty"), ("failed", "job.crashed")]
    assert rows[0].facts == {"error": {"file": "x.mp4"}}


def test_that_closing_stops_what_runs_and_what_waits(case, slow):
    jobs = JobQueue(case, lambda: case.first_officer)
    watch = Watch(jobs)
    names = [jobs.submit("slow", {}) for _ in range(3)]
    watch.wait_for_work(names[0])
    jobs.close()
    assert [case.get(Job, name).state for name in names] == ["stopped"] * 3
    assert len(slow.pieces) == 1


def test_that_a_job_nobody_knows_cannot_be_cancelled_or_gone_on_with(jobs):
    for attempt in (jobs.cancel, jobs.resume):
        with pytest.raises(CaseError) as caught:
            attempt("job_x")
        assert caught.value.code == "case.no_such"


def test_that_a_real_import_goes_through_the_queue(case, jobs, clip, tmp_path):
    copy = tmp_path / "另一段.mp4"
    copy.write_bytes(clip.read_bytes() + (16).to_bytes(4, "big") + b"free" + bytes(8))
    watch = Watch(jobs)
    name = jobs.submit("import", {"files": [str(copy)]})
    event = watch.wait_for(name, "done", "failed")
    assert event.state == "done", event.error
    assert event.facts["imported"][0]["name"] == "另一段.mp4"
    steps = [(event.stage, event.done, event.total, event.unit) for event in watch.events if event.stage]
    assert steps[-1] == ("import", copy.stat().st_size, copy.stat().st_size, "bytes")
    assert case.count(Recording) == 2


# -- a run and its row -----------------------------------------------------------------------------------------------------------


def test_that_each_state_of_a_job_is_one_act_of_whoever_asked(case, slow):
    slow.gate.set()
    assert run.execute(case, case.first_officer, "slow", {}) == {"pieces": 1}
    rows = case.read(journal.read_all)[-3:]
    assert [row.act for row in rows] == ["job.wait", "job.running", "job.done"]
    assert {row.body["actor"]["name"] for row in rows} == {"张敏"}
    assert verify_case(case.folder).ok


def test_that_an_unknown_kind_is_refused_before_anything_is_written(case):
    head = case.journal_head()
    with pytest.raises(UsageError):
        run.execute(case, case.first_officer, "nonsense", {})
    assert case.journal_head() == head


def test_that_a_crash_is_told_in_words(case, monkeypatch):
    monkeypatch.setitem(run.KINDS, "crashing", lambda run, params: {}["没有"])
    with pytest.raises(JobFailed) as caught:
        run.execute(case, case.first_officer, "crashing", {})
    assert caught.value.facts == {"kind": "crashing", "cause": "KeyError: '没有'"}


def test_that_work_the_program_ended_under_is_marked_once(case):
    for state in ("waiting", "running"):
        job = run.enter(case, case.first_officer, "import", {"files": []})
        if state == "running":
            run._move(case, case.first_officer, job, "running")
    assert [job.state for job in run.recover(case)] == ["running", "waiting"]
    assert [job.state for job in case.find(Job, order="rowid DESC")[:2]] == ["interrupted"] * 2
    assert run.recover(case) == []


# -- how fast, how long still ----------------------------------------------------------------------------------------------------


def test_that_pace_tells_rate_and_time_left_of_each_stage_by_itself(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(queue.time, "monotonic", lambda: now[0])
    pace = Pace()
    assert pace.update("copy", 50, 1000) == (0, None)
    now[0] += 0.1
    assert pace.update("copy", 60, 1000) == (0, None)
    now[0] += 0.9
    assert pace.update("copy", 150, 1000) == (100, 8)
    assert pace.update("copy", 150, 0) == (100, None)
    assert pace.update("hear", 0, 10) == (0, None)
    now[0] += 2
    assert pace.update("hear", 0, 10) == (0, None)
    assert pace.update("hear", 4, 10) == (2, 3)
    assert pace.update("hear", 12, 10) == (6, 0)


def test_that_work_beside_the_queue_holds_nothing_up(jobs, slow, monkeypatch):
    monkeypatch.setattr(queue, "BESIDE", frozenset({"slow"}))
    monkeypatch.setitem(run.KINDS, "quick", lambda run, params: {"done": 1})
    watch = Watch(jobs)
    following = jobs.submit("slow", {"name": "room"})
    watch.wait_for_work(following)
    quick = jobs.submit("quick", {})
    assert watch.wait_for(quick, "done").facts == {"done": 1}
    jobs.cancel(following)
    watch.wait_for(following, "stopped")


def test_that_closing_ends_work_beside_the_queue_too(jobs, case, slow, monkeypatch):
    monkeypatch.setattr(queue, "BESIDE", frozenset({"slow"}))
    watch = Watch(jobs)
    following = jobs.submit("slow", {"name": "room"})
    watch.wait_for_work(following)
    jobs.close()
    assert case.get(Job, following).state == "stopped"


def test_that_a_warning_is_told_while_the_work_goes_on(jobs, monkeypatch):
    def work(run, params):
        run.warn("speech.chunk_failed", {"start_us": 0, "end_us": 1, "cause": "x"})
        return {}

    monkeypatch.setitem(run.KINDS, "warns", work)
    watch = Watch(jobs)
    job = jobs.submit("warns", {})
    watch.wait_for(job, "done")
    [told] = [event for event in watch.events if event.warning]
    assert (told.state, told.warning, told.facts["cause"]) == ("running", "speech.chunk_failed", "x")


def test_that_a_dismissed_job_is_off_the_list(jobs, case, slow):
    watch = Watch(jobs)
    job = jobs.submit("slow", {})
    watch.wait_for_work(job)
    jobs.cancel(job)
    watch.wait_for(job, "stopped")
    jobs.dismiss(job)
    assert case.get(Job, job).state == "dismissed"
