"""The main job on the sample that the program ships, for real: case, import, speech, screen text, leads, findings, dossier, verify.

The sample's key stands in for the person: leads that it calls true are accepted, leads that it calls innocent are ruled out with its
reason. Everything else is what an inspector's own recording would go through. Run again in the same folder, it goes on where it stopped.
"""

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from inspector_app.casefile.case import DATABASE
from inspector_app.domain.errors import Stopped
from inspector_app.domain.people import Officer
from inspector_app.domain.records import Exhibit, Finding, Lead, Recording, Segment
from inspector_app.leads import score
from inspector_app.leads.text import normalise
from inspector_app.resources import resource
from inspector_app.speech import scoring

from . import cases, dossiers, leads, material, screens, transcripts, verifying
from .findings import current_segments
from .registry import Outcome, always, command
from .workspace import Workspace

Json = dict[str, Any]

NUMBER = "示例〔2026〕1号"
DOSSIER = Path("exports") / "证据卷宗.pdf"
#: the sample is fiction; its broadcast is dated after the Measures came into force (第六十九条)
SESSION: dict[str, Any] = {
    "platform": "示例平台",
    "room": "云朵小铺",
    "account": "示例账号",
    "host": "示例主播",
    "started_at": "2026-06-01T20:00:00+08:00",
}


class _Stages:
    """Wall and CPU time of each stage; the CPU of child processes counts once they have ended."""

    def __init__(self, work: Workspace) -> None:
        self.work = work
        self.done: list[Json] = []

    def run(self, name: str, act: Callable[[], Json]) -> Json:
        if self.work.stop.is_set():
            raise Stopped
        self.work.progress(name, 0, 0, "items")
        wall, cpu = time.monotonic_ns(), sum(os.times()[:4])
        facts = act()
        spent = {"wall_ms": (time.monotonic_ns() - wall) // 1_000_000, "cpu_ms": int(1000 * (sum(os.times()[:4]) - cpu))}
        self.done.append({"stage": name, **spent, "facts": facts})
        return facts


@command("demo.run", when=always)
def run(work: Workspace, *, out: Path) -> Outcome:
    """Runs the main job into `out`/案件. Data: case, recording, counts, dossier, verified, problems, stages, score."""
    folder = out.absolute() / "案件"
    sample = resource("demo")
    key = json.loads((sample / "key.json").read_text(encoding="utf-8"))
    items = score.read_key(key)
    stages = _Stages(work)
    stages.run("case", lambda: _case(work, folder))
    stages.run("import", lambda: _import(work, sample / key["media"]))
    case = work.opened
    recording = case.find(Recording)[0]
    heard = stages.run("transcribe", lambda: _transcribe(work, recording, key))
    read = stages.run("read-screen", lambda: {"texts": len(screens.read(work, recording=recording.id).data["texts"])})
    found = stages.run("leads", lambda: _leads(work, items))
    stages.run("findings", lambda: _findings(work, items, key))
    built = stages.run("dossier", lambda: dict(dossiers.build(work, out=folder / DOSSIER).data))
    verified: list[Json] = []

    def verify() -> Json:
        verified.extend([_verify(work, folder), _verify(work, folder / DOSSIER)])
        return {"problems": sum(len(one["problems"]) for one in verified)}

    stages.run("verify", verify)
    data = {
        "case": str(folder),
        "recording": recording.id,
        "segments": case.count(Segment),
        "screen_texts": read["texts"],
        "leads": case.count(Lead),
        "findings": case.count(Finding),
        "exhibits": case.count(Exhibit),
        "dossier": built["pdf"],
        "dossier_sha256": built["sha256"],
        "dossier_bytes": built["bytes"],
        "pages": built["pages"],
        "journal_head": built["journal_head"],
        "verified": all(one["ok"] for one in verified),
        "problems": [problem for one in verified for problem in one["problems"]],
        "stages": stages.done,
        "score": {**found, "cer_pm": heard["cer_pm"]},
    }
    return Outcome(frozenset({"case"}), (), {"findings": data["findings"]}, data)


def _case(work: Workspace, folder: Path) -> Json:
    if (folder / DATABASE).is_file():
        cases.open_case(work, folder=folder)
    else:
        cases.new(
            work,
            folder=folder,
            number=NUMBER,
            cause="直播间涉嫌虚假或者引人误解的商业宣传等（示例）",
            party="云朵小铺（虚构）",
            officers=[Officer("示例甲", "示-0001"), Officer("示例乙", "示-0002")],
            legal_basis="《直播电商监督管理办法》第四十九条第（三）项；《市场监督管理行政处罚程序规定》第二十二条、第二十五条、第二十六条",
        )
    return {"number": NUMBER}


def _import(work: Workspace, file: Path) -> Json:
    if not work.opened.count(Recording):
        material.import_files(work, files=[file], **SESSION)
    recording = work.opened.find(Recording)[0]
    return {"sha256": recording.original_id[:16], "seconds": recording.duration_us // 1_000_000}


def _transcribe(work: Workspace, recording: Recording, key: Json) -> Json:
    transcripts.run(work, recording=recording.id)
    heard = "".join(row.words for row in current_segments(work, recording.id))
    said = "".join(sentence["text"] for sentence in key["sentences"])
    rate = scoring.character_error_rate_pm(_bare(said), _bare(heard))
    return {"segments": len(current_segments(work, recording.id)), "cer_pm": rate, "cer": f"{rate / 10:.1f}"}


def _bare(text: str) -> str:
    """Letters, digits and characters only, numbers in one form: what an error rate counts."""
    return "".join(character for character in normalise(text).text if character.isalnum())


def _leads(work: Workspace, items: tuple[score.KeyItem, ...]) -> Json:
    leads.run(work)
    rows = [row for row in work.opened.find(Lead) if row.state != "stale"]
    result = score.score(rows, items)
    breaches = len(result.met) + len(result.missed)
    return {
        "leads": len(rows),
        "met": len(result.met),
        "breaches": breaches,
        "missed": "、".join(item.id for item in result.missed) or "—",
        "false_alarms": len(result.false_alarms),
        "near_misses_hit": len(result.near_misses_hit),
        "recall": f"{100 * (result.recall or 0):.0f}",
        "precision": f"{100 * (result.precision or 0):.0f}",
    }


def _findings(work: Workspace, items: tuple[score.KeyItem, ...], key: Json) -> Json:
    """For each breach of the key, the weightiest open lead that meets it becomes a finding; leads on innocent words are ruled out."""
    case = work.opened
    why = {item["id"]: item["why"] for item in key["items"]}
    for item in items:
        if work.stop.is_set():
            raise Stopped
        meeting = [row for row in case.find(Lead, order="severity DESC, start_us, rowid") if score.meets(row, item)]
        if item.kind == "breach" and meeting and all(row.state == "open" for row in meeting):
            leads.accept(work, lead_id=meeting[0].id)
        elif item.kind == "near_miss":
            for row in meeting:
                if row.state == "open":
                    leads.reject(work, lead_id=row.id, reason=why[item.id])
    return {"findings": case.count(Finding), "exhibits": case.count(Exhibit)}


def _verify(work: Workspace, path: Path) -> Json:
    return dict(verifying.verify(work, path=path).data)
