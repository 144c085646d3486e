"""The laws a live-commerce file cites beside the Measures: whole, renumbered both ways, and with elements where the lead rules point."""

import json
import re
from datetime import date
from pathlib import Path

import pytest

from inspector_app.domain.codes import ArticleCode
from inspector_app.domain.errors import BadInput
from inspector_app.statutes.catalogue import Catalogue
from inspector_app.statutes.model import Edition
from inspector_app.statutes.official import OfficialText

RESOURCES = Path(__file__).parents[3] / "resources"
UNFAIR = "反不正当竞争法"
OLD, NEW = date(2025, 10, 14), date(2025, 10, 15)
#: 2019 number → 2025 number; 3, 14, 15, 18, 21, 30, 31 and 40 of 2025 are new.
RENUMBERED = dict(
    zip(
        range(1, 34),
        (*(1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 16, 17, 19, 20, 22), *range(23, 30), *range(32, 40), 41),
        strict=True,
    )
)
#: Every article that a live-commerce file is likely to cite has a summary of our own, not the heading alone.
SUMMARISED = {
    "广告法": "2 4 8 9 11 12 13 14 15 16 17 18 19 22 23 24 25 28 33 37 38 40 44 46 55 56 57 58 59 61 62",
    UNFAIR: "2 7 8 9 11 12 13 14 23 24 25 27 28 29 30 32 35",
    "消费者权益保护法": "8 16 20 21 23 24 25 26 28 29 44 45 55 56",
    "消法实施条例": "7 9 10 11 12 13 14 15 17 19 20 21 22 46 49 50 51",
    "电子商务法": "9 10 12 13 15 16 17 18 19 25 27 28 29 31 33 35 37 38 39 40 45 75 76 77 80 81 82 83 85",
    "价格法": "13 14 40 41 42",
    "价格违法规定": "4 7 11 13 14 16 17",
    "明码标价规定": "2 4 5 6 7 8 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26",
    "产品质量法": "5 13 26 27 33 35 36 37 38 39 49 50 51 52 53 54 55 59 72",
    "食品安全法": "34 35 38 53 62 67 68 71 73 75 78 79 97 122 123 124 125 126 131 136 140 148",
    "化妆品条例": "3 4 16 17 22 36 37 38 41 43 59 60 61 62 69",
    "互联网广告办法": "6 7 8 9 10 11 13 14 16 18 19 20 22 23 24 25 26 27 28 29 30",
    "侵害消费者权益办法": "5 6 7 8 9 10 11 12 13 14 15 16",
    "商标法": "14 48 52 53 57 58 60 61 62 63 64",
    "行政处罚法": "9 22 27 28 29 32 33 36 37 41 42 44 45 46 47 51 54 55 56 57 60 63",
    "程序规定": "7 10 11 18 19 20 21 22 23 24 25 26 27 28 29 31 33 34 35 43 44 45 48 49 50 54 55 57 60 62 64 78 79 86",
}
#: Duties the lead rules and the research point to; each with its exemptions or counter-evidence.
ELEMENTS = [
    "广告法:9-1-1",
    "广告法:9-1-2",
    "广告法:9-1-3",
    "广告法:11-2",
    "广告法:13",
    "广告法:16-1",
    "广告法:17",
    "广告法:18-1",
    "广告法:18-2",
    "广告法:23",
    "广告法:24",
    "广告法:25",
    "广告法:28",
    "广告法:38-1",
    "广告法:38-2",
    "食品安全法:73-1",
    "化妆品条例:43-2",
    "明码标价规定:16-1",
    "明码标价规定:16-2",
    "明码标价规定:16-3",
    "明码标价规定:17-1",
    "明码标价规定:17-2",
    "明码标价规定:18",
    "明码标价规定:19-1-2",
    "明码标价规定:19-1-3",
    "明码标价规定:19-1-4",
    "明码标价规定:19-1-5",
    "明码标价规定:19-1-6",
    "明码标价规定:20-1-1",
    "明码标价规定:20-1-2",
    "反不正当竞争法:7",
    "反不正当竞争法:9-1",
    "反不正当竞争法:9-2",
    "反不正当竞争法:11",
    "反不正当竞争法:12",
    "消法实施条例:9-1",
    "消法实施条例:9-2",
    "消法实施条例:15",
    "侵害消费者权益办法:6-1-3",
    "侵害消费者权益办法:6-1-4",
    "侵害消费者权益办法:6-1-5",
]
#: First day in force | place | elements | exemptions that findings may already hold: others may join them, none is renamed or taken away.
STABLE = """
2021-04-29 | 广告法:8-1 | is_ad unclear |
2021-04-29 | 广告法:8-2 | gift unspecified |
2021-04-29 | 广告法:9-1-1 | is_ad symbol |
2021-04-29 | 广告法:9-1-2 | is_ad organ promotes | law_cited
2021-04-29 | 广告法:9-1-3 | is_ad term points_at_goods no_ground | not_goods self_comparison tips grade_term name_or_mark award limited_fact minor never_minor
2021-04-29 | 广告法:11-2 | is_ad quote no_source |
2021-04-29 | 广告法:13 | is_ad other belittles |
2021-04-29 | 广告法:14-1 | is_ad not_marked | plain_sale
2021-04-29 | 广告法:16-1 | goods content |
2021-04-29 | 广告法:17 | is_ad not_medical claim | denied approved
2021-04-29 | 广告法:18-1 | goods content | approved
2021-04-29 | 广告法:18-2 | goods no_warning |
2021-04-29 | 广告法:24 | course content |
2021-04-29 | 广告法:25 | investment content |
2021-04-29 | 广告法:28 | is_ad claim false material | proof
2014-03-15 | 消费者权益保护法:20-1 | information false |
2014-03-15 | 消费者权益保护法:25 | statement returnable | confirmed
2014-03-15 | 消费者权益保护法:26-2 | term unfair |
2024-07-01 | 消法实施条例:9-1 | claim invented |
2024-07-01 | 消法实施条例:10-1 | offer not_shown |
2024-07-01 | 消法实施条例:12 | promise not_kept |
2024-07-01 | 消法实施条例:19-1 | statement widened | confirmed
2024-07-01 | 消法实施条例:13-2 | distance no_name |
2024-07-01 | 消法实施条例:15 | effect audience no_need |
2021-01-01 | 化妆品条例:43-2 | cosmetic is_ad claim | special basis
2019-01-01 | 电子商务法:15-1 | page_seen missing |
2019-01-01 | 电子商务法:17 | fake publicity deceives |
2021-04-29 | 食品安全法:73-1 | food is_ad claim | denied
2023-05-01 | 互联网广告办法:9-3 | form link not_marked |
1998-05-01 | 价格法:13-1 | offer not_marked |
1998-05-01 | 价格法:13-2 | marked charged |
1998-05-01 | 价格法:14-1-4 | means false lures | not_fraud
2022-07-01 | 明码标价规定:5-1 | offer not_marked | excepted
2022-07-01 | 明码标价规定:13 | offer not_marked |
2022-07-01 | 明码标价规定:16-1 | comparison untrue | source
2022-07-01 | 明码标价规定:16-2 | comparison seven_days |
2022-07-01 | 明码标价规定:17-1 | raised as_basis | reason
2022-07-01 | 明码标价规定:17-2 | basis groundless |
2022-07-01 | 明码标价规定:19-1-2 | lure charged |
2022-07-01 | 明码标价规定:19-1-3 | claim basis_price false sold | no_intent better_off rounding
2022-07-01 | 明码标价规定:19-1-4 | words deceptive |
2022-07-01 | 明码标价规定:19-1-5 | promise not_kept |
2022-07-01 | 明码标价规定:19-1-6 | condition hidden |
2022-07-01 | 明码标价规定:20-1-1 | front detail |
2022-07-01 | 明码标价规定:20-1-2 | announced differs |
2018-12-29 | 产品质量法:39 | sold fake |
2019-04-23 | 反不正当竞争法:6 | sign no_right confuses |
2019-04-23 | 反不正当竞争法:8-1 | business claim false deceives | proof is_ad
2019-04-23 | 反不正当竞争法:8-2 | organised helps |
2019-04-23 | 反不正当竞争法:10 | prize_sale fault |
2019-04-23 | 反不正当竞争法:11 | competitor false harm |
2025-10-15 | 反不正当竞争法:7 | sign no_right confuses |
2025-10-15 | 反不正当竞争法:9-1 | business claim false deceives | proof is_ad
2025-10-15 | 反不正当竞争法:9-2 | organised helps |
2025-10-15 | 反不正当竞争法:11 | prize_sale fault |
2025-10-15 | 反不正当竞争法:12 | business target false harm | true_statement
"""


def _editions(catalogue: Catalogue) -> list[Edition]:
    return [edition for law in catalogue.laws.values() for edition in law]


def _ids(keys: list[str]) -> set[str]:
    return {key.partition("#")[2] for key in keys}


def test_that_every_article_of_every_edition_is_carried(catalogue: Catalogue) -> None:
    assert len(catalogue.laws) == 17
    for edition in _editions(catalogue):
        assert [provision.number for provision in edition.provisions] == list(range(1, edition.articles_total + 1)), edition.id


def test_that_articles_paragraphs_and_items_are_exactly_the_texts(catalogue: Catalogue, texts: dict[str, OfficialText]) -> None:
    for edition in _editions(catalogue):
        ours = [[len(paragraph.items) for paragraph in provision.paragraphs] for provision in edition.provisions]
        theirs = [[len(paragraph.items) for paragraph in article.paragraphs] for article in texts[edition.id].articles]
        assert ours == theirs, edition.id


def test_that_titles_are_short_words_of_our_own(catalogue: Catalogue) -> None:
    for edition in _editions(catalogue):
        for provision in edition.provisions:
            assert 2 <= len(provision.title.zh) <= 20, (edition.id, provision.number)
            assert not re.search("[。，；：]", provision.title.zh), (edition.id, provision.number)
            assert provision.title.en[0].isupper() or provision.title.en[0] in "“‘", (edition.id, provision.number)


def test_that_a_place_carried_by_its_heading_says_so_and_can_be_cited(catalogue: Catalogue) -> None:
    whole = catalogue.article("食品安全法:33")
    assert not whole.summarised
    assert whole.summary == whole.title
    assert len(whole.parts) == 2
    item = catalogue.article("食品安全法:33-1-11")
    assert item.citation == "《食品安全法》第三十三条第一款第（十一）项"
    assert not item.summarised
    with pytest.raises(BadInput, match=r"law\.unknown_article"):
        catalogue.article("食品安全法:33-1-12")
    counted = catalogue.article("食品安全法:126-1-3")  # a 款 in summary whose 项 are only counted
    assert not counted.summarised
    assert catalogue.article("食品安全法:126-1").summarised
    assert catalogue.article("食品安全法:126").summarised


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("paragraphs: [0]}", "paragraphs: [none]}", "not_a_number"),
        ("paragraphs: [0]}", "paragraphs: [-1]}", "not_a_number"),
        ("paragraphs: [0]}", "paragraphs: 0}", "not_a_list"),
        ("paragraphs: [0]}", "paragraphs: []}", "missing_field"),
        ("items: 13}", "items: many}", "not_a_number"),
        ("items: 13}", "items: {zh: 一, en: one}}", "not_a_list"),
    ],
)
def test_that_a_wrong_count_is_refused(folder: Path, old: str, new: str, problem: str) -> None:
    path = folder / "food_safety_law_2021.yaml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(BadInput) as caught:
        Catalogue.load(folder)
    assert caught.value.code == "law.bad_catalogue"
    assert (caught.value.facts["file"], caught.value.facts["problem"]) == (path.name, problem)


def test_that_what_a_live_commerce_file_cites_is_summarised(catalogue: Catalogue) -> None:
    for law, numbers in SUMMARISED.items():
        for number in numbers.split():
            article = catalogue.article(ArticleCode(law, int(number)))
            assert article.summarised, article.code
            assert article.binds or article.kind in ("definition", "liability", "attribution", "procedure"), article.code


@pytest.mark.parametrize("file", ["a_claims.yaml", "b_prices.yaml", "c_e_f_conduct.yaml"])
def test_that_every_code_of_the_lead_rules_names_a_place_with_elements(catalogue: Catalogue, file: str) -> None:
    text = (RESOURCES / "lexicon" / file).read_text("utf-8")
    codes = {code for places in re.findall(r"^ +articles: \[(.*)\]$", text, re.MULTILINE) for code in re.findall(r'"([^"]+)"', places)}
    assert len(codes) >= 5
    for code in codes:
        article = catalogue.article(code)
        assert article.code.law in catalogue.laws
        assert article.elements, code
        assert article.liability, code


def test_that_every_code_of_the_demonstration_key_is_canonical(catalogue: Catalogue) -> None:
    items = json.loads((RESOURCES / "demo" / "key.json").read_text("utf-8"))["items"]
    codes = {code for item in items for code in item["articles"]}
    assert codes
    assert {str(catalogue.resolve(code)) for code in codes} == codes


def test_that_the_prohibitions_rules_lead_to_have_elements_exhibits_and_counter_evidence(catalogue: Catalogue) -> None:
    for code in ELEMENTS:
        [duty] = [duty for duty in catalogue.article(code).duties if str(duty.code) == code]
        assert len(duty.elements) >= 2, code
        assert duty.exemptions, code
        assert duty.records, code
        kinds = {kind for element in duty.elements for kind in element.exhibits}
        assert kinds & {"quote", "clip", "still", "screen_text", "chat"}, code  # a recording proves at least part of it


def test_that_keys_which_findings_store_are_still_there(catalogue: Catalogue) -> None:
    for line in STABLE.strip().splitlines():
        day, code, elements, exemptions = (part.strip() for part in line.split("|"))
        [duty] = [duty for duty in catalogue.article(code, date.fromisoformat(day)).duties if str(duty.code) == code]
        assert set(elements.split()) <= _ids([element.key for element in duty.elements]), code
        assert set(exemptions.split()) <= _ids([exemption.key for exemption in duty.exemptions]), code


def test_that_the_guide_on_absolute_terms_is_there_with_its_ground(catalogue: Catalogue) -> None:
    [duty] = catalogue.article("广告法:9-1-3").duties
    grounds = "".join(exemption.basis or "" for exemption in duty.exemptions)
    for place in ("第四条", "第五条", *(f"第六条第（{item}）项" for item in "一二三四五六"), "第七条", "第九条", "第十条", "第十一条"):
        assert place in grounds, place


def test_that_grounds_which_lie_in_a_law_carried_here_exist(catalogue: Catalogue) -> None:
    found = 0
    for edition in _editions(catalogue):
        for basis in (exemption.basis for duty in edition.duties for exemption in duty.exemptions):
            if basis and "指南" not in basis and "、" not in basis and "（2019年修正）" not in basis:
                assert catalogue.resolve(basis), basis
                found += 1
    assert found >= 10


# --- renumbering --------------------------------------------------------------------------------------------------------------------


def test_that_the_renumbering_of_2025_is_mapped_both_ways_for_every_article(catalogue: Catalogue) -> None:
    older, newer = catalogue.laws[UNFAIR]
    assert {one.number: one.renumbered_to for one in older.provisions} == RENUMBERED
    back = {one.number: one.renumbered_from for one in newer.provisions if one.renumbered_from is not None}
    assert back == {new: old for old, new in RENUMBERED.items()}
    assert sorted(set(range(1, 42)) - set(back)) == [3, 14, 15, 18, 21, 30, 31, 40]


def test_that_renumbered_articles_are_about_the_same_matter(catalogue: Catalogue) -> None:
    older, newer = catalogue.laws[UNFAIR]
    for old, new in RENUMBERED.items():
        one, other = older.provision(old), newer.provision(new)
        assert one is not None
        assert other is not None
        assert set(one.title.zh) & set(other.title.zh), (old, new)
        assert one.kind == other.kind, (old, new)


@pytest.mark.parametrize(
    ("today", "then"),
    [("7", "6"), ("9-1", "8-1"), ("9-2", "8-2"), ("11", "10"), ("12", "11"), ("25-1", "20-1"), ("28", "23"), ("29", "24")],
)
def test_that_a_code_in_todays_numbers_is_numbered_as_on_the_day(catalogue: Catalogue, today: str, then: str) -> None:
    """The older edition carries an article under today's number too (第九条 was trade secrets): it must not be taken for the one meant."""
    assert str(catalogue.numbered_on(f"{UNFAIR}:{today}", OLD)) == f"{UNFAIR}:{then}"
    assert str(catalogue.numbered_on(f"{UNFAIR}:{today}", NEW)) == f"{UNFAIR}:{today}"


def test_that_an_article_that_is_new_has_no_number_on_an_older_day(catalogue: Catalogue) -> None:
    with pytest.raises(BadInput) as caught:
        catalogue.numbered_on(f"{UNFAIR}:14", OLD)
    assert caught.value.code == "law.unknown_article"
    with pytest.raises(BadInput) as caught:
        catalogue.numbered_on("办法:34-1", OLD)
    assert caught.value.code == "law.not_in_force"


def test_that_references_of_other_laws_are_numbered_as_on_the_day(catalogue: Catalogue) -> None:
    then, now = catalogue.article("电子商务法:17", OLD), catalogue.article("电子商务法:17", NEW)
    assert [str(code) for code in then.liability[0].penalties] == [f"{UNFAIR}:20-1"]
    assert {penalty.range.zh for penalty in then.penalty} >= {"20万至100万元"}
    assert f"{UNFAIR}:8-1" in [str(code) for code in then.duties[0].parallel]
    assert [str(code) for code in now.liability[0].penalties] == [f"{UNFAIR}:25-1"]
    assert f"{UNFAIR}:9-1" in [str(code) for code in now.duties[0].parallel]


def test_that_an_older_liability_clause_answers_only_duties_of_its_own_day(catalogue: Catalogue) -> None:
    assert [str(code) for code in catalogue.article(f"{UNFAIR}:20-1", OLD).answers] == [f"{UNFAIR}:8-1", f"{UNFAIR}:8-2"]
    assert catalogue.article(f"{UNFAIR}:25", OLD).answers == ()
    assert f"{UNFAIR}:9-1" in [str(code) for code in catalogue.article(f"{UNFAIR}:25-1").answers]
