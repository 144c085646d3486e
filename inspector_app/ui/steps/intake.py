"""Step 1, intake 采集: bring material in or record it live, see what was taken and refused, and have it transcribed, read and searched for leads."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSplitter, QStackedLayout, QWidget

from inspector_app.commands.registry import Outcome
from inspector_app.domain.errors import InspectorError
from inspector_app.domain.records import Original, Session
from inspector_app.i18n import tr
from inspector_app.intake.kinds import CHATS, SUBTITLES, WANTED
from inspector_app.ui.bridge.background import Background
from inspector_app.ui.bridge.chain import Chain
from inspector_app.ui.bridge.desk import Desk
from inspector_app.ui.models.recordings import Line, Material, MaterialModel, Other, read_material
from inspector_app.ui.pages.page import scroll
from inspector_app.ui.panes.chatalign import ChatAlign
from inspector_app.ui.panes.intake_details import DetailsPane
from inspector_app.ui.panes.intake_folder import FolderWatch
from inspector_app.ui.panes.intake_notices import Notices, RefusedPanel, offset_for
from inspector_app.ui.panes.intake_session import SessionPanel
from inspector_app.ui.panes.intake_stages import StagesPane
from inspector_app.ui.panes.intake_table import MaterialTable
from inspector_app.ui.panes.jobs import JobsPanel
from inspector_app.ui.panes.live import Leaving, LivePanel
from inspector_app.ui.panes.live_leads import LiveLeads
from inspector_app.ui.panes.live_start import RecordForm
from inspector_app.ui.panes.session_editor import SessionEditor
from inspector_app.ui.theme.asking import ask_files, ask_folder
from inspector_app.ui.theme.drop import DropArea
from inspector_app.ui.theme.look import look
from inspector_app.ui.theme.widgets import Button, Icon, Panel, Say, column, row

#: what a statute's official text comes as; no recording, subtitle or chat log does
STATUTE_SUFFIXES = frozenset({".md", ".txt", ".html", ".htm", ".docx", ".pdf"})
_LOADING, _EMPTY, _TABLE = range(3)


class IntakeStep(DropArea):
    """Signals: `watch(recording id)` and `moment(recording id, us)` the user wants to see one, `sample()` wants the sample case."""

    watch = Signal(str)
    moment = Signal(str, object)
    sample = Signal()

    def __init__(self, desk: Desk, chain: Chain, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk, self._chain = desk, chain
        self.model = MaterialModel(self)
        self.table = MaterialTable(self.model)
        #: threads of its own: what is recorded now must not wait behind the reading of another step
        self._pool = pool = Background(self)
        self.notices, self.folder = Notices(), FolderWatch(desk, pool)
        self.session, self.session_of = SessionPanel(), SessionEditor(desk)
        self.form = RecordForm(desk, pool)
        self.live, self.live_leads = LivePanel(desk, chain, pool), LiveLeads(desk)
        self.details, self.align = DetailsPane(desk, pool), ChatAlign(desk, pool)
        self.stages, self.jobs, self.refused = StagesPane(desk, chain), JobsPanel(desk), RefusedPanel()
        self._leaving = Leaving(self.live)
        outer = column(8, 4, 8, 4, spacing=6)
        self.setLayout(outer)
        outer.addLayout(self._bar())
        for widget in (self.notices, self.folder, self.session, self.session_of, self.form, self.live):
            outer.addWidget(widget)
        split = QSplitter()
        split.setChildrenCollapsible(False)
        split.setHandleWidth(7)
        for side in (self._left(), self._right()):  # on a low screen a side scrolls; nothing is ever squeezed
            split.addWidget(scroll(side))
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 1)
        split.setSizes([980, 350])
        outer.addWidget(split, 1)
        self._soon = QTimer(self, singleShot=True, interval=250)
        self._soon.timeout.connect(self.refresh)
        self._reading = self._stale = self._unseen = False
        self._connect()
        self._clear()

    def _connect(self) -> None:
        desk, chain = self._desk, self._chain
        self.dropped.connect(self.take)
        self.table.opened.connect(self.watch)
        self.table.chosen.connect(self._follow_choice)
        self.notices.join.connect(self.join_lines)
        self.notices.zone.connect(self._set_zone)
        self.folder.found.connect(self.take)
        self.form.begun.connect(self._recording_begun)
        self.session_of.asks_next.connect(self._ask_next_session)
        self.form.left.connect(self.setFocus)
        self.live.see.connect(self.watch)
        self.live.rooms.connect(self.live_leads.show_rooms)
        self.live_leads.see.connect(self.moment)
        self.refused.again.connect(lambda file, growing: chain.import_files([file], growing=growing))
        desk.opened.connect(self._opened)
        desk.closed.connect(self._clear)
        desk.changed.connect(self._later)

    def _bar(self) -> QHBoxLayout:
        line = row(spacing=8)
        self._import = Button(
            "ui.intake.import", self.ask_files, icon_name="import", kind="primary", hint="ui.intake.import_hint", keyed="bring_in"
        )
        self._folder = Button("ui.intake.folder", self._ask_folder, icon_name="folder", hint="ui.intake.folder_hint")
        self._record = Button("ui.intake.record", self.open_form, icon_name="camera", hint="ui.intake.record_hint", keyed="record")
        self._watch = Button("ui.intake.watch_folder", self.folder.ask, icon_name="refresh", hint="ui.intake.watch_folder_hint")
        self._session = Button("ui.intake.session", self._toggle_session, kind="flat", icon_name="info", hint="ui.intake.session_hint")
        self._join = Button("ui.join.do", lambda: self.join_lines(self.table.lines), icon_name="add", hint="ui.join.do_hint")
        self._all = Button("ui.intake.all", self._chain.everything, icon_name="play", hint="ui.intake.all_hint")
        self._see = Button("ui.intake.watch", self._watch_chosen, icon_name="watch", hint="ui.intake.watch_hint")
        for button in (self._import, self._folder, self._record, self._watch, self._session):
            line.addWidget(button)
        line.addStretch(1)
        for button in (self._join, self._all, self._see):
            line.addWidget(button)
        return line

    def _left(self) -> QWidget:
        down = QSplitter()
        down.setOrientation(down.orientation().Vertical)
        down.setChildrenCollapsible(False)
        down.setHandleWidth(7)
        material = Panel("ui.material.heading")
        self._note = material.note
        holder = QWidget()
        self._stack = QStackedLayout(holder)
        for page in (self._loading(), self._well(), self.table):
            self._stack.addWidget(page)
        material.body.addWidget(holder, 1)
        down.addWidget(material)
        self._beside = QSplitter()
        self._beside.setHandleWidth(7)
        self._beside.setChildrenCollapsible(False)
        self._beside.addWidget(self.details)
        self._beside.addWidget(self.align)
        self._beside.setSizes([480, 480])
        down.addWidget(self._beside)
        down.setSizes([330, 250])
        return down

    def _right(self) -> QWidget:
        side = QWidget()
        box = column(spacing=6)
        side.setLayout(box)
        box.addWidget(self.stages)
        box.addWidget(self.live_leads, 2)
        box.addWidget(self.jobs, 3)
        box.addWidget(self.refused, 2)
        return side

    def _loading(self) -> QWidget:
        page = QWidget()
        box = column(28, 28, 28, 28)
        page.setLayout(box)
        box.addStretch(1)
        line = row()
        line.addStretch(1)
        line.addWidget(Say("ui.material.loading", tone="muted"))
        line.addStretch(1)
        box.addLayout(line)
        box.addStretch(1)
        return page

    def _well(self) -> QWidget:
        """What an empty case says: three ways to begin."""
        page = QWidget()
        box = column(16, 12, 16, 12, spacing=10)
        page.setLayout(box)
        well = QFrame()
        well.setObjectName("well")
        inner = column(20, 14, 20, 14, spacing=6)
        well.setLayout(inner)
        inner.addStretch(1)
        for widget in (
            Icon("import", look().em * 2, "accent"),
            Say("ui.intake.drop", bold=True, size=2),
            Say("ui.intake.drop_text", tone="muted", wrap=False),
        ):
            line = row()
            line.addStretch(1)
            line.addWidget(widget)
            line.addStretch(1)
            inner.addLayout(line)
        inner.addSpacing(8)
        ways = row(spacing=10)
        ways.addStretch(1)
        self.ways = (
            Button("ui.intake.import", self.ask_files, icon_name="import"),
            Button("ui.intake.record", self.open_form, icon_name="camera"),
            Button("ui.intake.sample", self.sample.emit, icon_name="play", hint="ui.intake.sample_hint"),
        )
        for button in self.ways:
            ways.addWidget(button)
        ways.addStretch(1)
        inner.addLayout(ways)
        inner.addStretch(1)
        box.addWidget(well, 1)
        return page

    # -- acts ----------------------------------------------------------------------------------------------------------------

    def follow_player(self, position: Callable[[], int]) -> None:
        """Where the player stands, for tying a chat log to it."""
        self.align.position = position

    def set_session(self, facts: dict[str, str]) -> None:
        """What is known of the broadcast when a case is made."""
        self.session.session.give(facts)

    def take(self, paths: list[Path]) -> None:
        """Imports files and folders; a statute's text goes to the law, everything else into the case."""
        texts = [path for path in paths if path.suffix.lower() in STATUTE_SUFFIXES]
        for path in texts:
            self._desk.later("law.import", self._law_taken, file=path)
        material = [path for path in paths if path not in texts]
        session = self.session.values()
        if not material or session is None:
            return
        self._chain.import_files([str(path) for path in material], session=session, recording=self._target(material))

    def _target(self, material: list[Path]) -> str:
        """Logs and subtitles alone go to the recording at hand; with a film among them, to that film."""
        lines = self.table.lines
        texts_only = all(path.suffix.lower() in CHATS | SUBTITLES for path in material)
        return lines[0].recording.id if texts_only and len(lines) == 1 else ""

    def _law_taken(self, outcome: Outcome) -> None:
        self._desk.said.emit(tr("ui.done.law.import", **outcome.facts), "good")

    def ask_files(self) -> None:
        if paths := ask_files(
            self,
            tr("ui.intake.import"),
            tr("ui.intake.kinds", patterns=" ".join(f"*{suffix}" for suffix in sorted(WANTED | STATUTE_SUFFIXES))),
        ):
            self.take(paths)

    def _ask_folder(self) -> None:
        if (folder := ask_folder(self, tr("ui.intake.folder"))) is not None:
            self.take([folder])

    def open_form(self) -> None:
        """The form that records a live broadcast."""
        self.form.open_form(self.session.session.values())

    def _recording_begun(self, capture_id: str) -> None:
        self._desk.said.emit(tr("ui.live.begun"), "good")
        self._chain.follow_capture(capture_id)
        if self.form.analyse.isChecked():
            self._chain.analyse_capture(capture_id)
        self.live.look_again()

    def mark_live(self) -> None:
        """Marks this moment in every room that records, from whatever step."""
        if not self.live.mark_all():
            self._desk.said.emit(tr("ui.live.none"), "")

    def _toggle_session(self) -> None:
        """The facts of the recording at hand; of the next import where there is none."""
        lines = self.table.lines
        if self.session.isVisible() or self.session_of.isVisible():
            self.session.hide()
            self.session_of.hide()
        elif lines:
            self.session_of.open_line(lines[0], self._others(lines[0]))
            self.session_of.session.platform.setFocus()
        else:
            self._ask_next_session()

    def _ask_next_session(self) -> None:
        self.session_of.hide()
        self.session.show()
        self.session.session.platform.setFocus()

    def _others(self, line: Line) -> int:
        """How many more recordings are of the same session."""
        return sum(one.recording.session_id == line.recording.session_id for one in self.model.lines) - 1

    def _watch_chosen(self) -> None:
        lines = self.table.lines or self.model.lines
        if lines:
            self.watch.emit(lines[0].recording.id)

    def join_lines(self, lines: list[Line]) -> None:
        """Makes one recording of the files of several. They are read where they came from, for the copies have lost their names."""
        case = self._desk.work.case
        if case is None:
            return
        paths = [Path(case.get(Original, name).source_path) for line in lines for name in line.originals]
        gone = [path.name for path in paths if not path.is_file()]
        if gone:
            self._desk.said.emit(tr("ui.join.gone", names=", ".join(gone[:4])), "bad")
            return
        session = lines[0].session
        facts = {name: getattr(session, name) for name in ("platform", "room", "account", "host", "started_at")} if session else {}
        self._chain.import_files([str(path) for path in paths], session=facts, join=True)

    def _set_zone(self, original_id: str, minutes: int) -> None:
        """The zone a log was written in: its messages are moved by the difference, in one act that can be undone."""
        self._desk.later("chat.align", self._zone_set, original_id=original_id, anchors=[(0, offset_for(minutes))])

    def _zone_set(self, outcome: Outcome) -> None:
        self._desk.said.emit(tr("ui.zone.done", count=outcome.facts["count"]), "good")

    # -- content -------------------------------------------------------------------------------------------------------------

    def _opened(self) -> None:
        case = self._desk.work.case
        self._stack.setCurrentIndex(_LOADING)
        sessions = case.find(Session, order="rowid DESC") if case is not None else []
        if sessions:
            self.session.session.give({name: getattr(sessions[0], name) for name in ("platform", "room", "account", "host")})
        for button in (self._import, self._folder, self._record, self._watch, *self.ways):
            button.setEnabled(not self._desk.read_only)
        self.refresh()

    def refresh(self) -> None:
        """Reads the material anew, once it can be seen; one reading at a time, so that an older one never comes after a newer."""
        case = self._desk.work.case
        if case is None:
            return
        if not self.isVisible():
            self._unseen = True
            return
        self._unseen = False
        self._stale = self._reading
        if not self._reading:
            self._reading = True
            self._pool.run(lambda: read_material(case), self._read, self._unread)

    def _read(self, material: Material) -> None:
        self._reading = False
        self._show(material)
        if self._stale:
            self.refresh()

    def _unread(self, error: InspectorError) -> None:
        self._reading = False
        self._desk.complain(error)

    def _later(self) -> None:
        """Many changes in a row are read once."""
        if not self._soon.isActive():
            self._soon.start()

    def _show(self, material: Material) -> None:
        self.model.show(material.lines, material.others)
        self._stack.setCurrentIndex(_TABLE if self.model.rows else _EMPTY)
        self.setFocusProxy(self.table if self.model.rows else self.ways[0])
        self._note.say("ui.material.count", count=len(self.model.rows))
        self._note.setVisible(bool(self.model.rows))
        self.notices.show_material(material.proposals, material.assumed)
        self.refused.show_items(material.refused, material.left_out)
        self.jobs.show_left(material.jobs)
        self._follow_choice()

    def _follow_choice(self) -> None:
        """Details, alignment and stages are of what is at hand."""
        rows, lines = self.table.rows, self.table.lines
        first = rows[0] if rows else None
        self.details.show_row(first)
        self.align.show_log(first.log if isinstance(first, Other) else None)
        self.stages.show_lines(lines, self.model.lines)
        if lines and self.session_of.isVisible():
            self.session_of.follow(lines[0], self._others(lines[0]))
        there, writable = bool(self.model.lines), not self._desk.read_only
        self._all.setEnabled(there and writable)
        self._see.setEnabled(there)
        self._join.setVisible(len(lines) > 1 and len(lines) == len(rows) and writable and all(not line.recording.state for line in lines))

    def _clear(self) -> None:
        self._pool.forget()
        self._reading = self._stale = False
        self.session.hide()
        self.session_of.hide()
        self.session.session.give({})
        self.session.started.clear()
        self.form.hide()
        self.notices.forget()
        self._show(Material())

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._leaving.watch(self.window())
        if self._unseen:
            self.refresh()
        self.live.look_again()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "_leaving"):
            self.model.retranslate()
        super().changeEvent(event)
