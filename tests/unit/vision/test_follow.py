"""Recordings that try the reader: several files, growth, other sizes on the way, stills, flicker, a crowd of movement."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageEnhance

from inspector_app.domain.timebase import SECOND
from inspector_app.media.timeline import Timeline, TimelinePart
from inspector_app.vision import worker
from inspector_app.vision.follow import Follower
from inspector_app.vision.merge import ScreenText, merge
from inspector_app.vision.reader import ScreenReader

Film = Callable[..., Path]
Draw = Callable[[ImageDraw.ImageDraw, float], None]


@pytest.fixture(scope="module")
def reader() -> ScreenReader:
    return ScreenReader()


def bgr(picture: Image.Image) -> Any:
    return np.ascontiguousarray(np.asarray(picture)[:, :, ::-1])


def caption(stage: SimpleNamespace, words: str, y: int = 620) -> Draw:
    def draw(canvas: ImageDraw.ImageDraw, _: float) -> None:
        canvas.text((70, y), words, font=stage.font(36, bold=True), fill="yellow", stroke_width=3, stroke_fill="black")

    return draw


def run(stage: SimpleNamespace, timeline: Timeline, duration: int, **spec: Any) -> Any:
    channel = stage.KeptChannel()
    channel.result = worker.run({"parts": timeline.as_spec(), "duration_us": duration * SECOND, **spec}, channel)
    return channel


def texts_of(channel: Any, duration: int, size: tuple[int, int] = (540, 960)) -> dict[str, ScreenText]:
    return {text.text: text for text in merge(channel.blocks(), size, SECOND, duration * SECOND)}


@pytest.fixture(scope="module")
def busy(film: Film, stage: SimpleNamespace) -> Path:
    """36 seconds: a countdown, comments that roll and captions that follow each other, over a shape that wanders."""
    comments = [
        "小满：多少钱一份",
        "阿杰：三号链接还有吗",
        "柚子：已拍等发货",
        "老王：真的有用吗",
        "丽丽：可以便宜点吗",
        "青青：孕妇能用吗",
    ]

    def draw(canvas: ImageDraw.ImageDraw, second: float) -> None:
        at = 200 + 120 * np.sin(second / 2)
        canvas.ellipse((at, 380, at + 180, 900), fill=(206, 160, 140), outline=(90, 50, 40), width=6)
        number = int(second) // 4
        caption(stage, f"第{'一二三四五六七八九'[number]}款今天只要这个价")(canvas, second)
        canvas.rectangle((360, 40, 520, 84), fill=(220, 30, 30))
        canvas.text((376, 46), f"00:02:{59 - int(second):02d}", font=stage.font(26, bold=True), fill="white")
        shown = comments[: 1 + int(second) // 6]
        for row, words in enumerate(reversed(shown)):
            canvas.rectangle((20, 880 - 40 * row, 280, 912 - 40 * row), fill=(60, 40, 60))
            canvas.text((28, 880 - 40 * row), words, font=stage.font(20), fill="white")

    return film("忙碌.mp4", 36, draw)


@pytest.fixture(scope="module")
def busy_read(busy: Path, stage: SimpleNamespace) -> Any:
    return run(stage, Timeline.single(busy, 0, 36 * SECOND), 36, block_us=6 * SECOND)


def test_that_captions_comments_and_clock_of_a_busy_picture_are_read_apart(busy_read: Any) -> None:
    texts = texts_of(busy_read, 36)
    for number, word in enumerate("一二三四五六七八九"):
        one = texts[f"第{word}款今天只要这个价"]
        assert (one.kind, one.start_us, one.end_us) == ("caption", 4 * number * SECOND, 4 * (number + 1) * SECOND)
    assert {text.kind for words, text in texts.items() if "：" in words} == {"chat"}
    assert sum("：" in words for words in texts) == 6
    (clock,) = [text for text in texts.values() if text.kind == "countdown"]
    assert (clock.start_us, clock.end_us) == (0, 36 * SECOND)
    assert all(value == f"00:02:{59 - at_us // SECOND:02d}" for at_us, value in clock.series)
    assert len(clock.series) >= 18


@pytest.mark.parametrize("broken_after", [1, 2, 4, 5])
def test_that_a_run_broken_off_anywhere_gives_the_blocks_of_one_that_was_not(
    busy: Path, busy_read: Any, stage: SimpleNamespace, broken_after: int
) -> None:
    kept = busy_read.blocks()[:broken_after]
    spec = {"done": [block["ord"] for block in kept], "last_frames": {str(kept[-1]["ord"]): kept[-1]["frames"][-1]}}
    duration = 6 * (broken_after + 1)  # one block more is enough to see
    resumed = run(stage, Timeline.single(busy, 0, 36 * SECOND), duration, block_us=6 * SECOND, **spec)
    assert resumed.blocks() == busy_read.blocks()[broken_after : broken_after + 1]


def test_that_blocks_read_with_other_options_are_read_again(film: Film, stage: SimpleNamespace) -> None:
    video = film("短.mp4", 2, caption(stage, "全网最低价"))
    channel = run(stage, Timeline.single(video, 0, 2 * SECOND), 2, done=[0], done_options_sha256="0" * 64)
    assert [block["ord"] for block in channel.blocks()] == [0]


def test_that_a_growing_recording_is_read_by_full_blocks_and_goes_on(film: Film, stage: SimpleNamespace) -> None:
    first, second = film("一.mp4", 5, caption(stage, "第一段的画面文字")), film("二.mp4", 5, caption(stage, "第二段的画面文字"))
    parts = [TimelinePart(first, 0, 5 * SECOND, 0), TimelinePart(second, 5 * SECOND, 10 * SECOND, 0)]
    early = run(stage, Timeline.of(parts[:1]), 5, block_us=4 * SECOND, growing=True)
    assert [(block["start_us"], block["end_us"]) for block in early.blocks()] == [(0, 4 * SECOND)]
    last = {"0": early.blocks()[-1]["frames"][-1]}
    late = run(stage, Timeline.of(parts), 10, block_us=4 * SECOND, done=[0], last_frames=last)
    whole = run(stage, Timeline.of(parts), 10, block_us=4 * SECOND)
    assert [*early.blocks(), *late.blocks()] == whole.blocks()
    texts = texts_of(whole, 10)
    assert (texts["第一段的画面文字"].end_us, texts["第二段的画面文字"].start_us) == (5 * SECOND, 5 * SECOND)


def test_that_a_part_of_another_size_is_read_and_a_gap_between_parts_is_not(film: Film, stage: SimpleNamespace, tmp_path: Path) -> None:
    import av

    one, wide = film("竖.mp4", 3, caption(stage, "竖屏时的字")), tmp_path / "横.mp4"
    picture = stage.backdrop((640, 360))
    ImageDraw.Draw(picture).text((200, 100), "横屏时的字", font=stage.font(36, bold=True), fill="white")
    with av.open(str(wide), "w") as container:
        stream = container.add_stream("libx264", rate=5)
        stream.width, stream.height, stream.pix_fmt = 640, 360, "yuv420p"
        for _ in range(15):
            container.mux(stream.encode(av.VideoFrame.from_image(picture)))
        container.mux(stream.encode())
    timeline = Timeline.of([TimelinePart(one, 0, 3 * SECOND, 0), TimelinePart(wide, 5 * SECOND, 8 * SECOND, 0)])
    channel = run(stage, timeline, 8)
    assert [frame["at_us"] // SECOND for frame in channel.frames()] == [0, 1, 2, 5, 6, 7]
    assert [frame["size"] for frame in channel.frames()[2:4]] == [[540, 960], [640, 360]]
    texts = texts_of(channel, 8)
    assert (texts["竖屏时的字"].start_us, texts["竖屏时的字"].end_us) == (0, 3 * SECOND)
    assert (texts["横屏时的字"].start_us, texts["横屏时的字"].end_us) == (5 * SECOND, 8 * SECOND)
    x0, y0, x1, y1 = texts["横屏时的字"].box  # in the pixels of the recording's own size
    assert abs(x0 - 200 * 540 / 640) < 10 and abs(y0 - 100 * 960 / 360) < 40 and x1 <= 540 and y1 <= 960


def test_that_a_still_is_read_once(film: Film, stage: SimpleNamespace) -> None:
    channel = run(stage, Timeline.single(film("静.mp4", 20, caption(stage, "静止的画面")), 0, 20 * SECOND), 20)
    assert channel.result["recognised"] == 1
    assert [frame["same"] for frame in channel.frames()] == [False] + [True] * 19


def test_that_a_picture_that_flickers_keeps_its_lines(reader: ScreenReader, stage: SimpleNamespace) -> None:
    picture = stage.backdrop()
    caption(stage, "闪烁的灯光下的字")(ImageDraw.Draw(picture), 0)
    bright, dark = bgr(picture), bgr(ImageEnhance.Brightness(picture).enhance(0.75))
    follower = Follower(reader)
    for number in range(12):
        lines = follower.read(dark if number % 2 else bright)
        assert [line.text for line in lines] == ["闪烁的灯光下的字"]
    assert follower.recognised == 1


def test_that_every_other_frame_may_be_black(reader: ScreenReader, stage: SimpleNamespace) -> None:
    picture = stage.backdrop()
    caption(stage, "一帧有一帧没有的字")(ImageDraw.Draw(picture), 0)
    shown, black = bgr(picture), np.zeros((960, 540, 3), np.uint8)
    follower = Follower(reader)
    read = [[line.text for line in follower.read(black if number % 2 else shown)] for number in range(8)]
    assert read == [["一帧有一帧没有的字"], []] * 4
    assert follower.recognised == 1  # it is remembered while it is away


def test_that_one_changed_digit_or_character_is_read_again_while_other_lines_are_not(reader: ScreenReader, stage: SimpleNamespace) -> None:
    def picture(stock: int, days: str) -> Any:
        ground = stage.backdrop()
        draw = ImageDraw.Draw(ground)
        draw.text((60, 100), f"剩余库存{stock}件", font=stage.font(20), fill="white")
        draw.text((60, 300), f"{days}天见效看得见", font=stage.font(30), fill="white")
        draw.text((60, 500), "优选好物直播间", font=stage.font(30), fill="white")
        return bgr(ground)

    follower = Follower(reader)
    follower.read(picture(298, "三"))
    for stock, days in ((299, "三"), (289, "三"), (289, "七"), (289, "十")):
        before = follower.recognised
        read = [line.text for line in follower.read(picture(stock, days))]
        assert read == [f"剩余库存{stock}件", f"{days}天见效看得见", "优选好物直播间"]
        assert follower.recognised == before + 1
