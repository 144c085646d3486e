"""Finds the words of all rules in one passage: terms as written, terms by their sound, patterns and frames. It finds; `engine` weighs."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from inspector_app.leads.passages import Passage
from inspector_app.leads.patterns import Frame, anchors
from inspector_app.leads.rules import TEXT_KINDS, Rule, Term
from inspector_app.speech.sounds import near, syllables

_LETTERS = re.compile(r"[a-z]{2,6}")


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

        self._syllables = {sound for rule in rules for term in rule.terms for sound in term.sound}
        #: patterns and frames by the two characters (or one) without which they cannot fit
        self._anchored: dict[str, list[tuple[int, re.Pattern[str] | Frame]]] = defaultdict(list)
        self._always: list[tuple[int, re.Pattern[str] | Frame]] = []
        for number, rule in enumerate(rules):
            clues: tuple[re.Pattern[str] | Frame, ...] = (*rule.patterns, *rule.frames)
            for clue in () if rule.kind not in TEXT_KINDS or rule.as_written else clues:
                needed = clue.anchors if isinstance(clue, Frame) else anchors(clue.pattern)
                for gram in {anchor[:2] for anchor in needed}:
                    self._anchored[gram].append((number, clue))
                if not needed:
                    self._always.append((number, clue))

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
        for number, hit in self._clues(passage):
            found[number].add(hit)
        return {number: outermost(hits) for number, hits in found.items()}

    def _clues(self, passage: Passage) -> Iterator[tuple[int, Hit]]:
        text = passage.normal.text
        grams = {*text, *map("".join, pairwise(text))}
        fitting = {(number, id(clue)): clue for gram in grams if gram in self._anchored for number, clue in self._anchored[gram]}
        for number, clue in (*((key[0], clue) for key, clue in fitting.items()), *self._always):
            hits = _framed(clue, passage) if isinstance(clue, Frame) else _spans(clue, text)
            for hit in hits:
                yield number, hit
        for number, rule in enumerate(self._rules):
            if rule.as_written:
                for hit in _as_written(rule, passage):
                    yield number, hit

    def _heard(self, text: str) -> Iterator[tuple[int, Hit]]:
        sounds, starts, ends = self._tokens(text)
        for at in range(len(sounds) - 1):
            exact = self._sounds.get((sounds[at], sounds[at + 1]), ())
            close = (*self._near.get((0, sounds[at]), ()), *self._near.get((1, sounds[at + 1]), ()))
            for number, term in (*exact, *close):
                last = at + len(term.sound) - 1
                if last >= len(sounds) or not _sounds_like(term, sounds[at : last + 1]):
                    continue
                start, end = starts[at], ends[last]
                if text[start:end] == term.normal:
                    continue
                if not any(word in text[max(0, start - 1) : end + 1] for word in self._rules[number].not_heard_as):
                    yield number, Hit(start, end, term.written)

    def _tokens(self, text: str) -> tuple[list[str], list[int], list[int]]:
        """The syllables of a text and where each starts and ends: a character's own, or Latin letters that spell one beside characters (特gong)."""
        spoken = syllables(text)
        sounds: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        at = 0
        while at < len(text):
            spelt = _LETTERS.match(text, at)
            end = spelt.end() if spelt and spelt.group() in self._syllables else at + 1
            sounds.append(text[at:end] if end > at + 1 else spoken[at])
            starts.append(at)
            ends.append(end)
            at = end
        return sounds, starts, ends


def _sounds_like(term: Term, sounds: Sequence[str]) -> bool:
    off = [(heard, meant) for heard, meant in zip(sounds, term.sound, strict=True) if heard != meant]
    return not off or (term.near and len(off) == 1 and near(*off[0]))


def _spans(pattern: re.Pattern[str], text: str) -> Iterator[Hit]:
    for found in pattern.finditer(text):
        if found.end() > found.start():
            yield Hit(found.start(), found.end())


def _framed(frame: Frame, passage: Passage) -> Iterator[Hit]:
    """One hit for every sentence that the frame fits, from the first of its words to the last."""
    text = passage.normal.text
    for start, end in passage.sentences():
        met = [part.search(text, start, end) for part in frame.every]
        if not all(met) or any(part.search(text, start, end) for part in frame.none):
            continue
        around = passage.around(start, end) if frame.near else ""
        if all(part.search(around) for part in frame.near):
            spans = [found.span() for found in met if found]
            left, right = min(span[0] for span in spans), max(span[1] for span in spans)
            if right > left:
                yield Hit(left, right)


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
