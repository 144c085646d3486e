"""The recording's sound as the models need it: 16 kHz, mono, 16 bit, on the recording's own timeline, whatever files it is made of.

Sample n is what is heard at recording time n/16000 s: late starts and gaps become silence, overlaps are cut, so that a word's time in
the transcript is its time in the recording. Memory stays the same for minutes and for hours. It never touches the original.
"""

import hashlib
import wave
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from inspector_app.domain.errors import BadInput
from inspector_app.domain.timebase import SECOND, Interval, Micros
from inspector_app.media.container import TOOL, TOOL_VERSION
from inspector_app.media.sound import TOLERANCE_US, SoundLine, sound_of
from inspector_app.media.timeline import Timeline

RATE = 16_000
#: A WAV file counts its bytes in 32 bits: 37 hours at this rate.
_LONGEST = (2**32 - 4096) // 2


@dataclass(frozen=True)
class AudioDerivative:
    """The written file; `samples` at `RATE`; `silences` are the stretches the recording had no sound for."""

    path: Path
    sha256: str
    bytes: int
    samples: int
    silences: tuple[Interval, ...]
    tool: str
    version: str
    settings: dict[str, str | int]


def extract_audio(
    timeline: Timeline,
    out: Path,
    *,
    on_progress: Callable[[Micros], None] = lambda _: None,
    check: Callable[[], None] = lambda: None,
) -> AudioDerivative:
    """Writes the first sound track of every part to the WAV file `out`, silence where there is none.

    `on_progress` is told the recording time reached about once a second of sound; `check` is called at least as often and may raise to
    stop, in which case nothing is left at `out`. Raises BadInput `media.no_audio`, `media.audio_undecodable` or `media.audio_too_long`;
    OSError when the disk refuses.
    """
    name = timeline.parts[0].path.name if timeline.parts else ""
    partial = out.with_name(out.name + ".partial")
    told = 0
    try:
        with partial.open("wb") as raw, wave.open(raw, "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE)

            def write(data: bytes) -> None:
                nonlocal told
                if line.written + len(data) // 2 > _LONGEST:
                    raise BadInput("media.audio_too_long", file=name)
                check()
                file.writeframesraw(data)
                if line.written - told >= RATE:
                    told = line.written
                    on_progress(told * SECOND // RATE)

            line = SoundLine(write, RATE, "mono")
            tracks = sound_of(timeline, line, check=check)
        if not tracks:
            raise BadInput("media.no_audio", file=name)
        if line.heard == 0:
            raise BadInput("media.audio_undecodable", file=name)
        partial.replace(out)
    finally:
        partial.unlink(missing_ok=True)
    with out.open("rb") as done:
        digest = hashlib.file_digest(done, "sha256").hexdigest()
    settings: dict[str, str | int] = {"rate": RATE, "channels": 1, "bits": 16, "tolerance_us": TOLERANCE_US, "resyncs": line.resyncs}
    return AudioDerivative(out, digest, out.stat().st_size, line.written, tuple(line.silences), TOOL, TOOL_VERSION, settings)
