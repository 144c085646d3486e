"""Opening a recording with PyAV, always the same careful way.

Only containers a recording can be in are allowed, and only the file itself: a playlist renamed `.mp4` must not make the program
read other files or open a connection. Nothing here decodes or judges.
"""

from fractions import Fraction
from pathlib import Path

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.stream import Disposition, Stream
from av.video.stream import VideoStream

#: FFmpeg's demuxer names, by the word used for them in the product ("type by content").
TYPES = {
    "mov": "mp4",
    "matroska": "matroska",
    "flv": "flv",
    "live_flv": "flv",
    "mpegts": "mpegts",
    "mpeg": "mpeg",
    "avi": "avi",
    "asf": "asf",
    "mp3": "mp3",
    "aac": "aac",
    "wav": "wav",
    "w64": "wav",
    "ogg": "ogg",
    "flac": "flac",
    "amr": "amr",
    "caf": "caf",
}
_OPTIONS = {"format_whitelist": ",".join([*TYPES, "mp4", "m4a", "3gp", "3g2", "mj2", "webm"]), "protocol_whitelist": "file"}

#: Names the library, for the record of how a derivative was made.
TOOL = "PyAV"
TOOL_VERSION = f"{av.__version__}, libavformat {'.'.join(map(str, av.library_versions['libavformat']))}"


def open_media(path: Path) -> InputContainer:
    """Opens a recording for reading; raises av.error.FFmpegError when it is not one. Tags in another encoding are kept readable."""
    return av.open(f"file:{path.absolute()}", "r", options=_OPTIONS, metadata_errors="replace")


def content_type(container: InputContainer) -> str:
    """The container by content, in the words of `TYPES`; FFmpeg's own name where it has no such word."""
    return TYPES.get(container.format.name.split(",")[0], container.format.name)


def is_picture_track(stream: Stream) -> bool:
    """Whether a stream is moving picture: a cover or a thumbnail stored as video is not."""
    return isinstance(stream, VideoStream) and not stream.disposition & (Disposition.attached_pic | Disposition.timed_thumbnails)


def main_video(container: InputContainer) -> VideoStream | None:
    """The first moving-picture stream."""
    return next((stream for stream in container.streams.video if is_picture_track(stream)), None)


def main_audio(container: InputContainer) -> AudioStream | None:
    """The first sound stream."""
    return next(iter(container.streams.audio), None)


def base_of(stream: Stream) -> Fraction:
    """The stream's time base in seconds per tick."""
    return stream.time_base or Fraction(1, 1_000_000)
