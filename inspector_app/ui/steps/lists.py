"""The lists of the watch step and what pressing in them means: findings, leads, duties and marks in one panel, each one key away."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from inspector_app.commands.workspace import Workspace
from inspector_app.domain.errors import InspectorError
from inspector_app.domain.records import Mark
from inspector_app.domain.timebase import SECOND
from inspector_app.i18n import language, tr
from inspector_app.ui.models.duties import ARTICLES, absence, words_of
from inspector_app.ui.models.lanes import Lanes
from inspector_app.ui.models.words import short_clock
from inspector_app.ui.panes.duties import DutyList
from inspector_app.ui.panes.findings import FindingsPane
from inspector_app.ui.panes.leadlist import LeadList
from inspector_app.ui.panes.marklist import MarkList
from inspector_app.ui.panes.sheets import Sheets

from .coding import Coding

#: how far from the play-head a mark may lie to be the one at hand
_REACH_US = 3 * SECOND


class Lists(QObject):
    """Signal `typing(bool)` while words are typed in one of the lists. `acts` by name join those of coding."""

    typing = Signal(bool)

    def __init__(self, coding: Coding, lanes: Lanes, findings: FindingsPane, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._coding, self._desk, self._lanes, self._findings = coding, coding.desk, lanes, findings
        self.leads = LeadList(coding.store)
        self.duties = DutyList(lanes)
        self.marks = MarkList(lanes)
        self.panel = Sheets(findings, self.leads, self.duties, self.marks)
        self.acts: dict[str, Callable[[], object]] = {"lists": self.panel.turn, "duty": self.accuse, "mark_off": self.remove_mark}
        coding.add_acts(self.acts)
        self.leads.chosen.connect(lambda lead_id: coding.choose_lead(coding.store.lead(lead_id)))
        coding.lead_chosen.connect(self.leads.choose)
        self.leads.typing.connect(self.typing)
        for seeking in (self.duties, self.marks):
            seeking.seek.connect(coding.playback.seek)
        self.duties.accused.connect(self.accuse)
        self.marks.remove.connect(self.remove_mark)
        self.marks.write.connect(self.write_mark)
        for signal in (coding.store.loaded, coding.store.leads, coding.store.findings, lanes.changed):
            signal.connect(self.panel.tell)
        self._named = ""

    def show_lists(self) -> None:
        """Names of the rules, read in the background once for each language."""
        if self._named != language():
            self._named = language()
            self._desk.reading.run(lambda: _rule_names(self._desk.work), self.leads.name_rules, self._desk.complain)

    # -- duties --------------------------------------------------------------------------------------------------------------

    def accuse(self) -> None:
        """A finding of the longest absence of the duty chosen, with a frame in it and the frames before and behind that prove its length."""
        track, now = self.duties.at_hand, self._coding.store.now
        away = absence(track) if track is not None else None
        if track is None or away is None or now is None:
            self._desk.said.emit(tr("ui.said.no_absence"), "")
            return
        try:
            article = self._coding.on_day(ARTICLES[track.kind])
        except InspectorError as error:
            self._desk.complain(error)
            return
        outcome = self._desk.do(
            "finding.add",
            recording_id=now.recording.id,
            start_us=away.start_us,
            end_us=min(away.end_us, now.recording.duration_us),
            articles=[article],
            at_us=away.at_us,
            note=words_of(track, away),
            quote="",
            picture=False,
        )
        self._coding.made(outcome)
        if outcome is None or not outcome.ids:
            return
        for at in away.beside:
            still = self._desk.do("exhibit.still", finding_id=outcome.ids[-1], at_us=at, picture=False)
            if still is not None and still.ids:
                self._coding.take_still(still.ids[-1])
        self.panel.turn("findings")

    # -- marks ---------------------------------------------------------------------------------------------------------------

    def remove_mark(self) -> None:
        """Takes away the mark nearest to the play-head, if it is near."""
        at = self._coding.playback.position_us
        now, case = self._coding.store.now, self._desk.work.case
        rows = case.find(Mark, recording_id=now.recording.id) if now is not None and case is not None else []
        mark = min(rows, key=lambda row: abs(row.at_us - at), default=None)
        if mark is None or abs(mark.at_us - at) > _REACH_US:
            self._desk.said.emit(tr("ui.said.no_mark_here"), "")
        elif self._desk.do("mark.remove", mark_id=mark.id) is not None:
            self._desk.said.emit(tr("ui.said.unmarked", clock=short_clock(mark.at_us)), "good")

    def write_mark(self, mark: Mark) -> None:
        """Says why a place is marked, in the editor of the findings."""
        self.panel.turn("findings")
        self._findings.open_editor(
            "ui.editor.mark",
            mark.text,
            lambda text: self._desk.do("mark.text", mark_id=mark.id, text=text),
            clock=short_clock(mark.at_us),
        )


def _rule_names(work: Workspace) -> dict[str, str]:
    """Rule → its title; reads the rules, so any thread but the window's."""
    return {rule.id: rule.title_zh if language() == "zh" else rule.title_en for rule in work.rules.rules}
