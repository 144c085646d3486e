"""Package 证据包: a case carried to another laptop whole, the reviewer's edition made from it, and the reviewer's word brought back.

Nothing that is done in the reviewer's copy alters the case: only reviews come back, and only where their journal follows the case's own.
"""

import tempfile
from pathlib import Path

from inspector_app.casefile import journal
from inspector_app.casefile.changes import Act, insert
from inspector_app.domain.errors import BadInput, CheckFailed, Stopped, UsageError
from inspector_app.domain.records import Finding, OfficerRow, Review
from inspector_app.domain.timebase import iso, utc_now
from inspector_app.exchange import opinions
from inspector_app.exchange import packages as exchange
from inspector_app.integrity import digests, packages, verify
from inspector_app.integrity.chain import Link

from . import copies
from .registry import Outcome, always, command
from .workspace import Workspace


def _progress(work: Workspace, stage: str, done: int, total: int) -> None:
    if work.stop.is_set():
        raise Stopped
    work.progress(stage, done, total, "bytes")


@command("package.write")
def write(work: Workspace, *, out: Path) -> Outcome:
    """Writes the whole case as one package. Data: written (the path), sha256, bytes, files, journal_head."""
    case = work.opened
    about = {
        "case": {"case_id": case.info.case_id, "number": case.info.number, "party": case.info.party},
        "made_at": iso(utc_now()),
        "by": work.actor.name,
    }
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / verify.DATABASE
        case.copy_database(database)
        head = case.journal_head()[1]
        made = exchange.write(case.folder, database, out, about, lambda done, total: _progress(work, "package", done, total))
    if work.writable:
        case.commit(Act("package.write", work.actor, [], made.sha256, {"file": out.name, "sha256": made.sha256, "journal_head": head}))
    data = {"written": [str(made.path)], "sha256": made.sha256, "bytes": made.bytes, "files": made.files, "journal_head": head}
    return Outcome(facts={"count": 1}, data=data)


@command("package.open", when=always)
def open_package(work: Workspace, *, path: Path, into: Path | None = None) -> Outcome:
    """Checks a package and unpacks it for the reviewer beside it, or into `into`; one unpacked before stays as it is.

    Facts: case (the folder to open). Data: case, number, journal_head. Raises CheckFailed `package.altered` naming the first thing wrong.
    """
    if not path.is_file():
        raise BadInput("verify.nothing_there", path=str(path))
    target = (into or path.parent) / f"{path.stem}-审核"
    sha256 = digests.hash_file(path).sha256
    known = copies.copy_in(target)
    if known is not None and known.package == sha256:
        manifest = packages.manifest_of(path)
    else:
        manifest = exchange.take_out(path, target, lambda done, total: _progress(work, "package", done, total))
        copies.note_origin(target, sha256, manifest)
    facts: dict[str, str | int] = {"case": str(target), "number": str(manifest["case"]["number"])}
    return Outcome(facts=facts, data={**facts, "journal_head": manifest["journal"]["head"]})


@command("review.write")
def write_reviews(work: Workspace, *, out: Path) -> Outcome:
    """In a reviewer's copy: writes what was said since it was unpacked, for the case's owner to merge. Data: written, reviews."""
    case = work.opened
    rows = [Link(seq, body, digest) for seq, body, digest in case.read(journal.stored)]
    here = work.copy
    base = next((row for row in rows if here is not None and (row.seq, row.hash) == (here.seq, here.head)), None)
    if base is None:
        raise UsageError("review.not_a_copy", folder=str(case.folder))
    about = {"case_id": case.info.case_id, "number": case.info.number}
    written = opinions.write(out, about, (base.seq, base.hash), [row for row in rows if row.seq > base.seq], iso(utc_now()))
    return Outcome(facts={"count": 1}, data={"written": [str(written)], "reviews": len(opinions.read(written).reviews)})


@command("review.merge")
def merge(work: Workspace, *, path: Path) -> Outcome:
    """Takes the reviews of a file that `review.write` made into this case, as one act. Data: merged, known, ignored (names of other acts).

    Raises CheckFailed `review.other_case`, `review.other_journal` (the file follows no row of this case), UsageError `review.own_case`,
    BadInput `review.not_a_file` or `review.altered`.
    """
    case = work.opened
    found = opinions.read(path)
    if found.case_id != case.info.case_id:
        raise CheckFailed("review.other_case", file=path.name, number=case.info.number)
    if not any((seq, digest) == found.base for seq, _, digest in case.read(journal.stored)):
        raise CheckFailed("review.other_journal", file=path.name, row=found.base[0])
    officers = {officer.name for officer in case.find(OfficerRow)}
    known = {row.id for row in case.find(Review)}
    findings = {row.id for row in case.find(Finding)}
    fresh = [review for review in found.reviews if review.id not in known]
    for review in fresh:
        if review.by in officers:
            raise UsageError("review.own_case", name=review.by)
        if review.finding_id not in findings:
            raise CheckFailed("review.no_finding", file=path.name, id=review.finding_id)
    facts: dict[str, str | int] = {"count": len(fresh), "file": path.name, "head": found.head}
    if fresh:
        case.commit(Act("review.merge", work.actor, [insert(review) for review in fresh], found.head, facts, undoable=True))
    data = {"merged": len(fresh), "known": len(found.reviews) - len(fresh), "ignored": list(found.others)}
    return Outcome(frozenset({"reviews"}), tuple(review.id for review in fresh), facts, data)
