"""What only a second broadcast of the same room shows: the same "last ten", an original price that was never charged. Other cases are only ever
read; leads are put into the open case alone.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from inspector_app.casefile.case import Case
from inspector_app.casefile.changes import Act, insert, update
from inspector_app.domain.people import Actor
from inspector_app.domain.records import Lead, Recording, Session
from inspector_app.leads import sessions
from inspector_app.leads.rules import SAME_LAST

from . import leads
from .lead_groups import cases_under
from .registry import Outcome, always, command
from .workspace import Workspace

Json = dict[str, Any]


@command("leads.across", when=always)
def across(work: Workspace, *, folders: Sequence[Path]) -> Outcome:
    """Claims that only another broadcast of the same room shows to be doubtful. Where a case is open it is compared with those under `folders`,
    and every claim that it makes becomes a lead of it, once. Data: `found`, each with its sources in every case; `leads` put in; `skipped`.
    """
    skipped: list[Json] = []
    opened = [] if work.case is None else list(_broadcasts(work.opened))
    here = None if work.case is None else work.opened.folder.resolve()
    others = [broadcast for case in cases_under(folders, skipped) if case.folder.resolve() != here for broadcast in _broadcasts(case)]
    found = sessions.across([*opened, *others])
    new = _put_in(work, found) if work.writable else []
    data = {"found": [_data(one) for one in found], "leads": [leads.lead_data(row) for row in new], "skipped": skipped}
    return Outcome(frozenset({"leads"} if new else ()), tuple(row.id for row in new), {"count": len(found), "leads": len(new)}, data)


def _put_in(work: Workspace, found: Sequence[sessions.Across]) -> list[Lead]:
    """The leads that the open case did not have yet, committed in one act. An open one whose other broadcasts changed is brought up to date; what a
    person has ruled on stands.
    """
    leads.read_rules(work)
    rules = [rule for rule in work.rules.rules if rule.kind == "across"]
    case = work.opened
    new: list[Lead] = []
    grown = []
    for recording in case.find(Recording):
        known = {_key(row): row for row in case.find(Lead, recording_id=recording.id) if row.state != "stale"}
        for rule in rules:
            for lead in sessions.leads_of(rule, found, str(case.folder), recording.id):
                row = leads.record_of(recording, lead, work.rules.sha256)
                earlier = known.get(_key(row))
                if earlier is None:
                    new.append(row)
                elif earlier.state == "open" and earlier != (now := replace(row, id=earlier.id)):
                    grown.append(update(earlier, now))
    changes = [*grown, *(insert(row) for row in new)]
    if changes:
        case.commit(Act("leads.across", Actor("直鉴", machine=True), changes, facts={"asked_by": work.actor.name, "leads": len(changes)}))
    return new


def _key(lead: Lead) -> tuple[str, str, str]:
    """One claim of a recording: a segment that was corrected elsewhere does not make it another."""
    return lead.rule, lead.witness, lead.matched


def _data(one: sessions.Across) -> Json:
    return {
        "what": one.what,
        "room": one.room,
        "words": one.words,
        "category": "B03" if one.what == SAME_LAST else "B01",
        "sources": [
            {
                "case": place.case,
                "recording": place.recording,
                "source": place.source,
                "witness": place.witness,
                "at_us": place.at_us,
                "words": place.words,
            }
            for place in one.places
        ],
    }


def _broadcasts(case: Case) -> Iterator[sessions.Broadcast]:
    work = Workspace(case)
    rooms = {row.id: row.room or row.account for row in case.find(Session)}
    for recording in case.find(Recording):
        yield sessions.broadcast_of(
            rooms.get(recording.session_id, ""), str(case.folder), recording.id, leads.material_of(work, recording, chat=False)
        )
