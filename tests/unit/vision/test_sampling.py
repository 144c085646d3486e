"""Samples against a plain decode of every frame: the same frame at every instant, whatever the file's groups of pictures are like."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace

import av
import numpy as np
import pytest

from inspector_app.domain.errors import Stopped
from inspector_app.domain.timebase import SECOND, to_micros
from inspector_app.media.timeline import Timeline
from inspector_app.vision.sampling import Sampler

Encode = Callable[..., Path]


@pytest.fixture
def encode(tmp_path: Path) -> Encode:
    """A small moving picture: every frame differs from its neighbours."""

    def make(name: str, codec: str, frames: int, fps: int, times: list[int] | None = None, **options: str) -> Path:
        path = tmp_path / name
        with av.open(str(path), "w") as container:
            stream = container.add_stream(codec, rate=fps, options=options)
            stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv420p"
            stream.codec_context.time_base = Fraction(1, fps)
            for number in range(frames):
                picture = np.full((64, 96, 3), number * 7 % 200, np.uint8)
                picture[:, number % 90 : number % 90 + 6] = 255
                frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
                frame.pts, frame.time_base = times[number] if times else number, Fraction(1, fps)
                container.mux(stream.encode(frame))
            container.mux(stream.encode())
        return path

    return make


def on_show(path: Path, zero_us: int, seconds: int, every_us: int) -> list[tuple[int, bytes]]:
    """Stamp and pixels of the last frame not after each instant, by decoding everything."""
    with av.open(str(path)) as container:
        base = container.streams.video[0].time_base
        frames = sorted(
            (to_micros(frame.pts, base) - zero_us, frame.pts, frame.to_ndarray(format="gray").tobytes())
            for frame in container.decode(video=0)
        )
    return [[one[1:] for one in frames if one[0] <= at_us][-1] for at_us in range(0, seconds * SECOND, every_us)]


@pytest.mark.parametrize(
    ("name", "codec", "frames", "fps", "options"),
    [
        ("b.mp4", "libx264", 250, 25, {"g": "50", "bf": "3", "b-pyramid": "normal"}),
        ("short.flv", "libx264", 200, 25, {"g": "12", "bf": "2"}),
        ("one_key.mkv", "libx264", 1300, 60, {"g": "9999", "keyint_min": "9999", "sc_threshold": "0"}),
        ("open.ts", "libx264", 250, 25, {"g": "25", "bf": "3", "x264-params": "open-gop=1"}),
        ("old.avi", "mpeg4", 100, 10, {"g": "30"}),
    ],
)
def test_that_a_sample_is_the_frame_on_show(
    encode: Encode, stage: SimpleNamespace, name: str, codec: str, frames: int, fps: int, options: dict[str, str]
) -> None:
    path = encode(name, codec, frames, fps, **options)
    with av.open(str(path)) as container:
        zero_us = to_micros(container.streams.video[0].start_time or 0, container.streams.video[0].time_base)
    seconds, every = frames // fps, 700_000
    sampler = Sampler(Timeline.single(path, zero_us, seconds * SECOND), [])
    samples = list(sampler.samples(0, seconds * SECOND, every, stage.KeptChannel()))
    assert [sample.at_us for sample in samples] == list(range(0, seconds * SECOND, every))
    expected = on_show(path, zero_us, seconds, every)
    assert [sample.pts for sample in samples] == [stamp for stamp, _ in expected]
    assert [sample.frame.to_ndarray(format="gray").tobytes() for sample in samples] == [pixels for _, pixels in expected]


def test_that_where_reading_began_makes_no_difference(encode: Encode, stage: SimpleNamespace) -> None:
    path = encode("again.mp4", "libx264", 300, 25, g="60", bf="3")
    timeline, channel = Timeline.single(path, 0, 12 * SECOND), stage.KeptChannel()

    def taken(sampler: Sampler, start: int, end: int) -> list[tuple[int, int, bytes]]:
        samples = sampler.samples(start * SECOND, end * SECOND, SECOND, channel)
        return [(sample.at_us, sample.pts, sample.frame.to_ndarray(format="gray").tobytes()) for sample in samples]

    whole = taken(Sampler(timeline, []), 0, 12)
    going_on = Sampler(timeline, [])
    assert taken(going_on, 0, 5) + taken(going_on, 5, 12) == whole
    assert taken(Sampler(timeline, []), 7, 12) == whole[7:]
    assert taken(going_on, 3, 4) == whole[3:4]  # and back


def test_that_a_frame_is_held_no_longer_than_ten_seconds(encode: Encode, stage: SimpleNamespace) -> None:
    path = encode("slow.mkv", "libx264", 3, 1, times=[0, 4, 30], g="1")
    samples = Sampler(Timeline.single(path, 0, 33 * SECOND), []).samples(0, 33 * SECOND, SECOND, stage.KeptChannel())
    assert [sample.at_us // SECOND for sample in samples] == [*range(15), 30, 31, 32]


def test_that_it_stops_when_asked(encode: Encode, stage: SimpleNamespace) -> None:
    path = encode("stop.mp4", "libx264", 250, 25)
    with pytest.raises(Stopped):
        list(Sampler(Timeline.single(path, 0, 10 * SECOND), []).samples(0, 10 * SECOND, SECOND, stage.KeptChannel(stop_after=100)))
