"""Three parts of the settings that hold more than options: the hot articles of the bureau, the model packs, the places where things lie."""

import shutil
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QGridLayout, QLineEdit, QWidget

from inspector_app.commands.registry import Outcome
from inspector_app.commands.workspace import Workspace
from inspector_app.domain.codes import ArticleCode
from inspector_app.domain.errors import BadInput, InspectorError, StorageError
from inspector_app.domain.files import write_text
from inspector_app.i18n import explain, language, tr
from inspector_app.speech import packs
from inspector_app.statutes import bureau
from inspector_app.ui.bridge.desk import Desk
from inspector_app.ui.bridge.settings import Settings
from inspector_app.ui.models.words import file_size
from inspector_app.ui.panes.articles import HOT
from inspector_app.ui.theme.asking import ask_folder
from inspector_app.ui.theme.look import look
from inspector_app.ui.theme.widgets import Button, Chip, Elided, Say, clear, column, row


class HotArticles(QWidget):
    """The ten articles on the digit keys, kept in the bureau's `hot_keys.yaml`. Signal `said(text, tone)`."""

    said = Signal(str, str)

    def __init__(self, work: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._work = work
        box = column(0, 6, 0, 6, spacing=6)
        self.setLayout(box)
        box.addWidget(Say("ui.hot_edit.title"))
        box.addWidget(Say("ui.hot_edit.why", tone="muted", size=-1, wrap=True))
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        self.fields: dict[str, QLineEdit] = {}
        self._names: dict[str, Elided] = {}
        for place, digit in enumerate(bureau.DIGITS):
            at, side = place % 5, place // 5 * 3
            cap = Say()
            cap.setText(digit)
            cap.setProperty("chip", "key")
            field = QLineEdit()
            field.setMaximumWidth(look().em * 9)
            field.setAccessibleName(digit)
            field.textEdited.connect(lambda _, digit=digit: self._tell(digit))
            self.fields[digit], self._names[digit] = field, Elided()
            grid.addWidget(cap, at, side)
            grid.addWidget(field, at, side + 1)
            grid.addWidget(self._names[digit], at, side + 2)
            grid.setColumnStretch(side + 2, 1)
        box.addLayout(grid)
        line = row(spacing=8)
        self._state = Say(tone="muted", size=-1)
        line.addWidget(self._state, 1)
        line.addWidget(Button("ui.hot_edit.own", self.use_own, hint="ui.hot_edit.own_hint"))
        line.addWidget(Button("ui.save", self.save, kind="primary"))
        box.addLayout(line)

    def codes(self) -> tuple[str, ...]:
        """The codes in force: the bureau's, else the program's."""
        try:
            found = bureau.hot_set(bureau.folder())
        except InspectorError:
            return HOT
        return found.codes if found else HOT

    def refresh(self) -> None:
        try:
            found = bureau.hot_set(bureau.folder())
            self._state.setText(tr("ui.hot_edit.bureau") if found else tr("ui.hot_edit.program"))
        except InspectorError as error:
            found = None
            self._state.setText(" ".join(explain(error)))
        for digit, code in zip(bureau.DIGITS, found.codes if found else HOT, strict=True):
            self.fields[digit].setText(code)
            self._tell(digit)

    def _tell(self, digit: str) -> None:
        """The name of the article in the field, or that there is none."""
        try:
            article = self._work.catalogue.article(self._work.catalogue.resolve(self.fields[digit].text().strip()))
            self._names[digit].set_text(article.title.in_language(language()))
        except (InspectorError, ValueError):
            self._names[digit].set_text(tr("ui.hot_edit.unknown"))

    def save(self) -> None:
        try:
            self.write(tuple(self.fields[digit].text().strip() for digit in bureau.DIGITS))
        except InspectorError as error:
            self.said.emit(" ".join(explain(error)), "bad")
        else:
            self.said.emit(tr("ui.hot_edit.saved"), "good")
            self.refresh()

    def write(self, codes: tuple[str, ...]) -> None:
        """Writes the bureau's file whole, after every code was found in the law and none twice. Raises BadInput, StorageError."""
        kept: list[str] = []
        for place, code in enumerate(codes):
            try:
                found = str(self._work.catalogue.resolve(str(ArticleCode.parse(code))))
            except ValueError as cause:
                raise BadInput("hot_keys.bad_code", digit=bureau.DIGITS[place], found=code[:40] or "—") from cause
            if found in kept:
                raise BadInput("hot_keys.twice", digit=bureau.DIGITS[place], found=found, other=bureau.DIGITS[kept.index(found)])
            kept.append(found)
        rows = ["format: 1", "hot_keys:", *(f"  {digit}: {code}" for digit, code in zip(bureau.DIGITS, codes, strict=True))]
        path = bureau.folder() / bureau.HOT_KEYS
        write_text(path, "\n".join(rows) + "\n")

    def use_own(self) -> None:
        """The program's own articles again; the bureau's file is kept beside under another name."""
        path = bureau.folder() / bureau.HOT_KEYS
        try:
            if path.is_file():
                path.replace(path.with_suffix(".yaml.before"))
        except OSError as cause:
            self.said.emit(" ".join(explain(StorageError.of(cause, path))), "bad")
        self.refresh()


class Models(QWidget):
    """The model packs: which are here and whole, adding one from a folder, checking every byte. Signal `said(text, tone)`."""

    said = Signal(str, str)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        box = column(0, 6, 0, 6, spacing=6)
        self.setLayout(box)
        box.addWidget(Say("ui.models.why", tone="muted", size=-1, wrap=True))
        self._list = QGridLayout()
        self._list.setHorizontalSpacing(12)
        self._list.setColumnStretch(1, 1)
        box.addLayout(self._list)
        line = row(spacing=8)
        line.addStretch(1)
        line.addWidget(Button("ui.models.check", self.check, icon_name="verify"))
        line.addWidget(Button("ui.models.add", self.ask_add, icon_name="folder"))
        box.addLayout(line)

    def refresh(self) -> None:
        self._desk.later("models.list", self._show)

    def check(self) -> None:
        self.said.emit(tr("ui.models.checking"), "")
        self._desk.later("models.check", self._show_checked)

    def _show_checked(self, outcome: Outcome) -> None:
        whole = outcome.data["ok"]
        self.said.emit(tr("ui.models.whole") if whole else tr("ui.models.not_whole"), "good" if whole else "bad")
        self.refresh()

    def ask_add(self) -> None:
        if (folder := ask_folder(self, tr("ui.models.add"))) is not None:
            self._desk.later("models.add", lambda outcome: self._added(str(outcome.facts["name"])), folder=folder)

    def _added(self, name: str) -> None:
        self.said.emit(tr("ui.models.added", name=name), "good")
        self.refresh()

    def _show(self, outcome: Outcome) -> None:
        clear(self._list)
        rows: list[dict[str, Any]] = outcome.data["models"]
        for place, row_ in enumerate(rows):
            name = Say(bold=row_["installed"])
            name.setText(row_["name"])
            about = Elided()
            about.setProperty("tone", "muted")
            about.set_text(f"{row_['title']} · {file_size(row_['bytes'])} · {row_['licence']}")
            state = "ok" if row_["ok"] else "broken" if row_["installed"] else "absent"
            chip = Chip(f"ui.models.{state}", {"ok": "good", "broken": "bad"}.get(state, "plain"))
            for at, widget in enumerate((name, about, chip)):
                self._list.addWidget(widget, place, at)


class Places(QWidget):
    """Where things lie, and how much room there is."""

    def __init__(self, settings: Settings, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings, self._desk = settings, desk
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 6, 0, 6)
        self._grid.setHorizontalSpacing(12)
        self._grid.setColumnStretch(1, 1)

    def refresh(self) -> None:
        clear(self._grid)
        case = self._desk.work.case
        places = {
            "case": case.folder if case is not None else None,
            "models": packs.packs_dir(),
            "bureau": bureau.folder(),
            "settings": self._settings.folder,
        }
        for at, (name, folder) in enumerate((name, folder) for name, folder in places.items() if folder is not None):
            path = Elided()
            path.setProperty("tone", "muted")
            path.set_text(str(folder))
            room = Say(size=-1)
            free = _free(folder)
            room.setText(tr("ui.places.free", size=file_size(free)) if free is not None else tr("ui.places.unknown"))
            if free is not None and free < 5 << 30:
                room.setProperty("tone", "bad")
                room.setText(tr("ui.places.little", size=file_size(free)))
            see = Button(kind="flat", icon_name="folder", hint="ui.places.see", act=partial(_see, folder))
            for column_, widget in enumerate((Say(f"ui.places.{name}"), path, room, see)):
                self._grid.addWidget(widget, at, column_, Qt.AlignmentFlag.AlignVCenter)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange and self.isVisible():
            self.refresh()
        super().changeEvent(event)


def _free(folder: Path) -> int | None:
    """Free bytes on the disk a folder lies on, or would; None where the disk does not say."""
    there = next((parent for parent in (folder, *folder.parents) if parent.exists()), None)
    try:
        return shutil.disk_usage(there).free if there is not None else None
    except OSError:
        return None


def _see(folder: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(next((parent for parent in (folder, *folder.parents) if parent.exists()), folder))))
