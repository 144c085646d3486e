"""Review 审核: what the reviewer says of a finding. It stands beside the finding and alters nothing of it.

The reviewer is never an officer who handles the case (程序规定 49–55).
"""

from collections.abc import Iterable
from typing import Any, Final

from inspector_app.casefile.changes import Act, insert
from inspector_app.domain.errors import UsageError
from inspector_app.domain.ids import new_id
from inspector_app.domain.records import Finding, OfficerRow, Review
from inspector_app.domain.timebase import iso, utc_now

from .registry import Outcome, command
from .workspace import Workspace

#: remark says something; the others rule
VERDICTS: Final = ("remark", "accepted", "returned", "rejected")


@command("review.say")
def say(work: Workspace, *, finding_id: str, verdict: str, text: str, reviewer: str) -> Outcome:
    """A remark or a ruling of `reviewer` on a finding; returning and rejecting need a reason."""
    if verdict not in VERDICTS:
        raise UsageError("usage.verdict", given=verdict, known="、".join(VERDICTS))
    name, words = reviewer.strip(), text.strip()
    if not name:
        raise UsageError("usage.empty", name="reviewer")
    if name in {officer.name for officer in work.opened.find(OfficerRow)}:
        raise UsageError("review.own_case", name=name)
    if not words and verdict != "accepted":
        raise UsageError("usage.empty", name="text")
    finding = work.opened.get(Finding, finding_id)
    row = Review(new_id("review"), finding_id, verdict, words, name, iso(utc_now()))
    facts: dict[str, str | int] = {"number": finding.number, "verdict": verdict, "reviewer": name}
    work.opened.commit(Act("review.say", work.actor, [insert(row)], row.id, facts, undoable=True))
    return Outcome(frozenset({"reviews"}), (row.id,), facts, {"id": row.id, **facts})


def by_number(work: Workspace, number: int) -> Finding:
    """The finding with this number; raises UsageError `usage.no_finding_number`."""
    found = work.opened.find(Finding, number=number)
    if not found:
        raise UsageError("usage.no_finding_number", given=number)
    return found[0]


@command("review.list")
def list_reviews(work: Workspace) -> Outcome:
    """Every finding's standing with its reviewer and what was said, in time."""
    return Outcome(data={"reviews": [_data(row) for row in work.opened.find(Review, order="rowid")], "standing": standing(work)})


def standing(work: Workspace) -> dict[str, str]:
    """The standing of every finding of the open case; see `standing_of`."""
    return standing_of(work.opened.find(Review, order="rowid"))


def standing_of(reviews: Iterable[Review]) -> dict[str, str]:
    """Finding id → its last ruling (accepted, returned, rejected), from reviews in time; a finding nobody ruled on is not in it."""
    return {row.finding_id: row.verdict for row in reviews if row.verdict != "remark"}


def _data(row: Review) -> dict[str, Any]:
    return {"id": row.id, "finding": row.finding_id, "verdict": row.verdict, "text": row.text, "by": row.by, "at": row.created_at}
