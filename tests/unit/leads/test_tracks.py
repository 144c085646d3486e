"""What the reading of the screen measured over time (tracks), as the checks read it."""

from inspector_app.domain.timebase import SECOND
from inspector_app.leads.engine import run
from inspector_app.leads.lead import Lead
from inspector_app.leads.material import Material, ScreenText, Track, Utterance
from inspector_app.leads.rules import RuleSet

S = SECOND


def of(rules: RuleSet, rule: str, material: Material) -> list[Lead]:
    return [lead for lead in run(rules, material) if lead.rule == rule]


def test_that_what_a_track_saw_or_nobody_read_is_no_absence(lexicon: RuleSet) -> None:
    shown = (ScreenText("a", 0, 96 * S, "今日福利"),)
    track = Track("seller_info", "经营者：某店", ((0, 30 * S),), unread=((60 * S, 96 * S),))
    (lead,) = of(lexicon, "E01-seller-display", Material(96 * S, (), shown, tracks=(track,)))
    assert (lead.start_us, lead.end_us) == (30 * S, 60 * S)


def test_that_two_countdowns_on_one_screen_are_not_mixed_up(lexicon: RuleSet) -> None:
    shown = (ScreenText("a", 0, 90 * S, "距结束 00:30", "countdown"), ScreenText("b", 0, 90 * S, "限时 09:00", "countdown"))
    steady = Track("countdown", "限时 09:00", ((0, 90 * S),), ((0, 540), (90 * S, 450)))
    again = Track("countdown", "距结束 00:30", ((0, 90 * S),), ((0, 30), (29 * S, 1), (31 * S, 30), (60 * S, 1)))
    slip = Track("countdown", "距结束 00:30", ((0, 90 * S),), ((0, 30), (10 * S, 20), (11 * S, 22), (30 * S, 3)))
    (lead,) = of(lexicon, "B03-countdown", Material(90 * S, (), shown, tracks=(steady, again)))
    assert (lead.start_us, lead.end_us, lead.quote) == (29 * S, 32 * S, "距结束 00:30")
    assert not of(lexicon, "B03-countdown", Material(90 * S, (), shown, tracks=(steady, slip)))


def test_that_a_stock_counter_that_stands_still_for_long_is_a_lead(lexicon: RuleSet) -> None:
    shown = (ScreenText("a", 0, 1_200 * S, "库存 20 件", "counter"),)
    still = Track("stock", "库存 20 件", ((0, 1_200 * S),), ((0, 20),))
    falls = Track("stock", "库存 20 件", ((0, 1_200 * S),), ((0, 20), (300 * S, 12)))
    short = Track("stock", "库存 20 件", ((0, 300 * S),), ((0, 20),))
    (lead,) = of(lexicon, "B03-stock", Material(1_200 * S, (), shown, tracks=(still,)))
    assert (lead.start_us, lead.end_us, lead.facts["shown"]) == (0, 1_200 * S, "20 → 20")
    for track in (falls, short):
        assert not of(lexicon, "B03-stock", Material(1_200 * S, (), shown, tracks=(track,)))


def test_that_a_spoken_price_is_compared_with_the_price_cards(lexicon: RuleSet) -> None:
    said = (Utterance("u", 10 * S, 14 * S, "今天只要九十九元"),)
    card = Track("price", "¥129", ((0, 60 * S),), fen=12_900)
    struck = Track("price", "¥599", ((0, 60 * S),))
    (lead,) = of(lexicon, "B01-spoken-below-shown", Material(60 * S, said, tracks=(card, struck)))
    assert (lead.facts["spoken"], lead.facts["shown"]) == ("99", "129")
    for tracks in (
        (struck,),
        (Track("price", "¥99", ((0, 60 * S),), fen=9_900), card),
        (Track("price", "¥129", ((40 * S, 60 * S),), fen=12_900),),
    ):
        assert not of(lexicon, "B01-spoken-below-shown", Material(60 * S, said, tracks=tracks))
