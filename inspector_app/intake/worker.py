"""The import job's child process: every file copied, proven, examined, and reported as one item for the parent to commit.

It writes only into the case's `originals/` and `working/` and never opens the database. A file is either reported whole or leaves
nothing behind; what was stopped half-way stays in `originals/.incoming/` and goes on next time.
"""

import os
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from inspector_app.domain.errors import BadInput, InspectorError, Stopped
from inspector_app.domain.work import Channel
from inspector_app.intake.chatlogs import parse_chat
from inspector_app.intake.copying import SPARE_BYTES, Incoming, Source, copy_in, find_source, read_failure, settle_in_vault, write_failure
from inspector_app.intake.subtitles import is_subtitle, parse_subtitles
from inspector_app.intake.textfiles import looks_like_text, read_text
from inspector_app.integrity.digests import FileDigests
from inspector_app.media.index import build_index, save_index
from inspector_app.media.probe import Probe, Warned, probe, scan_recording
from inspector_app.media.remux import make_working_copy, needs_working_copy
from inspector_app.media.scan import Scan
from inspector_app.media.thumbnails import write_poster

#: What each extension promises, in the probe's words; a mismatch is told, never acted on.
EXTENSIONS = {
    **dict.fromkeys((".mp4", ".m4v", ".mov", ".m4a", ".3gp", ".3g2", ".m4s"), "mp4"),
    **dict.fromkeys((".mkv", ".webm", ".mka"), "matroska"),
    **dict.fromkeys((".ts", ".m2ts", ".mts"), "mpegts"),
    **dict.fromkeys((".mpg", ".mpeg", ".vob"), "mpeg"),
    **dict.fromkeys((".wmv", ".wma", ".asf"), "asf"),
    **dict.fromkeys((".ogg", ".ogv", ".oga", ".opus"), "ogg"),
    ".flv": "flv",
    ".avi": "avi",
    ".mp3": "mp3",
    ".aac": "aac",
    ".wav": "wav",
    ".flac": "flac",
    ".amr": "amr",
    ".caf": "caf",
}
_SUBTITLES = {".srt", ".vtt"}
_CHATS = {".jsonl", ".csv"}
_HEAD = 64 << 10


@dataclass
class _Batch:
    """One run: where things go and what has been done so far."""

    vault: Path
    working: Path
    known: dict[str, str]
    channel: Channel
    total: int = 0
    done: int = 0
    counts: dict[str, int] = field(default_factory=lambda: {"imported": 0, "duplicates": 0, "refused": 0})

    @property
    def case(self) -> Path:
        return self.vault.parent

    def relative(self, path: Path) -> str:
        return path.relative_to(self.case).as_posix()

    def refuse(self, path: Path, error: InspectorError) -> None:
        facts = {name: _plain(value) for name, value in error.facts.items()} | {"file": _plain(path.name)}
        self.counts["refused"] += 1
        self.channel.item("refused", file=_plain(str(path)), code=error.code, facts=facts)


def run(spec: dict[str, Any], channel: Channel) -> dict[str, Any]:
    """Imports files and folders.

    `spec`: `files` (paths of files or folders), `vault` (`<case>/originals`), `working` (`<case>/working`), `known` (SHA-256 → path in
    the case of originals already registered). Sends an item `imported` or `refused` for every file, progress in bytes of all sources.
    Returns how many were `imported` (`duplicates` among them are counted apart) and `refused`. Raises Stopped.
    """
    batch = _Batch(Path(spec["vault"]), Path(spec["working"]), dict(spec.get("known", {})), channel)
    sources: list[Source] = []
    for path in _expand([Path(text) for text in spec["files"]], batch):
        channel.check()
        try:
            sources.append(find_source(path))
        except InspectorError as error:
            batch.refuse(path, error)
    batch.total = sum(source.size for source in sources)
    for source in sources:
        channel.check()
        before = batch.done
        try:
            _import_one(source, batch)
        except Stopped:
            raise
        except InspectorError as error:
            batch.refuse(source.path, error)
        batch.done = before + source.size
        channel.progress(batch.done, batch.total, "bytes")
    return dict(batch.counts)


def _expand(paths: list[Path], batch: _Batch) -> list[Path]:
    """The files meant, in order: a folder stands for the recordings, subtitles and chat logs in it and below, by name."""
    found: list[Path] = []
    for path in paths:
        if not path.is_dir():
            found.append(path)
            continue
        inside = sorted(_walk(path, batch))
        if not inside:
            batch.refuse(path, BadInput("import.empty_folder", file=path.name))
        found.extend(inside)
    return found


def _walk(folder: Path, batch: _Batch) -> list[Path]:
    wanted = EXTENSIONS.keys() | _SUBTITLES | _CHATS
    inside: list[Path] = []

    def unreadable(error: OSError) -> None:
        batch.refuse(Path(error.filename), read_failure(error, Path(error.filename), 0))

    for place, folders, names in os.walk(folder, onerror=unreadable):
        batch.channel.check()
        here = Path(place)
        folders[:] = [name for name in folders if not name.startswith(".") and here / name != batch.case]
        inside.extend(here / name for name in names if not name.startswith(".") and Path(name).suffix.lower() in wanted)
    return inside


def _import_one(source: Source, batch: _Batch) -> None:
    if source.size == 0:
        raise BadInput("import.empty", file=source.path.name)
    before = batch.done

    def on_bytes(done: int) -> None:
        batch.channel.progress(before + done, batch.total, "bytes")

    incoming = Incoming.of(source, batch.vault)
    try:
        digests = copy_in(source, incoming, on_bytes, batch.channel.check)
        if digests.sha256 in batch.known:
            _report_duplicate(source, incoming, digests, batch)
        else:
            _accept(source, incoming, digests, batch)
    except Stopped:
        raise
    except InspectorError as error:
        if error.code not in _RESUMABLE:
            incoming.discard()
        raise
    incoming.discard()


#: The medium failed, not the material: what was read is kept to go on from when it is plugged in again.
_RESUMABLE = {"import.read_error", "import.vanished"}


def _report_duplicate(source: Source, incoming: Incoming, digests: FileDigests, batch: _Batch) -> None:
    """The same bytes are in the case: nothing is copied again, unless the registered file has gone missing from the disk."""
    registered = batch.known[digests.sha256]
    restored = not (batch.case / registered).exists()
    if restored:
        _settle(source, incoming, batch.case / registered)
    batch.counts["imported"] += 1
    batch.counts["duplicates"] += 1
    facts: dict[str, Any] = {"material": None, "duplicate": True, "restored": restored, "path": registered, "warnings": []}
    batch.channel.item("imported", **_custody(source, digests), **facts)


def _custody(source: Source, digests: FileDigests) -> dict[str, Any]:
    return {
        "source": {
            "name": _plain(source.path.name),
            "path": _plain(str(source.path)),
            "resolved_path": _plain(str(source.resolved)),
            "mtime": source.mtime,
        },
        "sha256": digests.sha256,
        "sm3": digests.sm3,
        "bytes": digests.bytes,
    }


def _plain(text: str) -> str:
    """A name that can be shown and stored: names that are not UTF-8 (GBK disks) are read as GB 18030."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return os.fsencode(text).decode("gb18030", errors="replace")
    return text


def _settle(source: Source, incoming: Incoming, final: Path) -> None:
    try:
        settle_in_vault(incoming.partial, final)
    except OSError as error:
        raise write_failure(error, source.path, final.parent) from error


def _accept(source: Source, incoming: Incoming, digests: FileDigests, batch: _Batch) -> None:
    """Examines a finished copy, gives it its name in the vault and reports it; its working files go when it is refused after all."""
    extension = source.path.suffix.lower()
    final = batch.vault / (digests.sha256 + (extension if extension[1:].isascii() and extension[1:].isalnum() else ""))
    folder = batch.working / digests.sha256
    try:
        try:
            facts = _examine(source, incoming.partial, folder, batch)
        except OSError as error:
            raise write_failure(error, source.path, folder) from error
        _settle(source, incoming, final)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    batch.known[digests.sha256] = batch.relative(final)
    batch.counts["imported"] += 1
    batch.channel.item("imported", **_custody(source, digests), path=batch.relative(final), duplicate=False, restored=False, **facts)


def _examine(source: Source, copy: Path, folder: Path, batch: _Batch) -> dict[str, Any]:
    """What a copy is, by content first: a subtitle, a chat log or a recording."""
    extension = source.path.suffix.lower()
    with copy.open("rb") as file:
        head = file.read(_HEAD)
    if looks_like_text(head):
        text = read_text(copy)
        if text is not None and (extension in _SUBTITLES or (extension not in _CHATS and is_subtitle(text))):
            return _subtitle(text)
        if text is not None and extension in _CHATS:
            return _chat(text)
    if extension in EXTENSIONS or not looks_like_text(head):
        return _recording(source, copy, folder, batch)
    raise BadInput("import.unknown_kind", extension=extension or "-")


def _subtitle(text: str) -> dict[str, Any]:
    cues, left_out = parse_subtitles(text)
    if not cues:
        raise BadInput("import.subtitle_unreadable")
    warnings = [asdict(Warned("import.subtitle_lines_skipped", {"count": left_out}))] if left_out else []
    return {"material": "subtitle", "rows": [asdict(cue) for cue in cues], "warnings": warnings}


def _chat(text: str) -> dict[str, Any]:
    rows, unread = parse_chat(text)
    if not rows:
        raise BadInput("import.chat_unreadable")
    warnings = [asdict(Warned("import.chat_lines_skipped", {"count": unread}))] if unread else []
    return {"material": "chat", "rows": [asdict(row) for row in rows], "warnings": warnings}


def _recording(source: Source, copy: Path, folder: Path, batch: _Batch) -> dict[str, Any]:
    def keep_going(_: int) -> None:
        batch.channel.check()

    scan = scan_recording(copy, keep_going)
    facts = probe(copy, scan)
    shutil.rmtree(folder, ignore_errors=True)  # left by a run that was killed
    folder.mkdir(parents=True)
    warnings = list(facts.warnings)
    promised = EXTENSIONS.get(source.path.suffix.lower())
    if promised != facts.type:
        warnings.append(Warned("import.extension_mismatch", {"extension": source.path.suffix.lower() or "-", "type": facts.type}))
    derivatives: list[dict[str, Any]] = []
    poster = None
    if facts.video_index is not None:
        poster = _attempt(warnings, lambda: _poster(copy, facts, folder, batch))
        if needs_working_copy(facts):
            working_copy = _attempt(warnings, lambda: _working_copy(copy, facts, folder, batch, keep_going))
            derivatives = [working_copy] if working_copy else []
    return {
        "material": "recording",
        "probe": facts.to_json(),
        "index": _index(scan, facts, folder, batch),
        "poster": poster,
        "derivatives": derivatives,
        "warnings": [asdict(warning) for warning in warnings],
    }


def _attempt(warnings: list[Warned], make: Callable[[], dict[str, Any]]) -> dict[str, Any] | None:
    """What can be done without: its failure becomes a warning, the recording is taken all the same."""
    try:
        return make()
    except BadInput as error:
        warnings.append(Warned(error.code, {name: value for name, value in error.facts.items() if name != "file"}))
        return None


def _poster(copy: Path, facts: Probe, folder: Path, batch: _Batch) -> dict[str, Any]:
    path = folder / "poster.jpg"
    return {"sha256": write_poster(copy, path, facts.zero_us, facts.duration_us), "path": batch.relative(path)}


def _working_copy(copy: Path, facts: Probe, folder: Path, batch: _Batch, keep_going: Callable[[int], None]) -> dict[str, Any]:
    if shutil.disk_usage(folder).free < facts.bytes + SPARE_BYTES:
        raise BadInput("import.no_room_for_copy", needed_bytes=facts.bytes + SPARE_BYTES)
    made = make_working_copy(copy, facts, folder, on_progress=keep_going)
    return {
        "kind": "working_copy",
        "path": batch.relative(made.path),
        "sha256": made.sha256,
        "bytes": made.bytes,
        "offset_us": made.offset_us,
        "tool": made.tool,
        "version": made.version,
        "settings": made.settings,
    }


def _index(scan: Scan, facts: Probe, folder: Path, batch: _Batch) -> dict[str, Any]:
    stream = facts.video_index if facts.video_index is not None else facts.audio_index
    assert stream is not None  # the probe refuses a recording with neither
    index = build_index(scan, stream)
    path = folder / "index.npz"
    digest = save_index(index, path)
    intervals = index.intervals_us()
    return {
        "path": batch.relative(path),
        "sha256": digest,
        "stream": stream,
        "frames": len(index),
        "intervals_us": None if intervals is None else dict(zip(("min", "median", "max"), intervals, strict=True)),
        "gaps": [asdict(gap) for gap in index.gaps()],
    }
