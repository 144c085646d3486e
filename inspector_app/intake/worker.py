"""The import job's child process: every file copied, proven, examined, and reported as one item for the parent to commit.

It writes only into the case's `originals/` and `working/` and never opens the database. Bytes that were received are kept even where
they cannot be used; what was stopped half-way stays in `originals/.incoming/` and goes on next time.
"""

import os
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any, Final

from inspector_app.domain.errors import BadInput, InspectorError, Stopped, StorageError
from inspector_app.domain.work import Channel
from inspector_app.intake import archives
from inspector_app.intake.chat import formats
from inspector_app.intake.copying import (
    SPARE_BYTES,
    Incoming,
    Source,
    copy_in,
    find_source,
    prove_copy,
    read_failure,
    settle_in_vault,
    wait_until_still,
    write_failure,
)
from inspector_app.intake.examining import Place, examine
from inspector_app.intake.kinds import WANTED, vault_suffix
from inspector_app.integrity.digests import FileDigests

Json = dict[str, Any]

#: What cannot be used as material but is kept as it was received: the bytes are evidence of what was handed over.
KEPT: Final = frozenset(
    {
        "import.empty",
        "import.not_media",
        "import.no_moov",
        "import.no_streams",
        "import.unknown_kind",
        "import.subtitle_unreadable",
        "import.chat_unreadable",
        "import.chat_too_large",
        "import.encrypted",
        "import.encrypted_segment",
        "import.platform_cache",
        "import.no_init",
        "import.zip_bomb",
        "import.zip_unreadable",
    }
)
#: The medium failed, not the material: what was read is kept to go on from when it is plugged in again.
_RESUMABLE: Final = {"import.read_error", "import.vanished"}
#: Messages of a chat log sent at a time.
CHAT_ROWS: Final = 2000


@dataclass
class _Batch:
    """One run: where things go and what has been done so far.

    `examine` are originals to look at again though they are known; `chat_rows` says how many entries of a known log are in the case.
    """

    vault: Path
    working: Path
    known: dict[str, str]
    channel: Channel
    growing: str = "refuse"
    examine: frozenset[str] = frozenset()
    chat_rows: dict[str, int] = field(default_factory=dict)
    total: int = 0
    done: int = 0
    unpacking: bool = False
    counts: dict[str, int] = field(default_factory=lambda: {"imported": 0, "duplicates": 0, "refused": 0, "kept": 0})

    @property
    def case(self) -> Path:
        return self.vault.parent

    def relative(self, path: Path) -> str:
        return path.relative_to(self.case).as_posix()

    def refuse(self, path: Path, error: InspectorError) -> None:
        self.counts["refused"] += 1
        self.channel.item("refused", file=_plain(str(path)), code=error.code, facts=_facts(path, error))


def _facts(path: Path, error: InspectorError) -> Json:
    return {name: _plain(value) for name, value in error.facts.items()} | {"file": _plain(path.name)}


def run(spec: Json, channel: Channel) -> Json:
    """Imports files and folders.

    `spec`: `files` (paths of files or folders), `vault` (`<case>/originals`), `working` (`<case>/working`), `known` (SHA-256 → path in
    the case of originals already registered), `growing` (what to do with a file that is still written: refuse, wait, snapshot),
    `examine` (known originals to look at again), `chat_rows` (SHA-256 of a known chat log → entries already in the case).

    Sends for every file an item `imported`, `kept` (registered, but no use can be made of it, with the reason) or `refused` (not taken);
    for a chat log `chat_rows` in batches and `chat_end` behind; `left_out` where a folder holds files of other kinds; progress in bytes
    of all sources. Returns how many were `imported` (`duplicates` among them are counted apart), `kept` and `refused`. Raises Stopped.
    """
    batch = _Batch(
        Path(spec["vault"]),
        Path(spec["working"]),
        dict(spec.get("known", {})),
        channel,
        spec.get("growing", "refuse"),
        frozenset(spec.get("examine", ())),
        dict(spec.get("chat_rows", {})),
    )
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
        _import_guarded(source, batch)
    return dict(batch.counts)


def _import_guarded(source: Source, batch: _Batch) -> None:
    """One file; its refusal leaves the others untouched."""
    before = batch.done
    try:
        _import_one(source, batch)
    except Stopped:
        raise
    except InspectorError as error:
        batch.refuse(source.path, error)
    batch.done = before + source.size
    batch.channel.progress(batch.done, batch.total, "bytes")


def _expand(paths: list[Path], batch: _Batch) -> list[Path]:
    """The files meant, in order: a folder stands for the material of known kinds in it and below, by name."""
    found: list[Path] = []
    for path in paths:
        if not path.is_dir():
            found.append(path)
            continue
        inside, others = _walk(path, batch)
        if others:
            batch.channel.item("left_out", folder=_plain(str(path)), count=len(others), names=[_plain(one.name) for one in others[:20]])
        if not inside:
            batch.refuse(path, BadInput("import.empty_folder", file=path.name))
        found.extend(inside)
    return found


def _walk(folder: Path, batch: _Batch) -> tuple[list[Path], list[Path]]:
    """Files of known kinds in a folder and below, and the others; hidden ones and the case itself are not looked at."""
    inside: list[Path] = []
    others: list[Path] = []

    def unreadable(error: OSError) -> None:
        batch.refuse(Path(error.filename), read_failure(error, Path(error.filename), 0))

    for place, folders, names in os.walk(folder, onerror=unreadable):
        batch.channel.check()
        here = Path(place)
        folders[:] = [name for name in folders if not name.startswith(".") and here / name != batch.case]
        for name in names:
            if not name.startswith("."):
                (inside if Path(name).suffix.lower() in WANTED else others).append(here / name)
    return sorted(inside), sorted(others)


def _import_one(source: Source, batch: _Batch) -> None:
    snapshot = batch.growing == "snapshot"
    before = batch.done

    def on_bytes(done: int) -> None:
        batch.channel.progress(before + done, batch.total, "bytes")

    incoming = Incoming.of(source, batch.vault)
    warnings: list[Json] = []
    try:
        source, digests = _copy_whole(source, incoming, on_bytes, batch)
        if snapshot and not _still_as_found(source):
            warnings = [{"code": "import.snapshot", "facts": {"bytes": digests.bytes}}]
        if digests.sha256 in batch.known:
            _report_known(source, incoming, digests, batch)
        else:
            _accept(source, incoming, digests, batch, warnings)
    except Stopped:
        raise
    except InspectorError as error:
        if error.code not in _RESUMABLE:
            incoming.discard()
        raise
    incoming.discard()


def _copy_whole(source: Source, incoming: Incoming, on_bytes: Callable[[int], None], batch: _Batch) -> tuple[Source, FileDigests]:
    """Copies a source; one that changes meanwhile is copied anew once it stands, where the person chose to wait."""
    while True:
        try:
            return source, copy_in(source, incoming, on_bytes, batch.channel.check, snapshot=batch.growing == "snapshot")
        except BadInput as error:
            if error.code != "import.growing" or batch.growing != "wait":
                raise
        found = wait_until_still(source.resolved, batch.channel.check)
        source = replace(source, size=found.size, mtime_ns=found.mtime_ns)


def _still_as_found(source: Source) -> bool:
    try:
        return source.unchanged(source.resolved.stat())
    except OSError:
        return False


def _report_known(source: Source, incoming: Incoming, digests: FileDigests, batch: _Batch) -> None:
    """The same bytes are in the case: nothing is copied again, unless the registered file has gone missing from the disk.

    A recording that no recording row shows alone, or a log whose messages are not all in the case, is looked at again.
    """
    registered = batch.case / batch.known[digests.sha256]
    restored = not registered.exists()
    if restored:
        prove_copy(source, incoming.partial, digests.sha256, batch.channel.check)
        _settle(source, incoming, registered)
    head = {**_custody(source, digests), "path": batch.relative(registered), "duplicate": True, "restored": restored}
    if digests.sha256 not in batch.examine and digests.sha256 not in batch.chat_rows:
        batch.counts["imported"] += 1
        batch.counts["duplicates"] += 1
        batch.channel.item("imported", **head, material=None, warnings=[])
        return
    place = Place(batch.case, batch.working / digests.sha256, batch.channel.check, again=True)
    try:
        facts = examine(source.path, registered, place)
    except BadInput as error:
        _keep(source, head, error, batch)
        return
    batch.counts["imported"] += 1
    batch.counts["duplicates"] += 1
    batch.channel.item("imported", **head, **facts)
    _follow_up(source, registered, digests, facts, batch)


def _keep(source: Source, head: Json, error: BadInput, batch: _Batch) -> None:
    batch.counts["kept"] += 1
    batch.channel.item("kept", **head, code=error.code, facts=_facts(source.path, error))


def _custody(source: Source, digests: FileDigests) -> Json:
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


def _accept(source: Source, incoming: Incoming, digests: FileDigests, batch: _Batch, warnings: list[Json]) -> None:
    """Examines a finished copy while it is proven, gives it its name in the vault and reports it; what cannot be used is kept without working files."""
    final = batch.vault / (digests.sha256 + vault_suffix(source.path))
    folder = batch.working / digests.sha256
    problem: BadInput | None = None
    facts: Json = {}
    try:
        with ThreadPoolExecutor(1, "proof") as aside:
            proof = aside.submit(prove_copy, source, incoming.partial, digests.sha256, batch.channel.check)
            try:
                facts = examine(source.path, incoming.partial, Place(batch.case, folder, batch.channel.check))
                if facts["material"] == "archive" and batch.unpacking:
                    warnings = [*warnings, {"code": "import.zip_nested", "facts": {}}]
                facts["warnings"] = warnings + facts["warnings"]
            except BadInput as error:
                if error.code not in KEPT:
                    raise
                problem = error
                shutil.rmtree(folder, ignore_errors=True)
            except OSError as error:
                raise write_failure(error, source.path, folder) from error
        proof.result()
        _settle(source, incoming, final)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    batch.known[digests.sha256] = batch.relative(final)
    head = {**_custody(source, digests), "path": batch.relative(final), "duplicate": False, "restored": False}
    if problem is not None:
        _keep(source, head, problem, batch)
        return
    batch.counts["imported"] += 1
    batch.channel.item("imported", **head, **facts)
    _follow_up(source, final, digests, facts, batch)


def _follow_up(source: Source, copy: Path, digests: FileDigests, facts: Json, batch: _Batch) -> None:
    """What comes after a file's own item: the messages of a chat log, the members of an archive."""
    if facts["material"] == "chat":
        _send_chat(copy, digests.sha256, facts, batch)
    elif facts["material"] == "archive" and not batch.unpacking:
        _open_archive(source, copy, digests, batch)


def _send_chat(copy: Path, sha256: str, facts: Json, batch: _Batch) -> None:
    entries = formats.read(facts["format"], copy, facts["encoding"])
    place = batch.chat_rows.get(sha256, 0)
    for _ in islice(entries, place):  # these are in the case
        pass
    while True:
        batch.channel.check()
        piece = list(islice(entries, CHAT_ROWS))
        if not piece:
            break
        place += len(piece)
        rows = [row.to_json() for row in piece if row is not None]
        batch.channel.item("chat_rows", sha256=sha256, upto=place, unread=len(piece) - len(rows), rows=rows)
    batch.channel.item("chat_end", sha256=sha256)


def _open_archive(source: Source, copy: Path, digests: FileDigests, batch: _Batch) -> None:
    """Imports what an archive holds, each member as an original of its own whose path goes on behind the archive's with `!/`."""
    try:
        good, refused = archives.members(copy)
    except BadInput as error:
        batch.refuse(source.path, error)
        return
    for name, fault in refused:
        batch.refuse(Path(f"{source.path}!/{name}"), fault)
    batch.total += sum(member.size for member in good)
    outside = batch.working / ".unpacked" / digests.sha256
    batch.unpacking = True
    try:
        for number, member in enumerate(good):
            target = outside / f"{number}{vault_suffix(Path(member.name.name))}"
            shown = Path(f"{source.path}!/{member.name}")
            batch.channel.check()
            try:
                free = shutil.disk_usage(batch.working).free
                if free < 2 * member.size + SPARE_BYTES:
                    raise StorageError("storage.full", path=str(batch.working), free_bytes=free)
                archives.take_out(copy, member, target, batch.channel.check)
            except Stopped:
                raise
            except InspectorError as error:
                batch.refuse(shown, error)
                continue
            found = find_source(target)
            _import_guarded(replace(found, path=shown), batch)
            target.unlink(missing_ok=True)
    finally:
        batch.unpacking = False
        shutil.rmtree(batch.working / ".unpacked", ignore_errors=True)
