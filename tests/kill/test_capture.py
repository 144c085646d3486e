"""Recorders and windows killed at any moment: what was received stays readable, proved and complete, and the recording goes on."""

import contextlib
import os
import random
import runpy
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import av
import pytest
from av.error import FFmpegError

from inspector_app.casefile.case import Case
from inspector_app.casefile.timelines import timeline_of
from inspector_app.domain.records import Capture, Part, Recording
from inspector_app.intake.live import control
from inspector_app.integrity.capturechain import JOURNAL, read
from inspector_app.integrity.verify import verify_case

from ..patience import until  # noqa: TID252
from ..xserver import xserver  # noqa: TID252

LIVE = Path(__file__).parents[1] / "unit" / "intake" / "live"
flvserver = SimpleNamespace(**runpy.run_path(str(LIVE / "flvserver.py")))
nginx = SimpleNamespace(**runpy.run_path(str(LIVE / "nginxserver.py")))


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    return flvserver.Film.read(flvserver.make_flv(tmp_path_factory.mktemp("片源") / "a.flv", seconds=8))


@pytest.fixture
def server(film):
    one = flvserver.Server(flvserver.Script(film, speed=2))
    yield one
    one.end()


@pytest.fixture
def recorder(tmp_path, server):
    """A recorder under its supervisor; ended with the test."""
    spec = control.CaptureSpec(
        "cap_k", str(tmp_path / "录制"), str(tmp_path / "w"), "http://x/", "flv", 0, ballast_bytes=1 << 20, min_free_bytes=1 << 20
    )
    control.start(spec, server.url)
    working = Path(spec.working)
    yield working, Path(spec.folder)
    control.stop(working)
    until(lambda: not control.alive(working), "the recorder ends")


def pid_of(working, other_than=0):
    return until(lambda: (pid := control.read_state(working).get("pid", 0)) != other_than and pid, "a recorder tells its state")


def told_us(folder):
    """The newest moment, on the container's clock, that the present recorder says to have on the disk; 0 before it said so."""
    lines = read(folder / JOURNAL) if (folder / JOURNAL).exists() else []
    began = max((place for place, line in enumerate(lines) if line.event in ("start", "process_restart")), default=0)
    return max((line.said["last_us"] or 0 for line in lines[began:] if line.event == "heartbeat"), default=0)


def newest_us(folder):
    """The newest moment that can be read from the files themselves."""
    found = 0
    for path in sorted(folder.glob("0*"))[-2:]:
        with contextlib.suppress(FFmpegError), av.open(str(path)) as container:  # the last may hold nothing but its front
            found = max([found, *(round(packet.pts * packet.time_base * 1_000_000) for packet in container.demux() if packet.size)])
    return found


def test_that_a_killed_recorder_loses_nothing_it_had_told_of_and_goes_on(recorder, server):
    """How much of what the server had sent is lost depends on the machine, and is measured: `bench_capture.py --kills`."""
    working, folder = recorder
    pid, rng = 0, random.Random(20261121)
    for _ in range(2):
        pid = pid_of(working, pid)
        until(lambda: told_us(folder), "a heartbeat that tells of media")
        time.sleep(rng.uniform(0, 1.5))
        told = told_us(folder)
        os.kill(pid, signal.SIGKILL)
        assert newest_us(folder) >= told - 1_000, "a millisecond is what the time stamps are rounded to"
    pid_of(working, pid)
    control.stop(working)
    until(lambda: not control.alive(working), "the recorder ends")
    lines = read(folder / JOURNAL)
    assert lines[-1].event == "end" and len((folder / JOURNAL).read_bytes().splitlines()) == len(lines)
    assert sum(line.event == "process_restart" for line in lines) == 2
    assert sum(line.event == "recovered" for line in lines) == 2
    gaps = [line.said for line in lines if line.event == "gap"]
    assert [gap["kind"] for gap in gaps].count("process_restart") == 2 and {gap["class"] for gap in gaps} == {"ours"}
    assert all(line.said["prefix_holds"] in (None, True) for line in lines if line.event == "recovered")


def command(folder, url, *more):
    return [sys.executable, "-m", "inspector_app", "record", str(folder), url, *more]


def test_that_a_killed_command_line_leaves_the_recording_alone_and_the_next_takes_it_in(bare_case, server, inspector):
    with (bare_case.parent / "err").open("wb") as err:
        process = subprocess.Popen(command(bare_case, server.url), stdout=err, stderr=err, start_new_session=True)
    captures = bare_case / "working" / "captures"
    working = until(lambda: next(iter(captures.glob("*")), None) if captures.exists() else None, "a recorder")
    folder = bare_case / "originals" / working.name
    until(lambda: len(list(folder.glob("*.flv"))) >= 2, "a second segment")
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    size = control.read_state(working).get("bytes", 0)
    until(lambda: control.read_state(working).get("bytes", 0) > size + 50_000, "it records on")
    assert verify_case(bare_case).ok, "a capture that still runs is no problem"
    control.stop(working)
    until(lambda: not control.alive(working), "the recorder ends")
    done = inspector("record", bare_case)
    assert done.returncode == 0, done.stderr
    with Case(bare_case, read_only=True) as case:
        capture = case.find(Capture)[0]
        recording = case.get(Recording, capture.recording_id)
        parts = case.find(Part, recording_id=recording.id)
        assert capture.state == "stopped" and recording.state == "" and len(parts) >= 2
        timeline = timeline_of(case, recording)
        assert timeline.duration_us == recording.duration_us and not timeline.gaps()
        assert all(part.path.is_file() for part in timeline.parts)
    assert verify_case(bare_case).ok
    again = inspector("record", bare_case)
    assert again.returncode == 0
    with Case(bare_case, read_only=True) as case:
        assert len(case.find(Part, recording_id=recording.id)) == len(parts), "taken in once"


def test_that_a_capture_whose_supervisor_died_too_is_recovered_as_lost(bare_case, server, inspector):
    with (bare_case.parent / "err").open("wb") as err:
        process = subprocess.Popen(command(bare_case, server.url), stdout=err, stderr=err, start_new_session=True)
    captures = bare_case / "working" / "captures"
    working = until(lambda: next(iter(captures.glob("*")), None) if captures.exists() else None, "a recorder")
    pid = pid_of(working)
    until(lambda: control.read_state(working).get("bytes", 0) > 100_000, "bytes")
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    supervisor = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    os.kill(supervisor, signal.SIGKILL)
    os.kill(pid, signal.SIGKILL)
    until(lambda: not control.alive(working), "both are gone")
    done = inspector("record", bare_case)
    assert done.returncode == 0, done.stderr
    with Case(bare_case, read_only=True) as case:
        capture = case.find(Capture)[0]
        assert capture.state == "lost" and case.get(Recording, capture.recording_id).duration_us > 500_000
    assert verify_case(bare_case).ok


def test_that_several_rooms_are_recorded_at_once(tmp_path, film):
    servers = [flvserver.Server(flvserver.Script(film, speed=2)) for _ in range(3)]
    places = []
    try:
        for number, one in enumerate(servers):
            spec = control.CaptureSpec(
                f"cap_{number}", str(tmp_path / f"o{number}"), str(tmp_path / f"w{number}"), "http://x/", "flv", 3, ballast_bytes=1 << 20
            )
            control.start(spec, one.url)
            places.append((Path(spec.working), Path(spec.folder)))
        for working, folder in places:
            until(lambda working=working: control.read_state(working).get("state") == "stopped", "the planned end")
            lines = read(folder / JOURNAL)
            assert lines[-1].said["reason"] == "planned_end"
            assert {line.said["kind"] for line in lines if line.event == "gap"} <= {"stall"}, "a starved machine may stall, nothing else"
    finally:
        for one in servers:
            one.end()


def killed_and_gone_on(spec, url, ready):
    """Starts a recorder under its supervisor, kills it once `ready(its folder)`, lets it go on, ends it; gives the journal at the kill and at the end."""
    control.start(spec, url)
    working, folder = Path(spec.working), Path(spec.folder)
    pid = pid_of(working)
    until(lambda: ready(folder), "enough is recorded")
    os.kill(pid, signal.SIGKILL)
    before = [line.said for line in read(folder / JOURNAL)]
    pid_of(working, pid)
    segments = len(list(folder.glob("0*")))
    until(lambda: len(list(folder.glob("0*"))) > segments, "it records on")
    control.stop(working)
    until(lambda: not control.alive(working), "the recorder ends")
    return before, [line.said for line in read(folder / JOURNAL)]


@pytest.fixture
def spec_of(tmp_path):
    def make(lane):
        folders = (str(tmp_path / "录制"), str(tmp_path / "w"))
        return control.CaptureSpec("cap_k", *folders, "x", lane, 0, ballast_bytes=1 << 20, min_free_bytes=1 << 20)

    return make


@pytest.mark.skipif(shutil.which("Xvfb") is None, reason="Xvfb is not installed")
def test_that_a_killed_recorder_of_a_screen_leaves_all_that_it_had_told_of(spec_of):
    spec = spec_of("screen")
    with xserver() as display:
        before, after = killed_and_gone_on(spec, f"screen:{display}?fps=10&sound=off", lambda folder: told_us(folder) > 1_500_000)
    told = [said["last_us"] for said in before if said["event"] == "heartbeat" and said["last_us"] is not None]
    with av.open(str(min(Path(spec.folder).glob("0*")))) as container:
        seen = [frame.time for frame in container.decode(video=0)]
    assert seen and told and seen[-1] * 1e6 >= told[-1] - 500_000, "what a heartbeat told of is in the file, but for a picture on its way"
    recovered = [said for said in after if said["event"] == "recovered"]
    assert len(recovered) == 1 and recovered[0]["prefix_holds"] in (None, True) and after[-1]["event"] == "end"


@pytest.mark.skipif(not nginx.available(), reason="nginx with its RTMP module is not installed")
def test_that_a_killed_recorder_of_hls_takes_no_segment_twice_and_tells_of_each_it_misses(spec_of, tmp_path):
    """A recorder that comes back late finds the server's short playlist moved on: what it cannot have any more is a hole that it tells of."""

    def two_segments(folder):
        return (folder / JOURNAL).exists() and sum(line.event == "segment" for line in read(folder / JOURNAL)) >= 2

    source = flvserver.make_flv(tmp_path / "source.flv", seconds=20)
    with nginx.serving(tmp_path / "server", source) as (_, address):
        until((tmp_path / "server" / "hls" / "room.m3u8").exists, "a playlist")
        _, after = killed_and_gone_on(spec_of("hls"), address, two_segments)
    numbers = [said["sequence"] for said in after if said["event"] == "segment" and said.get("complete")]
    holes = [said for said in after if said["event"] == "gap" and said["kind"] == "hls_sequence_hole"]
    missing = [number for hole in holes for number in range(hole["first"], hole["last"] + 1)]
    assert len(numbers) >= 3 and sorted(numbers + missing) == list(range(numbers[0], numbers[-1] + 1))
