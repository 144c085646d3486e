"""Two officers, an authority for time stamps and their root, made new for a test; and a server on the loopback that stamps or lies."""

import http.server
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from asn1crypto import keys, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

PASSWORD = b"\xe5\x8f\xa3\xe4\xbb\xa4 1"
DER = serialization.Encoding.DER


@dataclass(frozen=True)
class Pair:
    certificate: x509.Certificate
    key: Any

    def p12(self, path: Path, *others: x509.Certificate, password: bytes = PASSWORD) -> Path:
        lock = serialization.BestAvailableEncryption(password)
        path.write_bytes(pkcs12.serialize_key_and_certificates(b"officer", self.key, self.certificate, list(others), lock))
        return path


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text), x509.NameAttribute(NameOID.ORGANIZATION_NAME, "示例市场监管局")])


class Authority:
    """A root of its own."""

    def __init__(self, name: str = "示例根证书") -> None:
        self.root = self._make(name, None, days=(-3650, 3650), ca=True)

    def _make(
        self,
        name: str,
        issuer: Pair | None,
        *,
        days: tuple[int, int],
        ca: bool = False,
        usage: str = "sign",
        stamps: bool = False,
        key: Any = None,
    ) -> Pair:
        key = key or rsa.generate_private_key(public_exponent=65537, key_size=2048)
        now = datetime.now(UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(_name(name))
            .issuer_name(issuer.certificate.subject if issuer else _name(name))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + timedelta(days=days[0]))
            .not_valid_after(now + timedelta(days=days[1]))
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        )
        signs = usage == "sign"
        flags = {"digital_signature": signs and not ca, "key_cert_sign": ca, "crl_sign": ca, "key_encipherment": usage == "encipher"}
        rest = ("content_commitment", "data_encipherment", "key_agreement", "encipher_only", "decipher_only")
        builder = builder.add_extension(x509.KeyUsage(**flags, **dict.fromkeys(rest, False)), critical=True)
        if stamps:
            builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        return Pair(builder.sign(issuer.key if issuer else key, hashes.SHA256()), key)

    def officer(self, name: str, *, days: tuple[int, int] = (-10, 365), usage: str = "sign", key: Any = None) -> Pair:
        return self._make(name, self.root, days=days, usage=usage, key=key)

    def stamper(self, name: str = "示例时间戳", *, stamps: bool = True) -> Pair:
        return self._make(name, self.root, days=(-10, 365), stamps=stamps)

    def trust(self, folder: Path) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "root.pem").write_bytes(self.root.certificate.public_bytes(serialization.Encoding.PEM))
        return folder


Answer = tuple[int, str, bytes]


def honest(pair: Pair, root: Pair, at: datetime | None = None) -> Callable[[bytes], Answer]:
    """What a sound authority answers to a request."""
    own = asn1_x509.Certificate.load(pair.certificate.public_bytes(DER))
    key = keys.PrivateKeyInfo.load(pair.key.private_bytes(DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    chain = SimpleCertificateStore.from_certs([asn1_x509.Certificate.load(root.certificate.public_bytes(DER))])

    def answer(body: bytes) -> Answer:
        clock = at or datetime.now(UTC)
        made = DummyTimeStamper(own, key, chain, fixed_dt=clock.replace(microsecond=0)).request_tsa_response(tsp.TimeStampReq.load(body))
        return 200, "application/timestamp-reply", made.dump()

    return answer


@contextmanager
def serving(answer: Callable[[bytes], Answer | None]) -> Iterator[str]:
    """An HTTP server on the loopback; None from `answer` means that it never answers. Yields its address."""
    ended = threading.Event()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            found = answer(self.rfile.read(int(self.headers["Content-Length"])))
            if found is None:
                ended.wait(30)
                return
            status, kind, body = found
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            return None

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/tsa"
    finally:
        ended.set()
        server.shutdown()
        server.server_close()
        thread.join()
