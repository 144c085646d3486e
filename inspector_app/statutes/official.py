"""Reads a statute text the user imports (plain text or Markdown) into 条, 款 and 项, so that wording can be shown word for word.

The catalogue holds only summaries of our own; the statute's words come from here, always with the SHA-256 of the file they came from.
Nothing is stored, nothing is guessed: a text whose articles do not run 1 … N is refused instead of being half understood.
"""

import hashlib
import html
import re
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from inspector_app.domain.codes import ArticleCode, chinese_number
from inspector_app.domain.errors import BadInput

#: The longest text in force has well under 1 MB; more is not a statute but a mistake or an attack.
MAX_BYTES = 4_000_000

_NUMERAL = "[0-9〇零一二三四五六七八九十百千]{1,9}"
_HEADING = re.compile(rf"第\s*({_NUMERAL})\s*([编章节])\s*([^。；，]{{0,40}})")
_SECTION = re.compile(r"([一二三四五六七八九十]+)、\s*([^。；：，]{1,30})")
# A cross-reference may open a line ("第三十四条、第四十四条规定的…"), so an article needs white space after its number, or a word
# which can't continue a reference.
_ARTICLE = re.compile(rf"第\s*({_NUMERAL})\s*条(之[一二三四五六七八九十])?(\s+|(?![\s、，,。；的规之所第至和或及与中]))(.*)")
_ITEM = re.compile(rf"[（(]\s*({_NUMERAL})\s*[)）]\s*(.*)")
_POINT = re.compile(r"\d{1,2}[.．、]\s*\S")
_MARKUP = re.compile(r"</?[A-Za-z][^<>]{0,300}>|\*\*|__|\\(?=[\\`*_{}\[\]()#+\-.!])")
_LINE_MARK = re.compile(r"\s*(?:#{1,6}\s|>\s?)*\s*")
_DATE = r"(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日"
_IN_FORCE = re.compile(rf"自\s*{_DATE}\s*起\s*(?:施行|实施)")
_ORDER = re.compile(r"(?:令|公告)\s*(?:[（(]?\d{4}\s*年?[)）]?\s*)?第\s*(\d+)\s*号")


_NO_CHAPTER = (0, "")


@dataclass(frozen=True, slots=True)
class OfficialItem:
    """One 项, with any 目 under it as further lines of its text."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class OfficialParagraph:
    """One 款 (numbered by counting: statutes print no number) and its 项."""

    number: int
    text: str
    items: tuple[OfficialItem, ...]


@dataclass(frozen=True, slots=True)
class OfficialArticle:
    """One 条; `chapter` is the number of the 章 it stands in (0 where the text has none), `line` the line of the file it starts on."""

    number: int
    chapter: int
    chapter_title: str
    line: int
    paragraphs: tuple[OfficialParagraph, ...]


@dataclass(frozen=True, slots=True)
class OfficialText:
    """A whole statute as imported, with the digest of the very bytes it was read from."""

    title: str
    #: what stands between the title and the first article: order number, dates, amendments (chapter headings left out)
    head: tuple[str, ...]
    source_name: str
    source_sha256: str
    order_number: str | None
    #: the date the text itself states; an amended law often still states the date of its first edition
    stated_in_force: date | None
    articles: tuple[OfficialArticle, ...]

    def article(self, number: int) -> OfficialArticle:
        """The article of that number; BadInput `law.unknown_article` when the text has none."""
        if not 0 < number <= len(self.articles):
            raise BadInput(
                "law.unknown_article", article=f"{self.title}:{number}", edition=self.source_sha256[:16], near=f"1-{len(self.articles)}"
            )
        return self.articles[number - 1]

    def words(self, code: ArticleCode) -> str:
        """The words at a 条, 款 or 项, lines joined with newlines; the law's name in `code` is not compared. BadInput `law.unknown_article`."""
        paragraphs = self.article(code.article).paragraphs
        if code.paragraph:
            paragraphs = tuple(paragraph for paragraph in paragraphs if paragraph.number == code.paragraph)
        if code.item:
            lines = [item.text for paragraph in paragraphs for item in paragraph.items if item.number == code.item]
        else:
            lines = [text for paragraph in paragraphs for text in (paragraph.text, *(item.text for item in paragraph.items))]
        if not lines:
            raise BadInput("law.unknown_article", article=str(code), edition=self.source_sha256[:16], near=f"{code.law}:{code.article}")
        return "\n".join(lines)


@dataclass(slots=True)
class _OpenArticle:
    """An article still being read; 款 as (text, items), items as (number, text)."""

    number: int
    chapter: int
    chapter_title: str
    line: int
    paragraphs: list[tuple[str, list[tuple[int, str]]]] = field(default_factory=list)

    def add(self, text: str) -> None:
        """Files one line as 项, 目 or a new 款."""
        item = _ITEM.fullmatch(text)
        items = self.paragraphs[-1][1] if self.paragraphs else []
        # （一）, （二）… count upwards under one 款; a bracketed number out of turn is a sentence of its own
        if item and self.paragraphs and chinese_number(item[1]) == len(items) + 1:
            items.append((len(items) + 1, text))
        elif items and _POINT.match(text):
            items[-1] = (items[-1][0], f"{items[-1][1]}\n{text}")
        else:
            self.paragraphs.append((text, []))

    def closed(self) -> OfficialArticle:
        paragraphs = tuple(
            OfficialParagraph(number, text, tuple(OfficialItem(*item) for item in items))
            for number, (text, items) in enumerate(self.paragraphs, start=1)
        )
        return OfficialArticle(self.number, self.chapter, self.chapter_title, self.line, paragraphs)


def read_official_text(path: Path) -> OfficialText:
    """Reads a statute file; BadInput `law.not_statute_text`, `law.text_encoding`, `law.text_too_large`, `law.article_order`."""
    if path.stat().st_size > MAX_BYTES:
        raise BadInput("law.text_too_large", file=path.name, limit=MAX_BYTES)
    return parse_official_text(path.read_bytes(), path.name)


def parse_official_text(data: bytes, source_name: str) -> OfficialText:
    """Parses the bytes of a statute file (UTF-8, UTF-16 with mark, GB 18030); errors as `read_official_text`."""
    if len(data) > MAX_BYTES:
        raise BadInput("law.text_too_large", file=source_name, limit=MAX_BYTES)
    lines = _clean_lines(_decoded(data, source_name))
    title = re.sub(r"\s+", "", lines[0][1]) if lines else ""
    head, articles = _split(lines[1:], source_name)
    if not articles:
        raise BadInput("law.not_statute_text", file=source_name)
    for article in articles:
        if not article.paragraphs:
            raise BadInput("law.article_order", file=source_name, line=article.line, expected="text", found=f"第{article.number}条")
    last = "".join(paragraph.text for paragraph in articles[-1].paragraphs)
    return OfficialText(
        title=title,
        head=tuple(head),
        source_name=source_name,
        source_sha256=hashlib.sha256(data).hexdigest(),
        order_number=_order_number(head),
        stated_in_force=_stated_date("\n".join(head)) or _stated_date(last),
        articles=tuple(articles),
    )


def _split(lines: list[tuple[int, str]], source_name: str) -> tuple[list[str], list[OfficialArticle]]:
    """The lines before the first article, and the articles; headings set the chapter of what follows them."""
    head: list[str] = []
    articles: list[OfficialArticle] = []
    chapter = (0, "")
    current: _OpenArticle | None = None
    for line, text in lines:
        heading = _heading(text)
        start = _ARTICLE.fullmatch(text)
        if heading:
            chapter = chapter if heading == _NO_CHAPTER else heading
        elif start and _starts_article(start, current.number if current else 0, source_name, line):
            if current:
                articles.append(current.closed())
            current = _OpenArticle(chinese_number(start[1]), *chapter, line)
            if start[4]:
                current.add(start[4])
        elif current:
            current.add(text)
        else:
            head.append(text)
    if current:
        articles.append(current.closed())
    return head, articles


def _heading(text: str) -> tuple[int, str] | None:
    """Number and title of a chapter heading (第X章, or 一、 in judicial interpretations); 编 and 节 give `_NO_CHAPTER`."""
    chapter = _HEADING.fullmatch(text)
    if chapter:
        return (chinese_number(chapter[1]), re.sub(r"\s+", "", chapter[3])) if chapter[2] == "章" else _NO_CHAPTER
    section = _SECTION.fullmatch(text)
    return (chinese_number(section[1]), section[2]) if section else None


def _starts_article(start: re.Match[str], previous: int, source_name: str, line: int) -> bool:
    """Whether a line that looks like 第X条 opens the next article; refuses a gap, a repetition or an inserted 第X条之一."""
    number = chinese_number(start[1])
    if number == previous + 1 and not start[2]:
        return True
    if start[3]:  # set off by white space like every article, yet not the next one
        raise BadInput("law.article_order", file=source_name, line=line, expected=previous + 1, found=f"第{start[1]}条{start[2] or ''}")
    return False


def _decoded(data: bytes, source_name: str) -> str:
    encodings = ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        return text
    raise BadInput("law.text_encoding", file=source_name)


def _without_comments(text: str) -> str:
    """The text without <!-- … -->; the line ends inside stay, for the numbering. An opening without an end is left as it is."""
    kept, at = [], 0
    while (start := text.find("<!--", at)) >= 0 and (end := text.find("-->", start)) >= 0:
        kept += [text[at:start], "\n" * text.count("\n", start, end)]
        at = end + 3
    return "".join((*kept, text[at:]))


def _clean_lines(text: str) -> list[tuple[int, str]]:
    """Line numbers (from 1) and texts without markup, list and quotation marks, outer white space; empty lines left out."""
    # markup goes first, so that an escaped "&lt;" in the words themselves is never taken for a tag
    bare = html.unescape(_MARKUP.sub("", _without_comments(text)))
    cleaned = []
    for number, line in enumerate(bare.replace("\r\n", "\n").replace("\r", "\n").split("\n"), start=1):
        words = _LINE_MARK.sub("", line, count=1).strip().strip("\u200b\ufeff")
        if words:
            cleaned.append((number, words))
    return cleaned


def _order_number(head: list[str]) -> str | None:
    """The first order or announcement number of the head: the one the text was promulgated with."""
    for line in head:
        found = _ORDER.search(line)
        if found:
            return found[1]
    return None


def _stated_date(text: str) -> date | None:
    found = _IN_FORCE.search(text)
    if not found:
        return None
    try:
        return date(*(int(part) for part in found.groups()))
    except ValueError:
        return None
