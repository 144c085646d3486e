"""What a dossier says about an article: citation, edition, elements, liability chain, records to demand, as plain JSON-able data.

It copies what the catalogue holds for the day of the broadcast and concludes nothing.
"""

from datetime import date
from typing import Any

from inspector_app.domain.codes import ArticleCode, to_chinese_number
from inspector_app.domain.errors import BadInput
from inspector_app.statutes import shelf
from inspector_app.statutes.catalogue import Catalogue
from inspector_app.statutes.model import Article, Edition, Liability, Record

Json = dict[str, Any]


def describe(catalogue: Catalogue, code: str, on: date) -> Json:
    """One article for the dossier, in the edition of the day `on`.

    Where that day had no such place, the newest edition's is given and `in_force` is false: the notes then say what applied. `known` is
    false, and the lists are empty, where the catalogue has no such place at all.
    """
    place = ArticleCode.parse(code)
    article = _article(catalogue, place, on) or _article(catalogue, place, None)
    if article is None:
        return _unknown(place)
    duties = article.duties
    return {
        "code": code,
        "known": True,
        "in_force": article.edition.in_force(on),
        "citation": article.citation,
        "title": article.title.zh,
        "summary": article.summary.zh,
        "verbatim": _verbatim(article),
        "binds": list(article.binds),
        "chapter": f"第{to_chinese_number(article.chapter.number)}章 {article.chapter.title.zh}" if article.chapter else "",
        "edition": _edition(article.edition),
        "elements": [
            {"key": element.key, "statement": element.statement.zh, "exhibits": list(element.exhibits)} for element in article.elements
        ],
        "exemptions": [
            {"key": exemption.key, "statement": exemption.statement.zh, "basis": exemption.basis or ""}
            for duty in duties
            for exemption in duty.exemptions
        ],
        "liability": [_liability(catalogue, liability, on) for liability in article.liability],
        "penalties": [
            {"place": _cite(catalogue, penalty.place, on), "grade": penalty.grade, "range": penalty.range.zh} for penalty in article.penalty
        ],
        "records": [_record(catalogue, record, on) for duty in duties for record in duty.records],
        "parallel": [_cite(catalogue, other, on) for duty in duties for other in duty.parallel],
        "notes": [duty.note.zh for duty in duties if duty.note],
        "day_notes": [{"code": note.code, "facts": note.facts} for note in catalogue.on_date_notes(place, on)],
    }


def _article(catalogue: Catalogue, place: ArticleCode, on: date | None) -> Article | None:
    try:
        return catalogue.article(place, on)
    except BadInput:
        return None


def _verbatim(article: Article) -> Json:
    """The place's own words from the official text the user imported, with source and digest; empty where there is none."""
    text = shelf.find(article.edition)
    return {"words": text.words(article.code), "source": text.source_name, "sha256": text.source_sha256} if text else {}


def _unknown(place: ArticleCode) -> Json:
    lists: Json = {
        name: [] for name in ("binds", "elements", "exemptions", "liability", "penalties", "records", "parallel", "notes", "day_notes")
    }
    citation = f"{place.law}{place.spoken()}"
    return {
        "code": str(place),
        "known": False,
        "in_force": False,
        "citation": citation,
        "title": "",
        "summary": "",
        "verbatim": {},
        "chapter": "",
        "edition": {},
        **lists,
    }


def _cite(catalogue: Catalogue, place: ArticleCode, on: date) -> str:
    article = _article(catalogue, place, on) or _article(catalogue, place, None)
    return article.citation if article else f"{place.law}{place.spoken()}"


def _edition(edition: Edition) -> Json:
    return {
        "id": edition.id,
        "name": edition.name.zh,
        "label": edition.label.zh,
        "order": edition.order.zh if edition.order else "",
        "promulgated": edition.promulgated.isoformat(),
        "in_force_from": edition.in_force_from.isoformat(),
        "in_force_to": edition.in_force_to.isoformat() if edition.in_force_to else "",
        "doubt": edition.doubt.statement.zh if edition.doubt else "",
    }


def _liability(catalogue: Catalogue, liability: Liability, on: date) -> Json:
    return {
        "article": _cite(catalogue, liability.article, on),
        "penalties": [_cite(catalogue, place, on) for place in liability.penalties],
        "range": liability.range.zh,
        "condition": liability.condition,
        "departments": list(liability.departments),
    }


def _record(catalogue: Catalogue, record: Record, on: date) -> Json:
    return {
        "holder": record.holder,
        "what": record.what.zh,
        "article": _cite(catalogue, record.article, on),
        "years": record.years or 0,
        "since": record.since or "",
    }
