"""Runs the rules over one recording's material: pure, the same leads in the same order every time, no clock and no files."""

from collections import defaultdict

from inspector_app.leads import checks
from inspector_app.leads.claims import Claim, claims, lead_of, merged
from inspector_app.leads.lead import Lead
from inspector_app.leads.material import SPEECH, Material
from inspector_app.leads.passages import passages
from inspector_app.leads.rules import TEXT_KINDS, RuleSet
from inspector_app.leads.search import TermIndex


def run(rules: RuleSet, material: Material) -> list[Lead]:
    """The leads of a recording, by time: at most one for each rule and sentence, and one for a caption however long it is shown."""
    read = passages(material)
    text_rules = [rule for rule in rules.rules if rule.kind in TEXT_KINDS]
    index = TermIndex(text_rules)
    found: list[tuple[str, Lead]] = []
    again: dict[str, list[Claim]] = defaultdict(list)
    for passage in read:
        for number, hits in index.find(passage).items():
            rule = text_rules[number]
            if passage.voice not in rule.witnesses:
                continue
            for claim in claims(rule, passage, hits, material.product_words):
                if rule.kind == "repeat":
                    again[rule.id].append(claim)
                else:
                    found.append((_group(claim), lead_of(rule, claim)))
    for rule in rules.rules:
        if rule.kind == "repeat":
            found += [(f"{lead.start_us}", lead) for lead in checks.repeated(rule, again[rule.id], material)]
        elif rule.kind == "presence":
            found += [(f"{lead.start_us}", lead) for lead in checks.absent(rule, read, material)]
        elif rule.kind == "countdown":
            found += [(f"{lead.start_us}", lead) for lead in checks.restarted(rule, read, material)]
        elif rule.kind == "price":
            found += checks.prices(rule, read)
    return sorted(merged(found), key=lambda lead: (lead.start_us, lead.end_us, lead.rule, lead.witness, lead.quote))


def _group(claim: Claim) -> str:
    """Captions and messages of one text belong together; every spoken sentence stands alone."""
    if claim.passage.witness == SPEECH:
        return f"{SPEECH} {claim.times[0]} {claim.left} {claim.sources[0]}"
    return f"{claim.passage.witness} {claim.passage.normal.text}"
