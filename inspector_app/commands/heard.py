"""Heard-as 听作: places of a transcript that may be a word of the case or of the rules, written as something that sounds the same.

Candidates only: no text is altered, and nothing is kept. The lexicon is what the case and the bureau already say of themselves.
"""

from collections.abc import Iterator
from typing import Any

from inspector_app.domain.records import Lead, Recording, Session
from inspector_app.leads import reading
from inspector_app.leads.vocabulary import SHARED
from inspector_app.resources import resource
from inspector_app.speech.heard import Lexicon, Term

from .cases import pick_recording
from .findings import current_segments
from .registry import Outcome, command
from .workspace import Workspace


@command("transcript.heard_as")
def heard_as(work: Workspace, *, recording: str | None = None) -> Outcome:
    """Data: hits (recording, segment, start_us, start and end in the words as shown, text, term, kind, off), in the order of time."""
    hits: list[dict[str, Any]] = []
    for row in pick_recording(work, recording):
        lexicon = lexicon_of(work, row)
        for segment in current_segments(work, row.id):
            hits += [
                {
                    "recording": row.id,
                    "segment": segment.id,
                    "start_us": segment.start_us,
                    "start": found.start,
                    "end": found.end,
                    "text": found.text,
                    "term": found.term,
                    "kind": found.kind,
                    "off": found.off,
                }
                for found in lexicon.candidates(segment.words)
            ]
    return Outcome(facts={"count": len(hits)}, data={"hits": hits})


def lexicon_of(work: Workspace, recording: Recording) -> Lexicon:
    """The words that may be misheard in a recording: names of its case, the rules' terms (the bureau's own among them), the vocabulary."""
    ordinary = {word for rule in work.rules.rules for word in rule.not_heard_as}
    return Lexicon([*_of_the_case(work, recording), *_of_the_rules(work), *_of_the_vocabulary()], ordinary)


def _of_the_case(work: Workspace, recording: Recording) -> Iterator[Term]:
    session = work.opened.get(Session, recording.session_id)
    names = {session.host, session.room, work.opened.info.party}
    names |= {lead.product for lead in work.opened.find(Lead, recording_id=recording.id)}
    for name in sorted(names):
        yield Term(name.strip(), "case")


def _of_the_rules(work: Workspace) -> Iterator[Term]:
    for rule in work.rules.rules:
        for term in rule.terms:
            yield Term(term.written)


def _of_the_vocabulary() -> Iterator[Term]:
    shared, _ = reading.read(resource("lexicon", SHARED))
    for _, words in dict(shared.entries())["words"].entries():
        for word in words.texts():
            yield Term(word)
