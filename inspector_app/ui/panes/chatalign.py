"""Tying a chat log to the recording's clock by one or two points a person knows: a line of chat and the moment it belongs to.

What each line would become is shown before anything is changed; applying is one act that can be undone.
"""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QAbstractListModel, QEvent, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QFrame, QLineEdit, QListView, QWidget

from inspector_app.casefile.case import Case
from inspector_app.commands.chats import line_through
from inspector_app.domain.errors import UsageError
from inspector_app.domain.records import ChatLog, ChatMessage
from inspector_app.domain.timebase import SECOND, format_clock, parse_clock
from inspector_app.i18n import explain, tr
from inspector_app.intake.chat.view import escaped, fold
from inspector_app.ui.bridge.background import Background
from inspector_app.ui.bridge.desk import Desk
from inspector_app.ui.theme.look import look
from inspector_app.ui.theme.widgets import Button, Elided, Panel, Say, column, row


@dataclass(frozen=True)
class ChatLine:
    """One line of the view: where its messages stand on the log's own clock and on the recording's, and what it says."""

    log_us: int
    at_us: int
    text: str


def read_lines(case: Case, log: ChatLog) -> list[ChatLine]:
    """The messages of a log as lines, combos folded, in time; any thread."""
    messages = case.find(ChatMessage, order="at_us, rowid", original_id=log.original_id, recording_id=log.recording_id)
    lines = []
    for folded in fold(messages):
        first = folded.members[0]
        log_us = int(first.facts.get("log_us", first.at_us))
        count = f" ×{folded.count}" if folded.count > 1 else ""
        words = f"{folded.message.user}：{folded.message.text}" if folded.message.user else folded.message.text
        lines.append(ChatLine(log_us, first.at_us, escaped(words) + count))
    return sorted(lines, key=lambda line: line.at_us)


class ChatLinesModel(QAbstractListModel):
    """Lines with where they stand now and, once there is a point, where they would; written only when they are drawn."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.all: list[ChatLine] = []
        self.shown: list[ChatLine] = []
        self._moved: Callable[[int], int] | None = None

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.shown)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or index.row() >= len(self.shown):
            return None
        line = self.shown[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            would = f" → {format_clock(self._moved(line.log_us))}" if self._moved is not None else ""
            return f"{format_clock(line.at_us)}{would}   {line.text}"
        return line.text if role == Qt.ItemDataRole.ToolTipRole else None

    def give(self, lines: list[ChatLine], words: str = "") -> None:
        self.beginResetModel()
        self.all = lines
        wanted = words.strip().casefold()
        self.shown = [line for line in lines if wanted in line.text.casefold()] if wanted else lines
        self.endResetModel()

    def preview(self, moved: Callable[[int], int] | None) -> None:
        """How a moment of the log's clock would be moved; None where nothing would."""
        self._moved = moved
        if self.shown:
            self.dataChanged.emit(self.index(0), self.index(len(self.shown) - 1))


class _Point:
    """One of the two points: the line chosen, and the field with its moment of the recording."""

    def __init__(self, pane: "ChatAlign", place: int) -> None:
        self.line: ChatLine | None = None
        self.words = Elided()
        self.field = QLineEdit()
        self.field.setMaximumWidth(look().em * 7)
        self.field.textChanged.connect(lambda _: pane.preview())
        self.take = Button(f"ui.align.point{place}", lambda: pane.set_point(self), icon_name="clock", hint="ui.align.point_hint")

    def moment(self) -> int | None:
        try:
            return parse_clock(self.field.text())
        except ValueError:
            return None

    def pair(self) -> tuple[int, int] | None:
        moment = self.moment()
        return (self.line.log_us, moment) if self.line is not None and moment is not None else None


class ChatAlign(Panel):
    """`position` gives the moment the player stands at, in microseconds. Shows one chat log at a time; hidden without one."""

    def __init__(self, desk: Desk, reading: Background, parent: QWidget | None = None) -> None:
        super().__init__("ui.align.title", parent)
        self._desk, self._reading = desk, reading
        self._log: ChatLog | None = None
        self._wrong: UsageError | None = None
        self.position: Callable[[], int] = lambda: 0
        box = column(12, 6, 10, 8, spacing=5)
        self.body.addLayout(box)
        self.model = ChatLinesModel(self)
        self.search = QLineEdit()
        self.search.textChanged.connect(lambda text: self.model.give(self.model.all, text))
        box.addWidget(self.search)
        self.list = QListView()
        self.list.setModel(self.model)
        self.list.setUniformItemSizes(True)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setFont(look().font(-1))
        self.list.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.list.setMinimumHeight(look().em * 5)
        box.addWidget(self.list, 1)
        self.points = (_Point(self, 1), _Point(self, 2))
        for point in self.points:
            line = row(spacing=6)
            line.addWidget(point.take)
            line.addWidget(point.words, 1)
            line.addWidget(point.field)
            box.addLayout(line)
        self.result = Say(size=-1, wrap=True)
        box.addWidget(self.result)
        acts = row(spacing=6)
        self.back = Button("ui.align.back", self.put_back, icon_name="undo", hint="ui.align.back_hint")
        self.keep = Button("ui.align.apply", self.apply, kind="primary", icon_name="check", hint="ui.align.apply_hint")
        acts.addStretch(1)
        acts.addWidget(self.back)
        acts.addWidget(self.keep)
        box.addLayout(acts)
        desk.closed.connect(lambda: self.show_log(None))
        self._write()
        self.show_log(None)

    def show_log(self, log: ChatLog | None) -> None:
        """Shows another log, or the same one read anew."""
        other = log is None or self._log is None or log.id != self._log.id
        moved = log != self._log
        self._log = log
        self.setVisible(log is not None)
        if other:
            for point in self.points:
                point.line = None
                point.field.clear()
            self.model.give([])
            self.search.clear()
        case = self._desk.work.case
        if log is not None and case is not None and (moved or not self.model.all):
            self._reading.run(lambda: read_lines(case, log), self._take, self._desk.complain)
        self.preview()

    def _take(self, lines: list[ChatLine]) -> None:
        self.model.give(lines, self.search.text())
        self.note.say("ui.material.messages", count=len(lines))
        self.preview()

    def set_point(self, point: _Point) -> None:
        """Takes the line at hand and the player's moment as a point; the moment may then be typed over."""
        place = self.list.currentIndex().row()
        if not 0 <= place < len(self.model.shown):
            self._desk.said.emit(tr("ui.align.choose"), "bad")
            self.list.setFocus()
            return
        point.line = self.model.shown[place]
        point.field.setText(format_clock(self.position()))
        self.preview()
        point.field.setFocus()

    def anchors(self) -> list[tuple[int, int]]:
        return [pair for pair in (point.pair() for point in self.points) if pair is not None]

    def preview(self) -> None:
        """Says what the points make of the log, and shows it in the list."""
        if not hasattr(self, "keep"):
            return
        self._wrong = None
        for point in self.points:
            line = point.line
            point.words.set_text(f"{format_clock(line.log_us)}  {line.text}" if line is not None else tr("ui.align.no_line"))
            bad = bool(point.field.text().strip()) and point.moment() is None
            if bool(point.field.property("wrong")) != bad:
                point.field.setProperty("wrong", bad)
                point.field.style().unpolish(point.field)
                point.field.style().polish(point.field)
        anchors = self.anchors()
        try:
            offset, ppm = line_through(anchors)
        except UsageError as error:
            self._wrong = error
            self.result.setText(" ".join(explain(error)))
            self.model.preview(None)
            self.keep.setEnabled(False)
            return
        if anchors:
            last = max((line.log_us for line in self.model.all), default=0)
            drift = (last * ppm) // 1_000_000
            self.result.say("ui.align.result", offset=f"{offset / SECOND:+.3f}", ppm=f"{ppm:+d}", drift=f"{drift / SECOND:+.3f}")
            self.model.preview(lambda log_us: log_us + offset + log_us * ppm // 1_000_000)
        else:
            self.result.say("ui.align.how")
            self.model.preview(None)
        self.keep.setEnabled(bool(anchors) and not self._desk.read_only)
        self.back.setEnabled(bool(self._log is not None and self._log.anchors) and not self._desk.read_only)

    def apply(self) -> None:
        """Lays the whole log by the points; one act."""
        self._align(self.anchors())

    def put_back(self) -> None:
        """Lays the log where it was imported."""
        self._align([])

    def _align(self, anchors: list[tuple[int, int]]) -> None:
        log = self._log
        if log is not None:
            words = {"original_id": log.original_id, "recording_id": log.recording_id, "anchors": anchors}
            self._desk.later("chat.align", lambda outcome: self._aligned(int(outcome.facts["count"])), **words)

    def _aligned(self, count: int) -> None:
        self._desk.said.emit(tr("ui.align.done", count=count), "good")
        for point in self.points:
            point.line = None
            point.field.clear()
        self.preview()

    def _write(self) -> None:
        self.search.setPlaceholderText(tr("ui.align.search"))
        self.search.setAccessibleName(tr("ui.align.search"))
        self.list.setAccessibleName(tr("ui.align.lines"))
        for point in self.points:
            point.field.setAccessibleName(tr("ui.align.moment"))
            point.field.setPlaceholderText("00:00:00.000")

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "keep"):
            self._write()
            self.preview()
        super().changeEvent(event)
