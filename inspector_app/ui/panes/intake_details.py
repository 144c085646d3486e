"""The details of the material at hand: facts, digests to copy, clocks, warnings and gaps in words with the next step, and who handled it."""

from functools import partial
from typing import Any

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication, QGridLayout, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from inspector_app.commands.registry import Outcome
from inspector_app.domain.timebase import SECOND
from inspector_app.i18n import tr
from inspector_app.ui.bridge.background import Background
from inspector_app.ui.bridge.desk import Desk
from inspector_app.ui.models.intake_facts import Custody, Details, read_custody, read_details
from inspector_app.ui.models.recordings import Line, Row, kind_of
from inspector_app.ui.theme.look import look
from inspector_app.ui.theme.widgets import Button, Chip, Elided, Empty, Panel, Say, column, row


class DetailsPane(Panel):
    """Of one row at a time; what is slow to read (coverage, custody) comes when it is there or asked for."""

    def __init__(self, desk: Desk, reading: Background, parent: QWidget | None = None) -> None:
        super().__init__("ui.details.title", parent)
        self._desk, self._reading = desk, reading
        self._row: Row | None = None
        self._shown: Details | None = None
        self._custody: list[Custody] | None = None
        self._coverage: dict[str, Any] | None = None
        self.kind = Chip()
        self.head.insertWidget(1, self.kind)
        self._history = Button("ui.details.custody", self._ask_custody, kind="flat", icon_name="journal", hint="ui.details.custody_hint")
        self._clock = Button("ui.details.compare", self._ask_clock, kind="flat", icon_name="clock", hint="ui.details.compare_hint")
        self.head.addWidget(self._clock)
        self.head.addWidget(self._history)
        self.compare = CompareClock(desk)
        self.body.addWidget(self.compare)
        self._empty = Empty("info", "ui.details.none", "ui.details.none_text")
        self.body.addWidget(self._empty, 1)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._area.setMinimumHeight(look().em * 7)
        self.body.addWidget(self._area, 1)
        desk.closed.connect(lambda: self.show_row(None))
        self.show_row(None)

    def show_row(self, now: Row | None) -> None:
        """Shows another row, or the same one read anew."""
        same = now is not None and self._row is not None and _key(now) == _key(self._row)
        if same and now == self._row and self._shown is not None:
            return
        self._row = now
        if not same:
            self._shown, self._custody, self._coverage = None, None, None
            self._area.verticalScrollBar().setValue(0)
            self.compare.hide()
        for widget in (self._area, self.kind, self._history):
            widget.setVisible(now is not None)
        self._empty.setVisible(now is None)
        captured = isinstance(now, Line) and now.recording.method == "captured"
        self._clock.setVisible(captured and not self._desk.read_only)
        case = self._desk.work.case
        if now is None or case is None:
            self.note.setText("")
            return
        self._reading.run(lambda: read_details(case, now), self._take, self._desk.complain)
        if isinstance(now, Line) and now.speech[0] not in ("none", "absent"):
            self._desk.later("transcript.coverage", self._take_coverage, recording=now.recording.id)

    def _take(self, details: Details) -> None:
        if self._row is not None and _key(details.row) == _key(self._row):
            self._shown = details
            self._fill()

    def _take_coverage(self, outcome: Outcome) -> None:
        found = {one["recording"]: one for one in outcome.data["recordings"]}
        if isinstance(self._row, Line) and self._row.recording.id in found:
            self._coverage = found[self._row.recording.id]
            self._fill()

    def _ask_custody(self) -> None:
        case, now = self._desk.work.case, self._row
        if case is not None and now is not None:
            self._reading.run(lambda: read_custody(case, now), self._take_custody, self._desk.complain)

    def _take_custody(self, custody: list[Custody]) -> None:
        self._custody = custody
        self._fill()

    def _ask_clock(self) -> None:
        if isinstance(self._row, Line):
            self.compare.open(self._row.recording.id)

    # -- what is shown ---------------------------------------------------------------------------------------------------------

    def _fill(self) -> None:
        details = self._shown
        if details is None:
            return
        self.note.setText(details.row.recording.name if isinstance(details.row, Line) else details.row.original.source_name)
        self.kind.say(f"ui.material.kind.{kind_of(details.row)}")
        left, right = column(spacing=3), column(spacing=4)
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(1, 1)
        for name, text in details.facts:
            self._fact(grid, name, text)
        for name, text in details.digests:
            self._fact(grid, name, text, copy=True)
        left.addLayout(grid)
        left.addStretch(1)
        self._section(right, "ui.details.clocks")
        clocks = QGridLayout()
        clocks.setHorizontalSpacing(12)
        clocks.setVerticalSpacing(2)
        clocks.setColumnStretch(1, 1)
        for name, text in details.clocks:
            self._fact(clocks, name, text)
        right.addLayout(clocks)
        if self._coverage is not None:
            self._section(right, "ui.details.coverage")
            right.addWidget(_words(_coverage(self._coverage)))
        self._section(right, "ui.details.notes")
        for cause, step in details.notes or [(tr("ui.details.no_notes"), "")]:
            right.addWidget(_words(cause, "" if not details.notes else "lead"))
            if step:
                right.addWidget(_words(step, "muted"))
        if self._custody is not None:
            self._section(right, "ui.details.custody")
            for act in self._custody:
                right.addWidget(_words(f"{act.at}　{act.act} · {act.by}"))
                right.addWidget(_words(act.note, "muted"))
        right.addStretch(1)
        self._put(left, right)

    def _put(self, left: QVBoxLayout, right: QVBoxLayout) -> None:
        """Shows what was built in one step, in the place of what was there; the scroll bar stays."""
        inner, line, bar = QWidget(), row(12, 8, 12, 10, spacing=22), self._area.verticalScrollBar()
        line.addLayout(left, 5)
        line.addLayout(right, 4)
        inner.setLayout(line)
        at = bar.value()
        self._area.setWidget(inner)
        bar.setValue(at)

    def _section(self, box: QVBoxLayout, key: str) -> None:
        box.addWidget(Say(key, bold=True, size=-1))

    def _fact(self, grid: QGridLayout, name: str, text: str, *, copy: bool = False) -> None:
        place = grid.rowCount()
        grid.addWidget(Say(f"ui.fact.{name}", tone="muted", size=-1), place, 0, Qt.AlignmentFlag.AlignTop)
        value = Elided()
        value.setFont(look().fixed(-2) if copy else look().font(-1))
        value.set_text(text)
        value.setAccessibleName(text)
        grid.addWidget(value, place, 1)
        if copy:
            grid.addWidget(Button(kind="flat", icon_name="copy", hint="ui.details.copy", act=partial(self._copy, text)), place, 2)

    def _copy(self, text: str) -> None:
        QApplication.clipboard().setText(text)
        self._desk.said.emit(tr("ui.details.copied"), "good")

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange and getattr(self, "_row", None) is not None:
            now, self._row, self._custody = self._row, None, None
            self.show_row(now)
        super().changeEvent(event)


class CompareClock(QWidget):
    """A comparison of the machine's clock made by hand, for a capture that was never compared (未校时)."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk, self._recording = desk, ""
        box = column(12, 6, 12, 6, spacing=4)
        self.setLayout(box)
        box.addWidget(Say("ui.compare.how_text", tone="muted", size=-1, wrap=True))
        line = row(spacing=8)
        self.fields = {name: QLineEdit() for name in ("offset", "error", "how")}
        for name, field in self.fields.items():
            line.addWidget(field, 3 if name == "how" else 1)
        line.addWidget(Button("ui.compare.keep", self.keep, kind="primary"))
        line.addWidget(Button(kind="flat", icon_name="close", hint="ui.close", act=self.hide))
        box.addLayout(line)
        self.wrong = Say(tone="bad", size=-1)
        box.addWidget(self.wrong)
        self._write()
        self.hide()

    def open(self, recording_id: str) -> None:
        self._recording = recording_id
        self.wrong.setText("")
        self.show()
        self.fields["offset"].setFocus()

    def keep(self) -> None:
        offset, error = (_micros(self.fields[name].text()) for name in ("offset", "error"))
        how = self.fields["how"].text().strip()
        if offset is None or error is None or error < 0 or not how:
            self.wrong.say("ui.compare.wrong")
            return
        if self._desk.do("recording.compare_clock", recording_id=self._recording, offset_us=offset, error_us=error, how=how) is not None:
            self.hide()

    def _write(self) -> None:
        for name, field in self.fields.items():
            field.setPlaceholderText(tr(f"ui.compare.{name}"))
            field.setAccessibleName(tr(f"ui.compare.{name}"))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "wrong"):
            self._write()
        super().changeEvent(event)


def _micros(text: str) -> int | None:
    """Seconds as typed (`-1.25`, `＋0.5`) in microseconds; None where it is no number of seconds within a day."""
    try:
        seconds = float(text.strip().replace("＋", "+").replace("－", "-").replace("，", ".").replace("。", "."))
    except ValueError:
        return None
    return round(seconds * SECOND) if abs(seconds) <= 86_400 else None


def _coverage(found: dict[str, Any]) -> str:
    """Covered share, what waits, what failed, and how much a person has checked."""
    parts = [tr("ui.coverage.share", share=_share(found["coverage_pm"]), seconds=found["speech_us"] // SECOND)]
    lacking = [name for name in ("waiting", "failed") if found[f"{name}_us"]]
    parts += [tr(f"ui.coverage.{name}", seconds=-(-found[f"{name}_us"] // SECOND)) for name in lacking]
    parts.append(tr("ui.coverage.checked", checked=found["checked"], all=found["segments"], doubtful=found["doubtful"]))
    return " · ".join(parts)


def _share(per_mille: int | None) -> str:
    return "—" if per_mille is None else f"{per_mille / 10:.1f} %"


def _words(text: str, tone: str = "") -> Say:
    label = Say(tone=tone, size=-1, wrap=True)
    label.setText(text)
    return label


def _key(row_: Row) -> str:
    return row_.recording.id if isinstance(row_, Line) else row_.original.id
