"""Brings text of any witness to one comparable form and remembers, character by character, where each came from. It judges nothing
and never replaces the original: whatever is found in the normal form is always shown as the slice of the original it stands for.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from inspector_app.leads import numerals

#: the end of a sentence in normal text; `.` of a regular expression does not cross it
STRONG = "\n"
#: the end of a clause in normal text
WEAK = "，"

_STRONG_MARKS = frozenset("。！？!?…")
_WEAK_MARKS = frozenset("，；：,;:|")
#: 、 parts a list, not a clause: 不说最佳、国家级 denies both
_KEPT_MARKS = frozenset("%+¥$/、")
#: pictures and signs that stand for a word where sellers avoid writing it
_PICTURES = {
    "➕": "加",
    "💰": "钱",
    "🧧": "红包",
    "💵": "钱",
    "🐧": "qq",
    "🛰": "微信",
    "〇": "零",
    "🍬": "糖",
    "🩸": "血",
    "💊": "药",
    "🫀": "心",
    "💗": "心",
    "❤": "心",
    "🧠": "脑",
}

_Origin = tuple[int, int]

#: spellings that sellers use to keep 微信 out of a platform's word filter
_SPELLINGS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\+(?=[v微薇w信])"), "加"),
    (re.compile(r"[v薇徽w]信|微x"), "微信"),
    (re.compile(r"(?<![a-z0-9])(?:vx|wx|weixin|wechat|vxin)(?![a-z])"), "微信"),
    (re.compile(r"(?<=加)[威维围卫]信"), "微信"),
    (re.compile(r"(?<=加)卫星"), "微信"),
    (re.compile(r"(?<=加)[薇微v](?![a-z信博店商众笑量小型])"), "微信"),
    (re.compile(r"(?<=加[我你])[薇v](?![a-z信])|(?<=个人)v(?![a-z])|(?<=我的)v(?![a-z])|(?<=私人)v(?![a-z])"), "微信"),
)
#: a text without any of these holds none of the spellings
_DISGUISED = frozenset("v微薇徽wx加")


@dataclass(frozen=True)
class Normal:
    """Text in normal form; `origin[i]` is the span of the original that character i stands for."""

    text: str
    origin: tuple[_Origin, ...]

    def source(self, start: int, end: int) -> _Origin:
        """The span of the original that `text[start:end]` stands for; `end` must be after `start`."""
        return self.origin[start][0], self.origin[end - 1][1]


@lru_cache(maxsize=16_384)
def _fold(character: str) -> str:
    """One character as it counts for comparison: compatibility form, lower case, nothing for a mark or a picture without a word."""
    if character in _PICTURES:
        return _PICTURES[character]
    if character in _STRONG_MARKS:
        return STRONG
    if character in _WEAK_MARKS:
        return WEAK
    out = ""
    for piece in unicodedata.normalize("NFKC", character).casefold():
        if piece.isalnum() or piece in _KEPT_MARKS:
            out += piece
        elif piece in _STRONG_MARKS:
            out += STRONG
        elif piece in _WEAK_MARKS:
            out += WEAK
    return out


def _space(original: str, index: int) -> str:
    """A blank between two words of two or more characters is a pause; between single characters it only hides a word."""
    left = original[:index].split()
    right = original[index:].split()
    if left and right and len(left[-1]) > 1 and len(right[0]) > 1 and right[0][0] not in "¥￥$":
        return WEAK
    return ""


def _mark(original: str, index: int) -> str:
    """What a full stop, comma, colon or blank at `index` means where it stands."""
    character = original[index]
    before = original[index - 1] if index else " "
    after = original[index + 1] if index + 1 < len(original) else " "
    if character.isspace():
        return _space(original, index)
    if before.isdigit() and after.isdigit():
        return {".": ".", "．": ".", ":": ":", "：": ":"}.get(character, "")
    if character in ":：":
        return WEAK
    if character in ",，":
        return WEAK
    return STRONG if after.isspace() else ""


def _characters(original: str) -> tuple[list[str], list[_Origin]]:
    text: list[str] = []
    origin: list[_Origin] = []
    for index, character in enumerate(original):
        pieces = _mark(original, index) if character in ".．,，:：" or character.isspace() else _fold(character)
        for piece in pieces:
            text.append(piece)
            origin.append((index, index + 1))
    return text, origin


def _substituted(
    text: str, origin: list[_Origin], pattern: re.Pattern[str], new: Callable[[re.Match[str]], str | None]
) -> tuple[str, list[_Origin]]:
    """`text` with each match replaced; every character of a replacement stands for the whole matched span. None leaves the match."""
    out: list[str] = []
    out_origin: list[_Origin] = []
    done = 0
    for match in pattern.finditer(text):
        replacement = new(match)
        if replacement is None or match.end() == match.start():
            continue
        out.append(text[done : match.start()])
        out_origin += origin[done : match.start()]
        out.append(replacement)
        out_origin += [(origin[match.start()][0], origin[match.end() - 1][1])] * len(replacement)
        done = match.end()
    if not done:
        return text, origin
    out.append(text[done:])
    out_origin += origin[done:]
    return "".join(out), out_origin


@lru_cache(maxsize=65_536)
def normalise(original: str) -> Normal:
    """Text in normal form with its offsets.

    Compatibility characters and capitals are folded; blanks, `*`, brackets, quotation marks and emoji inside words are dropped;
    clause marks become `，` and sentence marks a line feed; quantities become digits (`九块九` = `9.9元`, `百分之百` = `100%`,
    `第一` = `第1`); the usual disguises of 微信 and 加 become the word.
    """
    characters, origin = _characters(original)
    text = "".join(characters)
    if not _DISGUISED.isdisjoint(text):
        for pattern, word in _SPELLINGS:
            text, origin = _substituted(text, origin, pattern, lambda _match, word=word: word)  # type: ignore[misc]
    if not numerals.CHARACTERS.isdisjoint(text):
        for pattern, convert in numerals.CONVERSIONS:
            text, origin = _substituted(text, origin, pattern, convert)
    return Normal(text, tuple(origin))
