"""Bad input: hostile words in every text field of the data, a very large picture, a disk that fills while the dossier is written."""

import copy
import hashlib
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from inspector_app.domain.errors import StorageError
from inspector_app.dossier import web
from inspector_app.integrity import seal

GOLDEN = Path(__file__).parents[2] / "golden" / "dossier" / "data.json"
#: Texts that people, files or recognisers give; the rest are the program's own words, codes and digests.
FREE = frozenset(
    [
        "number",
        "cause",
        "party",
        "name",
        "certificate",
        "platform",
        "room",
        "account",
        "host",
        "source_name",
        "quote",
        "proves",
        "note",
        "contrary",
        "correction",
        "why",
        "text",
        "reason",
        "by",
        "machine",
        "corrected",
        "corrected_by",
        "speaker",
        "user",
        "source",
        "statement",
        "title",
        "summary",
        "engine",
        "model_name",
        "tool",
        "version",
        "workstation",
    ]
)
WORDS = '<b>粗</b> & </para> {{x}} <a href="javascript:x">\u202e\u200b\x00\x1b😀𠮷' + "长abc" * 40


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where the free texts of the data stand; of a list the first two."""
    if isinstance(value, dict):
        for key, one in value.items():
            if isinstance(one, str) and key in FREE and path[:1] != ("words",):
                yield (*path, key)
            else:
                yield from places(one, (*path, key))
    elif isinstance(value, list):
        for place, one in enumerate(value[:2]):
            yield from places(one, (*path, place))


def with_words(data: Any, path: tuple[Any, ...], words: str) -> None:
    for key in path[:-1]:
        data = data[key]
    data[path[-1]] = words


def test_that_no_text_field_can_break_pages_or_page(new_case: Any, catalogue: Any, tmp_path: Path) -> None:
    """Every field at once for the pages; each keeps its neighbours' words whole."""
    data = json.loads(GOLDEN.read_text(encoding="utf-8"))
    data["exhibits"] = [one for one in data["exhibits"] if one["kind"] != "still"]
    shown = {one["number"] for one in data["exhibits"]}
    for finding in data["findings"]:
        for element in finding["elements"]:
            element["exhibits"] = [number for number in element["exhibits"] if number in shown]
    found = list(places(data))
    assert len(found) > 60
    for path in found:
        if path[:1] not in (("articles",), ("edition",)) and path[-2:-1] != ("gaps",):
            with_words(data, path, WORDS)
    builder = new_case()
    item, _ = builder.build(catalogue, tmp_path / "卷.pdf", data)
    assert seal.check(Path(item["path"])) == []
    assert subprocess.run(["qpdf", "--check", item["path"]], check=False, capture_output=True).returncode == 0
    text = subprocess.run(["pdftotext", item["path"], "-"], check=True, capture_output=True, text=True, encoding="utf-8").stdout
    assert "\u202e" not in text
    assert "U+202E" in text
    page = web.rendered(data, {}, set(), {}, {"file": WORDS, "sha256": "ab" * 32})
    for raw in ("<b>粗", '<a href="java', "\u202e", "\x00"):
        assert raw not in page
    assert "{{x}}" in page


@pytest.mark.parametrize("size", [(1, 1), (6000, 3), (3, 6000)])
def test_that_pictures_of_any_shape_are_laid_out(new_case: Any, catalogue: Any, tmp_path: Path, size: tuple[int, int]) -> None:
    builder = new_case()
    builder.finding(sizes=(size, size))
    assert builder.build(catalogue, tmp_path / "卷.pdf")[0]["pages"] > 5


def test_that_a_picture_of_a_hundred_megabytes_is_printed_small(new_case: Any, catalogue: Any, tmp_path: Path) -> None:
    builder = new_case()
    builder.finding()
    data = builder.data(catalogue)
    still = next(one for one in data["exhibits"] if one["kind"] == "still")
    path = builder.case.folder / still["path"]
    Image.frombytes("RGB", (6000, 5800), bytes(range(250)) * (6000 * 5800 * 3 // 250)).save(path, "PNG", compress_level=0)
    content = path.read_bytes()
    assert len(content) > 100_000_000
    still |= {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
    del content
    item, _ = builder.build(catalogue, tmp_path / "卷.pdf", data)
    assert item["bytes"] < 20_000_000


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_that_a_disk_that_fills_leaves_the_old_dossier(new_case: Any, catalogue: Any, tmp_path: Path) -> None:
    builder = new_case()
    builder.finding()
    out = tmp_path / "卷.pdf"
    data = builder.data(catalogue)
    builder.build(catalogue, out, copy.deepcopy(data))
    before = out.read_bytes(), out.with_suffix(".json").read_bytes()
    Path(f"{out}.partial").symlink_to("/dev/full")  # every write there fails as on a disk that is full
    with pytest.raises(StorageError, match=r"storage\.full"):
        builder.build(catalogue, out, data)
    assert (out.read_bytes(), out.with_suffix(".json").read_bytes()) == before
    assert not list(tmp_path.glob("*.partial"))
