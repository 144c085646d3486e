import pytest

from inspector_app.domain.timebase import SECOND
from inspector_app.leads.checks import absences
from inspector_app.leads.engine import run
from inspector_app.leads.material import ChatMessage, Material, ScreenText, Utterance
from inspector_app.leads.rules import RuleSet

S = SECOND


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        ([], [(0, 100)]),
        ([(0, 100)], []),
        ([(20, 60)], [(0, 20), (60, 100)]),
        ([(0, 95)], []),
        ([(0, 50), (10, 20), (58, 100)], []),
        ([(0, 30), (60, 200)], [(30, 60)]),
    ],
)
def test_that_absences_are_what_no_interval_covers(shown: list[tuple[int, int]], expected: list[tuple[int, int]]) -> None:
    assert list(absences(shown, 100, 10)) == expected


def test_that_every_absence_of_seller_information_is_a_lead(lexicon: RuleSet) -> None:
    shown = (
        ScreenText("a", 0, 24 * S, "商家信息"),
        ScreenText("b", 42 * S, 78 * S, "商家信息 云朵小铺"),
        ScreenText("c", 24 * S, 42 * S, "今日福利"),
    )
    leads = [lead for lead in run(lexicon, Material(96 * S, (), shown)) if lead.rule == "E01-seller-display"]
    assert [(lead.start_us, lead.end_us) for lead in leads] == [(24 * S, 42 * S), (78 * S, 96 * S)]
    assert "18" in leads[0].reason_zh


def test_that_nothing_is_said_about_a_screen_nobody_read(lexicon: RuleSet) -> None:
    assert not run(lexicon, Material(96 * S, (Utterance("u", 0, S, "大家好"),)))


def test_that_a_label_is_asked_for_only_where_a_digital_host_is_declared(lexicon: RuleSet) -> None:
    shown = (ScreenText("a", 0, 60 * S, "商家信息"),)
    assert not run(lexicon, Material(60 * S, (), shown))
    said = (Utterance("u", 0, 4 * S, "大家好，我是数字人小云"),)
    (lead,) = run(lexicon, Material(60 * S, said, shown))
    assert (lead.rule, lead.source_ids) == ("E03-ai-label", ("u",))


def test_that_a_repeated_claim_is_one_lead_with_all_its_sources(lexicon: RuleSet) -> None:
    said = tuple(Utterance(f"u{n}", n * 60 * S, n * 60 * S + 3 * S, "真的最后十单了") for n in range(4))
    (lead,) = [lead for lead in run(lexicon, Material(600 * S, said)) if lead.rule == "B03-repeated"]
    assert (lead.times, lead.start_us, lead.end_us) == (4, 0, 183 * S)
    assert lead.source_ids == ("u0", "u1", "u2", "u3")


def test_that_claims_far_apart_are_not_a_repetition(lexicon: RuleSet) -> None:
    said = tuple(Utterance(f"u{n}", n * 1200 * S, n * 1200 * S + 3 * S, "最后十单") for n in range(3))
    assert not [lead for lead in run(lexicon, Material(4000 * S, said)) if lead.rule == "B03-repeated"]


def test_that_one_sender_repeating_himself_is_no_crowd(lexicon: RuleSet) -> None:
    chat = tuple(ChatMessage(f"c{n}", n * S, "甲", "真的好用") for n in range(9))
    assert not run(lexicon, Material(60 * S, (), (), chat))


def test_that_a_countdown_that_rises_is_a_lead_at_that_moment(lexicon: RuleSet) -> None:
    series = tuple((n * S, f"00:{30 - n % 31:02d}") for n in range(60))
    shown = (ScreenText("a", 0, 60 * S, "距结束 00:30", "countdown", (), series),)
    leads = [lead for lead in run(lexicon, Material(60 * S, (), shown)) if lead.rule == "B03-countdown"]
    assert [(lead.start_us, lead.end_us) for lead in leads] == [(30 * S, 32 * S)]


def test_that_a_struck_price_needs_its_basis_at_that_time(lexicon: RuleSet) -> None:
    price = ScreenText("a", 0, 20 * S, "¥999", "struck_price")
    basis = ScreenText("b", 30 * S, 40 * S, "价格说明：原价为前七日最低成交价")
    badge = ScreenText("c", 0, 60 * S, "商家信息")
    (lead,) = run(lexicon, Material(60 * S, (), (price, basis, badge)))
    assert lead.rule == "B01-struck-price"
    together = ScreenText("b", 10 * S, 40 * S, basis.text)
    assert not run(lexicon, Material(60 * S, (), (price, together, badge)))


def test_that_a_spoken_price_below_the_one_shown_names_both(lexicon: RuleSet) -> None:
    material = Material(
        60 * S, (Utterance("u", 10 * S, 13 * S, "今天只要九十九元"),), (ScreenText("a", 0, 60 * S, "直播价 ¥129 商家信息"),)
    )
    (lead,) = run(lexicon, material)
    assert lead.rule == "B01-spoken-below-shown"
    assert "99" in lead.reason_zh
    assert "129" in lead.reason_zh
