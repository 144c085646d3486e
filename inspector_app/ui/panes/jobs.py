"""The jobs panel: each long work with its stage, bar, rate, time left and what it said; paused, gone on with, or taken off the list."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QProgressBar, QScrollArea, QWidget

from inspector_app.domain.errors import InspectorError
from inspector_app.domain.records import Job, Recording
from inspector_app.domain.timebase import BEIJING, SECOND, utc_now
from inspector_app.i18n import explain, has, tr
from inspector_app.jobs.queue import JobEvent
from inspector_app.ui.bridge.desk import Desk
from inspector_app.ui.models.words import file_size, span_clock
from inspector_app.ui.theme.look import look
from inspector_app.ui.theme.widgets import Button, Empty, Panel, Say, column, row

LIVE = ("waiting", "running")
AGAIN = ("failed", "stopped", "interrupted")


def stage_name(kind: str, stage: str = "") -> str:
    name = stage or kind
    return tr(f"stage.{name}") if has(f"stage.{name}") else tr(f"stage.{kind}")


def time_left(seconds: int | None) -> str:
    return tr("ui.jobs.left", time=span_clock(seconds * SECOND)) if seconds is not None else ""


def pace(event: JobEvent) -> str:
    """How fast: bytes a second, times real time, or things a second; "" while unknown."""
    if not event.rate:
        return ""
    if event.unit == "bytes":
        return f"{file_size(event.rate)}/s"
    if event.unit == "us":
        return tr("ui.jobs.times", rate=f"{event.rate / SECOND:.1f}")
    return tr("ui.jobs.each", rate=event.rate)


class JobRow(QFrame):
    """One job, as it was last heard of."""

    def __init__(self, desk: Desk, job_id: str, kind: str, what: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk, self._id, self.kind, self._what = desk, job_id, kind, what
        self.event_now = JobEvent(job_id, kind, "waiting")
        box = column(12, 8, 8, 8, spacing=4)
        self.setLayout(box)
        head = row(spacing=8)
        self._title = Say(bold=True)
        self._state = Say(tone="muted", size=-1)
        head.addWidget(self._title)
        head.addWidget(self._state, 1)
        self._more = Button(kind="flat", icon_name="info", hint="ui.jobs.log", act=self._toggle_log)
        self._stop = Button(kind="flat", icon_name="pause", hint="ui.jobs.stop", act=lambda: desk.cancel(job_id))
        self._again = Button("ui.jobs.resume", self._resume, kind="flat", icon_name="play", hint="ui.jobs.resume_hint")
        self._off = Button(kind="flat", icon_name="close", hint="ui.jobs.dismiss", act=self._dismiss)
        for button in (self._again, self._more, self._stop, self._off):
            head.addWidget(button)
        box.addLayout(head)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setRange(0, 1000)
        box.addWidget(self._bar)
        self._note = Say(tone="muted", size=-1, wrap=True)
        box.addWidget(self._note)
        self._said: list[str] = []
        self._log = QPlainTextEdit()
        self._log.setReadOnly(True)
        self._log.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self._log.setFont(look().fixed(-2))
        self._log.setFixedHeight(look().em * 7)
        self._log.hide()
        box.addWidget(self._log)
        self.show_event(self.event_now)

    def _resume(self) -> None:
        self._desk.resume(self._id)
        self.hide()

    def _dismiss(self) -> None:
        self._desk.dismiss(self._id)
        self.hide()

    def _toggle_log(self) -> None:
        self._log.setVisible(not self._log.isVisible())

    def _note_down(self, event: JobEvent) -> None:
        """One line of the log for each change of state or stage, each warning and the error, with its time."""
        if event.warning:
            key = next((key for key in (f"warning.{event.warning}", f"{event.warning}.cause") if has(key)), event.warning)
            line = tr(key, **(event.facts or {}))
        elif (event.state, event.stage) != (self.event_now.state, self.event_now.stage) or not self._said:
            line = f"{tr(f'state.{event.state}')}　{stage_name(event.kind, event.stage)}"
            if event.error is not None and event.state == "failed":
                line += f"　{event.error.code}　{explain(event.error)[0]}"
        else:
            return
        self._said.append(f"{utc_now().astimezone(BEIJING):%H:%M:%S}　{line}")
        self._log.setPlainText("\n".join(self._said[-500:]))
        self._log.setAccessibleName(tr("ui.jobs.log"))
        self._log.verticalScrollBar().setValue(self._log.verticalScrollBar().maximum())

    def show_event(self, event: JobEvent) -> None:
        self._note_down(event)
        if event.warning:
            return
        self.event_now = event
        self._title.setText(stage_name(event.kind, event.stage))
        self._title.setToolTip(self._what)
        percent = f"{event.done * 100 // event.total} %" if event.total and event.state == "running" else ""
        self._state.setText(" · ".join(part for part in (tr(f"state.{event.state}"), percent) if part))
        self._stop.setVisible(event.state in LIVE)
        self._again.setVisible(event.state in AGAIN)
        self._off.setVisible(event.state in AGAIN)
        self._bar.setVisible(event.state == "running")
        self._bar.setRange(0, 1000 if event.total else 0)
        if event.total:
            self._bar.setValue(event.done * 1000 // event.total)
        parts = [self._what, pace(event), time_left(event.eta_s)] if event.state == "running" else [self._what]
        text = " · ".join(part for part in parts if part)
        if event.error is not None and event.state == "failed":
            text = "\n".join((text, *explain(event.error))).strip()
        self._note.setText(text)
        self._note.setVisible(bool(text))


class JobsPanel(Panel):
    """Jobs of the open case, newest first; those that ended well leave the list."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__("ui.jobs.title", parent)
        self._desk = desk
        self._rows: dict[str, JobRow] = {}
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inner = QWidget()
        self._box = column(spacing=0)
        inner.setLayout(self._box)
        self._empty = Empty("clock", "ui.jobs.none", "ui.jobs.none_text")
        self._box.addWidget(self._empty)
        self._box.addStretch(1)
        area.setWidget(inner)
        self.body.addWidget(area, 1)
        self.setMinimumHeight(look().em * 8)
        desk.job.connect(self.hear)
        desk.closed.connect(self._clear)

    def _clear(self) -> None:
        for name in list(self._rows):
            self._drop(name)

    def _drop(self, job_id: str) -> None:
        line = self._rows.pop(job_id, None)
        if line is not None:
            line.hide()
            line.deleteLater()
        self._empty.setVisible(not self._rows)

    def _what(self, job: Job) -> str:
        """What a job works on: a recording's name, or how many files."""
        case = self._desk.work.case
        recording = job.params.get("recording")
        if case is not None and recording and case.count(Recording, id=recording):
            return case.get(Recording, recording).name
        files = job.params.get("files")
        return tr("ui.jobs.files", count=len(files)) if files else ""

    def hear(self, event: JobEvent) -> None:
        """An event of the queue."""
        if event.state in ("done", "dismissed"):
            self._drop(event.job_id)
            return
        case = self._desk.work.case
        if event.job_id not in self._rows and case is not None:
            for job in case.find(Job, id=event.job_id):  # none: the last word of a job of the case that was open before
                self._add(job)
        line = self._rows.get(event.job_id)
        if line is not None:
            line.show_event(event)

    def show_left(self, jobs: list[Job]) -> None:
        """Jobs that ended without finishing, when a case is opened: only the newest of a kind on a recording."""
        seen = set()
        for job in jobs:
            key = (job.kind, str(job.params))
            if key in seen:
                continue
            seen.add(key)
            if job.state in AGAIN and job.id not in self._rows:
                self._add(job)
                error = InspectorError(job.error, **job.facts.get("error", {})) if job.error else None
                self._rows[job.id].show_event(JobEvent(job.id, job.kind, job.state, error=error))

    def _add(self, job: Job) -> None:
        line = JobRow(self._desk, job.id, job.kind, self._what(job))
        self._rows[job.id] = line
        self._box.insertWidget(0, line)
        self._empty.hide()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "_rows"):
            for line in self._rows.values():
                line.show_event(line.event_now)
        super().changeEvent(event)
