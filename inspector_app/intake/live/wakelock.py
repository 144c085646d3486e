"""Keeps the computer from going to sleep while it records, where the system lets a program ask for that; else says that it does not.

It lasts as long as the recorder: if that dies, the system gives the lock back by itself.
"""

import contextlib
import shutil
import subprocess
import sys
import time
from typing import Any, Final

Json = dict[str, Any]
_SETTLES_S: Final = 0.3
_CONTINUOUS: Final = 0x80000000
_SYSTEM: Final = 0x00000001


class WakeLock:
    """Asked for when made. `facts` say whether it is held and how, for the journal."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self.facts: Json = {"held": 0, "how": ""}
        if sys.platform == "win32":
            import ctypes

            held = ctypes.windll.kernel32.SetThreadExecutionState(_CONTINUOUS | _SYSTEM)
            self.facts = {"held": int(bool(held)), "how": "SetThreadExecutionState"}
        elif (words := _program()) is not None:
            self._start(words)

    def _start(self, words: list[str]) -> None:
        """The program holds the lock while its input is open: that is ours, and closes with us however we end."""
        with contextlib.suppress(OSError):
            self._process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(_SETTLES_S)
            self.facts = {"held": int(self._process.poll() is None), "how": words[0]}

    def close(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(OSError):
            if process.stdin is not None:
                process.stdin.close()
        try:
            process.wait(2)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _program() -> list[str] | None:
    if sys.platform == "darwin" and shutil.which("caffeinate"):
        return ["caffeinate", "-i", "cat"]
    if shutil.which("systemd-inhibit"):
        return ["systemd-inhibit", "--what=sleep:idle", "--mode=block", "--who=zhijian", "--why=recording", "cat"]
    return None
