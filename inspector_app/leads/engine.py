"""Runs the rules over one recording's material: the same leads in the same order every time, no clock and no files. What a passage was found to
hold is kept, so that a recording that grows costs its new words only and ends with what one run over the whole would say.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from inspector_app.leads import checks
from inspector_app.leads.choosing import Pointed, chosen
from inspector_app.leads.claims import Claim, claims, lead_of, merged
from inspector_app.leads.lead import Lead
from inspector_app.leads.material import SPEECH, WITNESSES, Material
from inspector_app.leads.passages import Passage, passages
from inspector_app.leads.products import Named
from inspector_app.leads.rules import TEXT_KINDS, Rule, RuleSet
from inspector_app.leads.search import Hit, TermIndex


def run(rules: RuleSet, material: Material) -> list[Lead]:
    """The leads of a recording, by time: at most one for each rule and sentence, and one for a caption however long it is shown."""
    return Engine(rules).run(material)


class Engine:
    """The rules, and what they met in the passages read so far."""

    def __init__(self, rules: RuleSet) -> None:
        self.rules = rules
        self._text_rules = [rule for rule in rules.rules if rule.kind in TEXT_KINDS]
        self._index = {
            voice: TermIndex(
                [rule if voice in rule.witnesses else replace(rule, terms=(), patterns=(), frames=()) for rule in self._text_rules]
            )
            for voice in WITNESSES
        }
        self._met: dict[tuple[object, ...], dict[int, list[Hit]]] = {}

    def run(self, material: Material) -> list[Lead]:
        """As `run` over the same rules, for material that may hold that of the runs before and more."""
        read = passages(material)
        keys = [_key(passage) for passage in read]
        met: dict[tuple[object, ...], dict[int, list[Hit]]] = {}
        for key, passage in zip(keys, read, strict=True):
            if key not in met:
                known = self._met.get(key)
                met[key] = self._index[passage.voice].find(passage) if known is None else known
        self._met = met
        return _leads(self.rules, self._text_rules, material, read, [met[key] for key in keys])


def _key(passage: Passage) -> tuple[object, ...]:
    """All that the finding of words depends on."""
    return passage.voice, passage.original, passage.starts, passage.normal.text, passage.head, passage.tail


def _leads(
    rules: RuleSet, text_rules: Sequence[Rule], material: Material, read: Sequence[Passage], met: Sequence[dict[int, list[Hit]]]
) -> list[Lead]:
    named = Named(rules.products, read)
    called = {rule.id for rule in text_rules if _called_for(rule, read)}
    pointed: list[Pointed] = []
    again: dict[str, list[Claim]] = defaultdict(list)
    for place, (passage, found_here) in enumerate(zip(read, met, strict=True)):
        for number, hits in found_here.items():
            rule = text_rules[number]
            if rule.id not in called:
                continue
            for claim in claims(rule, passage, hits, material.product_words):
                kind, product = named.at(claim.times[0])
                if not _fits(rule, kind):
                    continue
                if rule.kind == "repeat":
                    again[rule.id].append(claim)
                    continue
                lead = replace(lead_of(rule, claim), product=product, product_kind=kind)
                spans = tuple((hit.start, hit.end) for hit in claim.hits)
                pointed.append(Pointed(_group(claim), lead, place, (claim.left, claim.right), spans))
    found: list[tuple[str, Lead]] = chosen(pointed)
    found += _checked(rules, read, again, material)
    return sorted(merged(found), key=lambda lead: (lead.start_us, lead.end_us, lead.rule, lead.witness, lead.quote))


def _checked(
    rules: RuleSet, read: Sequence[Passage], again: Mapping[str, Sequence[Claim]], material: Material
) -> Iterator[tuple[str, Lead]]:
    """The leads of the checks over time, each with its group for merging."""
    for rule in rules.rules:
        if rule.kind == "price":
            yield from checks.prices(rule, read, material)
            continue
        leads: Iterable[Lead] = ()
        if rule.kind == "repeat":
            leads = checks.repeated(rule, again.get(rule.id, ()), material)
        elif rule.kind == "presence":
            leads = checks.absent(rule, read, material)
        elif rule.kind == "countdown":
            leads = checks.restarted(rule, read, material)
        elif rule.kind == "stock":
            leads = (*checks.unmoved(rule, read, material), *checks.still(rule, read, material))
        for lead in leads:
            yield f"{lead.start_us}", lead


def _called_for(rule: Rule, read: Sequence[Passage]) -> bool:
    """Whether what a rule waits for (`only_when`) was said or shown anywhere."""
    return not rule.only_when or any(pattern.search(passage.normal.text) for passage in read for pattern in rule.only_when)


def _fits(rule: Rule, kind: str) -> bool:
    """Whether a rule for certain kinds of goods is to be asked about goods of `kind`."""
    return (not rule.products or kind in rule.products) and kind not in rule.other_products


def _group(claim: Claim) -> str:
    """Captions and messages of one text belong together; every spoken sentence stands alone."""
    if claim.passage.witness == SPEECH:
        return f"{SPEECH} {claim.times[0]} {claim.left} {claim.sources[0]}"
    return f"{claim.passage.witness} {claim.passage.normal.text}"
