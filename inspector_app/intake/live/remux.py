"""Lane C: RTMP, RTSP and whatever else FFmpeg opens, packet by packet into live Matroska (MPEG-TS stays MPEG-TS); nothing is encoded.

Source time stamps are kept. A change of the stream's headers closes the connection and opens it anew: the old template would label every
later picture wrongly.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, cast

import av
from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer
from av.error import FFmpegError
from av.packet import Packet
from av.stream import Discard, Stream
from av.video.stream import VideoStream

from inspector_app.domain.timebase import SECOND, Micros
from inspector_app.media.container import base_of, is_picture_track

from .lane import Broken
from .source import CONNECT_S, WATCHDOG_S
from .tape import Tape
from .watch import ClockWatch

Json = dict[str, Any]
#: never `file`, and no list of other addresses: a live address must not make the program read what lies on this machine
_PROTOCOLS: Final = "rtmp,rtmpe,rtmps,rtmpt,rtmpts,rtsp,rtp,srtp,udp,tcp,tls,http,https,httpproxy,srt,crypto"
SEGMENT_US: Final = 10_000_000
_LARGE: Final = 64 << 20
_OPTIONS: Final = {
    "matroska": {
        "live": "1",
        "cluster_time_limit": "1000",
        "flush_packets": "1",
        "avoid_negative_ts": "disabled",
        "max_interleave_delta": "500000",
    },
    "mpegts": {"flush_packets": "1", "avoid_negative_ts": "disabled", "mpegts_copyts": "1"},
}


class _Sink:
    """What the muxer writes to: no seeking, so that it never goes back to change a byte."""

    def __init__(self, write: Callable[[bytes], None]) -> None:
        self._write = write

    def write(self, data: bytes) -> int:
        self._write(bytes(data))
        return len(data)


class RemuxLane:
    """Any address FFmpeg opens."""

    name = "remux"

    def __init__(self, url: str, headers: Mapping[str, str] | None = None) -> None:
        self._url = url
        self._headers = headers or {}
        self._input: InputContainer | None = None
        self._output: OutputContainer | None = None
        self._streams: dict[int, Stream] = {}
        self._mapped: dict[int, Stream] = {}
        self._scales: dict[int, tuple[int, int]] = {}
        self._packets: Any = iter(())
        self._clock = ClockWatch()
        self._payload: dict[int, Any] = {}
        self._cut = ""
        self._opened_us: Micros | None = None
        self._last_us: Micros | None = None
        self._failed: OSError | None = None

    def open(self, tape: Tape) -> Json:
        options = {"protocol_whitelist": _PROTOCOLS, "rtmp_live": "live"}
        if self._headers and self._url.startswith("http"):
            options["headers"] = "".join(f"{name}: {value}\r\n" for name, value in self._headers.items())
        if self._url.startswith("rtsp"):
            options["rtsp_transport"] = "tcp"
        try:
            self._input = av.open(self._url, "r", options=options, timeout=(CONNECT_S * 2, WATCHDOG_S), metadata_errors="replace")
        except FFmpegError as cause:
            raise _broken(cause, "resolve_fail") from cause
        wanted = [one for one in self._input.streams if is_picture_track(one) or one.type == "audio"]
        if self._input.format.name == "hls":
            wanted = _best_variant(wanted)
            for one in self._input.streams:
                if one not in wanted:
                    one.discard = Discard.all  # what is not recorded is not fetched
        if not wanted:
            raise Broken("http_status", "live.not_media", type=self._input.format.name)
        self._streams = {one.index: one for one in wanted}
        bases = {one.index: base_of(one) for one in wanted}
        self._scales = {index: (base.numerator * SECOND, base.denominator) for index, base in bases.items()}
        self._packets = self._input.demux(*wanted)
        self._clock = ClockWatch()
        self._cut, self._opened_us = "start", None
        tape.new_epoch()
        return {
            "format": self._input.format.name,
            "streams": [f"{one.type}:{one.codec_context.name if one.codec_context else '?'}" for one in wanted],
        }

    def step(self, tape: Tape) -> bool:
        try:
            packet = cast("Packet[Stream] | None", next(self._packets, None))
        except FFmpegError as cause:
            raise _broken(cause, "disconnect") from cause
        except IndexError as cause:  # PyAV knows no stream that begins in mid-air, as late metadata makes one
            raise Broken("header_change", "live.header_change") from cause
        if packet is None:
            return False
        if packet.size and packet.stream_index in self._streams:
            self._take(packet, tape)
        return True

    def _take(self, packet: "Packet[Stream]", tape: Tape) -> None:
        stream = self._streams[packet.stream_index]
        if packet.has_sidedata("new_extradata"):
            tape.notice("header_change", stream=stream.type)
            raise Broken("header_change", "live.header_change")
        if packet.dts is None:
            packet.dts = packet.pts
        if packet.dts is None:
            tape.notice("no_time_stamp", bytes=packet.size)
            return
        decoded_us = self._micros(packet.stream_index, packet.dts)
        shown_us = decoded_us if packet.pts is None else self._micros(packet.stream_index, packet.pts)
        what, jump = self._clock.see(packet.stream_index, decoded_us)
        if what:
            kind = "ts_forward" if jump > 0 else "ts_backward"
            tape.notice(kind, jump_us=jump, at_us=decoded_us, cuts=int(what == "cut"))
            self._cut = kind if what == "cut" else self._cut
        key = packet.is_keyframe and stream.type == "video"
        if self._cut or self._due(key, shown_us, tape):
            self._open_output(shown_us, tape)
        self._last_us = shown_us
        self._mux(packet, stream, tape)
        if key:
            tape.key(shown_us)

    def _micros(self, index: int, ticks: int) -> Micros:
        """`domain.timebase.to_micros` without its fractions: this is done for every packet of every room."""
        scale, base = self._scales[index]
        return (2 * ticks * scale + base) // (2 * base)

    def _due(self, key: bool, shown_us: Micros, tape: Tape) -> bool:
        if key or not any(one.type == "video" for one in self._streams.values()):
            if tape.mark_asked.is_set():
                tape.mark_asked.clear()
                self._cut = "mark"
            elif self._opened_us is not None and (shown_us - self._opened_us >= SEGMENT_US or tape.segment_bytes > _LARGE):
                self._cut = "time"
        return bool(self._cut)

    def _open_output(self, shown_us: Micros, tape: Tape) -> None:
        why, self._cut = self._cut, ""
        self._close_output(tape, why, shown_us if why in ("time", "mark") else None)
        if why in ("ts_forward", "ts_backward"):
            tape.new_epoch()
        assert self._input is not None
        kind = "mpegts" if "mpegts" in self._input.format.name or _needs_ts(self._streams.values()) else "matroska"
        same_clock = why in ("time", "mark", "remux")
        tape.begin(".ts" if kind == "mpegts" else ".mkv", b"", why=why, starts_us=shown_us if same_clock else None)
        sink = _Sink(lambda data: self._write(data, tape))
        self._output = av.open(sink, "w", format=kind, options=_OPTIONS[kind])
        self._mapped = {index: self._output.add_stream_from_template(stream) for index, stream in self._streams.items()}
        self._opened_us = shown_us
        self._payload = {index: hashlib.sha256() for index in self._streams}

    def _write(self, data: bytes, tape: Tape) -> None:
        """From inside the muxer: what the disk says must come out again, FFmpeg would only call it an input/output error."""
        if self._failed is not None:
            return
        try:
            tape.write(data, self._last_us)
        except OSError as cause:
            self._failed = cause

    def _mux(self, packet: "Packet[Stream]", stream: Stream, tape: Tape) -> None:
        assert self._output is not None
        self._payload[stream.index].update(bytes(packet))
        packet.stream = self._mapped[stream.index]
        try:
            self._output.mux(packet)
        except (FFmpegError, ValueError) as cause:
            if self._failed is None:
                tape.notice("packet_refused", stream=stream.type, bytes=packet.size, cause=type(cause).__name__)
                self._cut = "remux"
        if self._failed is not None:
            failed, self._failed = self._failed, None
            raise failed

    def _close_output(self, tape: Tape, why: str, ends_us: Micros | None = None) -> None:
        output, self._output = self._output, None
        if output is not None:
            try:
                output.close()
            except (FFmpegError, ValueError, OSError):  # a full disk makes the muxer complain a second time; the first was told
                tape.notice("muxer_close_failed")
        tape.end_segment(why, ends_us=ends_us, payload_sha256=[digest.hexdigest() for digest in self._payload.values()])

    def close(self, tape: Tape) -> None:
        self._close_output(tape, "stopped" if tape.stopping.is_set() else "disconnect")
        if self._input is not None:
            self._input.close()
            self._input = None


def _best_variant(streams: list[Stream]) -> list[Stream]:
    """The largest picture and the first sound of a broadcast that offers itself in several sizes."""
    pictures = [one for one in streams if isinstance(one, VideoStream)]
    best = max(pictures, key=lambda one: one.codec_context.width * one.codec_context.height, default=None)
    sound = next((one for one in streams if one.type == "audio"), None)
    return [one for one in (best, sound) if one is not None]


def _needs_ts(streams: Iterable[Stream]) -> bool:
    """Whether AAC comes with its set-up in every packet, as in MPEG-TS: Matroska wants it once, at the front."""
    return any(isinstance(one, AudioStream) and one.codec_context.name == "aac" and not one.codec_context.extradata for one in streams)


def _broken(cause: FFmpegError, kind: str) -> Broken:
    """FFmpeg's word for it without the address it puts into its messages."""
    if isinstance(cause, av.error.ExitError | TimeoutError):
        return Broken("disconnect", "live.timeout", seconds=int(WATCHDOG_S))
    if isinstance(cause, av.error.InvalidDataError):
        return Broken("http_status", "live.not_media", type="-")
    return Broken(kind, "live.unreachable", cause=cause.strerror or type(cause).__name__)
