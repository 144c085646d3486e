"""Editions of a dossier made from its full data: full, disclosure (masked), summary (one page), extract (one article), with their versions.

An edition never says less in silence: a disclosure edition has its own number and lists what it masks and the digest of the full edition;
an extract says what it leaves out; every version says what changed since the last of its kind.
"""

import re
from collections import Counter
from collections.abc import Callable
from typing import Any, Final

from inspector_app.casefile.case import Case
from inspector_app.domain.codes import ArticleCode
from inspector_app.domain.errors import CheckFailed, UsageError
from inspector_app.domain.records import Dossier
from inspector_app.integrity.chain import digest_of

Json = dict[str, Any]
FULL, DISCLOSURE, SUMMARY, EXTRACT = "full", "disclosure", "summary", "extract"
EDITIONS: Final = (FULL, DISCLOSURE, SUMMARY, EXTRACT)
COVERED: Final = "［已隐去］"
#: Personal data in running text: what it is → how it is found. A group keeps what stands before it.
PATTERNS: Final = {
    "identity": re.compile(r"(?<![0-9A-Za-z])\d{17}[\dXx](?![0-9A-Za-z])"),
    "phone": re.compile(
        r"(?<!\d)(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)|(?<!\d)0\d{2,3}[-－—]\d{7,8}(?!\d)|(?<!\d)\d{3}-\d{4}-\d{4}(?!\d)"
    ),
    "wechat": re.compile(
        r"((?:微信|薇信|威信|[vV][xX]|[wW][xX]|[vV]信|[wW]e[cC]hat|QQ)(?:号|ID|id)?\s*[:：是为加]?\s*)[A-Za-z0-9][-_A-Za-z0-9]{4,19}"
    ),
    "email": re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"),
}
#: Keys of the data whose texts come from the broadcast or from people, in which personal data are looked for.
_SEARCHED = frozenset({"findings", "exhibits", "annexes", "withdrawn", "recordings", "sessions"})
#: Keys whose texts name things and are not read by people as words.
_LEFT_ALONE = frozenset({"id", "sha256", "sm3", "path", "article", "key", "finding_id", "recording_id", "transcript_id", "screen_run_id"})


def blank() -> Json:
    """What a dossier's data say of their edition: `name version number article left_out previous changes masked full state`."""
    return {
        "name": FULL,
        "version": 0,
        "number": "",
        "article": "",
        "left_out": 0,
        "previous": {},
        "changes": {"added": [], "changed": [], "withdrawn": []},
        "masked": [],
        "full": {},
    }


def edition(case: Case, data: Json, name: str, article: str = "") -> tuple[Json, Json]:
    """The data of an edition, and the facts that the case keeps of it (`article`, `state`: digests of what it holds, for the next version).

    Raises UsageError `dossier.edition` (no such edition, with those known), `dossier.extract_article` (an extract of an article that no
    finding names), CheckFailed `dossier.no_full_edition` (a disclosure edition names the full one, which must have been built).
    """
    if name not in EDITIONS:
        raise UsageError("dossier.edition", given=name, known="、".join(EDITIONS))
    rows = [row for row in _first_volumes(case) if (row.edition or FULL) == name and row.facts.get("article", "") == article]
    made = {**data, "edition": {**blank(), "name": name, "version": len(rows) + 1, "article": article}}
    if name == EXTRACT:
        made = _extract(made, article)
    state = _state(made)
    made["edition"] |= _since(rows[-1] if rows else None, state, made)
    if name != FULL:
        made["edition"]["full"] = _full(case, required=name == DISCLOSURE)
    if name == DISCLOSURE:
        made = _masked(made)
    return made, {"article": article, "state": state}


def _first_volumes(case: Case) -> list[Dossier]:
    """The dossiers built so far, one row each however many volumes they have."""
    return [row for row in case.find(Dossier, order="rowid") if row.facts.get("volume", 1) == 1]


def _extract(data: Json, article: str) -> Json:
    """Only the findings under one article, with their exhibits; the whole texts stay in the full edition."""
    known = sorted({key for finding in data["findings"] for key in finding["articles"]})
    try:
        code = str(ArticleCode.parse(article))
    except ValueError:
        code = article
    keys = [key for key in known if key.partition("@")[0] == code]
    if not keys:
        raise UsageError("dossier.extract_article", given=article, known="、".join(dict.fromkeys(key.partition("@")[0] for key in known)))
    findings = [
        {
            **finding,
            "articles": [key for key in finding["articles"] if key in keys],
            "elements": [one for one in finding["elements"] if one["article"] in keys],
        }
        for finding in data["findings"]
        if set(keys) & set(finding["articles"])
    ]
    shown = {finding["id"] for finding in findings}
    recordings = {finding["recording_id"] for finding in findings}
    return {
        **data,
        "findings": findings,
        "exhibits": [one for one in data["exhibits"] if one["finding_id"] in shown],
        "articles": {key: data["articles"][key] for key in keys},
        "annexes": [],
        "recordings": [one for one in data["recordings"] if one["id"] in recordings],
        "edition": {**data["edition"], "left_out": len(data["findings"]) - len(findings)},
    }


def _state(data: Json) -> Json:
    """Digests of what a version holds: {"finding": {number: digest}, "exhibit": {…}}, each of 16 digits."""
    return {
        kind: {str(one["number"]): digest_of(one)[:16] for one in data[key]}
        for kind, key in (("finding", "findings"), ("exhibit", "exhibits"))
    }


def _since(last: Dossier | None, state: Json, data: Json) -> Json:
    """What changed since the version before, and this edition's own number."""
    info = data["edition"]
    number = f"{data['case']['number']}／{data['words']['editions'][info['name']]}第 {info['version']} 版"
    if last is None:
        return {"number": number}
    before: Json = last.facts.get("state", {})
    changes: Json = {"added": [], "changed": [], "withdrawn": []}
    for kind, now in state.items():
        then = before.get(kind, {})
        for name in sorted({*now, *then}, key=int):
            if now.get(name) == then.get(name):
                continue
            what = "added" if name not in then else "withdrawn" if name not in now else "changed"
            changes[what].append({"kind": kind, "number": int(name)})
    known = bool(before)
    previous = {"version": last.version or info["version"] - 1, "at": last.created_at, "sha256": last.sha256, "known": known}
    return {"number": number, "previous": previous, "changes": changes if known else blank()["changes"]}


def _full(case: Case, *, required: bool) -> Json:
    """The newest full edition: {version, at, sha256, journal_head}; {} where none was built."""
    rows = [row for row in _first_volumes(case) if (row.edition or FULL) == FULL]
    if not rows:
        if required:
            raise CheckFailed("dossier.no_full_edition")
        return {}
    last = rows[-1]
    return {"version": last.version or len(rows), "at": last.created_at, "sha256": last.sha256, "journal_head": last.journal_head}


# -- masking -----------------------------------------------------------------------------------------------------------------------


def _masked(data: Json) -> Json:
    """The data without viewers' names, certificate numbers and personal data in texts; pictures get the parts to cover."""
    found: Counter[str] = Counter()

    def text(words: str) -> str:
        for what, pattern in PATTERNS.items():
            words, times = pattern.subn(lambda match: (match.group(1) if match.re.groups else "") + COVERED, words)
            found[what] += times
        return words

    rooms = {annex["recording_id"]: _chat_room(annex["screen"]) for annex in data["annexes"]}
    boxes = {finding["id"]: [*_boxes(finding), *rooms.get(finding["recording_id"], [])] for finding in data["findings"]}
    found["picture"] = sum(len(parts) for parts in boxes.values())
    made = {key: _walk(value, text) if key in _SEARCHED else value for key, value in data.items()}
    made["findings"] = [
        {**one, "chat": _senders(one["chat"], found), "masks": boxes[one["id"]], "screen": _unnamed(one["screen"], found)}
        for one in made["findings"]
    ]
    made["exhibits"] = [
        {**one, "masks": boxes.get(one["finding_id"], []) if one["kind"] == "still" else [], "text": _unsigned(one, found)}
        for one in made["exhibits"]
    ]
    made["annexes"] = [{**one, "screen": _unnamed(one["screen"], found)} for one in made["annexes"]]
    made["officers"] = [{**one, "certificate": _hidden(one["certificate"], found)} for one in data["officers"]]
    made["by"] = {**data["by"], "certificate": _hidden(data["by"]["certificate"], found)}
    made["journal"] = {**data["journal"], "rows": [_row(row) for row in data["journal"]["rows"]]}
    made["edition"] = {**data["edition"], "masked": [{"what": what, "count": count} for what, count in sorted(found.items()) if count]}
    return made


def _walk(value: Any, text: Callable[[str], str], name: str = "") -> Any:
    """The same JSON with `text` applied to every string that is words."""
    if isinstance(value, str):
        return value if name in _LEFT_ALONE or name.endswith(("_at", "_sha256", "_id")) else text(value)
    if isinstance(value, dict):
        return {key: _walk(one, text, key) for key, one in value.items()}
    return [_walk(one, text, name) for one in value] if isinstance(value, list) else value


def _hidden(certificate: str, found: Counter[str]) -> str:
    found["certificate"] += bool(certificate)
    return COVERED if certificate else ""


def _senders(messages: list[Json], found: Counter[str]) -> list[Json]:
    found["viewer"] += sum(bool(one["user"]) for one in messages)
    return [{**one, "user": "观众" if one["user"] else ""} for one in messages]


def _unnamed(texts: list[Json], found: Counter[str]) -> list[Json]:
    """Viewers' lines read from the picture, without what is left of the sender's name."""
    return [{**one, "text": _unsigned(one, found)} for one in texts]


def _unsigned(one: Json, found: Counter[str]) -> str:
    words = str(one["text"])
    if one["kind"] != "chat":
        return words
    lines, times = re.subn(r"(?m)^[^\n：:]{1,40}(?=[：:])", "观众", words)
    found["viewer"] += times
    return lines


def _boxes(finding: Json) -> list[list[int]]:
    """Parts of the picture at the time of a finding that show personal data."""
    return [
        list(one["box"])
        for one in finding["screen"]
        if len(one["box"]) == 4 and any(pattern.search(one["text"]) for pattern in PATTERNS.values())
    ]


def _chat_room(texts: list[Json]) -> list[list[int]]:
    """Where viewers' lines ever stood in the picture: they move up while they are shown, so the whole of it is covered."""
    found = [one["box"] for one in texts if one["kind"] == "chat" and len(one["box"]) == 4]
    if not found:
        return []
    line = max(box[3] - box[1] for box in found)
    x0, y0 = min(box[0] for box in found), min(box[1] for box in found)
    return [[max(0, x0 - line), max(0, y0 - line), max(box[2] for box in found) + line, max(box[3] for box in found) + line]]


def _row(row: Json) -> Json:
    """A journal entry without the certificate number of who acted; its digest stays that of the row as it is."""
    actor = row["actor"]
    return {**row, "actor": {**actor, "certificate": _hidden(actor["certificate"], Counter())}} if actor.get("certificate") else row
