"""Model packs on this computer: which are known, which are here, whether they are whole, and how a folder becomes one.

A pack is a folder with the files of one model and a `pack.json`: a CTranslate2 Whisper model, or a SenseVoice or Paraformer of sherpa-onnx
(`layouts.py`). Nothing here loads a model or reaches the network
(`fetching.py` does the latter, when the user asks). Weights of a listed pack are only accepted if every byte matches the manifest,
because a transcript names the model it was made with.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import platformdirs

from inspector_app.domain.errors import ModelError, StorageError
from inspector_app.resources import root
from inspector_app.speech import layouts

#: The list of known packs; `models/README.md` says where the numbers come from.
MANIFEST = root() / "models" / "manifest.json"

#: What a folder must hold beside `model.bin`; without `tokenizer.json` the engine would silently ask the network for one.
REQUIRED = ("model.bin", "config.json", "tokenizer.json")
VOCABULARIES = ("vocabulary.txt", "vocabulary.json")
OPTIONAL = ("preprocessor_config.json",)

_BLOCK = 1 << 20


@dataclass(frozen=True)
class PackFile:
    """One file of a pack: name, size in bytes, SHA-256 in lower-case hex."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Pack:
    """One model pack. `known` means it is in the manifest; `folder` is None while it is only listed there."""

    name: str
    title: str
    licence: str
    source: str
    revision: str
    files: tuple[PackFile, ...]
    known: bool
    folder: Path | None = None
    engine: str = layouts.WHISPER

    @property
    def sha256(self) -> str:
        """The digest of the weights: what a transcript records as its model."""
        return next(file.sha256 for file in self.files if file.name in layouts.WEIGHTS)

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.size for file in self.files)


def memory_bytes(pack: Pack) -> int:
    """About how much memory a model takes while it runs: 0.35 GB and 1.75 times its weights (base measured 0.6 GB, the others estimated)."""
    return 350_000_000 + pack.size * 7 // 4


def packs_dir() -> Path:
    """Where packs are kept: the environment variable `ZHIJIAN_MODELS`, or `models` in the user's data folder."""
    chosen = os.environ.get("ZHIJIAN_MODELS")
    return Path(chosen) if chosen else Path(platformdirs.user_data_dir("zhijian-inspector", appauthor=False)) / "models"


def manifest() -> dict[str, dict[str, Any]]:
    """The known packs by name, as `manifest.json` has them."""
    return {entry["name"]: entry for entry in json.loads(MANIFEST.read_text(encoding="utf-8"))["packs"]}


def catalogue() -> list[Pack]:
    """The packs this program knows, installed or not, smallest first."""
    return [_from_entry(entry) for entry in manifest().values()]


def installed() -> list[Pack]:
    """The packs in `packs_dir()`, by name. Folders without a readable `pack.json` (a copy that never finished) are left out."""
    root = packs_dir()
    folders = sorted(root.iterdir()) if root.is_dir() else []
    found = (_read_note(folder) for folder in folders if not folder.name.startswith("."))
    return [pack for pack in found if pack is not None]


def find(name_or_path: str | Path) -> Pack:
    """The installed pack of that name, or the model in that folder; ModelError `model.missing` (name) if there is none."""
    for pack in installed():
        if pack.name == str(name_or_path):
            return pack
    folder = Path(name_or_path)
    if folder.is_dir():
        return _read_note(folder) or identify(folder)
    raise ModelError("model.missing", name=str(name_or_path))


def check(pack: Pack, deep: bool, tick: Callable[[], None] = lambda: None) -> list[ModelError]:
    """What is wrong with a pack's files; empty when it is whole.

    Sizes are always compared, SHA-256 only when `deep` (0.4 s for base, about 5 s for medium). Codes `model.file_missing`,
    `model.no_tokenizer`, `model.file_size`, `model.file_hash`, each with the facts `name` and `file`. `tick` is called as files are read.
    """
    if pack.folder is None:
        return [ModelError("model.missing", name=pack.name)]
    return [problem for file in pack.files if (problem := _problem(pack.name, pack.folder / file.name, file, deep, tick)) is not None]


def identify(folder: Path, custom: bool = False) -> Pack:
    """Which model a folder holds, told by the SHA-256 of its weights.

    An unlisted model is described by what was measured, if it is complete. One that has exactly the size of a listed model but other
    bytes is refused as damaged (`model.file_hash`), unless `custom` says that it really is another model. Also raises
    `model.not_a_folder`, `model.file_missing`, `model.no_tokenizer`, `model.file_cut`.
    """
    if not folder.is_dir():
        raise ModelError("model.not_a_folder", folder=str(folder))
    other = layouts.other_engine(folder)
    if other is not None:
        return _identified_other(folder, *other)
    for name in REQUIRED:
        if not (folder / name).is_file():
            raise _missing(folder.name, name)
    weights = _measure(folder / "model.bin")
    for pack in catalogue():
        if pack.sha256 == weights.sha256:
            return replace(pack, folder=folder)
        if not custom and weights.size in (file.size for file in pack.files if file.name == "model.bin"):
            raise ModelError("model.file_hash", name=pack.name, file="model.bin")
    if not layouts.is_whole_model(folder / "model.bin"):
        raise ModelError("model.file_cut", name=folder.name, file="model.bin")
    vocabulary = next((name for name in VOCABULARIES if (folder / name).is_file()), None)
    if vocabulary is None:
        raise _missing(folder.name, VOCABULARIES[0])
    others = [name for name in (*REQUIRED[1:], vocabulary, *OPTIONAL) if (folder / name).is_file()]
    files = (weights, *(_measure(folder / name) for name in others))
    return Pack(f"custom-{weights.sha256[:8]}", folder.name, "", "", "", files, known=False, folder=folder)


def add(folder: Path, custom: bool = False) -> Pack:
    """Copies a model folder (a USB stick, a download) into `packs_dir()` and returns the pack; verified as it is copied.

    Raises what `identify` raises, and `model.file_size`, `model.file_hash` when a copy does not match. A failure leaves no half pack.
    """
    source = identify(folder, custom)
    with staged(source, "imported") as staging:
        for file in source.files:
            if not (folder / file.name).is_file():
                raise _missing(source.name, file.name)
            shutil.copyfile(folder / file.name, staging / file.name)
    return find(source.name)


@contextmanager
def staged(pack: Pack, origin: str) -> Iterator[Path]:
    """An empty folder beside the pack's place, to be filled with its files.

    At the end of the block all files are checked in full and the folder takes the pack's place in one rename; on any error it is
    removed and what was installed before stays. `origin` (`fetched`, `imported`) goes into `pack.json`. StorageError `storage.models`
    (folder, cause) when the disk refuses.
    """
    root = packs_dir()
    target, mark = root / pack.name, uuid4().hex[:8]
    staging, replaced = root / f".new-{pack.name}-{mark}", root / f".old-{pack.name}-{mark}"
    try:
        staging.mkdir(parents=True)
        yield staging
        problems = check(replace(pack, folder=staging), deep=True)
        if problems:
            raise problems[0]
        _write_note(pack, staging, origin)
        _put_in_place(staging, target, replaced)
    except OSError as error:
        raise StorageError("storage.models", folder=str(root), cause=error.strerror or str(error)) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)
        shutil.rmtree(replaced, ignore_errors=True)


def file_sha256(path: Path, tick: Callable[[], None] = lambda: None) -> str:
    """SHA-256 of a file in lower-case hex; `tick` is called every megabyte (it may raise to stop)."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
            tick()
    return digest.hexdigest()


def _put_in_place(staging: Path, target: Path, replaced: Path) -> None:
    """Renames `staging` to `target`; what was there goes to `replaced`, and back again if the second rename is refused."""
    if target.exists():
        target.replace(replaced)
    try:
        staging.replace(target)
    except OSError:
        if replaced.exists():
            replaced.replace(target)
        raise


def _identified_other(folder: Path, engine: str, weights: str) -> Pack:
    """A folder of sherpa-onnx. The program knows none of them by digest: it is described by what was measured."""
    if not (folder / layouts.TOKENS).is_file():
        raise _missing(folder.name, layouts.TOKENS)
    files = tuple(_measure(folder / name) for name in (weights, layouts.TOKENS))
    return Pack(f"{engine}-{files[0].sha256[:8]}", folder.name, "", "", "", files, known=False, folder=folder, engine=engine)


def _measure(path: Path) -> PackFile:
    return PackFile(path.name, path.stat().st_size, file_sha256(path))


def _missing(pack: str, file: str) -> ModelError:
    return ModelError("model.no_tokenizer" if file in ("tokenizer.json", layouts.TOKENS) else "model.file_missing", name=pack, file=file)


def _problem(pack: str, path: Path, expected: PackFile, deep: bool, tick: Callable[[], None]) -> ModelError | None:
    if not path.is_file():
        return _missing(pack, expected.name)
    if path.stat().st_size != expected.size:
        return ModelError("model.file_size", name=pack, file=expected.name)
    if deep and file_sha256(path, tick) != expected.sha256:
        return ModelError("model.file_hash", name=pack, file=expected.name)
    return None


def _from_entry(entry: dict[str, Any]) -> Pack:
    files = tuple(PackFile(file["name"], file["size"], file["sha256"]) for file in entry["files"])
    return Pack(entry["name"], entry["title"], entry["licence"], entry["source"], entry["revision"], files, known=True)


def _write_note(pack: Pack, folder: Path, origin: str) -> None:
    files = [{"name": file.name, "size": file.size, "sha256": file.sha256} for file in pack.files]
    note = {
        "format": 1,
        "name": pack.name,
        "title": pack.title,
        "origin": origin,
        "known": pack.known,
        "engine": pack.engine,
        "files": files,
    }
    (folder / "pack.json").write_text(json.dumps(note, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def _read_note(folder: Path) -> Pack | None:
    """The pack a folder says it is. For a known name the manifest's numbers hold, not those of the note, which anyone can edit."""
    try:
        note = json.loads((folder / "pack.json").read_text(encoding="utf-8"))
        known = manifest().get(note["name"]) if note["known"] else None
        if known is not None:
            return replace(_from_entry(known), folder=folder)
        files = tuple(PackFile(file["name"], file["size"], file["sha256"]) for file in note["files"])
        engine = note.get("engine", layouts.WHISPER)  # packs of the first version do not say
        pack = Pack(note["name"], note["title"], "", "", "", files, known=False, folder=folder, engine=engine)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return pack if engine in layouts.ENGINES and any(file.name in layouts.WEIGHTS for file in pack.files) else None
