"""Detectors over time stamps: jumps of a source's clock and units that were sent twice. They say what they see and change nothing."""

import zlib
from collections import deque
from typing import Final

CUT_US: Final = 3_000_000
NOTICE_US: Final = 500_000
_AGREE_US: Final = 200_000
_REMEMBERED: Final = 600


class ClockWatch:
    """Tells when a stream's decoding time jumps. A jump that another stream made already counts once, for the whole source."""

    def __init__(self) -> None:
        self._last: dict[int, int] = {}
        self._jump: int | None = None
        self._followed: set[int] = set()

    def see(self, stream: int, at_us: int) -> tuple[str, int]:
        """`("cut", jump)` where a new epoch begins, `("notice", jump)` for a smaller leap, else `("", 0)`; jumps in microseconds."""
        last = self._last.get(stream)
        self._last[stream] = at_us
        if last is None or abs(at_us - last) <= NOTICE_US:
            return "", 0
        jump = at_us - last
        if abs(jump) <= CUT_US:
            return "notice", jump
        if self._jump is not None and stream not in self._followed and abs(jump - self._jump) <= _AGREE_US:
            self._followed.add(stream)
            return "", 0
        self._jump, self._followed = jump, {stream}
        return "cut", jump


class RepeatWatch:
    """Counts how much of what comes after a reconnect had come before: servers send their cached pictures again."""

    def __init__(self) -> None:
        self._seen: deque[int] = deque(maxlen=_REMEMBERED)
        self._before: frozenset[int] = frozenset()
        self.repeated = 0

    def reconnected(self) -> None:
        self._before = frozenset(self._seen)
        self.repeated = 0

    def see(self, data: bytes) -> int:
        """The number of repeats once the first new unit has come (then 0 again); 0 while nothing is to be told."""
        mark = zlib.crc32(data)
        self._seen.append(mark)
        if not self._before:
            return 0
        if mark in self._before:
            self.repeated += 1
            return 0
        told, self._before = self.repeated, frozenset()
        return told
