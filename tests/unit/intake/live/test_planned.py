"""Planned windows, the lock against sleep, and the trial before a recording."""

import subprocess
import sys
import threading
import time
from datetime import datetime

import pytest

from inspector_app.domain.errors import Stopped
from inspector_app.intake.live import preflight, recorder
from inspector_app.intake.live.wakelock import WakeLock


class Channel:
    def __init__(self, stopped=False):
        self.stopped = stopped

    def item(self, kind, **data):
        raise AssertionError("a trial sends nothing into the case")

    def progress(self, done, total, unit):
        pass

    def warn(self, code, **facts):
        pass

    def check(self):
        if self.stopped:
            raise Stopped


def test_that_a_planned_recording_waits_for_its_window(broadcast, film, record, monkeypatch):
    server = broadcast(film, speed=4)
    start = int(time.time()) + 3
    monkeypatch.setattr(recorder, "EARLY_S", 1)
    tape = record(server.url, from_utc_s=start, until=lambda tape: tape.told_us() > 1_000_000)
    assert datetime.fromisoformat(tape.of("connect")[0]["at"]).timestamp() >= start - 1
    assert tape.frames()[0] > 0


def test_that_a_window_that_is_far_away_is_said_to_be_planned(broadcast, film, record):
    server = broadcast(film, speed=4)
    tape = record(server.url, from_utc_s=int(time.time()) + 7200, until=lambda tape: tape.state.get("state") == "planned")
    assert tape.of("connect") == [] and server.script.connections == 0


def test_that_a_planned_length_is_kept(broadcast, film, record):
    tape = record(broadcast(film, speed=4).url, seconds=1)
    assert tape.events[-1]["reason"] == "planned_end" and tape.events[-1]["mono_us"] - tape.of("start")[0]["mono_us"] >= 1_000_000


def test_that_a_broadcast_that_ends_after_its_window_is_over_and_one_that_goes_on_is_followed(broadcast, film, record, monkeypatch):
    past = int(time.time()) - 1
    over = record(broadcast(film, speed=4, end_after=4).url, until_utc_s=past)
    assert over.events[-1]["reason"] == "planned_end" and len(over.of("connect")) == 1


def test_that_the_latest_end_of_a_window_holds(broadcast, film, record, monkeypatch):
    monkeypatch.setattr(recorder, "LATE_S", 2)
    tape = record(broadcast(film, speed=4).url, until_utc_s=int(time.time()) + 1)
    assert tape.events[-1]["reason"] == "planned_end"


def test_that_the_journal_says_whether_the_computer_is_kept_awake(broadcast, film, record):
    tape = record(broadcast(film, speed=4).url, until=lambda tape: tape.of("wake_lock") and tape.state)
    assert tape.of("wake_lock")[0]["held"] in (0, 1) and tape.state["awake"] == bool(tape.of("wake_lock")[0]["held"])


def test_that_a_lock_is_only_claimed_where_its_program_lives(monkeypatch):
    holds, fails = [sys.executable, "-c", "import sys; sys.stdin.read()"], [sys.executable, "-c", "raise SystemExit(1)"]
    for words, held in ((holds, 1), (fails, 0), (None, 0)):
        monkeypatch.setattr("inspector_app.intake.live.wakelock._program", lambda words=words: words)
        monkeypatch.setattr("inspector_app.intake.live.wakelock._SETTLES_S", 2.0)
        lock = WakeLock()
        assert lock.facts["held"] == held
        process = lock._process
        lock.close()
        lock.close()
        assert process is None or (isinstance(process, subprocess.Popen) and process.poll() is not None)


def spec(url, folder, seconds=2):
    return {"url": url, "lane": "auto", "seconds": seconds, "servers": [], "folder": str(folder)}


def test_that_a_trial_records_plays_back_and_leaves_nothing(broadcast, film, tmp_path):
    checks = {one["check"]: one for one in preflight.run(spec(broadcast(film, speed=2).url, tmp_path), Channel())["checks"]}
    assert checks["received"]["state"] == "ok" and checks["received"]["facts"]["lane"] == "flv"
    assert (
        checks["played"]["state"] == "ok" and checks["played"]["facts"]["size"] == "320x240" and checks["played"]["facts"]["pictures"] > 0
    )
    assert checks["disk"]["facts"]["free_mb"] > 0 and checks["clock"]["state"] in ("ok", "warn") and "wake" in checks
    assert list(tmp_path.iterdir()) == []


def test_that_a_trial_of_a_dead_address_says_why(broadcast, film, tmp_path, monkeypatch):
    monkeypatch.setattr(preflight, "_PATIENCE_S", 2)
    server = broadcast(film, raw=b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
    checks = {one["check"]: one for one in preflight.run(spec(server.url, tmp_path), Channel())["checks"]}
    assert (checks["received"]["state"], checks["played"]["state"]) == ("bad", "bad")
    assert checks["received"]["facts"]["cause"] == "live.http_status" and checks["received"]["facts"]["cause_facts"] == {"status": "404"}


def test_that_a_trial_can_be_stopped(broadcast, film, tmp_path):
    channel = Channel()
    threading.Timer(1.0, lambda: setattr(channel, "stopped", True)).start()
    with pytest.raises(Stopped):
        preflight.run(spec(broadcast(film, speed=2).url, tmp_path, seconds=60), channel)
    assert list(tmp_path.iterdir()) == []
