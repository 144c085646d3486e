"""What a case knows for its forms, by names that templates ask for (`from: case.number`). Nothing is guessed: what is unknown is absent.

Reads the case's database only. Objective forms are filled with what was recorded and measured; what it means under the law is given to
the investigation report alone.
"""

from datetime import datetime
from typing import Any

from inspector_app import __version__
from inspector_app.casefile.case import Case
from inspector_app.domain.codes import ArticleCode
from inspector_app.domain.errors import BadInput
from inspector_app.domain.records import Capture, Exhibit, Finding, Form, Original, Recording, Session
from inspector_app.domain.timebase import beijing, format_clock
from inspector_app.dossier.custody import WITHDRAWN
from inspector_app.statutes import bureau
from inspector_app.statutes.catalogue import Catalogue

from .template import MOMENT

Json = dict[str, Any]
KINDS = {
    "recording": "视听资料",
    "subtitle": "字幕文件",
    "chat": "互动信息记录",
}
EXHIBITS = {"still": "画面截图", "quote": "口播文字记录", "screen_text": "画面文字记录", "chat": "互动信息记录", "clip": "视频片段"}


def gather(case: Case, catalogue: Catalogue, *, exhibit: int | None = None) -> Json:
    """Names to texts or rows of texts; `exhibit` is the number of the one a sheet is about. BadInput `form.no_exhibit`."""
    found: Json = {
        "case.number": case.info.number,
        "case.cause": case.info.cause,
        "case.party": case.info.party,
        "case.basis": case.info.legal_basis,
        "office": bureau.dossier_words(bureau.folder()).get("office", ""),
        "app": f"直鉴 {__version__}",
    }
    for place, officer in enumerate(case.officers()[:2], 1):
        found |= {f"officer{place}": officer.name, f"certificate{place}": officer.certificate}
    recordings = case.find(Recording)
    found |= _session(case, recordings)
    originals = {original.id: original for original in case.find(Original, order="imported_at, id")}
    names = {recording.original_id: recording for recording in recordings}
    found["originals"] = [_original(original, names.get(original.id)) for original in originals.values()]
    found["process"] = "\n".join(_steps(list(originals.values())))
    found |= _captures(case)
    findings = [one for one in case.find(Finding, order="number") if one.state != WITHDRAWN]
    exhibits = [one for one in case.find(Exhibit, order="number") if one.state != WITHDRAWN]
    shown = {one.id for one in findings}
    exhibits = [one for one in exhibits if one.finding_id in shown]
    recorded = {recording.id: recording for recording in recordings}
    found["exhibits"] = [_exhibit(one, findings, recorded) for one in exhibits]
    found["findings"] = "\n".join(_finding(one, exhibits, recorded) for one in findings)
    found["nature"] = _nature(catalogue, findings)
    found["files"] = _files(case)
    if exhibit is not None:
        found |= _sheet(exhibits, recorded, originals, exhibit)
    return {name: value for name, value in found.items() if value}


def _session(case: Case, recordings: list[Recording]) -> Json:
    """The broadcast of the recordings, where they all are of one."""
    ids = {recording.session_id for recording in recordings}
    if len(ids) != 1:
        return {}
    session = case.get(Session, ids.pop())
    return {
        "session.platform": session.platform,
        "session.room": session.room,
        "session.account": session.account,
        "session.host": session.host,
        "session.started_at": moment(session.started_at),
        "session.object": "；".join(
            f"{name}：{value}"
            for name, value in (("平台", session.platform), ("直播间", session.room), ("账号", session.account), ("主播", session.host))
            if value
        ),
    }


def moment(at: str) -> str:
    """A stored moment on the Beijing clock as forms hold it; empty where there is none."""
    try:
        return beijing(datetime.fromisoformat(at)).strftime(MOMENT) if at else ""
    except ValueError:
        return ""


def _captures(case: Case) -> Json:
    """When this program's own recorder ran, from the first start to the last end, and where it recorded from."""
    runs = case.find(Capture, order="started_at")
    starts = [run.started_at for run in runs if run.started_at]
    ends = [run.ended_at for run in runs if run.ended_at]
    return {
        "capture.start": moment(min(starts)) if starts else "",
        "capture.end": moment(max(ends)) if ends and len(ends) == len(runs) else "",
        "capture.source": "；".join(dict.fromkeys(run.source for run in runs)),
    }


def _original(original: Original, recording: Recording | None) -> Json:
    return {
        "name": original.source_name,
        "kind": KINDS.get(original.kind, "电子数据"),
        "size": f"{original.bytes} 字节",
        "length": format_clock(recording.duration_us)[:-4] if recording else "",
        "sha256": original.id,
        "sm3": original.sm3,
        "place": "案件文件夹 originals（以校验值命名）",
    }


def _steps(originals: list[Original]) -> list[str]:
    """What this program did with the files, with its clock times."""
    return [
        f"{place}．{moment(one.imported_at)}，将文件“{one.source_name}”（{one.bytes} 字节）逐字节复制到案件介质，"
        f"复制后重新读取并核对，SHA-256 校验值为 {one.id}。"
        for place, one in enumerate(originals, 1)
    ]


def _exhibit(one: Exhibit, findings: list[Finding], recorded: dict[str, Recording]) -> Json:
    finding = next(finding for finding in findings if finding.id == one.finding_id)
    recording = recorded[one.recording_id]
    span = format_clock(one.start_us) if one.end_us <= one.start_us else f"{format_clock(one.start_us)}—{format_clock(one.end_us)}"
    return {
        "number": f"{one.number:03d}",
        "name": EXHIBITS.get(one.kind, one.kind),
        "source": f"《{recording.name}》{span}",
        "proves": finding.proves or (f"表述“{_cut(finding.quote, 60)}”" if finding.quote else ""),
        "sha256": one.sha256,
    }


def _finding(one: Finding, exhibits: list[Exhibit], recorded: dict[str, Recording]) -> str:
    """One fact and the exhibits that show it, in the words of the record."""
    numbers = "、".join(f"证据{exhibit.number:03d}" for exhibit in exhibits if exhibit.finding_id == one.id)
    span = f"{format_clock(one.start_us)}至{format_clock(one.end_us)}"
    said = f"表述为“{one.quote.rstrip('。，')}”" if one.quote else "情况见所列证据的画面"
    return f"{one.number}．录制件《{recorded[one.recording_id].name}》{span}，{said}" + (f"（{numbers}）。" if numbers else "。")


def _nature(catalogue: Catalogue, findings: list[Finding]) -> str:
    """Which facts are tagged with which articles; the words of the law stay with the dossier."""
    by_article: dict[str, list[int]] = {}
    for one in findings:
        for code in one.articles:
            by_article.setdefault(code, []).append(one.number)
    return "\n".join(f"{_cite(catalogue, code)}：事实{'、'.join(map(str, numbers))}。" for code, numbers in by_article.items())


def _cite(catalogue: Catalogue, code: str) -> str:
    try:
        return catalogue.article(code).citation
    except BadInput:  # an article of an older edition: its code says where it stood
        place = ArticleCode.parse(code)
        return f"{place.law}{place.spoken()}"


def _files(case: Case) -> list[Json]:
    """The forms of the case in the order in which they were begun; pages are counted by hand when the file is bound."""
    forms = [one for one in case.find(Form, order="created_at") if one.state == "sealed"]
    return [{"number": str(place), "name": one.title, "day": moment(one.updated_at)[:10]} for place, one in enumerate(forms, 1)]


def _sheet(exhibits: list[Exhibit], recorded: dict[str, Recording], originals: dict[str, Original], number: int) -> Json:
    one = next((exhibit for exhibit in exhibits if exhibit.number == number), None)
    if one is None:
        raise BadInput("form.no_exhibit", number=number, known="、".join(str(exhibit.number) for exhibit in exhibits))
    recording = recorded[one.recording_id]
    original = originals.get(recording.original_id)
    return {
        "exhibit.number": str(one.number) if one.kind == "still" else "",
        "exhibit.name": f"证据{one.number:03d}　{EXHIBITS.get(one.kind, one.kind)}",
        "exhibit.source": f"录制件《{recording.name}》{format_clock(one.start_us)}（显示时间戳 {one.pts}，时间基 {one.time_base}）",
        "exhibit.text": one.text,
        "exhibit.sha256": one.sha256,
        "exhibit.parent": original.id if original else "",
    }


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[:limit] + "……"
