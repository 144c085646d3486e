# mypy: disable-error-code="no-untyped-call, attr-defined, misc"
"""Still exhibits on the page: the picture with what finds its frame in the original; one large at the left, further ones small in pairs."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.platypus import Flowable, Spacer, Table, TableStyle

from inspector_app.domain.timebase import format_clock
from inspector_app.dossier.columns import ENDLESS, Stack, beside, heights
from inspector_app.dossier.layout import Heading
from inspector_app.dossier.sheet import Sheet
from inspector_app.dossier.stills import Still
from inspector_app.dossier.styles import CELL_FONT, HEIGHT, RED, RULE, SIDES, STYLES, WIDTH
from inspector_app.dossier.text import grouped

from .witnesses import mark_of

Json = dict[str, Any]
#: Heights of the large picture: the most, what it has where room allows though few words stand beside it, the least.
TALLEST, LIKED, LEAST = 98 * mm, 76 * mm, 46 * mm
#: Most width of a large landscape picture, so that words still stand beside it.
LANDSCAPE = 84 * mm
SMALL_HEIGHT = 44 * mm
CROP_HEIGHT = 26 * mm
GAP = 8.0
#: Between the large picture's column and the words at its right.
BESIDE = 14.0
#: A column that holds half a digest, 32 digits.
DIGEST = 154.0

_TIGHT = [
    CELL_FONT,
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    *((f"{side}PADDING", (0, 0), (-1, -1), 0) for side in SIDES),
]


class Large(Flowable):
    """The first picture of a finding above its facts, with words at its right, all below `top` and together on one page.

    How high the picture is depends on the room left when its turn comes: as high as the words beside it are, within the heights above.
    Words that go on further down are set below over the full width.
    """

    def __init__(self, sheet: Sheet, exhibit: Json, top: Sequence[Flowable], right: Sequence[Flowable]) -> None:
        super().__init__()
        self.still = sheet.stills[exhibit["number"]]
        self.column = max(DIGEST, self._photo(TALLEST).width)
        self.top, self.right = top, right
        self.under = [*_crop(self.still, self.column), Spacer(1, 3), *_facts(sheet, exhibit)]

    def _photo(self, height: float) -> "Photo":
        return Photo(self.still, (WIDTH if self.still.portrait else LANDSCAPE, height))

    def getSpaceBefore(self) -> float:  # noqa: N802
        return float(self.top[0].getSpaceBefore())

    def wrap(self, availWidth: float, _: float) -> tuple[float, float]:  # noqa: N803
        return availWidth, ENDLESS  # so that it is asked to split, which tells it the room

    def split(self, availWidth: float, availHeight: float) -> list[Flowable]:  # noqa: N803
        top, under = sum(heights(self.top, availWidth)), sum(heights(self.under, self.column))
        words = sum(heights(self.right, availWidth - self.column - BESIDE))
        # A hair less than there is: what is drawn is measured anew, and sums of fractions differ in the last digit.
        room = availHeight - top - float(self.top[-1].getSpaceAfter()) - 0.5
        most = min(TALLEST, room - under)
        fits = self._photo(LEAST).height <= most
        if not fits and availHeight < HEIGHT - 1:
            return []
        photo = self._photo(min(most, max(words - under, LIKED)) if fits else LEAST)
        picture, *rest = beside([photo, *self.under], self.right, availWidth, self.column, BESIDE, room if fits else HEIGHT)
        return [Stack([*self.top, picture]), *rest] if fits else [*self.top, picture, *rest]


def _crop(still: Still, width: float) -> list[Flowable]:
    """The part that is meant, enlarged, below the picture it is framed on."""
    if not still.crop:
        return []
    return [Spacer(1, 3), Photo(Still(still.crop, *still.crop_size), (width, CROP_HEIGHT))]


def rows(sheet: Sheet, exhibits: Sequence[Json]) -> list[Flowable]:
    """Further pictures, two beside one another; facts stand beside portrait pictures and below landscape ones."""
    width = (WIDTH - GAP) / 2
    style = TableStyle([*_TIGHT, ("BOTTOMPADDING", (0, 0), (-1, -1), 4)])
    cells = [_small(sheet, exhibit, width) for exhibit in exhibits]
    pairs = [[*cells[start : start + 2], ""][:2] for start in range(0, len(cells), 2)]
    return [Table([pair], colWidths=[width + GAP, width], style=style, spaceBefore=6) for pair in pairs]


def _small(sheet: Sheet, exhibit: Json, width: float) -> list[Flowable]:
    still = sheet.stills[exhibit["number"]]
    photo = Photo(still, (width - DIGEST - GAP if still.portrait else width, SMALL_HEIGHT))
    if not still.portrait:
        return [photo, *_crop(still, width), Spacer(1, 3), *_facts(sheet, exhibit)]
    columns = [photo.width + GAP, DIGEST]
    return [Table([[photo, [*_crop(still, DIGEST), *_facts(sheet, exhibit)]]], colWidths=columns, style=TableStyle(_TIGHT), hAlign="LEFT")]


class Photo(Flowable):
    """A still with a hairline around it."""

    def __init__(self, still: Still, box: tuple[float, float]) -> None:
        """As large as `box` (width, height) allows."""
        super().__init__()
        scale = min(box[0] / still.width, box[1] / still.height)
        self.jpeg, self.width, self.height = still.jpeg, still.width * scale, still.height * scale
        self.box = [value * scale for value in still.box]

    def wrap(self, *_: float) -> tuple[float, float]:
        return self.width, self.height

    def draw(self) -> None:
        if self.canv.measuring:
            return
        self.canv.drawImage(_Embedded(self.jpeg), 0, 0, self.width, self.height)
        self.canv.setStrokeColor(RULE)
        self.canv.setLineWidth(0.5)
        self.canv.rect(0, 0, self.width, self.height)
        if self.box:
            x0, y0, x1, y1 = self.box
            self.canv.setStrokeColor(RED)
            self.canv.setLineWidth(1.2)
            self.canv.rect(x0, self.height - y1, x1 - x0, y1 - y0)


class _Embedded(ImageReader):
    """A JPEG put into the PDF as it is: told apart from others by its own bytes, where ReportLab would decode it to millions of pixels."""

    def __init__(self, jpeg: bytes) -> None:
        super().__init__(BytesIO(jpeg))
        self.jpeg, self._dataA = jpeg, None  # no mask

    def getRGBData(self) -> bytes:  # noqa: N802
        return self.jpeg


def _facts(sheet: Sheet, exhibit: Json) -> list[Flowable]:
    """What finds the frame in the original and the file in the case."""
    mark = mark_of(sheet, exhibit)
    title = Heading(sheet.write(mark.label, STYLES["h3_flat"].fontName), "h3_flat", mark)
    folder, slash, name = exhibit["path"].rpartition("/")
    lines = [
        f"{format_clock(exhibit['start_us'])}　PNG {exhibit['bytes']:,} 字节",
        f"PTS {exhibit['pts']} × {exhibit['time_base']} 秒",
        f"{folder}{slash}",
        f"{name}　SHA-256",
        *(grouped(exhibit["sha256"][place : place + 32], 16) for place in (0, 32)),
    ]
    if exhibit["box"]:
        x0, y0, x1, y1 = exhibit["box"]
        lines.append(f"红框 {x0},{y0}—{x1},{y1} 像素，印于页上，原图未动；另附放大")
    words = [sheet.text(exhibit["text"], "caption", 300)] if exhibit["text"] else []
    return [title, *words, sheet.text("\n".join(lines), "caption_mono")]
