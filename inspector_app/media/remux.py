"""A working copy of a recording that other players cannot seek in exactly: the same packets in another container, nothing re-encoded.

The copy is a derivative in `working/`; the original stays the evidence. Its clock starts at the recording's zero, and the difference
is measured on the finished copy, not assumed.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
from av.container import InputContainer, OutputContainer
from av.error import FFmpegError
from av.packet import Packet
from av.stream import Stream

from inspector_app.domain.errors import BadInput
from inspector_app.domain.timebase import SECOND, Micros, to_micros
from inspector_app.media.container import TOOL, TOOL_VERSION, base_of, main_video, open_media
from inspector_app.media.probe import Probe
from inspector_app.media.scan import scan_packets

#: Containers Qt's player and FFmpeg's plain seek miss by whole groups of pictures (measured: MPEG-TS 0 of 40 exact).
_UNSEEKABLE = {"mpegts", "mpeg"}
#: What MP4 carries and players expect there; anything else goes to Matroska.
_MP4_CODECS = {"h264", "hevc", "av1", "mpeg4", "mpeg2video", "aac", "mp3", "ac3", "eac3", "opus"}
#: Two clocks of 90 kHz and finer agree to this after rounding.
_ROUNDING_US = 12
_CALL_EVERY = 512


@dataclass(frozen=True)
class WorkingCopy:
    """`offset_us` = time in the copy - recording time, for every frame; `settings` says what was done."""

    path: Path
    sha256: str
    bytes: int
    offset_us: Micros
    tool: str
    version: str
    settings: dict[str, str | int]


def needs_working_copy(facts: Probe) -> bool:
    """Whether a general player would show the wrong frame when asked for a moment of this recording."""
    return facts.type in _UNSEEKABLE and facts.video_index is not None


def make_working_copy(
    path: Path, facts: Probe, folder: Path, *, name: str = "copy", on_progress: Callable[[int], None] | None = None
) -> WorkingCopy:
    """Copies the main picture and all sound into `folder/name.mp4` (or `.mkv`) packet by packet.

    `on_progress` is told the byte position in the original now and then and may raise to stop; an unfinished copy is removed. Raises
    BadInput `media.remux_failed` when the container refuses the packets, `media.remux_differs` when the copy does not show the same
    frames at the same times; OSError when the disk refuses.
    """
    codecs = {stream.codec for stream in facts.streams if stream.kind in ("video", "audio")}
    suffix = "mp4" if codecs <= _MP4_CODECS else "mkv"
    target = folder / f"{name}.{suffix}"
    partial = folder / f"{name}.{suffix}.partial"
    try:
        try:
            left_out = _copy(path, partial, "mp4" if suffix == "mp4" else "matroska", facts.zero_us, on_progress)
        except OSError:
            raise  # the disk, not the media
        except (FFmpegError, ValueError) as error:
            raise BadInput("media.remux_failed", file=path.name, cause=str(error)) from error
        offset = _measured_offset(path, partial, facts.zero_us, left_out.picture)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    with target.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    settings: dict[str, str | int] = {
        "method": "stream copy",
        "container": suffix,
        "shift_us": -facts.zero_us,
        "undecodable_prefix_packets": left_out.picture,
        "overlapping_sound_packets": left_out.sound,
    }
    return WorkingCopy(target, digest, target.stat().st_size, offset, TOOL, TOOL_VERSION, settings)


def _shift(zero_us: Micros, base: Fraction) -> int:
    """The zero in ticks, to the nearest."""
    return round(Fraction(zero_us, SECOND) / base)


@dataclass
class _LeftOut:
    """Packets not copied: picture before the first key frame (nothing can show it), sound that runs back over sound already there."""

    picture: int = 0
    sound: int = 0


def _copy(path: Path, partial: Path, container_format: str, zero_us: Micros, on_progress: Callable[[int], None] | None) -> _LeftOut:
    # edit lists count in the movie's time scale, milliseconds unless told: too coarse for a 90 kHz start
    options = {"movie_timescale": "90000"} if container_format == "mp4" else {}
    with open_media(path) as source, av.open(str(partial), "w", format=container_format, options=options) as target:
        video = main_video(source)
        chosen: list[Stream] = [*([video] if video else []), *source.streams.audio]
        return _copy_packets(source, target, chosen, zero_us, on_progress)


def _copy_packets(
    source: InputContainer, target: OutputContainer, chosen: list[Stream], zero_us: Micros, on_progress: Callable[[int], None] | None
) -> _LeftOut:
    outputs = {stream.index: target.add_stream_from_template(stream) for stream in chosen}
    shifts = {stream.index: _shift(zero_us, base_of(stream)) for stream in chosen}
    #: by stream, the decoding time the next packet must reach; sound may overlap by half a packet, rounding and jitter included
    free_from: dict[int, int] = {}
    left_out = _LeftOut()
    for count, packet in enumerate(source.demux(*chosen)):
        if packet.size == 0:
            continue
        index, position = packet.stream_index, packet.pos or 0
        is_sound = packet.stream.type == "audio"
        earliest = free_from.get(index)
        if earliest is None and not is_sound and not packet.is_keyframe:
            left_out.picture += 1
            continue
        if earliest is not None and packet.dts is not None and packet.dts < earliest:
            if is_sound:
                left_out.sound += 1
                continue
            packet.dts = earliest  # joined recordings overlap in decoding order; presentation times stay as they are
        if packet.dts is not None:
            free_from[index] = packet.dts + (max(1, (packet.duration or 0) // 2) if is_sound else 1)
        _retime(packet, shifts[index])
        packet.stream = outputs[index]
        target.mux_one(packet)
        if on_progress is not None and count % _CALL_EVERY == 0:
            on_progress(position)
    return left_out


def _retime(packet: "Packet[Stream]", shift: int) -> None:
    if packet.pts is not None:
        packet.pts -= shift
    if packet.dts is not None:
        packet.dts -= shift


def _frame_times(path: Path) -> list[Micros]:
    """Every picture's time on the container's clock, in file order."""
    scan = scan_packets(path)
    video = next(stream for stream in scan.streams.values() if stream.kind == "video")
    return [to_micros(pts, video.base) for pts in video.pts]


def _measured_offset(path: Path, copy: Path, zero_us: Micros, dropped: int) -> Micros:
    """Time in the copy minus recording time, from every frame of both; they must agree throughout."""
    before, after = _frame_times(path), _frame_times(copy)
    original, copied = sorted(time - zero_us for time in before[dropped:]), sorted(after)
    if len(original) != len(copied) or not copied:
        raise BadInput("media.remux_differs", file=path.name, original=len(original), copy=len(copied))
    differences = [there - here for here, there in zip(original, copied, strict=True)]
    if max(differences) - min(differences) > _ROUNDING_US:
        raise BadInput("media.remux_differs", file=path.name, original=len(original), copy=len(copied))
    return sorted(differences)[len(differences) // 2]
