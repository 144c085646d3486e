"""Files of every kind that an inspector is handed, made on the spot, and a child's import of them."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from inspector_app.intake import worker

LONG_AGO_NS = 1_700_000_000_123_000_000


@pytest.fixture
def aged() -> Callable[[Path], Path]:
    """A file last changed long ago, so that nobody waits for it to settle."""

    def make(path: Path) -> Path:
        os.utime(path, ns=(LONG_AGO_NS, LONG_AGO_NS))
        return path

    return make


@pytest.fixture
def ffmpeg(tmp_path: Path, aged: Callable[[Path], Path]) -> Callable[..., Path]:
    """Runs FFmpeg with a test picture of some seconds and a tone, and what is asked of the output."""
    program = shutil.which("ffmpeg")
    assert program, "FFmpeg is needed for these tests"

    def make(name: str, *words: str, seconds: float = 2, picture: bool = True, sound: bool = True) -> Path:
        path = tmp_path / name
        inputs: list[str] = []
        if picture:
            inputs += ["-f", "lavfi", "-i", f"testsrc2=size=192x108:rate=30:duration={seconds}"]
        if sound:
            inputs += ["-f", "lavfi", "-i", f"sine=frequency=440:duration={seconds}:sample_rate=48000"]
        codecs = ["-c:v", "libx264", "-preset", "ultrafast", "-g", "15", "-pix_fmt", "yuv420p"] if picture else []
        subprocess.run([program, "-v", "error", "-y", *inputs, *codecs, *words, str(path)], check=True, capture_output=True)
        return aged(path)

    return make


@pytest.fixture
def case(tmp_path: Path) -> Path:
    folder = tmp_path / "案件 2026-001 🛒"
    (folder / "originals").mkdir(parents=True)
    (folder / "working").mkdir()
    return folder


@pytest.fixture
def take(case: Path, channel: Any) -> Callable[..., list[dict[str, Any]]]:
    """Imports files in this process and returns the items sent."""

    def run(*files: Path, **spec: Any) -> list[dict[str, Any]]:
        folders = {"vault": str(case / "originals"), "working": str(case / "working")}
        worker.run({"files": [str(file) for file in files], **folders, **spec}, channel)
        items: list[dict[str, Any]] = channel.items
        return items

    return run
