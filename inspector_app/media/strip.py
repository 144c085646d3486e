"""A strip of small pictures over a recording, for finding one's way: sheets of cells, usable while the rest is made. Never evidence.

The cells are key frames near equal distances. Each sheet covers the whole recording more coarsely than all together, so that the first one
done already serves. `strip.json` beside the sheets says where each cell is.
"""

import json
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from PIL import Image

from inspector_app.domain.errors import BadInput
from inspector_app.domain.timebase import SECOND, Micros
from inspector_app.media.frames import Frames
from inspector_app.media.picture import Display

CELLS: Final = 180
_CLOSEST_US: Final = 2 * SECOND
_SHEETS: Final = 3
_COLUMNS: Final = 10
_BOX: Final = (160, 160)
_QUALITY: Final = 80
#: moment, sheet, x, y, width, height
_Row = tuple[Micros, str, int, int, int, int]


@dataclass(frozen=True)
class Cell:
    """A small picture: of which moment, in which sheet, and its box there (x, y, width, height in pixels)."""

    at_us: Micros
    sheet: Path
    box: tuple[int, int, int, int]


@dataclass(frozen=True)
class Strip:
    """The cells that are there, in time."""

    cells: tuple[Cell, ...]

    @classmethod
    def open(cls, path: Path) -> "Strip":
        """Reads `strip.json`; raises BadInput `media.strip_unreadable`, OSError where it is not there."""
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
            cells = [Cell(int(at), path.with_name(sheet), (int(x), int(y), int(w), int(h))) for at, sheet, x, y, w, h in data["cells"]]
        except (ValueError, KeyError, TypeError) as cause:
            raise BadInput("media.strip_unreadable", file=path.name) from cause
        return cls(tuple(sorted(cells, key=lambda cell: cell.at_us)))

    @cached_property
    def _times(self) -> list[Micros]:
        return [cell.at_us for cell in self.cells]

    def nearest(self, at_us: Micros) -> Cell | None:
        """The cell nearest to a moment; None while there is none."""
        place = bisect_right(self._times, at_us)
        return min(self.cells[max(0, place - 1) : place + 1], key=lambda cell: abs(cell.at_us - at_us), default=None)


def build_strip(
    frames: Frames, folder: Path, *, on_progress: Callable[[int, int], None] = lambda *_: None, check: Callable[[], None] = lambda: None
) -> list[Path]:
    """Makes the sheets and their list in `folder`; returns the files written. Moments without a picture are left out.

    `on_progress` is told cells done and in all; `check` may raise to stop, and what is there then stays usable.
    """
    duration = frames.timeline.duration_us
    count = max(1, min(CELLS, duration // _CLOSEST_US))
    moments = [duration * (2 * place + 1) // (2 * count) for place in range(count)]
    display = Display()
    cells: list[_Row] = []
    files: list[Path] = []
    for sheet in range(min(_SHEETS, count)):
        pictures: list[tuple[Micros, Image.Image]] = []
        for place in range(sheet, count, _SHEETS):
            check()
            at = frames.key_before(moments[place])
            shown = frames.frame_at(at)
            on_progress(len(cells) + len(pictures), count)
            if shown.frame is not None and all(at != other for other, _ in pictures) and all(at != cell[0] for cell in cells):
                pixels = display.pixels(shown.frame, _BOX, smooth=True)
                pictures.append((at, Image.fromarray(pixels[:, :, 2::-1].copy())))
        if pictures:
            path = folder / f"strip-{sheet}.jpg"
            cells += _write_sheet(path, pictures)
            files.append(path)
            _write_list(folder / "strip.json", cells)
    if not cells:
        _write_list(folder / "strip.json", cells)
    return [*files, folder / "strip.json"]


def _write_sheet(path: Path, pictures: list[tuple[Micros, Image.Image]]) -> list[_Row]:
    wide, high = max(image.width for _, image in pictures), max(image.height for _, image in pictures)
    rows = -(-len(pictures) // _COLUMNS)
    sheet = Image.new("RGB", (wide * min(_COLUMNS, len(pictures)), high * rows))
    cells = []
    for place, (at, image) in enumerate(pictures):
        x, y = place % _COLUMNS * wide, place // _COLUMNS * high
        sheet.paste(image, (x, y))
        cells.append((at, path.name, x, y, image.width, image.height))
    sheet.save(path, format="JPEG", quality=_QUALITY)
    return cells


def _write_list(path: Path, cells: list[_Row]) -> None:
    partial = path.with_name(path.name + ".partial")
    partial.write_text(json.dumps({"version": 1, "cells": sorted(cells)}), encoding="utf-8")
    partial.replace(path)
