"""How long a test waits for what must come: a limit so generous that only what never comes fails, on however slow and loaded a machine."""

import time
from collections.abc import Callable
from typing import Final, TypeVar

PATIENCE_S: Final = 120
PATIENCE_MS: Final = PATIENCE_S * 1000

T = TypeVar("T")


def until(holds: Callable[[], T], what: str, every_s: float = 0.1) -> T:
    """What `holds` first finds true, of another process or thread; AssertionError naming `what` when it does not come."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        if found := holds():
            return found
        time.sleep(every_s)
    raise AssertionError(f"waited in vain for {what}")
