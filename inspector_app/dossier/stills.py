"""The exhibits' pictures: PNG files of the case checked against their digests, and made into the JPEG copies that the pages show.

A picture that is missing or altered stops the dossier: a page may not show what the case cannot prove.
"""

import hashlib
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image

from inspector_app.domain.errors import CheckFailed

LONG_SIDE = 1280
QUALITY = 85


@dataclass(frozen=True)
class Still:
    """A JPEG copy for a page, and the size in pixels of the PNG it was made from."""

    jpeg: bytes
    width: int
    height: int

    @property
    def portrait(self) -> bool:
        return self.height > self.width


def load(case_folder: Path, exhibit: dict[str, Any]) -> Still:
    """The picture of a still exhibit; raises CheckFailed `dossier.exhibit_missing` or `dossier.exhibit_altered`."""
    number = exhibit["number"]
    path = (case_folder / exhibit["path"]).resolve()
    if not path.is_relative_to(case_folder.resolve()) or not path.is_file():
        raise CheckFailed("dossier.exhibit_missing", number=number, path=exhibit["path"])
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != exhibit["sha256"]:
        raise CheckFailed("dossier.exhibit_altered", number=number, path=exhibit["path"])
    with Image.open(BytesIO(content)) as picture:
        width, height = picture.size
        shown = picture.convert("RGB")
    shown.thumbnail((LONG_SIDE, LONG_SIDE), Image.Resampling.LANCZOS)
    out = BytesIO()
    shown.save(out, "JPEG", quality=QUALITY, subsampling=0)
    return Still(out.getvalue(), width, height)
