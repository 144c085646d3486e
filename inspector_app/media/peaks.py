"""The waveform as a pyramid of lowest and highest samples, so that any span draws at once; it can be read while it is still being built.

Layout of the file, little endian: magic `ZJPEAKS1`, then four 64-bit integers (microseconds covered so far, microseconds in all, number of
levels, buckets of level 0), then the levels one after the other, finest first, each an array of (lowest, highest) as signed bytes.
Level 0 has a bucket for every 10 ms, each further level one for four of the level before. It is for drawing only: nothing is measured on it.
"""

import mmap
import os
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from inspector_app.domain.errors import BadInput
from inspector_app.domain.timebase import SECOND, Micros
from inspector_app.media.sound import SoundLine, sound_of
from inspector_app.media.timeline import Timeline

BUCKET_US: Final = 10_000
FACTOR: Final = 4
_RATE: Final = 16_000
_PER_BUCKET: Final = _RATE * BUCKET_US // SECOND
_MAGIC: Final = b"ZJPEAKS1"
_HEAD: Final = struct.Struct("<8sqqqq")
#: How much sound is put into the file at once.
_FLUSH_BUCKETS: Final = 500
#: The coarsest level has no more buckets than a screen has columns.
_COARSEST: Final = 1024


def _sizes(buckets: int) -> list[int]:
    sizes = [buckets]
    while sizes[-1] > _COARSEST:
        sizes.append(-(-sizes[-1] // FACTOR))
    return sizes


@dataclass(frozen=True)
class Peaks:
    """An open waveform. `done_us` is how far it was built when it was opened; open it anew to see more."""

    done_us: Micros
    duration_us: Micros
    #: each level's buckets, shape (n, 2), int8: lowest, highest; level k has a bucket for `BUCKET_US * FACTOR**k`
    levels: tuple[NDArray[np.int8], ...]

    @classmethod
    def open(cls, path: Path) -> "Peaks":
        """Opens a waveform, finished or not. Raises BadInput `media.peaks_unreadable` when it is not one; OSError when it is not there."""
        with path.open("rb") as file:
            head = file.read(_HEAD.size)
            size = os.fstat(file.fileno()).st_size
            if len(head) < _HEAD.size or head[:8] != _MAGIC:
                raise BadInput("media.peaks_unreadable", file=path.name)
            _, done, duration, count, buckets = _HEAD.unpack(head)
            sizes = _sizes(buckets)
            if len(sizes) != count or size != _HEAD.size + 2 * sum(sizes):
                raise BadInput("media.peaks_unreadable", file=path.name)
            data = np.frombuffer(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ), np.int8, offset=_HEAD.size)
        levels, at = [], 0
        for length in sizes:
            levels.append(data[at : at + 2 * length].reshape(-1, 2))
            at += 2 * length
        return cls(done, duration, tuple(levels))

    def read(self, start_us: Micros, end_us: Micros, columns: int) -> NDArray[np.int8]:
        """Lowest and highest sample of `columns` equal stretches between two moments: shape (columns, 2), int8; zero where nothing is known."""
        out = np.zeros((columns, 2), np.int8)
        if columns <= 0 or end_us <= start_us:
            return out
        level = 0
        while level + 1 < len(self.levels) and BUCKET_US * FACTOR ** (level + 1) <= (end_us - start_us) // columns:
            level += 1
        rows, width = self.levels[level], BUCKET_US * FACTOR**level
        edges = start_us + (end_us - start_us) * np.arange(columns + 1, dtype=np.int64) // columns
        first = np.clip(edges[:-1] // width, 0, len(rows))
        last = np.clip(-(-edges[1:] // width), 0, len(rows))
        inside = np.flatnonzero((last > first) & (edges[1:] > 0))
        if len(inside):
            bounds = np.stack([first[inside], last[inside]], axis=1).ravel()
            padded = np.concatenate([rows[: int(last.max())], np.zeros((1, 2), np.int8)])  # reduceat wants every bound inside
            out[inside, 0] = np.minimum.reduceat(padded[:, 0], bounds)[::2]
            out[inside, 1] = np.maximum.reduceat(padded[:, 1], bounds)[::2]
        return out


class _Builder:
    """Takes samples and fills the file: level 0 as they come, the coarser levels from it, `done` last so that a reader sees no hole."""

    def __init__(self, map_: mmap.mmap, duration_us: Micros) -> None:
        self._map, self._duration_us = map_, duration_us
        self._sizes = _sizes(_buckets(duration_us))
        self._rest = np.zeros(0, np.int16)
        self._waiting: list[NDArray[np.int8]] = []
        self.done = 0

    def take(self, data: bytes) -> None:
        samples = np.concatenate([self._rest, np.frombuffer(data, "<i2")])
        whole = len(samples) // _PER_BUCKET * _PER_BUCKET
        self._rest = samples[whole:]
        if whole:
            rows = samples[:whole].reshape(-1, _PER_BUCKET)
            self._waiting.append((np.stack([rows.min(axis=1), rows.max(axis=1)], axis=1) >> 8).astype(np.int8))
        if sum(map(len, self._waiting)) >= _FLUSH_BUCKETS:
            self.flush()

    def finish(self) -> None:
        if len(self._rest):
            self._waiting.append(np.array([[self._rest.min() >> 8, self._rest.max() >> 8]], np.int8))
            self._rest = self._rest[:0]
        self.flush()

    def flush(self) -> None:
        if not self._waiting:
            return
        rows = np.concatenate(self._waiting)[: self._sizes[0] - self.done]
        self._waiting.clear()
        first, self.done = self.done, self.done + len(rows)
        self._put(0, first, rows)
        for level in range(1, len(self._sizes)):
            first //= FACTOR
            below = self._level(level - 1)[first * FACTOR : -(-self.done // FACTOR**level) * FACTOR]
            if short := -len(below) % FACTOR:
                below = np.concatenate([below, np.repeat(below[-1:], short, axis=0)])
            groups = below.reshape(-1, FACTOR, 2)
            self._put(level, first, np.stack([groups[:, :, 0].min(axis=1), groups[:, :, 1].max(axis=1)], axis=1))
        self._map[8:16] = struct.pack("<q", min(self._duration_us, self.done * BUCKET_US))

    def _level(self, level: int) -> NDArray[np.int8]:
        at = self._at(level)
        return np.frombuffer(self._map[at : at + 2 * self._sizes[level]], np.int8).reshape(-1, 2)

    def _at(self, level: int) -> int:
        return _HEAD.size + 2 * sum(self._sizes[:level])

    def _put(self, level: int, first: int, rows: NDArray[np.int8]) -> None:
        at = self._at(level) + 2 * first
        self._map[at : at + 2 * len(rows)] = rows.tobytes()


def _buckets(duration_us: Micros) -> int:
    return max(1, -(-duration_us // BUCKET_US))


def build_peaks(
    timeline: Timeline,
    duration_us: Micros,
    out: Path,
    *,
    on_progress: Callable[[Micros], None] = lambda _: None,
    check: Callable[[], None] = lambda: None,
) -> bool:
    """Builds the waveform of a recording at `out`, readable from the start; returns whether there was any sound.

    `on_progress` is told the recording time reached; `check` may raise to stop, and the unfinished file then stays to be built anew.
    Raises av.error.FFmpegError where a file cannot be opened, OSError when the disk refuses.
    """
    sizes = _sizes(_buckets(duration_us))
    with out.open("wb+") as file:
        file.truncate(_HEAD.size + 2 * sum(sizes))
        file.write(_HEAD.pack(_MAGIC, 0, duration_us, len(sizes), sizes[0]))
        file.flush()
        with mmap.mmap(file.fileno(), 0) as map_:
            builder = _Builder(map_, duration_us)

            def emit(data: bytes) -> None:
                check()
                before = builder.done
                builder.take(data)
                if builder.done != before:
                    on_progress(builder.done * BUCKET_US)

            line = SoundLine(emit, _RATE, "mono")
            sound_of(timeline, line, check=check)
            builder.finish()
            map_[8:16] = struct.pack("<q", duration_us)
            map_.flush()
    return line.heard > 0
