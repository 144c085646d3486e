"""The form that starts a recording: what to record, session, planned window, checks and a trial of ten seconds. It loses nothing on error."""

from typing import Any
from urllib.parse import urlsplit

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QLineEdit, QWidget

from inspector_app.commands.recording import SCHEMES, preflight, start
from inspector_app.commands.registry import Outcome
from inspector_app.domain.errors import InspectorError
from inspector_app.domain.records import Job
from inspector_app.i18n import explain, tr
from inspector_app.intake.live.devices import KINDS
from inspector_app.intake.live.disk import MIN_FREE_BYTES
from inspector_app.speech import packs
from inspector_app.ui.bridge.background import Background
from inspector_app.ui.bridge.desk import Desk
from inspector_app.ui.models.captures import free_bytes
from inspector_app.ui.models.words import file_size, span_clock
from inspector_app.ui.theme.look import look
from inspector_app.ui.theme.widgets import Button, Chip, Panel, Say, column, row

from .intake_session import SessionFields, read_moment

#: what can be recorded is named in SOURCES; LENGTHS are planned lengths in seconds, 0 until it is stopped
SOURCES = ("stream", *KINDS)
LENGTHS = (0, 1800, 3600, 7200, 4 * 3600, 8 * 3600)
#: what an hour of a usual broadcast weighs (1080p at 6 Mbit/s), for the check of the disk before anything is measured
_HOUR_BYTES = 2_700_000_000
_ANALYSE = "analyse_live"
_SIGNS = {"ok": "ui.check.ok", "warn": "ui.check.care", "bad": "ui.check.no"}
_STREAM_ENDS = (".flv", ".m3u8", ".m3u", ".ts", ".mp4", ".mpd")


class RecordForm(Panel):
    """Signals: `begun(capture id)`, `left()`. Hidden until `open_form`."""

    begun = Signal(str)
    left = Signal()

    def __init__(self, desk: Desk, reading: Background, parent: QWidget | None = None) -> None:
        super().__init__("ui.record.title", parent)
        self._desk, self._reading = desk, reading
        self._working = False
        self._analysis_hint = "analyse_hint"
        self._error: InspectorError | None = None
        self.head.addWidget(Button(kind="flat", icon_name="close", hint="ui.close", act=self.close_form))
        box = column(12, 8, 12, 10, spacing=6)
        self.body.addLayout(box)
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(1, 1)
        self.source = QComboBox()
        self.url = QLineEdit()
        self.url.textChanged.connect(self.check)
        self.url.returnPressed.connect(self.begin)
        self.length = QComboBox()
        self.length.currentIndexChanged.connect(self.check)
        self.starts, self.ends = QLineEdit(), QLineEdit()
        for field in (self.starts, self.ends):
            field.setMaximumWidth(look().em * 9)
            field.textChanged.connect(self.check)
        self._top: dict[str, QWidget] = {
            "source": self.source,
            "url": self.url,
            "starts": self.starts,
            "ends": self.ends,
            "length": self.length,
        }
        for place, (name, widget) in enumerate(self._top.items()):
            widget.setMinimumHeight(look().em + 14)
            grid.addWidget(Say(f"ui.record.{name}", tone="muted", size=-1), 0, place)
            grid.addWidget(widget, 1, place)
        box.addLayout(grid)
        self.session = SessionFields()
        box.addWidget(self.session)
        checks = row(spacing=10)
        self.checks = {name: (Chip(), Say(tone="muted", size=-1)) for name in ("address", "disk", "clock")}
        for place, (chip, words) in enumerate(self.checks.values()):
            checks.addWidget(chip)
            checks.addWidget(words)
            if place < 2:
                checks.addSpacing(8)
        checks.addStretch(1)
        self.analyse = QCheckBox()
        self.analyse.clicked.connect(lambda on: desk.settings.set(_ANALYSE, bool(on)))
        checks.addWidget(self.analyse)
        box.addLayout(checks)
        self.advice = Say(tone="lead", size=-1, wrap=True)
        box.addWidget(self.advice)
        self.found = Say(size=-1, wrap=True)
        self.found.hide()
        box.addWidget(self.found)
        self.wrong = Say(tone="bad", size=-1, wrap=True)
        box.addWidget(self.wrong)
        line = row(spacing=8)
        line.addWidget(Say("ui.record.outlives", tone="muted", size=-1, wrap=True), 1)
        self.trial = Button("ui.record.trial", self.try_out, icon_name="verify", hint="ui.record.trial_hint")
        line.addWidget(self.trial)
        self.go = Button("ui.record.start", self.begin, kind="primary", icon_name="camera", hint="ui.record.start_hint")
        line.addWidget(self.go)
        box.addLayout(line)
        self._write()
        self.source.currentIndexChanged.connect(self._other_source)
        self.hide()

    def open_form(self, session: dict[str, str]) -> None:
        """Shows the form; facts of the session known already stand in its fields unless others were typed."""
        if not any(self.session.values().values()):
            self.session.give(session)
        self._say_error(None)
        self._offer_analysis()
        self.show()
        self.check()
        self.url.setFocus()

    def _offer_analysis(self) -> None:
        """On where it can be done and was not switched off; a second room at a time only where a person asks for it."""
        case = self._desk.work.case
        heard, busy = bool(packs.installed()), case is not None and case.count(Job, kind="live", state="running") > 0
        self._analysis_hint = "analyse_no_model" if not heard else "analyse_busy" if busy else "analyse_hint"
        self.analyse.setEnabled(heard)
        self.analyse.setChecked(heard and not busy and bool(self._desk.settings.get(_ANALYSE, True)))
        self._write()

    def close_form(self) -> None:
        self.hide()
        self.left.emit()

    # -- checks ----------------------------------------------------------------------------------------------------------------

    @property
    def kind(self) -> str:
        return str(self.source.currentData() or "stream")

    @property
    def address(self) -> str:
        """What the recorder is given: the address as pasted, or something on this machine by its own kind of address."""
        text = self.url.text().strip()
        if self.kind == "stream" or "?" in text:  # what a person wrote there is meant
            return text if self.kind == "stream" else f"{self.kind}:{text}"
        rate, sound = (self._desk.settings.option(f"recording.{name}") for name in ("rate", "sound"))
        return f"{self.kind}:{text}?fps={rate}&sound={'auto' if sound else 'off'}"

    def _other_source(self) -> None:
        self.url.setPlaceholderText(tr(f"ui.record.hint.{self.kind}"))
        self.check()

    @property
    def seconds(self) -> int:
        return int(self.length.currentData() or 0)

    def servers(self) -> list[str]:
        """Time servers that the person has switched on."""
        settings = self._desk.settings
        return [settings.option("network.sntp_host")] if settings.option("network.sntp") else []

    def check(self) -> bool:
        """Says what is well and what is not; True where a recording can be started."""
        if self._desk.work.case is None:
            return False
        text = self.url.text().strip()
        address = address_state(text) if self.kind == "stream" else "ok" if text or self.kind == "screen" else "empty"
        self._point("address", {"ok": "good", "empty": "plain", "page": "lead"}.get(address, "bad"), f"ui.check.address.{address}")
        free, wanted = free_bytes(self._desk.work) or 0, MIN_FREE_BYTES + _HOUR_BYTES * max(self.seconds, 3600) // 3600
        hours = max(0, free - MIN_FREE_BYTES) // _HOUR_BYTES
        disk = "bad" if free <= MIN_FREE_BYTES else "lead" if free < wanted else "good"
        self._point("disk", disk, f"ui.check.disk.{disk}", free=file_size(free), hours=hours)
        servers = self.servers()
        self._point(
            "clock", "good" if servers else "lead", "ui.check.clock.on" if servers else "ui.check.clock.off", host=", ".join(servers)
        )
        self.advice.setText(tr(f"ui.check.address.{address}_next") if address in ("page", "scheme", "host") else "")
        self.advice.setVisible(bool(self.advice.text()))
        planned = self._check_window()
        ready = address in ("ok", "page") and disk != "bad" and planned and not self._working and not self._desk.read_only
        self.go.setEnabled(ready)
        self.trial.setEnabled(ready)
        return ready

    def _check_window(self) -> bool:
        """Marks a planned start or end that is no moment."""
        right = True
        for field in (self.starts, self.ends):
            bad = read_moment(field.text()) is None
            right = right and not bad
            if bool(field.property("wrong")) != bad:
                field.setProperty("wrong", bad)
                field.style().unpolish(field)
                field.style().polish(field)
        return right

    def _point(self, name: str, tone: str, key: str, **facts: object) -> None:
        chip, words = self.checks[name]
        chip.say(f"ui.check.{'ok' if tone == 'good' else 'open' if tone == 'plain' else 'care' if tone == 'lead' else 'no'}")
        chip.set_chip(tone)
        words.say(key, **facts)

    # -- start -----------------------------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Starts the recorder in the background; the form stays as it is until it runs."""
        if not self.check():
            return
        self._working = True
        self._say_error(None)
        self.go.rename("ui.record.starting")
        self.check()
        words: dict[str, Any] = {
            "url": self.address,
            "seconds": self.seconds,
            "servers": self.servers(),
            "starts_at": read_moment(self.starts.text()) or "",
            "ends_at": read_moment(self.ends.text()) or "",
            **self.session.values(),
        }
        work = self._desk.work
        self._reading.run(lambda: start(work, **words), self._begun, self._failed)

    def try_out(self) -> None:
        """Records for ten seconds, plays it back and says what was found; nothing of it stays."""
        if self.check():
            self._working = True
            self._say_error(None)
            self.found.say("ui.record.trying")
            self.found.show()
            self.check()
            work, url, servers = self._desk.work, self.address, self.servers()
            self._reading.run(lambda: preflight(work, url=url, servers=servers), self._tried, self._failed)

    def _tried(self, outcome: Outcome) -> None:
        self._done()
        checks = [(one["state"], tr(f"preflight.{one['check']}.{one['state']}", **one["facts"])) for one in outcome.data["checks"]]
        self.found.setText("\n".join(f"{tr(_SIGNS[state])}  {words}" for state, words in checks))
        self.found.show()

    def _done(self) -> None:
        self._working = False
        self.found.say("")
        self.found.hide()
        self.go.rename("ui.record.start")
        self.check()

    def _begun(self, outcome: Outcome) -> None:
        self._done()
        self.url.clear()
        self.hide()
        self.begun.emit(outcome.ids[0])

    def _failed(self, error: InspectorError) -> None:
        self._done()
        self._say_error(error)
        self._desk.complain(error)
        self.url.setFocus()

    def _say_error(self, error: InspectorError | None) -> None:
        self._error = error
        self.wrong.setText("\n".join(explain(error)) if error is not None else "")
        self.wrong.setVisible(error is not None)

    # -- Qt --------------------------------------------------------------------------------------------------------------------

    def _write(self) -> None:
        now = max(0, self.length.currentIndex())
        self.length.blockSignals(True)
        self.length.clear()
        for seconds in LENGTHS:
            self.length.addItem(
                tr("ui.record.for", length=span_clock(seconds * 1_000_000)) if seconds else tr("ui.record.endless"), seconds
            )
        self.length.setCurrentIndex(now)
        self.length.blockSignals(False)
        kind = max(0, self.source.currentIndex())
        self.source.blockSignals(True)
        self.source.clear()
        for name in SOURCES:
            self.source.addItem(tr(f"ui.record.source.{name}"), name)
        self.source.setCurrentIndex(kind)
        self.source.blockSignals(False)
        self.analyse.setText(tr("ui.record.analyse"))
        self.analyse.setToolTip(tr(f"ui.record.{self._analysis_hint}"))
        for name, widget in self._top.items():
            widget.setAccessibleName(tr(f"ui.record.{name}"))
        self.url.setPlaceholderText(tr(f"ui.record.hint.{self.kind}"))
        for field in (self.starts, self.ends):
            field.setPlaceholderText(tr("ui.record.moment_hint"))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "wrong"):
            self._write()
            self._say_error(self._error)
            self.check()
        super().changeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_form()
        else:
            super().keyPressEvent(event)


def address_state(text: str) -> str:
    """ok, empty, page (a web page by its looks: it may be none of a stream), scheme or host (what is wrong with it)."""
    if not text:
        return "empty"
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError:
        return "host"
    if parts.scheme not in SCHEMES:
        return "scheme"
    if not host:
        return "host"
    looks_like_page = parts.scheme in ("http", "https") and not parts.path.lower().endswith(_STREAM_ENDS)
    return "page" if looks_like_page else "ok"
