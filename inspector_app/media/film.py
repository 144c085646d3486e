"""The pictures of one file by number: found by its time index, decoded from the key frame before, never a neighbour in their place.

Transport streams and FLV are entered at a byte position (a plain seek lands wrong in them), other containers by time. What comes out is
checked against the index by time stamp. It keeps the file open and knows nothing of recordings or gaps.
"""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import numpy as np
from av.error import FFmpegError
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from inspector_app.domain.errors import BadInput
from inspector_app.media.container import content_type, main_video, open_media
from inspector_app.media.index import TimeIndex

#: Containers that are entered at a byte position; measured: by time MPEG-TS is one to three seconds off every time.
_BY_BYTES: Final = {"mpegts", "mpeg", "flv"}
#: How many key frames earlier a seek is tried when it came out too late; then the file is read from its beginning.
_EARLIER: Final = (0, 1, 4)

Check = Callable[[], None]


class Film:
    """One open file. Use from one thread; `close` it."""

    def __init__(self, path: Path, index: TimeIndex) -> None:
        self._path, self._index = path, index
        self._keys = np.flatnonzero(index.key)
        self._container = open_media(path)
        video = main_video(self._container)
        if video is None:
            self._container.close()
            raise BadInput("media.no_video", file=path.name)
        self._video: VideoStream = video
        video.thread_type = "AUTO"
        self._by_bytes = content_type(self._container) in _BY_BYTES
        self._run: Iterator[tuple[int, VideoFrame]] | None = None
        #: number of the newest picture that came out of the run
        self._reached = -1
        self._damaged = False
        #: how many of the file's changes of header the decoder has taken
        self._headers = 0

    def close(self) -> None:
        self._run = None
        self._container.close()

    def key_before(self, number: int) -> int | None:
        """The last key frame at or before a picture; None where the file begins between two."""
        place = int(np.searchsorted(self._keys, number, side="right")) - 1
        return int(self._keys[place]) if place >= 0 else None

    def up_to(self, number: int, check: Check) -> Iterator[tuple[int, VideoFrame, bool]]:
        """Decodes up to a picture and gives every picture on the way: number, frame, whether the decoder had lost something.

        It goes on from where it stands when no key frame lies between, else it enters at the key frame before. Ends without the picture
        when it cannot be decoded. `check` is called at every picture and may raise; what was decoded so far is then gone on from.
        """
        key = self.key_before(number)
        if self._run is None or not max(-1 if key is None else key, 0) <= self._reached < number:
            self._run = self._decoded(key)
            self._reached = -1
        for at, frame in self._run:
            self._reached = max(self._reached, at)
            yield at, frame, self._damaged or bool(frame.is_corrupt)
            if at >= number:
                return
            check()
        self._run = None

    def _decoded(self, key: int | None) -> Iterator[tuple[int, VideoFrame]]:
        """Pictures in order from a key frame on (None: from the beginning of the file, whatever comes out)."""
        self._damaged = key is None
        first = -1 if key is None else key
        if self._by_bytes and key is not None:
            self._take_header(int(np.searchsorted(self._index.headers[:, 0], key, side="right")))
        for packet in self._packets_from(key):
            if packet.is_keyframe:
                self._damaged = False
            if self._by_bytes and packet.has_sidedata("new_extradata"):
                self._headers = int(np.searchsorted(self._index.pts[self._index.headers[:, 0]], packet.pts or 0, side="right"))
            try:
                frames = packet.decode()
            except FFmpegError:
                self._damaged = True
                continue
            for frame in frames:
                number = self._number(frame)
                if number is not None and number >= first:  # what comes before the key frame leans on pictures that were not read
                    yield number, frame

    def _take_header(self, wanted: int) -> None:
        """Gives the decoder the header that was in force: entered at a byte position it would go on with another and show rubbish."""
        if wanted == self._headers:
            return
        self._open_anew()
        if wanted:
            self._container.seek(int(self._index.headers[wanted - 1, 1]), unsupported_byte_offset=True, stream=self._video)
            for packet in self._container.demux(self._video):
                if packet.has_sidedata("new_extradata"):
                    with contextlib.suppress(FFmpegError):
                        packet.decode()
                    break
            self._headers = wanted

    def _open_anew(self) -> None:
        self._container.close()
        self._container = open_media(self._path)
        video = main_video(self._container)
        assert video is not None
        self._video = video
        video.thread_type = "AUTO"
        self._headers = 0

    def _number(self, frame: VideoFrame) -> int | None:
        stamp = frame.pts if frame.pts is not None else frame.dts
        if stamp is None:
            return None
        number = int(np.searchsorted(self._index.pts, stamp))
        return number if number < len(self._index) and self._index.pts[number] == stamp else None

    def _packets_from(self, key: int | None) -> "Iterator[Packet[VideoStream]]":
        """Packets from the one of a key frame on, however far from it the container's seek lands."""
        if key is None:
            self._open_anew()
            yield from self._container.demux(self._video)
            return
        wanted = int(self._index.pts[key])
        place = int(np.searchsorted(self._keys, key))
        for back in (*_EARLIER, len(self._keys)):
            self._seek(max(0, place - back), beginning=back > place)
            found = False
            for packet in self._container.demux(self._video):
                if not found:
                    if not packet.is_keyframe or packet.pts is None or (packet.pts < wanted and packet.size):
                        continue
                    if packet.pts != wanted:
                        break  # it landed behind
                    found = True
                yield packet
            if found:
                return

    def _seek(self, place: int, *, beginning: bool = False) -> None:
        """To the key frame of a place in the list of keys; the file is opened anew where its beginning is wanted."""
        if beginning or not len(self._keys):
            self._open_anew()
            return
        key = int(self._keys[place])
        pos = int(self._index.pos[key])
        try:
            if self._by_bytes and pos >= 0:
                self._container.seek(pos, unsupported_byte_offset=True, stream=self._video)
            else:
                self._container.seek(int(self._index.pts[key]), stream=self._video)
        except FFmpegError:
            self._seek(place, beginning=True)
