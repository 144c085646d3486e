"""Compares the broadcasts of one room with each other: the same "last ten" in two of them, the same original price that nobody was ever charged. It
reads what others hand it, from any number of cases, and changes none; rules of the kind `across` say how each is told as a lead.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from inspector_app.domain.timebase import SECOND, Micros
from inspector_app.leads.lead import Lead, Matched
from inspector_app.leads.material import SCREEN, SPEECH, Material
from inspector_app.leads.rules import NEVER_CHARGED, SAME_LAST, Rule
from inspector_app.leads.text import normalise

_LAST = re.compile(r"(?:最后|仅剩|只剩|还剩)[^\n\d]{0,4}(\d{1,5})(?:来|多)?([单件份套盒瓶组箱包支台双位席斤条只名]|个名额|个位置)")
_NUMBER = r"[^，\n\d]{0,6}[¥$]?(\d{1,7}(?:\.\d{1,2})?)"
_COMPARED = re.compile(r"(?:原价|吊牌价|市场价|专柜价|划线价|官网价|日常价|正价|门店价)" + _NUMBER)
_CHARGED = re.compile(r"(?:直播价|到手价?|券后|现价|只要|仅需|今天|活动价|售价|秒杀价|实付|直播间)" + _NUMBER)


@dataclass(frozen=True, slots=True)
class Place:
    """Where something was said or shown: case folder, recording, source row, moment, words."""

    case: str
    recording: str
    source: str
    witness: str
    at_us: Micros
    words: str
    end_us: Micros = 0


@dataclass(frozen=True, slots=True)
class Broadcast:
    """One recording of a room: everything said and shown in it, as (place, kind of screen text)."""

    room: str
    case: str
    recording: str
    said: tuple[tuple[Place, str], ...]


@dataclass(frozen=True, slots=True)
class Across:
    """What two or more broadcasts of a room hold together: `what` is SAME_LAST or NEVER_CHARGED, `words` the claim in normal form."""

    what: str
    room: str
    words: str
    places: tuple[Place, ...]


def broadcast_of(room: str, case: str, recording: str, material: Material) -> Broadcast:
    """What was said and shown in a recording, as it is compared with others."""
    said = [(Place(case, recording, row.id, SPEECH, row.start_us, row.text, row.end_us), "") for row in material.speech]
    said += [(Place(case, recording, row.id, SCREEN, row.start_us, row.text, row.end_us), row.kind) for row in material.screen]
    return Broadcast(room, case, recording, tuple(said))


def leads_of(rule: Rule, found: Sequence[Across], case: str, recording: str) -> Iterator[Lead]:
    """The lead of each claim that a rule of the kind `across` is about and that one recording makes: at its first place there, resting on all
    its places there; how often and where else it was met are its facts."""
    for one in found:
        here = [place for place in one.places if (place.case, place.recording) == (case, recording)]
        if one.what != rule.check or not here:
            continue
        broadcasts = {(place.case, place.recording) for place in one.places}
        first = here[0]
        start, end = _span(one, first.words)
        facts = {"matched": first.words[start:end], "times": str(len(broadcasts)), "seconds": "", "spoken": "", "shown": ""}
        yield Lead(
            rule=rule.id,
            category=rule.category,
            articles=tuple(str(article) for article in rule.articles),
            witness=first.witness,
            start_us=first.at_us,
            end_us=max(first.at_us, first.end_us),
            quote=first.words,
            matched=(Matched(first.words[start:end], start, end),),
            reason_zh=rule.reason_zh.format_map(facts),
            reason_en=rule.reason_en.format_map(facts),
            severity=rule.severity,
            possible_exemption=None,
            source_ids=tuple(dict.fromkeys(place.source for place in here)),
            times=len(one.places),
            element=rule.element,
            facts={"room": one.room, "broadcasts": str(len(broadcasts)), "elsewhere": _elsewhere(one, case, recording)},
        )


def _elsewhere(one: Across, case: str, recording: str) -> str:
    """The other broadcasts, each by its case folder's name, its recording and the second: enough to open them."""
    others = [place for place in one.places if (place.case, place.recording) != (case, recording)]
    return "；".join(f"{Path(place.case).name} {place.recording} {place.at_us // SECOND} s" for place in others)


def _span(one: Across, words: str) -> tuple[int, int]:
    """Where the claim stands in the words as they were said or shown; all of them where only the struck-through number says it."""
    normal = normalise(words)
    pattern = _LAST if one.what == SAME_LAST else _COMPARED
    amount = re.findall(r"\d[\d.]*", one.words)[0]
    match = next((match for match in pattern.finditer(normal.text) if match.group(1) == amount), None)
    return normal.source(match.start(), match.end()) if match else (0, len(words))


def across(broadcasts: Sequence[Broadcast]) -> list[Across]:
    """Claims that only a second broadcast shows to be doubtful; a room without a name is compared with none."""
    rooms: dict[str, list[Broadcast]] = defaultdict(list)
    for broadcast in broadcasts:
        if broadcast.room.strip():
            rooms[broadcast.room.strip()].append(broadcast)
    found: list[Across] = []
    for room, many in sorted(rooms.items()):
        found += _same_last(room, many)
        found += _never_charged(room, many)
    return found


def _same_last(room: str, many: Sequence[Broadcast]) -> Iterable[Across]:
    places: dict[str, list[Place]] = defaultdict(list)
    for broadcast in many:
        for place, _ in broadcast.said:
            for match in _LAST.finditer(normalise(place.words).text):
                places["最后" + match.group(1) + match.group(2)].append(place)
    return _in_several(SAME_LAST, room, places)


def _never_charged(room: str, many: Sequence[Broadcast]) -> Iterable[Across]:
    compared: dict[str, list[Place]] = defaultdict(list)
    charged: set[Decimal] = set()
    for broadcast in many:
        for place, kind in broadcast.said:
            text = normalise(place.words).text
            prices = [match.group(1) for match in _COMPARED.finditer(text)]
            if kind == "struck_price" and not prices:
                prices = re.findall(r"\d{1,7}(?:\.\d{1,2})?", text)[:1]
            for price in prices:
                compared["原价" + price].append(place)
            charged |= {Decimal(match.group(1)) for match in _CHARGED.finditer(text)}
    return [
        one
        for one in _in_several(NEVER_CHARGED, room, compared)
        if charged and not any(price >= Decimal(one.words[2:]) for price in charged)
    ]


def _in_several(what: str, room: str, places: dict[str, list[Place]]) -> list[Across]:
    return [
        Across(what, room, words, tuple(sorted(found, key=lambda place: (place.case, place.recording, place.at_us))))
        for words, found in sorted(places.items())
        if len({(place.case, place.recording) for place in found}) > 1
    ]
