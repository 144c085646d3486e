# mypy: disable-error-code="import-untyped, no-untyped-call"
"""Time stamps of an authority (RFC 3161), asked for over HTTP only when a person named its address; the answer is not trusted but checked.

It must never hang, follow an answer elsewhere, or take an answer for what it did not ask: another nonce, digest or time is refused by
name. That the token's signature is sound is found out afterwards, when the signed file is examined as a whole.
"""

import http.client
import threading
from datetime import UTC, datetime, timedelta
from typing import ClassVar, Final
from urllib.parse import urlsplit

from asn1crypto import cms, core, tsp, x509
from pyhanko.sign.timestamps import TimeStamper

from inspector_app.domain.errors import BadInput, UsageError

#: from the call to the last byte of the answer
LIMIT_S: Final = 15.0
#: an authority's clock and this computer's may differ by so much
TOLERANCE: Final = timedelta(minutes=5)
_LARGEST: Final = 1 << 20


class _Answer(core.Sequence):  # type: ignore[misc]
    """A reply as RFC 3161 has it: without a token where the authority refused."""

    _fields: ClassVar = [("status", tsp.PKIStatusInfo), ("token", cms.ContentInfo, {"optional": True})]


class TimeAuthority(TimeStamper):
    """One authority by its address. Raises UsageError `sign.tsa_url`, BadInput with a code `sign.tsa_…` that says what the answer lacks."""

    def __init__(self, url: str, limit_s: float = LIMIT_S) -> None:
        super().__init__()
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise UsageError("sign.tsa_url", url=url)
        self.url, self.limit_s = url, limit_s

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        status, kind, body = self._asked(req.dump())
        if status != 200:
            raise BadInput("sign.tsa_refused", url=self.url, cause=f"HTTP {status}")
        try:
            answer = _Answer.load(body, strict=True)
            given = str(answer["status"]["status"].native)
        except (ValueError, TypeError, KeyError) as cause:
            raise BadInput("sign.tsa_not_a_reply", url=self.url, kind=kind[:60]) from cause
        if given not in ("granted", "granted_with_mods"):
            words = "; ".join(answer["status"]["status_string"].native or []) or given
            raise BadInput("sign.tsa_refused", url=self.url, cause=words[:200])
        try:
            signed = answer["token"]["content"]
            self._check(signed["encap_content_info"]["content"].parsed, req)
            self._check_maker(signed)
        except (ValueError, TypeError, KeyError) as cause:
            raise BadInput("sign.tsa_not_a_reply", url=self.url, kind=kind[:60]) from cause
        return tsp.TimeStampResp.load(body)

    def _check(self, info: tsp.TSTInfo, req: tsp.TimeStampReq) -> None:
        if info["nonce"].native != req["nonce"].native:
            raise BadInput("sign.tsa_nonce", url=self.url)
        if info["message_imprint"].dump() != req["message_imprint"].dump():
            raise BadInput("sign.tsa_other_digest", url=self.url)
        said, now = info["gen_time"].native, datetime.now(UTC)
        if abs(said - now) > TOLERANCE:
            raise BadInput("sign.tsa_time", url=self.url, said=said.isoformat(timespec="seconds"), here=now.isoformat(timespec="seconds"))

    def _check_maker(self, signed: cms.SignedData) -> None:
        """The certificate that made the token must be sent along and be for time stamps (RFC 3161, 2.3)."""
        maker = maker_of(signed)
        usage = maker.extended_key_usage_value if maker is not None else None
        if usage is None or "time_stamping" not in usage.native:
            raise BadInput("sign.tsa_certificate", url=self.url)

    def _asked(self, body: bytes) -> tuple[int, str, bytes]:
        """Status, content type and body of the answer. In a thread of its own: neither a name server nor a dripping answer holds us up."""
        found: list[tuple[int, str, bytes] | OSError | http.client.HTTPException] = []

        def ask() -> None:
            try:
                found.append(self._exchange(body))
            except (OSError, http.client.HTTPException) as cause:
                found.append(cause)

        asking = threading.Thread(target=ask, daemon=True, name="time-stamp")
        asking.start()
        asking.join(self.limit_s)
        if not found:
            raise BadInput("sign.tsa_timeout", url=self.url, seconds=round(self.limit_s))
        if isinstance(found[0], Exception):
            raise BadInput("sign.tsa_unreachable", url=self.url, cause=str(found[0])[:200] or type(found[0]).__name__) from found[0]
        return found[0]

    def _exchange(self, body: bytes) -> tuple[int, str, bytes]:
        parts = urlsplit(self.url)
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        connection = kind(parts.hostname or "", parts.port, timeout=self.limit_s)
        try:
            target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request(
                "POST", target, body, {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
            )
            answer = connection.getresponse()
            return answer.status, answer.getheader("Content-Type", ""), answer.read(_LARGEST)
        finally:
            connection.close()


def maker_of(signed: cms.SignedData) -> x509.Certificate | None:
    """The certificate of the first signer among those the token carries; None where it is not there."""
    sid = signed["signer_infos"][0]["sid"].chosen
    for choice in signed["certificates"]:
        one = choice.chosen
        if isinstance(sid, cms.IssuerAndSerialNumber):
            if one.issuer == sid["issuer"] and one.serial_number == sid["serial_number"].native:
                return one
        elif one.key_identifier == sid.native:
            return one
    return None
