"""The evidence package: one stored ZIP in the layout of BagIt (RFC 8493) with a closed-world rule: what is not listed may not be there.

Here is what a package must be and the check of one that came from anywhere; `exchange.packages` makes them and takes them out. Nothing is
taken for sound that was not read: every byte of every listed file is hashed, names are checked before anything is written, and the database
inside is walked and replayed as in a case folder.
"""

import hashlib
import json
import re
import sqlite3
import struct
import tempfile
import unicodedata
import zipfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any, Final

from . import verify
from .chain import Problem, canonical

FORMAT: Final = "zhijian-package/1"
MANIFEST: Final = "data/manifest.json"
DATABASE: Final = "data/" + verify.DATABASE
PAYLOAD: Final = "manifest-sha256.txt"
TAGS: Final = "tagmanifest-sha256.txt"
_LIMITS: Final = (200_000, 4 * 2**40)  # files, bytes
_BLOCK: Final = 8 * 1024 * 1024
_DEVICES: Final = re.compile(r"(?i)^(con|prn|aux|nul|com\d|lpt\d)(\..*)?$")
_LOCAL: Final = struct.Struct("<4sHHHHHIIIHH")
_END: Final = struct.Struct("<4sHHHHIIH")

Progress = Callable[[int, int], None]


def check(path: Path, progress: Progress = lambda *_: None) -> verify.Report:
    """Checks a package file; the first problem that makes the rest untrustworthy ends the check."""
    checked: dict[str, int] = {}
    try:
        problems = list(_outside(path))
        if problems:
            return verify.Report(checked, problems)
        with zipfile.ZipFile(path) as pack:
            digests = {}
            total, done = sum(one.file_size for one in pack.infolist()), 0
            for one in pack.infolist():
                digests[one.filename] = _digest(pack, one)
                done += one.file_size
                progress(done, total)
            checked["package_files"] = len(digests)
            manifest, problems = _lists(pack, digests)
            if manifest is not None:
                with tempfile.TemporaryDirectory() as folder:
                    database = Path(folder) / verify.DATABASE
                    database.write_bytes(pack.read(DATABASE))
                    problems += _database(database, manifest, digests, checked)
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, EOFError, KeyError) as cause:
        problems = [Problem("package.unreadable", str(cause)[:120], path.name)]
    except sqlite3.Error as cause:
        problems.append(Problem("database.unreadable", str(cause), DATABASE))
    return verify.Report(checked, problems)


def manifest_of(path: Path) -> dict[str, Any]:
    """The manifest of a package that was checked; raises OSError, KeyError, ValueError or BadZipFile where it is none."""
    with zipfile.ZipFile(path) as pack:
        found: dict[str, Any] = json.loads(pack.read(MANIFEST))
        return found


def unsafe(name: str) -> bool:
    """Whether a member's name could reach outside, or means different files on different systems."""
    parts = PurePosixPath(name).parts
    return (
        not name
        or name != unicodedata.normalize("NFC", name)
        or name.startswith("/")
        or name.endswith("/")
        or "\\" in name
        or ":" in name
        or "/".join(parts) != name
        or any(part in ("..", ".") or part != part.rstrip(". ") or _DEVICES.match(part) for part in parts)
        or any(ord(character) < 32 for character in name)
    )


def _outside(path: Path) -> Iterator[Problem]:
    """The archive as a file: one archive and nothing before, between or behind; stored, unencrypted, plain names, each once."""
    with zipfile.ZipFile(path) as pack, path.open("rb") as raw:
        members = sorted(pack.infolist(), key=lambda one: one.header_offset)
        if len(members) > _LIMITS[0] or sum(one.file_size for one in members) > _LIMITS[1]:
            yield Problem("package.too_large", str(len(members)), path.name)
            return
        if pack.comment:
            yield Problem("package.foreign_bytes", "comment", path.name)
        seen: set[str] = set()
        expected = 0
        for one in members:
            if one.filename.casefold() in seen:
                yield Problem("package.twice", one.filename, path.name)
            seen.add(one.filename.casefold())
            if unsafe(one.orig_filename) or one.orig_filename != one.filename or one.external_attr >> 28 == 0xA:
                yield Problem("package.bad_name", one.orig_filename[:200], path.name)
            if one.compress_type != zipfile.ZIP_STORED or one.flag_bits & 0x1 or one.compress_size != one.file_size:
                yield Problem("package.not_stored", one.filename, path.name)
                return
            raw.seek(one.header_offset)
            head = raw.read(_LOCAL.size)
            if one.header_offset != expected or len(head) < _LOCAL.size:
                yield Problem("package.foreign_bytes", one.filename, path.name)
                return
            mark, _, flags, method, _, _, _, _, _, name_length, extra_length = _LOCAL.unpack(head)
            name = raw.read(name_length).decode("utf-8", "replace")
            if mark != b"PK\x03\x04" or name != one.filename or method != zipfile.ZIP_STORED or flags & 0x9:
                yield Problem("package.headers_differ", one.filename, path.name)
            expected = one.header_offset + _LOCAL.size + name_length + extra_length + one.file_size
        if expected != pack.start_dir:
            yield Problem("package.foreign_bytes", "before the directory", path.name)
        raw.seek(-_END.size, 2)
        mark, *_, comment = _END.unpack(raw.read(_END.size))
        if mark != b"PK\x05\x06" or comment:
            yield Problem("package.foreign_bytes", "behind the directory", path.name)


def _digest(pack: zipfile.ZipFile, member: zipfile.ZipInfo) -> str:
    digest = hashlib.sha256()
    with pack.open(member) as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _lists(pack: zipfile.ZipFile, digests: dict[str, str]) -> tuple[dict[str, Any] | None, list[Problem]]:
    """The two lists of the bag and the manifest against what is there: everything listed, nothing besides."""
    if MANIFEST not in digests or PAYLOAD not in digests or TAGS not in digests or DATABASE not in digests:
        return None, [Problem("package.not_one", "manifest", pack.filename or "")]
    problems: list[Problem] = []
    payload, tags = _listed(pack, PAYLOAD), _listed(pack, TAGS)
    problems += _compare(payload, {name: sha for name, sha in digests.items() if name.startswith("data/")}, PAYLOAD)
    problems += _compare(tags, {name: sha for name, sha in digests.items() if not name.startswith("data/") and name != TAGS}, TAGS)
    try:
        text = pack.read(MANIFEST).decode()
        manifest: dict[str, Any] = json.loads(text)
        if canonical(manifest) != text or manifest["format"] != FORMAT:
            problems.append(Problem("package.manifest_altered", MANIFEST, MANIFEST))
        own = {f"data/{one['path']}": one["sha256"] for one in manifest["files"]}
    except (ValueError, TypeError, LookupError, RecursionError) as cause:
        return None, [*problems, Problem("package.manifest_altered", str(cause)[:80], MANIFEST)]
    problems += _compare(own, {name: sha for name, sha in digests.items() if name.startswith("data/") and name != MANIFEST}, MANIFEST)
    return manifest, problems


def _listed(pack: zipfile.ZipFile, name: str) -> dict[str, str]:
    """`sha256  path` a line, as BagIt writes it."""
    lines = pack.read(name).decode("utf-8", "replace").splitlines()
    return {path: sha for sha, _, path in (line.partition("  ") for line in lines if line)}


def _compare(listed: dict[str, str], there: dict[str, str], where: str) -> Iterable[Problem]:
    for name in sorted(listed.keys() | there.keys()):
        if name not in there:
            yield Problem("package.missing", name, where)
        elif name not in listed:
            yield Problem("package.unlisted", name, where)
        elif listed[name] != there[name]:
            yield Problem("package.altered", name, where)


def _database(path: Path, manifest: dict[str, Any], digests: dict[str, str], checked: dict[str, int]) -> list[Problem]:
    """The case inside: its chain and tables, its head as the manifest says it, and every file the journal names in the package."""
    inside = verify.examine_database(path)
    checked |= inside.checked
    problems = inside.problems
    if manifest["journal"] != {"seq": inside.head[0], "head": inside.head[1]} or manifest["case"]["case_id"] != inside.case_id:
        problems.append(Problem("package.other_journal", str(manifest["journal"]["head"]), MANIFEST))
    for kind, name, sha256, _ in inside.files:
        found = digests.get(f"data/{name}")
        if found is None:
            problems.append(Problem(f"{kind}.missing", name, DATABASE))
        elif found != sha256:
            problems.append(Problem(f"{kind}.altered", name, DATABASE))
    return problems
