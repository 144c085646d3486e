"""A chat log laid on a recording, batch by batch: each row becomes a message at its moment, and the log's row says how far it is.

A time of day is placed by the broadcast's start; one without a zone by the zone a person named, else by Beijing's, which is said.
Rows without a place are counted, never guessed; they can be laid when the start of the broadcast is known.
"""

from dataclasses import replace
from datetime import datetime, timedelta, timezone, tzinfo
from typing import TYPE_CHECKING, Any

from inspector_app.casefile.changes import Change, insert, update
from inspector_app.domain.ids import new_id
from inspector_app.domain.records import ChatLog, ChatMessage, Recording, Session
from inspector_app.domain.timebase import BEIJING

if TYPE_CHECKING:
    from .run import Run

Json = dict[str, Any]


def zone_of(text: str) -> tzinfo | None:
    """`+08:00` as a zone; None for "". Raises ValueError for anything else."""
    if not text:
        return None
    return timezone(datetime.strptime(text, "%z").utcoffset() or timedelta())


class Laying:
    """One log on its way into the case. `data` is the file's own item, whose warnings it completes at the end."""

    def __init__(self, run: "Run", data: Json, recording: Recording, params: Json) -> None:
        self.data = data
        self._run = run
        self._zone = zone_of(params.get("zone") or "")
        session = params.get("session") or {}
        self._started = session.get("started_at") or run.case.get(Session, recording.session_id).started_at
        known = run.case.find(ChatLog, original_id=data["sha256"], recording_id=recording.id)
        self._known = bool(known)
        self.log = known[0] if known else self._new(recording, data, params)
        #: a log that is read once more gives only what had no place the first time
        self._only_unplaced = self._known and bool(self.log.facts.get("done"))
        if self._only_unplaced:
            self.log = replace(self.log, facts={**self.log.facts, "unplaced": 0, "unread": 0})

    def _new(self, recording: Recording, data: Json, params: Json) -> ChatLog:
        facts = {"entries": 0, "laid": 0, "unread": 0, "unplaced": 0, "zone_assumed": 0, "done": 0}
        return ChatLog(new_id("chat_log"), recording.id, data["sha256"], data["format"], params.get("zone") or "", facts=facts)

    def begin(self) -> list[Change]:
        return [] if self._known else [insert(self.log)]

    def take(self, batch: Json) -> None:
        """Commits one batch; after it the log's row says how many entries have been read, so that an interrupted import can go on."""
        messages = []
        unplaced = assumed = 0
        for row in batch["rows"]:
            if self._only_unplaced and row["time_us"] is not None:
                continue
            at_us, guessed = self._moment(row)
            if at_us is None:
                unplaced += 1
                continue
            assumed |= guessed
            messages.append(self._message(row, at_us))
        facts = self.log.facts
        moved = {
            **facts,
            "entries": batch["upto"],
            "laid": facts["laid"] + len(messages),
            "unread": facts["unread"] + batch["unread"],
            "unplaced": facts["unplaced"] + unplaced,
            "zone_assumed": int(bool(facts["zone_assumed"] or assumed)),
        }
        self._move(moved, [insert(message) for message in messages])

    def end(self) -> None:
        """The whole log has been read: its warnings are complete."""
        facts = {**self.log.facts, "done": 1}
        self._move(facts, [])
        counts = (("import.chat_lines_skipped", facts["unread"]), ("import.chat_unplaced", facts["unplaced"]))
        self.data["warnings"] += [{"code": code, "facts": {"count": count}} for code, count in counts if count]
        if facts["zone_assumed"]:
            self.data["warnings"].append({"code": "import.chat_zone_assumed", "facts": {}})

    def _move(self, facts: Json, changes: list[Change]) -> None:
        before = self._run.case.get(ChatLog, self.log.id)
        self.log = replace(before, facts=facts)
        self._run.commit("chat.rows", [*changes, update(before, self.log)], self.log.recording_id, count=len(changes))

    def _moment(self, row: Json) -> tuple[int | None, bool]:
        """Microseconds from the recording's zero (before it: negative), None where nothing ties the row to it; whether a zone was assumed."""
        if row["time_us"] is not None:
            return int(row["time_us"]), False
        if not self._started:
            return None, False
        wall = datetime.fromisoformat(row["wall"])
        assumed = wall.tzinfo is None and self._zone is None
        if wall.tzinfo is None:
            wall = wall.replace(tzinfo=self._zone or BEIJING)
        return (wall - datetime.fromisoformat(self._started)) // timedelta(microseconds=1), assumed

    def _message(self, row: Json, at_us: int) -> ChatMessage:
        more = {"log_us": at_us} if self.log.anchors else {}
        return message_of(self.log, row, _aligned(at_us, self.log), line=row["line"], **more)


def message_of(log: ChatLog, row: Json, at_us: int, **facts: Any) -> ChatMessage:
    """A row of a log (`intake.chat.rows.ChatRow.to_json`) as a message at its moment, with more facts of its own."""
    return ChatMessage(
        id=new_id("chat_message"),
        recording_id=log.recording_id,
        original_id=log.original_id,
        at_us=at_us,
        user=row["user"],
        text=row["text"],
        kind=row["kind"],
        message_id=row["message_id"],
        group_key=row["group_key"],
        count=row["count"],
        wall_at=row["wall"] or "",
        facts={**row["facts"], **({"price": row["price"]} if row["price"] else {}), **facts},
    )


def _aligned(log_us: int, log: ChatLog) -> int:
    """Where a place on the log's clock lies on the recording's, by the log's two points (none: where it is)."""
    return log_us + log.offset_us + log_us * log.rate_ppm // 1_000_000
