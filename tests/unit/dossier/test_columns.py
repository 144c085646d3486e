"""Words beside a picture, and lists in two columns: nothing is lost, nothing overlaps, no heading stands alone."""

import io
from pathlib import Path
from typing import Any

import pypdf
import pytest
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate, Spacer

from inspector_app.dossier import fonts
from inspector_app.dossier.columns import Beside, Columns, beside, heights
from inspector_app.dossier.styles import STYLES
from inspector_app.dossier.text import Writer
from inspector_app.dossier.typeset import Lines
from inspector_app.resources import resource

WIDTH, HEIGHT = 400.0, 300.0


@pytest.fixture(scope="module")
def writer() -> Writer:
    return Writer(fonts.load(Path(resource("fonts"))))


def lines(writer: Writer, count: int, style: str = "line", words: str = "这一句") -> list[Flowable]:
    return [Lines(writer(f"{words}{place}号", fonts.BODY), STYLES[style]) for place in range(count)]


def pages_of(story: list[Flowable]) -> list[str]:
    """The words of the pages a story makes on small pages, blanks taken out."""
    out = io.BytesIO()
    document = BaseDocTemplate(out, pagesize=(WIDTH, HEIGHT), initialFontName=fonts.PLAIN)
    frame = Frame(0, 0, WIDTH, HEIGHT, leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0)
    document.addPageTemplates([PageTemplate("page", [frame])])
    document.build(story)
    return ["".join(page.extract_text().split()) for page in pypdf.PdfReader(out).pages]


@pytest.mark.parametrize("count", [1, 2, 7, 45, 46, 200])
def test_that_columns_keep_every_line_in_order_over_all_pages(writer: Writer, count: int) -> None:
    found = "".join(pages_of([Columns(lines(writer, count), 10)]))
    assert found == "".join(f"这一句{place}号" for place in range(count))


def test_that_columns_that_fit_are_of_one_height(writer: Writer) -> None:
    columns = Columns(lines(writer, 10), 10)
    _, height = columns.wrap(WIDTH, HEIGHT)
    assert height < sum(heights(lines(writer, 10), WIDTH)) * 0.6


def test_that_a_paragraph_higher_than_any_column_is_set_over_the_page(writer: Writer) -> None:
    tall = Lines(writer("很长的话" * 900, fonts.BODY), STYLES["line"])
    found = "".join(pages_of([*lines(writer, 3), Columns([*lines(writer, 2), tall, *lines(writer, 2)], 10)]))
    assert found.count("很长的话") == 900
    assert found.endswith("这一句0号这一句1号")


def test_that_no_heading_ends_a_column(writer: Writer) -> None:
    head = Lines(writer("标题", fonts.BODY), STYLES["mini_head"])
    columns = Columns([*lines(writer, 4), head, *lines(writer, 3)], 10)
    columns.wrap(WIDTH, HEIGHT)
    assert columns.flowables[columns.cut - 1] is not head
    alone = Columns([head, *lines(writer, 1)], 10)
    alone.wrap(WIDTH, HEIGHT)
    assert alone.cut == 2


def test_that_words_stand_beside_the_picture_until_its_foot(writer: Writer) -> None:
    first, *rest = beside([Spacer(100, 60)], lines(writer, 12), WIDTH, 100, 10)
    assert isinstance(first, Beside)
    assert 4 <= len(first.right) <= 5
    assert len(first.right) + len(rest) == 12
    assert "".join(pages_of([first, *rest])) == "".join(f"这一句{place}号" for place in range(12))


def test_that_words_beside_a_picture_go_on_over_the_page(writer: Writer) -> None:
    block = Beside([Spacer(100, 200)], lines(writer, 60), 100, 10)
    pages = pages_of([block])
    assert len(pages) > 1
    assert "".join(pages) == "".join(f"这一句{place}号" for place in range(60))


def test_that_a_picture_higher_than_the_room_goes_to_the_next_page(writer: Writer) -> None:
    pages: list[Any] = pages_of([Spacer(1, 200), Beside([Spacer(100, 150)], lines(writer, 2), 100, 10)])
    assert pages == ["", "这一句0号这一句1号"]
