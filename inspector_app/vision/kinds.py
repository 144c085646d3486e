"""What kind of screen text a line is by its words alone: a price, a countdown, a counter, a comment. Pure; best effort, never a finding.

It must not look at time or at other lines; `merge` adds what only movement and duration can tell.
"""

import re
import unicodedata
from typing import Final

_CLOCK: Final = re.compile(r"(?:\d{1,3}:)?\d{1,2}:\d{2}(?:\.\d)?")
_NUMBER: Final = r"\d[\d,]*(?:\.\d+)?"
#: Recognition reads ¥ as Y now and then; a bare Y right before a number is taken for it.
_PRICE: Final = re.compile(rf"(?:[¥Y]|RMB|CNY)\s*{_NUMBER}|{_NUMBER}\s*(?:万?元|块钱?)|价[^\d]{{0,3}}{_NUMBER}", re.IGNORECASE)
_COUNTED: Final = r"剩余|剩|库存|仅剩|还剩|限量|已售|已抢|已拍|已拼|已购|销量|热销|观看|在线|人气|看过|点赞|想买|加购|预约|热度|粉丝|本场"
_AMOUNT: Final = rf"{_NUMBER}(?:万|亿|w)?\+?"
_COUNTER: Final = re.compile(
    rf"(?:{_COUNTED})[^\d]{{0,6}}{_AMOUNT}|{_AMOUNT}[^\d]{{0,3}}(?:{_COUNTED})|{_AMOUNT}(?:件|人|单|份|套|瓶|盒|箱)", re.IGNORECASE
)
_COMMENT: Final = re.compile(r"[^:¥]{1,16}:\s*\S.*")


def plain(text: str) -> str:
    """The text as readings are compared: half-width (NFKC), no spaces."""
    return "".join(unicodedata.normalize("NFKC", text).split()).replace("￥", "¥")


def clock_in(text: str) -> str | None:
    """The `HH:MM:SS` or `MM:SS` of a line that is little else (a few words such as 距结束 beside it), as written; None otherwise."""
    words = plain(text)
    found = _CLOCK.search(words)
    return found.group() if found and len(words) - len(found.group()) <= 8 else None


def clock_value(clock: str) -> float:
    """Seconds of a clock `clock_in` found; used only to compare two of them."""
    seconds = 0.0
    for part in clock.split(":"):
        seconds = seconds * 60 + float(part)
    return seconds


def counter_in(text: str) -> str | None:
    """The number of a line such as 剩余库存 293件 or 1.2万人观看, with its 万; None if the line counts nothing."""
    found = None if is_price(text) else _COUNTER.search(plain(text))
    amount = re.search(_AMOUNT, found.group(), re.IGNORECASE) if found else None
    return amount.group() if amount else None


def is_price(text: str) -> bool:
    """Whether a line names a price: ¥99, 99元, 到手价99."""
    return _PRICE.search(plain(text)) is not None


def is_comment(text: str) -> bool:
    """Whether a line looks like `name: message`."""
    return clock_in(text) is None and _COMMENT.fullmatch(plain(text)) is not None


def han_count(text: str) -> int:
    """How many Chinese characters a line has."""
    return sum("\u4e00" <= character <= "\u9fff" for character in text)
