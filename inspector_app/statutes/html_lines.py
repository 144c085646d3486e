"""The lines of a statute's web page: what a reader sees, without the site's menus and footers around the text.

Of a page only the smallest element that holds every article counts; the site's own words stand outside it.
"""

import re
from html.parser import HTMLParser

from inspector_app.domain.errors import BadInput
from inspector_app.statutes.lines import NAME_OF_LAW, Line, looks_like_article, tidy, without_comments

_BLOCKS = frozenset(
    "address article aside blockquote body caption center dd div dl dt fieldset figure footer form h1 h2 h3 h4 h5 h6 header html li main "  # noqa: SIM905
    "nav ol p pre section table tbody td tfoot th thead title tr ul".split()
)
_VOID = frozenset(["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"])
_UNSEEN = frozenset(["script", "style", "noscript", "template", "svg", "iframe", "object", "select", "button", "textarea", "head"])
_HEADINGS = frozenset(("h1", "h2", "h3"))
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_DECLARATION = re.compile(r"<[!?][^<>]{0,5000}>")
# The standard library's parser tries every stray "<" again to the end of the page; what is no tag is text, and said to be.
_STRAY = re.compile(r"<(?!/?[A-Za-z][^<>]{0,20000}>)")
#: elements open inside each other; a page beyond this is made to choke a reader
_MAX_DEPTH = 200


def html_lines(text: str, file: str) -> tuple[list[Line], str | None]:
    """The lines of a page and the address it gives for itself; BadInput `law.tracked_changes` for text struck out, `law.not_statute_text`."""
    page = _Page(file)
    page.feed(_STRAY.sub("&lt;", _DECLARATION.sub("", without_comments(text))))
    page.close()
    page.end_line()
    return page.body(), page.address


class _Page(HTMLParser):
    """Collects lines, each with the elements it stands in."""

    def __init__(self, file: str) -> None:
        super().__init__(convert_charrefs=True)
        self._file = file
        self._open: list[tuple[str, int, bool]] = []  # tag, identity, unseen
        self._made = 0
        self._words: list[str] = []
        self._title: list[str] = []
        self._lines: list[tuple[Line, tuple[int, ...]]] = []
        self.address: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "link" and given.get("rel", "").lower() == "canonical" and given.get("href", "").startswith(("http://", "https://")):
            self.address = given["href"][:500]
        if tag == "br":
            self.end_line()
        if tag in ("del", "strike"):
            raise BadInput("law.tracked_changes", file=self._file)
        if tag in _VOID:
            return
        if tag in _BLOCKS:
            self.end_line()
            if self._open and self._open[-1][0] == "p":  # a paragraph ends where the next block begins
                self._open.pop()
        if len(self._open) >= _MAX_DEPTH:
            raise BadInput("law.not_statute_text", file=self._file)
        self._made += 1
        unseen = tag in _UNSEEN or "hidden" in given or _HIDDEN.search(given.get("style", "")) is not None
        self._open.append((tag, self._made, unseen or (bool(self._open) and self._open[-1][2])))

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self.end_line()
        place = next((place for place in range(len(self._open) - 1, -1, -1) if self._open[place][0] == tag), None)
        if place is not None:
            del self._open[place:]

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1][0] == "title":
            self._title.append(data)
        elif not self._open or not self._open[-1][2]:
            self._words.append(data)

    def end_line(self) -> None:
        """Closes the line being read where there is one."""
        words = tidy(re.sub(r"[ \t\r\n\f]+", " ", "".join(self._words)))
        self._words.clear()
        if words:
            heading = any(tag in _HEADINGS for tag, _, _ in self._open)
            line = Line(self.getpos()[0], words, indented=True, heading=heading)
            self._lines.append((line, tuple(identity for _, identity, _ in self._open)))

    def body(self) -> list[Line]:
        """The lines of the smallest element with all articles; before them the page's heading, or its title, where it stands outside."""
        paths = [path for line, path in self._lines if looks_like_article(line.text)]
        if not paths:
            raise BadInput("law.not_statute_text", file=self._file)
        around = paths[0][:-1]  # an article's own paragraph is not yet the text
        for path in paths:
            shared = next((place for place, (one, other) in enumerate(zip(around, path, strict=False)) if one != other), None)
            around = around[: min(len(around), len(path)) if shared is None else shared]
        kept = [line for line, path in self._lines if path[: len(around)] == around]
        first = next(place for place, line in enumerate(kept) if looks_like_article(line.text))
        if any((line.heading and not line.text.startswith("第")) or NAME_OF_LAW.fullmatch(line.text) for line in kept[:first]):
            return kept
        outside = [
            line for line, path in self._lines if line.heading and path[: len(around)] != around and line.number <= kept[first].number
        ]
        title = tidy(re.split(r"[-_—|]", "".join(self._title))[0])
        named = next((line for line in outside if NAME_OF_LAW.fullmatch(line.text)), None)
        if named is None and title and (not outside or NAME_OF_LAW.fullmatch(title)):
            named = Line(1, title, heading=True)
        return [named or outside[0], *kept] if named or outside else kept
