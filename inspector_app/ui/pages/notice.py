"""What went wrong, in full: cause, next step, and the code with its facts to copy. Opened by the person from the hint bar, never by itself."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QWidget

from inspector_app import __version__
from inspector_app.domain.errors import InspectorError
from inspector_app.i18n import explain, tr
from inspector_app.ui.shell.overlay import Overlay
from inspector_app.ui.theme.look import look
from inspector_app.ui.theme.widgets import Button, Say, column, row


class Notice(Overlay):
    """One refusal. Esc closes it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        box = column(20, 16, 20, 16, spacing=8)
        self.setLayout(box)
        self._cause, self._next = Say(bold=True, wrap=True), Say(wrap=True)
        box.addWidget(self._cause)
        box.addWidget(self._next)
        self.code = QPlainTextEdit()
        self.code.setReadOnly(True)
        self.code.setFont(look().fixed(-1))
        self.code.setAccessibleName(tr("ui.notice.code"))
        box.addWidget(Say("ui.notice.code", tone="muted", size=-1))
        box.addWidget(self.code, 1)
        line = row(spacing=8)
        line.addStretch(1)
        self._copy = Button("ui.notice.copy", self.copy, icon_name="copy", kind="primary")
        line.addWidget(self._copy)
        line.addWidget(Button("ui.close", self.close_overlay))
        box.addLayout(line)

    def open_notice(self, error: InspectorError) -> None:
        cause, step = explain(error)
        self._cause.setText(cause)
        self.setAccessibleName(f"{cause} {step}")
        self._copy.rename("ui.notice.copy")
        self._next.setText(step)
        facts = "\n".join(f"{name} = {value}" for name, value in error.facts.items())
        self.code.setPlainText(f"{error.code} · zhijian {__version__}\n{facts}".rstrip())
        self.place(look().em * 34, look().em * 18, look().em * 6)
        self.show()
        self._copy.setFocus()

    def copy(self) -> None:
        """The whole text, code first, to the clipboard."""
        QApplication.clipboard().setText(f"{self.code.toPlainText()}\n{self._cause.text()}\n{self._next.text()}")
        self._copy.rename("ui.notice.copied")
