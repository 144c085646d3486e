# mypy: disable-error-code="import-untyped, no-untyped-call"
"""Certificates: an officer's with its private key from a PKCS#12 file, and the roots that a chain may end in.

A certificate that cannot sign a document today is refused by name before anything is written. Passwords pass through memory only.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from asn1crypto import keys, pem, x509
from asn1crypto import pkcs12 as pfx
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12

from inspector_app.domain.errors import BadInput


@dataclass(frozen=True)
class Signer:
    """A certificate with its private key, unlocked, and the other certificates of its file."""

    name: str
    fingerprint: str
    certificate: x509.Certificate
    key: keys.PrivateKeyInfo
    others: tuple[x509.Certificate, ...]


def unlock(path: Path, password: bytes) -> Signer:
    """Opens a PKCS#12 file; the password is used once and kept nowhere.

    Raises BadInput: `sign.no_file`, `sign.not_p12`, `sign.wrong_password`, `sign.no_key`, `sign.expired`, `sign.not_yet_valid`,
    `sign.key_usage`.
    """
    try:
        content = path.read_bytes()
    except OSError as cause:
        raise BadInput("sign.no_file", file=path.name, cause=cause.strerror or str(cause)) from cause
    try:
        pfx.Pfx.load(content, strict=True)["version"].native  # noqa: B018  # reading is the test
    except (ValueError, TypeError) as cause:
        raise BadInput("sign.not_p12", file=path.name) from cause
    try:
        key, certificate, others = pkcs12.load_key_and_certificates(content, password or None)
    except (ValueError, TypeError) as cause:
        raise BadInput("sign.wrong_password", file=path.name) from cause
    if key is None or certificate is None or key.public_key() != certificate.public_key():
        raise BadInput("sign.no_key", file=path.name)
    der = serialization.Encoding.DER
    private = key.private_bytes(der, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    own = x509.Certificate.load(certificate.public_bytes(der))
    _refuse_unfit(own, path.name)
    rest = tuple(x509.Certificate.load(one.public_bytes(der)) for one in others)
    return Signer(name_of(own), own.sha256.hex(), own, keys.PrivateKeyInfo.load(private), rest)


def _refuse_unfit(own: x509.Certificate, file: str) -> None:
    now = datetime.now(UTC)
    if own.not_valid_after < now:
        raise BadInput("sign.expired", file=file, name=name_of(own), until=own.not_valid_after.isoformat())
    if own.not_valid_before > now:
        raise BadInput("sign.not_yet_valid", file=file, name=name_of(own), since=own.not_valid_before.isoformat())
    if not may_sign(own):
        raise BadInput("sign.key_usage", file=file, name=name_of(own))


def may_sign(own: x509.Certificate) -> bool:
    """Whether the certificate is for digital signatures (RFC 5280, 4.2.1.3); one that does not say is not."""
    usage = own.key_usage_value
    return usage is not None and "digital_signature" in usage.native


def name_of(own: x509.Certificate) -> str:
    """The common name, else the whole subject."""
    name = own.subject.native.get("common_name", "")
    return str(name[0] if isinstance(name, list) else name) or own.subject.human_friendly


def roots(folder: Path) -> tuple[x509.Certificate, ...]:
    """The certificates in `folder` (.pem, .crt, .cer) that a chain may end in; none without it. BadInput `sign.bad_root` names the file."""
    found = []
    for path in sorted(folder.glob("*")):
        if path.suffix.lower() not in (".pem", ".crt", ".cer"):
            continue
        try:
            content = path.read_bytes()
            parts = [part for _, _, part in pem.unarmor(content, multiple=True)] if pem.detect(content) else [content]
            for part in parts:
                one = x509.Certificate.load(part, strict=True)
                one.subject.native  # noqa: B018  # reading is the test
                found.append(one)
        except (OSError, ValueError, TypeError) as cause:
            raise BadInput("sign.bad_root", file=str(path)) from cause
    return tuple(found)
