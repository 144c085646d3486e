"""Mending the finding at hand, and the sentence under the play-head, as acts by name: ends, severity, stills, box; speaker, confirmation, merging.

Every act reads the row it changes from the case, never from what a pane shows: keys may come faster than panes are refreshed.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from inspector_app.commands.corrections import SPEAKERS
from inspector_app.domain.records import Exhibit, Finding, Lead, Segment
from inspector_app.domain.timebase import SECOND
from inspector_app.i18n import tr
from inspector_app.ui.models.words import short_clock

if TYPE_CHECKING:
    from .coding import Coding


class Mending:
    """`acts` on the finding at hand of a `Coding`, by name."""

    def __init__(self, coding: "Coding") -> None:
        self._coding, self._desk = coding, coding.desk
        self._store, self._playback, self._moves = coding.store, coding.playback, coding.moves
        self.acts: dict[str, Callable[[], object]] = {
            "set_in": lambda: self._set_end("in"),
            "set_out": lambda: self._set_end("out"),
            "in_back": lambda: self._nudge("in", -1),
            "in_on": lambda: self._nudge("in", 1),
            "out_back": lambda: self._nudge("out", -1),
            "out_on": lambda: self._nudge("out", 1),
            "play_finding": self._play_span,
            "play_before": lambda: self._play_edge(-SECOND, 0, "in"),
            "play_after": lambda: self._play_edge(0, SECOND, "out"),
            "play_first": lambda: self._play_edge(0, SECOND, "in"),
            "play_last": lambda: self._play_edge(-SECOND, 0, "out"),
            "severity": self._severity,
            "still": self._another_still,
            "box": self._box,
            "withdraw": self._withdraw,
        }

    def _at_hand(self) -> Finding | None:
        """The finding at hand as the case has it now; says so where there is none."""
        finding = self._coding.fresh_finding()
        if finding is None:
            self._desk.said.emit(tr("ui.said.choose_finding"), "")
        return finding

    def _retime(self, finding: Finding, start_us: int, end_us: int) -> bool:
        if start_us >= end_us:
            self._desk.said.emit(tr("ui.said.ends_crossed"), "bad")
            return False
        if (start_us, end_us) == (finding.start_us, finding.end_us):
            return True
        return self._desk.do("finding.retime", finding_id=finding.id, start_us=start_us, end_us=end_us) is not None

    def _set_end(self, end: str) -> None:
        finding = self._at_hand()
        if finding is not None:
            at = self._playback.position_us
            self._retime(finding, *((at, finding.end_us) if end == "in" else (finding.start_us, at)))

    def _nudge(self, end: str, step: int) -> None:
        """Moves one end by a frame of the recording."""
        finding = self._at_hand()
        if finding is None:
            return
        start_us, end_us = finding.start_us, finding.end_us
        if end == "in":
            start_us = self._moves.frame_from(start_us, step)
        else:
            end_us = self._moves.frame_from(end_us, step)
        if self._retime(finding, start_us, end_us):
            self._playback.seek(start_us if end == "in" else end_us)

    def _play_edge(self, from_us: int, to_us: int, end: str) -> None:
        """Plays a second at an end of the lead being judged, else of the finding at hand."""
        span: Lead | Finding | None = self._coding.lead or self._at_hand()
        if span is not None:
            at = span.start_us if end == "in" else span.end_us
            self._playback.play_span(max(0, at + from_us), min(self._store.duration_us, at + to_us))

    def _play_span(self) -> None:
        """S: plays the lead being judged, else the finding at hand."""
        span: Lead | Finding | None = self._coding.lead or self._at_hand()
        if span is not None:
            self._playback.play_span(span.start_us, max(span.end_us, span.start_us + SECOND))

    def _severity(self) -> None:
        """V: the next of light, medium, grave, and round again."""
        finding = self._at_hand()
        if finding is None:
            return
        level = finding.severity % 3 + 1
        if self._desk.do("finding.severity", finding_id=finding.id, level=level) is not None:
            self._desk.said.emit(tr("ui.said.severity", number=f"{finding.number:03d}", level=tr(f"ui.severity.{level}")), "good")

    def _another_still(self) -> str:
        """C: the frame on the screen becomes one more still of the finding at hand; its picture is taken meanwhile. Its id, or ""."""
        finding = self._at_hand()
        if finding is None:
            return ""
        outcome = self._desk.do("exhibit.still", finding_id=finding.id, at_us=self._playback.seen_us, picture=False)
        if outcome is None or not outcome.ids:
            return ""
        self._desk.said.emit(tr("ui.said.still", number=f"{finding.number:03d}"), "good")
        self._coding.take_still(outcome.ids[-1])
        return outcome.ids[-1]

    def _box(self) -> None:
        """B: asks for a box on the frame shown."""
        if self._at_hand() is not None:
            self._playback.pause()
            self._coding.wants.emit("box")

    def take_box(self, box: tuple[int, int, int, int]) -> None:
        """A box drawn on the frame shown goes to the still of that very frame; where the finding has none, one is added first."""
        finding, case, shown = self._coding.fresh_finding(), self._desk.work.case, self._playback.shown
        if finding is None or case is None:
            return
        from_us, until_us = (shown.at_us, max(shown.until_us, shown.at_us + 1)) if shown else (self._playback.seen_us,) * 2
        stills = [row for row in case.find(Exhibit, finding_id=finding.id, kind="still") if not row.state]
        mine = [row.id for row in stills if from_us <= row.start_us < until_us or row.start_us == self._playback.seen_us]
        exhibit_id = mine[0] if mine else self._another_still()
        if exhibit_id and self._desk.do("exhibit.box", exhibit_id=exhibit_id, box=box) is not None:
            self._desk.said.emit(tr("ui.said.boxed", number=f"{finding.number:03d}"), "good")

    def _withdraw(self) -> None:
        if self._coding.finding_id:
            self._desk.do("finding.withdraw", finding_id=self._coding.finding_id)


class Sentences:
    """`acts` on the sentence under the play-head, by name."""

    def __init__(self, coding: "Coding") -> None:
        self._coding, self._desk, self._store, self._playback = coding, coding.desk, coding.store, coding.playback
        self.acts: dict[str, Callable[[], object]] = {
            "speaker": self._speaker,
            "confirm": self._confirm,
            "merge": self._merge,
            "restore": self._restore,
            "correct": lambda: coding.wants.emit("correct"),
            "replace": lambda: coding.wants.emit("replace"),
        }

    def _place(self) -> int | None:
        place = self._store.segment_at(self._playback.position_us)
        if place is None:
            self._desk.said.emit(tr("ui.said.no_sentence"), "")
        return place

    def _sentence(self) -> Segment | None:
        """The sentence as the case has it now."""
        place, now, case = self._place(), self._store.now, self._desk.work.case
        if place is None or now is None or case is None:
            return None
        found = case.find(Segment, id=now.segments[place].id)
        return found[0] if found else None

    def _speaker(self) -> None:
        """;: host, assistant, guest, unknown, nobody named, and round again."""
        sentence = self._sentence()
        if sentence is None:
            return
        who = SPEAKERS[(SPEAKERS.index(sentence.speaker) + 1) % len(SPEAKERS)] if sentence.speaker in SPEAKERS else SPEAKERS[1]
        if self._desk.do("segment.speaker", ids=[sentence.id], speaker=who) is not None:
            name = tr(f"speaker.{who}") if who else tr("ui.said.nobody")
            self._desk.said.emit(tr("ui.said.speaker", clock=short_clock(sentence.start_us), name=name), "good")

    def _confirm(self) -> None:
        """Y: heard it, the words stand as shown."""
        sentence = self._sentence()
        if sentence is not None and self._desk.do("segment.confirm", segment_id=sentence.id) is not None:
            self._desk.said.emit(tr("ui.said.confirmed", clock=short_clock(sentence.start_us)), "good")

    def _merge(self) -> None:
        """U: this sentence and the next become one."""
        place, now = self._place(), self._store.now
        if place is None or now is None:
            return
        if place + 1 >= len(now.segments):
            self._desk.said.emit(tr("ui.said.no_more"), "")
            return
        self._desk.do("segment.merge", ids=[row.id for row in now.segments[place : place + 2]])

    def _restore(self) -> None:
        """The machine's words again."""
        sentence = self._sentence()
        if sentence is None:
            return
        if sentence.corrected is None:
            self._desk.said.emit(tr("ui.said.is_machine"), "")
        elif self._desk.do("segment.restore", segment_id=sentence.id) is not None:
            self._desk.said.emit(tr("ui.said.restored", clock=short_clock(sentence.start_us)), "good")
