"""Puts leads together for a person to rule on: the same claim said again is one group, groups come in the order of what matters most. It orders
and counts; it rules on nothing.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from inspector_app.domain.records import Lead

#: how sure a lead is, in permille: as it stands, heard by its sound, with a ground that may take it out, both
SURE_PM = {(False, False): 1000, (True, False): 800, (False, True): 600, (True, True): 500}
_BLANK = re.compile(r"\s{1,20}")


@dataclass(frozen=True, slots=True)
class Group:
    """Leads of one claim by time; `rank` is severity × count × sureness in permille, the larger the sooner."""

    key: str
    leads: tuple[Lead, ...]

    @property
    def rank(self) -> int:
        return max(lead.severity for lead in self.leads) * sum(_sure(lead) for lead in self.leads if lead.state != "rejected")

    @property
    def best(self) -> Lead:
        """The instance to look at first: the most severe, the surest, the longest quotation, the earliest."""
        return max(self.leads, key=lambda lead: (lead.severity, _sure(lead), len(lead.quote), -lead.start_us))

    @property
    def states(self) -> dict[str, int]:
        """How many of its leads are in each state."""
        counts: dict[str, int] = defaultdict(int)
        for lead in self.leads:
            counts[lead.state] += 1
        return dict(counts)


def group_key(rule: str, product: str, words: str) -> str:
    """What repeats of one claim share: the rule, the goods named and the words that matter, alike but for numbers and blanks."""
    return "|".join((rule, product, re.sub(r"\d{1,9}", "#", _BLANK.sub("", words.casefold()))))


def _sure(lead: Lead) -> int:
    return SURE_PM[bool(lead.heard_as), bool(lead.possible_exemption)]


def kept(
    leads: Iterable[Lead],
    *,
    category: str = "",
    rule: str = "",
    witness: str = "",
    state: str = "",
    words: str = "",
) -> list[Lead]:
    """The leads that fit every filter given; `words` in the quotation or the reason. Stale leads only where `state` asks for them."""
    wanted = words.casefold()
    return [
        lead
        for lead in leads
        if (lead.state == state if state else lead.state != "stale")
        and (not category or lead.category == category)
        and (not rule or lead.rule == rule)
        and (not witness or lead.witness == witness)
        and (not wanted or wanted in f"{lead.quote}\n{lead.reason_zh}\n{lead.reason_en}".casefold())
    ]


def groups(leads: Iterable[Lead]) -> list[Group]:
    """The groups of leads, the highest rank first, then the earliest."""
    by_key: dict[str, list[Lead]] = defaultdict(list)
    for lead in leads:
        by_key[lead.group_key or lead.id].append(lead)
    found = [Group(key, tuple(sorted(many, key=lambda lead: (lead.recording_id, lead.start_us)))) for key, many in by_key.items()]
    return sorted(found, key=lambda group: (-group.rank, group.leads[0].start_us, group.key))


@dataclass(frozen=True, slots=True)
class RuleRecord:
    """How a rule fared with the people who ruled on it. `precision_pm` is None where nobody has."""

    rule: str
    accepted: int
    rejected: int
    open: int
    cases: int

    @property
    def precision_pm(self) -> int | None:
        ruled = self.accepted + self.rejected
        return self.accepted * 1000 // ruled if ruled else None


def record_of_rules(by_case: Mapping[str, Sequence[Lead]]) -> list[RuleRecord]:
    """Every rule over the cases of a bureau, the least precise first, those nobody ruled on last."""
    counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    seen: dict[str, set[str]] = defaultdict(set)
    for case, leads in by_case.items():
        for lead in leads:
            counts[lead.rule][lead.state] += 1
            seen[lead.rule].add(case)
    out = [RuleRecord(rule, by["accepted"], by["rejected"], by["open"], len(seen[rule])) for rule, by in counts.items()]
    return sorted(out, key=lambda one: (one.precision_pm is None, one.precision_pm or 0, -one.rejected, one.rule))
