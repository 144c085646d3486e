"""The picture of a recording at any moment, exactly: over all its files and the gaps between, with the pictures around the cursor kept decoded.

The player and the stills both ask here, so that the frame on the screen is the frame exported. It decodes on the caller's thread, keeps a
few files open and a bounded number of bytes of pictures; it never scales, sharpens or guesses.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from av.error import FFmpegError
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from inspector_app.domain.errors import BadInput
from inspector_app.domain.timebase import FrameStamp, Micros
from inspector_app.media.container import main_video, open_media
from inspector_app.media.film import Film
from inspector_app.media.index import TimeIndex, build_index, load_index
from inspector_app.media.scan import scan_packets
from inspector_app.media.timeline import Timeline, TimelinePart

#: 80 pictures of 1080p, and more than a whole group of pictures of anything smaller.
CACHE_BYTES: Final = 256 * 2**20
_OPEN_FILES: Final = 3


@dataclass(frozen=True)
class Shown:
    """What is seen from `at_us` to `until_us`.

    `kind`: `picture`; `gap` between two files; `lost` where the file's picture cannot be decoded; `none` where the file has no picture.
    `place` is the part's number on the timeline, `number` the frame's in its file, `stamp` its time stamp there; -1 and None without one.
    """

    kind: str
    at_us: Micros
    until_us: Micros
    place: int = -1
    number: int = -1
    stamp: FrameStamp | None = None
    frame: VideoFrame | None = None
    damaged: bool = False


@dataclass(frozen=True)
class Pictures:
    """The pictures of a part: its file's index, their times on the recording's clock, and that `first` <= number < `last` are the part's."""

    index: TimeIndex
    times_us: NDArray[np.int64]
    first: int
    last: int

    def at(self, at_us: Micros) -> int:
        """Number of the last picture not after a moment, within the part."""
        number = int(np.searchsorted(self.times_us, at_us, side="right")) - 1
        return min(max(number, self.first), self.last - 1)


class Frames:
    """Exact pictures over a timeline. One thread at a time."""

    def __init__(self, timeline: Timeline, cache_bytes: int = CACHE_BYTES, check: Callable[[], None] = lambda: None) -> None:
        self.timeline = timeline
        self._limit = cache_bytes
        self._check = check
        self._numbered: dict[int, Pictures | None] = {}
        self._films: OrderedDict[int, Film] = OrderedDict()
        self._cache: dict[tuple[int, int], tuple[VideoFrame, bool]] = {}
        self.cached_bytes = 0

    def close(self) -> None:
        for film in self._films.values():
            film.close()
        self._films.clear()
        self._cache.clear()
        self.cached_bytes = 0

    def extend(self, timeline: Timeline) -> None:
        """The recording has grown: parts that are as they were keep what is known and decoded of them."""
        old, self.timeline = self.timeline.parts, timeline
        for place in range(len(old)):
            if place >= len(timeline.parts) or timeline.parts[place] != old[place]:
                self._numbered.pop(place, None)
                film = self._films.pop(place, None)
                if film is not None:
                    film.close()
                for key in [key for key in self._cache if key[0] == place]:
                    self.cached_bytes -= _bytes(self._cache.pop(key)[0])

    # -- asking --------------------------------------------------------------------------------------------------------------

    def frame_at(self, at_us: Micros, on_way: Callable[[Shown], None] | None = None) -> Shown:
        """The last picture not after a moment (within its file; before the file's first picture, the first).

        `on_way` is given the first picture decoded on the way, a key frame before it: something to look at meanwhile.
        """
        target = self._target(at_us)
        return target if target.kind != "picture" else self._decode(target, on_way)

    def step(self, at_us: Micros, by: int) -> Micros:
        """The time of the picture `by` pictures away from the one at a moment, over gaps; the first or last where there are no more."""
        for _ in range(abs(by)):
            at_us = self._next(at_us) if by > 0 else self._previous(at_us)
        return at_us

    def key_before(self, at_us: Micros) -> Micros:
        """The time of the last key frame at or before a moment in its part: the quickest picture there is near it."""
        place = self.timeline.place_of(at_us)
        pictures = self.pictures_of(place) if place is not None else None
        if pictures is None:
            return at_us
        number = pictures.at(at_us)
        keys = np.flatnonzero(pictures.index.key[pictures.first : number + 1])
        return int(pictures.times_us[pictures.first + int(keys[-1])]) if len(keys) else at_us

    def _next(self, at_us: Micros) -> Micros:
        place = self.timeline.place_before(at_us)
        here = self.pictures_of(place) if self.timeline.place_of(at_us) == place else None
        if here is not None and (number := here.at(at_us) + 1) < here.last:
            return int(here.times_us[number])
        for later in range(place + 1, len(self.timeline.parts)):
            if (there := self.pictures_of(later)) is not None:
                return int(there.times_us[there.first])
        return at_us

    def _previous(self, at_us: Micros) -> Micros:
        place = self.timeline.place_before(at_us)
        here = self.pictures_of(place)
        if here is not None:
            in_gap = self.timeline.place_of(at_us) is None
            number = here.last - 1 if in_gap else here.at(at_us) - 1
            if number >= here.first:
                return int(here.times_us[number])
        for earlier in range(place - 1, -1, -1):
            if (there := self.pictures_of(earlier)) is not None:
                return int(there.times_us[there.last - 1])
        return at_us

    # -- where it is ---------------------------------------------------------------------------------------------------------

    def _target(self, at_us: Micros) -> Shown:
        """What is seen at a moment, its picture still to be decoded."""
        place = self.timeline.place_of(at_us)
        if place is None:
            gap = self.timeline.gap_at(at_us)
            return Shown("gap", gap.start_us, gap.end_us)
        part, pictures = self.timeline.parts[place], self.pictures_of(place)
        if pictures is None:
            return Shown("none", part.start_us, part.end_us, place)
        number = pictures.at(at_us)
        following = int(pictures.times_us[number + 1]) if number + 1 < pictures.last else max(part.end_us, at_us + 1)
        return Shown("picture", int(pictures.times_us[number]), following, place, number, pictures.index.stamp(number))

    def pictures_of(self, place: int) -> Pictures | None:
        """The pictures of a part; None where it has none. An index that is not there is made, which reads the whole file once."""
        if not 0 <= place < len(self.timeline.parts):
            return None
        if place not in self._numbered:
            self._numbered[place] = _pictures(self.timeline.parts[place], self._check)
        return self._numbered[place]

    # -- decoding ------------------------------------------------------------------------------------------------------------

    def _decode(self, target: Shown, on_way: Callable[[Shown], None] | None) -> Shown:
        key = (target.place, target.number)
        if key not in self._cache:
            for number, frame, damaged in self._film(target.place).up_to(target.number, self._check):
                self._keep((target.place, number), frame, damaged, target.number)
                if on_way is not None and number < target.number:
                    on_way(replace(self._numbered_shown(target.place, number), frame=frame, damaged=damaged))
                    on_way = None
        if key not in self._cache:
            return replace(target, kind="lost")
        frame, damaged = self._cache[key]
        return replace(target, frame=frame, damaged=damaged)

    def _numbered_shown(self, place: int, number: int) -> Shown:
        pictures = self.pictures_of(place)
        assert pictures is not None
        at_us = int(pictures.times_us[number])
        return Shown("picture", at_us, at_us + 1, place, number, pictures.index.stamp(number))

    def is_cached(self, at_us: Micros) -> bool:
        target = self._target(at_us)
        return target.kind != "picture" or (target.place, target.number) in self._cache

    def _film(self, place: int) -> Film:
        film = self._films.pop(place, None)
        if film is None:
            pictures = self.pictures_of(place)
            assert pictures is not None
            path = self.timeline.parts[place].path
            try:
                film = Film(path, pictures.index)
            except FFmpegError as cause:
                raise BadInput("media.unreadable", file=path.name, cause=str(cause)) from cause
            while len(self._films) >= _OPEN_FILES:
                self._films.popitem(last=False)[1].close()
        self._films[place] = film
        return film

    def _keep(self, key: tuple[int, int], frame: VideoFrame, damaged: bool, wanted: int) -> None:
        """Into the cache; what is farthest from the picture wanted goes when it is full."""
        if key in self._cache:
            return
        self._cache[key] = frame, damaged
        self.cached_bytes += _bytes(frame)
        place = key[0]
        while self.cached_bytes > self._limit and len(self._cache) > 1:
            far = max(self._cache, key=lambda one: (abs(one[0] - place), abs(one[1] - wanted)))
            self.cached_bytes -= _bytes(self._cache.pop(far)[0])


def _bytes(frame: VideoFrame) -> int:
    return sum(plane.buffer_size for plane in frame.planes)


def _pictures(part: TimelinePart, check: Callable[[], None]) -> Pictures | None:
    """Raises BadInput `media.unreadable` where the file cannot be read any more."""
    try:
        index = load_index(part.index) if part.index is not None and part.index.is_file() else _scanned(part, check)
    except (FFmpegError, OSError) as cause:
        raise BadInput("media.unreadable", file=part.path.name, cause=str(cause)) from cause
    if index is None or index.kind != "video" or not len(index):
        return None
    times = index.times_us + (index.zero_us - part.origin_us)
    first, last = (int(np.searchsorted(times, moment, side="left")) for moment in (part.start_us, part.end_us))
    if times[-1] == part.end_us:  # a file whose last packet has no duration ends with its last picture
        last = len(times)
    first = max(0, first - 1) if first < len(times) and first == last else first  # a part shorter than a frame shows the one before
    return Pictures(index, times, min(first, len(times) - 1), max(last, min(first, len(times) - 1) + 1))


def _scanned(part: TimelinePart, check: Callable[[], None]) -> TimeIndex | None:
    with open_media(part.path) as container:
        video = main_video(container)
        stream = None if video is None else video.index
    return None if stream is None else build_index(scan_packets(part.path, lambda _: check()), stream)
