"""What a recording is: container by content, streams, true duration, and everything a person should be warned of.

Durations and rates come from the packets; what the header claims is kept beside them. It refuses what is not a recording and never
alters the file.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

from av.audio.stream import AudioStream
from av.container import InputContainer
from av.error import FFmpegError
from av.stream import Stream
from av.video.stream import VideoStream

from inspector_app.domain.errors import BadInput
from inspector_app.domain.timebase import SECOND, Micros, format_clock
from inspector_app.media.container import content_type, is_picture_track, main_audio, main_video, open_media
from inspector_app.media.picture import rotation_of
from inspector_app.media.scan import Scan, StreamScan, scan_packets
from inspector_app.media.structure import Structure, read_structure

#: Containers whose header states a duration worth comparing; elsewhere FFmpeg only estimates one.
_STATES_DURATION = {"mp4", "matroska", "flv", "avi", "asf"}
#: Containers so loosely marked that noise can pass for one; if nothing decodes it was not media.
_LOOSE = {"mp3", "aac", "mpeg", "amr"}
#: Packets tried before a stream is called undecodable.
_TRIED = 400


@dataclass(frozen=True)
class Warned:
    """Something a person should know: a code with its facts, worded by the window or the command line."""

    code: str
    facts: dict[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True)
class StreamFacts:
    """One stream. Times are microseconds from the recording's zero; rates and bases are `n/d`; what does not apply is None."""

    index: int
    kind: str
    codec: str
    time_base: str
    start_us: Micros | None = None
    duration_us: Micros | None = None
    packets: int = 0
    width: int | None = None
    height: int | None = None
    #: clockwise degrees the picture must be turned, and whether it is mirrored before
    rotation: int | None = None
    mirrored: bool | None = None
    pixel_format: str | None = None
    pixel_aspect: str | None = None
    average_rate: str | None = None
    header_rate: str | None = None
    sample_rate: int | None = None
    channels: int | None = None
    language: str | None = None


@dataclass(frozen=True)
class Probe:
    """A recording's facts. `zero_us` is the recording's zero on the container's clock: recording time = pts - zero (see `Scan`)."""

    container: str
    type: str
    bytes: int
    zero_us: Micros
    container_start_us: Micros | None
    duration_us: Micros
    header_duration_us: Micros | None
    #: `portrait`, `landscape` or `square` as displayed; None without picture
    orientation: str | None
    video_index: int | None
    audio_index: int | None
    streams: tuple[StreamFacts, ...]
    warnings: tuple[Warned, ...]

    def to_json(self) -> dict[str, Any]:
        """The same as JSON values (integers, strings, booleans, null, lists, objects)."""
        return asdict(self) | {
            "streams": [asdict(stream) for stream in self.streams],
            "warnings": [asdict(warning) for warning in self.warnings],
        }

    @staticmethod
    def from_json(data: dict[str, Any]) -> "Probe":
        """What `to_json` made, read back."""
        return Probe(
            **data
            | {
                "streams": tuple(StreamFacts(**stream) for stream in data["streams"]),
                "warnings": tuple(Warned(**warning) for warning in data["warnings"]),
            }
        )


def scan_recording(path: Path, on_progress: Callable[[int], None] | None = None) -> Scan:
    """`scan_packets` for a file from outside: raises BadInput `import.empty`, `import.not_media` or `import.no_moov` when it is not one."""
    if path.stat().st_size == 0:
        raise BadInput("import.empty", file=path.name)
    try:
        return scan_packets(path, on_progress)
    except FFmpegError as error:
        raise _refusal(path, read_structure(path)) from error


def probe(path: Path, scan: Scan | None = None) -> Probe:
    """Examines a recording; `scan` (from `scan_recording`) spares a second reading of the packets where the caller has one.

    Raises BadInput `import.empty`, `import.not_media`, `import.no_moov` or `import.no_streams`; OSError when the file cannot be read.
    """
    scan = scan or scan_recording(path)
    size = path.stat().st_size
    structure = read_structure(path)
    container = open_media(path)
    with container:
        if not scan.streams:
            raise BadInput("import.no_streams", file=path.name)
        kind = content_type(container)
        heads = {index: _first_frame(path, index) for index in scan.streams}
        if not any(scan.streams[index].pts for index in heads) or (kind in _LOOSE and not any(head is not None for head in heads.values())):
            raise BadInput("import.not_media", file=path.name)
        video, audio = main_video(container), main_audio(container)
        streams = tuple(_facts(stream, scan, heads.get(stream.index)) for stream in container.streams)
        main = next((facts for facts in streams if video and facts.index == video.index), None)
        header_us = container.duration if kind in _STATES_DURATION else None
        return Probe(
            container=container.format.name,
            type=kind,
            bytes=size,
            zero_us=scan.zero_us,
            container_start_us=container.start_time,
            duration_us=scan.duration_us,
            header_duration_us=header_us,
            orientation=_orientation(main) if main else None,
            video_index=video.index if video else None,
            audio_index=audio.index if audio else None,
            streams=streams,
            warnings=tuple(_warnings(container, scan, structure, size, heads)),
        )


def _refusal(path: Path, structure: Structure) -> BadInput:
    if structure.kind == "mp4" and "moov" not in structure.boxes and structure.boxes & {"ftyp", "mdat", "moof", "styp"}:
        return BadInput("import.no_moov", file=path.name)
    return BadInput("import.not_media", file=path.name)


@dataclass(frozen=True)
class _Head:
    rotation: int = 0
    mirrored: bool = False


def _first_frame(path: Path, index: int) -> _Head | None:
    """Decodes a stream up to its first frame, from a fresh start; None when the first packets give none."""
    with open_media(path) as container:
        stream = container.streams[index]
        try:
            for tried, packet in enumerate(container.demux(stream)):
                if tried > _TRIED:
                    return None
                try:
                    frames = packet.decode()
                except FFmpegError:
                    continue
                if frames:
                    return _Head(*rotation_of(frames[0])) if isinstance(stream, VideoStream) else _Head()  # type: ignore[arg-type]
        except FFmpegError:
            return None
    return None


def _rate(value: Fraction | None) -> str | None:
    return f"{value.numerator}/{value.denominator}" if value else None


def _measured_rate(scan: StreamScan) -> Fraction | None:
    """Frames per second over the whole stream, by packets: intervals counted over the time they span."""
    span = (max(scan.pts) - min(scan.pts)) * scan.base if scan.pts else Fraction(0)
    return (len(scan.pts) - 1) / span if span else None


def _facts(stream: Stream, scan: Scan, head: _Head | None) -> StreamFacts:
    packets = scan.streams.get(stream.index)
    base = _rate(stream.time_base) or "1/1000000"
    codec = stream.codec_context.name if stream.codec_context else "unknown"
    if packets is None:
        return StreamFacts(stream.index, stream.type, codec, base, language=stream.language)
    start, end = packets.start_us(), packets.end_us()
    facts: dict[str, Any] = {
        "start_us": None if start is None else start - scan.zero_us,
        "duration_us": None if start is None or end is None else end - start,
        "packets": len(packets.pts),
        "language": stream.language,
    }
    if isinstance(stream, VideoStream):
        facts |= {
            "width": stream.codec_context.width,
            "height": stream.codec_context.height,
            "rotation": head.rotation if head else 0,
            "mirrored": head.mirrored if head else False,
            "pixel_format": stream.codec_context.pix_fmt,
            "pixel_aspect": _rate(stream.sample_aspect_ratio) or "1/1",
            "average_rate": _rate(_measured_rate(packets)),
            "header_rate": _rate(stream.average_rate),
        }
    elif isinstance(stream, AudioStream):
        facts |= {"sample_rate": stream.codec_context.sample_rate, "channels": stream.codec_context.channels}
    return StreamFacts(stream.index, stream.type, codec, base, **facts)


def _orientation(facts: StreamFacts) -> str:
    width, height = facts.width or 0, facts.height or 0
    if facts.rotation in (90, 270):
        width, height = height, width
    return "square" if width == height else "portrait" if height > width else "landscape"


def _warnings(container: InputContainer, scan: Scan, structure: Structure, size: int, heads: dict[int, _Head | None]) -> list[Warned]:
    kind = content_type(container)
    found: list[Warned] = []
    video, audio = main_video(container), main_audio(container)
    if video is None:
        found.append(Warned("import.no_video"))
    if audio is None:
        found.append(Warned("import.no_audio"))
    last = format_clock(scan.duration_us)
    if structure.declared > size:
        found.append(Warned("import.truncated", {"last_good": last, "bytes": size, "missing_bytes": structure.declared - size}))
    header_us = container.duration if kind in _STATES_DURATION else None
    if header_us is not None and abs(header_us - scan.duration_us) > max(SECOND, scan.duration_us // 100):
        found.append(Warned("import.duration_header", {"header": format_clock(header_us), "measured": last}))
    if video is not None and (prefix := _prefix_us(scan.streams[video.index])):
        found.append(Warned("import.undecodable_prefix", {"length": format_clock(prefix), "length_us": prefix}))
    for index, stream in scan.streams.items():
        if heads[index] is None:
            codec = container.streams[index].codec_context
            found.append(Warned("import.undecodable", {"stream": index, "codec": codec.name if codec else "unknown"}))
        if stream.restarts:
            found.append(Warned("import.clock_restart", {"stream": index, "count": stream.restarts}))
        if stream.corrupt:
            found.append(Warned("import.corrupt_packets", {"stream": index, "count": stream.corrupt}))
    if scan.read_errors:
        found.append(Warned("import.read_gaps", {"count": scan.read_errors}))
    if sum(is_picture_track(stream) for stream in container.streams) > 1 or len(container.streams.audio) > 1:
        found.append(Warned("import.several_tracks", {"video": len(container.streams.video), "audio": len(container.streams.audio)}))
    return found


def _prefix_us(scan: StreamScan) -> Micros:
    """How long the picture cannot be decoded at the start because recording began between two key frames."""
    first_key = scan.key.find(1)
    if first_key <= 0:
        return 0
    ticks = scan.pts[first_key] - min(scan.pts[:first_key])
    return max(0, int(ticks * scan.base * SECOND))
