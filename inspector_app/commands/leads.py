"""Lead 线索: run the rules, and rule on what they found. A lead is a hint until a person has ruled on it."""

from collections.abc import Sequence
from dataclasses import replace

from inspector_app.casefile.changes import Act, Change, insert, update
from inspector_app.domain.errors import BadInput, UsageError
from inspector_app.domain.ids import new_id
from inspector_app.domain.people import Actor
from inspector_app.domain.records import ChatMessage, Lead, Recording
from inspector_app.domain.timebase import SECOND, Interval, iso, utc_now
from inspector_app.leads import engine
from inspector_app.leads import material as witness
from inspector_app.leads.lead import Lead as Found

from . import findings
from .registry import Outcome, command
from .workspace import Workspace

#: the shortest span a finding is made over: a caption seen in a single sample still needs a length
SHORTEST_US = SECOND


def material_of(work: Workspace, recording: Recording) -> witness.Material:
    """The three witnesses of a recording as the rules read them."""
    return witness.Material(
        duration_us=recording.duration_us,
        speech=tuple(
            witness.Utterance(row.id, row.start_us, row.end_us, row.words, row.raw, row.flags)
            for row in findings.current_segments(work, recording.id)
        ),
        screen=tuple(
            witness.ScreenText(
                row.id, row.start_us, row.end_us, row.text, row.kind, row.box, tuple((at_us, str(value)) for at_us, value in row.series)
            )
            for row in findings.current_screen_texts(work, recording.id)
        ),
        chat=tuple(
            witness.ChatMessage(row.id, row.at_us, row.user, row.text)
            for row in work.opened.find(ChatMessage, recording_id=recording.id, order="at_us")
        ),
    )


@command("leads.run", keys=("Ctrl+L",))
def run(work: Workspace, *, recording_id: str | None = None) -> Outcome:
    """Runs the rules over every recording (or one). Open leads of an older run become stale; ruled ones stand and are not repeated."""
    case = work.opened
    recordings = case.find(Recording) if recording_id is None else [case.get(Recording, recording_id)]
    changes: list[Change] = []
    for recording in recordings:
        old = case.find(Lead, recording_id=recording.id)
        ruled = {_key(row) for row in old if row.state in ("accepted", "rejected")}
        known = {_key(row) for row in old if row.state == "open"}
        found = [_record(recording, lead, work.rules.sha256) for lead in engine.run(work.rules, material_of(work, recording))]
        fresh = {_key(row) for row in found}
        changes += [update(row, replace(row, state="stale")) for row in old if row.state == "open" and _key(row) not in fresh]
        changes += [insert(row) for row in found if _key(row) not in ruled | known]
    if changes:
        case.commit(Act("leads.run", Actor("直鉴", machine=True), changes, facts={"asked_by": work.actor.name, "leads": len(changes)}))
    leads = [row for row in case.find(Lead, order="recording_id, start_us, rowid") if row.state != "stale"]
    return Outcome(frozenset({"leads"}), facts={"count": len(leads)}, data={"leads": [lead_data(row) for row in leads]})


def _key(lead: Lead) -> tuple[str, str, int, str]:
    return lead.rule, lead.witness, lead.start_us, lead.matched


def _record(recording: Recording, lead: Found, rules_sha256: str) -> Lead:
    return Lead(
        id=new_id("lead"),
        recording_id=recording.id,
        rule=lead.rule,
        category=lead.category,
        witness=lead.witness,
        start_us=lead.start_us,
        end_us=lead.end_us,
        quote=lead.quote,
        matched="、".join(dict.fromkeys(match.text for match in lead.matched)),
        reason_zh=lead.reason_zh,
        reason_en=lead.reason_en,
        severity=lead.severity,
        rules_sha256=rules_sha256,
        state="open",
        heard_as="、".join(dict.fromkeys(match.heard_as for match in lead.matched if match.heard_as)),
        possible_exemption=lead.possible_exemption.id if lead.possible_exemption else "",
        articles=lead.articles,
        sources=lead.source_ids,
    )


def lead_data(lead: Lead) -> dict[str, object]:
    return {
        "id": lead.id,
        "rule": lead.rule,
        "category": lead.category,
        "articles": list(lead.articles),
        "witness": lead.witness,
        "start_us": lead.start_us,
        "end_us": lead.end_us,
        "quote": lead.quote,
        "matched": lead.matched,
        "heard_as": lead.heard_as,
        "reason": lead.reason_zh,
        "severity": lead.severity,
        "possible_exemption": lead.possible_exemption,
        "state": lead.state,
    }


def _ruled(work: Workspace, lead_id: str) -> Lead:
    lead = work.opened.get(Lead, lead_id)
    if lead.state != "open":
        raise UsageError("usage.lead_ruled", state=lead.state)
    return lead


def in_force(work: Workspace, recording: Recording, articles: Sequence[str]) -> list[str]:
    """The lead's articles that bound anybody on the day of the broadcast; raises BadInput `law.not_in_force` where none did.

    A rule names articles by their present numbers, which are turned into those of that day; a broadcast of before 2026-02-01 is not under the Measures (第六十九条).
    """
    on = findings.broadcast_day(work, recording)
    kept, refused = [], None
    for code in articles:
        try:
            kept.append(str(work.catalogue.numbered_on(code, on) if on else work.catalogue.resolve(code)))
        except BadInput as error:
            refused = error
    if not kept and refused is not None:
        raise refused
    return kept


@command("lead.accept", keys=("Return", "A"))
def accept(
    work: Workspace, *, lead_id: str, articles: Sequence[str] | None = None, at_us: int | None = None, picture: bool = True
) -> Outcome:
    """A person takes the lead: a finding under its articles (or others) with its bundle, in one act that can be undone as one."""
    before = _ruled(work, lead_id)
    recording = work.opened.get(Recording, before.recording_id)
    end = min(recording.duration_us, max(before.end_us, before.start_us + SHORTEST_US))
    start = min(before.start_us, max(0, end - SHORTEST_US))
    quote = before.quote if before.witness != "speech" else None
    codes = list(articles) if articles else in_force(work, recording, before.articles)
    finding, exhibits = findings.build(work, recording, Interval(start, end), codes, at_us=at_us, quote=quote, lead_id=before.id)
    after = replace(before, state="accepted", ruled_by=work.actor.name, ruled_at=iso(utc_now()), finding_id=finding.id)
    facts: dict[str, str | int] = {"number": finding.number, "article": "、".join(finding.articles)}
    changes = [update(before, after), insert(finding), *(insert(row) for row in exhibits)]
    work.opened.commit(Act("lead.accept", work.actor, changes, before.id, facts, undoable=True))
    if picture:
        for row in exhibits:
            if row.kind == "still":
                findings.take_still(work, row.id)
    return Outcome(frozenset({"leads", "findings", "exhibits"}), (before.id, finding.id), facts, findings.finding_data(work, finding))


@command("lead.reject", keys=("X",))
def reject(work: Workspace, *, lead_id: str, reason: str = "") -> Outcome:
    """A person rules the lead out; it stays listed with the reason."""
    before = _ruled(work, lead_id)
    after = replace(before, state="rejected", ruled_by=work.actor.name, ruled_at=iso(utc_now()), ruling_reason=reason)
    work.opened.commit(Act("lead.reject", work.actor, [update(before, after)], before.id, {"rule": before.rule}, undoable=True))
    return Outcome(frozenset({"leads"}), (before.id,), {"rule": before.rule})
