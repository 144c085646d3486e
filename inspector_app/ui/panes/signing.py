"""Signing a dossier: two officers with their own certificates, together or one after the other, and what the check of the signatures says.

Passwords are taken out of their fields the moment they are used and are kept nowhere. Without the tick no connection is opened.
"""

from pathlib import Path

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QFrame, QLineEdit, QScrollArea, QWidget

from inspector_app.commands.registry import COMMANDS, Outcome
from inspector_app.domain.errors import InspectorError
from inspector_app.i18n import explain, tr
from inspector_app.ui.bridge.desk import Desk
from inspector_app.ui.models.dossiers import Standing, Version
from inspector_app.ui.panes.dossier_ready import edition_name
from inspector_app.ui.panes.signing_result import Json, fill_check, fill_signatures
from inspector_app.ui.theme.asking import ask_file
from inspector_app.ui.theme.drop import DropArea
from inspector_app.ui.theme.widgets import Button, Chip, Say, clear, column, row, rule

URL = "network.timestamp_url"
OFFICERS = 2


class OfficerKey(DropArea):
    """One officer's certificate file and password. A .p12 or .pfx may be dropped on it. Signal `entered()`: Enter in the password."""

    entered = Signal()
    changed = Signal()

    def __init__(self, place: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("well")
        self._place = place
        box = column(10, 8, 10, 10, spacing=5)
        self.setLayout(box)
        self.title = Say(bold=True)
        box.addWidget(self.title)
        line = row(spacing=6)
        self.file = QLineEdit()
        self.file.setObjectName(f"certificate {place}")
        self.file.textChanged.connect(lambda _: self.changed.emit())
        line.addWidget(self.file, 1)
        self._choose = Button("ui.sign.choose", self._ask, icon_name="folder")
        line.addWidget(self._choose)
        box.addLayout(line)
        self.password = QLineEdit()
        self.password.setObjectName(f"password {place}")
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.password.setInputMethodHints(Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhHiddenText)
        self.password.returnPressed.connect(self.entered)
        box.addWidget(self.password)
        self.dropped.connect(lambda paths: self.file.setText(str(paths[0])))
        self.name = ""
        self.write()

    def write(self) -> None:
        self.title.say("ui.sign.officer", place=self._place, name=self.name)
        self.file.setPlaceholderText(tr("ui.sign.file"))
        self.file.setAccessibleName(f"{self.title.text()} {tr('ui.sign.file')}")
        self.password.setPlaceholderText(tr("ui.sign.password"))
        self.password.setAccessibleName(f"{self.title.text()} {tr('ui.sign.password')}")
        self._choose.setAccessibleName(f"{self.title.text()} {tr('ui.sign.choose')}")

    def take(self) -> tuple[Path, bytes] | None:
        """The file and the password, which leaves its field; None where no file is named."""
        words = self.password.text()
        self.password.clear()
        path = self.file.text().strip()
        return (Path(path), words.encode("utf-8")) if path else None

    def _ask(self) -> None:
        if (path := ask_file(self, tr("ui.sign.choose"), "PKCS#12 (*.p12 *.pfx);;* (*)")) is not None:
            self.file.setText(str(path))
            self.password.setFocus()


class SigningPane(QScrollArea):
    """Signal `signed(dossier id)`."""

    signed = Signal(str)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._standing = Standing()
        self.version: Version | None = None
        self._checked: tuple[str, Json] | None = None
        self._busy = False
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inner = QWidget()
        box = column(14, 10, 14, 14, spacing=8)
        inner.setLayout(box)
        self.setWidget(inner)
        self._what = Say(bold=True, wrap=True)
        box.addWidget(self._what)
        self._state = Chip()
        box.addWidget(self._state)
        self._there = column(spacing=8)
        box.addLayout(self._there)
        self._keys = QWidget()
        keys = column(spacing=8)
        self._keys.setLayout(keys)
        keys.addWidget(Say("ui.sign.about", tone="muted", size=-1, wrap=True))
        self.officers = [OfficerKey(place) for place in range(1, OFFICERS + 1)]
        for key in self.officers:
            key.changed.connect(self._tell)
            key.entered.connect(self.sign)
            keys.addWidget(key)
        self.stamp = QCheckBox()
        self.stamp.setObjectName("stamp")
        keys.addWidget(self.stamp)
        self._address = Say(tone="muted", size=-1, wrap=True)
        keys.addWidget(self._address)
        self.button = Button("ui.sign.do", self.sign, kind="primary", icon_name="check")
        keys.addWidget(self.button)
        box.addWidget(self._keys)
        self.wrong = Say(tone="bad", wrap=True)
        self.wrong.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        box.addWidget(self.wrong)
        box.addWidget(rule())
        self._ink = Say("ui.sign.ink", tone="muted", size=-1, wrap=True)
        box.addWidget(self._ink)
        box.addStretch(1)
        self._write()
        self._tell()

    def show_standing(self, standing: Standing, dossier_id: str, checked: tuple[str, Json] | None = None) -> None:
        """The dossier to be signed: the one asked for, else the newest whose file is there; `checked`: a dossier's id and what its check said."""
        self._checked = checked
        self._standing = standing
        there = [one for one in standing.versions if one.there]
        before = self.version.row.id if self.version is not None else ""
        self.version = next((one for one in there if one.row.id == dossier_id), there[0] if there else None)
        if (self.version.row.id if self.version is not None else "") != before:
            self.wrong.clear()
        for place, key in enumerate(self.officers):
            key.name = standing.officers[place].name if place < len(standing.officers) else ""
            key.write()
        self._tell()

    @property
    def _free(self) -> int:
        """How many signatures the dossier still takes."""
        return max(0, OFFICERS - len(self.version.row.signers)) if self.version is not None else 0

    def _tell(self) -> None:
        one = self.version
        signed = len(one.row.signers) if one is not None else 0
        if one is None:
            self._what.say("ui.sign.nothing")
        else:
            self._what.say("ui.versions.name", edition=edition_name(one.edition), version=one.row.version or 1)
        self._state.setVisible(one is not None)
        self._state.set_chip("good" if signed >= OFFICERS else "lead")
        self._state.say(f"ui.versions.signed_{min(signed, OFFICERS)}")
        clear(self._there)
        if one is not None and self._checked is not None and self._checked[0] == one.row.id:
            fill_check(self._there, self._checked[1])
        else:
            fill_signatures(self._there, list(one.row.signers) if one is not None else [])
        self._keys.setVisible(one is not None and self._free > 0 and not self._desk.read_only)
        for place, key in enumerate(self.officers):
            key.setVisible(place >= OFFICERS - self._free)
        url = self._desk.settings.option(URL)
        self.stamp.setEnabled(bool(url))
        if not url:
            self.stamp.setChecked(False)
        self._address.say("ui.sign.address" if url else "ui.sign.no_address", url=url)
        given = [key for key in self.officers[OFFICERS - self._free :] if key.file.text().strip()] if self._free else []
        self.button.setEnabled(bool(given) and not self._busy)
        self.button.rename("ui.sign.busy" if self._busy else "ui.sign.do")
        self.wrong.setVisible(bool(self.wrong.text()))

    def sign(self) -> None:
        """Signs in the background with every certificate that is named."""
        one = self.version
        if one is None or self._busy or not self.button.isEnabled():
            return
        keys = [found for key in self.officers[OFFICERS - self._free :] if (found := key.take()) is not None]
        for key in self.officers:
            key.password.clear()
        url = str(self._desk.settings.option(URL)) if self.stamp.isChecked() else ""
        self._busy = True
        self.wrong.clear()
        self._tell()
        work = self._desk.work
        dossier_id = one.row.id

        def done(outcome: Outcome) -> None:
            self._busy = False
            for key in self.officers:
                key.file.clear()
            self._desk.said.emit(tr("ui.said.signed", count=len(outcome.data["signatures"])), "good")
            self._tell()
            self.signed.emit(dossier_id)

        def failed(error: InspectorError) -> None:
            self._busy = False
            self.wrong.setText("\n".join(explain(error)))
            self._desk.complain(error)
            self._tell()
            first = next((key for key in self.officers if key.isVisible()), None)
            if first is not None:
                first.password.setFocus()

        self._desk.reading.run(lambda: COMMANDS["dossier.sign"].run(work, path=one.path, signers=keys, tsa=url), done, failed)

    def _write(self) -> None:
        self.stamp.setText(tr("ui.sign.stamp"))
        for key in self.officers:
            key.write()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "_ink"):
            self._write()
            self._tell()
        super().changeEvent(event)
