"""Prices in a line of screen text: the number in 分, per what, and whether the words call it a price to compare with. Pure.

A number is never rounded to fit, and a line that names no price gives none. Whether a line was drawn through a price is seen in the
picture (`reader.struck_through`), not here.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from inspector_app.vision.kinds import plain

#: Words for the price that the asked price is compared with (明码标价和禁止价格欺诈规定 16–19: 被比较价格).
_COMPARED: Final = "原价|划线价|专柜价|吊牌价|市场价|日常价|门市价|门店价|零售价|官方价|官网价|参考价|指导价|平时价|平时|出厂价|建议零售价"
_MEASURES: Final = (
    "件|份|盒|瓶|袋|斤|公斤|千克|克|支|包|套|箱|双|条|只|个|罐|桶|片|台|组|对|提|把|张|米|次|人|年|月|天|节|课时|卷|枚|颗|粒|株|棵|升|毫升"
)
#: /件, 每2袋, /100克, 一盒
_UNIT: Final = rf"(?:[/每](?P<unit>\d{{0,4}}(?:{_MEASURES}))|一(?P<one>{_MEASURES}))"
#: Recognition reads ¥ as Y now and then; a bare Y right before a number is taken for it.
_PRICE: Final = re.compile(
    rf"(?P<compared>{_COMPARED})?[^\d¥Y]{{0,3}}?(?P<sign>[¥Y]|RMB|CNY)?(?P<number>\d[\d,]*(?:\.\d{{1,2}})?)(?P<scale>万)?(?P<yuan>元|块钱?)?(?:{_UNIT})?",
    re.IGNORECASE,
)
_SAYS_PRICE: Final = re.compile(r"价[^\d]{0,3}$")


@dataclass(frozen=True)
class Price:
    """An amount in 分, per `unit` (件, 盒, 12节 …; "" where none is named); `compared` if the words say it is not the price asked."""

    fen: int
    unit: str = ""
    compared: bool = False


def prices_in(text: str) -> list[Price]:
    """The prices of a line in the order they stand: ¥99, 99元/件, 直播价99, 原价1,299."""
    words = plain(text)
    found = []
    for match in _PRICE.finditer(words):
        named = match["sign"] or match["yuan"] or match["compared"] or _SAYS_PRICE.search(words[: match.start("number")])
        if named:
            fen = Decimal(match["number"].replace(",", "")) * 100 * (10_000 if match["scale"] else 1)
            found.append(Price(int(fen), match["unit"] or match["one"] or "", bool(match["compared"])))
    return found


def struck_of(prices: Sequence[Price]) -> int | None:
    """Which of a line's prices the line drawn through belongs to: the one called a price to compare with, else the highest."""
    if not prices:
        return None
    named = [place for place, price in enumerate(prices) if price.compared]
    return named[0] if named else max(range(len(prices)), key=lambda place: prices[place].fen)
