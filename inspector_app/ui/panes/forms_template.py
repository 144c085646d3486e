"""The text of a form template with what is wrong named line by line, saved as the bureau's own copy. The shipped template is never changed."""

from PySide6.QtCore import QEvent, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QTextCursor, QTextFormat
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QWidget

from inspector_app.commands.registry import Outcome
from inspector_app.domain.errors import InspectorError
from inspector_app.dossier.forms import template as templates
from inspector_app.dossier.forms.template import Template
from inspector_app.i18n import tr
from inspector_app.ui.bridge.desk import Desk
from inspector_app.ui.panes.forms import template_words
from inspector_app.ui.theme.look import look
from inspector_app.ui.theme.widgets import Button, Chip, Panel, Say, column, row, rule


class TemplateEditor(Panel):
    """Signals: `sound(Template, text)` what is written can be read as a template, `saved()` the bureau's copy changed, `left()`."""

    sound = Signal(object, str)
    saved = Signal()
    left = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__("ui.template.title", parent)
        self._desk = desk
        self.name = ""
        self._kept = ""
        self._own = Chip()
        self.head.addWidget(self._own)
        self.head.addWidget(Button("ui.template.leave", self.leave, kind="flat", icon_name="back"))
        self.text = Lines()
        self.body.addWidget(self.text, 1)
        self.body.addWidget(rule())
        foot = column(12, 8, 12, 10, spacing=6)
        line = row(spacing=8)
        self.problem = Say(tone="muted", wrap=True)
        line.addWidget(self.problem, 1)
        self._go = Button("ui.template.go", self._to_problem, kind="flat")
        line.addWidget(self._go)
        foot.addLayout(line)
        line = row(spacing=6)
        line.addWidget(Say("ui.template.about", tone="muted", size=-1, wrap=True), 1)
        self._reset = Button("ui.template.reset", self._reset_own, kind="flat", icon_name="undo")
        self.save_button = Button("ui.template.save", self.save, kind="primary", icon_name="check")
        line.addWidget(self._reset)
        line.addWidget(self.save_button)
        foot.addLayout(line)
        self.body.addLayout(foot)
        self._soon = QTimer(self, singleShot=True, interval=250)
        self._soon.timeout.connect(self.check)
        self.text.textChanged.connect(self._soon.start)
        self._wrong = 0
        self._write()

    def open_template(self, name: str) -> None:
        """The text of a template as it lies on the disk, sound or not."""
        outcome = self._desk.do("form.template_text", template=name)
        if outcome is not None:
            self.name = name
            self._take(outcome)
            self.text.setFocus()

    def _take(self, outcome: Outcome) -> None:
        self._kept = outcome.data["text"]
        self._is_own = bool(outcome.data["own"])
        self.title.setText(f"{self.name}{templates.SUFFIX}")
        self._own.set_chip("accent" if self._is_own else "plain")
        self._own.say("ui.template.own" if self._is_own else "ui.template.shipped")
        self._reset.setVisible(self._is_own)
        self.text.setPlainText(self._kept)
        self.check()

    @property
    def changed(self) -> bool:
        return self.text.toPlainText() != self._kept

    def check(self) -> None:
        """Reads what is written: the first slip with its line, or a sound template for the preview."""
        self._soon.stop()
        text = self.text.toPlainText()
        try:
            found: Template = templates.parse(text.encode("utf-8"), f"{self.name}{templates.SUFFIX}", own=True)
        except InspectorError as error:
            self._wrong = int(error.facts.get("line", 0) or 0)
            self._say(template_words(error), "bad")
            self.text.mark(self._wrong)
            return
        self._wrong = 0
        self.text.mark(0)
        if found.id != self.name:
            self._say(tr("ui.template.other_id", value=found.id), "bad")
            self.save_button.setEnabled(False)
            return
        self._say(tr("ui.template.unsaved" if self.changed else "ui.template.sound", count=len(found.fields)), "muted")
        self.sound.emit(found, text)

    def _say(self, words: str, tone: str) -> None:
        self.problem.setText(words)
        self.problem.setProperty("tone", tone)
        self.problem.style().unpolish(self.problem)
        self.problem.style().polish(self.problem)
        self._go.setVisible(self._wrong > 0)
        self.save_button.setEnabled(tone != "bad" and self.changed)

    def _to_problem(self) -> None:
        self.text.go_to(self._wrong)

    def save(self) -> None:
        self.check()
        if not self.save_button.isEnabled():
            return
        outcome = self._desk.do("form.template_save", template=self.name, text=self.text.toPlainText())
        if outcome is not None:
            at = self.text.textCursor().position()
            self._take(outcome)
            cursor = self.text.textCursor()
            cursor.setPosition(min(at, len(self._kept)))
            self.text.setTextCursor(cursor)
            self._desk.said.emit(tr("ui.said.template_saved"), "good")
            self.saved.emit()

    def _reset_own(self) -> None:
        outcome = self._desk.do("form.template_reset", template=self.name)
        if outcome is not None:
            self._take(outcome)
            self._desk.said.emit(tr("ui.said.template_reset"), "good")
            self.saved.emit()

    def leave(self) -> None:
        """Back to the forms; what was not saved is kept in the field until another template is opened."""
        self.left.emit()

    def _write(self) -> None:
        self.text.setAccessibleName(tr("ui.template.title"))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "_wrong"):
            self._write()
            if self.name:
                self.title.setText(f"{self.name}{templates.SUFFIX}")
                self.check()
        super().changeEvent(event)


class Lines(QPlainTextEdit):
    """A text with its line numbers at the left and one line marked as wrong."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFont(look().fixed(-1))
        self.setTabChangesFocus(True)
        self.setObjectName("template")
        self._gutter = _Gutter(self)
        self._wrong = 0
        self.blockCountChanged.connect(lambda _: self._room())
        self.updateRequest.connect(self._moved)
        self._room()

    def mark(self, line: int) -> None:
        """Marks a line (from 1) as wrong; 0 for none."""
        self._wrong = line
        chosen = []
        if line:
            mark = QTextEdit.ExtraSelection()
            mark.format.setBackground(look().colour("finding_soft"))
            mark.format.setProperty(QTextFormat.Property.FullWidthSelection, True)
            mark.cursor = QTextCursor(self.document().findBlockByNumber(line - 1))
            chosen.append(mark)
        self.setExtraSelections(chosen)
        self._gutter.update()

    def go_to(self, line: int) -> None:
        self.setTextCursor(QTextCursor(self.document().findBlockByNumber(max(0, line - 1))))
        self.centerCursor()
        self.setFocus()

    def width_of_numbers(self) -> int:
        return self.fontMetrics().horizontalAdvance("0") * max(3, len(str(self.blockCount()))) + 14

    def _room(self) -> None:
        self.setViewportMargins(self.width_of_numbers(), 0, 0, 0)

    def _moved(self, rect: QRect, dy: int) -> None:
        if dy:
            self._gutter.scroll(0, dy)
        else:
            self._gutter.update(0, rect.y(), self._gutter.width(), rect.height())

    def resizeEvent(self, event: object) -> None:
        super().resizeEvent(event)  # type: ignore[arg-type]
        area = self.contentsRect()
        self._gutter.setGeometry(area.left(), area.top(), self.width_of_numbers(), area.height())

    def paint_numbers(self, event: QPaintEvent) -> None:
        painter = QPainter(self._gutter)
        painter.fillRect(event.rect(), look().colour("raised"))
        painter.setFont(look().fixed(-2))
        block = self.firstVisibleBlock()
        top = self.blockBoundingGeometry(block).translated(self.contentOffset()).top()
        while block.isValid() and top <= event.rect().bottom():
            height = self.blockBoundingRect(block).height()
            wrong = block.blockNumber() + 1 == self._wrong
            colour: QColor = look().colour("finding" if wrong else "muted")
            painter.setPen(colour)
            where = QRect(0, round(top), self._gutter.width() - 6, self.fontMetrics().height())
            painter.drawText(where, Qt.AlignmentFlag.AlignRight, f"{'✗ ' if wrong else ''}{block.blockNumber() + 1}")
            top += height
            block = block.next()


class _Gutter(QWidget):
    def __init__(self, lines: Lines) -> None:
        super().__init__(lines)
        self._lines = lines

    def paintEvent(self, event: QPaintEvent) -> None:
        self._lines.paint_numbers(event)
