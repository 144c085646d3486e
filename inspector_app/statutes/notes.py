"""What the day of a broadcast changes for a place of the law: not yet in force, another number, a heavier or lighter edition.

行政处罚法 37 (the law of the day of the act applies, unless the law at the time of the decision is lighter) is why both editions
are shown side by side. Which one is lighter is for a person to decide; here are only the facts.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from inspector_app.domain.codes import ArticleCode
from inspector_app.statutes.citing import canonical, cite
from inspector_app.statutes.closure import edition_meant, edition_on, has_place, overlap, penalties_at
from inspector_app.statutes.model import DateNote, Duty, Edition, Words

Editions = Mapping[str, Sequence[Edition]]


def counterpart(code: ArticleCode, edition: Edition, other: Edition) -> ArticleCode | None:
    """The place of a neighbouring edition that answers to `code` of `edition`.

    款 and 项 are kept only where both editions count the same number of them; otherwise the next higher level is given, for an inserted
    项 would silently shift all that follow. None when the renumbering isn't recorded.
    """
    here = edition.provision(code.article)
    if here is None:
        return None
    number = here.renumbered_to if other.in_force_from > edition.in_force_from else here.renumbered_from
    there = other.provision(number) if number is not None else None
    if there is None:
        return None
    paragraph = item = 0
    if code.paragraph and len(here.paragraphs) == len(there.paragraphs):
        paragraph = code.paragraph
        if code.item and len(here.paragraphs[paragraph - 1].items) == len(there.paragraphs[paragraph - 1].items):
            item = code.item
    return canonical(ArticleCode(code.law, there.number, paragraph, item), other)


def renumbered(law: Sequence[Edition], code: ArticleCode, source: Edition, target: Edition) -> ArticleCode | None:
    """The place of `target` that answers to `code` of `source`, through the editions between them; None where one has no counterpart."""
    at, end = law.index(source), law.index(target)
    place: ArticleCode | None = canonical(code, source)
    while at != end and place is not None:
        beside = at + (1 if end > at else -1)
        place = counterpart(place, law[at], law[beside])
        at = beside
    return place


def duties_at(edition: Edition, code: ArticleCode) -> tuple[Duty, ...]:
    """Duties of the edition at the place, in it, or that it lies in."""
    return tuple(duty for duty in edition.duties if overlap(code, duty.code))


def place_on(law: Sequence[Edition], code: ArticleCode, day: date, written_in: Edition | None = None) -> tuple[Edition, ArticleCode] | None:
    """The edition of the day and the place as it was numbered then.

    `written_in` is the edition whose numbering `code` uses. Where nobody knows, the numbering of the day wins: only a number the day's
    edition does not carry is looked up in its neighbours.
    """
    edition = edition_on(law, day)
    if edition is None:
        return None
    if written_in is not None:
        place = renumbered(law, code, written_in, edition)
        return None if place is None else (edition, place)
    if has_place(edition, code):
        return edition, canonical(code, edition)
    for other in law:
        moved = counterpart(code, other, edition) if has_place(other, code) and _are_neighbours(law, other, edition) else None
        if moved is not None:
            return edition, moved
    return None


def date_notes(editions: Editions, code: ArticleCode, day: date) -> list[DateNote]:
    """Notes on a place for conduct of that day; `code` must be a place of some edition of its law."""
    law = editions[code.law]
    found = place_on(law, code, day)
    if found is None:
        return [_not_in_force(editions, code, day)]
    edition, place = found
    notes = []
    if place != canonical(code, edition):
        notes.append(DateNote("law.number_on_day", {"written": str(code), "on_day": str(place), "edition": edition.id}))
    for other in law:
        if not _are_neighbours(law, edition, other):
            continue
        moved = counterpart(place, edition, other)
        if moved is None:
            continue
        notes.append(_other_number(edition, place, other, moved))
        lighter = _lighter_law(edition, place, other, moved) if other.in_force_from > edition.in_force_from else None
        if lighter is not None:
            notes.append(lighter)
    notes.extend(_doubts(editions, edition, place, day))
    return notes


def _are_neighbours(law: Sequence[Edition], one: Edition, other: Edition) -> bool:
    return abs(law.index(one) - law.index(other)) == 1


def _not_in_force(editions: Editions, code: ArticleCode, day: date) -> DateNote:
    """No edition of the day: not yet in force, or older than what is carried; and which places of other laws reached the same conduct."""
    law = editions[code.law]
    carrying = next((edition for edition in law if has_place(edition, code)), law[0])
    instead: dict[str, str] = {}
    for parallel in (place for duty in duties_at(carrying, code) for place in duty.parallel):
        found = place_on(editions[parallel.law], parallel, day, edition_meant(editions, parallel, carrying))
        if found is not None:
            edition, place = found
            instead[str(place)] = cite(place, edition)
    facts = {
        "article": str(code),
        "name": carrying.name.zh,
        "name_en": carrying.name.en,
        "in_force_from": law[0].in_force_from.isoformat(),
        "day": day.isoformat(),
        "instead": "、".join(instead),
        "instead_citations": "、".join(instead.values()),
    }
    return DateNote("law.not_in_force" if law[0].first else "law.edition_missing", facts)


def _other_number(edition: Edition, place: ArticleCode, other: Edition, moved: ArticleCode) -> DateNote:
    newer = other.in_force_from > edition.in_force_from
    facts = {
        "on_day": str(place),
        "on_day_citation": cite(place, edition),
        "on_day_edition": edition.id,
        "other": str(moved),
        "other_citation": cite(moved, other),
        "other_edition": other.id,
        "changed_on": (other if newer else edition).in_force_from.isoformat(),
        "other_is": "newer" if newer else "older",
    }
    return DateNote("law.other_number", facts)


def _lighter_law(edition: Edition, place: ArticleCode, newer: Edition, moved: ArticleCode) -> DateNote | None:
    """Both penalties side by side (行政处罚法 37); None where the catalogue holds neither, so that nothing is compared with nothing."""
    old, new = _range(edition, place), _range(newer, moved)
    if not old.zh and not new.zh:
        return None
    facts = {
        "basis": "行政处罚法:37",
        "on_day": str(place),
        "newer": str(moved),
        "newer_from": newer.in_force_from.isoformat(),
        "on_day_range": old.zh,
        "on_day_range_en": old.en,
        "newer_range": new.zh,
        "newer_range_en": new.en,
    }
    return DateNote("law.lighter_law", facts)


def _range(edition: Edition, place: ArticleCode) -> Words:
    """The ranges of a place's liability, or of the place itself when it is a liability clause."""
    ranges = [liability.range for duty in duties_at(edition, place) for liability in duty.liability]
    ranges = ranges or [penalty.range for penalty in penalties_at(edition, place)]
    ranges = list(dict.fromkeys(ranges))
    return Words("；".join(words.zh for words in ranges), "; ".join(words.en for words in ranges))


def _doubts(editions: Editions, edition: Edition, place: ArticleCode, day: date) -> list[DateNote]:
    """Changes whose text the catalogue lacks, in this law or in a law its penalty comes from."""
    sources = (source for duty in duties_at(edition, place) for liability in duty.liability for source in liability.penalties)
    laws = dict.fromkeys((edition.law, *(source.law for source in sources)))
    notes = []
    for law in laws:
        current = edition_on(editions[law], day)
        if current is not None and current.doubt is not None and current.doubt.since <= day:
            doubt = current.doubt
            facts = {"law": law, "since": doubt.since.isoformat(), "statement": doubt.statement.zh, "statement_en": doubt.statement.en}
            notes.append(DateNote("law.text_doubtful", facts))
    return notes
