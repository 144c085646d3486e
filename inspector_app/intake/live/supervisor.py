"""Starts one recorder and starts it again when it dies. It belongs to no window and no terminal, and does nothing else.

`python -m inspector_app.intake.live.supervisor SPEC.json`, with the source's address as the first line of standard input.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

from filelock import FileLock

from .control import CHAT_SPEC, SUPERVISOR_LOCK, program, write_whole

EXIT: Final = "exit.json"
_AGAIN_S: Final = 1.0
#: a recorder that dies again and again within so short a time is started less and less often
_SHORT_S: Final = 5.0
_PATIENT: Final = 5
_LONGEST_S: Final = 15.0


def main(spec: Path) -> int:
    """Runs until the recorder ends of its own will (status 0)."""
    url = sys.stdin.readline().rstrip("\r\n")
    lock = FileLock(spec.parent / SUPERVISOR_LOCK)
    lock.acquire(timeout=10)
    if os.name == "posix":
        if os.fork():
            os._exit(0)  # whoever started us may go on; the lock went over to the child
        for number in (signal.SIGHUP, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
    short = 0
    while True:
        began = time.monotonic()
        status = _run(spec, url)
        if status == 0 or not spec.exists():
            return 0
        short = short + 1 if time.monotonic() - began < _SHORT_S else 0
        with contextlib.suppress(OSError):
            write_whole(spec.parent / EXIT, json.dumps({"status": status}))
        time.sleep(_AGAIN_S if short <= _PATIENT else min(_AGAIN_S * 2 ** (short - _PATIENT), _LONGEST_S))


def _run(spec: Path, url: str) -> int:
    with subprocess.Popen(
        program("chatlane" if spec.name == CHAT_SPEC else "recorder", str(spec)),
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        assert process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write(url.encode() + b"\n")
            process.stdin.close()
        return process.wait()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
