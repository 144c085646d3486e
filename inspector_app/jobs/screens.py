"""Reading the screen of a recording block by block, each committed as it comes; texts and tracks are made when the last block is in.

A recording that still grows is read as far as its full blocks go; the next run reads only what is new.
"""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from inspector_app.casefile.changes import delete, insert, update
from inspector_app.casefile.timelines import timeline_of
from inspector_app.domain.errors import BadInput
from inspector_app.domain.ids import new_id
from inspector_app.domain.records import Recording, ScreenBlock, ScreenRun, ScreenText, Track
from inspector_app.domain.timebase import iso, utc_now
from inspector_app.vision import merge, tracks
from inspector_app.vision.plan import BLOCK_US, INTERVAL_US
from inspector_app.vision.showing import Read

if TYPE_CHECKING:
    from .run import Run

Json = dict[str, Any]


def run(run: "Run", params: Json) -> Json:
    """Params: recording (id). Facts: run, texts, tracks."""
    case = run.case
    recording = case.get(Recording, params["recording"])
    if not recording.has_video:
        raise BadInput("read_screen.no_video", name=recording.name)
    runs = case.find(ScreenRun, recording_id=recording.id, order="rowid DESC")
    current = runs[0] if runs else None
    blocks = {block.ord: block for block in case.find(ScreenBlock, run_id=current.id, order="ord")} if current else {}
    before = len(blocks)

    def on_item(kind: str, data: Json) -> None:
        nonlocal current, before
        if kind == "reader":
            if current is not None and current.options_sha256 == data["options_sha256"]:
                return
            current = ScreenRun(
                id=new_id("screen_run"),
                recording_id=recording.id,
                engine=data["engine"],
                options_sha256=data["options_sha256"],
                state="running",
                created_at=iso(utc_now()),
                models=data["models"],
                options=data["options"],
            )
            blocks.clear()
            before = 0
            run.commit("screen.start", [insert(current)], current.id, recording=recording.name)
        elif kind == "block":
            assert current is not None
            block = ScreenBlock(new_id("screen_block"), current.id, data["ord"], data["start_us"], data["end_us"], tuple(data["frames"]))
            blocks[block.ord] = block
            run.commit("screen.block", [insert(block)], current.id, block=block.ord + 1)

    if current is None or current.state != "done" or recording.state == "growing" or _ends_early(current, blocks, recording):
        run.child("read-screen", _spec(run, recording, current, blocks), on_item)
        assert current is not None
        if current.state != "done" or len(blocks) > before:
            _merge(run, recording, current, [blocks[place] for place in sorted(blocks)])
    return {"run": current.id, "texts": case.count(ScreenText, run_id=current.id), "tracks": case.count(Track, run_id=current.id)}


def _ends_early(current: ScreenRun, blocks: dict[int, ScreenBlock], recording: Recording) -> bool:
    """Whether a run that was done for a recording that still grew lacks blocks now."""
    if "verify_every" not in current.options:  # read by an earlier version, whole
        return False
    return max((block.end_us for block in blocks.values()), default=0) < recording.duration_us


def _spec(run: "Run", recording: Recording, current: ScreenRun | None, blocks: dict[int, ScreenBlock]) -> Json:
    return {
        "parts": timeline_of(run.case, recording).as_spec(),
        "duration_us": recording.duration_us,
        "interval_us": INTERVAL_US,
        "block_us": BLOCK_US,
        "gaps": [[gap["start_us"], gap["end_us"]] for gap in recording.gaps],
        "growing": recording.state == "growing",
        "done": sorted(blocks),
        "done_options_sha256": "" if current is None else current.options_sha256,
        "last_frames": {str(order): block.frames[-1] for order, block in blocks.items() if block.frames and order + 1 not in blocks},
    }


def _merge(run: "Run", recording: Recording, current: ScreenRun, blocks: list[ScreenBlock]) -> None:
    """Replaces the run's texts and tracks by those of all its blocks and marks it done, in one act."""
    case = run.case
    data = [{"frames": block.frames} for block in blocks]
    size = (recording.width, recording.height)
    merged = merge.merge(data, size, INTERVAL_US, recording.duration_us)
    instants = sorted(frame["at_us"] for block in blocks for frame in block.frames)
    found = tracks.tracks_of(merged, Read(tuple(instants), INTERVAL_US, recording.duration_us), size)
    texts = [
        ScreenText(
            id=new_id("screen_text"),
            recording_id=recording.id,
            run_id=current.id,
            start_us=text.start_us,
            end_us=text.end_us,
            text=text.text,
            confidence_pm=text.confidence_pm,
            kind=text.kind,
            box=tuple(text.box),
            series=tuple(text.series),
        )
        for text in merged
    ]
    rows = [
        Track(
            id=new_id("track"),
            recording_id=recording.id,
            run_id=current.id,
            kind=track.kind,
            name=track.name,
            start_us=track.start_us,
            end_us=track.end_us,
            spans=track.spans,
            series=track.series,
            facts=track.facts,
        )
        for track in found
    ]
    old = [*case.find(ScreenText, run_id=current.id), *case.find(Track, run_id=current.id)]
    changes = [
        *(delete(row) for row in old),
        *(insert(text) for text in texts),
        *(insert(row) for row in rows),
        update(current, replace(current, state="done")),
    ]
    run.commit("screen.done", changes, current.id, recording=recording.name, texts=len(texts), tracks=len(rows))
