"""The finder: a number in any form, words, the party bound and pinyin initials, ranked as a person expects."""

import pytest

from inspector_app.statutes.catalogue import Catalogue
from inspector_app.statutes.finder import MOST_HITS, find_places, warm


def _found(catalogue: Catalogue, words: str) -> list[str]:
    return [str(code) for code in find_places([editions[-1] for editions in catalogue.laws.values()], words)]


@pytest.mark.parametrize(
    "words",
    [
        "34-1",
        "３４－１",
        "34条1款",
        "34 条 1 款",
        "第34条第1款",
        "第三十四条第一款",
        "三十四条一款",
        "办法34-1",
        "办法:34-1",
        "办法 34条1款",
        "直播电商监督管理办法第三十四条第一款",
    ],
)
def test_that_a_paragraph_is_found_by_its_number_in_any_form(catalogue: Catalogue, words: str) -> None:
    assert _found(catalogue, words)[0] == "办法:34-1"


@pytest.mark.parametrize("words", ["二十六条二款二项", "26-2-2", "26-2-(二)", "第二十六条第二款第（二）项", "办法26条2款2项"])
def test_that_an_item_is_found_by_its_number_in_any_form(catalogue: Catalogue, words: str) -> None:
    assert _found(catalogue, words)[0] == "办法:26-2-2"


def test_that_the_measures_come_first_where_many_laws_have_the_number(catalogue: Catalogue) -> None:
    found = _found(catalogue, "第九条")
    assert found[0].startswith("办法:9")
    assert any(code.startswith("广告法:9") for code in found)
    assert _found(catalogue, "广告法第九条第三项") == ["广告法:9-1-3"]
    assert _found(catalogue, "广告法17")[0] == "广告法:17"
    assert _found(catalogue, "反法25")[0].startswith("反不正当竞争法:25")


def test_that_a_place_without_a_duty_is_found_by_its_number(catalogue: Catalogue) -> None:
    assert "办法:59-1-1" in _found(catalogue, "办法59-1-1")
    assert "办法:62-1" in _found(catalogue, "62条1款")


def test_that_a_number_that_is_no_place_finds_nothing(catalogue: Catalogue) -> None:
    assert _found(catalogue, "办法999") == []
    assert _found(catalogue, "34-99") == []
    assert "广告法:9-1-3" in _found(catalogue, "第一")  # a superlative before it is a number


def test_that_initials_find_words_whatever_the_reading(catalogue: Catalogue) -> None:
    assert _found(catalogue, "xjxc")[0] == "办法:34-1"
    assert "办法:36" in _found(catalogue, "sydh") + _found(catalogue, "syfh") + _found(catalogue, "dh")
    assert _found(catalogue, "qqqqqq") == []


@pytest.mark.parametrize(
    ("party", "bound"), [("主播", "host"), ("运营者", "operator"), ("平台", "platform"), ("机构", "agency"), ("MCN", "agency")]
)
def test_that_a_party_finds_what_binds_it(catalogue: Catalogue, party: str, bound: str) -> None:
    found = catalogue.find(party)
    assert found
    assert found[0].code.law == "办法"
    binding = [article for article in catalogue.edition("办法").duties if bound in article.binds]
    codes = {str(article.code) for article in found}
    assert any(str(duty.code) in codes for duty in binding) or not binding


def test_that_a_party_narrows_a_search(catalogue: Catalogue) -> None:
    assert _found(catalogue, "主播 虚假宣传")[0] == "办法:34-1"
    for code in _found(catalogue, "助播 宣传"):  # a word of no summary: only the party can have matched
        assert "host" in catalogue.article(code).binds


def test_that_a_law_named_narrows_the_search_to_it(catalogue: Catalogue) -> None:
    assert {code.split(":")[0] for code in _found(catalogue, "广告法 虚假")} == {"广告法"}
    assert {code.split(":")[0] for code in _found(catalogue, "反法")} == {"反不正当竞争法"}


def test_that_headings_come_before_summaries(catalogue: Catalogue) -> None:
    measures = [catalogue.edition("办法")]
    codes = find_places(measures, "信息")
    names = [catalogue.article(code).title.zh + "".join(duty.name.zh for duty in catalogue.article(code).duties) for code in codes]
    in_name = ["信息" in name for name in names]
    assert in_name[0]
    assert sum(in_name[: sum(in_name)]) >= sum(in_name) * 2 // 3  # keywords lie between


def test_that_a_word_of_every_article_gives_the_best_and_stops(catalogue: Catalogue) -> None:
    assert len(_found(catalogue, "的")) == MOST_HITS
    assert _found(catalogue, "") == _found(catalogue, "《》 ：") == []
    assert _found(catalogue, "量子力学") == []


@pytest.mark.parametrize(
    "words", ["(" * 500, "第" * 500, "九" * 300, "a" * 300, "[x", "\\", "第条", "-", "()", "１２３４５６７８９０" * 30]
)
def test_that_anything_typed_is_answered(catalogue: Catalogue, words: str) -> None:
    assert isinstance(_found(catalogue, words), list)


def test_that_warming_changes_no_answer(catalogue: Catalogue) -> None:
    before = _found(catalogue, "xjxc")
    warm([editions[-1] for editions in catalogue.laws.values()])
    assert _found(catalogue, "xjxc") == before
