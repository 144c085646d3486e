"""Duties that must be met throughout a broadcast, measured on the screen: share of the airtime read, absences, and the frames that prove it.

It measures only; whether a duty bound anybody there, and was broken, is for a person to decide (办法 26, 37).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from inspector_app.domain.records import Track
from inspector_app.domain.timebase import SECOND
from inspector_app.i18n import tr

from .listing import Line
from .words import article_label, short_clock, span_clock

#: track → the article that asks for it
ARTICLES = {"seller_info": "办法:26-1", "licence": "办法:26-1", "ai_label": "办法:37-1"}


@dataclass(frozen=True)
class Absence:
    """The longest time a thing was not to be seen: from, to, a frame in it, and the frames just before and behind that have it."""

    start_us: int
    end_us: int
    at_us: int
    beside: tuple[int, ...]


def duties(tracks: Sequence[Track]) -> list[Track]:
    return [track for track in tracks if track.kind in ARTICLES]


def absence(track: Track) -> Absence | None:
    """None where it was never away in what was read."""
    span = track.facts.get("longest_absence") or []
    if len(span) != 2:
        return None
    start, end = int(span[0]), int(span[1])
    proof = [(int(at), str(why)) for at, why in track.facts.get("proof", ())]
    inside = next((at for at, why in proof if why == "absent"), (start + end) // 2)
    before = [at for at, why in proof if why == "last" and at <= start]
    behind = [at for at, why in proof if why == "appears" and at >= end]
    return Absence(start, end, inside, (*before[-1:], *behind[:1]))


def line_of(track: Track) -> Line:
    """A duty as a row: what, article, share of the airtime read, longest absence."""
    away, share = absence(track), int(track.facts.get("shown_pm", 0))
    longest = tr("ui.duties.never_away") if away is None else f"{short_clock(away.start_us)} · {span_clock(away.end_us - away.start_us)}"
    cells = (tr(f"ui.duties.{track.kind}"), article_label(ARTICLES[track.kind]), f"{share // 10}.{share % 10}%", longest)
    unread = sum(int(end) - int(start) for start, end in track.facts.get("unread", ()))
    tip = tr("ui.duties.tip", read=span_clock(int(track.facts.get("read_us", 0))), unread=span_clock(unread), name=track.name or "—")
    return Line(track.id, cells, ((2, "good" if away is None else "lead"),), tip)


def words_of(track: Track, away: Absence) -> str:
    """The measurement as the note of a finding."""
    share = int(track.facts.get("shown_pm", 0))
    return tr(
        "ui.duties.note",
        what=tr(f"ui.duties.{track.kind}"),
        share=f"{share // 10}.{share % 10}",
        read=int(track.facts.get("read_us", 0)) // SECOND,
        start=short_clock(away.start_us),
        end=short_clock(away.end_us),
    )
