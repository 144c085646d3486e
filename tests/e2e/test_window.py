"""The real window in a real X server, driven with real keys: leads are ruled on, a finding is tapped, undone and made again; nothing is lost."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ..patience import until  # noqa: TID252
from .screen import Window

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "resources" / "demo"
NUMBER = "窗〔2026〕1号"


def inspector(*words: str | Path) -> dict[str, Any]:
    done = subprocess.run([sys.executable, "-m", "inspector_app", *map(str, words), "--json"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def clock(micros: int) -> str:
    millis = micros // 1000
    return f"{millis // 3_600_000:02d}:{millis // 60_000 % 60:02d}:{millis // 1000 % 60:02d},{millis % 1000:03d}"


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample with its reference sentences as subtitles (no recogniser needed here) and its leads."""
    folder = tmp_path_factory.mktemp("窗口 测试")
    key = json.loads((DEMO / "key.json").read_text(encoding="utf-8"))
    cues = [f"{n}\n{clock(s['start_us'])} --> {clock(s['end_us'])}\n{s['text']}\n" for n, s in enumerate(key["sentences"], 1)]
    (folder / "示例.srt").write_text("\n".join(cues), encoding="utf-8")
    path = folder / "案件"
    officers = ["--officer", "甲:示-1", "--officer", "乙:示-2"]
    inspector("case", "new", path, "--number", NUMBER, "--cause", "示例", "--party", "示例店", *officers)
    inspector("import", path, DEMO / "live_room.mp4", "--started-at", "2026-06-01T20:00:00+08:00")
    inspector("import", path, folder / "示例.srt")
    assert len(inspector("leads", path)["leads"]) >= 8
    return path


def acts(case: Path) -> list[str]:
    return [row["act"] for row in inspector("journal", case)["rows"]]


def test_that_leads_and_findings_are_ruled_with_keys_alone(case: Path, display: str, tmp_path: Path) -> None:
    before = len(acts(case))
    window = Window(display, tmp_path, case, title=NUMBER)

    def new_acts() -> list[str]:
        return [act for act in acts(case)[before:] if not act.startswith(("job.", "exhibit."))]

    def has(*wanted: str) -> Callable[[], bool]:
        return lambda: new_acts() == list(wanted)

    window.press("ctrl+2", "Tab", "Return")
    until(has("lead.accept"), "the accepted lead")
    window.press("Tab", "x", "1")
    until(has("lead.accept", "lead.reject"), "the rejected lead")
    window.press("Down", "Down", "1")
    until(has("lead.accept", "lead.reject", "finding.add"), "the tapped finding")
    window.press("ctrl+z")
    until(has("lead.accept", "lead.reject", "finding.add", "undo"), "the undo")
    window.press("ctrl+shift+z")
    until(has("lead.accept", "lead.reject", "finding.add", "undo", "redo"), "the redo")
    window.press("ctrl+e")
    until(has("lead.accept", "lead.reject", "finding.add", "undo", "redo", "dossier.build"), "the dossier")
    assert window.close() == 0  # under the preview, which is being drawn: that must end well too
    assert inspector("verify", case)["ok"] is True
    findings = inspector("finding", "list", case)["findings"]
    assert len(findings) == 2
    assert all(finding["quote"] for finding in findings)


def test_that_a_window_killed_at_once_loses_nothing(case: Path, display: str, tmp_path: Path) -> None:
    before = len(acts(case))
    window = Window(display, tmp_path, case, title=NUMBER)
    window.press("ctrl+2", "Down", "2")
    until(lambda: "finding.add" in acts(case)[before:], "the finding")
    window.process.kill()
    window.process.wait()
    assert inspector("verify", case)["ok"] is True
    assert "finding.add" in acts(case)[before:]
