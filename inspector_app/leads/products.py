"""Which kind of goods the talk is about at a moment, from the words that named them before: the same sentence is a breach of one article for
food and of another for a drug. It guesses from names alone, and says nothing where none was named.
"""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence

from inspector_app.domain.timebase import SECOND, Micros
from inspector_app.leads.material import CHAT
from inspector_app.leads.passages import Passage
from inspector_app.leads.vocabulary import Product

#: a name counts half as much for every such time that has passed since it was said or shown
HALF_LIFE_US = 60 * SECOND
#: names are taken up this long after, which lets a product named at the end of a sentence count for it
AHEAD_US = 3 * SECOND
#: names longer ago than this count only for the recording as a whole
MEMORY_US = 240 * SECOND
#: what every name of the recording counts for every moment of it
ALL_ALONG = 0.06


class Named:
    """Every name of goods in a recording, by time."""

    def __init__(self, products: Sequence[Product], read: Sequence[Passage]) -> None:
        self._found: list[tuple[Micros, str, str]] = []
        self._whole: dict[str, float] = defaultdict(float)
        self._known: dict[int, tuple[str, str]] = {}
        kinds = {word: product.kind for product in products for word in product.words}
        names = re.compile("|".join(map(re.escape, sorted(kinds, key=lambda word: (-len(word), word))))) if kinds else None
        for passage in read if names else ():
            if passage.witness == CHAT or names is None:
                continue
            for match in names.finditer(passage.normal.text):
                left, right = passage.normal.source(match.start(), match.end())
                self._found.append((passage.times(left, right)[0], kinds[match.group()], match.group()))
        self._found.sort()
        self._times = [at_us for at_us, _, _ in self._found]
        for _, kind, _ in self._found:
            self._whole[kind] += ALL_ALONG

    def at(self, at_us: Micros) -> tuple[str, str]:
        """The kind of goods at a moment (to the second) and the name last used for it; two empty texts where nothing was named at all."""
        second = at_us // SECOND
        if second not in self._known:
            self._known[second] = self._weighed(second * SECOND)
        return self._known[second]

    def _weighed(self, at_us: Micros) -> tuple[str, str]:
        last = bisect_right(self._times, at_us + AHEAD_US)
        first = bisect_right(self._times, at_us - MEMORY_US)
        weights = defaultdict(float, self._whole)
        name: dict[str, str] = {}
        for said_us, kind, word in self._found[first:last]:
            weights[kind] += 0.5 ** (max(0, at_us - said_us) / HALF_LIFE_US)
            name[kind] = word
        if not weights:
            return "", ""
        best = max(sorted(weights), key=lambda kind: weights[kind])
        return best, name.get(best, "")
