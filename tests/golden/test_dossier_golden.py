"""A dossier's data of this version, kept as a file, must go on giving the same words in the same order, and pages that look the same.

`dossier/data.json` is a `gather` result with everything a dossier can tell; its pictures are drawn here. `dossier/expected.txt` is the text of
its pages, blanks taken out, without the section that lists library versions; `pages/` holds every kind of page in grey at 40 dots an inch. When
wording or layout is changed on purpose, run this module as a program to write them anew, and look at each page.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageChops, ImageDraw, ImageStat

from inspector_app.dossier import fonts, strips
from inspector_app.dossier.render import Rendered, render
from inspector_app.dossier.stills import Still, made
from inspector_app.resources import resource

GOLDEN = Path(__file__).with_name("dossier")
PAGES = Path(__file__).with_name("pages")
#: Mean difference of grey (0–255) that another build of the rasteriser may make; a moved line of text makes more.
MOST = 3.0
DPI = 40
#: Kinds of pages by the place that stands on them; those of the other editions are rendered by themselves.
KINDS = ("how", "contents", "record", "exhibits", "articles", "finding-1", "finding-2", "annexes", "coverage", "custody", "verify", "head")
EDITIONS = ("summary", "disclosure", "extract")


def picture(seed: int, size: tuple[int, int] = (720, 1280)) -> Image.Image:
    """A picture that differs by its seed."""
    image = Image.new("RGB", size, (70 + seed * 23 % 120, 60, 110))
    draw = ImageDraw.Draw(image)
    for step in range(0, size[1], 80):
        draw.rectangle((step * (seed + 1) % 400, step, step * (seed + 1) % 400 + 240, step + 40), fill=(230, 210, 160))
    draw.ellipse((180, 320, 540, 680), outline=(255, 255, 255), width=14)
    return image


def laid_out(edition: str = "full") -> tuple[bytes, Rendered]:
    data: dict[str, Any] = json.loads((GOLDEN / "data.json").read_text(encoding="utf-8"))
    data["edition"] |= {"name": edition}
    if edition != "full":
        data["edition"] |= {"version": 1, "previous": {}, "full": {"version": 2, "at": data["sealed_at"], "sha256": "34" * 32}}
    if edition == "disclosure":
        data["edition"] |= {"masked": [{"what": "phone", "count": 2}, {"what": "viewer", "count": 31}]}
    if edition == "extract":
        data["edition"] |= {"article": "办法:34-1", "left_out": 4}
        data["annexes"] = []
    pictures = {one["number"]: made(picture(one["number"]), one["box"]) for one in data["exhibits"] if one["kind"] == "still"}
    thumbs: dict[str, Still] = {
        strips.key(finding["recording_id"], one["at_us"]): made(picture(place), long_side=strips.SIDE)
        for finding in data["findings"]
        for place, one in enumerate(finding["strip"])
    }
    out = BytesIO()
    rendered = render(data, pictures, fonts.load(Path(resource("fonts"))), out, lambda: None, thumbs)
    return out.getvalue(), rendered


def words_of_pages(pdf: bytes) -> str:
    """The text of the golden dossier, one line a printed line, blanks taken out."""
    done = subprocess.run(["pdftotext", "-raw", "-", "-"], input=pdf, check=True, capture_output=True)
    lines = ["".join(line.split()) for line in done.stdout.decode("utf-8").splitlines()]
    head, _, rest = "\n".join(line for line in lines if line).rpartition("九、工具与模型")
    return head + rest[rest.index("十、核验方法") :] + "\n"


def pictures_of(folder: Path) -> dict[str, Path]:
    """Every kind of page as a grey picture in `folder`, by the names of the golden ones."""
    found: dict[str, Path] = {}
    pdf, rendered = laid_out()
    pages = {
        "cover": 1,
        **{kind: rendered.places[kind] for kind in KINDS},
        "finding-1-law": rendered.places["finding-1"] + 1,
    }
    for name, page in pages.items():
        found[name] = _drawn(pdf, page, folder / f"{name}.png")
    for edition in EDITIONS:
        pdf, rendered = laid_out(edition)
        found[edition] = _drawn(pdf, rendered.places.get("contents", 1), folder / f"{edition}.png")
    return found


def _drawn(pdf: bytes, page: int, target: Path) -> Path:
    chosen = ["-f", str(page), "-l", str(page), "-singlefile"]
    subprocess.run(["pdftoppm", "-r", str(DPI), "-gray", "-png", *chosen, "-", str(target.with_suffix(""))], input=pdf, check=True)
    return target


def test_that_stored_data_still_gives_the_same_words() -> None:
    expected = (GOLDEN / "expected.txt").read_text(encoding="utf-8")
    assert words_of_pages(laid_out()[0]).splitlines() == expected.splitlines()


def test_that_every_kind_of_page_looks_as_it_did(tmp_path: Path) -> None:
    found = pictures_of(tmp_path)
    assert {path.stem for path in PAGES.glob("*.png")} == set(found)
    for name, path in found.items():
        with Image.open(path) as now, Image.open(PAGES / path.name) as then:
            assert now.size == then.size, name
            difference = ImageStat.Stat(ImageChops.difference(now.convert("L"), then.convert("L"))).mean[0]
        assert difference < MOST, f"{name}: {difference:.2f}"


@pytest.mark.parametrize("name", ["record", "finding-2"])
def test_that_the_bound_would_see_another_page(name: str) -> None:
    with Image.open(PAGES / f"{name}.png") as one, Image.open(PAGES / "verify.png") as other:
        assert ImageStat.Stat(ImageChops.difference(one.convert("L"), other.convert("L"))).mean[0] > MOST


if __name__ == "__main__":
    text = words_of_pages(laid_out()[0])
    (GOLDEN / "expected.txt").write_text(text, encoding="utf-8")
    with tempfile.TemporaryDirectory() as name:
        made_now = pictures_of(Path(name))
        shutil.rmtree(PAGES, ignore_errors=True)
        PAGES.mkdir()
        for path in made_now.values():
            shutil.copy(path, PAGES / path.name)
    sys.stdout.write(f"{len(text.splitlines())} lines, {len(made_now)} pages\n")
