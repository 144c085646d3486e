"""The law catalogue: loads every edition from a folder and answers which article says what, binds whom and costs how much, on which day.

It holds summaries, elements and liability chains written for this program, never the statute's own words (`official.py` reads those),
and it never judges facts: a person does.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path

from inspector_app.domain.codes import ArticleCode
from inspector_app.domain.errors import BadInput
from inspector_app.statutes.citing import canonical, cite, cite_english
from inspector_app.statutes.closure import check_closure, edition_meant, edition_on, has_place, overlap, penalties_at
from inspector_app.statutes.finder import find_places
from inspector_app.statutes.model import RANKS, Article, DateNote, Duty, Edition, Liability, Part, Penalty, Provision, Record, Words
from inspector_app.statutes.notes import counterpart, date_notes, duties_at, renumbered
from inspector_app.statutes.reading import read_edition, read_records

RECORDS_FILE = "records.yaml"
#: The law this program is about; it comes first in every list.
FIRST_LAW = "办法"

Articles = list[Article]
Duties = list[Duty]
Editions = list[Edition]
Notes = list[DateNote]


@dataclass(frozen=True)
class Catalogue:
    """All editions by short name, oldest first; the laws in the order they are listed: the Measures, then by rank and name."""

    laws: Mapping[str, tuple[Edition, ...]]
    records: Mapping[str, Record]

    @staticmethod
    def load(folder: Path) -> "Catalogue":
        """Reads and checks `folder/*.yaml`; BadInput `law.no_catalogue`, `law.bad_catalogue` (file, line) or `law.broken_chain`."""
        if not (folder / RECORDS_FILE).is_file():
            raise BadInput("law.no_catalogue", folder=str(folder))
        records = read_records(folder / RECORDS_FILE)
        editions = [read_edition(path, records) for path in sorted(folder.glob("*.yaml")) if path.name != RECORDS_FILE]
        if not editions:
            raise BadInput("law.no_catalogue", folder=str(folder))
        editions.sort(key=lambda edition: (edition.law != FIRST_LAW, RANKS.index(edition.rank), edition.law, edition.in_force_from))
        laws: dict[str, tuple[Edition, ...]] = {}
        for edition in editions:
            laws[edition.law] = (*laws.get(edition.law, ()), edition)
        check_closure(laws, records.values())
        return Catalogue(laws, records)

    # --- editions and places -------------------------------------------------------------------------------------------------

    def edition(self, law: str, on: date | None = None) -> Edition:
        """The edition in force that day, or the newest; BadInput `law.unknown_law`, `law.not_in_force`, or
        `law.edition_missing` when the law existed that day in an older edition the catalogue does not carry."""
        editions = self.laws.get(self._short_names.get(law, law))
        if editions is None:
            raise BadInput("law.unknown_law", law=law, known="、".join(self.laws))
        if on is None:
            return editions[-1]
        found = edition_on(editions, on)
        if found is None:
            code = "law.not_in_force" if editions[0].first else "law.edition_missing"
            raise BadInput(code, law=law, day=on.isoformat(), in_force_from=editions[0].in_force_from.isoformat())
        return found

    def resolve(self, code: ArticleCode | str, on: date | None = None) -> ArticleCode:
        """The canonical code of a place the edition carries, from a code or from text such as `办法:34-1`, `《广告法》第九条第（三）项`.

        BadInput `law.bad_code`, `law.unknown_law`, `law.not_in_force`, `law.edition_missing`, `law.unknown_article` (with `near`, the place probably meant).
        """
        code = self._parsed(code)
        edition = self.edition(code.law, on)
        if not has_place(edition, code):
            raise BadInput("law.unknown_article", article=str(code), edition=edition.id, near=self._near(code, edition))
        return canonical(code, edition)

    def numbered_on(self, code: ArticleCode | str, on: date) -> ArticleCode:
        """The place of that day's edition that answers to `code`, which uses today's numbering, as lead rules and hot keys do.

        Errors as `resolve`; BadInput `law.unknown_article` as well where that day's edition had no such article.
        """
        place = self.resolve(code)
        of_day = self.edition(place.law, on)
        moved = renumbered(self.laws[place.law], place, self.edition(place.law), of_day)
        if moved is None:
            raise BadInput("law.unknown_article", article=str(place), edition=of_day.id, near="")
        return moved

    def article(self, code: ArticleCode | str, on: date | None = None) -> Article:
        """Everything about one 条, 款 or 项 in the edition of that day (the newest without a day); errors as `resolve`.

        References to other laws (penalty sources, parallel places) are numbered as on that day.
        """
        place = self.resolve(code, on)
        edition = self.edition(place.law, on)
        provision = edition.provision(place.article)
        assert provision is not None  # resolve() found it
        kind, binds, summary, summarised, parts = _at_place(provision, place, edition)
        duties = tuple(self._duty_on(duty, edition, on) for duty in duties_at(edition, place))
        if duties:
            clauses = [clause for duty in duties for clause in duty.liability]
        else:  # a liability clause shows how the duties it answers are punished through it
            answering = (clause for duty in edition.duties for clause in duty.liability if overlap(clause.article, place))
            clauses = [self._clause_on(clause, edition, on) for clause in answering]
        liability = tuple(dict.fromkeys(clauses))
        sources = dict.fromkeys(source for clause in liability for source in clause.penalties)
        own = penalties_at(edition, place)
        return Article(
            code=place,
            citation=cite(place, edition),
            kind=kind,
            title=provision.title,
            binds=binds,
            summary=summary,
            summarised=summarised,
            parts=parts,
            keywords=provision.keywords,
            chapter=edition.chapter(place.article),
            edition=edition,
            duties=duties,
            elements=tuple(element for duty in duties for element in duty.elements),
            liability=liability,
            penalty=tuple(dict.fromkeys([*own, *(penalty for source in sources for penalty in self._penalties(source, edition, on))])),
            answers=self._answers(place, edition) if kind == "liability" else (),
        )

    def list(self, on: date | None = None, law: str | None = None) -> Articles:
        """All whole articles carried, of one law or of all laws in force that day (newest editions without a day)."""
        editions = [self.edition(law, on)] if law else self._editions(on)
        return [self.article(ArticleCode(edition.law, provision.number), on) for edition in editions for provision in edition.provisions]

    def find(self, words: str, on: date | None = None) -> Articles:
        """Places by number, words in Chinese or English, tag or pinyin initials (`xjxc`), best first; every word must match."""
        return [self.article(code, on) for code in find_places(self._editions(on), words)]

    def duties(self, on: date | None = None) -> Duties:
        """Every duty a finding can be tagged with, in the order of the laws."""
        return [duty for edition in self._editions(on) for duty in edition.duties]

    # --- words for documents -----------------------------------------------------------------------------------------------------

    def cite(self, code: ArticleCode | str, on: date | None = None, *, formal: bool = False) -> str:
        """《直播电商监督管理办法》第三十四条第一款; `formal` keeps 中华人民共和国 in the name. Errors as `resolve`."""
        place = self.resolve(code, on)
        return cite(place, self.edition(place.law, on), formal=formal)

    def cite_english(self, code: ArticleCode | str, on: date | None = None) -> str:
        """The citation in English. Errors as `resolve`."""
        place = self.resolve(code, on)
        return cite_english(place, self.edition(place.law, on))

    def on_date_notes(self, code: ArticleCode | str, broadcast_day: date) -> Notes:
        """What the day of the broadcast changes (`DateNote` codes: see the module `notes`); `code` may use the numbering of any edition.

        BadInput `law.bad_code`, `law.unknown_law`, `law.unknown_article`.
        """
        place = self._parsed(code)
        newest = self.edition(place.law)
        if not any(has_place(edition, place) for edition in self.laws[place.law]):
            raise BadInput("law.unknown_article", article=str(place), edition=newest.id, near=self._near(place, newest))
        return date_notes(self.laws, place, broadcast_day)

    def digest(self) -> str:
        """SHA-256 (hex) of the whole content in canonical JSON: comments and layout of the files do not change it."""
        return self._digest

    # --- inner -------------------------------------------------------------------------------------------------------------------

    @cached_property
    def _digest(self) -> str:
        content = {"laws": _plain(list(self.laws.values())), "records": _plain(list(self.records.values()))}
        text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    @cached_property
    def _short_names(self) -> dict[str, str]:
        """Full Chinese names, with and without 中华人民共和国, and aliases to short names."""
        names = {name: law for law, editions in self.laws.items() for edition in editions for name in (edition.name.zh, *edition.aliases)}
        return names | {name.removeprefix("中华人民共和国"): law for name, law in names.items()}

    def _parsed(self, code: ArticleCode | str) -> ArticleCode:
        try:
            code = ArticleCode.parse(code) if isinstance(code, str) else code
        except ValueError as error:
            raise BadInput("law.bad_code", text=str(code)) from error
        return ArticleCode(self._short_names.get(code.law, code.law), code.article, code.paragraph, code.item)

    def _editions(self, on: date | None) -> Editions:
        if on is None:
            return [editions[-1] for editions in self.laws.values()]
        return [edition for editions in self.laws.values() if (edition := edition_on(editions, on))]

    def _near(self, code: ArticleCode, edition: Edition) -> str:
        """The place probably meant: the same under this edition's numbering, or the article when only its 款 or 项 is wrong."""
        for other in self.laws[code.law]:
            moved = counterpart(code, other, edition) if other is not edition and has_place(other, code) else None
            if moved is not None:
                return str(moved)
        as_item = ArticleCode(code.law, code.article, 1, code.paragraph)  # 广告法:9-3 for 广告法:9-1-3
        if code.paragraph and not code.item and has_place(edition, as_item):
            return str(as_item)
        whole = ArticleCode(code.law, code.article)
        return str(whole) if has_place(edition, whole) else ""

    def _penalties(self, source: ArticleCode, edition: Edition, on: date | None) -> tuple[Penalty, ...]:
        of_day = edition_on(self.laws[source.law], on) if on and source.law != edition.law else None
        return penalties_at(of_day or edition_meant(self.laws, source, edition), source)

    def _reference_on(self, code: ArticleCode, source: Edition, on: date | None) -> ArticleCode | None:
        """A place that the files of `source` refer to, numbered as on that day; None where that day's edition had no such place."""
        law = self.laws[code.law]
        of_day = edition_on(law, on) if on and len(law) > 1 and code.law != source.law else None
        return code if of_day is None else renumbered(law, code, edition_meant(self.laws, code, source), of_day)

    def _clause_on(self, clause: Liability, source: Edition, on: date | None) -> Liability:
        penalties = (self._reference_on(code, source, on) for code in clause.penalties)
        article = self._reference_on(clause.article, source, on) or clause.article
        return replace(clause, article=article, penalties=tuple(code for code in penalties if code is not None))

    def _duty_on(self, duty: Duty, source: Edition, on: date | None) -> Duty:
        if on is None:
            return duty
        parallel = (self._reference_on(code, source, on) for code in duty.parallel)
        clauses = tuple(self._clause_on(clause, source, on) for clause in duty.liability)
        return replace(duty, parallel=tuple(code for code in parallel if code is not None), liability=clauses)

    def _answers(self, place: ArticleCode, edition: Edition) -> tuple[ArticleCode, ...]:
        """The duties whose liability lies at this place, of the same edition or of the newest editions of other laws."""
        others = [editions[-1] for law, editions in self.laws.items() if law != place.law]
        codes = []
        for source in (edition, *others):
            for duty in source.duties:
                named = [code for clause in duty.liability for code in (clause.article, *clause.penalties) if overlap(code, place)]
                if any(edition_meant(self.laws, code, source) is edition for code in named):
                    codes.append(duty.code)
        return tuple(codes)


def _at_place(provision: Provision, place: ArticleCode, edition: Edition) -> tuple[str, tuple[str, ...], Words, bool, tuple[Part, ...]]:
    """Kind, bound parties, summary, whether it is more than the heading, and parts of a place that exists."""
    law, number = edition.law, provision.number
    if not place.paragraph:
        paragraphs = provision.paragraphs
        told = [part.summary for part in paragraphs if part.summarised]
        summary = Words(" ".join(words.zh for words in told), " ".join(words.en for words in told)) if told else provision.title
        if len(paragraphs) > 1:
            parts = tuple(Part(ArticleCode(law, number, part.number), part.summary) for part in paragraphs)
        else:
            parts = tuple(Part(ArticleCode(law, number, 1, item.number), item.summary) for item in paragraphs[0].items)
        return provision.kind, provision.binds, summary, bool(told), parts
    paragraph = provision.paragraphs[place.paragraph - 1]
    if place.item:
        item = paragraph.items[place.item - 1]
        return paragraph.kind, paragraph.binds, item.summary, item.summarised, ()
    parts = tuple(Part(ArticleCode(law, number, paragraph.number, item.number), item.summary) for item in paragraph.items)
    return paragraph.kind, paragraph.binds, paragraph.summary, paragraph.summarised, parts


def _plain(value: object) -> object:
    """Dataclasses, codes and dates as JSON values, deterministically."""
    if isinstance(value, ArticleCode):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (list, tuple)):
        return [_plain(part) for part in value]
    if is_dataclass(value):
        return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
    return value
