"""Quantities said or written in Chinese numerals, as digits, so that 九十九 and 99 are one price. Words that only contain a numeral
(唯一, 千万, 十分, 万一) are left alone: a numeral is converted when it counts something.
"""

import re
from collections.abc import Callable
from decimal import Decimal

_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_LARGE = {"万": 10_000, "亿": 100_000_000}
_CHARACTERS = "零〇一二两三四五六七八九十百千万亿"
#: a text without any of these holds nothing to convert: a digit stays as it is unless one of them stands with it
CHARACTERS = frozenset(_CHARACTERS + "块元")
_MEASURES = "元块角毛单件份套盒瓶包支条袋罐箱斤克天日周月年岁名位个人次期倍秒枚粒台把双杯桶颗片张只款种项层届代星折本科公厘寸"
#: characters before a single numeral that make it part of a word
_BOUND = "第唯统专每不万同逐任另如单划"

Convert = Callable[[re.Match[str]], str | None]


def _plain(value: Decimal) -> str:
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _section(text: str) -> int | None:
    """`三百九十九`, `一百二` (120), `二零二四` (digit by digit); None where the characters are no number."""
    if all(character in _DIGITS for character in text):
        return int("".join(str(_DIGITS[character]) for character in text))
    total, digit, last_unit = 0, None, 0
    for character in text:
        if character in _DIGITS:
            if digit not in (None, 0):
                return None
            digit = _DIGITS[character]
        else:
            unit = _UNITS[character]
            if last_unit and unit >= last_unit:
                return None
            total += (1 if digit is None else digit) * unit
            digit, last_unit = None, unit
    if digit:
        spoken_short = last_unit > 10 and "零" not in text and "〇" not in text and text[-2] in _UNITS
        total += digit * (last_unit // 10 if spoken_short else 1)
    return total


def value(text: str) -> Decimal | None:
    """A Chinese or mixed number (`三百九十九`, `十点五`, `3万5`, `1.2亿`) as a decimal; None where it is no number."""
    whole, dot, fraction = text.partition("点")
    if dot:
        head = value(whole)
        if head is None or not fraction or any(character not in _DIGITS for character in fraction):
            return None
        return head + Decimal("0." + "".join(str(_DIGITS[character]) for character in fraction))
    for large, factor in sorted(_LARGE.items(), key=lambda pair: -pair[1]):
        head_text, found, tail_text = text.partition(large)
        if found:
            head = value(head_text)
            tail = value(tail_text) if tail_text else Decimal(0)
            if head is None or tail is None:
                return None
            if len(tail_text) == 1 and tail_text in _DIGITS:
                tail *= factor // 10
            return head * factor + tail
    if re.fullmatch(r"\d{1,12}(?:\.\d{1,6})?", text):
        return Decimal(text)
    mixed = re.fullmatch(r"(\d{1,6}(?:\.\d{1,4})?)([百千])", text)
    if mixed:
        return Decimal(mixed.group(1)) * _UNITS[mixed.group(2)]
    if not text or any(character not in _DIGITS and character not in _UNITS for character in text):
        return None
    section = _section(text)
    return None if section is None else Decimal(section)


def _counts(match: re.Match[str]) -> bool:
    """Whether a run of numerals counts something where it stands."""
    run = match.group()
    if run[0] in "百千万亿":
        return False
    if len(run) == 1:
        before = match.string[: match.start()][-1:]
        after = match.string[match.end() : match.end() + 2]
        bound = before != "" and before in _BOUND
        return not bound and ((after != "" and after[0] in _MEASURES) or after in ("小时", "分钟"))
    if all(character in _DIGITS for character in run):
        return len(run) > 2  # 三四天 is a guess, 七八 a range, 三二一 a count
    return True


def _percent(match: re.Match[str]) -> str | None:
    number = value("一百" if match.group(1) in ("百", "") else match.group(1))
    return None if number is None else _plain(number) + "%"


def _price(match: re.Match[str]) -> str | None:
    """`九块九` and `19块9毛` as `9.9元` and `19.9元`."""
    whole, tenths = value(match.group(1)), value(match.group(2))
    if whole is None or tenths is None or tenths >= 10:
        return None
    return _plain(whole + tenths / 10) + "元"


def _ordinal(match: re.Match[str]) -> str | None:
    number = value(match.group(1))
    return None if number is None else "第" + _plain(number)


def _run(match: re.Match[str]) -> str | None:
    if not _counts(match):
        return None
    number = value(match.group())
    return None if number is None else _plain(number)


def _mixed(match: re.Match[str]) -> str | None:
    number = value(match.group())
    return None if number is None else _plain(number)


_NUMBER = rf"(?:\d{{1,9}}(?:\.\d{{1,4}})?|[{_CHARACTERS}]{{1,12}}(?:点[零一二三四五六七八九]{{1,4}})?)"

#: in the order in which they are applied
CONVERSIONS: tuple[tuple[re.Pattern[str], Convert], ...] = (
    (re.compile(rf"百分之({_NUMBER}|百)|百分(?=百)(百)"), lambda match: _percent(match) if match.group(1) else "100%"),
    (re.compile(rf"({_NUMBER})[块元]([一二三四五六七八九]|\d(?!\d))[毛角]?(?![{_CHARACTERS}\d个件盒瓶单包天斤套支袋双条])"), _price),
    (re.compile(rf"第([{_CHARACTERS}]{{1,6}})"), _ordinal),
    (re.compile(r"\d{1,9}(?:\.\d{1,4})?[百千]?[万亿](?:\d(?!\d))?|\d{1,4}(?:\.\d{1,2})?[百千](?![\u4e00-\u9fff]?克)"), _mixed),
    (re.compile(rf"[{_CHARACTERS}]{{1,12}}(?:点[零一二三四五六七八九]{{1,4}})?"), _run),
)
