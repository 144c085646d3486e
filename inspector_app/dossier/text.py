# mypy: disable-error-code="no-untyped-call"
"""User text made safe for pages: markup escaped, every character given a font that has it, what cannot be seen or drawn printed by name.

Nothing is dropped silently: a character without a glyph, a control character and a direction override all become 〔U+XXXX〕.
"""

import unicodedata
from xml.sax.saxutils import escape

from reportlab.pdfbase.pdfmetrics import stringWidth

from .fonts import Fonts

#: Joiners and variation selectors inside emoji: they have no picture of their own.
_SILENT = frozenset({0x200D, 0xFE0E, 0xFE0F})


#: An ideographic space, which a paragraph would swallow: unbreakable blanks of about its width.
WIDE_BLANK = "\u00a0" * 3


class Writer:
    """Turns text into ReportLab markup with one set of fonts, and counts the characters no font could draw."""

    def __init__(self, fonts: Fonts) -> None:
        self.fonts = fonts
        self.missing = 0
        self._runs: dict[tuple[str, str], str] = {}

    def __call__(self, text: str, font: str, limit: int = 0) -> str:
        """Markup of `text` for a paragraph in `font`; beyond `limit` characters (0: none) it is cut and says by how much."""
        rest = len(text) - limit
        if limit and rest > 0:
            return f"{self(text[:limit], font)}……〔{self('以下省略', font)} {rest} {self('字', font)}〕"
        key = (text, font)
        if key not in self._runs:
            self._runs[key] = self._markup(text, font)
        return self._runs[key]

    def elided(self, text: str, font: str, size: float, width: float) -> str:
        """One plain line of `text` that is no wider than `width` points in `font` at `size`; what is cut ends in an ellipsis."""
        line = plain(text, len(text))
        room = width - stringWidth("…", font, size)
        for place, character in enumerate(line):
            room -= stringWidth(character, self.fonts.for_character(character, font) or font, size)
            if room < 0:
                return line[:place].rstrip() + "…"
        return line

    def _markup(self, text: str, font: str) -> str:
        pieces: list[tuple[str | None, str]] = []
        for character in text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " "):
            name, shown = self._one(character, font)
            if pieces and pieces[-1][0] == name:
                pieces[-1] = (name, pieces[-1][1] + shown)
            else:
                pieces.append((name, shown))
        return "".join(self._piece(name, shown, font) for name, shown in pieces)

    def _one(self, character: str, font: str) -> tuple[str | None, str]:
        """The font for a character and how it is shown; no font for one that is printed by its code."""
        code = ord(character)
        if character == "\n":
            return font, "\n"
        if code in _SILENT:
            name = self.fonts.for_character(character, font)
            return (name, character) if name else (font, "")
        if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"):
            return None, f" U+{code:04X}"
        if unicodedata.category(character) == "Zs":
            return font, " " if code < 0x3000 else WIDE_BLANK
        name = self.fonts.for_character(character, font)
        if name is None:
            self.missing += 1
            return None, f" U+{code:04X}"
        return name, character

    @staticmethod
    def _piece(name: str | None, shown: str, font: str) -> str:
        if name is None:
            return f"〔{shown.strip()}〕"
        markup = escape(shown).replace("\n", "<br/>")
        return markup if name == font else f'<font name="{name}">{markup}</font>'


def grouped(digest: str, size: int = 4) -> str:
    """Hexadecimal digits in groups, so that they can be read aloud and compared; long groups stand further apart."""
    return ("\u3000" if size > 8 else " ").join(digest[place : place + size] for place in range(0, len(digest), size))


def plain(text: str, limit: int = 80) -> str:
    """One short line without control characters, for bookmarks and document properties, where no markup applies."""
    line = "".join(character if character.isprintable() else " " for character in text)
    line = " ".join(line.split())
    return line if len(line) <= limit else line[:limit] + "…"
