"""Merged texts into prices, series and duties; what was not read is neither shown nor absent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector_app.domain.timebase import SECOND, Interval
from inspector_app.vision.merge import ScreenText
from inspector_app.vision.prices import Price, prices_in, struck_of
from inspector_app.vision.showing import Read, absences, joined_spans, measured, proof_moments
from inspector_app.vision.tracks import ScreenTrack, tracks_of

SIZE = (720, 1280)
CARD = (300, 400, 500, 440)


def text(
    words: str, start: int, end: int, kind: str = "label", box: tuple[int, int, int, int] = CARD, series: tuple[tuple[int, str], ...] = ()
) -> ScreenText:
    timed = tuple((at * SECOND, value) for at, value in series)
    return ScreenText(start * SECOND, end * SECOND, words, 990, box, kind, 0, 0, timed)


def read(seconds: int, *skipped: range) -> Read:
    """Read once a second but for the skipped seconds."""
    instants = tuple(at * SECOND for at in range(seconds) if not any(at in span for span in skipped))
    return Read(instants, SECOND, seconds * SECOND)


def tracks(texts: list[ScreenText], of: Read, kind: str) -> list[ScreenTrack]:
    return [track for track in tracks_of(texts, of, SIZE) if track.kind == kind]


@pytest.mark.parametrize(
    ("words", "prices"),
    [
        ("到手价99元/件", [Price(9900, "件")]),
        ("￥ 1,299.50", [Price(129950)]),
        ("原价1,299", [Price(129900, "", True)]),
        ("原价¥399 直播价 59.9", [Price(39900, "", True), Price(5990)]),
        ("1.5万元", [Price(1_500_000)]),
        ("99块一斤", [Price(9900, "斤")]),
        ("基础班 ￥320/12节", [Price(32000, "12节")]),
        ("99元每2袋", [Price(9900, "2袋")]),
        ("剩余20件", []),
        ("3号链接", []),
        ("00:10", []),
        ("满300减40", []),
    ],
)
def test_that_a_price_is_a_whole_number_of_fen(words: str, prices: list[Price]) -> None:
    assert prices_in(words) == prices


def test_that_the_line_through_a_text_belongs_to_the_price_compared_with() -> None:
    assert struck_of(prices_in("直播价¥113 ¥349")) == 1
    assert struck_of(prices_in("原价¥349 会员 ¥999")) == 0
    assert struck_of([]) is None


def test_that_a_price_knows_the_struck_price_on_its_card_only() -> None:
    shown = [
        text("直播价¥113", 0, 10, "price"),
        text("¥349", 0, 10, "struck_price", (300, 450, 400, 480)),
        text("¥888", 0, 10, "struck_price", (300, 1100, 400, 1130)),
        text("原价¥500", 20, 30, "price", (300, 450, 400, 480)),
    ]
    found = {(track.facts["price_fen"], track.facts["struck"]): track for track in tracks(shown, read(30), "price")}
    assert set(found) == {(11300, ""), (34900, "line"), (88800, "line"), (50000, "words")}
    assert found[11300, ""].facts["compared_fen"] == [34900]
    assert found[11300, ""].series == ((0, 11300),)
    assert found[11300, ""].facts["shown_pm"] == 333


def test_that_a_countdown_that_begins_again_says_when() -> None:
    values = ((0, "00:00:04"), (2, "00:00:02"), (4, "00:05:00"), (6, "00:04:58"))
    again = text("00:05:00", 20, 22, "countdown", series=((20, "00:05:00"),))
    (track,) = tracks([text("00:00:04", 0, 8, "countdown", series=values), again], read(30), "countdown")
    assert [value for _, value in track.series] == [4, 2, 300, 298, 300]
    assert track.facts["restarts"] == [4 * SECOND]
    assert track.spans == ((0, 8 * SECOND), (20 * SECOND, 22 * SECOND))


def test_that_counters_are_told_apart_and_counted() -> None:
    shown = [
        text("剩余300件", 0, 20, "counter", (0, 0, 90, 30), ((0, "300"), (5, "299"), (9, "500"))),
        text("1.2万人在看", 0, 20, "counter", (0, 40, 90, 70), ((0, "1.2万"), (6, "1.25万"))),
        text("已售5万+", 0, 20, "counter", (0, 80, 90, 110), ((0, "5万+"),)),
    ]
    (stock,) = tracks(shown, read(20), "stock")
    assert (stock.facts["falls"], stock.facts["rises"], stock.facts["most"]) == (1, [9 * SECOND], 500)
    (viewers,) = tracks(shown, read(20), "viewers")
    assert [value for _, value in viewers.series] == [12_000, 12_500]
    (sold,) = tracks(shown, read(20), "sold")
    assert sold.series == ((0, 50_000),)


def test_that_a_duty_has_its_share_absence_size_and_proof_frames() -> None:
    shown = [text("商家：云朵商贸有限公司 客服电话", 4, 8, box=(20, 100, 380, 128)), text("营业执照公示", 12, 14, box=(20, 100, 200, 120))]
    (seller,) = tracks(shown, read(20), "seller_info")
    assert seller.spans == ((4 * SECOND, 8 * SECOND), (12 * SECOND, 14 * SECOND))
    facts = seller.facts
    assert (facts["shown_pm"], facts["longest_absence"], facts["absences"]) == (300, [14 * SECOND, 20 * SECOND], 3)
    assert facts["parts"] == {"name": 200, "address": 0, "contact": 200, "link": 100}
    assert (facts["height_pm"], facts["least_height_pm"], facts["area_pm"], facts["place"]) == (15, 15, 3, "top-left")
    moments = [(at_us // SECOND, why) for at_us, why in facts["proof"]]
    assert moments == [
        (4, "appears"),
        (7, "last"),
        (8, "disappears"),
        (12, "appears"),
        (13, "last"),
        (14, "disappears"),
        (17, "absent"),
    ]
    assert proof_moments([facts, facts]) == [at * SECOND for at in (4, 7, 8, 12, 13, 14, 17)]
    (licence,) = tracks(shown, read(20), "licence")
    assert licence.facts["shown_pm"] == 100


@pytest.mark.parametrize(
    ("words", "address"),
    [
        (["信丰县阿毛果业专业合作社 ｜ 江西省信丰县大塘埠镇"], 1000),
        (["海宁雯裳服饰有限公司", "海宁市许村镇"], 1000),
        (["石家庄市裕华区美琳体育文化有限公司"], 0),  # a name that begins with a place gives no address
        (["产自江西省赣州市信丰县"], 0),  # a place without a seller is none either
    ],
)
def test_that_a_place_beside_the_sellers_name_is_its_address(words: list[str], address: int) -> None:
    shown = [text(line, 0, 10, box=(20, 100 + 30 * row, 380, 128 + 30 * row)) for row, line in enumerate(words)]
    (seller,) = tracks(shown, read(10), "seller_info")
    assert seller.facts["parts"]["address"] == address


def test_that_nothing_is_claimed_about_what_was_not_read() -> None:
    shown = [text("内容由AI生成", 0, 5), text("内容由AI生成", 15, 20)]
    (label,) = tracks(shown, read(30, range(5, 15)), "ai_label")
    assert (label.facts["shown_pm"], label.facts["longest_absence"]) == (500, [20 * SECOND, 30 * SECOND])
    assert label.facts["unread"] == [[5 * SECOND, 15 * SECOND]]
    assert [5 * SECOND, "disappears"] not in label.facts["proof"]
    assert tracks_of([], Read((), SECOND, 30 * SECOND), SIZE) == []


def test_that_a_duty_never_met_has_a_track_that_says_so() -> None:
    (label,) = tracks([text("全网最低价", 0, 5, "caption")], read(10), "ai_label")
    assert (label.spans, label.facts["shown_pm"], label.facts["longest_absence"]) == ((), 0, [0, 10 * SECOND])


def test_that_a_viewer_who_names_a_licence_shows_none() -> None:
    (licence,) = tracks([text("小明：营业执照呢", 0, 9, "chat")], read(10), "licence")
    assert licence.facts["shown_pm"] == 0


@pytest.mark.parametrize("words", ["内容由AI生成", "人工智能生成内容", "本直播间为AI数字人", "A1生成", "虚拟主播为您服务", "由 A I 生成"])
def test_that_an_ai_label_is_known_in_the_ways_it_is_written(words: str) -> None:
    (label,) = tracks([text(words, 0, 10)], read(10), "ai_label")
    assert label.facts["shown_pm"] == 1000


@pytest.mark.parametrize("words", ["\u202e价低最网全\u202c", "\u0000\u0007¥\u200b99", "سعر ٩٩ ريال", "שלום 99元", "\ufeff", "剩" * 500])
def test_that_control_and_right_to_left_characters_do_no_harm(words: str) -> None:
    for kind in ("price", "counter", "countdown", "label"):
        assert {track.kind for track in tracks_of([text(words, 0, 5, kind)], read(10), SIZE)} >= {"seller_info", "licence", "ai_label"}


seconds = st.integers(0, 40)


@given(st.lists(st.tuples(seconds, seconds), max_size=8), st.sets(seconds, max_size=20))
def test_that_shown_and_absent_make_up_what_was_read(pairs: list[tuple[int, int]], skipped: set[int]) -> None:
    of = Read(tuple(at * SECOND for at in range(41) if at not in skipped), SECOND, 41 * SECOND)
    raw = [Interval(min(pair) * SECOND, (max(pair) + 1) * SECOND) for pair in pairs]
    shown = joined_spans(raw, of)
    facts = measured(shown, of)
    away = absences(shown, of)
    assert facts["shown_us"] + sum(span.length_us for span in away) == facts["read_us"] == len(of.instants) * SECOND
    assert all(not span.overlaps(one) for span in away for one in [*raw, *of.unread])
    assert 0 <= facts["shown_pm"] <= 1000
    assert sum(span.length_us for span in of.unread) == 41 * SECOND - facts["read_us"]
