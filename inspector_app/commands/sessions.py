"""Session 直播场次: what is known of the broadcast a recording comes from, as a person corrects it after the import."""

from dataclasses import replace
from datetime import date, datetime

from inspector_app.casefile.changes import Act, Change, insert, update
from inspector_app.domain.errors import BadInput, UsageError
from inspector_app.domain.ids import new_id
from inspector_app.domain.records import ChatLog, Finding, Recording, Session
from inspector_app.domain.timebase import BEIJING

from .registry import Outcome, command
from .workspace import Workspace


def check_start(text: str) -> None:
    """Refuses what is no start of a broadcast, ISO 8601 with offset or "" where nobody knows it, by UsageError `usage.moment`."""
    if not text:
        return
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as cause:
        raise UsageError("usage.moment", given=text) from cause
    if moment.tzinfo is None:
        raise UsageError("usage.moment", given=text)


@command("session.set")
def set_facts(
    work: Workspace,
    *,
    recording_id: str,
    platform: str | None = None,
    room: str | None = None,
    account: str | None = None,
    host: str | None = None,
    started_at: str | None = None,
    alone: bool = False,
) -> Outcome:
    """Changes what is known of a recording's broadcast; None leaves a fact as it is, "" says that nobody knows it.

    Recordings brought in together share a session and change together; with `alone` this one gets a session of its own. Facts: recordings
    (how many change, 0 where all was known already), day and day_before (of the broadcast, "" unknown: it decides the edition of the law), findings (how many cite an article
    whose edition that changes), chats (logs laid on them, which stay where they are). Raises UsageError `usage.moment`.
    """
    case = work.opened
    recording = case.get(Recording, recording_id)
    before = case.get(Session, recording.session_id)
    given = {"platform": platform, "room": room, "account": account, "host": host, "started_at": started_at}
    after = replace(before, **{name: value.strip() for name, value in given.items() if value is not None})
    check_start(after.started_at)
    sharing = case.find(Recording, session_id=before.id)
    concerned = [recording] if alone else sharing
    days = day_of(before), day_of(after)
    facts: dict[str, str | int] = {
        "recordings": len(concerned) if after != before else 0,
        "day": str(days[1] or ""),
        "day_before": str(days[0] or ""),
        "findings": sum(_moved(work, one.id, days) for one in concerned) if days[0] != days[1] else 0,
        "chats": sum(case.count(ChatLog, recording_id=one.id) for one in concerned) if before.started_at != after.started_at else 0,
    }
    if after == before:
        return Outcome(facts=facts, data={"session": before.id, **facts})
    changes: list[Change] = [update(before, after)]
    if alone and len(sharing) > 1:
        own = replace(after, id=new_id("session"))
        changes = [insert(own), update(recording, replace(recording, session_id=own.id))]
    case.commit(Act("session.set", work.actor, changes, recording.id, {"name": recording.name, **facts}, undoable=True))
    return Outcome(frozenset({"sessions"}), (changes[0].id,), facts, {"session": changes[0].id, **facts})


def day_of(session: Session) -> date | None:
    """The day of a broadcast in Beijing; None where nobody knows it."""
    return datetime.fromisoformat(session.started_at).astimezone(BEIJING).date() if session.started_at else None


def _moved(work: Workspace, recording_id: str, days: tuple[date | None, date | None]) -> int:
    """How many findings of a recording cite an article that reads otherwise, or is not there, on the other day."""
    standing = [row for row in work.opened.find(Finding, recording_id=recording_id) if row.state != "withdrawn"]
    return sum(any(len({_edition(work, code, day) for day in days}) > 1 for code in row.articles) for row in standing)


def _edition(work: Workspace, code: str, day: date | None) -> str:
    try:
        return work.catalogue.article(code, day).edition.id
    except BadInput:
        return ""
