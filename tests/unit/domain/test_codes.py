"""Article codes as people write them and as documents cite them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector_app.domain.codes import ArticleCode, chinese_number, to_chinese_number

LAWS = st.sampled_from(["办法", "广告法", "电子商务法", "反不正当竞争法", "消费者权益保护法实施条例"])
NUMBERS = st.integers(1, 9999)


@st.composite
def codes(draw):
    item = draw(st.integers(0, 30))
    paragraph = draw(st.integers(1 if item else 0, 20))
    return ArticleCode(draw(LAWS), draw(NUMBERS), paragraph, item)


def test_that_every_number_of_a_statute_survives_chinese_numerals():
    assert [chinese_number(to_chinese_number(number)) for number in range(1, 10_000)] == list(range(1, 10_000))


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (1, "一"),
        (10, "十"),
        (12, "十二"),
        (20, "二十"),
        (26, "二十六"),
        (101, "一百零一"),
        (110, "一百一十"),
        (1010, "一千零一十"),
        (9999, "九千九百九十九"),
    ],
)
def test_that_numerals_are_written_as_statutes_write_them(number, text):
    assert to_chinese_number(number) == text


@pytest.mark.parametrize("number", [0, -1, 10_000])
def test_that_a_number_no_statute_has_is_refused(number):
    with pytest.raises(ValueError, match=str(number)):
        to_chinese_number(number)


@given(codes())
def test_that_a_printed_code_parses_to_itself(code):
    assert ArticleCode.parse(str(code)) == code


@given(codes())
def test_that_a_spoken_code_parses_to_itself(code):
    assert ArticleCode.parse(f"{code.law}{code.spoken()}") == code
    assert ArticleCode.parse(f"《{code.law}》{code.spoken()}") == code
    assert ArticleCode.parse(f"{code.law}：{code.spoken()}") == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("办法:34-1", ArticleCode("办法", 34, 1)),
        ("广告法:9-1-3", ArticleCode("广告法", 9, 1, 3)),
        ("办法:26-2-(二)", ArticleCode("办法", 26, 2, 2)),
        ("办法:26-2-（二）", ArticleCode("办法", 26, 2, 2)),
        ("办法二十六条二款二项", ArticleCode("办法", 26, 2, 2)),
        ("第三十四条第一款", ArticleCode("办法", 34, 1)),
        ("34-1", ArticleCode("办法", 34, 1)),
        ("广告法第九条第（三）项", ArticleCode("广告法", 9, 1, 3)),
        (" 办法：34 ", ArticleCode("办法", 34)),
    ],
)
def test_that_the_ways_people_write_a_code_are_understood(text, code):
    assert ArticleCode.parse(text) == code


@pytest.mark.parametrize(
    "text", ["", "办法", "办法:", "办法:x", "办法:34-", "办法:34-1-2-3", "广告法:-1", "第条", "办法:34 1", "第三条之一"]
)
def test_that_what_is_no_code_is_refused(text):
    with pytest.raises(ValueError):
        ArticleCode.parse(text)


@given(st.text(max_size=30))
def test_that_any_text_is_parsed_or_refused_with_a_value_error(text):
    try:
        code = ArticleCode.parse(text)
    except ValueError:
        return
    assert ArticleCode.parse(str(code)) == code


@given(codes())
def test_that_a_place_lies_within_its_article_and_itself(code):
    assert code.within(code)
    assert code.within(ArticleCode(code.law, code.article))
    assert not code.within(ArticleCode(code.law, code.article + 1))
    assert not ArticleCode(code.law, code.article).within(ArticleCode(code.law, code.article, 1))
