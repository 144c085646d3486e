"""A small copy of a recording for scrubbing: 540 lines, a key frame every half second, the word 预览 burnt into every picture.

It is made in pieces, each a file whose clock starts at zero, so that what is done can be used while the rest is made. MPEG-4 Part 2 is used
because every build of FFmpeg has it under the LGPL. It is for finding a place, never evidence.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Final

import av
import numpy as np
from av.video.frame import PictureType, VideoFrame
from av.video.reformatter import Colorspace, Interpolation, VideoReformatter
from av.video.stream import VideoStream
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from inspector_app.domain.timebase import SECOND, Micros
from inspector_app.media.frames import Frames
from inspector_app.media.picture import fitted, matrix_of, rotation_of, turned
from inspector_app.resources import resource

LONG_SIDE: Final = 960
SHORT_SIDE: Final = 540
GOP_US: Final = SECOND // 2
CODEC: Final = "mpeg4"
WORD: Final = "预览"
_BASE: Final = Fraction(1, 1000)
_BITS: Final = 2_000_000


@dataclass(frozen=True)
class Piece:
    """A finished piece: it shows from `start_us` to `end_us` of the recording, `pictures` of them."""

    start_us: Micros
    end_us: Micros
    pictures: int
    width: int
    height: int


def make_piece(
    frames: Frames,
    start_us: Micros,
    end_us: Micros,
    out: Path,
    *,
    check: Callable[[], None] = lambda: None,
) -> Piece:
    """Writes the proxy from `start_us` up to `end_us`, or to where the pictures change their size, whichever is first.

    A stretch without any picture gives a piece of none, and no file. `check` may raise to stop; nothing is left then at `out`.
    """
    partial = out.with_name(out.name + ".partial")
    size, count, at = (0, 0), 0, start_us
    writer: _Writer | None = None
    try:
        while at < end_us:
            check()
            shown = frames.frame_at(at)
            if shown.frame is not None:
                wanted = _size(shown.frame)
                if writer is None:
                    size, writer = wanted, _Writer(partial, *wanted)
                elif wanted != size:
                    break
                writer.take(shown.frame, max(0, shown.at_us - start_us))
                count += 1
            at = max(shown.until_us, at + 1)
        if writer is not None:
            writer.close()
            writer = None
            partial.replace(out)
    finally:
        if writer is not None:
            writer.close()
        partial.unlink(missing_ok=True)
    return Piece(start_us, min(at, end_us), count, *size)


def _size(frame: VideoFrame) -> tuple[int, int]:
    """The proxy's size for a picture as shown, even both ways."""
    width, height = (frame.height, frame.width) if rotation_of(frame)[0] % 180 else (frame.width, frame.height)
    box = (LONG_SIDE, SHORT_SIDE) if width >= height else (SHORT_SIDE, LONG_SIDE)
    width, height = fitted(width, height, *box)
    return max(2, width & ~1), max(2, height & ~1)


class _Writer:
    def __init__(self, path: Path, width: int, height: int) -> None:
        self._out = av.open(str(path), "w", format="mp4")
        stream = self._out.add_stream(CODEC, rate=30)
        assert isinstance(stream, VideoStream)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.codec_context.time_base = _BASE
        stream.codec_context.gop_size = 600  # key frames are set by time
        stream.codec_context.max_b_frames = 0
        stream.bit_rate = _BITS
        self._stream, self._size = stream, (width, height)
        self._reformatter = VideoReformatter()
        self._last_ms, self._last_key_us = -1, -GOP_US

    def take(self, frame: VideoFrame, at_us: Micros) -> None:
        at_ms = at_us // 1000
        if at_ms <= self._last_ms:
            return
        small = VideoFrame.from_ndarray(self._drawn(frame), format="yuv420p")
        small.pts, small.time_base = at_ms, _BASE
        small.pict_type = PictureType.I if at_us - self._last_key_us >= GOP_US else PictureType.NONE
        if small.pict_type == PictureType.I:
            self._last_key_us = at_us
        self._last_ms = at_ms
        self._out.mux(self._stream.encode(small))

    def _drawn(self, frame: VideoFrame) -> NDArray[np.uint8]:
        """Scaled, upright, BT.601, with the word burnt in."""
        width, height = self._size
        turns = turned(frame)
        scaled = self._reformatter.reformat(
            frame,
            *((height, width) if rotation_of(frame)[0] % 180 else (width, height)),
            "rgb24" if turns is not None else "yuv420p",
            src_colorspace=matrix_of(frame),
            dst_colorspace=Colorspace.ITU601,
            interpolation=Interpolation.FAST_BILINEAR,
        )
        if turns is not None:
            scaled = VideoFrame.from_ndarray(np.ascontiguousarray(turns(np.asarray(scaled.to_ndarray(), np.uint8)))).reformat(
                format="yuv420p", dst_colorspace=Colorspace.ITU601
            )
        pixels = np.asarray(scaled.to_ndarray(), np.uint8)
        mark = _mark(height // 18)
        high, wide = mark.shape
        if high + 8 <= height and wide + 8 <= width:
            under = pixels[8 : 8 + high, 8 : 8 + wide]
            pixels[8 : 8 + high, 8 : 8 + wide] = (under * (1 - mark) + 235 * mark).astype(np.uint8)
        return pixels

    def close(self) -> None:
        self._out.mux(self._stream.encode(None))
        self._out.close()


@lru_cache(maxsize=4)
def _mark(height: int) -> NDArray[np.float32]:
    """How much of the word covers each pixel, 0 to 1."""
    font = ImageFont.truetype(str(resource("fonts", "NotoSansSC-Bold.ttf")), max(8, height))
    left, top, right, bottom = font.getbbox(WORD)
    image = Image.new("L", (int(right - left) + 2, int(bottom - top) + 2))
    ImageDraw.Draw(image).text((1 - left, 1 - top), WORD, fill=255, font=font)
    return np.asarray(image, np.float32) / np.float32(255)
