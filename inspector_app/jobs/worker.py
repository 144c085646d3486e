"""The child's side: reads a spec from standard input, runs the room's worker, writes JSON lines to standard output.

Run as `python -m inspector_app.jobs.worker KIND` (a frozen program runs itself with `--worker KIND`). Heavy imports happen here, in the
child. The child ends when its parent does: end of input means nobody is left to send to.
"""

import contextlib
import importlib
import json
import os
import queue
import signal
import sys
import threading
import traceback
from typing import Any, Final, TextIO

from inspector_app.domain.errors import InspectorError, Stopped, StorageError

#: kind of work → the module whose `run(spec, channel)` does it; by name, so that the window's process never imports it
WORKERS: Final = {
    "capture": "inspector_app.intake.live.taking",
    "import": "inspector_app.intake.worker",
    "preflight": "inspector_app.intake.live.preflight",
    "live-sound": "inspector_app.intake.live.growingsound",
    "audio": "inspector_app.media.worker",
    "transcribe": "inspector_app.speech.worker",
    "word-times": "inspector_app.speech.words",
    "probe-gpu": "inspector_app.speech.probing",
    "measure": "inspector_app.speech.measuring",
    "read-screen": "inspector_app.vision.worker",
    "dossier": "inspector_app.dossier.worker",
    "dossier-preview": "inspector_app.dossier.preview",
    "form": "inspector_app.dossier.forms.worker",
    "previews": "inspector_app.media.previewing",
}

HEARTBEAT_S: Final = 2.0


class PipeChannel:
    """The `Channel` of a real child: one JSON object a line."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._asks: queue.Queue[dict[str, Any]] = queue.Queue()

    def send(self, **message: Any) -> None:
        line = json.dumps(message, ensure_ascii=False, allow_nan=False)
        with self._lock:
            try:
                self._out.write(line + "\n")
                self._out.flush()
            except (BrokenPipeError, ValueError):
                os._exit(3)  # the parent is gone: nothing that follows could be kept

    def item(self, kind: str, **data: Any) -> None:
        self.send(type="item", kind=kind, data=data)

    def progress(self, done: int, total: int, unit: str) -> None:
        self.send(type="progress", done=done, total=total, unit=unit)

    def warn(self, code: str, **facts: str | int) -> None:
        self.send(type="warning", code=code, facts={name: str(value) for name, value in facts.items()})

    def check(self) -> None:
        if self._stop.is_set():
            raise Stopped

    def next_ask(self) -> dict[str, Any]:
        """Waits for the parent's next question (of workers that stay and answer); the process ends with the parent."""
        return self._asks.get()

    def watch_parent(self, incoming: TextIO) -> None:
        """Takes `stop` and questions, and ends the process when the parent's pipe closes."""
        for line in incoming:
            message = json.loads(line)
            if message.get("type") == "stop":
                self._stop.set()
            elif message.get("type") == "ask":
                self._asks.put(message["ask"])
        os._exit(3)

    def beat(self) -> None:
        while True:
            threading.Event().wait(HEARTBEAT_S)
            self.send(type="heartbeat")


def main(kind: str) -> int:
    """Runs one job; the exit status is 0 when `done` or `failed` could be said, whatever the job's own end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C goes to the parent, which asks politely
    incoming = os.fdopen(os.dup(0), "r", encoding="utf-8")
    out = os.fdopen(os.dup(1), "w", encoding="utf-8", newline="\n")
    os.dup2(2, 1)  # libraries that print must not break the protocol
    sys.stdout = sys.stderr
    channel = PipeChannel(out)
    try:
        spec = json.loads(incoming.readline())
    except ValueError:
        return 3
    threading.Thread(target=channel.watch_parent, args=(incoming,), daemon=True).start()
    threading.Thread(target=channel.beat, daemon=True).start()
    channel.send(type="hello", kind=kind, pid=os.getpid())
    try:
        result = importlib.import_module(WORKERS[kind]).run(spec, channel)
        channel.send(type="done", result=result)
    except InspectorError as error:
        channel.send(type="failed", error=type(error).__name__, code=error.code, facts=error.facts)
    except MemoryError:
        channel.send(type="failed", error="JobFailed", code="job.memory", facts={"kind": kind})
    except OSError as error:
        refused = StorageError.of(error, error.filename or "")
        channel.send(type="failed", error="StorageError", code=refused.code, facts=refused.facts)
    except Exception as error:  # the edge of the process: the parent must hear of it in words
        traceback.print_exc()
        channel.send(
            type="failed", error="JobFailed", code="job.crashed", facts={"kind": kind, "cause": f"{type(error).__name__}: {error}"[:300]}
        )
    with contextlib.suppress(Exception):
        out.flush()
    os._exit(0)  # native libraries may abort at interpreter exit; everything worth keeping has been sent


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
