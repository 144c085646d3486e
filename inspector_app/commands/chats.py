"""Chat logs 互动信息 on the recording's clock: tying the two clocks by points that a person knows."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from inspector_app.casefile.changes import Act, update
from inspector_app.domain.errors import UsageError
from inspector_app.domain.records import ChatLog, ChatMessage

from .registry import Outcome, command
from .workspace import Workspace

#: Clocks that run this much apart (1 in 20) are two wrong points, not two clocks.
_LARGEST_PPM: Final = 50_000
#: More messages than this are not moved in one act: its journal row could not be read any more.
MOST_MESSAGES: Final = 500_000


@command("chat.align")
def align(work: Workspace, *, original_id: str, anchors: Sequence[Sequence[int]], recording_id: str | None = None) -> Outcome:
    """Moves every message of a log by one or two points `[log_us, recording_us]`; one undoable act.

    `log_us` is a moment on the log's own clock: where its messages stood when they were imported. One point gives the offset; two also the
    rate, kept in whole parts per million (over three hours at most 6 ms off). No point puts the log back where it was. Raises UsageError
    `chat.no_log`, `chat.anchors`, `chat.anchor_rate`, `chat.too_long`.
    """
    case = work.opened
    found = [row for row in case.find(ChatLog, order="rowid DESC", original_id=original_id) if recording_id in (None, row.recording_id)]
    if not found:
        raise UsageError("chat.no_log", id=original_id)
    log = found[0]
    offset_us, rate_ppm = line_through([(int(here), int(there)) for here, there in anchors])
    if case.count(ChatMessage, original_id=original_id, recording_id=log.recording_id) > MOST_MESSAGES:
        raise UsageError("chat.too_long", limit=MOST_MESSAGES)
    after = replace(log, offset_us=offset_us, rate_ppm=rate_ppm, anchors=tuple([int(here), int(there)] for here, there in anchors))
    changes = [update(log, after)]
    for message in case.find(ChatMessage, original_id=original_id, recording_id=log.recording_id):
        log_us = int(message.facts.get("log_us", message.at_us))
        at_us = log_us + offset_us + log_us * rate_ppm // 1_000_000
        if at_us != message.at_us:
            changes.append(update(message, replace(message, at_us=at_us, facts={**message.facts, "log_us": log_us})))
    facts: dict[str, str | int] = {"count": len(changes) - 1, "offset_us": offset_us, "rate_ppm": rate_ppm}
    case.commit(Act("chat.align", work.actor, changes, log.id, facts, undoable=True))
    return Outcome(frozenset({"chat_messages"}), (log.id,), facts, log_data(after))


def line_through(anchors: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """Offset in microseconds and rate in parts per million of the line through none, one or two points."""
    if not anchors:
        return 0, 0
    (first_log, first_there), *others = anchors
    if not others:
        return first_there - first_log, 0
    if len(others) > 1 or others[0][0] == first_log:
        raise UsageError("chat.anchors", count=len(anchors))
    (second_log, second_there) = others[0]
    span = second_log - first_log
    rate_ppm = round(((second_there - first_there) - span) * 1_000_000 / span)
    if abs(rate_ppm) > _LARGEST_PPM:
        raise UsageError("chat.anchor_rate", ppm=rate_ppm)
    return first_there - first_log - first_log * rate_ppm // 1_000_000, rate_ppm


@command("chat.logs")
def logs(work: Workspace, *, recording_id: str | None = None) -> Outcome:
    """The chat logs of a recording, or of all, with how they were laid."""
    found = [row for row in work.opened.find(ChatLog) if recording_id in (None, row.recording_id)]
    return Outcome(data={"logs": [log_data(row) for row in found]})


def log_data(log: ChatLog) -> dict[str, Any]:
    return {
        "id": log.id,
        "recording": log.recording_id,
        "original": log.original_id,
        "format": log.format,
        "zone": log.zone,
        "offset_us": log.offset_us,
        "rate_ppm": log.rate_ppm,
        "anchors": [list(anchor) for anchor in log.anchors],
        **log.facts,
    }
