"""Reads the screen text of one recording in a child process: one sample a second, in blocks that can each be done alone.

A frame that looks like the last one read is not read again; its lines are repeated and it is marked `same`. The first sample of a
block is always read, so a block gives the same result whether or not the ones before it were done in this run. It must not merge,
name or judge what it read (`merge` does), and it opens nothing but the video it is given.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from inspector_app.domain.timebase import SECOND
from inspector_app.domain.work import Channel
from inspector_app.integrity.chain import digest_of
from inspector_app.vision.reader import Line, ScreenReader
from inspector_app.vision.sampling import HOLD_US, Sample, Sampler


def run(spec: dict[str, Any], channel: Channel) -> dict[str, Any]:
    """Reads the blocks of a video that are not yet done.

    spec: `video` path; `zero_us` the recording's zero on the container's clock; `duration_us`; optional `interval_us` (1 s),
    `block_us` (30 s), `done` (numbers of finished blocks), `gaps` ([[start_us, end_us]] where nothing was recorded), `threads` (2).
    Sends one `reader` item {engine, models {file: SHA-256}, options, options_sha256, base} and per block one `block` item {ord,
    start_us, end_us, frames [{at_us, pts, size, same, lines [{text, confidence_pm, box, struck}]}]}: `at_us` is the sampled instant,
    `pts` the frame on show then (ticks of `base`), `size` [width, height] of the picture as shown, boxes in its pixels. Progress in
    media time. Returns {blocks, read, same}: blocks done now, frames read, frames found unchanged.
    Raises BadInput `vision.video_unreadable`, `vision.no_picture`; ModelError `model.ocr_missing`, `model.ocr_broken`. Warns
    `vision.frames_damaged`.
    """
    interval_us, block_us = int(spec.get("interval_us", SECOND)), int(spec.get("block_us", 30 * SECOND))
    duration_us, done = max(1, int(spec["duration_us"])), set(spec.get("done", ()))
    gaps = [(int(start), int(end)) for start, end in spec.get("gaps", ())]
    sampler = Sampler(Path(spec["video"]), int(spec.get("zero_us", 0)), gaps)
    reader = ScreenReader(int(spec.get("threads", 2)))
    options = reader.options | {"interval_us": interval_us, "block_us": block_us, "hold_us": HOLD_US}
    channel.item(
        "reader",
        engine=reader.engine,
        models=reader.models,
        options=options,
        options_sha256=digest_of(options),
        base=f"{sampler.base.numerator}/{sampler.base.denominator}",
    )
    totals = {"blocks": 0, "read": 0, "same": 0}
    for order, start_us in enumerate(range(0, duration_us, block_us)):
        end_us = min(start_us + block_us, duration_us)
        if order not in done:
            frames = _read_all(sampler.samples(start_us, end_us, interval_us, channel), reader)
            channel.item("block", ord=order, start_us=start_us, end_us=end_us, frames=frames)
            same = sum(frame["same"] for frame in frames)
            totals["blocks"] += 1
            totals["read"] += len(frames) - same
            totals["same"] += same
        channel.progress(end_us, duration_us, "us")
    return totals


def _read_all(samples: Iterable[Sample], reader: ScreenReader) -> list[dict[str, Any]]:
    """The frames of one block; the reader starts it knowing nothing."""
    reader.forget()
    frames: list[dict[str, Any]] = []
    lines, size = list[Line](), list[int]()
    last_pts: int | None = None
    for sample in samples:
        same = sample.pts == last_pts
        if not same:
            image = sample.picture()
            same = reader.looks_read(image)
            if not same:
                lines, size = reader.read(image), [image.shape[1], image.shape[0]]
        last_pts = sample.pts
        frames.append({"at_us": sample.at_us, "pts": sample.pts, "size": size, "same": same, "lines": [_as_json(line) for line in lines]})
    return frames


def _as_json(line: Line) -> dict[str, Any]:
    return {"text": line.text, "confidence_pm": line.confidence_pm, "box": list(line.box), "struck": line.struck}
