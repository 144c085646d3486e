"""Splits the lines of a statute into 编, 章, 节, 条, 款, 项 and 目, and refuses what it cannot split without guessing.

款 carry no number in print and are counted, so everything that could miscount them is refused with the article it happened at: a gap or
a repetition, a number misread by a scanner, items out of turn, a sentence that never ends, lines broken where paragraphs cannot be told.
"""

import itertools
import re
from dataclasses import dataclass, field
from typing import NoReturn

from inspector_app.domain.errors import BadInput
from inspector_app.statutes.lines import CLOSED, NUMERAL, WRAPPED, Line, join_words, looks_like_article, strict_numeral, width

# A cross-reference may open a line ("第三十四条、第四十四条规定的…"), so an article needs white space after its number, or a word
# which can't continue a reference.
_ARTICLE = re.compile(rf"第\s*({NUMERAL})\s*条(之[一二三四五六七八九十])?(\s+|(?![\s、，,。;；的规之所第至和或及与中]))(.*)")
# What a scanner makes of 第X条: Latin letters and strokes among the numerals, or another first or last character.
_NOISY = re.compile(
    r"([第笫弟苐])\s*([0-9０-９A-Za-z〇○零一二三四五六七八九十百千两廿卅卄艹ー—–\-_丨丶丿|+＋.·\s]{1,14}?)\s*([条條])(?=\S*)(.*)"
)
_REFERENCE_GOES_ON = re.compile(r"\s*[、，,。;；的规之所第至和或及与中]")
_HEADING = re.compile(rf"第\s*({NUMERAL})\s*(分?编|章|节)(?!的|规定|所)\s*([^。；，：]{{0,40}})")
_LISTED = re.compile(r"([一二三四五六七八九十]{1,3})、\s*([^。；：，]{1,30})")
_ITEM = re.compile(rf"[（(]\s*({NUMERAL})\s*[)）]\s*(.*)")
_BARE_ITEM = re.compile(rf"[（(]\s*{NUMERAL}\s*[)）]")
_POINT = re.compile(r"(\d{1,2})[.．、]\s*\S.*")
#: how the last sentence of an article may end; anything else is a text cut off, or a page's own words behind it
_ENDS = "。；;！？!?”」』"


@dataclass(frozen=True, slots=True)
class OfficialPoint:
    """One 目."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class OfficialItem:
    """One 项 in its own words, and its 目."""

    number: int
    own: str
    points: tuple[OfficialPoint, ...] = ()

    @property
    def text(self) -> str:
        """Its words with those of its 目, one a line."""
        return "\n".join((self.own, *(point.text for point in self.points)))


@dataclass(frozen=True, slots=True)
class OfficialParagraph:
    """One 款 (numbered by counting: statutes print no number) and its 项."""

    number: int
    text: str
    items: tuple[OfficialItem, ...]


@dataclass(frozen=True, slots=True)
class OfficialArticle:
    """One 条; `chapter` and `section` are the numbers of its 章 and 节 (0 where there is none), `line` the line of the file it starts on."""

    number: int
    chapter: int
    chapter_title: str
    section: int
    section_title: str
    line: int
    paragraphs: tuple[OfficialParagraph, ...]

    @property
    def words(self) -> str:
        """All its words, one 款, 项 or 目 a line."""
        return "\n".join(text for paragraph in self.paragraphs for text in (paragraph.text, *(item.text for item in paragraph.items)))


@dataclass(slots=True)
class _Item:
    number: int
    own: str
    points: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Paragraph:
    text: str
    items: list[_Item] = field(default_factory=list)


@dataclass(slots=True)
class _Open:
    """An article still being read."""

    number: int
    line: int
    chapter: tuple[int, str]
    section: tuple[int, str]
    paragraphs: list[_Paragraph] = field(default_factory=list)

    @property
    def last(self) -> str:
        """The words read last."""
        if not self.paragraphs:
            return ""
        items = self.paragraphs[-1].items
        if not items:
            return self.paragraphs[-1].text
        return items[-1].points[-1] if items[-1].points else items[-1].own

    def go_on(self, text: str) -> None:
        """Puts the rest of a broken sentence behind the words read last."""
        paragraph = self.paragraphs[-1]
        items = paragraph.items
        if not items:
            paragraph.text = join_words(paragraph.text, text)
        elif items[-1].points:
            items[-1].points[-1] = join_words(items[-1].points[-1], text)
        else:
            items[-1].own = join_words(items[-1].own, text)

    def closed(self) -> OfficialArticle:
        paragraphs = tuple(
            OfficialParagraph(
                number,
                paragraph.text,
                tuple(
                    OfficialItem(item.number, item.own, tuple(OfficialPoint(at, text) for at, text in enumerate(item.points, start=1)))
                    for item in paragraph.items
                ),
            )
            for number, paragraph in enumerate(self.paragraphs, start=1)
        )
        return OfficialArticle(self.number, *self.chapter, *self.section, self.line, paragraphs)


def split(lines: list[Line], file: str) -> tuple[list[Line], list[OfficialArticle]]:
    """The lines before the first article (without headings) and the articles.

    BadInput `law.article_order`, `law.article_number`, `law.heading_order`, `law.item_order`, `law.empty_article`, `law.open_end`,
    `law.wrapped_lines`, each with the line and what was expected there.
    """
    reader = _Splitter(file)
    for line, following in itertools.zip_longest(lines, lines[1:]):
        reader.read(line, following)
    return reader.done()


class _Splitter:
    """Reads line by line; what it holds is where in the statute the reading stands."""

    def __init__(self, file: str) -> None:
        self._file = file
        self.head: list[Line] = []
        self.articles: list[OfficialArticle] = []
        self._current: _Open | None = None
        self._chapter = (0, "")
        self._section = (0, "")
        self._has_chapters = False
        self._title_next = ""  # 章 or 节 whose title stands on the next line
        self._before = Line(0, "")
        self._wraps: list[int] = []
        self._doubtful: list[tuple[int, int, int]] = []  # line, article, width of the line before

    @property
    def _number(self) -> int:
        return self._current.number if self._current else 0

    @property
    def _in_sentence(self) -> bool:
        last = self._current.last if self._current else ""
        return bool(last) and (last[-1] not in CLOSED or _BARE_ITEM.fullmatch(last) is not None)

    def read(self, line: Line, following: Line | None) -> None:
        if not self._heading(line) and not self._listed_heading(line, following) and not self._article(line):
            if self._current is None:
                self.head.append(line)
            else:
                self._words(self._current, line)
        self._before = line

    def done(self) -> tuple[list[Line], list[OfficialArticle]]:
        self._close()
        if len(self._wraps) >= WRAPPED:
            narrowest = max(self._wraps) * 9 // 10
            for at, article, before in self._doubtful:
                if before >= narrowest:
                    raise BadInput("law.wrapped_lines", file=self._file, line=at, article=article)
        return self.head, self.articles

    # --- headings ------------------------------------------------------------------------------------------------------------

    def _heading(self, line: Line) -> bool:
        if self._title_next:
            kind, self._title_next = self._title_next, ""
            if not _ARTICLE.fullmatch(line.text) and not _HEADING.fullmatch(line.text) and len(line.text) <= 40 and "。" not in line.text:
                self._set(kind, (self._chapter if kind == "章" else self._section)[0], line.text)
                return True
        if self._in_sentence:
            return False
        found = _HEADING.fullmatch(line.text)
        number = strict_numeral(found[1]) if found else None
        if found and number is not None:
            if found[2] in ("章", "节"):
                self._need_order(line, found[2], number)
                self._set(found[2], number, found[3])
                self._title_next = found[2] if not found[3] else ""
            else:
                self._chapter, self._section = (0, ""), (0, "")
            return True
        return False

    def _listed_heading(self, line: Line, following: Line | None) -> bool:
        """一、… as a heading, in texts that have no 章: next in number, and an article follows it. Anything else is a list inside an article."""
        listed = _LISTED.fullmatch(line.text)
        if listed is None or self._has_chapters or self._in_sentence or following is None or not looks_like_article(following.text):
            return False
        number = strict_numeral(listed[1])
        if number != self._chapter[0] + 1 or (self._current is not None and self._current.last[-1:] not in _ENDS):
            return False
        self._chapter, self._section = (number, listed[2]), (0, "")
        return True

    def _set(self, kind: str, number: int, title: str) -> None:
        words = re.sub(r"\s+", "", title)
        if kind == "章":
            self._chapter, self._section, self._has_chapters = (number, words), (0, ""), True
        else:
            self._section = (number, words)

    def _need_order(self, line: Line, kind: str, number: int) -> None:
        """Headings count upwards once articles have begun; before that a table of contents may list them all."""
        last = (self._chapter if kind == "章" else self._section)[0]
        if self._current is not None and number != last + 1:
            raise BadInput("law.heading_order", file=self._file, line=line.number, expected=f"第{last + 1}{kind}", found=line.text[:20])

    # --- articles ------------------------------------------------------------------------------------------------------------

    def _article(self, line: Line) -> bool:
        """Opens the article a line starts; False for a line that is none. Refuses a gap, a repetition and a misread number."""
        start = _ARTICLE.fullmatch(line.text)
        number = strict_numeral(start[1]) if start else None
        if start is None or number is None:
            self._refuse_noise(line)
            return False
        set_off = bool(start[3]) or not start[4]
        if self._in_sentence and not set_off:
            return False  # the rest of a broken sentence: "违反本办法 / 第三十四条要求…"
        if number != self._number + 1 or start[2]:
            found = f"第{start[1]}条{start[2] or ''}"
            raise BadInput("law.article_order", file=self._file, line=line.number, expected=self._number + 1, found=found)
        if self._current is None and self._chapter[0] > 1:
            raise BadInput("law.heading_order", file=self._file, line=line.number, expected="第1章", found=f"第{self._chapter[0]}章")
        self._close()
        self._current = _Open(number, line.number, self._chapter, self._section)
        if start[4]:
            self._current.paragraphs.append(_Paragraph(start[4]))
        return True

    def _refuse_noise(self, line: Line) -> None:
        noisy = _NOISY.fullmatch(line.text)
        if noisy is None or _REFERENCE_GOES_ON.match(noisy[4]):
            return
        if noisy[1] == "第" and noisy[3] == "条" and strict_numeral(noisy[2]) is not None:
            return
        found = line.text[: noisy.end(3)]
        raise BadInput("law.article_number", file=self._file, line=line.number, expected=self._number + 1, found=found)

    def _close(self) -> None:
        if self._current is None:
            return
        if not self._current.paragraphs:
            raise BadInput("law.empty_article", file=self._file, line=self._current.line, article=self._current.number)
        if self._current.last[-1] not in _ENDS:
            words = self._current.last[-20:]
            raise BadInput("law.open_end", file=self._file, line=self._before.number, article=self._current.number, found=words)
        self.articles.append(self._current.closed())

    # --- words ---------------------------------------------------------------------------------------------------------------

    def _words(self, article: _Open, line: Line) -> None:
        """Files one line as 项, 目, the rest of a broken sentence, or a new 款."""
        paragraph = article.paragraphs[-1] if article.paragraphs else None
        item = _ITEM.fullmatch(line.text)
        if item and paragraph:
            number = strict_numeral(item[1])
            if number == len(paragraph.items) + 1:
                paragraph.items.append(_Item(number, line.text))
                return
            if not self._in_sentence:
                self._refuse_item(article, line, len(paragraph.items) + 1, item[1])
        if paragraph and paragraph.items and (point := _POINT.fullmatch(line.text)):
            points = paragraph.items[-1].points
            if int(point[1]) == len(points) + 1:
                points.append(line.text)
                return
            if not self._in_sentence:
                self._refuse_item(article, line, len(points) + 1, point[1])
        if self._in_sentence:
            self._wraps.append(width(self._before.text))
            article.go_on(line.text)
            return
        if paragraph and not line.indented:
            self._doubtful.append((line.number, article.number, width(self._before.text)))
        article.paragraphs.append(_Paragraph(line.text))

    def _refuse_item(self, article: _Open, line: Line, expected: int, found: str) -> NoReturn:
        raise BadInput("law.item_order", file=self._file, line=line.number, article=article.number, expected=expected, found=found)
