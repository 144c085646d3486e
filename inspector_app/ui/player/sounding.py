"""The thread that plays sound and by it sets the clock. Without a device, or when it fails, the clock runs by itself.

What plays the samples is an `Output`: Qt's sink on a real device, anything that counts samples elsewhere.
"""

import logging
import threading
from collections.abc import Callable
from typing import Final, Protocol

from PySide6.QtCore import QEventLoop, QThread
from PySide6.QtMultimedia import QAudioFormat, QAudioSink, QMediaDevices, QtAudio

from inspector_app.media.listening import RATE, WIDTH, Listening, played_us
from inspector_app.media.timeline import Timeline

from .clock import Clock

_BUFFER_S: Final = 0.2
_TURN_S: Final = 0.02


class Output(Protocol):
    """Something that plays 48 kHz stereo samples of 16 bits. Used from one thread."""

    def free(self) -> int:
        """How many bytes can be taken now."""

    def write(self, data: bytes) -> None: ...

    def played(self) -> int:
        """How many samples were heard since the start."""

    def stop(self) -> None: ...


class DeviceOutput:
    """The system's default device."""

    def __init__(self) -> None:
        shape = QAudioFormat()
        shape.setSampleRate(RATE)
        shape.setChannelCount(2)
        shape.setSampleFormat(QAudioFormat.SampleFormat.Int16)
        self._sink = QAudioSink(QMediaDevices.defaultAudioOutput(), shape)
        self._sink.setBufferSize(int(RATE * _BUFFER_S) * WIDTH)
        self._device = self._sink.start()
        if self._sink.error() != QtAudio.Error.NoError:
            raise OSError(f"sound device: {self._sink.error().name}")

    def free(self) -> int:
        return int(self._sink.bytesFree())

    def write(self, data: bytes) -> None:
        self._device.write(data)

    def played(self) -> int:
        return int(self._sink.processedUSecs()) * RATE // 1_000_000

    def stop(self) -> None:
        self._sink.stop()


def device_output() -> Output | None:
    """The default device; None where there is none."""
    return None if QMediaDevices.defaultAudioOutput().isNull() else DeviceOutput()


class Sounding(QThread):
    """Plays one stretch: starts the clock with the first sample, follows the output until `stop`."""

    def __init__(self, timeline: Timeline, clock: Clock, output: Callable[[], Output | None]) -> None:
        super().__init__()
        self._timeline, self._clock, self._output = timeline, clock, output
        self._from_us, self._percent = clock.now_us(), clock.percent
        self._stop = threading.Event()

    def stop(self) -> None:
        """Ends it; does not wait for the device."""
        self._stop.set()

    def run(self) -> None:
        output = None
        try:
            output = self._output()
            if output is not None:
                self._play(output)
        except Exception:  # the edge of a thread: playing goes on without sound
            logging.getLogger(__name__).exception("sound failed")
        finally:
            if output is not None:
                output.stop()
            self._clock.free()

    def _play(self, output: Output) -> None:
        listening = Listening(self._timeline, self._from_us, self._percent)
        first = listening.read(int(RATE * _BUFFER_S) // 2 * WIDTH)
        if self._stop.is_set():
            return
        output.write(first)
        self._clock.begin()
        events = QEventLoop()  # the device's own timers live on this thread
        while not self._stop.wait(_TURN_S):
            events.processEvents()
            free = output.free() // WIDTH * WIDTH
            if free > 0:
                output.write(listening.read(free))
            self._clock.heard(self._from_us + played_us(output.played(), self._percent))
