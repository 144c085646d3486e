"""The frames of the findings' strips: taken from the original at the moments the data name, each with its time stamp and digest.

They give the course of events and are no exhibits. Small copies are kept in the case's `working/strips`, so that a page is quick to show
again; the digest is over the frame's own pixels (RGB, row by row), which anybody can compute with another decoder.
"""

import hashlib
import json
from collections.abc import Callable
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any

from av.error import FFmpegError
from PIL import Image

from inspector_app.domain.errors import InspectorError
from inspector_app.media.frames import Frames
from inspector_app.media.picture import picture
from inspector_app.media.stills import Frame, frame_on
from inspector_app.media.timeline import Timeline, TimelinePart

from .stills import Still, made

Json = dict[str, Any]
FOLDER = "working/strips"
#: Long side in pixels: a strip is printed as high as a thumb is long.
SIDE = 480
#: Why there is no frame: no original at hand, or what the decoder said (a code of `media`).
NO_ORIGINAL = "dossier.no_original"


def count(data: Json) -> int:
    """How many frames the strips of a dossier's data have."""
    return sum(len(finding.get("strip", ())) for finding in data["findings"])


def take(data: Json, case_folder: Path, timelines: Json, step: Callable[[], None]) -> dict[str, Still]:
    """Takes every frame of the strips and says in the data what it is; returns the pictures by `key`.

    Each moment of a strip gets `pts time_base shown_us rgb_sha256 path`, or `error` with the reason's code where there is no frame (a gap,
    damage, a missing original). `timelines`: recording id → `Timeline.as_spec()`. `step` is called for each frame and may raise to stop.
    """
    found: dict[str, Still] = {}
    wanted: dict[str, list[Json]] = {}
    masks: dict[str, list[list[int]]] = {}
    for finding in data["findings"]:
        for moment in finding.get("strip", ()):
            wanted.setdefault(finding["recording_id"], []).append(moment)
            masks.setdefault(key(finding["recording_id"], moment["at_us"]), []).extend(finding.get("masks", ()))
    for recording_id, moments in wanted.items():
        source = _Source(case_folder, Timeline.from_spec(timelines.get(recording_id, [])))
        try:
            for moment in sorted(moments, key=lambda one: int(one["at_us"])):
                step()
                name = key(recording_id, moment["at_us"])
                facts, still = _kept(case_folder, name) or source.take(name, moment["at_us"])
                moment.update(facts)
                if still is not None:
                    found[name] = covered(still, masks.get(name, []))
        finally:
            source.close()
    return found


def key(recording_id: str, at_us: int) -> str:
    return f"{recording_id}-{at_us}"


class _Source:
    """One recording's frames; its files stay open from one moment to the next."""

    def __init__(self, case_folder: Path, timeline: Timeline) -> None:
        self.case_folder, self.timeline = case_folder, timeline
        indexed = bool(timeline.parts) and all(part.index is not None and part.index.is_file() for part in timeline.parts)
        self.frames = Frames(timeline) if indexed else None

    def take(self, name: str, at_us: int) -> tuple[Json, Still | None]:
        if not self.timeline.parts:
            return {"error": NO_ORIGINAL}, None
        try:
            frame, part = self._frame(at_us)
        except InspectorError as error:
            return {"error": error.code}, None
        except (OSError, FFmpegError):
            return {"error": NO_ORIGINAL}, None
        image = frame.image.convert("RGB")
        facts: Json = {
            "pts": frame.stamp.pts,
            "time_base": frame.stamp.base_text,
            "shown_us": frame.at_us,
            "rgb_sha256": hashlib.sha256(image.tobytes()).hexdigest(),
            "path": part.path.relative_to(self.case_folder).as_posix() if part.path.is_relative_to(self.case_folder) else part.path.name,
        }
        still = made(image, long_side=SIDE)
        _keep(self.case_folder, name, facts, still)
        return facts, still

    def _frame(self, at_us: int) -> tuple[Frame, TimelinePart]:
        part = self.timeline.part_at(at_us)
        if self.frames is None or part is None:
            return frame_on(self.timeline, at_us)
        shown = self.frames.frame_at(at_us)
        if shown.frame is None or shown.stamp is None:
            return frame_on(self.timeline, at_us)  # it says what is wrong
        return Frame(picture(shown.frame), shown.stamp, shown.at_us, shown.damaged), part

    def close(self) -> None:
        if self.frames is not None:
            self.frames.close()


def _kept(case_folder: Path, name: str) -> tuple[Json, Still] | None:
    """A frame taken before; None where there is none that can be read whole."""
    folder = case_folder / FOLDER
    with suppress(OSError, ValueError, KeyError):
        facts = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        content = (folder / f"{name}.jpg").read_bytes()
        if hashlib.sha256(content).hexdigest() == facts.pop("jpeg_sha256"):
            size = facts.pop("size")
            return facts, Still(content, size[0], size[1])
    return None


def _keep(case_folder: Path, name: str, facts: Json, still: Still) -> None:
    """Puts a copy aside for the next time; a case that cannot be written (read-only medium, full disk) does without."""
    more = {"size": [still.width, still.height], "jpeg_sha256": hashlib.sha256(still.jpeg).hexdigest()}
    folder = case_folder / FOLDER
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.jpg").write_bytes(still.jpeg)
        (folder / f"{name}.json").write_text(json.dumps({**facts, **more}, sort_keys=True), encoding="utf-8", newline="\n")


def covered(still: Still, masks: list[list[int]]) -> Still:
    """A strip's picture with parts covered (`masks` in pixels of the original picture), for an edition that must not show them."""
    if not masks:
        return still
    with Image.open(BytesIO(still.jpeg)) as opened:
        image = opened.convert("RGB")
    across, down = image.width / still.width, image.height / still.height
    scaled = [[int(x0 * across), int(y0 * down), int(x1 * across) + 1, int(y1 * down) + 1] for x0, y0, x1, y1 in masks]
    small = made(image, masks=scaled, long_side=SIDE)
    return Still(small.jpeg, still.width, still.height)
