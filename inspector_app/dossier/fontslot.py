# mypy: disable-error-code="no-untyped-call"
"""The place for the office's own 仿宋: found on this computer or named by the bureau, and used only where it may be embedded and is complete.

GB/T 9704-2012 asks for 仿宋 in the body of official documents, and no free font of that style with the simplified set can be shipped. What is
refused is refused by its reason; the dossier then uses the Song type that comes with the program.
"""

import os
import struct
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from reportlab.pdfbase import ttfonts

#: File names under which 仿宋 fonts come with systems and offices, in the order in which they are taken.
NAMES: Final = ("FangSong_GB2312.ttf", "simfang.ttf", "FangSong.ttf", "STFANGSO.TTF", "FZFSK.TTF", "ZhuqueFangsong-Regular.ttf")
#: OS/2 fsType (OpenType 1.9): restricted licence, no subsetting, bitmaps only. A dossier embeds a subset of the outlines.
RESTRICTED, NO_SUBSETS, BITMAPS_ONLY = 0x0002, 0x0100, 0x0200
_GB2312_ROWS: Final = range(0xB0, 0xD8)


@dataclass(frozen=True)
class Slot:
    """The office's font, or why it is not used: `code` is "" or an error code with its `facts`. No path: there is no such font here."""

    path: Path | None
    code: str = ""
    facts: tuple[tuple[str, str | int], ...] = ()

    @property
    def usable(self) -> Path | None:
        return None if self.code else self.path


def find(named: str = "") -> Slot:
    """The font that the bureau names (a file), else one of `NAMES` in the system's font folders, examined."""
    if named:
        return examine(Path(named))
    for folder in _folders():
        for name in NAMES:
            if (folder / name).is_file():
                return examine(folder / name)
    return Slot(None)


@cache
def examine(path: Path) -> Slot:
    """Whether a font may be embedded (`dossier.font_rights`), has the common characters (`dossier.font_coverage`), can be read at all.

    The common characters are the 3,755 of the first level of GB 2312.
    """
    try:
        rights = _rights(path)
        if rights & (RESTRICTED | NO_SUBSETS | BITMAPS_ONLY):
            return Slot(path, "dossier.font_rights", (("font", path.name), ("bits", f"0x{rights:04X}")))
        known = {code for code, glyph in ttfonts.TTFontFile(str(path)).charToGlyph.items() if glyph}
    except (OSError, ttfonts.TTFError, struct.error, KeyError) as cause:
        return Slot(path, "dossier.font_unreadable", (("font", path.name), ("cause", str(cause)[:120] or type(cause).__name__)))
    missing = [character for character in common() if ord(character) not in known]
    if missing:
        return Slot(path, "dossier.font_coverage", (("font", path.name), ("count", len(missing)), ("sample", "".join(missing[:5]))))
    return Slot(path)


@cache
def common() -> tuple[str, ...]:
    """The characters of the first level of GB 2312-80 (rows 16–55)."""
    found = []
    for row in _GB2312_ROWS:
        for cell in range(0xA1, 0xFF):
            character = bytes((row, cell)).decode("gb2312", "ignore")
            found += [character] if character else []
    return tuple(found)


def _rights(path: Path) -> int:
    """fsType of a TrueType file, read from its OS/2 table (2 bytes, 8 from its start); KeyError where there is no such table."""
    with path.open("rb") as file:
        head = file.read(12)
        tables = file.read(16 * struct.unpack(">H", head[4:6])[0])
        places = {tables[at : at + 4]: struct.unpack(">I", tables[at + 8 : at + 12])[0] for at in range(0, len(tables) - 15, 16)}
        file.seek(places[b"OS/2"] + 8)
        return int(struct.unpack(">H", file.read(2))[0])


def _folders() -> list[Path]:
    """Where this system keeps fonts."""
    home = Path.home()
    if sys.platform == "win32":
        return [Path(os.environ.get("WINDIR", "C:/Windows")) / "Fonts", home / "AppData/Local/Microsoft/Windows/Fonts"]
    if sys.platform == "darwin":
        return [Path("/Library/Fonts"), Path("/System/Library/Fonts/Supplemental"), home / "Library/Fonts"]
    return [Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), home / ".local/share/fonts", home / ".fonts"]
