"""Search is exact: every substring of everything said, shown, chatted and noted is found, and nothing else."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inspector_app.casefile import search
from inspector_app.casefile.changes import Act, delete, insert, update
from inspector_app.domain.records import ChatMessage, ScreenText, Segment

from .conftest import ACTOR, add, new_case

WORDS = st.text(
    st.one_of(st.sampled_from("最低全网价¥%_*\"'(){}AND or:-^😀👨‍👩‍👧ßÉİΣς ９九\n　"), st.characters(exclude_categories=["Cs"])),
    min_size=1,
    max_size=24,
)


def segment(number, text, corrected=None, start_us=0):
    return Segment(f"seg_{number}", "rec_1", "tra_1", "", start_us, start_us + 1, text, text, 900, corrected=corrected)


def folded(text):
    return "".join(character for character in text.casefold() if not character.isspace())


def keep(case, *rows):
    case.commit(Act("x", ACTOR, [insert(row) for row in rows]))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.data())
def test_that_any_substring_is_found_and_only_where_it_stands(case, data):
    texts = data.draw(st.lists(WORDS, min_size=1, max_size=6))
    rows = [segment(number, text) for number, text in enumerate(texts)]
    keep(case, *rows)
    try:
        text = data.draw(st.sampled_from(texts))
        start = data.draw(st.integers(0, len(text) - 1))
        query = text[start : data.draw(st.integers(start + 1, len(text)))]
        found = {hit.ref for hit in case.search(query)}
        assert found == ({row.id for row in rows if folded(query) in folded(row.text)} if folded(query) else set())
        other = data.draw(WORDS)
        expected = {row.id for row in rows if folded(other) in folded(row.text)} if folded(other) else set()
        assert {hit.ref for hit in case.search(other)} == expected
    finally:
        case.commit(Act("x", ACTOR, [delete(row) for row in rows]))


@pytest.mark.parametrize("query", ["最低", "低", "100%", "%", "¥9.9", "😀", "b", "B最", '"引号"', "a b", "ab", "NOT", "*"])
def test_that_short_and_odd_queries_are_found(case, query):
    keep(case, segment(1, 'A B最低价100% ¥9.9😀"引号" NOT *'), segment(2, "无关"))
    assert [hit.ref for hit in case.search(query)] == ["seg_1"]


@pytest.mark.parametrize("query", ["", " ", "\n　"])
def test_that_a_blank_query_finds_nothing(case, query):
    keep(case, segment(1, "有 字"))
    assert case.search(query) == []


def test_that_a_correction_is_found_and_the_old_words_are_not(case):
    heard = segment(1, "绛糖茶三天见效")
    keep(case, heard)
    right = replace(heard, corrected="降糖茶三天见效", corrected_by="张敏")
    case.commit(Act("segment.correct", ACTOR, [update(heard, right)], undoable=True))
    assert [hit.text for hit in case.search("降糖")] == ["降糖茶三天见效"]
    assert case.search("绛糖") == []
    case.undo(ACTOR)
    assert case.search("降糖") == []
    assert [hit.ref for hit in case.search("绛糖")] == ["seg_1"]
    silent = replace(heard, corrected="", corrected_by="张敏")
    case.commit(Act("segment.correct", ACTOR, [update(heard, silent)], undoable=True))
    assert case.search("绛糖") == []


def test_that_all_four_witnesses_are_searched_in_the_order_of_time(case):
    screen = ScreenText("txt_1", "rec_1", "scr_1", 2_000_000, 3_000_000, "全网最低", 900, "price")
    chat = ChatMessage("msg_1", "rec_1", "o", 500_000, "用户最低", "真的最低吗")
    keep(case, segment(1, "最低价", start_us=1_500_000), screen, chat)
    add(case, note="价格最低存疑")
    found = case.search("最低")
    assert [(hit.witness, hit.start_us) for hit in found] == [
        ("chat", 500_000),
        ("note", 1_000_000),
        ("speech", 1_500_000),
        ("screen", 2_000_000),
    ]
    assert {hit.recording_id for hit in found} == {"rec_1"}
    assert case.search("用户") == []
    assert len(case.search("最低", limit=2)) == 2


def test_that_the_index_is_found_again_after_reopening(tmp_path):
    with new_case(tmp_path / "a") as case:
        keep(case, segment(1, "最低价"))
    with type(case)(tmp_path / "a", read_only=True) as case:
        assert len(case.search("低价")) == 1


def test_that_this_interpreters_sqlite_can_search():
    version, able = search.engine()
    assert able and version


def test_that_a_sentence_that_was_split_is_found_by_its_parts_only(case):
    whole, first, second = segment(1, "全网最低价九块九"), segment(2, "全网最低价"), segment(3, "九块九", start_us=5)
    keep(case, whole)
    case.commit(
        Act("segment.split", ACTOR, [update(whole, replace(whole, state="replaced")), insert(first), insert(second)], undoable=True)
    )
    assert [hit.ref for hit in case.search("最低")] == ["seg_2"]
    assert case.search("价九") == []
    case.undo(ACTOR)
    assert [hit.ref for hit in case.search("价九")] == ["seg_1"]
