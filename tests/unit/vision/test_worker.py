"""Whole recordings, drawn, encoded and read: times, skipped frames, resume, rotation, damage."""

import struct
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import av
import numpy as np
import pytest
from PIL import ImageDraw

from inspector_app.domain.errors import BadInput, Stopped
from inspector_app.domain.timebase import SECOND
from inspector_app.vision import worker
from inspector_app.vision.merge import ScreenText, merge, presence

Film = Callable[..., Path]
Draw = Callable[[ImageDraw.ImageDraw, float], None]
Read = Callable[..., Any]
SECONDS = 24
CAPTIONS = [(2, 8, "这款面霜全网最低价"), (9, 15, "三天见效百分百有效"), (17, 23, "点击下方小黄车下单")]


@pytest.fixture(scope="module")
def sale(stage: SimpleNamespace) -> Draw:
    """A still studio: captions come and go, the licence line is there from 4 to 12, a countdown runs until 10."""
    font = stage.font

    def draw(canvas: ImageDraw.ImageDraw, second: float) -> None:
        for start, end, text in CAPTIONS:
            if start <= second < end:
                canvas.text((70, 620), text, font=font(36, bold=True), fill="yellow", stroke_width=2, stroke_fill="black")
        if 4 <= second < 12:
            canvas.text((40, 130), "营业执照公示", font=font(20), fill="white")
        left = 307 - min(int(second), 10)
        canvas.rectangle((360, 40, 520, 84), fill=(220, 30, 30))
        canvas.text((376, 46), f"00:{left // 60:02d}:{left % 60:02d}", font=font(26, bold=True), fill="white")
        stage.price_card(canvas, (300, 300), "到手价 99元", "¥399.00")

    return draw


@pytest.fixture(scope="module")
def read(stage: SimpleNamespace) -> Read:
    """Runs the worker on a video; returns the channel with what it sent."""

    def run(video: Path, duration_us: int, **spec: Any) -> Any:
        channel = stage.KeptChannel()
        channel.result = worker.run({"video": str(video), "duration_us": duration_us, **spec}, channel)
        return channel

    return run


def texts_of(channel: Any, duration_us: int) -> list[ScreenText]:
    return merge(channel.blocks(), (540, 960), SECOND, duration_us)


@pytest.fixture(scope="module")
def sale_video(film: Film, sale: Draw) -> Path:
    return film("直播 录像.mp4", SECONDS, sale)


@pytest.fixture(scope="module")
def sale_read(sale_video: Path, read: Read) -> Any:
    return read(sale_video, SECONDS * SECOND, block_us=10 * SECOND)


@pytest.fixture(scope="module")
def sale_texts(sale_read: Any) -> list[ScreenText]:
    return texts_of(sale_read, SECONDS * SECOND)


def test_that_captions_are_read_right_with_their_times(sale_texts: list[ScreenText]) -> None:
    captions = {text.text: text for text in sale_texts if text.kind == "caption"}
    for start, end, words in CAPTIONS:
        assert abs(captions[words].start_us - start * SECOND) <= SECOND
        assert abs(captions[words].end_us - end * SECOND) <= SECOND


def test_that_the_time_stamp_is_that_of_the_frame_on_show(sale_video: Path, sale_read: Any) -> None:
    with av.open(str(sale_video)) as container:
        stamps = {frame.pts: frame.time for frame in container.decode(video=0)}
        base = container.streams.video[0].time_base
    assert sale_read.items[0][1]["base"] == f"{base.numerator}/{base.denominator}"
    assert [frame["at_us"] for frame in sale_read.frames()] == [second * SECOND for second in range(SECONDS)]
    assert [stamps[frame["pts"]] for frame in sale_read.frames()] == list(range(SECONDS))


def test_that_a_countdown_is_one_track_with_its_values(sale_texts: list[ScreenText]) -> None:
    (countdown,) = [text for text in sale_texts if text.kind == "countdown"]
    assert (countdown.start_us, countdown.end_us) == (0, SECONDS * SECOND)
    assert [at_us for at_us, _ in countdown.series] == [second * SECOND for second in range(11)]


def test_that_a_struck_price_is_told_from_the_price(sale_texts: list[ScreenText]) -> None:
    kinds = {text.kind: text.text for text in sale_texts}
    assert "99" in kinds["price"]
    assert "399" in kinds["struck_price"]


def test_that_absence_of_a_notice_is_measured(sale_texts: list[ScreenText]) -> None:
    shown = presence(sale_texts, "营业执照", SECONDS * SECOND)
    (span,) = shown.shown
    assert abs(span.start_us - 4 * SECOND) <= SECOND and abs(span.end_us - 12 * SECOND) <= SECOND
    assert 290 <= shown.shown_pm <= 375
    assert presence(sale_texts, "人工智能生成", SECONDS * SECOND).shown_pm == 0


def test_that_unchanged_frames_are_not_read_again(sale_video: Path, sale_read: Any) -> None:
    # from 10 s on the clock stands: the frames without a caption coming or going repeat the one before them
    same = [frame["at_us"] // SECOND for frame in sale_read.frames() if frame["same"]]
    assert sale_read.result == {"blocks": 3, "read": SECONDS - len(same), "same": len(same)}
    assert {11, 13, 14, 16, 18, 19, 21, 22} <= set(same)
    assert not set(same) & {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 17, 20, 23}


def test_that_a_resumed_run_gives_the_same_blocks_as_one_run(sale_video: Path, sale_read: Any, read: Read) -> None:
    resumed = read(sale_video, SECONDS * SECOND, block_us=10 * SECOND, done=[0, 2])
    assert resumed.blocks() == [sale_read.blocks()[1]]
    assert resumed.items[0] == sale_read.items[0]
    assert resumed.done[-1] == (SECONDS * SECOND, SECONDS * SECOND, "us")


def test_that_the_user_can_stop_it_and_finished_blocks_are_kept(sale_video: Path, stage: SimpleNamespace) -> None:
    channel = stage.KeptChannel(stop_after=60)
    with pytest.raises(Stopped):
        worker.run({"video": str(sale_video), "duration_us": SECONDS * SECOND, "block_us": 5 * SECOND}, channel)
    assert [block["ord"] for block in channel.blocks()] == [0]


def test_that_spans_where_nothing_was_recorded_are_not_sampled(sale_video: Path, read: Read) -> None:
    channel = read(sale_video, 10 * SECOND, gaps=[[3 * SECOND, 9 * SECOND]])
    assert [frame["at_us"] // SECOND for frame in channel.frames()] == [0, 1, 2, 9]


def test_that_time_counts_from_the_recordings_own_zero(sale_video: Path, tmp_path: Path, read: Read) -> None:
    broadcast = tmp_path / "流.ts"
    with av.open(str(sale_video)) as source, av.open(str(broadcast), "w") as target:
        copied = target.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = copied
                target.mux(packet)
    with av.open(str(broadcast)) as container:
        stream = container.streams.video[0]
        zero_us = round(stream.start_time * stream.time_base * SECOND)
    assert zero_us > 0
    texts = texts_of(read(broadcast, 16 * SECOND, zero_us=zero_us, block_us=10 * SECOND, done=[0]), 16 * SECOND)
    (caption,) = [text for text in texts if text.kind == "caption" and text.text == CAPTIONS[1][2]]
    assert (caption.start_us, caption.end_us) == (10 * SECOND, 15 * SECOND)


def test_that_a_turned_recording_is_read_upright(film: Film, sale: Draw, read: Read, stage: SimpleNamespace) -> None:
    video = film("手机.mp4", 1, lambda canvas, _: sale(canvas, 3), lying=True)
    data = bytearray(video.read_bytes())
    matrix = data.index(b"tkhd") + 44  # ISO/IEC 14496-12: track header, version 0
    data[matrix : matrix + 36] = struct.pack(">9i", 0, 1 << 16, 0, -(1 << 16), 0, 0, 0, 0, 1 << 30)  # a quarter turn to the right
    video.write_bytes(data)
    (frame,) = read(video, SECOND).frames()
    assert frame["size"] == list(stage.size)
    assert CAPTIONS[0][2] in {line["text"] for line in frame["lines"]}


def test_that_a_video_of_one_frame_is_read_once_and_held(film: Film, sale: Draw, read: Read) -> None:
    one = film("一帧.mp4", 1, lambda draw, _: sale(draw, 3), frames=1)
    channel = read(one, 5 * SECOND)
    assert [frame["same"] for frame in channel.frames()] == [False, True, True, True, True]
    assert CAPTIONS[0][2] in {text.text for text in texts_of(channel, 5 * SECOND)}


def test_that_a_recording_without_text_gives_no_texts(film: Film, read: Read) -> None:
    channel = read(film("空.mp4", 3, lambda *_: None), 3 * SECOND)
    assert [frame["lines"] for frame in channel.frames()] == [[], [], []]
    assert texts_of(channel, 3 * SECOND) == []


def test_that_a_file_cut_short_is_read_as_far_as_it_goes(film: Film, tmp_path: Path, sale: Draw, read: Read) -> None:
    whole = film("whole.mkv", 8, sale)
    cut = tmp_path / "cut.mkv"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    channel = read(cut, 8 * SECOND)
    assert channel.frames()[0]["lines"]
    assert [block["ord"] for block in channel.blocks()] == [0]


def test_that_damaged_packets_are_reported_and_the_rest_is_read(film: Film, tmp_path: Path, sale: Draw, read: Read) -> None:
    def moving(draw: ImageDraw.ImageDraw, second: float) -> None:
        sale(draw, 3)
        draw.ellipse((60 + 20 * second, 700, 200 + 20 * second, 900), fill=(200, 160, 140))

    whole, damaged = film("moving.mp4", 4, moving), tmp_path / "damaged.mp4"
    with av.open(str(whole)) as container:
        packets = [packet for packet in container.demux(video=0) if packet.size]
    data = bytearray(whole.read_bytes())
    for packet in packets[11:14]:
        data[packet.pos : packet.pos + packet.size] = b"\xff" * packet.size
    damaged.write_bytes(data)
    channel = read(damaged, 4 * SECOND)
    assert channel.warnings
    assert channel.warnings[0] == ("vision.frames_damaged", {"name": "damaged.mp4", "count": 3})
    assert channel.frames()[0]["lines"] and channel.frames()[-1]["at_us"] == 3 * SECOND


def test_that_what_is_no_video_is_refused_by_name(tmp_path: Path, read: Read) -> None:
    broken, sound = tmp_path / "坏.mp4", tmp_path / "声音.wav"
    broken.write_bytes(b"nothing of a video")
    with av.open(str(sound), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=16000, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1600), np.int16), layout="mono")
        frame.rate = 16000
        container.mux(stream.encode(frame))
    for path, code in ((broken, "vision.video_unreadable"), (sound, "vision.no_picture")):
        with pytest.raises(BadInput) as caught:
            read(path, SECOND)
        assert caught.value.code == code
        assert caught.value.facts["name"] == path.name
