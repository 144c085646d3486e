"""The plain lines every kind of document is brought to before articles are looked for, and the reading of text and Markdown into them.

A line is what stands alone in the document: a line of a text file, a paragraph of a Word file, a block of a page. Nothing here knows
articles, but for the one question whether a line looks like the start of one.
"""

import html
import itertools
import re
import unicodedata
from dataclasses import dataclass, replace

from inspector_app.domain.codes import chinese_number, to_chinese_number
from inspector_app.domain.errors import BadInput

#: digits of a number in a heading; statutes are at times typeset with blanks between them (`第 十 二 条`)
NUMERAL = r"[0-9０-９〇零一二三四五六七八九十百千](?:[ \u3000]{0,2}[0-9０-９〇零一二三四五六七八九十百千]){0,8}"

#: how a line may end that ends its sentence, or leads over to 项
CLOSED = "。；：:;！？!?…”」』）)》】"
#: so many broken lines, and the text as a whole was broken at a width
WRAPPED = 3

#: a line that reads like the name of a law
NAME_OF_LAW = re.compile(
    r"[^。；，：《》]{1,60}(?:法|条例|办法|规定|细则|规则|决定|解释|准则|指南|标准|批复|意见|通知)"
    r"(?:\s*[（(][^（()）]{1,20}[)）])?"
)

_STARTS = re.compile(rf"第\s*{NUMERAL}\s*(?:分?编|章|节|条)|[（(]\s*{NUMERAL}\s*[)）]")
_MARKUP = re.compile(r"</?[A-Za-z][^<>]{0,300}>|\*\*|__|\\(?=[\\`*_{}\[\]()#+\-.!])")
_LINE_MARK = re.compile(r"\s*(?:#{1,6}\s|>\s?)*\s*")
_HEADING_MARK = re.compile(r"\s*#{1,3}\s")
_LINK = re.compile(r"\[[^\[\]]{0,80}\]\((https?://[^\s()]{4,500})\)")
_ARTICLE_LIKE = re.compile(rf"第\s*{NUMERAL}\s*条")
_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad"


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its number in the document (from 1), its words without markup, and how it is set."""

    number: int
    text: str
    #: begins with white space, which in hard-wrapped text marks a new paragraph
    indented: bool = False
    #: set as a heading, so it may be the title
    heading: bool = False


def strict_numeral(text: str) -> int | None:
    """`二十六`, `一百〇三` or `26` as a number; None for what no statute would print (`三四`, `二十十`), which is how misread numbers look."""
    digits = re.sub(r"\s", "", text).replace("〇", "零")
    if digits.isdecimal():
        return int(digits) or None
    try:
        number = chinese_number(digits)
    except ValueError:
        return None
    return number if 0 < number < 10_000 and to_chinese_number(number) == digits else None


def looks_like_article(text: str) -> bool:
    """Whether a line begins with 第X条, be it an article or a reference to one."""
    return _ARTICLE_LIKE.match(text) is not None


def tidy(text: str) -> str:
    """Words without outer white space and characters nobody sees."""
    return text.translate({ord(character): None for character in _INVISIBLE}).strip()


def decoded(data: bytes, file: str) -> str:
    """Bytes of a text (UTF-8, UTF-16 with mark, GB 18030) as text; BadInput `law.text_encoding`."""
    encodings = ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        return text
    raise BadInput("law.text_encoding", file=file)


def text_lines(text: str) -> list[Line]:
    """The lines of a plain or Markdown text without markup, list and quotation marks; empty lines are left out, their numbers kept."""
    # markup goes first, so that an escaped "&lt;" in the words themselves is never taken for a tag
    bare = html.unescape(_MARKUP.sub("", without_comments(text)))
    lines = []
    for number, line in enumerate(bare.replace("\r\n", "\n").replace("\r", "\n").split("\n"), start=1):
        words = tidy(_LINE_MARK.sub("", line, count=1))
        if words and not _LINK.fullmatch(words):
            lines.append(Line(number, words, line[:1].isspace(), _HEADING_MARK.match(line) is not None))
    return _unwrapped(lines)


def width(text: str) -> int:
    """Width of a line in halves of a Chinese character."""
    return sum(2 if unicodedata.east_asian_width(character) in "WFA" else 1 for character in text)


def join_words(before: str, after: str) -> str:
    """Two halves of a sentence; only Latin words and figures are parted by a blank."""
    gap = " " if before[-1:].isascii() and before[-1:].isalnum() and after[:1].isascii() and after[:1].isalnum() else ""
    return before + gap + after


def _unwrapped(lines: list[Line]) -> list[Line]:
    """Puts paragraphs together again in a text that was broken at a width but kept its indents, as copied from a PDF.

    Where there are no indents, a sentence that ends at the width could end its paragraph or not; `splitting` refuses that.
    """
    broken = [width(before.text) for before, line in itertools.pairwise(lines) if not line.indented and before.text[-1] not in CLOSED]
    if len(broken) < WRAPPED or 4 * sum(line.indented for line in lines) < len(lines):
        return lines
    full = max(broken) * 9 // 10
    joined: list[Line] = []
    for at, line in enumerate(lines):
        if at and not line.indented and not _STARTS.match(line.text) and width(lines[at - 1].text) + 4 * lines[at - 1].indented >= full:
            joined[-1] = replace(joined[-1], text=join_words(joined[-1].text, line.text))
        else:
            joined.append(line)
    return joined


def linked_source(text: str) -> str | None:
    """The address a Markdown text names as its source: a line that is nothing but a link."""
    for line in text.splitlines()[:40]:
        found = _LINK.fullmatch(line.strip())
        if found:
            return found[1]
    return None


def without_comments(text: str) -> str:
    """The text without <!-- … -->; the line ends inside stay, for the numbering. An opening without an end is left as it is."""
    kept, at = [], 0
    while (start := text.find("<!--", at)) >= 0 and (end := text.find("-->", start)) >= 0:
        kept += [text[at:start], "\n" * text.count("\n", start, end)]
        at = end + 3
    return "".join((*kept, text[at:]))
