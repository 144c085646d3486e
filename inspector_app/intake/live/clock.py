"""What ties a capture to the world's time: our two clocks read together, the system's word on its own clock, and time servers if switched on.

Off unless servers are named: then the capture says 未校时 and a person may enter a comparison by hand. It opens no other connection.
"""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from .journal import at_text, mono_us, utc_us

Json = dict[str, Any]
EVERY_S: Final = 60
STEP_US: Final = 500_000
_SNTP_S: Final = 2
_SYNCHRONISED: Final = Path("/run/systemd/timesync/synchronized")


def reading(servers: Sequence[str] = ()) -> Json:
    """One anchor: UTC and monotonic microseconds, whether the system calls its clock synchronised, and what time servers answer.

    `servers` may hold up to three names; each answer has its offset and round trip in microseconds, or says that it failed.
    """
    return {
        "utc_us": utc_us(),
        "clock_mono_us": mono_us(),
        "system": "synchronised" if _SYNCHRONISED.exists() else "unknown",
        "servers": [_ask(server) for server in servers[:3]],
        "state": "compared" if servers else "not_compared",
    }


def _ask(server: str) -> Json:
    import ntplib  # type: ignore[import-untyped]

    try:
        answer = ntplib.NTPClient().request(server, version=4, timeout=_SNTP_S)
    except (OSError, ntplib.NTPException) as cause:
        return {"server": server, "failed": type(cause).__name__}
    return {
        "server": server,
        "offset_us": round(answer.offset * 1e6),
        "round_trip_us": round(answer.delay * 1e6),
        "stratum": answer.stratum,
    }


class StepWatch:
    """Notices that somebody set the wall clock: wall minus monotonic moved by more than half a second."""

    def __init__(self) -> None:
        self._difference = time.time_ns() // 1000 - mono_us()

    def step(self) -> Json | None:
        """The step since the last call, or None."""
        difference = utc_us() - mono_us()
        moved, before = difference - self._difference, self._difference
        if abs(moved) <= STEP_US:
            return None
        self._difference = difference
        return {"step_us": moved, "before": at_text(before + mono_us()), "after": at_text(difference + mono_us())}
