"""What every printed result is made of: columns that know Chinese widths, words of a family, sentences of a code."""

import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

from inspector_app.i18n import has, tr

from .terminal import write_line

Json = dict[str, Any]


def width(text: str) -> int:
    """Columns a terminal needs: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def word(family: str, name: str) -> str:
    """The word for one of a family of names, such as the witness `speech`."""
    return tr(f"{family}.{name}")


def table(head: Sequence[str], rows: Iterable[Sequence[str]], *, widest: int = 48) -> None:
    cells = [[str(cell).replace("\n", " ") for cell in row] for row in rows]
    cut = [[_cut(cell, widest) for cell in row] for row in cells]
    columns = [max(width(row[place]) for row in [list(head), *cut]) for place in range(len(head))]
    for row in ([*head], ["─" * size for size in columns], *cut):
        write_line("  ".join(cell + " " * (size - width(cell)) for cell, size in zip(row, columns, strict=True)).rstrip())


def _cut(text: str, widest: int) -> str:
    if width(text) <= widest:
        return text
    kept = ""
    for character in text:
        if width(kept + character) > widest - 1:
            break
        kept += character
    return kept + "…"


def line(key: str, **facts: object) -> None:
    write_line(tr(key, **facts))


def sentence(code: str, facts: Json) -> str:
    """A code's sentence: cause and next step where the catalogue has both, else the one sentence."""
    if has(f"{code}.cause"):
        return f"{tr(f'{code}.cause', **facts)} {tr(f'{code}.next', **facts)}".strip()
    return tr(f"warning.{code}", **facts) if has(f"warning.{code}") else code
