"""The program's own log: starts, ends, refusals by code and crashes, in a small file the user can read through and send.

No words of a case, no names and no paths of the user go in: of an error its code and the names of its facts, of a crash where in the program
it happened. The journal of a case is another thing and is not touched here.
"""

import contextlib
import platform
import re
import sys
import traceback
from pathlib import Path
from types import TracebackType
from typing import Final

import platformdirs

from inspector_app import __version__
from inspector_app.domain.errors import InspectorError
from inspector_app.domain.timebase import iso, utc_now

_MOST_BYTES: Final = 256_000


def default_path() -> Path:
    return platformdirs.user_log_path("zhijian", appauthor=False) / "diary.txt"


class Diary:
    """Appends lines; the file is cut to its newer half when it grows past a quarter of a megabyte."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or default_path()

    def note(self, kind: str, words: str = "") -> None:
        with contextlib.suppress(OSError):  # a log that cannot be written must not stop the work
            self.path.parent.mkdir(parents=True, exist_ok=True)
            if self.path.is_file() and self.path.stat().st_size > _MOST_BYTES:
                self.path.write_text(self.read()[-_MOST_BYTES // 2 :].partition("\n")[2], encoding="utf-8")
            with self.path.open("a", encoding="utf-8") as stream:
                stream.write(f"{iso(utc_now())}  {kind}  {words}".rstrip() + "\n")

    def started(self) -> None:
        self.note("start", f"zhijian {__version__} · Python {platform.python_version()} · {platform.system()} {platform.release()}")

    def refused(self, error: InspectorError) -> None:
        """The code of a refusal and which facts it had, not what they were."""
        self.note("refused", f"{error.code} ({', '.join(error.facts)})")

    def crashed(self, kind: type[BaseException], trace: TracebackType | None) -> None:
        """Where in the program it happened; the sentence of the error is left out, for it may quote the case."""
        frames = [f"{_inside(Path(frame.filename))}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)]
        self.note("crash", f"{kind.__name__} at " + " < ".join(reversed(frames[-8:])))

    def read(self) -> str:
        """The whole log as it would be sent; "" where there is none."""
        try:
            return self.path.read_text(encoding="utf-8", errors="replace")
        except OSError:
            return ""


def _inside(path: Path) -> str:
    """The part of a path that belongs to the program or a package, never a user's folder."""
    found = re.search(r"(?:inspector_app|site-packages|lib/python[\d.]+)[/\\](.*)$", str(path))
    return found[1] if found else path.name


def watch_crashes(diary: Diary) -> None:
    """Every exception that nobody caught is noted, and then told as before."""
    before = sys.excepthook

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        diary.crashed(kind, trace)
        before(kind, error, trace)

    sys.excepthook = hook
