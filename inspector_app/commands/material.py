"""Material from outside: files and folders into the case, chat and subtitle files too; once, or from a folder that is being filled."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from inspector_app.domain.errors import UsageError
from inspector_app.domain.records import Original, Recording
from inspector_app.intake.joining import ORDERS
from inspector_app.intake.watching import Seen, Watch
from inspector_app.jobs import run as jobs
from inspector_app.jobs.chats import zone_of

from .registry import Outcome, command
from .sessions import check_start
from .workspace import Workspace

GROWING: Final = ("refuse", "wait", "snapshot")
#: How often a watched folder is looked at; a file must stand for two seconds anyway.
_LOOK_EVERY_S: Final = 0.5


@command("material.import", keys=("Ctrl+I",))
def import_files(
    work: Workspace,
    *,
    files: Sequence[Path],
    platform: str = "",
    room: str = "",
    account: str = "",
    host: str = "",
    started_at: str = "",
    recording: str | None = None,
    zone: str = "",
    join: bool = False,
    order: str = "auto",
    growing: str = "refuse",
) -> Outcome:
    """Imports files and folders. Data: imported, refused, left_out, proposals, joined.

    `started_at` is the broadcast's start, ISO 8601 with offset, "" unknown; `recording` (id) is what chat logs and subtitles are laid on
    (else the last one imported); `zone` (`+08:00`) is that of local times in logs. `join` makes one recording of all films given, in
    `order` auto, name, container or given. `growing` says what happens to a file still being written: refuse, wait, snapshot.
    """
    _check(work, started_at, recording, zone, order, growing)
    session = {"platform": platform, "room": room, "account": account, "host": host, "started_at": started_at}
    params = {
        "files": [str(Path(file).absolute()) for file in files],
        "session": session,
        "recording": recording,
        "zone": zone,
        "join": join,
        "order": order,
        "growing": growing,
    }
    facts = jobs.execute(work.opened, work.actor, "import", params, stop=work.stop, progress=work.progress)
    return _outcome(facts)


def _outcome(facts: dict[str, Any]) -> Outcome:
    counts: dict[str, str | int] = {"imported": len(facts["imported"]), "refused": len(facts["refused"])}
    ids = tuple(item["id"] for item in facts["imported"])
    return Outcome(frozenset({"recordings", "originals", "chat_messages"}), ids, counts, facts)


def _check(work: Workspace, started_at: str, recording: str | None, zone: str, order: str, growing: str) -> None:
    """Refuses words that do not fit before anything is copied."""
    check_start(started_at)
    if recording is not None:
        work.opened.get(Recording, recording)
    try:
        zone_of(zone)
    except ValueError as cause:
        raise UsageError("usage.zone", given=zone) from cause
    for given, known in ((order, ORDERS), (growing, GROWING)):
        if given not in known:
            raise UsageError("usage.format", given=given, known=", ".join(known))


@command("material.watch")
def watch(
    work: Workspace, *, folder: Path, rounds: int = 0, platform: str = "", room: str = "", account: str = "", host: str = ""
) -> Outcome:
    """Imports what appears in a folder, each file once, as soon as it has not changed for two seconds.

    Goes on until the work is stopped, or until `rounds` looks found nothing more to wait for (0: without end). A file that was refused is
    tried again only when it has changed. Data: imported, refused of all looks together. The window asks `Watch` itself and puts `import`
    jobs into its queue, so that other work goes on between them.
    """
    if not folder.is_dir():
        raise UsageError("usage.folder", given=str(folder))
    watched = Watch(folder.absolute(), known_files(work))
    session = {"platform": platform, "room": room, "account": account, "host": host, "started_at": ""}
    together: dict[str, Any] = {"imported": [], "refused": [], "left_out": [], "proposals": [], "joined": ""}
    quiet = 0
    while not work.stop.is_set() and (not rounds or quiet < rounds):
        finished = watched.poll()
        if finished:
            params = {"files": [str(path) for path in finished], "session": session}
            facts = jobs.execute(work.opened, work.actor, "import", params, stop=work.stop, progress=work.progress)
            together["imported"] += facts["imported"]
            together["refused"] += facts["refused"]
        quiet = quiet + 1 if not finished and not watched.waiting else 0
        if not finished:
            time.sleep(_LOOK_EVERY_S)
    return _outcome(together)


def known_files(work: Workspace) -> set[Seen]:
    """Files already imported by path, size and time, so that a watched folder is not copied anew after a restart."""
    known: set[Seen] = set()
    for row in work.opened.find(Original):
        try:
            state = Path(row.source_path).stat()
        except (OSError, ValueError):
            continue
        if state.st_size == row.bytes:
            known.add((row.source_path, state.st_size, state.st_mtime_ns))
    return known
