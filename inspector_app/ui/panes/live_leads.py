"""Leads as they come while a room is recorded, newest on top; a sound for each only where a person switched it on."""

from collections import deque
from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QApplication, QFrame, QListWidget, QListWidgetItem, QWidget

from inspector_app.casefile.changes import Change
from inspector_app.casefile.rows import from_row
from inspector_app.domain.records import Lead, Recording
from inspector_app.i18n import tr
from inspector_app.ui.bridge.desk import Desk
from inspector_app.ui.models.words import short_clock
from inspector_app.ui.theme.look import look
from inspector_app.ui.theme.widgets import Button, Panel

_MOST = 200
_LEAD = Qt.ItemDataRole.UserRole + 1
_SOUND = "lead_sound"


class LiveLeads(Panel):
    """Signal `see(recording id, us)`. Lists leads of recordings that still grow; hidden while no room is recorded and none has come."""

    see = Signal(str, object)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__("ui.live_leads.title", parent)
        self._desk = desk
        self._leads: deque[Lead] = deque(maxlen=_MOST)
        self._rooms = 0
        self.sound = Button("ui.live_leads.sound", kind="toggle", hint="ui.live_leads.sound_hint")
        self.sound.setCheckable(True)
        self.sound.setChecked(bool(desk.settings.get(_SOUND, False)))
        self.sound.toggled.connect(lambda on: desk.settings.set(_SOUND, bool(on)))
        self.head.addWidget(self.sound)
        self.list = QListWidget()
        self.list.setWordWrap(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.list.setMinimumHeight(look().em * 4)
        self.list.itemActivated.connect(self._open)
        self.body.addWidget(self.list, 1)
        desk.changed.connect(self._hear)
        desk.closed.connect(self._forget)
        self._fill()

    def show_rooms(self, count: int) -> None:
        self._rooms = count
        self._fill()

    def _forget(self) -> None:
        self._leads.clear()
        self.show_rooms(0)

    def _hear(self, _act: str, changes: Sequence[Change]) -> None:
        case = self._desk.work.case
        fresh = [
            from_row(Lead, change.after) for change in changes if change.table == Lead.table and change.before is None and change.after
        ]
        if not fresh or case is None:
            return
        growing = {row.id for row in case.find(Recording, state="growing")}
        mine = [lead for lead in fresh if lead.recording_id in growing and lead.state == "open"]
        if not mine:
            return
        for lead in sorted(mine, key=lambda one: one.start_us):
            self._leads.appendleft(lead)
        self._fill()
        if self.sound.isChecked():
            QApplication.beep()

    def _fill(self) -> None:
        self.list.clear()
        for lead in self._leads:
            item = QListWidgetItem(f"{short_clock(lead.start_us)}   {lead.matched}   {lead.quote}")
            item.setData(_LEAD, lead)
            item.setToolTip(lead.quote)
            self.list.addItem(item)
        if not self._leads:
            empty = QListWidgetItem(tr("ui.live_leads.none"))
            empty.setFlags(Qt.ItemFlag.NoItemFlags)
            self.list.addItem(empty)
        self.list.setAccessibleName(tr("ui.live_leads.title"))
        self.note.setText(str(len(self._leads)) if self._leads else "")
        self.setVisible(bool(self._rooms or self._leads))

    def _open(self, item: QListWidgetItem) -> None:
        lead = item.data(_LEAD)
        if isinstance(lead, Lead):
            self.see.emit(lead.recording_id, lead.start_us)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "list"):
            self._fill()
        super().changeEvent(event)
