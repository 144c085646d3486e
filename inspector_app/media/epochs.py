"""Where the clock of a file was set anew: the stretches between are epochs, each a part of its own on a recording's timeline.

A recorder that joined two connections writes a clock that restarts at zero or leaps ahead. One epoch's times cannot be compared with
another's, so durations are counted within epochs only. Nothing here decides where an epoch belongs on the recording's clock.
"""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Final

from inspector_app.domain.timebase import SECOND, Interval, Micros, to_micros
from inspector_app.media.scan import Scan, StreamScan

#: A clock that goes back by more than this was restarted (decoding times do not run back otherwise).
_BACK_US: Final = SECOND
#: One that leaps ahead by more than this, in all streams together, was set anew (capture note 5.8).
_AHEAD_US: Final = 3 * SECOND
#: With one stream alone a pause and a leap look the same; only a long one counts.
_AHEAD_ALONE_US: Final = 30 * SECOND
#: How far the leaps of two streams may differ and still be one.
_AGREE_US: Final = SECOND // 2


@dataclass(frozen=True)
class Epoch:
    """`first` is the number of its first packet by stream index; `container` its times on the file's clock; `jump_us` how far the clock
    leapt at its start (0 for the first epoch, negative for a restart)."""

    first: dict[int, int]
    container: Interval
    jump_us: Micros


@dataclass(frozen=True)
class _Cut:
    stream: int
    number: int
    pos: int
    jump_us: Micros


def epochs(scan: Scan) -> list[Epoch]:
    """The epochs of a file in file order; one for a sound file, none for a file without packets."""
    streams = {index: stream for index, stream in scan.streams.items() if stream.pts}
    if not streams:
        return []
    starts = [dict.fromkeys(streams, 0)]
    jumps = [0]
    for group in _groups([cut for stream in streams.values() for cut in _cuts(stream)]):
        if not _counts(group, len(streams)):
            continue
        own = {cut.stream: cut.number for cut in group}
        starts.append({index: own.get(index, _first_from(stream, group[0].pos)) for index, stream in streams.items()})
        jumps.append(group[0].jump_us)
    ends = [*starts[1:], {index: len(stream.pts) for index, stream in streams.items()}]
    return [Epoch(first, _times(streams, first, end), jump) for first, end, jump in zip(starts, ends, jumps, strict=True)]


def scan_of(scan: Scan, found: Sequence[Epoch], place: int) -> Scan:
    """The packets of one epoch as a scan of its own: its `zero_us`, `duration_us` and `build_index` are the epoch's."""
    first = found[place].first
    last = found[place + 1].first if place + 1 < len(found) else {}
    return Scan({index: _slice(scan.streams[index], start, last.get(index)) for index, start in first.items()}, scan.read_errors)


def _slice(stream: StreamScan, start: int, end: int | None) -> StreamScan:
    piece = StreamScan(stream.index, stream.kind, stream.base, stream.pts[start:end], stream.dts[start:end])
    piece.key, piece.pos = stream.key[start:end], stream.pos[start:end]
    piece.headers = [(max(0, number - start), pos) for number, pos in stream.headers if end is None or number < end]
    piece.opens_at = stream.opens_at if start == 0 else None
    piece.end = max(piece.pts) + _step(piece.pts) if piece.pts else None
    if end is None and stream.end is not None and piece.pts and stream.pts[-1] + 2 * _step(piece.pts) >= stream.end:
        piece.end = max(piece.end or stream.end, stream.end)
    return piece


def _cuts(stream: StreamScan) -> list[_Cut]:
    found = []
    for number in range(1, len(stream.dts)):
        step = to_micros(stream.dts[number] - stream.dts[number - 1], stream.base)
        if step < -_BACK_US or step > _AHEAD_US:
            found.append(_Cut(stream.index, number, stream.pos[number], step))
    return found


def _groups(cuts: list[_Cut]) -> list[list[_Cut]]:
    """Cuts of different streams that are one event: next to each other in the file, and as far."""
    groups: list[list[_Cut]] = []
    for cut in sorted(cuts, key=lambda cut: cut.pos):
        last = groups[-1] if groups else []
        if last and all(cut.stream != other.stream for other in last) and abs(cut.jump_us - last[0].jump_us) <= _AGREE_US:
            last.append(cut)
        else:
            groups.append([cut])
    return groups


def _counts(group: list[_Cut], streams: int) -> bool:
    if group[0].jump_us < 0:
        return True
    return len(group) == streams and (streams > 1 or group[0].jump_us > _AHEAD_ALONE_US)


def _first_from(stream: StreamScan, pos: int) -> int:
    """The first packet that stands at or behind a byte position."""
    return next((number for number, at in enumerate(stream.pos) if at >= pos), len(stream.pos))


def _step(pts: "array[int]") -> int:
    """The usual distance of two packets, in ticks."""
    ordered = sorted(pts)
    steps = [after - before for before, after in pairwise(ordered) if after > before]
    return int(median(steps)) if steps else 0


def _times(streams: dict[int, StreamScan], first: dict[int, int], end: dict[int, int]) -> Interval:
    spans = []
    for index, stream in streams.items():
        piece = _slice(stream, first[index], None if end[index] == len(stream.pts) else end[index])
        start, stop = piece.start_us(), piece.end_us()
        if start is not None and stop is not None:
            spans.append((start, stop))
    return Interval(min(start for start, _ in spans), max(stop for _, stop in spans))
