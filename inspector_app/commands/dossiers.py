"""Dossier 证据卷宗: build it from the case as it stands."""

from pathlib import Path

from inspector_app.jobs import run as jobs

from . import findings
from .registry import Outcome, command
from .workspace import Workspace


@command("dossier.build", keys=("Ctrl+E",))
def build(work: Workspace, *, out: Path) -> Outcome:
    """Writes the PDF to `out` (whole or not at all) and notes its digest in the journal. Data: pdf, pages, exhibits, sha256, journal_head."""
    for row in findings.pending_stills(work):
        findings.take_still(work, row.id)
    facts = jobs.execute(work.opened, work.actor, "dossier", {"out": str(out)}, stop=work.stop, progress=work.progress)
    return Outcome(frozenset({"dossiers"}), (facts["dossier"],), {"pages": facts["pages"]}, facts)
