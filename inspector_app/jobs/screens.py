"""Reading the screen of a recording block by block, each committed as it comes; the texts are merged when the last block is in."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from inspector_app.casefile.changes import delete, insert, update
from inspector_app.domain.errors import BadInput
from inspector_app.domain.ids import new_id
from inspector_app.domain.records import Original, Recording, ScreenBlock, ScreenRun, ScreenText
from inspector_app.domain.timebase import SECOND, iso, utc_now
from inspector_app.vision import merge

if TYPE_CHECKING:
    from .run import Run

Json = dict[str, Any]

INTERVAL_US = SECOND
BLOCK_US = 30 * SECOND


def run(run: "Run", params: Json) -> Json:
    """Params: recording (id). Facts: run, texts."""
    case = run.case
    recording = case.get(Recording, params["recording"])
    if not recording.has_video:
        raise BadInput("read_screen.no_video", name=recording.name)
    runs = case.find(ScreenRun, recording_id=recording.id, order="rowid DESC")
    current = runs[0] if runs else None
    blocks = {block.ord: block for block in case.find(ScreenBlock, run_id=current.id, order="ord")} if current else {}

    def on_item(kind: str, data: Json) -> None:
        nonlocal current
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
            run.commit("screen.start", [insert(current)], current.id, recording=recording.name)
        elif kind == "block":
            assert current is not None
            block = ScreenBlock(new_id("screen_block"), current.id, data["ord"], data["start_us"], data["end_us"], tuple(data["frames"]))
            blocks[block.ord] = block
            run.commit("screen.block", [insert(block)], current.id, block=block.ord + 1)

    if current is None or current.state != "done":
        spec = {
            "video": str(case.folder / case.get(Original, recording.original_id).path),
            "zero_us": recording.zero_us,
            "duration_us": recording.duration_us,
            "interval_us": INTERVAL_US,
            "block_us": BLOCK_US,
            "gaps": [[gap["start_us"], gap["end_us"]] for gap in recording.gaps],
            "done": sorted(blocks),
        }
        run.child("read-screen", spec, on_item)
        assert current is not None
        _merge(run, recording, current, [blocks[place] for place in sorted(blocks)])
    return {"run": current.id, "texts": case.count(ScreenText, run_id=current.id)}


def _merge(run: "Run", recording: Recording, current: ScreenRun, blocks: list[ScreenBlock]) -> None:
    """Replaces the run's texts by the merge of all its blocks and marks it done, in one act."""
    case = run.case
    data = [{"ord": block.ord, "start_us": block.start_us, "end_us": block.end_us, "frames": list(block.frames)} for block in blocks]
    merged = merge.merge(data, (recording.width, recording.height), INTERVAL_US, recording.duration_us)
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
    old = case.find(ScreenText, run_id=current.id)
    changes = [*(delete(text) for text in old), *(insert(text) for text in texts), update(current, replace(current, state="done"))]
    run.commit("screen.done", changes, current.id, recording=recording.name, texts=len(texts))
