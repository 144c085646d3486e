"""What the window remembers between runs, in the user's configuration folder: recent cases, language, scheme, hot articles, arrangement.

Nothing of a case is kept here but where it lies and what its card on the start screen shows. A damaged file counts as none.
"""

import contextlib
import json
import os
from pathlib import Path
from typing import Any, Final

import platformdirs

from inspector_app.domain.timebase import iso, utc_now

_KEPT: Final = 12


def default_path() -> Path:
    return platformdirs.user_config_path("zhijian", appauthor=False) / "window.json"


class Settings:
    """Small and written at once; every change replaces the file whole."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path or default_path()
        self._values: dict[str, Any] = {}
        with contextlib.suppress(OSError, ValueError):
            found = json.loads(self._path.read_text(encoding="utf-8"))
            self._values = found if isinstance(found, dict) else {}

    def get(self, name: str, default: Any = None) -> Any:
        return self._values.get(name, default)

    def set(self, name: str, value: Any) -> None:
        if self._values.get(name) != value:
            self._values[name] = value
            self._write()

    def _write(self) -> None:
        staging = self._path.with_suffix(f".{os.getpid()}.partial")
        with contextlib.suppress(OSError):  # a read-only profile must not stop the work
            self._path.parent.mkdir(parents=True, exist_ok=True)
            staging.write_text(json.dumps(self._values, ensure_ascii=False, indent=1), encoding="utf-8")
            staging.replace(self._path)

    # -- recent cases --------------------------------------------------------------------------------------------------------

    def recent(self) -> list[dict[str, str]]:
        """Cases opened before, newest first: folder, number, party, cause, opened_at."""
        found = self._values.get("recent", [])
        return [row for row in found if isinstance(row, dict) and isinstance(row.get("folder"), str)]

    def remember(self, folder: Path, number: str, party: str, cause: str) -> None:
        row = {"folder": str(folder), "number": number, "party": party, "cause": cause, "opened_at": iso(utc_now())}
        others = [old for old in self.recent() if old["folder"] != str(folder)]
        self.set("recent", [row, *others][:_KEPT])

    def forget(self, folder: str) -> None:
        self.set("recent", [row for row in self.recent() if row["folder"] != folder])
