"""Importing: the child copies, proves and examines each file; here its item becomes rows, one act per file.

The same bytes twice are one original; a second import of them is written in the journal as custody and adds nothing.
"""

from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inspector_app.casefile.changes import insert
from inspector_app.casefile.vault import ORIGINALS, sweep
from inspector_app.domain.errors import BadInput
from inspector_app.domain.ids import new_id
from inspector_app.domain.records import ChatMessage, Derivative, Original, Record, Recording, Segment, Session, Transcript
from inspector_app.domain.timebase import BEIJING, iso, utc_now
from inspector_app.integrity.chain import digest_of

if TYPE_CHECKING:
    from .run import Run

Json = dict[str, Any]


def run(run: "Run", params: Json) -> Json:
    """Params: files (paths), session (platform, room, account, host, started_at). Facts: imported, refused.

    All recordings of one call belong to one broadcast session.
    """
    intake = _Intake(run, params.get("session") or {})
    spec = {
        "files": params["files"],
        "vault": str(run.case.folder / ORIGINALS),
        "working": str(run.case.folder / "working"),
        "known": {row.id: row.path for row in run.case.find(Original)},
    }
    run.child("import", spec, intake.on_item)
    if intake.unwanted:
        sweep(run.case.folder, {row.path for row in run.case.find(Original)})
    return {"imported": intake.imported, "refused": intake.refused}


class _Intake:
    """The results of one import as they come."""

    def __init__(self, run: "Run", session: Json) -> None:
        self.run = run
        self.session = Session(new_id("session"), **session)
        self.session_kept = False
        self.imported: list[Json] = []
        self.refused: list[Json] = []
        self.unwanted = False

    def on_item(self, kind: str, data: Json) -> None:
        if kind == "refused":
            self._refuse(data["file"], data["code"], data["facts"])
        elif data["duplicate"]:
            self._known_already(data)
        else:
            try:
                {"recording": self._recording, "chat": self._chat, "subtitle": self._subtitle}[data["material"]](data)
            except BadInput as error:  # sound in itself, but it fits nothing in this case: the other files go on
                self.unwanted = True
                self._refuse(data["source"]["path"], error.code, error.facts)

    def _refuse(self, file: str, code: str, facts: Json) -> None:
        self.refused.append({"file": file, "code": code, "reason": code, "facts": facts})
        self.run.commit("import.refused", [], file=Path(file).name, code=code)

    def _known_already(self, data: Json) -> None:
        facts = {"name": data["source"]["name"], "path": data["source"]["path"], "restored": int(data["restored"])}
        self.run.commit("import.again", [], data["sha256"], **facts)
        recordings = self.run.case.find(Recording, original_id=data["sha256"])
        self._say(data, recordings[0].id if recordings else data["sha256"], recordings[0].duration_us if recordings else 0)

    def _original(self, data: Json) -> Original:
        source = data["source"]
        return Original(
            id=data["sha256"],
            sm3=data["sm3"],
            bytes=data["bytes"],
            path=data["path"],
            kind=data["material"],
            source_name=source["name"],
            source_path=source["path"],
            source_modified_at=source["mtime"],
            imported_at=iso(utc_now()),
        )

    def _session(self) -> list[Record]:
        """The session's row the first time it is needed."""
        if self.session_kept:
            return []
        self.session_kept = True
        return [self.session]

    def _recording(self, data: Json) -> None:
        probe, index = data["probe"], data["index"]
        video = next((stream for stream in probe["streams"] if stream["index"] == probe["video_index"]), None)
        recording = Recording(
            id=new_id("recording"),
            session_id=self.session.id,
            original_id=data["sha256"],
            name=data["source"]["name"],
            method="imported",
            duration_us=probe["duration_us"],
            zero_us=probe["zero_us"],
            width=_shown(video)[0],
            height=_shown(video)[1],
            rotation=(video or {}).get("rotation") or 0,
            has_video=int(video is not None),
            has_audio=int(probe["audio_index"] is not None),
            index_path=index["path"],
            index_sha256=index["sha256"],
            probe=probe,
            gaps=tuple(index["gaps"]),
            warnings=tuple(data["warnings"]),
        )
        derivatives = [Derivative(id=new_id("derivative"), parent_sha256=data["sha256"], **one) for one in data["derivatives"]]
        self._keep(data, [*self._session(), self._original(data), recording, *derivatives], recording.id)
        self._say(data, recording.id, recording.duration_us)

    def _chat(self, data: Json) -> None:
        """Messages on the recording's clock; those with a wall-clock time are placed by the broadcast's start, where it is known."""
        recording = self._only_recording(data)
        started = self.run.case.get(Session, recording.session_id).started_at
        placed = [(at_us, row) for row in data["rows"] if (at_us := _moment(row, started)) is not None]
        messages = [
            ChatMessage(new_id("chat_message"), recording.id, data["sha256"], at_us, row["user"], row["text"]) for at_us, row in placed
        ]
        if left := len(data["rows"]) - len(placed):
            data["warnings"].append({"code": "import.chat_unplaced", "facts": {"count": left}})
        if any(row["time_us"] is None and not datetime.fromisoformat(row["wall"]).tzinfo for _, row in placed):
            data["warnings"].append({"code": "import.chat_zone_assumed", "facts": {}})
        self._keep(data, [self._original(data), *messages], recording.id)
        self._say(data, data["sha256"], 0)

    def _subtitle(self, data: Json) -> None:
        """Subtitles that came with the material: a transcript of their own, beside the machine's."""
        recording = self._only_recording(data)
        options = {"source": data["source"]["name"]}
        transcript = Transcript(
            id=new_id("transcript"),
            recording_id=recording.id,
            engine="subtitle file",
            model_name=data["source"]["name"],
            model_sha256=data["sha256"],
            options_sha256=digest_of(options),
            wav_sha256="",
            speech_us=0,
            state="done",
            created_at=iso(utc_now()),
            options=options,
        )
        segments = [
            Segment(new_id("segment"), recording.id, transcript.id, "", row["start_us"], row["end_us"], row["text"], row["text"], 1000)
            for row in data["rows"]
        ]
        self._keep(data, [self._original(data), transcript, *segments], recording.id)
        self._say(data, data["sha256"], 0)

    def _only_recording(self, data: Json) -> Recording:
        """The recording a chat log or subtitle belongs to: the last one imported."""
        recordings = self.run.case.find(Recording, order="rowid DESC")
        if not recordings:
            raise BadInput("import.no_recording_for", file=data["source"]["name"])
        return recordings[0]

    def _keep(self, data: Json, rows: list[Record], object_id: str) -> None:
        facts = {"name": data["source"]["name"], "sha256": data["sha256"], "sm3": data["sm3"], "bytes": data["bytes"]}
        self.run.commit("import", [insert(row) for row in rows], object_id, **facts)

    def _say(self, data: Json, key: str, duration_us: int) -> None:
        self.imported.append(
            {
                "id": key,
                "name": data["source"]["name"],
                "sha256": data["sha256"],
                "sm3": data["sm3"],
                "bytes": data["bytes"],
                "duration_us": duration_us,
                "duplicate": data["duplicate"],
                "warnings": data["warnings"],
            }
        )


def _moment(row: Json, started_at: str) -> int | None:
    """Microseconds from the recording's zero; None for a wall-clock time that nothing ties to the recording, or one before its start."""
    if row["time_us"] is not None:
        return int(row["time_us"])
    if not started_at:
        return None
    start = datetime.fromisoformat(started_at)
    wall = datetime.fromisoformat(row["wall"])
    since = (wall if wall.tzinfo else wall.replace(tzinfo=BEIJING)) - start  # said in a warning
    micros = since // timedelta(microseconds=1)
    return micros if micros >= 0 else None


def _shown(video: Json | None) -> tuple[int, int]:
    """Width and height of the picture as shown, turned as the file asks."""
    if video is None:
        return 0, 0
    width, height = video["width"], video["height"]
    return (height, width) if (video.get("rotation") or 0) % 180 else (width, height)
