"""Compares an edition of the catalogue with an official text, place by place; it reports and decides nothing.

Used when a bureau imports a text (`law import`) and by the tests: a catalogue whose 款 or 项 differ from the statute would cite wrongly.
"""

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
