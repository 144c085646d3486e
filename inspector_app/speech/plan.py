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


class Runs:
    """Runs of speech as window numbers (first, end), told window by window; the two thresholds and the shortest silence and speech hold."""

    def __init__(self) -> None:
        self.probabilities: list[float] = []
        #: runs that have ended: nothing that follows changes them
        self.closed: list[tuple[int, int]] = []
        #: where a run is open, or may be about to be
        self.started: int | None = None
        self._quiet_from: int | None = None

    def feed(self, probabilities: Sequence[float]) -> None:
        """Takes the windows that follow."""
        for window, probability in enumerate(probabilities, len(self.probabilities)):
            if probability >= SPEECH_FROM:
                self.started = window if self.started is None else self.started
                self._quiet_from = None
            elif self.started is not None and probability < SILENCE_BELOW:
                self._quiet_from = window if self._quiet_from is None else self._quiet_from
                if (window + 1 - self._quiet_from) * WINDOW_US >= MIN_SILENCE_US:
                    self._close(self.started, self._quiet_from)
        self.probabilities += probabilities

    def _close(self, start: int, end: int) -> None:
        if (end - start) * WINDOW_US >= MIN_SPEECH_US:
            self.closed.append((start, end))
        self.started = self._quiet_from = None

    @property
    def open(self) -> tuple[int, int] | None:
        """The run that goes on at the end; None in silence, and while it is too short to be speech."""
        if self.started is None:
            return None
        end = len(self.probabilities) if self._quiet_from is None else self._quiet_from
        return (self.started, end) if (end - self.started) * WINDOW_US >= MIN_SPEECH_US else None

    @property
    def count(self) -> int:
        """How many runs there are, the open one among them."""
        return len(self.closed) + (self.open is not None)

    def final_spans(self, first_run: int) -> tuple[list[Interval], Micros]:
        """The spans from run number `first_run` on that nothing that follows can change, and the earliest start of any other span."""
        arrived_us = len(self.probabilities) * WINDOW_US
        final = len(self.closed)
        if final and self.open is None:
            reach = len(self.probabilities) if self.started is None else self.started
            if (reach - self.closed[-1][1]) * WINDOW_US < 2 * PAD_US:  # a near neighbour would take from its padding
                final -= 1
        spans = [span for number in range(first_run, final) for span in self.spans_of_run(number, arrived_us)]
        if final < len(self.closed):
            return spans, self._start_us(self.closed[final][0], final)
        if self.open is not None:
            start_us = self._start_us(self.open[0], final)
            pieces = _cut_quietest(Interval(start_us, max(start_us, self.open[1] * WINDOW_US)), self.probabilities)
            return [*spans, *pieces[:-1]], pieces[-1].start_us  # what is cut off a run that goes on stays cut off
        begins = len(self.probabilities) if self.started is None else self.started
        return spans, self._start_us(begins, final)

    def spans_of_run(self, number: int, total_us: Micros) -> list[Interval]:
        """The spans of run `number` (the open one comes after the closed ones), by what is known of its neighbours."""
        found = [*self.closed[number : number + 2], *([self.open] if self.open else [])]
        first, end = found[0]
        start_us = self._start_us(first, number)
        end_us = _padded(end, found[1][0] if len(found) > 1 else None, 1)
        return [
            span for span in _cut_quietest(Interval(start_us, max(start_us, min(end_us, total_us))), self.probabilities) if span.length_us
        ]

    def _start_us(self, first: int, number: int) -> Micros:
        """Where a run that begins at window `first` and would be run `number` starts, padding included."""
        return max(0, _padded(first, self.closed[number - 1][1] if number else None, -1))


def speech_spans(probabilities: Sequence[float], total_us: Micros) -> list[Interval]:
    """Spans of speech from one probability per `WINDOW_US`: in order, padded, not overlapping, within 0 … `total_us`.

    Two spans may touch: speech without a silence is cut where it is quietest, so that no span is longer than `JOIN_UP_TO_US`.
    """
    runs = Runs()
    runs.feed(probabilities)
    return [span for number in range(runs.count) for span in runs.spans_of_run(number, total_us)]


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
