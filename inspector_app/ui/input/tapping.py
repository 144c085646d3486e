"""What a tap on an article's digit means: the sentence just heard, its extension, or a second article. Plain values, no Qt.

The rules are the product's: a tap looks back (a sentence that ended under two seconds ago is the one meant), the same digit again
extends to the next sentence, another digit adds a second article to the same interval.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from inspector_app.domain.records import Finding, Segment
from inspector_app.domain.timebase import SECOND, Interval

LOOK_BACK_US: Final = 2 * SECOND
#: heard means more than a scrap of it was played
SCRAP_US: Final = SECOND // 5
#: with no sentence at hand, the seconds before the tap
BLIND_US: Final = 5 * SECOND
#: how far the ends of a finding may have been moved by hand from those of its sentence
MENDED_US: Final = SECOND


@dataclass(frozen=True)
class Tap:
    """`new` a finding over `span`; `extend` finding to `span.end_us`; `second` article for finding; `nothing` more to extend to."""

    kind: str
    span: Interval
    finding: Finding | None = None


def heard(segments: Sequence[Segment], at_us: int, played_from_us: int, duration_us: int) -> Interval:
    """The span a tap at `at_us` means; `played_from_us` is where playing last began or was sought to (look back no further)."""
    ended = [s for s in segments if s.end_us <= at_us and at_us - s.end_us < LOOK_BACK_US and s.end_us - played_from_us > SCRAP_US]
    if ended:
        last = max(ended, key=lambda s: s.end_us)
        return Interval(last.start_us, last.end_us)
    inside = [s for s in segments if s.start_us <= at_us < s.end_us]
    if inside:
        return Interval(inside[-1].start_us, inside[-1].end_us)
    start = max(0, at_us - BLIND_US)
    return Interval(start, max(min(at_us, duration_us), min(start + SECOND, duration_us)))


def meaning(segments: Sequence[Segment], findings: Sequence[Finding], span: Interval, article: str) -> Tap:
    """What tapping `article` does when `span` was heard. `findings` are those of the recording that stand."""
    over = [f for f in findings if f.state != "withdrawn" and _made_of(f, span)]
    if not over:
        return Tap("new", span)
    finding = max(over, key=lambda f: f.number)
    if article not in finding.articles:
        return Tap("second", span, finding)
    later = next((s for s in segments if s.start_us >= finding.end_us), None)
    if later is None:
        return Tap("nothing", span, finding)
    return Tap("extend", Interval(finding.start_us, later.end_us), finding)


def _made_of(finding: Finding, span: Interval) -> bool:
    """Whether a finding was made of the sentence heard: it covers it, and begins or ends with it, give or take a mended end.

    A long one that only lies over it (a price that stood on the screen for a minute) is another matter, and no tap may change it.
    """
    covers = finding.start_us <= span.start_us and span.end_us <= finding.end_us
    return covers and (span.start_us - finding.start_us < MENDED_US or finding.end_us - span.end_us < MENDED_US)
