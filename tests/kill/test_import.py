"""An import ended in the middle of a copy, from outside and from inside: nothing half-registered, and the next run finishes."""

import json
import os
import signal
import sys
import threading

import pytest

from inspector_app.casefile.case import Case
from inspector_app.commands import cases
from inspector_app.commands.workspace import Workspace
from inspector_app.domain.errors import JobFailed, Stopped
from inspector_app.domain.records import Job, Original, Recording
from inspector_app.integrity.verify import verify_case
from inspector_app.jobs import child, run

from .conftest import alive, children, wait_until

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks at processes through /proc")


def copying(folder, size=1 << 20):
    """Whether a copy has begun to grow in the vault."""
    return any(path.stat().st_size >= size for path in (folder / "originals" / ".incoming").glob("*.partial") if path.exists())


def states(folder):
    with Case(folder, read_only=True) as case:
        return [job.state for job in case.find(Job, kind="import")]


def test_that_a_program_killed_in_mid_copy_registers_nothing_and_its_child_ends(bare_case, big_recording, tmp_path, start, inspector):
    process = start(tmp_path, "import", bare_case, big_recording)
    wait_until(lambda: copying(bare_case), "the copy to begin")
    workers = children(process.pid)
    assert workers
    process.send_signal(signal.SIGKILL)
    process.wait()
    wait_until(lambda: not any(alive(pid) for pid in workers), "the child to end after its parent")
    assert verify_case(bare_case).ok
    with Case(bare_case, read_only=True) as case:
        assert case.count(Recording) == 1
        assert case.count(Original) == 3

    work = Workspace()
    outcome = cases.open_case(work, folder=bare_case)
    assert outcome.facts["interrupted"] == 1
    work.close()
    assert states(bare_case)[-1] == "interrupted"

    done = inspector("import", bare_case, big_recording, "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["imported"][0]["bytes"] == big_recording.stat().st_size
    assert verify_case(bare_case).ok
    with Case(bare_case, read_only=True) as case:
        assert case.count(Recording) == 2
        assert case.count(Original) == 4
    assert list((bare_case / "originals" / ".incoming").glob("*.partial")) == []


def test_that_ctrl_c_in_mid_copy_ends_with_four_and_the_next_run_finishes(bare_case, big_recording, tmp_path, start, inspector):
    process = start(tmp_path, "import", bare_case, big_recording, "--json")
    wait_until(lambda: copying(bare_case), "the copy to begin")
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 4
    assert json.loads((tmp_path / "out").read_text(encoding="utf-8")) == {"error": {"code": "stopped"}}
    assert "再次运行同一命令会从中断处继续" in (tmp_path / "err").read_text(encoding="utf-8")
    assert states(bare_case)[-1] == "stopped"
    assert copying(bare_case), "what was copied is kept to go on from"
    assert verify_case(bare_case).ok

    done = inspector("import", bare_case, big_recording, "--json")
    assert done.returncode == 0, done.stderr
    with Case(bare_case, read_only=True) as case:
        assert case.count(Recording) == 2
        assert case.count(Original) == 4
    assert verify_case(bare_case).ok


def test_that_a_killed_child_is_a_failed_job_and_the_next_run_finishes(bare_case, big_recording):
    with Case(bare_case) as case:
        killed = []

        def kill_once(_stage, done, _total, _unit):
            if done and not killed:
                killed.extend(children(os.getpid()))
                for pid in killed:
                    os.kill(pid, signal.SIGKILL)

        params = {"files": [str(big_recording)]}
        with pytest.raises(JobFailed) as caught:
            run.execute(case, case.first_officer, "import", params, progress=kill_once)
        assert caught.value.code == "job.died"
        assert caught.value.facts["status"] == "-9"
        job = case.find(Job, order="rowid DESC")[0]
        assert (job.state, job.error) == ("failed", "job.died")
        assert case.count(Recording) == 1
        facts = run.execute(case, case.first_officer, "import", job.params)
        assert [one["bytes"] for one in facts["imported"]] == [big_recording.stat().st_size]
        assert case.count(Recording) == 2
    assert verify_case(bare_case).ok


def test_that_a_child_stopped_dead_is_ended_all_the_same(bare_case, big_recording, monkeypatch):
    """A child that hangs hears no request to stop: it is killed after the time it has to end by itself."""
    monkeypatch.setattr(child, "POLITE_S", 0.3)
    stop = threading.Event()
    frozen = []

    def freeze(_stage, done, _total, _unit):
        if done and not frozen:
            frozen.extend(children(os.getpid()))
            for pid in frozen:
                os.kill(pid, signal.SIGSTOP)
            stop.set()

    with Case(bare_case) as case:
        with pytest.raises(Stopped):
            run.execute(case, case.first_officer, "import", {"files": [str(big_recording)]}, progress=freeze, stop=stop)
        assert not any(alive(pid) for pid in frozen)
        assert case.find(Job, order="rowid DESC")[0].state == "stopped"
    assert verify_case(bare_case).ok
