"""The program's log to read and save, and what the program is. Nothing is sent from here: the person reads it, saves it, and sends the file."""

import platform
from pathlib import Path

from PySide6 import __version__ as qt_version
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QTextBrowser, QWidget

from inspector_app import __version__
from inspector_app.domain.errors import StorageError
from inspector_app.domain.files import write_text
from inspector_app.i18n import explain, tr
from inspector_app.resources import root
from inspector_app.ui.bridge.diary import Diary
from inspector_app.ui.theme.asking import ask_target
from inspector_app.ui.theme.look import look
from inspector_app.ui.theme.widgets import Button, Icon, Say, column, row

from .page import Page, card


class LogPage(Page):
    def __init__(self, diary: Diary, parent: QWidget | None = None) -> None:
        super().__init__("ui.act.log", parent)
        self._diary = diary
        self.head.addWidget(Button("ui.log.copy", self.copy, icon_name="copy"))
        self.head.addWidget(Button("ui.log.save", self.ask_save, icon_name="export", kind="primary"))
        self.body.addWidget(Say("ui.log.why", tone="muted", wrap=True))
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setFont(look().fixed(-1))
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.body.addWidget(self.text, 1)

    def show_page(self) -> None:
        self.text.setPlainText(self._diary.read() or tr("ui.log.empty"))
        self.text.setAccessibleName(tr("ui.act.log"))
        self.text.verticalScrollBar().setValue(self.text.verticalScrollBar().maximum())
        super().show_page()

    def copy(self) -> None:
        QApplication.clipboard().setText(self.text.toPlainText())

    def ask_save(self) -> None:
        if (path := ask_target(self, tr("ui.log.save"), "zhijian-log.txt", "(*.txt)")) is not None:
            self.save(path)

    def save(self, path: Path) -> None:
        """Exactly what is shown."""
        try:
            write_text(path, self.text.toPlainText())
        except StorageError as error:
            self.text.appendPlainText(" ".join(explain(error)))


class AboutPage(Page):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("ui.act.about", parent)
        frame, box = card()
        head = row(spacing=14)
        head.addWidget(Icon("app", look().em * 3, "accent"))
        names = column(spacing=0)
        names.addWidget(Say("ui.app.name", size=8, bold=True))
        names.addWidget(Say("ui.app.line", tone="muted"))
        head.addLayout(names)
        head.addStretch(1)
        box.addLayout(head)
        self._facts = Say(tone="muted", wrap=True)
        box.addWidget(self._facts)
        self.notices = QTextBrowser()
        self.notices.setOpenLinks(False)
        notices = root() / "THIRD_PARTY_NOTICES.md"
        self.notices.setMarkdown(notices.read_text(encoding="utf-8") if notices.is_file() else "")
        self.body.addWidget(frame)
        self.body.addWidget(self.notices, 1)
        self._write()

    def _write(self) -> None:
        self._facts.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._facts.setText(
            tr("ui.about.facts", version=__version__, python=platform.python_version(), qt=qt_version, system=platform.platform(terse=True))
        )
        self.notices.setAccessibleName(tr("ui.about.notices"))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "notices"):
            self._write()
        super().changeEvent(event)
