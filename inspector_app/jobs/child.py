"""The parent's side of one child process: start it, read what it says, stop it politely, kill it when it does not listen."""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from typing import Any, Final

from inspector_app.domain import errors

from .worker import HEARTBEAT_S

Json = dict[str, Any]

#: how long a child may take to end by itself after it was asked to
POLITE_S: Final = 3.0
#: silence after which a child counts as hung; loading a model can hold its interpreter for many seconds
SILENCE_S: Final = 60 * HEARTBEAT_S
#: how its words are read; bytes that are no text make a line that is not JSON
_TEXT: Final[Json] = {"text": True, "encoding": "utf-8", "errors": "replace"}


def command(kind: str) -> list[str]:
    """How a worker is started: this interpreter, or the frozen program itself."""
    if getattr(sys, "frozen", False):
        return [sys.executable, "--worker", kind]
    return [sys.executable, "-m", "inspector_app.jobs.worker", kind]


def run(
    kind: str,
    spec: Json,
    *,
    on_item: Callable[[str, Json], None],
    on_progress: Callable[[int, int, str], None] = lambda *_: None,
    on_warning: Callable[[str, Json], None] = lambda *_: None,
    stop: threading.Event | None = None,
) -> Json:
    """Runs a worker to its end and returns its result; calls back on this thread for everything it says.

    Raises what the worker raised (same class, code and facts), Stopped when `stop` was set, JobFailed when the child died or hung. If a
    callback raises, the child is ended and the exception goes on.
    """
    stop = stop or threading.Event()
    flags: Json = {"start_new_session": True} if os.name == "posix" else {"creationflags": 0x08000200}
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8", "PYTHONUTF8": "1", "HF_HUB_OFFLINE": "1"}
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            command(kind), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, env=environment, **_TEXT, **flags
        )
        heard = [time.monotonic()]
        finished = threading.Event()
        watcher = threading.Thread(target=_watch, args=(process, stop, finished, heard), daemon=True)
        watcher.start()
        try:
            end = _listen(process, spec, heard, on_item, on_progress, on_warning)
        finally:
            finished.set()
            _end(process)
            watcher.join()
        if end is None and not stop.is_set():
            log.seek(0)
            tail = log.read()[-2000:].decode(errors="replace").strip().splitlines()
            raise errors.JobFailed("job.died", kind=kind, status=process.returncode or 0, cause=tail[-1] if tail else "")
    if end is None or end.get("code") == errors.Stopped.code:
        raise errors.Stopped
    if end["type"] == "failed":
        family = getattr(errors, end["error"], errors.JobFailed)
        raise family(end["code"], **end["facts"])
    result: Json = end["result"]
    return result


def _listen(
    process: "subprocess.Popen[str]",
    spec: Json,
    heard: list[float],
    on_item: Callable[[str, Json], None],
    on_progress: Callable[[int, int, str], None],
    on_warning: Callable[[str, Json], None],
) -> Json | None:
    """Sends the spec, passes on what comes, returns the last word (`done` or `failed`), or None where the child fell silent."""
    assert process.stdin is not None and process.stdout is not None
    try:
        process.stdin.write(json.dumps(spec, ensure_ascii=False) + "\n")
        process.stdin.flush()
    except BrokenPipeError:
        return None
    for line in process.stdout:
        heard[0] = time.monotonic()
        try:
            message = json.loads(line)
        except (ValueError, RecursionError):
            return None  # half a line: the child died while speaking
        match message:
            case {"type": "item", "kind": str(kind), "data": dict(data)}:
                on_item(kind, data)
            case {"type": "progress", "done": int(done), "total": int(total), "unit": str(unit)}:
                on_progress(done, total, unit)
            case {"type": "warning", "code": str(code), "facts": dict(facts)}:
                on_warning(code, facts)
            case {"type": "done", "result": dict()} | {"type": "failed", "error": str(), "code": str(), "facts": dict()}:
                return dict(message)
            case {"type": "hello" | "heartbeat"}:
                pass
            case _:
                return None  # not our worker's words
    return None


def _watch(process: "subprocess.Popen[str]", stop: threading.Event, finished: threading.Event, heard: list[float]) -> None:
    """Asks the child to stop when told to, kills it when it does not, or when it has been silent for too long."""
    asked = 0.0
    while not finished.wait(0.1) and process.poll() is None:
        now = time.monotonic()
        if stop.is_set() and not asked:
            asked = now
            try:
                assert process.stdin is not None
                process.stdin.write('{"type": "stop"}\n')
                process.stdin.flush()
            except (OSError, ValueError):  # it has just ended, or its pipe has just been closed
                return
        if (asked and now - asked > POLITE_S) or now - heard[0] > SILENCE_S:
            process.kill()


def _end(process: "subprocess.Popen[str]") -> None:
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()
    try:
        process.wait(POLITE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
