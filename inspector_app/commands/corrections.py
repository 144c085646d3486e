"""Segment 语句, made right by a person: split, merge, shift, speaker, confirm, restore, and find and replace. Every act can be undone.

What the machine heard is never overwritten: a correction stands beside it, and segments that were split or merged stay in the case with the
state `replaced`, out of the transcript.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from inspector_app.casefile.changes import Act, insert, update
from inspector_app.domain.errors import UsageError
from inspector_app.domain.ids import new_id
from inspector_app.domain.records import Recording, Segment
from inspector_app.domain.timebase import iso, utc_now

from .cases import pick_recording
from .findings import REPLACED, current_segments
from .registry import Outcome, command
from .workspace import Workspace

SPEAKERS: Final = ("", "host", "assistant", "guest", "unknown")
_SEGMENTS: Final = frozenset({"segments"})


def _current(work: Workspace, segment_id: str) -> Segment:
    segment = work.opened.get(Segment, segment_id)
    if segment.state == REPLACED:
        raise UsageError("usage.segment_replaced", id=segment_id)
    return segment


def _changed(work: Workspace, act: str, pairs: Sequence[tuple[Segment, Segment]], **facts: str | int) -> Outcome:
    """Commits changed segments as one undoable act."""
    ids = tuple(after.id for _, after in pairs)
    work.opened.commit(Act(act, work.actor, [update(before, after) for before, after in pairs], ids[0], facts, undoable=True))
    return Outcome(_SEGMENTS, ids, facts)


def _put_in_place(work: Workspace, act: str, old: Sequence[Segment], new: Sequence[Segment], **facts: str | int) -> Outcome:
    """Commits new segments in the place of old ones, which stay, marked replaced."""
    gone = [update(row, replace(row, state=REPLACED)) for row in old]
    work.opened.commit(Act(act, work.actor, [*gone, *(insert(row) for row in new)], new[0].id, facts, undoable=True))
    return Outcome(_SEGMENTS, tuple(row.id for row in new), facts)


@command("segment.split")
def split(work: Workspace, *, segment_id: str, at_us: int, text_at: int) -> Outcome:
    """Cuts a segment in two: at a moment of the recording, and before the character `text_at` (from 0) of its words as shown.

    Flags, speaker and confirmation go to both parts. Raises UsageError `usage.segment_cut` where a part would be empty.
    """
    old = _current(work, segment_id)
    if not (old.start_us < at_us < old.end_us and 0 < text_at < len(old.words)):
        raise UsageError("usage.segment_cut", start=old.start_us, end=old.end_us, length=len(old.words))
    # the machine's words are cut at the same share where a person's stand beside them
    cut = text_at if old.corrected is None else min(max(0, len(old.text) * text_at // len(old.corrected)), len(old.text))
    halves = ((old.start_us, at_us, slice(None, text_at), slice(None, cut)), (at_us, old.end_us, slice(text_at, None), slice(cut, None)))
    raw = old.raw if len(old.raw) == len(old.text) else old.text
    new = [
        replace(
            old,
            id=new_id("segment"),
            start_us=start_us,
            end_us=end_us,
            raw=raw[machine],
            text=old.text[machine].strip(),
            corrected=None if old.corrected is None else old.corrected[shown].strip(),
            made_from=(old.id,),
            retimed=1,
            word_times=tuple(word for word in old.word_times if start_us <= word[0] < end_us),
        )
        for start_us, end_us, shown, machine in halves
    ]
    return _put_in_place(work, "segment.split", [old], new, at_us=at_us)


@command("segment.merge")
def merge(work: Workspace, *, ids: Sequence[str]) -> Outcome:
    """Makes one segment of two or more that follow one another.

    Every doubt about a part is a doubt about the whole; it is confirmed only where all parts were. Raises UsageError `usage.segment_merge`
    for fewer than two, or where they do not follow one another in the current transcript.
    """
    wanted = {_current(work, one).id: one for one in ids}
    if len(wanted) < 2:
        raise UsageError("usage.segment_merge")
    rows = current_segments(work, work.opened.get(Segment, ids[0]).recording_id)
    places = [place for place, row in enumerate(rows) if row.id in wanted]
    if len(places) != len(wanted) or places[-1] - places[0] + 1 != len(places):
        raise UsageError("usage.segment_merge")
    old = [rows[place] for place in places]
    first, speakers = old[0], {row.speaker for row in old}
    touched = any(row.corrected is not None for row in old)
    confirmed = all(row.confirmed_by for row in old)
    new = replace(
        first,
        id=new_id("segment"),
        end_us=max(row.end_us for row in old),
        raw=_joined([row.raw for row in old]),
        text=_joined([row.text for row in old]),
        corrected=_joined([row.words for row in old]) if touched else None,
        corrected_by=_names([row.corrected_by or "" for row in old]) if touched else None,
        confidence_pm=min(row.confidence_pm for row in old),
        speaker=speakers.pop() if len(speakers) == 1 else "",
        flags=tuple(dict.fromkeys(flag for row in old for flag in row.flags)),
        confirmed_by=_names([row.confirmed_by for row in old]) if confirmed else "",
        confirmed_at=max(row.confirmed_at for row in old) if confirmed else "",
        retimed=int(any(row.retimed for row in old)),
        made_from=tuple(row.id for row in old),
        word_times=tuple(word for row in old for word in row.word_times) if all(row.word_times for row in old) else (),
    )
    return _put_in_place(work, "segment.merge", old, [new], at_us=first.start_us, count=len(old))


def _joined(texts: Sequence[str]) -> str:
    """Texts one after the other; a blank only where two Latin words would grow together."""
    whole = ""
    for text in texts:
        apart = whole[-1:].isascii() and whole[-1:].isalnum() and text[:1].isascii() and text[:1].isalnum()
        whole += (" " if apart else "") + text
    return whole


def _names(names: Sequence[str]) -> str:
    return "、".join(dict.fromkeys(name for name in names if name))


@command("segment.shift")
def shift(work: Workspace, *, segment_id: str, start_us: int, end_us: int) -> Outcome:
    """New ends for a segment, by ear. Raises UsageError `usage.outside` where they do not lie in the recording in this order."""
    before = _current(work, segment_id)
    length = work.opened.get(Recording, before.recording_id).duration_us
    if not 0 <= start_us < end_us <= length:
        raise UsageError("usage.outside", start=start_us, end=end_us, length=length)
    after = replace(before, start_us=start_us, end_us=end_us, retimed=1)
    return _changed(work, "segment.shift", [(before, after)], at_us=before.start_us)


@command("segment.speaker")
def speaker(work: Workspace, *, ids: Sequence[str], speaker: str) -> Outcome:
    """Says who speaks: host, assistant, guest, unknown, or "" for nobody named. UsageError `usage.speaker` for another word."""
    if speaker not in SPEAKERS or not ids:
        raise UsageError("usage.speaker", given=speaker, known=", ".join(SPEAKERS[1:]))
    pairs = [(row, replace(row, speaker=speaker)) for row in (_current(work, one) for one in dict.fromkeys(ids))]
    return _changed(work, "segment.speaker", pairs, count=len(pairs), speaker=speaker)


@command("segment.confirm")
def confirm(work: Workspace, *, segment_id: str) -> Outcome:
    """A person has listened and the words as shown are what is said: doubtful text may be quoted from now on."""
    before = _current(work, segment_id)
    after = replace(before, confirmed_by=work.actor.name, confirmed_at=iso(utc_now()))
    return _changed(work, "segment.confirm", [(before, after)], at_us=before.start_us)


@command("segment.restore")
def restore(work: Workspace, *, segment_id: str) -> Outcome:
    """The machine's words again; a correction and a confirmation are taken away (and can be undone back)."""
    before = _current(work, segment_id)
    after = replace(before, corrected=None, corrected_by=None, confirmed_by="", confirmed_at="")
    return _changed(work, "segment.restore", [(before, after)], at_us=before.start_us)


@command("transcript.replace")
def replace_all(
    work: Workspace,
    *,
    query: str,
    replacement: str,
    preview: bool = True,
    recording: str | None = None,
    ids: Sequence[str] | None = None,
) -> Outcome:
    """Finds `query` in the words as shown and puts `replacement` there; with `preview` only says what would change.

    `ids` keeps to those segments of the hits. All are changed in one act. Data: hits (segment, recording, start_us, count, before, after).
    """
    if not query:
        raise UsageError("usage.empty", name="query")
    wanted = None if ids is None else set(ids)
    found = [
        row
        for one in pick_recording(work, recording)
        for row in current_segments(work, one.id)
        if query in row.words and query != replacement and (wanted is None or row.id in wanted)
    ]
    pairs = [(row, replace(row, corrected=row.words.replace(query, replacement), corrected_by=work.actor.name)) for row in found]
    hits = [
        {
            "segment": before.id,
            "recording": before.recording_id,
            "start_us": before.start_us,
            "count": before.words.count(query),
            "before": before.words,
            "after": after.words,
        }
        for before, after in pairs
    ]
    if preview or not pairs:
        return Outcome(facts={"count": len(pairs)}, data={"hits": hits})
    done = _changed(work, "transcript.replace", pairs, count=len(pairs), query=query, replacement=replacement)
    return Outcome(done.kinds, done.ids, done.facts, {"hits": hits})
