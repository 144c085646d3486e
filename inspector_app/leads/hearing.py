"""Listens for terms by their sound: what the recogniser wrote for a word that sounds like it, and spellings that dodge (特gong). It knows no rules;
`search` asks it where a term may have been said.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from inspector_app.leads.rules import Term
from inspector_app.speech.sounds import near, syllables

#: Latin letters that may spell a syllable
_LETTERS = re.compile(r"[a-z]{2,6}")
#: a pair of characters is looked up once; no language has more in use than this
_PAIRS_KEPT = 200_000


class Ear:
    """The sounds of numbered terms. `heard` gives (number, term, start, end) for every span of a text that sounds like one."""

    def __init__(self, terms: Sequence[tuple[int, Term]]) -> None:
        self._sounds: dict[tuple[str, str], list[tuple[int, Term]]] = defaultdict(list)
        self._near: dict[tuple[int, str], list[tuple[int, Term]]] = defaultdict(list)
        for number, term in terms:
            self._sounds[term.sound[0], term.sound[1]].append((number, term))
            if term.near:  # one syllable may be off, so the first or the second is right
                self._near[0, term.sound[0]].append((number, term))
                self._near[1, term.sound[1]].append((number, term))
        self._syllables = {sound for _, term in terms for sound in term.sound}
        self._pairs: dict[tuple[str, str], list[Term]] = {}

    def heard(self, text: str) -> Iterator[tuple[int, Term, int, int]]:
        """Every span that sounds like a term, written so or not."""
        if not self._may_hold(text):
            return
        sounds, starts, ends = self._tokens(text)
        for at in range(len(sounds) - 1):
            exact = self._sounds.get((sounds[at], sounds[at + 1]), ())
            close = (*self._near.get((0, sounds[at]), ()), *self._near.get((1, sounds[at + 1]), ()))
            for number, term in (*exact, *close):
                last = at + len(term.sound) - 1
                if last < len(sounds) and _sounds_like(term, sounds[at : last + 1]):
                    yield number, term, starts[at], ends[last]

    def _may_hold(self, text: str) -> bool:
        """Whether any reading of the characters fits a term: quickly no for most texts, so that few are read with care."""
        if any(spelt.group() in self._syllables for spelt in _LETTERS.finditer(text)):
            return True
        for at, pair in enumerate(pairwise(text)):
            for term in self._begun_by(pair):
                rest = text[at + 2 : at + len(term.sound)]
                if len(rest) == len(term.sound) - 2 and _may_sound(term, rest, 2):
                    return True
        return False

    def _begun_by(self, pair: tuple[str, str]) -> list[Term]:
        """The terms whose first two syllables two characters may stand for."""
        known = self._pairs.get(pair)
        if known is None:
            if len(self._pairs) > _PAIRS_KEPT:
                self._pairs.clear()
            first, second = readings(pair[0]), readings(pair[1])
            begun = [term for left in first for right in second for _, term in self._sounds.get((left, right), ())]
            begun += [term for left in first for _, term in self._near.get((0, left), ())]
            begun += [term for right in second for _, term in self._near.get((1, right), ())]
            known = self._pairs[pair] = [term for term in begun if _may_sound(term, "".join(pair), 0)]
        return known

    def _tokens(self, text: str) -> tuple[list[str], list[int], list[int]]:
        """The syllables of a text and where each starts and ends: a character's own, or Latin letters that spell one beside characters."""
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


@lru_cache(maxsize=30_000)
def readings(character: str) -> frozenset[str]:
    """Every syllable that a character may be read as, without tones."""
    from pypinyin import Style, pinyin

    return frozenset(pinyin(character, style=Style.NORMAL, heteronym=True)[0]) | frozenset(syllables(character))


def _may_sound(term: Term, characters: str, place: int) -> bool:
    """Whether characters may stand for the syllables of a term from `place`; a near one may be off."""
    return all(
        sound in readings(character) or (term.near and any(near(sound, reading) for reading in readings(character)))
        for character, sound in zip(characters, term.sound[place:], strict=False)
    )


def _sounds_like(term: Term, sounds: Sequence[str]) -> bool:
    off = [(heard, meant) for heard, meant in zip(sounds, term.sound, strict=True) if heard != meant]
    return not off or (term.near and len(off) == 1 and near(*off[0]))
