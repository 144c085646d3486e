"""Lead 线索: run the rules, and rule on what they found. A lead is a hint until a person has ruled on it."""

from collections.abc import Sequence
from dataclasses import replace
from weakref import WeakKeyDictionary

from inspector_app.casefile.changes import Act, Change, insert, update
from inspector_app.domain.errors import BadInput, UsageError
from inspector_app.domain.ids import new_id
from inspector_app.domain.people import Actor
from inspector_app.domain.records import ChatMessage, Lead, Recording, Track
from inspector_app.domain.timebase import SECOND, Interval, iso, utc_now
from inspector_app.leads import material as witness
from inspector_app.leads.engine import Engine
from inspector_app.leads.lead import Lead as Found
from inspector_app.leads.rules import load_rules
from inspector_app.leads.triage import group_key
from inspector_app.resources import resource
from inspector_app.statutes import bureau

from . import findings, screens
from .registry import Outcome, command
from .workspace import Workspace

#: the shortest span a finding is made over: a caption seen in a single sample still needs a length
SHORTEST_US = SECOND


def material_of(work: Workspace, recording: Recording, *, chat: bool = True) -> witness.Material:
    """The three witnesses of a recording as the rules read them; two of them without `chat`."""
    typed = work.opened.find(ChatMessage, recording_id=recording.id, order="at_us") if chat else []
    return witness.Material(
        duration_us=recording.duration_us,
        speech=tuple(
            witness.Utterance(row.id, row.start_us, row.end_us, row.words, row.raw, row.flags, row.speaker)
            for row in findings.current_segments(work, recording.id)
        ),
        screen=tuple(
            witness.ScreenText(
                row.id, row.start_us, row.end_us, row.text, row.kind, row.box, tuple((at_us, str(value)) for at_us, value in row.series)
            )
            for row in findings.current_screen_texts(work, recording.id)
        ),
        tracks=tuple(_track_of(row) for row in screens.current_tracks(work, recording.id)),
        chat=tuple(
            witness.ChatMessage(row.id, row.at_us, row.user, row.text)
            for row in typed
            if row.at_us >= 0  # what was said before the recording began is no lead in it
        ),
    )


def _track_of(row: Track) -> witness.Track:
    asked = row.kind == "price" and not row.facts.get("struck") and not row.facts.get("unit")
    return witness.Track(
        row.kind,
        row.name,
        tuple((start_us, end_us) for start_us, end_us in row.spans),
        tuple((at_us, int(value)) for at_us, value in row.series),
        int(row.facts["price_fen"]) if asked else None,
        tuple((start_us, end_us) for start_us, end_us in row.facts.get("unread", ())),
    )


@command("leads.run", keys=("Ctrl+L",))
def run(work: Workspace, *, recording_id: str | None = None) -> Outcome:
    """Runs the rules over every recording (or one). Open leads of an older run become stale; ruled ones stand and are not repeated.

    Data: the leads, and under `refused` the bureau's rule files that could not be read (code and facts each).
    """
    refused = read_rules(work)
    case = work.opened
    recordings = case.find(Recording) if recording_id is None else [case.get(Recording, recording_id)]
    _run_over(work, recordings, Engine(work.rules))
    leads = [row for row in case.find(Lead, order="recording_id, start_us, rowid") if row.state != "stale"]
    data = {"leads": [lead_data(row) for row in leads], "refused": [{"code": error.code, **error.facts} for error in refused]}
    return Outcome(frozenset({"leads"}), facts={"count": len(leads)}, data=data)


@command("leads.live")
def live(work: Workspace, *, recording_id: str) -> Outcome:
    """The same for a recording that grows, asked for every few seconds: only what is new is read by the rules. Data: the newly found leads,
    newest first."""
    read_rules(work)
    recording = work.opened.get(Recording, recording_id)
    kept = _ENGINES.get(recording_id)
    if kept is None or kept.rules.sha256 != work.rules.sha256:
        _ENGINES.clear()  # one recording is live at a time in a window; what others had met is not worth its room
        kept = _ENGINES[recording_id] = Engine(work.rules)
    new = sorted(_run_over(work, [recording], kept), key=lambda row: -row.start_us)
    return Outcome(frozenset({"leads"}), tuple(row.id for row in new), {"count": len(new)}, {"leads": [lead_data(row) for row in new]})


#: what the live recording's rules have met so far, by recording
_ENGINES: dict[str, Engine] = {}


def read_rules(work: Workspace) -> list[BadInput]:
    """Reads the rules again where a file of the bureau's was changed, added or taken away, and says which of its files were refused.

    A refused file is left out whole; the shipped rules and the other files stand.
    """
    own = sorted((bureau.folder() / bureau.LEXICON).glob("*.yaml"))
    signature = tuple((path.name, path.stat().st_mtime_ns, path.stat().st_size) for path in own)
    known = _READ.get(work)
    if known is None or known[0] != signature:
        refused: list[BadInput] = []
        work.__dict__["rules"] = load_rules(resource("lexicon"), *own, refused=refused)
        known = _READ[work] = signature, refused
    return known[1]


#: per workspace, the bureau's rule files as last read (name, time, size) and the errors of those refused
_READ: WeakKeyDictionary[Workspace, tuple[tuple[tuple[str, int, int], ...], list[BadInput]]] = WeakKeyDictionary()


def _run_over(work: Workspace, recordings: Sequence[Recording], rules: Engine) -> list[Lead]:
    """Commits what the rules find in the recordings as one act, and gives the leads that are new."""
    case = work.opened
    changes: list[Change] = []
    new: list[Lead] = []
    across = {rule.id for rule in rules.rules.rules if rule.kind == "across"}  # what other cases show does not go stale here
    for recording in recordings:
        old = case.find(Lead, recording_id=recording.id)
        ruled: dict[tuple[str, str, str], list[Lead]] = {}
        for row in old:
            if row.state in ("accepted", "rejected"):
                ruled.setdefault(_words(row), []).append(row)
        known = {_key(row): row for row in old if row.state == "open" and row.rule not in across}
        found = [record_of(recording, lead, rules.rules.sha256) for lead in rules.run(material_of(work, recording))]
        fresh = {_key(row) for row in found}
        changes += [update(row, replace(row, state="stale")) for key, row in known.items() if key not in fresh]
        for row in found:
            earlier = known.get(_key(row))
            if earlier is None and not _ruled_on(row, ruled.get(_words(row), [])):
                new.append(row)
            elif earlier is not None and (grown := _grown(earlier, row)) != earlier:
                changes.append(update(earlier, grown))
    changes += [insert(row) for row in new]
    if changes:
        case.commit(Act("leads.run", Actor("直鉴", machine=True), changes, facts={"asked_by": work.actor.name, "leads": len(changes)}))
    return new


def _key(lead: Lead) -> tuple[str, str, int, str]:
    return lead.rule, lead.witness, lead.start_us, lead.matched


def _words(lead: Lead) -> tuple[str, str, str]:
    """What a ruling was about: a rule that now meets a word more or less of the same sentence brings nothing new."""
    return lead.rule, lead.witness, lead.quote


def _ruled_on(lead: Lead, ruled: Sequence[Lead]) -> bool:
    """Whether one of the rulings on these words was about this time; what is absent has no words, and may be absent twice."""
    return any(lead.start_us <= one.end_us and one.start_us <= lead.end_us for one in ruled)


def _grown(earlier: Lead, now: Lead) -> Lead:
    """An open lead as the rules tell it now: a longer recording tells more of it, changed rules other articles."""
    return replace(now, id=earlier.id)


def record_of(recording: Recording, lead: Found, rules_sha256: str) -> Lead:
    """A lead as a case keeps it, open."""
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
        product=lead.product,
        group_key=group_key(lead.rule, lead.product, lead.heard_as or (lead.matched[0].text if lead.matched else "")),
        element=lead.element,
        facts={
            "times": lead.times,
            "product_kind": lead.product_kind,
            "besides": list(lead.besides),
            "doubts": list(lead.doubts),
            **lead.facts,
        },
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
        "product": lead.product,
        "group": lead.group_key,
        "element": lead.element,
        "facts": lead.facts,
        "state": lead.state,
        "ruling_reason": lead.ruling_reason,
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
    return accept_with(work, _ruled(work, lead_id), (), articles=articles, at_us=at_us, picture=picture)


def accept_with(
    work: Workspace,
    before: Lead,
    others: Sequence[Lead],
    *,
    articles: Sequence[str] | None = None,
    at_us: int | None = None,
    picture: bool = True,
) -> Outcome:
    """A finding at `before`; `others` are accepted with it and point at the same finding. One act."""
    recording = work.opened.get(Recording, before.recording_id)
    end = min(recording.duration_us, max(before.end_us, before.start_us + SHORTEST_US))
    start = min(before.start_us, max(0, end - SHORTEST_US))
    quote = before.quote if before.witness != "speech" else None
    codes = list(articles) if articles else in_force(work, recording, before.articles)
    finding, exhibits = findings.build(work, recording, Interval(start, end), codes, at_us=at_us, quote=quote, lead_id=before.id)
    after = replace(before, state="accepted", ruled_by=work.actor.name, ruled_at=iso(utc_now()), finding_id=finding.id)
    facts: dict[str, str | int] = {"number": finding.number, "article": "、".join(finding.articles)}
    linked = [
        update(row, replace(row, state="accepted", ruled_by=after.ruled_by, ruled_at=after.ruled_at, finding_id=finding.id))
        for row in others
    ]
    changes = [update(before, after), *linked, insert(finding), *(insert(row) for row in exhibits)]
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
