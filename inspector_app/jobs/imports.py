"""Importing: the child copies, proves and examines each file; here its items become rows, one act per file.

The same bytes twice are one original; a second import of them is written in the journal as custody and adds nothing but what was lacking
(a recording of its own, the rest of a chat log). Bytes that cannot be used are originals all the same, of kind `unreadable`.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from inspector_app.casefile.changes import Change, insert, update
from inspector_app.casefile.vault import ORIGINALS, sweep
from inspector_app.domain.errors import BadInput
from inspector_app.domain.ids import new_id
from inspector_app.domain.records import ChatLog, Derivative, Original, Part, Recording, Segment, Session, Transcript
from inspector_app.domain.timebase import iso, utc_now
from inspector_app.intake import joining
from inspector_app.integrity.chain import digest_of

from .chats import Laying

if TYPE_CHECKING:
    from .run import Run

Json = dict[str, Any]

UNREADABLE: Final = "unreadable"


def run(run: "Run", params: Json) -> Json:
    """Params: files (paths), session (platform, room, account, host, started_at), recording (id a text belongs to), zone (of local times),
    join (the recordings are pieces of one), order (see `joining.ORDERS`), growing (refuse, wait, snapshot).

    Facts: imported, refused (with `kept` 1 where the bytes are in the case all the same), left_out, proposals (names that look like pieces
    of one broadcast), joined (id of the recording made of all, or ""). All recordings of one call belong to one broadcast session.
    Raises BadInput `join.*`; the files are originals by then and can be imported again, apart or in another order.
    """
    intake = _Intake(run, params)
    spec = {
        "files": params["files"],
        "vault": str(run.case.folder / ORIGINALS),
        "working": str(run.case.folder / "working"),
        "known": {row.id: row.path for row in run.case.find(Original)},
        "growing": params.get("growing") or "refuse",
        "examine": intake.to_examine(),
        "chat_rows": intake.logs_to_read(),
    }
    run.child("import", spec, intake.on_item)
    if intake.unwanted:
        sweep(run.case.folder, {row.path for row in run.case.find(Original)})
    joined = intake.join() if params.get("join") else ""
    names = [one["name"] for one in intake.imported if one["duration_us"] and not one["duplicate"]]
    return {
        "imported": intake.imported,
        "refused": intake.refused,
        "left_out": intake.left_out,
        "proposals": [] if joined else joining.proposals(names),
        "joined": joined,
    }


class _Intake:
    """The results of one import as they come."""

    def __init__(self, run: "Run", params: Json) -> None:
        self.run = run
        self.params = params
        self.session = Session(new_id("session"), **(params.get("session") or {}))
        self.session_kept = False
        self.imported: list[Json] = []
        self.refused: list[Json] = []
        self.left_out: list[Json] = []
        self.unwanted = False
        self._layings: dict[str, Laying] = {}
        self._pieces: list[Json] = []

    # -- what is looked at again -----------------------------------------------------------------------------------------------

    def to_examine(self) -> list[str]:
        """Known originals that may give more than they did: recordings to join or without a recording of their own, unreadable ones."""
        case = self.run.case
        parts: dict[str, set[str]] = {}
        for part in case.find(Part):
            parts.setdefault(part.recording_id, set()).add(part.original_id)
        alone = {row.original_id for row in case.find(Recording) if len(parts.get(row.id, ())) < 2}
        wanted = []
        for original in case.find(Original):
            again = original.kind == "recording" and (self.params.get("join") or original.id not in alone)
            if again or original.kind == UNREADABLE:
                wanted.append(original.id)
        return wanted

    def logs_to_read(self) -> dict[str, int]:
        """Known chat logs to go on reading, and from which entry.

        A log that was interrupted goes on; one laid on another recording than the one named is read anew, and so is one with messages that
        had no place, now that the start of the broadcast is given.
        """
        found: dict[str, int] = {}
        named = self.params.get("recording")
        started = (self.params.get("session") or {}).get("started_at")
        for log in self.run.case.find(ChatLog):
            if named and log.recording_id != named:
                found.setdefault(log.original_id, 0)
            elif not log.facts.get("done"):
                found[log.original_id] = int(log.facts.get("entries", 0))
            elif started and log.facts.get("unplaced"):
                found[log.original_id] = 0
            else:
                found.pop(log.original_id, None)
        return found

    # -- items -----------------------------------------------------------------------------------------------------------------

    def on_item(self, kind: str, data: Json) -> None:
        match kind:
            case "refused":
                self._refuse(data["file"], data["code"], data["facts"])
            case "left_out":
                self.left_out.append(data)
            case "kept":
                self._keep_unusable(data)
            case "chat_rows" | "chat_end":
                if (laying := self._layings.get(data["sha256"])) is not None:
                    self._chat_goes_on(laying, kind, data)
            case _ if data["material"] is None:
                self._known_already(data)
            case _:
                self._imported(data)

    def _imported(self, data: Json) -> None:
        takes = {"recording": self._recording, "chat": self._chat, "subtitle": self._subtitle}
        try:
            takes.get(data["material"], self._plain)(data)
        except BadInput as error:  # sound in itself, but it fits nothing in this case: the other files go on
            self.unwanted |= not data["duplicate"]
            self._refuse(data["source"]["path"], error.code, error.facts)

    def _refuse(self, file: str, code: str, facts: Json) -> None:
        self.refused.append({"file": file, "code": code, "reason": code, "facts": facts, "kept": 0})
        self.run.commit("import.refused", [], file=Path(file).name, code=code)

    def _keep_unusable(self, data: Json) -> None:
        """Bytes no use can be made of: an original like any other, with the reason told."""
        if data["duplicate"]:
            self._again(data)
        else:
            original = self._original(data, UNREADABLE)
            facts = {
                "name": original.source_name,
                "sha256": original.id,
                "sm3": original.sm3,
                "bytes": original.bytes,
                "code": data["code"],
            }
            self.run.commit("import.kept", [insert(original)], original.id, **facts)
        entry = {"file": data["source"]["path"], "code": data["code"], "reason": data["code"], "facts": data["facts"]}
        self.refused.append({**entry, "kept": 1, "sha256": data["sha256"]})

    def _again(self, data: Json) -> None:
        facts = {"name": data["source"]["name"], "path": data["source"]["path"], "restored": int(data["restored"])}
        self.run.commit("import.again", [], data["sha256"], **facts)

    def _known_already(self, data: Json) -> None:
        self._again(data)
        recordings = self.run.case.find(Recording, original_id=data["sha256"])
        self._say(data, recordings[0].id if recordings else data["sha256"], recordings[0].duration_us if recordings else 0)

    def _original(self, data: Json, kind: str) -> Original:
        source = data["source"]
        return Original(
            id=data["sha256"],
            sm3=data["sm3"],
            bytes=data["bytes"],
            path=data["path"],
            kind=kind,
            source_name=source["name"],
            source_path=source["path"],
            source_modified_at=source["mtime"],
            imported_at=iso(utc_now()),
        )

    def _original_changes(self, data: Json) -> list[Change]:
        """The original's row: new; or known, then only its kind may become better."""
        if not data["duplicate"]:
            return [insert(self._original(data, data["material"]))]
        known = self.run.case.get(Original, data["sha256"])
        if known.kind != UNREADABLE:
            return []
        return [update(known, Original(**{**vars(known), "kind": data["material"]}))]

    def _session_changes(self) -> list[Change]:
        """The session's row the first time it is needed."""
        if self.session_kept:
            return []
        self.session_kept = True
        return [insert(self.session)]

    def _keep(self, data: Json, changes: list[Change], object_id: str) -> None:
        facts = {"name": data["source"]["name"], "sha256": data["sha256"], "sm3": data["sm3"], "bytes": data["bytes"]}
        self.run.commit("import", changes, object_id, **facts)

    def _plain(self, data: Json) -> None:
        """What is kept as it is: a screenshot, an archive."""
        self._keep(data, self._original_changes(data), data["sha256"])
        self._say(data, data["sha256"], 0)

    # -- recordings ------------------------------------------------------------------------------------------------------------

    def _recording(self, data: Json) -> None:
        made = {row.path for row in self.run.case.find(Derivative, parent_sha256=data["sha256"])}
        changes = self._original_changes(data)
        changes += [
            insert(Derivative(id=new_id("derivative"), parent_sha256=data["sha256"], **one))
            for one in data["derivatives"]
            if one["path"] not in made
        ]
        duration = data["parts"][-1]["end_us"]
        if self.params.get("join"):
            self._pieces.append(data)
            self._keep(data, changes, data["sha256"])
            self._say(data, data["sha256"], duration)
            return
        recording = self._row(data["source"]["name"], [data], [_shifted(part, 0) for part in data["parts"]])
        rows = _part_rows(recording, [data["sha256"]] * len(data["parts"]), data["parts"]) if len(data["parts"]) > 1 else []
        self._keep(data, [*self._session_changes(), *changes, insert(recording), *map(insert, rows)], recording.id)
        self._say(data, recording.id, duration)

    def _row(self, name: str, pieces: list[Json], parts: list[Json]) -> Recording:
        """The recording that consists of `parts` (already at their places), which come from `pieces`."""
        first = pieces[0]
        probe, alone = first["probe"], len(parts) == 1
        videos = [found for piece in pieces if (found := _video(piece)) is not None]
        width, height = _shown(videos[0]) if videos else (0, 0)
        return Recording(
            id=new_id("recording"),
            session_id=self.session.id,
            original_id=first["sha256"],
            name=name,
            method="imported",
            duration_us=parts[-1]["end_us"],
            zero_us=parts[0]["zero_us"],
            width=width,
            height=height,
            rotation=(videos[0].get("rotation") or 0) if videos else 0,
            has_video=int(bool(videos)),
            has_audio=int(any(piece["probe"]["audio_index"] is not None for piece in pieces)),
            index_path=parts[0]["index"]["path"] if alone else "",
            index_sha256=parts[0]["index"]["sha256"] if alone else "",
            probe={**probe, "intervals_us": parts[0]["index"]["intervals_us"]},
            gaps=tuple(_gaps(parts)),
            warnings=tuple(_warnings(pieces)),
            clock=_clock(first),
        )

    def join(self) -> str:
        """One recording out of the pieces that came, with gaps to scale; returns its id."""
        pieces = self._pieces
        named = [joining.Piece(one["source"]["name"], one["parts"][-1]["end_us"], one["created"]) for one in pieces]
        placed = joining.place(named, self.params.get("order") or "auto")
        ordered = [pieces[one.piece] for one in placed]
        parts: list[Json] = []
        originals: list[str] = []
        for one, piece in zip(placed, ordered, strict=True):
            facts = {"placed_by": one.why, **({"drift_us": one.drift_us} if one.drift_us else {})}
            parts += [_shifted(part, one.start_us, facts) for part in piece["parts"]]
            originals += [piece["sha256"]] * len(piece["parts"])
        recording = self._row(f"{ordered[0]['source']['name']} +{len(ordered) - 1}", ordered, parts)
        extra: list[Json] = []
        if placed[0].why == "given":
            extra.append({"code": "import.join_gaps_unknown", "facts": {}})
        if len({_likeness(piece) for piece in ordered}) > 1:
            extra.append({"code": "import.join_differs", "facts": {}})
        recording = Recording(**{**vars(recording), "warnings": (*recording.warnings, *extra)})
        rows = _part_rows(recording, originals, parts)
        changes = [*self._session_changes(), insert(recording), *map(insert, rows)]
        self.run.commit("import.join", changes, recording.id, name=recording.name, count=len(ordered))
        said = {"id": recording.id, "name": recording.name, "sha256": recording.original_id, "sm3": ordered[0]["sm3"]}
        figures = {"bytes": sum(piece["bytes"] for piece in ordered), "duration_us": recording.duration_us, "duplicate": False}
        self.imported.append({**said, **figures, "warnings": extra})
        return recording.id

    # -- texts -----------------------------------------------------------------------------------------------------------------

    def _target(self, data: Json) -> Recording:
        """The recording a chat log or subtitle belongs to: the one the person names, else the last one imported."""
        named = self.params.get("recording")
        if named:
            return self.run.case.get(Recording, named)
        recordings = self.run.case.find(Recording, order="rowid DESC")
        if not recordings:
            raise BadInput("import.no_recording_for", file=data["source"]["name"])
        return recordings[0]

    def _chat(self, data: Json) -> None:
        laying = Laying(self.run, data, self._target(data), self.params)
        self._layings[data["sha256"]] = laying
        self._keep(data, [*self._original_changes(data), *laying.begin()], laying.log.recording_id)

    def _chat_goes_on(self, laying: Laying, kind: str, data: Json) -> None:
        if kind == "chat_rows":
            laying.take(data)
        else:
            laying.end()
            self._say(laying.data, data["sha256"], 0)

    def _subtitle(self, data: Json) -> None:
        """Subtitles that came with the material: a transcript of their own, beside the machine's."""
        recording = self._target(data)
        changes = self._original_changes(data)
        if data["rows"]:
            changes += _transcript(recording, data)
        self._keep(data, changes, recording.id)
        self._say(data, data["sha256"], 0)

    def _say(self, data: Json, key: str, duration_us: int) -> None:
        said = {"id": key, "name": data["source"]["name"], **{name: data[name] for name in ("sha256", "sm3", "bytes")}}
        self.imported.append({**said, "duration_us": duration_us, "duplicate": data["duplicate"], "warnings": data["warnings"]})


def _transcript(recording: Recording, data: Json) -> list[Change]:
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
    return [insert(transcript), *map(insert, segments)]


def _shifted(part: Json, by_us: int, facts: Json | None = None) -> Json:
    return {**part, "start_us": part["start_us"] + by_us, "end_us": part["end_us"] + by_us, "facts": {**part["facts"], **(facts or {})}}


def _part_rows(recording: Recording, originals: list[str], parts: list[Json]) -> list[Part]:
    return [
        Part(
            id=new_id("part"),
            recording_id=recording.id,
            original_id=original,
            ord=place,
            start_us=part["start_us"],
            end_us=part["end_us"],
            zero_us=part["zero_us"],
            index_path=part["index"]["path"],
            index_sha256=part["index"]["sha256"],
            facts=part["facts"],
        )
        for place, (original, part) in enumerate(zip(originals, parts, strict=True))
    ]


def _gaps(parts: list[Json]) -> list[Json]:
    """Where nothing is shown: inside the parts and between them, on the recording's clock."""
    found = []
    at = 0
    for part in parts:
        if part["start_us"] > at:
            found.append({"start_us": at, "end_us": part["start_us"]})
        shift = part["start_us"]
        found += [{"start_us": gap["start_us"] + shift, "end_us": gap["end_us"] + shift} for gap in part["index"]["gaps"]]
        at = part["end_us"]
    return found


def _warnings(pieces: list[Json]) -> list[Json]:
    """The warnings of all files; of several, each says which file it is about."""
    if len(pieces) == 1:
        return list(pieces[0]["warnings"])
    return [{**one, "facts": {**one["facts"], "part": piece["source"]["name"]}} for piece in pieces for one in piece["warnings"]]


def _clock(piece: Json) -> Json:
    """What the file says of the time of day; not yet tied to the broadcast."""
    named = joining.time_in_name(piece["source"]["name"])
    said = {"name_time": named.isoformat() if named else "", "container_time": piece["created"]}
    return {key: value for key, value in said.items() if value}


def _video(piece: Json) -> Json | None:
    return next((one for one in piece["probe"]["streams"] if one["index"] == piece["probe"]["video_index"]), None)


def _likeness(piece: Json) -> tuple[Any, ...]:
    """What pieces of one broadcast have in common."""
    video = _video(piece)
    return (_shown(video) if video else None, piece["probe"]["audio_index"] is None)


def _shown(video: Json) -> tuple[int, int]:
    """Width and height of the picture as shown, turned as the file asks."""
    width, height = video["width"], video["height"]
    return (height, width) if (video.get("rotation") or 0) % 180 else (width, height)
