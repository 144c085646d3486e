"""A decoded frame as the picture a person sees: RGB, right colours, turned as the recording asks. Player and stills share it.

It never scales, sharpens or crops: what is shown is what is exported.
"""

import struct
from typing import Final

from av.video.frame import VideoFrame
from av.video.reformatter import Colorspace, Interpolation
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


def picture(frame: VideoFrame) -> Image.Image:
    """The frame as an RGB picture of every pixel, turned and mirrored per the display matrix."""
    matrix = frame.colorspace
    if matrix == _UNSPECIFIED:
        matrix = Colorspace.ITU709 if frame.height >= _HD_HEIGHT else Colorspace.ITU601
    rgb = frame.reformat(format="rgb24", src_colorspace=matrix, src_color_range=frame.color_range, interpolation=_SCALING)
    image = Image.fromarray(rgb.to_ndarray())
    turn = _TURNS.get(_signs(frame))
    return image.transpose(turn[2]) if turn else image
