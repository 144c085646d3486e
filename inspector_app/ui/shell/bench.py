"""The five steps of an open case on one stack: made when a case is opened first, shown one at a time, told apart by their place."""

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from inspector_app.domain.records import Recording
from inspector_app.i18n import tr
from inspector_app.ui.bridge.chain import Chain
from inspector_app.ui.bridge.desk import Desk
from inspector_app.ui.bridge.settings import Settings
from inspector_app.ui.models.store import RecordingStore
from inspector_app.ui.steps.dossier import DossierStep
from inspector_app.ui.steps.evidence import EvidenceStep
from inspector_app.ui.steps.intake import IntakeStep
from inspector_app.ui.steps.review import ReviewStep
from inspector_app.ui.steps.watch import WatchStep
from inspector_app.ui.theme.access import name_after_panels

from .topbar import STEPS

INTAKE, WATCH, EVIDENCE, REVIEW, DOSSIER = range(5)
Hints = tuple[tuple[str, str], ...]

_CODING: Hints = (
    ("1–0", "ui.hint.hot"),
    ("Tab", "ui.hint.lead"),
    ("Enter", "ui.hint.accept"),
    ("X", "ui.hint.reject"),
    ("I O", "ui.hint.ends"),
    ("N", "ui.hint.note"),
    ("Space", "ui.hint.play"),
    ("F1", "ui.hint.sheet"),
)
_STAGES: dict[str, Hints] = {
    "reject": (("1–5", "ui.hint.reason"), ("X", "ui.hint.no_reason"), ("Esc", "ui.hint.leave")),
    "other": (("1–0", "ui.hint.other"), ("T", "ui.hint.find"), ("Esc", "ui.hint.leave")),
}
#: what Enter does is said beside each field: it differs
_TYPING: Hints = (("Esc", "ui.hint.leave"),)
_STEPS: Hints = (("Ctrl+1", "ui.step.intake"), ("Ctrl+2", "ui.step.watch"), ("Ctrl+3", "ui.step.evidence"), ("Ctrl+4", "ui.step.review"),
                 ("Ctrl+5", "ui.step.dossier"), ("Ctrl+Z", "ui.hint.undo"), ("Ctrl+K", "ui.hint.palette"))  # fmt: skip


class Bench(QStackedWidget):
    """Signals: `mode(name)`, `hints(keys)`, `recording(name)`, `finder()`, `step_shown(place)`, `asks_time()`."""

    mode = Signal(str)
    hints = Signal(object)
    recording = Signal(str)
    finder = Signal()
    step_shown = Signal(int)
    asks_time = Signal()

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.desk = Desk(settings, self)
        self.chain = Chain(self.desk, self)
        self.store = RecordingStore(self.desk, self)
        self._typing = False
        self._goto_us: int | None = None
        self.intake = IntakeStep(self.desk, self.chain)
        self.watch = WatchStep(self.desk, self.store)
        self.evidence = EvidenceStep(self.desk)
        self.review = ReviewStep(self.desk)
        self.dossier = DossierStep(self.desk)
        self.steps: tuple[QWidget, ...] = (self.intake, self.watch, self.evidence, self.review, self.dossier)
        for step in self.steps:
            self.addWidget(step)
        self.intake.watch.connect(self.see)
        self.intake.moment.connect(self.see)
        self.intake.follow_player(lambda: self.watch.playback.position_us)
        self.evidence.show_moment.connect(self.see)
        self.review.show_moment.connect(self.see)
        self.dossier.jump.connect(self.follow)
        self.watch.mode.connect(self._set_typing)
        self.watch.hints.connect(self.tell)
        self.watch.finder.connect(self.finder)
        self.watch.coding.wants.connect(lambda what: self.asks_time.emit() if what == "go_to" else None)
        for name, button in self.watch.player.buttons.items():
            button.set_keyed(name)
        self.store.loaded.connect(self._loaded)
        self.desk.opened.connect(self._opened)
        self.desk.changed.connect(self._first_recording)

    @property
    def place(self) -> int:
        return self.currentIndex()

    def go(self, place: int) -> None:
        """Shows a step; leaving the watch step rests the player."""
        if place != WATCH:
            self.watch.playback.pause()
        if place == DOSSIER and self.place == EVIDENCE and self.evidence.at_hand:
            self.dossier.show_target(f"finding:{self.evidence.at_hand}")
        self.setCurrentIndex(place)
        step = self.steps[place]
        step.setFocus()
        if isinstance(step, (WatchStep, EvidenceStep, ReviewStep, DossierStep)):
            step.show_step()
        self._name_steps()
        self.step_shown.emit(place)
        self.tell()

    def _name_steps(self) -> None:
        """What a screen reader says of a step and of the lists in it."""
        for name, step in zip(STEPS, self.steps, strict=True):
            words = tr(f"ui.step.{name}_hint")
            step.setAccessibleName(words)
            name_after_panels(step, words)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "steps"):
            self._name_steps()
        super().changeEvent(event)

    def see(self, recording_id: str, at_us: int | None = None) -> None:
        """Shows a recording in the watch step, at a moment where one is given."""
        self._goto_us = at_us
        if self.store.now is not None and self.store.now.recording.id == recording_id:
            self._loaded()
        else:
            self.store.load(recording_id)
        self.go(WATCH)

    def follow(self, target: str) -> None:
        """To where a thing is mended: `finding:id`, `moment:recording:us` or `step:name`."""
        kind, _, rest = target.partition(":")
        if kind == "finding":
            self.go(EVIDENCE)
            self.evidence.open_finding(rest)
        elif kind == "moment":
            recording, _, at_us = rest.rpartition(":")
            self.see(recording, int(at_us))
        elif rest in STEPS:
            self.go(STEPS.index(rest))

    def _opened(self) -> None:
        self.store.now = None
        self._first_recording()

    def _first_recording(self) -> None:
        """With a case open and nothing loaded, the first recording is loaded."""
        case = self.desk.work.case
        if case is not None and self.store.now is None and case.count(Recording):
            self.store.load(case.find(Recording)[0].id)

    def _loaded(self) -> None:
        now = self.store.now
        self.recording.emit(now.recording.name if now else "")
        if now is not None and self._goto_us is not None:
            self.watch.playback.seek(self._goto_us)
            self._goto_us = None

    def _set_typing(self, mode: str) -> None:
        self._typing = mode == "typing"
        self.tell()

    def tell(self) -> None:
        """Says what the mode is and which keys matter now."""
        place = self.place
        if place == WATCH:
            self.mode.emit("typing" if self._typing else "coding")
            stage = self.watch.coding.now_stage
            self.hints.emit(_TYPING if self._typing else _STAGES.get(stage, _CODING))
        else:
            self.mode.emit("review" if place == REVIEW else "")
            self.hints.emit(_STEPS)
