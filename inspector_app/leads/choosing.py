"""Chooses among rules that point at the same words: one sentence is one lead of the category that explains most of it, and the others stand on
that lead as what it may be besides. Words that only one rule points at are never given up.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from inspector_app.leads.lead import Lead
from inspector_app.leads.material import CHAT

#: a term recognised by its sound counts as so many characters more: it is one exact thing that was meant
HEARD_WEIGHT = 4
#: what stands in the chat is first of all a comment that the room has to deal with (办法 31-2), whatever else it would be from the host
COMMENTS = ("E04", "E07")
COMMENT_WEIGHT = 60


@dataclass(frozen=True, slots=True)
class Pointed:
    """A lead of a text rule with its group for merging, and where in its passage (by number) it points: the spans in normal text."""

    group: str
    lead: Lead
    passage: int
    sentence: tuple[int, int]
    spans: tuple[tuple[int, int], ...]


def chosen(found: Sequence[Pointed]) -> list[tuple[str, Lead]]:
    """The leads that stay, with their groups; those of another category that point at the same words become `besides` of the one kept."""
    by_passage: dict[int, list[Pointed]] = defaultdict(list)
    for one in found:
        by_passage[one.passage].append(one)
    kept: list[tuple[str, Lead]] = []
    for beside in by_passage.values():
        weight = [_weight(one, beside) for one in beside]
        for place, one in enumerate(beside):
            rivals = [
                number for number, other in enumerate(beside) if other.lead.category != one.lead.category and _share_words(one, other)
            ]
            if any(weight[number] > weight[place] and _within(one, beside[number]) for number in rivals):
                continue
            besides = tuple(sorted({beside[number].lead.rule for number in rivals}))
            kept.append((one.group, replace(one.lead, besides=besides) if besides else one.lead))
    return kept


def _weight(one: Pointed, beside: Sequence[Pointed]) -> tuple[int, int, str]:
    """How many characters of the sentence the rules of this category point at, all together; then the severity, then the category's name."""
    same = [other for other in beside if other.lead.category == one.lead.category and _overlap(one.sentence, other.sentence)]
    covered = {at for other in same for start, end in other.spans for at in range(start, end)}
    heard = sum(match.heard_as is not None for other in same for match in other.lead.matched)
    comment = COMMENT_WEIGHT * (one.lead.category in COMMENTS and one.lead.witness == CHAT)
    return len(covered) + HEARD_WEIGHT * heard + comment, max(other.lead.severity for other in same), one.lead.category


def _within(one: Pointed, other: Pointed) -> bool:
    """Whether the other rule points at most of the words that this one points at; what it leaves over would be given up with it."""
    mine = {at for start, end in one.spans for at in range(start, end)}
    theirs = {at for start, end in other.spans for at in range(start, end)}
    return 2 * len(mine & theirs) > len(mine)


def _overlap(left: tuple[int, int], right: tuple[int, int]) -> bool:
    return left[0] < right[1] and right[0] < left[1]


def _share_words(one: Pointed, other: Pointed) -> bool:
    return any(_overlap(left, right) for left in one.spans for right in other.spans)
