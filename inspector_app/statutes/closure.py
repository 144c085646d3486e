"""What must hold between catalogue files: places exist, liability chains end in a penalty, editions follow each other, renumbering agrees.

It only refuses; it changes nothing. Errors are `law.broken_chain` with the place that points and the place that is missing.
"""

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from inspector_app.domain.codes import ArticleCode
from inspector_app.domain.errors import BadInput
from inspector_app.statutes.model import Duty, Edition, Penalty, Record


def overlap(one: ArticleCode, other: ArticleCode) -> bool:
    """Whether one of two places lies in the other."""
    return one.within(other) or other.within(one)


def has_place(edition: Edition, code: ArticleCode) -> bool:
    """Whether the edition carries this 条, 款 and 项 (the law's name is not compared)."""
    provision = edition.provision(code.article)
    if provision is None or code.paragraph > len(provision.paragraphs) or (code.item and not code.paragraph):
        return False
    return not code.item or code.item <= len(provision.paragraphs[code.paragraph - 1].items)


def check_closure(editions: Mapping[str, Sequence[Edition]], records: Iterable[Record]) -> None:
    """`editions` by short name, oldest first. BadInput `law.broken_chain` on the first thing that does not hold."""
    for law in editions.values():
        _check_succession(law)
        for edition in law:
            _check_chapters(edition)
            _check_renumbering(law, edition)
            _check_places(editions, edition)
    for record in records:
        _need_place(editions, record.article, f"records.yaml#{record.name}", None)


def _broken(where: str, problem: str, missing: object) -> BadInput:
    return BadInput("law.broken_chain", where=where, problem=problem, missing=str(missing))


def edition_on(law: Sequence[Edition], day: date) -> Edition | None:
    return next((edition for edition in law if edition.in_force(day)), None)


def _check_succession(law: Sequence[Edition]) -> None:
    for older, newer in itertools.pairwise(law):
        if newer.supersedes != older.in_force_from or older.in_force_to != newer.in_force_from:
            raise _broken(newer.id, "succession", older.id)
    for at, edition in enumerate(law):
        if edition.first and at:
            raise _broken(edition.id, "succession", "first")
    if law[0].supersedes is not None:
        raise _broken(law[0].id, "succession", law[0].supersedes)


def _check_chapters(edition: Edition) -> None:
    """Chapters follow each other without gap and span all articles; carried articles lie within the law."""
    expected = 1
    for number, chapter in enumerate(edition.chapters, start=1):
        if chapter.number != number or chapter.first != expected or chapter.last < chapter.first:
            raise _broken(edition.id, "chapter", chapter.number)
        expected = chapter.last + 1
    if edition.chapters and expected != edition.articles_total + 1:
        raise _broken(edition.id, "chapter", edition.articles_total)
    if any(provision.number > edition.articles_total for provision in edition.provisions):
        raise _broken(edition.id, "articles_total", edition.provisions[-1].number)


def _check_renumbering(law: Sequence[Edition], edition: Edition) -> None:
    """An article said to come from number n of the edition before is there, and says the same in return; likewise forwards."""
    at = law.index(edition)
    older = law[at - 1] if at else None
    newer = law[at + 1] if at + 1 < len(law) else None
    for provision in edition.provisions:
        for number, neighbour, back in (
            (provision.renumbered_from, older, "renumbered_to"),
            (provision.renumbered_to, newer, "renumbered_from"),
        ):
            if number is None:
                continue
            other = neighbour.provision(number) if neighbour else None
            if other is None or getattr(other, back) != provision.number:
                raise _broken(f"{edition.id}:{provision.number}", "renumbering", number)


def _check_places(editions: Mapping[str, Sequence[Edition]], edition: Edition) -> None:
    seen_duties: set[ArticleCode] = set()
    for penalty in edition.penalties:
        if not has_place(edition, penalty.place):
            raise _broken(edition.id, "place", penalty.place)
    for duty in edition.duties:
        if duty.code in seen_duties:
            raise _broken(edition.id, "repeated_duty", duty.code)
        seen_duties.add(duty.code)
        if not has_place(edition, duty.code):
            raise _broken(edition.id, "place", duty.code)
        for code in _references(duty):
            _need_place(editions, code, str(duty.code), edition)
        for liability in duty.liability:
            for source in liability.penalties:
                if not penalties_at(edition_meant(editions, source, edition), source):
                    raise _broken(str(duty.code), "penalty", source)


def _references(duty: Duty) -> Iterator[ArticleCode]:
    yield from duty.parallel
    for liability in duty.liability:
        yield liability.article
        yield from liability.penalties


def edition_meant(editions: Mapping[str, Sequence[Edition]], code: ArticleCode, source: Edition | None) -> Edition:
    """The edition a reference means: the law's own edition, or of another law the one in force when the source's edition began or,
    when that law is younger, its first one."""
    if source is not None and code.law == source.law:
        return source
    law = editions.get(code.law)
    if law is None:
        raise _broken(source.id if source else "", "law", code)
    if source is None or source.in_force_to is None:
        return law[-1]
    return edition_on(law, source.in_force_from) or law[0]


def _need_place(editions: Mapping[str, Sequence[Edition]], code: ArticleCode, where: str, source: Edition | None) -> None:
    if not has_place(edition_meant(editions, code, source), code):
        raise _broken(where, "place", code)


def penalties_at(edition: Edition, code: ArticleCode) -> tuple[Penalty, ...]:
    """The penalties an edition sets at a place, in it, or at the 条 or 款 it lies in."""
    return tuple(penalty for penalty in edition.penalties if overlap(code, penalty.place))
