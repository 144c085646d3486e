"""The dossier as data: everything its pages say, resolved from a case and the catalogue into one neutral, JSON-able dictionary.

Pure reading: it opens no file but the case's database and writes nothing. Pages are made from this dictionary alone, and it is published
beside the PDF, so anyone can rebuild the pages and compare. No floats: its digest must not depend on who prints it.
"""

import hashlib
import json
from datetime import date, datetime
from typing import Any

from inspector_app import __version__
from inspector_app.casefile import journal
from inspector_app.casefile.case import Case
from inspector_app.domain.people import Actor
from inspector_app.domain.records import (
    ChatMessage,
    Derivative,
    Exhibit,
    Finding,
    Lead,
    Original,
    Record,
    Recording,
    ScreenRun,
    ScreenText,
    Segment,
    Session,
    Transcript,
)
from inspector_app.domain.timebase import SECOND, Interval, beijing, iso
from inspector_app.resources import resource
from inspector_app.statutes import bureau
from inspector_app.statutes.catalogue import Catalogue

from . import claims, custody, editions, sources
from .law import describe

Json = dict[str, Any]

FORMAT = "zhijian-dossier/2"
#: How much of the recording is shown on both sides of a finding, so that no quote stands out of its context.
CONTEXT_US = 15 * SECOND


def words() -> Json:
    """The dossier's fixed Chinese texts, `resources/dossier/words.json`, some of them in the bureau's own wording where it keeps a file.

    Raises BadInput naming the line of a slip in that file.
    """
    loaded: Json = json.loads(resource("dossier", "words.json").read_text(encoding="utf-8"))
    own = bureau.dossier_words(bureau.folder())
    return loaded | {name: text for name, text in own.items() if name != "font"}


def gather(
    case: Case, catalogue: Catalogue, *, sealed_at: datetime, by: Actor, journal_head: tuple[int, str], only: int | None = None
) -> Json:
    """Everything a dossier says, as plain JSON, with the top-level keys

    `format app sealed_at by case officers journal sessions originals recordings derivatives transcripts screen_runs articles findings
    exhibits annexes withdrawn edition words`. Times are integer microseconds of the recording (`*_us`) or ISO 8601 with offset (`*_at`). `journal_head` is
    what the pages print; rows after it are left out. `only`: the number of the one finding
    that is told, without journal, withdrawn things and annexes, for a quick look at its page. Raises CaseError or StorageError where the case cannot be read.
    """
    seq, head = journal_head
    rows = [row for row in case.read(journal.read_all) if row.seq <= seq] if only is None else []
    sessions = {session.id: session for session in case.find(Session)}
    recordings = case.find(Recording)
    findings = case.find(Finding, order="number")
    counted = [finding for finding in findings if finding.state != custody.WITHDRAWN]
    shown = [finding for finding in counted if only in (None, finding.number)]
    exhibits = case.find(Exhibit, order="number")
    standing = [exhibit for exhibit in exhibits if exhibit.state != custody.WITHDRAWN]
    days = {recording.id: _day(recording, sessions.get(recording.session_id), case, sealed_at) for recording in recordings}
    articles = {
        f"{code}@{days[finding.recording_id]['on']}": describe(catalogue, code, date.fromisoformat(days[finding.recording_id]["on"]))
        for finding in shown
        for code in finding.articles
    }
    by_id = {recording.id: recording for recording in recordings}
    numbers = {exhibit.id: exhibit.number for exhibit in standing}
    transcripts = {recording.id: _newest(case, Transcript, Segment, "transcript_id", recording.id) for recording in recordings}
    shown_ids = {finding.id for finding in shown}
    gone = custody.withdrawn(rows)
    return {
        "format": FORMAT,
        "app": __version__,
        "sealed_at": iso(sealed_at),
        "by": {"name": by.name, "certificate": by.certificate},
        "case": {**_plain(case.info, "case_id", "number", "cause", "party", "legal_basis", "created_at", "app_version")},
        "officers": [{"name": officer.name, "certificate": officer.certificate} for officer in case.officers()],
        "journal": {"seq": seq, "head": head, "rows": custody.extract(rows)},
        "sessions": [_plain(session) for session in sessions.values()],
        "originals": [_plain(original) for original in case.find(Original, order="imported_at, id")],
        "recordings": [
            {
                **_plain(recording),
                "law_day": days[recording.id],
                **sources.of_recording(case, recording, transcripts[recording.id]),
            }
            for recording in recordings
        ],
        "derivatives": [_plain(derivative) for derivative in case.find(Derivative)],
        "transcripts": [
            {**_plain(transcript), "segments": len(found), "corrected": sum(one.corrected is not None for one in found)}
            for transcript in case.find(Transcript, order="created_at")
            for found in [sources.current(case, transcript)]
        ],
        "screen_runs": [
            {**_plain(run), "texts": case.count(ScreenText, run_id=run.id)} for run in case.find(ScreenRun, order="created_at")
        ],
        "articles": articles,
        "findings": [
            {
                **_finding(case, finding, by_id[finding.recording_id], days[finding.recording_id]["on"], articles, numbers),
                **claims.of_finding(
                    case,
                    finding,
                    [articles[f"{code}@{days[finding.recording_id]['on']}"] for code in finding.articles],
                    [one for one in standing if one.finding_id == finding.id],
                    by_id[finding.recording_id].duration_us,
                ),
            }
            for finding in shown
        ],
        "exhibits": [_exhibit(exhibit) for exhibit in standing if exhibit.finding_id in shown_ids],
        "annexes": [_annex(case, recording) for recording in recordings] if only is None else [],
        "withdrawn": [*gone, *_gone_with_them(exhibits, gone)],
        "edition": editions.blank(),
        "words": words(),
        **({} if only is None else {"all_articles": _all_articles(counted, days)}),
    }


def _all_articles(findings: list[Finding], days: dict[str, Json]) -> list[Json]:
    """The articles of every finding, so that one finding's page alone calls them by the numbers they have in the whole."""
    return [{"articles": [f"{code}@{days[finding.recording_id]['on']}" for code in finding.articles]} for finding in findings]


def _plain(record: Record, *names: str) -> Json:
    """A record as JSON: all its fields, or those named."""
    values = {name: getattr(record, name) for name in names or record.__dataclass_fields__}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


def _day(recording: Recording, session: Session | None, case: Case, sealed_at: datetime) -> Json:
    """The day whose law applies, and why that day: of the broadcast, else of the import (a broadcast is never later), else of sealing."""
    sources = [("broadcast", session.started_at if session else "")]
    sources += [("import", original.imported_at) for original in case.find(Original, id=recording.original_id)]
    for basis, moment in sources:
        if moment:
            try:
                return {"on": beijing(datetime.fromisoformat(moment)).date().isoformat(), "basis": basis}
            except ValueError:
                continue
    return {"on": beijing(sealed_at).date().isoformat(), "basis": "sealing"}


def _finding(case: Case, finding: Finding, recording: Recording, on: str, articles: Json, numbers: dict[str, int]) -> Json:
    span = Interval(finding.start_us, finding.end_us)
    around = span.widened(CONTEXT_US, recording.duration_us)
    transcript = _newest(case, Transcript, Segment, "transcript_id", recording.id)
    run = _newest(case, ScreenRun, ScreenText, "run_id", recording.id, state="done")
    return {
        **_plain(finding, "id", "number", "recording_id", "start_us", "end_us", "quote", "proves", "note", "severity", "state", "by"),
        "created_at": finding.created_at,
        "witness": _witness(case, finding),
        "law_sha256": finding.law_sha256,
        "articles": [f"{code}@{on}" for code in finding.articles],
        "elements": [
            {
                "key": element["key"],
                "statement": element["statement"],
                "article": f"{code}@{on}",
                **_proof(finding, element["key"], numbers),
            }
            for code in finding.articles
            for element in articles[f"{code}@{on}"]["elements"]
        ],
        "context_us": [around.start_us, around.end_us],
        "transcript_id": transcript.id if transcript else "",
        "context": [
            {**_line(segment), "inside": Interval(segment.start_us, segment.end_us).overlaps(span)}
            for segment in _overlapping(case, Segment, "transcript_id", transcript, around)
            if segment.state != sources.REPLACED
        ],
        "screen_run_id": run.id if run else "",
        "screen": [_shown(text) for text in _overlapping(case, ScreenText, "run_id", run, span)],
        "chat": [
            {"at_us": message.at_us, "user": masked(message.user), "text": message.text}
            for message in case.find(ChatMessage, order="at_us", recording_id=recording.id)
            if around.start_us <= message.at_us < around.end_us
        ],
    }


def _witness(case: Case, finding: Finding) -> str:
    """Where the quote comes from: `speech`, `screen` or `chat`; what no rule pointed at was heard."""
    found = case.find(Lead, id=finding.lead_id) if finding.lead_id else []
    return found[0].witness if found else "speech"


def _annex(case: Case, recording: Recording) -> Json:
    """The whole text of a recording, as the pages of the findings draw on it: every sentence, every text seen in the picture."""
    transcript = _newest(case, Transcript, Segment, "transcript_id", recording.id)
    run = _newest(case, ScreenRun, ScreenText, "run_id", recording.id, state="done")
    said = sources.current(case, transcript) if transcript else []
    seen = case.find(ScreenText, order="start_us, end_us", run_id=run.id) if run else []
    return {
        "recording_id": recording.id,
        "transcript_id": transcript.id if transcript else "",
        "lines": [_line(segment) for segment in said],
        "screen_run_id": run.id if run else "",
        "screen": [_shown(text) for text in seen],
    }


def _exhibit(exhibit: Exhibit) -> Json:
    """An exhibit as the dossier shows it; the digest is of the whole text, viewers' names in a chat are masked."""
    text = exhibit.text
    if exhibit.kind == "chat":
        text = "\n".join(_masked_line(line) for line in text.splitlines())
    return {**_plain(exhibit), "text": text, "text_sha256": hashlib.sha256(exhibit.text.encode()).hexdigest()}


def _masked_line(line: str, colons: str = "：") -> str:
    """`user：words` with the user masked; `colons` are the marks that may end the user's name."""
    place = min((line.find(colon) for colon in colons if colon in line), default=-1)
    return f"{masked(line[:place].strip())}：{line[place + 1 :]}" if place >= 0 else line


def _gone_with_them(exhibits: list[Exhibit], gone: list[Json]) -> list[Json]:
    """The exhibits of withdrawn findings: they keep their numbers and leave with them."""
    findings = {entry["id"]: entry for entry in gone if entry["kind"] == "finding"}
    listed = {entry["id"] for entry in gone}
    left = [exhibit for exhibit in exhibits if exhibit.finding_id in findings and exhibit.id not in listed]
    return [{**findings[one.finding_id], "id": one.id, "kind": "exhibit", "number": one.number} for one in left]


def _proof(finding: Finding, key: str, numbers: dict[str, int]) -> Json:
    """Which exhibits stand for an element, and whether a person ticked it; an exhibit that is gone proves nothing."""
    proof = finding.elements.get(key, {})
    found = sorted(numbers[exhibit] for exhibit in proof.get("exhibits", ()) if exhibit in numbers)
    return {"exhibits": found, "proved": bool(found and proof.get("ticked"))}


def _line(segment: Segment) -> Json:
    return {
        **_plain(segment, "id", "start_us", "end_us", "speaker", "confidence_pm", "flags"),
        "machine": segment.text,
        "raw": segment.raw,
        "corrected": segment.corrected,
        "corrected_by": segment.corrected_by,
    }


def _shown(text: ScreenText) -> Json:
    """A text of the picture; the sender of a viewer's line is masked, whichever colon the reading has."""
    words = _masked_line(text.text, "：:") if text.kind == "chat" else text.text
    return {**_plain(text, "start_us", "end_us", "kind", "confidence_pm"), "text": words, "box": list(text.box)}


def _newest(case: Case, kind: type[Any], part: type[Record], column: str, recording_id: str, **more: Any) -> Any:
    """The newest reading of a recording that holds anything: what was shown to the person who made the finding."""
    found = case.find(kind, order="rowid DESC", recording_id=recording_id, **more)
    return next((one for one in found if case.count(part, **{column: one.id})), None)


def _overlapping(case: Case, kind: type[Any], column: str, owner: Any, span: Interval) -> list[Any]:
    return case.find(kind, order="start_us, end_us", within=span, **{column: owner.id}) if owner else []


def masked(user: str) -> str:
    """A viewer's name as a dossier shows it: first character, then asterisks (个人信息保护法 6: no more than the purpose needs)."""
    return f"{user[:1]}***" if user else ""
