"""What is to be made of the recordings at hand: which model hears them, how long that takes on this computer, and the stages one by one."""

from typing import Any

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QComboBox, QWidget

from inspector_app.commands.registry import Outcome
from inspector_app.domain.timebase import SECOND
from inspector_app.i18n import tr
from inspector_app.ui.bridge.chain import Chain
from inspector_app.ui.bridge.desk import Desk
from inspector_app.ui.models.recordings import Line
from inspector_app.ui.models.words import file_size, span_clock
from inspector_app.ui.theme.widgets import Button, Panel, Say, column, row

#: the model that is heard with until a person chooses another
_FIRST = "base"


class StagesPane(Panel):
    """Works on the recordings at hand where more than one is, or on that one; on all where `all_` is pressed."""

    def __init__(self, desk: Desk, chain: Chain, parent: QWidget | None = None) -> None:
        super().__init__("ui.stages.title", parent)
        self._desk, self._chain = desk, chain
        self._lines: list[Line] = []
        self._all: list[Line] = []
        self._models: list[dict[str, Any]] = []
        self._measuring = ""
        box = column(12, 8, 10, 10, spacing=6)
        self.body.addLayout(box)
        line = row(spacing=6)
        self.model = QComboBox()
        self.model.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.model.setMinimumContentsLength(8)
        self.model.activated.connect(self._choose)
        line.addWidget(self.model, 1)
        self.measure = Button("ui.stages.measure", self._measure, icon_name="clock", hint="ui.stages.measure_hint")
        line.addWidget(self.measure)
        box.addLayout(line)
        self.about = Say(tone="muted", size=-1, wrap=True)
        box.addWidget(self.about)
        self.scope = Say(size=-1, wrap=True)
        box.addWidget(self.scope)
        stages = row(spacing=6)
        self.speech = Button("ui.stages.speech", self._transcribe, icon_name="speech", hint="ui.stages.speech_hint")
        self.reading = Button("ui.stages.screen", self._read, icon_name="screen-text", hint="ui.stages.screen_hint")
        self.leads = Button("ui.stages.leads", self._find, icon_name="lead", hint="ui.stages.leads_hint")
        for button in (self.speech, self.reading, self.leads):
            stages.addWidget(button, 1)
        box.addLayout(stages)
        self.model.setAccessibleName(tr("ui.stages.model"))
        desk.opened.connect(self.refresh)
        desk.closed.connect(lambda: self.show_lines([], []))
        self._tell()

    def refresh(self) -> None:
        """Reads which models are here."""
        if self._desk.work.case is not None:
            self._desk.later("models.list", self._take)

    def show_lines(self, chosen: list[Line], every: list[Line]) -> None:
        """The recordings at hand, and all of the case."""
        self._lines, self._all = chosen, every
        self._tell()

    def _take(self, outcome: Outcome) -> None:
        self._models = [one for one in outcome.data["models"] if one["ok"]]
        wanted = str(self._desk.settings.get("speech_model", "") or _FIRST)
        self.model.clear()
        for one in self._models:
            self.model.addItem(f"{one['name']} · {file_size(one['bytes'])}", one["name"])
        if not self._models:
            self.model.addItem(tr("ui.stages.no_model"), "")
        self.model.setCurrentIndex(max(0, self.model.findData(wanted)))
        self._tell()

    @property
    def chosen(self) -> dict[str, Any] | None:
        name = self.model.currentData()
        return next((one for one in self._models if one["name"] == name), None)

    def _choose(self, _place: int) -> None:
        self._desk.settings.set("speech_model", str(self.model.currentData() or _FIRST))
        self._tell()

    def _measure(self) -> None:
        now = self.chosen
        if now is not None and not self._measuring:
            self._measuring = str(now["name"])
            self._tell()
            self._desk.reading.run(lambda: self._measured_by(self._measuring), self._measured, self._failed)

    def _measured_by(self, name: str) -> Outcome:
        from inspector_app.commands.packs import measure

        return measure(self._desk.work, name=name)

    def _measured(self, _outcome: Outcome) -> None:
        self._measuring = ""
        self.refresh()

    def _failed(self, error: Any) -> None:
        self._measuring = ""
        self._tell()
        self._desk.complain(error)

    # -- words -----------------------------------------------------------------------------------------------------------------

    def _tell(self) -> None:
        now = self.chosen
        writable = not self._desk.read_only
        lines = [line for line in self._lines or self._all if line.recording.state != "growing"]
        heard = [line for line in lines if line.recording.has_audio]
        if self._measuring:
            self.about.say("ui.stages.measuring", name=self._measuring)
        elif now is None:
            self.about.say("ui.stages.no_model_text")
        elif not now["measured"]:
            self.about.say("ui.stages.unmeasured")
        else:
            self.about.setText(" · ".join(self._speed(now, heard)))
        length = span_clock(sum(line.recording.duration_us for line in lines))
        key = "ui.stages.none" if not lines else "ui.stages.chosen" if self._lines else "ui.stages.all"
        self.scope.say(key, count=len(lines), length=length)
        self.measure.setEnabled(now is not None and not self._measuring)
        self.speech.setEnabled(writable and bool(heard) and now is not None)
        self.reading.setEnabled(writable and any(line.recording.has_video for line in lines))
        self.leads.setEnabled(writable and bool(lines))

    def _speed(self, now: dict[str, Any], heard: list[Line]) -> list[str]:
        """How fast the model was on this computer, and what that makes of the recordings at hand (silence counted as speech)."""
        audio_ms, wall_ms = int(now["measured"]["audio_ms"]), max(1, int(now["measured"]["wall_ms"]))
        tenths = audio_ms * 10 // wall_ms
        words = [tr("ui.jobs.times", rate=f"{tenths // 10}.{tenths % 10}"), tr("ui.stages.memory", size=file_size(now["memory_bytes"]))]
        length_us = sum(line.recording.duration_us for line in heard)
        if length_us and audio_ms:
            seconds = length_us * wall_ms // audio_ms // SECOND
            words.append(tr("ui.stages.estimate", time=span_clock(max(1, seconds) * SECOND)))
        return words

    # -- acts ------------------------------------------------------------------------------------------------------------------

    def _ids(self) -> list[str]:
        return [line.recording.id for line in self._lines]

    def _transcribe(self) -> None:
        self._said("transcribe", self._chain.transcribe(self._ids(), str(self.model.currentData() or "")))

    def _read(self) -> None:
        self._said("read-screen", self._chain.read_screens(self._ids()))

    def _said(self, stage: str, count: int) -> None:
        key = "ui.stages.asked" if count else "ui.stages.nothing"
        self._desk.said.emit(tr(key, stage=tr(f"stage.{stage}"), count=count), "good" if count else "")

    def _find(self) -> None:
        self._chain.find_leads(self._ids())

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "leads"):
            self.model.setAccessibleName(tr("ui.stages.model"))
            self._tell()
        super().changeEvent(event)
