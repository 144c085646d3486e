"""The exhibits' pictures: PNG files of the case checked against their digests, and made into the JPEG copies that the pages show.

A picture that is missing or altered stops the dossier: a page may not show what the case cannot prove.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image

from inspector_app.domain.errors import CheckFailed

#: Long sides in pixels of a finding's first picture and of the further ones, which are printed less than half as high: some 330 dots an
#: inch and more. The exhibit itself, every pixel of it, is the PNG.
LONG_SIDE, SMALL_SIDE = 1280, 880
QUALITY = 85
#: What covers a part of a picture that must not be shown.
COVER = (128, 128, 128)
#: A crop of the box keeps this much around it (share of its sides, per cent).
CROP_MARGIN = 8

Box = Sequence[int]


@dataclass(frozen=True)
class Still:
    """A JPEG copy for a page, and the size in pixels of the PNG it was made from.

    `box` is the part meant, x0, y0, x1, y1 in those pixels (empty: the whole); the page draws it over the picture, the picture itself has
    no mark. `crop` is a JPEG copy of that part, with its size; empty bytes where no part is meant.
    """

    jpeg: bytes
    width: int
    height: int
    box: tuple[int, ...] = ()
    crop: bytes = b""
    crop_size: tuple[int, int] = (0, 0)

    @property
    def portrait(self) -> bool:
        return self.height > self.width


def in_order(exhibits: Sequence[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """The still exhibits of each finding (its id) as its page shows them: those that a person placed first, else by number."""
    found: dict[str, list[dict[str, Any]]] = {}
    for one in sorted(exhibits, key=lambda one: (not one["place"], one["place"], one["number"])):
        if one["kind"] == "still":
            found.setdefault(one["finding_id"], []).append(one)
    return found


def load(case_folder: Path, exhibit: dict[str, Any], long_side: int = LONG_SIDE) -> Still:
    """The picture of a still exhibit; raises CheckFailed `dossier.exhibit_missing` or `dossier.exhibit_altered`.

    `exhibit["masks"]` (a disclosure edition's) are parts to cover before anything is shown.
    """
    number = exhibit["number"]
    path = (case_folder / exhibit["path"]).resolve()
    if not path.is_relative_to(case_folder.resolve()) or not path.is_file():
        raise CheckFailed("dossier.exhibit_missing", number=number, path=exhibit["path"])
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != exhibit["sha256"]:
        raise CheckFailed("dossier.exhibit_altered", number=number, path=exhibit["path"])
    with Image.open(BytesIO(content)) as picture:
        shown = picture.convert("RGB")
    return made(shown, exhibit.get("box", ()), exhibit.get("masks", ()), long_side)


def made(picture: Image.Image, box: Box = (), masks: Sequence[Box] = (), long_side: int = LONG_SIDE) -> Still:
    """The copy of a picture (RGB, which is changed where `masks` cover it) no larger than `long_side`, with the crop of `box`."""
    width, height = picture.size
    for mask in masks:
        picture.paste(COVER, _within(mask, width, height))
    part = _within(box, width, height) if box else ()
    crop = picture.crop(_widened(part, width, height)) if part else None
    picture.thumbnail((long_side, long_side), Image.Resampling.LANCZOS)
    if crop is not None:
        crop.thumbnail((LONG_SIDE, LONG_SIDE), Image.Resampling.LANCZOS)
        return Still(_jpeg(picture), width, height, part, _jpeg(crop), crop.size)
    return Still(_jpeg(picture), width, height)


def _within(box: Box, width: int, height: int) -> tuple[int, int, int, int]:
    x0, y0, x1, y1 = box
    return max(0, x0), max(0, y0), min(width, x1), min(height, y1)


def _widened(box: tuple[int, ...], width: int, height: int) -> tuple[int, int, int, int]:
    x0, y0, x1, y1 = box
    across, down = (x1 - x0) * CROP_MARGIN // 100 + 1, (y1 - y0) * CROP_MARGIN // 100 + 1
    return _within((x0 - across, y0 - down, x1 + across, y1 + down), width, height)


def _jpeg(picture: Image.Image) -> bytes:
    out = BytesIO()
    picture.save(out, "JPEG", quality=QUALITY, subsampling=2)  # a broadcast has its colours at half size anyway
    return out.getvalue()
