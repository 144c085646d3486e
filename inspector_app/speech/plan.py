"""Where the speech is and how it is cut into chunks for the engine. Pure arithmetic on microseconds; no model, no file.

The engine pads every call to 30 s, so short chunks waste time and longer ones do not fit. Chunks are cut at silences and never bridge a long
one, because the engine invents text there (speech.md §5).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from inspector_app.domain.timebase import Interval, Micros

#: One probability of speech per this much sound (512 samples at 16 kHz).
WINDOW_US: Micros = 32_000

#: Speech begins at this probability and ends after `MIN_SILENCE_US` below the lower one.
SPEECH_FROM = 0.5
SILENCE_BELOW = 0.35
MIN_SILENCE_US: Micros = 320_000
#: A single window above the threshold is a click; two already may be a syllable.
MIN_SPEECH_US: Micros = 64_000
#: Kept on both sides of speech: the detector starts late on soft consonants.
PAD_US: Micros = 200_000

#: Spans are joined up to this length …
JOIN_UP_TO_US: Micros = 28_000_000
#: … no chunk is longer than this (the engine's window is 30 s) …
LONGEST_US: Micros = 29_500_000
#: … and a silence of this length is never inside a chunk.
NEVER_ACROSS_US: Micros = 2_000_000
#: Speech without any silence is cut at its quietest window between this point and `JOIN_UP_TO_US`.
CUT_FROM_US: Micros = 18_000_000


@dataclass(frozen=True)
class Chunk:
    """One call of the engine: the sound from `start_us` to `end_us`, and the spans of speech in it, in order."""

    ord: int
    start_us: Micros
    end_us: Micros
    speech: tuple[Interval, ...]

    def as_item(self) -> dict[str, Any]:
        """As the plan item carries it: `{ord, start_us, end_us, speech: [[start_us, end_us], …]}`."""
        spans = [[span.start_us, span.end_us] for span in self.speech]
        return {"ord": self.ord, "start_us": self.start_us, "end_us": self.end_us, "speech": spans}

    @staticmethod
    def from_item(item: dict[str, Any]) -> "Chunk":
        return Chunk(item["ord"], item["start_us"], item["end_us"], tuple(Interval(start, end) for start, end in item["speech"]))


def length_of(spans: Sequence[Interval]) -> Micros:
    """Microseconds of all spans together."""
    return sum(span.length_us for span in spans)


def speech_spans(probabilities: Sequence[float], total_us: Micros) -> list[Interval]:
    """Spans of speech from one probability per `WINDOW_US`: in order, padded, not overlapping, within 0 … `total_us`.

    Two spans may touch: speech without a silence is cut where it is quietest, so that no span is longer than `JOIN_UP_TO_US`.
    """
    found = _runs(probabilities)
    spans: list[Interval] = []
    for index, (first, end) in enumerate(found):
        before = found[index - 1][1] if index else None
        after = found[index + 1][0] if index + 1 < len(found) else None
        start_us = _padded(first, before, -1)
        end_us = _padded(end, after, 1)
        spans += _cut_quietest(Interval(max(0, start_us), max(0, start_us, min(end_us, total_us))), probabilities)
    return [span for span in spans if span.length_us]


def plan_chunks(spans: Sequence[Interval], total_us: Micros) -> list[Chunk]:
    """Chunks that together hold every span (cut to 0 … `total_us`) exactly once, in order, none longer than `LONGEST_US`.

    A span too long for one chunk is cut evenly. Spans must be in order and must not overlap.
    """
    groups: list[list[Interval]] = []
    for span in spans:
        for piece in _even_pieces(Interval(min(span.start_us, total_us), min(span.end_us, total_us))):
            last = groups[-1] if groups else None
            joins = (
                last is not None and piece.start_us - last[-1].end_us < NEVER_ACROSS_US and piece.end_us - last[0].start_us <= JOIN_UP_TO_US
            )
            if joins and last is not None:
                last.append(piece)
            else:
                groups.append([piece])
    return [Chunk(number, group[0].start_us, group[-1].end_us, tuple(group)) for number, group in enumerate(groups)]


def _runs(probabilities: Sequence[float]) -> list[tuple[int, int]]:
    """Runs of speech as window numbers (first, end), with the two thresholds and the shortest silence and speech applied."""
    runs: list[tuple[int, int]] = []
    start: int | None = None
    quiet_from: int | None = None
    for window, probability in enumerate(probabilities):
        if probability >= SPEECH_FROM:
            start = window if start is None else start
            quiet_from = None
        elif start is not None and probability < SILENCE_BELOW:
            quiet_from = window if quiet_from is None else quiet_from
            if (window + 1 - quiet_from) * WINDOW_US >= MIN_SILENCE_US:
                runs.append((start, quiet_from))
                start = quiet_from = None
    if start is not None:
        runs.append((start, len(probabilities) if quiet_from is None else quiet_from))
    return [(first, end) for first, end in runs if (end - first) * WINDOW_US >= MIN_SPEECH_US]


def _padded(window: int, neighbour: int | None, direction: int) -> Micros:
    """The edge of a run in microseconds, moved outwards by the padding but not past the middle of the silence."""
    edge = window * WINDOW_US
    if neighbour is None:
        return edge + direction * PAD_US
    return edge + direction * min(PAD_US, abs(neighbour - window) * WINDOW_US // 2)


def _cut_quietest(span: Interval, probabilities: Sequence[float]) -> list[Interval]:
    pieces = []
    while span.length_us > JOIN_UP_TO_US:
        first = (span.start_us + CUT_FROM_US) // WINDOW_US
        end = (span.start_us + JOIN_UP_TO_US) // WINDOW_US
        quietest = min(range(first, min(end, len(probabilities))), key=lambda window: probabilities[window], default=first)
        cut = quietest * WINDOW_US + WINDOW_US // 2
        pieces.append(Interval(span.start_us, cut))
        span = Interval(cut, span.end_us)
    return [*pieces, span]


def _even_pieces(span: Interval) -> list[Interval]:
    if span.length_us == 0:
        return []
    if span.length_us <= LONGEST_US:
        return [span]
    count = -(-span.length_us // JOIN_UP_TO_US)
    edges = [span.start_us + span.length_us * number // count for number in range(count + 1)]
    return [Interval(start, end) for start, end in pairwise(edges)]
