"""What every page beside the steps is made of: a head with the way back, a title and room for tools, and the body. Esc leads back."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from inspector_app.i18n import tr
from inspector_app.ui.theme.look import look
from inspector_app.ui.theme.widgets import Button, Say, column, row


class Page(QWidget):
    """Signal `left()` when the person goes back. `head` takes tools on the right, `body` the content."""

    left = Signal()

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._named = title
        self.setObjectName("page")
        self.setAccessibleName(tr(title))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        outer = column(8, 4, 8, 4, spacing=6)
        self.setLayout(outer)
        bar = QFrame()
        bar.setObjectName("panel")
        self.head = row(8, 6, 10, 6, spacing=10)
        bar.setLayout(self.head)
        self.head.addWidget(Button("ui.page.back", self.left.emit, icon_name="back", kind="flat", hint="ui.page.back_hint"))
        self.head.addWidget(Say(title, size=2, bold=True))
        self.head.addStretch(1)
        outer.addWidget(bar)
        self.body = QVBoxLayout()
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(6)
        outer.addLayout(self.body, 1)

    def show_page(self) -> None:
        """The page has come to the front."""
        self.setFocus()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "_named"):
            self.setAccessibleName(tr(self._named))
        super().changeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)


class SearchField(QLineEdit):
    """A field with its placeholder by word key; Esc empties it first."""

    def __init__(self, hint: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._hint = hint
        self.setClearButtonEnabled(False)
        self.setMinimumHeight(look().em + 12)
        self.setMinimumWidth(look().em * 13)
        self.setMaximumWidth(look().em * 18)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._write()

    def _write(self) -> None:
        self.setPlaceholderText(tr(self._hint))
        self.setAccessibleName(tr(self._hint))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._write()
        super().changeEvent(event)


def scroll(inner: QWidget) -> QScrollArea:
    """A frameless area that scrolls down over `inner`."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(inner)
    return area


def card() -> tuple[QFrame, QVBoxLayout]:
    """A panel with a margin, and its layout."""
    frame = QFrame()
    frame.setObjectName("panel")
    box = column(16, 12, 16, 12, spacing=10)
    frame.setLayout(box)
    return frame, box
