"""`inspector record --analyse`: speech, screen text and leads of a broadcast while it runs, the same as if it were done afterwards."""

import json
import runpy
import subprocess
import wave
from pathlib import Path
from types import SimpleNamespace

import pytest

from inspector_app.casefile.case import Case
from inspector_app.casefile.timelines import timeline_of
from inspector_app.domain.records import Chunk, Job, Recording, ScreenBlock, ScreenText, Segment, Transcript
from inspector_app.integrity.digests import hash_file
from inspector_app.integrity.verify import verify_case
from inspector_app.jobs import live as job
from inspector_app.media.audio import extract_audio
from inspector_app.resources import resource
from inspector_app.speech import packs
from inspector_app.vision.plan import BLOCK_US

flvserver = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[1] / "unit" / "intake" / "live" / "flvserver.py")))

needs_model = pytest.mark.skipif(not any(pack.name == "base" for pack in packs.installed()), reason="the model base is not installed")


@pytest.fixture(scope="module")
def talk(tmp_path_factory):
    """Half a minute of the sample as a broadcast: real picture, real speech, a key frame each second."""
    path = tmp_path_factory.mktemp("片源") / "说话.flv"
    encoded = ["-c:v", "libx264", "-preset", "ultrafast", "-g", "25", "-r", "25", "-c:a", "aac", "-ar", "44100", "-f", "flv", str(path)]
    subprocess.run(["ffmpeg", "-v", "error", "-i", str(resource("demo", "live_room.mp4")), "-t", "30", *encoded], check=True)
    return flvserver.Film.read(path)


@needs_model
def test_that_a_broadcast_is_heard_and_read_while_it_runs_as_it_would_be_afterwards(bare_case, talk, inspector, tmp_path):
    server = flvserver.Server(flvserver.Script(talk, speed=2, drop_after=26))
    try:
        done = inspector("record", bare_case, server.url, "--for", "16", "--analyse", "--json")
    finally:
        server.end()
    assert done.returncode == 0, done.stderr
    data = json.loads(done.stdout)
    analysis = data["analysis"]
    assert analysis["segments"] >= 3 and analysis["texts"] >= 1 and not analysis["screen_later"], analysis
    with Case(bare_case, read_only=True) as case:
        recording = case.get(Recording, data["recording"])
        transcript = case.get(Transcript, analysis["transcript"])
        assert transcript.state == "done" and case.find(Job, kind="live")[0].state == "done"
        chunks = case.find(Chunk, transcript_id=transcript.id, order="ord")
        assert {chunk.state for chunk in chunks} == {"done"} and case.count(Segment, transcript_id=transcript.id) == analysis["segments"]
        assert case.count(ScreenText, recording_id=recording.id) == analysis["texts"]
        assert case.find(ScreenBlock, order="ord DESC")[0].end_us >= recording.duration_us - BLOCK_US
        live = next((bare_case / "working" / "captures").glob("*/live.16k.wav"))
        whole = extract_audio(timeline_of(case, recording), tmp_path / "whole.wav")
        assert whole.sha256 == hash_file(live).sha256 == transcript.wav_sha256, "the sound heard live is the finished recording's own"
        with wave.open(str(live)) as file:
            assert file.getframerate() == 16_000 and file.getnframes() == whole.samples
    assert verify_case(bare_case).ok


def test_that_nothing_is_known_of_an_analysis_that_does_not_run():
    assert job.backlog("rec_none") == job.Backlog()
