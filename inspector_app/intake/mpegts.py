"""How whole a transport stream is: packets missing by the continuity counters, and where the sync byte was lost (ISO/IEC 13818-1 2.4.3).

It reads the file once in pieces and judges nothing; what it counts becomes a warning.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

_PACKET: Final = 188
_SYNC: Final = 0x47
_NULL_PID: Final = 0x1FFF
#: Packets looked at in one go (6 MB).
_AT_ONCE: Final = 32_768
#: So many sync bytes in a row make a place the start of a packet.
_PROOF: Final = 4
#: Plain packets, Blu-ray's with a time before each, and those with error correction behind.
_STRIDES: Final = (_PACKET, 192, 204)


@dataclass
class Wholeness:
    """`continuity_errors` counts breaks in the counters, `lost_sync` the places where packets stopped, `lost_bytes` what lay between."""

    continuity_errors: int = 0
    lost_sync: int = 0
    lost_bytes: int = 0
    _last: dict[int, int] = field(default_factory=dict)

    def take(self, packets: NDArray[np.uint8]) -> None:
        """Counts over whole packets in file order, one a row."""
        pids = (packets[:, 1].astype(np.int32) & 0x1F) << 8 | packets[:, 2]
        counters = packets[:, 3] & 0x0F
        carries = (packets[:, 3] & 0x10) != 0
        announced = ((packets[:, 3] & 0x20) != 0) & (packets[:, 4] > 0) & ((packets[:, 5] & 0x80) != 0)  # discontinuity_indicator
        for pid in np.unique(pids):
            if pid == _NULL_PID:
                continue
            rows = np.flatnonzero((pids == pid) & carries)
            if not len(rows):
                continue
            own = counters[rows].astype(np.int16)
            before = np.concatenate(([self._last.get(int(pid), (own[0] - 1) & 0x0F)], own[:-1]))
            step = (own - before) & 0x0F
            # the same packet may stand twice; an announced break is none
            self.continuity_errors += int(np.count_nonzero((step != 1) & (step != 0) & ~announced[rows]))
            self._last[int(pid)] = int(own[-1])


def examine(path: Path, on_bytes: Callable[[int], None]) -> Wholeness:
    """Reads a transport stream; `on_bytes` is told how far and may raise to stop. Raises OSError."""
    found = Wholeness()
    stride, at = _STRIDES[0], 0
    with path.open("rb") as file:
        head = file.read(_STRIDES[-1] * (_PROOF + 1) + _STRIDES[-1])
        stride = next((size for size in _STRIDES if _first_sync(head, size) is not None), _PACKET)
        at = _first_sync(head, stride) or 0
        if at and not (stride == 192 and at == 4):  # its packets begin with four bytes of time
            found.lost_sync, found.lost_bytes = 1, at
        while True:
            on_bytes(at)
            file.seek(at)
            data = np.frombuffer(file.read(_AT_ONCE * stride), dtype=np.uint8)
            whole = len(data) // stride
            if not whole:
                return found
            packets = data[: whole * stride].reshape(whole, stride)
            good = packets[:, 0] == _SYNC
            run = whole if good.all() else int(np.argmin(good))
            if run:
                found.take(packets[:run])
                at += run * stride
            if run < whole:
                skipped = _first_sync(data[run * stride + 1 :].tobytes(), stride)
                lost = len(data) - run * stride if skipped is None else skipped + 1
                found.lost_bytes += lost
                found.lost_sync += 1
                at += lost


def has_packets(data: bytes) -> bool:
    """Whether packets follow each other anywhere in a piece of a file."""
    return any(_first_sync(data, stride) is not None for stride in _STRIDES)


def _first_sync(data: bytes, stride: int) -> int | None:
    """The first place from which several packets follow each other; None where there is none."""
    marks = np.frombuffer(data, dtype=np.uint8) == _SYNC
    room = len(marks) - stride * (_PROOF - 1)
    if room <= 0:
        return None
    together = np.logical_and.reduce([marks[stride * place : stride * place + room] for place in range(_PROOF)])
    place = int(np.argmax(together))
    return place if together[place] else None
