"""A small button with a menu of choices, for the heads of lists: it shows what is chosen, takes no focus and no input methods."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QWidget

from inspector_app.ui.theme.widgets import Button


class Choice(Button):
    """Signal `chosen(value)`. `title` is what a screen reader says before what is chosen."""

    chosen = Signal(str)

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(kind="flat", focus=False, parent=parent)
        self._title = title
        self._offers: list[tuple[str, str]] = []
        self.value = ""
        self._choices = QMenu(self)
        self.setMenu(self._choices)

    def offer(self, offers: Sequence[tuple[str, str]], title: str) -> None:
        """Values with their words; a value that is offered no longer falls back to the first."""
        self._title = title
        self._offers = list(offers)
        if self.value not in [value for value, _ in offers]:
            self.value = offers[0][0] if offers else ""
        self._choices.clear()
        for value, words in offers:
            action = self._choices.addAction(words)
            action.setCheckable(True)
            action.setChecked(value == self.value)
            action.triggered.connect(lambda _=False, value=value: self.choose(value))
        self._tell()

    def choose(self, value: str) -> None:
        if value != self.value:
            self.value = value
            self.offer(self._offers, self._title)
            self.chosen.emit(value)

    def _tell(self) -> None:
        words = dict(self._offers).get(self.value, "")
        self.setText(words)
        self.setToolTip(self._title)
        self.setAccessibleName(f"{self._title} {words}")
