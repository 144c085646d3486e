"""The first-run tour: at most eight stops at real widgets of the sample case, a card beside each. Arrow keys lead on, Esc ends it at once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QWidget

from inspector_app.i18n import tr
from inspector_app.ui.theme.look import look
from inspector_app.ui.theme.widgets import Button, Say, column, row

if TYPE_CHECKING:
    from inspector_app.ui.shell.window import MainWindow


@dataclass(frozen=True)
class Stop:
    """A stop: its words `ui.tour.<name>` and `ui.tour.<name>.text`, the step to be on (-1: any), and the widget it points at."""

    name: str
    step: int
    widget: Callable[[], QWidget]


def stops(window: "MainWindow") -> Sequence[Stop]:
    bench = window.bench
    watch = bench.watch
    return (
        Stop("steps", 1, lambda: window.top.steps),
        Stop("player", 1, lambda: watch.player),
        Stop("transcript", 1, lambda: watch.transcript),
        Stop("articles", 1, lambda: watch.articles),
        Stop("timeline", 1, lambda: watch.timeline),
        Stop("findings", 1, lambda: watch.findings),
        Stop("hints", 1, lambda: window.hint),
        Stop("dossier", 4, lambda: window.top.buttons[4]),
    )


class Tour(QWidget):
    """Lies over the whole window and lets the stop's widget shine through. Signal `ended()`."""

    ended = Signal()

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window.root)
        self._window = window
        self._stops = stops(window)
        self.at = 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.card = QFrame(self)
        self.card.setObjectName("overlay")
        box = column(18, 14, 18, 12, spacing=8)
        self.card.setLayout(box)
        self._count = Say(tone="muted", size=-1)
        self._title, self._text = Say(size=2, bold=True), Say(wrap=True)
        for label in (self._count, self._title, self._text):
            box.addWidget(label)
        line = row(spacing=8)
        line.addWidget(Button("ui.tour.skip", self.end, kind="flat", focus=False))
        line.addStretch(1)
        self._back = Button("ui.tour.back", lambda: self.go(-1), focus=False)
        self._on = Button("ui.tour.on", lambda: self.go(1), kind="primary", focus=False)
        line.addWidget(self._back)
        line.addWidget(self._on)
        box.addLayout(line)
        window.root.installEventFilter(self)
        self.hide()

    def begin(self) -> None:
        self.at = 0
        self.show()
        self.raise_()
        self._stand()
        self.setFocus()

    def go(self, step: int) -> None:
        """To the next stop or the one before; past the last it ends."""
        if self.at + step >= len(self._stops):
            self.end()
            return
        self.at = max(0, self.at + step)
        self._stand()

    def end(self) -> None:
        if self.isVisible():
            self.hide()
            self.ended.emit()

    @property
    def stop(self) -> Stop:
        return self._stops[self.at]

    def _stand(self) -> None:
        stop = self.stop
        self._window.go(stop.step)
        self.setGeometry(self._window.root.rect())
        self._count.setText(tr("ui.tour.count", at=self.at + 1, all=len(self._stops)))
        self._title.setText(tr(f"ui.tour.{stop.name}"))
        self._text.setText(tr(f"ui.tour.{stop.name}.text"))
        self.setAccessibleName(f"{self._title.text()} {self._text.text()}")
        self._back.setEnabled(self.at > 0)
        self._on.rename("ui.tour.end" if self.at == len(self._stops) - 1 else "ui.tour.on")
        self._place_card()
        self.raise_()
        self.setFocus()
        self.update()

    def _hole(self) -> QRect:
        widget = self.stop.widget()
        corner = widget.mapTo(self._window.root, QPoint(0, 0))
        return QRect(corner, widget.size()).intersected(self.rect()).adjusted(-3, -3, 3, 3)

    def _place_card(self) -> None:
        """Beside the widget where there is room: right, left, below, above; else in the middle of the window."""
        width = look().em * 20
        self.card.setFixedWidth(width)
        self.card.adjustSize()
        hole, gap, size = self._hole(), 14, self.card.size()
        inside = self.rect().adjusted(10, 10, -10, -10)
        middle = hole.center() - QPoint(size.width() // 2, size.height() // 2)
        places = (
            QPoint(hole.right() + gap, middle.y()),
            QPoint(hole.left() - gap - size.width(), middle.y()),
            QPoint(middle.x(), hole.bottom() + gap),
            QPoint(middle.x(), hole.top() - gap - size.height()),
        )
        for corner in places:
            held = QPoint(
                min(max(corner.x(), inside.left()), inside.right() - size.width()),
                min(max(corner.y(), inside.top()), inside.bottom() - size.height()),
            )
            if not QRect(held, size).intersects(hole):
                self.card.move(held)
                return
        self.card.move(inside.center() - QPoint(size.width() // 2, size.height() // 2))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shade, hole = QPainterPath(), QPainterPath()
        shade.addRect(QRectF(self.rect()))
        hole.addRoundedRect(QRectF(self._hole()), 9, 9)
        painter.fillPath(shade.subtracted(hole), QColor(0, 0, 0, 130))
        painter.setPen(QPen(look().colour("accent"), 2))
        painter.drawPath(hole)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_Escape:
                self.end()
            case Qt.Key.Key_Right | Qt.Key.Key_Down | Qt.Key.Key_Return | Qt.Key.Key_Enter | Qt.Key.Key_Space:
                self.go(1)
            case Qt.Key.Key_Left | Qt.Key.Key_Up | Qt.Key.Key_Backspace:
                self.go(-1)
            case _:
                event.accept()

    def focusNextPrevChild(self, _next: bool) -> bool:
        """The tour has one thing to press, and it has the focus."""
        return False

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        if watched is self._window.root and event.type() == QEvent.Type.Resize and self.isVisible():
            self._stand()
        return False

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange and self.isVisible():
            self._stand()
        super().changeEvent(event)
