"""A decoded frame as the picture a person sees: RGB, right colours, turned as the recording asks. Player and stills share it.

`picture` never scales, sharpens or crops: what is shown is what is exported. `Display` only makes it small enough for a screen.
"""

import struct
from collections.abc import Callable
from typing import Final

import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import Colorspace, Interpolation, VideoReformatter
from numpy.typing import NDArray
from PIL import Image

_UNSPECIFIED: Final = 2
#: From this height on, a stream that does not name its matrix is BT.709 (ITU-R BT.709 is the HD standard; below, BT.601).
_HD_HEIGHT: Final = 720
_SCALING = Interpolation.BICUBIC | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INT | Interpolation.BITEXACT

#: Signs of a, b, c, d of the display matrix (x' = ax + cy, y' = bx + dy, y downwards) → clockwise degrees, mirrored, how to get there.
_TURNS: Final[dict[tuple[int, int, int, int], tuple[int, bool, Image.Transpose]]] = {
    (0, 1, -1, 0): (90, False, Image.Transpose.ROTATE_270),
    (-1, 0, 0, -1): (180, False, Image.Transpose.ROTATE_180),
    (0, -1, 1, 0): (270, False, Image.Transpose.ROTATE_90),
    (-1, 0, 0, 1): (0, True, Image.Transpose.FLIP_LEFT_RIGHT),
    (0, 1, 1, 0): (270, True, Image.Transpose.TRANSPOSE),
    (1, 0, 0, -1): (180, True, Image.Transpose.FLIP_TOP_BOTTOM),
    (0, -1, -1, 0): (90, True, Image.Transpose.TRANSVERSE),
}


def _signs(frame: VideoFrame) -> tuple[int, int, int, int]:
    """Signs of a, b, c, d of the frame's display matrix; those of "as it is" when it has none."""
    try:
        matrix = bytes(frame.side_data["DISPLAYMATRIX"])  # type: ignore[typeddict-item]  # the stub lists one kind only
    except (KeyError, ValueError):  # none, or side data of a kind this PyAV does not know stands beside it
        return 1, 0, 0, 1
    a, b, _, c, d, *_ = struct.unpack("=9i", matrix)
    return _sign(a), _sign(b), _sign(c), _sign(d)


def _sign(value: int) -> int:
    half = 1 << 15  # the matrix is 16.16 fixed point
    return (value > half) - (value < -half)


def rotation_of(frame: VideoFrame) -> tuple[int, bool]:
    """How the recording asks to be turned: clockwise degrees (0, 90, 180, 270), and whether it is mirrored (left-right, first)."""
    degrees, mirrored, _ = _TURNS.get(_signs(frame), (0, False, None))
    return degrees, mirrored


def matrix_of(frame: VideoFrame) -> int:
    """The colour matrix to read a frame with: its own, else the standard one for its height."""
    if frame.colorspace != _UNSPECIFIED:
        return int(frame.colorspace)
    return Colorspace.ITU709 if frame.height >= _HD_HEIGHT else Colorspace.ITU601


def turned(frame: VideoFrame) -> Callable[[NDArray[np.uint8]], NDArray[np.uint8]] | None:
    """What turns the frame's pixels (height, width, colours) as the recording asks; None where they are upright."""
    degrees, mirrored = rotation_of(frame)
    if not degrees and not mirrored:
        return None
    return lambda pixels: np.rot90(pixels[:, ::-1] if mirrored else pixels, -degrees // 90)


class Display:
    """Frames made ready for a screen: no larger than it, 32-bit BGR, turned and mirrored as `picture` does. One thread at a time."""

    def __init__(self) -> None:
        self._reformatter = VideoReformatter()

    def pixels(self, frame: VideoFrame, box: tuple[int, int], *, smooth: bool) -> NDArray[np.uint8]:
        """Shape (height, width, 4) fitting into `box` (width, height in pixels); `smooth` for a picture at rest, else for speed."""
        degrees, _ = rotation_of(frame)
        wide, high = (box[1], box[0]) if degrees % 180 else box
        width, height = fitted(frame.width, frame.height, wide, high)
        scaled = self._reformatter.reformat(
            frame,
            width,
            height,
            "bgra",
            src_colorspace=matrix_of(frame),
            src_color_range=frame.color_range,
            interpolation=Interpolation.BICUBIC if smooth else Interpolation.FAST_BILINEAR,
        )
        plane = scaled.planes[0]
        pixels = np.frombuffer(memoryview(plane), np.uint8).reshape(height, plane.line_size)[:, : 4 * width].reshape(height, width, 4)
        turns = turned(frame)
        return pixels.copy() if turns is None else np.ascontiguousarray(turns(pixels))


def fitted(width: int, height: int, wide: int, high: int) -> tuple[int, int]:
    """The largest size of the same shape within a box and the picture itself, at least two pixels."""
    if width <= wide and height <= high:
        return width, height
    if width * high > height * wide:
        return max(2, wide), max(2, round(height * wide / width))
    return max(2, round(width * high / height)), max(2, high)


def picture(frame: VideoFrame) -> Image.Image:
    """The frame as an RGB picture of every pixel, turned and mirrored per the display matrix."""
    rgb = frame.reformat(format="rgb24", src_colorspace=matrix_of(frame), src_color_range=frame.color_range, interpolation=_SCALING)
    image = Image.fromarray(rgb.to_ndarray())
    turn = _TURNS.get(_signs(frame))
    return image.transpose(turn[2]) if turn else image
