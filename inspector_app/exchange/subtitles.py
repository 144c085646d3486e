"""Transcripts as SubRip (SRT) and WebVTT, times to the millisecond on the recording's clock."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from inspector_app.domain.files import write_text
from inspector_app.domain.timebase import SECOND, format_clock

#: how long the notice stands at the head of a SubRip file, which has no comments
_NOTICE_US = 5 * SECOND


def write(path: Path, kind: str, lines: Iterable[tuple[int, int, str]], notice: Sequence[str]) -> Path:
    """Lines are start, end (microseconds) and words; `kind` is srt or vtt. A blank line inside a cue would end it: it is folded.

    `notice` says where the words come from: a first cue in SRT, a comment in VTT.
    """
    spoken = [(start, end, " ".join(words.split())) for start, end, words in lines if words.strip()]
    if kind == "srt":
        spoken = [(0, _NOTICE_US, " / ".join(notice)), *spoken] if notice else spoken
        cues = [f"{place}\r\n{_srt(start)} --> {_srt(end)}\r\n{words}\r\n" for place, (start, end, words) in enumerate(spoken, 1)]
        return write_text(path, "\r\n".join(cues), encoding="utf-8-sig")
    cues = [f"{format_clock(start)} --> {format_clock(end)}\n{_escaped(words)}\n" for start, end, words in spoken]
    comment = ["NOTE\n" + "".join(f"{line}\n" for line in notice)] if notice else []
    return write_text(path, "\n".join(["WEBVTT\n", *comment, *cues]))


def _srt(micros: int) -> str:
    return format_clock(micros).replace(".", ",")


def _escaped(words: str) -> str:
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
