"""How much of the speech has text, for a whole recording and minute by minute, and how much of the text a person has checked.

Pure arithmetic over the rows of a transcript; no model, no file. It counts and never rounds a gap away: a missing sentence would look like
a clean recording. Speech the engine has not reached yet is told apart from speech that got no text.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from inspector_app.domain.records import Chunk, Segment
from inspector_app.domain.timebase import SECOND, Interval, Micros
from inspector_app.speech.clean import spoken
from inspector_app.speech.gates import SPARSE_TEXT, UNRECOGNISED, remainder
from inspector_app.speech.plan import length_of

MINUTE: Micros = 60 * SECOND


@dataclass(frozen=True)
class Minute:
    """One minute of the recording, counted from 0: speech in it, the part of that with text, and the part not yet heard by the engine."""

    number: int
    speech_us: Micros
    covered_us: Micros
    waiting_us: Micros


@dataclass(frozen=True)
class Coverage:
    """What a transcript holds of a recording. `failed_us` is speech of chunks the engine failed on; it counts as speech without text.

    `segments` have words; `checked` of them were corrected or confirmed by a person, `doubtful` carry a flag that nobody has settled.
    `text_us` and `checked_us` are the lengths of those segments. Without chunks (a subtitle file) nothing is known about the speech.
    """

    speech_us: Micros
    covered_us: Micros
    waiting_us: Micros
    failed_us: Micros
    text_us: Micros
    checked_us: Micros
    segments: int
    checked: int
    doubtful: int
    minutes: tuple[Minute, ...]

    @property
    def share_pm(self) -> int | None:
        """Speech with text in per mille of the speech heard so far, rounded down; None where there is no such speech."""
        heard_us = self.speech_us - self.waiting_us
        return 1000 * self.covered_us // heard_us if heard_us > 0 else None

    @property
    def checked_pm(self) -> int | None:
        """Text checked by a person in per mille of all text, by time, rounded down; None where there is no text."""
        return 1000 * self.checked_us // self.text_us if self.text_us > 0 else None


def is_checked(segment: Segment) -> bool:
    """Whether a person answers for the words: corrected, or confirmed by ear."""
    return segment.corrected is not None or bool(segment.confirmed_by)


def accounts_for_speech(segment: Segment) -> bool:
    """Whether the speech under a segment counts as having text. A person's word settles it; machine text must be dense enough."""
    if is_checked(segment):
        return True
    return bool(spoken(segment.words)) and SPARSE_TEXT not in segment.flags and UNRECOGNISED not in segment.flags


def measure(chunks: Sequence[Chunk], segments: Sequence[Segment]) -> Coverage:
    """The coverage of one transcript by its chunks and its current segments (those that were split or merged left out)."""
    covers = sorted(Interval(row.start_us, row.end_us) for row in segments if accounts_for_speech(row))
    ordered = sorted(chunks, key=lambda chunk: chunk.start_us)
    speech = [span for chunk in ordered for span in _speech(chunk)]
    waiting = [span for chunk in ordered if chunk.state not in ("done", "failed") for span in _speech(chunk)]
    heard = [span for chunk in ordered if chunk.state in ("done", "failed") for span in _speech(chunk)]
    missing = remainder(heard, covers)
    worded = [row for row in segments if spoken(row.words)]
    checked = [row for row in worded if is_checked(row)]
    return Coverage(
        speech_us=length_of(speech),
        covered_us=length_of(heard) - length_of(missing),
        waiting_us=length_of(waiting),
        failed_us=sum(length_of(_speech(chunk)) for chunk in ordered if chunk.state == "failed"),
        text_us=_time_of(worded),
        checked_us=_time_of(checked),
        segments=len(worded),
        checked=len(checked),
        doubtful=len([row for row in segments if row.flags and not is_checked(row)]),
        minutes=_by_minute(speech, missing, waiting),
    )


def _speech(chunk: Chunk) -> list[Interval]:
    return [Interval(start, end) for start, end in chunk.speech]


def _time_of(segments: Iterable[Segment]) -> Micros:
    return sum(row.end_us - row.start_us for row in segments)


def _by_minute(speech: Sequence[Interval], missing: Sequence[Interval], waiting: Sequence[Interval]) -> tuple[Minute, ...]:
    """The minutes that have speech in them, in order."""
    said, without, later = (_minutes_of(spans) for spans in (speech, missing, waiting))
    return tuple(
        Minute(number, said[number], said[number] - without.get(number, 0) - later.get(number, 0), later.get(number, 0))
        for number in sorted(said)
    )


def _minutes_of(spans: Iterable[Interval]) -> dict[int, Micros]:
    """Microseconds of the spans in every minute they touch."""
    found: dict[int, Micros] = {}
    for span in spans:
        at = span.start_us
        while at < span.end_us:
            number = at // MINUTE
            until = min(span.end_us, (number + 1) * MINUTE)
            found[number] = found.get(number, 0) + until - at
            at = until
    return found
