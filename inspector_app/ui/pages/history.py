"""The history pane: every act that can be undone, by name with time and person; a click or Enter makes the case as it was right after it.

It lies over the right side of the window and stops nothing. Each step of a jump is an undo or redo of its own in the journal.
"""

from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from inspector_app.commands.history import Step
from inspector_app.commands.registry import COMMANDS, Outcome
from inspector_app.domain.errors import InspectorError
from inspector_app.domain.timebase import beijing
from inspector_app.i18n import has, tr
from inspector_app.ui.shell.overlay import Overlay
from inspector_app.ui.theme.look import look
from inspector_app.ui.theme.widgets import Button, Say, column, row, rule

if TYPE_CHECKING:
    from inspector_app.ui.bridge.desk import Desk

_PLACE = Qt.ItemDataRole.UserRole


class HistoryPane(Overlay):
    """Lists the newest thousand; what is undone stands below the line of now, paler and marked."""

    def __init__(self, parent: QWidget, desk: "Desk") -> None:
        super().__init__(parent)
        self._desk = desk
        self._parent = parent
        self._busy = False
        box = column(12, 10, 12, 10, spacing=8)
        self.setLayout(box)
        head = row()
        head.addWidget(Say("ui.history.title", size=2, bold=True))
        head.addStretch(1)
        head.addWidget(Button(kind="flat", icon_name="close", hint="ui.close", act=self.close_overlay))
        box.addLayout(head)
        box.addWidget(Say("ui.history.how", tone="muted", size=-1, wrap=True))
        box.addWidget(rule())
        self.list = QListWidget()
        self.list.setUniformItemSizes(True)
        self.list.itemActivated.connect(self._go)
        self.list.itemClicked.connect(self._go)
        box.addWidget(self.list, 1)
        desk.changed.connect(lambda *_: self.refresh() if self.isVisible() and not self._busy else None)
        desk.closed.connect(self.close_overlay)

    def open_history(self) -> None:
        width = min(look().em * 24, self._parent.width() - 40)
        top = look().em * 3
        self.setGeometry(self._parent.width() - width - 10, top, width, self._parent.height() - top - look().em * 3)
        self.list.setAccessibleName(tr("ui.history.title"))
        self.raise_()
        self.show()
        self.list.setFocus()
        self.refresh()

    def refresh(self) -> None:
        self._desk.later("history.list", self._show)

    def _show(self, outcome: Outcome) -> None:
        steps: list[Step] = outcome.data["steps"]
        place, earlier = int(outcome.data["place"]), int(outcome.data["earlier"])
        self.list.clear()
        self._add(tr("ui.history.earlier", count=earlier) if earlier else tr("ui.history.begin"), earlier, done=True)
        for number, step in enumerate(steps, earlier + 1):
            self._add(_words(step), number, done=step.done)
        now = self.list.item(place - earlier)
        if now is not None:
            font = QFont(self.list.font())
            font.setBold(True)
            now.setFont(font)
            now.setText(f"▸ {now.text()}")
            self.list.setCurrentItem(now)
            self.list.scrollToItem(now, QListWidget.ScrollHint.PositionAtCenter)

    def _add(self, words: str, place: int, *, done: bool) -> None:
        item = QListWidgetItem(words if done else tr("ui.history.undone", act=words))
        item.setData(_PLACE, place)
        if not done:
            item.setForeground(look().colour("muted"))
        self.list.addItem(item)

    def _go(self, item: QListWidgetItem) -> None:
        """Goes to the moment right after an act, in the background: a long way back is many journal rows."""
        if not self._busy:
            self._busy = True
            place = int(item.data(_PLACE))  # read here: the list may be filled anew before the walk begins
            self._desk.reading.run(lambda: self._walk(place), self._arrived, self._stopped)

    def _walk(self, place: int) -> Outcome:
        return COMMANDS["history.go"].run(self._desk.work, place=place)

    def _arrived(self, outcome: Outcome) -> None:
        self._busy = False
        undone, redone = outcome.facts["undone"], outcome.facts["redone"]
        if undone or redone:
            self._desk.said.emit(tr("ui.history.gone", undone=undone, redone=redone), "good")
        self.refresh()

    def _stopped(self, error: InspectorError) -> None:
        self._busy = False
        self._desk.complain(error)
        self.refresh()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange and self.isVisible():
            self.refresh()
        super().changeEvent(event)


def _words(step: Step) -> str:
    """`14:02:11  新增认定 003 · 张三`."""
    clock = beijing(datetime.fromisoformat(step.utc)).strftime("%m-%d %H:%M:%S")
    title = tr(f"act.{step.act}") if has(f"act.{step.act}") else step.act
    number = str(step.facts.get("number", ""))
    name = f"{title} {number.zfill(3)}" if number.isdigit() else title
    return f"{clock}   {name}   ·   {step.by}"
