"""What must be mended or justified before a form is sealed, and what the whole case still lacks. Names places; changes nothing.

An objective record (现场笔录, 提取笔录, 提取单) holds what was seen and done, and no judgement: 违法, 擅自, 涉嫌, 非法 in it are named, unless
they stand in quotation marks, as somebody's words. Rules: 市场监督管理行政处罚程序规定 22, 25, 26, 28, 43.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from inspector_app.casefile.case import Case
from inspector_app.domain.errors import BadInput
from inspector_app.domain.records import Exhibit, Finding, Form, Recording, Segment, Transcript
from inspector_app.domain.timebase import Interval, beijing, utc_now
from inspector_app.dossier.custody import WITHDRAWN
from inspector_app.statutes.catalogue import Catalogue

from .template import Field, Template, parsed

Json = dict[str, Any]
JUDGING = re.compile("违法|擅自|涉嫌|非法")
#: what stands in quotation marks is quoted, not said by the record
_QUOTED = re.compile("“[^”]*”|「[^」]*」|《[^》]*》")
_DIGEST = re.compile("[0-9a-fA-F]{64}")
DISCARDED = "discarded"


@dataclass(frozen=True)
class Slip:
    """One thing amiss: its code, the place it is justified under, the field and its line (from 1; 0: the whole), what was found there."""

    code: str
    place: str
    field: str = ""
    line: int = 0
    what: str = ""

    def to_json(self) -> Json:
        return {"code": self.code, "place": self.place, "field": self.field, "line": self.line, "what": self.what}


# -- one form -----------------------------------------------------------------------------------------------------------------------


def check(template: Template, form: Form, facts: Json, others: Sequence[tuple[Template, Form]] = ()) -> list[Slip]:
    """Everything amiss in a form; `others` are the case's other forms, whose times must not overlap for the same officers."""
    values = form.fields
    found = [slip for field in template.fields for slip in _field(template, field, values, facts)]
    if template.objective:
        found += _judging_body(template)
    found += _officers(template, values)
    found += _overlaps(template, form, others)
    return [Slip(one.code, f"{form.id}:{one.place}", one.field, one.line, one.what) for one in found]


def _field(template: Template, field: Field, values: Json, facts: Json) -> list[Slip]:
    value = values.get(field.name)
    if _blank(value):
        if not field.required:
            return []
        kind = "form.no_maker" if field.duty else "form.blank"
        return [Slip(kind, field.name, field.name, 0, field.zh)]
    found = _shape(field, value)
    if field.type in ("moment", "day") and not found:
        found += _times(template, field, str(value), values, facts)
    if template.objective and field.objective:
        found += _judging(field, value)
    return found


def _blank(value: Any) -> bool:
    if isinstance(value, list):
        return not any((isinstance(one, str) and one.strip()) or (isinstance(one, dict) and any(one.values())) for one in value)
    return not str(value or "").strip()


def _shape(field: Field, value: Any) -> list[Slip]:
    """A value that does not fit its type; rows without a digest where there must be one."""
    if field.type in ("moment", "day") and parsed(field.type, str(value)) is None:
        return [Slip("form.bad_time", field.name, field.name, 0, str(value)[:40])]
    if field.type == "choice" and value not in field.options:
        return [Slip("form.not_an_option", field.name, field.name, 0, str(value)[:40])]
    if field.type == "choices" and not set(value if isinstance(value, list) else [value]) <= set(field.options):
        return [Slip("form.not_an_option", field.name, field.name, 0, "、".join(map(str, value))[:40])]
    if field.type == "table":
        return [
            Slip("form.no_digest", f"{field.name}.{row}", field.name, row, str(one.get(column.name, ""))[:16])
            for row, one in enumerate(value, 1)
            for column in field.columns
            if column.digest and not _DIGEST.fullmatch(str(one.get(column.name, "")).replace(" ", ""))
        ]
    return []


def _times(template: Template, field: Field, value: str, values: Json, facts: Json) -> list[Slip]:
    at = parsed(field.type, value)
    assert at is not None  # _shape() has seen to it
    found = []
    if at > beijing(utc_now()).replace(tzinfo=None):
        found.append(Slip("form.in_future", field.name, field.name, 0, value))
    before = template.field(field.after)
    start = parsed(before.type, str(values.get(before.name) or "")) if before is not None else None
    if start is not None and at < start:
        found.append(Slip("form.ends_before_start", field.name, field.name, 0, value))
    earliest = parsed("moment", str(facts.get(field.not_before, "")))
    if earliest is not None and at < (earliest if field.type == "moment" else earliest.replace(hour=0, minute=0)):
        found.append(Slip("form.before_capture", field.name, field.name, 0, f"{value} < {facts[field.not_before]}"))
    return found


def _judging(field: Field, value: Any) -> list[Slip]:
    texts = (
        [str(value)]
        if not isinstance(value, list)
        else [" ".join(map(str, row.values())) if isinstance(row, dict) else str(row) for row in value]
    )
    lines = texts[0].split("\n") if len(texts) == 1 else texts
    return [Slip("form.judging", f"{field.name}.{line}.{word}", field.name, line, word) for line, word in _judgements(lines)]


def _judging_body(template: Template) -> list[Slip]:
    lines = ["" if "{" in line else line for line in template.body.split("\n")]
    first = template.body_line - 1
    return [Slip("form.judging", f"body.{line + first}.{word}", "", line + first, word) for line, word in _judgements(lines)]


def _judgements(lines: Iterable[str]) -> list[tuple[int, str]]:
    return [(place, match[0]) for place, line in enumerate(lines, 1) for match in JUDGING.finditer(_QUOTED.sub("", line))]


def _officers(template: Template, values: Json) -> list[Slip]:
    """Two officers, and not one of them twice (程序规定 22)."""
    if template.field("officer2") is None:
        return []
    one, two = (tuple(str(values.get(f"{name}{place}") or "").strip() for name in ("officer", "certificate")) for place in (1, 2))
    if not two[0] or not one[0]:
        return [Slip("form.second_officer", "officer2", "officer2")]
    if (one[0] == two[0] and one[1] == two[1]) or (one[1] and one[1] == two[1]):
        return [Slip("form.same_officer", "officer2", "officer2", 0, two[0])]
    return []


def _overlaps(template: Template, form: Form, others: Sequence[tuple[Template, Form]]) -> list[Slip]:
    """Other forms whose time overlaps and that name one of the same officers: nobody is in two places."""
    span, people = _period(template, form), _people(form)
    if span is None:
        return []
    found = []
    for other_template, other in others:
        other_span = _period(other_template, other)
        if other.id == form.id or other.state == DISCARDED or other_span is None:
            continue
        if span[0] < other_span[1] and other_span[0] < span[1] and people & _people(other):
            found.append(Slip("form.overlap", f"{template.period[0]}.{other.id}", template.period[0], 0, other.title))
    return found


def _period(template: Template, form: Form) -> tuple[datetime, datetime] | None:
    if len(template.period) != 2:
        return None
    start, end = (parsed("moment", str(form.fields.get(name) or "")) for name in template.period)
    return (start, end) if start is not None and end is not None and start < end else None


def _people(form: Form) -> set[str]:
    return {str(form.fields.get(f"officer{place}") or "").strip() for place in (1, 2)} - {""}


# -- the whole case -----------------------------------------------------------------------------------------------------------------


def check_case(case: Case, catalogue: Catalogue) -> list[Slip]:
    """What the case still lacks: a second officer, exhibits, ticked elements, reviewed words, the text of its sound."""
    found = []
    officers = case.officers()
    if len({officer.certificate for officer in officers}) < 2:
        found.append(Slip("case.second_officer", "case"))
    exhibits = [one for one in case.find(Exhibit) if one.state != WITHDRAWN]
    for finding in case.find(Finding, order="number"):
        if finding.state != WITHDRAWN:
            found += _finding(case, catalogue, finding, [one for one in exhibits if one.finding_id == finding.id])
    for recording in case.find(Recording):
        if recording.has_audio and not any(
            case.count(Segment, transcript_id=one.id) for one in case.find(Transcript, recording_id=recording.id)
        ):
            found.append(Slip("case.sound_without_text", recording.id, "", 0, recording.name))
    return found


def _finding(case: Case, catalogue: Catalogue, finding: Finding, exhibits: list[Exhibit]) -> list[Slip]:
    found = []
    number = str(finding.number)
    if not exhibits:
        found.append(Slip("case.no_exhibit", finding.id, "", 0, number))
    there = {one.id for one in exhibits}
    for key, proof in finding.elements.items():
        if not proof.get("ticked") or not there & set(proof.get("exhibits", ())):
            found.append(Slip("case.open_element", f"{finding.id}:{key}", "", 0, f"{number} · {_statement(catalogue, finding, key)}"))
    span = Interval(finding.start_us, finding.end_us)
    transcripts = case.find(Transcript, recording_id=finding.recording_id, order="rowid DESC")
    said = case.find(Segment, "start_us", span, transcript_id=transcripts[0].id) if transcripts else []
    found += [
        Slip("case.doubtful_quote", f"{finding.id}:{one.id}", "", 0, f"{number} · {one.words[:30]}")
        for one in said
        if one.flags and one.corrected is None and not one.confirmed_by
    ]
    return found


def _statement(catalogue: Catalogue, finding: Finding, key: str) -> str:
    for code in finding.articles:
        try:
            statements = {element.key: element.statement.zh for element in catalogue.article(code).elements}
        except BadInput:  # of an edition that is not in the catalogue
            continue
        if key in statements:
            return statements[key]
    return key
