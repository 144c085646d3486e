"""Chat exported as SubRip: each message stands on the screen for some seconds, so that most overlap the next; sentences hardly ever do."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from inspector_app.intake.subtitles import Cue, parse_subtitles
from inspector_app.intake.textfiles import read_text

from .rows import ChatRow

_FEWEST = 4


def is_chat(cues: Sequence[Cue]) -> bool:
    """Whether more than half of the cues begin before the one before them has ended."""
    overlapping = sum(after.start_us < before.end_us for before, after in pairwise(cues))
    return len(cues) >= _FEWEST and 2 * overlapping > len(cues) - 1


def read_srt(path: Path, _encoding: str) -> Iterator[ChatRow | None]:
    """Every cue as a message at the moment it appears; the sender is not in the file. Cues without words are not to be read."""
    cues, left_out = parse_subtitles(read_text(path) or "")
    for number, cue in enumerate(cues, start=1):
        yield ChatRow(number, cue.start_us, None, "", cue.text)
    yield from [None] * left_out
