# mypy: disable-error-code="no-untyped-call, attr-defined"
"""What every page is made of: paragraphs, headings, tables, exhibit references, times. Holds the data, the fonts and the page references."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from reportlab.platypus import Flowable, Table, TableStyle

from inspector_app.domain.timebase import beijing, format_clock

from .layout import Heading, Mark, PageOf, Pages
from .stills import Still
from .styles import FACTS, GRID, LINK, STYLES, WIDTH
from .text import Writer, plain
from .typeset import Lines

Json = dict[str, Any]
#: Characters of one table cell: a row must fit a page; the data file beside the PDF has the whole text.
CELL_LIMIT = 700
NAME_LIMIT = 160


class Sheet:
    """The means of the pages. Text given to its methods is plain text unless the parameter is called markup."""

    def __init__(self, data: Json, writer: Writer, pages: Pages, stills: Mapping[int, Still]) -> None:
        self.data, self.write, self.pages, self.stills = data, writer, pages, stills
        self.words: Json = data["words"]
        self.findings = {finding["number"]: finding for finding in data["findings"]}
        self.recordings = {recording["id"]: recording for recording in data["recordings"]}

    # -- words -------------------------------------------------------------------------------------------------------------------

    def word(self, group: str, name: str) -> str:
        """The Chinese word for a stored name; the name itself where there is none."""
        return str(self.words.get(group, {}).get(name, name))

    def joined(self, group: str, names: Sequence[str]) -> str:
        return "、".join(self.word(group, name) for name in names)

    @staticmethod
    def moment(at: str) -> str:
        """`2026-11-21 18:40:05` on the Beijing clock; text that is no moment stays as it is."""
        try:
            return f"{beijing(datetime.fromisoformat(at)):%Y-%m-%d %H:%M:%S}"
        except ValueError:
            return at

    @staticmethod
    def moment_utc(at: str) -> str:
        return f"{datetime.fromisoformat(at).astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"

    @staticmethod
    def span(start_us: int, end_us: int) -> str:
        return format_clock(start_us) if end_us <= start_us else f"{format_clock(start_us)} — {format_clock(end_us)}"

    @staticmethod
    def share(per_mille: int) -> str:
        """A confidence in per mille as percent with one digit."""
        return f"{per_mille // 10}.{per_mille % 10}%"

    # -- paragraphs ----------------------------------------------------------------------------------------------------------------

    def text(self, text: str, style: str = "body", limit: int = 0) -> Lines:
        return Lines(self.write(text, STYLES[style].fontName, limit), STYLES[style])

    @staticmethod
    def markup(markup: str, style: str = "body") -> Lines:
        """A paragraph from markup made by this class or the writer, never from a user's text."""
        return Lines(markup, STYLES[style])

    def cell(self, text: str, style: str = "cell", limit: int = CELL_LIMIT) -> Lines:
        return self.text(text, style, limit)

    def heading(self, text: str, style: str, key: str, level: int, *, label: str = "", contents: bool = True, limit: int = 60) -> Heading:
        """A heading with its bookmark; `label` where the bookmark says something shorter."""
        entry = self.write(plain(label or text, 34), STYLES[f"toc{min(level, 2)}"].fontName) if contents else ""
        return Heading(self.write(text, STYLES[style].fontName, limit), style, Mark(self.pages, key, label or text, level, entry))

    def exhibit(self, number: int) -> str:
        """Markup: the exhibit's number as a link to it."""
        return f'<a href="#exhibit-{number}" color="{LINK}">证据 {number:03d}</a>'

    def finding(self, number: int) -> str:
        return f'<a href="#finding-{number}" color="{LINK}">认定 {number}</a>'

    def page_of(self, key: str) -> PageOf:
        return PageOf(self.pages, key)

    # -- tables ----------------------------------------------------------------------------------------------------------------------

    def grid(self, head: Sequence[str], rows: Sequence[Sequence[Any]], shares: Sequence[int], marks: Sequence[Any] = ()) -> Table:
        """A table with a repeated head; strings become cells, `shares` divide the page's width, `marks` are further style commands."""
        top = [self.cell(title, "cell_head") for title in head]
        body = [[self.cell(value) if isinstance(value, str) else value for value in row] for row in rows]
        return Table(
            [top, *body],
            colWidths=widths(shares),
            repeatRows=1,
            splitInRow=1,
            spaceBefore=3,
            spaceAfter=8,
            style=TableStyle([*GRID, *marks]),
        )

    def facts(self, pairs: Sequence[tuple[str, Any]], label: int = 22, style: str = "cell") -> Table:
        """Labels and values, one pair a row; `label` is the label column's share of 100."""
        rows = [[self.cell(name, "label"), self.cell(value, style) if isinstance(value, str) else value] for name, value in pairs]
        return Table(rows, colWidths=widths((label, 100 - label)), splitInRow=1, spaceBefore=3, spaceAfter=8, style=TableStyle(FACTS))

    def steps(self, lines: Sequence[str]) -> list[Flowable]:
        """Paragraphs; a line that begins with `$` is a command to type."""
        return [self.text(line[1:], "code") if line.startswith("$") else self.text(line, "para") for line in lines]


def widths(shares: Sequence[int]) -> list[float]:
    return [WIDTH * share / sum(shares) for share in shares]
