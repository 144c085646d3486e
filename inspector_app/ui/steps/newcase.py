"""The new-case form: what a case needs to exist (two officers, 程序规定 22), checked line by line before anything is made.

What was typed stays until a case was made of it or it is cleared by hand: leaving the form, or an error, loses nothing.
"""

import os
import shutil
from functools import partial
from pathlib import Path
from typing import Any

import platformdirs
from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QLineEdit, QScrollArea, QWidget

from inspector_app.domain.people import Officer
from inspector_app.i18n import tr
from inspector_app.ui.models.words import file_size
from inspector_app.ui.panes.intake_session import PlatformBox
from inspector_app.ui.theme.asking import ask_folder
from inspector_app.ui.theme.look import look
from inspector_app.ui.theme.widgets import Button, Say, column, row, rule

_BASIS = "《市场监督管理行政处罚程序规定》第二十二条、第二十五条、第二十六条"
_FORBIDDEN = set('\\/:*?"<>|')
_OFFICERS = ("officer1", "certificate1", "officer2", "certificate2")
_CERTIFICATES = ("certificate1", "certificate2")
#: with less room than this on the disk of the case, the form says so; it forbids nothing
_LITTLE = 1 << 30


class NewCasePage(QWidget):
    """Signals: `made(words)` with what `case.new` takes, `left()`."""

    made = Signal(dict)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self.fields: dict[str, QLineEdit] = {}
        self._wrong: dict[str, Say] = {}
        self._touched_folder = False
        self._made = False
        #: where new cases go; None for the folder in the user's documents
        self.home: Path | None = None
        card = QFrame()
        card.setObjectName("panel")
        card.setMaximumWidth(look().em * 46)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(14)
        self._grid.setVerticalSpacing(3)
        box = column(28, 22, 28, 20, spacing=12)
        card.setLayout(box)
        box.addWidget(Say("ui.new.title", size=5, bold=True))
        box.addWidget(Say("ui.new.line", tone="muted", wrap=True))
        box.addLayout(self._grid)
        for name in ("number", "cause", "party"):
            self._add(name)
        for place in (1, 2):
            self._add(f"officer{place}", f"certificate{place}")
        self._officers = Say("ui.new.set_officers", tone="muted", size=-2, wrap=True)
        self._grid.addWidget(self._officers, self._grid.rowCount(), 1)
        self.platform = PlatformBox()
        self._add("room", beside_widget=self.platform)
        self._add("basis")
        self._add("folder", button=Button("ui.new.browse", self._browse, icon_name="folder"))
        self._grid.setColumnStretch(1, 1)
        line = row(28, 8, 28, 12, spacing=8)  # below what scrolls: on a small screen it must be in sight
        line.addWidget(Button("ui.new.reset", self.reset, kind="flat", icon_name="refresh", hint="ui.new.reset_hint"))
        self._count = Say(tone="bad", size=-1)
        line.addWidget(self._count, 1)
        line.addWidget(Button("ui.cancel", self.left.emit, hint="ui.new.cancel_hint"))
        self._make = Button("ui.new.make", self.submit, kind="primary", icon_name="check", hint="ui.new.make_hint")
        line.addWidget(self._make)
        inner = QWidget()
        centre = column(20, 14, 20, 14)
        inner.setLayout(centre)
        centre.addStretch(1)
        across = row()
        across.addStretch(1)
        across.addWidget(card, 20)
        across.addStretch(1)
        centre.addLayout(across)
        centre.addStretch(2)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inner)
        outer = column()
        self.setLayout(outer)
        outer.addWidget(area, 1)
        outer.addWidget(rule())
        outer.addLayout(line)
        self.fields["number"].textChanged.connect(self._suggest)
        self._write()
        self.reset()

    def _add(self, name: str, beside: str = "", button: QWidget | None = None, beside_widget: QWidget | None = None) -> None:
        """A labelled line; `beside` is a second field on the same line (an officer's certificate), `button` what helps to fill it."""
        place = self._grid.rowCount()
        self._grid.addWidget(Say(f"ui.new.{name}"), place, 0, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        fields, notes = row(spacing=10), row(spacing=10)
        if beside_widget is not None:
            fields.addWidget(beside_widget, 1)
            notes.addStretch(1)
        for each in (name, beside) if beside else (name,):
            field = QLineEdit()
            field.setMinimumHeight(look().em + 14)
            field.textEdited.connect(partial(self._typed, each))
            field.editingFinished.connect(partial(self._check, each))
            field.returnPressed.connect(partial(self._next, each))
            self.fields[each] = field
            fields.addWidget(field, 1)
            wrong = Say(tone="bad", size=-2)
            wrong.setMinimumHeight(wrong.fontMetrics().height() + 3)
            self._wrong[each] = wrong
            notes.addWidget(wrong, 1)
        if button is not None:
            fields.addWidget(button)
        self._grid.addLayout(fields, place, 1)
        self._grid.addLayout(notes, place + 1, 1)

    @property
    def session(self) -> dict[str, str]:
        """What is known of the broadcast: platform and room, as an import takes them."""
        return {"platform": self.platform.currentText().strip(), "room": self.fields["room"].text().strip()}

    def clear(self) -> None:
        """Empties the form where a case was made of what stood in it; what was typed and not used stays."""
        if self._made:
            self.reset()
        self._suggest(self.fields["number"].text())

    def reset(self) -> None:
        """Empties the form, whatever stands in it; officers stay."""
        self._made = False
        for name, field in self.fields.items():
            if name not in _OFFICERS:
                field.clear()
            self._mark(name, "")
        self._count.setText("")
        self.platform.setEditText("")
        self.fields["basis"].setText(_BASIS)
        self._touched_folder = False
        self._suggest("")

    def give_officers(self, officers: dict[str, str]) -> None:
        """Officers out of the settings stand in the fields that are empty."""
        for name in _OFFICERS:
            if not self.fields[name].text().strip():
                self.fields[name].setText(officers.get(name, ""))
        known = all(officers.get(name) for name in _OFFICERS)
        self._officers.say("ui.new.from_settings" if known else "ui.new.set_officers")

    def _suggest(self, number: str) -> None:
        """A folder named after the case, until the user names one."""
        if not self._touched_folder:
            name = "".join("_" if character in _FORBIDDEN else character for character in number.strip()) or tr("ui.new.untitled")
            self.fields["folder"].setText(str((self.home or platformdirs.user_documents_path() / tr("ui.new.home")) / name))

    def _browse(self) -> None:
        folder = ask_folder(self, tr("ui.new.folder"), Path(self.fields["folder"].text()).parent)
        if folder is not None:
            self._touched_folder = True
            name = Path(self.fields["folder"].text()).name
            self.fields["folder"].setText(str(folder / name if folder.is_dir() and any(folder.iterdir()) else folder))
            self._mark("folder", "")

    def _mark(self, name: str, key: str) -> None:
        field, label = self.fields[name], self._wrong[name]
        label.setText(tr(key, free=self._free()) if key else "")
        label.setProperty("key", key)
        if bool(field.property("wrong")) != bool(key):
            field.setProperty("wrong", bool(key))
            field.style().unpolish(field)
            field.style().polish(field)

    def _typed(self, name: str, _text: str) -> None:
        self._made = False
        if name == "folder":
            self._touched_folder = True
        for each in _CERTIFICATES if name in _CERTIFICATES else (name,):  # two that were alike were wrong together
            self._mark(each, "")
        if self._count.text():
            self._tell_count(self.problems())

    def _check(self, name: str) -> None:
        """A line that was left says at once what is wrong with it; one that is still empty waits until the form is handed in."""
        key = self.problems().get(name, "")
        if self.fields[name].text().strip() or name == "folder":
            self._mark(name, key)
        if name == "folder" and not key and self._little():
            self._say_free()

    def _little(self) -> bool:
        free = _free(Path(self.fields["folder"].text().strip()))
        return free is not None and free < _LITTLE

    def _free(self) -> str:
        free = _free(Path(self.fields["folder"].text().strip()))
        return file_size(free) if free is not None else "?"

    def _say_free(self) -> None:
        """A warning beside the folder: it keeps nobody from going on."""
        self._wrong["folder"].setText(tr("ui.new.no_room", free=self._free()))
        self._wrong["folder"].setProperty("key", "ui.new.no_room")

    def _next(self, name: str) -> None:
        """Enter goes to the next line, and from the last one hands the form in."""
        names = list(self.fields)
        place = names.index(name) + 1
        if place < len(names):
            self.fields[names[place]].setFocus(Qt.FocusReason.TabFocusReason)
        else:
            self.submit()

    def _tell_count(self, wrong: dict[str, str]) -> None:
        self._count.setText(tr("ui.new.wrong_count", count=len(wrong)) if wrong else "")

    def problems(self) -> dict[str, str]:
        """Field to the key of what is wrong with it; empty when a case can be made."""
        text = {name: field.text().strip() for name, field in self.fields.items()}
        wrong = {name: "ui.new.needed" for name in ("number", "cause", "party", "officer1", "officer2", "folder") if not text[name]}
        for place in ("1", "2"):
            if not text[f"certificate{place}"]:
                wrong[f"certificate{place}"] = "ui.new.needed"
        if text["certificate1"] and text["certificate1"] == text["certificate2"]:
            wrong["certificate2"] = "ui.new.same_officer"
        elif text["officer1"] and text["officer1"] == text["officer2"] and not text["certificate2"]:
            wrong["officer2"] = "ui.new.same_name"
        folder = Path(text["folder"])
        if text["folder"] and folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            wrong["folder"] = "ui.new.folder_used"
        elif text["folder"] and not _can_make(folder):
            wrong["folder"] = "ui.new.folder_bad"
        return wrong

    def submit(self) -> None:
        """Marks every line that is wrong, or hands over the words of the case."""
        wrong = self.problems()
        for name in self.fields:
            self._mark(name, wrong.get(name, ""))
        self._tell_count(wrong)
        if wrong:
            self.fields[next(name for name in self.fields if name in wrong)].setFocus()
            return
        text = {name: field.text().strip() for name, field in self.fields.items()}
        words: dict[str, Any] = {name: text[name] for name in ("number", "cause", "party")}
        words["folder"] = Path(text["folder"])
        words["legal_basis"] = text["basis"]
        words["officers"] = [Officer(text[f"officer{place}"], text[f"certificate{place}"]) for place in ("1", "2")]
        self._made = True
        self.made.emit(words)
        if self.isVisible():  # refused: the reason is in the hint bar, and everything typed is still here
            self._made = False
            self.fields["number"].setFocus()

    def _write(self) -> None:
        for name, field in self.fields.items():
            field.setAccessibleName(tr(f"ui.new.{name}"))
        for name in ("number", "cause", "party", *_OFFICERS, "room"):
            self.fields[name].setPlaceholderText(tr(f"ui.new.{name.rstrip('12')}_hint"))
        for label in self._wrong.values():
            key = label.property("key")
            label.setText(tr(key, free=self._free()) if key else "")
        if self._count.text():
            self._tell_count(self.problems())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and control:
            self.submit()
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange and self._wrong:
            self._write()
        super().changeEvent(event)


def _standing(folder: Path) -> Path | None:
    """The folder, or the nearest one above it that is there; None where nothing of it is."""
    try:
        return next((parent for parent in (folder, *folder.parents) if parent.exists()), None)
    except OSError:
        return None


def _can_make(folder: Path) -> bool:
    there = _standing(folder)
    return there is not None and there.is_dir() and os.access(there, os.W_OK)


def _free(folder: Path) -> int | None:
    """Free bytes on the disk the folder will lie on; None where the disk does not say."""
    there = _standing(folder)
    try:
        return shutil.disk_usage(there).free if there is not None else None
    except OSError:
        return None
