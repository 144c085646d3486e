"""The pipe to a child process: real workers, and children that misbehave in every way a process can."""

import sys
import threading
import time

import pytest

from inspector_app.domain.errors import BadInput, JobFailed, ModelError, Stopped, StorageError
from inspector_app.jobs import child

SAY = "import json, sys; say = lambda **m: print(json.dumps(m), flush=True); spec = json.loads(sys.stdin.readline());\n"


@pytest.fixture
def acting(monkeypatch):
    """Puts a small script in the place of the worker."""

    def act(script, polite=2.0):
        monkeypatch.setattr(child, "POLITE_S", polite)
        monkeypatch.setattr(child, "command", lambda kind: [sys.executable, "-c", SAY + script])

    return act


class Ear:
    def __init__(self):
        self.items, self.steps, self.warnings = [], [], []

    def run(self, spec=None, stop=None, kind="import"):
        return child.run(
            kind,
            spec or {},
            on_item=lambda kind, data: self.items.append((kind, data)),
            on_progress=lambda *step: self.steps.append(step),
            on_warning=lambda code, facts: self.warnings.append((code, facts)),
            stop=stop,
        )


# -- the real thing --------------------------------------------------------------------------------------------------------------


def test_that_a_real_worker_sends_items_progress_and_its_result(tmp_path, clip):
    ear = Ear()
    spec = {"files": [str(clip)], "vault": str(tmp_path / "originals"), "working": str(tmp_path / "working"), "known": {}}
    (tmp_path / "originals").mkdir()
    assert ear.run(spec) == {"imported": 1, "duplicates": 0, "refused": 0, "kept": 0}
    (kind, data), size = ear.items[0], clip.stat().st_size
    assert (kind, data["bytes"], data["source"]["name"]) == ("imported", size, clip.name)
    assert ear.steps[-1] == (size, size, "bytes")


def test_that_what_a_real_worker_refuses_is_raised_here_as_the_same_error(tmp_path, clip):
    spec = {"wav": str(clip), "wav_sha256": "", "model": str(tmp_path), "model_sha256": "", "options": {}, "plan": None, "done": []}
    with pytest.raises((ModelError, BadInput)) as caught:
        Ear().run({**spec, "options_sha256": None}, kind="transcribe")
    assert caught.value.code not in ("model", "bad_input")


def test_that_a_spec_the_worker_cannot_read_is_a_crash_in_words():
    with pytest.raises(JobFailed) as caught:
        Ear().run({"nothing": "here"})
    assert caught.value.code == "job.crashed"
    assert caught.value.facts["kind"] == "import"
    assert "KeyError" in caught.value.facts["cause"]


def test_that_a_kind_nobody_does_ends_with_what_the_child_said_last():
    with pytest.raises(JobFailed) as caught:
        Ear().run(kind="nonsense")
    assert caught.value.code in ("job.crashed", "job.died")
    assert "nonsense" in str(caught.value)


# -- children that behave --------------------------------------------------------------------------------------------------------


def test_that_everything_said_arrives_in_order_as_it_was_said(acting):
    acting(
        "say(type='hello', pid=1)\n"
        "for n in range(300): say(type='item', kind='k', data={'n': n, 'text': '最低价😀\\u2028\\x00' * 50})\n"
        "say(type='progress', done=1, total=2, unit='us'); say(type='heartbeat')\n"
        "say(type='warning', code='w', facts={'a': 'b'})\n"
        "say(type='done', result={'spec': spec})"
    )
    ear = Ear()
    assert ear.run({"名": ["值", None, 1]}) == {"spec": {"名": ["值", None, 1]}}
    assert [data["n"] for _, data in ear.items] == list(range(300))
    assert ear.items[0][1]["text"] == "最低价😀\u2028\x00" * 50
    assert (ear.steps, ear.warnings) == ([(1, 2, "us")], [("w", {"a": "b"})])


def test_that_very_long_lines_arrive_whole(acting):
    acting("say(type='item', kind='k', data={'text': '字' * 20_000_000}); say(type='done', result={'got': len(spec['text'])})")
    ear = Ear()
    assert ear.run({"text": "长" * 5_000_000}) == {"got": 5_000_000}
    assert ear.items[0][1]["text"] == "字" * 20_000_000


def test_that_much_noise_on_the_error_stream_blocks_nobody(acting):
    acting("sys.stderr.write('noise ' * 2_000_000); say(type='done', result={})")
    assert Ear().run() == {}


# -- children that do not --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "script",
    [
        "print('not json', flush=True)",
        "print('{\"type\": \"ite', end='', flush=True)",
        "sys.stdout.buffer.write(b'\\xff\\xfe\\n'); sys.stdout.flush()",
        "print('123', flush=True)",
        "print('[]', flush=True)",
        "print('{}', flush=True)",
        "print('null', flush=True)",
        'print(\'{"type": "item"}\', flush=True)',
        'print(\'{"type": "progress", "done": 1}\', flush=True)',
        "print('[' * 100000, flush=True)",
        "pass",
        "sys.exit(7)",
        "raise SystemError('broken inside')",
        "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)",
        "sys.stdout.close()",
    ],
)
def test_that_a_child_that_ends_or_babbles_is_a_dead_job(acting, script):
    acting(script)
    ear = Ear()
    with pytest.raises(JobFailed) as caught:
        ear.run()
    assert caught.value.code == "job.died"
    assert caught.value.facts["kind"] == "import"
    assert ear.items == []


def test_that_the_last_words_on_the_error_stream_are_the_cause(acting):
    acting("say(type='item', kind='k', data={}); sys.stderr.write('first\\n没有内存了\\n'); sys.exit(9)")
    ear = Ear()
    with pytest.raises(JobFailed) as caught:
        ear.run()
    assert caught.value.facts == {"kind": "import", "status": "9", "cause": "没有内存了"}
    assert ear.items == [("k", {})]


def test_that_a_child_that_ends_before_it_listens_is_a_dead_job(monkeypatch):
    monkeypatch.setattr(child, "command", lambda kind: [sys.executable, "-c", "import sys; sys.exit(5)"])
    with pytest.raises(JobFailed) as caught:
        Ear().run({"text": "x" * 1_000_000})
    assert caught.value.facts["status"] == "5"


def test_that_a_silent_child_is_ended(acting, monkeypatch):
    monkeypatch.setattr(child, "SILENCE_S", 0.5)
    acting("import time; time.sleep(600)", polite=0.3)
    with pytest.raises(JobFailed) as caught:
        Ear().run()
    assert caught.value.code == "job.died"
    assert caught.value.facts["status"] == "-9"


def test_that_a_heartbeat_is_no_silence(acting, monkeypatch):
    monkeypatch.setattr(child, "SILENCE_S", 1.5)
    acting("import time\nfor _ in range(12): say(type='heartbeat'); time.sleep(0.25)\nsay(type='done', result={'ok': 1})")
    assert Ear().run() == {"ok": 1}


def test_that_a_failure_keeps_its_family_code_and_facts(acting):
    acting("say(type='failed', error='StorageError', code='storage.full', facts={'path': '盘'})")
    with pytest.raises(StorageError) as caught:
        Ear().run()
    assert (caught.value.code, caught.value.facts) == ("storage.full", {"path": "盘"})


def test_that_a_failure_of_an_unknown_family_is_a_failed_job(acting):
    acting("say(type='failed', error='Surprise', code='x', facts={})")
    with pytest.raises(JobFailed) as caught:
        Ear().run()
    assert caught.value.code == "x"


# -- stopping --------------------------------------------------------------------------------------------------------------------

POLITE = """
import threading
say(type='item', kind='k', data={})
for line in sys.stdin:
    if json.loads(line)['type'] == 'stop':
        say(type='item', kind='last', data={})
        say(type='failed', error='Stopped', code='stopped', facts={})
"""


def test_that_a_child_asked_to_stop_may_finish_its_sentence(acting):
    acting(POLITE)
    stop = threading.Event()
    ear = Ear()
    ear_run = threading.Timer(0.3, stop.set)
    ear_run.start()
    with pytest.raises(Stopped):
        ear.run(stop=stop)
    assert [kind for kind, _ in ear.items] == ["k", "last"]


def test_that_a_child_that_does_not_stop_is_killed(acting):
    acting("import time; say(type='item', kind='k', data={})\nwhile True: time.sleep(0.1); say(type='heartbeat')", polite=0.3)
    stop = threading.Event()
    stop.set()
    began = time.monotonic()
    with pytest.raises(Stopped):
        Ear().run(stop=stop)
    assert time.monotonic() - began < 30


def test_that_a_child_that_finishes_though_asked_to_stop_has_finished(acting):
    acting("sys.stdin.readline(); say(type='done', result={'all': 1})")
    stop = threading.Event()
    stop.set()
    assert Ear().run(stop=stop) == {"all": 1}


def test_that_an_error_in_the_parent_ends_the_child(acting, tmp_path):
    acting(
        f"import pathlib, time; say(type='item', kind='k', data={{}})\nfor line in sys.stdin: pass\npathlib.Path({str(tmp_path / 'ended')!r}).touch()"
    )

    def refuse(kind, data):
        raise StorageError("storage.full", path="x")

    with pytest.raises(StorageError):
        child.run("import", {}, on_item=refuse)
    assert (tmp_path / "ended").exists()


def test_that_no_thread_and_no_pipe_is_left(acting):
    acting("say(type='done', result={})")
    before = threading.active_count()
    for _ in range(5):
        Ear().run()
    assert threading.active_count() == before
