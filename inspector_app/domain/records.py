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
    """录制件 on its own clock. `zero_us` is the recording's zero on the container's clock."""

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
    """语句: `raw` as the machine wrote it, `text` in simplified characters, `corrected` what a person made of it (None: nothing)."""

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
class ChatMessage(Record):
    """互动信息: one message on the recording's clock, sender as given."""

    table: ClassVar[str] = "chat_messages"
    recording_id: str
    original_id: str
    at_us: int
    user: str
    text: str


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


@dataclass(frozen=True)
class Finding(Record):
    """认定: a claim under one or more articles. `elements` maps an element's id to the exhibits that prove it."""

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


@dataclass(frozen=True)
class Exhibit(Record):
    """证据 of a finding: still, quote, screen_text or chat. A still has a file, its digest, and the frame's PTS and time base."""

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


@dataclass(frozen=True)
class Dossier(Record):
    """A dossier that left the case: where, its digest, and the journal head printed in it."""

    table: ClassVar[str] = "dossiers"
    path: str
    sha256: str
    bytes: int
    pages: int
    exhibits: int
    journal_head: str
    created_at: str
    by: str


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
    Derivative,
    Transcript,
    Chunk,
    Segment,
    ScreenRun,
    ScreenBlock,
    ScreenText,
    ChatMessage,
    Lead,
    Finding,
    Exhibit,
    Dossier,
    Job,
)
