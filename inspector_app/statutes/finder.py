"""Finds places of the law by number, Chinese or English words, tag or pinyin initials, for the article finder and `law find`.

Every word of the query must match. It ranks and nothing else: what a hit means for a case is for a person to say.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from inspector_app.domain.codes import ArticleCode, chinese_number
from inspector_app.statutes.closure import overlap
from inspector_app.statutes.model import Edition, Provision, Words
from inspector_app.statutes.reading import words_of

_NUMBER = re.compile(
    r"(?:第?([0-9〇零一二三四五六七八九十百]+)条?)(?:[-第]?([0-9一二三四五六七八九十]+)款?)?(?:[-第]?[（(]?([0-9一二三四五六七八九十]+)[)）]?项?)?"
)
_INITIALS = re.compile(r"[a-z]{2,}")
_ASCII_WORD = re.compile(r"[a-z][a-z0-9'-]*")
#: How good a hit is: by number, a whole name or keyword, in the name, in a keyword, anywhere in the summary.
_BY_NUMBER, _WHOLE, _IN_NAME, _IN_KEYWORD, _IN_TEXT = range(5)


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A place that can be found: an article, or (`place`) one duty inside it."""

    code: ArticleCode
    place: bool
    names: tuple[str, ...]
    keywords: tuple[str, ...]
    text: str
    law: tuple[str, ...]

    def score(self, word: str) -> int | None:
        """How well one lower-case word of the query fits; None when it doesn't."""
        if _number_fits(word, self.code):
            return _BY_NUMBER
        if word[0] in "0123456789":
            return None  # a number means a place, not a figure in some summary
        if word in self.names or word in self.keywords:
            return _WHOLE
        for score, texts in ((_IN_NAME, self.names), (_IN_KEYWORD, self.keywords), (_IN_TEXT, (self.text, *self.law))):
            if any(_holds(text, word) for text in texts):
                return score
        if _INITIALS.fullmatch(word) and any(word in _initials(text) for text in (self.names[0], *self.keywords)):
            return _IN_KEYWORD
        return None


def _holds(text: str, word: str) -> bool:
    """Whether a text holds a word: Chinese anywhere, English from the start of a word, two letters or fewer (`ai`) as a whole word."""
    if not _ASCII_WORD.fullmatch(word):
        return word in text
    end = "(?![a-z])" if len(word) <= 2 else ""
    return re.search(f"(?<![a-z]){re.escape(word)}{end}", text) is not None


def find_places(editions: Iterable[Edition], words: str) -> list[ArticleCode]:
    """Places matching all words, best first, then in the order of the editions; an article is left out where its duties say more."""
    query = [word for word in re.split(r"[\s,，、:：《》]+", words.lower()) if word]
    if not query:
        return []
    hits: list[tuple[int, ArticleCode, bool]] = []
    for candidate in (candidate for edition in editions for candidate in _candidates(edition)):
        scores = [candidate.score(word) for word in query]
        fitting = [score for score in scores if score is not None]
        if len(fitting) == len(scores):
            # one word of a query is often only the law's name: the best word ranks
            hits.append((min(fitting), candidate.code, candidate.place))
    duties = {(code.law, code.article) for score, code, place in hits if place and score != _BY_NUMBER}
    shown = [hit for hit in hits if hit[2] or hit[0] == _BY_NUMBER or (hit[1].law, hit[1].article) not in duties]
    shown.sort(key=lambda hit: (hit[0], hit[0] != _BY_NUMBER and not hit[2]))  # of equal words, what can be tagged comes first
    return list(dict.fromkeys(code for _, code, _ in shown))


def _candidates(edition: Edition) -> Iterator[_Candidate]:
    law = tuple(name.lower() for name in (edition.law, edition.name.zh, edition.name.en, *edition.aliases))
    for provision in edition.provisions:
        keywords = tuple(keyword.lower() for keyword in provision.keywords)
        whole = ArticleCode(edition.law, provision.number)
        text = " ".join(_both(words) for words in words_of(provision))
        yield _Candidate(whole, False, _names(provision.title), keywords, text, law)
        for duty in edition.duties:
            if duty.code.article == provision.number:
                own = " ".join(_both(words) for words in _words_at(provision, duty.code))
                words = tuple(keyword.lower() for keyword in duty.keywords) or keywords
                yield _Candidate(duty.code, True, (*_names(duty.name), duty.tag.lower()), words, own, law)


def _words_at(provision: Provision, code: ArticleCode) -> Iterator[Words]:
    for paragraph in provision.paragraphs:
        if overlap(code, ArticleCode(code.law, code.article, paragraph.number)):
            yield paragraph.summary
            yield from (item.summary for item in paragraph.items if code.item in (0, item.number))


def _names(words: Words) -> tuple[str, str]:
    return words.zh.lower(), words.en.lower()


def _both(words: Words) -> str:
    return f"{words.zh} {words.en}".lower()


def _number_fits(word: str, code: ArticleCode) -> bool:
    """Whether a word such as `34`, `34-1`, `三十四` or `第二十六条第二款` names the place or something it lies in."""
    found = _NUMBER.fullmatch(word)
    if not found or (word.startswith("第") and "条" not in word):  # 第一 is a superlative before it is a number
        return False
    try:
        article, paragraph, item = (chinese_number(part) if part else 0 for part in found.groups())
    except ValueError:
        return False
    return code.within(ArticleCode(code.law, article, paragraph, item))


@lru_cache(maxsize=4096)
def _initials(text: str) -> str:
    """Pinyin initials of the Chinese characters of a text, `虚假宣传` → `xjxc`."""
    from pypinyin import Style, lazy_pinyin  # loads dictionaries: only when somebody types initials

    return "".join(lazy_pinyin(text, style=Style.FIRST_LETTER, errors="ignore"))
