"""SubRip, WebVTT and ASS subtitles to lines with times. Wording is kept as it stands but for styling marks; nothing is merged or fixed."""

import html
import itertools
import re
from dataclasses import dataclass
from pathlib import Path

from inspector_app.domain.timebase import Micros

from .chat import asslog

_TIME = r"(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2})[.,](\d{1,3})"
_CUE = re.compile(rf"^\s*{_TIME}\s*-->\s*{_TIME}(?:\s.*)?$")
_CLOCK = re.compile(r"\d{4}[-/]\d{1,2}[-/]\d{1,2}[ T]\d{1,2}:\d{2}:\d{2}(?:[.,]\d+)?")
_MARKS = re.compile(r"</?[a-zA-Z][^>\n]*>|</?\d[\d:.]*>|\{\\[^}\n]*\}")


@dataclass(frozen=True)
class Cue:
    """One subtitle: microseconds from the start of the recording it belongs to, end never before start."""

    start_us: Micros
    end_us: Micros
    text: str


def is_subtitle(text: str) -> bool:
    """Whether a text has subtitle times anywhere in its first lines."""
    return any(_CUE.match(line) for line in text.split("\n")[:60])


def _micros(hours: str | None, minutes: str, seconds: str, fraction: str) -> Micros:
    return (int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)) * 1_000_000 + int(fraction.ljust(3, "0")) * 1000


def parse_subtitles(text: str) -> tuple[list[Cue], int]:
    """All cues in the order of the file, and how many were left out because they end before they start or say nothing."""
    cues: list[Cue] = []
    left_out = 0
    lines = text.split("\n")
    starts = [number for number, line in enumerate(lines) if _CUE.match(line)]
    for number, following in itertools.pairwise([*starts, len(lines)]):
        match = _CUE.match(lines[number])
        assert match is not None
        start, end = _micros(*match.groups()[:4]), _micros(*match.groups()[4:])
        words = _words(lines[number + 1 : following])
        if end < start or not words:
            left_out += 1
        else:
            cues.append(Cue(start, end, words))
    return cues, left_out


def _words(lines: list[str]) -> str:
    """A cue's text: up to the first empty line, without styling marks."""
    kept: list[str] = []
    for line in lines:
        if not line.strip():
            break
        kept.append(html.unescape(_MARKS.sub("", line)).strip())
    return "\n".join(kept).strip()


def parse_ass(path: Path, encoding: str) -> tuple[list[Cue], int]:
    """The same for ASS dialogues."""
    cues: list[Cue] = []
    left_out = 0
    for _, fields in asslog.lines_of(path, encoding):
        start, end = asslog.time_of(fields.get("start", "")), asslog.time_of(fields.get("end", ""))
        words = asslog.words_of(fields.get("text", ""))
        if start is None or end is None or end < start or not words:
            left_out += 1
        else:
            cues.append(Cue(start, end, words))
    return cues, left_out


def clock_track(cues: list[Cue]) -> str | None:
    """The first moment of a track that only shows the recorder's clock (it says nothing of the broadcast); None where words are spoken."""
    return cues[0].text if cues and all(_CLOCK.fullmatch(cue.text) for cue in cues) else None
