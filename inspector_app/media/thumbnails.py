"""A small picture of a recording for lists of recent work. Quick, not exact: never evidence."""

import hashlib
from pathlib import Path

from av.error import FFmpegError
from av.video.frame import VideoFrame

from inspector_app.domain.errors import BadInput
from inspector_app.domain.timebase import Micros, to_ticks
from inspector_app.media.container import base_of, main_video, open_media
from inspector_app.media.picture import picture

LONGEST_SIDE = 480
_QUALITY = 82


def write_poster(path: Path, out: Path, zero_us: Micros, duration_us: Micros) -> str:
    """Writes a JPEG of about a tenth into the recording, at most `LONGEST_SIDE` pixels a side; returns its SHA-256.

    Raises BadInput `media.no_video` without picture, `media.frame_undecodable` when none decodes; OSError when the disk refuses.
    """
    frame = _some_frame(path, zero_us + duration_us // 10) or _some_frame(path, None)
    if frame is None:
        raise BadInput("media.frame_undecodable", file=path.name, at_us=0)
    image = picture(frame)
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    image.save(out, format="JPEG", quality=_QUALITY)
    return hashlib.sha256(out.read_bytes()).hexdigest()


def _some_frame(path: Path, near_us: Micros | None) -> VideoFrame | None:
    """The first frame that decodes after seeking near a time on the container's clock (None: from the beginning)."""
    with open_media(path) as container:
        video = main_video(container)
        if video is None:
            raise BadInput("media.no_video", file=path.name)
        try:
            if near_us is not None:
                container.seek(to_ticks(near_us, base_of(video)), stream=video)
            for packet in container.demux(video):
                try:
                    frames = packet.decode()
                except FFmpegError:
                    continue
                if frames:
                    return frames[0]
        except FFmpegError:
            return None
    return None
