"""The core loop of the watch step as acts by name: tapping articles, ruling on leads, mending ends, moving by meaning.

Keys, mouse and palette call the same acts. Nothing here opens a dialog: what goes wrong is said in the hint bar.
"""

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import QObject, QTimer, Signal

from inspector_app.commands.findings import broadcast_day, take_still
from inspector_app.commands.registry import Outcome
from inspector_app.domain.errors import InspectorError
from inspector_app.domain.records import Exhibit, Finding, Lead
from inspector_app.i18n import tr
from inspector_app.statutes.bureau import HotSet
from inspector_app.ui.bridge.desk import Desk
from inspector_app.ui.input.keymap import key_map
from inspector_app.ui.input.tapping import heard, meaning
from inspector_app.ui.models.store import RecordingStore
from inspector_app.ui.panes.leadcard import REASONS
from inspector_app.ui.panes.playback import Playback

from .mending import Mending, Sentences
from .moves import Moves


class Coding(QObject):
    """State of the person coding: the lead being judged, the finding at hand, the last article.

    Signals: `stage(name)` what a digit means now, `lead_chosen(id)`, `finding_chosen(id)`, `wants(what)` for things only the step or the shell
    can show: note, correct, replace, find_article, go_to, box.
    """

    stage = Signal(str)
    lead_chosen = Signal(str)
    finding_chosen = Signal(str)
    wants = Signal(str)

    def __init__(
        self, desk: Desk, store: RecordingStore, playback: Playback, hot: Callable[[int], str], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.desk, self.store, self.playback, self._hot = desk, store, playback, hot
        #: the bureau's set behind the digit keys; None while they are the program's own
        self.hot_set: HotSet | None = None
        self.lead_id, self.finding_id, self.last_article, self._stage = "", "", "", ""
        #: acts pressed before the recording was there
        self._waiting: list[str] = []
        self.moves = Moves(desk, store, playback)
        self.mending = Mending(self)
        self._acts: dict[str, Callable[[], object]] = {
            **self.moves.acts,
            **self.mending.acts,
            **Sentences(self).acts,
            "finding_back": lambda: self._next_finding(-1),
            "finding_on": lambda: self._next_finding(1),
            "lead_on": lambda: self._next_lead(1),
            "lead_back": lambda: self._next_lead(-1),
            "accept": self.accept,
            "accept_other": lambda: self._open_stage("other"),
            "reject": self._reject,
            "leave": self.leave,
            "repeat": lambda: self.tap(self.last_article) if self.last_article else None,
            "note": lambda: self.wants.emit("note"),
            "find_article": lambda: self.wants.emit("find_article"),
            "go_to": lambda: self.wants.emit("go_to"),
            **{f"tap_{digit}": lambda digit=digit: self._digit(digit) for digit in range(10)},  # type: ignore[misc]
        }
        store.loaded.connect(self._loaded)
        store.leads.connect(self._leads_changed)
        store.findings.connect(self._findings_changed)

    def press(self, key: str) -> bool:
        """Does what a key means in coding mode; False when it means nothing here."""
        act = key_map().coding(key)
        return bool(act) and self.do(act)

    def add_acts(self, acts: dict[str, Callable[[], object]]) -> None:
        """Acts of the watch step that are done elsewhere than here."""
        self._acts |= acts

    @property
    def able(self) -> frozenset[str]:
        """The acts that are done here; the registry may know of more."""
        return frozenset(self._acts)

    def do(self, act: str) -> bool:
        """Does an act by name; False when there is none of that name. While a recording is being read the act waits for it: no key is lost."""
        call = self._acts.get(act)
        if call is not None and (self.store.loading or self._waiting):
            self._waiting.append(act)
            return True
        if call is None or self.store.now is None:
            return False
        call()
        return True

    def _catch_up(self) -> None:
        """Does what was pressed while the recording was being read, now that every pane has it."""
        acts, self._waiting = self._waiting, []
        for act in acts:
            self.do(act)

    @property
    def now_stage(self) -> str:
        return self._stage

    # -- tapping -------------------------------------------------------------------------------------------------------------

    def _digit(self, digit: int) -> None:
        if self._stage == "reject":
            if 1 <= digit <= len(REASONS):
                self._rule_out(REASONS[digit - 1])
        elif self._stage == "other":
            self.accept(self._hot(digit))
        else:
            self.tap(self._hot(digit), hot_set=self.hot_set)

    def tap(self, article: str, *, hot_set: HotSet | None = None) -> None:
        """The product's rule of the core loop: a new finding, its extension, or a second article."""
        now = self.store.now
        if now is None:
            return
        at = self.playback.position_us
        span = heard(now.segments, at, self.playback.played_from_us, now.recording.duration_us)
        self.last_article = article
        try:
            article = self.on_day(article)
        except InspectorError as error:
            self.desk.complain(error)
            return
        # from the case, not from the panes: a digit pressed again at once must find what the first one made
        standing = self.desk.work.opened.find(Finding, "number", span, recording_id=now.recording.id)
        tap = meaning(now.segments, standing, span, article)
        if tap.kind == "nothing":
            self.desk.said.emit(tr("ui.said.no_more"), "")
            return
        if tap.finding is None:
            outcome = self.desk.do(
                "finding.add",
                recording_id=now.recording.id,
                start_us=tap.span.start_us,
                end_us=tap.span.end_us,
                articles=[article],
                at_us=self.playback.seen_us,
                picture=False,
                hot_set=hot_set,
            )
            self.made(outcome)
        elif tap.kind == "extend":
            if self.desk.do("finding.extend", finding_id=tap.finding.id, end_us=tap.span.end_us) is not None:
                self.choose_finding(tap.finding.id)
        elif self.desk.do("finding.add_article", finding_id=tap.finding.id, article=article) is not None:
            self.choose_finding(tap.finding.id)

    def on_day(self, article: str) -> str:
        """Keys and finder speak in today's numbers; the finding needs the number that the article had on the day of the broadcast."""
        day, catalogue = self.day(), self.desk.work.catalogue
        return str(catalogue.numbered_on(article, day) if day else catalogue.resolve(article))

    def made(self, outcome: Outcome | None) -> None:
        """A finding is on disk: it is at hand, and its picture is taken meanwhile."""
        if outcome is None or not outcome.ids:
            return
        finding_id = outcome.ids[-1]
        self.choose_finding(finding_id)
        case = self.desk.work.case
        if case is not None:
            for exhibit in case.find(Exhibit, finding_id=finding_id, kind="still"):
                self.take_still(exhibit.id)

    def take_still(self, exhibit_id: str) -> None:
        if self.desk.read_only:
            return
        self.desk.reading.run(lambda: take_still(self.desk.work, exhibit_id), lambda _: None, self._still_failed)

    def _still_failed(self, error: InspectorError) -> None:
        """An undone finding has no still to take; anything else a person must hear of."""
        if error.code not in ("case.no_such", "case.changed_meanwhile"):
            self.desk.complain(error)

    def take_article(self, article: str) -> None:
        """An article from the finder: for the lead whose card asks for one, else tapped."""
        if self._stage == "other":
            self.accept(article)
        else:
            self.tap(article)

    # -- leads ---------------------------------------------------------------------------------------------------------------

    @property
    def lead(self) -> Lead | None:
        return self.store.lead(self.lead_id) if self.lead_id else None

    def _fresh_lead(self) -> Lead | None:
        """The lead being judged as the case has it now."""
        found = self.desk.work.opened.find(Lead, id=self.lead_id) if self.lead_id else []
        return found[0] if found else None

    def _next_lead(self, step: int) -> None:
        now = self.store.now
        leads = [lead for lead in now.leads if lead.state == "open"] if now else []
        if not leads:
            self.desk.said.emit(tr("ui.said.no_leads"), "")
            return
        ids = [lead.id for lead in leads]
        if self.lead_id in ids:
            place = (ids.index(self.lead_id) + step) % len(ids)
        else:
            at = self.playback.position_us
            later = [n for n, lead in enumerate(leads) if lead.start_us >= at]
            place = (later[0] if later else 0) if step > 0 else (later[0] - 1 if later else len(ids) - 1)
        self.choose_lead(leads[place])

    def choose_lead(self, lead: Lead | None, *, seek: bool = True) -> None:
        self._open_stage("")
        self.lead_id = lead.id if lead else ""
        if lead is not None and seek:
            self.playback.seek(lead.start_us)
        self.lead_chosen.emit(self.lead_id)

    def accept(self, article: str = "") -> None:
        """Takes the lead at hand, under its own articles or under another."""
        lead = self._fresh_lead()
        if lead is None or lead.state != "open":
            self.desk.said.emit(tr("ui.said.choose_lead"), "")
            return
        articles = [article] if article else None
        outcome = self.desk.do("lead.accept", lead_id=lead.id, articles=articles, picture=False)
        if outcome is not None:
            self._open_stage("")
            self.last_article = article or (lead.articles[0] if lead.articles else self.last_article)
            self.made(outcome)

    def _reject(self) -> None:
        if self.lead is None:
            self.desk.said.emit(tr("ui.said.choose_lead"), "")
        elif self._stage == "reject":
            self._rule_out("")
        else:
            self._open_stage("reject")

    def _rule_out(self, reason: str) -> None:
        lead = self.lead
        if lead is not None and self.desk.do("lead.reject", lead_id=lead.id, reason=tr(f"ui.reason.{reason}") if reason else ""):
            self._open_stage("")

    def _open_stage(self, name: str) -> None:
        if name and self.lead is None:
            self.desk.said.emit(tr("ui.said.choose_lead"), "")
            return
        if name != self._stage:
            self._stage = name
            self.stage.emit(name)

    def leave(self) -> None:
        """Esc: first the question a lead's card asks, then the card."""
        if self._stage:
            self._open_stage("")
        elif self.lead_id:
            self.choose_lead(None)

    def _leads_changed(self) -> None:
        """The card of a lead that has been ruled on closes; Tab leads on from where the play-head is."""
        lead = self.lead
        if self.lead_id and (lead is None or lead.state != "open"):
            self.choose_lead(None)

    # -- findings ------------------------------------------------------------------------------------------------------------

    @property
    def finding(self) -> Finding | None:
        return self.store.finding(self.finding_id) if self.finding_id else None

    def fresh_finding(self) -> Finding | None:
        """The finding at hand as the case has it now: keys may come faster than panes are refreshed."""
        found = self.desk.work.opened.find(Finding, id=self.finding_id) if self.finding_id else []
        return found[0] if found else None

    def choose_finding(self, finding_id: str, *, seek: bool = False) -> None:
        self.finding_id = finding_id
        finding = self.finding
        if finding is not None and seek:
            self.playback.seek(finding.start_us)
        self.finding_chosen.emit(finding_id)

    def _next_finding(self, step: int) -> None:
        now = self.store.now
        rows = sorted((row for row in (now.findings if now else ()) if row.state != "withdrawn"), key=lambda row: row.start_us)
        if not rows:
            self.desk.said.emit(tr("ui.said.no_findings"), "")
            return
        ids = [row.id for row in rows]
        place = ids.index(self.finding_id) + step if self.finding_id in ids else (0 if step > 0 else -1)
        self.choose_finding(rows[place % len(rows)].id, seek=True)

    def _findings_changed(self) -> None:
        if self.finding_id and self.store.finding(self.finding_id) is None and self.desk.work.case is not None:
            case = self.desk.work.case
            if not case.count(Finding, id=self.finding_id):
                self.choose_finding("")
                return
        self.finding_chosen.emit(self.finding_id)

    def article_at_hand(self) -> str:
        lead, finding = self.lead, self.finding
        if lead is not None and lead.articles:
            return lead.articles[0]
        if finding is not None and finding.articles:
            return self.last_article if self.last_article in finding.articles else finding.articles[0]
        return ""

    def day(self) -> date | None:
        """The day of the broadcast, for the edition of the law; None where nobody knows it."""
        now = self.store.now
        return broadcast_day(self.desk.work, now.recording) if now and self.desk.work.case else None

    def _loaded(self) -> None:
        """Another recording, or the same read anew: what is no longer there is let go."""
        if self.lead is None:
            self.lead_id = ""
        if self.finding is None:
            self.finding_id = ""
        self._stage = ""
        self.lead_chosen.emit(self.lead_id)
        self.finding_chosen.emit(self.finding_id)
        QTimer.singleShot(0, self, self._catch_up)
