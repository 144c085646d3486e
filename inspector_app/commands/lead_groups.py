"""Leads as groups of one claim, ruled on together; how the rules fared over a bureau's cases, which are only ever read."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from inspector_app.casefile.case import DATABASE, Case
from inspector_app.casefile.changes import Act, update
from inspector_app.domain.errors import CaseError, UsageError
from inspector_app.domain.records import Lead
from inspector_app.domain.timebase import iso, utc_now
from inspector_app.leads import triage

from . import leads
from .registry import Outcome, always, command
from .workspace import Workspace

Json = dict[str, Any]


@command("leads.groups")
def groups(
    work: Workspace,
    *,
    recording_id: str = "",
    category: str = "",
    rule: str = "",
    witness: str = "",
    state: str = "",
    words: str = "",
) -> Outcome:
    """The leads as groups, the most pressing first. Data: `groups`, each with its key, count, times, states, rank, best lead and leads."""
    rows = work.opened.find(Lead, recording_id=recording_id) if recording_id else work.opened.find(Lead)
    found = triage.groups(triage.kept(rows, category=category, rule=rule, witness=witness, state=state, words=words))
    return Outcome(facts={"count": len(found)}, data={"groups": [_group_data(group) for group in found]})


def _group_data(group: triage.Group) -> Json:
    best = group.best
    return {
        "key": group.key,
        "rule": best.rule,
        "category": best.category,
        "severity": best.severity,
        "rank": group.rank,
        "count": len(group.leads),
        "times": [lead.start_us for lead in group.leads],
        "states": group.states,
        "best": leads.lead_data(best),
        "leads": [lead.id for lead in group.leads],
    }


def _open_group(work: Workspace, key: str, recording_id: str) -> triage.Group:
    """The open leads of a group; raises UsageError `usage.no_open_group` where it has none."""
    rows = work.opened.find(Lead, state="open", group_key=key)
    rows = [row for row in rows if not recording_id or row.recording_id == recording_id]
    if not rows:
        raise UsageError("usage.no_open_group", group=key)
    return triage.Group(key, tuple(sorted(rows, key=lambda row: (row.recording_id, row.start_us))))


@command("leads.reject_group", keys=("Shift+X",))
def reject_group(work: Workspace, *, group: str, reason: str, recording_id: str = "") -> Outcome:
    """A person rules out every open lead of a group for one reason, in one act that can be undone. Raises UsageError without a reason."""
    if not reason.strip():
        raise UsageError("usage.empty", name="reason")
    found = _open_group(work, group, recording_id)
    ruled_at = iso(utc_now())
    changes = [
        update(row, replace(row, state="rejected", ruled_by=work.actor.name, ruled_at=ruled_at, ruling_reason=reason.strip()))
        for row in found.leads
    ]
    facts: dict[str, str | int] = {"rule": found.best.rule, "count": len(changes)}
    work.opened.commit(Act("leads.reject_group", work.actor, changes, found.best.id, facts, undoable=True))
    return Outcome(frozenset({"leads"}), tuple(row.id for row in found.leads), facts)


@command("leads.accept_group", keys=("Shift+Return",))
def accept_group(
    work: Workspace, *, group: str, recording_id: str = "", articles: Sequence[str] | None = None, picture: bool = True
) -> Outcome:
    """A person takes a group: one finding at its best instance, the other leads of that recording linked to it, in one act."""
    found = _open_group(work, group, recording_id)
    others = [row for row in found.leads if row.id != found.best.id and row.recording_id == found.best.recording_id]
    return leads.accept_with(work, found.best, others, articles=articles, picture=picture)


@command("leads.precision", when=always)
def precision(_work: Workspace, *, folders: Sequence[Path]) -> Outcome:
    """How every rule fared over the cases under `folders`. Data: `rules` (rule, accepted, rejected, open, cases, precision_pm), `skipped`."""
    by_case: dict[str, list[Lead]] = {}
    skipped: list[Json] = []
    for case in cases_under(folders, skipped):
        by_case[str(case.folder)] = case.find(Lead)
    rules = [
        {
            "rule": one.rule,
            "accepted": one.accepted,
            "rejected": one.rejected,
            "open": one.open,
            "cases": one.cases,
            "precision_pm": one.precision_pm,
        }
        for one in triage.record_of_rules(by_case)
    ]
    return Outcome(facts={"count": len(rules), "cases": len(by_case)}, data={"rules": rules, "skipped": skipped})


def cases_under(folders: Sequence[Path], skipped: list[Json]) -> Iterator[Case]:
    """Every case under the folders, opened to read; one that cannot be is put in `skipped`. Raises CaseError where there is none at all."""
    databases = sorted({database for folder in folders for database in Path(folder).rglob(DATABASE)})
    if not databases:
        raise CaseError("case.not_a_case", folder="、".join(map(str, folders)))
    for database in databases:
        try:
            with Case(database.parent, read_only=True) as case:
                yield case
        except CaseError as error:  # one broken case must not hide what the others hold
            skipped.append({"case": str(database.parent), "code": error.code, **error.facts})
