"""Live captures as the window shows them: what a recorder says of itself, judged by whether bytes really came since the last look."""

import contextlib
import shutil
import time
from dataclasses import dataclass, field, replace
from typing import Any, Final

from inspector_app.casefile.case import Case
from inspector_app.commands.recording import control_folder
from inspector_app.commands.workspace import Workspace
from inspector_app.domain.records import Capture, Job, Recording, Session
from inspector_app.intake.live import control
from inspector_app.jobs import live, transcripts

#: a state older than this says nothing any more
STALE_MS: Final = 5_000
#: bytes that did not grow for so long are not growing
STILL_MS: Final = 5_000
#: states in which bytes come or may be expected any moment
CALM: Final = frozenset({"planned", "paused", "recording", "connecting", "stopping", "stopped"})
#: ends that nobody asked for
UNWANTED: Final = frozenset({"disk", "disk_failed", "refused", "failed"})


@dataclass(frozen=True)
class Room:
    """One capture as it stands. `state`: recording, stalled, waiting, connecting, silent (no word), gone (recorder ended), planned, paused,
    stopping, stopped.

    `rate` is bytes a second; `grew_ms` when bytes were last seen to grow, on this machine's clock.
    """

    capture: Capture
    name: str
    state: str
    bytes: int = 0
    seconds: int = 0
    gaps: int = 0
    reconnects: int = 0
    rate: int = 0
    free: int = 0
    disk_level: str = ""
    seconds_left: int | None = None
    said_ms: int = 0
    grew_ms: int = 0
    following: bool = False
    watchable: bool = False
    trouble: dict[str, Any] = field(default_factory=dict)
    reason: str = ""
    #: what a screen, window or camera is seen and heard to give: warnings, level_db, sound, window …
    view: dict[str, Any] = field(default_factory=dict)
    #: how far it is heard and read while it is recorded, and the line being spoken: a picture of the moment, quoted nowhere
    analysis: live.Backlog = field(default_factory=live.Backlog)
    saying: str = ""

    @property
    def alarming(self) -> bool:
        return self.state not in CALM or self.disk_level in ("red", "stop") or self.reason in UNWANTED or bool(self.view.get("warnings"))

    @property
    def servers(self) -> list[str]:
        return [str(name) for name in self.capture.facts.get("servers", ())]


def read_rooms(work: Workspace, before: dict[str, Room], stopping: frozenset[str], now_ms: int | None = None) -> list[Room]:
    """Every capture that is not over, in the order in which they were started; any thread. `before` is what the last look gave."""
    case = work.case
    if case is None:
        return []
    now = time.time_ns() // 1_000_000 if now_ms is None else now_ms
    followed = {str(job.params.get("capture")) for state in ("waiting", "running") for job in case.find(Job, kind="capture", state=state)}
    rooms = []
    for capture in case.find(Capture, state="recording"):
        folder = control_folder(work, capture)
        room = judge(capture, control.read_state(folder), control.alive(folder), before.get(capture.id), now)
        state = "stopping" if capture.id in stopping and room.state not in ("gone", "stopped") else room.state
        following = capture.id in followed
        name, watchable = _name(case, capture), bool(case.count(Recording, id=capture.recording_id))
        line = transcripts.live_state(capture.recording_id).provisional or {}
        analysis, saying = live.backlog(capture.recording_id), str(line.get("text", ""))
        rooms.append(replace(room, name=name, state=state, following=following, watchable=watchable, analysis=analysis, saying=saying))
    return rooms


def judge(capture: Capture, said: dict[str, Any], alive: bool, before: Room | None, now_ms: int) -> Room:
    """What a recorder's word is worth: `recording` only while bytes were seen to grow; a word too old is none."""
    count, at = int(said.get("bytes", 0)), int(said.get("at_utc_ms", 0))
    grew = before.grew_ms if before is not None else at
    rate = before.rate if before is not None else 0
    if before is not None and count > before.bytes:
        grew = now_ms
    if before is not None and at > before.said_ms > 0:
        rate = max(0, count - before.bytes) * 1000 // (at - before.said_ms)
    state = str(said.get("state", "connecting"))
    if not alive:  # one that ended in order says so itself; any other has gone
        state = "stopped" if state == "stopped" else "gone"
    elif said and now_ms - at > STALE_MS:
        state = "silent"
    elif state == "recording" and now_ms - grew > STILL_MS:
        state = "stalled"
    disk = said.get("disk") or {}
    return Room(
        capture,
        capture.source,
        state,
        count,
        int(said.get("seconds", 0)),
        int(said.get("gaps", 0)),
        int(said.get("reconnects", 0)),
        rate if state == "recording" else 0,
        int(disk.get("free") or 0),
        str(disk.get("level") or ""),
        disk.get("seconds_left"),
        at,
        grew,
        trouble=said.get("trouble") or {},
        reason=str(said.get("reason") or ""),
        view=said.get("view") or {},
    )


def _name(case: Case, capture: Capture) -> str:
    """Platform and room where a person gave them, else the address without its secrets."""
    session = next(iter(case.find(Session, id=str(capture.facts.get("session", "")))), None)
    named = [part for part in (session.platform, session.room, session.account) if part] if session is not None else []
    return " · ".join(named) or capture.source


def free_bytes(work: Workspace) -> int | None:
    """Room on the disk of the open case; None where the disk does not say."""
    with contextlib.suppress(OSError):
        return shutil.disk_usage(work.opened.folder).free
    return None
