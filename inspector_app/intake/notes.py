"""What a person should know of a recording beyond its streams: frame pacing, turning, colour depth, holes, protection.

It looks and tells; nothing here alters, repairs or refuses.
"""

from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Final

import av
from av.error import FFmpegError
from av.video.stream import VideoStream

from inspector_app.domain.timebase import format_clock, to_micros, to_ticks
from inspector_app.media.container import open_media
from inspector_app.media.index import TimeIndex
from inspector_app.media.probe import Probe, StreamFacts, Warned
from inspector_app.media.scan import Scan, StreamScan

from . import mpegts

#: Pictures are unevenly paced where more than one in twenty stands a fifth off the usual interval.
_UNEVEN_SHARE: Final = 20
_OFF: Final = 5
#: A hole in sound shorter than this is not heard as one.
_SOUND_HOLE_US: Final = 100_000
#: Codecs that an office computer decodes slowly.
_HEAVY: Final = frozenset({"hevc", "av1", "libdav1d", "vp9", "vvc"})
#: Transfer functions of HDR (ITU-T H.273): 16 is PQ, 18 is HLG.
_HDR: Final = {16: "PQ", 18: "HLG"}
#: Sampling rates by their index in an ADTS header (ISO/IEC 14496-3 1.6.3.4).
_ADTS_RATES: Final = (96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350)
#: A sample table is not read beyond this.
_LARGEST_HEAD: Final = 64 << 20


def notes_on(path: Path, facts: Probe, scan: Scan, index: TimeIndex, check: Callable[[], None]) -> list[Warned]:
    """Everything worth telling, as warnings with their figures; times in microseconds from the recording's zero."""
    found: list[Warned] = []
    video = next((stream for stream in facts.streams if stream.index == facts.video_index), None)
    if video is not None:
        found += _picture_notes(path, video, index)
    if facts.type == "matroska" and facts.header_duration_us is None:
        found.append(Warned("import.duration_missing", {"measured": format_clock(facts.duration_us)}))
    if facts.audio_index is not None:
        found += _sound_notes(path, facts, scan.streams[facts.audio_index], check)
    if facts.type == "mpegts":
        found += _transport_notes(path, check)
    return found


def _picture_notes(path: Path, video: StreamFacts, index: TimeIndex) -> list[Warned]:
    found: list[Warned] = []
    if (pacing := _uneven(index)) is not None:
        shortest, median, longest = pacing
        found.append(Warned("import.variable_rate", {"min_us": shortest, "median_us": median, "max_us": longest}))
    header, measured = (Fraction(rate) if rate else None for rate in (video.header_rate, video.average_rate))
    if header and measured and abs(header - measured) * 10 > measured:
        found.append(Warned("import.rate_header", {"header": f"{float(header):.2f}", "measured": f"{float(measured):.2f}"}))
    if video.rotation:
        found.append(Warned("import.rotated", {"degrees": video.rotation}))
    if video.mirrored:
        found.append(Warned("import.mirrored"))
    if video.codec in _HEAVY:
        found.append(Warned("import.heavy_codec", {"codec": video.codec.removeprefix("lib").replace("dav1d", "av1")}))
    bits = av.VideoFormat(video.pixel_format).components[0].bits if video.pixel_format else 8
    if bits > 8:  # HDR needs more than eight; opening a long film again takes a while
        found.append(Warned("import.high_depth", {"bits": bits}))
        if transfer := _hdr(path, video.index):
            found.append(Warned("import.hdr", {"transfer": transfer}))
    return found


def _uneven(index: TimeIndex) -> tuple[int, int, int] | None:
    """Shortest, median and longest interval of unevenly paced pictures; None where they follow each other evenly."""
    intervals = index.intervals_us()
    if intervals is None:
        return None
    times = index.times_us
    off = abs((times[1:] - times[:-1]) - intervals[1]) * _OFF > intervals[1]
    return intervals if int(off.sum()) * _UNEVEN_SHARE > len(off) and int(off.sum()) > 1 else None


def _hdr(path: Path, stream: int) -> str:
    with open_media(path) as container:
        video = container.streams[stream]
        return _HDR.get(int(video.codec_context.color_trc), "") if isinstance(video, VideoStream) else ""


def _sound_notes(path: Path, facts: Probe, sound: StreamScan, check: Callable[[], None]) -> list[Warned]:
    found: list[Warned] = []
    ordered = sorted(sound.pts)
    steps = [after - before for before, after in pairwise(ordered)]
    usual = sorted(steps)[len(steps) // 2] if steps else 0
    heard_from = usual + to_ticks(_SOUND_HOLE_US, sound.base)
    holes = [to_micros(step - usual, sound.base) for step in steps if step > heard_from]
    if holes:
        found.append(Warned("import.sound_holes", {"count": len(holes), "length": format_clock(sum(holes))}))
    audio = facts.streams[facts.audio_index or 0]
    if audio.codec in ("aac", "aac_latm") and facts.type in ("mpegts", "aac"):
        rates = _adts_rates(path, audio.index, check)
        if len(rates) > 1:
            found.append(Warned("import.sound_rate_changes", {"rates": "、".join(str(rate) for rate in rates)}))
    return found


def _adts_rates(path: Path, stream: int, check: Callable[[], None]) -> list[int]:
    """The sampling rates that the frames of an AAC stream name, in order of first appearance."""
    rates: dict[int, None] = {}
    with open_media(path) as container:
        try:
            for number, packet in enumerate(container.demux(container.streams[stream])):
                if number % 512 == 0:
                    check()
                if packet.size < 4:
                    continue
                head = bytes(packet)[:4]
                place = head[2] >> 2 & 0x0F
                if head[0] == 0xFF and head[1] & 0xF6 == 0xF0 and place < len(_ADTS_RATES):
                    rates[_ADTS_RATES[place]] = None
        except FFmpegError:  # told as a read error by the scan
            pass
    return list(rates)


def _transport_notes(path: Path, check: Callable[[], None]) -> list[Warned]:
    whole = mpegts.examine(path, lambda _: check())
    found = []
    if whole.continuity_errors:
        found.append(Warned("import.continuity_errors", {"count": whole.continuity_errors}))
    if whole.lost_sync:
        found.append(Warned("import.lost_sync", {"count": whole.lost_sync, "bytes": whole.lost_bytes}))
    return found


def protection(path: Path, extension: str) -> str:
    """The code that names why a file cannot be played as it is: encrypted samples, or a piece of a platform's cache; "" where neither.

    Nothing is tried against it.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(64)
        if head.startswith(b"0" * 8) and b"ftyp" in head:
            return "import.platform_cache"  # zeros put before the file so that no player opens it
        at, has_moov, has_piece = 0, False, False
        while at + 8 <= size:
            file.seek(at)
            box = file.read(16)
            length = int.from_bytes(box[:4], "big")
            length = int.from_bytes(box[8:16], "big") if length == 1 else length or size - at
            if length < 8 or not box[4:8].isalnum():
                break
            has_piece |= box[4:8] in (b"moof", b"styp")
            if box[4:8] == b"moov":
                has_moov = True
                file.seek(at)
                table = file.read(min(length, _LARGEST_HEAD))
                if b"schm" in table and (b"encv" in table or b"enca" in table):
                    return "import.encrypted"
            at += length
    if has_piece and not has_moov:
        return "import.no_init"
    return "import.encrypted_segment" if extension == ".ts" and _is_cipher(path, size) else ""


def _is_cipher(path: Path, size: int) -> bool:
    """Whether a piece named as a transport stream is whole cipher blocks without any packet in it, as HLS caches keep them (RFC 8216 4.3.2.4)."""
    if size < 4 << 10 or size % 16:
        return False
    with path.open("rb") as file:
        head = file.read(16 << 10)
    return len(set(head)) > 250 and not mpegts.has_packets(head)
