"""The law catalogue: list, show, find, check, print for review, and read an official text that the user brings."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

from inspector_app.domain.errors import BadInput, UsageError
from inspector_app.domain.files import write_text
from inspector_app.statutes import bureau, shelf
from inspector_app.statutes.comparing import changes, differences
from inspector_app.statutes.finder import MOST_HITS
from inspector_app.statutes.model import Article, Edition
from inspector_app.statutes.official import OfficialText, same_law
from inspector_app.statutes.review import as_csv, as_html, review_rows

from .registry import Outcome, always, command
from .workspace import Workspace

REVIEWS: Final = (".csv", ".html")


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
        "summarised": article.summarised,
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
        "exemptions": [
            {"statement": one.statement.zh, "statement_en": one.statement.en, "basis": one.basis or ""}
            for duty in article.duties
            for one in duty.exemptions
        ],
        "remarks": [{"text": duty.note.zh, "text_en": duty.note.en} for duty in article.duties if duty.note],
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
    """One place with its elements, liability chain and what the day changes; the statute's own words where its text was imported."""
    day = _day(on)
    notes = work.catalogue.on_date_notes(code, day) if day else []
    article = work.catalogue.article(code, day)
    own = [{"article": str(note.article), "text": note.text, "source": note.source} for note in bureau_notes(article)]
    data = {**article_data(article), "verbatim": verbatim(article), "bureau_notes": own}
    return Outcome(data={"articles": [data], "notes": [{"code": note.code, **note.facts} for note in notes]})


def bureau_notes(article: Article) -> list[bureau.DiscretionNote]:
    """The bureau's own notes on this place, on what holds it, or on a part of it; raises BadInput naming the line of a slip."""
    notes = bureau.discretion_notes(bureau.folder())
    return [note for note in notes if article.code.within(note.article) or note.article.within(article.code)]


@command("law.find", keys=("T",), when=always)
def find(work: Workspace, *, words: str, on: str | None = None) -> Outcome:
    """Places by number, words, party or pinyin initials, best first; `more` where the list was cut."""
    found = work.catalogue.find(words, _day(on))
    return Outcome(data={"articles": [article_data(article) for article in found], "more": len(found) >= MOST_HITS})


@command("law.check", when=always)
def check(work: Workspace) -> Outcome:
    """Loads and checks the whole catalogue, the bureau's own files and the imported texts; raises naming the first fault.

    Data: `bureau` counts hot keys, notes and files of lead terms; `altered` names imported texts that are no longer what was imported.
    """
    catalogue = work.catalogue
    editions = [edition for law in catalogue.laws.values() for edition in law]
    counts: dict[str, str | int] = {
        "laws": len(catalogue.laws),
        "editions": len(editions),
        "articles": sum(len(edition.provisions) for edition in editions),
    }
    where = bureau.folder()
    own = bureau.check(where, catalogue)
    altered = shelf.altered()
    data = {
        "ok": not altered,
        "sha256": catalogue.digest(),
        **counts,
        "bureau": {
            "folder": str(where),
            "hot_keys": len(own.hot.codes) if own.hot else 0,
            "hot_keys_sha256": own.hot.sha256 if own.hot else "",
            "notes": len(own.notes),
            "lexicon": [path.name for path in own.lexicon],
        },
        "texts": len(shelf.shelved()),
        "altered": [{"name": one.name, "path": str(one.file)} for one in altered],
    }
    return Outcome(facts=counts, data=data)


@command("law.import", when=always)
def import_text(work: Workspace, *, file: Path, source: str = "") -> Outcome:
    """Keeps an official statute text so that its own words can be shown, beside the older ones, none of which it replaces.

    Data: the edition it is, or where it differs from the catalogue, and what changed against the newest other text of the same law.
    """
    before = {one.sha256 for one in shelf.shelved()}
    text = shelf.put(file, source)
    editions = [edition for law in work.catalogue.laws.values() for edition in law if same_law(edition.name.zh, text.title)]
    compared = sorted(((differences(edition, text), edition) for edition in editions), key=lambda one: _order(one[0], one[1], text))
    nearest = compared[0] if compared else None
    fits = nearest is not None and not nearest[0] and shelf.of_its_days(nearest[1], text)
    data = {
        "title": text.title,
        "sha256": text.source_sha256,
        "source": text.source_name,
        "origin": shelf.origin_of(text),
        "articles": len(text.articles),
        "order": text.order_number or "",
        "promulgated": text.promulgated.isoformat() if text.promulgated else "",
        "in_force_from": text.stated_in_force.isoformat() if text.stated_in_force else "",
        "newest_day": text.newest_day.isoformat() if text.newest_day else "",
        "already": text.source_sha256 in before,
        "edition": nearest[1].id if nearest and fits else "",
        "nearest": nearest[1].id if nearest else "",
        "differences": [{"code": str(one.code), "problem": one.problem, "catalogue": one.catalogue, "text": one.text} for one in nearest[0]]
        if nearest
        else [],
        **_changed(text, [other for other in shelf.texts_of(text.title) if other.source_sha256 != text.source_sha256]),
    }
    return Outcome(facts={"articles": len(text.articles), "title": text.title}, data=data)


def _order(found: list[Any], edition: Edition, text: OfficialText) -> tuple[bool, int]:
    return (not shelf.of_its_days(edition, text), len(found))


def _changed(text: OfficialText, others: list[OfficialText]) -> dict[str, Any]:
    """What changed between this text and the newest other one of its law, from the older of the two to the newer."""
    if not others:
        return {"compared_with": None, "changes": []}
    other = max(others, key=_newest)
    older, newer = sorted((other, text), key=_newest)
    found = changes(older, newer)
    return {
        "compared_with": {
            "sha256": other.source_sha256,
            "source": other.source_name,
            "newest_day": _newest(other),
            "is": "older" if older is other else "newer",
        },
        "changes": [{"kind": one.kind, "old": one.old, "new": one.new, "alike": one.alike} for one in found],
    }


def _newest(text: OfficialText) -> str:
    return text.newest_day.isoformat() if text.newest_day else ""


@command("law.export", when=always)
def export_review(work: Workspace, *, out: Path, words: Mapping[str, str], language: str) -> Outcome:
    """Writes the whole catalogue as a table for checking against the official pages; CSV or HTML by the name's ending.

    `words` as `review.as_csv` and `review.as_html` need them: only the window and the command line have words for people.
    """
    if out.suffix.lower() not in REVIEWS:
        raise UsageError("usage.format", given=out.suffix or out.name, known=", ".join(REVIEWS))
    rows = list(review_rows(work.catalogue))
    if out.suffix.lower() == ".csv":
        written = write_text(out, as_csv(rows, words, language), encoding="utf-8-sig")
    else:
        written = write_text(out, as_html(rows, words, language, work.catalogue.digest()))
    return Outcome(facts={"count": len(rows)}, data={"written": [str(written)], "rows": len(rows)})


def verbatim(article: Article) -> dict[str, Any] | None:
    """The place's own words from the imported official text of its edition, with source and digest; None where none was imported."""
    text = shelf.find(article.edition)
    if text is None:
        return None
    try:
        words = text.words(article.code)
    except BadInput:
        return None
    return {"text": words, "source": text.source_name, "origin": shelf.origin_of(text), "sha256": text.source_sha256}
