"""Lane D: a screen, a window, a camera or a capture card of this machine. Here we are the encoder, and the journal says so: 录屏, not 原始流.

Every picture keeps the moment at which it was taken; none is made up to fill a rate. Matroska, a new encoder for each segment, so that each
opens alone. A black or frozen picture, silence and a recording without sound are told at once.
"""

import threading
from fractions import Fraction
from typing import Any, Final, cast

import av
from av.audio.frame import AudioFrame
from av.container import InputContainer, OutputContainer
from av.error import FFmpegError
from av.packet import Packet
from av.video.frame import PictureType, VideoFrame
from av.video.stream import VideoStream

from inspector_app.domain.timebase import SECOND, Micros

from .devices import Device, Opening, opening, window_in_front
from .journal import mono_us
from .lane import Broken
from .looking import PictureWatch, SoundWatch
from .sounding import RATE, Sound, facts_of
from .source import WATCHDOG_S
from .tape import Tape

Json = dict[str, Any]
SEGMENT_US: Final = 10 * SECOND
_MS: Final = Fraction(1, 1000)
_GOP_S: Final = 2
_LOOK_US: Final = SECOND
_ASK_S: Final = 2.0
#: a device's clock that runs ahead of ours by more was set, not fast
_STEP_US: Final = 3 * SECOND
#: fewer pictures than this share of those asked for: the computer does not keep up (per mille, over ten seconds)
_SLOW_PM: Final = 600
#: no looking ahead: pictures that wait in a buffer while the rate is guessed would be taken for late ones
_AT_ONCE: Final = {"analyzeduration": "0", "fpsprobesize": "0"}
_OPTIONS: Final = {"live": "1", "cluster_time_limit": "1000", "flush_packets": "1", "max_interleave_delta": "500000"}
#: all without pictures that wait for later ones: what was taken is on the disk at once. A fixed fineness, so that small print stays legible
_ENCODING: Final[dict[str, dict[str, str]]] = {
    "mpeg4": {"flags": "+qscale", "global_quality": "472", "bf": "0"},
    "libvpx": {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0", "crf": "10", "b": "8M"},
    "libx264": {"preset": "ultrafast", "tune": "zerolatency", "crf": "20"},
}


class _Film:
    """One segment being encoded: its own muxer and encoders, all packets straight onto the tape."""

    def __init__(self, tape: Tape, device: Device, size: tuple[int, int], sound: bool) -> None:
        self._tape = tape
        self._last_us: Micros = 0
        self._failed: OSError | None = None
        self._output: OutputContainer = av.open(self, "w", format="matroska", options=_OPTIONS)
        self._picture = cast("VideoStream", self._output.add_stream(device.encoder, rate=device.fps, options=_ENCODING[device.encoder]))
        self._picture.width, self._picture.height = size
        self._picture.pix_fmt = "yuv420p"
        self._picture.codec_context.time_base = _MS
        self._picture.codec_context.gop_size = max(1, device.fps * _GOP_S)
        self._sound = self._output.add_stream("flac", rate=RATE, layout="stereo", format="s16") if sound else None
        self._last_ms = -1

    def write(self, data: bytes) -> int:
        """From inside the muxer: what the disk says must come out again, FFmpeg would only call it an input/output error."""
        if self._failed is None:
            try:
                self._tape.write(bytes(data), self._last_us)
            except OSError as cause:
                self._failed = cause
        return len(data)

    def show(self, frame: VideoFrame, at_us: Micros) -> None:
        """A picture and its moment on the capture's clock; two within one millisecond are a millisecond apart in the file."""
        shown = frame.reformat(format="yuv420p")
        self._last_ms = max(self._last_ms + 1, at_us // 1000)
        shown.pts, shown.time_base = self._last_ms, _MS
        shown.pict_type = PictureType.NONE  # a device calls each of its pictures whole; the encoder is to decide
        self._last_us = max(self._last_us, at_us)
        self._mux(self._picture.encode(shown))

    def hear(self, samples: bytes, at_us: Micros) -> None:
        assert self._sound is not None
        frame = AudioFrame(format="s16", layout="stereo", samples=len(samples) // 4)
        frame.planes[0].update(samples)
        frame.sample_rate, frame.time_base = RATE, Fraction(1, RATE)
        frame.pts = at_us * RATE // SECOND
        self._mux(self._sound.encode(frame))

    def _mux(self, packets: "list[Packet[Any]]") -> None:
        for packet in packets:
            if packet.is_keyframe and packet.stream is self._picture and packet.pts is not None:
                self._tape.key(self._last_us)
            self._output.mux(packet)
        if self._failed is not None:
            failed, self._failed = self._failed, None
            raise failed

    def close(self) -> None:
        """Writes what the encoders still hold. Raises OSError."""
        try:
            for stream in (self._picture, self._sound):
                if stream is not None and stream.codec_context.is_open:
                    self._mux(list(stream.encode(None)))
            self._output.close()
        except FFmpegError:  # a full disk makes the muxer complain a second time; the first was told
            self._tape.notice("muxer_close_failed")
        if self._failed is not None:
            raise self._failed


class ScreenLane:
    """A device of this machine, by its address (`devices.Device.of`)."""

    name = "screen"

    def __init__(self, url: str) -> None:
        """Raises Broken for an address that cannot be read."""
        self.device = Device.of(url)
        self._input: InputContainer | None = None
        self._packets: Any = iter(())
        self._film: _Film | None = None
        self._sound: Sound | None = None
        self._size = (0, 0)
        self._zero = 0
        self._taken_us: Micros = 0
        self._first_pts: Micros | None = None
        self._last_pts: Micros = 0
        self._film_us: Micros = 0
        self._heard_to: Micros | None = None
        self._looked_us: Micros = -_LOOK_US
        self._pace: tuple[Micros, int] = (0, 0)
        self._slow = False
        self._picture_watch = PictureWatch()
        self._sound_watch = SoundWatch()
        self._front: str | None = None
        self._told_front: str | None = None
        self._closed = threading.Event()

    # -- opening -------------------------------------------------------------------------------------------------------------

    def open(self, tape: Tape) -> Json:
        way = opening(self.device)
        self._input = self._opened(way, tape)
        if not self._input.streams.video:
            raise Broken("resolve_fail", "live.no_device", device=self.device.name, cause="no picture")
        stream = self._input.streams.video[0]
        self._size = (stream.codec_context.width, stream.codec_context.height)
        self._packets = self._input.demux(stream)
        self._first_pts, self._zero, self._heard_to, self._looked_us = None, mono_us(), None, -_LOOK_US
        self._pace, self._slow = (0, 0), False
        self._sound = Sound(self.device.sound)
        self._picture_watch, self._sound_watch = PictureWatch(), SoundWatch()
        self._closed = threading.Event()
        threading.Thread(target=self._ask_front, args=(self._closed,), daemon=True).start()
        tape.new_epoch()
        if not self._sound.how and not tape.connects:
            tape.notice("no_sound", why=self._sound.why)
        base = Fraction(stream.time_base or Fraction(1, SECOND))
        self._scale = (base.numerator * SECOND, base.denominator)
        return {
            "recorded": self.device.kind,
            "encoder": self.device.encoder,
            "size": f"{self._size[0]}x{self._size[1]}",
            "fps_asked": self.device.fps,
            "format": way.format,
            **way.facts,
            **facts_of(self._sound),
        }

    def _opened(self, way: Opening, tape: Tape) -> InputContainer:
        known = {name for names in av.formats_available for name in names.split(",")}
        if way.format not in known:
            raise Broken("resolve_fail", "live.no_input_format", final=True, format=way.format)
        try:
            return av.open(way.file, "r", format=way.format, options=way.options | _AT_ONCE, timeout=(WATCHDOG_S, WATCHDOG_S))
        except FFmpegError as cause:
            # what was never there stays away; what was there may be plugged in again
            raise Broken(
                "resolve_fail",
                "live.no_device",
                final=not tape.connects,
                device=self.device.name or way.file,
                cause=cause.strerror or type(cause).__name__,
            ) from cause

    def _ask_front(self, closed: threading.Event) -> None:
        """Which window has the focus, beside the pictures: asking takes as long as a few of them."""
        while not closed.is_set():
            self._front = window_in_front()
            if self._front is None:
                return
            closed.wait(_ASK_S)

    # -- taking --------------------------------------------------------------------------------------------------------------

    def step(self, tape: Tape) -> bool:
        try:
            packet = next(self._packets, None)
            frames = [] if packet is None else packet.decode()
        except FFmpegError as cause:
            raise Broken("disconnect", "live.device_gone", cause=cause.strerror or type(cause).__name__) from cause
        if packet is None:
            return False
        for frame in frames:
            if (frame.width, frame.height) != self._size:
                raise Broken("header_change", "live.header_change")
            self._take(frame, self._moment(frame, tape), tape)
        return True

    def _moment(self, frame: VideoFrame, tape: Tape) -> Micros:
        """When a picture was taken, from the connection's start: by the device's stamps, which are tied to our clock by the first one."""
        scale, base = self._scale
        stamp, now = ((frame.pts or 0) * scale + base // 2) // base, mono_us() - self._zero
        if self._first_pts is None:
            self._first_pts = stamp - now
        elif stamp <= self._last_pts or stamp - self._first_pts - now > _STEP_US:
            # the device's clock was set: the stream's time goes on by ours
            tape.notice("clock_step", step_us=stamp - self._first_pts - now)
            self._first_pts = stamp - now
        self._last_pts = stamp
        self._taken_us = max(self._taken_us + 1 if self._film else 0, stamp - self._first_pts)
        return self._taken_us

    def _take(self, frame: VideoFrame, at_us: Micros, tape: Tape) -> None:
        if self._film is None:
            self._begin("start", at_us, tape)
        elif tape.mark_asked.is_set():
            tape.mark_asked.clear()
            self._begin("mark", at_us, tape)
        elif at_us - self._film_us >= SEGMENT_US:
            self._begin("time", at_us, tape)
        assert self._film is not None
        self._film.show(frame, at_us)
        self._hear(at_us, tape)
        self._pace = (self._pace[0], self._pace[1] + 1)
        if at_us - self._looked_us >= _LOOK_US:
            self._looked_us = at_us
            self._look(frame, at_us, tape)

    def _begin(self, why: str, at_us: Micros, tape: Tape) -> None:
        self._end_film(why, at_us, tape)
        assert self._sound is not None
        tape.begin(".mkv", b"", why=why, starts_us=at_us, encoder=self.device.encoder)
        self._film = _Film(tape, self.device, self._size, bool(self._sound.how))
        self._film_us = at_us

    def _hear(self, now_us: Micros, tape: Tape) -> None:
        """The sound that came meanwhile. A hole in it, or its end, begins a new segment: sound is never pushed together or made up."""
        assert self._sound is not None
        had = bool(self._sound.how)
        for first_mono, samples in self._sound.take():
            at_us = max(0, first_mono - self._zero)
            for kind, began in self._sound_watch.see(samples, at_us):
                self._tell(kind, began, at_us, tape)
            if self._heard_to is not None and abs(at_us - self._heard_to) > SECOND // 100:
                tape.notice("sound_torn", missing_us=at_us - self._heard_to)
                self._begin("sound", now_us + 1, tape)
            assert self._film is not None
            self._film.hear(samples, at_us)
            self._heard_to = at_us + len(samples) // 4 * SECOND // RATE
        if had and not self._sound.how:
            tape.notice("no_sound", why=self._sound.why)
            self._begin("sound", now_us + 1, tape)

    # -- watching ------------------------------------------------------------------------------------------------------------

    def _look(self, frame: VideoFrame, at_us: Micros, tape: Tape) -> None:
        small = frame.reformat(width=64, height=36, format="gray", interpolation="AREA")
        plane = small.planes[0]
        rows = bytes(plane)
        luma = b"".join(rows[row * plane.line_size : row * plane.line_size + 64] for row in range(36))
        for kind, began in self._picture_watch.see(luma, bytes(frame.planes[0]), at_us):
            self._tell(kind, began, at_us, tape)
        since, pictures = self._pace
        fps_tenths = 10 * pictures * SECOND // (at_us - since) if at_us > since else 0
        if at_us - since >= 10 * SECOND:
            slow = 100 * fps_tenths < _SLOW_PM * self.device.fps
            if slow and not self._slow:
                tape.notice("slow_pictures", fps_tenths=fps_tenths, asked=self.device.fps)
            self._slow, self._pace = slow, (at_us, 0)
        if self._front != self._told_front:
            self._told_front = self._front
            tape.journal.write("on_screen", window=self._front or "", media_us=at_us)
        assert self._sound is not None
        tape.view = {
            "warnings": self._picture_watch.warnings + self._sound_watch.warnings + (["slow_pictures"] if self._slow else []),
            "level_db": self._sound_watch.level_db if self._sound.how else None,
            "sound": self._sound.how or "none",
            "fps_tenths": fps_tenths,
            "size": f"{self._size[0]}x{self._size[1]}",
            "window": self._front or "",
            "encoder": self.device.encoder,
        }

    def _tell(self, kind: str, began: bool, at_us: Micros, tape: Tape) -> None:
        if began:
            tape.notice(kind, at_us=at_us)
        else:
            tape.journal.write("over", kind=kind, at_us=at_us)

    # -- closing -------------------------------------------------------------------------------------------------------------

    def _end_film(self, why: str, ends_us: Micros | None, tape: Tape) -> None:
        film, self._film = self._film, None
        try:
            if film is not None:
                film.close()
        finally:
            tape.end_segment(why, ends_us=ends_us)

    def close(self, tape: Tape) -> None:
        self._closed.set()
        if self._sound is not None:
            self._sound.close()
        self._end_film("stopped" if tape.stopping.is_set() else "disconnect", None, tape)
        if self._input is not None:
            self._input.close()
            self._input = None
