"""Turns one catalogue file into an edition, strictly: an unknown, missing or wrong field is an error with file and line.

It checks one file at a time; what must hold between laws (places that exist, closed liability chains) is `closure.py`'s business.
"""

import re
from collections.abc import Mapping
from pathlib import Path

from inspector_app.domain.codes import ArticleCode
from inspector_app.statutes.fields import Fields
from inspector_app.statutes.model import (
    BINDS,
    CONDITIONS,
    DEPARTMENTS,
    EXHIBITS,
    FINE_BASES,
    GRADES,
    HOLDERS,
    KEPT_SINCE,
    KINDS,
    MEASURES,
    RANKS,
    Chapter,
    Doubt,
    Duty,
    Edition,
    Element,
    Exemption,
    Fine,
    Item,
    Liability,
    Paragraph,
    Penalty,
    Provision,
    Record,
    Words,
)
from inspector_app.statutes.strict_yaml import Node, read_yaml

#: Version of the file form; a file of another form is refused.
FORMAT = "1"
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_TAG = re.compile(r"[A-Z][A-Z0-9_]*")
_LAW = re.compile(r"[^\s:：@《》\-\d]{1,30}")


def read_records(path: Path) -> dict[str, Record]:
    """The records to demand that duties of all laws name; BadInput `law.bad_catalogue`."""
    file = Fields(read_yaml(path), path.name)
    file.choice("format", (FORMAT,))
    records: dict[str, Record] = {}
    for entry in file.each("records"):
        name = entry.matching("name", _NAME)
        if name in records:
            raise entry.error("repeated_value", name)
        years = entry.option("years", entry.number)
        since = entry.option("since", lambda field, entry=entry: entry.choice(field, KEPT_SINCE))  # type: ignore[misc]
        if (years is None) != (since is None):
            raise entry.error("years_without_since", name)
        records[name] = Record(name, entry.choice("holder", HOLDERS), entry.both(), entry.code("article"), years, since)
        entry.done()
    file.done()
    return records


def read_edition(path: Path, records: Mapping[str, Record]) -> Edition:
    """One edition of one law; `records` are those of `read_records`. BadInput `law.bad_catalogue`."""
    file = Fields(read_yaml(path), path.name)
    file.choice("format", (FORMAT,))
    law = file.matching("law", _LAW)
    liabilities = _liabilities(file)
    edition = Edition(
        law=law,
        aliases=file.texts("aliases"),
        name=file.words("name"),
        label=file.words("label"),
        rank=file.choice("rank", RANKS),
        order=file.option("order", file.words),
        promulgated=file.day("promulgated"),
        in_force_from=file.day("in_force_from"),
        in_force_to=file.option("in_force_to", file.day),
        supersedes=file.option("supersedes", file.day),
        first=file.choice("first", ("true", "false")) == "true",
        articles_total=file.number("articles_total"),
        doubt=_doubt(file),
        to_verify=file.texts("to_verify", ("promulgated", "in_force_from", "order")),
        chapters=tuple(_chapter(entry) for entry in file.each("chapters")),
        provisions=_provisions(file),
        duties=tuple(_duty(entry, law, liabilities, records) for entry in file.each("duties")),
        penalties=tuple(_penalty(entry, law) for entry in file.each("penalties")),
    )
    file.done()
    used = {clause for duty in edition.duties for clause in duty.liability}
    for name, clause in liabilities.items():
        if clause not in used:
            raise file.error("unused_value", name)
    if edition.in_force_to is not None and edition.in_force_to <= edition.in_force_from:
        raise file.error("ends_before_it_starts", edition.id)
    return edition


def _doubt(file: Fields) -> Doubt | None:
    entry = file.option("doubt", file.fields)
    if entry is None:
        return None
    doubt = Doubt(entry.day("since"), entry.both())
    entry.done()
    return doubt


def _chapter(entry: Fields) -> Chapter:
    chapter = Chapter(entry.number("chapter"), entry.number("first"), entry.number("last"), entry.both())
    entry.done()
    return chapter


def _provisions(file: Fields) -> tuple[Provision, ...]:
    provisions: list[Provision] = []
    for entry in file.each("articles"):
        number = entry.number("article")
        if provisions and number <= provisions[-1].number:
            raise entry.error("article_order", number)
        title, kind, binds = entry.words("title"), entry.choice("kind", KINDS), entry.texts("binds", BINDS)
        nodes = enumerate(entry.nodes("paragraphs"), start=1)
        paragraphs = tuple(_paragraph(entry, node, index, title, kind, binds) for index, node in nodes)
        if not paragraphs:
            raise entry.error("missing_field", "paragraphs")
        provisions.append(
            Provision(
                number=number,
                title=title,
                kind=kind,
                binds=binds,
                keywords=entry.texts("keywords"),
                paragraphs=paragraphs,
                renumbered_from=entry.option("renumbered_from", entry.number),
                renumbered_to=entry.option("renumbered_to", entry.number),
            )
        )
        entry.done()
    return tuple(provisions)


def _paragraph(article: Fields, node: Node, number: int, title: Words, kind: str, binds: tuple[str, ...]) -> Paragraph:
    """A 款 in summary, or a plain number: how many 项 a 款 has that is carried by the article's heading only."""
    if isinstance(node.value, str):
        return Paragraph(number, title, _headings(article.count("paragraphs", node), title), kind, binds, summarised=False)
    entry = Fields(node, article.file)
    summary = entry.both()
    own_kind = entry.option("kind", lambda field: entry.choice(field, KINDS))
    items = _items(entry, summary)
    paragraph = Paragraph(number, summary, items, own_kind or kind, entry.texts("binds", BINDS) or binds, summarised=True)
    entry.done()
    return paragraph


def _items(paragraph: Fields, summary: Words) -> tuple[Item, ...]:
    """The 项 of a 款, each in summary; or a plain number of 项 that the summary of the 款 stands for."""
    node = paragraph.node("items")
    if node is None:
        return ()
    if isinstance(node.value, str):
        return _headings(paragraph.count("items", node), summary)
    if not isinstance(node.value, list):
        raise paragraph.error("not_a_list", "items")
    items = []
    for number, entry in enumerate((Fields(each, paragraph.file) for each in node.value), start=1):
        items.append(Item(number, entry.both(), summarised=True))
        entry.done()
    return tuple(items)


def _headings(count: int, heading: Words) -> tuple[Item, ...]:
    return tuple(Item(number, heading, summarised=False) for number in range(1, count + 1))


def _liabilities(file: Fields) -> dict[str, Liability]:
    """The file's liability clauses by the name under which its duties refer to them."""
    liabilities: dict[str, Liability] = {}
    for entry in file.each("liabilities"):
        name = entry.matching("name", _NAME)
        if name in liabilities:
            raise entry.error("repeated_value", name)
        liabilities[name] = Liability(
            article=entry.code("article"),
            penalties=entry.codes("penalties"),
            range=entry.both(),
            condition=entry.choice("condition", CONDITIONS),
            departments=entry.texts("departments", DEPARTMENTS),
        )
        if not liabilities[name].penalties or not liabilities[name].departments:
            raise entry.error("missing_field", "penalties, departments")
        entry.done()
    return liabilities


def _duty(entry: Fields, law: str, liabilities: Mapping[str, Liability], records: Mapping[str, Record]) -> Duty:
    code = entry.code("code")
    if code.law != law:
        raise entry.error("other_law", code)
    duty = Duty(
        code=code,
        tag=entry.matching("tag", _TAG),
        name=entry.words("name"),
        binds=entry.texts("binds", BINDS),
        elements=_elements(entry, code),
        exemptions=_exemptions(entry, code),
        continuous=entry.flag("continuous"),
        records=tuple(records[name] for name in entry.texts("records", records)),
        liability=tuple(liabilities[name] for name in entry.texts("liability", liabilities)),
        keywords=entry.texts("keywords"),
        parallel=entry.codes("parallel"),
        note=entry.option("note", entry.words),
    )
    for name, given in (("binds", duty.binds), ("elements", duty.elements)):
        if not given:
            raise entry.error("missing_field", name)
    if not duty.samr_penalty and duty.note is None:
        raise entry.error("missing_field", "note")  # that market regulators cannot fine must be said, not left out
    entry.done()
    return duty


def _elements(duty: Fields, code: ArticleCode) -> tuple[Element, ...]:
    elements: list[Element] = []
    for entry in duty.each("elements"):
        key = f"{code}#{entry.matching('id', _NAME)}"
        if any(element.key == key for element in elements):
            raise entry.error("repeated_value", key)
        elements.append(Element(key, entry.both(), entry.texts("exhibits", EXHIBITS)))
        if not elements[-1].exhibits:
            raise entry.error("missing_field", "exhibits")
        entry.done()
    return tuple(elements)


def _exemptions(duty: Fields, code: ArticleCode) -> tuple[Exemption, ...]:
    exemptions: list[Exemption] = []
    for entry in duty.each("exemptions"):
        key = f"{code}#{entry.matching('id', _NAME)}"
        if any(exemption.key == key for exemption in exemptions):
            raise entry.error("repeated_value", key)
        exemptions.append(Exemption(key, entry.both(), entry.option("basis", entry.text)))
        entry.done()
    return tuple(exemptions)


def _penalty(entry: Fields, law: str) -> Penalty:
    place = entry.code("place")
    if place.law != law:
        raise entry.error("other_law", place)
    penalty = Penalty(
        place=place,
        grade=entry.choice("grade", GRADES),
        range=entry.both(),
        fine=_fine(entry),
        measures=entry.texts("measures", MEASURES),
    )
    entry.done()
    return penalty


def _fine(penalty: Fields) -> Fine | None:
    entry = penalty.option("fine", penalty.fields)
    if entry is None:
        return None
    fine = Fine(
        min_yuan=entry.option("min_yuan", entry.number),
        max_yuan=entry.option("max_yuan", entry.number),
        of=entry.option("of", lambda field: entry.choice(field, FINE_BASES)),
        min_percent=entry.option("min_percent", entry.number),
        max_percent=entry.option("max_percent", entry.number),
    )
    for low, high in ((fine.min_yuan, fine.max_yuan), (fine.min_percent, fine.max_percent)):
        if low is not None and high is not None and low > high:
            raise entry.error("ends_before_it_starts", f"{low} > {high}")
    if (fine.of is None) != (fine.max_percent is None):
        raise entry.error("missing_field", "of, max_percent")
    entry.done()
    return fine


def words_of(provision: Provision) -> tuple[Words, ...]:
    """Every text pair of an article, each once, for searching and for tests."""
    inner = [words for paragraph in provision.paragraphs for words in (paragraph.summary, *(item.summary for item in paragraph.items))]
    return tuple(dict.fromkeys((provision.title, *inner)))
