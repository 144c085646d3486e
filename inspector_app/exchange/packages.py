"""Makes an evidence package of a case, and takes one out into a folder. Whole or not at all, either way; see `integrity.packages` for the layout.

The same case gives the same bytes: members are stored in order of name with one fixed date. A package holds a copy of the database made
through SQLite's own backup, every file the journal names, and a verifier that needs nothing but Python.
"""

import hashlib
import shutil
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from inspector_app import __version__
from inspector_app.domain.errors import CheckFailed, StorageError
from inspector_app.domain.files import replacing
from inspector_app.integrity import packages, verify
from inspector_app.integrity.chain import canonical
from inspector_app.resources import resource

_BLOCK: Final = 8 * 1024 * 1024
_DATE: Final = (1980, 1, 1, 0, 0, 0)
_BAGIT: Final = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
#: what the verifier and its instructions are called in the package
_VERIFIER: Final = {"verify/verify.py": "verify.py", "verify/HOWTO.txt": "HOWTO.txt"}

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Written:
    path: Path
    sha256: str
    bytes: int
    files: int


def write(folder: Path, database: Path, out: Path, about: dict[str, Any], progress: Progress = lambda *_: None) -> Written:
    """Writes the package of the case in `folder` to `out`.

    `database` is a copy of its database; `about` holds `case` (case_id, number, party), `made_at`, `by`. `progress` hears bytes written and
    to be written, and may raise to stop. Raises CheckFailed `package.case_broken` where the copy is not sound, StorageError.
    """
    inside = verify.examine_database(database)
    if inside.problems:
        raise CheckFailed("package.case_broken", problem=inside.problems[0].code, what=inside.problems[0].what)
    sources = {verify.DATABASE: database, **{name: folder / name for name in _names(folder, inside)}}
    missing = [name for name, path in sources.items() if not path.is_file()]
    if missing:
        raise CheckFailed("package.file_missing", path=missing[0])
    with replacing(out) as partial:
        files = _pack(partial, sources, inside, about, progress)
        with partial.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        size = partial.stat().st_size
    return Written(out, sha256, size, files)


def _names(folder: Path, inside: verify.Inside) -> Iterator[str]:
    """Every file the journal names, and whatever else lies in the vault (a capture's torn last segment is evidence too)."""
    named = {name for _, name, _, _ in inside.files}
    kept = {
        path.relative_to(folder).as_posix()
        for path in (folder / "originals").rglob("*")
        if path.is_file() and ".incoming" not in path.relative_to(folder).parts
    }
    yield from sorted(named | kept)


def _pack(out: Path, sources: dict[str, Path], inside: verify.Inside, about: dict[str, Any], progress: Progress) -> int:
    total, done = sum(path.stat().st_size for path in sources.values()), 0
    digests: dict[str, str] = {}
    listed = []
    with zipfile.ZipFile(out, "x" if not out.exists() else "w", zipfile.ZIP_STORED, allowZip64=True) as pack:

        def text(name: str, words: str) -> None:
            data = words.encode()
            pack.writestr(_member(name, len(data)), data)
            digests[name] = hashlib.sha256(data).hexdigest()

        for name in sorted(sources):
            path, digest = sources[name], hashlib.sha256()
            size = path.stat().st_size
            with path.open("rb") as source, pack.open(_member(f"data/{name}", size), "w", force_zip64=size >= 2**31) as target:
                while block := source.read(_BLOCK):
                    digest.update(block)
                    target.write(block)
                    done += len(block)
                    progress(done, total)
            digests[f"data/{name}"] = digest.hexdigest()
            listed.append({"path": name, "bytes": size, "sha256": digest.hexdigest()})
        manifest = {
            "format": packages.FORMAT,
            "app": __version__,
            **about,
            "journal": {"seq": inside.head[0], "head": inside.head[1]},
            "files": listed,
        }
        text(packages.MANIFEST, canonical(manifest))
        for name, file in _VERIFIER.items():
            text(name, resource("verifier", file).read_text(encoding="utf-8"))
        text("bagit.txt", _BAGIT)
        text(
            "bag-info.txt",
            f"Payload-Oxum: {total + len(canonical(manifest).encode())}.{len(listed) + 1}\nExternal-Identifier: {about['case']['case_id']}\n",
        )
        text(packages.PAYLOAD, _lines({name: sha for name, sha in digests.items() if name.startswith("data/")}))
        text(packages.TAGS, _lines({name: sha for name, sha in digests.items() if not name.startswith("data/")}))
    return len(listed)


def _member(name: str, size: int) -> zipfile.ZipInfo:
    member = zipfile.ZipInfo(name, _DATE)
    member.external_attr = 0o644 << 16
    member.create_system = 3
    member.file_size = size  # known beforehand, so that nothing need follow the data
    return member


def _lines(digests: dict[str, str]) -> str:
    return "".join(f"{digests[name]}  {name}\n" for name in sorted(digests))


def take_out(path: Path, target: Path, progress: Progress = lambda *_: None) -> dict[str, Any]:
    """Checks a package whole, then unpacks the case in it to `target`, which must not be there; returns its manifest.

    Raises CheckFailed `package.altered` naming the first thing wrong, `package.there_already`, StorageError. Nothing is left behind otherwise.
    """
    report = packages.check(path, progress)
    if not report.ok:
        first = report.problems[0]
        raise CheckFailed("package.altered", file=path.name, problem=first.code, what=first.what)
    if target.exists():
        raise CheckFailed("package.there_already", path=str(target))
    staging = target.with_name(target.name + ".partial")
    try:
        shutil.rmtree(staging, ignore_errors=True)
        with zipfile.ZipFile(path) as pack:
            for member in pack.infolist():
                if member.filename.startswith("data/") and member.filename != packages.MANIFEST:
                    place = staging / member.filename.removeprefix("data/")
                    place.parent.mkdir(parents=True, exist_ok=True)
                    with pack.open(member) as source, place.open("xb") as file:
                        shutil.copyfileobj(source, file, _BLOCK)
                    if member.filename.startswith("data/originals/"):
                        place.chmod(0o444)
        staging.replace(target)
    except OSError as cause:
        shutil.rmtree(staging, ignore_errors=True)
        raise StorageError.of(cause, target) from cause
    return packages.manifest_of(path)
