"""Basic widgets every pane is made of: words that follow the language, icon buttons that follow the scheme, panels, rules, empty states."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from inspector_app.i18n import tr
from inspector_app.ui.input.keymap import shown_keys

from .icons import exists, icon
from .look import look


class Say(QLabel):
    """A label showing the sentence of a key. `tone` colours it (muted, faint, accent, good, bad, lead)."""

    def __init__(
        self, key: str = "", *, tone: str = "", size: int = 0, bold: bool = False, wrap: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._key, self._facts = key, {}  # type: tuple[str, dict[str, object]]
        self.setFont(look().font(size, bold=bold))
        self.setWordWrap(wrap)
        self.setTextFormat(Qt.TextFormat.PlainText)
        if tone:
            self.setProperty("tone", tone)
        self._write()

    def say(self, key: str, **facts: object) -> None:
        self._key, self._facts = key, facts
        self._write()

    def _write(self) -> None:
        if self._key:
            self.setText(tr(self._key, **self._facts))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._write()
        super().changeEvent(event)


class Elided(QLabel):
    """One line of text cut with an ellipsis where the room ends; the whole text is its tool tip."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = ""
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def set_text(self, text: str) -> None:
        self._text = text
        self._cut()

    def _cut(self) -> None:
        shown = self.fontMetrics().elidedText(self._text, Qt.TextElideMode.ElideRight, self.width())
        self.setText(shown)
        self.setToolTip(self._text if shown != self._text else "")

    def minimumSizeHint(self) -> QSize:
        return QSize(look().em * 2, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._cut()


class Chip(Say):
    """A small rounded mark: plain, accent, good, lead or bad."""

    def __init__(self, key: str = "", tone: str = "plain", parent: QWidget | None = None) -> None:
        super().__init__(key, size=-1, parent=parent)
        self.set_chip(tone)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def set_chip(self, tone: str) -> None:
        if self.property("chip") != tone:
            self.setProperty("chip", tone)
            self.style().unpolish(self)
            self.style().polish(self)


class Button(QPushButton):
    """A push button with a key for its words, an icon name, and a kind: "", primary, flat or toggle. Never takes input methods.

    `keyed` names the act of the registry that it does: its tool tip then shows the keys of that act as they are now.
    """

    def __init__(
        self,
        key: str = "",
        act: Callable[[], object] | None = None,
        *,
        icon_name: str = "",
        kind: str = "",
        hint: str = "",
        focus: bool = True,
        keyed: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._key, self._hint, self._icon, self._keyed = key, hint, icon_name, keyed
        if kind:
            self.setProperty("kind", kind)
        self._kind = kind
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus if focus else Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        side = look().em - 1
        self.setIconSize(QSize(side, side))
        if act is not None:
            self.clicked.connect(lambda _=False: act())
        self._write()
        self._draw()

    def rename(self, key: str, icon_name: str | None = None) -> None:
        self._key = key
        if icon_name is not None and icon_name != self._icon:
            self._icon = icon_name
            self._draw()
        self._write()

    def set_keyed(self, act: str) -> None:
        """Says which act this button does; its tool tip shows the keys."""
        self._keyed = act
        self._write()

    def set_icon(self, name: str) -> None:
        if name != self._icon:
            self._icon = name
            self._draw()

    def _write(self) -> None:
        if self._key:
            self.setText(tr(self._key))
        keys = shown_keys(self._keyed) if self._keyed else ""
        words = tr(self._hint) if self._hint else tr(self._key) if self._key else ""
        if self._hint or keys:
            self.setToolTip(f"{words}   {keys}".strip() if keys else words)
        if self._hint:
            self.setAccessibleName(words)
            if not self._key and self._icon and not exists(self._icon):
                self.setText(tr(self._hint))

    def _draw(self) -> None:
        if self._icon:
            token = "accent_text" if self._kind == "primary" else "text" if self._key else "muted"
            token = token if self.isEnabled() else "faint"
            self.setIcon(icon(self._icon, look().colour(token)))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._write()
        elif event.type() == QEvent.Type.ToolTipChange and not self.accessibleName() and not self.text():
            self.setAccessibleName(self.toolTip())
        elif event.type() in (QEvent.Type.PaletteChange, QEvent.Type.EnabledChange):
            self._draw()
        super().changeEvent(event)


class Icon(QLabel):
    """A drawing of `size` logical pixels in one token's colour."""

    def __init__(self, name: str, size: int, colour: str = "muted", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name, self._size, self._colour = name, size, colour
        self.setFixedSize(size, size)
        self._draw()

    def _draw(self) -> None:
        self.setPixmap(icon(self._name, look().colour(self._colour)).pixmap(QSize(self._size, self._size), self.devicePixelRatioF()))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self._draw()
        super().changeEvent(event)


class Panel(QFrame):
    """A framed area with a head line: title, quiet note, and room for things on the right (`head`); `body` takes the content."""

    def __init__(self, title: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(1, 1, 1, 1)
        self.body.setSpacing(0)
        if title:
            bar = QFrame(self)
            self.head = row(12, 5, 8, 5, spacing=8)
            bar.setLayout(self.head)
            bar.setMinimumHeight(look().em + 16)
            self.title = Say(title, bold=True)
            self.note = Say(tone="muted", size=-1)
            self.head.addWidget(self.title)
            self.head.addWidget(self.note)
            self.head.addStretch(1)
            self.body.addWidget(bar)
            self.body.addWidget(rule())


class Empty(QWidget):
    """What a pane shows when there is nothing yet: an icon, a sentence, and what to do about it."""

    def __init__(self, icon_name: str, title: str, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.box = column(24, 24, 24, 24, spacing=6)
        self.setLayout(self.box)
        self.box.addStretch(1)
        self.box.addWidget(Icon(icon_name, look().em * 2, "faint"), 0, Qt.AlignmentFlag.AlignHCenter)
        self.title = Say(title, size=1, bold=True)
        self.text = Say(text, tone="muted", wrap=True)
        for label in (self.title, self.text):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            self.box.addWidget(label)
        self.box.addStretch(1)


def rule() -> QFrame:
    line = QFrame()
    line.setObjectName("rule")
    return line


def row(left: int = 0, top: int = 0, right: int = 0, bottom: int = 0, *, spacing: int = 6) -> QHBoxLayout:
    layout = QHBoxLayout()
    layout.setContentsMargins(left, top, right, bottom)
    layout.setSpacing(spacing)
    return layout


def column(left: int = 0, top: int = 0, right: int = 0, bottom: int = 0, *, spacing: int = 6) -> QVBoxLayout:
    layout = QVBoxLayout()
    layout.setContentsMargins(left, top, right, bottom)
    layout.setSpacing(spacing)
    return layout


def clear(layout: QLayout) -> None:
    """Removes and deletes everything in a layout."""
    while (item := layout.takeAt(0)) is not None:
        widget, inner = item.widget(), item.layout()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
        elif inner is not None:
            clear(inner)
