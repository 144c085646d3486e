"""Tries the graphics card in a child process that may die of it: a missing library shows at the first computation, at times as an abort.

Never run in a process that holds anything. Result: the device that works, in words that `machine.keep_device` takes.
"""

from pathlib import Path
from typing import Any

import numpy as np

from inspector_app.domain.errors import ModelError
from inspector_app.domain.work import Channel
from inspector_app.speech.device import Device
from inspector_app.speech.transcriber import engine_of
from inspector_app.speech.wav import RATE

#: the arithmetic to try, best first
_TRIED = ("float16", "int8_float16")


def run(spec: dict[str, Any], channel: Channel) -> dict[str, Any]:
    """Spec: model (folder of a Whisper pack). Returns `{kind, compute, cause}`: cuda where a second of noise could be heard, else cpu."""
    noise = np.random.default_rng(1).normal(0, 0.01, RATE).astype(np.float32)
    cause = ""
    for compute in _TRIED:
        channel.check()
        try:
            engine_of("whisper").open(Path(spec["model"]), 1, Device("cuda", compute)).decode([(noise, 0)], False, channel.check)
        except (ModelError, RuntimeError, ValueError) as error:
            cause = str(error)
            continue
        return {"kind": "cuda", "compute": compute, "cause": ""}
    return {"kind": "cpu", "compute": "int8", "cause": cause[:300]}
