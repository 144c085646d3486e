"""Live capture of an address: start, follow, mark, stop, take in what is missing, and enter a comparison of the clock by hand.

The recorder is a process of its own: none of these commands records, and ending the program ends no recording.
"""

import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from inspector_app.casefile.changes import Act, insert, update
from inspector_app.casefile.vault import ORIGINALS
from inspector_app.domain.errors import BadInput, InspectorError, StorageError, UsageError
from inspector_app.domain.ids import new_id
from inspector_app.domain.records import Capture, Recording, Session
from inspector_app.domain.timebase import iso, utc_now
from inspector_app.intake.live import control
from inspector_app.intake.live.source import shown
from inspector_app.jobs import run as jobs

from .registry import Outcome, command
from .workspace import Workspace

SCHEMES = ("http", "https", "rtmp", "rtmps", "rtmpt", "rtmpe", "rtsp", "srt", "udp", "rtp")
LANES = ("auto", "flv", "hls", "remux")
RUNNING = "recording"


def control_folder(work: Workspace, capture: Capture) -> Path:
    """Where the recorder of a capture listens and tells its state (`intake.live.control.read_state`)."""
    return work.opened.folder / "working" / "captures" / Path(capture.folder).name


@command("recording.start")
def start(
    work: Workspace,
    *,
    url: str,
    seconds: int = 0,
    lane: str = "auto",
    servers: Sequence[str] = (),
    priority: int = 0,
    platform: str = "",
    room: str = "",
    account: str = "",
    host: str = "",
) -> Outcome:
    """Starts a recorder for an address and returns at once; `ids` are the capture and its recording to be.

    `seconds` is the planned length (0: until stopped), `servers` are time servers the user switched on. Raises BadInput `live.scheme` for an
    address that is none of a live stream, UsageError for an unknown lane, StorageError.
    """
    if urlsplit(url).scheme not in SCHEMES or not urlsplit(url).hostname:
        raise BadInput("live.scheme", given=urlsplit(url).scheme or "-", known=", ".join(SCHEMES))
    if lane not in LANES or seconds < 0:
        raise UsageError("usage.lane", given=lane, known=", ".join(LANES))
    case = work.opened
    session = Session(new_id("session"), platform, room, account, host)
    key = new_id("capture")
    capture = Capture(
        key,
        new_id("recording"),
        shown(url),
        lane,
        f"{ORIGINALS}/{key}",
        RUNNING,
        iso(utc_now()),
        facts={"session": session.id, "seconds": seconds, "servers": list(servers)},
    )
    case.commit(Act("capture.start", work.actor, [insert(session), insert(capture)], key, {"source": capture.source, "lane": lane}))
    spec = control.CaptureSpec(
        capture=key,
        folder=str(case.folder / capture.folder),
        working=str(control_folder(work, capture)),
        source=capture.source,
        lane=lane,
        seconds=seconds,
        servers=tuple(servers),
        priority=priority,
        facts={"case": case.info.case_id, "by": work.actor.name},
    )
    try:
        control.start(spec, url)
    except OSError as cause:
        raise StorageError.of(cause, spec.folder) from cause
    return Outcome(frozenset({"captures"}), (key, capture.recording_id), {"source": capture.source})


@command("recording.stop")
def stop(work: Workspace, *, capture_id: str) -> Outcome:
    """Asks the recorder of a capture to end; its files are closed by itself."""
    capture = work.opened.get(Capture, capture_id)
    control.stop(control_folder(work, capture))
    return Outcome(frozenset({"captures"}), (capture_id,), {"source": capture.source})


@command("recording.mark")
def mark(work: Workspace, *, capture_id: str, text: str = "") -> Outcome:
    """Marks the moment being received; it stands in the capture's journal, and as a mark once its segment is taken in."""
    capture = work.opened.get(Capture, capture_id)
    control.mark(control_folder(work, capture), text)
    return Outcome(frozenset({"captures"}), (capture_id,), {"source": capture.source})


@command("recording.follow")
def follow(work: Workspace, *, capture_id: str, stop_with_me: bool = False) -> Outcome:
    """Takes a capture into the case as its segments are closed, until it ends.

    When the work is stopped, following ends and the recorder goes on; with `stop_with_me` the recorder is asked to end and is followed to
    its end. Data: capture, recording, duration_us, gaps, reconnects, sha256 (the chain's head), segments, bytes, reason.
    """
    folder = control_folder(work, work.opened.get(Capture, capture_id))
    over, asked = threading.Event(), threading.Event()

    def pass_on() -> None:
        while not over.wait(0.2):
            if work.stop.is_set():
                control.stop(folder)
                return

    if stop_with_me:
        threading.Thread(target=pass_on, daemon=True).start()
    try:
        data = jobs.execute(
            work.opened, work.actor, "capture", {"capture": capture_id}, stop=asked if stop_with_me else work.stop, progress=work.progress
        )
    finally:
        over.set()
    return Outcome(frozenset({"captures", "recordings", "originals", "parts"}), (data["recording"],), {"segments": data["segments"]}, data)


@command("recording.capture")
def capture(
    work: Workspace, *, url: str, seconds: int = 0, lane: str = "auto", servers: Sequence[str] = (), platform: str = "", room: str = ""
) -> Outcome:
    """Records an address into the case and returns when it is over; stopping the work ends it cleanly. Data: see `follow`.

    Raises BadInput `live.nothing_received` with the cause where not one segment came.
    """
    begun = start(work, url=url, seconds=seconds, lane=lane, servers=servers, platform=platform, room=room)
    outcome = follow(work, capture_id=begun.ids[0], stop_with_me=True)
    if not outcome.data["recording"]:
        raise BadInput("live.nothing_received", source=shown(url), cause=outcome.data["cause"] or outcome.data["reason"])
    return outcome


@command("recording.take_in")
def take_in(work: Workspace) -> Outcome:
    """Takes in what captures left that nobody followed to their end, one after another; those that still run are left alone.

    Data: taken (as `follow`), running (ids), failed (`capture`, `code`).
    """
    taken, running, failed = [], [], []
    for row in work.opened.find(Capture, state=RUNNING):
        if control.alive(control_folder(work, row)):
            running.append(row.id)
            continue
        try:
            taken.append(follow(work, capture_id=row.id).data)
        except InspectorError as error:
            if error.code == "stopped":
                raise
            failed.append({"capture": row.id, "code": error.code, "facts": error.facts})
    kinds = frozenset({"captures", "recordings", "originals", "parts"})
    return Outcome(
        kinds, tuple(one["recording"] for one in taken), {"taken": len(taken)}, {"taken": taken, "running": running, "failed": failed}
    )


@command("recording.compare_clock")
def compare_clock(work: Workspace, *, recording_id: str, offset_us: int, error_us: int, how: str) -> Outcome:
    """Enters a comparison made by hand: `offset_us` is the reference clock minus this machine's, `error_us` how exactly it was read, `how` in words."""
    if error_us < 0 or not how.strip():
        raise UsageError("usage.empty", name="how")
    before = work.opened.get(Recording, recording_id)
    manual = {"offset_us": offset_us, "error_us": error_us, "how": how.strip(), "by": work.actor.name, "at": iso(utc_now())}
    after = replace(before, clock={**before.clock, "manual": manual})
    facts: dict[str, str | int] = {"offset_us": offset_us, "error_us": error_us}
    work.opened.commit(Act("capture.compare_clock", work.actor, [update(before, after)], recording_id, facts, undoable=True))
    return Outcome(frozenset({"recordings"}), (recording_id,), facts)
