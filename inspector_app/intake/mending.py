"""A playable copy of a file whose clock was set anew on the way: the same packets in Matroska on one clock, nothing re-encoded.

It is a derivative for other players; the original stays the evidence, and the recording's own parts point into it.
"""

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import av
from av.container import InputContainer, OutputContainer
from av.error import FFmpegError
from av.stream import Stream

from inspector_app.domain.errors import BadInput
from inspector_app.domain.timebase import SECOND, Micros
from inspector_app.media.container import TOOL, TOOL_VERSION, base_of, open_media
from inspector_app.media.epochs import Epoch

Json = dict[str, Any]

_NAME: Final = "repaired.mkv"
_CHECK_EVERY: Final = 512


def make_repaired(copy: Path, found: Sequence[Epoch], starts: Sequence[Micros], folder: Path, check: Callable[[], None]) -> Json:
    """Writes `folder/repaired.mkv`, where each epoch begins at its place in `starts`; returns its derivative facts.

    An unfinished copy is removed. Raises BadInput `media.remux_failed` when Matroska refuses the packets; OSError when the disk does.
    """
    target = folder / _NAME
    partial = folder / f"{_NAME}.partial"
    shifts = [start - epoch.container.start_us for epoch, start in zip(found, starts, strict=True)]
    try:
        with open_media(copy) as source, av.open(str(partial), "w", format="matroska") as out:
            _copy(source, out, found, shifts, check)
        partial.replace(target)
    except OSError:
        raise  # the disk, not the media
    except (FFmpegError, ValueError) as error:
        raise BadInput("media.remux_failed", file=copy.name, cause=str(error)) from error
    finally:
        partial.unlink(missing_ok=True)
    with target.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {
        "kind": "repaired",
        "sha256": digest,
        "bytes": target.stat().st_size,
        "offset_us": 0,
        "tool": TOOL,
        "version": TOOL_VERSION,
        "settings": {"method": "stream copy on one clock", "container": "mkv", "shifts_us": list(shifts)},
    }


def _copy(
    source: InputContainer, out: OutputContainer, found: Sequence[Epoch], shifts: Sequence[Micros], check: Callable[[], None]
) -> None:
    chosen: list[Stream] = [stream for stream in source.streams if stream.index in found[0].first]
    outputs = {stream.index: out.add_stream_from_template(stream) for stream in chosen}
    ticks = {stream.index: [round(shift / (base_of(stream) * SECOND)) for shift in shifts] for stream in chosen}
    counted = dict.fromkeys(outputs, 0)
    place = dict.fromkeys(outputs, 0)
    last: dict[int, int] = {}
    for number, packet in enumerate(source.demux(*chosen)):
        if number % _CHECK_EVERY == 0:
            check()
        index = packet.stream_index
        if packet.size == 0 or packet.is_discard or (packet.pts is None and packet.dts is None):
            continue  # as the scan counts
        while place[index] + 1 < len(found) and counted[index] >= found[place[index] + 1].first[index]:
            place[index] += 1
        counted[index] += 1
        shift = ticks[index][place[index]]
        pts = (packet.pts if packet.pts is not None else packet.dts or 0) + shift
        dts = (packet.dts if packet.dts is not None else pts - shift) + shift
        packet.dts = max(dts, last.get(index, dts - 1) + 1)
        packet.pts = max(pts, packet.dts)
        last[index] = packet.dts
        packet.stream = outputs[index]
        out.mux_one(packet)
