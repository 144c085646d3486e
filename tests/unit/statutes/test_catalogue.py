"""The shipped catalogue: every place resolves, every liability chain ends, editions follow the day, citations read as documents write them."""

from datetime import date
from pathlib import Path

import pytest

from inspector_app.domain.codes import ArticleCode
from inspector_app.domain.errors import BadInput
from inspector_app.statutes.catalogue import Catalogue
from inspector_app.statutes.model import Edition
from inspector_app.statutes.reading import words_of

OLD, NEW = date(2025, 10, 14), date(2025, 10, 15)
MEASURES_DAY = date(2026, 2, 1)


def _editions(catalogue: Catalogue) -> list[Edition]:
    return [edition for law in catalogue.laws.values() for edition in law]


def _places(edition: Edition) -> list[ArticleCode]:
    places = []
    for provision in edition.provisions:
        places.append(ArticleCode(edition.law, provision.number))
        for paragraph in provision.paragraphs:
            places.append(ArticleCode(edition.law, provision.number, paragraph.number))
            places.extend(ArticleCode(edition.law, provision.number, paragraph.number, item.number) for item in paragraph.items)
    return places


def test_that_every_place_resolves_and_its_code_parses_both_ways(catalogue: Catalogue) -> None:
    for edition in _editions(catalogue):
        day = edition.in_force_from
        for place in _places(edition):
            canonical = catalogue.resolve(place, day)
            assert ArticleCode.parse(str(canonical)) == canonical
            assert catalogue.resolve(str(place), day) == canonical
            assert catalogue.resolve(f"{place.law}:{place.spoken()}", day) == canonical
            article = catalogue.article(place, day)
            assert article.code == canonical
            assert article.edition is edition
            assert all(catalogue.resolve(part.code, day) == part.code for part in article.parts)


def test_that_both_languages_are_present_everywhere(catalogue: Catalogue) -> None:
    for edition in _editions(catalogue):
        pairs = [edition.name, edition.label, *(words for provision in edition.provisions for words in words_of(provision))]
        pairs += [chapter.title for chapter in edition.chapters] + [penalty.range for penalty in edition.penalties]
        for duty in edition.duties:
            pairs += [duty.name, *(element.statement for element in duty.elements), *(way_out.statement for way_out in duty.exemptions)]
            pairs += [clause.range for clause in duty.liability] + [record.what for record in duty.records]
            pairs += [duty.note] if duty.note else []
        for words in pairs:
            assert words.zh.strip()
            assert words.en.strip()
            assert words.en != words.zh
            assert any("a" <= letter.lower() <= "z" for letter in words.en), words


def test_that_every_paragraph_of_chapter_three_carries_a_duty_or_is_said_to_be_something_else(catalogue: Catalogue) -> None:
    measures = catalogue.edition("办法")
    without = []
    for provision in measures.provisions:
        chapter = measures.chapter(provision.number)
        if chapter is None or chapter.number != 3:
            continue
        for paragraph in provision.paragraphs:
            article = catalogue.article(ArticleCode("办法", provision.number, paragraph.number))
            if not article.duties:
                without.append((str(article.code), article.kind))
            for item in article.parts:
                assert catalogue.article(item.code).elements
    assert without == [("办法:37-2", "attribution")]


def test_that_every_duty_has_elements_and_a_penalty_or_an_explicit_none(catalogue: Catalogue) -> None:
    for edition in _editions(catalogue):
        for duty in edition.duties:
            assert len(duty.elements) >= 2, duty.code
            assert duty.samr_penalty or duty.note is not None
            article = catalogue.article(duty.code, edition.in_force_from)
            assert bool(article.penalty) == bool(duty.liability), duty.code
            for clause in duty.liability:
                for place in (clause.article, *clause.penalties):
                    catalogue.resolve(place, edition.in_force_from if place.law == edition.law else None)


def test_that_only_two_duties_of_chapter_three_are_out_of_the_market_regulators_reach(catalogue: Catalogue) -> None:
    silent = {str(duty.code) for duty in catalogue.edition("办法").duties if not duty.samr_penalty}
    assert {code for code in silent if 25 <= ArticleCode.parse(code).article <= 37} == {"办法:25-4", "办法:31-2"}
    chat = catalogue.article("办法:31-2")
    assert [str(clause.article) for clause in chat.liability] == ["办法:65-2"]
    assert chat.liability[0].departments == ("cac",)


@pytest.mark.parametrize(
    ("duty", "clause", "sources", "condition"),
    [
        ("办法:25-1", "办法:57", ["电子商务法:76-1"], "order_first"),
        ("办法:26-1", "办法:58", ["办法:58"], "not_corrected_in_time"),
        ("办法:26-2-2", "办法:58", ["办法:58"], "not_corrected_in_time"),
        ("办法:27", "办法:59-1-1", ["办法:59-1-1"], "refuse_or_serious"),
        ("办法:28-1", "办法:59-1-1", ["办法:59-1-1"], "refuse_or_serious"),
        ("办法:29", "办法:59-1-2", ["办法:59-1-2"], "refuse_or_serious"),
        ("办法:30", "办法:59-1-3", ["办法:59-1-3"], "refuse_or_serious"),
        ("办法:31-1", "办法:59-1-4", ["办法:59-1-4"], "refuse_or_serious"),
        ("办法:37-1", "办法:59-1-5", ["办法:59-1-5"], "refuse_or_serious"),
        ("办法:32", "办法:60", ["价格法:42", "价格违法规定:13"], "none"),
        ("办法:33-1-3", "办法:61", ["办法:61"], "none"),
        ("办法:34-1", "办法:62-1", ["反不正当竞争法:25-1", "广告法:55"], "none"),
        ("办法:36", "办法:62-2", ["反不正当竞争法:28"], "none"),
        ("办法:44", "办法:62-1", ["反不正当竞争法:25-1", "广告法:55"], "none"),
        ("广告法:9-1-3", "广告法:57-1-1", ["广告法:57"], "none"),
        ("广告法:17", "广告法:58-1-2", ["广告法:58-1"], "none"),
        ("食品安全法:73-1", "食品安全法:140-1", ["广告法:58-1", "广告法:55"], "none"),
        ("反不正当竞争法:9-1", "反不正当竞争法:25-1", ["反不正当竞争法:25-1"], "none"),
    ],
)
def test_that_the_liability_chain_is_the_statutes(catalogue: Catalogue, duty: str, clause: str, sources: list[str], condition: str) -> None:
    first = catalogue.article(duty).liability[0]
    assert str(first.article) == clause
    assert [str(source) for source in first.penalties] == sources
    assert first.condition == condition


def test_that_the_cyberspace_clause_covers_just_the_articles_it_lists(catalogue: Catalogue) -> None:
    listed = {6, 7, 8, 10, 11, 12, 13, 14, 16, 17, 25, 27, 29, 30, 31, 34, 36, 37, 41, 42, 43, 44}  # 第六十五条第二款
    reached = {code.article for code in catalogue.article("办法:65-2").answers}
    assert reached == listed


def test_that_the_two_continuous_duties_of_the_measures_are_marked(catalogue: Catalogue) -> None:
    assert [str(duty.code) for duty in catalogue.edition("办法").duties if duty.continuous] == ["办法:26-1", "办法:37-1"]


def test_that_identity_verification_is_not_at_article_thirty(catalogue: Catalogue) -> None:
    """Press summaries number their own paragraphs 30 and 31; the statute's article 30 is the review before the broadcast."""
    assert catalogue.article("办法:30").duties[0].tag == "PRE_REVIEW"
    assert [duty.tag for duty in catalogue.article("办法:31").duties] == ["CORRECTION", "COMMENT_CONTROL"]
    assert {duty.tag for duty in catalogue.article("办法:28").duties} == {"PRESENTER_VERIFICATION", "PRESENTER_REPORT"}


def test_that_element_keys_are_unique(catalogue: Catalogue) -> None:
    for law in catalogue.laws.values():
        for edition in law:
            keys = [part.key for duty in edition.duties for part in (*duty.elements, *duty.exemptions)]
            assert len(keys) == len(set(keys))


def test_that_records_name_who_holds_them_and_three_years_only_where_the_article_says_so(catalogue: Catalogue) -> None:
    three_years = {str(record.article) for record in catalogue.records.values() if record.years == 3}
    assert three_years == {"办法:16", "办法:27", "办法:28-1", "办法:31-1", "办法:45"}
    replay = catalogue.records["replay"]
    assert (replay.holder, replay.since) == ("platform", "transaction_end")
    for record in catalogue.records.values():
        catalogue.resolve(record.article)


@pytest.mark.parametrize(
    ("code", "on", "citation"),
    [
        ("办法:34-1", None, "《直播电商监督管理办法》第三十四条第一款"),
        ("办法:34", None, "《直播电商监督管理办法》第三十四条"),
        ("办法:27-1", None, "《直播电商监督管理办法》第二十七条"),
        ("办法:26-2-(二)", None, "《直播电商监督管理办法》第二十六条第二款第（二）项"),
        ("办法:59-1-1", None, "《直播电商监督管理办法》第五十九条第（一）项"),
        ("广告法:9-1-3", None, "《广告法》第九条第（三）项"),
        ("《广告法》第九条第（三）项", None, "《广告法》第九条第（三）项"),
        ("中华人民共和国广告法:28-2-4", None, "《广告法》第二十八条第二款第（四）项"),
        ("食品安全法:140-1", None, "《食品安全法》第一百四十条第一款"),
        ("反法:25-1", None, "《反不正当竞争法》第二十五条第一款"),
        ("反不正当竞争法:20-1", OLD, "《反不正当竞争法》（2019年修正）第二十条第一款"),
    ],
)
def test_that_citations_read_as_documents_write_them(catalogue: Catalogue, code: str, on: date | None, citation: str) -> None:
    assert catalogue.cite(code, on) == citation
    assert catalogue.article(code, on).citation == citation


def test_that_the_formal_and_the_english_citation_name_the_same_place(catalogue: Catalogue) -> None:
    assert catalogue.cite("广告法:9-1-3", formal=True) == "《中华人民共和国广告法》第九条第（三）项"
    assert catalogue.cite_english("广告法:9-1-3") == "Advertising Law, Article 9, item (3)"
    assert catalogue.cite_english("办法:34-1").endswith(", Article 34, paragraph 1")


def test_that_the_edition_is_the_one_of_the_day(catalogue: Catalogue) -> None:
    assert catalogue.edition("反不正当竞争法", OLD).id == "反不正当竞争法@2019-04-23"
    assert catalogue.edition("反不正当竞争法", NEW).id == "反不正当竞争法@2025-10-15"
    assert catalogue.edition("反不正当竞争法").id == "反不正当竞争法@2025-10-15"
    assert catalogue.article("反不正当竞争法:11", OLD).duties[0].tag == "DEFAMATION"
    assert catalogue.article("反不正当竞争法:11", NEW).duties[0].tag == "PRIZE_SALES"


@pytest.mark.parametrize(
    ("code", "on", "error", "near"),
    [
        ("办法:70", None, "law.unknown_article", ""),
        ("办法:34-3", None, "law.unknown_article", "办法:34"),
        ("办法:31-1-1", None, "law.unknown_article", "办法:31"),
        ("广告法:9-3", None, "law.unknown_article", "广告法:9-1-3"),
        ("反不正当竞争法:9-1-1", NEW, "law.unknown_article", "反不正当竞争法:10-1-1"),  # 2019's trade secrets
        ("反不正当竞争法:34", OLD, "law.unknown_article", "反不正当竞争法:27"),
        ("反不正当竞争法:40", OLD, "law.unknown_article", ""),
        ("办法:34-1", date(2026, 1, 31), "law.not_in_force", None),
        ("广告法:17", date(2020, 1, 1), "law.edition_missing", None),
        ("不存在的法:1", None, "law.unknown_law", None),
        ("不是条号", None, "law.bad_code", None),
    ],
)
def test_that_a_wrong_place_is_refused_with_the_place_probably_meant(
    catalogue: Catalogue, code: str, on: date | None, error: str, near: str | None
) -> None:
    with pytest.raises(BadInput) as caught:
        catalogue.article(code, on)
    assert caught.value.code == error
    if near is not None:
        assert caught.value.facts["near"] == near


@pytest.mark.parametrize(
    ("old", "new"),
    [("6", "7"), ("8-1", "9-1"), ("8-2", "9-2"), ("10", "11"), ("11", "12"), ("18", "23"), ("20-1", "25-1"), ("22", "27"), ("23", "28")],
)
def test_that_both_numbers_and_the_lighter_law_are_shown_for_older_conduct(catalogue: Catalogue, old: str, new: str) -> None:
    law = "反不正当竞争法"
    notes = {note.code: note.facts for note in catalogue.on_date_notes(f"{law}:{old}", OLD)}
    assert notes["law.other_number"]["other"] == f"{law}:{new}"
    assert notes["law.other_number"]["other_is"] == "newer"
    assert notes["law.lighter_law"]["basis"] == "行政处罚法:37"
    back = {note.code: note.facts for note in catalogue.on_date_notes(f"{law}:{new}", NEW)}
    assert back["law.other_number"]["other"] == f"{law}:{old}"
    assert back["law.other_number"]["other_is"] == "older"
    assert "law.lighter_law" not in back


def test_that_the_lighter_law_note_shows_the_floor_that_is_gone(catalogue: Catalogue) -> None:
    notes = {note.code: note.facts for note in catalogue.on_date_notes("反不正当竞争法:20-1", OLD)}
    assert notes["law.lighter_law"]["on_day_range"].startswith("20万至100万元")
    assert notes["law.lighter_law"]["newer_range"].startswith("100万元以下")


def test_that_an_inserted_item_does_not_shift_the_mapping(catalogue: Catalogue) -> None:
    """2019's 10-(二) is 2025's 11-(三): with one 项 more, only the article is said to correspond."""
    notes = {note.code: note.facts for note in catalogue.on_date_notes("反不正当竞争法:10-1-2", OLD)}
    assert notes["law.other_number"]["other"] == "反不正当竞争法:11"


def test_that_conduct_before_the_measures_is_said_to_be_so_with_what_applied_then(catalogue: Catalogue) -> None:
    [note] = catalogue.on_date_notes("办法:34-1", date(2025, 9, 1))
    assert note.code == "law.not_in_force"
    assert note.facts["in_force_from"] == "2026-02-01"
    assert "反不正当竞争法:8-1" in note.facts["instead"].split("、")
    [later] = catalogue.on_date_notes("办法:34-1", date(2026, 1, 31))
    assert "反不正当竞争法:9-1" in later.facts["instead"].split("、")
    assert catalogue.on_date_notes("办法:34-1", MEASURES_DAY) == []


def test_that_a_text_believed_to_have_changed_is_marked(catalogue: Catalogue) -> None:
    assert [note.code for note in catalogue.on_date_notes("食品安全法:73-1", MEASURES_DAY)] == ["law.text_doubtful"]
    assert catalogue.on_date_notes("食品安全法:73-1", date(2025, 6, 1)) == []
    assert [note.facts["law"] for note in catalogue.on_date_notes("办法:32", MEASURES_DAY)] == ["价格法"]


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("34-1", "办法:34-1"),
        ("第二十六条第二款", "办法:26-2-1"),
        ("虚假宣传", "办法:34-1"),
        ("xjxc", "办法:34-1"),
        ("极限词", "广告法:9-1-3"),
        ("第一", "广告法:9-1-3"),
        ("口误", "办法:31-1"),
        ("AI", "办法:34-2"),
        ("数字人", "办法:37-1"),
        ("广告法 17", "广告法:17"),
        ("反法 诋毁", "反不正当竞争法:12"),
        ("DEFAMATION", "办法:36"),
        ("price comparison", "办法:32"),
    ],
)
def test_that_the_finder_puts_the_place_meant_first(catalogue: Catalogue, words: str, first: str) -> None:
    assert str(catalogue.find(words)[0].code) == first


def test_that_the_finder_answers_nothing_for_nothing(catalogue: Catalogue) -> None:
    assert catalogue.find("") == []
    assert catalogue.find("《》 ：") == []
    assert catalogue.find("量子力学") == []


def test_that_the_finder_and_the_list_follow_the_day(catalogue: Catalogue) -> None:
    assert str(catalogue.find("诋毁", OLD)[0].code) == "反不正当竞争法:11"
    assert not [article for article in catalogue.list(OLD) if article.code.law == "办法"]
    assert catalogue.list()[0].code.law == "办法"


def test_that_the_digest_ignores_layout_and_follows_content(catalogue: Catalogue, folder: Path) -> None:
    assert len(catalogue.digest()) == 64
    path = folder / "measures_2026.yaml"
    text = path.read_text("utf-8")
    path.write_text("# another comment\n" + text, "utf-8")
    assert Catalogue.load(folder).digest() == catalogue.digest()
    path.write_text(text.replace("现场纠错和互动管理", "现场纠错与互动管理"), "utf-8")
    assert Catalogue.load(folder).digest() != catalogue.digest()
