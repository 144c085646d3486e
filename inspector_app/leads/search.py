"""Finds the words of all rules in one passage: terms as written, terms by their sound, and patterns. It finds; `engine` weighs."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from inspector_app.leads.passages import Passage
from inspector_app.leads.rules import TEXT_KINDS, Rule, Term
from inspector_app.leads.text import near, syllables


@dataclass(frozen=True, slots=True, order=True)
class Hit:
    """A rule's words at a span of normal text; `heard_as` is the term where only the sound fits."""

    start: int
    end: int
    heard_as: str | None = None


class TermIndex:
    """The terms of many rules, looked up by their first two characters or syllables, so that the cost is that of the text alone."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = rules
        self._written: dict[str, list[tuple[int, Term]]] = defaultdict(list)
        self._sounds: dict[tuple[str, str], list[tuple[int, Term]]] = defaultdict(list)
        self._near: dict[tuple[int, str], list[tuple[int, Term]]] = defaultdict(list)
        for number, rule in enumerate(rules):
            for term in rule.terms:
                self._written[term.normal[:2]].append((number, term))
                if term.sound:
                    self._sounds[term.sound[0], term.sound[1]].append((number, term))
                if term.near:  # one syllable may be off, so the first or the second is right
                    self._near[0, term.sound[0]].append((number, term))
                    self._near[1, term.sound[1]].append((number, term))

    def find(self, passage: Passage) -> dict[int, list[Hit]]:
        """Hits by rule number, without those that lie inside another of the same rule."""
        text = passage.normal.text
        found: dict[int, set[Hit]] = defaultdict(set)
        for at in range(len(text) - 1):
            for number, term in self._written.get(text[at : at + 2], ()):
                if text.startswith(term.normal, at):
                    found[number].add(Hit(at, at + len(term.normal)))
        for number, hit in self._heard(text):
            found[number].add(hit)
        for number, rule in enumerate(self._rules):
            for hit in _patterns(rule, passage):
                found[number].add(hit)
        return {number: outermost(hits) for number, hits in found.items()}

    def _heard(self, text: str) -> Iterator[tuple[int, Hit]]:
        sounds = syllables(text)
        for at in range(len(text) - 1):
            exact = self._sounds.get((sounds[at], sounds[at + 1]), ())
            close = (*self._near.get((0, sounds[at]), ()), *self._near.get((1, sounds[at + 1]), ()))
            for number, term in (*exact, *close):
                end = at + len(term.sound)
                written = text[at:end]
                if written == term.normal or len(written) < len(term.sound) or not _sounds_like(term, sounds[at:end]):
                    continue
                if not any(word in text[max(0, at - 1) : end + 1] for word in self._rules[number].not_heard_as):
                    yield number, Hit(at, end, term.written)


def _sounds_like(term: Term, sounds: Sequence[str]) -> bool:
    off = [(heard, meant) for heard, meant in zip(sounds, term.sound, strict=True) if heard != meant]
    return not off or (term.near and len(off) == 1 and near(*off[0]))


def _patterns(rule: Rule, passage: Passage) -> Iterator[Hit]:
    if rule.kind not in TEXT_KINDS:
        return
    text, origin = passage.normal.text, passage.normal.origin
    if rule.as_written:
        for pattern in rule.patterns:
            for found in pattern.finditer(passage.original):
                covered = [at for at, (left, right) in enumerate(origin) if left < found.end() and found.start() < right]
                if covered:
                    yield Hit(covered[0], covered[-1] + 1)
        return
    for pattern in rule.patterns:
        for found in pattern.finditer(text):
            if found.end() > found.start():
                yield Hit(found.start(), found.end())


def outermost(hits: set[Hit]) -> list[Hit]:
    """Hits that lie in no other, in order; of two that cover one another a written one stands before a heard one."""
    out: list[Hit] = []
    for hit in sorted(hits, key=lambda item: (item.heard_as is not None, item.start - item.end, item.start)):
        inside = any(other.start <= hit.start and hit.end <= other.end for other in out)
        if not inside and not (hit.heard_as and any(other.start < hit.end and hit.start < other.end for other in out)):
            out.append(hit)
    return sorted(out, key=lambda item: (item.start, item.end))
