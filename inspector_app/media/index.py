"""The time index of a recording: every picture's time stamp, key flag and byte position, by which player and stills find a frame.

It is kept in `working/` and can always be rebuilt from the original. It answers questions of time; it never opens the recording
once built.
"""

import hashlib
import json
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inspector_app.domain.errors import CheckFailed
from inspector_app.domain.timebase import SECOND, FrameStamp, Interval, Micros
from inspector_app.media.scan import Scan, StreamScan

_VERSION = 1
#: A pause between pictures is a gap when it is longer than both of these (capture note 7: phone recordings go down to 5 frames/s).
_GAP_US = SECOND
_GAP_MEDIANS = 10


@dataclass(frozen=True)
class TimeIndex:
    """Frames (or, without picture, sound packets) of one stream in order of presentation.

    `pts` in ticks of `base`, `key` flags, `pos` byte positions (-1 unknown), all of equal length. `zero_us` is the recording's zero
    on the container's clock; every `*_us` answer is recording time, `to_micros(pts, base) - zero_us`.
    """

    stream: int
    kind: str
    base: Fraction
    zero_us: Micros
    duration_us: Micros
    pts: NDArray[np.int64]
    key: NDArray[np.bool_]
    pos: NDArray[np.int64]
    #: where the decoder's set-up changes, shape (n, 2): first frame of the new one, byte position from which reading finds it
    headers: NDArray[np.int64] = field(default_factory=lambda: np.zeros((0, 2), np.int64))

    def __len__(self) -> int:
        return len(self.pts)

    @cached_property
    def times_us(self) -> NDArray[np.int64]:
        """Recording time of every frame, rounded as `domain.timebase.to_micros` does."""
        scale = self.base * SECOND
        return (2 * self.pts * scale.numerator + scale.denominator) // (2 * scale.denominator) - self.zero_us

    def at(self, at_us: Micros) -> int:
        """Number of the frame seen at a time: the last one not after it; the first frame when none is."""
        return max(0, int(np.searchsorted(self.times_us, at_us, side="right")) - 1)

    def stamp(self, frame: int) -> FrameStamp:
        return FrameStamp(int(self.pts[frame]), self.base)

    def intervals_us(self) -> tuple[Micros, Micros, Micros] | None:
        """Shortest, median and longest time between two frames that follow each other; None with fewer than two."""
        steps = np.diff(self.times_us)
        if not len(steps):
            return None
        return int(steps.min()), int(np.sort(steps)[len(steps) // 2]), int(steps.max())

    def gaps(self) -> list[Interval]:
        """Where nothing follows for more than a second and ten median intervals: from the last frame before to the first after."""
        intervals = self.intervals_us()
        if intervals is None:
            return []
        limit = max(_GAP_US, _GAP_MEDIANS * intervals[1])
        times = self.times_us
        return [Interval(int(times[i]), int(times[i + 1])) for i in np.flatnonzero(np.diff(times) > limit)]


def build_index(scan: Scan, stream: int) -> TimeIndex:
    """The index of one stream from a packet scan; frames with the same time stamp are kept once (the first in the file)."""
    packets: StreamScan = scan.streams[stream]
    pts, first = np.unique(np.array(packets.pts, dtype=np.int64), return_index=True)
    key = np.frombuffer(bytes(packets.key), dtype=np.uint8).astype(np.bool_)[first]
    pos = np.array(packets.pos, dtype=np.int64)[first]
    changes = [(int(np.searchsorted(pts, packets.pts[number])), at) for number, at in packets.headers]
    headers = np.array(changes, dtype=np.int64).reshape(-1, 2)
    return TimeIndex(stream, packets.kind, packets.base, scan.zero_us, scan.duration_us, pts, key, pos, headers)


def save_index(index: TimeIndex, path: Path) -> str:
    """Writes an index (compressed NumPy archive, the same bytes for the same index) and returns its SHA-256."""
    head = {
        "version": _VERSION,
        "stream": index.stream,
        "kind": index.kind,
        "base": [index.base.numerator, index.base.denominator],
        "zero_us": index.zero_us,
        "duration_us": index.duration_us,
    }
    with path.open("wb") as file:
        more = {"headers": index.headers} if len(index.headers) else {}
        np.savez_compressed(file, head=np.array(json.dumps(head)), pts=index.pts, key=index.key, pos=index.pos, **more)  # type: ignore[arg-type]
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def load_index(path: Path, sha256: str | None = None) -> TimeIndex:
    """Reads an index back; raises CheckFailed `media.index_altered` when it is not the one with this digest, OSError when unreadable."""
    if sha256 is not None:
        with path.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != sha256:
                raise CheckFailed("media.index_altered", file=path.name)
    with np.load(path, allow_pickle=False) as data:
        head = json.loads(str(data["head"]))
        return TimeIndex(
            head["stream"],
            head["kind"],
            Fraction(*head["base"]),
            head["zero_us"],
            head["duration_us"],
            data["pts"],
            data["key"],
            data["pos"],
            data["headers"] if "headers" in data else np.zeros((0, 2), np.int64),
        )
