"""Programs started to be killed, and how to wait for what they do without guessing at times."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

PATIENCE_S = 60

#: the bytes that pad the big recording, in MiB: enough that copying it takes a while
PADDING_MIB = 200


def wait_until(holds: Callable[[], object], what: str) -> None:
    """Returns as soon as `holds()`; fails after a long while."""
    end = time.monotonic() + PATIENCE_S
    while not holds():
        if time.monotonic() > end:
            pytest.fail(f"waited in vain: {what}")
        time.sleep(0.002)


@pytest.fixture(scope="session")
def big_recording(tmp_path_factory: pytest.TempPathFactory, clip: Path) -> Path:
    """The clip behind 200 MiB of a `free` box: a sound recording that takes its time to copy."""
    path = tmp_path_factory.mktemp("大文件") / "长录像.mp4"
    with path.open("wb") as file:
        file.write(clip.read_bytes())
        file.write((8 + (PADDING_MIB << 20)).to_bytes(4, "big") + b"free")
        block = os.urandom(1 << 20)
        for _ in range(PADDING_MIB):
            file.write(block)
    os.utime(path, (1_780_000_000, 1_780_000_000))  # an import waits for very new files
    yield path
    path.unlink()


@pytest.fixture(autouse=True)
def tidy(tmp_path: Path) -> Iterator[None]:
    """Copies of the big recording do not stay on the disk."""
    yield
    shutil.rmtree(tmp_path, ignore_errors=True)


@pytest.fixture
def start() -> Iterator[Callable[..., "subprocess.Popen[bytes]"]]:
    """Starts the command line with its messages in files `out` and `err` beside it; ends it if the test did not."""
    started: list[subprocess.Popen[bytes]] = []

    def run(folder: Path, *words: str | Path) -> "subprocess.Popen[bytes]":
        with (folder / "out").open("wb") as out, (folder / "err").open("wb") as err:
            started.append(subprocess.Popen([sys.executable, "-m", "inspector_app", *map(str, words)], stdout=out, stderr=err))
        return started[-1]

    yield run
    for process in started:
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
        process.wait()


def children(pid: int) -> list[int]:
    """The processes that a process started and that are still there."""
    found = []
    for place in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = place.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid and fields[0] != "Z":
            found.append(int(place.parent.name))
    return found


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False
