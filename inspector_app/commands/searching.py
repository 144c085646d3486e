"""Exact substring search over speech, screen text, chat and notes, in one case or over a folder of cases."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from inspector_app.casefile.case import DATABASE, Case
from inspector_app.domain.errors import CaseError, UsageError
from inspector_app.domain.records import Segment

from .findings import REPLACED
from .registry import Outcome, always, command
from .workspace import Workspace


@command("search.find", keys=("Ctrl+F",), when=always)
def find(work: Workspace, *, query: str, folders: Sequence[Path] = ()) -> Outcome:
    """Hits in the open case, or in every case found under `folders`. Data: hits in the order of time, skipped cases with their reason.

    Raises CaseError `case.not_a_case` where there is no case, and what opening it raised where not one could be searched: no hits would
    then be no answer.
    """
    if not query.strip():
        raise UsageError("usage.empty", name="query")
    hits: list[dict[str, Any]] = []
    skipped: list[dict[str, Any]] = []
    if folders:
        databases = [database for folder in folders for database in sorted(Path(folder).rglob(DATABASE))]
        if not databases:
            raise CaseError("case.not_a_case", folder="、".join(map(str, folders)))
        for database in databases:
            try:
                with Case(database.parent, read_only=True) as case:
                    hits += _hits(case, query)
            except CaseError as error:  # one broken case must not hide the hits in the others
                skipped.append({"case": str(database.parent), "code": error.code, **error.facts})
                if len(skipped) == len(databases):
                    raise
    else:
        hits = _hits(work.opened, query)
    return Outcome(facts={"count": len(hits)}, data={"hits": hits, "skipped": skipped})


def _hits(case: Case, query: str) -> list[dict[str, Any]]:
    replaced = {row.id for row in case.find(Segment, state=REPLACED)}  # split or merged: their words stand elsewhere
    return [
        {
            "case": str(case.folder),
            "recording": hit.recording_id,
            "witness": hit.witness,
            "start_us": hit.start_us,
            "text": hit.text,
            "ref": hit.ref,
        }
        for hit in case.search(query)
        if hit.ref not in replaced
    ]
