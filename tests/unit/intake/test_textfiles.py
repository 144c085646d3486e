"""Subtitles and chat logs as they come from other programs."""

import pytest

from inspector_app.intake.chat import srtlog
from inspector_app.intake.subtitles import Cue, clock_track, is_subtitle, parse_ass, parse_subtitles
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


def test_that_ass_subtitles_keep_their_times(tmp_path):
    path = tmp_path / "a.ass"
    path.write_text(
        "[Script Info]\n[Events]\nFormat: Layer, Start, End, Style, Text\nDialogue: 0,0:00:01.00,0:00:02.50,D,{\\i1}你好, 家人们\\N嗯\n"
        "Dialogue: 0,0:00:03.00,0:00:02.00,D,倒\n",
        encoding="utf-8",
    )
    assert parse_ass(path, "utf-8") == ([Cue(1_000_000, 2_500_000, "你好, 家人们\n嗯")], 1)


def test_that_a_track_of_the_recorders_clock_is_known_for_what_it_is():
    assert clock_track([Cue(0, 1, "2026-06-01 20:00:00"), Cue(1, 2, "2026-06-01 20:00:01")]) == "2026-06-01 20:00:00"
    assert clock_track([Cue(0, 1, "2026-06-01 20:00:00"), Cue(1, 2, "家人们")]) is None


def test_that_cues_that_run_over_each_other_are_chat_and_sentences_are_not():
    chat = [Cue(second * 1_000_000, (second + 8) * 1_000_000, "x") for second in range(6)]
    speech = [Cue(second * 1_000_000, (second + 1) * 1_000_000, "x") for second in range(6)]
    assert srtlog.is_chat(chat) and not srtlog.is_chat(speech) and not srtlog.is_chat(chat[:3])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_that_text_is_read_in_the_encodings_it_comes_in(tmp_path, encoding):
    path = tmp_path / "a.srt"
    path.write_bytes("家人们，全网最低\r\n第二行".encode(encoding))
    assert looks_like_text(path.read_bytes())
    assert read_text(path) == "家人们，全网最低\n第二行"


def test_that_media_is_not_taken_for_text(tmp_path, make_film):
    assert not looks_like_text(make_film(tmp_path / "a.ts", frames=5).read_bytes()[:4096])
