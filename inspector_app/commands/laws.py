"""The law catalogue: list, show, find, check, and read an official text that the user brings."""

from datetime import date
from pathlib import Path
from typing import Any

from inspector_app.domain.errors import UsageError
from inspector_app.statutes import shelf
from inspector_app.statutes.comparing import differences
from inspector_app.statutes.model import Article

from .registry import Outcome, always, command
from .workspace import Workspace


def _day(on: str | None) -> date | None:
    if on is None:
        return None
    try:
        return date.fromisoformat(on)
    except ValueError as cause:
        raise UsageError("usage.day", given=on) from cause


def article_data(article: Article) -> dict[str, Any]:
    """An article as the command line gives it, summaries in both languages."""
    edition = article.edition
    return {
        "code": str(article.code),
        "citation": article.citation,
        "title": article.title.zh,
        "title_en": article.title.en,
        "binds": list(article.binds),
        "summary": article.summary.zh,
        "summary_en": article.summary.en,
        "chapter": article.chapter.title.zh if article.chapter else "",
        "parts": [{"code": str(part.code), "summary": part.summary.zh, "summary_en": part.summary.en} for part in article.parts],
        "elements": [
            {"id": element.key, "statement": element.statement.zh, "statement_en": element.statement.en, "exhibits": list(element.exhibits)}
            for element in article.elements
        ],
        "liability": [
            {
                "article": str(clause.article),
                "penalties": [str(code) for code in clause.penalties],
                "range": clause.range.zh,
                "range_en": clause.range.en,
                "condition": clause.condition,
                "departments": list(clause.departments),
            }
            for clause in article.liability
        ],
        "penalty": [
            {"article": str(one.place), "grade": one.grade, "range": one.range.zh, "range_en": one.range.en} for one in article.penalty
        ],
        "records": [
            {"what": record.what.zh, "holder": record.holder, "article": str(record.article), "years": record.years}
            for duty in article.duties
            for record in duty.records
        ],
        "edition": {"id": edition.id, "label": edition.label.zh, "in_force_from": edition.in_force_from.isoformat()},
    }


@command("law.list", when=always)
def list_articles(work: Workspace, *, on: str | None = None) -> Outcome:
    """Every article carried, in the edition of the day asked for."""
    return Outcome(data={"articles": [article_data(article) for article in work.catalogue.list(_day(on))]})


@command("law.show", when=always)
def show(work: Workspace, *, code: str, on: str | None = None) -> Outcome:
    """One place with its elements, liability chain and what the day changes."""
    day = _day(on)
    notes = work.catalogue.on_date_notes(code, day) if day else []
    article = work.catalogue.article(code, day)
    data = {**article_data(article), "verbatim": verbatim(article)}
    return Outcome(data={"articles": [data], "notes": [{"code": note.code, **note.facts} for note in notes]})


@command("law.find", keys=("T",), when=always)
def find(work: Workspace, *, words: str, on: str | None = None) -> Outcome:
    """Places by number, words or pinyin initials, best first."""
    return Outcome(data={"articles": [article_data(article) for article in work.catalogue.find(words, _day(on))]})


@command("law.check", when=always)
def check(work: Workspace) -> Outcome:
    """Loads and checks the whole catalogue; raises naming the file and line of the first fault."""
    catalogue = work.catalogue
    editions = [edition for law in catalogue.laws.values() for edition in law]
    counts: dict[str, str | int] = {
        "laws": len(catalogue.laws),
        "editions": len(editions),
        "articles": sum(len(edition.provisions) for edition in editions),
    }
    return Outcome(facts=counts, data={"ok": True, "sha256": catalogue.digest(), **counts})


@command("law.import", when=always)
def import_text(work: Workspace, *, file: Path) -> Outcome:
    """Keeps an official statute text so that its own words can be shown. Data: the edition it is, or where it differs from the catalogue."""
    text = shelf.put(file)
    editions = [edition for law in work.catalogue.laws.values() for edition in law if edition.name.zh in text.title]
    compared = sorted(((differences(edition, text), edition) for edition in editions), key=lambda one: len(one[0]))
    data = {
        "title": text.title,
        "sha256": text.source_sha256,
        "source": text.source_name,
        "articles": len(text.articles),
        "edition": compared[0][1].id if compared and not compared[0][0] else "",
        "differences": [
            {"code": str(one.code), "problem": one.problem, "catalogue": one.catalogue, "text": one.text} for one in compared[0][0]
        ]
        if compared
        else [],
    }
    return Outcome(facts={"articles": len(text.articles), "title": text.title}, data=data)


def verbatim(article: Article) -> dict[str, Any] | None:
    """The place's own words from the imported official text of its edition, with source and digest; None where none was imported."""
    text = shelf.find(article.edition)
    if text is None:
        return None
    return {"text": text.words(article.code), "source": text.source_name, "sha256": text.source_sha256}
