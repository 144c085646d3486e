"""A finding as a claim 证据: what else a person says of it, and what may be done with its exhibits. Nothing here makes a finding.

Every act is one row of the journal and can be undone. A withdrawn exhibit keeps its number and its file; it proves nothing any more.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from inspector_app.casefile.changes import Act, Change, insert, update
from inspector_app.domain.errors import UsageError
from inspector_app.domain.ids import new_id
from inspector_app.domain.records import Exhibit, Finding, Recording

from .findings import FROM_RECORDING, broadcast_day, take_still
from .registry import Outcome, command
from .workspace import Workspace

#: who a claim may be held against (办法 2, 63)
PARTIES: Final = ("operator", "host", "agency", "platform", "merchant")


# -- the claim -------------------------------------------------------------------------------------------------------------------


def _say(work: Workspace, name: str, finding_id: str, extra: Sequence[Change] = (), /, **fields: Any) -> Outcome:
    """One change of a finding's own fields, with what else it takes along; nothing where nothing changes."""
    before = work.opened.get(Finding, finding_id)
    after = replace(before, **fields)
    facts: dict[str, str | int] = {"number": before.number}
    if after != before or extra:
        work.opened.commit(Act(name, work.actor, [update(before, after), *extra], before.id, facts, undoable=True))
    return Outcome(frozenset({"findings", "exhibits"}), (before.id,), facts)


@command("finding.contrary")
def contrary(work: Workspace, *, finding_id: str, text: str) -> Outcome:
    """What speaks against the claim (行政处罚法 40: facts for and against)."""
    return _say(work, "finding.contrary", finding_id, contrary=text.strip())


@command("finding.correction")
def correction(work: Workspace, *, finding_id: str, text: str) -> Outcome:
    """What was put right on the spot, by whom and when; "" means nothing was (办法 31)."""
    return _say(work, "finding.correction", finding_id, correction=text.strip())


@command("finding.viewers")
def viewers(work: Workspace, *, finding_id: str, count: int) -> Outcome:
    """How many were watching at that moment, in persons; 0 means unknown."""
    if count < 0:
        raise UsageError("usage.viewers", given=count)
    return _say(work, "finding.viewers", finding_id, viewers=count)


@command("finding.parties")
def parties(work: Workspace, *, finding_id: str, parties: Sequence[str]) -> Outcome:
    """Who is meant: any of `PARTIES`, in that order."""
    unknown = [name for name in parties if name not in PARTIES]
    if unknown:
        raise UsageError("usage.party", given=unknown[0], known="、".join(PARTIES))
    return _say(work, "finding.parties", finding_id, parties=tuple(name for name in PARTIES if name in parties))


@command("finding.exempt")
def exempt(work: Workspace, *, finding_id: str, exemption: str, applies: bool, why: str) -> Outcome:
    """An exemption that was considered, whether it applies, and why; without a reason it counts as not considered and is taken out."""
    before = work.opened.get(Finding, finding_id)
    others = {name: value for name, value in before.exemptions.items() if name != exemption}
    now = {**others, exemption: {"applies": int(applies), "why": why.strip()}} if why.strip() else others
    return _say(work, "finding.exempt", finding_id, exemptions=now)


@command("element.link")
def link(work: Workspace, *, finding_id: str, element_id: str, exhibit_id: str, on: bool = True) -> Outcome:
    """Says that an exhibit does, or does not, prove an element. An element left without any is no longer ticked."""
    before = work.opened.get(Finding, finding_id)
    if element_id not in before.elements:
        raise UsageError("usage.no_element", id=element_id)
    exhibit = work.opened.get(Exhibit, exhibit_id)
    if exhibit.finding_id != finding_id or (on and exhibit.state):
        raise UsageError("usage.other_exhibit", number=exhibit.number)
    value = before.elements[element_id]
    hands = [name for name in value["exhibits"] if name != exhibit_id] + ([exhibit_id] if on else [])
    return _say(work, "element.link", finding_id, elements={**before.elements, element_id: _value(value, hands)})


def _value(value: dict[str, Any], exhibits: list[str]) -> dict[str, Any]:
    return {**value, "exhibits": exhibits, "ticked": int(bool(value["ticked"] and exhibits))}


# -- its exhibits ----------------------------------------------------------------------------------------------------------------


@command("exhibit.still", keys=("C",))
def still(work: Workspace, *, finding_id: str, at_us: int, picture: bool = True) -> Outcome:
    """Another still of the finding, of the frame at `at_us`; it joins the elements that a still may prove.

    With `picture` the frame is taken before returning; else `findings.take_still` takes it later.
    """
    case = work.opened
    before = case.get(Finding, finding_id)
    recording = case.get(Recording, before.recording_id)
    if not recording.has_video or not 0 <= at_us <= recording.duration_us:
        raise UsageError("usage.no_picture_there", at=at_us, name=recording.name)
    exhibit = Exhibit(new_id("exhibit"), case.next_number(Exhibit), finding_id, recording.id, "still", at_us, at_us)
    on = broadcast_day(work, recording)
    proves = {
        element.key
        for code in before.articles
        for element in work.catalogue.article(code, on).elements
        if "still" in element.exhibits and element.key in before.elements
    }
    elements = {
        key: {**value, "exhibits": [*value["exhibits"], exhibit.id]} if key in proves else value for key, value in before.elements.items()
    }
    facts: dict[str, str | int] = {"number": exhibit.number, "at_us": at_us}
    changes = [insert(exhibit), update(before, replace(before, elements=elements))]
    case.commit(Act("exhibit.add", work.actor, changes, exhibit.id, facts, undoable=True))
    if picture:
        take_still(work, exhibit.id)
    return Outcome(frozenset({"findings", "exhibits"}), (exhibit.id,), facts)


@command("exhibit.withdraw")
def withdraw(work: Workspace, *, exhibit_id: str, reason: str) -> Outcome:
    """Takes an exhibit out with the reason; it stays listed under its number, and no element rests on it any more."""
    if not reason.strip():
        raise UsageError("usage.empty", name="reason")
    before = work.opened.get(Exhibit, exhibit_id)
    if before.state:
        raise UsageError("usage.exhibit_gone", number=before.number)
    finding = work.opened.get(Finding, before.finding_id)
    elements = {key: _value(value, [name for name in value["exhibits"] if name != exhibit_id]) for key, value in finding.elements.items()}
    after = replace(before, state="withdrawn", reason=reason.strip())
    facts: dict[str, str | int] = {"number": before.number}
    changes = [update(before, after), *([] if elements == finding.elements else [update(finding, replace(finding, elements=elements))])]
    work.opened.commit(Act("exhibit.withdraw", work.actor, changes, exhibit_id, facts, undoable=True))
    return Outcome(frozenset({"findings", "exhibits"}), (finding.id, exhibit_id), facts)


@command("exhibit.box", keys=("B",))
def box(work: Workspace, *, exhibit_id: str, box: Sequence[int]) -> Outcome:
    """The part of a still that is meant: x0, y0, x1, y1 in pixels of the picture as shown; empty means the whole."""
    before = work.opened.get(Exhibit, exhibit_id)
    recording = work.opened.get(Recording, before.recording_id)
    part = tuple(int(value) for value in box)
    if part and not (len(part) == 4 and 0 <= part[0] < part[2] <= recording.width and 0 <= part[1] < part[3] <= recording.height):
        raise UsageError("usage.box", given=" ".join(map(str, part)), width=recording.width, height=recording.height)
    facts: dict[str, str | int] = {"number": before.number}
    work.opened.commit(Act("exhibit.box", work.actor, [update(before, replace(before, box=part))], exhibit_id, facts, undoable=True))
    return Outcome(frozenset({"exhibits"}), (exhibit_id,), facts)


@command("exhibit.order")
def order(work: Workspace, *, finding_id: str, exhibits: Sequence[str]) -> Outcome:
    """The order in which the stills of a finding are shown; numbers stay what they were."""
    stills = {row.id: row for row in work.opened.find(Exhibit, finding_id=finding_id, kind="still")}
    if sorted(exhibits) != sorted(stills):
        raise UsageError("usage.exhibit_order", count=len(stills))
    changes = [
        update(stills[key], replace(stills[key], place=place)) for place, key in enumerate(exhibits, 1) if stills[key].place != place
    ]
    number = work.opened.get(Finding, finding_id).number
    facts: dict[str, str | int] = {"number": number}
    if changes:
        work.opened.commit(Act("exhibit.order", work.actor, changes, finding_id, facts, undoable=True))
    return Outcome(frozenset({"exhibits"}), tuple(exhibits), facts)


# -- many at once ----------------------------------------------------------------------------------------------------------------


@command("finding.bulk")
def bulk(
    work: Workspace, *, finding_ids: Sequence[str], severity: int | None = None, parties: Sequence[str] | None = None, withdraw: str = ""
) -> Outcome:
    """The same change to several findings, as one act: severity, parties, or withdrawal with its reason (a note below each)."""
    if severity is not None and severity not in (1, 2, 3):
        raise UsageError("usage.severity", given=severity)
    changes: list[Change] = []
    for key in finding_ids:
        before = after = work.opened.get(Finding, key)
        if severity is not None:
            after = replace(after, severity=severity)
        if parties is not None:
            after = replace(after, parties=tuple(name for name in PARTIES if name in parties))
        if withdraw.strip():
            after = replace(after, state="withdrawn", note=f"{after.note}\n{withdraw.strip()}".strip())
        if after != before:
            changes.append(update(before, after))
    facts: dict[str, str | int] = {"count": len(changes)}
    if changes:
        work.opened.commit(Act("finding.bulk", work.actor, changes, "", facts, undoable=True))
    return Outcome(frozenset({"findings", "exhibits"}), tuple(finding_ids), facts)


def completeness(finding: Finding, exhibits: Sequence[Exhibit]) -> dict[str, bool]:
    """What a complete finding has, point by point; the share of what holds is the meter of the evidence step and the dossier's lint."""
    standing = [row for row in exhibits if not row.state]
    elements = finding.elements.values()
    return {
        "elements": bool(elements) and all(value["ticked"] for value in elements),
        "exhibits": bool(standing) and all(value["exhibits"] for value in elements),
        "still": any(row.kind == "still" and row.sha256 for row in standing),
        "words": any(row.kind in FROM_RECORDING - {"still"} and row.text for row in standing),
        "proves": bool(finding.proves),
        "parties": bool(finding.parties),
        "contrary": bool(finding.contrary or finding.exemptions),
    }
