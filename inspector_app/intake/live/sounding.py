"""The system's own sound while a screen is recorded: 16-bit stereo at 48 kHz with the moment of its first sample, or a plain reason why not.

On Linux from PulseAudio's or PipeWire's own recorder where it is installed; a sound device named by the user through FFmpeg elsewhere. It
never invents sound: what did not arrive is a hole that the caller is told of.
"""

import contextlib
import queue
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any, Final

import av
from av.error import FFmpegError

from inspector_app.domain.timebase import SECOND, Micros

from .journal import mono_us

RATE: Final = 48_000
CHANNELS: Final = 2
_FRAME: Final = 2 * CHANNELS
#: about a tenth of a second: what a meter needs, and what a kill may lose
_PIECE: Final = RATE // 10 * _FRAME
#: the count of samples and the clock may part by so much before the sound counts as torn
_APART_US: Final = 300_000
_DEVICES: Final = {"win32": "dshow", "darwin": "avfoundation"}.get(sys.platform, "alsa")


class Sound:
    """Sound being taken on a thread of its own. `how` names the way, "" where there is none, and then `why` says why."""

    def __init__(self, asked: str) -> None:
        """`asked` is auto, off, or a device's name."""
        self.how = ""
        self.why = ""
        self._pieces: queue.Queue[tuple[Micros, bytes] | None] = queue.Queue()
        self._process: subprocess.Popen[bytes] | None = None
        self._over = threading.Event()
        self._next_us: Micros | None = None
        if asked == "off":
            self.why = "off"
        elif asked != "auto":
            self._start(self._from_device(_DEVICES, asked), f"{_DEVICES}:{asked}")
        elif (words := system_recorder()) is not None:
            self._start(self._from_program(words), words[0])
        else:
            self.why = "no_way"

    def _start(self, pieces: Iterator[bytes], how: str) -> None:
        self.how = how
        threading.Thread(target=self._collect, args=(pieces,), daemon=True).start()

    def _collect(self, pieces: Iterator[bytes]) -> None:
        with contextlib.suppress(OSError, ValueError, FFmpegError):  # told by the end of the pieces
            for piece in pieces:
                length_us = len(piece) // _FRAME * SECOND // RATE
                now_us = mono_us() - length_us
                expected = self._next_us
                first = now_us if expected is None or abs(now_us - expected) > _APART_US else expected
                self._next_us = first + length_us
                self._pieces.put((first, piece))
                if self._over.is_set():
                    return
        self._pieces.put(None)

    def _from_program(self, words: list[str]) -> Iterator[bytes]:
        self._process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        assert self._process.stdout is not None
        with self._process.stdout as pipe:
            while piece := pipe.read(_PIECE):
                yield piece[: len(piece) // _FRAME * _FRAME]

    def _from_device(self, kind: str, name: str) -> Iterator[bytes]:
        file = {"dshow": f"audio={name}", "avfoundation": f":{name}"}.get(kind, name)
        shape = av.AudioResampler(format="s16", layout="stereo", rate=RATE)
        with av.open(file, "r", format=kind) as container:
            for frame in container.decode(audio=0):
                yield from (bytes(one.planes[0])[: one.samples * _FRAME] for one in shape.resample(frame))

    def take(self) -> list[tuple[Micros, bytes]]:
        """What came since last asked: monotonic time of the first sample, and samples. `how` becomes "" where the source has ended."""
        found = []
        with contextlib.suppress(queue.Empty):
            while self.how:
                piece = self._pieces.get_nowait()
                if piece is None:
                    self.how, self.why = "", "ended"
                    break
                found.append(piece)
        return found

    def close(self) -> None:
        self._over.set()
        if self._process is not None:
            with contextlib.suppress(OSError):
                self._process.terminate()
            try:
                self._process.wait(2)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()


def system_recorder() -> list[str] | None:
    """The program that gives this system's own sound as raw samples; None where there is none."""
    if sys.platform != "linux":
        return None
    if shutil.which("parec"):
        shape = ["--raw", "--format=s16le", f"--rate={RATE}", f"--channels={CHANNELS}"]
        return ["parec", "--device=@DEFAULT_MONITOR@", "--latency-msec=50", *shape]
    if shutil.which("pw-record"):
        shape = ["--format=s16", f"--rate={RATE}", f"--channels={CHANNELS}"]
        return ["pw-record", "-P", "{ stream.capture.sink=true }", "--raw", *shape, "-"]
    return None


def facts_of(sound: Sound) -> dict[str, Any]:
    """What the journal says of it."""
    return {"sound": sound.how or "none"} | ({"why_no_sound": sound.why} if not sound.how else {})
