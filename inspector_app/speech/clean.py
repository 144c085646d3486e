"""Makes what the engine wrote readable: simplified characters and full-width marks. It must not change a word: numbers, wording and order
stay, and the raw text is always kept beside the cleaned one.
"""

import re
from functools import cache
from typing import Any

_MARKS = {",": "，", "?": "？", "!": "！", ";": "；", ":": "：", ".": "。"}
_CJK = r"\u3400-\u9fff"
#: a half-width mark after a Chinese character, unless a digit or letter follows (`3:20`, `99.9`, `一.com`)
_HALF_WIDTH = re.compile(rf"(?<=[{_CJK}])([,?!;:.])(?![0-9A-Za-z]) ?")
_COMMA_BEFORE_CHINESE = re.compile(rf"(?<=[0-9A-Za-z%]), ?(?=[{_CJK}])")
_SPACES = re.compile(r"\s+")


def clean(raw: str) -> str:
    """The text in simplified characters (OpenCC `t2s`), half-width marks between Chinese words made full-width, blanks collapsed."""
    text = str(_converter().convert(_SPACES.sub(" ", raw).strip()))
    text = _COMMA_BEFORE_CHINESE.sub("，", text)
    return _HALF_WIDTH.sub(lambda match: _MARKS[match.group(1)], text)


def spoken(text: str) -> str:
    """Only what is spoken: letters, digits and characters, without marks and blanks."""
    return "".join(character for character in text if character.isalnum())


@cache
def _converter() -> Any:
    from opencc import OpenCC

    return OpenCC("t2s")
