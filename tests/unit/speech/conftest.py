"""Shared parts of the speech tests: test recordings, a small written model, and a child process that runs the worker."""

import hashlib
import json
import os
import struct
import subprocess
import sys
import wave
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import av
import numpy as np
import pytest

from inspector_app.domain.errors import ModelError
from inspector_app.speech import packs

ROOT = Path(__file__).resolve().parents[3]
SYNTH = ROOT.parent / "shared" / "media" / "synth"

#: Runs the worker with every socket refused, and prints what it sends as JSON lines.
CHILD = """
import json, socket, sys
class Refused(socket.socket):
    def __init__(self, *arguments, **named):
        raise AssertionError("the worker opened a socket")
socket.socket = Refused
from inspector_app.domain.errors import InspectorError
from inspector_app.speech import worker
def say(kind, **data):
    print(json.dumps({"kind": kind, **data}, ensure_ascii=True), flush=True)
class Lines:
    def item(self, kind, **data): say(kind, **data)
    def progress(self, done, total, unit): say("progress", done=done, total=total, unit=unit)
    def warn(self, code, **facts): say("warn", code=code, facts=facts)
    def check(self): pass
try:
    say("result", **worker.run(json.loads(sys.argv[1]), Lines()))
except InspectorError as error:
    say("error", code=error.code, facts=error.facts)
"""

Line = dict[str, Any]


def start_worker(spec: dict[str, Any]) -> "subprocess.Popen[str]":
    return subprocess.Popen([sys.executable, "-c", CHILD, json.dumps(spec)], cwd=ROOT, stdout=subprocess.PIPE, text=True, encoding="utf-8")


@pytest.fixture(scope="session")
def run_worker() -> Callable[[dict[str, Any]], list[Line]]:
    """Runs the worker in its own process to the end; returns the lines it sent."""

    def run(spec: dict[str, Any]) -> list[Line]:
        with start_worker(spec) as child:
            assert child.stdout is not None
            lines = [json.loads(line) for line in child.stdout]
        assert child.returncode == 0
        return lines

    return run


@pytest.fixture(scope="session")
def base_pack() -> packs.Pack:
    """The real Whisper base pack; the test is skipped only where it is not installed."""
    try:
        return packs.find("base")
    except ModelError:
        pytest.skip(f"the Whisper base pack is not in {packs.packs_dir()} (inspector models fetch base)")


def samples_of(path: Path) -> np.ndarray:
    """The sound of a file as 16 kHz mono 16-bit samples."""
    resampler = av.AudioResampler("s16", "mono", 16000)
    with av.open(str(path)) as container:
        frames = [out for frame in container.decode(audio=0) for out in resampler.resample(frame)]
    return np.concatenate([frame.to_ndarray().reshape(-1) for frame in [*frames, *resampler.resample(None)]])


def write_wav(path: Path, samples: np.ndarray, rate: int = 16000) -> Path:
    with wave.open(str(path), "wb") as output:
        output.setnchannels(1)
        output.setsampwidth(2)
        output.setframerate(rate)
        output.writeframes(samples.astype("<i2").tobytes())
    return path


@pytest.fixture(scope="session")
def synth() -> Callable[[str], np.ndarray]:
    """The samples of a synthesised test recording; the test is skipped where the shared folder is absent."""

    def load(name: str) -> np.ndarray:
        if not (SYNTH / name).is_file():
            pytest.skip("the shared test recordings are not here")
        return samples_of(SYNTH / name)

    return load


@pytest.fixture(scope="session")
def synth_manifest() -> dict[str, Any]:
    if not (SYNTH / "manifest.json").is_file():
        pytest.skip("the shared test recordings are not here")
    return {entry["file"]: entry for entry in json.loads((SYNTH / "manifest.json").read_text(encoding="utf-8"))}


def model_bytes(fill: int = 7) -> bytes:
    """A whole CTranslate2 file (binary version 6) with one variable and one alias."""
    name, spec = b"encoder/conv1/weight\0", b"WhisperSpec\0"
    data = bytes([fill]) * 64
    parts = [struct.pack("<I", 6), struct.pack("<H", len(spec)), spec, struct.pack("<II", 3, 1)]
    parts += [struct.pack("<H", len(name)), name, struct.pack("<BIIB", 2, 4, 4, 0), struct.pack("<I", len(data)), data]
    parts += [struct.pack("<I", 1), struct.pack("<H", 6), b"alias\0", struct.pack("<H", len(name)), name]
    return b"".join(parts)


FILES = {"model.bin": model_bytes(), "config.json": b"{}", "tokenizer.json": b'{"model": {}}', "vocabulary.txt": "好\n的\n".encode()}


@pytest.fixture
def listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """An own manifest with one small pack named `mini`, and an empty folder for packs; the entry can be changed and saved again."""
    monkeypatch.setenv("ZHIJIAN_MODELS", str(tmp_path / "模型 包"))
    files = [{"name": name, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()} for name, data in FILES.items()]
    entry = {"name": "mini", "title": "Mini", "licence": "MIT", "source": "test", "revision": "1", "files": files}
    monkeypatch.setattr(packs, "MANIFEST", tmp_path / "manifest.json")
    save(entry)
    return entry


def save(entry: dict[str, Any]) -> None:
    packs.MANIFEST.write_text(json.dumps({"format": 1, "packs": [entry]}), encoding="utf-8")


@pytest.fixture
def model_folder(tmp_path: Path) -> Path:
    """A folder as a user brings it: the files of `mini`, under a Chinese path."""
    folder = tmp_path / "优盘" / "语音 模型"
    folder.mkdir(parents=True)
    for name, data in FILES.items():
        (folder / name).write_bytes(data)
    return folder


def link_pack(pack: packs.Pack, folder: Path) -> Path:
    """The files of a real pack in another folder, without copying 145 MB where the disk allows it."""
    assert pack.folder is not None
    folder.mkdir(parents=True)
    for file in pack.files:
        try:
            os.link(pack.folder / file.name, folder / file.name)
        except OSError:
            (folder / file.name).write_bytes((pack.folder / file.name).read_bytes())
    return folder


@pytest.fixture(scope="session")
def kit() -> SimpleNamespace:
    """The plain functions of this file, for tests to call (test modules cannot import one another)."""
    return SimpleNamespace(
        files=FILES, model_bytes=model_bytes, save=save, link_pack=link_pack, start_worker=start_worker, write_wav=write_wav
    )
