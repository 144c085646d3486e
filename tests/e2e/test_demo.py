"""The main job on the shipped sample, as a person runs it: one line, real recogniser, real OCR, real PDF, real verification."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pypdf
import pytest

from ..patience import PATIENCE_S  # noqa: TID252

pytestmark = [pytest.mark.model, pytest.mark.slow, pytest.mark.timeout(1500)]

KEY = json.loads((Path(__file__).parents[2] / "resources" / "demo" / "key.json").read_text(encoding="utf-8"))


def inspector(*words: str | Path, expect: int = 0) -> dict[str, Any]:
    """Runs the command line with --json; returns its document."""
    command = [sys.executable, "-m", "inspector_app", *map(str, words), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == expect, done.stderr
    return dict(json.loads(done.stdout))


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The sample's case, made once, in a folder with blanks, Chinese and an emoji in its name."""
    return inspector("demo", "--headless", "--out", tmp_path_factory.mktemp("示例 案件 😀"))


def test_that_the_sample_ends_in_a_verified_dossier(demo: dict[str, Any]) -> None:
    assert demo["verified"] is True
    assert demo["problems"] == []
    assert Path(demo["dossier"]).is_file()
    assert [stage["stage"] for stage in demo["stages"]] == [
        "case", "import", "transcribe", "read-screen", "leads", "findings", "dossier", "verify",
    ]  # fmt: skip


def test_that_the_recogniser_hears_the_sample(demo: dict[str, Any]) -> None:
    assert demo["segments"] >= 15
    assert demo["score"]["cer_pm"] <= 180


def test_that_the_leads_meet_the_planted_breaches(demo: dict[str, Any]) -> None:
    score = demo["score"]
    assert score["met"] >= 0.85 * score["breaches"], score["missed"]
    assert int(score["precision"]) >= 80, score
    assert score["near_misses_hit"] <= 1


def test_that_every_finding_has_its_bundle(demo: dict[str, Any]) -> None:
    findings = inspector("finding", "list", demo["case"])["findings"]
    assert len(findings) == demo["findings"] >= 8
    assert len({article.rpartition("-")[0] for finding in findings for article in finding["articles"]}) >= 5
    for finding in findings:
        stills = [exhibit for exhibit in finding["exhibits"] if exhibit["kind"] == "still"]
        assert len(stills) == 1
        assert re.fullmatch(r"[0-9a-f]{64}", stills[0]["sha256"])


def test_that_the_dossier_reads_back_what_the_case_holds(demo: dict[str, Any]) -> None:
    reader = pypdf.PdfReader(demo["dossier"])
    text = "".join(page.extract_text() for page in reader.pages)
    bare = re.sub(r"\s+", "", text)
    assert len(reader.pages) == demo["pages"]
    assert KEY["sha256"] in bare
    assert demo["journal_head"][:16] in bare
    for finding in inspector("finding", "list", demo["case"])["findings"]:
        assert re.sub(r"\s+", "", finding["quote"])[:12] in bare


def test_that_a_flipped_byte_in_the_original_is_named(demo: dict[str, Any]) -> None:
    case = Path(demo["case"])
    original = next((case / "originals").glob("*.mp4"))
    original.chmod(0o644)
    data = bytearray(original.read_bytes())
    data[len(data) // 2] ^= 1
    original.write_bytes(data)
    report = inspector("verify", case, expect=1)
    data[len(data) // 2] ^= 1
    original.write_bytes(data)
    original.chmod(0o444)
    assert report["problems"][0]["code"] == "original.altered"
    assert inspector("verify", case)["ok"] is True


def test_that_the_dossier_alone_shows_damage(demo: dict[str, Any], tmp_path: Path) -> None:
    copy = tmp_path / "卷宗.pdf"
    data = bytearray(Path(demo["dossier"]).read_bytes())
    data[len(data) // 3] ^= 1
    copy.write_bytes(data)
    assert inspector("verify", copy, expect=1)["problems"][0]["code"] == "dossier.altered"


def test_that_the_sample_run_again_adds_nothing(demo: dict[str, Any]) -> None:
    again = inspector("demo", "--headless", "--out", Path(demo["case"]).parent)
    assert again["verified"] is True
    for name in ("segments", "screen_texts", "leads", "findings", "exhibits"):
        assert again[name] == demo[name]


@pytest.mark.parametrize("stage", ["import", "transcribe", "read-screen"])
def test_that_ctrl_c_stops_the_sample_and_the_case_stays_sound(stage: str, tmp_path: Path) -> None:
    """Stopped at any stage the status is 4 (resumable) and nothing is half-written."""
    words = {"import": "导入", "transcribe": "语音转写", "read-screen": "画面文字"}
    command = [sys.executable, "-m", "inspector_app", "demo", "--headless", "--out", str(tmp_path)]
    process = subprocess.Popen(
        command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, encoding="utf-8", start_new_session=True
    )
    assert process.stderr is not None
    for line in process.stderr:
        if words[stage] in line:
            break
    time.sleep(0.5)
    os.killpg(process.pid, signal.SIGINT)
    process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 4
    case = tmp_path / "案件"
    assert inspector("verify", case)["ok"] is True
    assert inspector("case", "info", case)["recordings" if stage != "import" else "number"]
