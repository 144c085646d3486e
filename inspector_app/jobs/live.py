"""Speech and screen text of a capture while it still runs: what has been recorded is heard and read as its segments come in.

One heavy child at a time: the listener waits in silence while the screen is read, and the screen is read only when the listener has caught
up. Where the computer cannot do both, the screen waits for the end of the recording, then the speech; that is said, and nothing is left out.
The recorder itself is never slowed: it knows nothing of this.
"""

import json
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from inspector_app.casefile.timelines import timeline_of
from inspector_app.domain.errors import InspectorError, ModelError
from inspector_app.domain.records import Capture, Chunk, Part, Recording, ScreenBlock, ScreenRun, ScreenText, Transcript
from inspector_app.domain.timebase import SECOND, Micros
from inspector_app.intake.live import wavfront
from inspector_app.media.timeline import Timeline
from inspector_app.vision.plan import BLOCK_US

from . import screens, transcripts

if TYPE_CHECKING:
    from .run import Run

Json = dict[str, Any]
_IDLE_S: Final = 0.5
#: so much recorded and not yet read: the screen waits for the end of the recording
LONGEST_UNREAD_US: Final = 180 * SECOND
#: the listener needs a moment to say what a new piece of sound holds
_SETTLES_S: Final = 3.0
_SOUND: Final = "live.16k.wav"
_ENDED: Final = "live.ended"
_STATE: Final = "live.json"


@dataclass(frozen=True)
class Backlog:
    """How far behind the recording its speech and its screen are; `later` once they wait for the end. Microseconds of the recording."""

    recorded_us: Micros = 0
    heard_us: Micros = 0
    read_us: Micros = 0
    speech_later: bool = False
    screen_later: bool = False


@dataclass(frozen=True)
class _Sound:
    """How far the growing sound is laid, see `intake.live.growingsound`: parts settled, the line before the next, samples in the file."""

    settled: int = 0
    samples: int = 0
    sound_to: int | None = None
    heard: int = 0


#: by recording; only while the work runs in this process
_STATES: dict[str, Backlog] = {}


def backlog(recording_id: str) -> Backlog:
    """How a live analysis that runs in this process stands; an empty one where there is none."""
    return _STATES.get(recording_id, Backlog())


def run(run: "Run", params: Json) -> Json:
    """Params: capture (id), model (pack name or folder), options (of the transcription).

    Somebody else must take the capture in meanwhile (the kind `capture`). Stages: `live` (recorded and not yet heard, in us), and `live-rows`
    after each step that brought new rows, for whoever runs the rules on them. Facts: recording, transcript, segments, texts,
    speech_later, screen_later. Warnings: `live.screen_later`, and those of the speech room.
    """
    work = _Live(run, run.case.get(Capture, params["capture"]), params)
    try:
        return work.run()
    finally:
        work.end()


class _Live:
    """The analysis of one capture from its first segment to its end."""

    def __init__(self, run: "Run", capture: Capture, params: Json) -> None:
        self._run = run
        self._capture = capture
        self._params = params
        self._id = capture.recording_id
        self._folder = run.case.folder / "working" / "captures" / Path(capture.folder).name
        self._stop_speech = threading.Event()
        self._speech: _Hearing | None = None
        self._sound = self._known()
        self._seen = 0
        self._whole = False
        self._fed_at = 0.0
        self._screen_later = False
        self._rows = (0, 0)

    def _known(self) -> "_Sound":
        """What an earlier run has laid."""
        try:
            said = _Sound(**json.loads((self._folder / _STATE).read_text(encoding="utf-8")))
            if (self._folder / _SOUND).stat().st_size >= wavfront.HEADER + wavfront.WIDTH * said.heard:
                return said
        except (OSError, ValueError, TypeError):
            pass
        (self._folder / _SOUND).unlink(missing_ok=True)  # how it was laid is not known: it is laid anew
        return _Sound()

    def run(self) -> Json:
        recording = self._first()
        if recording is None:
            return {"recording": "", "transcript": "", "segments": 0, "texts": 0, "speech_later": 0, "screen_later": 0}
        (self._folder / _ENDED).unlink(missing_ok=True)
        while True:
            self._run.check()
            over = self._run.case.get(Capture, self._capture.id).state != "recording"  # asked before the parts: none comes after it
            recording = self._run.case.get(Recording, self._id)
            if recording.has_audio:
                self._lay(recording, over)
                self._speech = self._speech or self._listen()
            if over:
                break
            if recording.has_video and not self._screen_later and self._idle():
                self._read(recording)
            self._tell(recording)
            self._run.stop.wait(_IDLE_S)
        return self._finish(recording)

    def _first(self) -> Recording | None:
        """The recording, once its first segment is there; None where the capture ended without one."""
        while True:
            self._run.check()
            over = self._run.case.get(Capture, self._capture.id).state != "recording"
            found = self._run.case.find(Recording, id=self._id)
            if found or over:
                return found[0] if found else None
            self._run.stop.wait(_IDLE_S)

    # -- speech --------------------------------------------------------------------------------------------------------------

    def _lay(self, recording: Recording, over: bool) -> None:
        """The sound of the parts that came since, for the listener; the last moment of it once the next part is there, or none comes."""
        count = self._run.case.count(Part, recording_id=self._id)
        if (count, over) == (self._seen, self._whole):
            return
        before = self._sound
        first = min(before.settled, 1)  # the part before them is given too: its sound runs into theirs
        parts = timeline_of(self._run.case, recording).parts[before.settled - first : count]
        spec = {"wav": str(self._folder / _SOUND), "timeline": Timeline.of(parts).as_spec(), "first": first, "over": over}
        spec |= {"samples": before.samples, "sound_to": before.sound_to}
        self._folder.mkdir(parents=True, exist_ok=True)
        done = _Sound(**self._run.child("live-sound", spec, lambda *_: None, stage="live-sound"))
        self._sound = replace(done, settled=before.settled + done.settled)
        self._seen, self._whole, self._fed_at = count, over, time.monotonic()
        (self._folder / _STATE).write_text(json.dumps(asdict(self._sound)), encoding="utf-8")

    def _listen(self) -> "_Hearing":
        place = self._folder.relative_to(self._run.case.folder).as_posix()
        params = {
            "recording": self._id,
            "model": self._params.get("model") or "base",
            "options": self._params.get("options") or {},
            "live": {"wav": f"{place}/{_SOUND}", "ended": f"{place}/{_ENDED}"},
        }
        return _Hearing(replace(self._run, stop=self._stop_speech, progress=lambda *_: None), params)

    def _idle(self) -> bool:
        """Whether the listener has heard all that it was given, or waits for the end of the recording anyway."""
        if self._speech is None or self._speech.over or self._later():
            return True
        transcript = self._transcript()
        if transcript is None or self._run.case.count(Chunk, transcript_id=transcript.id, state="pending"):
            return False
        return time.monotonic() - self._fed_at > _SETTLES_S

    def _later(self) -> bool:
        return transcripts.live_state(self._id).after_recording

    def _transcript(self) -> Transcript | None:
        found = self._run.case.find(Transcript, recording_id=self._id, order="rowid DESC")
        return found[0] if found else None

    # -- screen --------------------------------------------------------------------------------------------------------------

    def _read_us(self) -> Micros:
        """How far the screen has been read."""
        runs = self._run.case.find(ScreenRun, recording_id=self._id, order="rowid DESC")
        blocks = self._run.case.find(ScreenBlock, run_id=runs[0].id, order="ord DESC") if runs else []
        return blocks[0].end_us if blocks else 0

    def _read(self, recording: Recording) -> None:
        if recording.duration_us - self._read_us() < BLOCK_US:
            return
        try:
            screens.run(self._run, {"recording": self._id})
        except ModelError as error:  # speech can still be heard; it is raised at the end
            self._screen_later = True
            self._run.warn(error.code, dict(error.facts))

    def _put_off(self, recording: Recording) -> None:
        """Says so once the screen falls too far behind."""
        if recording.has_video and not self._screen_later and recording.duration_us - self._read_us() > LONGEST_UNREAD_US:
            self._screen_later = True
            self._run.warn("live.screen_later", {"behind_s": str((recording.duration_us - self._read_us()) // SECOND)})

    # -- both ----------------------------------------------------------------------------------------------------------------

    def _tell(self, recording: Recording) -> None:
        self._put_off(recording)
        transcript = self._transcript()
        heard = self._run.case.find(Chunk, transcript_id=transcript.id, state="done", order="ord DESC") if transcript else []
        waiting = self._run.case.count(Chunk, transcript_id=transcript.id, state="pending") if transcript else 0
        heard_us = heard[0].end_us if waiting and heard else 0 if waiting else self._sound.heard * SECOND // wavfront.RATE
        _STATES[self._id] = Backlog(recording.duration_us, heard_us, self._read_us(), self._later(), self._screen_later)
        self._run.progress("live", heard_us, recording.duration_us, "us")
        rows = (len(heard), self._run.case.count(ScreenText, recording_id=self._id))
        if rows != self._rows:
            self._rows = rows
            self._run.progress("live-rows", sum(rows), 0, "items")

    def _finish(self, recording: Recording) -> Json:
        """The recording is over: what was put off is done now, the speech first."""
        transcript: Json = {"transcript": "", "segments": 0, "after_recording": 0}
        if self._speech is not None:
            wavfront.close(self._folder / _SOUND, self._sound.heard)
            (self._folder / _ENDED).touch()
            transcript = self._speech.result(self._run, lambda: self._tell(recording))
        texts: Json = screens.run(self._run, {"recording": self._id}) if recording.has_video else {"texts": 0}
        self._tell(recording)
        return {
            "recording": self._id,
            "transcript": transcript["transcript"],
            "segments": transcript["segments"],
            "texts": texts["texts"],
            "speech_later": transcript["after_recording"],
            "screen_later": int(self._screen_later),
        }

    def end(self) -> None:
        """Leaves nobody listening behind."""
        self._stop_speech.set()
        if self._speech is not None:
            self._speech.join()
        _STATES.pop(self._id, None)


class _Hearing:
    """The listener on a thread of its own; it ends with the sound, or when it is stopped."""

    def __init__(self, run: "Run", params: Json) -> None:
        self._facts: Json = {}
        self._error: InspectorError | None = None
        self._thread = threading.Thread(target=self._hear, args=(run, params), name="live-speech", daemon=True)
        self._thread.start()

    def _hear(self, run: "Run", params: Json) -> None:
        try:
            self._facts = transcripts.run(run, params)
        except InspectorError as error:
            self._error = error
            if isinstance(error, ModelError):  # the screen can still be read; the rest is said at the end
                run.warn(error.code, dict(error.facts))

    @property
    def over(self) -> bool:
        return not self._thread.is_alive()

    def result(self, run: "Run", tell: Callable[[], None]) -> Json:
        """Waits for its end. Raises what it raised, and Stopped when the work is stopped."""
        while self._thread.is_alive():
            run.check()
            tell()
            self._thread.join(_IDLE_S)
        if self._error is not None:
            raise self._error
        return self._facts

    def join(self) -> None:
        self._thread.join()
