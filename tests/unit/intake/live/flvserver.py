"""A broadcaster on the loopback: HTTP-FLV in real time (or faster), which drops, jumps, restarts or changes its picture as it is told.

`python flvserver.py FILE.flv PORT` serves one file for benchmarks. Its parser is its own: it shares no code with what is tested.
"""

import socket
import socketserver
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path


def make_flv(
    path: Path, *, seconds: int = 12, size: str = "320x240", rate: int = 25, gop: int = 25, bitrate: str = "300k", bframes: int = 0
) -> Path:
    words = [
        "ffmpeg",
        "-v",
        "error",
        "-y",
        "-f",
        "lavfi",
        "-i",
        f"testsrc2=size={size}:rate={rate}",
        "-f",
        "lavfi",
        "-i",
        "sine=440:sample_rate=44100",
    ]
    words += ["-t", str(seconds), "-c:v", "libx264", "-preset", "ultrafast", "-g", str(gop), "-keyint_min", str(gop), "-bf", str(bframes)]
    words += ["-sc_threshold", "0", "-b:v", bitrate, "-pix_fmt", "yuv420p", "-c:a", "aac", "-b:a", "48k", "-f", "flv", str(path)]
    subprocess.run(words, check=True)
    return path


@dataclass
class Film:
    """The tags of a file: headers apart, `(ms, key, kind, raw)` in order."""

    header: bytes
    first: list[bytes]
    tags: list[tuple[int, bool, int, bytes]]
    length: int

    @classmethod
    def read(cls, path: Path) -> "Film":
        data = path.read_bytes()
        at, first, tags = 13, [], []
        while at + 11 <= len(data):
            size = int.from_bytes(data[at + 1 : at + 4], "big")
            raw = data[at : at + 15 + size]
            stamp = int.from_bytes(raw[4:7], "big")
            if raw[0] == 18 or (raw[12] == 0 and (raw[0] == 9 or raw[11] >> 4 == 10)):
                first.append(raw)
            elif not (raw[0] == 9 and raw[12] == 2):  # the end-of-sequence mark of a file
                tags.append((stamp, raw[0] == 9 and raw[11] >> 4 == 1, raw[0], raw))
            at += 15 + size
        length = max(stamp for stamp, *_ in tags) + 40
        return cls(data[:13], first, tags, length)


def stamped(raw: bytes, ms: int) -> bytes:
    return raw[:4] + (ms & 0xFFFFFF).to_bytes(3, "big") + bytes([ms >> 24 & 0xFF]) + raw[8:]


@dataclass
class Script:
    """What the broadcaster does. Times are seconds of media since the connection began; `speed` is how much faster than real it sends."""

    film: Film
    speed: float = 1.0
    drop_after: float = 0
    jump: tuple[float, int] = (0, 0)
    restart_after: float = 0
    other: tuple[float, Film] | None = None
    #: falls silent here until `resume` is set, or for so long
    pause: tuple[float, float] = (0, 0)
    resume: threading.Event = field(default_factory=threading.Event)
    raw: bytes = b""
    endless: bytes = b""
    base_ms: int = 0
    end_after: float = 0
    #: kind, key frame, and the tag as it went out
    sent: list[tuple[int, bool, bytes]] = field(default_factory=list)
    connections: int = 0
    requests: list[bytes] = field(default_factory=list)


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, script: Script, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.script = script
        self.over = threading.Event()
        self.began = time.monotonic()
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/live/room.flv"

    def handle_error(self, request, client_address) -> None:
        pass

    def end(self) -> None:
        self.over.set()
        self.shutdown()
        self.server_close()


class _Handler(socketserver.BaseRequestHandler):
    server: Server

    def handle(self) -> None:
        asked = b""
        while b"\r\n\r\n" not in asked:
            piece = self.request.recv(4096)
            if not piece:
                return
            asked += piece
        script = self.server.script
        script.requests.append(asked)
        script.connections += 1
        self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            if script.raw:
                self.request.sendall(script.raw)
            while script.endless and not self.server.over.is_set():
                self.request.sendall(script.endless)
            if not script.raw and not script.endless:
                self._broadcast(script)
        except OSError:
            pass

    def _broadcast(self, script: Script) -> None:
        self.request.sendall(
            b"HTTP/1.1 200 OK\r\nContent-Type: video/x-flv\r\nDate: Sat, 21 Nov 2026 09:15:00 GMT\r\nConnection: close\r\n\r\n"
        )
        film = script.film
        self.request.sendall(film.header + b"".join(film.first))
        # the stream is live: a later viewer joins where it is now
        base = script.base_ms + int((time.monotonic() - self.server.began) * 1000 * script.speed)
        began, shift, offset = time.monotonic(), 0, 0
        restarted = changed = paused = False
        while not self.server.over.is_set():
            for stamp, key, kind, raw in film.tags:
                at = stamp + offset
                while at / 1000 / script.speed > time.monotonic() - began:
                    if self.server.over.wait(0.002):
                        return
                seconds = at / 1000
                if (script.drop_after and seconds >= script.drop_after) or (script.end_after and seconds >= script.end_after):
                    return
                if script.pause[1] and not paused and seconds >= script.pause[0]:
                    paused = True
                    script.resume.wait(script.pause[1])
                if key and script.jump[1] and seconds >= script.jump[0]:
                    shift = script.jump[1]
                if key and script.restart_after and not restarted and seconds >= script.restart_after:
                    restarted, shift = True, -(base + at)
                if key and script.other and not changed and seconds >= script.other[0]:
                    changed, film = True, script.other[1]
                    for header in film.first:
                        self.request.sendall(stamped(header, base + at + shift))
                    offset = at
                    break
                tag = stamped(raw, base + at + shift)
                self.request.sendall(tag)
                script.sent.append((kind, key, tag))
            else:
                offset += film.length


if __name__ == "__main__":
    server = Server(Script(Film.read(Path(sys.argv[1]))), int(sys.argv[2]))
    threading.Event().wait()
