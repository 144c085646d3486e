"""The top bar: where we are (case, recording), the five steps, the mode, long work at a glance, the journal's clock, scheme and language."""

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QSizePolicy, QWidget

from inspector_app.i18n import tr
from inspector_app.ui.theme.look import look
from inspector_app.ui.theme.widgets import Button, Chip, Say, row

STEPS = ("intake", "watch", "evidence", "review", "dossier")


class StepButton(Button):
    """`1 采集`: the number is the key with Ctrl."""

    def __init__(self, place: int, name: str) -> None:
        self._place = place
        super().__init__(f"ui.step.{name}", kind="step", hint=f"ui.step.{name}_hint", keyed=f"step_{place + 1}")
        self.setCheckable(True)
        self.setAutoExclusive(True)
        if place in (0, len(STEPS) - 1):
            self.setProperty("place", "first" if place == 0 else "last")

    def _write(self) -> None:
        super()._write()
        self.setText(f"{self._place + 1}  {tr(self._key)}")


class JobChip(QWidget):
    """Long work at a glance: stage, share done and time left over a bar; a press leads to the intake step."""

    pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text, self._share = "", 0.0
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.hide()

    def sizeHint(self) -> QSize:
        metrics = QFontMetricsF(look().font(-1))
        return QSize(max(look().em * 8, round(metrics.horizontalAdvance(self._text)) + 22), look().em + 6)

    def show_work(self, text: str, share: float) -> None:
        """`share` 0 to 1; an empty text hides the chip."""
        self._text, self._share = text, share
        self.setVisible(bool(text))
        self.updateGeometry()
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look().colour("line"))
        painter.drawRoundedRect(box, 6, 6)
        painter.save()
        painter.setClipRect(QRectF(box.left(), box.top(), box.width() * self._share, box.height()))
        painter.setBrush(look().colour("accent", 80))
        painter.drawRoundedRect(box, 6, 6)
        painter.restore()
        painter.setFont(look().font(-1))
        painter.setPen(look().colour("text"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self._text)

    def mousePressEvent(self, _event: QMouseEvent) -> None:
        self.pressed.emit()


class TopBar(QFrame):
    """Signals: `step(place)`, `home()`, `scheme()`, `language()`, `jobs()`, `history()`. `menu` is filled when it is opened."""

    step = Signal(int)
    home = Signal()
    scheme = Signal()
    language = Signal()
    jobs = Signal()
    history = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.menu = QMenu(self)
        line = QHBoxLayout(self)
        line.setContentsMargins(12, 6, 8, 4)
        line.setSpacing(8)
        self._left = QWidget()
        left = row(spacing=8)
        self._left.setLayout(left)
        self._menu = Button(kind="flat", icon_name="menu", hint="ui.top.menu", act=self.open_menu)
        left.addWidget(self._menu)
        self._name = Button("ui.app.name", self.home.emit, kind="flat", icon_name="app", hint="ui.top.home", focus=False)
        self._where = Say(tone="muted")
        self._where.setMinimumWidth(look().em * 3)
        self._where.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        left.addWidget(self._name)
        left.addWidget(self._where, 1)
        self.steps = QWidget()
        middle = row(spacing=0)
        self.steps.setLayout(middle)
        self.buttons = [StepButton(place, name) for place, name in enumerate(STEPS)]
        for place, button in enumerate(self.buttons):
            button.clicked.connect(lambda _=False, place=place: self.step.emit(place))
            middle.addWidget(button)
        self._right = QWidget()
        right = row(spacing=7)
        self._right.setLayout(right)
        self.mode = Chip("ui.mode.coding", "accent")
        self.work = JobChip()
        self.work.pressed.connect(self.jobs)
        self.journal = Chip("ui.top.journal", "good")
        right.addStretch(1)
        self.read_only = Chip("ui.top.read_only", "bad")
        self.read_only.hide()
        for widget in (self.read_only, self.mode, self.work, self.journal):
            right.addWidget(widget)
        right.addWidget(Button(kind="flat", icon_name="theme", hint="ui.top.scheme", act=self.scheme.emit, keyed="scheme"))
        self._language = Button("ui.top.language", kind="flat", hint="ui.top.language_hint", act=self.language.emit, keyed="language")
        right.addWidget(self._language)
        line.addWidget(self._left, 1)
        line.addWidget(self.steps, 0)
        line.addWidget(self._right, 1)
        self._case, self._recording = "", ""
        self.set_case("", "")

    def set_case(self, case: str, recording: str) -> None:
        """Where we are; without a case only the name and the two switches show."""
        self._case, self._recording = case, recording
        self._tell()
        for widget in (self.steps, self.journal):
            widget.setVisible(bool(case))
        if not case:
            self.read_only.hide()
            self.work.hide()
            self.mode.hide()

    def _tell(self) -> None:
        text = "  ▸  ".join(part for part in (self._case, self._recording) if part)
        self._where.setToolTip(text)
        self._where.setText(self._where.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, max(40, self._where.width() - 2)))

    def set_step(self, place: int) -> None:
        self.buttons[place].setChecked(True)

    def set_mode(self, name: str) -> None:
        """coding, typing, review or reading; `""` hides the badge."""
        self.mode.setVisible(bool(name))
        if name:
            self.mode.say(f"ui.mode.{name}")
            self.mode.set_chip({"typing": "lead", "review": "plain"}.get(name, "accent"))

    def set_journal(self, clock: str) -> None:
        self.journal.say("ui.top.journal", clock=clock)
        self.journal.setToolTip(tr("ui.top.journal_tip"))

    def set_read_only(self, why: str, *, copy: bool) -> None:
        """Says that the case may only be read and who has it, or that it is a reviewer's copy and whose; "" where it may be written."""
        self.read_only.say("ui.top.review_copy" if copy else "ui.top.read_only")
        self.read_only.set_chip("lead" if copy else "bad")
        self.read_only.setVisible(bool(why))
        self.read_only.setToolTip(why)
        self.read_only.setAccessibleDescription(why)

    def open_menu(self) -> None:
        self.menu.popup(self._menu.mapToGlobal(self._menu.rect().bottomLeft()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A press on the journal's clock opens the history."""
        if self.journal.isVisible() and self.journal.rect().contains(self.journal.mapFrom(self, event.position().toPoint())):
            self.history.emit()
        super().mouseReleaseEvent(event)

    def resizeEvent(self, event: object) -> None:
        super().resizeEvent(event)  # type: ignore[arg-type]
        self._tell()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "_recording"):
            self._tell()
        super().changeEvent(event)
