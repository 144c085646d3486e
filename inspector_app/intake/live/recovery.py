"""What a recorder that died has left: its journal up to the first bad line, its closed segments verified, the open one measured.

Nothing is truncated or mended. The torn segment is registered as it lies, with the length up to its last whole unit beside it; how many
bytes were proved by the last digest in the journal is said too.
"""

import hashlib
from pathlib import Path
from typing import Any, Final

from inspector_app.integrity.capturechain import CLOSING, Line

from .flvtags import last_whole_tag
from .journal import Journal, sync_folder
from .tape import Tape

Json = dict[str, Any]
_BLOCK: Final = 1 << 20
_CLUSTER: Final = b"\x1f\x43\xb6\x75"
_TS_PACKET: Final = 188


def recover(folder: Path) -> tuple[Tape, Json]:
    """Takes over a capture's folder and returns a tape that goes on, and what was found (`lines`, `recovered`, `missing`, `altered`).

    Writes one `recovered` line for the segment that was open. The caller must hold the capture's lock. Raises OSError.
    """
    journal, lines, torn = Journal.take_over(folder)
    found: Json = {"lines": len(lines), "recovered": 0, "missing": [], "altered": []}
    if torn:
        journal.write("journal_torn", bytes=len(torn), sha256=hashlib.sha256(torn).hexdigest())
    closed = {line.said["file"]: line.said for line in lines if line.event in CLOSING}
    for name, said in closed.items():
        path = folder / name
        if not path.is_file():
            found["missing"].append(name)
        elif path.stat().st_size != said["bytes"] or _digest(path) != said["sha256"]:
            found["altered"].append(name)
    for name in found["missing"] + found["altered"]:
        journal.write("segment_bad", file=name)
    opened = [line for line in lines if line.event == "open_segment"]
    known = {line.said["file"] for line in lines if "file" in line.said}
    for path in sorted(folder.glob("[0-9]*_*")):
        if path.name not in known:  # made in the last moment before the end: only our own front can be in it
            journal.write("stray", file=path.name, bytes=path.stat().st_size, sha256=_digest(path))
    if opened and opened[-1].said["file"] not in closed:
        found["recovered"] = _register(folder, journal, opened[-1].said, lines)
    return _tape(folder, journal, lines, found), found


def _register(folder: Path, journal: Journal, opened: Json, lines: list[Line]) -> int:
    path = folder / opened["file"]
    if not path.is_file():
        journal.write("segment_bad", file=opened["file"])
        return 0
    size = path.stat().st_size
    proved = [line.said for line in lines if line.said.get("open_file") == opened["file"]]
    beats = [line.said for line in lines if line.event == "heartbeat" and line.said["seq"] > opened["seq"]]
    whole = last_whole(path)
    path.chmod(0o444)
    sync_folder(folder)
    facts = {name: opened.get(name) for name in ("file", "epoch", "preamble_bytes", "starts_us", "sequence", "duration_us")}
    last = beats[-1] if beats else {}
    journal.write(
        "recovered",
        **facts,
        why="process_restart",
        bytes=size,
        sha256=_digest(path),
        whole_bytes=whole,
        torn_bytes=size - whole,
        proved_bytes=proved[-1]["segment_bytes"] if proved else 0,
        prefix_holds=_prefix_holds(path, proved[-1]) if proved else None,
        ends_us=None,
        last_us=last.get("last_us"),
        delay_us=last["mono_us"] - last["last_us"] if last.get("last_us") is not None else None,
        keys=[],
        chain_before=journal.head,
    )
    return 1


def _prefix_holds(path: Path, beat: Json) -> bool:
    return bool(_digest(path, beat["segment_bytes"]) == beat["sha256_so_far"])


def _tape(folder: Path, journal: Journal, lines: list[Line], found: Json) -> Tape:
    opened = [line.said for line in lines if line.event == "open_segment"]
    beats = [line.said for line in lines if line.event == "heartbeat"]
    # a file may have been made just before its line could be written: its number is not given again
    numbers = [int(path.name[:6]) for path in folder.glob("[0-9]*_*")]
    tape = Tape(
        folder,
        journal,
        number=max(numbers, default=0),
        epoch=max((said["epoch"] for said in opened), default=-1),
        received=beats[-1]["received"] if beats else 0,
    )
    tape.gaps = sum(line.event == "gap" for line in lines)
    tape.connects = sum(line.event == "connect" for line in lines)
    sequences = [line.said["sequence"] for line in lines if line.event == "segment" and line.said.get("complete")]
    tape.sequence = max(sequences, default=None)
    if beats:
        tape.last_us = beats[-1]["last_us"]
    found["last_mono_us"] = lines[-1].said["mono_us"] if lines else 0
    found["last_at"] = lines[-1].said["at"] if lines else ""
    return tape


def _digest(path: Path, size: int | None = None) -> str:
    digest = hashlib.sha256()
    left = path.stat().st_size if size is None else size
    with path.open("rb") as file:
        while left and (block := file.read(min(_BLOCK, left))):
            digest.update(block)
            left -= len(block)
    return digest.hexdigest()


def last_whole(path: Path) -> int:
    """Bytes up to the end of the last whole tag (FLV), packet (TS) or the start of the last cluster (Matroska); else the file's size."""
    size = path.stat().st_size
    if path.suffix == ".flv":
        return last_whole_tag(path)
    if path.suffix == ".ts":
        return size - size % _TS_PACKET
    if path.suffix == ".mkv":
        content = path.read_bytes()
        place = content.rfind(_CLUSTER)
        return place if place > 0 else size
    return size
