"""Turns what was read in single frames into screen texts: the same words in consecutive samples become one interval with its frames.

Light and pure: no pictures, no files. Every reading stays findable: as the text, among its `readings`, or in the `series` of a
countdown or counter. A price that changes is never merged with the one before it. Kinds are a best effort to sort a list by; they
prove nothing, and nothing here rules on anything.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import pairwise
from statistics import median
from typing import Any, Final

from inspector_app.domain.likeness import edit_distance
from inspector_app.domain.timebase import SECOND, Micros
from inspector_app.vision import kinds
from inspector_app.vision.boxes import Box, overlap, shared_area

#: A text missed in this many samples in a row (a hand before it, a failed reading) is still the same showing.
MISSED_SAMPLES: Final = 2
#: Two different readings both surer than this are two texts, not one text read twice.
SURE_PM: Final = 970
#: Least likeness (1 − edit distance / longer length) of two readings of one text.
LIKE: Final = 0.8
#: A text standing at least this long is a label (shop name, licence line, badge), not a caption.
LABEL_US: Final = 15 * SECOND


@dataclass(frozen=True)
class ScreenText:
    """A text and when it was shown: from the first sample that has it to one sample after the last, never past the recording.

    `confidence_pm`, `box` and `text` are of its surest reading; `readings` are other readings of the same showing. `series` is [at_us,
    value] at every change of a countdown or counter. `first_pts` and `last_pts` are the first and last frame it was read in. kind:
    caption | price | struck_price | countdown | counter | chat | label | other.
    """

    start_us: Micros
    end_us: Micros
    text: str
    confidence_pm: int
    box: Box
    kind: str
    first_pts: int
    last_pts: int
    series: tuple[tuple[Micros, str], ...] = ()
    readings: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Reading:
    at_us: Micros
    pts: int
    sample: int
    text: str
    plain: str
    confidence_pm: int
    box: Box
    struck: bool

    @property
    def height(self) -> int:
        return max(1, self.box[3] - self.box[1])


@dataclass
class _Track:
    """One showing as it grows."""

    readings: list[_Reading]
    counted: str | None  # the words around the number of a countdown or counter, None for other texts
    best: _Reading
    rises: int = 0
    pieces: set[str] = field(default_factory=set)  # parts of it that were read alone
    next_sample_us: Micros | None = None  # the first sample after the last reading

    @property
    def last(self) -> _Reading:
        return self.readings[-1]

    def add(self, reading: _Reading) -> None:
        self.rises += _rose(self.last, reading)
        self.readings.append(reading)
        self.best = max(self.best, reading, key=lambda one: one.confidence_pm)
        self.next_sample_us = None

    def add_piece(self, reading: _Reading) -> None:
        """A part of it read alone: it is still there, whole."""
        self.pieces.add(reading.text)
        if self.last.sample < reading.sample:
            self.add(replace(self.best, at_us=reading.at_us, pts=reading.pts, sample=reading.sample, confidence_pm=0))


def merge(blocks: Iterable[Mapping[str, Any]], size: tuple[int, int], interval_us: Micros, duration_us: Micros) -> list[ScreenText]:
    """Screen texts of the `block` items of `worker.run`, in any order; `size` is width and height of the picture as shown, in pixels.

    Sorted by start, then from top to bottom. The result does not depend on how the frames were divided into blocks.
    """
    frames = {frame["at_us"]: frame for block in blocks for frame in block["frames"]}
    live: list[_Track] = []
    ended: list[_Track] = []
    for sample, at_us in enumerate(sorted(frames)):
        if at_us >= duration_us:
            break
        readings = _readings(frames[at_us], sample, size)
        for track in live:
            if track.next_sample_us is None:
                track.next_sample_us = at_us
        going = [
            t for t in live if sample - t.last.sample <= MISSED_SAMPLES + 1 and at_us - t.last.at_us <= (MISSED_SAMPLES + 2) * interval_us
        ]
        ended += [track for track in live if track not in going]
        live = going + _follow(going, readings)
    tracks = ended + live
    chat_column = _chat_column(tracks, size)
    texts = [_as_text(track, size, interval_us, duration_us, chat_column) for track in tracks]
    return sorted(texts, key=lambda text: (text.start_us, text.box[1], text.box[0], text.text, text.end_us))


@lru_cache(maxsize=50_000)
def _likeness(one: str, other: str) -> float:
    longer = max(len(one), len(other))
    return 1.0 - edit_distance(one, other) / longer if longer else 1.0


@lru_cache(maxsize=50_000)
def _digits(words: str) -> str:
    return "".join(character for character in words if character.isdigit())


@lru_cache(maxsize=50_000)
def _letters(words: str) -> str:
    """Characters and digits alone: the marks between the parts of a line come and go from reading to reading."""
    return "".join(character for character in words if character.isalnum())


@lru_cache(maxsize=50_000)
def _words_around(words: str) -> str | None:
    """A countdown or counter with its number taken out, so that 剩余库存293件 and 剩余库存292件 are one line."""
    number = kinds.clock_in(words) or kinds.counter_in(words)
    return words.replace(number, "#", 1) if number else None


def _readings(frame: Mapping[str, Any], sample: int, size: tuple[int, int]) -> list[_Reading]:
    """The lines of a frame that have any words, in an order that does not depend on how they were listed.

    Boxes are brought to `size` where a frame has another: the picture of a recording may change its size on the way. A clock that was
    not read in a frame stands there with what it said before: that it was there is known, and its series lists changes only.
    """
    across, down = size[0] / frame["size"][0], size[1] / frame["size"][1]
    readings = []
    for line in frame["lines"]:
        words = kinds.plain(line["text"])
        if words:
            x0, x1 = (round(edge * across) for edge in line["box"][::2])
            y0, y1 = (round(edge * down) for edge in line["box"][1::2])
            struck = bool(line.get("struck"))
            readings.append(
                _Reading(frame["at_us"], frame["pts"], sample, line["text"], words, line["confidence_pm"], (x0, y0, x1, y1), struck)
            )
    return sorted(readings, key=lambda one: (one.box[1], one.box[0], one.box, one.plain, one.text, one.confidence_pm, one.struck))


def _follow(live: list[_Track], readings: list[_Reading]) -> list[_Track]:
    """Gives each reading to the track it goes on with, surest pairs first; returns new tracks for those that begin."""
    pairs = [(_goes_on(track, reading), t, r) for t, track in enumerate(live) for r, reading in enumerate(readings)]
    taken_tracks, taken_readings = set[int](), set[int]()
    for score, t, r in sorted(pairs, key=lambda pair: (-pair[0], pair[1], pair[2])):
        if score > 0 and t not in taken_tracks and r not in taken_readings:
            live[t].add(readings[r])
            taken_tracks.add(t)
            taken_readings.add(r)
    left = [reading for r, reading in enumerate(readings) if r not in taken_readings]
    for track in live:
        pieces = [reading for reading in left if _is_piece(track, reading)]
        if (
            10 * sum(len(_letters(piece.plain)) for piece in pieces) >= 7 * len(_letters(track.best.plain)) > 0
        ):  # less of it may be another text
            for piece in pieces:
                track.add_piece(piece)
            left = [reading for reading in left if reading not in pieces]
    return [_Track([reading], _words_around(reading.plain), reading) for reading in left]


def _is_piece(track: _Track, reading: _Reading) -> bool:
    """Whether a reading is a part of a longer text in its place: a line is found in pieces now and then. A price is never a part."""
    best = track.best
    part, whole = _letters(reading.plain), _letters(best.plain)
    if track.counted is not None or kinds.is_price(best.plain) or not part or part == whole or part not in whole:
        return False
    inside = shared_area(best.box, reading.box) * 5 >= 4 * (reading.box[2] - reading.box[0]) * (reading.box[3] - reading.box[1])
    return inside and 3 * abs(best.height - reading.height) <= best.height


def _goes_on(track: _Track, reading: _Reading) -> float:
    """How well a reading goes on with a track; 0 if it is another text."""
    shared = overlap(track.last.box, reading.box)
    same = track.last.plain == reading.plain
    if shared < 0.3 and not _rose(track.last, reading):
        return 0.0
    if same:
        return 3.0 + shared
    if track.counted is not None:
        around = _words_around(reading.plain)
        return 2.0 + shared if shared >= 0.3 and around is not None and _likeness(track.counted, around) >= LIKE else 0.0
    # another number is another fact (a price that changes), however alike the words
    if _digits(track.last.plain) != _digits(reading.plain) or _words_around(reading.plain) is not None:
        return 0.0
    best = track.best
    cut = best.plain.endswith(reading.plain) or reading.plain.endswith(best.plain)  # a first character lost at the edge of a box
    if best.plain != reading.plain and not cut and min(best.confidence_pm, reading.confidence_pm) >= SURE_PM:
        return 0.0
    likeness = _likeness(track.last.plain, reading.plain)
    return likeness if likeness >= LIKE else 0.0


def _rose(before: _Reading, after: _Reading) -> bool:
    """Whether a line moved up in its column, as comments do when a new one comes in below."""
    height = before.height
    up = before.box[1] - after.box[1]
    return height // 2 < up <= 12 * height and abs(before.box[0] - after.box[0]) <= height and 2 * abs(height - after.height) <= height


def _is_low_left(box: Box, size: tuple[int, int]) -> bool:
    return 5 * box[0] < 2 * size[0] and 2 * box[1] > size[1]


def _surely_chat(track: _Track, size: tuple[int, int]) -> bool:
    best = track.best
    if track.rises:
        return track.rises >= 3 or kinds.is_comment(best.plain) or _is_low_left(best.box, size)
    small = best.height * 25 < max(size)
    return small and kinds.is_comment(best.plain) and _is_low_left(best.box, size) and not kinds.is_price(best.plain)


def _chat_column(tracks: list[_Track], size: tuple[int, int]) -> Box | None:
    """Left edge, top, line height and bottom of the column comments roll in, from those that surely are comments; None without any."""
    boxes = [reading.box for track in tracks if _surely_chat(track, size) for reading in track.readings]
    if not boxes:
        return None
    height = int(median(box[3] - box[1] for box in boxes))
    return int(median(box[0] for box in boxes)), min(box[1] for box in boxes), height, max(box[3] for box in boxes)


def _in_column(box: Box, column: Box | None) -> bool:
    if column is None:
        return False
    left, top, height, bottom = column
    tall = box[3] - box[1]
    return abs(box[0] - left) <= height and top - height <= box[1] and box[3] <= bottom + height and 3 * abs(tall - height) <= height


def _kind(track: _Track, length_us: Micros, size: tuple[int, int], column: Box | None) -> str:
    words, box = track.best.plain, track.best.box
    if 2 * sum(reading.struck for reading in track.readings) >= len(track.readings) and _digits(words):
        return "struck_price"
    if _surely_chat(track, size) or (_in_column(box, column) and kinds.is_comment(words)):
        return "chat"
    if kinds.clock_in(words):
        values = [kinds.clock_value(clock) for clock in (kinds.clock_in(reading.plain) for reading in track.readings) if clock]
        rises, falls = (sum(way * (after - before) > 0 for before, after in pairwise(values)) for way in (1, -1))
        return "counter" if rises > falls else "countdown"  # a countdown may rise now and then: when it begins again
    if kinds.counter_in(words):
        return "counter"
    if kinds.is_price(words):
        return "price"
    if length_us >= LABEL_US:
        return "label"
    if _in_column(box, column):
        return "chat"
    return "caption" if kinds.han_count(words) >= 2 else "other"


def _as_text(track: _Track, size: tuple[int, int], interval_us: Micros, duration_us: Micros, column: Box | None) -> ScreenText:
    first, last, best = track.readings[0], track.last, track.best
    end_us = min(last.at_us + interval_us, duration_us, track.next_sample_us or duration_us)
    series: list[tuple[Micros, str]] = []
    if track.counted is not None:
        values = [(one.at_us, kinds.clock_in(one.plain) or kinds.counter_in(one.plain) or "") for one in track.readings]
        series = values[:1] + [after for before, after in pairwise(values) if after[1] != before[1]]
        others: set[str] = set()
    else:
        others = ({reading.text for reading in track.readings} | track.pieces) - {best.text}
    return ScreenText(
        first.at_us,
        end_us,
        best.text,
        best.confidence_pm,
        best.box,
        _kind(track, end_us - first.at_us, size, column),
        first.pts,
        last.pts,
        tuple(series),
        tuple(sorted(others)),
    )
