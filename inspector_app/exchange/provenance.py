"""What every export says of the transcript it was made from: that a machine wrote it, which one, when, how much of the speech has text, and
how much a person has checked. An export without this is not made.
"""

from dataclasses import dataclass
from typing import Any

MACHINE = "机器转写文本，须与录制件核对 · Machine transcript, to be checked against the recording"
FILE = "取自字幕文件，须与录制件核对 · Taken from a subtitle file, to be checked against the recording"
NONE = "没有文字记录 · No transcript"


@dataclass(frozen=True)
class Provenance:
    """Where a recording's text comes from. `machine` is 0 for the text of a subtitle file; an empty `engine` means there is no text.

    `share_pm` is speech with text, `checked_pm` text checked by a person, in per mille; None where it cannot be known.
    """

    recording: str
    recording_sha256: str
    engine: str = ""
    model: str = ""
    model_sha256: str = ""
    made_at: str = ""
    machine: bool = True
    complete: bool = True
    share_pm: int | None = None
    checked_pm: int | None = None
    checked: int = 0
    segments: int = 0

    @property
    def notice(self) -> str:
        if not self.engine:
            return NONE
        return MACHINE if self.machine else FILE

    def fields(self) -> dict[str, Any]:
        """For a JSON document."""
        return {
            "notice": self.notice,
            "recording": self.recording,
            "recording_sha256": self.recording_sha256,
            "engine": self.engine,
            "model": self.model,
            "model_sha256": self.model_sha256,
            "made_at": self.made_at,
            "complete": self.complete,
            "coverage_pm": self.share_pm,
            "checked_pm": self.checked_pm,
            "checked_segments": self.checked,
            "segments": self.segments,
        }

    def lines(self) -> list[str]:
        """For a person, the notice first; each line in Chinese and English, without line breaks or arrows of subtitle files."""
        found = [self.notice, f"录制件 recording: {self.recording} · SHA-256 {self.recording_sha256}"]
        if self.engine:
            model = f"{self.model} · SHA-256 {self.model_sha256}" if self.model_sha256 else self.model or "—"
            found += [
                f"引擎 engine: {self.engine} · 模型 model: {model}",
                f"转写时间 made: {self.made_at}" + ("" if self.complete else " · 尚未完成 not finished"),
                (
                    f"有文字的语音 speech with text: {_share(self.share_pm)} · "
                    f"已由人核对 checked by a person: {_share(self.checked_pm)} ({self.checked}/{self.segments})"
                ),
            ]
        return [" ".join(line.replace("-->", "→").split()) for line in found]


def _share(pm: int | None) -> str:
    return "未知 unknown" if pm is None else f"{pm / 10:.1f} %"
