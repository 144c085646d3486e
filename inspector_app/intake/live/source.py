"""The address a person typed, and a small HTTP client over a plain socket that takes bytes exactly as they come.

The client follows redirects to HTTP only, gives up on endless headers, and never writes an address with its user, password or query to
anything: those live in memory alone.
"""

import base64
import contextlib
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, unquote, urljoin, urlsplit

from .devices import is_device
from .lane import Broken

CONNECT_S: Final = 5.0
FIRST_BYTE_S: Final = 5.0
WATCHDOG_S: Final = 10.0
_HEADER_LIMIT: Final = 64 << 10
_REDIRECTS: Final = 5
#: one buffer for every read: a new one of this size each time costs more than the reading
_PIECE: Final = 128 << 10
_GONE: Final = (401, 403, 404, 410)


def shown(url: str) -> str:
    """The address as it may be kept and shown: without user, password, query and fragment."""
    if is_device(url):
        return url
    parts = urlsplit(url)
    host = parts.hostname or ""
    try:
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        port = ""
    return f"{parts.scheme}://{f'[{host}]' if ':' in host else host}{port}{parts.path}"


def secrets_of(url: str) -> list[bytes]:
    """What of an address must never be written, longest first."""
    parts = urlsplit(url)
    found = {parts.query, parts.password or "", *(value.partition("=")[2] for value in parts.query.split("&"))}
    return sorted((text.encode() for text in found if len(text) > 3), key=len, reverse=True)


def redacted(data: bytes, secrets: list[bytes]) -> bytes:
    for secret in secrets:
        data = data.replace(secret, b"[removed]")
    return data


@dataclass
class Answer:
    """An answer whose body is still to come."""

    status: int
    headers: dict[str, str]
    url: str


class HttpStream:
    """One request and the bytes of its body. `read` gives what is there, b"" at the end, None where nothing came within the time given."""

    def __init__(self, url: str, byte_range: str = "", headers: Mapping[str, str] | None = None) -> None:
        """Connects and reads the answer's head; raises Broken."""
        self._headers = {"User-Agent": "zhijian-capture", **(headers or {})}
        self._buffer = bytearray()
        self._space = memoryview(bytearray(_PIECE))
        self._wait_s = 0.0
        self._socket: socket.socket | None = None
        self._left: int | None = None
        self._chunked = False
        self._chunk_end = False
        self._over = False
        self.heard_at = time.monotonic()
        try:
            self.answer = self._follow(url, byte_range)
        except BaseException:
            self.close()
            raise

    def _follow(self, url: str, byte_range: str) -> Answer:
        for _ in range(_REDIRECTS + 1):
            parts = urlsplit(url)
            if parts.scheme not in ("http", "https") or not parts.hostname:
                raise Broken("http_status", "live.redirect_refused", final=True, scheme=parts.scheme or "-")
            self._connect(parts)
            status, headers = self._ask(parts, byte_range)
            if status not in (301, 302, 303, 307, 308) or "location" not in headers:
                break
            url = urljoin(url, headers["location"])
            self.close()
            self._buffer.clear()
            self._wait_s = 0.0
        else:
            raise Broken("http_status", "live.too_many_redirects")
        if status not in (200, 206):
            raise Broken("resolve_fail" if status in _GONE else "http_status", "live.http_status", status=status)
        self._chunked = headers.get("transfer-encoding", "").lower() == "chunked"
        if not self._chunked and headers.get("content-length", "").isdigit():
            self._left = int(headers["content-length"])
        return Answer(status, headers, url)

    def _connect(self, parts: SplitResult) -> None:
        host = parts.hostname or ""
        try:
            port = parts.port or (443 if parts.scheme == "https" else 80)
            self._socket = socket.create_connection((host, port), CONNECT_S)
            if parts.scheme == "https":
                self._socket = ssl.create_default_context().wrap_socket(self._socket, server_hostname=host)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except ValueError as cause:
            raise Broken("resolve_fail", "live.bad_address", final=True) from cause
        except TimeoutError as cause:
            raise Broken("disconnect", "live.timeout", seconds=int(CONNECT_S)) from cause
        except OSError as cause:
            raise Broken(
                "resolve_fail" if isinstance(cause, socket.gaierror) else "disconnect", "live.unreachable", cause=_why(cause)
            ) from cause

    def _ask(self, parts: SplitResult, byte_range: str) -> tuple[int, dict[str, str]]:
        assert self._socket is not None
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        host = parts.netloc.rpartition("@")[2]
        lines = [f"GET {target} HTTP/1.1", f"Host: {host}", "Accept: */*", "Accept-Encoding: identity"]
        lines.append("Connection: close")
        lines += [f"{name}: {value}" for name, value in self._headers.items() if "\r" not in value and "\n" not in value]
        if parts.username:
            pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
            lines.append("Authorization: Basic " + base64.b64encode(pair.encode()).decode())
        if byte_range:
            lines.append(f"Range: bytes={byte_range}")
        try:
            self._socket.sendall(("\r\n".join(lines) + "\r\n\r\n").encode("utf-8"))
        except OSError as cause:
            raise Broken("disconnect", "live.unreachable", cause=_why(cause)) from cause
        head = self._head()
        first, *rest = head.decode("latin-1").split("\r\n")
        fields = first.split(" ", 2)
        if len(fields) < 2 or not fields[0].startswith("HTTP/") or not fields[1].isdigit():
            raise Broken("http_status", "live.not_http")
        pairs = (line.partition(":") for line in rest)
        return int(fields[1]), {name.strip().lower(): value.strip() for name, _, value in pairs}

    def _head(self) -> bytes:
        """The answer's head: all of it within the first-byte time, and not above its size limit."""
        until = time.monotonic() + FIRST_BYTE_S
        while (end := self._buffer.find(b"\r\n\r\n")) < 0:
            if len(self._buffer) > _HEADER_LIMIT:
                raise Broken("http_status", "live.header_too_long", final=True, bytes=_HEADER_LIMIT)
            piece = self._receive(until - time.monotonic())
            if piece is None:
                raise Broken("disconnect", "live.timeout", seconds=int(FIRST_BYTE_S))
            if not piece:
                raise Broken("disconnect", "live.closed")
            self._buffer += piece
        head = bytes(self._buffer[:end])
        del self._buffer[: end + 4]
        return head

    def _receive(self, wait_s: float) -> bytes | None:
        assert self._socket is not None
        wait_s = max(wait_s, 0.01)
        if wait_s != self._wait_s:
            self._wait_s = wait_s
            self._socket.settimeout(wait_s)
        try:
            count = self._socket.recv_into(self._space)
        except TimeoutError:
            return None
        except (OSError, ValueError) as cause:
            raise Broken("disconnect", "live.broken_off", cause=_why(cause)) from cause
        self.heard_at = time.monotonic()
        return bytes(self._space[:count])

    def read(self, wait_s: float) -> bytes | None:
        """Body bytes; raises Broken `disconnect` where the body ends early or nothing comes for ten seconds."""
        if self._over or self._left == 0:
            return b""
        if not self._buffer:
            piece = self._receive(wait_s)
            if piece is None:
                if time.monotonic() - self.heard_at > WATCHDOG_S:
                    raise Broken("disconnect", "live.silent", seconds=int(WATCHDOG_S))
                return None
            if not piece:
                if self._left or self._chunked:
                    raise Broken("disconnect", "live.cut_short")
                return b""
            self._buffer += piece
        if self._chunked:
            return self._dechunk()
        body = bytes(self._buffer)
        self._buffer.clear()
        if self._left is not None:
            body = body[: self._left]
            self._left -= len(body)
        return body

    def _dechunk(self) -> bytes | None:
        """The chunk bytes at hand (RFC 9112 7.1), without their lengths; None where only a length's beginning is there."""
        body = bytearray()
        while self._buffer:
            if self._left:
                piece = self._buffer[: self._left]
                body += piece
                self._left -= len(piece)
                del self._buffer[: len(piece)]
                self._chunk_end = self._left == 0
                continue
            end = self._buffer.find(b"\r\n", 2 if self._chunk_end else 0)
            if end < 0:
                if len(self._buffer) > 1024:
                    raise Broken("disconnect", "live.cut_short")
                break
            text = bytes(self._buffer[2 if self._chunk_end else 0 : end]).partition(b";")[0].strip()
            del self._buffer[: end + 2]
            self._chunk_end = False
            try:
                self._left = int(text, 16)
            except ValueError as cause:
                raise Broken("disconnect", "live.cut_short") from cause
            if not self._left:
                self._over = True
                break
        if body:
            return bytes(body)
        return b"" if self._over else None

    def close(self) -> None:
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.close()
            self._socket = None


def _why(cause: BaseException) -> str:
    """The system's own word for it; never an address."""
    return getattr(cause, "strerror", None) or type(cause).__name__
