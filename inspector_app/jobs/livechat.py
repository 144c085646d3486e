"""Chat that was recorded beside a capture, into the case: its journal as an original, its messages on the recording's clock.

A message's place is the moment it arrived here, by the same anchors that tie the picture to the time of day. How much longer the platform
held the picture back than the chat is not known to anybody; two points set by hand move the log (`chat.align`).
"""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from inspector_app.casefile.changes import Change, insert
from inspector_app.domain.broadcast import carried
from inspector_app.domain.ids import new_id
from inspector_app.domain.records import Capture, ChatLog, ChatMessage, Original, Recording
from inspector_app.domain.timebase import iso, utc_now
from inspector_app.intake.live import control
from inspector_app.integrity.capturechain import JOURNAL, Line, walk
from inspector_app.integrity.digests import hash_file

from .chats import message_of

if TYPE_CHECKING:
    from .run import Run

Json = dict[str, Any]
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_TOGETHER: Final = 500
_ENDS_S: Final = 10.0
_IDLE_S: Final = 0.1


def folder_of(capture_folder: str) -> str:
    """Where a capture's chat lies in the case: beside the capture, in a folder of its own."""
    return f"{capture_folder}_chat"


def take(run: "Run", capture: Capture, recording: Recording | None) -> Json:
    """Ends the chat's recorder and takes in what it wrote. Facts: messages (laid), received, gaps; {} where no chat was recorded.

    Where a chain is broken, the messages up to there are taken and `broken` is 1. Without a recording the original alone is kept.
    """
    folder = folder_of(capture.folder)
    path = run.case.folder / folder / JOURNAL
    working = run.case.folder / "working" / "captures" / Path(capture.folder).name / control.CHAT
    if not working.is_dir():
        return {}
    control.stop(working)
    until = time.monotonic() + _ENDS_S
    while control.alive(working) and time.monotonic() < until:
        run.check()
        time.sleep(_IDLE_S)
    if not path.is_file():
        return {"messages": 0, "received": 0, "gaps": 0}
    with path.open("rb") as file:
        raw = file.readlines()
    lines = list(walk(raw))
    original = _original(run, capture, path)
    facts = {
        "received": sum(line.event == "message" for line in lines),
        "gaps": sum(line.event == "gap" for line in lines),
        "broken": int(len(lines) < len(raw)),
    }
    if recording is None or run.case.find(ChatLog, original_id=original.id, recording_id=recording.id):
        return {"messages": 0, **facts}
    anchors = recording.clock.get("anchors") or []
    log = ChatLog(new_id("chat_log"), recording.id, original.id, "live", facts={**facts, "delay": "unknown", "placed_by": "arrival"})
    messages = list(_messages(lines, anchors, log)) if anchors else []
    run.commit("capture.chat", [insert(log), *map(insert, messages[:_TOGETHER])], recording.id, count=len(messages))
    for first in range(_TOGETHER, len(messages), _TOGETHER):
        run.commit("capture.chat", [insert(one) for one in messages[first : first + _TOGETHER]], recording.id, count=len(messages))
    return {"messages": len(messages), **facts}


def _original(run: "Run", capture: Capture, path: Path) -> Original:
    digests = hash_file(path)
    known = run.case.find(Original, id=digests.sha256)
    if known:
        return known[0]
    path.chmod(0o444)
    now = iso(utc_now())
    place = path.relative_to(run.case.folder).as_posix()
    source = str(capture.facts.get("chat", ""))
    made = Original(digests.sha256, digests.sm3, digests.bytes, place, "chat", path.name, source, now, now)
    changes: list[Change] = [insert(made)]
    run.commit("capture.chat", changes, made.id, source=source)
    return made


def _messages(lines: list[Line], anchors: list[list[int]], log: ChatLog) -> Iterator[ChatMessage]:
    for line in lines:
        if line.event != "message":
            continue
        arrived = (datetime.fromisoformat(line.said["at"]) - _EPOCH) // timedelta(microseconds=1)
        for row in line.said["rows"]:
            yield message_of(log, row, carried(anchors, arrived, 1, 0), line=line.said["seq"], arrived=line.said["at"])
