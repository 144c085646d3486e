"""Where live chat comes from: a WebSocket that says JSON lines, or a file that another program writes. A platform's own way is one more class.

A source gives the messages exactly as they came; it understands none of them. No platform's signature is computed here.
"""

import contextlib
import os
import time
from pathlib import Path
from typing import Any, BinaryIO, Final, Protocol
from urllib.parse import urlsplit

from .lane import Broken
from .source import shown as shown_address

Json = dict[str, Any]
SCHEMES: Final = ("ws", "wss", "follow")
_CONNECT_S: Final = 5.0
_LARGEST: Final = 16 << 20
_PIECE: Final = 1 << 20


class ChatSource(Protocol):
    """One connection after the other to a chat. `name` stands in the journal."""

    name: str

    def open(self, after: int) -> Json:
        """Connects; `after` is the place of the last message kept (0: none). Returns facts for the journal. Raises Broken."""

    def read(self, wait_s: float) -> list[tuple[str | bytes, int]]:
        """Messages as they came, each with its place (0 where the source has none); [] where none came within the time. Raises Broken."""

    def close(self) -> None:
        """Safe to call twice."""


def shown(address: str) -> str:
    """A chat's address as it may be kept: without user, password and query."""
    return address if address.startswith("follow:") else shown_address(address)


def source_of(address: str, hello: str = "") -> ChatSource:
    """The source for an address; `hello` is what a WebSocket is to be told first. Raises Broken `chat.scheme` (final)."""
    scheme = urlsplit(address).scheme
    if scheme == "follow":
        return FollowedFile(Path(address.removeprefix("follow:")))
    if scheme in ("ws", "wss"):
        return WebSocket(address, hello)
    raise Broken("resolve_fail", "chat.scheme", final=True, given=scheme or "-", known=", ".join(SCHEMES))


class WebSocket:
    """Text or binary frames; a text frame may hold several lines, each of them a message."""

    name = "websocket"

    def __init__(self, url: str, hello: str) -> None:
        self._url = url
        self._hello = hello
        self._connection: Any = None
        self._open = contextlib.ExitStack()

    def open(self, after: int) -> Json:
        """A socket has no places: what was missed is gone, and stands as a gap (`after` says nothing here)."""
        del after
        from websockets.exceptions import InvalidHandshake, InvalidURI
        from websockets.sync.client import connect

        try:
            way = connect(self._url, open_timeout=_CONNECT_S, close_timeout=1, max_size=_LARGEST, proxy=None)
            self._connection = self._open.enter_context(way)
            if self._hello:
                self._connection.send(self._hello)
        except InvalidURI as cause:
            raise Broken("resolve_fail", "live.bad_address", final=True) from cause
        except (OSError, InvalidHandshake) as cause:
            raise Broken("resolve_fail", "live.unreachable", cause=getattr(cause, "strerror", None) or type(cause).__name__) from cause
        return {}

    def read(self, wait_s: float) -> list[tuple[str | bytes, int]]:
        from websockets.exceptions import ConnectionClosed

        try:
            frame = self._connection.recv(timeout=wait_s)
        except TimeoutError:
            return []
        except ConnectionClosed as cause:
            raise Broken("disconnect", "live.closed") from cause
        if isinstance(frame, bytes):
            return [(frame, 0)]
        return [(line, 0) for line in frame.split("\n") if line.strip()]

    def close(self) -> None:
        self._open.close()


class FollowedFile:
    """Whole lines of a file as they are written; a line's place is the byte behind it, so that a restart takes none twice."""

    name = "file"

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: BinaryIO | None = None
        self._at = 0
        self._another = False

    def open(self, after: int) -> Json:
        try:
            self._file = self._path.open("rb")
        except OSError as cause:
            raise Broken("resolve_fail", "live.unreachable", cause=cause.strerror or type(cause).__name__) from cause
        # where no line ends there, it is another file
        self._file.seek(max(0, after - 1))
        self._at = after if not self._another and self._file.read(1) == b"\n" else 0
        self._another = False
        self._file.seek(self._at)
        return {"file": self._path.name, "from": self._at}

    def read(self, wait_s: float) -> list[tuple[str | bytes, int]]:
        assert self._file is not None
        self._file.seek(self._at)
        data = self._file.read(_PIECE)
        whole = data.rfind(b"\n") + 1
        if not whole:
            if len(data) >= _PIECE:
                raise Broken("http_status", "live.too_long", final=True, bytes=_PIECE)
            self._changed()
            time.sleep(wait_s)
            return []
        found: list[tuple[str | bytes, int]] = []
        for line in data[: whole - 1].split(b"\n"):
            self._at += len(line) + 1
            if line.strip():
                found.append((line.removesuffix(b"\r"), self._at))
        return found

    def _changed(self) -> None:
        """Another file was put in this one's place, or it was cut: its messages begin anew."""
        assert self._file is not None
        with contextlib.suppress(OSError):
            there, here = self._path.stat(), os.fstat(self._file.fileno())
            if (there.st_dev, there.st_ino) == (here.st_dev, here.st_ino) and there.st_size >= self._at:
                return
        self._another = True
        raise Broken("disconnect", "chat.file_replaced")

    def close(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            file.close()
