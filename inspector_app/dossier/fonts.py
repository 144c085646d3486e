# mypy: disable-error-code="no-untyped-call, attr-defined"
"""The dossier's fonts: registered once in the child process, with a fallback chain, so that no character ends as a blank box.

Mends two traps of ReportLab: its ToUnicode map is wrong for every character above U+FFFF (𠮷 would be copied as ₻, so that the printed page
and the searchable text of an exhibit disagree), and it falls back to an unembedded Helvetica.
"""

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from reportlab import rl_config
from reportlab.pdfbase import pdfmetrics, ttfonts

from inspector_app.domain.errors import BadInput

#: 宋 for the body, 黑 for headings and tables.
BODY, PLAIN, BOLD = "NotoSerifSC-Regular", "NotoSansSC-Regular", "NotoSansSC-Bold"
SYMBOLS = "Symbola"
#: The shipped body font where the office's own stands in its place.
HELPER = "NotoSerifSC-Helper"
REQUIRED = (BODY, PLAIN, BOLD, SYMBOLS)


@dataclass(frozen=True)
class Fonts:
    """The registered fonts, in the order in which a missing glyph is looked for, and what they can draw."""

    names: tuple[str, ...]
    digests: tuple[tuple[str, str, str], ...]
    """Name, version and SHA-256 of each font file."""
    glyphs: dict[str, frozenset[int]]

    def for_character(self, character: str, wanted: str) -> str | None:
        """The font that draws a character: the wanted one, else the first of the chain that can; None where none can."""
        code = ord(character)
        if code in self.glyphs[wanted]:
            return wanted
        return next((name for name in self.names if code in self.glyphs[name]), None)


def load(folder: Path, office: Path | None = None) -> Fonts:
    """Registers the dossier's fonts and any other TrueType font in `folder` (for rare or minority scripts).

    `office` is the office's own 仿宋 (see `fontslot`): it stands in the place of the body's Song type, which then only helps out. Raises
    BadInput `dossier.font` where a font is missing or is not a TrueType font that can be embedded.
    """
    mend_to_unicode()
    rl_config.useA85 = 0  # ASCII-85 costs nine tenths of the time and a quarter of the file
    others = sorted(path.stem for path in folder.glob("*.ttf") if path.stem not in REQUIRED)
    files = {name: folder / f"{name}.ttf" for name in (*REQUIRED, *others)}
    if office is not None:
        files = {**files, BODY: office, HELPER: folder / f"{BODY}.ttf"}
    digests, glyphs = [], {}
    for name, path in files.items():
        font, digest, known = _parsed(name, path)
        pdfmetrics.registerFont(font)
        pdfmetrics.registerFontFamily(name, normal=name, bold=BOLD, italic=name, boldItalic=BOLD)
        glyphs[name] = known
        digests.append((path.stem, _version(font), digest))
    return Fonts(tuple(files), tuple(digests), glyphs)


@cache
def _parsed(name: str, path: Path) -> tuple[ttfonts.TTFont, str, frozenset[int]]:
    """A font under the name that the styles use, its digest and the characters it has."""
    try:
        font = ttfonts.TTFont(name, str(path))
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    except (OSError, ttfonts.TTFError) as cause:
        raise BadInput("dossier.font", font=path.name, cause=str(cause)[:200]) from cause
    return font, digest, frozenset(code for code, glyph in font.face.charToGlyph.items() if glyph)


def _version(font: ttfonts.TTFont) -> str:
    """`fontRevision` of the head table, a fixed-point number with 16 bits behind the point, to three digits."""
    whole, fraction = font.face.fontRevision
    return f"{whole}.{(fraction * 1000 + 32768) // 65536:03d}"


def to_unicode_map(font_name: str, subset: list[int]) -> str:
    """The ToUnicode CMap of a subset: UTF-16BE as the PDF reference asks (ISO 32000-1, 9.10.3), blocks of at most 100 entries."""
    head = [
        "/CIDInit /ProcSet findresource begin",
        "12 dict begin",
        "begincmap",
        f"/CIDSystemInfo << /Registry ({font_name}) /Ordering ({font_name}) /Supplement 0 >> def",
        f"/CMapName /{font_name} def",
        "/CMapType 2 def",
        "1 begincodespacerange",
        f"<00> <{len(subset) - 1:02X}>",
        "endcodespacerange",
    ]
    pairs = [f"<{place:02X}> <{chr(code).encode('utf-16-be').hex().upper()}>" for place, code in enumerate(subset)]
    for start in range(0, len(pairs), 100):
        block = pairs[start : start + 100]
        head += [f"{len(block)} beginbfchar", *block, "endbfchar"]
    return "\n".join([*head, "endcmap", "CMapName currentdict /CMap defineresource pop", "end", "end"])


def mend_to_unicode() -> None:
    """Puts the right map in the place of ReportLab's, which writes code points above U+FFFF as they are."""
    ttfonts.makeToUnicodeCMap = to_unicode_map
