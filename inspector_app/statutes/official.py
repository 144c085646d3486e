"""Reads a statute text the user imports (Markdown, text, web page, DOCX, PDF) so that its wording can be shown word for word.

The catalogue holds only summaries of our own; the statute's words come from here, always with the SHA-256 of the file they came from.
Nothing is stored, nothing is guessed: a text that cannot be read whole is refused, naming the article where the reading stumbled.
"""

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from inspector_app.domain.codes import ArticleCode
from inspector_app.domain.errors import BadInput
from inspector_app.statutes.documents import MAX_BYTES, Document, read_bytes, read_document
from inspector_app.statutes.lines import NAME_OF_LAW, Line
from inspector_app.statutes.splitting import OfficialArticle, split

__all__ = ["MAX_BYTES", "DatedAct", "OfficialText", "parse_official_text", "read_official_text", "same_law"]

_DATE = r"(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日"
_DAY = re.compile(_DATE)
_IN_FORCE = re.compile(rf"自\s*{_DATE}\s*起\s*(?:施行|实施)")
_QUOTED = re.compile(r"《[^《》]{0,80}(?:〈[^〈〉]{0,60}〉[^《》]{0,60})?》")
_ORDER = re.compile(r"(?:令|公告)\s*(?:[（(]?\d{4}\s*年?[)）]?\s*)?第\s*(\d+)\s*号")
_ACTS = (
    (re.compile(r"起\s*(?:施行|实施)|^\s*(?:施行|实施)"), "in_force"),
    (re.compile(r"修正|修订"), "amended"),
    (re.compile(r"公布|发布"), "promulgated"),
    (re.compile(r"通过|批准"), "adopted"),
)
_TITLE_BEGINS = re.compile(r"中\s*华\s*人\s*民\s*共\s*和\s*国|最高人民法院[\u4e00-\u9fff、]{0,30}|关于[\u4e00-\u9fff、]{1,40}")
_CONTENTS = re.compile(r"目\s*[录次]")
_STATE = "中华人民共和国"
_EDITION_MARK = re.compile(r"[（(]\s*\d{4}\s*年?[^（()）]{0,12}[)）]$")


@dataclass(frozen=True, slots=True)
class DatedAct:
    """What the head says was done on a day: adopted, promulgated, amended or in_force."""

    day: date
    act: str


@dataclass(frozen=True, slots=True)
class OfficialText:
    """A whole statute as imported, with the digest of the very bytes it was read from."""

    title: str
    #: what stands before the first article besides title and headings: order number, dates, amendments, preamble
    head: tuple[str, ...]
    source_name: str
    source_sha256: str
    #: where it says it was published; None where it says nothing
    source_address: str | None
    order_number: str | None
    #: the acts of the head in the order they stand there
    acts: tuple[DatedAct, ...]
    #: the date the text itself states; an amended law often still states the date of its first edition
    stated_in_force: date | None
    articles: tuple[OfficialArticle, ...]

    @property
    def promulgated(self) -> date | None:
        """The day it was first made public, or adopted where the head gives only that; None where it gives neither."""
        days = {act.act: act.day for act in reversed(self.acts)}
        return days.get("promulgated") or days.get("adopted")

    @property
    def newest_day(self) -> date | None:
        """The latest day it names for itself: which of two texts of a law is the newer one."""
        days = [act.day for act in self.acts]
        return max([*days, self.stated_in_force] if self.stated_in_force else days, default=None)

    def article(self, number: int) -> OfficialArticle:
        """The article of that number; BadInput `law.unknown_article` when the text has none."""
        if not 0 < number <= len(self.articles):
            raise BadInput(
                "law.unknown_article", article=f"{self.title}:{number}", edition=self.source_sha256[:16], near=f"1-{len(self.articles)}"
            )
        return self.articles[number - 1]

    def words(self, code: ArticleCode) -> str:
        """The words at a 条, 款 or 项, lines joined with newlines; the law's name in `code` is not compared. BadInput `law.unknown_article`."""
        paragraphs = self.article(code.article).paragraphs
        if code.paragraph:
            paragraphs = tuple(paragraph for paragraph in paragraphs if paragraph.number == code.paragraph)
        if code.item:
            lines = [item.text for paragraph in paragraphs for item in paragraph.items if item.number == code.item]
        else:
            lines = [text for paragraph in paragraphs for text in (paragraph.text, *(item.text for item in paragraph.items))]
        if not lines:
            raise BadInput("law.unknown_article", article=str(code), edition=self.source_sha256[:16], near=f"{code.law}:{code.article}")
        return "\n".join(lines)


def read_official_text(path: Path) -> OfficialText:
    """Reads a statute file; BadInput with the codes of `documents`, `splitting`, and `law.not_statute_text`, `law.no_title`."""
    return parse_official_text(read_bytes(path), path.name)


def parse_official_text(data: bytes, source_name: str) -> OfficialText:
    """Parses the bytes of a statute file; errors as `read_official_text`."""
    document = read_document(data, source_name)
    head, articles = split(list(document.lines), source_name)
    if not articles:
        raise BadInput("law.not_statute_text", file=source_name)
    title, rest = _title(head, source_name)
    return _text(document, source_name, title, rest, tuple(articles))


def _text(document: Document, source_name: str, title: str, head: list[str], articles: tuple[OfficialArticle, ...]) -> OfficialText:
    acts = _acts(head)
    in_force = next((act.day for act in acts if act.act == "in_force"), None)
    return OfficialText(
        title=title,
        head=tuple(head),
        source_name=source_name,
        source_sha256=document.sha256,
        source_address=document.address,
        order_number=_order_number(head),
        acts=acts,
        stated_in_force=_stated_date("\n".join(head)) or in_force or _stated_date(articles[-1].words),
        articles=articles,
    )


def same_law(name: str, title: str) -> bool:
    """Whether a title names a law, 中华人民共和国 and a bracket with the edition's year left aside."""
    return _bare(name) == _bare(title)


def _bare(title: str) -> str:
    return _EDITION_MARK.sub("", re.sub(r"\s+", "", title)).removeprefix(_STATE)


def _title(head: list[Line], source_name: str) -> tuple[str, list[str]]:
    """The title, without blanks, and the other lines of the head: a heading, else the first line that reads like the name of a law."""
    kept = [line for line in head if not _CONTENTS.fullmatch(line.text)]
    if not kept:
        raise BadInput("law.no_title", file=source_name)
    headings = [place for place, line in enumerate(kept) if line.heading]
    named = [place for place, line in enumerate(kept) if NAME_OF_LAW.fullmatch(line.text)]
    last = next((place for place in headings if place in named), None)
    if last is None:
        last = (headings or named or [0])[0]
    first = last
    while first and last - first < 3 and _TITLE_BEGINS.fullmatch(kept[first - 1].text) and first - 1 not in named:
        first -= 1
    title = "".join(re.sub(r"\s+", "", line.text) for line in kept[first : last + 1])
    return title, [line.text for line in (*kept[:first], *kept[last + 1 :])]


def _acts(head: list[str]) -> tuple[DatedAct, ...]:
    """Every date of the head with what was done on it; names of other documents are passed over. A date alone signs the promulgation."""
    acts = []
    for line in head:
        text = _QUOTED.sub("", line)
        dates = list(_DAY.finditer(text))
        for at, found in enumerate(dates):
            said = text[found.end() : dates[at + 1].start() if at + 1 < len(dates) else len(text)]
            spoken = sorted((named.start(), act) for pattern, act in _ACTS if (named := pattern.search(said)))
            act = spoken[0][1] if spoken else "promulgated" if found[0] == text.strip() else ""
            day = _date(found)
            if act and day:
                acts.append(DatedAct(day, act))
    return tuple(acts)


def _order_number(head: list[str]) -> str | None:
    """The first order or announcement number of the head: the one the text was promulgated with."""
    found = _ORDER.search("\n".join(head))
    return found[1] if found else None


def _stated_date(text: str) -> date | None:
    found = _IN_FORCE.search(text)
    return _date(found) if found else None


def _date(found: re.Match[str]) -> date | None:
    try:
        return date(*(int(part) for part in found.groups()))
    except ValueError:
        return None
