"""The studio of the demonstration room: wall, shelf, neon sign, desk, the illustrated host and the two invented goods.

Everything is drawn from shapes; nothing depicts a real person, shop or product.
"""

from functools import cache

from PIL import Image

from demo.paint import Box, Colour, Point, Sheet, blend, blurred, curve, glow, masked, shadowed

WIDTH, HEIGHT = 720, 1280
HEAD_SIZE = (360, 430)
HEAD_PIVOT = (180, 330)

_SKIN, _SKIN_SHADE = (255, 226, 208), (244, 196, 176)
_HAIR, _HAIR_LIGHT = (74, 48, 52), (112, 76, 78)
_LILAC, _LILAC_SHADE = (190, 168, 226), (160, 136, 204)


def cloud(sheet: Sheet, left: float, top: float, width: float, colour: Colour) -> None:
    """The invented brand's mark: a cloud of three discs on a bar; its height is 0.62 of `width`."""
    unit = width / 100
    discs = ((6, 24, 44, 62), (26, 0, 74, 48), (56, 20, 96, 60))
    for x0, y0, x1, y1 in discs:
        sheet.ellipse((left + x0 * unit, top + y0 * unit, left + x1 * unit, top + y1 * unit), colour)
    sheet.rounded((left + 6 * unit, top + 34 * unit, left + 96 * unit, top + 62 * unit), 14 * unit, colour)


def _shelf(sheet: Sheet, left: float, right: float, top: float, jars: tuple[tuple[float, float, float, Colour], ...]) -> None:
    sheet.rounded((left, top, right, top + 12), 4, (224, 184, 176))
    sheet.rounded((left, top + 8, right, top + 12), 2, (200, 156, 152))
    for x, width, height, colour in jars:
        sheet.rounded((x, top - height, x + width, top), 7, colour)
        sheet.rounded((x + width * 0.22, top - height - 13, x + width * 0.78, top - height + 3), 4, (250, 244, 240))
        sheet.rounded((x + 5, top - height * 0.66, x + width - 5, top - height * 0.3), 3, (246, 240, 242))


def _sign() -> Image.Image:
    sheet = Sheet(WIDTH, 300)
    cloud(sheet, 452, 76, 64, (255, 250, 255))
    sheet.text((530, 96), "第一朵云", "serif", 34, (255, 250, 255), "lm")
    sheet.stroke([(460, 130), (664, 130)], (255, 236, 250), 2)
    return glow(glow(sheet.done(), (255, 70, 170), 16, 1.9), (255, 120, 200), 5, 1.6)


@cache
def background() -> Image.Image:
    """Wall, arch, shelf, plant and the light of the studio: opaque, 720×1280."""
    wall = blend(WIDTH, HEIGHT, ((0, (246, 206, 214)), (0.35, (250, 222, 214)), (0.65, (246, 204, 208)), (1, (214, 168, 190))))
    far = Sheet(WIDTH, HEIGHT)
    far.rounded((90, 214, 630, 1300), 270, (255, 238, 226, 190))
    far.rounded((128, 256, 592, 1300), 232, (255, 247, 238, 200))
    for x, y, size, alpha in ((60, 180, 150, 60), (640, 420, 190, 54), (20, 640, 130, 50), (600, 150, 110, 46), (330, 160, 90, 40)):
        far.ellipse((x - size / 2, y - size / 2, x + size / 2, y + size / 2), (255, 255, 255, alpha))
    wall.alpha_composite(blurred(far.done(), 5))
    near = Sheet(WIDTH, HEIGHT)
    _shelf(near, 0, 136, 470, ((14, 34, 62, (214, 190, 236)), (56, 28, 44, (255, 208, 190)), (92, 32, 74, (188, 214, 226))))
    _shelf(near, 0, 118, 622, ((10, 40, 50, (250, 196, 206)), (60, 30, 70, (206, 222, 200))))
    _shelf(near, 596, WIDTH, 512, ((612, 30, 66, (255, 208, 190)), (650, 26, 46, (214, 190, 236)), (684, 30, 58, (250, 196, 206))))
    wall.alpha_composite(blurred(near.done(), 2.2))
    wall.alpha_composite(_sign(), (0, 120))
    light = Sheet(WIDTH, HEIGHT)
    light.ellipse((120, 260, 600, 760), (255, 250, 236, 120))
    wall.alpha_composite(blurred(light.done(), 70))
    return wall


@cache
def desk() -> Image.Image:
    """The desk in front of the host: RGBA, 720×1280, empty above y = 800."""
    picture = Image.new("RGBA", (WIDTH, HEIGHT))
    top = Sheet(WIDTH, 60)
    top.rounded((-30, 0, WIDTH + 30, 90), 26, (255, 244, 240))
    top.rounded((-30, 44, WIDTH + 30, 90), 0, (240, 214, 214))
    picture.alpha_composite(blend(WIDTH, HEIGHT - 850, ((0, (232, 192, 204)), (0.4, (206, 154, 184)), (1, (150, 104, 146)))), (0, 850))
    picture.alpha_composite(top.done(), (0, 806))
    return picture


@cache
def body() -> Image.Image:
    """The host's shoulders, blouse and the arm that presents the goods: RGBA, 720×1280."""
    sheet = Sheet(WIDTH, HEIGHT)
    hair = [*curve((246, 420), (206, 560), (214, 700), (236, 742)), *curve((460, 742), (484, 700), (494, 560), (452, 420))]
    sheet.shape(hair, _HAIR)
    sheet.shape([*curve((316, 560), (318, 620), (300, 646)), *curve((404, 646), (384, 620), (386, 560))], _SKIN_SHADE)
    cardigan = [
        *curve((304, 632), (220, 652), (176, 690), (158, 820)),
        (158, 880),
        (546, 880),
        *curve((546, 820), (528, 690), (482, 652), (398, 632)),
    ]
    sheet.shape(cardigan, _LILAC)
    sheet.shape(
        [*curve((304, 632), (330, 700), (372, 700), (398, 632)), *curve((424, 640), (438, 760), (420, 880)), (284, 880)], (255, 251, 246)
    )
    sheet.shape([*curve((284, 880), (262, 760), (280, 640), (304, 632)), *curve((304, 632), (332, 740), (326, 880))], (255, 251, 246))
    sheet.shape([*curve((308, 628), (334, 690), (370, 690), (396, 628)), (386, 600), (316, 600)], _SKIN)
    sheet.shape(
        [*curve((316, 604), (340, 640), (366, 640), (386, 604)), *curve((386, 604), (360, 622), (340, 622), (316, 604))], _SKIN_SHADE
    )
    for start, end in (((306, 640), (300, 880)), ((396, 640), (408, 880))):
        sheet.stroke([start, end], _LILAC_SHADE, 6)
    for y in (726, 772, 818):
        sheet.ellipse((345, y, 357, y + 12), (226, 206, 214))
    sheet.stroke(curve((214, 728), (206, 790), (214, 860)), _LILAC_SHADE, 4)
    _arm(sheet)
    return sheet.done()


def _arm(sheet: Sheet) -> None:
    sleeve = [(528, 900), (474, 802)]
    sheet.stroke(sleeve, _LILAC_SHADE, 70)
    sheet.stroke(sleeve, _LILAC, 63)
    sheet.stroke([(474, 802), (465, 788)], (255, 251, 246), 54)
    sheet.stroke(curve((458, 788), (448, 766), (452, 748)), _SKIN, 36)
    for tip, width in (((436, 716), 13), ((451, 704), 13), ((466, 704), 13), ((480, 714), 12)):
        sheet.stroke([(456, 750), tip], _SKIN, width)
    sheet.stroke([(446, 758), (428, 744)], _SKIN, 13)


def _eye(sheet: Sheet, x: float, y: float, open_: bool, outward: int) -> None:
    if not open_:
        sheet.stroke(curve((x - 19, y + 2), (x, y + 14), (x + 19, y + 2)), _HAIR, 4)
        return
    sheet.shape(
        [
            *curve((x - 21, y + 3), (x - 8, y - 21), (x + 10, y - 21), (x + 21, y + 3)),
            *curve((x + 21, y + 3), (x, y + 20), (x - 21, y + 3)),
        ],
        (255, 255, 255),
    )
    sheet.ellipse((x - 13, y - 14, x + 13, y + 13), (96, 58, 54))
    sheet.ellipse((x - 8, y - 9, x + 8, y + 8), (44, 26, 30))
    sheet.ellipse((x - 8, y - 10, x - 1, y - 3), (255, 255, 255))
    sheet.ellipse((x + 4, y + 3, x + 8, y + 7), (255, 255, 255, 200))
    sheet.stroke(curve((x - 22, y + 2), (x - 8, y - 22), (x + 10, y - 22), (x + 22, y + 2)), _HAIR, 4.5)
    sheet.stroke([(x + outward * 21, y - 1), (x + outward * 29, y - 9)], _HAIR, 3.5)


def _mouth(sheet: Sheet, x: float, y: float, level: int) -> None:
    if level == 0:
        sheet.stroke(curve((x - 20, y), (x, y + 13), (x + 20, y)), (206, 84, 92), 5)
        return
    half, depth = (17, 16, 15)[level - 1], (12, 22, 32)[level - 1]
    lips: list[Point] = [
        *curve((x - half - 5, y - 3), (x, y - 7), (x + half + 5, y - 3)),
        *curve((x + half + 5, y - 3), (x, y + depth * 2), (x - half - 5, y - 3)),
    ]
    sheet.shape(lips, (214, 88, 98))
    inner = [*curve((x - half, y), (x, y - 2), (x + half, y)), *curve((x + half, y), (x, y + depth * 1.55), (x - half, y))]
    sheet.shape(inner, (128, 40, 54))
    sheet.shape(
        [
            *curve((x - half + 3, y + 1), (x, y - 1), (x + half - 3, y + 1)),
            *curve((x + half - 3, y + 1), (x, y + 9), (x - half + 3, y + 1)),
        ],
        (255, 255, 255),
    )


@cache
def head(mouth: int, eyes_open: bool) -> Image.Image:
    """The host's head with the mouth `0…3` open: RGBA, HEAD_SIZE, neck joint at HEAD_PIVOT."""
    sheet = Sheet(*HEAD_SIZE)
    sheet.shape([*curve((180, 20), (10, 14), (48, 200), (58, 330)), *curve((302, 330), (312, 200), (350, 14), (180, 20))], _HAIR)
    sheet.ellipse((54, 18, 306, 260), _HAIR)
    sheet.ellipse((72, 178, 100, 226), _SKIN_SHADE)
    sheet.ellipse((260, 178, 288, 226), _SKIN_SHADE)
    sheet.shape([(147, 270), (215, 270), (216, 346), (146, 346)], _SKIN_SHADE)
    face = [
        *curve((84, 150), (78, 240), (112, 300), (180, 320)),
        *curve((180, 320), (248, 300), (282, 240), (276, 150)),
        *curve((276, 150), (266, 60), (94, 60), (84, 150)),
    ]
    sheet.shape(face, _SKIN)
    for x in (104, 226):
        sheet.ellipse((x, 226, x + 34, 246), (252, 188, 180))
    for x, outward in ((134, -1), (226, 1)):
        _eye(sheet, x, 198, eyes_open, outward)
        sheet.stroke(curve((x - 20, 166 + 3 * (outward > 0)), (x, 157), (x + 20, 166 + 3 * (outward < 0))), _HAIR_LIGHT, 4.5)
    sheet.stroke(curve((180, 214), (187, 232), (178, 236)), _SKIN_SHADE, 4)
    _mouth(sheet, 180, 264, mouth)
    fringe = [*curve((70, 196), (60, 60), (150, 28), (196, 46)), *curve((196, 46), (170, 110), (120, 120), (70, 196))]
    sheet.shape(fringe, _HAIR)
    sheet.shape([*curve((180, 40), (300, 30), (300, 110), (290, 200)), *curve((290, 200), (270, 120), (220, 96), (180, 40))], _HAIR)
    sheet.stroke(curve((110, 74), (140, 44), (184, 42)), _HAIR_LIGHT, 6)
    sheet.stroke(curve((60, 190), (46, 270), (60, 340)), _HAIR, 26)
    sheet.stroke(curve((300, 190), (314, 270), (300, 340)), _HAIR, 26)
    cloud(sheet, 246, 66, 44, (255, 250, 255))
    for x in (84, 276):
        sheet.ellipse((x - 5, 232, x + 5, 244), (255, 214, 120))
    return sheet.done()


def _mask_box() -> Image.Image:
    sheet = Sheet(230, 300)
    front: Box = (24, 24, 190, 274)
    sheet.shape([(190, 26), (212, 40), (212, 262), (190, 273)], (170, 148, 214))
    sheet.rounded(front, 8, (236, 228, 252))
    picture = sheet.done()
    face = masked(blend(166, 250, ((0, (250, 246, 255)), (0.55, (226, 214, 250)), (1, (184, 164, 230)))), 8)
    picture.alpha_composite(face, (24, 24))
    print_ = Sheet(230, 300)
    cloud(print_, 72, 46, 70, (255, 255, 255))
    cloud(print_, 78, 49, 58, (164, 136, 218))
    print_.text((107, 118), "第一朵云", "serif", 29, (88, 62, 140), "mm")
    print_.stroke([(58, 140), (156, 140)], (164, 136, 218), 1.5)
    print_.text((107, 163), "烟酰胺补水面膜", "bold", 18, (88, 62, 140), "mm")
    print_.text((107, 186), "普通化妆品", "sans", 13, (112, 88, 160), "mm")
    print_.rounded((66, 230, 148, 256), 13, (255, 255, 255, 220))
    print_.text((107, 243), "25ml × 5片", "sans", 13, (88, 62, 140), "mm")
    print_.stroke([(34, 34), (34, 264)], (255, 255, 255, 130), 5)
    picture.alpha_composite(print_.done())
    return picture


def _meal_bag() -> Image.Image:
    sheet = Sheet(230, 300)
    bag = [
        (30, 30),
        (198, 30),
        *curve((198, 30), (190, 150), (206, 274)),
        *curve((206, 274), (115, 288), (24, 274)),
        *curve((24, 274), (40, 150), (30, 30)),
    ]
    sheet.shape(bag, (244, 214, 158))
    sheet.shape([(30, 30), (198, 30), (197, 52), (31, 52)], (214, 164, 100))
    for x in range(38, 196, 8):
        sheet.stroke([(x, 34), (x, 48)], (232, 190, 130), 1.5)
    sheet.shape([*curve((29, 208), (115, 180), (203, 208)), *curve((206, 274), (115, 288), (24, 274))], (206, 146, 86))
    for x, y in ((54, 250), (74, 238), (96, 252), (120, 240), (144, 254), (166, 240), (182, 254), (110, 264), (66, 266), (156, 266)):
        sheet.ellipse((x - 9, y - 6, x + 9, y + 6), (250, 226, 168))
        sheet.stroke([(x - 5, y), (x + 5, y)], (214, 164, 100), 1.2)
    sheet.rounded((48, 66, 182, 196), 14, (255, 250, 238))
    cloud(sheet, 94, 76, 42, (222, 164, 96))
    sheet.text((115, 122), "第一朵云", "serif", 21, (128, 80, 36), "mm")
    sheet.text((115, 150), "杂粮早餐粉", "bold", 22, (110, 64, 26), "mm")
    sheet.text((115, 178), "普通食品 500克", "sans", 14, (128, 80, 36), "mm")
    return sheet.done()


@cache
def goods(name: str) -> Image.Image:
    """`mask` or `meal`: the pack on the desk, RGBA 230×300 with its shadow."""
    return shadowed(_mask_box() if name == "mask" else _meal_bag(), 9, 5)
