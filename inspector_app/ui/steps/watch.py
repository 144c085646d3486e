"""Step 2, watch 研判: player, transcript, articles, timeline and findings around the core loop. The only widget here that takes keys is the step."""

from functools import partial
from typing import Any

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from inspector_app.commands.findings import pending_stills
from inspector_app.domain.errors import InspectorError
from inspector_app.domain.records import Exhibit, Segment
from inspector_app.i18n import tr
from inspector_app.statutes import finder
from inspector_app.ui.bridge.desk import Desk
from inspector_app.ui.input.keys import key_text
from inspector_app.ui.models.findings import FindingsModel
from inspector_app.ui.models.lanes import Lanes
from inspector_app.ui.models.store import RecordingStore
from inspector_app.ui.models.transcript import TranscriptModel
from inspector_app.ui.models.watching import Watching
from inspector_app.ui.models.words import short_clock
from inspector_app.ui.panes.articles import HOT, ArticlesPane, name_at
from inspector_app.ui.panes.boxing import Boxing
from inspector_app.ui.panes.findings import FindingsPane
from inspector_app.ui.panes.inplace import Edited
from inspector_app.ui.panes.playback import Playback
from inspector_app.ui.panes.player import PlayerPane
from inspector_app.ui.panes.timeline import Timeline
from inspector_app.ui.panes.transcript import TranscriptPane
from inspector_app.ui.theme.widgets import Panel

from .coding import Coding
from .lists import Lists

#: after a case is shown, until what can wait is read
_CALM_MS = 800
#: from a key to the card of the article: the row of the finding is to be seen first
_AFTER_MS = 50


class WatchStep(QWidget):
    """Signals: `mode(name)` coding or typing, `finder()` for the article finder of the shell."""

    mode = Signal(str)
    finder = Signal()
    hints = Signal()

    def __init__(self, desk: Desk, store: RecordingStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self._desk, self._store = desk, store
        self.playback = Playback(self)
        self.transcript_model = TranscriptModel(store, self)
        self.findings_model = FindingsModel(store, self)
        self.player = PlayerPane(store, self.playback)
        self.transcript = TranscriptPane(store, self.transcript_model, partial(name_at, desk.work))
        self.articles = ArticlesPane(desk.work, HOT)
        self.lanes = Lanes(desk, store, self)
        self.watching = Watching(desk, store, self)
        self.timeline = Timeline(store, self.lanes)
        self.findings = FindingsPane(store, self.findings_model)
        self.coding = Coding(desk, store, self.playback, self.articles.code_of, self)
        self.lists = Lists(self.coding, self.lanes, self.findings, self)
        self.boxing = Boxing(self.player.surface)
        self._shown = ""
        self._heard = QTimer(self, singleShot=True, interval=1500)
        self._heard.timeout.connect(self._hear_again)
        self._calm = QTimer(self, singleShot=True, interval=_CALM_MS)
        self._calm.timeout.connect(self._warm)
        self._arrange()
        self._connect()
        self._hits: list[int] = []
        self._is_warm = False
        self._search = QTimer(self, singleShot=True, interval=120)
        self._search.timeout.connect(self._find)
        self._refill = QTimer(self, singleShot=True, interval=_AFTER_MS)
        self._refill.timeout.connect(self._show_card)

    def _arrange(self) -> None:
        lanes = Panel()
        lanes.body.addWidget(self.timeline)
        self.top = _splitter(Qt.Orientation.Horizontal, (self.player, 20), (self.transcript, 51), (self.articles, 29))
        self.bottom = _splitter(Qt.Orientation.Horizontal, (lanes, 58), (self.lists.panel, 42))
        self.split = _splitter(Qt.Orientation.Vertical, (self.top, 71), (self.bottom, 29))
        box = QVBoxLayout(self)
        box.setContentsMargins(8, 4, 8, 4)
        box.addWidget(self.split)
        for name in ("top", "bottom", "split"):
            splitter: QSplitter = getattr(self, name)
            saved = self._desk.settings.get(f"split.{name}")
            if isinstance(saved, list) and len(saved) == splitter.count() and all(isinstance(part, int) for part in saved):
                splitter.setSizes(saved)
            splitter.splitterMoved.connect(
                lambda *_, name=name, splitter=splitter: self._desk.settings.set(f"split.{name}", splitter.sizes())
            )

    def _connect(self) -> None:
        coding = self.coding
        self.playback.moved.connect(self._moved)
        self.transcript.seek.connect(self.playback.seek)
        self.timeline.seek.connect(self.playback.seek)
        self.timeline.finding_pressed.connect(lambda finding_id: coding.choose_finding(finding_id, seek=True))
        self.timeline.lead_pressed.connect(lambda lead_id: coding.choose_lead(self._store.lead(lead_id)))
        self.timeline.retimed.connect(self._retime)
        self.playback.state.connect(lambda playing: None if playing else self.watching.rest())
        self.transcript.act.connect(lambda act: self._next_hit() if act == "next_hit" else coding.do(act))
        self.transcript.correct.connect(self._correct)
        self.transcript.edited.connect(self._edited)
        self.transcript.typing.connect(self._typing)
        self.transcript.replacing.preview.connect(self._preview_replacing)
        self.transcript.replacing.replace.connect(self._replace)
        self.transcript.replacing.left.connect(self.setFocus)
        for field in (self.transcript.replacing.query, self.transcript.replacing.words):
            field.installEventFilter(self)
        self.transcript.search.connect(lambda _: self._search.start())
        self.transcript.search_left.connect(self.setFocus)
        self.transcript.search_left.connect(lambda: self.timeline.show_hits([]))
        self.articles.tapped.connect(lambda digit: coding.do(f"tap_{digit}"))
        self.articles.ticked.connect(self._tick)
        self.findings.chosen.connect(lambda finding_id: coding.choose_finding(finding_id, seek=True))
        self.findings.typing.connect(self._typing)
        for name, button in self.player.buttons.items():
            button.clicked.connect(lambda _=False, name=name: coding.do(name))
        self.findings.note.connect(self._note_on)
        self.lists.typing.connect(self._typing)
        self.boxing.boxed.connect(coding.mending.take_box)
        self.boxing.left.connect(self.setFocus)
        self.articles.left.connect(self.setFocus)
        coding.add_acts({"elements": self._tick_with_keys})
        coding.stage.connect(self._staged)
        coding.lead_chosen.connect(self._lead_chosen)
        coding.finding_chosen.connect(self._finding_chosen)
        coding.wants.connect(self._want)
        self._store.loaded.connect(self._loaded)
        self._store.loaded.connect(self._heard.start)
        self._store.segments.connect(self._heard.start)
        self.transcript.field.installEventFilter(self)

    # -- keys ----------------------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.coding.press(key_text(event)):
            event.ignore()

    def focusNextPrevChild(self, _next: bool) -> bool:
        """Tab moves between leads here, not between widgets."""
        return False

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus()
        super().mousePressEvent(event)

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        fields = (self.transcript.field, self.transcript.replacing.query, self.transcript.replacing.words)
        if watched in fields and event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.mode.emit("typing" if event.type() == QEvent.Type.FocusIn else "coding")
        return False

    def show_step(self) -> None:
        """The step has come to the front: names of the hot articles, keys, pictures that are still to be taken."""
        self._take_hot_set()
        self.articles.name_hot()
        self._calm.start()
        if self._is_warm:
            self._refill.start()
        self.setFocus()

    def _warm_finder(self) -> None:
        """Makes the first search by pinyin letters as quick as the next."""
        finder.warm(editions[-1] for editions in self._desk.work.catalogue.laws.values())

    def _warm(self) -> None:
        """What can wait until the case is on the screen: the catalogue, the names of the rules."""
        if self._desk.work.case is not None:
            self._desk.reading.run(self._warm_finder, self._warmed)
            self.lists.show_lists()

    def _warmed(self, _: None) -> None:
        """The catalogue is read: the card may show something of its own accord."""
        self._is_warm = True
        self.lanes.law_is_read()
        self._refill.start()

    def _take_hot_set(self) -> None:
        """The bureau's own digits where it keeps a file of them; a slip in it is told, and the program's own stay."""
        try:
            self.coding.hot_set = self._desk.work.hot_set()
        except InspectorError as error:
            self._desk.complain(error)
        self.articles.hot = self.coding.hot_set.codes if self.coding.hot_set else HOT

    # -- following -----------------------------------------------------------------------------------------------------------

    def _moved(self, at_us: int) -> None:
        self.timeline.move_to(at_us)
        self.transcript.follow(at_us)
        self.watching.moved(at_us, self.playback.playing)

    def _retime(self, finding_id: str, start_us: int, end_us: int) -> None:
        """An end of a finding was dragged on the timeline."""
        self._desk.do("finding.retime", finding_id=finding_id, start_us=start_us, end_us=end_us)

    def _loaded(self) -> None:
        if self._store.now is not None:
            self._calm.start()
            self._desk.reading.run(lambda: pending_stills(self._desk.work), self._take_stills)
            if self._store.now.recording.id != self._shown:  # what was looked for and looked at belonged to the one before
                self._shown = self._store.now.recording.id
                self.transcript.close_search()
        self.timeline.move_to(self.playback.position_us)
        self.transcript.follow(self.playback.position_us)

    def _take_stills(self, pending: list[Exhibit]) -> None:
        for exhibit in pending:
            self.coding.take_still(exhibit.id)

    def _staged(self, name: str) -> None:
        self.transcript.stage(name)
        self.hints.emit()

    def _lead_chosen(self, lead_id: str) -> None:
        self.transcript_model.set_lead(lead_id)
        lead = self.coding.lead
        if lead is not None:
            self.transcript.view.reveal(self.transcript_model.row_of_lead(lead))
        self._refill.start()
        self.hints.emit()

    def _finding_chosen(self, finding_id: str) -> None:
        self.timeline.selected_id = finding_id
        self.timeline.redraw_soon()
        self.findings.table.choose(self.findings_model.place_of(finding_id))
        self._refill.start()
        self.hints.emit()

    def _show_card(self) -> None:
        """The card of the article at hand; after the frame in which the finding appears, for it takes longer than a frame.

        With nothing at hand: the article of the last digit, else of the first, and the next lead to rule on.
        """
        if self._desk.work.case is None or self._store.now is None:
            return
        coding = self.coding
        code = coding.article_at_hand()
        if code:
            self.articles.show_article(code, coding.day(), None if coding.lead is not None else coding.finding)
        elif self._is_warm:
            self.articles.show_article(coding.last_article or self.articles.code_of(1), coding.day(), note=self._next_thing())

    def _next_thing(self) -> str:
        """What waits for a ruling next, in words."""
        now = self._store.now
        leads = [lead for lead in now.leads if lead.state == "open"] if now else []
        if not leads:
            return tr("ui.articles.nothing_waits") if now and now.leads else ""
        lead = next((one for one in leads if one.start_us >= self.playback.position_us), leads[0])
        return tr("ui.articles.next_lead", count=len(leads), clock=short_clock(lead.start_us), words=lead.matched or lead.quote[:24])

    def _note_on(self, finding_id: str) -> None:
        self.coding.choose_finding(finding_id)
        self._want("note")

    def _tick_with_keys(self) -> None:
        if not self.articles.focus_elements():
            self._desk.said.emit(tr("ui.said.choose_finding"), "")

    def _tick(self, element: str, on: bool) -> None:
        if self.coding.finding_id:
            self._desk.do("element.tick", finding_id=self.coding.finding_id, element_id=element, ticked=on)

    # -- typing --------------------------------------------------------------------------------------------------------------

    def _want(self, what: str) -> None:
        if what == "note":
            finding = self.coding.fresh_finding()
            if finding is None:
                self._desk.said.emit(tr("ui.said.choose_finding"), "")
                return
            self.lists.panel.turn("findings")
            self.findings.open_editor(
                "ui.editor.note",
                finding.note,
                lambda text: self._desk.do("finding.note", finding_id=finding.id, text=text),
                finding.quote,
                number=f"{finding.number:03d}",
            )
        elif what == "correct":
            place = self._store.segment_at(self.playback.position_us)
            if place is not None and self._store.now is not None:
                self._correct(self._store.now.segments[place].id)
        elif what == "find_article":
            self.finder.emit()
        elif what == "replace":
            self.transcript.replacing.open_bar()
        elif what == "box" and self._store.now is not None:
            recording = self._store.now.recording
            if recording.has_video and not self.player.surface.image.isNull():
                self.boxing.begin(recording.width, recording.height)
            else:
                self._desk.said.emit(tr("ui.said.no_picture"), "bad")

    def _correct(self, segment_id: str) -> None:
        """Opens a sentence for editing where it stands; the player rests meanwhile."""
        segment = self._segment(segment_id)
        if segment is not None:
            self.playback.pause()
            self.transcript.edit(segment)

    def _segment(self, segment_id: str) -> Segment | None:
        now = self._store.now
        return next((row for row in (now.segments if now else ()) if row.id == segment_id), None)

    def _edited(self, edited: Edited) -> None:
        segment = self._segment(edited.segment_id)
        if segment is None:
            return
        if edited.cut:  # where the play-head stands, if it stands in the sentence; else at the same share of its time as of its words
            at = self.playback.position_us
            if not segment.start_us < at < segment.end_us:
                at = segment.start_us + (segment.end_us - segment.start_us) * edited.cut // max(1, len(segment.words))
            self._desk.do("segment.split", segment_id=segment.id, at_us=at, text_at=edited.cut)
        else:
            self._desk.do("segment.correct", segment_id=segment.id, text=edited.words)

    def _preview_replacing(self, query: str, words: str) -> None:
        now = self._store.now
        outcome = None
        if query and now is not None:
            outcome = self._desk.do("transcript.replace", query=query, replacement=words, recording=now.recording.id)
        self.transcript.replacing.show_hits(outcome.data["hits"] if outcome is not None and outcome.data else [])

    def _replace(self, query: str, words: str, ids: list[str]) -> None:
        now = self._store.now
        if query and now is not None:
            self._desk.do("transcript.replace", query=query, replacement=words, recording=now.recording.id, ids=ids, preview=False)
            self._preview_replacing(query, words)

    def _hear_again(self) -> None:
        """Looks in the background for words that may have been misheard."""
        now = self._store.now
        if now is not None and now.segments:
            self._desk.later(
                "transcript.heard_as", lambda outcome: self.transcript_model.hear(outcome.data["hits"]), recording=now.recording.id
            )

    def _typing(self, on: bool) -> None:
        self.mode.emit("typing" if on else "coding")
        if not on:
            self.setFocus()

    # -- search --------------------------------------------------------------------------------------------------------------

    def _find(self) -> None:
        """Looks for what was typed, in the background; an answer that comes after other words were typed is not shown."""
        query, now = self.transcript.field.text().strip(), self._store.now
        if not query or now is None:
            self._found(query, now.recording.id if now else "", [])
            return
        self._desk.later("search.find", lambda outcome: self._found(query, now.recording.id, outcome.data["hits"]), query=query)

    def _found(self, query: str, recording_id: str, hits: list[dict[str, Any]]) -> None:
        if query != self.transcript.field.text().strip():
            return
        self._hits = sorted(hit["start_us"] for hit in hits if hit["recording"] == recording_id and hit["start_us"] is not None)
        self.transcript.hits.say("ui.transcript.hits", count=len(self._hits))
        self.timeline.show_hits(self._hits)
        if self._hits:
            self._next_hit(first=True)

    def _next_hit(self, *, first: bool = False) -> None:
        if not self._hits:
            return
        at = self.playback.position_us
        self.playback.seek(next((hit for hit in self._hits if hit >= at if first or hit > at), self._hits[0]))


def _splitter(direction: Qt.Orientation, *parts: tuple[QWidget, int]) -> QSplitter:
    """A splitter whose parts begin with the given shares and never vanish."""
    splitter = QSplitter(direction)
    splitter.setChildrenCollapsible(False)
    splitter.setHandleWidth(7)
    for place, (widget, share) in enumerate(parts):
        splitter.addWidget(widget)
        splitter.setStretchFactor(place, share)
    splitter.setSizes([share * 20 for _, share in parts])
    return splitter
