"""Whether what we record of a screen or a camera can be evidence: black or frozen picture, silence, the level of the sound.

Each watch is shown samples with their time and says what began and what ended. It judges; it changes and drops nothing.
"""

import math
import zlib
from array import array
from typing import Final

from inspector_app.domain.timebase import SECOND, Micros

#: a picture is black where it is as dark as this (of 255) on the whole …
_DARK: Final = 20
#: … and nothing brighter than a pointer stands in it: so many bright points in a thousand at most
_BRIGHT: Final = 48
_BRIGHT_PM: Final = 20
BLACK_US: Final = 2 * SECOND
FROZEN_US: Final = 10 * SECOND
SILENT_US: Final = 5 * SECOND
#: quieter than this is silence: a muted or wrong device gives zeros or the noise of a converter (decibels of full scale)
_SILENT_DB: Final = -60
LOWEST_DB: Final = -96


class _Lasting:
    """Something that counts only once it has lasted."""

    def __init__(self, after_us: Micros) -> None:
        self._after_us = after_us
        self._since: Micros | None = None
        self.on = False

    def see(self, holds: bool, at_us: Micros) -> bool:
        """True where it has just begun to count or has just ended; `on` says which."""
        if not holds:
            was, self.on, self._since = self.on, False, None
            return was
        self._since = at_us if self._since is None else self._since
        if self.on or at_us - self._since < self._after_us:
            return False
        self.on = True
        return True


class PictureWatch:
    """Looks at about one picture a second. `warnings` are what holds now: black_picture, frozen_picture."""

    def __init__(self) -> None:
        self._black = _Lasting(BLACK_US)
        self._frozen = _Lasting(FROZEN_US)
        self._last = -1

    @property
    def warnings(self) -> list[str]:
        return [name for name, lasting in (("black_picture", self._black), ("frozen_picture", self._frozen)) if lasting.on]

    def see(self, luma: bytes, whole: bytes, at_us: Micros) -> list[tuple[str, bool]]:
        """`luma` is the picture made small, `whole` all its bytes; gives (kind, began) for what changed."""
        mark, before = zlib.crc32(whole), self._last
        self._last = mark
        bright = sum(1 for value in luma if value > _BRIGHT)
        dark = sum(luma) <= _DARK * len(luma) and 1000 * bright <= _BRIGHT_PM * len(luma)
        told = [("black_picture", self._black.on)] if self._black.see(dark, at_us) else []
        return told + ([("frozen_picture", self._frozen.on)] if self._frozen.see(mark == before, at_us) else [])


class SoundWatch:
    """Measures 16-bit samples. `level_db` is the loudest of the last piece, in whole decibels of full scale; None before the first."""

    def __init__(self) -> None:
        self._silent = _Lasting(SILENT_US)
        self.level_db: int | None = None

    @property
    def warnings(self) -> list[str]:
        return ["silence"] if self._silent.on else []

    def see(self, samples: bytes, at_us: Micros) -> list[tuple[str, bool]]:
        values = array("h", samples)
        peak = max((max(values), -min(values))) if values else 0
        self.level_db = max(LOWEST_DB, round(20 * math.log10(peak / 32768))) if peak else LOWEST_DB
        return [("silence", self._silent.on)] if self._silent.see(self.level_db <= _SILENT_DB, at_us) else []
