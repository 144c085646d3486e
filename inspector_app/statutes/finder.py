"""Finds places of the law by number, Chinese or English words, tag, party bound or pinyin initials, for the article finder and `law find`.

Every word of the query must match. It ranks and nothing else: what a hit means for a case is for a person to say. What is looked through
is prepared once per edition, when it is first asked for.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from inspector_app.domain.codes import ArticleCode, chinese_number
from inspector_app.statutes.citing import canonical
from inspector_app.statutes.closure import has_place, overlap
from inspector_app.statutes.model import Edition, Provision, Words
from inspector_app.statutes.reading import words_of

#: Nobody reads further, and a word like 的 is in every article.
MOST_HITS = 60
_LONGEST_QUERY = 100

_DIGITS = "0-9〇零一二三四五六七八九十百"
_NUMBER = re.compile(rf"([^{_DIGITS}第]*)(第?)([{_DIGITS}]+)(条?)(?:[-第]?([{_DIGITS}]+)款?)?(?:[-第]?[（(]?([{_DIGITS}]+)[)）]?项?)?")
_ITEM_ONLY = re.compile(rf"(.*条)第?[（(]?([{_DIGITS}]+)[)）]?项")
_PARTED = re.compile(rf"(?<=[{_DIGITS}])\s+(?=[条款项])|(?<=[条款])\s+(?=[第（({_DIGITS}])|(?<=第)\s+(?=[{_DIGITS}])")
_LETTERS = re.compile(r"[a-z]{2,12}")
_ASCII_WORD = re.compile(r"[a-z][a-z0-9'-]*")
_STATE = "中华人民共和国"

#: How good a hit is: by number, a whole name or keyword, in the name, in a keyword (or the law asked for), by party, in the summary.
_BY_NUMBER, _WHOLE, _IN_NAME, _IN_KEYWORD, _BY_PARTY, _IN_TEXT = range(6)

#: what people call the parties an article binds
_PARTIES = {
    "platform": ("平台", "平台经营者", "直播平台", "platform", "platforms"),
    "operator": ("运营者", "直播间", "直播间运营者", "商家", "operator", "operators"),
    "host": ("主播", "助播", "营销人员", "直播营销人员", "host", "hosts", "presenter"),
    "agency": ("机构", "服务机构", "mcn", "公会", "agency", "agencies"),
    "department": ("部门", "监管部门", "市场监管", "department"),
    "business": ("经营者", "business", "businesses"),
    "advertiser": ("广告主", "advertiser"),
    "ad_agent": ("广告经营者",),
    "ad_publisher": ("广告发布者",),
    "endorser": ("代言人", "广告代言人", "endorser"),
}
_BOUND = {word: party for party, words in _PARTIES.items() for word in words}


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A place that can be found: an article, or (`place`) one duty inside it."""

    code: ArticleCode
    place: bool
    names: tuple[str, ...]
    keywords: tuple[str, ...]
    text: str
    binds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Index:
    """One edition prepared for searching; every text in lower case."""

    edition: Edition
    law: frozenset[str]
    candidates: tuple[_Candidate, ...]
    #: every Chinese character of the names and keywords
    characters: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Word:
    """One word of a query: as typed, the place it may name (article, 款, 项, 0 for none), and what its initials match."""

    text: str
    place: tuple[int, int, int] | None
    #: short or full name of the law written before the number, as in 广告法9
    law: str
    initials: re.Pattern[str] | None
    english: re.Pattern[str] | None


class _ByIdentity:
    """An edition as a key: hashing its content would take longer than the search."""

    __slots__ = ("edition",)

    def __init__(self, edition: Edition) -> None:
        self.edition = edition

    def __hash__(self) -> int:
        return id(self.edition)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _ByIdentity) and other.edition is self.edition


def find_places(editions: Iterable[Edition], words: str) -> list[ArticleCode]:
    """Places matching all words, best first, then in the order of the editions, `MOST_HITS` at most.

    An article is left out where its duties say more. A number names its place even where no duty stands there.
    """
    indexes = [_index(_ByIdentity(edition)) for edition in editions]
    query = _query(words, indexes)
    if not query:
        return []
    indexes, query = _of_the_law_named(indexes, query)
    hits: list[tuple[int, ArticleCode, bool]] = []
    for index in indexes:
        for candidate in index.candidates:
            score = _score(candidate, query, index)
            if score is not None:
                hits.append((score, candidate.code, candidate.place))
        hits += ((_BY_NUMBER, code, False) for code in _places_named(query, index))
    duties = {(code.law, code.article) for score, code, place in hits if place and score != _BY_NUMBER}
    shown = [hit for hit in hits if hit[2] or hit[0] == _BY_NUMBER or (hit[1].law, hit[1].article) not in duties]
    shown.sort(key=lambda hit: (hit[0], hit[0] != _BY_NUMBER and not hit[2]))  # of equal words, what can be tagged comes first
    return list(dict.fromkeys(code for _, code, _ in shown))[:MOST_HITS]


def warm(editions: Iterable[Edition]) -> None:
    """Prepares the editions and the pinyin dictionary (a fifth of a second) ahead of the first search; safe in a background thread."""
    for edition in editions:
        for character in _index(_ByIdentity(edition)).characters:
            _readings(character)


# --- the query ---------------------------------------------------------------------------------------------------------------


def _query(words: str, indexes: list[_Index]) -> list[_Word]:
    text = unicodedata.normalize("NFKC", words[:_LONGEST_QUERY]).lower()
    parts = [part for part in re.split(r"[\s,、:《》]+", _PARTED.sub("", text)) if part]
    return [_word(part, indexes) for part in parts]


def _word(text: str, indexes: list[_Index]) -> _Word:
    law, place = _place(text)
    if law and not any(_names_law(law, index) for index in indexes):
        law, place = "", None  # 百分之三: not a law, so not a place
    initials = english = None
    if _ASCII_WORD.fullmatch(text):
        end = "(?![a-z])" if len(text) <= 2 else ""
        english = re.compile(f"(?<![a-z]){re.escape(text)}{end}")
        if _LETTERS.fullmatch(text):
            initials = _initials_pattern(text, frozenset().union(*(index.characters for index in indexes)))
    return _Word(text, place, law, initials, english)


def _place(text: str) -> tuple[str, tuple[int, int, int] | None]:
    """The law's name and the place in a word such as `34-1`, `三十四`, `办法34`, `34条1款`, `第二十六条第二款` or `第九条第三项`."""
    found = _NUMBER.fullmatch(text)
    item_only = _ITEM_ONLY.fullmatch(text)
    if item_only and "款" not in text:
        found = _NUMBER.fullmatch(item_only[1])
    if not found or (found[2] and not found[4]):  # 第一 is a superlative before it is a number
        return "", None
    numbers = [found[3], found[5], item_only[2] if item_only and "款" not in text else found[6]]
    try:
        article, paragraph, item = (chinese_number(part) if part else 0 for part in numbers)
    except ValueError:
        return "", None
    return found[1], (article, paragraph, item)


def _of_the_law_named(indexes: list[_Index], query: list[_Word]) -> tuple[list[_Index], list[_Word]]:
    """A word that is a law's name narrows the search to that law; the other words rank, or all of the law where there is no other."""
    named = [word for word in query if any(word.text in index.law for index in indexes)]
    if not named:
        return indexes, query
    indexes = [index for index in indexes if all(word.text in index.law for word in named)]
    others = [word for word in query if word not in named]
    return indexes, others or named


def _names_law(law: str, index: _Index) -> bool:
    return law in index.law or (len(law) > 2 and any(law in name for name in index.law))


# --- scoring -----------------------------------------------------------------------------------------------------------------


def _score(candidate: _Candidate, query: list[_Word], index: _Index) -> int | None:
    """The best score of any word; None where one word doesn't fit. One word of a query is often only the party: the best ranks."""
    best: int | None = None
    for word in query:
        score = _word_score(candidate, word, index)
        if score is None:
            return None
        best = score if best is None or score < best else best
    return best


def _word_score(candidate: _Candidate, word: _Word, index: _Index) -> int | None:
    if word.place and (not word.law or _names_law(word.law, index)):
        article, paragraph, item = word.place
        code = candidate.code
        if code.article == article and paragraph in (0, code.paragraph) and item in (0, code.item):
            return _BY_NUMBER
    text = word.text
    if word.law or text[0] in "0123456789":
        return None  # a number means a place, not a figure in some summary
    if text not in _BOUND and (text in candidate.names or text in candidate.keywords):
        return _WHOLE
    if any(_holds(name, word) for name in candidate.names):
        return _IN_NAME
    if text in index.law or any(_holds(keyword, word) for keyword in candidate.keywords):
        return _IN_KEYWORD
    if word.initials and any(map(word.initials.search, (candidate.names[0], *candidate.keywords))):
        return _IN_KEYWORD
    if _BOUND.get(text) in candidate.binds:
        return _BY_PARTY
    return _IN_TEXT if _holds(candidate.text, word) or any(text in name for name in index.law) else None


def _holds(text: str, word: _Word) -> bool:
    """Whether a text holds a word: Chinese anywhere, English from the start of a word, two letters or fewer (`ai`) as a whole word."""
    return word.text in text and (word.english is None or word.english.search(text) is not None)


def _places_named(query: list[_Word], index: _Index) -> Iterator[ArticleCode]:
    """The very place a query of one number names, where the edition has it."""
    if len(query) == 1 and query[0].place and (not query[0].law or _names_law(query[0].law, index)):
        article, paragraph, item = query[0].place
        code = ArticleCode(index.edition.law, article, paragraph or (1 if item else 0), item)
        if has_place(index.edition, code):
            yield canonical(code, index.edition)


# --- the index ---------------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=512)
def _index(key: _ByIdentity) -> _Index:
    edition = key.edition
    names = {name.lower() for name in (edition.law, edition.name.zh, edition.name.en, *edition.aliases)}
    candidates = tuple(_candidates(edition))
    characters = {
        letter
        for candidate in candidates
        for text in (candidate.names[0], *candidate.keywords)
        for letter in text
        if "\u4e00" <= letter <= "\u9fff"
    }
    return _Index(edition, frozenset(names | {name.removeprefix(_STATE) for name in names}), candidates, frozenset(characters))


def _candidates(edition: Edition) -> Iterator[_Candidate]:
    for provision in edition.provisions:
        keywords = tuple(keyword.lower() for keyword in provision.keywords)
        whole = ArticleCode(edition.law, provision.number)
        text = " ".join(_both(words) for words in words_of(provision))
        bound = tuple({party for paragraph in provision.paragraphs for party in paragraph.binds} | set(provision.binds))
        yield _Candidate(whole, False, _names(provision.title), keywords, text, bound)
        for duty in edition.duties:
            if duty.code.article == provision.number:
                own = " ".join(_both(words) for words in _words_at(provision, duty.code))
                words = tuple(keyword.lower() for keyword in duty.keywords) or keywords
                yield _Candidate(duty.code, True, (*_names(duty.name), duty.tag.lower()), words, own, duty.binds)


def _words_at(provision: Provision, code: ArticleCode) -> Iterator[Words]:
    for paragraph in provision.paragraphs:
        if overlap(code, ArticleCode(code.law, code.article, paragraph.number)):
            yield paragraph.summary
            yield from (item.summary for item in paragraph.items if code.item in (0, item.number))


def _names(words: Words) -> tuple[str, str]:
    return words.zh.lower(), words.en.lower()


def _both(words: Words) -> str:
    return f"{words.zh} {words.en}".lower()


# --- pinyin initials ---------------------------------------------------------------------------------------------------------


def _initials_pattern(letters: str, characters: frozenset[str]) -> re.Pattern[str] | None:
    """A pattern of Chinese characters whose pinyin begins with these letters, `xjxc` → [虚信…][假价…][宣…][传…]; None where a letter has none.

    A character with several readings fits each of them: 重复 is found by zf and by cf.
    """
    wanted: dict[str, list[str]] = {letter: [] for letter in letters}
    for character in characters:
        for initial in _readings(character):
            if initial in wanted:
                wanted[initial].append(character)
    if not all(wanted.values()):
        return None
    return re.compile("".join(f"[{''.join(wanted[letter])}]" for letter in letters))


@lru_cache(maxsize=8192)
def _readings(character: str) -> frozenset[str]:
    from pypinyin import Style, pinyin  # loads dictionaries: only when somebody types letters

    return frozenset(pinyin(character, style=Style.FIRST_LETTER, heteronym=True)[0])
