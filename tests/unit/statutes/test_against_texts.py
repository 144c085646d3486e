"""The catalogue against the statutes themselves; skipped where the texts are not beside the project."""

from difflib import SequenceMatcher
from pathlib import Path

from inspector_app.domain.codes import ArticleCode
from inspector_app.domain.errors import BadInput
from inspector_app.statutes.catalogue import Catalogue
from inspector_app.statutes.comparing import differences
from inspector_app.statutes.official import OfficialText, read_official_text

ARTICLES = {"直播电商监督管理办法.md": 69, "反不正当竞争法(2025修订).md": 41, "广告法.md": 74, "食品安全法(2021修正).md": 154}
#: A run of statute words longer than this in a summary is copying, not summing up; terms of art and lists of nouns stay below it.
LONGEST_RUN = 24


def test_that_the_measures_parse_to_their_69_articles(texts: dict[str, OfficialText]) -> None:
    measures = texts["办法@2026-02-01"]
    assert len(measures.articles) == 69
    assert measures.order_number == "117"
    assert str(measures.stated_in_force) == "2026-02-01"
    assert [len(measures.article(number).paragraphs) for number in (25, 26, 31, 34, 35, 37)] == [4, 2, 2, 2, 2, 2]
    assert len(measures.article(26).paragraphs[1].items) == 3
    assert len(measures.article(59).paragraphs[0].items) == 5


def test_that_every_text_with_articles_is_read_whole_and_the_others_are_refused(text_folder: Path) -> None:
    refused = set()
    for path in sorted(text_folder.glob("*.md")):
        try:
            read = read_official_text(path)
        except BadInput as error:
            assert error.code == "law.not_statute_text"
            refused.add(path.name)
        else:
            assert [article.number for article in read.articles] == list(range(1, len(read.articles) + 1))
            assert len(read.articles) == ARTICLES.get(path.name, len(read.articles))
    assert refused == {"README.md", "互联网广告可识别性执法指南.md", "广告绝对化用语执法指南.md"}


def test_that_every_place_of_every_edition_is_exactly_the_statutes(catalogue: Catalogue, texts: dict[str, OfficialText]) -> None:
    editions = [edition for law in catalogue.laws.values() for edition in law]
    assert {edition.id for edition in editions} == set(texts)
    assert [(edition.id, differences(edition, texts[edition.id])) for edition in editions if differences(edition, texts[edition.id])] == []
    for edition in editions:
        assert texts[edition.id].title == edition.name.zh


def test_that_a_wrong_number_of_items_is_found(catalogue: Catalogue, texts: dict[str, OfficialText]) -> None:
    old, new = catalogue.laws["反不正当竞争法"]
    problems = {(difference.code.article, difference.problem) for difference in differences(old, texts[new.id])}
    assert (33, "articles_total") not in problems
    assert (41, "articles_total") in problems
    assert (6, "chapter") in problems or (6, "paragraphs") in problems


def test_that_summaries_are_not_the_statutes_words(catalogue: Catalogue, texts: dict[str, OfficialText]) -> None:
    for law in catalogue.laws.values():
        for edition in law:
            for provision in edition.provisions:
                official = texts[edition.id].words(ArticleCode(edition.law, provision.number)).replace("\n", "")
                for paragraph in provision.paragraphs:
                    for words in (paragraph.summary, *(item.summary for item in paragraph.items)):
                        run = SequenceMatcher(None, words.zh, official, autojunk=False).find_longest_match().size
                        assert run <= LONGEST_RUN, (edition.id, provision.number, words.zh)
