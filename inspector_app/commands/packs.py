"""Model packs: what is here, what each needs and how fast it is on this computer; fetch, add from a folder, check, measure.

Nothing but `models.fetch` ever opens a connection.
"""

from pathlib import Path
from typing import Any

from inspector_app.domain.errors import ModelError, UsageError
from inspector_app.domain.records import Recording, Transcript
from inspector_app.domain.timebase import iso, utc_now
from inspector_app.jobs import child, transcripts
from inspector_app.speech import fetching, machine, packs

from .registry import Outcome, always, command
from .workspace import Workspace


def _data(pack: packs.Pack, problems: list[ModelError], work: Workspace | None = None) -> dict[str, Any]:
    measured = machine.known_speed(pack.sha256)
    return {
        "name": pack.name,
        "title": pack.title,
        "engine": pack.engine,
        "path": str(pack.folder or ""),
        "sha256": pack.sha256,
        "bytes": pack.size,
        "memory_bytes": packs.memory_bytes(pack),
        "licence": pack.licence,
        "installed": pack.folder is not None,
        "ok": pack.folder is not None and not problems,
        "problems": [{"code": problem.code, **problem.facts} for problem in problems],
        "measured": measured,
        "estimate_s": _estimate_s(work, pack, measured) if work is not None and measured else None,
    }


def _estimate_s(work: Workspace, pack: packs.Pack, measured: dict[str, Any]) -> int | None:
    """Whole seconds for what the open case still has to be heard with this model, silence counted as speech; None without a case."""
    if work.case is None:
        return None
    heard = {row.recording_id for row in work.case.find(Transcript, model_sha256=pack.sha256, state="done")}
    left_us = sum(row.duration_us for row in work.case.find(Recording) if row.has_audio and row.id not in heard)
    return int(left_us * measured["wall_ms"] // (measured["audio_ms"] * 1_000_000))


@command("models.list", when=always)
def list_packs(work: Workspace) -> Outcome:
    """Packs installed, and those the program knows of.

    Data: models, each with disk (`bytes`) and memory (`memory_bytes`, an estimate until measured), `measured` on this computer or null, and
    `estimate_s` for the open case or null; device (what is remembered of the graphics card).
    """
    here = packs.installed()
    listed = [_data(pack, packs.check(pack, deep=False), work) for pack in here]
    listed += [_data(pack, []) for pack in packs.catalogue() if pack.name not in {one.name for one in here}]
    return Outcome(data={"models": listed, "device": machine.device_facts()})


@command("models.fetch", when=always)
def fetch(work: Workspace, *, name: str) -> Outcome:
    """Fetches a pack unless a sound one is there already."""
    known = {pack.name for pack in packs.catalogue()}
    if name not in known:
        raise UsageError("usage.model", given=name, known=", ".join(sorted(known)))
    for pack in packs.installed():
        if pack.name == name and not packs.check(pack, deep=True):
            return Outcome(facts={"name": name}, data={"models": [_data(pack, [])], "fetched": False})

    def progress(done: int, total: int) -> None:
        work.progress("fetch", done, total, "bytes")

    return Outcome(facts={"name": name}, data={"models": [_data(fetching.fetch(name, progress), [])], "fetched": True})


@command("models.add", when=always)
def add(work: Workspace, *, folder: Path, custom: bool = False) -> Outcome:
    """Copies a model folder (a USB disk) into the packs, checked; `custom` takes a whole model that the program does not know."""
    del work
    pack = packs.add(folder, custom=custom)
    return Outcome(facts={"name": pack.name}, data={"models": [_data(pack, [])]})


@command("models.check", when=always)
def check(work: Workspace) -> Outcome:
    """Hashes every file of every installed pack. Data: models, ok."""
    del work
    checked = [_data(pack, packs.check(pack, deep=True)) for pack in packs.installed()]
    return Outcome(data={"models": checked, "ok": bool(checked) and all(one["ok"] for one in checked)})


@command("models.measure", when=always)
def measure(work: Workspace, *, name: str = "base") -> Outcome:
    """Hears 20 seconds of the sample with a model and remembers how long it took on this computer; tries the graphics card first.

    Data: models (one, as in `models.list`). Raises ModelError, JobFailed, Stopped, StorageError.
    """
    pack = packs.find(name)
    device = transcripts.device_of(pack, work.stop)
    spec = {"model": str(pack.folder), "threads": 0, "device": device.kind, "compute": device.compute}
    found = child.run("measure", spec, on_item=lambda *_: None, stop=work.stop)
    machine.keep_speed(pack.sha256, {**found, "device": device.kind, "compute": device.compute, "at": iso(utc_now())})
    return Outcome(facts={"name": pack.name}, data={"models": [_data(pack, [], work)]})
