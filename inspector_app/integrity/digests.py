"""Digests of files: SHA-256, which names every original, and SM3 (GB/T 32905), which Chinese agencies ask for, in one reading.

It reads and counts, nothing more: it neither writes nor judges what a digest belongs to.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SM3, Hash

#: Bytes read at a time. Measured from 64 KB to 32 MB: within 10 % of each other up to 4 MB, slower above (beyond the caches).
BUFFER = 1 << 20


class _CryptographySm3:
    """SM3 where the interpreter's OpenSSL was built without it (some Windows builds)."""

    def __init__(self) -> None:
        self._hash = Hash(SM3())

    def update(self, data: memoryview, /) -> None:
        self._hash.update(data)

    def hexdigest(self) -> str:
        return self._hash.copy().finalize().hex()


@dataclass(frozen=True)
class FileDigests:
    """What a reading found: both digests in lower-case hexadecimal and the number of bytes they cover."""

    sha256: str
    sm3: str
    bytes: int


def new_sm3() -> "hashlib._Hash | _CryptographySm3":
    """An empty SM3: OpenSSL's where offered (about a fifth faster), else the cryptography package's."""
    try:
        return hashlib.new("sm3")
    except ValueError:
        return _CryptographySm3()


class Digests:
    """SHA-256 and SM3 of a stream of bytes, fed piece by piece."""

    def __init__(self) -> None:
        self._sha256 = hashlib.sha256()
        self._sm3 = new_sm3()
        self._bytes = 0

    def update(self, data: "memoryview | bytes") -> None:
        view = memoryview(data)
        self._sha256.update(view)
        self._sm3.update(view)
        self._bytes += view.nbytes

    def result(self) -> FileDigests:
        """The digests of everything fed so far; feeding may go on afterwards."""
        return FileDigests(self._sha256.hexdigest(), self._sm3.hexdigest(), self._bytes)


def hash_file(path: Path, on_bytes: Callable[[int], None] | None = None, buffer: int = BUFFER) -> FileDigests:
    """Both digests of a file in one reading.

    `on_bytes` is told the bytes read so far after every piece and may raise to stop; `buffer` is the piece in bytes.
    Raises OSError as the system gives it.
    """
    digests = Digests()
    view = memoryview(bytearray(buffer))
    done = 0
    with path.open("rb", buffering=0) as file:
        while count := file.readinto(view):
            digests.update(view[:count])
            done += count
            if on_bytes is not None:
                on_bytes(done)
    return digests.result()
