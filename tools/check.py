#!/usr/bin/env python3
"""Everything that must hold before a change lands, in the order in which it fails soonest: style, types, rooms, then the tests.

`python tools/check.py` runs all of it; `python tools/check.py unit ui` runs those suites only. Run it in the project's environment.
"""

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
STATIC = {
    "ruff": ["ruff", "check", "."],
    "format": ["ruff", "format", "--check", "."],
    "mypy": ["mypy"],
    "rooms": ["lint-imports"],
    "packages": ["deptry", "inspector_app"],
}
SUITES = ("unit", "golden", "tamper", "kill", "ui", "e2e")


def run(name: str, command: list[str]) -> bool:
    print(f"== {name}", flush=True)
    began = time.monotonic()
    status = subprocess.run([str(BIN / command[0]), *command[1:]], cwd=ROOT, check=False).returncode
    print(f"== {name}: {'passed' if status == 0 else 'FAILED'} in {time.monotonic() - began:.0f} s", flush=True)
    return status == 0


def main() -> int:
    asked = sys.argv[1:]
    unknown = set(asked) - {*STATIC, *SUITES}
    if unknown:
        sys.exit(f"no such check: {', '.join(sorted(unknown))}; there are {', '.join([*STATIC, *SUITES])}")
    good = True
    for name, command in STATIC.items():
        if not asked or name in asked:
            good = run(name, command) and good
    suites = [suite for suite in SUITES if not asked or suite in asked]
    if suites:
        good = run("tests", ["pytest", "-n", "auto", "--dist", "loadfile", *(f"tests/{suite}" for suite in suites)]) and good
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
