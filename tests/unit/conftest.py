"""Real media made on the spot: films whose every picture carries its number, and the channel a worker talks to."""

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image

from inspector_app.domain.errors import Stopped

BITS = 12
MILLI = Fraction(1, 1000)


def _numbered(number: int, width: int, height: int) -> np.ndarray:
    """A grey picture whose upper half shows `number` as black and white blocks, most significant bit left."""
    picture = np.full((height, width, 3), 90, np.uint8)
    block = width // BITS
    for bit in range(BITS):
        white = number >> (BITS - 1 - bit) & 1
        picture[: height // 2, bit * block : (bit + 1) * block] = 235 if white else 16
    return picture


@pytest.fixture(scope="session")
def number_in() -> Callable[[Image.Image], int]:
    """Reads the number of a film's picture."""

    def read(image: Image.Image) -> int:
        pixels = np.asarray(image.convert("L"))
        height, width = pixels.shape
        block = width // BITS
        rows = pixels[height // 8 : height * 3 // 8]
        bits = [rows[:, bit * block + block // 4 : (bit + 1) * block - block // 4].mean() > 128 for bit in range(BITS)]
        return int("".join("1" if bit else "0" for bit in bits), 2)

    return read


@pytest.fixture(scope="session")
def make_film() -> Callable[..., Path]:
    """Writes a film; see `write`."""

    def write(
        path: Path,
        *,
        container: str | None = None,
        times_ms: list[int] | None = None,
        frames: int = 90,
        codec: str | None = "libx264",
        bframes: int = 2,
        gop: int = 30,
        size: tuple[int, int] = (192, 108),
        sound: bool = True,
        sound_rate: int = 48_000,
        sound_from_ms: int = 0,
        sound_to_ms: int | None = None,
        silent_ms: tuple[int, int] = (0, 0),
        options: dict[str, str] | None = None,
    ) -> Path:
        """A film of numbered pictures at `times_ms` (30 a second by default) with a 440 Hz tone, which pauses for `silent_ms`."""
        times = times_ms if times_ms is not None else [round(i * 1000 / 30) for i in range(frames)]
        end = sound_to_ms if sound_to_ms is not None else times[-1] + 33
        with av.open(str(path), "w", format=container, options=options or {}) as out:
            video = audio = None
            if codec:
                video = out.add_stream(codec, rate=30)
                video.width, video.height, video.pix_fmt = *size, "yuv420p"
                video.gop_size = gop
                video.codec_context.time_base = MILLI
                if codec == "libx264":
                    video.options = {"preset": "ultrafast", "x264-params": f"bframes={bframes}:b-adapt=0:scenecut=0:keyint={gop}"}
                else:
                    video.codec_context.max_b_frames = bframes
                    video.bit_rate = 2_000_000
            if sound:
                audio = out.add_stream("aac", rate=sound_rate)
                audio.layout = "mono"
            at, chunk = sound_from_ms * sound_rate // 1000, 1024
            for number, time in enumerate([*times, None]):
                while audio and at < end * sound_rate // 1000 and (time is None or at * 1000 // sound_rate <= time):
                    if not silent_ms[0] <= at * 1000 // sound_rate < silent_ms[1]:
                        out.mux(audio.encode(_tone(at, chunk, sound_rate)))
                    at += chunk
                if video and time is not None:
                    frame = av.VideoFrame.from_ndarray(_numbered(number, *size))
                    frame.pts, frame.time_base = time, MILLI
                    out.mux(video.encode(frame))
            for stream in (video, audio):
                if stream:
                    out.mux(stream.encode(None))
        return path

    return write


def _tone(at: int, count: int, rate: int) -> av.AudioFrame:
    samples = (8000 * np.sin(2 * np.pi * 440 * (at + np.arange(count)) / rate)).astype(np.int16)
    frame = av.AudioFrame.from_ndarray(samples[None, :], format="s16", layout="mono")
    frame.sample_rate, frame.pts, frame.time_base = rate, at, Fraction(1, rate)
    return frame


@dataclass
class ListChannel:
    """The `Channel` of tests: keeps what is said; stops the worker once `stop_when` is true of it."""

    items: list[dict[str, Any]] = field(default_factory=list)
    reports: list[tuple[int, int, str]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    stop_when: Callable[["ListChannel"], bool] = lambda _: False

    def item(self, kind: str, **data: Any) -> None:
        self.items.append({"item": kind, **data})

    def progress(self, done: int, total: int, unit: str) -> None:
        self.reports.append((done, total, unit))

    def warn(self, code: str, **facts: str | int) -> None:
        self.warnings.append(code)

    def check(self) -> None:
        if self.stop_when(self):
            raise Stopped


@pytest.fixture
def channel() -> ListChannel:
    return ListChannel()
