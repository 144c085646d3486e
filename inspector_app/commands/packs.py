"""Model packs: what is here, fetch, add from a folder, check. Nothing but `models.fetch` ever opens a connection."""

from pathlib import Path
from typing import Any

from inspector_app.domain.errors import ModelError, UsageError
from inspector_app.speech import fetching, packs

from .registry import Outcome, always, command
from .workspace import Workspace


def _data(pack: packs.Pack, problems: list[ModelError]) -> dict[str, Any]:
    return {
        "name": pack.name,
        "title": pack.title,
        "path": str(pack.folder or ""),
        "sha256": pack.sha256,
        "bytes": pack.size,
        "licence": pack.licence,
        "installed": pack.folder is not None,
        "ok": pack.folder is not None and not problems,
        "problems": [{"code": problem.code, **problem.facts} for problem in problems],
    }


@command("models.list", when=always)
def list_packs(work: Workspace) -> Outcome:
    """Packs installed, and those the program knows of."""
    del work
    here = packs.installed()
    listed = [_data(pack, packs.check(pack, deep=False)) for pack in here]
    listed += [_data(pack, []) for pack in packs.catalogue() if pack.name not in {one.name for one in here}]
    return Outcome(data={"models": listed})


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
