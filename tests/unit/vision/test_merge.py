"""Readings of single frames into intervals, tracks and shares."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from inspector_app.domain.likeness import edit_distance
from inspector_app.domain.timebase import SECOND
from inspector_app.vision.kinds import plain
from inspector_app.vision.merge import ScreenText, merge

SIZE = (720, 1280)
TOP = (40, 300, 400, 340)


def line(text: str, box: tuple[int, int, int, int] = TOP, confidence_pm: int = 990, struck: bool = False) -> dict[str, Any]:
    return {"text": text, "confidence_pm": confidence_pm, "box": list(box), "struck": struck}


def one_block(*samples: list[dict[str, Any]]) -> list[dict[str, Any]]:
    frames = [{"at_us": n * SECOND, "pts": n * 25, "size": list(SIZE), "same": False, "lines": lines} for n, lines in enumerate(samples)]
    return [{"ord": 0, "start_us": 0, "end_us": len(samples) * SECOND, "frames": frames}]


def merged(*samples: list[dict[str, Any]]) -> list[ScreenText]:
    return merge(one_block(*samples), SIZE, SECOND, len(samples) * SECOND)


def test_that_the_same_words_in_a_row_are_one_interval_ending_where_they_are_gone() -> None:
    (text,) = merged([], [line("全网最低价")], [line("全网最低价")], [], [], [], [])
    assert (text.start_us, text.end_us, text.first_pts, text.last_pts) == (SECOND, 3 * SECOND, 25, 50)
    assert text.kind == "caption"


def test_that_the_surest_reading_wins_and_the_other_stays_findable() -> None:
    (text,) = merged([line("这款面霜全网最低侩", confidence_pm=700)], [line("这款面霜全网最低价", confidence_pm=980)])
    assert text.text == "这款面霜全网最低价"
    assert text.confidence_pm == 980
    assert text.readings == ("这款面霜全网最低侩",)


def test_that_a_line_found_in_pieces_is_one_text_and_a_part_of_it_alone_is_another() -> None:
    whole = [line("成色8.5新 四角磨损 无盒", (70, 830, 640, 880), 910)]
    pieces = [line("成色8.5新", (70, 832, 235, 878)), line("四角磨损 无盒", (260, 832, 640, 878))]
    (text,) = merged(whole, pieces, whole, pieces)
    assert (text.text, text.start_us, text.end_us) == ("成色8.5新 四角磨损 无盒", 0, 4 * SECOND)
    assert text.readings == ("四角磨损 无盒", "成色8.5新")
    assert [one.text for one in merged(whole, pieces[:1], pieces[:1])] == ["成色8.5新 四角磨损 无盒", "成色8.5新"]


def test_that_two_sure_readings_that_differ_are_two_texts() -> None:
    texts = merged([line("这款面霜全网最低价")], [line("这款面霜全网最高价")])
    assert [text.text for text in texts] == ["这款面霜全网最低价", "这款面霜全网最高价"]


def test_that_a_price_that_changes_is_never_merged_even_when_unsure() -> None:
    texts = merged([line("到手价 ¥99.00", confidence_pm=600)], [line("到手价 ¥89.00", confidence_pm=600)])
    assert [(text.text, text.kind) for text in texts] == [("到手价 ¥99.00", "price"), ("到手价 ¥89.00", "price")]


def test_that_a_text_missed_in_two_samples_goes_on_and_in_three_begins_again() -> None:
    assert len(merged([line("营业执照")], [], [], [line("营业执照")])) == 1
    assert len(merged([line("营业执照")], [], [], [], [line("营业执照")])) == 2


def test_that_a_hole_in_the_recording_ends_a_showing() -> None:
    blocks = one_block([line("营业执照")], [line("营业执照")])
    blocks[0]["frames"][1]["at_us"] = 60 * SECOND
    texts = merge(blocks, SIZE, SECOND, 70 * SECOND)
    assert [(text.start_us, text.end_us) for text in texts] == [(0, SECOND), (60 * SECOND, 61 * SECOND)]


def test_that_a_falling_clock_is_one_countdown_with_its_values() -> None:
    (text,) = merged([line("00:01:00")], [line("00:01:00")], [line("00:00:59")], [line("00:00:58")])
    assert text.kind == "countdown"
    assert text.series == ((0, "00:01:00"), (2 * SECOND, "00:00:59"), (3 * SECOND, "00:00:58"))


def test_that_a_countdown_that_begins_again_is_still_one() -> None:
    (text,) = merged([line("00:00:02")], [line("00:00:01")], [line("00:05:00")], [line("00:04:59")], [line("00:04:58")])
    assert text.kind == "countdown"


def test_that_a_rising_clock_is_no_countdown() -> None:
    (text,) = merged([line("20:15:01")], [line("20:15:02")])
    assert text.kind == "counter"


def test_that_a_stock_counter_is_one_track() -> None:
    (text,) = merged([line("剩余库存 300件")], [line("剩余库存300件")], [line("剩余库存 99件")])
    assert text.kind == "counter"
    assert text.series == ((0, "300"), (2 * SECOND, "99"))


def test_that_rolling_comments_are_chat_and_a_caption_above_them_is_not() -> None:
    rows = ["小明：多少钱", "欢迎花花进入直播间", "老王：真的假的", "丽丽：三号链接", "阿杰：已拍"]
    samples = []
    for second in range(4):
        comments = [line(text, (30, 1100 + 50 * (n - second), 280, 1134 + 50 * (n - second))) for n, text in enumerate(rows[: second + 2])]
        samples.append([line("三天见效百分百有效", (120, 800, 500, 860)), *comments])
    texts = {text.text: text for text in merged(*samples)}
    assert {words for words, text in texts.items() if text.kind == "chat"} == set(rows)
    assert texts["三天见效百分百有效"].kind == "caption"
    assert (texts["小明：多少钱"].start_us, texts["小明：多少钱"].end_us) == (0, 4 * SECOND)


def test_that_a_struck_price_is_told_from_the_price_beside_it() -> None:
    texts = merged([line("¥399", struck=True), line("¥99", (40, 400, 200, 440))])
    assert [text.kind for text in texts] == ["struck_price", "price"]


def test_that_boxes_of_a_picture_of_another_size_are_brought_to_the_recordings_size() -> None:
    blocks = one_block([line("营业执照")], [line("营业执照", (20, 150, 200, 170))])
    blocks[0]["frames"][1]["size"] = [360, 640]
    (text,) = merge(blocks, SIZE, SECOND, 2 * SECOND)
    assert (text.box, text.end_us) == (TOP, 2 * SECOND)


def test_that_a_text_that_stands_is_a_label() -> None:
    (text,) = merged(*[[line("优选好物直播间")]] * 20)
    assert text.kind == "label"


words = st.sampled_from(
    ["全网最低价", "全网最低侩", "¥99", "¥89", "剩余 9件", "剩余 8件", "00:10", "00:09", "小明：已拍", "营业执照", "广告", "Ｙ９９", "  "]
)
places = st.sampled_from([(40, 300, 400, 340), (44, 302, 404, 342), (30, 1000, 280, 1034), (30, 950, 280, 984), (500, 60, 700, 110)])
lines = st.builds(line, words, places, st.integers(500, 1000), st.booleans())
recordings = st.lists(st.lists(lines, max_size=4), min_size=1, max_size=14)


@given(recordings)
def test_that_intervals_are_in_order_inside_the_recording_and_never_empty(samples: list[list[dict[str, Any]]]) -> None:
    texts = merged(*samples)
    assert [text.start_us for text in texts] == sorted(text.start_us for text in texts)
    assert all(0 <= text.start_us < text.end_us <= len(samples) * SECOND for text in texts)


@given(recordings)
def test_that_every_reading_is_findable_at_its_time(samples: list[list[dict[str, Any]]]) -> None:
    texts = merged(*samples)
    for second, read in enumerate(samples):
        for one in read:
            if plain(one["text"]):
                assert any(
                    text.start_us <= second * SECOND < text.end_us
                    and (plain(one["text"]) in {plain(words) for words in (text.text, *text.readings)} or text.series)
                    for text in texts
                )


@given(recordings, st.integers(1, 14))
def test_that_blocks_and_the_order_of_lines_make_no_difference(samples: list[list[dict[str, Any]]], cut: int) -> None:
    whole = one_block(*samples)
    frames = whole[0]["frames"]
    shuffled = [{**frame, "lines": frame["lines"][::-1]} for frame in frames]
    parts = [{"frames": shuffled[cut:]}, {"frames": shuffled[:cut]}]
    duration_us = len(samples) * SECOND
    assert merge(parts, SIZE, SECOND, duration_us) == merge(whole, SIZE, SECOND, duration_us)


@given(st.text(max_size=8), st.text(max_size=8))
def test_that_the_edit_distance_is_levenshtein(one: str, other: str) -> None:
    assert edit_distance(one, other) == Levenshtein.distance(one, other)
