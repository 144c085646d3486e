"""Compares an edition of the catalogue with an official text, and two texts of one law; it reports and decides nothing.

Used when a bureau imports a text (`law import`) and by the tests: a catalogue whose 款 or 项 differ from the statute would cite wrongly.
"""

import re
from collections import Counter
from dataclasses import dataclass

from inspector_app.domain.codes import ArticleCode
from inspector_app.statutes.model import Edition
from inspector_app.statutes.official import OfficialText


@dataclass(frozen=True, slots=True)
class Difference:
    """A place where catalogue and text disagree: `problem` is articles_total, article, chapter, paragraphs or items; both counts beside it."""

    code: ArticleCode
    problem: str
    catalogue: int
    text: int


def differences(edition: Edition, text: OfficialText) -> list[Difference]:
    """All disagreements on the number of articles, their chapters, and the 款 and 项 of the articles the edition carries."""
    found: list[Difference] = []
    if edition.articles_total != len(text.articles):
        found.append(Difference(ArticleCode(edition.law, len(text.articles)), "articles_total", edition.articles_total, len(text.articles)))
    for provision in edition.provisions:
        whole = ArticleCode(edition.law, provision.number)
        if provision.number > len(text.articles):
            found.append(Difference(whole, "article", provision.number, len(text.articles)))
            continue
        official = text.article(provision.number)
        chapter = edition.chapter(provision.number)
        if (chapter.number if chapter else 0) != official.chapter:
            found.append(Difference(whole, "chapter", chapter.number if chapter else 0, official.chapter))
        if len(provision.paragraphs) != len(official.paragraphs):
            found.append(Difference(whole, "paragraphs", len(provision.paragraphs), len(official.paragraphs)))
            continue
        for ours, theirs in zip(provision.paragraphs, official.paragraphs, strict=True):
            if len(ours.items) != len(theirs.items):
                place = ArticleCode(edition.law, provision.number, ours.number)
                found.append(Difference(place, "items", len(ours.items), len(theirs.items)))
    return found


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one article from an older text to a newer one.

    `kind` is added, removed, changed (same number, other words), moved (other number, same words) or moved_changed; the last is a likeness
    and no more than that. `alike` is the likeness of the words in percent; `old` and `new` are the numbers, None where there is none.
    """

    kind: str
    old: int | None
    new: int | None
    alike: int


#: Articles less alike than this are not taken for one another.
_ALIKE_PERCENT = 45
_UNEQUAL = re.compile(r"第[〇零一二三四五六七八九十百千]+[条章节款]|\s+")


def changes(old: OfficialText, new: OfficialText) -> list[Change]:
    """What changed between two texts of one law, article by article in the order of the newer text, removed articles last.

    References to other articles are left aside in the likeness, for renumbering changes them all.
    """
    pairs = _pairs([_shape(article.words) for article in old.articles], [_shape(article.words) for article in new.articles])
    found: list[Change] = []
    for at, article in enumerate(new.articles):
        if at not in pairs:
            found.append(Change("added", None, article.number, 0))
            continue
        before, alike = pairs[at]
        same = _spaceless(old.articles[before].words) == _spaceless(article.words)
        if before != at:
            found.append(Change("moved" if same else "moved_changed", before + 1, article.number, 100 if same else alike))
        elif not same:
            found.append(Change("changed", before + 1, article.number, alike))
    kept = {before for before, _ in pairs.values()}
    return found + [Change("removed", article.number, None, 0) for at, article in enumerate(old.articles) if at not in kept]


def _pairs(old: list[Counter[str]], new: list[Counter[str]]) -> dict[int, tuple[int, int]]:
    """For each new place the old one most like it and the likeness in percent, each used once; of equals the nearest in number."""
    scored = []
    for at, words in enumerate(new):
        for before, others in enumerate(old):
            alike = 200 * (words & others).total() // max(1, words.total() + others.total())
            if alike >= _ALIKE_PERCENT:
                scored.append((-alike, abs(before - at), at, before))
    pairs: dict[int, tuple[int, int]] = {}
    used: set[int] = set()
    for score, _, at, before in sorted(scored):
        if at not in pairs and before not in used:
            pairs[at] = before, -score
            used.add(before)
    return pairs


def _shape(words: str) -> Counter[str]:
    """The pairs of neighbouring characters of an article, counted."""
    text = _UNEQUAL.sub("", words)
    return Counter(text[at : at + 2] for at in range(len(text) - 1))


def _spaceless(words: str) -> str:
    return "".join(words.split())
