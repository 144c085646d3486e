"""A folder that somebody else writes into, watched while its switch is on: what has become finished is imported by the queue."""

from pathlib import Path

from PySide6.QtCore import QEvent, QTimer, Signal
from PySide6.QtWidgets import QFrame, QWidget

from inspector_app.commands.material import known_files
from inspector_app.domain.errors import InspectorError
from inspector_app.i18n import tr
from inspector_app.intake.watching import Watch
from inspector_app.ui.bridge.background import Background
from inspector_app.ui.bridge.desk import Desk
from inspector_app.ui.theme.asking import ask_folder
from inspector_app.ui.theme.look import look
from inspector_app.ui.theme.widgets import Button, Elided, Icon, row

_EVERY_MS = 1000

#: files that have become finished, how many may still be written to, whether the folder can be read
Look = tuple[list[Path], int, bool]


class FolderWatch(QFrame):
    """Signal `found(paths)`. Hidden while nothing is watched; nothing is watched again by itself when a case is opened."""

    found = Signal(list)

    def __init__(self, desk: Desk, reading: Background, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk, self._reading = desk, reading
        self._watch: Watch | None = None
        self._looking = False
        self._taken, self._waiting, self._there = 0, 0, True
        self.setObjectName("panel")
        line = row(12, 4, 8, 4, spacing=8)
        self.setLayout(line)
        line.addWidget(Icon("folder", look().em, "accent"))
        self.words = Elided()
        line.addWidget(self.words, 1)
        line.addWidget(Button("ui.folder.stop", self.stop, icon_name="stop", hint="ui.folder.stop_hint"))
        self._timer = QTimer(self, interval=_EVERY_MS)
        self._timer.timeout.connect(self._look)
        desk.closed.connect(self.stop)
        self.hide()

    @property
    def folder(self) -> Path | None:
        return self._watch.folder if self._watch is not None else None

    def ask(self) -> None:
        """The switch: chooses a folder, or stops where one is watched."""
        if self._watch is not None:
            self.stop()
            return
        before = str(self._desk.settings.get("watched_folder", "") or "")
        folder = ask_folder(self, tr("ui.folder.ask"), Path(before) if before else None)
        if folder is not None:
            self.start(folder)

    def start(self, folder: Path) -> None:
        """Watches `folder`. What the case holds already is not imported anew."""
        work = self._desk.work
        if work.case is None or self._desk.read_only:
            return
        self._desk.settings.set("watched_folder", str(folder))
        self._taken, self._waiting, self._there, self._looking = 0, 0, True, True
        self._watch = Watch(folder.absolute())
        self._reading.run(lambda: Watch(folder.absolute(), known_files(work)), self._begin, self._failed)
        self._tell()
        self.show()

    def _begin(self, watch: Watch) -> None:
        if self._watch is not None and self._watch.folder == watch.folder:
            self._watch, self._looking = watch, False
            self._timer.start()

    def stop(self) -> None:
        self._timer.stop()
        self._watch, self._looking = None, False
        self.hide()

    def _look(self) -> None:
        watch = self._watch
        if watch is not None and not self._looking:
            self._looking = True
            self._reading.run(lambda: (watch.poll(), watch.waiting, watch.folder.is_dir()), self._take, self._failed)

    def _take(self, seen: Look) -> None:
        self._looking = False
        if self._watch is None:
            return
        paths, self._waiting, self._there = seen
        self._taken += len(paths)
        if paths:
            self.found.emit(paths)
        self._tell()

    def _failed(self, error: InspectorError) -> None:
        self._looking = False
        self._desk.complain(error)

    def _tell(self) -> None:
        if self._watch is not None:
            key = "ui.folder.watching" if self._there else "ui.folder.gone"
            self.words.set_text(tr(key, folder=self._watch.folder, taken=self._taken, waiting=self._waiting))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "_watch"):
            self._tell()
        super().changeEvent(event)
