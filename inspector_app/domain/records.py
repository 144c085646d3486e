"""The rows of a case, one frozen dataclass per table. A field that is a tuple or a dict is kept as canonical JSON text.

Nothing here holds a float: a digest over a float depends on who printed it. Shares are integers per mille (`_pm`), times integer
microseconds from the recording's zero (`_us`), moments ISO 8601 with offset (`_at`).
"""

from dataclasses import dataclass, field
from typing import Any, ClassVar

Json = dict[str, Any]


@dataclass(frozen=True)
class Record:
    """One row of the case. `table` is where it lives; `id` never changes."""

    table: ClassVar[str]
    id: str


@dataclass(frozen=True)
class CaseInfo(Record):
    """案件: one row, id `case`. `case_id` is random and names the case in every journal row."""

    table: ClassVar[str] = "case_info"
    case_id: str
    number: str
    cause: str
    party: str
    legal_basis: str
    created_at: str
    app_version: str


@dataclass(frozen=True)
class OfficerRow(Record):
    """执法人员 named in the case; at least two (程序规定 22)."""

    table: ClassVar[str] = "officers"
    name: str
    certificate: str
    position: int


@dataclass(frozen=True)
class Session(Record):
    """直播场次. `started_at` is "" when nobody knows the broadcast clock."""

    table: ClassVar[str] = "sessions"
    platform: str = ""
    room: str = ""
    account: str = ""
    host: str = ""
    started_at: str = ""


@dataclass(frozen=True)
class Original(Record):
    """Bytes as received; `id` is their SHA-256. `path` is relative to the case folder."""

    table: ClassVar[str] = "originals"
    sm3: str
    bytes: int
    path: str
    kind: str
    source_name: str
    source_path: str
    source_modified_at: str
    imported_at: str


@dataclass(frozen=True)
class Recording(Record):
    """录制件 on its own clock. `zero_us` is the recording's zero on the container's clock.

    A recording of one file has that file as its only part. One made of several (a live capture, the pieces of one broadcast) has rows in
    `parts`, and `original_id` is the digest of what binds them: the capture's journal once it is closed, else the first part's file.
    `state` is "" or "growing" (a capture that still runs). `clock` holds the facts that tie it to the broadcast's time.
    """

    table: ClassVar[str] = "recordings"
    session_id: str
    original_id: str
    name: str
    method: str
    duration_us: int
    zero_us: int
    width: int
    height: int
    rotation: int
    has_video: int
    has_audio: int
    index_path: str
    index_sha256: str
    probe: Json = field(default_factory=dict)
    gaps: tuple[Json, ...] = ()
    warnings: tuple[Json, ...] = ()
    state: str = ""
    clock: Json = field(default_factory=dict)


@dataclass(frozen=True)
class Part(Record):
    """One original's place on the timeline of a recording made of several, or one timestamp epoch of an original.

    It shows from `start_us` to `end_us` of the recording; its container time at `start_us` is `zero_us`. `facts` say how it was cut (why,
    received bytes, preamble, link in the capture's chain).
    """

    table: ClassVar[str] = "parts"
    recording_id: str
    original_id: str
    ord: int
    start_us: int
    end_us: int
    zero_us: int
    index_path: str = ""
    index_sha256: str = ""
    facts: Json = field(default_factory=dict)


@dataclass(frozen=True)
class Capture(Record):
    """One run of the recorder for one recording: where from, which way, its folder in the case, and how it stands.

    `source` never holds a password or a query string. `state`: planned, recording, stopped, lost (ended without a clean stop, recovered).
    """

    table: ClassVar[str] = "captures"
    recording_id: str
    source: str
    lane: str
    folder: str
    state: str
    started_at: str
    ended_at: str = ""
    chain_head: str = ""
    facts: Json = field(default_factory=dict)


@dataclass(frozen=True)
class Watched(Record):
    """What a person has watched of a recording: merged spans `[start_us, end_us]`, one row per person and recording."""

    table: ClassVar[str] = "watched"
    recording_id: str
    by: str
    updated_at: str
    spans: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Mark(Record):
    """A place marked for later."""

    table: ClassVar[str] = "marks"
    recording_id: str
    at_us: int
    by: str
    created_at: str
    text: str = ""


@dataclass(frozen=True)
class Derivative(Record):
    """A thing made from an original: with its parent's digest, the tool, its version and settings. Can be made again."""

    table: ClassVar[str] = "derivatives"
    parent_sha256: str
    kind: str
    path: str
    sha256: str
    bytes: int
    offset_us: int
    tool: str
    version: str
    settings: Json = field(default_factory=dict)


@dataclass(frozen=True)
class Transcript(Record):
    """One machine transcription of one recording by one model with one set of options."""

    table: ClassVar[str] = "transcripts"
    recording_id: str
    engine: str
    model_name: str
    model_sha256: str
    options_sha256: str
    wav_sha256: str
    speech_us: int
    state: str
    created_at: str
    options: Json = field(default_factory=dict)


@dataclass(frozen=True)
class Chunk(Record):
    """A span handed to the recogniser in one piece: pending, done or failed."""

    table: ClassVar[str] = "chunks"
    transcript_id: str
    ord: int
    start_us: int
    end_us: int
    state: str
    covered_us: int = 0
    speech: tuple[Any, ...] = ()
    metrics: Json = field(default_factory=dict)


@dataclass(frozen=True)
class Segment(Record):
    """语句: `raw` as the machine wrote it, `text` in simplified characters, `corrected` what a person made of it (None: nothing).

    `speaker` is "", host, assistant, guest or unknown. `retimed` is 1 where a person moved its ends; `made_from` names the segments that a
    split or a merge came from (those stay, `state` "replaced"). `word_times` are `[start_us, end_us, word, probability_pm]`, made on demand.
    """

    table: ClassVar[str] = "segments"
    recording_id: str
    transcript_id: str
    chunk_id: str
    start_us: int
    end_us: int
    raw: str
    text: str
    confidence_pm: int
    speaker: str = ""
    corrected: str | None = None
    corrected_by: str | None = None
    flags: tuple[str, ...] = ()
    confirmed_by: str = ""
    confirmed_at: str = ""
    state: str = ""
    retimed: int = 0
    made_from: tuple[str, ...] = ()
    word_times: tuple[Any, ...] = ()

    @property
    def words(self) -> str:
        """What is read and quoted: the corrected text where a person made one, else the machine's."""
        return self.text if self.corrected is None else self.corrected


@dataclass(frozen=True)
class ScreenRun(Record):
    """One reading of a recording's picture by one engine with one set of options."""

    table: ClassVar[str] = "screen_runs"
    recording_id: str
    engine: str
    options_sha256: str
    state: str
    created_at: str
    models: Json = field(default_factory=dict)
    options: Json = field(default_factory=dict)


@dataclass(frozen=True)
class ScreenBlock(Record):
    """What was read in one stretch of the recording, frame by frame; the unit of resume."""

    table: ClassVar[str] = "screen_blocks"
    run_id: str
    ord: int
    start_us: int
    end_us: int
    frames: tuple[Json, ...] = ()


@dataclass(frozen=True)
class ScreenText(Record):
    """画面文字: a text and the time it was shown. `box` is x0, y0, x1, y1 in pixels of the picture as shown."""

    table: ClassVar[str] = "screen_texts"
    recording_id: str
    run_id: str
    start_us: int
    end_us: int
    text: str
    confidence_pm: int
    kind: str
    box: tuple[int, ...] = ()
    series: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Track(Record):
    """One thing the screen shows over time, read out of the screen texts of a run.

    `kind`: price, countdown, stock, viewers, seller_info, licence, ai_label. `spans` are where it was shown, `series` its readings
    `[at_us, value]`; `facts` hold the share of airtime (`_pm`), the longest absence, box, unit and the moments of the proof frames.
    """

    table: ClassVar[str] = "tracks"
    recording_id: str
    run_id: str
    kind: str
    name: str
    start_us: int
    end_us: int
    spans: tuple[Any, ...] = ()
    series: tuple[Any, ...] = ()
    facts: Json = field(default_factory=dict)


@dataclass(frozen=True)
class ChatMessage(Record):
    """互动信息: one message on the recording's clock, sender as given.

    `kind`: "" or chat, gift, like, enter, follow, notice, product, superchat. `wall_at` is the platform's own time where it gave one;
    messages of one combo share `group_key` and are folded only in the view.
    """

    table: ClassVar[str] = "chat_messages"
    recording_id: str
    original_id: str
    at_us: int
    user: str
    text: str
    kind: str = ""
    message_id: str = ""
    group_key: str = ""
    count: int = 0
    wall_at: str = ""
    facts: Json = field(default_factory=dict)


@dataclass(frozen=True)
class ChatLog(Record):
    """How a chat log was laid on a recording: the format read, the zone a person named, and up to two points that tie the clocks.

    `anchors` are `[log_us, recording_us]`; `offset_us` and `rate_ppm` follow from them.
    """

    table: ClassVar[str] = "chat_logs"
    recording_id: str
    original_id: str
    format: str
    zone: str = ""
    offset_us: int = 0
    rate_ppm: int = 0
    anchors: tuple[Any, ...] = ()
    facts: Json = field(default_factory=dict)


@dataclass(frozen=True)
class Lead(Record):
    """线索: a hint of a rule, never a finding. open, accepted, rejected, or stale (an older run of the rules)."""

    table: ClassVar[str] = "leads"
    recording_id: str
    rule: str
    category: str
    witness: str
    start_us: int
    end_us: int
    quote: str
    matched: str
    reason_zh: str
    reason_en: str
    severity: int
    rules_sha256: str
    state: str
    heard_as: str = ""
    possible_exemption: str = ""
    ruled_by: str = ""
    ruled_at: str = ""
    ruling_reason: str = ""
    finding_id: str = ""
    articles: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    #: the product named when it was said, the key that repeats of one claim share, and the element it would support
    product: str = ""
    group_key: str = ""
    element: str = ""
    facts: Json = field(default_factory=dict)


@dataclass(frozen=True)
class Finding(Record):
    """认定: a claim under one or more articles. `elements` maps an element's id to the exhibits that prove it.

    `parties` are who is meant (operator, host, agency, platform, merchant); `exemptions` maps an exemption's id to why it does not (or does)
    apply; `correction` is what was put right on the spot and when; `viewers` the number watching then (0 unknown); `contrary` what speaks
    against the claim.
    """

    table: ClassVar[str] = "findings"
    number: int
    recording_id: str
    start_us: int
    end_us: int
    quote: str
    proves: str
    note: str
    severity: int
    state: str
    by: str
    created_at: str
    lead_id: str = ""
    law_sha256: str = ""
    articles: tuple[str, ...] = ()
    elements: Json = field(default_factory=dict)
    contrary: str = ""
    correction: str = ""
    viewers: int = 0
    parties: tuple[str, ...] = ()
    exemptions: Json = field(default_factory=dict)


@dataclass(frozen=True)
class Exhibit(Record):
    """证据 of a finding: still, quote, screen_text or chat. A still has a file, its digest, and the frame's PTS and time base.

    `state` is "" or "withdrawn" (with `reason`; the number is never given again). `place` orders stills within a finding (0: as made). `box` is
    the part of the picture meant: x0, y0, x1, y1 in pixels.
    """

    table: ClassVar[str] = "exhibits"
    number: int
    finding_id: str
    recording_id: str
    kind: str
    start_us: int
    end_us: int
    text: str = ""
    path: str = ""
    sha256: str = ""
    bytes: int = 0
    pts: int = 0
    time_base: str = ""
    recipe: Json = field(default_factory=dict)
    state: str = ""
    reason: str = ""
    place: int = 0
    box: tuple[int, ...] = ()


@dataclass(frozen=True)
class Review(Record):
    """One word of the reviewer on a finding: a remark, or accepted, returned, rejected with the reason. Nothing of it alters the evidence."""

    table: ClassVar[str] = "reviews"
    finding_id: str
    verdict: str
    text: str
    by: str
    created_at: str


@dataclass(frozen=True)
class Form(Record):
    """文书: one form of the bureau, filled in. `template` and its digest say which; `fields` what a person put; sealed forms stay as they are.

    `state`: draft, sealed (then the PDF has a place in the case, its digest and size), discarded.
    """

    table: ClassVar[str] = "forms"
    template: str
    template_sha256: str
    title: str
    state: str
    by: str
    created_at: str
    updated_at: str
    fields: Json = field(default_factory=dict)
    path: str = ""
    sha256: str = ""
    bytes: int = 0


@dataclass(frozen=True)
class Justification(Record):
    """Why a thing that the lint names may stand: which check, where, in whose words."""

    table: ClassVar[str] = "justifications"
    code: str
    place: str
    text: str
    by: str
    created_at: str


@dataclass(frozen=True)
class Dossier(Record):
    """A dossier that left the case: where, its digest, and the journal head printed in it.

    `edition` is full, disclosure, summary or extract; `version` counts per edition from 1; `signers` lists who signed it and how.
    """

    table: ClassVar[str] = "dossiers"
    path: str
    sha256: str
    bytes: int
    pages: int
    exhibits: int
    journal_head: str
    created_at: str
    by: str
    edition: str = ""
    version: int = 0
    signers: tuple[Json, ...] = ()
    facts: Json = field(default_factory=dict)


@dataclass(frozen=True)
class Job(Record):
    """Long work on this case: waiting, running, done, failed, stopped, or interrupted (the program ended under it)."""

    table: ClassVar[str] = "jobs"
    kind: str
    state: str
    created_at: str
    updated_at: str
    error: str = ""
    params: Json = field(default_factory=dict)
    facts: Json = field(default_factory=dict)


#: Every journaled table of a case, in the order in which they are made.
RECORDS: tuple[type[Record], ...] = (
    CaseInfo,
    OfficerRow,
    Session,
    Original,
    Recording,
    Part,
    Capture,
    Watched,
    Mark,
    Derivative,
    Transcript,
    Chunk,
    Segment,
    ScreenRun,
    ScreenBlock,
    ScreenText,
    Track,
    ChatMessage,
    ChatLog,
    Lead,
    Finding,
    Exhibit,
    Review,
    Form,
    Justification,
    Dossier,
    Job,
)
