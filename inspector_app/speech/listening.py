"""The loaded engine over one sound: hears chunks, several at once where that is cheaper, and says what came of each.

Runs in the child process. Native code cannot be interrupted, so it runs on a thread of its own and the caller looks for a stop meanwhile.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from inspector_app.domain.timebase import Interval, Micros
from inspector_app.domain.work import Channel
from inspector_app.speech import gates, hearing, plan
from inspector_app.speech.gates import Heard
from inspector_app.speech.transcriber import Check, Transcriber
from inspector_app.speech.wav import Sound

T = TypeVar("T")

#: Chunks decoded at once: measured 25 to 30 % cheaper than one by one with the same text; more gains little and costs memory.
TOGETHER = 4
#: How long a stop may go unnoticed while the engine computes, seconds.
_LOOK_EVERY_S = 0.2


@dataclass(frozen=True)
class Said:
    """What came of one chunk: the outcome, or the engine's failure in words."""

    chunk: plan.Chunk
    outcome: hearing.Outcome | None
    failure: str = ""

    def item(self) -> dict[str, Any]:
        """As the `chunk` item carries it."""
        if self.outcome is None:
            speech_us = plan.length_of(self.chunk.speech)
            figures: dict[str, Any] = {"segments": [], "metrics": {"error": self.failure}, "speech_us": speech_us, "covered_us": 0}
            return {"ord": self.chunk.ord, "state": "failed", **figures}
        return {
            "ord": self.chunk.ord,
            "state": "done",
            "segments": [segment.as_item() for segment in self.outcome.segments],
            "metrics": self.outcome.metrics,
            "speech_us": self.outcome.speech_us,
            "covered_us": self.outcome.covered_us,
        }


class Listener:
    """Hears chunks of one sound. `read(start_us, end_us)` gives the sound; `wide` is the search to begin with."""

    def __init__(self, read: Callable[[Micros, Micros], Sound], engine: Transcriber, wide: bool, check: Check) -> None:
        self._read, self._engine, self._wide, self._check = read, engine, wide, check

    def hear(self, chunks: Sequence[plan.Chunk]) -> Iterator[Said]:
        """What was said in each chunk, in order: the first by itself, so that there is text soon, then several at once."""
        groups = [chunks[:1], *(chunks[at : at + TOGETHER] for at in range(1, len(chunks), TOGETHER))]
        for group in filter(None, groups):
            for chunk, first in zip(group, self._first_tries(group), strict=True):
                yield self._said(chunk, first)

    def provisional(self, span: Interval) -> str:
        """A quick reading of a chunk that is not closed yet: to look at, never to keep."""
        heard = self._decode(span, wide=False)
        return "".join(segment.text for segment in (gates.assess(one, [span]) for one in heard) if gates.INVENTED.isdisjoint(segment.flags))

    def _first_tries(self, group: Sequence[plan.Chunk]) -> Sequence[list[Heard] | None]:
        self._check()
        sounds = [(self._read(chunk.start_us, chunk.end_us), chunk.start_us) for chunk in group]
        try:
            return patiently(lambda: self._engine.decode(sounds, self._wide, _never), self._check)
        except RuntimeError:  # the engine's own failure in one of them: each by itself then
            return [None] * len(group)

    def _said(self, chunk: plan.Chunk, first: list[Heard] | None) -> Said:
        try:
            return Said(chunk, hearing.hear(chunk, self._decode, self._wide, first))
        except RuntimeError as error:  # the engine's own failure in this chunk; the next one may be fine
            return Said(chunk, None, str(error))

    def _decode(self, span: Interval, wide: bool) -> list[Heard]:
        self._check()
        sound = self._read(span.start_us, span.end_us)
        return patiently(lambda: self._engine.decode([(sound, span.start_us)], wide, _never)[0], self._check)


def _never() -> None:
    """The engine's thread does not look for a stop: the one that waits for it does."""


def patiently(work: Callable[[], T], check: Check) -> T:
    """Runs `work` on a thread and returns what it returned or raises what it raised; `check` is called several times a second meanwhile.

    Where `check` raises, the thread is left to itself: the process is about to end.
    """
    results: list[T] = []
    failures: list[BaseException] = []

    def run() -> None:
        try:
            results.append(work())
        except BaseException as error:  # handed to the caller below
            failures.append(error)

    thread = threading.Thread(target=run, name="engine", daemon=True)
    thread.start()
    while thread.is_alive():
        thread.join(_LOOK_EVERY_S)
        check()
    if failures:
        raise failures[0]
    return results[0]


def send(said: Said, channel: Channel, totals: dict[str, int]) -> None:
    """Sends a chunk as done or failed and counts it."""
    item = said.item()
    channel.item("chunk", **item)
    totals[item["state"]] += 1
    if said.outcome is None:
        channel.warn("speech.chunk_failed", start_us=said.chunk.start_us, end_us=said.chunk.end_us, cause=said.failure)
        return
    totals["speech_us"] += item["speech_us"]
    totals["covered_us"] += item["covered_us"]
