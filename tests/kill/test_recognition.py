"""Ctrl+C while speech is heard and while the screen is read: exit status 4, and the next run completes without doing anything twice."""

import json
import os
import shutil
import signal
import sys

import pytest

from inspector_app.casefile import journal
from inspector_app.casefile.case import Case
from inspector_app.domain.records import Chunk, ScreenBlock, ScreenRun, ScreenText, Segment, Transcript
from inspector_app.integrity.verify import verify_case
from inspector_app.resources import resource
from inspector_app.speech import packs

from .conftest import alive, children, wait_until

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="sends signals as a Linux terminal does")


def interrupt(folder, tmp_path, start, words, sign=None):
    """Starts a command, sends Ctrl+C when `sign` stands in its messages (or as soon as its child is there); it must end with 4."""
    process = start(tmp_path, *words)
    if sign is None:
        wait_until(lambda: children(process.pid) or process.poll() is not None, "the child to be started")
    else:
        wait_until(lambda: sign in (tmp_path / "err").read_text(encoding="utf-8") or process.poll() is not None, f"“{sign}”")
    process.send_signal(signal.SIGINT)
    status = process.wait(120)
    assert status == 4, (tmp_path / "err").read_text(encoding="utf-8")
    assert "再次运行同一命令会从中断处继续" in (tmp_path / "err").read_text(encoding="utf-8")
    assert verify_case(folder).ok


@pytest.mark.model
@pytest.mark.slow
def test_that_transcription_goes_on_after_ctrl_c(bare_case, tmp_path, start, inspector):
    if not any(pack.name == "base" for pack in packs.installed()):
        pytest.skip("the base model is not installed")
    interrupt(bare_case, tmp_path, start, ["transcribe", bare_case], "语音转写")
    done = inspector("transcribe", bare_case, "--json")
    assert done.returncode == 0, done.stderr
    spoken = json.loads(done.stdout)
    assert {"segments", "engine", "model_sha256"} <= spoken.keys()
    assert {"id", "start_us", "end_us", "text", "confidence", "flags"} <= spoken["segments"][0].keys()
    assert "云朵小铺" in "".join(segment["text"] for segment in spoken["segments"])
    again = json.loads(inspector("transcribe", bare_case, "--json").stdout)
    assert again == spoken
    with Case(bare_case, read_only=True) as case:
        machine = [row for row in case.find(Transcript) if row.engine != "subtitle file"]
        assert [row.state for row in machine] == ["done"]
        chunks = case.find(Chunk, transcript_id=machine[0].id)
        assert len({chunk.ord for chunk in chunks}) == len(chunks)
        assert case.count(Segment, transcript_id=machine[0].id) == len(spoken["segments"])
    assert verify_case(bare_case).ok


@pytest.mark.slow
def test_that_reading_the_screen_goes_on_after_ctrl_c(bare_case, tmp_path, start, inspector):
    interrupt(bare_case, tmp_path, start, ["read-screen", bare_case])
    done = inspector("read-screen", bare_case, "--json")
    assert done.returncode == 0, done.stderr
    shown = json.loads(done.stdout)["texts"]
    assert {"start_us", "end_us", "text", "confidence", "box", "kind"} <= shown[0].keys()
    with Case(bare_case, read_only=True) as case:
        assert [row.state for row in case.find(ScreenRun)] == ["done"]
        blocks = case.find(ScreenBlock)
        assert len({block.ord for block in blocks}) == len(blocks)
        assert case.count(ScreenText) == len(shown)
    assert json.loads(inspector("read-screen", bare_case, "--json").stdout)["texts"] == shown
    assert verify_case(bare_case).ok


@pytest.mark.model
@pytest.mark.slow
def test_that_a_killed_transcription_ends_with_the_same_text_and_hears_no_finished_chunk_again(bare_case, tmp_path, start, inspector):
    """SIGKILL after the first chunk of the sample was kept; the run after it goes on from the second."""
    if not any(pack.name == "base" for pack in packs.installed()):
        pytest.skip("the base model is not installed")
    sample = tmp_path / "样本.mp4"
    shutil.copy(resource("demo", "live_room.mp4"), sample)
    os.utime(sample, (1_780_000_000, 1_780_000_000))
    assert inspector("import", bare_case, sample).returncode == 0
    undisturbed = shutil.copytree(bare_case, tmp_path / "未受打扰")
    words = ["--recording", "2"]
    whole = json.loads(inspector("transcribe", undisturbed, *words, "--json").stdout)

    process = start(tmp_path, "transcribe", bare_case, *words)
    wait_until(lambda: acts_of(bare_case, "transcript.chunk") or process.poll() is not None, "the first chunk")
    heirs = children(process.pid)
    process.kill()
    process.wait()
    wait_until(lambda: not any(alive(pid) for pid in heirs), "its child to end")
    before = acts_of(bare_case, "transcript.chunk")
    resumed = json.loads(inspector("transcribe", bare_case, *words, "--json").stdout)
    assert texts(resumed) == texts(whole)
    after = acts_of(bare_case, "transcript.chunk")
    assert 0 < len(before) < len(after)
    assert sorted(after) == sorted(set(after)) == sorted(acts_of(undisturbed, "transcript.chunk"))
    assert verify_case(bare_case).ok


def acts_of(folder, name):
    """The chunk numbers that were kept, in the order of the journal."""
    with Case(folder, read_only=True) as case:
        return [int(row.body["facts"]["chunk"]) for row in case.read(journal.read_all) if row.act == name]


def texts(document):
    return [(row["start_us"], row["end_us"], row["text"], row["flags"]) for row in document["segments"]]
