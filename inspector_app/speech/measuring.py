"""Measures a model on this computer with 20 seconds of the sample's speech. Runs in a child process, so that its memory is its own."""

import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from inspector_app.domain.errors import ModelError
from inspector_app.domain.timebase import SECOND, Interval
from inspector_app.domain.work import Channel
from inspector_app.media.audio import extract_audio
from inspector_app.media.timeline import Timeline, TimelinePart
from inspector_app.resources import resource
from inspector_app.speech import packs
from inspector_app.speech.device import Device, threads
from inspector_app.speech.listening import Listener
from inspector_app.speech.plan import Chunk
from inspector_app.speech.transcriber import engine_of
from inspector_app.speech.wav import WavSound

#: a stretch of the sample where the host speaks without a long break
SAMPLE = Interval(14 * SECOND, 34 * SECOND)


def run(spec: dict[str, Any], channel: Channel) -> dict[str, Any]:
    """Spec: model (name or folder), threads, device, compute. Returns whole milliseconds and bytes:

    `{audio_ms, load_ms, wall_ms, cpu_ms, peak_bytes, characters}`; `peak_bytes` is 0 where the system does not tell. Raises ModelError.
    """
    pack = packs.find(spec["model"])
    if pack.folder is None:
        raise ModelError("model.missing", name=pack.name)
    with tempfile.TemporaryDirectory(prefix="zhijian-") as folder:
        wav = Path(folder) / "sample.wav"
        whole = TimelinePart(resource("demo", "live_room.mp4"), 0, 101 * SECOND, 0)
        extract_audio(Timeline.of([whole]), wav, check=channel.check)
        with WavSound(wav) as sound:
            started = time.perf_counter()
            engine = engine_of(pack.engine).open(pack.folder, threads(spec["threads"]), Device(spec["device"], spec["compute"]))
            loaded, cpu = time.perf_counter(), time.process_time()
            chunk = Chunk(0, SAMPLE.start_us, SAMPLE.end_us, (SAMPLE,))
            (said,) = Listener(sound.read, engine, wide=True, check=channel.check).hear([chunk])
            wall_ms, cpu_ms = round(1000 * (time.perf_counter() - loaded)), round(1000 * (time.process_time() - cpu))
    if said.outcome is None:
        raise ModelError("model.load_failed", folder=str(pack.folder), cause=said.failure)
    return {
        "audio_ms": SAMPLE.length_us // 1000,
        "load_ms": round(1000 * (loaded - started)),
        "wall_ms": max(1, wall_ms),
        "cpu_ms": cpu_ms,
        "peak_bytes": _peak_bytes(),
        "characters": said.outcome.metrics["characters"],
    }


def _peak_bytes() -> int:
    if sys.platform == "win32":
        return 0
    import resource as system  # not on Windows

    peak = system.getrusage(system.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
