"""A ZIP of material: which members may come out, under what names, and one of them as a file. The archive itself is kept as it came.

Nothing is ever written to a path that the archive names.
"""

import contextlib
import os
import stat
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Final

from inspector_app.domain.errors import BadInput, StorageError
from inspector_app.domain.timebase import BEIJING
from inspector_app.integrity.digests import BUFFER

#: An archive with more members than this is not material somebody put together.
MOST_MEMBERS: Final = 10_000
#: A member may be this many times larger than it is packed; recordings and texts stay far below (a text of one letter: about 1000).
MOST_TIMES: Final = 200
#: Below this size no member is a trap, however well it packs.
_HARMLESS: Final = 64 << 20


@dataclass(frozen=True)
class Member:
    """One member that may come out: its place in the archive, its name as a person reads it, its size and time."""

    info: zipfile.ZipInfo
    name: PurePosixPath
    size: int

    @property
    def mtime_ns(self) -> int:
        """The time that the archive gives, which has no zone and is read as Beijing's; 0 where it is no time."""
        try:
            moment = datetime(*self.info.date_time, tzinfo=BEIJING)
        except ValueError:
            return 0
        return int(moment.astimezone(UTC).timestamp()) * 1_000_000_000


def members(path: Path) -> tuple[list[Member], list[tuple[str, BadInput]]]:
    """The members that may come out, and those that may not with the reason; raises BadInput `import.zip_unreadable`, `import.zip_bomb`."""
    try:
        with zipfile.ZipFile(path) as archive:
            infos = [info for info in archive.infolist() if not info.is_dir()]
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError) as error:
        raise BadInput("import.zip_unreadable", file=path.name, cause=str(error)) from error
    if len(infos) > MOST_MEMBERS:
        raise BadInput("import.zip_bomb", file=path.name, bytes=sum(info.file_size for info in infos))
    good: list[Member] = []
    refused: list[tuple[str, BadInput]] = []
    seen: set[str] = set()
    for info in infos:
        name = _name(info)
        code = _fault(info, name, seen)
        if code:
            refused.append((name, BadInput(code, file=name, bytes=info.file_size)))
        else:
            seen.add(name)
            good.append(Member(info, PurePosixPath(name), info.file_size))
    return good, refused


def _name(info: zipfile.ZipInfo) -> str:
    """The member's name: as stored where it says UTF-8; else the bytes that old Chinese programs wrote, UTF-8 before GB 18030."""
    name = info.orig_filename.split("\0")[0]
    if not info.flag_bits & 0x800:
        raw = name.encode("cp437", "replace")
        for encoding in ("utf-8", "gb18030"):
            with contextlib.suppress(UnicodeDecodeError):
                name = raw.decode(encoding)
                break
    return name.replace("\\", "/")


def _fault(info: zipfile.ZipInfo, name: str, seen: set[str]) -> str:
    """The code of why a member may not come out; "" where it may."""
    parts = PurePosixPath(name).parts
    if not parts or name.startswith("/") or ".." in parts or ":" in parts[0]:
        return "import.zip_path"
    if name in seen:
        return "import.zip_duplicate"
    if info.flag_bits & 0x1:
        return "import.zip_encrypted"
    if stat.S_ISLNK(info.external_attr >> 16):
        return "import.zip_path"
    if info.file_size > max(_HARMLESS, MOST_TIMES * info.compress_size):
        return "import.zip_bomb"
    return ""


def take_out(path: Path, member: Member, target: Path, check: Callable[[], None]) -> None:
    """Writes one member to `target`, with its time. Never more bytes than the archive says; its checksum is proven.

    Raises BadInput `import.zip_unreadable`, `import.zip_bomb`; StorageError.
    """
    written = 0
    try:
        with zipfile.ZipFile(path) as archive, archive.open(member.info) as source:
            try:
                target.parent.mkdir(parents=True, exist_ok=True)
                with target.open("wb") as out:
                    while piece := source.read(BUFFER):
                        check()
                        written += len(piece)
                        if written > member.size:
                            raise BadInput("import.zip_bomb", file=member.name.name, bytes=written)
                        out.write(piece)
            except OSError as error:
                raise StorageError.of(error, target, file=member.name.name) from error
        os.utime(target, ns=(member.mtime_ns, member.mtime_ns))
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, RuntimeError) as error:
        target.unlink(missing_ok=True)
        raise BadInput("import.zip_unreadable", file=member.name.name, cause=str(error)) from error
