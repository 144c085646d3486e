"""The facts of a broadcast session that a person knows: platform, room, account, host. One line of fields, used by import and recording alike."""

from datetime import datetime

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QComboBox, QGridLayout, QLineEdit, QWidget

from inspector_app.domain.timebase import BEIJING, iso
from inspector_app.i18n import tr
from inspector_app.ui.theme.look import look
from inspector_app.ui.theme.widgets import Button, Panel, Say, column, row

NAMES = ("platform", "room", "account", "host")


def platforms() -> list[str]:
    """Names of platforms to choose from, in the language in force; any other may be typed."""
    return tr("ui.platforms").split("|")


class PlatformBox(QComboBox):
    """A platform out of the list, or any other name typed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(6)
        self.setMinimumHeight(look().em + 14)
        self._write()

    def _write(self) -> None:
        text = self.currentText()
        self.clear()
        self.addItems(platforms())
        self.setEditText(text)
        self.setAccessibleName(tr("ui.session.platform"))
        edit = self.lineEdit()
        if edit is not None:
            edit.setPlaceholderText(tr("ui.session.platform_hint"))
            edit.setAccessibleName(tr("ui.session.platform"))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._write()
        super().changeEvent(event)


class SessionFields(QWidget):
    """`values()` gives the facts as commands take them; `give()` shows what is known."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(2)
        self.platform = PlatformBox()
        self.fields = {name: QLineEdit() for name in NAMES[1:]}
        for place, name in enumerate(NAMES):
            grid.addWidget(Say(f"ui.session.{name}", tone="muted", size=-1), 0, place, Qt.AlignmentFlag.AlignLeft)
            grid.addWidget(self.platform if name == "platform" else self.fields[name], 1, place)
            grid.setColumnStretch(place, 1)
        self._write()

    def values(self) -> dict[str, str]:
        return {"platform": self.platform.currentText().strip(), **{name: field.text().strip() for name, field in self.fields.items()}}

    def give(self, values: dict[str, str]) -> None:
        self.platform.setEditText(values.get("platform", ""))
        for name, field in self.fields.items():
            field.setText(values.get(name, ""))

    def _write(self) -> None:
        for name, field in self.fields.items():
            field.setAccessibleName(tr(f"ui.session.{name}"))
            field.setPlaceholderText(tr(f"ui.session.{name}_hint"))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "fields"):
            self._write()
        super().changeEvent(event)


class SessionPanel(Panel):
    """What is known of the broadcast that the next import belongs to, with when it began (Beijing). Hidden until it is asked for."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("ui.session.title", parent)
        self.head.addWidget(Button(kind="flat", icon_name="close", hint="ui.close", act=self.hide))
        self.box = box = column(12, 8, 12, 10, spacing=4)
        self.body.addLayout(box)
        self.session = SessionFields()
        box.addWidget(self.session)
        line = row(spacing=10)
        line.addWidget(Say("ui.session.started", tone="muted", size=-1))
        self.started = QLineEdit()
        self.started.setFixedWidth(look().em * 12)
        self.started.textChanged.connect(self._check)
        line.addWidget(self.started)
        self.wrong = Say("ui.session.started_why", tone="muted", size=-1, wrap=True)
        line.addWidget(self.wrong, 1)
        box.addLayout(line)
        self._name()
        self.hide()

    def values(self) -> dict[str, str] | None:
        """The facts as an import takes them; None (the panel then says why) where the start is no moment."""
        started = read_moment(self.started.text())
        if started is None:
            self.show()
            self.started.setFocus()
            return None
        return {**self.session.values(), "started_at": started}

    def _check(self, _text: str = "") -> None:
        bad = read_moment(self.started.text()) is None
        self.started.setProperty("wrong", bad)
        self.started.style().unpolish(self.started)
        self.started.style().polish(self.started)
        self.wrong.say("ui.session.started_wrong" if bad else "ui.session.started_why")

    def _name(self) -> None:
        self.started.setAccessibleName(tr("ui.session.started"))
        self.started.setPlaceholderText("2026-06-01 20:00")

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "wrong"):
            self._name()
        super().changeEvent(event)


def read_moment(text: str) -> str | None:
    """A moment as typed, ISO 8601 with offset; without one it is Beijing's. "" for nothing, None where it is no moment."""
    if not text.strip():
        return ""
    try:
        moment = datetime.fromisoformat(text.strip().replace("/", "-").replace("：", ":"))
    except ValueError:
        return None
    return iso(moment if moment.tzinfo else moment.replace(tzinfo=BEIJING))
