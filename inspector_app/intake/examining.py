"""What a finished copy is, by content first: a recording, subtitles, a chat log, a still picture, or an archive.

It reads the copy and writes only into the original's folder in `working/`. What cannot be used is named by a BadInput; the caller keeps
its bytes all the same.
"""

import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final

from av.error import FFmpegError

from inspector_app.domain.errors import BadInput
from inspector_app.domain.timebase import SECOND, Micros
from inspector_app.intake.chat import asslog, formats, srtlog, tables
from inspector_app.intake.chat.rows import parse_day
from inspector_app.intake.copying import SPARE_BYTES
from inspector_app.intake.kinds import CHATS, EXTENSIONS, SUBTITLES, is_image, is_zip
from inspector_app.intake.mending import make_repaired
from inspector_app.intake.notes import notes_on, protection
from inspector_app.intake.subtitles import Cue, clock_track, is_subtitle, parse_ass, parse_subtitles
from inspector_app.intake.textfiles import encoding_of, looks_like_text, read_text
from inspector_app.integrity.digests import hash_file
from inspector_app.media.container import open_media
from inspector_app.media.epochs import Epoch, epochs, scan_of
from inspector_app.media.index import TimeIndex, build_index, save_index
from inspector_app.media.probe import Probe, Warned, probe, scan_recording
from inspector_app.media.scan import Scan
from inspector_app.media.thumbnails import write_poster

Json = dict[str, Any]

_HEAD: Final = 64 << 10
#: Containers that recorders append to across a reconnection; elsewhere one file has one clock.
_RESTARTING: Final = frozenset({"flv", "mpegts"})
#: A clock that leaps ahead by no more than this is taken at its word: so much is missing. A longer leap is a clock set anew.
_BELIEVED_US: Final = 600 * SECOND
#: What the probe says of a file as if it had one clock; it does not hold where the file was cut into stretches.
_ABOUT_ONE_CLOCK: Final = frozenset({"import.clock_restart", "import.duration_header"})
#: So many entries without one message mean that a text is no chat log.
_TRIED: Final = 1000


@dataclass(frozen=True)
class Place:
    """Where an examination may write: the case (paths are told relative to it) and the original's folder. `again` leaves what is there."""

    case: Path
    folder: Path
    check: Callable[[], None]
    again: bool = False

    def relative(self, path: Path) -> str:
        return path.relative_to(self.case).as_posix()


def examine(name: Path, copy: Path, place: Place) -> Json:
    """The facts of a copy whose original is called `name`, with `material` recording, subtitle, chat, image or archive.

    Raises BadInput naming why it cannot be used; Stopped through `check`; OSError.
    """
    extension = name.suffix.lower()
    if copy.stat().st_size == 0:
        raise BadInput("import.empty", file=name.name)
    with copy.open("rb") as file:
        head = file.read(_HEAD)
    if looks_like_text(head):
        found = _text(name, copy, place.check)
        if found is not None:
            return found
    elif is_zip(head):
        return _table(name, copy) if tables.is_workbook(copy) else {"material": "archive", "warnings": []}
    elif is_image(head):
        return {"material": "image", "warnings": []}
    if extension in EXTENSIONS or not looks_like_text(head):
        if code := protection(copy, extension):
            raise BadInput(code, file=name.name)
        return _recording(name, copy, place)
    raise BadInput("import.unknown_kind", extension=extension or "-", file=name.name)


# -- texts -------------------------------------------------------------------------------------------------------------------------


def _text(name: Path, copy: Path, check: Callable[[], None]) -> Json | None:
    extension = name.suffix.lower()
    encoding = encoding_of(copy, check)
    if encoding is None:
        return None
    with copy.open(encoding=encoding, errors="replace") as file:
        head = file.read(_HEAD)
    if extension in SUBTITLES or (extension not in CHATS and is_subtitle(head)):
        return _subtitle(name, copy, encoding, head)
    chat = formats.format_of(copy, encoding, head)
    if chat is not None and _has_message(chat, copy, encoding):
        return {"material": "chat", "format": chat, "encoding": encoding, "warnings": []}
    if extension in CHATS or chat is not None:
        raise BadInput("import.chat_unreadable", file=name.name)
    return None


def _has_message(chat: str, copy: Path, encoding: str | None) -> bool:
    return any(row is not None for row in islice(formats.read(chat, copy, encoding), _TRIED))


def _table(name: Path, copy: Path) -> Json:
    if tables.too_large(copy):
        raise BadInput("import.zip_bomb", file=name.name, bytes=copy.stat().st_size)
    try:
        readable = _has_message("table-xlsx", copy, None)
    except (ValueError, KeyError, OSError, EOFError) as error:
        raise BadInput("import.chat_unreadable", file=name.name) from error
    if not readable:
        raise BadInput("import.chat_unreadable", file=name.name)
    return {"material": "chat", "format": "table-xlsx", "encoding": None, "warnings": []}


def _subtitle(name: Path, copy: Path, encoding: str, head: str) -> Json:
    if asslog.is_ass(head):
        if asslog.moves(copy, encoding):
            return {"material": "chat", "format": "danmaku-ass", "encoding": encoding, "warnings": []}
        cues, left_out = parse_ass(copy, encoding)
    else:
        cues, left_out = parse_subtitles(read_text(copy) or "")
    if not cues:
        raise BadInput("import.subtitle_unreadable", file=name.name)
    warnings = [Warned("import.subtitle_lines_skipped", {"count": left_out})] if left_out else []
    if moment := clock_track(cues):
        return _cues([], [*warnings, Warned("import.clock_track", {"moment": moment})])
    if srtlog.is_chat(cues):
        told = asdict(Warned("import.subtitle_taken_as_chat"))
        return {"material": "chat", "format": "danmaku-srt", "encoding": encoding, "warnings": [told]}
    return _cues(cues, warnings)


def _cues(cues: list[Cue], warnings: list[Warned]) -> Json:
    return {"material": "subtitle", "rows": [asdict(cue) for cue in cues], "warnings": [asdict(one) for one in warnings]}


# -- recordings --------------------------------------------------------------------------------------------------------------------


def _recording(name: Path, copy: Path, place: Place) -> Json:
    def keep_going(_: int) -> None:
        place.check()

    scan = scan_recording(copy, keep_going)
    facts = probe(copy, scan)
    if not place.again:
        shutil.rmtree(place.folder, ignore_errors=True)  # left by a run that was killed
    place.folder.mkdir(parents=True, exist_ok=True)
    parts, index = _parts(scan, facts, place)
    warnings = list(facts.warnings)
    if len(parts) > 1:
        warnings = [one for one in warnings if one.code not in _ABOUT_ONE_CLOCK]
        warnings.append(Warned("import.epochs", {"count": len(parts)}))
    warnings += notes_on(copy, facts, scan, index, place.check)
    promised = EXTENSIONS.get(name.suffix.lower())
    if promised != facts.type:
        warnings.append(Warned("import.extension_mismatch", {"extension": name.suffix.lower() or "-", "type": facts.type}))
    derivatives: list[Json] = []
    poster = None
    if facts.video_index is not None:
        poster = _attempt(warnings, lambda: _poster(copy, facts, place))
        if len(parts) > 1 and not place.again:
            made = _attempt(warnings, lambda: _repaired(copy, scan, facts, parts, place))
            derivatives = [made] if made else []
    return {
        "material": "recording",
        "probe": facts.to_json(),
        "index": None if len(parts) > 1 else parts[0]["index"],
        "parts": parts,
        "created": _created(copy),
        "poster": poster,
        "derivatives": derivatives,
        "warnings": [asdict(warning) for warning in warnings],
    }


def _attempt(warnings: list[Warned], make: Callable[[], Json]) -> Json | None:
    """What can be done without: its failure becomes a warning, the recording is taken all the same."""
    try:
        return make()
    except BadInput as error:
        warnings.append(Warned(error.code, {name: value for name, value in error.facts.items() if name != "file"}))
        return None


def _created(copy: Path) -> str:
    """When the container says it was made (ISO 8601 with zone); "" where it does not, or says nonsense."""
    try:
        with open_media(copy) as container:
            text = container.metadata.get("creation_time", "")
    except FFmpegError:
        return ""
    moment = parse_day(text) if text else None
    return moment if moment and moment[19:].endswith(("+00:00", "Z")) and moment >= "1990" else ""


def _parts(scan: Scan, facts: Probe, place: Place) -> tuple[list[Json], TimeIndex]:
    """The stretches of one clock each, laid one behind the other on the recording's clock, each with its own index; and the first index.

    A clock that went back says nothing of how much was lost: the next stretch follows at once. One that leapt ahead by a time that a
    reconnection may take is believed, and the gap is drawn to scale.
    """
    stream = facts.video_index if facts.video_index is not None else facts.audio_index
    assert stream is not None  # the probe refuses a recording with neither
    found = epochs(scan) if facts.type in _RESTARTING else []
    if all(0 <= epoch.jump_us <= _BELIEVED_US for epoch in found):
        index = build_index(scan, stream)
        return [_part(0, facts.duration_us, facts.zero_us, _saved(index, place, "index.npz"), {})], index
    indexes = [build_index(scan_of(scan, found, number), stream) for number in range(len(found))]
    parts: list[Json] = []
    at: Micros = 0
    for number, (epoch, index) in enumerate(zip(found, indexes, strict=True)):
        if 0 < epoch.jump_us <= _BELIEVED_US:
            at += max(0, epoch.container.start_us - found[number - 1].container.end_us)
        saved = _saved(index, place, f"index-{number}.npz")
        parts.append(_part(at, at + epoch.container.length_us, epoch.container.start_us, saved, _why(epoch)))
        at += epoch.container.length_us
    return parts, indexes[0]


def _why(epoch: Epoch) -> Json:
    if not epoch.jump_us:
        return {}
    return {"why": "ts_backward" if epoch.jump_us < 0 else "ts_forward", "jump_us": epoch.jump_us}


def _part(start_us: Micros, end_us: Micros, zero_us: Micros, index: Json, facts: Json) -> Json:
    return {"start_us": start_us, "end_us": end_us, "zero_us": zero_us, "index": index, "facts": facts}


def _saved(index: TimeIndex, place: Place, name: str) -> Json:
    path = place.folder / name
    # rows name the index that is there by its digest: it stays as it is
    digest = hash_file(path).sha256 if place.again and path.exists() else save_index(index, path)
    intervals = index.intervals_us()
    return {
        "path": place.relative(path),
        "sha256": digest,
        "stream": index.stream,
        "frames": len(index),
        "intervals_us": None if intervals is None else dict(zip(("min", "median", "max"), intervals, strict=True)),
        "gaps": [asdict(gap) for gap in index.gaps()],
    }


def _poster(copy: Path, facts: Probe, place: Place) -> Json:
    path = place.folder / "poster.jpg"
    return {"sha256": write_poster(copy, path, facts.zero_us, facts.duration_us), "path": place.relative(path)}


def _repaired(copy: Path, scan: Scan, facts: Probe, parts: list[Json], place: Place) -> Json:
    if shutil.disk_usage(place.folder).free < facts.bytes + SPARE_BYTES:
        raise BadInput("import.no_room_for_copy", file=copy.name, needed_bytes=facts.bytes + SPARE_BYTES)
    made = make_repaired(copy, epochs(scan), [part["start_us"] for part in parts], place.folder, place.check)
    return {**made, "path": place.relative(place.folder / "repaired.mkv")}
