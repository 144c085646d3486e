"""The recorder of one room: a lane thread that takes bytes, and a main thread that keeps time, disk, clock, state and control.

`python -m inspector_app.intake.live.recorder SPEC.json`, with the source's address as the first line of standard input. It writes to the
capture's folder only, and gives up on a source only when told to, at the planned end, or where another try could change nothing.
"""

import contextlib
import errno
import json
import os
import random
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from inspector_app import __version__
from inspector_app.domain.timebase import SECOND
from inspector_app.integrity.capturechain import JOURNAL, read

from . import clock, control, recovery
from .choosing import Chooser
from .control import CaptureSpec
from .disk import Ballast, Ladder
from .journal import Journal, mono_us
from .lane import Broken, Lane
from .supervisor import EXIT
from .tape import Tape
from .wakelock import WakeLock

Json = dict[str, Any]
DELAYS_S: Final = (0, 1, 2, 4, 8, 15)
#: a connection that lasted so long was a good one: the next try after it is made at once
_GOOD_US: Final = 5 * SECOND
_POLL_S: Final = 0.25
_JOIN_S: Final = 4.0
_CRASHED: Final = 70
#: a planned window is opened early, and left open for a broadcast that runs over
EARLY_S: Final = 300
LATE_S: Final = 900
_FULL: Final = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))


class Recorder:
    """One capture from start to end. `run` returns when it is over."""

    def __init__(self, spec: CaptureSpec, url: str) -> None:
        self.spec = spec
        self.chooser = Chooser(url, spec.lane)
        self._working = Path(spec.working)
        self._ballast = Ballast(self._working / "ballast", spec.ballast_bytes)
        self._ladder = Ladder(Path(spec.folder), min_free=spec.min_free_bytes, priority=spec.priority)
        self._steps = clock.StepWatch()
        self._over = threading.Event()
        self._paused = threading.Event()
        self._reason = ""
        self._cause: Broken | None = None
        self._connected = False
        self._wake: WakeLock | None = None
        #: it ended by a fault of its own: the journal has no end, and a supervisor is to start it again
        self.crashed = False
        self._lane_name = spec.lane
        self._began = mono_us()
        #: it goes on where a recorder died: its planned end counts from the first one's start
        self._again = (Path(spec.folder) / JOURNAL).exists()
        self._tape = self._start()

    def _start(self) -> Tape:
        folder = Path(self.spec.folder)
        if not self._again:
            journal = Journal(folder)
            facts = {"capture": self.spec.capture, "source": self.spec.source, "seconds": self.spec.seconds, "version": __version__}
            journal.write("start", lane=self.spec.lane, pid=os.getpid(), **facts, **self.spec.facts)
            return Tape(folder, journal)
        tape, found = recovery.recover(folder)
        status = None
        with contextlib.suppress(OSError, ValueError):
            status = json.loads((self._working / EXIT).read_text(encoding="utf-8"))["status"]
        tape.journal.write("process_restart", status=status, pid=os.getpid(), **found)
        same_boot = found["last_mono_us"] < mono_us()
        tape.wrote_at = found["last_mono_us"] if same_boot else mono_us()
        tape.begin_gap("process_restart", last_line_at=found["last_at"])
        with contextlib.suppress(ValueError):
            started = datetime.fromisoformat(next(iter(read(folder / JOURNAL))).said["at"])
            self._began -= round((datetime.now(UTC) - started).total_seconds() * SECOND)
        return tape

    # -- the main thread -----------------------------------------------------------------------------------------------------

    def run(self) -> None:
        """Records until it is over; the journal's last line says why."""
        tape = self._tape
        lane = threading.Thread(target=self._record, daemon=True)
        try:
            tape.journal.write("clock", **clock.reading())
            if self.spec.servers:
                self._compare()
            lane.start()
            self._wake = WakeLock()
            tape.journal.write("wake_lock", **self._wake.facts)
            self._keep_time()
        except OSError as cause:
            self._disk_failed(cause)
        tape.stopping.set()
        if self._wake is not None:
            self._wake.close()
        if lane.is_alive():
            lane.join(_JOIN_S)  # a lane that hangs in a library is left behind: the tape closes without it
        if self.crashed:
            return
        try:
            self._finish()
        except OSError:
            self._ballast.drop()
            self._finish()
        self._ballast.drop()
        with contextlib.suppress(OSError):
            self._tell("stopped")

    def _finish(self) -> None:
        if not self._tape.stopped:
            self._tape.journal.write("clock", **clock.reading())
            cause = (
                {} if self._cause is None else {"cause": self._cause.code, "cause_facts": {k: str(v) for k, v in self._cause.facts.items()}}
            )
            self._tape.finish(self._reason or "stopped", **cause)

    def _keep_time(self) -> None:
        tick = anchor = time.monotonic()
        while not self._over.wait(_POLL_S):
            self._listen()
            now = time.monotonic()
            if now - tick >= 1.0:
                tick = now
                self._each_second()
            if now - anchor >= clock.EVERY_S:
                anchor = now
                self._compare()
            if self._reason:
                return

    def _listen(self) -> None:
        """Takes what a person asked for through the capture's working folder, and the planned end."""
        if (self._working / control.STOP).exists():
            self._reason = self._reason or "stopped"
        if (self._working / control.PAUSE).exists():
            self._paused.set()
        else:
            self._paused.clear()
        mark = self._working / control.MARK
        if mark.exists():
            said = json.loads(mark.read_text(encoding="utf-8"))
            mark.unlink()
            self._tape.journal.write("mark", text=str(said.get("text", ""))[:500], media_us=self._tape.last_us)
            self._tape.mark_asked.set()
        if self.spec.until_utc_s and time.time() >= self.spec.until_utc_s + LATE_S:
            self._reason = self._reason or "planned_end"
        since = self._began if self._again else self._tape.first_at or self._began
        if self.spec.from_utc_s:  # the length counts from the window's opening, not from the plan's making
            since = max(since, mono_us() - round((time.time() - self.spec.from_utc_s + EARLY_S) * SECOND))
        if self.spec.seconds and mono_us() - since >= self.spec.seconds * SECOND:
            self._reason = self._reason or "planned_end"

    def _each_second(self) -> None:
        tape = self._tape
        tape.tick()
        before = self._ladder.level
        level = self._ladder.look(tape.received)
        if level != before:
            tape.journal.write("disk", level=level, free=self._ladder.free, seconds_left=self._ladder.seconds_left)
        if level == "stop":
            self._reason = self._reason or "disk"
        if step := self._steps.step():
            tape.notice("clock_step", **step)
        self._tell("")

    def _compare(self) -> None:
        """One clock anchor; asking servers takes time, so that goes on beside."""

        def ask() -> None:
            with contextlib.suppress(OSError):
                self._tape.journal.write("clock", **clock.reading(self.spec.servers))

        threading.Thread(target=ask, daemon=True).start()

    def _tell(self, state: str) -> None:
        tape = self._tape
        if not state:
            state = (
                "planned"
                if self._waits
                else "paused"
                if self._paused.is_set()
                else "recording"
                if tape.growing
                else "stalled"
                if self._connected
                else "waiting"
                if tape.connects
                else "connecting"
            )
        said = {
            "capture": self.spec.capture,
            "state": state,
            "reason": self._reason,
            "lane": self._lane_name,
            "pid": os.getpid(),
            "at_utc_ms": time.time_ns() // 1_000_000,
            "bytes": tape.received,
            "seconds": (mono_us() - (tape.first_at or self._began)) // SECOND,
            "last_pts_us": tape.last_us,
            "segments": tape.segments,
            "gaps": tape.gaps,
            "reconnects": tape.reconnects,
            "trouble": None
            if self._cause is None or tape.growing
            else {"code": self._cause.code, "facts": {k: str(v) for k, v in self._cause.facts.items()}},
            "disk": {"level": self._ladder.level, "free": self._ladder.free, "seconds_left": self._ladder.seconds_left},
            "chain_head": tape.journal.head,
            "view": tape.view,
            "awake": self._wake is not None and bool(self._wake.facts["held"]),
        }
        control.write_whole(self._working / control.STATE, json.dumps(said, ensure_ascii=False))

    @property
    def _waits(self) -> bool:
        """Whether a planned window is still to come."""
        return bool(self.spec.from_utc_s) and time.time() < self.spec.from_utc_s - EARLY_S

    # -- the lane's thread ---------------------------------------------------------------------------------------------------

    def _record(self) -> None:
        attempt = -1
        lane: Lane | None = None
        try:
            while self._waits and not self._tape.stopping.wait(_POLL_S):
                pass
            while not self._tape.stopping.is_set():
                if self._paused.is_set():
                    self._wait_out_the_pause()
                    continue
                began = mono_us()
                try:
                    lane = lane or self.chooser.lane(self._tape)
                    cause = self._one_connection(lane)
                except Broken as broken:
                    cause = broken
                finally:
                    self._connected = False
                if self._tape.stopping.is_set():
                    return
                if self._paused.is_set():
                    continue
                self._cause = cause
                if self.spec.until_utc_s and time.time() >= self.spec.until_utc_s:  # over time, and now it is over
                    self._reason = self._reason or "planned_end"
                    return
                if cause.final:
                    self._reason = self._reason or ("source_ended" if self._tape.segments else "refused")
                    return
                facts = {name: str(value) for name, value in cause.facts.items()}
                self._tape.begin_gap(cause.kind, cause=cause.code, facts=facts)
                attempt = 0 if mono_us() - began >= _GOOD_US else attempt + 1
                delay = max(cause.wait_s, DELAYS_S[min(attempt, len(DELAYS_S) - 1)])
                if self.chooser.anew(cause, attempt):
                    lane = None
                self._tape.stopping.wait(delay * random.uniform(0.8, 1.2))
        except OSError as failed:
            self._disk_failed(failed)
        except Exception as crash:  # the edge of the process: the journal is told, and the supervisor starts the next one
            self.crashed = True
            self._cause = Broken("disconnect", "live.crashed", cause=type(crash).__name__)
            self._reason = "failed"
            with contextlib.suppress(OSError):
                self._tape.journal.write("crash", cause=type(crash).__name__, place=_place(crash))
        finally:
            self._over.set()

    def _wait_out_the_pause(self) -> None:
        """Nothing is received until a person lets it go on; that is a gap like any other, and whose it is is said."""
        self._tape.begin_gap("user_pause")
        while self._paused.is_set() and not self._tape.stopping.wait(_POLL_S):
            pass

    def _one_connection(self, lane: Lane) -> Broken:
        tape = self._tape
        try:
            facts = lane.open(tape)
            tape.journal.write("connect", lane=lane.name, attempt=tape.connects + 1, **facts)
            tape.connects += 1
            self._connected, self._lane_name = True, lane.name
            while not tape.stopping.is_set() and not self._paused.is_set() and lane.step(tape):
                pass
            return Broken("disconnect", "live.closed")
        finally:
            why = "stopped" if tape.stopping.is_set() else "disconnect"
            lane.close(tape)
            tape.end_segment(self._reason or why)

    def _disk_failed(self, cause: OSError) -> None:
        """The disk refused: the ballast makes room for the last lines, and the recording ends in order."""
        self._reason = "disk" if cause.errno in _FULL else "disk_failed"
        self._ballast.drop()
        with contextlib.suppress(OSError):
            self._tape.journal.write("notice", kind="disk", **{"class": "ours"}, cause=cause.strerror or type(cause).__name__)
        with contextlib.suppress(OSError):
            self._tape.end_segment("disk")


def _place(crash: BaseException) -> str:
    """File and line of a fault; never its message, which may hold the address."""
    trace = crash.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else ""


def main(spec_path: Path) -> int:
    """Runs a recorder; status 0 means that it is over and must not be started again."""
    begun = control.begin(spec_path)
    if begun is None:
        return 0
    spec, url = begun
    recorder = Recorder(spec, url.strip())
    recorder.run()
    os._exit(_CRASHED if recorder.crashed else 0)  # a lane left behind in a library must not hold the process; all files are closed


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
