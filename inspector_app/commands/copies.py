"""The reviewer's copy 审核副本: a case folder that was unpacked from a package, whose it is, and the only acts it takes.

What comes back from it is reviews and nothing else, so nothing else is written there: a change that can never reach the case would be lost.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from inspector_app.domain.errors import CaseError
from inspector_app.integrity.chain import canonical

#: lies in a copy: which package it came from and the journal row it follows
ORIGIN: Final = "package.json"
#: acts that a copy takes
OPINIONS: Final = frozenset({"review.say"})


@dataclass(frozen=True)
class Copy:
    """Where a copy came from: SHA-256 of the package, the journal row it follows, who wrote the package and when (ISO 8601, "" unknown)."""

    folder: Path
    package: str
    seq: int
    head: str
    by: str
    made_at: str

    def check(self, act: str, turned: int | None) -> None:
        """Refuses every act but an opinion, and to take back or bring back (`turned`, its journal row) what was done before the package."""
        if act not in OPINIONS or (turned is not None and turned <= self.seq):
            raise CaseError("case.review_copy", folder=str(self.folder), by=self.by or "—")


def note_origin(folder: Path, package: str, manifest: dict[str, Any]) -> None:
    """Makes `folder` a copy: notes what the manifest of its package says."""
    origin = {"package": package, **manifest["journal"], "by": manifest["by"], "made_at": manifest["made_at"]}
    (folder / ORIGIN).write_text(canonical(origin), encoding="utf-8")


def copy_in(folder: Path) -> Copy | None:
    """The copy in `folder`; None where no package was unpacked there. A note that cannot be read still makes it a copy, of nobody knows what."""
    try:
        found: Any = json.loads((folder / ORIGIN).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError):
        found = {}
    noted = found if isinstance(found, dict) else {}
    seq = noted.get("seq")
    words = {name: str(noted.get(name, "")) for name in ("package", "head", "by")}
    return Copy(folder, seq=seq if isinstance(seq, int) else 0, made_at=_moment(noted.get("made_at")), **words)


def _moment(noted: object) -> str:
    try:
        return datetime.fromisoformat(str(noted)).isoformat()
    except ValueError:
        return ""
