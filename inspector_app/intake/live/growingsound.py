"""Child process: lays the sound of a capture's newest parts onto a 16 kHz WAV that grows, for those who listen while the recording runs.

Part by part it writes the very samples that the finished recording's own extraction gives. The originals are only read.
"""

import os
from pathlib import Path
from typing import Any, BinaryIO

from av.error import FFmpegError

from inspector_app.domain.errors import BadInput
from inspector_app.domain.work import Channel
from inspector_app.media.sound import SoundLine, sound_of
from inspector_app.media.timeline import Timeline

from .wavfront import HEADER, RATE, WIDTH, header


def run(spec: dict[str, Any], channel: Channel) -> dict[str, Any]:
    """`spec`: wav (path), timeline (`Timeline.as_spec` of the new parts alone), samples (that the file holds for the parts before).

    What the file holds beyond `samples` is left from a run that was killed, and is written anew. Returns samples. Raises BadInput
    `media.audio_undecodable`; OSError when the disk refuses.
    """
    path = Path(spec["wav"])
    timeline = Timeline.from_spec(spec["timeline"])
    known = int(spec["samples"])
    if not path.exists():
        path.write_bytes(header(0))
    with path.open("r+b") as file:
        file.truncate(HEADER + known * WIDTH)
        file.seek(0, os.SEEK_END)
        line = SoundLine(lambda data: _append(file, data), RATE, "mono", written=known)
        try:
            sound_of(timeline, line, check=channel.check)
        except FFmpegError as cause:
            raise BadInput("media.audio_undecodable", file=timeline.parts[0].path.name) from cause
    return {"samples": line.written}


def _append(file: BinaryIO, data: bytes) -> None:
    file.write(data)
