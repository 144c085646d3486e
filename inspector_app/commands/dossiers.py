"""Dossier 证据卷宗: build it from the case as it stands, and put officers' electronic signatures on it."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inspector_app.casefile.changes import Act, update
from inspector_app.domain.errors import BadInput, CheckFailed
from inspector_app.domain.records import Dossier
from inspector_app.integrity import digests
from inspector_app.jobs import run as jobs

from . import findings
from .registry import Outcome, always, command
from .workspace import Workspace

if TYPE_CHECKING:
    from inspector_app.integrity.certificates import Signer

#: a PKCS#12 file and its password, which is used once and kept nowhere
Key = tuple[Path, bytes]


@command("dossier.build", keys=("Ctrl+E",))
def build(
    work: Workspace,
    *,
    out: Path,
    signers: Sequence[Key] = (),
    tsa: str = "",
    edition: str = "full",
    article: str = "",
    html: Path | None = None,
) -> Outcome:
    """Writes the PDF to `out` (whole or not at all), notes its digest in the journal, and signs it where `signers` are given.

    `edition`: full, disclosure (masked; a full one must have been built), summary (one page), extract (of `article`, its code). `html`: a
    folder that is not there yet or is empty, for the edition with playable clips. Data: pdf, volumes (every file), data (JSON beside it), pages, exhibits, sha256,
    bytes, journal_head, dossier (row), edition, version, places (`finding-3`, `exhibit-12`, … → page from 1), html ("" or the page's path),
    clips, signatures (see `integrity.signatures.examine`). Raises UsageError `dossier.edition`, `dossier.extract_article`,
    `dossier.folder_taken`, CheckFailed `dossier.no_full_edition`. Keys are opened before anything is
    built; where signing fails afterwards, the unsigned dossier stands. Errors as `sign`.
    """
    unlocked = _unlocked(signers)
    for row in findings.pending_stills(work):
        findings.take_still(work, row.id)
    params = {"out": str(out), "edition": edition, "article": article, "html": str(html or "")}
    facts = jobs.execute(work.opened, work.actor, "dossier", params, stop=work.stop, progress=work.progress)
    signatures: list[dict[str, Any]] = []
    if unlocked:
        for volume in reversed(facts["volumes"]):  # the first last: its signatures are what is told
            signatures, facts["sha256"] = _signed(work, Path(volume), unlocked, tsa)
        facts["bytes"] = Path(facts["pdf"]).stat().st_size
    return Outcome(frozenset({"dossiers"}), (facts["dossier"],), {"pages": facts["pages"]}, {**facts, "signatures": signatures})


@command("dossier.sign", when=always)
def sign(work: Workspace, *, path: Path, signers: Sequence[Key], tsa: str = "") -> Outcome:
    """Puts signatures on a finished dossier, whole or not at all; an open case notes them, and refuses a file that it did not make.

    `tsa` is the address of a time-stamp authority; without it no connection is opened. Data: pdf, sha256, signatures, recorded. Raises
    BadInput, UsageError, CheckFailed and StorageError with codes `sign.…`.
    """
    if not path.is_file():
        raise BadInput("verify.nothing_there", path=str(path))
    signatures, sha256 = _signed(work, path, _unlocked(signers), tsa)
    data = {"pdf": str(path), "sha256": sha256, "signatures": signatures, "recorded": work.case is not None}
    return Outcome(frozenset({"dossiers"}), (), {"signers": len(signatures)}, data)


def _unlocked(keys: Sequence[Key]) -> "list[Signer]":
    if not keys:
        return []
    from inspector_app.integrity import certificates  # brings cryptography along; only signing needs it

    return [certificates.unlock(path, password) for path, password in keys]


def _signed(work: Workspace, path: Path, signers: "list[Signer]", tsa: str) -> tuple[list[dict[str, Any]], str]:
    from inspector_app.integrity import signatures

    row = _row_of(work, path)
    found = signatures.sign(path, signers, tsa=tsa)
    sha256 = digests.hash_file(path).sha256
    if row is not None:
        signed = replace(row, sha256=sha256, bytes=path.stat().st_size, signers=tuple(found))
        names = "、".join(signer.name for signer in signers)
        work.opened.commit(Act("dossier.sign", work.actor, [update(row, signed)], row.id, {"signers": names, "sha256": sha256}))
    return found, sha256


def _row_of(work: Workspace, path: Path) -> Dossier | None:
    """The open case's row of this very file; None without a case."""
    if work.case is None:
        return None
    rows = work.case.find(Dossier, sha256=digests.hash_file(path).sha256)
    if not rows:
        raise CheckFailed("sign.not_recorded", file=path.name, number=work.case.info.number)
    return rows[-1]
