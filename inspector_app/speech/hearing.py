"""How often one chunk is tried before its text is accepted. Light: the engine is a function handed in.

Speech without text is the worse failure of an inspection tool, since a missing sentence looks like a clean recording. So a chunk whose text
is too short for its speech, loops, or is unlikely, is heard again in other ways, and the best text is taken; what is still missing is shown
as unrecognised. Every way is a plain search: nothing is drawn by lot, so the same sound always has the same text.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from inspector_app.domain.timebase import Interval, Micros
from inspector_app.speech import gates, sentences
from inspector_app.speech.clean import spoken
from inspector_app.speech.gates import Heard, Segment
from inspector_app.speech.plan import Chunk, length_of

#: A text less likely than this is nothing to rely on: Whisper's own limit, in thousandths.
UNLIKELY_MILLI = -1000

#: `decode(span, wide)`: what the engine hears in that span of the recording, with the wide search or the quick one.
Decode = Callable[[Interval, bool], list[Heard]]


@dataclass(frozen=True)
class Outcome:
    """The text of one chunk: its segments, how much of its speech they account for, and the figures worth keeping."""

    segments: list[Segment]
    speech_us: Micros
    covered_us: Micros
    metrics: dict[str, int]


@dataclass(frozen=True)
class _Try:
    heard: list[Heard]
    segments: list[Segment]
    missing_us: Micros
    loops: int
    short: bool
    unlikely: bool

    @property
    def good(self) -> bool:
        return not (self.short or self.loops or self.unlikely)


def hear(chunk: Chunk, decode: Decode, wide: bool, first: list[Heard] | None = None) -> Outcome:
    """The best text of up to three tries: as asked (`wide` or quick), with the wide search, and with it in two halves cut at the longest pause.

    `first` is the outcome of the first try where it was made already, together with other chunks.
    """
    whole = Interval(chunk.start_us, chunk.end_us)
    tries = [_judged(decode(whole, wide) if first is None else first, chunk.speech)]
    for spans in ([] if wide else [whole], _halves(chunk)):
        if spans and not tries[-1].good:
            tries.append(_judged([heard for span in spans for heard in decode(span, True)], chunk.speech))
    # of equals the first: it is the one that was asked for
    best = min(tries, key=lambda one: (one.loops, one.short, one.unlikely, one.missing_us))
    speech_us = length_of(chunk.speech)
    return Outcome(
        segments=gates.with_unrecognised(best.segments, chunk.speech),
        speech_us=speech_us,
        covered_us=speech_us - best.missing_us,
        metrics={"tries": len(tries), "taken": 1 + tries.index(best), **_figures(best)},
    )


def _judged(heard: list[Heard], speech: Sequence[Interval]) -> _Try:
    segments = [segment for one in heard for segment in _sentences(one, speech)]
    if gates.compresses("".join(spoken(segment.text) for segment in segments)):
        segments = [gates.doubted(segment, gates.REPETITION_LOOP) for segment in segments]
    return _Try(
        heard,
        segments,
        missing_us=length_of(gates.without_text(segments, speech)),
        loops=len([segment for segment in segments if gates.REPETITION_LOOP in segment.flags]),
        short=gates.is_short(segments, speech),
        unlikely=any(one.avg_logprob_milli < UNLIKELY_MILLI for one in heard),
    )


def _sentences(heard: Heard, speech: Sequence[Interval]) -> list[Segment]:
    """A segment by its sentences. Whole where it is doubted, so that a loop stays one, and where only a piece of it would be."""
    whole = gates.assess(heard, speech)
    pieces = [gates.assess(piece, speech) for piece in sentences.cut(heard, speech)]
    if gates.INVENTED.isdisjoint(whole.flags) and all(gates.INVENTED.isdisjoint(piece.flags) for piece in pieces):
        return pieces
    return [whole]


def _halves(chunk: Chunk) -> list[Interval]:
    """The chunk in two, cut at its longest inner pause; nothing if it has none."""
    pauses = [(after.start_us - before.end_us, -number) for number, (before, after) in enumerate(pairwise(chunk.speech), start=1)]
    if not pauses:
        return []
    cut = -max(pauses)[1]
    return [Interval(spans[0].start_us, spans[-1].end_us) for spans in (chunk.speech[:cut], chunk.speech[cut:])]


def _figures(best: _Try) -> dict[str, int]:
    """Integers for the record; the log-probability is the mean weighted by length."""
    weights = [max(1, one.end_us - one.start_us) for one in best.heard]
    total = sum(weights)
    mean = sum(one.avg_logprob_milli * weight for one, weight in zip(best.heard, weights, strict=True)) // total if total else 0
    return {
        "avg_logprob_milli": mean,
        "no_speech_pm": max((one.no_speech_pm for one in best.heard), default=0),
        "characters": sum(len(spoken(segment.text)) for segment in best.segments),
    }
