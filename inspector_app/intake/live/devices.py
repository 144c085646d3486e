"""What can be recorded on this machine itself: a screen, a window, a camera or a capture card, by an address, and how FFmpeg opens it here.

`screen:[:0.0+X,Y]` · `window:TITLE` (or `window:0x3a00007`) · `camera:/dev/video0` (or a camera's name) · `card:/dev/video1`, each with
`?size=1280x720&fps=12&sound=off&encoder=mpeg4` where wanted. It reads addresses and asks the desktop for its windows; it opens no device.
"""

import contextlib
import ctypes
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

from .lane import Broken

KINDS: Final = ("screen", "window", "camera", "card")
#: enough for what is shown and said on a screen; more costs more of the computer (10 to 15 is what was measured to hold)
DEFAULT_FPS: Final = 12
MOST_FPS: Final = 60
ENCODERS: Final = ("mpeg4", "libvpx", "libx264")
_PLATFORM: Final = {"win32": "windows", "darwin": "macos"}.get(sys.platform, "linux")
_SIZE: Final = re.compile(r"[1-9]\d{1,4}x[1-9]\d{1,4}")
_ID: Final = re.compile(r"0x[0-9a-fA-F]+")
_ASK_S: Final = 2.0


def is_device(url: str) -> bool:
    """Whether an address names something on this machine."""
    return urlsplit(url).scheme in KINDS


@dataclass(frozen=True)
class Device:
    """An address taken apart. `name` is a display with its offset, a window's title or id, or a camera; "" is the main screen.

    `sound` is auto, off or a sound device's name; `size` is "" for all of it.
    """

    kind: str
    name: str
    fps: int = DEFAULT_FPS
    size: str = ""
    sound: str = "auto"
    encoder: str = "mpeg4"

    @classmethod
    def of(cls, url: str) -> "Device":
        """Raises Broken `live.bad_device` (final, fact `given`: the word that does not fit)."""
        kind, _, rest = url.partition(":")
        # a title may hold a question mark: only what reads as our own words is taken off its end
        name, mark, query = rest.rpartition("?")
        told = dict(parse_qsl(query)) if mark else {}
        if not mark or not set(told) <= {"fps", "size", "sound", "encoder"} or not told:
            name, told = rest, {}
        fps, size, encoder = told.get("fps", str(DEFAULT_FPS)), told.get("size", ""), told.get("encoder", "mpeg4")
        if not fps.isdecimal() or not 1 <= int(fps) <= MOST_FPS:
            raise _bad(f"fps={fps}")
        if size and not _SIZE.fullmatch(size):
            raise _bad(f"size={size}")
        if encoder not in ENCODERS:
            raise _bad(f"encoder={encoder}")
        name = unquote(name.removeprefix("//"))
        if kind not in KINDS or (kind != "screen" and not name):
            raise _bad(f"{kind}:")
        return cls(kind, name, int(fps), size, told.get("sound", "auto"), encoder)


def _bad(given: str) -> Broken:
    return Broken("resolve_fail", "live.bad_device", final=True, given=given)


@dataclass(frozen=True)
class Opening:
    """How FFmpeg opens a device on this machine, and what the journal says of it."""

    format: str
    file: str
    options: dict[str, str]
    facts: dict[str, Any] = field(default_factory=dict)


def opening(device: Device, platform: str = _PLATFORM) -> Opening:
    """Raises Broken where this system cannot record such a thing, or there is no such window."""
    options = {"framerate": str(device.fps)} | ({"video_size": device.size} if device.size else {})
    match platform, device.kind:
        case "linux", "screen":
            display = device.name or os.environ.get("DISPLAY", "")
            if not display:
                raise Broken("resolve_fail", "live.no_display", final=True)
            return Opening("x11grab", display, options, {"display": display})
        case "linux", "window":
            number, title = _x11_window(device.name)
            display = os.environ.get("DISPLAY", "")
            return Opening("x11grab", display, options | {"window_id": str(number)}, {"window": title, "window_id": number})
        case "linux", _:
            return Opening("v4l2", device.name, options, {"camera": device.name})
        case "windows", "screen":
            left, _, top = device.name.lstrip("+").partition(",")
            place = {"offset_x": left, "offset_y": top} if top else {}
            return Opening("gdigrab", "desktop", options | place, {"display": "desktop"})
        case "windows", "window":
            return Opening("gdigrab", f"title={device.name}", options, {"window": device.name})
        case "windows", _:
            return Opening("dshow", f"video={device.name}", options, {"camera": device.name})
        case "macos", "screen":
            name = device.name or "Capture screen 0"
            return Opening("avfoundation", f"{name}:none", options | {"capture_cursor": "1"}, {"display": name})
        case "macos", "window":
            raise Broken("resolve_fail", "live.no_window_here", final=True)
    return Opening("avfoundation", f"{device.name}:none", options, {"camera": device.name})


def _x11_window(name: str) -> tuple[int, str]:
    """Number and title of the one window meant: by its number, its whole title, or words that only one title holds."""
    if shutil.which("xprop") is None:
        raise Broken("resolve_fail", "live.no_xprop", final=True)
    known = {number: x11_title(number) for number in _x11_numbers("_NET_CLIENT_LIST")}
    if _ID.fullmatch(name):
        return int(name, 16), known.get(int(name, 16)) or x11_title(int(name, 16))
    found = {number: title for number, title in known.items() if title == name} or {
        number: title for number, title in known.items() if name.casefold() in title.casefold()
    }
    if len(found) != 1:
        code = "live.window_ambiguous" if found else "live.no_such_window"
        raise Broken("resolve_fail", code, title=name, count=len(found))
    return next(iter(found.items()))


def _x11_numbers(what: str) -> list[int]:
    return [int(number, 16) for number in _ID.findall(_xprop("-root", what).partition("#")[2])]


def x11_title(number: int) -> str:
    """The title of a window as the desktop shows it; "" where it has none."""
    for line in _xprop("-id", hex(number), "_NET_WM_NAME", "WM_NAME").splitlines():
        _, mark, text = line.partition(' = "')
        if mark:
            return text.rstrip().removesuffix('"').replace('\\"', '"').replace("\\\\", "\\")
    return ""


def _xprop(*words: str) -> str:
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        environment = {**os.environ, "LC_ALL": "C.UTF-8"}
        done = subprocess.run(["xprop", *words], capture_output=True, timeout=_ASK_S, env=environment, check=False)
        return done.stdout.decode("utf-8", "replace")
    return ""


def window_in_front() -> str | None:
    """The title of the window that has the focus; None where this system does not tell."""
    if _PLATFORM == "linux" and shutil.which("xprop"):
        return next((x11_title(number) for number in _x11_numbers("_NET_ACTIVE_WINDOW") if number), "")
    if _PLATFORM == "windows":
        user = ctypes.windll.user32  # type: ignore[attr-defined]
        text = ctypes.create_unicode_buffer(512)
        user.GetWindowTextW(user.GetForegroundWindow(), text, 512)
        return text.value
    return None
