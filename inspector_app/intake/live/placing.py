"""Where each segment of a capture stands on the recording's timeline: by its own time stamps within an epoch, by its arrival between epochs.

The recording's zero is the moment on the monotonic clock at which its first picture would have come without any delay on the way; so gaps
stand to scale. Pure arithmetic over journal facts; the same journal gives the same places.
"""

from dataclasses import asdict, dataclass, field
from typing import Any, Final

from inspector_app.domain.timebase import SECOND, Micros

Json = dict[str, Any]
#: a hole shorter than this between two segments is the length of a frame, not a gap
SHORTEST_GAP_US: Final = 100_000
_JUMP_US: Final = 3 * SECOND
_WRAP_US: Final = (1 << 33) * SECOND // 90_000


@dataclass
class Placer:
    """The state between two segments; `as_json` of the last placed one resumes it."""

    zero_mono_us: int | None = None
    epoch: int = -1
    #: recording time minus container time of the epoch
    shift_us: int = 0
    end_us: Micros = 0
    gaps: list[Json] = field(default_factory=list)

    def as_json(self) -> Json:
        return {name: value for name, value in asdict(self).items() if name != "gaps"}

    def place(self, said: Json, first_us: Micros, last_us: Micros) -> tuple[Micros, Micros, Micros]:
        """Start and end on the recording and the container's time at the start.

        `said` is the segment's journal line, `first_us` and `last_us` are the container's times of its first and last packet's ends, by scan.
        """
        begins = first_us if said.get("starts_us") is None else max(first_us, said["starts_us"])
        ends = said["ends_us"] if said.get("ends_us") is not None else last_us
        arrived = said["delay_us"] if said.get("delay_us") is not None else said["mono_us"] - ends
        if self.zero_mono_us is None:
            self.zero_mono_us = arrived + begins
        expected = begins + self.shift_us
        if expected < self.end_us - _WRAP_US // 2:  # MPEG-TS counts 33 bits: 26.5 hours
            self.shift_us += _WRAP_US
            expected += _WRAP_US
        leapt = said.get("sequence") is not None and not -_JUMP_US <= expected - self.end_us <= _longest(said)
        if said["epoch"] != self.epoch or leapt:
            self.shift_us = max(self.end_us, arrived + begins - self.zero_mono_us) - begins
            self.epoch = said["epoch"]
        start = max(self.end_us, begins + self.shift_us)
        if start - self.end_us < SHORTEST_GAP_US:
            start = self.end_us
        zero = start - self.shift_us
        end = max(start, ends + self.shift_us)
        self.end_us = end
        self.zero_mono_us = min(self.zero_mono_us, arrived - self.shift_us)  # the less delayed, the truer
        return start, end, zero


def _longest(said: Json) -> Micros:
    """How far a segment of a segmented source may lie ahead before its clock counts as another: holes in the sequence are to scale."""
    return _JUMP_US + int(said.get("duration_us") or 0) + int(said.get("hole_us") or 0)
