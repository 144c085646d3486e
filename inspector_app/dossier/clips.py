"""Playable clips of the findings for the web edition: cut from the original packet by packet where a browser plays its codecs, else encoded.

A clip is a derivative for listening and looking, never the evidence: it carries its digest and how it was made. Cut by packets it begins at
the key frame before the moment asked for; encoded anew it says so. The original is only read.
"""

import hashlib
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import av
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer
from av.error import FFmpegError
from av.stream import Stream
from av.video.stream import VideoStream

from inspector_app.domain.errors import BadInput
from inspector_app.domain.timebase import SECOND, to_micros, to_ticks
from inspector_app.media.container import TOOL, TOOL_VERSION, base_of, main_audio, main_video, open_media
from inspector_app.media.picture import fitted, picture
from inspector_app.media.timeline import TimelinePart

Json = dict[str, Any]
#: Containers that every browser plays, with the codecs they may hold there.
PLAYED: Final = {
    "mp4": (frozenset({"h264", "av1"}), frozenset({"aac", "mp3", "opus"})),
    "webm": (frozenset({"vp8", "vp9", "av1"}), frozenset({"opus", "vorbis"})),
}
_LONG_SIDE: Final = 960
_SHORT_SIDE: Final = 540
_BITS: Final = 1_200_000
_MILLI: Final = Fraction(1, 1000)
_SOUND_RATE: Final = 48_000


def cut(part: TimelinePart, start_us: int, end_us: int, folder: Path, name: str, check: Callable[[], None] = lambda: None) -> Json:
    """Cuts `start_us`–`end_us` of the recording (within `part`) into `folder/name.mp4` or `.webm`.

    Returns {file, bytes, sha256, start_us, end_us, method: packets | encoded, tool, version, codecs}; `start_us` is where it really begins.
    `check` may raise to stop; nothing is left then. Raises BadInput `dossier.clip_unreadable`, OSError when the disk refuses.
    """
    start_us, end_us = max(start_us, part.start_us), min(end_us, part.end_us)
    try:
        with open_media(part.path) as source:
            video, audio = main_video(source), main_audio(source)
            chosen: list[Stream] = [stream for stream in (video, audio) if stream is not None]
            if not chosen:
                raise BadInput("dossier.clip_unreadable", file=part.path.name, cause="-")
            form = _container(video, audio)
            path = folder / f"{name}.{form or 'webm'}"
            partial = path.with_name(path.name + ".partial")
            try:
                span = (part.container_us(start_us), part.container_us(end_us))
                began = (
                    _copied(source, chosen, partial, form, span, check) if form else _encoded(source, video, audio, partial, span, check)
                )
                partial.replace(path)
            finally:
                partial.unlink(missing_ok=True)
            codecs = [stream.codec_context.name for stream in chosen]
    except (FFmpegError, ValueError) as cause:
        raise BadInput("dossier.clip_unreadable", file=part.path.name, cause=str(cause)[:200]) from cause
    content = path.read_bytes()
    return {
        "file": path.name,
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "start_us": part.recording_us(began),
        "end_us": end_us,
        "method": "packets" if form else "encoded",
        "tool": TOOL,
        "version": TOOL_VERSION,
        "codecs": codecs,
    }


def _container(video: VideoStream | None, audio: AudioStream | None) -> str:
    """The container in which a browser plays these streams as they are; "" where none does."""
    for form, (pictures, sounds) in PLAYED.items():
        if (video is None or video.codec_context.name in pictures) and (audio is None or audio.codec_context.name in sounds):
            return form
    return ""


def _sought(source: InputContainer, stream: Stream, at_us: int) -> None:
    source.seek(max(0, to_ticks(at_us, base_of(stream))), stream=stream)


def _copied(source: InputContainer, chosen: list[Stream], target: Path, form: str, span: tuple[int, int], check: Callable[[], None]) -> int:
    """Copies packets from the key frame at or before the start; returns the container's time at which the clip begins."""
    start, end = span
    lead = chosen[0]
    _sought(source, lead, start)
    began: int | None = None
    last: dict[int, int] = {}
    with av.open(str(target), "w", format=form, options={"fflags": "+bitexact", "movflags": "+faststart"}) as out:
        outputs = {stream.index: out.add_stream_from_template(stream) for stream in chosen}
        over: set[int] = set()
        for packet in source.demux(*chosen):
            check()
            if packet.size == 0 or packet.dts is None or packet.pts is None:
                continue
            index, base = packet.stream_index, base_of(packet.stream)
            at = to_micros(packet.pts, base)
            if began is None:
                if packet.stream is not lead or not packet.is_keyframe:
                    continue
                began = at
            if to_micros(packet.dts, base) > end:
                over.add(index)
                if len(over) == len(chosen):
                    break
                continue
            if index in over or at < began or packet.dts <= last.get(index, packet.dts - 1):
                continue
            last[index] = packet.dts
            shift = to_ticks(began, base)
            packet.pts, packet.dts = packet.pts - shift, packet.dts - shift
            packet.stream = outputs[index]
            out.mux_one(packet)
    if began is None:
        raise ValueError("no key frame")
    return began


def _encoded(
    source: InputContainer,
    video: VideoStream | None,
    audio: AudioStream | None,
    target: Path,
    span: tuple[int, int],
    check: Callable[[], None],
) -> int:
    """Encodes the stretch as VP8 and Opus, small enough to be quick; returns the container's time at which the clip begins."""
    start, end = span
    lead = video or audio
    assert lead is not None
    _sought(source, lead, start)
    with av.open(str(target), "w", format="webm", options={"fflags": "+bitexact"}) as out:
        picture_out = _picture_stream(out, video) if video is not None else None
        sound_out = out.add_stream("libopus", rate=_SOUND_RATE) if audio is not None else None
        resampler = AudioResampler(format="s16", layout="stereo", rate=_SOUND_RATE)
        sounded = 0
        for packet in source.demux([one for one in (video, audio) if one is not None]):
            check()
            if packet.pts is not None and to_micros(packet.pts, base_of(packet.stream)) > end + SECOND:
                break
            for frame in packet.decode():
                if not isinstance(frame, av.VideoFrame | av.AudioFrame) or frame.pts is None or frame.time_base is None:
                    continue
                at = to_micros(frame.pts, frame.time_base)
                if not start <= at <= end:
                    continue
                if isinstance(frame, av.VideoFrame) and picture_out is not None:
                    shown = _shrunk(frame, picture_out)
                    shown.pts, shown.time_base = (at - start) // 1000, _MILLI
                    out.mux(picture_out.encode(shown))
                elif isinstance(frame, av.AudioFrame) and sound_out is not None:
                    for piece in resampler.resample(frame):
                        piece.pts, piece.time_base = sounded, Fraction(1, _SOUND_RATE)
                        sounded += piece.samples
                        out.mux(sound_out.encode(piece))
        for stream in (picture_out, sound_out):
            if stream is not None:
                out.mux(stream.encode(None))
    return start


def _shrunk(frame: av.VideoFrame, stream: VideoStream) -> av.VideoFrame:
    """The picture as it is shown, turned and in the size of the clip."""
    made: av.VideoFrame = av.VideoFrame.from_image(picture(frame).resize((stream.width, stream.height)))  # type: ignore[no-untyped-call]
    return made


def _picture_stream(out: OutputContainer, video: VideoStream) -> VideoStream:
    stream = out.add_stream("libvpx", rate=30, options={"deadline": "realtime", "cpu-used": "8"})
    assert isinstance(stream, VideoStream)
    portrait = video.height > video.width
    width, height = fitted(video.width, video.height, *((_SHORT_SIDE, _LONG_SIDE) if portrait else (_LONG_SIDE, _SHORT_SIDE)))
    stream.width, stream.height, stream.pix_fmt = max(2, width & ~1), max(2, height & ~1), "yuv420p"
    stream.codec_context.time_base = _MILLI
    stream.bit_rate = _BITS
    return stream
