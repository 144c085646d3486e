"""Heard-as: what sounds like a word of the rules or the case is shown beside the text, and ordinary talk is left alone."""

import json
from pathlib import Path

import pytest

from inspector_app.commands import heard
from inspector_app.domain.records import Recording, Segment
from inspector_app.resources import resource
from inspector_app.speech.heard import Lexicon, Term

MEDIA = Path(__file__).resolve().parents[3].parent / "shared" / "media"


@pytest.fixture
def lexicon(workspace) -> Lexicon:
    return heard.lexicon_of(workspace, workspace.opened.find(Recording)[0])


@pytest.mark.parametrize(
    ("text", "written", "term"),
    [
        ("它是国家极认证的产品", "国家极认证", "国家级认证"),
        ("我们这个配方是试试借第一", "试借第一", "世界第一"),
        ("一生都推荐", "一生都推荐", "医生都推荐"),
        ("全网最滴价，只要九块九", "全网最滴价", "全网最低价"),
        ("假一陪 时，无效退款", "假一陪 时", "假一赔十"),
    ],
)
def test_that_what_sounds_like_a_term_is_a_candidate(lexicon, text, written, term):
    assert (written, term) in [(one.text, one.term) for one in lexicon.candidates(text)]
    for one in lexicon.candidates(text):
        assert text[one.start : one.end] == one.text


@pytest.mark.parametrize("text", ["它是国家级认证的产品", "全网最低价", "大家晚上好，欢迎来到直播间", "好", "", "abc 123", "假一赔十"])
def test_that_a_term_as_written_and_ordinary_words_are_left_alone(lexicon, text):
    assert lexicon.candidates(text) == []


def test_that_a_mark_parts_words():
    lexicon = Lexicon([Term("就我们")])
    assert [one.text for one in lexicon.candidates("九我们")] == ["九我们"]
    assert lexicon.candidates("九，我们") == []


def test_that_a_short_name_of_the_case_must_sound_the_same_and_a_short_word_of_the_trade_is_not_listened_for():
    lexicon = Lexicon([Term("云朵小铺", "case"), Term("小朵", "case"), Term("治愈")])
    assert [(one.text, one.term, one.kind, one.off) for one in lexicon.candidates("欢迎来到云多小谱")] == [
        ("云多小谱", "云朵小铺", "case", 0)
    ]
    assert [one.term for one in lexicon.candidates("我是晓朵")] == ["小朵"]
    assert lexicon.candidates("至于小猪") == []


def test_that_one_letter_may_be_off_in_a_long_word_but_not_two():
    lexicon = Lexicon([Term("畅学卡会员", "case")])
    assert [one.off for one in lexicon.candidates("昌雪卡会员")] == [0]
    assert [one.off for one in lexicon.candidates("床学卡会员")] == [1]
    assert [one.off for one in lexicon.candidates("藏学卡会员")] == [1]
    assert lexicon.candidates("藏写卡会员") == []


def test_that_a_word_known_to_mean_itself_is_no_candidate():
    assert Lexicon([Term("最佳款")], ["醉驾款"]).candidates("醉驾款") == []


def test_that_references_read_by_people_get_next_to_no_marks(lexicon):
    """Every mark in a text written by a person is false. 3,200 characters of read and spontaneous Mandarin."""
    texts = resource("demo", "script.txt").read_text(encoding="utf-8").splitlines()
    if not MEDIA.is_dir():
        pytest.skip("the shared test recordings are not here")
    for folder in ("speech", "synth"):
        texts += [one.get("transcript") or "" for one in json.loads((MEDIA / folder / "manifest.json").read_text(encoding="utf-8"))]
    marks = [(one.text, one.term) for text in texts for one in lexicon.candidates(text)]
    assert sum(map(len, texts)) > 3000
    assert len(marks) <= sum(map(len, texts)) // 1000, marks  # the bureau's word list grows; one in a thousand characters is put up with


def test_that_the_command_names_segment_and_place_and_alters_nothing(workspace):
    from inspector_app.commands import transcripts

    row = workspace.opened.find(Segment, order="start_us")[0]
    transcripts.correct(workspace, segment_id=row.id, text="这款面膜国家极认证")
    before = workspace.opened.find(Segment)
    hits = heard.heard_as(workspace).data["hits"]
    assert [(hit["segment"], hit["start"], hit["end"], hit["text"], hit["term"]) for hit in hits] == [
        (row.id, 4, 9, "国家极认证", "国家级认证")
    ]
    assert workspace.opened.find(Segment) == before
