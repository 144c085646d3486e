"""What the screen showed over time: prices, countdowns, counters, and the duties that must be seen throughout (办法 26, 37). Pure.

Reads merged screen texts and the instants at which the screen was read; opens nothing and looks at no picture. A track says what was
read where and when, in numbers; that a countdown began again or a notice was away is a measurement, what it means is for a person.
Chat is never read for a duty: a viewer who writes 营业执照 shows none.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import median_low
from typing import Any, Final

from inspector_app.domain.timebase import Interval, Micros
from inspector_app.vision import kinds
from inspector_app.vision.boxes import Box, overlap
from inspector_app.vision.merge import ScreenText
from inspector_app.vision.prices import Price, prices_in, struck_of
from inspector_app.vision.showing import Read, changes, joined_spans, measured

Json = dict[str, Any]

#: What must be shown throughout, by the words it is shown with. 办法 26: the actual seller's name, address and contact, or a link to them.
_SELLER: Final = {
    "name": r"有限(?:责任)?公司|股份公司|个体工商户|合作社|经营部|商行|(?:实际)?(?:经营者|销售者)|运营者|商家[:：]|店铺主体",
    "address": r"(?:经营|联系|注册)?地址|经营场所|住所",
    "contact": r"(?:客服|联系|服务|投诉)(?:电话|方式|热线)|电话[:：]|(?<!\d)1[3-9]\d{9}(?!\d)|(?<!\d)0\d{2,3}-?\d{7,8}(?!\d)|400-?\d{3}-?\d{4}",
    "link": r"(?:商家|店铺|经营者|主体|资质|证照|执照)(?:信息|资质|公示)|(?:信息|资质|证照|执照)公示",
}
#: A place without the word 地址, as seller strips give it beside the name; a name may begin with a place and is left out first.
_PLACE: Final = re.compile(r"[省市州盟县区旗][^|:]{0,10}?(?:[市区县旗镇乡]|街道|大道|路|\d+号)")
_NAMED: Final = re.compile(r"[^|:,;]*(?:公司|个体工商户|合作社|经营部|商行)")
_LICENCE: Final = r"营业执照|许可证|亮照|证照|统一社会信用代码|(?<![0-9A-Z])9[0-9A-Z]{17}(?![0-9A-Z])|备案(?:号|编号|凭证)"
#: 办法 37, 标识办法: words that tell a viewer a figure or picture is made by AI. Recognition reads I as 1, l or | now and then.
_AI: Final = r"(?:[AaＡ][Iil1|]|人工智能|算法)(?:技术)?(?:辅助)?(?:生成|合成|制作|主播|数字人|直播|形象|驱动)|数字人|虚拟(?:主播|人|形象)|深度合成|生成式"
_DUTIES: Final = {"seller_info": "|".join(_SELLER.values()), "licence": _LICENCE, "ai_label": _AI}

_COUNTERS: Final = {
    "stock": re.compile(r"剩|库存|限量|余|最后"),
    "sold": re.compile(r"已售|已抢|已拍|已拼|已购|销量|热销|卖出"),
    "viewers": re.compile(r"观看|在线|人气|在看|看过|观众|场观|人次"),
}
#: A clock that gains this many seconds on its last reading has begun again; less is a slip of reading.
_RESTART_S: Final = 3


@dataclass(frozen=True)
class ScreenTrack:
    """One thing the screen showed: `spans` where, `series` [at_us, value] at every change; `facts` as `measured` plus the kind's own.

    kind: price (facts price_fen, unit, struck "" | "line" | "words", compared_fen), countdown (series in seconds; restarts), stock, sold,
    viewers (series of numbers; rises, falls), seller_info (facts parts {name, address, contact, link: per mille}), licence, ai_label.
    All have box, height_pm and least_height_pm (of the picture's height), area_pm, place (of nine), texts.
    """

    kind: str
    name: str
    start_us: Micros
    end_us: Micros
    spans: tuple[tuple[Micros, Micros], ...]
    series: tuple[tuple[Micros, int], ...] = ()
    facts: Json = field(default_factory=dict)


def tracks_of(texts: Sequence[ScreenText], read: Read, size: tuple[int, int]) -> list[ScreenTrack]:
    """Every track of a recording's merged texts; `size` is width and height of the picture. The duties have a track even if never met."""
    shown = [text for text in texts if text.kind != "chat"]
    found = [*_prices(shown, read, size), *_countdowns(shown, read, size), *_counters(shown, read, size)]
    if read.stretches:
        found += [_duty(kind, pattern, shown, read, size) for kind, pattern in _DUTIES.items()]
    return sorted(found, key=lambda one: (one.start_us, one.kind, one.name, one.spans))


def _track(
    kind: str, texts: Sequence[ScreenText], read: Read, size: tuple[int, int], series: Sequence[tuple[Micros, int]], facts: Json
) -> ScreenTrack:
    spans = joined_spans((Interval(text.start_us, text.end_us) for text in texts), read)
    longest = max(texts, key=lambda text: (text.end_us - text.start_us, text.confidence_pm), default=None)
    return ScreenTrack(
        kind,
        "" if longest is None else longest.text,
        spans[0].start_us if spans else 0,
        spans[-1].end_us if spans else read.duration_us,
        tuple((span.start_us, span.end_us) for span in spans),
        tuple(series),
        measured(spans, read) | ({} if longest is None else _size(texts, longest.box, size)) | facts,
    )


def _size(texts: Sequence[ScreenText], box: Box, size: tuple[int, int]) -> Json:
    width, height = max(1, size[0]), max(1, size[1])
    heights = [(text.box[3] - text.box[1]) * 1000 // height for text in texts]
    areas = [(text.box[2] - text.box[0]) * (text.box[3] - text.box[1]) * 1000 // (width * height) for text in texts]
    across, down = 3 * (box[0] + box[2]) // (2 * width), 3 * (box[1] + box[3]) // (2 * height)
    return {
        "box": list(box),
        "height_pm": median_low(heights),
        "least_height_pm": min(heights),
        "area_pm": median_low(areas),
        "place": f"{('top', 'middle', 'bottom')[min(2, max(0, down))]}-{('left', 'centre', 'right')[min(2, max(0, across))]}",
        "texts": sorted({text.text for text in texts}),
    }


def _duty(kind: str, pattern: str, texts: Sequence[ScreenText], read: Read, size: tuple[int, int]) -> ScreenTrack:
    wanted = re.compile(pattern)
    met = [text for text in texts if _says(text, wanted)]
    parts: Json = {}
    if kind == "seller_info":
        for part, words in _SELLER.items():
            saying = [text for text in met if _says(text, re.compile(words))]
            if part == "address":
                saying += _places_beside_names(texts, met)
            parts[part] = measured(joined_spans((Interval(text.start_us, text.end_us) for text in saying), read), read)["shown_pm"]
    return _track(kind, met, read, size, (), {"parts": parts} if parts else {})


def _places_beside_names(texts: Sequence[ScreenText], met: Sequence[ScreenText]) -> list[ScreenText]:
    """Texts that name a place, and stand with the name of a seller or hold it themselves."""
    names = [text for text in met if _says(text, re.compile(_SELLER["name"]))]
    places = [text for text in texts if _PLACE.search(_NAMED.sub("", kinds.plain(text.text)))]
    return [place for place in places if any(_is_beside(place, name) for name in names)]


def _says(text: ScreenText, wanted: re.Pattern[str]) -> bool:
    return any(wanted.search(kinds.plain(words)) for words in (text.text, *text.readings))


@dataclass(frozen=True)
class _Shown:
    """One price of a line and how it was marked."""

    text: ScreenText
    price: Price
    struck: str


def _prices(texts: Sequence[ScreenText], read: Read, size: tuple[int, int]) -> list[ScreenTrack]:
    shown: list[_Shown] = []
    for text in texts:
        if text.kind not in ("price", "struck_price"):
            continue
        prices = prices_in(text.text)
        lined = struck_of(prices) if text.kind == "struck_price" else None
        shown += [
            _Shown(text, price, "line" if place == lined else "words" if price.compared else "") for place, price in enumerate(prices)
        ]
    groups: dict[tuple[int, str, str], list[_Shown]] = {}
    for one in shown:
        groups.setdefault((one.price.fen, one.price.unit, one.struck), []).append(one)
    tracks = []
    for (fen, unit, struck), group in groups.items():
        facts: Json = {"price_fen": fen, "unit": unit, "struck": struck}
        if not struck:
            facts["compared_fen"] = sorted(
                {other.price.fen for one in group for other in shown if other.struck and _is_beside(one.text, other.text)}
            )
        tracks.append(_track("price", [one.text for one in group], read, size, [(min(one.text.start_us for one in group), fen)], facts))
    return tracks


def _is_beside(one: ScreenText, other: ScreenText) -> bool:
    """Whether two texts were shown together and near each other, as a price and the price it is compared with are on a card."""
    if one is other:
        return True
    if one.end_us <= other.start_us or other.end_us <= one.start_us:
        return False
    tall = max(one.box[3] - one.box[1], other.box[3] - other.box[1])
    across = max(one.box[0], other.box[0]) - min(one.box[2], other.box[2])
    down = max(one.box[1], other.box[1]) - min(one.box[3], other.box[3])
    return across <= 4 * tall and down <= 2 * tall


def _countdowns(texts: Sequence[ScreenText], read: Read, size: tuple[int, int]) -> list[ScreenTrack]:
    tracks = []
    for group in _of_one_place(text for text in texts if text.kind == "countdown"):
        series = [(at_us, int(kinds.clock_value(value))) for text in group for at_us, value in text.series if value]
        facts: Json = {"restarts": changes(series, _RESTART_S)[0], "unit": "s"}
        if series:
            facts |= {"most": max(value for _, value in series), "least": min(value for _, value in series)}
        tracks.append(_track("countdown", group, read, size, series, facts))
    return tracks


def _counters(texts: Sequence[ScreenText], read: Read, size: tuple[int, int]) -> list[ScreenTrack]:
    tracks = []
    for kind in _COUNTERS:
        for group in _of_one_place(text for text in texts if text.kind == "counter" and _kind_of(text) == kind):
            series = [(at_us, _amount(value)) for text in group for at_us, value in text.series if value]
            rises, falls = changes(series)
            facts: Json = {"rises": rises, "falls": len(falls)}
            if series:
                facts |= {"most": max(value for _, value in series), "least": min(value for _, value in series)}
            tracks.append(_track(kind, group, read, size, series, facts))
    return tracks


def _kind_of(text: ScreenText) -> str:
    return next((kind for kind, wanted in _COUNTERS.items() if wanted.search(kinds.plain(text.text))), "")


def _of_one_place(texts: Iterable[ScreenText]) -> list[list[ScreenText]]:
    """Showings of one countdown or counter, in time: the same words around the number, or the same place."""
    groups: list[list[ScreenText]] = []
    for text in sorted(texts, key=lambda one: (one.start_us, one.box)):
        same = (group for group in groups if group[-1].end_us <= text.start_us and _is_same_line(group[-1], text))
        home = next(same, None)
        if home is None:
            groups.append([text])
        else:
            home.append(text)
    return groups


def _is_same_line(one: ScreenText, other: ScreenText) -> bool:
    return _around(one) == _around(other) and (overlap(one.box, other.box) > 0 or bool(_around(one).strip("#")))


def _around(text: ScreenText) -> str:
    return re.sub(r"[\d:.,]+(?:万|亿|w)?\+?", "#", kinds.plain(text.text))


def _amount(value: str) -> int:
    """The number of a counter: 1.2万 is 12000, 5万+ is 50000."""
    words = value.lower().replace(",", "").rstrip("+")
    scale = {"万": 10_000, "w": 10_000, "亿": 100_000_000}.get(words[-1:], 1)
    whole, _, rest = (words[:-1] if scale > 1 else words).partition(".")
    return int(whole) * scale + (int(rest) * scale // 10 ** len(rest) if rest else 0)
