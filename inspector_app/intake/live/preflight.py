"""Child process: whether a recording would work, tried with the real recorder for some seconds: room on the disk, clock, address, playback.

What it records lies in a folder of its own and is removed again; it touches no case. It promises nothing for later.
"""

import shutil
import tempfile
import threading
import time
from pathlib import Path
from typing import Any, Final

import av
from av.error import FFmpegError

from inspector_app.domain.errors import Stopped
from inspector_app.domain.work import Channel
from inspector_app.integrity.capturechain import CLOSING, JOURNAL, read

from . import clock, control
from .control import CaptureSpec
from .recorder import Recorder
from .source import shown
from .wakelock import WakeLock

Json = dict[str, Any]
_MIN_FREE: Final = 2 << 30
_HOURS_WANTED: Final = 6
_IDLE_S: Final = 0.2
#: the most that is waited for a first byte before the trial is given up
_PATIENCE_S: Final = 20


def run(spec: Json, channel: Channel) -> Json:
    """`spec`: url, lane, seconds, servers, folder (on the disk that is to be recorded to). Returns `checks`: check, state (ok, warn, bad), facts.

    Checks: disk, clock, wake, received, played. Raises OSError where the folder cannot be written.
    """
    with tempfile.TemporaryDirectory(dir=spec["folder"], prefix="preflight-") as place:
        checks = [_clock(spec["servers"]), _wake(), *_trial(Path(place), spec, channel)]
        received = next(one["facts"] for one in checks if one["check"] == "received")
        return {"checks": [_disk(Path(place), received), *checks]}


def _check(name: str, state: str, **facts: Any) -> Json:
    return {"check": name, "state": state, "facts": facts}


def _disk(folder: Path, received: Json) -> Json:
    """Whether a long broadcast at the rate just measured has room."""
    free = shutil.disk_usage(folder).free
    rate = received["bytes"] // received["seconds"] if received.get("seconds") else 0
    hours = free // rate // 3600 if rate else None
    state = "bad" if free < _MIN_FREE else "warn" if hours is not None and hours < _HOURS_WANTED else "ok"
    return _check("disk", state, free_mb=free >> 20, hours=-1 if hours is None else hours)


def _clock(servers: list[str]) -> Json:
    said = clock.reading(servers)
    offsets = [one["offset_us"] for one in said["servers"] if "offset_us" in one]
    far = any(abs(offset) > 1_000_000 for offset in offsets)
    known = bool(offsets) or said["system"] == "synchronised"
    return _check("clock", "warn" if far or not known else "ok", system=said["system"], offset_ms=offsets[0] // 1000 if offsets else 0)


def _wake() -> Json:
    lock = WakeLock()
    lock.close()
    return _check("wake", "ok" if lock.facts["held"] else "warn", how=lock.facts["how"] or "-")


def _trial(place: Path, spec: Json, channel: Channel) -> list[Json]:
    """Records, then opens and decodes every file that came."""
    folder, working = place / "录制", place / "working"
    folder.mkdir()
    working.mkdir()
    told = CaptureSpec(
        capture="preflight",
        folder=str(folder),
        working=str(working),
        source=shown(spec["url"]),
        lane=spec["lane"],
        min_free_bytes=1 << 20,
        ballast_bytes=1 << 20,
    )
    over = threading.Event()
    watcher = threading.Thread(target=_watch, args=(over, working, channel, spec["seconds"]), daemon=True)
    watcher.start()
    try:
        Recorder(told, spec["url"]).run()
    finally:
        over.set()
        watcher.join()
    channel.check()
    lines = [line.said for line in read(folder / JOURNAL)]
    end, files = lines[-1], [said["file"] for said in lines if said["event"] in CLOSING]
    connect = next((said for said in lines if said["event"] == "connect"), {})
    seconds = max((said["mono_us"] for said in lines), default=0) - connect.get("mono_us", 0)
    got = _check(
        "received",
        "ok" if files else "bad",
        bytes=end.get("received", 0),
        seconds=max(1, seconds // 1_000_000) if files else 0,
        lane=connect.get("lane", "-"),
        cause=end.get("cause", ""),
        cause_facts=end.get("cause_facts", {}),
    )
    return [got, _played([folder / name for name in files])]


def _watch(over: threading.Event, working: Path, channel: Channel, seconds: int) -> None:
    """Ends the trial `seconds` after its first byte, when it is asked to stop, or when nothing comes."""
    began = time.monotonic()
    while not over.wait(_IDLE_S):
        waited = time.monotonic() - began
        state = control.read_state(working)
        recorded = int(state["seconds"]) if state.get("bytes") else 0
        channel.progress(recorded * 1_000_000, seconds * 1_000_000, "us")
        try:
            channel.check()
        except Stopped:  # the trial's own thread raises it once the recorder has closed its files
            control.stop(working)
            return
        if recorded >= seconds or waited > _PATIENCE_S + seconds or (waited > _PATIENCE_S and not state.get("bytes")):
            control.stop(working)
            return


def _played(files: list[Path]) -> Json:
    pictures = sounds = 0
    size = ""
    for path in files:
        try:
            with av.open(str(path)) as container:
                for frame in container.decode(*container.streams.video[:1], *container.streams.audio[:1]):
                    if isinstance(frame, av.VideoFrame):
                        pictures, size = pictures + 1, f"{frame.width}x{frame.height}"
                    else:
                        sounds += 1
        except FFmpegError:  # counted by what came out of it
            continue
    return _check(
        "played",
        "ok" if pictures and sounds else "warn" if pictures or sounds else "bad",
        pictures=pictures,
        sounds=sounds,
        size=size or "-",
    )
