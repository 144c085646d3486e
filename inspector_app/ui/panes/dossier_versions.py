"""The dossiers that left the case, newest first: edition, version, pages, digest, who signed or that nobody did. Asks for what is done with one."""

from functools import partial

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QWidget

from inspector_app.i18n import tr
from inspector_app.ui.models.dossiers import Version
from inspector_app.ui.models.words import file_size
from inspector_app.ui.panes.dossier_ready import edition_name
from inspector_app.ui.panes.opinion import beijing_clock
from inspector_app.ui.theme.look import look
from inspector_app.ui.theme.widgets import Button, Chip, Say, clear, column, row

_FIRST = 4
ACTS = (("see", "dossier"), ("verify", "verify"), ("sign", "check"), ("folder", "folder"))


class VersionsBox(QWidget):
    """Signal `asked(act, dossier id)` with act see, verify, sign or folder."""

    asked = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._versions: list[Version] | None = None
        self._at_hand = ""
        self._all = False
        self._box = column(spacing=6)
        self.setLayout(self._box)

    def show_versions(self, versions: list[Version], at_hand: str) -> None:
        """The versions as they are; `at_hand` is the id of the one whose pages are shown."""
        if (versions, at_hand) != (self._versions, self._at_hand):
            self._versions, self._at_hand = versions, at_hand
            self._write()

    def _write(self) -> None:
        focus = self.focusWidget()
        name = focus.objectName() if focus is not None else ""
        clear(self._box)
        versions = self._versions or []
        self._box.addWidget(Say("ui.versions.title", bold=True))
        if not versions:
            self._box.addWidget(Say("ui.versions.none", tone="muted", size=-1, wrap=True))
        for one in versions if self._all else versions[:_FIRST]:
            self._box.addWidget(self._card(one))
        if len(versions) > _FIRST:
            more = Button("ui.lack.less" if self._all else "", self._unfold, kind="flat")
            if not self._all:
                more.setText(tr("ui.lack.more", count=len(versions) - _FIRST))
            more.setObjectName("more versions")
            self._box.addWidget(more, 0, Qt.AlignmentFlag.AlignLeft)
        if name and (again := self.findChild(QWidget, name)) is not None:
            again.setFocus()

    def _unfold(self) -> None:
        self._all = not self._all
        self._write()

    def _card(self, one: Version) -> QWidget:
        card = QFrame()
        card.setObjectName("well")
        card.setProperty("active", one.row.id == self._at_hand)
        box = column(10, 7, 8, 6, spacing=3)
        card.setLayout(box)
        head = row(spacing=6)
        title = Say(bold=True, wrap=True)
        title.say("ui.versions.name", edition=edition_name(one.edition), version=one.row.version or 1)
        head.addWidget(title, 1)
        signed = len(one.row.signers)
        chip = Chip(tone="bad" if not one.there else "good" if signed >= 2 else "lead")
        chip.say("ui.versions.gone" if not one.there else f"ui.versions.signed_{min(signed, 2)}")
        head.addWidget(chip, 0, Qt.AlignmentFlag.AlignTop)
        box.addLayout(head)
        facts = Say(tone="muted", size=-1, wrap=True)
        facts.say(
            "ui.versions.facts",
            at=beijing_clock(one.row.created_at),
            pages=one.row.pages,
            exhibits=one.row.exhibits,
            size=file_size(one.row.bytes),
            by=one.row.by,
        )
        box.addWidget(facts)
        if one.signers:
            names = Say(tone="muted", size=-1, wrap=True)
            names.say("ui.versions.signers", names=tr("ui.list.comma").join(one.signers))
            box.addWidget(names)
        digest = QLabel("\u200b".join(one.row.sha256[n : n + 8] for n in range(0, len(one.row.sha256), 8)))
        digest.setFont(look().fixed(-3))
        digest.setProperty("tone", "muted")
        digest.setWordWrap(True)
        digest.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        digest.setAccessibleName(f"SHA-256 {one.row.sha256}")
        box.addWidget(digest)
        line = row(spacing=2)
        for act, drawing in ACTS:
            button = Button(f"ui.versions.{act}", partial(self.asked.emit, act, one.row.id), kind="flat", icon_name=drawing)
            button.setObjectName(f"{act} {one.row.id}")
            button.setEnabled((one.there or act == "folder") and not (act == "sign" and signed >= 2))
            line.addWidget(button)
        line.addStretch(1)
        box.addLayout(line)
        return card

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange and self._versions is not None:
            self._write()
        super().changeEvent(event)
