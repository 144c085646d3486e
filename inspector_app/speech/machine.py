"""What is remembered of this computer for recognising speech: whether its graphics card works, and how fast each model runs on it.

One small file in the user's data folder. What was found on another computer, or with other versions, does not count.
"""

import hashlib
import json
import os
import platform
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any
from uuid import uuid4

from inspector_app.domain.errors import StorageError
from inspector_app.speech.device import Device
from inspector_app.statutes.shelf import user_folder

Json = dict[str, Any]

_FILE = "speech.json"
_LINUX_DRIVER = Path("/proc/driver/nvidia/version")


def identity() -> str:
    """Names this computer and the library that computes, as 16 hex digits: what was measured elsewhere does not hold here."""
    parts = (platform.node(), platform.machine(), platform.processor(), str(os.cpu_count()), _library())
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:16]


def driver() -> str:
    """The graphics driver that is installed, in its own words; "" where there is none that could be used."""
    if sys.platform == "win32":
        library = Path(os.environ.get("SYSTEMROOT", r"C:\Windows")) / "System32" / "nvcuda.dll"
        return f"nvcuda {library.stat().st_size}" if library.is_file() else ""
    try:
        return _LINUX_DRIVER.read_text(encoding="utf-8").splitlines()[0].strip()
    except (OSError, IndexError):
        return ""


def known_device() -> Device | None:
    """The device found to work with this driver and library; the processor where there is no driver; None where it must be tried."""
    found = driver()
    if not found:
        return Device()
    kept = _read().get("device", {})
    if kept.get("driver") != found or kept.get("library") != _library():
        return None
    return Device(str(kept["kind"]), str(kept["compute"]))


def keep_device(device: Device, cause: str = "") -> None:
    """Remembers which device works; `cause` says why another does not. Raises StorageError."""
    _write("device", {"driver": driver(), "library": _library(), "kind": device.kind, "compute": device.compute, "cause": cause[:300]})


def device_facts() -> Json:
    """What is remembered of the device (driver, library, kind, compute, cause); empty where nothing is."""
    return dict(_read().get("device", {}))


def known_speed(model_sha256: str) -> Json | None:
    """The measurement of a model on this computer: audio_ms, wall_ms, cpu_ms, load_ms, peak_bytes, device, at; None where there is none."""
    kept = _read().get("speed", {}).get(model_sha256)
    return dict(kept) if kept and kept.get("machine") == identity() else None


def keep_speed(model_sha256: str, measured: Json) -> None:
    """Remembers a measurement. Raises StorageError."""
    speeds = _read().get("speed", {})
    _write("speed", {**speeds, model_sha256: {**measured, "machine": identity()}})


def _library() -> str:
    try:
        return f"ctranslate2 {version('ctranslate2')}"
    except PackageNotFoundError:
        return ""


def _path() -> Path:
    return user_folder("machine") / _FILE


def _read() -> Json:
    try:
        kept = json.loads(_path().read_text(encoding="utf-8"))
    except (OSError, ValueError):  # nothing there, or not ours any more: it is found out again
        return {}
    return kept if isinstance(kept, dict) else {}


def _write(key: str, value: Json) -> None:
    path = _path()
    staging = path.with_name(f".{_FILE}.{uuid4().hex[:8]}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        staging.write_text(json.dumps({**_read(), key: value}, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        staging.replace(path)
    except OSError as cause:
        staging.unlink(missing_ok=True)
        raise StorageError.of(cause, path) from cause
