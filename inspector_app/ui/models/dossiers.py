"""What the dossier step shows of a case: the dossiers that left it, what is still lacking and where that is mended, whom the pages are about.

Reads only; any thread.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

from inspector_app.casefile.case import Case
from inspector_app.commands import forms
from inspector_app.commands.workspace import Workspace
from inspector_app.domain.people import Officer
from inspector_app.domain.records import Dossier, Exhibit, Finding, Lead, Segment
from inspector_app.dossier.custody import WITHDRAWN

Json = dict[str, Any]
#: how the dossier names findings and exhibits in its bookmarks
_MARK = re.compile(r"(认定|证据)\s*(\d+)")
#: height of what stands above and below the text of a page (points)
_HEADER = 62.0
#: what is lacking, the gravest first; anything else comes after
ORDER = (
    "findings",
    "case.second_officer",
    "case.no_exhibit",
    "case.open_element",
    "case.doubtful_quote",
    "case.sound_without_text",
    "proves",
    "stills",
    "leads",
)


@dataclass(frozen=True)
class Place:
    """A part of a page (from 0) that shows `target`; its box in points from the page's upper left corner."""

    page: int
    box: tuple[float, float, float, float]
    target: str
    name: str = ""


@dataclass(frozen=True)
class Lack:
    """One thing that is lacking: `code`, what it is about, where it is mended (`finding:…`, `form:…`, `moment:…`, `step:…`), its lint problem."""

    code: str
    what: str
    target: str
    problem: Json | None = None

    @property
    def justified(self) -> bool:
        return self.problem is not None and bool(self.problem["justified"])


@dataclass(frozen=True)
class Version:
    """A dossier that left the case, whether its file is still there, and how many signatures it has."""

    row: Dossier
    path: Path
    there: bool

    @property
    def edition(self) -> str:
        return self.row.edition or "full"

    @property
    def signers(self) -> list[str]:
        return [str(one.get("name", "")) for one in self.row.signers]


@dataclass(frozen=True)
class Standing:
    """All of it at one moment. `articles` are those of the findings that count."""

    lacks: list[Lack] = field(default_factory=list)
    versions: list[Version] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    officers: list[Officer] = field(default_factory=list)
    known: bool = True  #: False until the case has been read

    @property
    def articles(self) -> list[str]:
        return list(dict.fromkeys(code for finding in self.findings for code in finding.articles))

    @property
    def open_lacks(self) -> list[Lack]:
        return [lack for lack in self.lacks if not lack.justified]


def read_standing(work: Workspace) -> Standing:
    """How the case stands before a dossier is built."""
    case = work.opened
    findings = [row for row in case.find(Finding, order="number") if row.state != WITHDRAWN]
    versions = [Version(row, path, path.is_file()) for row in case.find(Dossier, order="rowid DESC") for path in [path_of(case, row)]]
    lacks = [*_own(case, findings), *(_of_problem(case, problem) for problem in forms.check(work).data["problems"])]
    lacks.sort(key=lambda lack: ORDER.index(lack.code) if lack.code in ORDER else len(ORDER))
    return Standing(lacks, versions, findings, case.officers())


def path_of(case: Case, row: Dossier) -> Path:
    """Where a dossier lies; its path is relative where it lies in the case folder."""
    return case.folder / row.path


def _own(case: Case, findings: list[Finding]) -> list[Lack]:
    """What no lint names: no finding at all, what it proves not said, stills not taken yet, leads not ruled on."""
    if not findings:
        return [Lack("findings", "", "step:watch")]
    found = [Lack("proves", str(row.number), f"finding:{row.id}") for row in findings if not row.proves]
    shown = {row.id for row in findings}
    waiting = [row for row in case.find(Exhibit, kind="still", sha256="", state="") if row.finding_id in shown]
    found += [Lack("stills", f"{row.number:03d}", f"finding:{row.finding_id}") for row in waiting]
    leads = case.count(Lead, state="open")
    return found + ([Lack("leads", str(leads), "step:watch")] if leads else [])


def _of_problem(case: Case, problem: Json) -> Lack:
    code, place = str(problem["code"]), str(problem["place"])
    if problem["form"]:
        return Lack(code, str(problem["title"]), f"form:{problem['form']}:{problem['field']}", problem)
    first, _, second = place.partition(":")
    if code == "case.doubtful_quote":
        said = case.get(Segment, second)
        return Lack(code, str(problem["what"]), f"moment:{said.recording_id}:{said.start_us}", problem)
    if code in ("case.no_exhibit", "case.open_element"):
        return Lack(code, str(problem["what"]), f"finding:{first}", problem)
    return Lack(code, str(problem["what"]), "step:intake", problem)


def new_path(case: Case, edition: str, suffix: str = ".pdf") -> Path:
    """A file name in `exports/` that is not taken: what left the case is never written over."""
    number = "".join("_" if character in '\\/:*?"<>|' else character for character in case.info.number)
    names = {"full": "证据卷宗", "disclosure": "证据卷宗（告知本）", "summary": "案情摘要", "extract": "证据卷宗（摘录）"}
    stem, count = f"{names.get(edition, edition)} {number}", 1
    path = case.folder / "exports" / f"{stem}{suffix}"
    while path.exists():
        count += 1
        path = case.folder / "exports" / f"{stem} ({count}){suffix}"
    return path


# -- pages and what they show -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Mark:
    """A bookmark: its words, its page (from 0), and its place from the upper left corner (points)."""

    title: str
    page: int
    left: float
    top: float


def read_places(case: Case, content: bytes) -> list[Place]:
    """Where the pages of a dossier show a finding or an exhibit, by the PDF's bookmarks; none where it cannot be read."""
    import pikepdf  # only to look at a dossier

    findings = {row.number: row.id for row in case.find(Finding)}
    exhibits = {row.number: row.finding_id for row in case.find(Exhibit)}
    try:
        with pikepdf.open(BytesIO(content)) as pdf:
            sizes = [(float(page.mediabox[2]), float(page.mediabox[3])) for page in pdf.pages]
            numbers = {page.obj.objgen: place for place, page in enumerate(pdf.pages)}
            marks = list(_bookmarks(pdf.Root.get("/Outlines"), numbers, sizes))
    except (pikepdf.PdfError, OSError, ValueError, TypeError, KeyError, AttributeError, IndexError):
        return []
    marks.sort(key=lambda mark: (mark.page, mark.top))
    found: list[Place] = []
    for place, mark in enumerate(marks):
        match = _MARK.match(mark.title)
        finding = (findings if match[1] == "认定" else exhibits).get(int(match[2])) if match else None
        if match and finding:
            name = " ".join(mark.title.split()[:4])
            found += _boxes(mark, marks[place + 1 :], sizes, f"finding:{finding}", name)
    return found


def _bookmarks(outline: Any, numbers: dict[tuple[int, int], int], sizes: list[tuple[float, float]]) -> Iterator[_Mark]:
    """Every bookmark that names a height on a page."""
    item = outline.get("/First") if outline is not None else None
    while item is not None:
        to = item.get("/Dest")
        if to is not None and len(to) >= 4 and (page := numbers.get(to[0].objgen)) is not None:
            yield _Mark(str(item.Title).strip(), page, float(to[2]), sizes[page][1] - float(to[3]))
        yield from _bookmarks(item, numbers, sizes)
        item = item.get("/Next")


def _boxes(mark: _Mark, after: list[_Mark], sizes: list[tuple[float, float]], target: str, name: str) -> list[Place]:
    """From a bookmark down to the next one not further in, on as many pages as that takes."""
    to = next((one for one in after if one.left <= mark.left + 4 and (one.page, one.top) > (mark.page, mark.top + 4)), None)
    last = to.page if to is not None else mark.page
    found = []
    for page in range(mark.page, last + 1):
        width, height = sizes[page]
        top = mark.top - 2 if page == mark.page else _HEADER
        below = to.top - 3 if to is not None and page == to.page else height - _HEADER
        if below - top > 12:
            found.append(Place(page, (mark.left - 6, max(0.0, top), width - 50, below), target, name))
    return found
