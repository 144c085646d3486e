"""What an inspector must prove from a recording: every duty of chapter 3 asks the same plain questions, and the keys findings store never change."""

import pytest

from inspector_app.domain.codes import ArticleCode
from inspector_app.statutes.catalogue import Catalogue
from inspector_app.statutes.model import Duty, Edition
from inspector_app.statutes.official import OfficialText

LAW = "办法"
KEPT = {"自交易完成之日起不少于三年": "transaction_end", "自直播结束之日起不少于三年": "broadcast_end"}
#: Elements that settle who: operator, account, speaker or seller.
WHO = {"operator", "account", "speaker", "who", "user", "publisher", "role", "other_person", "edited"}
#: Elements that settle which product, service, seller or page it is about.
ABOUT = {"product", "offer", "sale", "seller", "by_link"}
#: Elements that settle once or continuously, from when to when, corrected or not.
HOW_LONG = {"extent", "span", "repeated", "not_corrected", "not_handled"}

#: Elements | exemptions that findings may already hold: they may be joined by others, never renamed or taken away.
STABLE = {
    "25-1": "organisation page_seen missing | link platform_fault",
    "25-2": "person page_seen missing | link",
    "25-3": "changed late |",
    "25-4": "rule breach |",
    "26-1": "sale seller_other not_shown | link short_break",
    "26-2-1": "by_link defect |",
    "26-2-2": "by_link obstacle |",
    "26-2-3": "by_link covered |",
    "27": "seller not_verified | file_produced not_required",
    "28-1": "host not_verified | file_produced",
    "28-2": "broadcast not_reported |",
    "29": "shown unlawful | factual",
    "30": "content no_review | unforeseeable",
    "31-1": "slip not_corrected no_mechanism | corrected",
    "31-2": "illegal_message not_handled | handled",
    "32": "offer not_shown | link basis_proved",
    "33-1-1": "sold unsafe |",
    "33-1-2": "sold fake |",
    "33-1-3": "sold banned |",
    "34-1": "claim false deceives | proof puffery corrected duty",
    "34-2": "technique false_or_other deceives | consent",
    "35-1": "is_ad role breach |",
    "35-2-1": "other_person own_name |",
    "35-2-2": "edited published |",
    "35-2-3": "promotes why_ad |",
    "36": "target statement false harm | true_statement",
    "37-1": "ai_figure commerce not_labelled | label real_person",
    "39": "recruited not_verified |",
    "42": "violation no_measures |",
    "43": "works_with not_verified |",
    "44": "agency organised helps |",
    "45": "selects not_verified |",
}


@pytest.fixture(scope="module")
def measures(catalogue: Catalogue) -> Edition:
    return catalogue.edition(LAW)


@pytest.fixture(scope="module")
def chapter_three(measures: Edition) -> list[Duty]:
    return [duty for duty in measures.duties if 25 <= duty.code.article <= 37]


def _codes(places: str) -> set[str]:
    return {f"{LAW}:{place}" for place in places.split()}


def _ids(duty: Duty) -> set[str]:
    return {element.key.partition("#")[2] for element in duty.elements}


def test_that_keys_which_findings_store_are_still_there(measures: Edition) -> None:
    duties = {str(duty.code).partition(":")[2]: duty for duty in measures.duties}
    for code, stored in STABLE.items():
        elements, _, exemptions = stored.partition("|")
        assert set(elements.split()) <= _ids(duties[code]), code
        assert set(exemptions.split()) <= {exemption.key.partition("#")[2] for exemption in duties[code].exemptions}, code


def test_that_every_duty_of_chapter_three_is_broken_into_three_to_six_elements_with_exhibits(chapter_three: list[Duty]) -> None:
    assert len(chapter_three) == 27
    for duty in chapter_three:
        assert 3 <= len(duty.elements) <= 6, duty.code
        assert all(element.exhibits for element in duty.elements)
        assert len({element.statement.zh for element in duty.elements}) == len(duty.elements)
        kinds = {kind for element in duty.elements for kind in element.exhibits}
        assert kinds & {"clip", "quote", "still", "chat", "screen_text"}, duty.code  # a recording proves at least part of it


def test_that_each_duty_of_chapter_three_asks_who(chapter_three: list[Duty]) -> None:
    assert [str(duty.code) for duty in chapter_three if not _ids(duty) & WHO] == []


def test_that_what_is_said_or_sold_asks_about_which_product(chapter_three: list[Duty]) -> None:
    asked = {str(duty.code) for duty in chapter_three if _ids(duty) & ABOUT}
    assert asked == _codes("26-1 26-2-1 26-2-2 26-2-3 27 32 33-1-1 33-1-2 33-1-3 34-1 34-2 35-1 35-2-1 35-2-2")


def test_that_what_lasts_on_screen_asks_how_long_and_whether_corrected(chapter_three: list[Duty]) -> None:
    asked = {str(duty.code) for duty in chapter_three if _ids(duty) & HOW_LONG}
    assert asked == _codes("26-1 26-2-2 26-2-3 29 31-1 31-2 32 34-1 34-2 36 37-1")
    for duty in chapter_three:
        if duty.continuous:
            assert "span" in _ids(duty)
            assert duty.note is not None
            assert "持续" in duty.note.zh


def test_that_false_publicity_asks_each_question_once(catalogue: Catalogue) -> None:
    elements = catalogue.article("办法:34-1").elements
    assert [element.key.partition("#")[2] for element in elements] == ["speaker", "claim", "product", "false", "deceives", "extent"]


def test_that_every_duty_names_counter_evidence_or_an_exemption(measures: Edition) -> None:
    assert [str(duty.code) for duty in measures.duties if not duty.exemptions] == []


def test_that_the_ground_of_an_exemption_is_a_place_that_exists(catalogue: Catalogue, measures: Edition) -> None:
    grounds = {exemption.basis for duty in measures.duties for exemption in duty.exemptions if exemption.basis}
    assert len(grounds) >= 10
    for ground in grounds:
        assert catalogue.resolve(ground).article


def test_that_a_period_of_keeping_is_written_where_the_article_sets_it_and_nowhere_else(
    catalogue: Catalogue, texts: dict[str, OfficialText]
) -> None:
    text = texts["办法@2026-02-01"]
    for record in catalogue.records.values():
        if record.article.law != LAW:
            continue
        since = next((event for words, event in KEPT.items() if words in text.words(record.article)), None)
        assert (record.years, record.since) == ((3, since) if since else (None, None)), record.name


@pytest.mark.parametrize(
    ("holder", "places"),
    [
        ("platform", "7 8-1 8-2 8-3 9 10 12-3 13 14 16 17 18 20 22 24"),
        ("operator", "25-3 27 28-1 28-2 30 31-1 31-2 32 37-1"),
        ("agency", "38 39 40 41 42 43 44 45"),
    ],
)
def test_that_records_can_be_demanded_from_whoever_must_keep_them(catalogue: Catalogue, holder: str, places: str) -> None:
    held = {str(record.article) for record in catalogue.records.values() if record.holder == holder and record.article.law == LAW}
    assert held >= _codes(places)


def test_that_every_record_is_demanded_for_some_duty(catalogue: Catalogue, measures: Edition) -> None:
    editions = [edition for law in catalogue.laws.values() for edition in law]
    demanded = {record.name for edition in editions for duty in edition.duties for record in duty.records}
    assert set(catalogue.records) == demanded
    without = [str(duty.code) for duty in measures.duties if not duty.records]
    assert without == ["办法:46-2"]  # whatever was demanded is the record


def test_that_the_parts_of_a_duty_bound_to_one_party_show_on_its_card(catalogue: Catalogue) -> None:
    article = catalogue.article(ArticleCode(LAW, 31))
    assert [str(duty.code) for duty in article.duties] == ["办法:31-1", "办法:31-2"]
    assert len({element.key for element in article.elements}) == len(article.elements) == 9
