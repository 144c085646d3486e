"""Live capture of an address: start, follow, mark, stop, take in what is missing, and enter a comparison of the clock by hand.

The recorder is a process of its own: none of these commands records, and ending the program ends no recording.
"""

import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from inspector_app.casefile.changes import Act, insert, update
from inspector_app.casefile.vault import ORIGINALS
from inspector_app.domain.errors import BadInput, InspectorError, StorageError, UsageError
from inspector_app.domain.ids import new_id
from inspector_app.domain.records import Capture, Recording, Session
from inspector_app.domain.timebase import BEIJING, iso, utc_now
from inspector_app.intake.live import chatsource, control
from inspector_app.intake.live.devices import KINDS, Device, is_device
from inspector_app.intake.live.lane import Broken
from inspector_app.intake.live.source import shown
from inspector_app.jobs import child
from inspector_app.jobs import run as jobs
from inspector_app.jobs.livechat import folder_of

from . import leads
from .registry import Outcome, command
from .workspace import Workspace

SCHEMES = ("http", "https", "rtmp", "rtmps", "rtmpt", "rtmpe", "rtsp", "srt", "udp", "rtp")
LANES = ("auto", "flv", "hls", "remux", "screen")
RUNNING = "recording"
#: the rules read what is new after each step, no sooner than this after the last time, and leave three times as long as they took to others
_LEADS_EVERY_S = 2.0


def control_folder(work: Workspace, capture: Capture) -> Path:
    """Where the recorder of a capture listens and tells its state (`intake.live.control.read_state`)."""
    return work.opened.folder / "working" / "captures" / Path(capture.folder).name


def _check_address(url: str) -> None:
    """Raises BadInput for an address that is neither a stream's nor a device's of this machine."""
    if is_device(url):
        try:
            Device.of(url)
        except Broken as broken:
            raise BadInput(broken.code, **broken.facts) from broken
    elif urlsplit(url).scheme not in SCHEMES or not urlsplit(url).hostname:
        raise BadInput("live.scheme", given=urlsplit(url).scheme or "-", known=", ".join((*SCHEMES, *KINDS)))


def _window(starts_at: str, ends_at: str) -> tuple[int, int]:
    """A planned window in seconds since 1970, 0 where there is none. Raises UsageError `usage.window`."""
    moments = []
    for text in (starts_at, ends_at):
        try:
            moment = datetime.fromisoformat(text) if text else None
        except ValueError as cause:
            raise UsageError("usage.window", given=text) from cause
        if moment is not None and moment.tzinfo is None:
            moment = moment.replace(tzinfo=BEIJING)
        moments.append(0 if moment is None else int(moment.timestamp()))
    if moments[1] and (moments[1] <= moments[0] or moments[1] <= utc_now().timestamp()):
        raise UsageError("usage.window", given=ends_at)
    return moments[0], moments[1]


def _check_chat(address: str) -> None:
    try:
        chatsource.source_of(address)
    except Broken as broken:
        raise BadInput(broken.code, **broken.facts) from broken


def _start_chat(spec: control.CaptureSpec, address: str, hello: str) -> None:
    """The recorder of the chat, beside that of the picture: neither waits for the other."""
    told = replace(
        spec,
        folder=folder_of(spec.folder),
        working=str(Path(spec.working) / control.CHAT),
        source=chatsource.shown(address),
        lane="chat",
        seconds=0,
    )
    control.start(told, f"{address}\t{hello}", control.CHAT_SPEC)


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
    chat: str = "",
    chat_hello: str = "",
    starts_at: str = "",
    ends_at: str = "",
) -> Outcome:
    """Starts a recorder for an address (a stream, a room's page, a device of this machine: `intake.live.devices`) and returns at once; `ids` are the capture and its recording to be.

    `seconds` is the planned length (0: until stopped), `servers` are time servers the user switched on. `chat` is the address of the chat
    (`ws://`, `wss://`, `follow:FILE`), recorded by a process of its own; `chat_hello` is what its server is to be told first.
    `starts_at` and `ends_at` (ISO 8601, Beijing time where they name no zone) are a planned window: the recorder begins five minutes early,
    and goes on for up to fifteen minutes while the broadcast does. The plan lasts as long as the computer is on: no address is ever stored. Raises BadInput `live.scheme` for an
    address that is none of a live stream, UsageError for an unknown lane, StorageError.
    """
    _check_address(url)
    if chat:
        _check_chat(chat)
    window = _window(starts_at, ends_at)
    if lane not in LANES or seconds < 0 or (lane == "screen" and not is_device(url)):
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
        facts={
            "session": session.id,
            "seconds": seconds,
            "servers": list(servers),
            **({"starts_at": starts_at} if starts_at else {}),
            **({"ends_at": ends_at} if ends_at else {}),
            **({"chat": chatsource.shown(chat)} if chat else {}),
        },
    )
    case.commit(Act("capture.start", work.actor, [insert(session), insert(capture)], key, {"source": capture.source, "lane": lane}))
    spec = control.CaptureSpec(
        capture=key,
        folder=str(case.folder / capture.folder),
        working=str(control_folder(work, capture)),
        source=capture.source,
        lane=lane,
        seconds=seconds,
        from_utc_s=window[0],
        until_utc_s=window[1],
        servers=tuple(servers),
        priority=priority,
        facts={"case": case.info.case_id, "by": work.actor.name},
    )
    try:
        control.start(spec, url)
        if chat:
            _start_chat(spec, chat, chat_hello)
    except OSError as cause:
        raise StorageError.of(cause, spec.folder) from cause
    return Outcome(frozenset({"captures"}), (key, capture.recording_id), {"source": capture.source})


@command("recording.preflight")
def preflight(work: Workspace, *, url: str, lane: str = "auto", seconds: int = 10, servers: Sequence[str] = ()) -> Outcome:
    """Tries out a recording of an address for some seconds and plays it back; nothing of it stays. Data: checks (check, state, facts), ok.

    `state` is ok, warn or bad; the checks are disk, clock, wake, received and played. Raises BadInput for an address that is none, StorageError.
    """
    _check_address(url)
    folder = work.opened.folder / "working"
    folder.mkdir(exist_ok=True)
    spec = {"url": url, "lane": lane, "seconds": seconds, "servers": list(servers), "folder": str(folder)}
    data = child.run(
        "preflight",
        spec,
        on_item=lambda *_: None,
        on_progress=lambda done, total, unit: work.progress("preflight", done, total, unit),
        stop=work.stop,
    )
    bad = [one["check"] for one in data["checks"] if one["state"] == "bad"]
    return Outcome(facts={"bad": len(bad)}, data={**data, "ok": not bad, "source": shown(url)})


@command("recording.stop")
def stop(work: Workspace, *, capture_id: str) -> Outcome:
    """Asks the recorder of a capture to end; its files are closed by itself."""
    capture = work.opened.get(Capture, capture_id)
    control.stop(control_folder(work, capture))
    return Outcome(frozenset({"captures"}), (capture_id,), {"source": capture.source})


@command("recording.pause")
def pause(work: Workspace, *, capture_id: str, on: bool = True) -> Outcome:
    """Has the recorder of a capture receive nothing until it is let go on (`on` False): a gap in the recording, told as the person's own."""
    capture = work.opened.get(Capture, capture_id)
    control.pause(control_folder(work, capture), on)
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


@command("recording.analyse")
def analyse(work: Workspace, *, capture_id: str, model: str = "base") -> Outcome:
    """Hears and reads a capture while it runs, and runs the rules on what is there after each step; ends when the capture has.

    Somebody must follow the capture meanwhile. Data: as `jobs.live.run`. Raises ModelError where the model is missing (the screen is read).
    """

    next_at, unread = 0.0, False

    def progress(stage: str, done: int, total: int, unit: str) -> None:
        nonlocal next_at, unread
        unread = unread or stage == "live-rows"
        if stage != "live-rows":
            work.progress(stage, done, total, unit)
        if unread and time.monotonic() >= next_at:
            unread, began = False, time.monotonic()
            leads.live(work, recording_id=work.opened.get(Capture, capture_id).recording_id)
            next_at = time.monotonic() + max(_LEADS_EVERY_S, 3 * (time.monotonic() - began))

    data = jobs.execute(work.opened, work.actor, "live", {"capture": capture_id, "model": model}, stop=work.stop, progress=progress)
    if data["recording"]:
        leads.run(work, recording_id=data["recording"])
    kinds = frozenset({"transcripts", "segments", "screen_texts", "leads"})
    return Outcome(kinds, (data["recording"],), {"segments": data["segments"], "texts": data["texts"]}, data)


@command("recording.capture")
def capture(work: Workspace, /, *, url: str, analyse_with: str = "", **words: Any) -> Outcome:
    """Records an address into the case and returns when it is over; stopping the work ends it cleanly. `words` as for `start`. Data: see `follow`.

    With `analyse_with` (a model) it is heard and read meanwhile: data has `analysis`, with `error` (a code) where that failed. Raises BadInput
    `live.nothing_received` with the cause where not one segment came.
    """
    begun = start(work, url=url, **words)
    analysis = _Analysis(work, begun.ids[0], analyse_with) if analyse_with else None
    try:
        outcome = follow(work, capture_id=begun.ids[0], stop_with_me=True)
    finally:
        if analysis is not None:
            analysis.join()
    if analysis is not None:
        outcome.data["analysis"] = analysis.data
    if not outcome.data["recording"]:
        raise BadInput("live.nothing_received", source=shown(url), cause=outcome.data["cause"] or outcome.data["reason"])
    return outcome


class _Analysis(threading.Thread):
    """An analysis beside the capture it analyses; it fails without harm to that."""

    def __init__(self, work: Workspace, capture_id: str, model: str) -> None:
        super().__init__(name="analysis", daemon=True)
        self.data: dict[str, object] = {}
        self._work, self._capture_id, self._model = work, capture_id, model
        self.start()

    def run(self) -> None:
        try:
            self.data = analyse(self._work, capture_id=self._capture_id, model=self._model).data
        except InspectorError as error:
            self.data = {"error": error.code, "facts": error.facts}


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


@command("recording.compare_shown")
def compare_shown(work: Workspace, *, recording_id: str, shown_at: str, device_at: str, note: str) -> Outcome:
    """The same comparison from what a photo shows: a reference clock's time and this machine's at that moment (ISO 8601, Beijing time without a zone).

    Read to the second, the two are taken to be right within a second; with fractions, within a tenth. Raises UsageError `usage.moment`.
    """
    moments = []
    for text in (shown_at, device_at):
        try:
            moment = datetime.fromisoformat(text)
        except ValueError as cause:
            raise UsageError("usage.moment", given=text) from cause
        moments.append(moment if moment.tzinfo else moment.replace(tzinfo=BEIJING))
    offset_us = (moments[0] - moments[1]) // timedelta(microseconds=1)
    error_us = 100_000 if all(moment.microsecond for moment in moments) else 1_000_000
    return compare_clock(work, recording_id=recording_id, offset_us=offset_us, error_us=error_us, how=note)
