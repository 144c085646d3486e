# mypy: disable-error-code="no-untyped-call, attr-defined, misc"
"""The dossier's frame: page template with running header and footer, headings that make contents and bookmarks, page references.

Page numbers are known only after a pass, so the document is laid out until two passes agree.
"""

from collections.abc import Callable
from typing import Any

from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, KeepTogether, PageTemplate, Paragraph, TableStyle
from reportlab.platypus.doctemplate import IndexingFlowable
from reportlab.platypus.tableofcontents import TableOfContents

from .fonts import PLAIN
from .styles import BOTTOM, CELL_FONT, HEIGHT, INK, LEFT, PAGE, RED, RIGHT, RULE, SIDES, STYLES, TOP, WIDTH
from .text import Writer, plain
from .typeset import Lines

TOTAL = "total"
#: A heading stays on a page that has this much room (points) for it and what follows, else both go to the next.
LEAST_BELOW = 100


class Pages(IndexingFlowable):
    """Where everything landed: key to page, in this pass and in the one before; not content until both agree."""

    def __init__(self, *, nested: bool = True) -> None:
        """Bookmarks that are not `nested` stand in one row: a part of a dossier has no chapters above it."""
        super().__init__()
        self.nested = nested
        self.now: dict[str, int] = {}
        self.before: dict[str, int] = {}
        self.passes = 0
        self.listed: list[Mark] = []
        """The headings that the contents list, in the order of the document."""

    def wrap(self, *_: float) -> tuple[float, float]:
        return 0, 0

    def draw(self) -> None:
        pass

    def beforeBuild(self) -> None:  # noqa: N802
        self.before, self.now = self.now, {}
        self.passes += 1

    def isSatisfied(self) -> bool:  # noqa: N802
        return self.passes > 1 and self.before == self.now

    @property
    def measuring(self) -> bool:
        """The first pass only finds where everything lands: nothing is drawn in it, for its page numbers are not known yet."""
        return self.passes < 2

    @property
    def total(self) -> int:
        return self.before.get(TOTAL, 0)


class Mark:
    """A place in the document: its key, its line in the bookmarks and whether the contents list it."""

    def __init__(self, pages: Pages, key: str, label: str, level: int, contents: str = "") -> None:
        """`label` is plain text; `contents` is markup, empty for a place that only the bookmarks show."""
        self.pages, self.key, self.label, self.level, self.contents = pages, key, label, level, contents
        if contents:
            pages.listed.append(self)

    def place(self, canvas: Canvas, height: float) -> None:
        number = canvas.getPageNumber()
        self.pages.now[self.key] = number
        canvas.bookmarkHorizontal(self.key, 0, height)
        level = self.level if self.pages.nested else 0
        canvas.addOutlineEntry(plain(self.label), self.key, level, closed=level > 0)
        if self.contents:
            canvas._doctemplate.notify("TOCEntry", (self.level, self.contents, number, self.key))  # noqa: SLF001


class Heading(Lines):
    """A heading that marks its place."""

    def __init__(self, markup: str, style: str, mark: Mark) -> None:
        super().__init__(markup, STYLES[style])
        self.mark = mark

    def draw(self) -> None:
        super().draw()
        self.mark.place(self.canv, self.height)

    def split(self, *_: float) -> list[Flowable]:
        return []  # a heading moves to the next page whole


class Anchor(Flowable):
    """An invisible mark, for places inside tables."""

    def __init__(self, mark: Mark) -> None:
        super().__init__()
        self.mark = mark

    def wrap(self, *_: float) -> tuple[float, float]:
        return 0, 0

    def draw(self) -> None:
        self.mark.place(self.canv, 14)


class PageOf(Flowable):
    """The page number of a place, as the pass before found it."""

    def __init__(self, pages: Pages, key: str) -> None:
        super().__init__()
        self.pages, self.key = pages, key

    def wrap(self, *_: float) -> tuple[float, float]:
        return 18, 11.2

    def draw(self) -> None:
        self.canv.setFillColor(INK)
        self.canv.setFont(PLAIN, 8.5)
        self.canv.drawString(0, 2.3, str(self.pages.before.get(self.key, "")))


class StartTogether(KeepTogether):
    """A heading and what follows: kept on one page where they fit or where little room is left, else begun here and carried on."""

    def split(self, aW: float, aH: float) -> list[Flowable]:  # noqa: N803
        self.wrap(aW, aH)
        if self._H > aH >= LEAST_BELOW:
            return list(self._content)
        return list(super().split(aW, aH))


class Document(BaseDocTemplate):
    """A4 pages: a bare cover, then pages with case number and journal head above and 第 x 页 共 y 页 below."""

    def __init__(
        self, target: Any, pages: Pages, writer: Writer, *, number: str, head: str, volumes: int, each_page: Callable[[], None]
    ) -> None:
        """`target` is a binary file to write; `each_page` is called for every page laid out and may raise to stop."""
        margins = {"leftMargin": LEFT, "rightMargin": RIGHT, "topMargin": TOP, "bottomMargin": BOTTOM}
        super().__init__(target, pagesize=PAGE, **margins, invariant=1, initialFontName=PLAIN)
        self.pages, self.each_page = pages, each_page
        self.keepTogetherClass = StartTogether
        self.left = [
            _one_line(writer, f"{number}　第 {one} 册　共 {volumes} 册" if volumes > 1 else number) for one in range(1, volumes + 1)
        ]
        self.right = f"{writer('日志首值', PLAIN)} {head[:16]}"
        frame = Frame(LEFT, BOTTOM, WIDTH, HEIGHT, leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0, id="text")
        self.addPageTemplates(
            [PageTemplate("cover", [frame], onPage=self._count), PageTemplate("page", [frame], onPage=self._page, pagesize=PAGE)]
        )

    def _makeCanvas(self, *given: Any, **named: Any) -> Canvas:  # noqa: N802
        canvas: Canvas = super()._makeCanvas(*given, **named)
        canvas.measuring = self.pages.measuring
        return canvas

    def _count(self, canvas: Canvas, _: BaseDocTemplate) -> None:
        self.each_page()
        self.pages.now[TOTAL] = canvas.getPageNumber()

    def _page(self, canvas: Canvas, doc: BaseDocTemplate) -> None:
        self._count(canvas, doc)
        if self.pages.measuring:
            return
        canvas.saveState()
        top = PAGE[1] - TOP + 17
        begun = sum(key.startswith("volume-") for key in self.pages.now)
        self._line(canvas, self.left[begun], top, "left")
        self._line(canvas, self.right, top, "right")
        canvas.setStrokeColor(RULE)
        canvas.setLineWidth(0.5)
        canvas.line(LEFT, top - 5, LEFT + WIDTH, top - 5)
        canvas.setFillColor(INK)
        canvas.setFont(PLAIN, 9)
        canvas.drawCentredString(LEFT + WIDTH / 2, BOTTOM - 28, f"第 {canvas.getPageNumber()} 页　共 {self.pages.total} 页")
        canvas.restoreState()

    @staticmethod
    def _line(canvas: Canvas, markup: str, y: float, side: str) -> None:
        style = STYLES["note"].clone("running", alignment=0 if side == "left" else 2, wordWrap=None)
        paragraph = Paragraph(markup, style)
        _, height = paragraph.wrap(WIDTH * 0.6, 40)
        paragraph.drawOn(canvas, LEFT if side == "left" else LEFT + WIDTH * 0.4, y - height + 10)


def _one_line(writer: Writer, text: str) -> str:
    """Markup of as much of a text as one line of the header holds."""
    for limit in range(40, 4, -4):
        markup = writer(plain(text, limit), PLAIN)
        if Paragraph(markup, STYLES["note"]).wrap(WIDTH * 0.6, 40)[1] <= STYLES["note"].leading:
            return markup
    return writer(plain(text, 4), PLAIN)


class Contents(TableOfContents):
    """The contents, with page numbers and links; as long in the first pass as in the last, so that no page moves in between."""

    def __init__(self, pages: Pages) -> None:
        style = [CELL_FONT, ("VALIGN", (0, 0), (-1, -1), "TOP"), *((f"{side}PADDING", (0, 0), (-1, -1), 0) for side in SIDES)]
        levels = [STYLES["toc0"], STYLES["toc1"], STYLES["toc2"]]
        super().__init__(levelStyles=levels, dotsMinLevel=0, tableStyle=TableStyle(style))
        self.pages = pages

    def beforeBuild(self) -> None:  # noqa: N802
        if not self._entries:
            self._entries = [(mark.level, mark.contents, 0, mark.key) for mark in self.pages.listed]
        super().beforeBuild()


class Rule(Flowable):
    """A red double rule under the cover's title."""

    def wrap(self, *_: float) -> tuple[float, float]:
        return WIDTH, 8

    def draw(self) -> None:
        self.canv.setStrokeColor(RED)
        for y, width in ((5, 1.8), (1.5, 0.6)):
            self.canv.setLineWidth(width)
            self.canv.line(0, y, WIDTH, y)
