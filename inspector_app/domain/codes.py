"""Article codes: a law's short name with 条, 款 and 项 kept apart, as `办法:34-1`, `广告法:9-1-3` or `办法:26-2-(二)`.

The number of a 款 is omitted only where the article has one 款 or the whole article is meant. 项 is always the third part, so
第五十九条第（一）项 is `办法:59-1-1`.
"""

import re
from dataclasses import dataclass

_DIGITS = "零一二三四五六七八九"
_UNITS = {"十": 10, "百": 100, "千": 1000}
_NUMBER = r"[0-9零〇一二两三四五六七八九十百千]+"
_SPOKEN = re.compile(rf"第?({_NUMBER})条(之[一二三四五六七八九])?(?:第?({_NUMBER})款)?(?:第?[（(]?({_NUMBER})[)）]?项)?")
_SHORT = re.compile(r"(\d+)(?:-(\d+))?(?:-[（(]?([0-9一二三四五六七八九十]+)[)）]?)?")


def chinese_number(text: str) -> int:
    """`二十六`, `一百零三` or `26` to an integer; raises ValueError otherwise."""
    if text.isdigit():
        return int(text)
    total, digit = 0, 0
    for character in text.replace("〇", "零").replace("两", "二"):
        if character in _DIGITS:
            digit = _DIGITS.index(character)
        elif character in _UNITS:
            total += (digit or 1) * _UNITS[character]
            digit = 0
        else:
            raise ValueError(text)
    return total + digit


def to_chinese_number(number: int) -> str:
    """1 … 9999 in Chinese numerals as statutes write them (`十二`, `二十六`, `一百零三`)."""
    if not 0 < number < 10_000:
        raise ValueError(number)
    out, zero = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // unit % 10
        if digit:
            out += ("零" if zero and out else "") + _DIGITS[digit] + name
            zero = False
        elif out:
            zero = True
    return out.removeprefix("一") if out.startswith("一十") else out


@dataclass(frozen=True, order=True)
class ArticleCode:
    """One place in a law: short name of the law, article 条, paragraph 款 (0 = the whole article), item 项 (0 = none)."""

    law: str
    article: int
    paragraph: int = 0
    item: int = 0

    @staticmethod
    def parse(text: str) -> "ArticleCode":
        """Parses `办法:26-2-(二)`, `办法:26-2-2`, `办法二十六条二款二项`, `第三十四条第一款` (law then 办法); ValueError otherwise."""
        law, colon, rest = text.strip().replace("：", ":").partition(":")
        if not colon:
            match = re.match(r"\D*?(?=第?" + _NUMBER + r"条|\d)", law)
            if match is None:
                raise ValueError(text)
            law, rest = law[: match.end()], law[match.end() :]
        law = law.strip("《》 ") or "办法"
        rest = rest.strip()
        short = _SHORT.fullmatch(rest)
        spoken = _SPOKEN.fullmatch(rest)
        if short:
            article, paragraph, item = short.groups()
        elif spoken and not spoken.group(2):
            article, _, paragraph, item = spoken.groups()
            if item and not paragraph:
                paragraph = "1"
        else:
            raise ValueError(text)
        return ArticleCode(law, chinese_number(article), *(chinese_number(part) if part else 0 for part in (paragraph, item)))

    def __str__(self) -> str:
        parts = [str(self.article)]
        if self.paragraph or self.item:
            parts.append(str(self.paragraph))
        if self.item:
            parts.append(str(self.item))
        return f"{self.law}:{'-'.join(parts)}"

    def spoken(self) -> str:
        """As a Chinese document cites it: 第二十六条第二款第（二）项."""
        text = f"第{to_chinese_number(self.article)}条"
        if self.paragraph:
            text += f"第{to_chinese_number(self.paragraph)}款"
        if self.item:
            text += f"第（{to_chinese_number(self.item)}）项"
        return text

    def within(self, other: "ArticleCode") -> bool:
        """Whether this place lies in `other` (the same, or a 款/项 of it)."""
        return (
            self.law == other.law
            and self.article == other.article
            and other.paragraph in (0, self.paragraph)
            and other.item in (0, self.item)
        )
