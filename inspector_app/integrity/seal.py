"""The dossier's own seal: one line in the PDF that holds the SHA-256 of the whole file, counted with zeros in its place.

A self-seal shows damage and careless alteration: a flipped bit, a cut or lengthened file, a page changed in an editor. It is no proof
against forgery, because whoever alters a file on purpose can compute it anew. That proof lies outside the file: the case journal holds
the file's SHA-256, the printed journal head holds the journal, and signatures and time stamps come on top. A signature appends bytes
(`signatures.py`), so a signed dossier is checked up to `sealed_end`. Standard library only, so that the stand-alone verifier can carry
this module as it is.
"""

import hashlib
import mmap
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .chain import Problem

#: Stands in the file once, followed by 64 lower-case hexadecimal digits.
MARK = b"ZJSEAL1:"
PLACEHOLDER = MARK + b"0" * 64

_SEAL = re.compile(re.escape(MARK) + rb"([0-9a-f]{64})")
_BLOCK = 1 << 20


def seal(path: Path) -> str:
    """Replaces the zeros of the one placeholder in `path` with the file's digest, in place; returns the 64 hexadecimal digits.

    Raises ValueError where the file does not hold exactly one seal: writing it is the caller's business.
    """
    with path.open("r+b") as file, mmap.mmap(file.fileno(), 0) as view:
        places = _places(view, len(view))
        if len(places) != 1 or view.find(MARK) != view.rfind(MARK):
            raise ValueError(f"{len(places)} seals")
        digest = _digest(view, places[0], len(view))
        view[places[0] : places[0] + 64] = digest.encode()
        view.flush()
    return digest


def check(path: Path, end: int | None = None) -> list[Problem]:
    """What is wrong with the seal of `path`: nothing, or one problem. `end`: where the sealed part ends, where signatures follow it.

    Codes: `dossier.no_seal` (no mark, or no digest behind it), `dossier.many_seals`, `dossier.altered` (any byte of the file differs from
    what was sealed, bytes after the end included). An unreadable file raises OSError.
    """
    with _view(path) as view:
        stop = 0 if view is None else len(view) if end is None else end
        places = _places(view, stop) if view is not None else []
        marks = len(re.compile(re.escape(MARK)).findall(view, 0, stop)) if view is not None else 0
        if marks > 1:
            return [Problem("dossier.many_seals", f"{marks} seals", path.name)]
        if view is None or not places:
            return [Problem("dossier.no_seal", "no seal", path.name)]
        found = bytes(view[places[0] : places[0] + 64]).decode()
        if found != _digest(view, places[0], stop):
            return [Problem("dossier.altered", f"sealed as {found}", path.name)]
    return []


def sealed_end(path: Path) -> int:
    """Where the sealed file ended: behind the first end-of-file mark after the seal; 0 where there is no seal."""
    with _view(path) as view:
        places = _places(view, len(view)) if view is not None else []
        if view is None or not places:
            return 0
        mark = view.find(b"%%EOF", places[0])
        if mark < 0:
            return 0
        end = mark + len(b"%%EOF")
        return end + 1 if view[end : end + 1] == b"\n" else end


def sealed_digest(path: Path, end: int) -> str:
    """SHA-256 of the first `end` bytes: what the journal recorded before anybody signed."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while end > 0 and (block := file.read(min(end, _BLOCK))):
            digest.update(block)
            end -= len(block)
    return digest.hexdigest()


@contextmanager
def _view(path: Path) -> Iterator[mmap.mmap | None]:
    """The file's bytes, None for an empty one (which cannot be mapped)."""
    with path.open("rb") as file:
        if path.stat().st_size == 0:
            yield None
            return
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as view:
            yield view


def _places(view: mmap.mmap, stop: int) -> list[int]:
    """Where the digests begin, among the first `stop` bytes."""
    return [match.start(1) for match in _SEAL.finditer(view, 0, stop)]


def _digest(view: mmap.mmap, place: int, stop: int) -> str:
    """SHA-256 over the first `stop` bytes with zeros for the 64 digits at `place`."""
    digest = hashlib.sha256()
    for start, end in ((0, place), (place + 64, stop)):
        if start:
            digest.update(b"0" * 64)
        for block in range(start, end, _BLOCK):
            digest.update(view[block : min(block + _BLOCK, end)])
    return digest.hexdigest()
