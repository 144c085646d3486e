"""The start screen: go on with a case, make one, open one, or look at the sample. Reads nothing but the window's own settings."""

from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QImageReader, QMouseEvent, QPixmap
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QScrollArea, QWidget

from inspector_app.domain.timebase import beijing
from inspector_app.i18n import tr
from inspector_app.ui.bridge.settings import Settings
from inspector_app.ui.theme.drop import DropArea
from inspector_app.ui.theme.look import look
from inspector_app.ui.theme.widgets import Button, Icon, Say, clear, column, row


class CaseCard(QFrame):
    """A case opened before: its picture, number, party, cause, and when. Signals `chosen(folder)`, `forgotten(folder)`."""

    chosen = Signal(str)
    forgotten = Signal(str)

    def __init__(self, facts: dict[str, str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._folder = facts["folder"]
        self._there = (Path(self._folder) / "case.db").is_file()
        line = row(10, 10, 6, 10, spacing=12)
        self.setLayout(line)
        line.addWidget(_poster(Path(self._folder), look().em * 4), 0, Qt.AlignmentFlag.AlignTop)
        words = column(spacing=2)
        title = Say(bold=True, size=1)
        title.setText(facts.get("number", "") or Path(self._folder).name)
        words.addWidget(title)
        for text, tone in ((facts.get("party", ""), ""), (facts.get("cause", ""), "muted")):
            label = Say(tone=tone, wrap=False)
            label.setText(label.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, look().em * 15))
            label.setToolTip(text)
            words.addWidget(label)
        words.addStretch(1)
        self._when = Say(tone="faint" if self._there else "bad", size=-2)
        self._when.setText(_when(facts.get("opened_at", "")) if self._there else tr("ui.start.gone"))
        self._when.setToolTip(self._folder)
        words.addWidget(self._when)
        line.addLayout(words, 1)
        close = Button(kind="flat", icon_name="close", hint="ui.start.forget", act=lambda: self.forgotten.emit(self._folder))
        line.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def sizeHint(self) -> QSize:
        return QSize(look().em * 23, look().em * 7)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.chosen.emit(self._folder)

    def keyPressEvent(self, event: object) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):  # type: ignore[attr-defined]
            self.chosen.emit(self._folder)


def _when(text: str) -> str:
    try:
        return tr("ui.start.opened", when=beijing(datetime.fromisoformat(text)).strftime("%Y-%m-%d %H:%M"))
    except ValueError:
        return ""


def _poster(folder: Path, side: int) -> QLabel:
    """The case's picture cut to a square, or its icon on a quiet ground."""
    label = QLabel()
    label.setFixedSize(side, side)
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    found = next(iter(sorted((folder / "working").glob("*/poster.jpg"))), None) if folder.is_dir() else None
    if found is None:
        label.setObjectName("well")
        box = column()
        label.setLayout(box)
        box.addWidget(Icon("app", side // 2, "faint"), 0, Qt.AlignmentFlag.AlignCenter)
        return label
    ratio = label.devicePixelRatioF()
    reader = QImageReader(str(found))
    size = reader.size()
    if size.isValid():
        reader.setScaledSize(size.scaled(QSize(side, side) * ratio, Qt.AspectRatioMode.KeepAspectRatioByExpanding))
    pixmap = QPixmap.fromImage(reader.read())
    wide = round(side * ratio)
    pixmap = pixmap.copy((pixmap.width() - wide) // 2, max(0, (pixmap.height() - wide) // 4), wide, wide)
    pixmap.setDevicePixelRatio(ratio)
    label.setPixmap(pixmap)
    return label


class StartPage(DropArea):
    """Signals: `open_case(folder)`, `ask_open()`, `ask_new()`, `ask_sample()`; a dropped case folder opens."""

    open_case = Signal(str)
    ask_open = Signal()
    ask_new = Signal()
    ask_sample = Signal()

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self._settings = settings
        outer = column(24, 12, 24, 12)
        self.setLayout(outer)
        outer.addStretch(2)
        head = row(spacing=14)
        head.addStretch(1)
        head.addWidget(Icon("app", look().em * 3, "accent"))
        names = column(spacing=0)
        names.addWidget(Say("ui.app.name", size=11, bold=True))
        names.addWidget(Say("ui.app.line", tone="muted"))
        head.addLayout(names)
        head.addStretch(1)
        outer.addLayout(head)
        outer.addSpacing(look().em)
        acts = row(spacing=10)
        acts.addStretch(1)
        acts.addWidget(Button("ui.start.new", self.ask_new.emit, icon_name="add", kind="primary"))
        acts.addWidget(Button("ui.start.open", self.ask_open.emit, icon_name="folder"))
        acts.addWidget(Button("ui.start.sample", self.ask_sample.emit, icon_name="play"))
        acts.addStretch(1)
        outer.addLayout(acts)
        outer.addSpacing(look().em)
        self._none = QFrame()
        self._none.setObjectName("well")
        nothing = column(30, 22, 30, 22)
        self._none.setLayout(nothing)
        words = Say("ui.start.none", tone="muted")
        words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        nothing.addWidget(words)
        centred = row()
        centred.addStretch(1)
        centred.addWidget(self._none)
        centred.addStretch(1)
        outer.addLayout(centred)
        self._title = Say("ui.start.recent", bold=True, tone="muted")
        self._title.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        outer.addWidget(self._title)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inner = QWidget()
        line = row()
        inner.setLayout(line)
        self._grid = QGridLayout()
        self._grid.setSpacing(10)
        line.addStretch(1)
        line.addLayout(self._grid)
        line.addStretch(1)
        area.setWidget(inner)
        self._area = area
        outer.addWidget(area, 6)
        outer.addStretch(1)
        foot = Say("ui.start.offline", tone="faint", size=-1)
        foot.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        outer.addWidget(foot)
        self.dropped.connect(lambda paths: self.open_case.emit(str(paths[0])))
        self.refresh()

    def refresh(self) -> None:
        """Lists the recent cases anew."""
        clear(self._grid)
        cases = self._settings.recent()[:9]
        for place, facts in enumerate(cases):
            card = CaseCard(facts)
            card.chosen.connect(self.open_case)
            card.forgotten.connect(self._forget)
            self._grid.addWidget(card, place // 3, place % 3)
        self._grid.setRowStretch(len(cases) // 3 + 1, 1)
        self._title.setVisible(bool(cases))
        self._none.setVisible(not cases)
        self._area.setVisible(bool(cases))

    def _forget(self, folder: str) -> None:
        self._settings.forget(folder)
        self.refresh()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "_none"):
            self.refresh()
        super().changeEvent(event)
