"""From the words a rule met to a lead: one sentence, its exemptions weighed, its reason filled. Both the text rules and the checks over
time build their leads here, so every lead quotes, times and names its sources the same way.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from inspector_app.domain.timebase import SECOND, Micros
from inspector_app.leads.exemptions import CERTAIN, POSSIBLE, Exemption, Place
from inspector_app.leads.lead import Lead, Matched, PossibleExemption
from inspector_app.leads.passages import Passage
from inspector_app.leads.rules import Patterns, Rule
from inspector_app.leads.search import Hit

#: the same caption or message again within this time is one lead
SAME_AGAIN_US = 300 * SECOND


@dataclass(frozen=True, slots=True)
class Claim:
    """The hits of one rule in one sentence; `left`, `right` span the sentence in the passage's original text, main hit first."""

    passage: Passage
    left: int
    right: int
    hits: tuple[Hit, ...]
    exemption: PossibleExemption | None = None

    @property
    def times(self) -> tuple[Micros, Micros]:
        return self.passage.times(self.left, self.right)

    @property
    def sources(self) -> tuple[str, ...]:
        return tuple(piece.id for piece in self.passage.sources(self.left, self.right))

    def matched(self) -> tuple[Matched, ...]:
        """What was met, as slices of the quotation."""
        out = []
        for hit in self.hits:
            start, end = self.passage.normal.source(hit.start, hit.end)
            out.append(Matched(self.passage.original[start:end], start - self.left, end - self.left, hit.heard_as))
        return tuple(out)


def claims(rule: Rule, passage: Passage, hits: Sequence[Hit], products: Sequence[str]) -> Iterator[Claim]:
    """One claim per sentence in which a hit remains after its requirements and exemptions were weighed."""
    by_sentence: dict[tuple[int, int], list[Hit]] = {}
    for hit in hits:
        span = passage.sentence(hit.start, hit.end)
        last = next(reversed(by_sentence), None)
        if last is not None and span[0] < last[1]:  # a hit across a cut joins the two sentences
            by_sentence[last[0], max(last[1], span[1])] = [*by_sentence.pop(last), hit]
        else:
            by_sentence[span] = [hit]
    for (start, end), group in by_sentence.items():
        weighed = [(hit, *_weighed(rule, Place(passage, hit.start, hit.end), products)) for hit in group]
        kept = [(hit, possible) for hit, stands, possible in weighed if stands]
        if not kept:
            continue
        # the main hit: without an exemption before with one, written before heard, the longer before the shorter
        kept.sort(key=lambda pair: (pair[1] is not None, pair[0].heard_as is not None, pair[0].start - pair[0].end, pair[0].start))
        left, right = passage.original_span(start, end)
        yield Claim(passage, left, right, tuple(hit for hit, _ in kept), kept[0][1])


def _weighed(rule: Rule, place: Place, products: Sequence[str]) -> tuple[bool, PossibleExemption | None]:
    """Whether the words stand, and the first ground that may take them out."""
    if rule.requires and not _met(rule.requires, [place.around, *products]):
        return False, None
    possible: Exemption | None = None
    for exemption in rule.exemptions:
        grade = exemption.judge(place)
        if grade == CERTAIN:
            return False, None
        if grade == POSSIBLE and possible is None:
            possible = exemption
    if possible is None:
        return True, None
    return True, PossibleExemption(possible.id, possible.ground_zh, possible.ground_en)


def _met(patterns: Patterns, texts: Sequence[str]) -> bool:
    return any(pattern.search(text) for pattern in patterns for text in texts)


def lead_of(rule: Rule, claim: Claim, over: Sequence[Claim] = (), **facts: str) -> Lead:
    """The lead of a claim; `over` are all claims of a repeated one, whose time and sources it then takes."""
    every = over or (claim,)
    matched = claim.matched()
    start_us = min(each.times[0] for each in every)
    end_us = max(each.times[1] for each in every)
    words = {
        "matched": matched[0].heard_as or matched[0].text,
        "times": str(len(every)),
        "seconds": str((end_us - start_us) // SECOND),
        "spoken": "",
        "shown": "",
    } | facts
    sources = tuple(dict.fromkeys(source for each in every for source in each.sources))
    doubts = {flag for each in every for piece in each.passage.sources(each.left, each.right) for flag in piece.flags}
    return Lead(
        rule=rule.id,
        category=rule.category,
        articles=tuple(str(article) for article in rule.articles),
        witness=claim.passage.witness,
        start_us=start_us,
        end_us=end_us,
        quote=claim.passage.original[claim.left : claim.right],
        matched=matched,
        reason_zh=rule.reason_zh.format_map(words),
        reason_en=rule.reason_en.format_map(words),
        severity=rule.severity,
        possible_exemption=claim.exemption,
        source_ids=sources,
        doubts=tuple(sorted(doubts)),
        times=len(every),
        element=rule.element,
        facts={name: value for name, value in facts.items() if value},
    )


def merged(found: Sequence[tuple[str, Lead]]) -> list[Lead]:
    """Leads with the same rule and group (a caption shown again, a message sent again) within `SAME_AGAIN_US` as one, first words kept."""
    open_leads: dict[tuple[str, str], Lead] = {}
    done: list[Lead] = []
    for group, lead in sorted(found, key=lambda pair: (pair[1].start_us, pair[1].end_us, pair[1].rule, pair[0])):
        key = (lead.rule, group)
        earlier = open_leads.get(key)
        if earlier is not None and lead.start_us - earlier.end_us <= SAME_AGAIN_US:
            open_leads[key] = replace(
                earlier,
                end_us=max(earlier.end_us, lead.end_us),
                source_ids=tuple(dict.fromkeys((*earlier.source_ids, *lead.source_ids))),
                times=earlier.times + lead.times,
            )
            continue
        if earlier is not None:
            done.append(earlier)
        open_leads[key] = lead
    return [*done, *open_leads.values()]
