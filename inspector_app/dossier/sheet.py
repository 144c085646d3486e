# mypy: disable-error-code="no-untyped-call, attr-defined"
"""What every page is made of: paragraphs, headings, tables, exhibit references, times. Holds the data, the fonts and the page references."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from reportlab.platypus import CondPageBreak, Flowable, Table, TableStyle

from inspector_app.domain.codes import ArticleCode, to_chinese_number
from inspector_app.domain.timebase import beijing, format_clock

from . import volumes
from .fonts import PLAIN
from .layout import Heading, Mark, PageOf, Pages
from .stills import Still
from .styles import DENSE, FACTS, FAINT, GRID, HEIGHT, LINK, STYLES, WIDTH
from .text import Writer, plain
from .typeset import Lines

Json = dict[str, Any]
#: Characters of one table cell: a row must fit a page; the data file beside the PDF has the whole text.
CELL_LIMIT = 700
NAME_LIMIT = 160
#: Exhibits or rows of them named in one cell.
MOST_SPANS = 40


class Sheet:
    """The means of the pages. Text given to its methods is plain text unless the parameter is called markup."""

    def __init__(
        self, data: Json, writer: Writer, pages: Pages, stills: Mapping[int, Still], strips: Mapping[str, Still], *, links: bool = True
    ) -> None:
        """Without `links`, references are words only: a page by itself has no other to lead to."""
        self.data, self.write, self.pages, self.stills, self.strips = data, writer, pages, stills, strips
        self.links = links
        self.volumes = volumes.begins(data)
        """The findings with which further volumes begin."""
        self.words: Json = data["words"]
        self.findings = {finding["id"]: finding for finding in data["findings"]}
        self.recordings = {recording["id"]: recording for recording in data["recordings"]}
        self.sessions = {session["id"]: session for session in data["sessions"]}
        self.articles = {key: place for place, key in enumerate(in_order(data.get("all_articles") or data["findings"]), 1)}

    # -- words -------------------------------------------------------------------------------------------------------------------

    def word(self, group: str, name: str) -> str:
        """The Chinese word for a stored name; the name itself where there is none."""
        return str(self.words.get(group, {}).get(name, name))

    def short(self, text: str) -> str:
        """A text in which laws are called by the short names that the reading notes explain."""
        for name, short in self.words["short_names"].items():
            text = text.replace(name, short)
        return text

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
    def clock(us: int) -> str:
        """`00:01:07`, cut to the second; the milliseconds stand in the annex and in the data."""
        return format_clock(us)[:-4]

    @staticmethod
    def share(per_mille: int) -> str:
        """A confidence in per mille as percent with one digit."""
        return f"{per_mille // 10}.{per_mille % 10}%"

    @staticmethod
    def percent(per_mille: int) -> str:
        """A confidence in per mille as whole percent, cut."""
        return f"{per_mille // 10}%"

    # -- paragraphs ----------------------------------------------------------------------------------------------------------------

    def text(self, text: str, style: str = "body", limit: int = 0) -> Lines:
        return Lines(self.write(text, STYLES[style].fontName, limit), STYLES[style])

    @staticmethod
    def markup(markup: str, style: str = "body") -> Lines:
        """A paragraph from markup made by this class or the writer, never from a user's text."""
        return Lines(markup, STYLES[style])

    def cell(self, text: str, style: str = "cell", limit: int = CELL_LIMIT) -> Lines:
        return self.text(text, style, limit)

    def hung(self, label: str, markup: str, style: str = "fact") -> Lines:
        """A paragraph that hangs beside `label` (plain text: at most four Chinese characters or a time)."""
        return Lines(markup, STYLES[style], bulletText=label)

    def plain_hung(self, label: str, text: str, style: str = "fact", limit: int = 0) -> Lines:
        return self.hung(label, self.write(text, STYLES[style].fontName, limit), style)

    def aside(self, text: str, style: str = "fact") -> str:
        """Markup of a remark within a paragraph of `style`: smaller and grey."""
        size = STYLES[style].fontSize
        return f'<font name="{PLAIN}" size="{max(8, size - 1):g}" color="{FAINT}">{self.write(text, PLAIN)}</font>'

    def elided(self, text: str, style: str, width: float) -> str:
        """Plain text cut to one line of `width` points."""
        return self.write.elided(text, STYLES[style].fontName, STYLES[style].fontSize, width)

    def heading(self, text: str, style: str, key: str, level: int, *, label: str = "", contents: bool = True, limit: int = 60) -> Heading:
        """A heading with its bookmark; `label` where the bookmark says something shorter."""
        entry = self.write(plain(label or text, 34), STYLES[f"toc{min(level, 2)}"].fontName) if contents else ""
        return Heading(self.write(text, STYLES[style].fontName, limit), style, Mark(self.pages, key, label or text, level, entry))

    def exhibit(self, number: int) -> str:
        """Markup: the exhibit's number as a link to it."""
        return self.link(f"exhibit-{number}", f"证据 {number:03d}")

    def exhibits(self, numbers: Sequence[int]) -> str:
        """Markup: bare numbers as links, for columns headed 证据; long rows of neighbours as first and last, very many only counted."""
        spans = joined(numbers)
        told = [self.link(f"exhibit-{first}", f"{first:03d}" if first == last else f"{first:03d}—{last:03d}") for first, last in spans]
        return "、".join(told[:MOST_SPANS]) + (f"等 {len(numbers)} 份" if len(told) > MOST_SPANS else "")

    def finding(self, number: int) -> str:
        return self.link(f"finding-{number}", f"认定 {number}")

    def article(self, key: str) -> str:
        """Markup: where the section on articles speaks of this one, as a link."""
        place = self.articles[key]
        return self.link(f"article-{place}", f"四（{to_chinese_number(place)}）")

    def link(self, key: str, markup: str) -> str:
        return f'<a href="#{key}" color="{LINK}">{markup}</a>' if self.links else f'<font color="{LINK}">{markup}</font>'

    def kind(self, exhibit: Json) -> str:
        """What an exhibit is; a quote of what was shown is not called spoken."""
        if exhibit["kind"] == "quote":
            return self.word("quote_kinds", self.findings[exhibit["finding_id"]]["witness"])
        return self.word("exhibit_kinds", exhibit["kind"])

    def exhibit_name(self, exhibit: Json) -> str:
        return f"证据 {exhibit['number']:03d}　{self.kind(exhibit)}"

    def page_of(self, key: str) -> PageOf:
        return PageOf(self.pages, key)

    @staticmethod
    def pause() -> Flowable:
        """The end of a section: the next one begins on a new page unless a good third of this one is left."""
        return CondPageBreak(HEIGHT * 0.36)

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

    def facts(self, pairs: Sequence[tuple[str, Any]], label: int = 22, *, dense: bool = False) -> Table:
        """Labels and values, one pair a row; `label` is the label column's share of 100; `dense` in small type."""
        left, right = ("label_small", "cell_small") if dense else ("label", "cell")
        rows = [[self.cell(name, left), self.cell(value, right) if isinstance(value, str) else value] for name, value in pairs]
        style = TableStyle([*FACTS, *(DENSE if dense else ())])
        return Table(rows, colWidths=widths((label, 100 - label)), splitInRow=1, spaceBefore=3, spaceAfter=6, style=style)

    def steps(self, lines: Sequence[str]) -> list[Flowable]:
        """Paragraphs; a line that begins with `$` is a command to type."""
        return [self.text(line[1:], "code") if line.startswith("$") else self.text(line, "para") for line in lines]


def joined(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Ordered numbers as spans: four and more neighbours in one, others each by itself."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return [span for run in runs for span in ([(run[0], run[-1])] if len(run) > 3 else [(one, one) for one in run])]


def in_order(findings: Sequence[Json]) -> list[str]:
    """The keys of the articles named: law by law as first mentioned, within a law by number."""
    keys = list(dict.fromkeys(key for finding in findings for key in finding["articles"]))
    laws = list(dict.fromkeys(key.partition(":")[0] for key in keys))
    return sorted(keys, key=lambda key: (laws.index(key.partition(":")[0]), ArticleCode.parse(key.partition("@")[0]), key))


def widths(shares: Sequence[float]) -> list[float]:
    return [WIDTH * share / sum(shares) for share in shares]
