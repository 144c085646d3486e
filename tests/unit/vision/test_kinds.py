"""What the words of a line alone say about its kind."""

import pytest

from inspector_app.vision import kinds


@pytest.mark.parametrize("text", ["¥99", "￥ 1,299.00", "Y399.00", "99元", "到手价99", "直播间专享价：59.9", "1.5万元", "20块"])
def test_that_a_price_is_known_in_every_way_it_is_written(text: str) -> None:
    assert kinds.is_price(text)


@pytest.mark.parametrize("text", ["剩余库存 293件", "全网最低价", "00:09:53", "3号链接", "SKYY", "2026年2月1日"])
def test_that_other_numbers_are_not_prices(text: str) -> None:
    assert not kinds.is_price(text)


@pytest.mark.parametrize(
    ("text", "clock"),
    [("00:09:53", "00:09:53"), ("距结束 09：53", "09:53"), ("1:02:03.5", "1:02:03.5"), ("小明：12", None), ("比分3:2", None)],
)
def test_that_a_clock_is_found_with_a_few_words_beside_it(text: str, clock: str | None) -> None:
    assert kinds.clock_in(text) == clock


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("剩余库存 293件", "293"),
        ("仅剩3件", "3"),
        ("1.2万人观看", "1.2万"),
        ("12,345人", "12,345"),
        ("已售 5万+", "5万+"),
        ("到手价99元/件", None),
        ("第3代", None),
    ],
)
def test_that_a_counter_gives_its_number_and_a_price_is_no_counter(text: str, amount: str | None) -> None:
    assert kinds.counter_in(text) == amount


def test_that_a_comment_is_a_name_a_colon_and_a_message() -> None:
    assert kinds.is_comment("小明：这个多少钱")
    assert not kinds.is_comment("00:09:53")
    assert not kinds.is_comment("全场包邮")
