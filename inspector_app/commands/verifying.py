"""Verify: recompute everything a case, a dossier or an exported folder claims, and name the first broken thing."""

import json
import zipfile
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from inspector_app.domain.errors import BadInput, Stopped
from inspector_app.dossier import archive, volumes
from inspector_app.integrity import digests, packages, seal
from inspector_app.integrity import verify as check
from inspector_app.integrity.chain import Problem
from inspector_app.statutes import bureau

from .registry import Outcome, always, command
from .workspace import Workspace

if TYPE_CHECKING:
    from inspector_app.jobs.dossier_rebuild import Rebuilt

#: a dossier, its case, its row of the journal
Again = Callable[[Path, Path, dict[str, Any]], "Rebuilt"]
#: the clock of this computer and of a time-stamp authority
CLOCKS_DIFFER: Final = timedelta(minutes=10)


@command("case.verify", when=always)
def verify(work: Workspace, *, path: Path, case: Path | None = None, rebuild: bool = False) -> Outcome:
    """Checks a case folder, a package or a dossier PDF; `case` is the case a dossier came from (found by itself where it lies inside one).

    Data: ok, checked, problems, against; for a dossier also signatures, and unverified: the fields of those whose chain ends in no root that
    the bureau keeps in its folder `trust`. A dossier without its case is checked against its own seal only, and the data say so. `rebuild`
    builds a dossier anew from its case and compares the bytes; the data then have `rebuilt` {state, code, what, where}, see `dossier_rebuild`.
    """
    if not path.exists():
        raise BadInput("verify.nothing_there", path=str(path))

    def progress(done: int, total: int) -> None:
        if work.stop.is_set():
            raise Stopped
        work.progress("verify", done, total, "bytes")

    if path.is_dir():
        report = check.verify_case(path, progress)
        data: dict[str, Any] = {**report.to_json(), "against": "case"}
    elif zipfile.is_zipfile(path):
        data = {**packages.check(path, progress).to_json(), "against": "package"}
    else:
        data = _dossier(path, case or case_of(path), _again(work) if rebuild else None)
    return Outcome(facts={"problems": len(data["problems"])}, data=data)


def case_of(path: Path) -> Path | None:
    """The case folder that a file lies in."""
    return next((folder for folder in path.absolute().parents if (folder / check.DATABASE).is_file()), None)


def _again(work: Workspace) -> Again:
    """Builds a dossier anew from its case and its row of the journal."""
    from inspector_app.jobs import dossier_rebuild

    def again(path: Path, case: Path, row: dict[str, Any]) -> "Rebuilt":
        return dossier_rebuild.rebuild(
            path, case, row, stop=work.stop, progress=lambda done, total, unit: work.progress("dossier", done, total, unit)
        )

    return again


def _dossier(path: Path, case: Path | None, again: Again | None) -> dict[str, Any]:
    """The seal up to where signatures begin, the signatures, and both against the case's journal where there is a case."""
    from inspector_app.integrity import certificates, signatures  # bring cryptography along; only a dossier needs them

    end = seal.sealed_end(path)
    found, problems = signatures.examine(path, certificates.roots(bureau.folder() / "trust"))
    signed = bool(found or problems)
    problems = seal.check(path, end if signed else None) + problems
    checked = {"seal": 1} | ({"signatures": len(found)} if found else {})
    with suppress(BadInput):  # a file without a list is told below
        problems += volumes.problems(path, archive.read_manifest(path), archive.read_manifest)
    if case is not None:
        try:
            problems += _journal(path, case, end, found)
            checked["journal"] = 1
            manifest = archive.read_manifest(path)
            problems += check.compare_manifest(case, manifest) + _before_sealing(found, str(manifest["sealed_at"]))
            checked["manifest"] = 1
        except BadInput as error:
            problems.append(Problem(error.code, path.name, path.name))
        except check.UNREADABLE as cause:
            problems.append(Problem("database.unreadable", str(cause)[:80], check.DATABASE))
    built = None
    if case is not None and again is not None:
        built = _rebuilt(path, case, again)
        checked |= {"rebuilt": 1} if built.state != "not_possible" else {}
        problems += [Problem(built.code, built.what, built.where or path.name)] if built.state == "different" else []
    report = check.Report(checked, problems)
    unverified = [one["field"] for one in found if "unverified" in (one["chain"], one["stamp_chain"])]
    more = {"rebuilt": built.to_json()} if built else {}
    return {**report.to_json(), "against": "case" if case else "seal", "signatures": found, "unverified": unverified, **more}


def _rebuilt(path: Path, case: Path, again: Again) -> "Rebuilt":
    """How the dossier compares with what its case gives; only one whose printed head the journal knows can be built anew."""
    from inspector_app.jobs.dossier_rebuild import NOT_POSSIBLE, Rebuilt

    try:
        row = check.dossier_with_head(case, str(archive.read_manifest(path)["journal"]["head"]))
        return again(path, case, row) if row else Rebuilt(NOT_POSSIBLE, "dossier.not_in_journal", path.name)
    except BadInput as error:
        return Rebuilt(NOT_POSSIBLE, error.code, path.name)
    except check.UNREADABLE as cause:
        return Rebuilt(NOT_POSSIBLE, "database.unreadable", str(cause)[:80])


def _journal(path: Path, case: Path, end: int, found: list[dict[str, Any]]) -> list[Problem]:
    """What the case's journal says of the file: the sealed part names the dossier, its newest row who signed it."""
    whole = digests.hash_file(path).sha256
    row = check.recorded_dossier(case, whole) or check.recorded_dossier(case, seal.sealed_digest(path, end))
    if row is None:
        return [Problem("dossier.not_in_journal", path.name, path.name)]
    expected = {one["fingerprint"]: one["name"] for one in json.loads(row["signers"])}
    there = {one["fingerprint"]: one["name"] for one in found}
    problems = [Problem("signature.removed", expected[one], path.name) for one in sorted(expected.keys() - there.keys())]
    problems += [Problem("signature.not_in_journal", there[one], path.name) for one in sorted(there.keys() - expected.keys())]
    if not problems and whole != row["sha256"]:
        problems.append(Problem("dossier.not_in_journal", path.name, path.name))
    return problems


def _before_sealing(found: list[dict[str, Any]], sealed_at: str) -> list[Problem]:
    """Time stamps that say the dossier was signed before it was sealed (clocks may differ by some minutes)."""
    sealed = datetime.fromisoformat(sealed_at) - CLOCKS_DIFFER
    return [
        Problem("signature.stamp_before_seal", one["stamped_at"], one["field"])
        for one in found
        if one["stamped_at"] and datetime.fromisoformat(one["stamped_at"]) < sealed
    ]
