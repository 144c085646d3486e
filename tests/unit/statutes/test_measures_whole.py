"""《直播电商监督管理办法》 whole: the statute's text is walked here without the program's own reader and must give just what the catalogue has."""

import itertools
import re
from datetime import date
from difflib import SequenceMatcher
from pathlib import Path

import pytest

from inspector_app.domain.codes import ArticleCode, chinese_number, to_chinese_number
from inspector_app.domain.errors import BadInput
from inspector_app.statutes.catalogue import Catalogue
from inspector_app.statutes.model import Edition, Paragraph
from inspector_app.statutes.reading import words_of

LAW = "办法"
TEXT = Path(__file__).parents[3].parent / "shared" / "law" / "直播电商监督管理办法.md"
#: A run of statute words longer than this in a summary is copying; names of laws and 拒不改正或者情节严重 stay below it.
LONGEST_RUN = 18
BEFORE, FIRST_DAY = date(2026, 1, 31), date(2026, 2, 1)
#: Whom the subject of the sentence binds; the longer word first, for 直播营销人员 begins 直播营销人员服务机构 too.
SUBJECTS = (
    ("直播电商平台经营者住所地", {"department"}),
    ("直播电商平台经营者", {"platform"}),
    ("直播营销人员服务机构", {"agency"}),
    ("直播间运营者、直播营销人员", {"operator", "host"}),
    ("直播间运营者", {"operator"}),
    ("市场监督管理", {"department"}),
)

Walked = dict[int, tuple[int, list[tuple[str, int]]]]


@pytest.fixture(scope="module")
def walked() -> Walked:
    """By article: its chapter, and for each 款 its opening words and the number of its 项."""
    if not TEXT.is_file():
        pytest.skip("the statute text is not beside the project")
    articles: Walked = {}
    chapter = 0
    for line in TEXT.read_text("utf-8").splitlines():
        if heading := re.match(r"## 第(.+)章 ", line):
            chapter = chinese_number(heading[1])
        elif opening := re.match(r"第([一二三四五六七八九十]+)条 (.+)", line):
            articles[chinese_number(opening[1])] = (chapter, [(opening[2], 0)])
        elif articles and line.strip():
            paragraphs = articles[max(articles)][1]
            if re.match(r"（[一二三四五六七八九十]+）", line):
                words, items = paragraphs[-1]
                paragraphs[-1] = (words, items + 1)
            else:
                paragraphs.append((line, 0))
    return articles


@pytest.fixture(scope="module")
def measures(catalogue: Catalogue) -> Edition:
    return catalogue.edition(LAW)


def _paragraphs(measures: Edition) -> list[tuple[ArticleCode, Paragraph]]:
    return [(ArticleCode(LAW, one.number, part.number), part) for one in measures.provisions for part in one.paragraphs]


def _places(measures: Edition, chapter: int = 0) -> list[ArticleCode]:
    places = []
    for provision in measures.provisions:
        within = measures.chapter(provision.number)
        if chapter and (within is None or within.number != chapter):
            continue
        places.append(ArticleCode(LAW, provision.number))
        for paragraph in provision.paragraphs:
            places.append(ArticleCode(LAW, provision.number, paragraph.number))
            places += [ArticleCode(LAW, provision.number, paragraph.number, item.number) for item in paragraph.items]
    return places


def test_that_the_catalogue_has_just_the_articles_paragraphs_and_items_of_the_statute(measures: Edition, walked: Walked) -> None:
    assert list(walked) == list(range(1, 70))
    ours = {
        one.number: (
            chapter.number if (chapter := measures.chapter(one.number)) else 0,
            [len(part.items) for part in one.paragraphs],
        )
        for one in measures.provisions
    }
    assert ours == {number: (chapter, [items for _, items in paragraphs]) for number, (chapter, paragraphs) in walked.items()}
    assert sum(len(one.paragraphs) for one in measures.provisions) == 108
    assert sum(len(part.items) for _, part in _paragraphs(measures)) == 40


def test_that_every_place_is_understood_in_every_way_it_is_typed(catalogue: Catalogue, measures: Edition) -> None:
    for place in _places(measures):
        canonical = catalogue.resolve(place)
        numbers = [number for number in (place.article, place.paragraph, place.item) if number]
        spoken = [to_chinese_number(number) for number in numbers]
        forms = [
            f"{LAW}:{'-'.join(map(str, numbers))}",
            "".join(number + unit for number, unit in zip(spoken, "条款项", strict=False)),
            f"《直播电商监督管理办法》{place.spoken()}",
        ]
        if place.item:
            forms.append(f"{LAW}:{numbers[0]}-{numbers[1]}-（{spoken[2]}）")
        assert {catalogue.resolve(form) for form in forms} == {canonical}, forms


def _subject(sentence: str) -> str:
    """What stands before the first 应当, 不得 or 可以, without the condition in front: 经通报的，平台经营者应当 is said of the platform."""
    before = re.split("应当|不得|可以", sentence, maxsplit=1)
    return "" if len(before) == 1 else before[0].rpartition("，")[2] or sentence


def test_that_each_paragraph_binds_the_subject_of_its_sentence(measures: Edition, walked: Walked) -> None:
    seen = 0
    for code, paragraph in _paragraphs(measures):
        subject = _subject(walked[code.article][1][code.paragraph - 1][0])
        bound = next((whom for words, whom in SUBJECTS if subject.startswith(words)), set())
        assert bound <= set(paragraph.binds), (str(code), subject)
        if bound and code.article <= 50:
            assert set(paragraph.binds) - bound <= {"host", "operator"}, (str(code), subject)  # 第十条, 第十五条 go on with another party
        seen += bool(bound)
    assert seen > 60  # the others open with 鼓励…, 违反…, or name nobody


def test_that_every_article_has_title_keywords_and_a_summary_of_each_part_in_our_own_words(measures: Edition, walked: Walked) -> None:
    statute = "".join(TEXT.read_text("utf-8").split())
    for provision in measures.provisions:
        assert provision.keywords, provision.number
        told = [words for part in provision.paragraphs for words in (part.summary, *(item.summary for item in part.items))]
        assert all(part.summarised and all(item.summarised for item in part.items) for part in provision.paragraphs)
        assert len({words.zh for words in told}) == len({words.en for words in told}) == len(told), provision.number
        for words in words_of(provision):
            run = SequenceMatcher(None, words.zh, statute, autojunk=False).find_longest_match().size
            assert run <= LONGEST_RUN, (provision.number, words.zh)
            assert not re.search("[\u4e00-\u9fff]", words.en), words.en
    titles = [provision.title for provision in measures.provisions]
    assert len({title.zh for title in titles}) == len({title.en for title in titles}) == len(titles) == 69


def test_that_what_binds_in_chapters_two_to_four_can_be_tagged_and_nothing_else(measures: Edition) -> None:
    tagged = [duty.code for duty in measures.duties]
    for code, paragraph in _paragraphs(measures):
        chapter = measures.chapter(code.article)
        assert chapter is not None
        if chapter.number not in (2, 3, 4):
            continue
        below = [duty for duty in tagged if duty.within(code) or ArticleCode(LAW, code.article) == duty]
        binding = paragraph.kind in ("duty", "prohibition") or str(code) == "办法:35-2"  # 35-2 says what an advertisement is, item by item
        assert bool(below) == binding, (str(code), paragraph.kind)
        items = {duty.item for duty in below if duty.item}
        assert items in (set(), {item.number for item in paragraph.items}), str(code)
    beyond = {str(code) for code in tagged if (within := measures.chapter(code.article)) and within.number not in (2, 3, 4)}
    assert beyond == {"办法:46-2", "办法:50"}


def test_that_a_broadcast_before_the_first_day_is_warned_of_at_every_place_of_chapter_three(
    catalogue: Catalogue, measures: Edition
) -> None:
    places = _places(measures, chapter=3)
    assert {place.article for place in places} == set(range(25, 38))
    for place in places:
        [note] = catalogue.on_date_notes(place, BEFORE)
        assert note.code == "law.not_in_force"
        assert (note.facts["in_force_from"], note.facts["day"]) == ("2026-02-01", "2026-01-31")
        for instead in filter(None, note.facts["instead"].split("、")):
            assert catalogue.article(instead, BEFORE).edition.in_force(BEFORE)
        with pytest.raises(BadInput) as caught:
            catalogue.article(place, BEFORE)
        assert caught.value.code == "law.not_in_force"
        assert catalogue.article(place, FIRST_DAY).edition is measures
        assert {note.code for note in catalogue.on_date_notes(place, FIRST_DAY)} <= {"law.text_doubtful"}


@pytest.mark.parametrize(
    ("code", "day", "instead"),
    [
        ("办法:34-1", date(2025, 10, 14), "反不正当竞争法:8-1"),
        ("办法:34-1", date(2025, 10, 15), "反不正当竞争法:9-1"),
        ("办法:36", date(2025, 10, 14), "反不正当竞争法:11"),
        ("办法:36", date(2025, 10, 15), "反不正当竞争法:12"),
        ("办法:25-1", BEFORE, "电子商务法:15-1"),
        ("办法:26-1", BEFORE, "消法实施条例:13-2"),
        ("办法:32", BEFORE, "价格法:13-1"),
        ("办法:33-1-1", BEFORE, "电子商务法:13"),
        ("办法:33-1-2", BEFORE, "产品质量法:39"),
        ("办法:44", BEFORE, "反不正当竞争法:9-2"),
    ],
)
def test_that_the_warning_names_what_applied_then(catalogue: Catalogue, code: str, day: date, instead: str) -> None:
    [note] = catalogue.on_date_notes(code, day)
    assert instead in note.facts["instead"].split("、")


def test_that_articles_are_in_order_and_duties_too(measures: Edition) -> None:
    codes = [duty.code for duty in measures.duties]
    assert all(before < after for before, after in itertools.pairwise(codes))
