"""How others start, watch and end a recorder: files in `working/captures/<id>/`, and the source's address by a pipe, never by a file.

A recorder belongs to no window. Whoever started it may end at once; it goes on, and anyone who can write to the case's folder can ask it to stop.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from filelock import FileLock, Timeout

from inspector_app.integrity.capturechain import JOURNAL, read

Json = dict[str, Any]
SPEC: Final = "spec.json"
#: a chat's recorder is told by a file of another name, in a folder of its own below the capture's
CHAT_SPEC: Final = "chat.json"
CHAT: Final = "chat"
STATE: Final = "state.json"
STOP: Final = "stop"
MARK: Final = "mark"
PAUSE: Final = "pause"
LOCK: Final = "recorder.lock"
SUPERVISOR_LOCK: Final = "supervisor.lock"
#: where a process cannot detach itself, its handle is kept: Python complains of forgotten ones
_STARTED: "list[subprocess.Popen[bytes]]" = []
#: of this process, where it is a recorder: a lock that nobody keeps is released
_LOCKS: list[FileLock] = []


@dataclass(frozen=True)
class CaptureSpec:
    """What a recorder is told, beside the address. Folders are absolute; `seconds` is the planned length, 0 until stopped."""

    capture: str
    folder: str
    working: str
    source: str
    lane: str = "auto"
    seconds: int = 0
    #: a planned window (UTC, whole seconds, 0: none): connecting begins so much before it and ends so much after it (`recorder`)
    from_utc_s: int = 0
    until_utc_s: int = 0
    servers: tuple[str, ...] = ()
    priority: int = 0
    min_free_bytes: int = 2 << 30
    ballast_bytes: int = 64 << 20
    facts: Json = field(default_factory=dict)


def write_whole(path: Path, text: str) -> None:
    """A small file that is either the old one or the new one, whoever reads it when."""
    beside = path.with_name(path.name + ".new")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)


def read_spec(path: Path) -> CaptureSpec:
    said = json.loads(path.read_text(encoding="utf-8"))
    return CaptureSpec(**{**said, "servers": tuple(said["servers"])})


def begin(spec_path: Path) -> tuple[CaptureSpec, str] | None:
    """How a recorder's process begins: alone, deaf to a terminal, ended by SIGTERM in order. Its spec and the line it is told by its pipe.

    None where the capture is over already. The lock is held as long as the process lives. Raises filelock.Timeout where another records.
    """
    spec, told = read_spec(spec_path), sys.stdin.readline().rstrip("\r\n")
    lock = FileLock(Path(spec.working) / LOCK)
    lock.acquire(timeout=10)
    _LOCKS.append(lock)
    journal = Path(spec.folder) / JOURNAL
    if journal.exists() and any(line.event == "end" for line in read(journal)):
        return None
    for name in ("SIGINT", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: stop(Path(spec.working)))
    return spec, told


def program(name: str, *words: str) -> list[str]:
    """How a part of the recorder is started: this interpreter, or the frozen program itself."""
    if getattr(sys, "frozen", False):
        return [sys.executable, "--live", name, *words]
    return [sys.executable, "-m", f"inspector_app.intake.live.{name}", *words]


def start(spec: CaptureSpec, url: str, name: str = SPEC) -> None:
    """Makes the capture's folders and starts its supervisor, which outlives this process; `name` is SPEC or CHAT_SPEC. Raises OSError."""
    working = Path(spec.working)
    working.mkdir(parents=True, exist_ok=True)
    Path(spec.folder).mkdir(parents=True, exist_ok=True)
    write_whole(working / name, json.dumps(asdict(spec), ensure_ascii=False))
    words = program("supervisor", str(working / name))
    silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    if os.name == "posix":  # it detaches itself and the first process ends at once
        subprocess.run(words, input=url.encode() + b"\n", start_new_session=True, check=True, **silent)  # type: ignore[call-overload]
        return
    process = subprocess.Popen(words, stdin=subprocess.PIPE, creationflags=0x08000208, **silent)  # type: ignore[call-overload]
    assert process.stdin is not None
    with process.stdin as pipe:
        pipe.write(url.encode() + b"\n")
    _STARTED.append(process)


def stop(working: Path) -> None:
    """Asks a recorder to end: it closes its files and says so in its journal."""
    (working / STOP).touch()


def pause(working: Path, on: bool) -> None:
    """Asks a recorder to receive nothing for a while, or to go on; it stays so over a recorder's death."""
    if on:
        (working / PAUSE).touch()
    else:
        (working / PAUSE).unlink(missing_ok=True)


def mark(working: Path, text: str = "") -> None:
    """Marks this moment: written to the capture's journal, and the next segment begins at the next key frame."""
    write_whole(working / MARK, json.dumps({"text": text}, ensure_ascii=False))


def read_state(working: Path) -> Json:
    """What the recorder last said of itself; {} before its first word."""
    with contextlib.suppress(OSError, ValueError):
        said = json.loads((working / STATE).read_text(encoding="utf-8"))
        if isinstance(said, dict):
            return said
    return {}


def alive(working: Path) -> bool:
    """Whether a supervisor or a recorder of this capture runs: each holds a lock."""
    return any(_held(working / name) for name in (SUPERVISOR_LOCK, LOCK))


def _held(path: Path) -> bool:
    if not path.exists():
        return False
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return True
    lock.release()
    return False
