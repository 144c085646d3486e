"""The new-case form: what a case needs to exist (two officers, 程序规定 22), checked line by line before anything is made."""

from pathlib import Path
from typing import Any

import platformdirs
from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QFrame, QGridLayout, QLineEdit, QScrollArea, QWidget

from inspector_app.domain.people import Officer
from inspector_app.i18n import tr
from inspector_app.ui.theme.look import look
from inspector_app.ui.theme.widgets import Button, Say, column, row

_BASIS = "《市场监督管理行政处罚程序规定》第二十二条、第二十五条、第二十六条"
_FORBIDDEN = set('\\/:*?"<>|')


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
        self._add("basis")
        self._add("folder", button=Button("ui.new.browse", self._browse, icon_name="folder"))
        self._grid.setColumnStretch(1, 1)
        line = row(spacing=8)
        line.addStretch(1)
        line.addWidget(Button("ui.cancel", self.left.emit))
        self._make = Button("ui.new.make", self.submit, kind="primary", icon_name="check")
        line.addWidget(self._make)
        box.addLayout(line)
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
        outer.addWidget(area)
        self.fields["number"].textChanged.connect(self._suggest)
        self._write()
        self.clear()

    def _add(self, name: str, beside: str = "", button: QWidget | None = None) -> None:
        """A labelled line; `beside` is a second field on the same line (an officer's certificate), `button` what helps to fill it."""
        place = self._grid.rowCount()
        self._grid.addWidget(Say(f"ui.new.{name}"), place, 0, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        fields, notes = row(spacing=10), row(spacing=10)
        for each in (name, beside) if beside else (name,):
            field = QLineEdit()
            field.setMinimumHeight(look().em + 14)
            field.textEdited.connect(lambda _, each=each: self._mark(each, ""))
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

    def clear(self) -> None:
        for name, field in self.fields.items():
            field.clear()
            self._mark(name, "")
        self.fields["basis"].setText(_BASIS)
        self._touched_folder = False
        self._suggest("")

    def _suggest(self, number: str) -> None:
        """A folder named after the case, until the user names one."""
        if not self._touched_folder:
            name = "".join("_" if character in _FORBIDDEN else character for character in number.strip()) or tr("ui.new.untitled")
            self.fields["folder"].setText(str((self.home or platformdirs.user_documents_path() / tr("ui.new.home")) / name))

    def _browse(self) -> None:
        found = QFileDialog.getExistingDirectory(self, tr("ui.new.folder"), str(Path(self.fields["folder"].text()).parent))
        if found:
            self._touched_folder = True
            folder = Path(found)
            name = Path(self.fields["folder"].text()).name
            self.fields["folder"].setText(str(folder / name if folder.is_dir() and any(folder.iterdir()) else folder))
            self._mark("folder", "")

    def _mark(self, name: str, key: str) -> None:
        field, label = self.fields[name], self._wrong[name]
        label.setText(tr(key) if key else "")
        label.setProperty("key", key)
        if bool(field.property("wrong")) != bool(key):
            field.setProperty("wrong", bool(key))
            field.style().unpolish(field)
            field.style().polish(field)

    def problems(self) -> dict[str, str]:
        """Field to the key of what is wrong with it; empty when a case can be made."""
        text = {name: field.text().strip() for name, field in self.fields.items()}
        wrong = {name: "ui.new.needed" for name in ("number", "cause", "party", "officer1", "officer2", "folder") if not text[name]}
        for place in ("1", "2"):
            if not text[f"certificate{place}"]:
                wrong[f"certificate{place}"] = "ui.new.needed"
        if text["certificate1"] and text["certificate1"] == text["certificate2"]:
            wrong["certificate2"] = "ui.new.same_officer"
        folder = Path(text["folder"])
        if text["folder"] and folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            wrong["folder"] = "ui.new.folder_used"
        return wrong

    def submit(self) -> None:
        """Marks every line that is wrong, or hands over the words of the case."""
        wrong = self.problems()
        for name in self.fields:
            self._mark(name, wrong.get(name, ""))
        if wrong:
            self.fields[next(name for name in self.fields if name in wrong)].setFocus()
            return
        text = {name: field.text().strip() for name, field in self.fields.items()}
        words: dict[str, Any] = {name: text[name] for name in ("number", "cause", "party")}
        words["folder"] = Path(text["folder"])
        words["legal_basis"] = text["basis"]
        words["officers"] = [Officer(text[f"officer{place}"], text[f"certificate{place}"]) for place in ("1", "2")]
        self.made.emit(words)

    def _write(self) -> None:
        for name, field in self.fields.items():
            field.setAccessibleName(tr(f"ui.new.{name}"))
        for name in ("number", "cause", "party", "officer1", "certificate1", "officer2", "certificate2"):
            self.fields[name].setPlaceholderText(tr(f"ui.new.{name.rstrip('12')}_hint"))
        for label in self._wrong.values():
            key = label.property("key")
            label.setText(tr(key) if key else "")

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange and self._wrong:
            self._write()
        super().changeEvent(event)
