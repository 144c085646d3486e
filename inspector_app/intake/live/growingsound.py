"""Child process: lays the sound of a capture's newest parts onto a 16 kHz WAV that grows, for those who listen while the recording runs.

It writes the very samples that the finished recording's own extraction gives, and writes none twice. Sound near the newest part's end may
still be told otherwise by the part after it, so the last moment of it waits for that part. The originals are only read.
"""

import os
from pathlib import Path
from typing import Any

from av.error import FFmpegError

from inspector_app.domain.errors import BadInput
from inspector_app.domain.timebase import SECOND
from inspector_app.domain.work import Channel
from inspector_app.media.sound import SEAM_US, SoundLine, laying_part
from inspector_app.media.timeline import Timeline

from .wavfront import HEADER, RATE, WIDTH, header


def run(spec: dict[str, Any], channel: Channel) -> dict[str, Any]:
    """`spec`: wav (path), timeline (`Timeline.as_spec`) with the parts to lay from number `first` on (0, or 1 where the one before them is given
    too), samples and sound_to (of the line before the first of them), over (whether no part comes after them).

    Returns `settled` (how many of the parts laid need not be given again), samples and sound_to of the line before the first that must be, and
    `heard` (samples in the file). Raises BadInput `media.audio_undecodable`; OSError when the disk refuses.
    """
    path, timeline = Path(spec["wav"]), Timeline.from_spec(spec["timeline"])
    if not path.exists():
        path.write_bytes(header(0))
    with path.open("r+b") as file:
        have = (file.seek(0, os.SEEK_END) - HEADER) // WIDTH
        file.seek(HEADER + have * WIDTH)  # a killed run may have left half a sample
        sure = None if spec["over"] else max(have, (timeline.parts[-1].end_us - SEAM_US) * RATE // SECOND)

        def emit(data: bytes) -> None:
            """Only what the file does not hold yet, and not more than is sure."""
            at = line.written
            file.write(data[max(0, have - at) * WIDTH : None if sure is None else max(0, sure - at) * WIDTH])

        line = SoundLine(emit, RATE, "mono", written=int(spec["samples"]), sound_to=spec["sound_to"])
        first, before = int(spec["first"]), [(line.written, line.sound_to)]
        try:
            for number in range(first, len(timeline.parts)):
                for _ in laying_part(timeline, number, line):
                    channel.check()
                before.append((line.written, line.sound_to))
        except FFmpegError as cause:
            raise BadInput("media.audio_undecodable", file=timeline.parts[first + len(before) - 1].path.name) from cause
        heard = max(have, line.written if sure is None else min(line.written, sure))
    settled = len(before) - 1 if spec["over"] else max(place for place, (samples, _) in enumerate(before[:-1]) if samples <= heard)
    return {"settled": settled, "samples": before[settled][0], "sound_to": before[settled][1], "heard": heard}
