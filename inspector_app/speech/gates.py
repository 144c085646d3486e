"""Doubt about machine text: flags for what may be invented, and the measure of speech that got no text.

Light: no engine, no model. A gate never deletes a word; it flags, lowers the confidence and can ask for another try. The limits come from
speech.md §5, measured on Mandarin; the engine's own probability alone is worthless, since a loop of 200 equal characters had 0.93.
"""

import math
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from inspector_app.domain.likeness import edit_distance
from inspector_app.domain.timebase import SECOND, Interval, Micros
from inspector_app.speech.clean import clean, spoken
from inspector_app.speech.plan import length_of

REPETITION_LOOP = "repetition_loop"
FILLER_CREDITS = "filler_credits"
PROMPT_LIKE = "prompt_like"
NO_SPEECH_UNDER = "no_speech_under"
IMPOSSIBLE_RATE = "impossible_rate"
SPARSE_TEXT = "sparse_text"
LOW_CONFIDENCE = "low_confidence"
UNRECOGNISED = "unrecognised"

#: Raised when a gate changes: a transcript begun with other gates is not gone on with.
VERSION = "3"

#: Flags that mean: what is written may not have been said.
INVENTED = frozenset({REPETITION_LOOP, FILLER_CREDITS, PROMPT_LIKE, NO_SPEECH_UNDER, IMPOSSIBLE_RATE})

HIGHEST_COMPRESSION = 2.4
HIGHEST_RATE_PER_S = 9
LOWEST_CHARACTERS_PER_10_S = 15
#: Speech without text that is put up with in a chunk: segment edges are no more exact than this.
SILENT_SPEECH_US: Micros = 2_500_000
#: Shorter speech than this says nothing about the density of its text.
DENSITY_FROM_US: Micros = 2_000_000
#: A stretch of speech without text is shown as its own segment from this length.
SHOWN_FROM_US: Micros = 1_000_000
#: Clear Mandarin measured 660 … 790 with base, unintelligible speech 340 … 430.
LOW_BELOW_PM = 500
HIGH_FROM_PM = 650
#: The most a segment with an `INVENTED` flag can be trusted.
INVENTED_AT_MOST_PM = 200

#: Closing lines of subtitle files that the engine learnt by heart and writes under silence and music (faster-whisper issue 587).
FILLERS = (
    "请不吝点赞订阅转发打赏支持明镜与点点栏目",
    "字幕由Amaraorg社区提供",
    "由Amaraorg社区提供的字幕",
    "中文字幕志愿者",
    "字幕志愿者",
    "字幕组",
    "优优独播剧场YoYoTelevisionSeriesExclusive",
    "感谢观看",
    "谢谢观看",
    "谢谢收看",
    "感谢收看",
    "下期再见",
    "请订阅我的频道",
)

#: Instructions that others give the engine and that it writes into unclear speech even where nobody gave it any (speech.md §3.3).
PROMPTS = (
    "以下是普通话的句子",
    "以下是普通话的句子使用简体中文和标点符号",
    "以下是简体中文普通话的句子",
    "以下是中文普通话句子请使用简体中文",
    "请使用简体中文和标点符号",
    "这是一段普通话的录音",
    "请转写为简体中文",
)
#: From this likeness to one of them, in per mille of the longer text, a text counts as one.
PROMPT_FROM_PM = 600

_LOOP = re.compile(r"(.{1,8}?)\1{4,}")
#: The rate of a segment shorter than this is taken over this length: the engine's edges are no better.
_SHORTEST_US: Micros = 500_000


#: `(start_us, end_us, text)` of one character or word
Spoken = tuple[Micros, Micros, str]


@dataclass(frozen=True)
class Heard:
    """One segment as the engine gave it. Microseconds of the recording; log-probability in thousandths, `no_speech_pm` in per mille.

    `spoken` is empty, or says of every character of `raw` when it is spoken: an engine gives it for segments that may have to be cut.
    """

    start_us: Micros
    end_us: Micros
    raw: str
    avg_logprob_milli: int
    no_speech_pm: int
    spoken: tuple[Spoken, ...] = ()


@dataclass(frozen=True)
class Segment:
    """One segment as it is stored: the engine's `raw` text and the cleaned `text`, confidence in per mille, and flags of doubt."""

    start_us: Micros
    end_us: Micros
    raw: str
    text: str
    confidence_pm: int
    flags: tuple[str, ...] = ()

    @property
    def span(self) -> Interval:
        return Interval(self.start_us, self.end_us)

    def as_item(self) -> dict[str, Any]:
        """As the chunk item carries it."""
        times = {"start_us": self.start_us, "end_us": self.end_us}
        return {**times, "raw": self.raw, "text": self.text, "confidence_pm": self.confidence_pm, "flags": list(self.flags)}


def doubted(segment: Segment, flag: str) -> Segment:
    """The segment with a flag of `INVENTED` that it has not raised by itself."""
    flags = segment.flags if flag in segment.flags else (flag, *segment.flags)
    return replace(segment, confidence_pm=min(segment.confidence_pm, INVENTED_AT_MOST_PM), flags=flags)


def level(confidence_pm: int, flags: Sequence[str]) -> Literal["high", "medium", "low"]:
    """The three levels a person sees. Any flag keeps a segment from `high`; a flag of `INVENTED`, or no text at all, makes it `low`."""
    if confidence_pm < LOW_BELOW_PM or UNRECOGNISED in flags or not INVENTED.isdisjoint(flags):
        return "low"
    return "high" if confidence_pm >= HIGH_FROM_PM and not flags else "medium"


def assess(heard: Heard, speech: Sequence[Interval]) -> Segment:
    """The segment to store for what was heard in a chunk with these spans of speech.

    Its times are moved inwards to the speech they overlap: the engine likes to begin early and to end late.
    """
    text = clean(heard.raw)
    said = spoken(text)
    placed = _on_speech(Interval(heard.start_us, heard.end_us), speech)
    under_us = length_of(_shared(Interval(heard.start_us, heard.end_us), speech))
    silent = 2 * under_us < heard.end_us - heard.start_us
    doubted_by_engine = heard.no_speech_pm > 600 and heard.avg_logprob_milli < -500
    confidence_pm = max(0, min(1000, round(1000 * math.exp(heard.avg_logprob_milli / 1000))))
    flags = {
        REPETITION_LOOP: is_loop(said),
        FILLER_CREDITS: is_filler(said),
        PROMPT_LIKE: is_prompt(said),
        NO_SPEECH_UNDER: silent or doubted_by_engine,
        IMPOSSIBLE_RATE: len(said) * SECOND > HIGHEST_RATE_PER_S * max(placed.length_us, _SHORTEST_US),
        SPARSE_TEXT: under_us >= DENSITY_FROM_US and 10 * SECOND * len(said) < LOWEST_CHARACTERS_PER_10_S * under_us,
        LOW_CONFIDENCE: confidence_pm < LOW_BELOW_PM,
    }
    raised = tuple(name for name, holds in flags.items() if holds)
    if not INVENTED.isdisjoint(raised):
        confidence_pm = min(confidence_pm, INVENTED_AT_MOST_PM)
    return Segment(placed.start_us, placed.end_us, heard.raw, text, confidence_pm, raised)


def is_loop(said: str) -> bool:
    """Whether a text repeats itself: up to 8 characters five times in a row, or as a whole too easy to compress (ratio over 2.4)."""
    return bool(_LOOP.search(said)) or compresses(said)


def compresses(said: str) -> bool:
    """Whether a text as a whole is too easy to compress (ratio over 2.4): it says the same again and again."""
    data = said.encode()
    return len(data) > HIGHEST_COMPRESSION * len(zlib.compress(data))


def is_filler(said: str) -> bool:
    """Whether half of a text or more is one of the known closing lines."""
    rest = said
    for line in FILLERS:
        rest = rest.replace(line, "")
    return bool(said) and 2 * len(rest) <= len(said)


def is_prompt(said: str) -> bool:
    """Whether a text is an instruction to the engine, or as good as one (likeness of 0.6 by edit distance)."""
    alike = (1000 * (max(len(said), len(prompt)) - edit_distance(said, prompt)) // max(len(said), len(prompt)) for prompt in PROMPTS)
    return any(pm >= PROMPT_FROM_PM for pm in alike)


def without_text(segments: Sequence[Segment], speech: Sequence[Interval]) -> list[Interval]:
    """The speech no segment accounts for. A segment with no words, or with too few for its length, accounts for none."""
    counted = [segment.span for segment in segments if spoken(segment.text) and SPARSE_TEXT not in segment.flags]
    return remainder(speech, counted)


def is_short(segments: Sequence[Segment], speech: Sequence[Interval]) -> bool:
    """Whether speech was dropped: over 2.5 s without text, or under 1.5 characters per second of speech."""
    if length_of(without_text(segments, speech)) > SILENT_SPEECH_US:
        return True
    speech_us = length_of(speech)
    characters = sum(len(spoken(segment.text)) for segment in segments)
    return speech_us >= SHOWN_FROM_US and 10 * SECOND * characters < LOWEST_CHARACTERS_PER_10_S * speech_us


def with_unrecognised(segments: Sequence[Segment], speech: Sequence[Interval]) -> list[Segment]:
    """The segments in order of time, with an empty one flagged `unrecognised` for every stretch of speech that got no text.

    Stretches under a second are edges of segments, unless the chunk has no text at all: a missing sentence must not look like silence.
    """
    words = [segment for segment in segments if spoken(segment.text)]
    stretches = remainder(speech, [segment.span for segment in words])
    shown = [span for span in stretches if span.length_us >= SHOWN_FROM_US or not words]
    empty = [Segment(span.start_us, span.end_us, "", "", 0, (UNRECOGNISED,)) for span in _joined(shown)]
    return sorted([*words, *empty], key=lambda segment: (segment.start_us, segment.end_us))


def _shared(span: Interval, others: Sequence[Interval]) -> list[Interval]:
    touched = [other for other in others if span.overlaps(other)]
    return [Interval(max(span.start_us, other.start_us), min(span.end_us, other.end_us)) for other in touched]


def _on_speech(span: Interval, speech: Sequence[Interval]) -> Interval:
    shared = _shared(span, speech)
    if shared:
        return Interval(shared[0].start_us, shared[-1].end_us)
    low, high = (speech[0].start_us, speech[-1].end_us) if speech else (span.start_us, span.end_us)
    return Interval(min(max(span.start_us, low), high), min(max(span.end_us, low), high))


def remainder(spans: Sequence[Interval], covers: Sequence[Interval]) -> list[Interval]:
    """What is left of `spans` (in order) when `covers` (any order) are taken away."""
    left = []
    ordered = sorted(covers)
    for span in spans:
        at = span.start_us
        for cover in ordered:
            if cover.start_us >= span.end_us:
                break
            if cover.start_us > at:
                left.append(Interval(at, cover.start_us))
            at = max(at, cover.end_us)
        if at < span.end_us:
            left.append(Interval(at, span.end_us))
    return left


def _joined(spans: Sequence[Interval]) -> list[Interval]:
    """Neighbours less than a second apart as one span: one mumbled sentence is one line on the screen."""
    joined: list[Interval] = []
    for span in spans:
        if joined and span.start_us - joined[-1].end_us < SECOND:
            joined[-1] = Interval(joined[-1].start_us, span.end_us)
        else:
            joined.append(span)
    return joined
