"""Captures into the case: the child follows the recorder's folder, here each closed segment becomes rows, one act a segment.

Following is not recording: the recorder goes on when this is stopped or killed, and the next run takes in what is missing.
"""

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from inspector_app.casefile.changes import Change, insert, update
from inspector_app.domain.ids import new_id
from inspector_app.domain.records import Capture, Mark, Original, Part, Recording
from inspector_app.domain.timebase import SECOND, beijing, iso, utc_now
from inspector_app.intake.live.placing import SHORTEST_GAP_US, Placer

from . import livechat

if TYPE_CHECKING:
    from .run import Run

Json = dict[str, Any]
#: a finished recording keeps one clock anchor a minute; every key frame's stands in the capture's journal
_ANCHOR_EVERY_US: Final = 60 * SECOND
#: by the source's kind, where this machine itself was recorded and we were the encoder
_METHODS: Final = {"screen": "screen", "window": "screen", "camera": "camera", "card": "camera"}


def run(run: "Run", params: Json) -> Json:
    """Params: capture (id). Facts: capture, recording ("" where nothing was received), duration_us, gaps, reconnects, sha256, bytes, reason."""
    taking = _Taking(run, run.case.get(Capture, params["capture"]))
    result = run.child("capture", taking.spec(), taking.on_item)
    return taking.finish(result)


class _Taking:
    """One capture as its segments come."""

    def __init__(self, run: "Run", capture: Capture) -> None:
        self.run = run
        self.capture = capture
        self.parts = run.case.find(Part, order="ord", recording_id=capture.recording_id)
        self.recording = next(iter(run.case.find(Recording, id=capture.recording_id)), None)
        placed = self.parts[-1].facts["placer"] if self.parts else {}
        self.placer = Placer(**placed)

    def spec(self) -> Json:
        originals = self.run.case.find(Original, kind="segment")
        taken = [row.source_name for row in originals if row.path.startswith(self.capture.folder + "/")]
        taken += [part.facts["file"] for part in self.parts]
        return {"case": str(self.run.case.folder), "folder": self.capture.folder, "taken": taken, "probed": self.recording is not None}

    def on_item(self, _kind: str, data: Json) -> None:
        changes: list[Change] = []
        if not self.run.case.find(Original, id=data["sha256"]):
            changes.append(insert(self._original(data, "segment", data["file"])))
        if data["place"] is not None:
            changes += self._part(data)
        facts = {"file": data["file"], "sha256": data["sha256"], "as_written": data["as_written"], "problem": data.get("problem", "")}
        self.run.commit("capture.segment", changes, self.capture.recording_id, **facts)

    def _original(self, data: Json, kind: str, name: str) -> Original:
        now = iso(utc_now())
        return Original(data["sha256"], data["sm3"], data["bytes"], data["path"], kind, name, self.capture.source, now, now)

    def _part(self, data: Json) -> list[Change]:
        said, before = data["said"], self.placer.end_us
        start, end, zero = self.placer.place(said, *data["place"])
        facts = {
            name: said.get(name) for name in ("file", "epoch", "why", "preamble_bytes", "received_sha256", "sequence", "program_date_time")
        }
        facts |= {"chain": data["head"], "anchor": data.get("anchor", {}), "placer": self.placer.as_json()}
        index = data["index"]
        part = Part(
            new_id("part"),
            self.capture.recording_id,
            data["sha256"],
            len(self.parts) + 1,
            start,
            end,
            zero,
            index["path"],
            index["sha256"],
            {name: value for name, value in facts.items() if value is not None},
        )
        self.parts.append(part)
        gaps = [_gap(before, start, data["gaps"])] if start - before >= SHORTEST_GAP_US else []
        marks = [
            Mark(
                new_id("mark"),
                self.capture.recording_id,
                max(0, one["media_us"] - zero + start),
                self.run.actor.name,
                one["at"],
                one["text"],
            )
            for one in data["marks"]
            if one["media_us"] is not None
        ]
        return [insert(part), self._grown(data, end, gaps), *map(insert, marks)]

    def _grown(self, data: Json, end: int, gaps: list[Json]) -> Change:
        """The recording as it is with this part: made with the first one."""
        if self.recording is not None:
            before = self.recording
            self.recording = replace(before, duration_us=end, gaps=(*before.gaps, *gaps))
            return update(before, self.recording)
        probe = data["probe"]
        video = next((stream for stream in probe["streams"] if stream["index"] == probe["video_index"]), None) or {}
        turned = (video.get("rotation") or 0) % 180
        width, height = video.get("width") or 0, video.get("height") or 0
        self.recording = Recording(
            id=self.capture.recording_id,
            session_id=self.capture.facts["session"],
            original_id=data["sha256"],
            name=_name(self.capture),
            method=_METHODS.get(self.capture.source.partition(":")[0], "captured"),
            duration_us=end,
            zero_us=self.parts[0].zero_us,
            width=height if turned else width,
            height=width if turned else height,
            rotation=video.get("rotation") or 0,
            has_video=int(probe["video_index"] is not None),
            has_audio=int(probe["audio_index"] is not None),
            index_path="",
            index_sha256="",
            probe=probe,
            gaps=tuple(gaps),
            state="growing",
            clock=_clock(self.parts, []),
        )
        return insert(self.recording)

    def finish(self, result: Json) -> Json:
        """The journal as an original, the recording bound by its digest, the capture's end."""
        end = result["end"] or {"reason": "never_started"}
        changes: list[Change] = []
        if result["journal"] is not None and not self.run.case.find(Original, id=result["journal"]["sha256"]):
            changes.append(insert(self._original(result["journal"], "capture_journal", result["journal"]["name"])))
        if self.recording is not None:
            before = self.run.case.get(Recording, self.recording.id)
            warnings = tuple({"code": f"live.{kind}", "facts": {"count": count}} for kind, count in sorted(result["notices"].items()))
            clock = {**_clock(self.parts, result["clock"]), **({"manual": before.clock["manual"]} if "manual" in before.clock else {})}
            self.recording = replace(before, original_id=result["journal"]["sha256"], state="", clock=clock, warnings=warnings)
            changes.append(update(before, self.recording))
        reconnects = max(0, result["connects"] - 1)
        shown = result["shown"]
        facts = {"reason": end["reason"], "reconnects": reconnects, "received": end.get("received", 0), "cause": end.get("cause", "")}
        capture = self.run.case.get(Capture, self.capture.id)
        ended = replace(
            capture,
            lane=result["lane"] or capture.lane,
            state="lost" if end["reason"] in ("lost", "never_started") else "stopped",
            ended_at=end.get("at", iso(utc_now())),
            chain_head=result["head"],
            facts={**capture.facts, **facts, "cause_facts": end.get("cause_facts", {}), **({"shown": shown} if shown else {})},
        )
        changes.append(update(capture, ended))
        self.run.commit("capture.end", changes, capture.id, **facts)
        chat = livechat.take(self.run, ended, self.recording)
        return {
            "capture": capture.id,
            "recording": self.recording.id if self.recording else "",
            "duration_us": self.recording.duration_us if self.recording else 0,
            "gaps": list(self.recording.gaps) if self.recording else [],
            "reconnects": reconnects,
            "sha256": result["head"],
            "journal_sha256": result["journal"]["sha256"] if result["journal"] else "",
            "segments": len(self.parts),
            "bytes": facts["received"],
            "reason": end["reason"],
            "cause": facts["cause"],
            "cause_facts": end.get("cause_facts", {}),
            **({"chat": chat} if chat else {}),
        }


def _name(capture: Capture) -> str:
    last = capture.source.rstrip("/").rpartition("/")[2]
    return f"{last} {beijing(datetime.fromisoformat(capture.started_at)):%Y-%m-%d %H:%M:%S}"


def _gap(start: int, end: int, told: list[Json]) -> Json:
    """A hole in the timeline, with the journal's longest word on what made it."""
    cause = max(told, key=lambda gap: int(gap["length_us"]), default={"kind": "unknown", "class": "source", "start_at": "", "end_at": ""})
    return {"start_us": start, "end_us": end, **{name: cause[name] for name in ("kind", "class", "start_at", "end_at")}}


def _clock(parts: list[Part], told: list[Json]) -> Json:
    """What `domain.broadcast` reads: anchors on the recording's clock, their spread, and what time servers answered."""
    anchors: list[list[int]] = []
    jitter = 0
    for part in parts:
        anchor = part.facts.get("anchor")
        if not anchor:
            continue
        jitter = max(jitter, anchor["jitter_us"])
        at_us = anchor["container_us"] - part.zero_us + part.start_us
        if not anchors or at_us - anchors[-1][0] >= _ANCHOR_EVERY_US:
            anchors.append([at_us, anchor["utc_us"]])
    answers = [
        [one["utc_us"], answer["offset_us"], answer["round_trip_us"]] for one in told for answer in one["servers"] if "offset_us" in answer
    ]
    return {
        "anchors": anchors,
        "jitter_us": jitter,
        "sntp": answers,
        "state": "compared" if answers else "not_compared",
        "latency": "unknown",
        "system": told[-1]["system"] if told else "unknown",
    }
