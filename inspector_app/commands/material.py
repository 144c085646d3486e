"""Material from outside: files and folders into the case, chat and subtitle files too."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from inspector_app.domain.errors import UsageError
from inspector_app.jobs import run as jobs

from .registry import Outcome, command
from .workspace import Workspace


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
) -> Outcome:
    """Imports files and folders. `started_at` is the broadcast's start, ISO 8601 with offset, "" unknown. Data: imported, refused."""
    if started_at:
        try:
            moment = datetime.fromisoformat(started_at)
        except ValueError as cause:
            raise UsageError("usage.moment", given=started_at) from cause
        if moment.tzinfo is None:
            raise UsageError("usage.moment", given=started_at)
    session = {"platform": platform, "room": room, "account": account, "host": host, "started_at": started_at}
    params = {"files": [str(Path(file).absolute()) for file in files], "session": session}
    facts = jobs.execute(work.opened, work.actor, "import", params, stop=work.stop, progress=work.progress)
    counts: dict[str, str | int] = {"imported": len(facts["imported"]), "refused": len(facts["refused"])}
    ids = tuple(item["id"] for item in facts["imported"])
    return Outcome(frozenset({"recordings", "originals"}), ids, counts, facts)
