"""Child process: makes the 16 kHz audio derivative of a recording. The original is only read."""

from pathlib import Path
from typing import Any

from av.error import FFmpegError

from inspector_app.domain.errors import BadInput
from inspector_app.domain.work import Channel

from .audio import extract_audio
from .timeline import Timeline


def run(spec: dict[str, Any], channel: Channel) -> dict[str, Any]:
    """Spec: case (folder), timeline (`Timeline.as_spec`), target (relative to the case), duration_us. Sends one item `derivative`.

    A killed run leaves nothing that looks finished. Raises BadInput; a full disk as OSError.
    """
    folder = Path(spec["case"])
    target = folder / spec["target"]
    target.parent.mkdir(exist_ok=True)
    timeline = Timeline.from_spec(spec["timeline"])
    for part in timeline.parts:
        if not part.path.is_file():
            raise BadInput("import.original_missing", file=part.path.name)
    try:
        made = extract_audio(
            timeline,
            target,
            on_progress=lambda at: channel.progress(at, spec["duration_us"], "us"),
            check=channel.check,
        )
    except FFmpegError as cause:
        raise BadInput("media.audio_undecodable", file=timeline.parts[0].path.name) from cause
    channel.item(
        "derivative",
        path=spec["target"],
        sha256=made.sha256,
        bytes=made.bytes,
        offset_us=0,
        tool=made.tool,
        version=made.version,
        settings={**made.settings, "silences": [[span.start_us, span.end_us] for span in made.silences]},
    )
    return {"samples": made.samples}
