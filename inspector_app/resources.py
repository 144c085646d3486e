"""Where the files that the program ships lie: beside the package in a checkout, inside the bundle in a frozen program."""

import sys
from pathlib import Path


def root() -> Path:
    if getattr(sys, "frozen", False):
        return Path(getattr(sys, "_MEIPASS", Path(sys.executable).parent))
    return Path(__file__).resolve().parents[1]


def resource(*parts: str) -> Path:
    """A path under `resources/`."""
    return root().joinpath("resources", *parts)
