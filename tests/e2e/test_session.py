"""The whole job in the real window with real keys: a new case, a recording, speech and screen text, leads, findings, evidence, dossier, verified."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from inspector_app.casefile.case import Case
from inspector_app.domain.records import Dossier, Exhibit, Finding, Job, Lead, Recording, ScreenRun, Segment, Transcript
from inspector_app.integrity.verify import verify_case
from inspector_app.resources import resource
from inspector_app.speech import packs

from ..patience import LONG_S, until  # noqa: TID252
from .screen import Window

pytestmark = [
    pytest.mark.model,
    pytest.mark.slow,
    pytest.mark.timeout(1500),
    pytest.mark.skipif(not any(pack.name == "base" for pack in packs.installed()), reason="the model base is not installed"),
]

NUMBER = "E2E-2026-1"
SETTINGS = {
    "language": "zh",
    "officer1": "Zhang",
    "certificate1": "A-1",
    "officer2": "Li",
    "certificate2": "A-2",
    "tour_seen": True,
}


@pytest.fixture
def film(tmp_path: Path) -> Path:
    """Twelve seconds of the sample with two planted breaches, as a file that nobody is writing to."""
    path = tmp_path / "clip.mp4"
    source = ["-ss", "14", "-t", "12", "-i", str(resource("demo", "live_room.mp4"))]
    subprocess.run(["ffmpeg", "-v", "error", *source, "-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac", str(path)], check=True)
    os.utime(path, (1_780_000_000, 1_780_000_000))
    return path


class Person:
    """Presses keys and counts what was done; `sees` waits for what the case then holds."""

    def __init__(self, window: Window, case: Path) -> None:
        self._window, self._case = window, case
        self.actions = 0

    def does(self, *keys: str) -> None:
        self.actions += len(keys)
        self._window.press(*keys)

    def writes(self, text: str) -> None:
        """Words typed in one go are one action, with the key that ends them."""
        self.actions += 1
        self._window.type(text)
        self._window.press("ctrl+Return")

    def sees(self, holds: Callable[[Case], Any], what: str) -> Any:
        def look() -> Any:
            with Case(self._case, read_only=True) as case:
                return holds(case)

        return until(look, what, every_s=0.5, patience_s=LONG_S)


def test_that_the_whole_job_is_done_in_the_window_with_few_actions(display: str, film: Path, tmp_path: Path) -> None:
    home, cases = tmp_path / "home", tmp_path / "cases"
    (home / "zhijian").mkdir(parents=True)
    (home / "zhijian" / "window.json").write_text(json.dumps({**SETTINGS, "storage.cases": str(cases)}), encoding="utf-8")
    window = Window(display, home, title="直鉴")
    folder = cases / NUMBER
    person = Person(window, folder)

    # a new case: number, cause, party; the officers come from the settings
    window.press("ctrl+n")
    for text in (NUMBER, "price", "shop"):
        window.type(text)
        window.press("Return")
    window.press(*["Return"] * 8)
    window.focus(NUMBER)

    # the recording, through the dialog for files
    window.press("ctrl+i")
    window.focus("导入")
    window.type(str(film))
    window.press("Return")
    person.sees(lambda case: case.count(Recording) == 1, "the recording")
    window.focus(NUMBER)

    # speech, screen text, leads: one button, pressed with the mouse once it can be pressed
    def asked() -> bool:
        window.press("ctrl+1")
        window.click(0.872, 0.097)
        with Case(folder, read_only=True) as case:
            return case.count(Job, kind="transcribe") > 0

    until(asked, "the transcription asked for", every_s=2)
    person.sees(lambda case: case.count(Transcript, state="done") and case.count(ScreenRun, state="done"), "speech and screen text")
    leads = person.sees(lambda case: case.find(Lead, state="open"), "leads")
    assert len(leads) >= 2

    # leads: Tab shows the next, one key rules on it
    window.press("ctrl+2", "Tab")
    person.actions = 0
    person.does("Return")
    person.sees(lambda case: case.count(Lead, state="accepted") == 1, "the lead accepted")
    assert person.actions == 1
    window.press("Tab")
    person.does("x", "x")
    person.sees(lambda case: case.count(Lead, state="rejected") == 1, "the lead rejected")

    # findings with digits while it plays; a press of the mouse on a line of the transcript first
    window.click(0.45, 0.2)
    window.press("Home", "space")
    before = person.sees(lambda case: case.count(Finding), "the finding of the lead")
    person.actions = 0
    person.does("2", "n")
    person.writes("price without basis")
    made = person.sees(lambda case: complete(case, before), "a complete finding")
    assert person.actions <= 3 and made.note == "price without basis" and made.quote

    # evidence, review, dossier
    window.press("Escape", "ctrl+3", "ctrl+4", "ctrl+e")
    person.sees(lambda case: case.count(Dossier) == 1, "the dossier")
    person.sees(lambda case: not [job for job in case.find(Job) if job.state in ("waiting", "running")], "the end of all work")
    assert window.close() == 0
    with Case(folder, read_only=True) as case:
        heard = "".join(row.words for row in case.find(Segment))
        dossier = case.find(Dossier)[0]
    assert len(heard) > 20
    report = verify_case(folder)
    assert report.ok, report.problems
    command = [sys.executable, "-m", "inspector_app", "verify", str(folder / dossier.path), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def complete(case: Case, before: int) -> Finding | None:
    """The finding after the first `before`, once its picture is taken and its note written."""
    rows = case.find(Finding, order="number")
    if len(rows) <= before or not rows[-1].note:
        return None
    stills = case.find(Exhibit, finding_id=rows[-1].id, kind="still")
    return rows[-1] if stills and all(still.sha256 for still in stills) else None
