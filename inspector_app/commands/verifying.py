"""Verify: recompute everything a case, a dossier or an exported folder claims, and name the first broken thing."""

from pathlib import Path
from typing import Any

from inspector_app.domain.errors import BadInput
from inspector_app.dossier import archive
from inspector_app.integrity import digests, seal
from inspector_app.integrity import verify as check
from inspector_app.integrity.chain import Problem

from .registry import Outcome, always, command
from .workspace import Workspace


@command("case.verify", when=always)
def verify(work: Workspace, *, path: Path, case: Path | None = None) -> Outcome:
    """Checks a case folder or a dossier PDF; `case` is the case a dossier came from (found by itself where it lies inside one).

    Data: ok, checked, problems, against. A dossier without its case is checked against its own seal only, and the data say so.
    """
    if not path.exists():
        raise BadInput("verify.nothing_there", path=str(path))
    if path.is_dir():

        def progress(done: int, total: int) -> None:
            work.progress("verify", done, total, "bytes")

        report = check.verify_case(path, progress)
        data: dict[str, Any] = {**report.to_json(), "against": "case"}
    else:
        data = _dossier(path, case or _case_of(path))
    return Outcome(facts={"problems": len(data["problems"])}, data=data)


def _case_of(path: Path) -> Path | None:
    return next((folder for folder in path.absolute().parents if (folder / check.DATABASE).is_file()), None)


def _dossier(path: Path, case: Path | None) -> dict[str, Any]:
    problems = seal.check(path)
    checked = {"seal": 1}
    if case is not None:
        checked["journal"] = 1
        sha256 = digests.hash_file(path).sha256
        try:
            known = check.recorded_dossier(case, sha256) is not None
        except check.UNREADABLE as cause:
            problems.append(Problem("database.unreadable", str(cause)[:80], check.DATABASE))
        else:
            problems += [] if known else [Problem("dossier.not_in_journal", sha256, path.name)]
    report = check.Report(checked, problems)
    return {**report.to_json(), "against": "case" if case else "seal"}
