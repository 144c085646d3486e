"""The icons are all there, of one grid and one line, and listed."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

ICONS = Path(__file__).resolve().parents[3] / "resources" / "icons"
#: the mark of the program, and the arrows and ticks that the style sheet draws as they are
AS_THEY_ARE = {"app", "arrow-down", "arrow-up", "tick-white", "tick-ink"}
LINE_ICONS = sorted(path for path in ICONS.glob("*.svg") if path.stem not in AS_THEY_ARE)


def test_that_every_icon_is_listed_with_the_mark_of_the_program_among_them() -> None:
    listed = re.findall(r"^\| `([^`]+)\.svg` \|", (ICONS / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(listed) == sorted(path.stem for path in ICONS.glob("*.svg"))
    assert {"app", "intake", "watch", "evidence", "review", "dossier"} <= set(listed)


@pytest.mark.parametrize("path", LINE_ICONS, ids=lambda path: path.stem)
def test_that_a_line_icon_has_the_common_grid_and_stroke(path: Path) -> None:
    drawing = ElementTree.fromstring(path.read_text(encoding="utf-8"))
    expected = {"viewBox": "0 0 24 24", "stroke": "#000", "stroke-width": "1.75", "stroke-linecap": "round", "fill": "none"}
    assert {name: drawing.get(name) for name in expected} == expected
    assert {element.get("fill", "#000") for element in drawing} == {"#000"}
