"""A transcript to read: where it comes from, then one line per segment with its time, speaker and doubts."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from inspector_app.domain.files import write_text
from inspector_app.domain.timebase import format_clock

from .provenance import Provenance


@dataclass(frozen=True)
class Line:
    """One segment. `machine` is what the machine heard where a person wrote something else, `doubts` words for its unsettled flags."""

    start_us: int
    words: str
    speaker: str = ""
    machine: str = ""
    doubts: tuple[str, ...] = ()


def write(path: Path, lines: Iterable[Line], provenance: Provenance) -> Path:
    """UTF-8 with a byte order mark, so that every editor shows Chinese. A segment without words stands as a line of its own."""
    said = [_line(line) for line in lines]
    return write_text(path, "\r\n".join([*provenance.lines(), "", *said]) + "\r\n", encoding="utf-8-sig")


def _line(line: Line) -> str:
    words = " ".join(line.words.split()) or "……"
    speaker = f"{line.speaker}: " if line.speaker else ""
    machine = f" 〔机器 machine: {' '.join(line.machine.split())}〕" if line.machine else ""
    doubts = f" 〔存疑 doubtful: {', '.join(line.doubts)}〕" if line.doubts else ""
    return f"[{format_clock(line.start_us)}] {speaker}{words}{machine}{doubts}"
