"""Transcripts as SubRip (SRT) and WebVTT, times to the millisecond on the recording's clock."""

from collections.abc import Iterable
from pathlib import Path

from inspector_app.domain.timebase import format_clock

from .writing import write_text


def write(path: Path, kind: str, lines: Iterable[tuple[int, int, str]]) -> Path:
    """Lines are start, end (microseconds) and words; `kind` is srt or vtt. A blank line inside a cue would end it: it is folded."""
    spoken = [(start, end, " ".join(words.split())) for start, end, words in lines if words.strip()]
    if kind == "srt":
        cues = [f"{place}\r\n{_srt(start)} --> {_srt(end)}\r\n{words}\r\n" for place, (start, end, words) in enumerate(spoken, 1)]
        return write_text(path, "\r\n".join(cues), encoding="utf-8-sig")
    cues = [f"{format_clock(start)} --> {format_clock(end)}\n{_escaped(words)}\n" for start, end, words in spoken]
    return write_text(path, "\n".join(["WEBVTT\n", *cues]))


def _srt(micros: int) -> str:
    return format_clock(micros).replace(".", ",")


def _escaped(words: str) -> str:
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
