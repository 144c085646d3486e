"""The catalogue as a table for a person to check against the official page, article by article; CSV for spreadsheets, HTML for print.

It shows what the catalogue says and nothing of its own; columns for the reviewer's mark and remark are left empty.
"""

import csv
import html
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from inspector_app.domain.codes import ArticleCode
from inspector_app.statutes.catalogue import Catalogue
from inspector_app.statutes.model import Duty, Edition, Item, Paragraph, Provision, Words

COLUMNS = ("code", "citation", "title", "summary", "binds", "liability", "elements", "edition", "checked", "remark")

_STYLE = (
    "body{font-family:sans-serif;font-size:10pt;margin:12mm}table{border-collapse:collapse;width:100%}"
    "th,td{border:1px solid #999;padding:2pt 4pt;vertical-align:top;text-align:left}th{background:#eee}"
    "tr{break-inside:avoid}thead{display:table-header-group}"
)


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """One 条, 款 or 项 and what the catalogue says of it; `binds` are names of `model.BINDS`, `liability` codes → codes."""

    code: str
    citation: str
    title: Words
    #: None where the catalogue carries the heading only
    summary: Words | None
    binds: tuple[str, ...]
    liability: str
    elements: int
    edition: str


def review_rows(catalogue: Catalogue) -> Iterator[ReviewRow]:
    """Every place of every edition in order: each 款, and each 项 behind its 款."""
    for editions in catalogue.laws.values():
        for edition in editions:
            for provision in edition.provisions:
                for paragraph in provision.paragraphs:
                    yield _row(catalogue, edition, provision, paragraph)
                    for item in paragraph.items:
                        yield _row(catalogue, edition, provision, paragraph, item)


def _row(catalogue: Catalogue, edition: Edition, provision: Provision, paragraph: Paragraph, item: Item | None = None) -> ReviewRow:
    place = ArticleCode(edition.law, provision.number, paragraph.number, item.number if item else 0)
    carried = item or paragraph
    resolved = catalogue.resolve(place, edition.in_force_from)
    duties = [duty for duty in edition.duties if _stands_at(duty, place)]
    chains = dict.fromkeys(
        " → ".join((str(clause.article), "、".join(map(str, clause.penalties)))) for duty in duties for clause in duty.liability
    )
    return ReviewRow(
        code=str(resolved),
        citation=catalogue.cite(place, edition.in_force_from),
        title=provision.title,
        summary=carried.summary if carried.summarised else None,
        binds=tuple(dict.fromkeys(party for duty in duties for party in duty.binds)) or paragraph.binds,
        liability="; ".join(chains),
        elements=sum(len(duty.elements) for duty in duties),
        edition=edition.id,
    )


def _stands_at(duty: Duty, place: ArticleCode) -> bool:
    """Whether a duty is at this very 款 or 项; one of the whole article is shown at its first 款."""
    code = duty.code
    return (code.article, code.paragraph or 1, code.item) == (place.article, place.paragraph, place.item)


def as_csv(rows: Sequence[ReviewRow], words: Mapping[str, str], language: str) -> str:
    """The table as CSV; `words` gives the columns' heads (`head.<column>`) and the parties' names (`binds.<party>`)."""
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(words[f"head.{column}"] for column in COLUMNS)
    for row in rows:
        # a cell that a spreadsheet would run as a formula is shown as text
        table.writerow("'" + cell if cell[:1] in {"=", "+", "-", "@", "\t", "\r"} else cell for cell in _cells(row, words, language))
    return out.getvalue()


def as_html(rows: Sequence[ReviewRow], words: Mapping[str, str], language: str, digest: str) -> str:
    """The table as one page that needs nothing else, with the catalogue's digest; `words` as for `as_csv`, and `title`."""
    head = "".join(f"<th>{html.escape(words[f'head.{column}'])}</th>" for column in COLUMNS)
    body = "\n".join("<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in _cells(row, words, language)) + "</tr>" for row in rows)
    title = html.escape(words["title"])
    return (
        f'<!DOCTYPE html>\n<html lang="{"en" if language == "en" else "zh-CN"}"><head><meta charset="utf-8"><title>{title}</title>'
        f"<style>{_STYLE}</style></head><body>\n<h1>{title}</h1>\n<p>SHA-256 {digest}</p>\n<table><thead><tr>{head}</tr></thead><tbody>\n{body}\n"
        "</tbody></table></body></html>\n"
    )


def _cells(row: ReviewRow, words: Mapping[str, str], language: str) -> tuple[str, ...]:
    return (
        row.code,
        row.citation,
        row.title.in_language(language),
        row.summary.in_language(language) if row.summary else "",
        (", " if language == "en" else "、").join(words[f"binds.{party}"] for party in row.binds),
        row.liability,
        str(row.elements),
        row.edition,
        "",
        "",
    )
