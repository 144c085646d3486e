"""Small painting kit over Pillow: smooth shapes (drawn three times too large, then reduced), gradients, glows and lettering.

It knows nothing of the livestream room; colours and places come from the callers.
"""

from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

Colour = tuple[int, int, int] | tuple[int, int, int, int]
Point = tuple[float, float]
Box = tuple[float, float, float, float]

FONTS = Path(__file__).resolve().parents[2] / "resources" / "fonts"
_SCALE = 3


@cache
def font(style: str, size: int) -> ImageFont.FreeTypeFont:
    """One of the shipped faces, `sans`, `bold` or `serif`, at `size` pixels."""
    names = {"sans": "NotoSansSC-Regular", "bold": "NotoSansSC-Bold", "serif": "NotoSerifSC-Regular"}
    return ImageFont.truetype(FONTS / f"{names[style]}.ttf", size)


def curve(*points: Point, steps: int = 24) -> list[Point]:
    """Points along one Bezier curve of any degree (de Casteljau), both ends included."""
    out: list[Point] = []
    for step in range(steps + 1):
        part, rest = step / steps, list(points)
        while len(rest) > 1:
            rest = [(a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part) for a, b in pairwise(rest)]
        out.append(rest[0])
    return out


class Sheet:
    """A transparent sheet in plain pixel coordinates whose shapes come out smooth; `done()` gives the RGBA picture."""

    def __init__(self, width: int, height: int) -> None:
        self.size = (width, height)
        self._image = Image.new("RGBA", (width * _SCALE, height * _SCALE))
        self._draw = ImageDraw.Draw(self._image)

    def _scaled(self, box: Sequence[float]) -> list[float]:
        return [value * _SCALE for value in box]

    def ellipse(self, box: Box, fill: Colour) -> None:
        """A filled ellipse inside `box`."""
        self._draw.ellipse(self._scaled(box), fill=fill)

    def rounded(self, box: Box, radius: float, fill: Colour | None = None, edge: Colour | None = None, width: float = 0) -> None:
        """A rectangle with round corners, filled and / or outlined."""
        self._draw.rounded_rectangle(self._scaled(box), radius * _SCALE, fill=fill, outline=edge, width=round(width * _SCALE))

    def shape(self, points: Sequence[Point], fill: Colour) -> None:
        """A filled polygon."""
        self._draw.polygon([(x * _SCALE, y * _SCALE) for x, y in points], fill=fill)

    def stroke(self, points: Sequence[Point], colour: Colour, width: float) -> None:
        """An open line with round ends."""
        scaled = [(x * _SCALE, y * _SCALE) for x, y in points]
        half = width * _SCALE / 2
        self._draw.line(scaled, fill=colour, width=round(width * _SCALE), joint="curve")
        for x, y in (scaled[0], scaled[-1]):
            self._draw.ellipse((x - half, y - half, x + half, y + half), fill=colour)

    def text(self, at: Point, words: str, style: str, size: int, colour: Colour, anchor: str = "la") -> None:
        """Lettering; `at` is the place of `anchor` (Pillow's anchor letters)."""
        self._draw.text((at[0] * _SCALE, at[1] * _SCALE), words, font=font(style, size * _SCALE), fill=colour, anchor=anchor)

    def done(self) -> Image.Image:
        """The picture at its true size."""
        return self._image.resize(self.size, Image.Resampling.LANCZOS)


def blend(width: int, height: int, stops: Sequence[tuple[float, tuple[int, int, int]]]) -> Image.Image:
    """A vertical gradient through `stops` (place 0…1, colour), opaque RGBA."""
    places = np.linspace(0, 1, height)
    columns = [np.interp(places, [stop[0] for stop in stops], [stop[1][channel] for stop in stops]) for channel in range(3)]
    line = np.stack([*columns, np.full(height, 255.0)], axis=-1).round().astype(np.uint8)
    return Image.fromarray(np.repeat(line[:, None, :], width, axis=1))


def masked(picture: Image.Image, radius: float) -> Image.Image:
    """`picture` cut to round corners."""
    sheet = Sheet(*picture.size)
    sheet.rounded((0, 0, picture.width - 1, picture.height - 1), radius, (255, 255, 255, 255))
    out = Image.new("RGBA", picture.size)
    out.paste(picture, (0, 0), sheet.done().getchannel("A"))
    return out


def blurred(picture: Image.Image, radius: float) -> Image.Image:
    """`picture` out of focus; blurred with premultiplied alpha, so that no dark rim grows at transparent edges."""
    return picture.convert("RGBa").filter(ImageFilter.GaussianBlur(radius)).convert("RGBA")


def glow(picture: Image.Image, colour: tuple[int, int, int], radius: float, strength: float) -> Image.Image:
    """`picture` over a blurred halo of its own outline; the sheet must leave room for the halo."""
    halo = Image.new("RGBA", picture.size, (*colour, 0))
    halo.putalpha(picture.getchannel("A").filter(ImageFilter.GaussianBlur(radius)).point(lambda value: min(255, int(value * strength))))
    return Image.alpha_composite(halo, picture)


def shadowed(picture: Image.Image, spread: float = 10, drop: int = 6, strength: float = 0.28) -> Image.Image:
    """`picture` over a soft dark shadow a little below it; the sheet must leave room for it."""
    alpha = picture.getchannel("A").filter(ImageFilter.GaussianBlur(spread)).point(lambda value: int(value * strength))
    shade = Image.new("RGBA", picture.size, (40, 20, 50, 0))
    shade.putalpha(alpha)
    out = Image.new("RGBA", picture.size, (40, 20, 50, 0))
    out.paste(shade, (0, drop))
    return Image.alpha_composite(out, picture)
