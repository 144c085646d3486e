"""Where and with how many threads an engine computes. Plain values; light enough for the window's process."""

import os
from dataclasses import dataclass


@dataclass(frozen=True)
class Device:
    """Where the engine computes: `kind` cpu or cuda, and the arithmetic `compute` as CTranslate2 names it."""

    kind: str = "cpu"
    compute: str = "int8"


def threads(asked: int) -> int:
    """The threads to compute with: `asked`, or for 0 as many as the computer has, up to four: more do not help these engines."""
    return asked or min(4, os.cpu_count() or 1)
