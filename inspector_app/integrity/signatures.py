# mypy: disable-error-code="import-untyped, no-untyped-call"
"""Electronic signatures on a sealed dossier (PAdES, ISO 32000 incremental updates): put on by officers, and examined to the last byte.

A signature only ever appends bytes: what the seal covers stays a prefix of the file. The fields of two officers are made with the first
signature, which certifies the document so that nothing but the second may follow. Examining is a closed world: one revision per
signature, no byte outside them, no change but their own. Whether a certificate is to be trusted needs roots; without any it is said to
be unverified, never sound.
"""

import asyncio
import logging
import os
import re
import shutil
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, Final, TypeVar

from asn1crypto import x509
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import HistoricalResolver, PdfFileReader
from pyhanko.sign import PdfSignatureMetadata, PdfSigner, SimpleSigner, fields
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.diff_analysis.commons import compare_dicts
from pyhanko.sign.general import SigningError
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko.sign.validation.generic_cms import extract_tst_data_iter
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from inspector_app.domain.errors import BadInput, CheckFailed, StorageError, UsageError

from . import seal
from .certificates import Signer, may_sign, name_of
from .chain import Problem
from .timestamps import TimeAuthority

T = TypeVar("T")
Json = dict[str, Any]

#: officers who sign a dossier (程序规定 22)
OFFICERS: Final = 2
FIELD: Final = "Officer"
#: room for a signature with its time stamp and both chains, in hexadecimal digits; unstamped ones are measured
_WITH_STAMP: Final = 2 * 20_480
#: pyHanko walks bookmarks by recursion, one call per entry
_STACK: Final = 256 << 20
_DEPTH: Final = 100_000
_ONE_AT_A_TIME: Final = threading.Lock()
#: what signing raises where a certificate or the file does not suit it
_UNSUITED = (SigningError, PdfError, ValueError, TypeError, LookupError, AttributeError, NotImplementedError)
#: what the first signature may add to the catalogue, to the document's properties and to a page; the sealed file has none of these
_CATALOG = frozenset({"/AcroForm", "/Perms", "/Extensions", "/Version"})
_PROPERTIES = frozenset({"/ModDate", "/Producer"})
_PAGE = frozenset({"/Annots"})
_FORM = {"/Fields", "/SigFlags"}
_USAGE = KeyUsageConstraints(key_usage={"digital_signature"})

for _name in ("pyhanko", "pyhanko_certvalidator"):  # what they warn of is said by our own codes
    logging.getLogger(_name).addHandler(logging.NullHandler())


# -- signing --------------------------------------------------------------------------------------------------------------------------


def sign(path: Path, signers: Sequence[Signer], *, tsa: str = "", limit_s: float | None = None) -> list[Json]:
    """Puts the signatures of `signers` on a sealed dossier, whole or not at all; returns every signature now on it (see `examine`).

    Works on a copy that takes the file's place once it has been examined. Raises CheckFailed (`sign.not_sealed`, `sign.altered`,
    `sign.check_failed`), UsageError (`sign.nobody`, `sign.same_certificate`, `sign.no_field_left`, `sign.tsa_url`), BadInput
    (`sign.failed`, or one of the time authority's), StorageError. Not for two threads at once on one file.
    """
    if not signers:
        raise UsageError("sign.nobody")
    authority = (TimeAuthority(tsa, limit_s) if limit_s else TimeAuthority(tsa)) if tsa else None
    before, problems = examine(path)
    if not _sealed(path):
        raise CheckFailed("sign.not_sealed", file=path.name)
    wrong = [problem.code for problem in problems if problem.code != "signature.second_missing"]
    if wrong:
        raise CheckFailed("sign.altered", file=path.name, problem=wrong[0])
    _refuse_twice(signers, {str(one["fingerprint"]) for one in before}, path.name)
    if before and len(before) + len(signers) > OFFICERS:
        raise UsageError("sign.no_field_left", file=path.name)
    partial = path.with_name(path.name + ".signing")
    try:
        shutil.copyfile(path, partial)
        for place, signer in enumerate(signers, len(before) + 1):
            _put(partial, signer, place, max(OFFICERS, len(signers)), authority)
        after, problems = examine(partial)
        wrong = [problem.code for problem in problems if problem.code != "signature.second_missing"]
        if wrong:
            raise CheckFailed("sign.check_failed", file=path.name, problem=wrong[0])
        with partial.open("r+b") as file:
            os.fsync(file.fileno())
        partial.replace(path)
    except OSError as cause:
        raise StorageError.of(cause, path.parent) from cause
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
    return after


def _sealed(path: Path) -> bool:
    end = seal.sealed_end(path)
    return end > 0 and not seal.check(path, end)


def _refuse_twice(signers: Sequence[Signer], there: set[str], file: str) -> None:
    """One certificate, or one key under two certificates, is one person however often it signs."""
    seen = set(there)
    known_keys: set[bytes] = set()
    for signer in signers:
        key = signer.certificate.public_key.sha256
        if signer.fingerprint in seen or key in known_keys:
            raise UsageError("sign.same_certificate", file=file, name=signer.name)
        seen.add(signer.fingerprint)
        known_keys.add(key)


def _put(path: Path, signer: Signer, place: int, count: int, authority: TimeAuthority | None) -> None:
    """One signature in the field of its place; the first makes all fields and certifies."""

    def work() -> None:
        with path.open("r+b") as file:
            writer = IncrementalPdfFileWriter(file)
            if place == 1:
                for number in range(1, count + 1):
                    fields.append_signature_field(writer, fields.SigFieldSpec(f"{FIELD}{number}"))
            about = PdfSignatureMetadata(
                field_name=f"{FIELD}{place}",
                md_algorithm="sha256",
                subfilter=fields.SigSeedSubFilter.PADES,
                name=signer.name,
                certify=place == 1,
                docmdp_permissions=fields.MDPPerm.FILL_FORMS,
            )
            chain = SimpleCertificateStore.from_certs([signer.certificate, *signer.others])
            hand = SimpleSigner(signer.certificate, signer.key, chain)
            PdfSigner(about, hand, timestamper=authority).sign_pdf(writer, in_place=True, bytes_reserved=_WITH_STAMP if authority else None)

    try:
        _deep(work)
    except _UNSUITED as cause:
        raise BadInput("sign.failed", name=signer.name, cause=str(cause)[:200] or type(cause).__name__) from cause


# -- examining ------------------------------------------------------------------------------------------------------------------------


def examine(path: Path, trust: Sequence[x509.Certificate] = ()) -> tuple[list[Json], list[Problem]]:
    """Every signature on a dossier, and what is wrong with them; nothing and nothing where none is there.

    Facts of a signature: field, name, subject, issuer, serial, fingerprint (SHA-256), digest (its algorithm), claimed_at, stamped_at,
    stamped_by ("" without a time stamp), coverage, changes (how far later revisions went), chain: `verified`, `untrusted`, or
    `unverified` where `trust` is empty; stamp_chain likewise.
    """
    try:
        return _deep(lambda: _examined(path, trust))
    except OSError:
        raise
    except Exception as cause:  # whatever reading raises that somebody else wrote: it could not be checked, and that is said
        return [], [Problem("signature.unreadable", str(cause)[:80] or type(cause).__name__, path.name)]


def _examined(path: Path, trust: Sequence[x509.Certificate]) -> tuple[list[Json], list[Problem]]:
    end = seal.sealed_end(path)
    content = path.read_bytes()
    if b"/ByteRange" not in content:
        return [], []
    with path.open("rb") as file:
        reader = PdfFileReader(file)
        found = list(reader.embedded_signatures)
        if not found:
            return [], [Problem("signature.unreadable", "no signature field", path.name)]
        problems = _frame(reader, found, content, end, path.name)
        facts = []
        for place, one in enumerate(found, 1):
            known, wrong = asyncio.run(_one(one, place == len(found), content, trust))
            facts.append(known)
            problems += wrong
        names = [str(one["fingerprint"]) for one in facts]
        if len(set(names)) < len(names):
            problems.append(Problem("signature.same_certificate", str(facts[-1]["name"]), path.name))
        return facts, problems


def _frame(reader: PdfFileReader, found: list[EmbeddedPdfSignature], content: bytes, end: int, name: str) -> list[Problem]:
    """What is wrong with the appended part as a whole: its revisions, its fields, what the first of them changed."""
    problems = []
    revisions = reader.xrefs.total_revisions
    if revisions != 1 + len(found) or [one.signed_revision for one in found] != list(range(1, revisions)):
        problems.append(Problem("signature.extra_revision", f"{revisions - 1 - len(found):+d}", name))
    if reader.xrefs.get_startxref_for_revision(0) != _table_of(content[:end]):
        problems.append(Problem("signature.other_changes", "startxref", name))  # the sealed part lies there, but is not what is shown
    first = found[0].byte_range
    if not (len(first) == 4 and 0 < end <= int(first[1])):
        problems.append(Problem("signature.coverage", str([int(part) for part in first])[:60], FIELD + "1"))
    problems += [Problem("signature.other_changes", what, name) for what in _changed_by_the_first(reader)]
    empty = []
    for field, value, reference in fields.enumerate_sig_fields(reader):
        area = reference.get_object().get("/Rect", [0, 0, 0, 0])
        if area[0] != area[2] and area[1] != area[3]:
            problems.append(Problem("signature.visible", str(field), name))
        if value is None:
            empty.append(str(field))
    problems += [Problem("signature.second_missing", field, name) for field in empty]
    if content.count(b"/ByteRange") != len(found):
        problems.append(Problem("signature.extra_revision", "/ByteRange", name))
    return problems


def _table_of(sealed: bytes) -> int:
    """Where the sealed file says that its table of objects begins; -1 where it does not say."""
    found = re.search(rb"startxref\s+(\d+)\s+%%EOF\s*$", sealed[-64:])
    return int(found[1]) if found else -1


def _changed_by_the_first(reader: PdfFileReader) -> list[str]:
    """What the first signature's revision changed beside its own fields: nothing, or the first such thing.

    An object that was there may differ only where a field must be hung up; a new one is reached by nothing but those places.
    """
    old, new = reader.get_historical_resolver(0), reader.get_historical_resolver(1)
    if new.refs_freed_in_revision():
        return ["freed"]
    if new.root_ref != old.root_ref or _place_of(old.trailer_view, "/Info") not in (None, _place_of(new.trailer_view, "/Info")):
        return ["/Root"]
    form = new.root["/AcroForm"]
    widgets = {field.reference for field in form.raw_get("/Fields")}
    if "/AcroForm" in old.root or set(form) != _FORM or any(new(one).get("/FT") != "/Sig" or "/AP" in new(one) for one in widgets):
        return ["/AcroForm"]
    for reference in new.explicit_refs_in_revision():
        if not old.is_ref_unassignable(reference) and not _may_change(reference, old, new, widgets):
            return [str(reference)]
    return []


def _may_change(reference: Any, old: HistoricalResolver, new: HistoricalResolver, widgets: set[Any]) -> bool:
    before, after = old(reference), new(reference)
    if reference == new.root_ref:
        return compare_dicts(before, after, _CATALOG, raise_exc=False)
    if reference == _place_of(new.root, "/Metadata"):
        return True  # the time of change within the file's own description
    if reference == _place_of(new.trailer_view, "/Info"):
        return compare_dicts(before, after, _PROPERTIES, raise_exc=False)
    pages = isinstance(before, generic.DictionaryObject) and isinstance(after, generic.DictionaryObject)
    if not pages or before.get("/Type") != "/Page" or "/Annots" not in after:
        return False
    hung = [one.reference for one in after.raw_get("/Annots")]
    there = [one.reference for one in before.get("/Annots", [])] if "/Annots" in before else []
    return compare_dicts(before, after, _PAGE, raise_exc=False) and hung[: len(there)] == there and set(hung[len(there) :]) <= widgets


def _place_of(owner: Any, name: str) -> Any:
    """Where an entry of a dictionary points to; None where it is not there or stands in the dictionary itself."""
    found = owner.raw_get(name) if name in owner else None
    return found.reference if isinstance(found, generic.IndirectObject) else None


async def _one(one: EmbeddedPdfSignature, last: bool, content: bytes, trust: Sequence[x509.Certificate]) -> tuple[Json, list[Problem]]:
    """One signature by itself."""
    field = str(one.field_name)
    context = ValidationContext(trust_roots=list(trust), allow_fetching=False, revocation_mode="soft-fail", moment=_stamped(one))
    now = ValidationContext(trust_roots=list(trust), allow_fetching=False, revocation_mode="soft-fail")
    status = await async_validate_pdf_signature(one, context, now, key_usage_settings=_USAGE)
    own = one.signer_cert
    stamp = status.timestamp_validity
    claimed = status.signer_reported_dt
    signed_at = stamp.timestamp if stamp is not None else claimed
    facts = {
        "field": field,
        "name": name_of(own),
        "subject": own.subject.human_friendly,
        "issuer": own.issuer.human_friendly,
        "serial": f"{own.serial_number:x}",
        "fingerprint": own.sha256.hex(),
        "digest": status.md_algorithm,
        "claimed_at": claimed.isoformat() if claimed else "",
        "stamped_at": stamp.timestamp.isoformat() if stamp is not None else "",
        "stamped_by": name_of(stamp.signing_cert) if stamp is not None else "",
        "coverage": one.coverage.name.lower() if one.coverage else "",
        "changes": _level(status),
        "chain": _chain(status.trusted, trust),
        "stamp_chain": _chain(stamp.trusted, trust) if stamp is not None else "",
    }
    return facts, [Problem(code, what, field) for code, what in _wrong(one, status, facts, last=last, content=content, at=signed_at)]


def _wrong(
    one: EmbeddedPdfSignature, status: PdfSignatureStatus, facts: Json, *, last: bool, content: bytes, at: datetime | None
) -> list[tuple[str, str]]:
    own, stamp = one.signer_cert, status.timestamp_validity
    whole = SignatureCoverageLevel.ENTIRE_FILE if last else SignatureCoverageLevel.ENTIRE_REVISION
    tests = [
        (not (status.intact and status.valid), "signature.broken", facts["name"]),
        (one.coverage != whole, "signature.coverage", facts["coverage"]),
        (not _plain_contents(one, content), "signature.padding", facts["name"]),
        (facts["changes"] == "other" or not status.docmdp_ok, "signature.changed_after", facts["changes"]),
        (not may_sign(own), "signature.key_usage", facts["name"]),
        (at is not None and not own.not_valid_before <= at <= own.not_valid_after, "signature.expired", own.not_valid_after.isoformat()),
        (facts["chain"] == "untrusted", "signature.untrusted", facts["subject"]),
        (stamp is not None and not (stamp.intact and stamp.valid), "signature.stamp_broken", facts["stamped_by"]),
        (stamp is not None and not _for_stamps(stamp.signing_cert), "signature.stamp_usage", facts["stamped_by"]),
        (facts["stamp_chain"] == "untrusted", "signature.stamp_untrusted", facts["stamped_by"]),
    ]
    return [(code, str(what)[:80]) for wrong, code, what in tests if wrong]


def _for_stamps(own: x509.Certificate) -> bool:
    usage = own.extended_key_usage_value
    return usage is not None and "time_stamping" in usage.native


def _level(status: PdfSignatureStatus) -> str:
    """How far revisions after this one went: none, signatures, or other."""
    level = status.modification_level
    if level is None or level > ModificationLevel.FORM_FILLING:
        return "other"
    return "none" if level == ModificationLevel.NONE else "signatures"


def _chain(trusted: bool, trust: Sequence[x509.Certificate]) -> str:
    return "unverified" if not trust else "verified" if trusted else "untrusted"


def _stamped(one: EmbeddedPdfSignature) -> datetime | None:
    """The token's time, at which the signer's certificate is judged (it may have ended since); None without a token."""
    token = next(extract_tst_data_iter(one.signer_info, signed=False), None)
    if token is None:
        return None
    moment: datetime = token["encap_content_info"]["content"].parsed["gen_time"].native
    return moment


def _plain_contents(one: EmbeddedPdfSignature, content: bytes) -> bool:
    """Whether the gap between the signed ranges is the signature in hexadecimal digits and zeros, and nothing else."""
    ranges = [int(part) for part in one.byte_range]
    if len(ranges) != 4:
        return False
    gap = re.fullmatch(rb"<([0-9a-fA-F]*)>", content[ranges[1] : ranges[2]])
    if gap is None or len(gap[1]) % 2:
        return False
    raw = bytes.fromhex(gap[1].decode())
    return not raw[_der_length(raw) :].strip(b"\0")


def _der_length(raw: bytes) -> int:
    """The length of the first DER value, its head included."""
    if len(raw) < 2 or raw[1] == 0x80:
        return 0
    if raw[1] < 0x80:
        return 2 + raw[1]
    size = raw[1] & 0x7F
    return 2 + size + int.from_bytes(raw[2 : 2 + size], "big")


def _deep(work: Callable[[], T]) -> T:
    """Runs `work` in a thread with a large stack and hands on what it returns or raises."""
    done: list[T] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            done.append(work())
        except BaseException as cause:  # carried to the caller's thread
            failed.append(cause)

    with _ONE_AT_A_TIME:
        stack, depth = threading.stack_size(_STACK), sys.getrecursionlimit()
        sys.setrecursionlimit(_DEPTH)
        try:
            thread = threading.Thread(target=run, name="signatures")
            thread.start()
            threading.stack_size(stack)
            thread.join()
        finally:
            threading.stack_size(stack)
            sys.setrecursionlimit(depth)
    if failed:
        raise failed[0]
    return done[0]
