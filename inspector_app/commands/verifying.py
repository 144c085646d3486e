"""Verify: recompute everything a case, a dossier or an exported folder claims, and name the first broken thing."""

from pathlib import Path
from typing import Any

from inspector_app.domain.errors import BadInput, Stopped
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
            if work.stop.is_set():
                raise Stopped
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
        try:
            if check.recorded_dossier(case, digests.hash_file(path).sha256) is None:
                problems.append(Problem("dossier.not_in_journal", path.name, path.name))
            checked["journal"] = 1
            problems += check.compare_manifest(case, archive.read_manifest(path))
            checked["manifest"] = 1
        except BadInput as error:
            problems.append(Problem(error.code, path.name, path.name))
        except check.UNREADABLE as cause:
            problems.append(Problem("database.unreadable", str(cause)[:80], check.DATABASE))
    report = check.Report(checked, problems)
    return {**report.to_json(), "against": "case" if case else "seal"}
