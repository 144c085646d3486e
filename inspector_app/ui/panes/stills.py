"""The stills of a claim: the one at hand large, with its box; the others as a strip to choose from and to order."""

from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon, QImage, QPixmap
from PySide6.QtWidgets import QFrame, QListView, QListWidget, QListWidgetItem, QMenu, QVBoxLayout, QWidget

from inspector_app.domain.records import Exhibit
from inspector_app.i18n import tr
from inspector_app.ui.models.claims import Claim
from inspector_app.ui.models.words import short_clock
from inspector_app.ui.panes.stillframe import StillFrame
from inspector_app.ui.theme.look import look
from inspector_app.ui.theme.widgets import Button, Say, row

#: of a finding, where another still may be taken
PLACES = ("start", "middle", "end")


@dataclass(frozen=True)
class Picture:
    """A still that has been taken, as it lies in the case."""

    exhibit: Exhibit
    image: QImage


class StillsPane(QWidget):
    """Signals: `see(recording id, us)`, `boxed(Exhibit, box)`, `withdraw(Exhibit)`, `ordered(ids)`, `wanted(place)` start, middle or end."""

    see = Signal(str, object)
    boxed = Signal(object, object)
    withdraw = Signal(object)
    ordered = Signal(object)
    wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stills: list[Exhibit] = []
        self._images: dict[str, QImage] = {}
        self._chosen = ""
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(6)
        line = row(spacing=4)
        line.addWidget(Say("ui.evidence.stills", bold=True), 1)
        self._add = Button(icon_name="camera", kind="flat", hint="ui.evidence.another")
        self._menu = QMenu(self)
        for place in PLACES:
            self._menu.addAction("").triggered.connect(partial(self.wanted.emit, place))
        self._menu.aboutToShow.connect(self._name_menu)
        self._add.setMenu(self._menu)
        self._before = Button("", lambda: self._move(-1), icon_name="step-back", kind="flat", hint="ui.evidence.move_before")
        self._after = Button("", lambda: self._move(1), icon_name="step-forward", kind="flat", hint="ui.evidence.move_after")
        self._drop = Button("", self._ask_withdraw, icon_name="close", kind="flat", hint="ui.evidence.withdraw_still")
        for button in (self._before, self._after, self._drop, self._add):
            line.addWidget(button)
        box.addLayout(line)
        self.frame = StillFrame()
        self.frame.boxed.connect(self._boxed)
        self.frame.opened.connect(self._open)
        box.addWidget(self.frame)
        self._note = Say(tone="muted", size=-1, wrap=True)
        box.addWidget(self._note)
        self.strip = QListWidget()
        self.strip.setViewMode(QListView.ViewMode.IconMode)
        self.strip.setFlow(QListView.Flow.LeftToRight)
        self.strip.setMovement(QListView.Movement.Static)
        self.strip.setWrapping(False)
        self.strip.setFrameShape(QFrame.Shape.NoFrame)
        self.strip.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.strip.setIconSize(QSize(look().em * 4, look().em * 4))
        self.strip.setFixedHeight(look().em * 6)
        self.strip.currentRowChanged.connect(self._choose)
        box.addWidget(self.strip)

    def show_stills(self, claim: Claim, pictures: list[Picture]) -> None:
        self._stills = sorted(
            (row_ for row_ in claim.exhibits if row_.kind == "still" and not row_.state),
            key=lambda row_: (row_.place or row_.number, row_.number),
        )
        self._images = {picture.exhibit.id: picture.image for picture in pictures}
        self.setVisible(bool(claim.recording.has_video))
        chosen = next((place for place, row_ in enumerate(self._stills) if row_.id == self._chosen), 0)
        self.strip.setAccessibleName(tr("ui.evidence.stills"))
        self.strip.blockSignals(True)
        self.strip.clear()
        for exhibit in self._stills:
            self.strip.addItem(self._item(exhibit))
        self.strip.setCurrentRow(chosen)
        self.strip.blockSignals(False)
        self.strip.setVisible(len(self._stills) > 1)
        self._choose(chosen)

    def _item(self, exhibit: Exhibit) -> QListWidgetItem:
        image = self._images.get(exhibit.id)
        item = QListWidgetItem(f"{exhibit.number:03d}")
        item.setToolTip(short_clock(exhibit.start_us))
        if image is not None:
            side = round(look().em * 4 * self.devicePixelRatioF())
            small = image.scaled(side, side, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
            item.setIcon(QIcon(QPixmap.fromImage(small)))
        return item

    def _choose(self, place: int) -> None:
        exhibit = self._stills[place] if 0 <= place < len(self._stills) else None
        self._chosen = exhibit.id if exhibit else ""
        self._drop.setEnabled(exhibit is not None)
        self._before.setEnabled(place > 0)
        self._after.setEnabled(0 <= place < len(self._stills) - 1)
        if exhibit is None:
            self.frame.show_picture(QImage(), ())
            self._note.say("ui.evidence.no_still")
            return
        self.frame.show_picture(self._images.get(exhibit.id, QImage()), exhibit.box)
        digest = f" · {exhibit.sha256[:8]}…" if exhibit.sha256 else ""
        self._note.setText(f"{tr('ui.evidence.exhibit', number=f'{exhibit.number:03d}')} · {short_clock(exhibit.start_us)}{digest}")
        self._note.setToolTip(
            tr("ui.evidence.still_tip", number=exhibit.number, pts=exhibit.pts, base=exhibit.time_base, sha256=exhibit.sha256)
            if exhibit.sha256
            else ""
        )

    @property
    def at_hand(self) -> Exhibit | None:
        return next((row_ for row_ in self._stills if row_.id == self._chosen), None)

    def _name_menu(self) -> None:
        for action, place in zip(self._menu.actions(), PLACES, strict=True):
            action.setText(tr(f"ui.evidence.another_{place}"))

    def _boxed(self, box: object) -> None:
        if (exhibit := self.at_hand) is not None:
            self.boxed.emit(exhibit, box)

    def _open(self) -> None:
        if (exhibit := self.at_hand) is not None:
            self.see.emit(exhibit.recording_id, exhibit.start_us)

    def _ask_withdraw(self) -> None:
        if (exhibit := self.at_hand) is not None:
            self.withdraw.emit(exhibit)

    def _move(self, step: int) -> None:
        ids = [row_.id for row_ in self._stills]
        place = ids.index(self._chosen)
        if 0 <= place + step < len(ids):
            ids[place], ids[place + step] = ids[place + step], ids[place]
            self.ordered.emit(ids)
