"""What the window remembers between runs, in the user's configuration folder: options, keys, recent cases, arrangement.

Nothing of a case is kept here but where it lies and what its card on the start screen shows. The file is replaced whole at every change; one
that cannot be read is set aside under another name, never written over, and `set_aside` names it so that the window can say so.
"""

import contextlib
import json
import os
from pathlib import Path
from typing import Any, Final

import platformdirs

from inspector_app.domain.timebase import iso, utc_now

from .options import OPTIONS

_KEPT: Final = 24


def default_path() -> Path:
    return platformdirs.user_config_path("zhijian", appauthor=False) / "window.json"


class Settings:
    """Small and written at once. `set_aside`: where a broken file was put, or None; `unwritten`: why the last change was not kept, or ""."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path or default_path()
        self._values: dict[str, Any] = {}
        self.set_aside: Path | None = None
        self.unwritten = ""
        try:
            found = json.loads(self._path.read_text(encoding="utf-8"))
            if not isinstance(found, dict):
                raise TypeError
            self._values = found
        except FileNotFoundError:
            pass
        except OSError as cause:
            self.unwritten = cause.strerror or str(cause)
        except (ValueError, TypeError):
            self._put_aside()

    def _put_aside(self) -> None:
        aside = self._path.with_name(f"{self._path.stem}.broken-{utc_now():%Y%m%dT%H%M%S}{self._path.suffix}")
        with contextlib.suppress(OSError):  # a read-only profile: it stays where it is, and nothing can be written over it either
            self._path.replace(aside)
            self.set_aside = aside

    @property
    def folder(self) -> Path:
        return self._path.parent

    def get(self, name: str, default: Any = None) -> Any:
        return self._values.get(name, default)

    def set(self, name: str, value: Any) -> None:
        if self._values.get(name) != value or name not in self._values:
            self._values[name] = value
            self._write()

    def _write(self) -> None:
        staging = self._path.with_suffix(f".{os.getpid()}.partial")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with staging.open("w", encoding="utf-8") as stream:
                stream.write(json.dumps(self._values, ensure_ascii=False, indent=1))
                stream.flush()
                os.fsync(stream.fileno())
            staging.replace(self._path)
            self.unwritten = ""
        except OSError as cause:  # a read-only or full profile must not stop the work; the settings page says it
            self.unwritten = cause.strerror or str(cause)
            with contextlib.suppress(OSError):
                staging.unlink(missing_ok=True)

    # -- options -------------------------------------------------------------------------------------------------------------

    def option(self, name: str) -> Any:
        """The value of an option: what is kept where it is valid, else the default."""
        option = OPTIONS[name]
        value = self._values.get(name, option.default)
        return option.default if option.problem(value) else value

    def choose(self, name: str, value: Any) -> str:
        """Keeps a valid value; otherwise changes nothing and returns what is wrong (the end of `ui.option.wrong.…`)."""
        problem = OPTIONS[name].problem(value)
        if not problem:
            self.set(name, value)
        return problem

    # -- recent cases --------------------------------------------------------------------------------------------------------

    def recent(self) -> list[dict[str, str]]:
        """Cases opened before, newest first: folder, number, party, cause, opened_at, and findings and leads as last seen (texts)."""
        found = self._values.get("recent", [])
        rows = [row for row in found if isinstance(row, dict) and isinstance(row.get("folder"), str)] if isinstance(found, list) else []
        return [{key: text for key, text in row.items() if isinstance(text, str)} for row in rows]

    def remember(self, folder: Path, number: str, party: str, cause: str) -> None:
        old = next((row for row in self.recent() if row["folder"] == str(folder)), {})
        row = {**old, "folder": str(folder), "number": number, "party": party, "cause": cause, "opened_at": iso(utc_now())}
        others = [other for other in self.recent() if other["folder"] != str(folder)]
        self.set("recent", [row, *others][:_KEPT])

    def note(self, folder: Path, **facts: int) -> None:
        """What a case held when it was last seen (findings, open leads), for its card."""
        texts = {name: str(value) for name, value in facts.items()}
        self.set("recent", [{**row, **texts} if row["folder"] == str(folder) else row for row in self.recent()])

    def forget(self, folder: str) -> None:
        self.set("recent", [row for row in self.recent() if row["folder"] != folder])
