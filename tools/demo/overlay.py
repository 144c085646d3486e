"""What the platform lays over the studio: room header, seller badge, price card, captions, comments, bottom bar and hearts.

Each part is drawn once for each content and kept; a frame only places the parts.
"""

from functools import cache

from PIL import Image, ImageDraw

from demo.paint import Sheet, blend, font, masked, shadowed
from demo.studio import cloud, goods

_WHITE = (255, 255, 255, 255)
_VEIL = (38, 22, 44, 120)
_RED = (238, 44, 84)
_INK = (48, 36, 56)
_GREY = (132, 122, 138)
_NAMES = ((255, 214, 140), (168, 226, 255), (255, 186, 208), (190, 240, 190), (222, 200, 255))


def _capsule(words: str, size: int, pad: int, height: int, fill: tuple[int, int, int, int], style: str = "sans") -> Image.Image:
    width = round(font(style, size).getlength(words)) + 2 * pad
    sheet = Sheet(width, height)
    sheet.rounded((0, 0, width - 1, height - 1), height / 2, fill)
    sheet.text((width / 2, height / 2), words, style, size, _WHITE, "mm")
    return sheet.done()


@cache
def header(name: str, followers: str) -> Image.Image:
    """Room header with avatar, name and follow button."""
    sheet = Sheet(330, 66)
    sheet.rounded((0, 0, 318, 64), 32, _VEIL)
    sheet.ellipse((6, 6, 58, 58), (255, 255, 255))
    sheet.ellipse((8, 8, 56, 56), (196, 172, 238))
    cloud(sheet, 16, 21, 33, (255, 255, 255))
    sheet.text((68, 21), name, "bold", 22, _WHITE, "lm")
    sheet.text((68, 46), followers, "sans", 16, (255, 255, 255, 220), "lm")
    sheet.rounded((228, 12, 308, 52), 20, _RED)
    sheet.text((268, 32), "关注", "bold", 19, _WHITE, "mm")
    return sheet.done()


@cache
def watchers() -> Image.Image:
    """Three small avatars of the audience and the close button."""
    sheet = Sheet(330, 44)
    for index, (letter, colour) in enumerate((("柚", (248, 176, 110)), ("棠", (240, 130, 150)), ("鹿", (130, 180, 220)))):
        left = index * 44
        sheet.ellipse((left, 2, left + 38, 40), (255, 255, 255))
        sheet.ellipse((left + 2, 4, left + 36, 38), colour)
        sheet.text((left + 19, 21), letter, "bold", 17, _WHITE, "mm")
    sheet.ellipse((288, 2, 326, 40), _VEIL)
    sheet.stroke([(301, 15), (313, 27)], _WHITE, 2.5)
    sheet.stroke([(313, 15), (301, 27)], _WHITE, 2.5)
    return sheet.done()


@cache
def viewers(count: int) -> Image.Image:
    """The audience counter."""
    return _capsule(f"{count}人在看", 18, 14, 38, _VEIL)


@cache
def label(words: str) -> Image.Image:
    """The fixed notice that the video is a fiction."""
    return _capsule(words, 18, 14, 34, (30, 18, 36, 150), "bold")


@cache
def seller(lines: tuple[str, ...]) -> Image.Image:
    """The seller-information badge."""
    height = 56 + 29 * len(lines)
    sheet = Sheet(404, height)
    sheet.rounded((0, 0, 402, height - 2), 12, (255, 255, 255, 236))
    sheet.rounded((12, 11, 106, 40), 7, (124, 92, 186))
    sheet.text((59, 25.5), "商家信息", "bold", 19, _WHITE, "mm")
    for row, line in enumerate(lines):
        sheet.text((14, 62 + 29 * row), line, "sans", 20, _INK, "lm")
    return sheet.done()


@cache
def caption(words: str) -> Image.Image:
    """A caption in the loud style of the trade: golden letters, red edge, white rim, a little tilted."""
    face = font("bold", 66)
    width, height = round(face.getlength(words)) + 60, 130
    at = (width / 2, height / 2)
    rim, edge, letters = (Image.new("L", (width, height)) for _ in range(3))
    for layer, thickness in ((rim, 11), (edge, 6), (letters, 0)):
        ImageDraw.Draw(layer).text(at, words, font=face, fill=255, anchor="mm", stroke_width=thickness)
    picture = Image.new("RGBA", (width, height), (255, 255, 255, 0))
    picture.paste(Image.new("RGBA", (width, height), (255, 255, 255, 255)), (0, 0), rim)
    picture.paste(Image.new("RGBA", (width, height), (196, 22, 58, 255)), (0, 0), edge)
    picture.paste(blend(width, height, ((0.2, (255, 250, 190)), (0.55, (255, 222, 70)), (0.85, (255, 168, 32)))), (0, 0), letters)
    return shadowed(picture, 6, 4, 0.4).rotate(2, Image.Resampling.BICUBIC, expand=True)


@cache
def _card(kind: str, title: str, pack: str, price: int, was: int, unit: str) -> Image.Image:
    sheet = Sheet(330, 276)
    sheet.rounded((9, 9, 320, 262), 16, (255, 255, 255))
    picture = shadowed(sheet.done(), 6, 3, 0.3)
    tile = blend(88, 88, ((0, (250, 240, 252)), (1, (236, 222, 246))))
    pack_small = goods(kind).resize((69, 90), Image.Resampling.LANCZOS)
    tile.alpha_composite(pack_small.crop((0, 0, 69, 86)), (10, 2))
    picture.alpha_composite(masked(tile, 10), (22, 22))
    face = Sheet(330, 276)
    face.rounded((22, 88, 110, 110), 4, (238, 44, 84))
    face.text((66, 99), "讲解中", "bold", 15, _WHITE, "mm")
    face.text((120, 40), title, "bold", 24, _INK, "lm")
    face.text((120, 70), pack, "sans", 18, _GREY, "lm")
    words = f"原价¥{was}"
    face.text((120, 98), words, "sans", 22, _GREY, "lm")
    face.stroke([(120 + font("sans", 22).getlength("原价"), 100), (122 + font("sans", 22).getlength(words), 100)], _GREY, 1.6)
    face.text((22, 143), "直播价", "bold", 22, _RED, "lm")
    face.text((98, 141), f"¥{price}/{unit}", "bold", 38, _RED, "lm")
    face.text((308, 145), "运费险", "sans", 15, (124, 92, 186), "rm")
    picture.alpha_composite(face.done())
    picture.alpha_composite(masked(blend(286, 44, ((0, (255, 92, 96)), (1, (232, 30, 84)))), 22), (22, 208))
    button = Sheet(330, 276)
    button.text((165, 230), "立即抢购", "bold", 22, _WHITE, "mm")
    picture.alpha_composite(button.done())
    return picture


@cache
def _pressure(stock: int, seconds: int | None) -> Image.Image:
    sheet = Sheet(330, 36)
    sheet.rounded((22, 3, 140, 33), 6, (255, 236, 224))
    sheet.text((81, 18), f"剩余 {stock} 件", "bold", 18, (226, 96, 20), "mm")
    if seconds is not None:
        sheet.text((152, 18), "距结束", "sans", 18, _GREY, "lm")
        sheet.rounded((214, 3, 308, 33), 6, _INK)
        sheet.text((261, 18), f"{seconds // 60:02d}:{seconds % 60:02d}", "bold", 20, _WHITE, "mm")
    return sheet.done()


@cache
def price_card(kind: str, title: str, pack: str, price: int, was: int, unit: str, stock: int, seconds: int | None) -> Image.Image:
    """The price card with its struck price, stock counter and countdown (`None` before the first run)."""
    picture = _card(kind, title, pack, price, was, unit).copy()
    picture.alpha_composite(_pressure(stock, seconds), (0, 167))
    return picture


@cache
def comment(name: str, words: str) -> Image.Image:
    """One line of the comment stream."""
    size, who = 20, f"{name}："
    first = round(font("bold", size).getlength(who))
    width = first + round(font("sans", size).getlength(words)) + 28
    sheet = Sheet(width, 40)
    sheet.rounded((0, 0, width - 1, 38), 19, (38, 22, 44, 132))
    sheet.text((14, 19), who, "bold", size, _NAMES[sum(map(ord, name)) % len(_NAMES)], "lm")
    sheet.text((14 + first, 19), words, "sans", size, _WHITE, "lm")
    return sheet.done()


@cache
def bottom_bar() -> Image.Image:
    """Input line, basket, gift and heart."""
    sheet = Sheet(720, 84)
    sheet.rounded((16, 12, 440, 68), 28, _VEIL)
    sheet.text((42, 40), "说点什么…", "sans", 20, (255, 255, 255, 190), "lm")
    for x, colour in ((488, (255, 170, 40)), (580, (164, 120, 236)), (672, (240, 64, 110))):
        sheet.ellipse((x - 30, 10, x + 30, 70), colour)
    sheet.stroke([(472, 30), (478, 30), (484, 50), (500, 50), (504, 36), (481, 36)], _WHITE, 3)
    for x in (487, 498):
        sheet.ellipse((x - 3, 53, x + 3, 59), _WHITE)
    sheet.rounded((565, 36, 595, 56), 3, edge=_WHITE, width=3)
    sheet.stroke([(563, 34), (597, 34)], _WHITE, 3)
    sheet.stroke([(580, 34), (580, 56)], _WHITE, 3)
    sheet.stroke([(580, 33), (571, 24)], _WHITE, 3)
    sheet.stroke([(580, 33), (589, 24)], _WHITE, 3)
    _heart_shape(sheet, 672, 41, 30, _WHITE)
    return sheet.done()


def _heart_shape(sheet: Sheet, x: float, y: float, width: float, colour: tuple[int, int, int, int]) -> None:
    unit = width / 4
    sheet.ellipse((x - 2 * unit, y - 1.7 * unit, x + 0.06 * unit, y + 0.36 * unit), colour)
    sheet.ellipse((x - 0.06 * unit, y - 1.7 * unit, x + 2 * unit, y + 0.36 * unit), colour)
    sheet.shape([(x - 1.82 * unit, y - 0.1 * unit), (x + 1.82 * unit, y - 0.1 * unit), (x, y + 1.9 * unit)], colour)


@cache
def heart(kind: int, fade: int) -> Image.Image:
    """A floating heart in one of three colours; `fade` 0 (clear) … 10 (solid)."""
    colours = ((255, 96, 140), (255, 168, 90), (186, 130, 246))
    sheet = Sheet(36, 36)
    _heart_shape(sheet, 18, 18, 26, (*colours[kind], 255))
    picture = sheet.done()
    picture.putalpha(picture.getchannel("A").point(lambda value: value * fade // 10))
    return picture
