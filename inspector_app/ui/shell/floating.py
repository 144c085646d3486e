"""The video in a window of its own, for a second screen: the same pane, taken out of the watch step and given back when it is closed."""

from PySide6.QtCore import QByteArray, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from inspector_app.i18n import tr
from inspector_app.ui.bridge.settings import Settings
from inspector_app.ui.theme.look import look


def on_a_screen(window: QWidget) -> bool:
    """Whether enough of a window lies on a screen that is there to be taken hold of."""
    frame = window.frameGeometry()
    return any(
        (part := screen.availableGeometry().intersected(frame)).width() >= look().em * 6 and part.height() >= look().em * 3
        for screen in QGuiApplication.screens()
    )


def restore(window: QWidget, saved: object) -> bool:
    """Puts a window where it was; False, and the window unmoved, where nothing was saved or that screen is gone."""
    before = window.geometry()
    if not (isinstance(saved, str) and window.restoreGeometry(QByteArray.fromBase64(saved.encode("ascii", "ignore")))):
        return False
    if on_a_screen(window):
        return True
    window.setGeometry(before)
    return False


def place_of(window: QWidget) -> str:
    """Where a window is, as `restore` reads it."""
    return bytes(window.saveGeometry().toBase64().data()).decode("ascii")


class FloatingVideo(QWidget):
    """Holds the player pane while it is open. Signal `left()` once the pane is back. Keys go to the watch step (`keys`)."""

    left = Signal()

    def __init__(self, pane: QWidget, keys: QWidget, settings: Settings) -> None:
        super().__init__()
        home = pane.parentWidget()
        assert isinstance(home, QSplitter)
        self._pane, self._keys, self._settings = pane, keys, settings
        self._home, self._index, self._sizes = home, home.indexOf(pane), home.sizes()
        self.setObjectName("page")
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(pane)
        pane.show()
        self.setWindowTitle(tr("ui.float.title"))
        if not restore(self, settings.get("float_geometry")):
            screens = QGuiApplication.screens()
            room = screens[-1].availableGeometry()
            self.resize(min(look().em * 30, room.width() // 2), min(look().em * 46, room.height() - look().em * 4))
            self.move(room.topLeft() + (room.bottomRight() - room.topLeft() - self.rect().bottomRight()) / 2)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self._keys.keyPressEvent(event)

    def focusNextPrevChild(self, _next: bool) -> bool:
        """Tab moves between leads, as in the watch step."""
        return False

    def closeEvent(self, event: QCloseEvent) -> None:
        self._settings.set("float_geometry", place_of(self))
        self._home.insertWidget(self._index, self._pane)
        self._home.setSizes(self._sizes)
        self._pane.show()
        event.accept()
        self.left.emit()
