"""Captions as rooms set them: slanted, upright letter by letter, in colours, half transparent, with a glow, far apart, very large."""

from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from inspector_app.vision.reader import ScreenReader

WORDS = "全网最低价今天只要99元"
YELLOW, WINE = (255, 225, 60, 255), (110, 10, 40, 255)
Style = Callable[[SimpleNamespace], Image.Image]


@pytest.fixture(scope="module")
def reader() -> ScreenReader:
    return ScreenReader()


def line(stage: SimpleNamespace, words: str = WORDS, size: int = 40, fill: tuple[int, ...] = YELLOW, edge: int = 4) -> Image.Image:
    font = stage.font(size, bold=True)
    layer = Image.new("RGBA", (round(font.getlength(words)) + 30, 2 * size))
    ImageDraw.Draw(layer).text((15, size // 5), words, font=font, fill=fill, stroke_width=edge, stroke_fill=WINE)
    return layer


def slanted(stage: SimpleNamespace) -> Image.Image:
    return line(stage, size=36).rotate(12, expand=True, resample=Image.Resampling.BICUBIC)


def leaning(stage: SimpleNamespace) -> Image.Image:
    layer = line(stage)
    return layer.transform(layer.size, Image.Transform.AFFINE, (1, 0.25, -10, 0, 1, 0), Image.Resampling.BICUBIC)


def see_through(stage: SimpleNamespace) -> Image.Image:
    return line(stage, fill=(255, 255, 255, 90), edge=0)


def glowing(stage: SimpleNamespace) -> Image.Image:
    layer = line(stage).filter(ImageFilter.GaussianBlur(8))
    layer.alpha_composite(line(stage, edge=2))
    return layer


def rainbow(stage: SimpleNamespace) -> Image.Image:
    mask = line(stage, fill=(255, 255, 255, 255), edge=0)
    colours = np.linspace((255, 60, 160), (60, 160, 255), mask.width).astype(np.uint8)
    layer = Image.fromarray(np.repeat(colours[None], mask.height, 0)).convert("RGBA")
    layer.putalpha(mask.split()[3])
    return layer


def upright(stage: SimpleNamespace) -> Image.Image:
    layer = Image.new("RGBA", (70, 45 * len("全网最低价今天只要")))
    for row, letter in enumerate("全网最低价今天只要"):
        ImageDraw.Draw(layer).text((10, 44 * row), letter, font=stage.font(40, bold=True), fill=YELLOW, stroke_width=3, stroke_fill=WINE)
    return layer


def far_apart(stage: SimpleNamespace) -> Image.Image:
    layer = Image.new("RGBA", (500, 80))
    for column, letter in enumerate("全网最低价"):
        ImageDraw.Draw(layer).text((10 + 92 * column, 8), letter, font=stage.font(44, bold=True), fill=YELLOW)
    return layer


def very_large(stage: SimpleNamespace) -> Image.Image:
    return line(stage, "九块九", size=130)


@pytest.mark.parametrize(
    ("style", "words"),
    [
        (slanted, WORDS),
        (leaning, WORDS),
        (see_through, WORDS),
        (glowing, WORDS),
        (rainbow, WORDS),
        (upright, "全网最低价今天只要"),
        (far_apart, "全网最低价"),
        (very_large, "九块九"),
    ],
)
def test_that_a_caption_is_read_however_it_is_set(reader: ScreenReader, stage: SimpleNamespace, style: Style, words: str) -> None:
    picture = stage.backdrop().convert("RGBA")
    picture.alpha_composite(style(stage), (20, 300))
    read = reader.read(np.ascontiguousarray(np.asarray(picture.convert("RGB"))[:, :, ::-1]))
    assert [line.text for line in read] == [words]
