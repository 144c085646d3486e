"""The start screen: go on with a case, make one, open one, or look at the sample. Reads nothing but the window's own settings."""

from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QImageReader, QKeyEvent, QMouseEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QScrollArea, QWidget

from inspector_app.commands.copies import ORIGIN
from inspector_app.domain.timebase import beijing
from inspector_app.i18n import tr
from inspector_app.ui.bridge.settings import Settings
from inspector_app.ui.pages.page import SearchField
from inspector_app.ui.theme.drop import DropArea
from inspector_app.ui.theme.look import look
from inspector_app.ui.theme.widgets import Button, Chip, Icon, Say, clear, column, row

#: cards side by side where there is room
_COLUMNS = 3


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
        head = row(spacing=8)
        head.addWidget(title)
        if (Path(self._folder) / ORIGIN).is_file():
            head.addWidget(Chip("ui.top.review_copy", "lead"))
        head.addStretch(1)
        words.addLayout(head)
        for text, tone in ((facts.get("party", ""), ""), (facts.get("cause", ""), "muted")):
            label = Say(tone=tone, wrap=False)
            label.setText(label.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, look().em * 15))
            label.setToolTip(text)
            words.addWidget(label)
        words.addStretch(1)
        words.addWidget(_counts(facts))
        self._when = Say(tone="faint" if self._there else "bad", size=-2)
        self._when.setText(_when(facts.get("opened_at", "")) if self._there else tr("ui.start.gone"))
        self._when.setToolTip(self._folder)
        words.addWidget(self._when)
        line.addLayout(words, 1)
        close = Button(kind="flat", icon_name="close", hint="ui.start.forget", act=lambda: self.forgotten.emit(self._folder))
        line.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(" ".join(part for part in (facts.get("number", ""), facts.get("party", ""), facts.get("cause", "")) if part))

    def sizeHint(self) -> QSize:
        return QSize(look().em * 23, look().em * 7)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.chosen.emit(self._folder)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_Return | Qt.Key.Key_Enter | Qt.Key.Key_Space:
                self.chosen.emit(self._folder)
            case Qt.Key.Key_Delete:
                self.forgotten.emit(self._folder)
            case Qt.Key.Key_Right | Qt.Key.Key_Down:
                self.focusNextChild()
            case Qt.Key.Key_Left | Qt.Key.Key_Up:
                self.focusPreviousChild()
            case _:
                super().keyPressEvent(event)


def _when(text: str) -> str:
    try:
        return tr("ui.start.opened", when=beijing(datetime.fromisoformat(text)).strftime("%Y-%m-%d %H:%M"))
    except ValueError:
        return ""


def _clock(text: str) -> str:
    try:
        return beijing(datetime.fromisoformat(text)).strftime("%Y-%m-%d %H:%M")
    except ValueError:
        return "?"


def _counts(facts: dict[str, str]) -> QWidget:
    """What the case held when it was last open here: findings, and leads still to be ruled on."""
    holder = QWidget()
    line = row(spacing=6)
    holder.setLayout(line)
    findings, leads = facts.get("findings", ""), facts.get("leads", "")
    if findings.isdigit() and int(findings):
        chip = Chip(tone="good")
        chip.setText(tr("ui.start.findings", count=findings))
        line.addWidget(chip)
    if leads.isdigit() and int(leads):
        chip = Chip(tone="lead")
        chip.setText(tr("ui.start.leads", count=leads))
        line.addWidget(chip)
    line.addStretch(1)
    return holder


def _poster(folder: Path, side: int) -> QLabel:
    """The case's picture cut to a square, or its icon on a quiet ground."""
    label = QLabel()
    label.setFixedSize(side, side)
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    patterns = ("*/poster.jpg", "stills/*.png")
    found = next((file for pattern in patterns for file in sorted((folder / "working").glob(pattern))), None) if folder.is_dir() else None
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
    """Signals: `open_case(folder)`, `ask_open()`, `ask_new()`, `ask_sample()`, `ask_package()`, `import_files(list of Path)`.

    A case folder dropped here opens; other files and folders ask for a new case that they will be imported into.
    """

    open_case = Signal(str)
    ask_open = Signal()
    ask_new = Signal()
    ask_sample = Signal()
    ask_package = Signal()
    import_files = Signal(list)

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self._settings = settings
        self._columns = _COLUMNS
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
        self._new = Button("ui.start.new", self.ask_new.emit, icon_name="add", kind="primary", keyed="new")
        acts.addWidget(self._new)
        acts.addWidget(Button("ui.start.open", self.ask_open.emit, icon_name="folder", keyed="open"))
        self.package = Button("ui.start.package", self.ask_package.emit, icon_name="import")
        acts.addWidget(self.package)
        acts.addWidget(Button("ui.start.sample", self.ask_sample.emit, icon_name="play"))
        acts.addStretch(1)
        outer.addLayout(acts)
        outer.addSpacing(look().em // 2)
        self.unclean = QFrame()
        self.unclean.setObjectName("notice")
        self._unclean_line = row(12, 8, 8, 8, spacing=10)
        self.unclean.setLayout(self._unclean_line)
        self.unclean.hide()
        middle = row()
        middle.addStretch(1)
        middle.addWidget(self.unclean)
        middle.addStretch(1)
        outer.addLayout(middle)
        outer.addSpacing(look().em // 2)
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
        self.search = SearchField("ui.start.search")
        self.search.textChanged.connect(lambda _: self.refresh())
        self.search.returnPressed.connect(self._open_first)
        over = row(spacing=14)
        over.addStretch(1)
        over.addWidget(self._title)
        over.addWidget(self.search)
        over.addStretch(1)
        outer.addLayout(over)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
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
        self._nothing = Say("ui.start.no_match", tone="muted")
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._nothing.hide()
        outer.insertWidget(outer.indexOf(area), self._nothing)
        self.dropped.connect(self.take)
        self.refresh()

    def take(self, paths: list[Path]) -> None:
        """What was dropped: the first case folder among it is opened; else it is material for a new case."""
        case = next((path for path in paths if (path / "case.db").is_file()), None)
        if case is None and paths[0].name == "case.db" and paths[0].is_file():
            case = paths[0].parent
        if case is not None:
            self.open_case.emit(str(case))
        else:
            self.import_files.emit(paths)

    def tell_unclean(self, case: str, since: str) -> None:
        """Says that the last run did not end as it should, and offers its case; nothing is opened by itself."""
        clear(self._unclean_line)
        words = Say(wrap=True)
        words.setMaximumWidth(look().em * 44)
        words.setMinimumWidth(look().em * 26)
        name = next((row["number"] for row in self._settings.recent() if row["folder"] == case), Path(case).name)
        words.setText(tr("ui.start.unclean", when=_clock(since)) + (tr("ui.start.unclean_case", case=name) if case else ""))
        self._unclean_line.addWidget(Icon("warning", look().em + 2, "lead"))
        self._unclean_line.addWidget(words, 1)
        if case and (Path(case) / "case.db").is_file():
            self._unclean_line.addWidget(Button("ui.start.unclean_open", lambda: self.open_case.emit(case), kind="primary"))
        self._unclean_line.addWidget(Button(kind="flat", icon_name="close", hint="ui.close", act=self.unclean.hide))
        self.unclean.show()

    def refresh(self) -> None:
        """Lists the recent cases anew, those that hold the words searched for; newest first."""
        clear(self._grid)
        every = self._settings.recent()
        wanted = self.search.text().strip().casefold().split()
        cases = [row for row in every if all(word in " ".join(row.values()).casefold() for word in wanted)]
        columns = self._columns
        for place, facts in enumerate(cases):
            card = CaseCard(facts)
            card.chosen.connect(self.open_case)
            card.forgotten.connect(self._forget)
            self._grid.addWidget(card, place // columns, place % columns)
        self._grid.setRowStretch(len(cases) // columns + 1, 1)
        self._first = cases[0]["folder"] if cases else ""
        self._title.setVisible(bool(every))
        self.search.setVisible(len(every) > 3)
        self._none.setVisible(not every)
        self._area.setVisible(bool(cases))
        self._nothing.setVisible(bool(every) and not cases)

    def take_focus(self) -> None:
        """Enter opens the newest case, or begins a new one where there is none."""
        first = self._grid.itemAtPosition(0, 0)
        card = first.widget() if first is not None else None
        (card or self._new).setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        fitting = max(1, min(_COLUMNS, (self.width() - 60) // (look().em * 23 + 10)))
        if fitting != self._columns:
            self._columns = fitting
            focused = isinstance(self.focusWidget(), CaseCard)
            self.refresh()
            if focused:  # the card under the keyboard was made anew
                self.take_focus()

    def _open_first(self) -> None:
        if self._first:
            self.open_case.emit(self._first)

    def _forget(self, folder: str) -> None:
        self._settings.forget(folder)
        self.refresh()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "_first"):
            self.refresh()
        super().changeEvent(event)
