"""Heard-as: words of a transcript that sound like a word of the trade, the rules or the case, and are written as something else.

A recogniser writes 国家极认证 where 国家级认证 was said. Such places are shown as candidates beside the text ("听作 国家极认证，疑为 国家级认证");
the text itself is never altered, and nothing here says that the candidate was said. Light: the reading dictionary is loaded on first use.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from inspector_app.speech.sounds import one_letter_apart, syllables

#: A word this short sounds like too many others: it must sound the same to the letter, and only names of the case are so short.
SHORT = 2
#: From this length one letter may be off …
LOOSE_FROM = 4
#: … and a word of the rules counts at all.
COMMON_FROM = 3
LONGEST = 12


@dataclass(frozen=True, slots=True)
class Term:
    """A word that may be misheard. `kind`: `case` (host, product, brand, shop) or `trade` (rules, vocabulary, the bureau's own)."""

    written: str
    kind: str = "trade"


@dataclass(frozen=True, slots=True)
class Candidate:
    """`text[start:end]` of a segment may be `term`; `off` is 0 where it sounds the same to the letter, else 1."""

    start: int
    end: int
    text: str
    term: str
    kind: str
    off: int


class Lexicon:
    """Terms by their sound. `ordinary` are words that sound alike and are known to mean themselves (`not_heard_as` of the rules)."""

    def __init__(self, terms: Iterable[Term], ordinary: Collection[str] = ()) -> None:
        self._ordinary = tuple(ordinary)
        self._exact: dict[tuple[str, ...], list[Term]] = defaultdict(list)
        self._one_off: dict[tuple[str, ...], list[tuple[int, str, Term]]] = defaultdict(list)
        known: dict[str, Term] = {}
        for term in terms:  # a name of the case stands before the same word of the trade
            if _usable(term) and (term.written not in known or term.kind == "case"):
                known[term.written] = term
        self._written = frozenset(known)
        for term in known.values():
            sound = tuple(syllables(term.written))
            self._exact[sound].append(term)
            if len(sound) >= LOOSE_FROM:
                for place, syllable in enumerate(sound):
                    self._one_off[(*sound[:place], "", *sound[place + 1 :])].append((place, syllable, term))
        self._lengths = sorted({len(sound) for sound in self._exact})
        self._starts = frozenset(sound[:2] for sound in self._exact) | {key[:2] for key in self._one_off}

    def __len__(self) -> int:
        return len(self._written)

    def candidates(self, text: str) -> list[Candidate]:
        """The places of a text that may be a term, in order, none inside another; places that are a term as written are left alone."""
        places = [place for place, character in enumerate(text) if character.isalnum()]
        if len(places) < SHORT:
            return []
        plain = "".join(text[place] for place in places)
        sounds = syllables(plain)
        own = [(at, at + length) for at, length in self._as_written(plain)]
        found = []
        for at, length, term, off in self._alike(sounds):
            start, end = places[at], places[at + length - 1] + 1
            written = any(first < at + length and at < after for first, after in own)
            broken = any(not (character.isalnum() or character.isspace()) for character in text[start:end])  # a mark parts words
            if not written and not broken and not self._means_itself(plain, at, length):
                found.append(Candidate(start, end, text[start:end], term.written, term.kind, off))
        return _best(found)

    def _as_written(self, plain: str) -> Iterator[tuple[int, int]]:
        for length in self._lengths:
            for at in range(len(plain) - length + 1):
                if plain[at : at + length] in self._written:
                    yield at, length

    def _alike(self, sounds: Sequence[str]) -> Iterator[tuple[int, int, Term, int]]:
        for at in range(len(sounds) - SHORT + 1):
            first, second = sounds[at], sounds[at + 1]
            if not {(first, second), ("", second), (first, "")} & self._starts:
                continue
            for length in self._lengths:
                window = tuple(sounds[at : at + length])
                if len(window) < length:
                    break
                for term in self._exact.get(window, ()):
                    yield at, length, term, 0
                if length < LOOSE_FROM:
                    continue
                for place in range(length):
                    for meant_at, meant, term in self._one_off.get((*window[:place], "", *window[place + 1 :]), ()):
                        if meant_at == place and one_letter_apart(window[place], meant):
                            yield at, length, term, 1

    def _means_itself(self, plain: str, at: int, length: int) -> bool:
        around = plain[max(0, at - 1) : at + length + 1]
        return any(word in around for word in self._ordinary)


def _usable(term: Term) -> bool:
    written = term.written
    shortest = SHORT if term.kind == "case" else COMMON_FROM
    return shortest <= len(written) <= LONGEST and all("\u3400" <= character <= "\u9fff" for character in written)


def _best(found: Sequence[Candidate]) -> list[Candidate]:
    """Of candidates that cover one another the longest, then the one that sounds the same, then the name of the case."""
    kept: list[Candidate] = []
    for one in sorted(found, key=lambda item: (item.start - item.end, item.off, item.kind != "case", item.start, item.term)):
        if not any(one.start < other.end and other.start < one.end for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda item: item.start)
