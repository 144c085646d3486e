"""What is known of the broadcast of a recording that was taken in, to be corrected: the same fields as for the next import, filled and kept."""

from datetime import datetime

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QCheckBox, QWidget

from inspector_app.commands.registry import Outcome
from inspector_app.domain.timebase import beijing
from inspector_app.i18n import tr
from inspector_app.ui.bridge.desk import Desk
from inspector_app.ui.models.recordings import Line
from inspector_app.ui.theme.widgets import Button, row

from .intake_session import NAMES, SessionPanel


class SessionEditor(SessionPanel):
    """What is known of the broadcast of one recording, to be corrected. Signal `asks_next()`: the facts of the next import are wanted."""

    asks_next = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        self._desk = desk
        self._line: Line | None = None
        self._others = 0
        self._shown: dict[str, str] = {}
        super().__init__(parent)
        self.alone = QCheckBox()
        self.keep = Button("ui.session.keep", self._keep, kind="primary")
        line = row(spacing=10)
        line.addWidget(self.alone)
        line.addStretch(1)
        line.addWidget(Button("ui.session.next", self.asks_next.emit, kind="flat", hint="ui.session.next_hint"))
        line.addWidget(self.keep)
        self.box.addLayout(line)

    def open_line(self, line: Line, others: int) -> None:
        """Shows the facts of a recording as the case has them; `others` are how many more recordings share its session."""
        self._line, self._others = line, others
        session = line.session
        self.title.say("ui.session.of", name=line.recording.name)
        self.session.give({name: getattr(session, name) for name in NAMES} if session is not None else {})
        started = session.started_at if session is not None else ""
        self.started.setText(f"{beijing(datetime.fromisoformat(started)):%Y-%m-%d %H:%M:%S}" if started else "")
        self.alone.setChecked(False)
        self.alone.setVisible(others > 0)
        self.keep.setEnabled(not self._desk.read_only)
        self._shown = self._typed()
        self._write_alone()
        self.show()

    def follow(self, line: Line, others: int) -> None:
        """Goes along with the choice in the table; what was typed and not kept stays with the recording it is of."""
        if self._typed() == self._shown:
            self.open_line(line, others)

    def _typed(self) -> dict[str, str]:
        return {**self.session.values(), "started_at": self.started.text().strip()}

    def _keep(self) -> None:
        values, typed = self.values(), self._typed()
        if values is None or self._line is None:
            return
        given = {name: value for name, value in values.items() if typed[name] != self._shown[name]}
        key, alone = self._line.recording.id, self._others > 0 and self.alone.isChecked()
        outcome = self._desk.do("session.set", recording_id=key, alone=alone, **given)
        if outcome is not None:
            self._shown = typed
            self._desk.said.emit(said_of(outcome), "good")

    def _write_alone(self) -> None:
        self.alone.setText(tr("ui.session.alone", count=self._others))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "alone"):
            self._write_alone()


def said_of(outcome: Outcome) -> str:
    """What `session.set` changed: another day brings another edition of the law, and logs stay where they were laid."""
    facts = outcome.facts
    if not facts["recordings"]:
        return tr("session.same")
    words = [tr("session.kept", recordings=facts["recordings"])]
    if facts["day"] != facts["day_before"]:
        unknown = tr("session.no_day")
        words.append(tr("session.day", day=facts["day"] or unknown, before=facts["day_before"] or unknown, count=facts["findings"]))
    if facts["chats"]:
        words.append(tr("session.chats", count=facts["chats"]))
    return "".join(words)
