"""Finding 认定: a claim under articles, made with its exhibits in one act, and everything a person may do to it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from inspector_app.casefile.changes import Act, Change, insert, update
from inspector_app.casefile.timelines import timeline_of
from inspector_app.domain.errors import CaseError, UsageError
from inspector_app.domain.ids import new_id
from inspector_app.domain.people import Actor
from inspector_app.domain.records import (
    ChatMessage,
    Exhibit,
    Finding,
    Original,
    Recording,
    ScreenRun,
    ScreenText,
    Segment,
    Session,
    Transcript,
)
from inspector_app.domain.timebase import Interval, iso, utc_now
from inspector_app.media import container, stills
from inspector_app.statutes import bureau
from inspector_app.statutes.bureau import HotSet

from .registry import Outcome, command
from .sessions import day_of
from .workspace import Workspace

#: exhibits the recording itself gives; an element that needs no others is ticked when a person makes the finding
FROM_RECORDING = frozenset({"quote", "still", "screen_text", "chat", "clip"})

#: screen texts that say something about the goods, the price or the hurry; what only labels the room is left to the still
CLAIMING = frozenset({"caption", "price", "struck_price", "countdown", "counter"})

#: the state of a segment that was split or merged: it stays in the case and leaves the transcript
REPLACED = "replaced"


# -- reading ---------------------------------------------------------------------------------------------------------------------


def broadcast_day(work: Workspace, recording: Recording) -> date | None:
    """The day of the broadcast in Beijing; None where nobody knows it."""
    return day_of(work.opened.get(Session, recording.session_id))


def current_segments(work: Workspace, recording_id: str, within: Interval | None = None) -> list[Segment]:
    """The segments of the recording's newest transcript, in time; only those that overlap `within`, if given."""
    transcripts = work.opened.find(Transcript, recording_id=recording_id, order="rowid DESC")
    found = work.opened.find(Segment, "start_us, rowid", within, transcript_id=transcripts[0].id) if transcripts else []
    return [row for row in found if row.state != REPLACED]


def current_screen_texts(work: Workspace, recording_id: str, within: Interval | None = None) -> list[ScreenText]:
    """The texts of the newest finished reading of the recording's picture, in time; only those that overlap `within`, if given."""
    runs = work.opened.find(ScreenRun, recording_id=recording_id, state="done", order="rowid DESC")
    return work.opened.find(ScreenText, "start_us, rowid", within, run_id=runs[0].id) if runs else []


def quote_of(segments: Sequence[Segment], span: Interval) -> str:
    """The words said in the span, sentence by sentence; doubtful text that nobody corrected or confirmed by ear is not quoted."""
    said = [
        row
        for row in segments
        if Interval(row.start_us, row.end_us).overlaps(span) and (row.corrected is not None or row.confirmed_by or not row.flags)
    ]
    return "".join(_ended(row.words) for row in said).rstrip("，,")


def _ended(words: str) -> str:
    text = words.strip()
    return text if not text or text[-1] in "。！？!?，,；;" else text + "，"


def finding_data(work: Workspace, finding: Finding) -> dict[str, Any]:
    """The finding as the command line gives it."""
    return {
        "id": finding.id,
        "number": finding.number,
        "recording": finding.recording_id,
        "articles": list(finding.articles),
        "start_us": finding.start_us,
        "end_us": finding.end_us,
        "quote": finding.quote,
        "note": finding.note,
        "elements": [{"id": name, **value} for name, value in finding.elements.items()],
        "state": finding.state,
        "by": finding.by,
        "exhibits": [
            {"id": row.id, "number": row.number, "kind": row.kind, "sha256": row.sha256, "pts": row.pts, "time_base": row.time_base}
            for row in work.opened.find(Exhibit, finding_id=finding.id, order="number")
        ],
    }


# -- making ----------------------------------------------------------------------------------------------------------------------


def build(
    work: Workspace,
    recording: Recording,
    span: Interval,
    articles: Sequence[str],
    *,
    at_us: int | None = None,
    note: str = "",
    quote: str | None = None,
    lead_id: str = "",
) -> tuple[Finding, list[Exhibit]]:
    """A finding with its bundle: quote, screen texts and chat of the span, and a place for the still of the frame at `at_us`.

    The still's frame is taken from the original afterwards (`take_still`): a finding is on disk at once, its picture a moment later.
    """
    case = work.opened
    if not 0 <= span.start_us < span.end_us <= recording.duration_us:
        raise UsageError("usage.outside", start=span.start_us, end=span.end_us, length=recording.duration_us)
    if not articles:
        raise UsageError("usage.no_article")
    on = broadcast_day(work, recording)
    codes = list(dict.fromkeys(str(work.catalogue.resolve(code, on)) for code in articles))
    words = quote if quote is not None else quote_of(current_segments(work, recording.id, span), span)
    number, place = case.next_number(Finding), case.next_number(Exhibit)
    finding = Finding(
        id=new_id("finding"),
        number=number,
        recording_id=recording.id,
        start_us=span.start_us,
        end_us=span.end_us,
        quote=words,
        proves="",
        note=note,
        severity=2,
        state="draft",
        by=work.actor.name,
        created_at=iso(utc_now()),
        lead_id=lead_id,
        law_sha256=work.catalogue.digest(),
        articles=tuple(codes),
    )
    exhibits: list[Exhibit] = []

    def add(kind: str, text: str, ids: Sequence[str] = (), at: int | None = None) -> None:
        start = span.start_us if at is None else at
        exhibits.append(
            Exhibit(
                id=new_id("exhibit"),
                number=place + len(exhibits),
                finding_id=finding.id,
                recording_id=recording.id,
                kind=kind,
                start_us=start,
                end_us=start if kind == "still" else span.end_us,
                text=text,
                recipe={"sources": list(ids)},
            )
        )

    if recording.has_video:
        add("still", "", at=_still_moment(span, at_us))
    if words:
        add("quote", words)
    shown = [row for row in current_screen_texts(work, recording.id, span) if row.kind != "chat"]
    if shown:
        add("screen_text", "\n".join(row.text for row in shown), [row.id for row in shown])
    chat = case.find(ChatMessage, "at_us, rowid", span, recording_id=recording.id)
    if chat:
        add("chat", "\n".join(f"{row.user}：{row.text}" for row in chat), [row.id for row in chat])
    return replace(finding, elements=elements_of(work, codes, exhibits, on)), exhibits


def _still_moment(span: Interval, at_us: int | None) -> int:
    if at_us is not None and span.start_us <= at_us < span.end_us:
        return at_us
    return span.start_us + span.length_us // 2


def elements_of(work: Workspace, codes: Sequence[str], exhibits: Sequence[Exhibit], on: date | None) -> dict[str, Any]:
    """For each element of the articles: the exhibits at hand of the kinds that prove it; ticked where the recording alone proves it."""
    elements: dict[str, Any] = {}
    for code in codes:
        for element in work.catalogue.article(code, on).elements:
            kinds = frozenset(element.exhibits)
            hands = [row.id for row in exhibits if row.kind in kinds]
            elements[element.key] = {"exhibits": hands, "ticked": int(bool(hands) and kinds <= FROM_RECORDING)}
    return elements


def take_still(work: Workspace, exhibit_id: str) -> Outcome:
    """Takes the exact frame of a still exhibit from the original and stores it as PNG with its digest, PTS and time base.

    Nothing happens where it has been taken already, or where the exhibit was undone meanwhile.
    """
    case = work.opened
    with work.taking_still:
        found = case.find(Exhibit, id=exhibit_id)
        if not found or found[0].sha256:
            return Outcome()
        before = found[0]
        recording = case.get(Recording, before.recording_id)
        frame, part = stills.frame_on(timeline_of(case, recording), before.start_us)
        [original] = case.find(Original, path=part.path.relative_to(case.folder).as_posix())
        folder = case.folder / "working" / "stills"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{before.id}.png"
        digest = stills.save_png(frame.image, path)
        after = replace(
            before,
            start_us=frame.at_us,
            end_us=frame.at_us,
            path=path.relative_to(case.folder).as_posix(),
            sha256=digest,
            bytes=path.stat().st_size,
            pts=frame.stamp.pts,
            time_base=frame.stamp.base_text,
            recipe={
                "original": original.id,
                "tool": container.TOOL,
                "version": container.TOOL_VERSION,
                "width": frame.image.width,
                "height": frame.image.height,
            },
        )
        try:
            case.commit(Act("exhibit.still", Actor("直鉴", machine=True), [update(before, after)], before.id, {"number": before.number}))
        except CaseError:
            if case.find(Exhibit, id=exhibit_id):
                raise
            path.unlink(missing_ok=True)  # undone while the frame was sought
            return Outcome()
    return Outcome(frozenset({"exhibits"}), (exhibit_id,))


def pending_stills(work: Workspace) -> list[Exhibit]:
    """Still exhibits whose picture has not been taken yet (the program ended in between, or an undo brought them back)."""
    return [row for row in work.opened.find(Exhibit, kind="still", sha256="") if row.path == ""]


@command("finding.add", keys=("1", "2", "3", "4", "5", "6", "7", "8", "9", "0"))
def add(
    work: Workspace,
    *,
    recording_id: str,
    start_us: int,
    end_us: int,
    articles: Sequence[str],
    at_us: int | None = None,
    note: str = "",
    quote: str | None = None,
    picture: bool = True,
    hot_set: HotSet | None = None,
) -> Outcome:
    """A finding over `start_us`..`end_us` under `articles`; with `picture` the still is taken before returning.

    Without `quote` it quotes what was said in the span; "" quotes nothing, where the claim is of what was shown.

    `hot_set` is the bureau's set whose key was pressed: a copy is put aside that is never written again, and its digest is journaled.
    """
    recording = work.opened.get(Recording, recording_id)
    if end_us <= start_us:
        raise UsageError("usage.outside", start=start_us, end=end_us, length=recording.duration_us)
    finding, exhibits = build(work, recording, Interval(start_us, end_us), articles, at_us=at_us, note=note, quote=quote)
    facts: dict[str, str | int] = {"number": finding.number, "article": "、".join(finding.articles)}
    if hot_set is not None:
        bureau.keep(bureau.folder(), hot_set)
        facts["hot_set"] = hot_set.sha256
    work.opened.commit(
        Act("finding.add", work.actor, [insert(finding), *(insert(row) for row in exhibits)], finding.id, facts, undoable=True)
    )
    if picture:
        for row in exhibits:
            if row.kind == "still":
                take_still(work, row.id)
    return Outcome(frozenset({"findings", "exhibits"}), (finding.id,), facts, finding_data(work, finding))


@command("finding.show")
def show(work: Workspace, *, finding_id: str) -> Outcome:
    """One finding as it is now."""
    return Outcome(data=finding_data(work, work.opened.get(Finding, finding_id)))


@command("finding.list")
def list_findings(work: Workspace) -> Outcome:
    """All findings by number."""
    return Outcome(data={"findings": [finding_data(work, row) for row in work.opened.find(Finding, order="number")]})


# -- changing --------------------------------------------------------------------------------------------------------------------


def _change(work: Workspace, name: str, before: Finding, after: Finding, extra: Sequence[Change] = ()) -> Outcome:
    facts: dict[str, str | int] = {"number": before.number}
    work.opened.commit(Act(name, work.actor, [update(before, after), *extra], before.id, facts, undoable=True))
    return Outcome(frozenset({"findings", "exhibits"}), (before.id,), facts, finding_data(work, after))


@command("finding.retime", keys=("I", "O"))
def retime(work: Workspace, *, finding_id: str, start_us: int, end_us: int) -> Outcome:
    """New ends; the quote is read again from the transcript."""
    before = work.opened.get(Finding, finding_id)
    recording = work.opened.get(Recording, before.recording_id)
    if not 0 <= start_us < end_us <= recording.duration_us:
        raise UsageError("usage.outside", start=start_us, end=end_us, length=recording.duration_us)
    span = Interval(start_us, end_us)
    words = quote_of(current_segments(work, recording.id, span), span)
    quotes = work.opened.find(Exhibit, finding_id=finding_id, kind="quote")
    extra = [update(row, replace(row, start_us=start_us, end_us=end_us, text=words)) for row in quotes]
    return _change(work, "finding.retime", before, replace(before, start_us=start_us, end_us=end_us, quote=words), extra)


@command("finding.extend")
def extend(work: Workspace, *, finding_id: str, end_us: int) -> Outcome:
    """The same finding up to a later end (the next sentence)."""
    before = work.opened.get(Finding, finding_id)
    return retime(work, finding_id=finding_id, start_us=before.start_us, end_us=end_us)


@command("finding.add_article")
def add_article(work: Workspace, *, finding_id: str, article: str) -> Outcome:
    """A second article for the same span, with its elements."""
    before = work.opened.get(Finding, finding_id)
    recording = work.opened.get(Recording, before.recording_id)
    code = str(work.catalogue.resolve(article, broadcast_day(work, recording)))
    if code in before.articles:
        return Outcome(facts={"number": before.number})
    exhibits = work.opened.find(Exhibit, finding_id=finding_id, order="number")
    more = elements_of(work, [code], exhibits, broadcast_day(work, recording))
    return _change(
        work, "finding.add_article", before, replace(before, articles=(*before.articles, code), elements={**before.elements, **more})
    )


@command("finding.note", keys=("N",))
def note(work: Workspace, *, finding_id: str, text: str) -> Outcome:
    before = work.opened.get(Finding, finding_id)
    return _change(work, "finding.note", before, replace(before, note=text))


@command("finding.proves")
def proves(work: Workspace, *, finding_id: str, text: str) -> Outcome:
    """证明对象: what the exhibits of this finding prove (行政诉讼证据规定 12)."""
    before = work.opened.get(Finding, finding_id)
    return _change(work, "finding.proves", before, replace(before, proves=text))


@command("finding.severity", keys=("V",))
def severity(work: Workspace, *, finding_id: str, level: int) -> Outcome:
    if level not in (1, 2, 3):
        raise UsageError("usage.severity", given=level)
    before = work.opened.get(Finding, finding_id)
    return _change(work, "finding.severity", before, replace(before, severity=level))


@command("finding.withdraw", keys=("Delete",))
def withdraw(work: Workspace, *, finding_id: str, reason: str = "") -> Outcome:
    """Takes a finding out of the dossier; it keeps its number and stays listed as withdrawn."""
    before = work.opened.get(Finding, finding_id)
    text = before.note if not reason else f"{before.note}\n{reason}".strip()
    return _change(work, "finding.withdraw", before, replace(before, state="withdrawn", note=text))


@command("element.tick")
def tick(work: Workspace, *, finding_id: str, element_id: str, ticked: bool) -> Outcome:
    """Says that an element is proved, or is not, by a person."""
    before = work.opened.get(Finding, finding_id)
    if element_id not in before.elements:
        raise UsageError("usage.no_element", id=element_id)
    value = {**before.elements[element_id], "ticked": int(ticked)}
    return _change(work, "element.tick", before, replace(before, elements={**before.elements, element_id: value}))
