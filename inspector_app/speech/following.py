"""Follows a sound as it comes: the chunks of a live recording are closed as soon as nothing that comes can change them, and those of a long one
before all of it has been looked at.

They are exactly the chunks of the finished recording, so its text is the same whether it was heard live or afterwards. No sound is ever
left out: where the computer is too slow the decoding waits until the recording has ended, and that is said.
"""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from inspector_app.domain.errors import BadInput
from inspector_app.domain.timebase import SECOND, Interval, Micros
from inspector_app.domain.work import Channel
from inspector_app.speech import plan
from inspector_app.speech.listening import Listener, send
from inspector_app.speech.vad import WINDOW, Detector, speech_probabilities
from inspector_app.speech.wav import RATE, Sound, WavSound

#: `arrived(first, most)`: at most `most` samples from number `first` on that are there by now, and whether none will ever follow those that
#: are there. Any `first` may be asked for again. This is all that live transcription needs of a recorder.
Arrived = Callable[[int, int], tuple[Sound, bool]]

#: So much more closed sound waiting than at the beginning: the computer falls behind, and the decoding waits for the end of the recording.
LONGEST_BACKLOG_US: Micros = 60 * SECOND
#: A provisional line is made anew when this much sound has come since the last one.
PROVISIONAL_EVERY_US: Micros = 6 * SECOND
_BLOCK = 60 * RATE // WINDOW * WINDOW
_LOOK_EVERY_S = 0.25


class GrowingWav:
    """A WAV of 16 kHz mono 16-bit samples that somebody is still writing; what its header says of its length does not count.

    It has ended when the file `ended` exists. Raises BadInput `sound.unreadable` (file, cause) or `sound.not_16k_mono` (file).
    """

    _HEADER = 44

    def __init__(self, path: Path, ended: Path) -> None:
        self._path, self._ended, self._checked = path, ended, False

    def arrived(self, first: int, most: int) -> tuple[Sound, bool]:
        """See `Arrived`."""
        over = self._ended.exists()  # looked at before the file: what was written before the mark is in it
        try:
            with self._path.open("rb") as file:
                if not self._checked:
                    self._checked = self._is_ours(file.read(self._HEADER), over)
                    if not self._checked:
                        return np.zeros(0, np.float32), False
                file.seek(self._HEADER + 2 * first)
                data = file.read(2 * most)
        except OSError as error:
            if not over and isinstance(error, FileNotFoundError):
                return np.zeros(0, np.float32), False
            raise BadInput("sound.unreadable", file=self._path.name, cause=error.strerror or str(error)) from error
        data = data[: len(data) // 2 * 2]
        return np.frombuffer(data, dtype="<i2").astype(np.float32) / np.float32(32768), over

    def _is_ours(self, header: bytes, over: bool) -> bool:
        """Whether the header is there and of the kind asked for; a file that has just been made may still be empty."""
        if len(header) < self._HEADER:
            if over:
                raise BadInput("sound.unreadable", file=self._path.name, cause="no header")
            return False
        rate, channels, bits = (int.from_bytes(header[at : at + size], "little") for at, size in ((24, 4), (22, 2), (34, 2)))
        if header[:4] != b"RIFF" or header[36:40] != b"data" or (rate, channels, bits) != (RATE, 1, 16):
            raise BadInput("sound.not_16k_mono", file=self._path.name)
        return True


class Follower:
    """Plans chunks on what has arrived. `feed` takes the detector's windows, `settled` gives the chunks that are final since last asked."""

    def __init__(self) -> None:
        self._runs = plan.Runs()
        self._first_run = 0
        self._done_us: Micros = 0
        self._number = 0

    @property
    def arrived_us(self) -> Micros:
        return len(self._runs.probabilities) * plan.WINDOW_US

    def feed(self, probabilities: list[float]) -> None:
        self._runs.feed(probabilities)

    def settled(self, total_us: Micros | None = None) -> list[plan.Chunk]:
        """The chunks that nothing that may come can change; all that are left when `total_us` says how long the whole sound is."""
        if total_us is None:
            spans, next_us = self._runs.final_spans(self._first_run)
            chunks = self._planned(spans, self.arrived_us)
            # the last one is still open unless a silence has followed that no chunk may bridge
            if chunks and next_us - chunks[-1].end_us < plan.NEVER_ACROSS_US:
                chunks.pop()
        else:
            chunks = self._planned(self._spans(total_us), total_us)
        if chunks:
            self._done_us = chunks[-1].end_us
            self._number = chunks[-1].ord + 1
        while self._first_run < len(self._runs.closed) and self._is_given(self._first_run):
            self._first_run += 1
        return chunks

    def _is_given(self, number: int) -> bool:
        """Whether a closed run lies in chunks already given, its padding too."""
        return all(span.end_us <= self._done_us for span in self._runs.spans_of_run(number, self.arrived_us))

    def open_chunk(self) -> plan.Chunk | None:
        """The chunk that is being spoken, as far as it goes by now; None in silence."""
        chunks = self._planned(self._spans(self.arrived_us), self.arrived_us)
        return chunks[0] if chunks else None

    def _spans(self, total_us: Micros) -> list[Interval]:
        return [span for number in range(self._first_run, self._runs.count) for span in self._runs.spans_of_run(number, total_us)]

    def _planned(self, spans: list[Interval], total_us: Micros) -> list[plan.Chunk]:
        """The plan of what comes after the chunks already given."""
        chunks = plan.plan_chunks([span for span in spans if span.end_us > self._done_us], total_us)
        return [plan.Chunk(self._number + chunk.ord, chunk.start_us, chunk.end_us, chunk.speech) for chunk in chunks]


def planned(sound: WavSound, tick: Callable[[Micros], None]) -> Iterator[list[plan.Chunk]]:
    """The chunks of a sound that is all there, in order, every time the detector has gone two minutes further. `tick` as for the detector."""
    follower = Follower()
    for probabilities in speech_probabilities(sound, tick):
        follower.feed(probabilities)
        yield follower.settled()
    yield follower.settled(sound.length_us)


@dataclass
class _Backlog:
    """Closed chunks that wait to be heard; `later` once they wait for the end of the recording."""

    waiting: list[plan.Chunk]
    later: bool = False
    _at_first: Micros | None = None

    @property
    def us(self) -> Micros:
        return sum(chunk.end_us - chunk.start_us for chunk in self.waiting)

    def grows(self) -> bool:
        """Whether it has grown by more than is put up with; a recording joined late has a backlog from the start, which may shrink."""
        self._at_first = self.us if self._at_first is None else min(self._at_first, self.us)
        return self.us > self._at_first + LONGEST_BACKLOG_US


def follow(arrived: Arrived, listener: Listener, channel: Channel, done: frozenset[int], known: int, totals: dict[str, int]) -> None:
    """Hears a sound as it grows, to its end.

    `done` are chunks heard in an earlier run, `known` how many were planned then. Items: `planned` (chunks, arrived_us, ended) as chunks
    close, `chunk` as in the worker, `live` (start_us, end_us, text, backlog_us, after_recording) for the line being spoken. Progress: sound
    heard of the sound there. Warning `speech.after_recording` (backlog_s) once, when the decoding is put off to the end.
    """
    detector, follower = Detector(), Follower()
    backlog = _Backlog([])
    samples, shown_us, ended = 0, 0, False
    while True:
        channel.check()
        came = 0
        if not ended:
            sound, over = arrived(samples, _BLOCK)
            full = len(sound) if over and len(sound) < _BLOCK else len(sound) // WINDOW * WINDOW
            follower.feed(detector.feed(sound[:full]))
            samples, came = samples + full, full
            ended = over and len(sound) < _BLOCK
            closed = follower.settled(samples * SECOND // RATE if ended else None)
            new = [chunk for chunk in closed if chunk.ord >= known]
            if new or ended:
                channel.item("planned", chunks=[chunk.as_item() for chunk in new], arrived_us=samples * SECOND // RATE, ended=ended)
            backlog.waiting += [chunk for chunk in closed if chunk.ord not in done]
            if came == _BLOCK:  # catching up: there is more already
                continue
        if ended:
            break
        if not backlog.later and backlog.grows():
            backlog.later = True
            channel.warn("speech.after_recording", backlog_s=backlog.us // SECOND)
            channel.item("live", start_us=0, end_us=0, text="", backlog_us=backlog.us, after_recording=True)
        if backlog.waiting and not backlog.later:
            for said in listener.hear([backlog.waiting.pop(0)]):
                send(said, channel, totals)
            shown_us = 0
            channel.progress(said.chunk.end_us, follower.arrived_us, "us")
            continue
        if not backlog.later:
            shown_us = _show(follower, listener, channel, shown_us)
        if not came:
            threading.Event().wait(_LOOK_EVERY_S)
    for said in listener.hear(backlog.waiting):
        channel.check()
        send(said, channel, totals)
        channel.progress(said.chunk.end_us, follower.arrived_us, "us")


def _show(follower: Follower, listener: Listener, channel: Channel, shown_us: Micros) -> Micros:
    """Sends a provisional line for the open chunk when enough new sound has come; returns up to where the line goes."""
    chunk = follower.open_chunk()
    if chunk is None or chunk.end_us - max(shown_us, chunk.start_us) < PROVISIONAL_EVERY_US:
        return shown_us
    text = listener.provisional(Interval(chunk.start_us, chunk.end_us))
    channel.item("live", start_us=chunk.start_us, end_us=chunk.end_us, text=text, backlog_us=0, after_recording=False)
    return chunk.end_us
