"""Subtitles and chat logs as they come from other programs."""

import pytest

from inspector_app.intake.chatlogs import ChatRow, parse_chat, parse_time
from inspector_app.intake.subtitles import Cue, is_subtitle, parse_subtitles
from inspector_app.intake.textfiles import looks_like_text, read_text


def test_that_subrip_lines_keep_times_and_words():
    text = "1\n00:00:01,500 --> 00:00:03,000\n<i>全网最低</i>价\n第二行\n\n2\n01:00:00,000 --> 01:00:02,250\n买 &amp; 送\n\n"
    assert parse_subtitles(text) == (
        [Cue(1_500_000, 3_000_000, "全网最低价\n第二行"), Cue(3_600_000_000, 3_602_250_000, "买 & 送")],
        0,
    )


def test_that_webvtt_with_settings_voices_and_notes_is_read():
    text = "WEBVTT\n\nNOTE 说明\n\nid-1\n00:01.000 --> 00:02.500 align:start line:0\n<v 主播>家人们<00:01.500>好\n"
    assert is_subtitle(text)
    assert parse_subtitles(text) == ([Cue(1_000_000, 2_500_000, "家人们好")], 0)


def test_that_cues_that_run_backwards_or_say_nothing_are_counted():
    text = "1\n00:00:05,000 --> 00:00:04,000\n倒\n\n2\n00:00:06,000 --> 00:00:07,000\n\n3\n00:00:08,000 --> 00:00:09,000\n好\n"
    cues, left_out = parse_subtitles(text)
    assert (len(cues), left_out) == (1, 2)


def test_that_less_than_signs_in_speech_are_kept():
    assert parse_subtitles("00:00:01.000 --> 00:00:02.000\n糖 < 5 克 > 0\n")[0][0].text == "糖 < 5 克 > 0"


def test_that_json_lines_become_chat_rows():
    text = (
        '{"time": 12.345, "user": "小明", "text": "多少钱"}\n'
        "不是 JSON\n"
        '{"time": "00:01:02.5", "user": "小红", "text": "便宜"}\n'
        '{"timestamp": 1772539445123, "nickname": "路人", "content": "假的吧"}\n'
        '{"time": "2026-03-03 20:04:05", "text": "没有名字"}\n'
        '{"time": 1, "user": "空", "text": ""}\n'
        "[1]\n"
    )
    rows, unread = parse_chat(text)
    assert unread == 3
    assert rows == [
        ChatRow(1, 12_345_000, None, "小明", "多少钱"),
        ChatRow(3, 62_500_000, None, "小红", "便宜"),
        ChatRow(4, None, "2026-03-03T12:04:05.123+00:00", "路人", "假的吧"),
        ChatRow(5, None, "2026-03-03T20:04:05.000", "", "没有名字"),
    ]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_that_csv_with_chinese_headings_is_read(separator):
    text = "\n".join(separator.join(cells) for cells in [("时间", "昵称", "内容"), ("00:10", "小明", '"一""二"'), ("x", "a", "b")])
    assert parse_chat(text) == ([ChatRow(2, 10_000_000, None, "小明", '一"二')], 1)


def test_that_a_csv_message_over_two_lines_is_one_message():
    rows, unread = parse_chat('time,user,text\n1,a,"上\n下"\n2,b,c\n')
    assert [(row.line, row.text) for row in rows] == [(3, "上\n下"), (4, "c")] and unread == 0


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1:02:03", (3_723_000_000, None)),
        ("90", (90_000_000, None)),
        ("0.1", (100_000, None)),
        ("1772539445", (None, "2026-03-03T12:04:05.000+00:00")),
        ("2026/3/3 20:04", (None, "2026-03-03T20:04:00.000")),
        ("2026-03-03T20:04:05+08:00", (None, "2026-03-03T20:04:05.000+08:00")),
        ("2026-03-03T12:04:05Z", (None, "2026-03-03T12:04:05.000+00:00")),
        ("2026-13-03 20:04:05", None),
        ("-5", None),
        ("NaN", None),
        ("1e99", None),
        ("昨天", None),
        ("", None),
    ],
)
def test_that_times_are_places_or_times_of_day_and_nothing_is_guessed(text, found):
    assert parse_time(text) == found


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_that_text_is_read_in_the_encodings_it_comes_in(tmp_path, encoding):
    path = tmp_path / "a.srt"
    path.write_bytes("家人们，全网最低\r\n第二行".encode(encoding))
    assert looks_like_text(path.read_bytes())
    assert read_text(path) == "家人们，全网最低\n第二行"


def test_that_media_is_not_taken_for_text(tmp_path, make_film):
    assert not looks_like_text(make_film(tmp_path / "a.ts", frames=5).read_bytes()[:4096])
