"""Reads the screen text of one recording in a child process: one sample a second, in blocks that can be done one after another.

A block goes on from the last sample of the block before it (its picture, and the lines kept of it), whether that was read in this run
or in an earlier one, so a run that was broken off gives the same blocks as one that was not. Every VERIFY_EVERY-th block begins with a
full reading, so that nothing overlooked stays overlooked. It must not merge, name or judge what it read (`merge` does), and it
opens nothing but the files it is given.
"""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, Final

from inspector_app.domain.timebase import Micros
from inspector_app.domain.work import Channel
from inspector_app.integrity.chain import digest_of
from inspector_app.media.timeline import Timeline
from inspector_app.vision.boxes import Box
from inspector_app.vision.follow import Follower
from inspector_app.vision.plan import BLOCK_US, INTERVAL_US
from inspector_app.vision.reader import LONG_SIDE, Line, Picture, ScreenReader
from inspector_app.vision.sampling import HOLD_US, Sample, Sampler

Json = dict[str, Any]

#: A block whose number divides by this is read without knowing anything.
VERIFY_EVERY: Final = 8


def run(spec: Json, channel: Channel) -> Json:
    """Reads the blocks of a recording that are not yet done.

    spec: `parts` (`Timeline.as_spec`), `duration_us`; optional `interval_us` (1 s), `block_us` (15 s), `done` (numbers of finished
    blocks), `done_options_sha256` (what they were read with: blocks read with other options are read again), `last_frames` ({number
    of a finished block: its last frame as it was sent}; of those before an unfinished one), `gaps` ([[start_us, end_us]] where
    nothing was recorded), `growing` (leave out a last block that is not full).
    Sends one `reader` item {engine, models {file: SHA-256}, options, options_sha256} and per block one `block` item {ord, start_us,
    end_us, frames [{at_us, pts, base, size, same, lines [{text, confidence_pm, box, struck, unread}]}]}: `at_us` is the sampled instant,
    `pts` the frame on show then in ticks of `base`, `size` [width, height] of the picture as shown, boxes in its pixels; `same` means
    that nothing had to be read. Progress in media time. Returns {blocks, read, same, looked_pm, recognised}: blocks and frames done
    now, share of their pixels that was searched for lines, lines recognised.
    Raises BadInput `vision.video_unreadable`, `vision.no_picture`; ModelError `model.ocr_missing`, `model.ocr_broken`. Warns
    `vision.frames_damaged`.
    """
    interval_us, block_us = int(spec.get("interval_us", INTERVAL_US)), int(spec.get("block_us", BLOCK_US))
    duration_us = max(1, int(spec["duration_us"]))
    sampler = Sampler(Timeline.from_spec(spec["parts"]), [(int(start), int(end)) for start, end in spec.get("gaps", ())])
    reader = ScreenReader()
    options = (
        reader.options
        | Follower.options
        | {"interval_us": interval_us, "block_us": block_us, "hold_us": HOLD_US, "verify_every": VERIFY_EVERY}
    )
    sha256 = digest_of(options)
    channel.item("reader", engine=reader.engine, models=reader.models, options=options, options_sha256=sha256)
    as_before = spec.get("done_options_sha256", sha256) == sha256
    done = set(spec.get("done", ())) if as_before else set()
    last_frames: dict[int, Json] = {int(order): frame for order, frame in spec.get("last_frames", {}).items() if as_before}
    blocks = _Blocks(sampler, Follower(reader), interval_us, channel)
    count = 0
    try:
        for order, start_us in enumerate(range(0, duration_us, block_us)):
            end_us = min(start_us + block_us, duration_us)
            if spec.get("growing") and end_us - start_us < block_us:
                break
            if order not in done:
                frames = blocks.read(start_us, end_us, None if order % VERIFY_EVERY == 0 else last_frames.get(order - 1))
                channel.item("block", ord=order, start_us=start_us, end_us=end_us, frames=frames)
                last_frames |= {order: frames[-1]} if frames else {}
                count += 1
            channel.progress(end_us, duration_us, "us")
    finally:
        sampler.close()
    return {"blocks": count, **blocks.totals()}


class _Blocks:
    """Reads blocks one after another."""

    def __init__(self, sampler: Sampler, follower: Follower, interval_us: Micros, channel: Channel) -> None:
        self._sampler = sampler
        self._follower = follower
        self._interval_us = interval_us
        self._channel = channel
        self._last: tuple[Micros, Picture] | None = None  # the sample last read in this run
        self._pixels = self._frames = self._same = 0

    def totals(self) -> Json:
        searched = self._follower.looked * 1000 // self._pixels if self._pixels else 0
        return {
            "read": self._frames - self._same,
            "same": self._same,
            "looked_pm": searched,
            "recognised": self._follower.recognised,
        }

    def read(self, start_us: Micros, end_us: Micros, before: Json | None) -> list[Json]:
        """The frames of a block that follows on the frame `before`; None: that leans on nothing."""
        self._go_on_from(before)
        frames: list[Json] = []
        shown: tuple[Any, ...] = ()
        for sample in self._samples(start_us, end_us):
            size, stamp = sample.size, (sample.pts, sample.base, sample.size)
            if stamp == shown:
                frames.append(frames[-1] | {"at_us": sample.at_us, "same": True})
                self._last = (sample.at_us, self._last[1]) if self._last else None
                self._same += 1
            else:
                work = sample.picture(LONG_SIDE)
                effort = (self._follower.looked, self._follower.recognised)
                lines = self._follower.read(work)
                same = effort == (self._follower.looked, self._follower.recognised)
                self._pixels += work.shape[0] * work.shape[1]
                self._same += same
                scaled = [_as_json(line, size[0] / work.shape[1], size[1] / work.shape[0]) for line in lines]
                base = f"{sample.base.numerator}/{sample.base.denominator}"
                frames.append({"at_us": sample.at_us, "pts": sample.pts, "base": base, "size": list(size), "same": same, "lines": scaled})
                self._last = (sample.at_us, work)
            shown = stamp
            self._frames += 1
        return frames

    def _go_on_from(self, before: Json | None) -> None:
        self._follower.forget()
        if before is None:
            return
        if self._last is not None and self._last[0] == before["at_us"]:
            work = self._last[1]
        else:
            at_us = before["at_us"]
            sample = next(iter(self._samples(at_us, at_us + self._interval_us)), None)
            if sample is None:
                return
            work = sample.picture(LONG_SIDE)
        across, down = work.shape[1] / before["size"][0], work.shape[0] / before["size"][1]
        self._follower.go_on_from(work, [_as_line(line, across, down) for line in before["lines"]])

    def _samples(self, start_us: Micros, end_us: Micros) -> Iterator[Sample]:
        return self._sampler.samples(start_us, end_us, self._interval_us, self._channel)


def _scaled(box: Any, across: float, down: float) -> Box:
    return round(box[0] * across), round(box[1] * down), round(box[2] * across), round(box[3] * down)


def _as_json(line: Line, across: float, down: float) -> Json:
    return asdict(line) | {"box": list(_scaled(line.box, across, down))}


def _as_line(line: Json, across: float, down: float) -> Line:
    return Line(**{**line, "box": _scaled(line["box"], across, down)})
