"""The law as data: editions, articles with their 款 and 项, duties with elements and liability, penalties. Values only, no reading or searching.

Every text here is a summary written for this program in Chinese and English. The statute's own words are never kept here; they come
from the official text a user imports (`official.py`).
"""

from bisect import bisect_left
from dataclasses import dataclass
from datetime import date

from inspector_app.domain.codes import ArticleCode

#: Who an article binds. The first five are those of the Measures (第二条); the others are used by the laws it points to.
BINDS = ("platform", "operator", "host", "agency", "department", "business", "advertiser", "ad_agent", "ad_publisher", "endorser")
RANKS = ("law", "administrative_regulation", "departmental_rule")
KINDS = (
    "principle",
    "encouragement",
    "definition",
    "right",
    "duty",
    "prohibition",
    "attribution",
    "procedure",
    "power",
    "liability",
    "final",
)
EXHIBITS = ("quote", "still", "screen_text", "chat", "clip", "document")
#: What must happen before the fine: `order_first` an order to correct, with which a fine may come; `refuse_or_serious` 拒不改正或者情节严重;
#: `not_corrected_in_time` 逾期不改正; `none` no earlier order is needed.
CONDITIONS = ("order_first", "refuse_or_serious", "not_corrected_in_time", "none")
DEPARTMENTS = ("samr", "cac")
GRADES = ("ordinary", "serious")
#: What a fine counted in percent is a percentage of.
FINE_BASES = ("ad_fee", "illegal_gains", "goods_value", "turnover")
MEASURES = (
    "order_correction",
    "stop_violation",
    "stop_advertising",
    "eliminate_effect",
    "warning",
    "confiscate_gains",
    "confiscate_goods",
    "confiscate_fee",
    "suspend_business",
    "suspend_service",
    "revoke_licence",
    "civil_damages",
)
HOLDERS = ("platform", "operator", "agency", "host", "seller", "advertiser")
KEPT_SINCE = ("transaction_end", "broadcast_end", "advertisement_end")


@dataclass(frozen=True, slots=True)
class Words:
    """One statement in both languages; neither is ever empty."""

    zh: str
    en: str

    def in_language(self, language: str) -> str:
        """The English words for `en`, the Chinese ones otherwise."""
        return self.en if language == "en" else self.zh


@dataclass(frozen=True, slots=True)
class Chapter:
    """第X章 and the articles it spans, both ends included."""

    number: int
    first: int
    last: int
    title: Words


@dataclass(frozen=True, slots=True)
class Item:
    """One 项, in summary; not `summarised` = carried by the heading of its 款 or 条 only, so that it can be cited."""

    number: int
    summary: Words
    summarised: bool


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One 款, in summary. `kind` and `binds` are the article's unless the 款 differs; not `summarised` = the summary is the article's title."""

    number: int
    summary: Words
    items: tuple[Item, ...]
    kind: str
    binds: tuple[str, ...]
    summarised: bool


@dataclass(frozen=True, slots=True)
class Provision:
    """One 条 of an edition, all its 款 and 项 addressable. The renumbering points into the edition before and after this one."""

    number: int
    title: Words
    kind: str
    binds: tuple[str, ...]
    keywords: tuple[str, ...]
    paragraphs: tuple[Paragraph, ...]
    renumbered_from: int | None
    renumbered_to: int | None


@dataclass(frozen=True, slots=True)
class Fine:
    """Bounds of a fine: whole yuan, and/or percent of a base. None = the law sets no such bound."""

    min_yuan: int | None
    max_yuan: int | None
    of: str | None
    min_percent: int | None
    max_percent: int | None


@dataclass(frozen=True, slots=True)
class Penalty:
    """What a liability clause allows at one grade of gravity."""

    place: ArticleCode
    grade: str
    range: Words
    fine: Fine | None
    measures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Element:
    """One 构成要件: all elements of a duty must be proved. `exhibits` are the kinds that usually prove it, best first."""

    #: unique in the catalogue and stable, as `办法:34-1#claim`: what a finding stores beside its tick
    key: str
    statement: Words
    exhibits: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Exemption:
    """An exemption or counter-evidence to look for and to record either way."""

    key: str
    statement: Words
    #: where the exemption is written, as it is cited in Chinese; None for practice
    basis: str | None


@dataclass(frozen=True, slots=True)
class Record:
    """A record to demand: from whom, what, kept how long (years since an event; None = no period set), under which article."""

    name: str
    holder: str
    what: Words
    article: ArticleCode
    years: int | None
    since: str | None


@dataclass(frozen=True, slots=True)
class Liability:
    """The clause that answers a breach, the clauses that set the penalty, and what must happen first."""

    article: ArticleCode
    penalties: tuple[ArticleCode, ...]
    range: Words
    condition: str
    departments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Duty:
    """A duty or prohibition a finding can be tagged with: what must be proved, what may excuse it, who answers how."""

    code: ArticleCode
    tag: str
    name: Words
    binds: tuple[str, ...]
    elements: tuple[Element, ...]
    exemptions: tuple[Exemption, ...]
    #: must hold during the whole broadcast (持续): measured as a share of airtime, not at one instant
    continuous: bool
    records: tuple[Record, ...]
    #: empty where the law gives no penalty for it: `note` then says so
    liability: tuple[Liability, ...]
    #: words this duty is found by; where empty, the article's
    keywords: tuple[str, ...]
    #: places of other laws the same conduct usually breaches
    parallel: tuple[ArticleCode, ...]
    #: what a person must know, above all that no market-regulation penalty exists
    note: Words | None

    @property
    def samr_penalty(self) -> bool:
        """Whether market regulators have a penalty clause at all; if not, only 网信 can punish."""
        return any("samr" in liability.departments for liability in self.liability)


@dataclass(frozen=True, slots=True)
class Doubt:
    """A change of the law that is known or believed but whose text this catalogue does not carry."""

    since: date
    statement: Words


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition of one law. `articles_total` counts the law's articles, whether or not this catalogue carries them yet."""

    law: str
    #: other short names people use, as `反法`
    aliases: tuple[str, ...]
    name: Words
    label: Words
    rank: str
    order: Words | None
    promulgated: date
    in_force_from: date
    #: first day it no longer applies; None = still in force
    in_force_to: date | None
    supersedes: date | None
    #: nothing of this law was in force before this edition; False = an older edition existed, carried here or not
    first: bool
    articles_total: int
    doubt: Doubt | None
    #: metadata known from general knowledge, to be compared with the official page before release
    to_verify: tuple[str, ...]
    chapters: tuple[Chapter, ...]
    provisions: tuple[Provision, ...]
    duties: tuple[Duty, ...]
    penalties: tuple[Penalty, ...]

    @property
    def id(self) -> str:
        """Short name and first day in force, as `反不正当竞争法@2025-10-15`."""
        return f"{self.law}@{self.in_force_from.isoformat()}"

    def in_force(self, day: date) -> bool:
        return self.in_force_from <= day and (self.in_force_to is None or day < self.in_force_to)

    def provision(self, number: int) -> Provision | None:
        at = bisect_left(self.provisions, number, key=lambda provision: provision.number)
        return self.provisions[at] if at < len(self.provisions) and self.provisions[at].number == number else None

    def chapter(self, number: int) -> Chapter | None:
        """The chapter of an article; None where the law has no chapters."""
        return next((chapter for chapter in self.chapters if chapter.first <= number <= chapter.last), None)


@dataclass(frozen=True, slots=True)
class Part:
    """A 款 or 项 inside the place shown, with its own code."""

    code: ArticleCode
    summary: Words


@dataclass(frozen=True, slots=True)
class Article:
    """One place of the law as a card shows it: the whole 条, one 款 or one 项, with everything that hangs on it."""

    code: ArticleCode
    #: full citation in Chinese, with the edition named when it is no longer in force
    citation: str
    kind: str
    title: Words
    binds: tuple[str, ...]
    summary: Words
    #: False = the catalogue carries this place by its heading only; read the official text
    summarised: bool
    #: 款 or 项 one level below, empty at the lowest level
    parts: tuple[Part, ...]
    keywords: tuple[str, ...]
    chapter: Chapter | None
    edition: Edition
    duties: tuple[Duty, ...]
    elements: tuple[Element, ...]
    liability: tuple[Liability, ...]
    #: what can be imposed in the end: of the sources a duty points to, or of this very place when it is a liability clause
    penalty: tuple[Penalty, ...]
    #: for a liability clause: the duties it answers
    answers: tuple[ArticleCode, ...]


@dataclass(frozen=True, slots=True)
class DateNote:
    """Something the day of the broadcast changes, as code and facts; `ui` and `cli` make the sentence."""

    code: str
    facts: dict[str, str]
