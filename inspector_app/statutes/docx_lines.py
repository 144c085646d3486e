"""The lines of a statute kept as a Word document (DOCX): paragraphs in order, tables included.

Refused is what a reader of the screen and a reader of the file would read differently: changes not yet accepted, and numbers that
Word makes on the fly and the file does not hold.
"""

import io
import zipfile
from typing import NoReturn
from xml.etree import ElementTree

from inspector_app.domain.errors import BadInput
from inspector_app.statutes.lines import Line, tidy

#: unpacked size of a part; the text of the longest law has well under a tenth of it
MAX_PART_BYTES = 40_000_000

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_CHANGES = frozenset(f"{_W}{name}" for name in ["ins", "del", "moveFrom", "moveTo", "cellIns", "cellDel", "delText"])
_TITLES = ("title", "heading 1", "标题")


class _DeclaresTypes(Exception):
    """The part declares a document type, which is how entities are smuggled in; Word never writes one."""


class _Builder(ElementTree.TreeBuilder):
    def doctype(self, *_: str | None) -> NoReturn:
        raise _DeclaresTypes


def docx_lines(data: bytes, file: str) -> list[Line]:
    """One line per paragraph or manual line break; BadInput `law.docx_broken`, `law.tracked_changes`, `law.auto_numbering`, `law.text_too_large`."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            body = _part(archive, "word/document.xml", file)
            styles = _part(archive, "word/styles.xml", file) if "word/styles.xml" in archive.namelist() else None
    except (zipfile.BadZipFile, KeyError, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as cause:
        raise BadInput("law.docx_broken", file=file) from cause
    if any(element.tag in _CHANGES for element in body.iter()):
        raise BadInput("law.tracked_changes", file=file)
    numbered, titles = _styles(styles)
    lines: list[Line] = []
    for number, paragraph in enumerate(body.iter(f"{_W}p"), start=1):
        style = _value(paragraph.find(f"{_W}pPr/{_W}pStyle"))
        words = [tidy(part) for part in "".join(_texts(paragraph)).split("\n")]
        if any(words) and _is_numbered(paragraph, style in numbered):
            raise BadInput("law.auto_numbering", file=file, found=next(filter(None, words))[:20])
        lines += [Line(number, part, indented=True, heading=style in titles) for part in words if part]
    return lines


def _part(archive: zipfile.ZipFile, name: str, file: str) -> ElementTree.Element:
    if archive.getinfo(name).file_size > MAX_PART_BYTES:
        raise BadInput("law.text_too_large", file=file, limit=MAX_PART_BYTES)
    with archive.open(name) as part:
        content = part.read(MAX_PART_BYTES + 1)
    if len(content) > MAX_PART_BYTES:
        raise BadInput("law.text_too_large", file=file, limit=MAX_PART_BYTES)
    try:
        # entities need a declared document type, and the builder refuses that before any is read
        return ElementTree.fromstring(content, ElementTree.XMLParser(target=_Builder()))  # noqa: S314
    except (ElementTree.ParseError, _DeclaresTypes) as cause:
        raise BadInput("law.docx_broken", file=file) from cause


def _texts(paragraph: ElementTree.Element) -> list[str]:
    """The words of a paragraph in order; hidden runs, fall-backs for old programs and paragraphs inside it (text boxes) are left out."""
    found: list[str] = []
    waiting = list(paragraph)[::-1]
    while waiting:
        element = waiting.pop()
        if element.tag in (f"{_W}p", _FALLBACK, f"{_W}pPr"):
            continue
        if element.tag == f"{_W}r" and _is_on(element.find(f"{_W}rPr/{_W}vanish")):
            continue
        if element.tag == f"{_W}t":
            found.append((element.text or "").replace("\n", " "))
        elif element.tag in (f"{_W}br", f"{_W}cr"):
            found.append("\n")
        elif element.tag == f"{_W}tab":
            found.append("\u3000")
        elif element.tag == f"{_W}noBreakHyphen":
            found.append("-")
        waiting += list(element)[::-1]
    return found


def _styles(styles: ElementTree.Element | None) -> tuple[frozenset[str], frozenset[str]]:
    """Paragraph styles that number by themselves, and those of titles."""
    if styles is None:
        return frozenset(), frozenset()
    found = {style.get(f"{_W}styleId", ""): style for style in styles.iter(f"{_W}style")}

    def numbers(name: str, depth: int = 0) -> bool:
        style = found.get(name)
        if style is None or depth > 20:
            return False
        own = style.find(f"{_W}pPr/{_W}numPr/{_W}numId")
        return _value(own) != "0" if own is not None else numbers(_value(style.find(f"{_W}basedOn")), depth + 1)

    titles = (name for name, style in found.items() if _value(style.find(f"{_W}name")).lower().startswith(_TITLES))
    return frozenset(name for name in found if numbers(name)), frozenset(titles)


def _is_numbered(paragraph: ElementTree.Element, by_style: bool) -> bool:
    own = paragraph.find(f"{_W}pPr/{_W}numPr/{_W}numId")
    return by_style if own is None else _value(own) != "0"


def _value(element: ElementTree.Element | None) -> str:
    return "" if element is None else element.get(f"{_W}val", "")


def _is_on(element: ElementTree.Element | None) -> bool:
    return element is not None and _value(element) not in ("0", "false")
