"""`inspector record` as a person uses it: into a case, ended by the clock or by Ctrl+C, verified, and broken by whoever alters it."""

import json
import os
import runpy
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from inspector_app.casefile.case import Case
from inspector_app.casefile.timelines import timeline_of
from inspector_app.domain.broadcast import broadcast_time
from inspector_app.domain.records import Capture, ChatLog, ChatMessage, Mark, Original, Part, Recording, Session
from inspector_app.intake.live import control
from inspector_app.integrity.verify import verify_case
from inspector_app.media.index import load_index

from ..patience import PATIENCE_S, until  # noqa: TID252
from ..xserver import xserver  # noqa: TID252

LIVE = Path(__file__).parents[1] / "unit" / "intake" / "live"
flvserver = SimpleNamespace(**runpy.run_path(str(LIVE / "flvserver.py")))


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    return flvserver.Film.read(flvserver.make_flv(tmp_path_factory.mktemp("片源") / "a.flv", bframes=2))


@pytest.fixture
def broadcast(film):
    servers = []

    def start(**script):
        servers.append(flvserver.Server(flvserver.Script(film, **script)))
        return servers[-1].url

    yield start
    for server in servers:
        server.end()


def test_that_a_broadcast_with_drops_becomes_one_recording_on_one_timeline(bare_case, broadcast, inspector):
    url = broadcast(speed=4, drop_after=14) + "?token=verysecret"
    done = inspector("record", bare_case, url, "--for", "8", "--json")
    assert done.returncode == 0, done.stderr
    data = json.loads(done.stdout)
    assert data["recording"] and data["reconnects"] >= 1 and data["reason"] == "planned_end" and len(data["sha256"]) == 64
    with Case(bare_case, read_only=True) as case:
        recording = case.get(Recording, data["recording"])
        capture = case.find(Capture)[0]
        parts = case.find(Part, order="ord", recording_id=recording.id)
        assert (recording.method, recording.state, recording.width, recording.has_audio) == ("captured", "", 320, 1)
        assert capture.chain_head == data["sha256"] and capture.state == "stopped" and "?" not in capture.source
        assert case.get(Original, recording.original_id).kind == "capture_journal"
        assert {case.get(Original, part.original_id).kind for part in parts} == {"segment"} and len(parts) >= 3
        assert case.get(Session, recording.session_id)
        timeline = timeline_of(case, recording)
        assert timeline.duration_us == recording.duration_us == data["duration_us"]
        assert [(gap.start_us, gap.end_us) for gap in timeline.gaps()] == [(gap["start_us"], gap["end_us"]) for gap in recording.gaps]
        for part, row in zip(timeline.parts, parts, strict=True):
            assert part.index is not None
            index = load_index(part.index, row.index_sha256)
            shown = index.times_us + index.zero_us
            assert shown[0] <= part.container_us(part.end_us) and part.zero_us - shown[0] < 200_000
        when = broadcast_time(recording.clock, recording.duration_us // 2)
        assert when is not None and when.compared == "not_compared" and when.error_us is None
        assert capture.started_at[:10] == when.utc.isoformat()[:10]
    written = b"".join(path.read_bytes() for path in bare_case.rglob("*") if path.is_file())
    assert b"verysecret" not in written
    report = verify_case(bare_case)
    assert report.ok and report.checked["captures"] == 1


def test_that_a_changed_segment_and_a_changed_journal_are_both_found(bare_case, broadcast, inspector):
    assert inspector("record", bare_case, broadcast(speed=4), "--for", "3").returncode == 0
    folder = next((bare_case / "originals").glob("cap_*"))
    segment, journal = min(folder.glob("*.flv")), folder / "journal.jsonl"
    content = segment.read_bytes()
    segment.chmod(0o644)
    segment.write_bytes(content[:-20] + b"x" + content[-19:])
    assert inspector("verify", bare_case).returncode == 1
    segment.write_bytes(content)
    assert verify_case(bare_case).ok
    journal.chmod(0o644)
    journal.write_bytes(journal.read_bytes().replace(b'"reason":"planned_end"', b'"reason":"stopped"'))
    codes = {problem.code for problem in verify_case(bare_case).problems}
    assert "capture.journal_broken" in codes or "original.size" in codes


def test_that_ctrl_c_ends_a_recording_in_order(bare_case, broadcast):
    words = [sys.executable, "-m", "inspector_app", "record", str(bare_case), broadcast(speed=2), "--json"]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, start_new_session=True)

    def received_us() -> int:
        return max((control.read_state(one).get("last_pts_us") or 0 for one in (bare_case / "working" / "captures").glob("*")), default=0)

    until(lambda: received_us() > 1_500_000, "a second and a half of the broadcast")
    os.killpg(process.pid, signal.SIGINT)
    out, _ = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0
    data = json.loads(out)
    assert data["reason"] == "stopped" and data["duration_us"] > 1_000_000
    assert verify_case(bare_case).ok


def test_that_an_address_that_gives_nothing_is_said_with_its_cause(bare_case, broadcast, inspector):
    done = inspector("record", bare_case, broadcast(raw=b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"), "--for", "1", "--json")
    assert done.returncode == 3
    error = json.loads(done.stdout)["error"]
    assert error["code"] == "live.nothing_received" and error["cause"] == "live.http_status"
    refused = inspector("record", bare_case, "file:///etc/passwd", "--json")
    assert refused.returncode == 3 and json.loads(refused.stdout)["error"]["code"] == "live.scheme"
    assert verify_case(bare_case).ok


def test_that_a_mark_made_while_recording_stands_in_the_case(bare_case, broadcast):
    from inspector_app.commands import recording
    from inspector_app.commands.workspace import Workspace

    work = Workspace()
    work.open(bare_case)
    try:
        capture_id, recording_id = recording.start(work, url=broadcast(speed=4)).ids
        folder = recording.control_folder(work, work.opened.get(Capture, capture_id))
        until(lambda: control.read_state(folder).get("state") == "recording", "the recorder")
        recording.mark(work, capture_id=capture_id, text="全网最低价")
        until(lambda: not (folder / control.MARK).exists(), "the recorder takes the mark")
        marked_us = control.read_state(folder)["last_pts_us"]
        until(lambda: control.read_state(folder)["last_pts_us"] > marked_us + 1_000_000, "a second behind it")
        recording.stop(work, capture_id=capture_id)
        recording.follow(work, capture_id=capture_id)
        marks = work.opened.find(Mark, recording_id=recording_id)
        assert [one.text for one in marks] == ["全网最低价"]
        duration = work.opened.get(Recording, recording_id).duration_us
        assert 0 < marks[0].at_us <= duration
        recording.compare_clock(work, recording_id=recording_id, offset_us=-1_500_000, error_us=500_000, how="与国家授时中心网页对照拍照")
        when = broadcast_time(work.opened.get(Recording, recording_id).clock, 0)
        assert when is not None and when.compared == "manual" and when.correction_us == -1_500_000
        shown = {"shown_at": "2026-11-21T20:00:03.5+08:00", "device_at": "2026-11-21T20:00:01.2", "note": "照片"}
        recording.compare_shown(work, recording_id=recording_id, **shown)
        when = broadcast_time(work.opened.get(Recording, recording_id).clock, 0)
        assert when is not None and (when.correction_us, when.compared) == (2_300_000, "manual") and when.error_us >= 100_000
        assert recording.take_in(work).data == {"taken": [], "running": [], "failed": []}
    finally:
        work.close()


def test_that_the_chat_beside_a_broadcast_stands_on_its_clock(bare_case, broadcast, inspector, tmp_path):
    log = tmp_path / "互动.jsonl"
    log.write_text(
        '{"user":"王小二","text":"真的最低吗"}\n{"type":"gift","user":"李四","text":"玫瑰","num":3}\nnot json\n', encoding="utf-8"
    )
    done = inspector("record", bare_case, broadcast(speed=2), "--for", "5", "--chat", f"follow:{log}", "--json")
    assert done.returncode == 0, done.stderr
    data = json.loads(done.stdout)
    assert data["chat"] == {"messages": 3, "received": 3, "gaps": 0, "broken": 0}
    with Case(bare_case, read_only=True) as case:
        recording = case.get(Recording, data["recording"])
        messages = case.find(ChatMessage, recording_id=recording.id, order="rowid")
        assert [(one.user, one.text, one.kind, one.count) for one in messages][:2] == [
            ("王小二", "真的最低吗", "chat", 0),
            ("李四", "玫瑰", "gift", 3),
        ]
        assert all(-10_000_000 < one.at_us < recording.duration_us for one in messages)
        assert (
            case.get(Original, messages[0].original_id).kind == "chat" and case.find(ChatLog, recording_id=recording.id)[0].format == "live"
        )
    assert verify_case(bare_case).ok
    refused = inspector("record", bare_case, broadcast(), "--chat", "http://a/b", "--json")
    assert refused.returncode == 3 and json.loads(refused.stdout)["error"]["code"] == "chat.scheme"


@pytest.mark.skipif(shutil.which("Xvfb") is None, reason="Xvfb is not installed")
def test_that_a_recorded_screen_is_labelled_as_one_with_what_was_on_it(bare_case, inspector):
    with xserver() as display:
        done = inspector("record", bare_case, f"screen:{display}?fps=10&sound=off", "--for", "13", "--json")
    assert done.returncode == 0, done.stderr
    data = json.loads(done.stdout)
    with Case(bare_case, read_only=True) as case:
        recording, capture = case.get(Recording, data["recording"]), case.find(Capture)[0]
        assert (recording.method, recording.width, recording.has_audio, capture.lane) == ("screen", 320, 0, "screen")
        assert capture.facts["shown"]["display"] == display and capture.facts["shown"]["encoder"] == "mpeg4"
        assert {"live.no_sound", "live.black_picture"} <= {one["code"] for one in recording.warnings}
        assert data["segments"] >= 2 and not data["gaps"], "one timeline over two segments without a seam"
    assert verify_case(bare_case).ok


def test_that_a_trial_is_shown_with_its_checks_and_leaves_the_case_as_it_was(bare_case, broadcast, inspector):
    before = sorted(path.name for path in (bare_case / "originals").iterdir())
    done = inspector("record", bare_case, broadcast(speed=2), "--for", "2", "--preflight", "--json")
    assert done.returncode == 0, done.stderr
    data = json.loads(done.stdout)
    assert {one["check"] for one in data["checks"]} == {"disk", "clock", "wake", "received", "played"}
    assert sorted(path.name for path in (bare_case / "originals").iterdir()) == before
    plain = inspector(
        "record", bare_case, broadcast(raw=b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"), "--for", "1", "--preflight"
    )
    assert "404" in plain.stdout and plain.returncode == 0
    wrong = inspector("record", bare_case, broadcast(), "--from", "2026-13-01", "--json")
    assert wrong.returncode == 2 and json.loads(wrong.stdout)["error"]["code"] == "usage.window"
