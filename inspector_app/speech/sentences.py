"""Cuts what the engine ran together into sentences a person can tap, quote and rule on. Pure arithmetic; not a character is lost or moved.

The wide search writes fewer time stamps than the quick one: sentences of three seconds come as one of fourteen. They are cut again where the
host paused and where the engine itself put a mark, by the time of every character (`Heard.spoken`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from inspector_app.domain.timebase import SECOND, Interval, Micros
from inspector_app.speech.gates import Heard

#: A segment longer than this is cut between its sentences …
CUT_OVER_US: Micros = 5 * SECOND
#: … and one longer than this at any mark or pause.
LONGEST_US: Micros = 8 * SECOND
#: No piece is shorter: a sigh is no sentence.
SHORTEST_US: Micros = SECOND
#: Spans of speech this far apart are two sentences: 0.6 s of silence without the padding on both sides.
_FULL_PAUSE_US: Micros = SECOND // 5

_ENDS = tuple("。？！?!")
_MARKS = (*_ENDS, *"，、；：,;: ")


@dataclass(frozen=True)
class _Break:
    """A place to cut: before character number `before`, at `at_us`; `full` between sentences. `pause_us` is 0 at a mark without a pause."""

    before: int
    at_us: Micros
    full: bool
    pause_us: Micros


def cut(heard: Heard, speech: Sequence[Interval]) -> list[Heard]:
    """The segment in pieces that together are its text; itself where it is short, or where its characters have no times."""
    if heard.end_us - heard.start_us <= CUT_OVER_US or "".join(text for _, _, text in heard.spoken).strip() != heard.raw:
        return [heard]
    breaks = _breaks(heard, speech)
    edges = [
        _Break(0, heard.start_us, True, 0),
        *_chosen(breaks, heard.start_us, heard.end_us),
        _Break(len(heard.spoken), heard.end_us, True, 0),
    ]
    return [
        replace(
            heard,
            start_us=first.at_us,
            end_us=end.at_us,
            raw="".join(text for _, _, text in heard.spoken[first.before : end.before]).strip(),
        )
        for first, end in pairwise(edges)
    ]


def _chosen(breaks: Sequence[_Break], start_us: Micros, end_us: Micros) -> list[_Break]:
    """The breaks to cut at, in order: the one nearest the middle, and so on in both parts as long as they are too long."""
    length_us = end_us - start_us
    inner = [one for one in breaks if start_us + SHORTEST_US <= one.at_us <= end_us - SHORTEST_US]
    full = [one for one in inner if one.full]
    usable = full if full and length_us > CUT_OVER_US else inner if length_us > LONGEST_US else []
    if not usable:
        return []
    longest_us = max(one.pause_us for one in usable)
    best = min((one for one in usable if 2 * one.pause_us >= longest_us), key=lambda one: abs(2 * one.at_us - start_us - end_us))
    return [*_chosen(breaks, start_us, best.at_us), best, *_chosen(breaks, best.at_us, end_us)]


def _breaks(heard: Heard, speech: Sequence[Interval]) -> list[_Break]:
    """Every place between two characters where there is a pause or a mark, in order."""
    found = {}
    for number, ((_, _, text), (start_us, _, _)) in enumerate(pairwise(heard.spoken), start=1):
        if text.endswith(_MARKS) or heard.spoken[number][2].startswith(" "):
            found[number] = _Break(number, start_us, text.endswith(_ENDS), 0)
    for before, after in pairwise(speech):
        middle_us = (before.end_us + after.start_us) // 2
        number = sum((start_us + end_us) // 2 <= middle_us for start_us, end_us, _ in heard.spoken)
        if 0 < number < len(heard.spoken):
            pause_us = max(1, after.start_us - before.end_us)
            full = pause_us >= _FULL_PAUSE_US or (number in found and found[number].full)
            found[number] = _Break(number, middle_us, full, pause_us)
    ordered: list[_Break] = []
    for number in sorted(found):
        if not ordered or ordered[-1].at_us < found[number].at_us:
            ordered.append(found[number])
    return ordered
