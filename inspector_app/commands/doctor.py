"""What this laptop can and cannot do, and what to do about it. Looks only; changes nothing, opens no connection."""

import importlib.metadata
import importlib.util
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from inspector_app import __version__
from inspector_app.casefile import search
from inspector_app.domain.errors import InspectorError
from inspector_app.integrity import digests
from inspector_app.resources import resource
from inspector_app.speech import packs

from .registry import Outcome, always, command
from .workspace import Workspace

_LOW_SPACE = 5_000_000_000


def _check(name: str, ok: bool, detail: str, fix: str = "", *, needed: bool = True) -> dict[str, Any]:
    return {"name": name, "ok": ok, "detail": detail, "fix": "" if ok else fix, "needed": needed}


@command("doctor.examine", when=always)
def examine(work: Workspace) -> Outcome:
    """Data: checks (name, ok, detail, fix, needed), ok (every needed check holds)."""
    checks = [
        _check("program", True, f"直鉴 {__version__} · Python {platform.python_version()} · {platform.platform(terse=True)}"),
        _sqlite(),
        _check("sm3", True, type(digests.new_sm3()).__module__),
        *_packages(),
        _window(),
        *_models(),
        *_catalogues(work),
        _check("cpu", (os.cpu_count() or 1) >= 2, f"{os.cpu_count()} × {platform.machine()}", "doctor.fix.cpu", needed=False),
        _space(packs.packs_dir()),
    ]
    return Outcome(data={"checks": checks, "ok": all(check["ok"] for check in checks if check["needed"])})


def _sqlite() -> dict[str, Any]:
    version, works = search.engine()
    return _check("sqlite", works, version, "doctor.fix.sqlite")


def _packages() -> list[dict[str, Any]]:
    """The packages that do the work: present, by their metadata (importing them here would load them in this process)."""
    found = []
    for package in ("av", "faster-whisper", "rapidocr", "onnxruntime", "reportlab", "pikepdf"):
        try:
            found.append(_check("package", True, f"{package} {importlib.metadata.version(package)}"))
        except importlib.metadata.PackageNotFoundError:
            found.append(_check("package", False, package, "doctor.fix.package"))
    return found


def _window() -> dict[str, Any]:
    """Whether Qt can be loaded here, tried in a process of its own: a missing system library ends a process."""
    if importlib.util.find_spec("PySide6") is None:
        return _check("window", False, "PySide6", "doctor.fix.package", needed=False)
    probe = "from PySide6 import QtWidgets, QtMultimedia, QtPdfWidgets; print(QtWidgets.__name__)"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, timeout=60, check=False)
    detail = f"PySide6 {importlib.metadata.version('PySide6')}"
    if done.returncode == 0:
        return _check("window", True, detail)
    return _check("window", False, (done.stderr.strip().splitlines() or [detail])[-1], "doctor.fix.window", needed=False)


def _models() -> list[dict[str, Any]]:
    installed = packs.installed()
    if not installed:
        return [_check("model", False, str(packs.packs_dir()), "doctor.fix.model")]
    return [
        _check("model", not packs.check(pack, deep=False), f"{pack.name} · {pack.folder}", "doctor.fix.model_broken") for pack in installed
    ]


def _law_digest(work: Workspace) -> str:
    return work.catalogue.digest()


def _rules_digest(work: Workspace) -> str:
    return work.rules.sha256


def _catalogues(work: Workspace) -> list[dict[str, Any]]:
    found = []
    for name, digest_of in (("law", _law_digest), ("rules", _rules_digest)):
        try:
            found.append(_check(name, True, digest_of(work)[:16]))
        except InspectorError as error:
            found.append(_check(name, False, str(error), "doctor.fix.reinstall"))
    fonts = sorted(resource("fonts").glob("*.ttf"))
    found.append(_check("fonts", len(fonts) >= 2, ", ".join(font.stem for font in fonts), "doctor.fix.reinstall"))
    return found


def _space(folder: Path) -> dict[str, Any]:
    place = next((parent for parent in (folder, *folder.parents) if parent.exists()), Path())
    free = shutil.disk_usage(place).free
    return _check("space", free >= _LOW_SPACE, f"{free / 1e9:.0f} GB · {place}", "doctor.fix.space", needed=False)
