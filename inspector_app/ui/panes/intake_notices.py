"""What intake has to ask or tell, in place and never over the work: pieces that look like one broadcast, a log without a zone, files not taken."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QComboBox, QFrame, QScrollArea, QWidget

from inspector_app.domain.timebase import SECOND
from inspector_app.i18n import tr
from inspector_app.ui.models.recordings import Line, Other, next_step, refusal
from inspector_app.ui.models.words import span_clock
from inspector_app.ui.theme.look import look
from inspector_app.ui.theme.widgets import Button, Icon, Panel, Say, clear, column, row

#: zones a log may have been written in, as `chat` importers take them
ZONES = ("+08:00", "+00:00", "+07:00", "+09:00", "-05:00", "-08:00")
_ASSUMED_MIN = 8 * 60


class Notice(QFrame):
    """One line with a sign, a sentence and what can be done about it."""

    def __init__(self, icon_name: str, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self.line = row(12, 5, 8, 5, spacing=8)
        self.setLayout(self.line)
        self.line.addWidget(Icon(icon_name, look().em, "lead"))
        self.words = Say(wrap=True)
        self.words.setText(text)
        self.line.addWidget(self.words, 1)


class Notices(QWidget):
    """Signals: `join(lines)` make one recording of these, `zone(original id, minutes)` how far east of Greenwich a log was written."""

    join = Signal(object)
    zone = Signal(str, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._box = column(spacing=5)
        self.setLayout(self._box)
        self._groups: list[list[Line]] = []
        self._logs: list[Other] = []
        self._settled: set[str] = set()
        self.hide()

    def show_material(self, groups: Sequence[list[Line]], logs: Sequence[Other]) -> None:
        self._groups, self._logs = list(groups), list(logs)
        self._fill()

    def forget(self) -> None:
        self._settled.clear()
        self.show_material([], [])

    def _leave(self, key: str) -> None:
        self._settled.add(key)
        self._fill()

    def _fill(self) -> None:
        clear(self._box)
        groups = [group for group in self._groups if _group_key(group) not in self._settled]
        logs = [log for log in self._logs if log.original.id not in self._settled]
        for group in groups[:2]:
            self._box.addWidget(self._proposal(group))
        for log in logs[:2]:
            self._box.addWidget(self._question(log))
        self.setVisible(bool(groups or logs))

    def _proposal(self, group: list[Line]) -> Notice:
        names = tr("ui.join.between").join((group[0].recording.name, group[-1].recording.name))
        length = span_clock(sum(line.recording.duration_us for line in group))
        notice = Notice("import", tr("ui.join.proposal", count=len(group), names=names, length=length))
        notice.line.addWidget(Button("ui.join.do", partial(self.join.emit, group), kind="primary"))
        notice.line.addWidget(Button("ui.join.leave", partial(self._leave, _group_key(group)), kind="flat", hint="ui.join.leave_hint"))
        return notice

    def _question(self, log: Other) -> Notice:
        notice = Notice("clock", tr("ui.zone.question", name=log.original.source_name))
        choice = QComboBox()
        for zone in ZONES:
            choice.addItem(tr("ui.zone.beijing") if zone == "+08:00" else f"UTC{zone}", zone)
        choice.setAccessibleName(tr("ui.zone.choose"))
        notice.line.addWidget(choice)
        notice.line.addWidget(Button("ui.zone.take", lambda: self._answer(log, str(choice.currentData())), kind="primary"))
        return notice

    def _answer(self, log: Other, zone: str) -> None:
        self._settled.add(log.original.id)
        self._fill()
        self.zone.emit(log.original.id, _minutes(zone))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "_settled"):
            self._fill()
        super().changeEvent(event)


def offset_for(minutes: int) -> int:
    """How far messages laid by Beijing's clock lie off where the log's zone puts them, in microseconds."""
    return (_ASSUMED_MIN - minutes) * 60 * SECOND


def _minutes(zone: str) -> int:
    sign = -1 if zone.startswith("-") else 1
    hours, _, minutes = zone[1:].partition(":")
    return sign * (int(hours) * 60 + int(minutes or 0))


def _group_key(group: list[Line]) -> str:
    return "/".join(line.recording.id for line in group)


class RefusedPanel(Panel):
    """Files no use could be made of: why, what to do, whether their bytes are kept. Signal `again(path, growing)` to try once more."""

    again = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("ui.refused.title", parent)
        self._items: list[dict[str, object]] = []
        self._left: list[dict[str, Any]] = []
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        inner = QWidget()
        self._box = column(12, 6, 10, 8, spacing=3)
        inner.setLayout(self._box)
        area.setWidget(inner)
        self.body.addWidget(area)
        self.setMinimumHeight(look().em * 6)

    def show_items(self, items: list[dict[str, object]], left_out: list[dict[str, Any]]) -> None:
        if (items, left_out) != (self._items, self._left) or not self._box.count():
            self._items, self._left = items, left_out
            self._fill()
        self.setVisible(bool(items or left_out))

    def _fill(self) -> None:
        clear(self._box)
        self.note.setText(str(len(self._items)) if self._items else "")
        for item in self._items:
            self._item(item)
        for one in self._left:
            folder, names = Path(str(one.get("folder", ""))).name, ", ".join(one.get("names", [])[:8])
            self._say(tr("ui.refused.left_out", count=one.get("count", 0), folder=folder, names=names), "muted")
        self._box.addStretch(1)

    def _item(self, item: dict[str, object]) -> None:
        file = str(item.get("file", ""))
        head = row(spacing=6)
        name = Say(bold=True, size=-1)
        name.setText(Path(file).name)
        name.setToolTip(file)
        head.addWidget(name, 1)
        if item.get("kept"):
            kept = Say("ui.refused.kept", tone="good", size=-1)
            head.addWidget(kept)
        self._box.addLayout(head)
        self._say(refusal(item), "")
        if step := next_step(item):
            self._say(step, "muted")
        acts = row(spacing=6)
        if item.get("code") == "import.growing":
            acts.addWidget(Button("ui.refused.wait", partial(self.again.emit, file, "wait"), hint="ui.refused.wait_hint"))
            acts.addWidget(Button("ui.refused.snapshot", partial(self.again.emit, file, "snapshot"), hint="ui.refused.snapshot_hint"))
        else:
            acts.addWidget(Button("ui.refused.again", partial(self.again.emit, file, "refuse"), kind="flat", icon_name="refresh"))
        acts.addStretch(1)
        self._box.addLayout(acts)

    def _say(self, text: str, tone: str) -> None:
        label = Say(tone=tone, size=-1, wrap=True)
        label.setText(text)
        self._box.addWidget(label)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "_box"):
            self._fill()
        super().changeEvent(event)
