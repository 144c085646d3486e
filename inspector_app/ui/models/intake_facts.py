"""What the details of one piece of material say: its facts, its warnings and gaps in words with what can be done, and who handled it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from inspector_app.casefile import journal
from inspector_app.casefile.case import Case
from inspector_app.domain.broadcast import broadcast_time
from inspector_app.domain.records import Original
from inspector_app.domain.timebase import SECOND, beijing, format_clock
from inspector_app.i18n import has, tr

from .recordings import Line, Other, Row, next_step, refusal, warning
from .words import file_size, span_clock

#: acts of the journal that tell where material came from and who handled it
_CUSTODY: Final = ("import", "capture", "derivative", "chat.align")
#: the pieces of a long capture are not told one by one
_TOO_FINE: Final = ("capture.segment", "chat.rows")
_MOST: Final = 60

Fact = tuple[str, str]


@dataclass(frozen=True)
class Custody:
    """One act on the material: when (Beijing), what, who, and what it says of itself."""

    at: str
    act: str
    by: str
    note: str


@dataclass(frozen=True)
class Details:
    """`facts` are word keys with texts, `digests` those worth copying, `notes` a sentence with what can be done about it."""

    row: Row
    facts: list[Fact] = field(default_factory=list)
    digests: list[Fact] = field(default_factory=list)
    clocks: list[Fact] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)


def read_details(case: Case, row: Row) -> Details:
    """Everything but the custody of one row; any thread."""
    return _of_recording(case, row) if isinstance(row, Line) else _of_other(row)


def _of_recording(case: Case, line: Line) -> Details:
    row, session = line.recording, line.session
    original = next(iter(case.find(Original, id=row.original_id)), None)
    named = (session.platform, session.room, session.account, session.host) if session else ()
    facts = [("session", " · ".join(part for part in named if part) or tr("ui.details.session_unknown")), *_media(line)]
    if line.parts > 1:
        facts.append(("parts", tr("ui.material.parts", count=line.parts, gaps=len(line.gaps))))
    if original is not None:
        facts += _origin(original)
    digests = [("sha256", row.original_id), *([("sm3", original.sm3)] if original is not None else [])]
    notes = [(warning(str(one.get("code")), one.get("facts")), advice(str(one.get("code")))) for one in row.warnings]
    notes += [(gap_words(gap), tr("ui.gap.next")) for gap in line.gaps[:_MOST]]
    if len(line.gaps) > _MOST:
        notes.append((tr("ui.gap.more", count=len(line.gaps) - _MOST), ""))
    return Details(line, facts, digests, _clocks(line), notes)


def _media(line: Line) -> list[Fact]:
    row = line.recording
    streams: list[dict[str, Any]] = row.probe.get("streams", [])
    video = next((one for one in streams if one.get("index") == row.probe.get("video_index")), None)
    audio = next((one for one in streams if one.get("index") == row.probe.get("audio_index")), None)
    found = [("length", f"{format_clock(row.duration_us)} · {file_size(line.bytes)} · {row.probe.get('type') or '—'}")]
    if video is not None:
        rate = f" · {_rate(str(video.get('average_rate') or ''))}" if video.get("average_rate") else ""
        found.append(("picture", f"{row.width}×{row.height} · {video.get('codec')}{rate}"))
    if audio is not None:
        found.append(("sound", f"{audio.get('codec')} · {audio.get('sample_rate') or '—'} Hz · {audio.get('channels') or '—'} ch"))
    return found


def _rate(text: str) -> str:
    """`25/1` as `25 fps`, cut to two decimals."""
    top, _, bottom = text.partition("/")
    if not top.isdigit() or not bottom.isdigit() or not int(bottom):
        return text
    hundredths = int(top) * 100 // int(bottom)
    whole, rest = divmod(hundredths, 100)
    return f"{whole}.{rest:02d} fps" if rest else f"{whole} fps"


def _origin(original: Original) -> list[Fact]:
    return [
        ("source", original.source_path or original.source_name),
        ("modified", moment(original.source_modified_at)),
        ("imported", moment(original.imported_at)),
    ]


def _clocks(line: Line) -> list[Fact]:
    clock, session = line.recording.clock, line.session
    found: list[Fact] = []
    if session is not None and session.started_at:
        found.append(("started", moment(session.started_at)))
    received = broadcast_time(clock, 0)
    if received is not None:
        text = f"{beijing(received.utc):%Y-%m-%d %H:%M:%S}"
        found.append(("received", f"{text} ± {received.error_us / SECOND:.3f} s" if received.error_us is not None else text))
        found.append(("compared", tr(f"ui.clock.{received.compared}")))
    found += [(name, moment(str(clock[name]))) for name in ("name_time", "container_time") if clock.get(name)]
    if "manual" in clock:
        manual = clock["manual"]
        found.append(("manual", f"{int(manual['offset_us']) / SECOND:+.3f} s ± {int(manual['error_us']) / SECOND:.3f} s · {manual['how']}"))
    return found or [("compared", tr("ui.clock.none"))]


def _of_other(row: Other) -> Details:
    original, log = row.original, row.log
    facts: list[Fact] = [("size", file_size(original.bytes)), *_origin(original)]
    clocks: list[Fact] = []
    notes: list[tuple[str, str]] = []
    if log is not None:
        counts = log.facts
        facts.insert(0, ("format", f"{log.format} · {tr('ui.material.messages', count=counts.get('laid', 0))}"))
        clocks.append(("zone", log.zone or tr("ui.details.zone_assumed" if counts.get("zone_assumed") else "ui.details.zone_own")))
        clocks.append(("offset", f"{log.offset_us / SECOND:+.3f} s"))
        clocks.append(("drift", f"{log.rate_ppm:+d} ppm"))
        told = {"import.chat_lines_skipped": "unread", "import.chat_unplaced": "unplaced"}
        notes += [(warning(code, {"count": counts[name]}), advice(code)) for code, name in told.items() if counts.get(name)]
        if counts.get("zone_assumed"):
            notes.append((warning("import.chat_zone_assumed"), advice("import.chat_zone_assumed")))
    if row.problem is not None:
        notes.append((refusal(row.problem), next_step(row.problem)))
    elif row.kind in ("unreadable", "loose"):
        notes.append((tr(f"ui.details.{row.kind}"), tr(f"ui.details.{row.kind}_next")))
    return Details(row, facts, [("sha256", original.id), ("sm3", original.sm3)], clocks, notes)


def advice(code: str) -> str:
    """What can be done about a warning."""
    key = f"ui.advice.{code}"
    return tr(key) if has(key) else tr("ui.advice")


def gap_words(gap: dict[str, Any]) -> str:
    """`00:12:03 – 00:12:20 缺 17 秒（连接中断，网络）`."""
    start, end = int(gap["start_us"]), int(gap["end_us"])
    kind, whose = str(gap.get("kind") or "unknown"), str(gap.get("class") or "")
    cause = tr(f"ui.gap.kind.{kind}") if has(f"ui.gap.kind.{kind}") else kind
    owner = tr(f"ui.gap.class.{whose}") if has(f"ui.gap.class.{whose}") else ""
    seconds = f"{(end - start) / SECOND:.1f}"
    words = tr("ui.gap.words", start=span_clock(start), end=span_clock(end), seconds=seconds, cause=cause)
    return f"{words} · {owner}" if owner else words


def moment(text: str) -> str:
    """A recorded moment on the Beijing clock; one without a zone as it is, and said so; "—" where there is none."""
    if not text:
        return "—"
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return text
    return f"{beijing(found):%Y-%m-%d %H:%M:%S} UTC+8" if found.tzinfo else tr("ui.details.no_zone", moment=text.replace("T", " "))


def read_custody(case: Case, row: Row) -> list[Custody]:
    """Acts of the journal on the row's originals and recording, oldest first; any thread. Reads the whole journal: only when asked for."""
    ours = {row.recording.id, *row.originals, row.recording.original_id} if isinstance(row, Line) else {row.original.id}
    if isinstance(row, Other) and row.log is not None:
        ours.add(row.log.id)
    found = []
    for entry in case.read(journal.read_all):
        body = entry.body
        if not entry.act.startswith(_CUSTODY) or entry.act in _TOO_FINE:
            continue
        if body["object"] in ours or body["facts"].get("sha256") in ours:
            facts = body["facts"]
            by = str(facts.get("asked_by") or body["actor"]["name"])
            title = tr(f"act.{entry.act}") if has(f"act.{entry.act}") else entry.act
            note = " · ".join(str(facts[name]) for name in ("name", "path", "kind") if facts.get(name))
            found.append(Custody(moment(body["utc"]), title, by, f"#{body['seq']} {note}".strip()))
    return found
