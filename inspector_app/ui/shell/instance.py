"""One window per person: a second start hands what it was asked to open to the first and ends. Also the mark by which an unclean end is known.

The hand-over goes through a local socket (a named pipe on Windows) of this user; nothing of it is reachable from elsewhere.
"""

import contextlib
import hashlib
import json
import os
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from inspector_app.domain.timebase import iso, utc_now

_WAIT_MS = 800


def server_name(folder: Path) -> str:
    """The name of the local socket for a configuration folder: another user, another profile, another window."""
    return "zhijian-" + hashlib.sha256(str(folder.absolute()).encode()).hexdigest()[:20]


def hand_over(folder: Path, case: Path | None) -> bool:
    """Gives a case folder (or just the wish to be seen) to the window that runs already; False where none answers."""
    socket = QLocalSocket()
    socket.connectToServer(server_name(folder))
    if not socket.waitForConnected(_WAIT_MS):
        return False
    socket.write(json.dumps({"open": str(case.absolute()) if case else ""}).encode() + b"\n")
    answered = socket.waitForBytesWritten(_WAIT_MS) and socket.waitForReadyRead(_WAIT_MS)
    socket.disconnectFromServer()
    return answered


class FirstWindow(QObject):
    """Listens for later starts. Signal `asked(folder)` with the case a later start was given, or ""."""

    asked = Signal(str)

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._greet)
        name = server_name(folder)
        if not self._server.listen(name):  # a socket file left by a window that was killed; nobody answered on it
            QLocalServer.removeServer(name)
            self._server.listen(name)

    @property
    def listening(self) -> bool:
        return self._server.isListening()

    def _greet(self) -> None:
        socket = self._server.nextPendingConnection()
        socket.readyRead.connect(lambda: self._hear(socket))
        socket.disconnected.connect(socket.deleteLater)

    def _hear(self, socket: QLocalSocket) -> None:
        if not socket.canReadLine():
            return
        try:
            said = json.loads(bytes(socket.readLine().data()))
        except ValueError:
            return
        socket.write(b"ok\n")
        socket.flush()
        self.asked.emit(str(said.get("open", "")) if isinstance(said, dict) else "")

    def close(self) -> None:
        self._server.close()


class CrashMark:
    """A small file that is there while the window runs. One found at the start tells of an end without goodbye, and of the case then open."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "running.json"
        self.left: dict[str, str] | None = None
        with contextlib.suppress(OSError, ValueError):
            found = json.loads(self._path.read_text(encoding="utf-8"))
            if isinstance(found, dict):
                self.left = {str(key): str(value) for key, value in found.items()}

    def write(self, case: str = "") -> None:
        """Says that the window runs, and with which case."""
        with contextlib.suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._path.write_text(
                json.dumps({"pid": os.getpid(), "case": case, "since": iso(utc_now())}, ensure_ascii=False), encoding="utf-8"
            )

    def remove(self) -> None:
        """A clean end."""
        with contextlib.suppress(OSError):
            self._path.unlink(missing_ok=True)
