"""Compares leads with a key of what a recording holds: how many breaches were met, and how many leads point at nothing. It measures the
rules, not a person; the key is made by whoever made the recording.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from inspector_app.domain.codes import ArticleCode
from inspector_app.domain.timebase import Interval, Micros

KEY_KINDS = ("breach", "near_miss", "risk")


class Pointing(Protocol):
    """What a lead must say to be scored: the engine's leads and those kept in a case both do."""

    @property
    def witness(self) -> str: ...
    @property
    def start_us(self) -> Micros: ...
    @property
    def end_us(self) -> Micros: ...
    @property
    def articles(self) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class KeyItem:
    """One place of the key. `articles` are article codes; a lead meets it through any of them, whatever the 款 or 项, and through any
    article where the key names none."""

    id: str
    kind: str
    witness: str
    start_us: Micros
    end_us: Micros
    articles: tuple[ArticleCode, ...]
    text: str = ""


@dataclass(frozen=True, slots=True)
class Score:
    """Counts and the cases behind them. A share is None where there is nothing to divide by."""

    met: tuple[KeyItem, ...]
    missed: tuple[KeyItem, ...]
    good: tuple[Pointing, ...]
    false_alarms: tuple[Pointing, ...]
    near_misses_hit: tuple[tuple[KeyItem, Pointing], ...]

    @property
    def recall(self) -> float | None:
        """Breaches met by a lead of the same witness and article, of all breaches."""
        total = len(self.met) + len(self.missed)
        return len(self.met) / total if total else None

    @property
    def precision(self) -> float | None:
        """Leads that meet a breach or a risk, of all leads."""
        total = len(self.good) + len(self.false_alarms)
        return len(self.good) / total if total else None


def read_key(data: Mapping[str, Any]) -> tuple[KeyItem, ...]:
    """The items of a key as read from JSON; raises ValueError or KeyError for a key that is none."""
    items = []
    for item in data["items"]:
        if item["kind"] not in KEY_KINDS:
            raise ValueError(item["kind"])
        articles = tuple(ArticleCode.parse(code) for code in item["articles"])
        start_us, end_us = int(item["start_us"]), int(item["end_us"])
        items.append(KeyItem(str(item["id"]), item["kind"], item["witness"], start_us, end_us, articles, str(item.get("text", ""))))
    return tuple(items)


def score(leads: Sequence[Pointing], key: Sequence[KeyItem]) -> Score:
    """Recall over the breaches, precision over the leads, and the near misses that a lead points at."""
    breaches = [item for item in key if item.kind == "breach"]
    wanted = [item for item in key if item.kind in ("breach", "risk")]
    met = tuple(item for item in breaches if any(meets(lead, item) for lead in leads))
    good = tuple(lead for lead in leads if any(meets(lead, item) for item in wanted))
    near = tuple((item, lead) for item in key if item.kind == "near_miss" for lead in leads if _overlaps(lead, item) and lead not in good)
    return Score(
        met=met,
        missed=tuple(item for item in breaches if item not in met),
        good=good,
        false_alarms=tuple(lead for lead in leads if lead not in good),
        near_misses_hit=near,
    )


def _overlaps(lead: Pointing, item: KeyItem) -> bool:
    return lead.witness == item.witness and Interval(lead.start_us, lead.end_us).overlaps(Interval(item.start_us, item.end_us))


def meets(lead: Pointing, item: KeyItem) -> bool:
    """Whether a lead is about an item: same witness, overlapping in time, and an article in common."""
    wanted = {(code.law, code.article) for code in item.articles}
    given = {(code.law, code.article) for code in map(ArticleCode.parse, lead.articles)}
    return _overlaps(lead, item) and (bool(wanted & given) or not wanted)
