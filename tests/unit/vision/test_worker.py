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
from inspector_app.media.timeline import Timeline
from inspector_app.vision import showing, worker
from inspector_app.vision.merge import ScreenText, merge
from inspector_app.vision.tracks import tracks_of

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

    def run(video: Path, duration_us: int, zero_us: int = 0, **spec: Any) -> Any:
        channel = stage.KeptChannel()
        channel.result = worker.run({"parts": one_file(video, duration_us, zero_us), "duration_us": duration_us, **spec}, channel)
        return channel

    return run


def one_file(video: Path, duration_us: int, zero_us: int = 0) -> list[dict[str, Any]]:
    return Timeline.single(video, zero_us, duration_us).as_spec()


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
        assert (captions[words].start_us, captions[words].end_us) == (start * SECOND, end * SECOND)


def test_that_the_time_stamp_is_that_of_the_frame_on_show(sale_video: Path, sale_read: Any) -> None:
    with av.open(str(sale_video)) as container:
        stamps = {frame.pts: frame.time for frame in container.decode(video=0)}
        base = container.streams.video[0].time_base
    assert {frame["base"] for frame in sale_read.frames()} == {f"{base.numerator}/{base.denominator}"}
    assert [frame["at_us"] for frame in sale_read.frames()] == [second * SECOND for second in range(SECONDS)]
    assert [stamps[frame["pts"]] for frame in sale_read.frames()] == list(range(SECONDS))


def test_that_a_countdown_is_one_track_with_its_values(sale_texts: list[ScreenText]) -> None:
    (countdown,) = [text for text in sale_texts if text.kind == "countdown"]
    assert (countdown.start_us, countdown.end_us) == (0, SECONDS * SECOND)
    # a clock is read in every second sample; from 10 s on it stands
    assert [(at_us // SECOND, value) for at_us, value in countdown.series] == [
        (at, f"00:05:{7 - at:02d}" if at < 8 else f"00:04:{67 - at:02d}") for at in (0, 2, 4, 6, 8, 10)
    ]


def test_that_a_struck_price_is_told_from_the_price(sale_texts: list[ScreenText]) -> None:
    kinds = {text.kind: text.text for text in sale_texts}
    assert "99" in kinds["price"]
    assert "399" in kinds["struck_price"]


def test_that_absence_of_a_notice_is_measured(sale_read: Any, sale_texts: list[ScreenText]) -> None:
    read = showing.Read(tuple(frame["at_us"] for frame in sale_read.frames()), SECOND, SECONDS * SECOND)
    found = {track.kind: track for track in tracks_of(sale_texts, read, (540, 960))}
    assert found["licence"].spans == ((4 * SECOND, 12 * SECOND),)
    assert found["licence"].facts["shown_pm"] == 333
    assert found["licence"].facts["longest_absence"] == [12 * SECOND, 24 * SECOND]
    assert (found["ai_label"].spans, found["ai_label"].facts["shown_pm"]) == ((), 0)
    assert (found["price"].facts["price_fen"], found["price"].facts["struck"]) in ((9900, ""), (39900, "line"))


def test_that_unchanged_frames_are_not_read_again(sale_video: Path, sale_read: Any) -> None:
    assert sale_read.result["blocks"] == 3
    assert sale_read.result["read"] + sale_read.result["same"] == SECONDS
    same = {frame["at_us"] // SECOND for frame in sale_read.frames() if frame["same"]}
    assert {1, 3, 5, 7, 11, 13, 14, 16, 18, 19, 20, 21, 22} - same == set()  # the clock moves on unread in odd seconds
    assert not same & {0, 2, 4, 9, 12, 15, 17, 23}
    assert sale_read.result["looked_pm"] < 150  # of all pixels, little was searched for lines
    assert sale_read.result["recognised"] < 25


def test_that_a_resumed_run_gives_the_same_blocks_as_one_run(sale_video: Path, sale_read: Any, read: Read) -> None:
    before = sale_read.blocks()
    resumed = read(sale_video, SECONDS * SECOND, block_us=10 * SECOND, done=[0, 2], last_frames={"0": before[0]["frames"][-1]})
    assert resumed.blocks() == [before[1]]
    assert resumed.items[0] == sale_read.items[0]
    assert resumed.done[-1] == (SECONDS * SECOND, SECONDS * SECOND, "us")


def test_that_the_user_can_stop_it_and_finished_blocks_are_kept(sale_video: Path, stage: SimpleNamespace) -> None:
    channel = stage.KeptChannel(stop_after=60)
    with pytest.raises(Stopped):
        parts = one_file(sale_video, SECONDS * SECOND)
        worker.run({"parts": parts, "duration_us": SECONDS * SECOND, "block_us": 5 * SECOND}, channel)
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
    texts = texts_of(read(broadcast, 16 * SECOND, zero_us, block_us=8 * SECOND, done=[0]), 16 * SECOND)
    (caption,) = [text for text in texts if text.kind == "caption" and text.text == CAPTIONS[1][2]]
    assert (caption.start_us, caption.end_us) == (9 * SECOND, 15 * SECOND)


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
