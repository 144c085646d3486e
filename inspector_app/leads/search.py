"""Finds the words of all rules in one passage: terms as written, terms by their sound, patterns and frames. It finds; `engine` weighs."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Generic, TypeVar

from inspector_app.leads.hearing import Ear
from inspector_app.leads.passages import Passage
from inspector_app.leads.patterns import Frame, anchors, worth
from inspector_app.leads.rules import TEXT_KINDS, Rule, Term

Clue = re.Pattern[str] | Frame
Kind = TypeVar("Kind", re.Pattern[str], Frame)
Grams = frozenset[str]
#: sentences whose frames are remembered: what is said again and again is read once
_SENTENCES_KEPT = 100_000


@dataclass(frozen=True, slots=True, order=True)
class Hit:
    """A rule's words at a span of normal text; `heard_as` is the term where only the sound fits."""

    start: int
    end: int
    heard_as: str | None = None


class _Anchored(Generic[Kind]):
    """Clues by the characters, one or two, without which they cannot fit: a text is only asked about those whose characters it holds."""

    def __init__(self, clues: Sequence[tuple[int, Kind]]) -> None:
        self._by_gram: dict[str, list[int]] = defaultdict(list)
        self._always: list[int] = []
        self._clues: list[tuple[int, Kind, tuple[Grams, ...]]] = [
            (number, clue, tuple(filter(None, map(_grams_of, _parts(clue))))) for number, clue in clues
        ]
        for place, (_, _, needed) in enumerate(self._clues):
            best: Grams | None = min(needed, key=worth, default=None)
            if best is None:
                self._always.append(place)
            for gram in best or ():
                self._by_gram[gram].append(place)

    def fitting(self, text: str) -> Iterator[tuple[int, Kind]]:
        """The clues that the characters of a text allow."""
        grams = {*text, *map("".join, pairwise(text))}
        places: set[int] = {place for gram in grams & self._by_gram.keys() for place in self._by_gram[gram]}
        for place in (*places, *self._always):
            number, clue, needed = self._clues[place]
            if not any(grams.isdisjoint(each) for each in needed):
                yield number, clue


def _parts(clue: Clue) -> tuple[re.Pattern[str], ...]:
    return clue.every if isinstance(clue, Frame) else (clue,)


@lru_cache(maxsize=8_192)
def _grams_of(pattern: re.Pattern[str]) -> Grams:
    return frozenset(anchor[:2] for anchor in anchors(pattern.pattern))


class TermIndex:
    """The words of many rules, looked up by the characters they begin with or cannot do without, so that the cost is that of the text alone."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = rules
        self._written: dict[str, list[tuple[int, Term]]] = defaultdict(list)
        for number, rule in enumerate(rules):
            for term in rule.terms:
                self._written[term.normal[:2]].append((number, term))
        self._ear = Ear([(number, term) for number, rule in enumerate(rules) for term in rule.terms if term.sound])
        asked = [(number, rule) for number, rule in enumerate(rules) if rule.kind in TEXT_KINDS and not rule.as_written]
        self._as_written = [(number, rule) for number, rule in enumerate(rules) if rule.as_written]
        self._patterns = _Anchored([(number, pattern) for number, rule in asked for pattern in rule.patterns])
        self._frames = _Anchored([(number, frame) for number, rule in asked for frame in rule.frames])
        self._known: dict[str, tuple[tuple[int, Frame, int, int], ...]] = {}

    def find(self, passage: Passage) -> dict[int, list[Hit]]:
        """Hits by rule number, without those that lie inside another of the same rule."""
        text = passage.normal.text
        found: dict[int, set[Hit]] = defaultdict(set)
        for at, gram in enumerate(map("".join, pairwise(text))):
            for number, term in self._written.get(gram, ()):
                if text.startswith(term.normal, at):
                    found[number].add(Hit(at, at + len(term.normal)))
        for number, term, start, end in self._ear.heard(text):
            beside = text[max(0, start - 1) : end + 1]
            if text[start:end] != term.normal and not any(word in beside for word in self._rules[number].not_heard_as):
                found[number].add(Hit(start, end, term.written))
        for number, hit in self._clues(passage):
            found[number].add(hit)
        return {number: outermost(hits) for number, hits in found.items()}

    def _clues(self, passage: Passage) -> Iterator[tuple[int, Hit]]:
        text = passage.normal.text
        for number, pattern in self._patterns.fitting(text):
            for match in pattern.finditer(text):
                if match.end() > match.start():
                    yield number, Hit(match.start(), match.end())
        for start, end in passage.sentences():
            sentence = text[start:end]
            for number, frame, left, right in self._framed(sentence):
                if not frame.near or frame.fits_around(passage.around(start, end)):
                    yield number, Hit(start + left, start + right)
        for number, rule in self._as_written:
            for hit in _as_written(rule, passage):
                yield number, hit

    def _framed(self, sentence: str) -> tuple[tuple[int, Frame, int, int], ...]:
        """Every frame that fits a sentence by itself, whatever stands around: the rule's number and the span from the first of its words to the last."""
        known = self._known.get(sentence)
        if known is None:
            if len(self._known) > _SENTENCES_KEPT:
                self._known.clear()
            spans = ((number, frame, frame.span(sentence)) for number, frame in self._frames.fitting(sentence))
            known = self._known[sentence] = tuple((number, frame, *span) for number, frame, span in spans if span)
        return known


def _as_written(rule: Rule, passage: Passage) -> Iterator[Hit]:
    origin = passage.normal.origin
    for pattern in rule.patterns:
        for found in pattern.finditer(passage.original):
            covered = [at for at, (left, right) in enumerate(origin) if left < found.end() and found.start() < right]
            if covered:
                yield Hit(covered[0], covered[-1] + 1)


def outermost(hits: set[Hit]) -> list[Hit]:
    """Hits that lie in no other, in order; of two that cover one another a written one stands before a heard one."""
    out: list[Hit] = []
    for hit in sorted(hits, key=lambda item: (item.heard_as is not None, item.start - item.end, item.start)):
        inside = any(other.start <= hit.start and hit.end <= other.end for other in out)
        if not inside and not (hit.heard_as and any(other.start < hit.end and hit.start < other.end for other in out)):
            out.append(hit)
    return sorted(out, key=lambda item: (item.start, item.end))
