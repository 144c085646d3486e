"""A recording's sound as it is played: 48 kHz stereo from any moment on, at another speed with the pitch kept.

It gives samples as they are asked for, silence in gaps and behind the last sound, so that what plays it never runs dry. It decodes on the
caller's thread.
"""

from collections import deque
from collections.abc import Iterator
from fractions import Fraction
from typing import Final

import av
from av.audio.frame import AudioFrame
from av.error import FFmpegError
from av.filter import Graph

from inspector_app.domain.timebase import SECOND, Micros
from inspector_app.media.sound import SoundLine, laying
from inspector_app.media.timeline import Timeline

RATE: Final = 48_000
#: Bytes of one moment: two channels of 16 bits.
WIDTH: Final = 4


class Tempo:
    """Plays 16-bit stereo samples faster or slower without changing their pitch (FFmpeg's `atempo`)."""

    def __init__(self, percent: int) -> None:
        self._fed = 0
        self._graph = Graph()
        source = self._graph.add_abuffer(sample_rate=RATE, format="s16", layout="stereo", time_base=Fraction(1, RATE))
        tempo = self._graph.add("atempo", f"{percent / 100:g}")
        shape = self._graph.add("aformat", f"sample_fmts=s16:sample_rates={RATE}:channel_layouts=stereo")
        sink = self._graph.add("abuffersink")
        for one, next_ in ((source, tempo), (tempo, shape), (shape, sink)):
            one.link_to(next_)
        self._graph.configure()

    def take(self, data: bytes) -> bytes:
        """What comes out for some samples; the filter keeps a few for later."""
        frame = AudioFrame(format="s16", layout="stereo", samples=len(data) // WIDTH)
        frame.planes[0].update(data)
        frame.sample_rate, frame.pts, frame.time_base = RATE, self._fed, Fraction(1, RATE)
        self._fed += frame.samples
        self._graph.push(frame)
        out: list[bytes] = []
        while True:
            try:
                done = self._graph.pull()
            except (av.error.BlockingIOError, av.error.EOFError):
                return b"".join(out)
            assert isinstance(done, AudioFrame)
            out.append(bytes(done.planes[0])[: done.samples * WIDTH])


class Listening:
    """Samples of a recording from `from_us` on, `percent` of its speed. `failed` is why the rest is silent, where a file broke."""

    def __init__(self, timeline: Timeline, from_us: Micros, percent: int) -> None:
        self.failed: FFmpegError | None = None
        self._laid: deque[bytes] = deque()
        self._tempo = Tempo(percent) if percent != 100 else None
        self._line = SoundLine(self._laid.append, RATE, "stereo", from_us)
        self._steps = self._all(timeline)
        self._rest = b""

    def _all(self, timeline: Timeline) -> Iterator[None]:
        try:
            yield from laying(timeline, self._line)
        except FFmpegError as cause:
            self.failed = cause
        while True:
            self._laid.append(bytes(RATE // 10 * WIDTH))
            yield

    def read(self, size: int) -> bytes:
        """The next `size` bytes (whole samples)."""
        parts, length = [self._rest], len(self._rest)
        while length < size:
            while not self._laid:
                next(self._steps)
            data = self._laid.popleft()
            if self._tempo is not None:
                data = self._tempo.take(data)
            parts.append(data)
            length += len(data)
        whole = b"".join(parts)
        self._rest = whole[size:]
        return whole[:size]


def played_us(samples: int, percent: int) -> Micros:
    """How much of the recording so many samples that were played stand for."""
    return samples * SECOND * percent // (100 * RATE)
