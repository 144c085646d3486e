"""The liability chain of the Measures against 第五十三条 to 第六十六条, read here from the statute's text: nothing missing, nothing invented."""

import re
from collections.abc import Iterator

import pytest

from inspector_app.domain.codes import ArticleCode, chinese_number
from inspector_app.statutes.catalogue import Catalogue
from inspector_app.statutes.model import Duty, Edition, Liability
from inspector_app.statutes.official import OfficialText

LAW = "办法"
CLAUSES = range(53, 67)
_NUMBER = "[一二三四五六七八九十]+"
_OTHER_LAW = re.compile(rf"《([^》]+)》(?:第({_NUMBER})条)?(?:第({_NUMBER})款)?")
_REFERENCE = re.compile(rf"([、至])?第({_NUMBER})([条款项])")

#: The article is named, but the clause's own words leave this 款 out.
NOT_REACHED = {
    ("办法:59-1-4", "办法:31-2"): "直播营销人员纠错机制",  # 互动内容管理 is not the correction mechanism
    ("办法:54-1-9", "办法:22-4"): "提醒、处置义务",  # lifting measures is neither
}
#: The article is named, and whether the clause's words reach this 款 is not settled: the duty says so.
DOUBTFUL = {"办法:10-2", "办法:12-2", "办法:12-3", "办法:14-2", "办法:14-3", "办法:28-2"}
#: 第六十六条 names no article: it answers obstruction, so only the duties to co-operate lead to it.
COOPERATION = {"办法:21", "办法:46-2", "办法:50"}
#: Laws that 65-2 sends the cyberspace departments to; market regulators never apply them, so they are not carried.
UNCARRIED = {"网络安全法", "互联网信息服务管理办法"}
ADVERTISING = {"办法:35-1", "办法:35-2-1", "办法:35-2-2", "办法:35-2-3"}


@pytest.fixture(scope="module")
def measures(catalogue: Catalogue) -> Edition:
    return catalogue.edition(LAW)


def _codes(places: str) -> set[str]:
    return {f"{LAW}:{place}" for place in places.split()}


def _named(words: str) -> Iterator[ArticleCode]:
    """The places of the Measures a clause names, ranges spelt out; places of other laws are taken off first."""
    article = paragraph = 0
    for found in _REFERENCE.finditer(_OTHER_LAW.sub("", words)):
        joint, number, unit = found[1], chinese_number(found[2]), found[3]
        if unit == "条":
            span = range(article + 1, number + 1) if joint == "至" else [number]
            article, paragraph = number, 0
            yield from (ArticleCode(LAW, each) for each in span)
        elif unit == "款":
            span = range(paragraph + 1, number + 1) if joint == "至" else [number]
            paragraph = number
            yield from (ArticleCode(LAW, article, each) for each in span)
        else:
            yield ArticleCode(LAW, article, paragraph or 1, number)


def _places(words: str) -> set[ArticleCode]:
    """As `_named`, without the whole article where a 款 or 项 of it follows: 第十一条第一款 is not 第十一条."""
    named = list(_named(words))
    return {code for code in named if not any(other != code and other.within(code) for other in named)}


@pytest.fixture(scope="module")
def clauses(texts: dict[str, OfficialText], catalogue: Catalogue) -> dict[ArticleCode, str]:
    """Every liability clause at its lowest level with its words; a 项 is given the words of its 款 behind its own."""
    text = texts["办法@2026-02-01"]
    found: dict[ArticleCode, str] = {}
    for number in CLAUSES:
        for paragraph in text.article(number).paragraphs:
            for item in paragraph.items:
                found[ArticleCode(LAW, number, paragraph.number, item.number)] = item.text
            if not paragraph.items:
                found[catalogue.resolve(ArticleCode(LAW, number, paragraph.number))] = paragraph.text
    return found


def _head(texts: dict[str, OfficialText], clause: ArticleCode) -> str:
    """The words that set the penalty: of the 款 the clause stands in."""
    return texts["办法@2026-02-01"].article(clause.article).paragraphs[max(clause.paragraph, 1) - 1].text


def _has(duty: Duty, clause: ArticleCode) -> bool:
    return any(liability.article == clause for liability in duty.liability)


def _liabilities(measures: Edition) -> dict[Liability, list[Duty]]:
    found: dict[Liability, list[Duty]] = {}
    for duty in measures.duties:
        for liability in duty.liability:
            found.setdefault(liability, []).append(duty)
    return found


def test_that_the_clauses_name_what_we_read_them_to_name(clauses: dict[ArticleCode, str]) -> None:
    def of(clause: str) -> list[str]:
        return [str(code) for code in sorted(_places(clauses[ArticleCode.parse(clause)]))]

    assert of("办法:53-1-2") == ["办法:9-1-1", "办法:9-1-2"]
    assert of("办法:57") == ["办法:25-1", "办法:25-2", "办法:25-3"]
    assert of("办法:59-1-1") == ["办法:27", "办法:28"]
    assert of("办法:64") == ["办法:39", "办法:42", "办法:43", "办法:45"]
    listed = "6 7 8 10 11-1 12 13 14-1 14-2 14-3 16 17 25-4 27 29 30 31 34 36 37 41 42 43 44"
    assert set(of("办法:65-2")) == _codes(listed)
    assert of("办法:65-1") == of("办法:66") == []


def test_that_no_liability_the_statute_gives_is_missing(measures: Edition, clauses: dict[ArticleCode, str]) -> None:
    for clause, words in clauses.items():
        if clause.article == 63:  # says who answers for a host's act, sets no penalty
            continue
        for place in _places(words):
            duties = [duty for duty in measures.duties if duty.code.within(place) or place.within(duty.code)]
            assert any(_has(duty, clause) for duty in duties), (str(clause), str(place))
            for duty in duties:
                left_out = (str(clause), str(duty.code)) in NOT_REACHED
                assert _has(duty, clause) != left_out, (str(clause), str(duty.code))


def test_that_no_liability_is_invented(measures: Edition, clauses: dict[ArticleCode, str]) -> None:
    for liability, duties in _liabilities(measures).items():
        for duty in duties:
            if liability.article.law != LAW:
                assert str(duty.code) in ADVERTISING, duty.code
            elif liability.article.article == 66:
                assert str(duty.code) in COOPERATION, duty.code
            else:
                assert any(duty.code.within(place) for place in _places(clauses[liability.article])), (duty.code, liability.article)
    assert {str(duty.code) for duty in measures.duties if _has(duty, ArticleCode(LAW, 66))} == COOPERATION


def test_that_an_advertisement_goes_to_the_advertising_law_as_the_article_itself_says(
    measures: Edition, texts: dict[str, OfficialText]
) -> None:
    assert "依照《中华人民共和国广告法》的有关规定履行" in texts["办法@2026-02-01"].article(35).paragraphs[0].text
    for duty in measures.duties:
        if str(duty.code) in ADVERTISING:
            assert {code.law for liability in duty.liability for code in (liability.article, *liability.penalties)} == {"广告法"}


def test_that_a_clause_whose_words_are_narrower_is_left_out_or_marked_doubtful(measures: Edition, texts: dict[str, OfficialText]) -> None:
    duties = {str(duty.code): duty for duty in measures.duties}
    for (clause, code), narrower in NOT_REACHED.items():
        assert narrower in texts["办法@2026-02-01"].words(ArticleCode.parse(clause))
        assert duties[code].note is not None
    assert {str(duty.code) for duty in measures.duties if duty.note and "尚无定论" in duty.note.zh} == DOUBTFUL
    assert all("not settled" in note.en for code in DOUBTFUL if (note := duties[code].note))


def test_that_penalties_come_from_where_the_clause_sends(catalogue: Catalogue, measures: Edition, texts: dict[str, OfficialText]) -> None:
    for liability in _liabilities(measures):
        if liability.article.law != LAW:
            continue
        head = _head(texts, liability.article)
        sent = [found.groups() for found in _OTHER_LAW.finditer(head)]
        carried = [(law, article, paragraph) for law, article, paragraph in sent if law.removeprefix("中华人民共和国") not in UNCARRIED]
        own = [code for code in liability.penalties if code.law == LAW]
        if not carried:
            assert own, liability.article
            assert all(liability.article.within(code) for code in own)
            # 第六十一条: 法律、行政法规有规定的，依照其规定, so the sources of unsafe and fake goods stand first
            assert {code.law for code in liability.penalties} <= {LAW, "产品质量法"}
            continue
        assert not own
        wanted = {
            (catalogue.edition(law).law, chinese_number(article) if article else 0, chinese_number(paragraph) if paragraph else 0)
            for law, article, paragraph in carried
        }
        given = {(code.law, code.article, code.paragraph) for code in liability.penalties}
        assert {law for law, _, _ in given} == {law for law, _, _ in wanted}
        for law, article, paragraph in wanted:
            assert any(one[0] == law and article in (0, one[1]) and paragraph in (0, one[2]) for one in given), (liability.article, law)


def test_that_the_condition_of_the_fine_is_the_clauses_or_its_sources(
    catalogue: Catalogue, measures: Edition, texts: dict[str, OfficialText]
) -> None:
    for liability in _liabilities(measures):
        if liability.article.law != LAW:
            continue
        words = _head(texts, liability.article)
        others = [code for code in liability.penalties if code.law != LAW]
        if others and liability.article.article != 61:
            words = " ".join(texts[catalogue.edition(code.law).id].words(code) for code in others)
        if "拒不改正或者情节严重" in words:
            condition = "refuse_or_serious"
        elif "逾期不改正" in words:
            condition = "not_corrected_in_time"
        else:
            condition = "order_first" if "责令限期改正，可以处" in words else "none"
        assert liability.condition == condition, (liability.article, words)


def test_that_the_department_is_the_clauses(measures: Edition, texts: dict[str, OfficialText]) -> None:
    for liability in _liabilities(measures):
        if liability.article.law != LAW:
            continue
        words = _head(texts, liability.article)
        departments = []
        if "由市场监督管理部门" in words or "由市场监督管理、网信部门" in words:
            departments.append("samr")
        if "由网信部门" in words or "市场监督管理、网信部门依据职责责令改正" in words:
            departments.append("cac")
        assert list(liability.departments) == departments, liability.article


def test_that_the_amounts_are_the_clauses(measures: Edition, texts: dict[str, OfficialText]) -> None:
    amounts = {"一千": 1_000, "一万": 10_000, "十万": 100_000}
    text = texts["办法@2026-02-01"]
    assert {str(penalty.place) for penalty in measures.penalties} == _codes("54-1 58 59-1 61 64 65-2 66")
    for penalty in measures.penalties:
        words = text.words(penalty.place)
        named = {amounts[found] for found in re.findall("([一十][千万])元以[上下]", words)} | {
            amounts[found] for found in re.findall("(十万)元以[上下]", words)
        }
        assert penalty.fine is not None
        assert penalty.fine.max_yuan == max(named)
        assert penalty.fine.min_yuan == (min(named) if len(named) > 1 else None)
        assert ("suspend_service" in penalty.measures) == ("责令暂停提供相关服务" in words)


def test_that_a_duty_without_a_clause_says_so_plainly(measures: Edition) -> None:
    none = {str(duty.code) for duty in measures.duties if not duty.liability}
    assert none == _codes("15 20-1 20-2 20-3 22-4 23 24 38 40")
    only_cac = {str(duty.code) for duty in measures.duties if duty.liability and not duty.samr_penalty}
    assert only_cac == _codes("6-1 6-2 7-1 7-2 8-2 25-4 31-2 41")
    for duty in measures.duties:
        if not duty.liability:
            assert duty.note is not None
            assert re.search("没有列出本款的罚则|没有单独罚则", duty.note.zh)
        elif not duty.samr_penalty:
            assert duty.note is not None
            assert "没有市场监管部门的罚则" in duty.note.zh
            assert "第六十五条第二款" in duty.note.zh


def test_that_a_liability_card_answers_the_duties_that_lead_to_it(catalogue: Catalogue) -> None:
    assert [str(code) for code in catalogue.article("办法:53").answers] == ["办法:8-1", "办法:9-1-1", "办法:9-1-2", "办法:16"]
    assert [str(code) for code in catalogue.article("办法:54-1-7").answers] == ["办法:14-1", "办法:14-2", "办法:14-3"]
    assert [str(code) for code in catalogue.article("办法:56").answers] == ["办法:19"]
    assert [str(code) for code in catalogue.article("办法:64").answers] == ["办法:39", "办法:42", "办法:43", "办法:45"]
