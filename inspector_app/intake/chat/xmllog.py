"""Danmaku in XML: Bilibili's own, BililiveRecorder's and biliup's, which share `<d p="…">` and differ in gifts.

The parser recovers: a log whose recorder died has no closing tag and is read to its last whole entry. No entity is expanded and nothing
is fetched.
"""

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from lxml import etree  # type: ignore[import-untyped]

from inspector_app.domain.timebase import SECOND, Micros

from .rows import ChatRow, plain, since_1970, whole

_TAGS = ("d", "gift", "sc", "guard", "s", "o")
#: The fields of `p` (capture note 5): seconds from the start, mode, size, colour, moment, pool, sender, row.
_TIME, _COLOUR, _MOMENT, _SENDER, _ROW = 0, 3, 4, 6, 7


def read_xml(path: Path, encoding: str) -> Iterator[ChatRow | None]:
    """Every message in file order; None for one without a readable time. Raw payloads (`o`, attribute `raw`) stay in the original."""
    options: dict[str, Any] = {"recover": True, "resolve_entities": False, "no_network": True, "load_dtd": False, "events": ("end",)}
    with path.open("rb") as file:
        if b"encoding" not in file.read(200).split(b"?>")[0]:
            options["encoding"] = encoding.removesuffix("-sig")
        file.seek(0)
        for number, (_, element) in enumerate(etree.iterparse(file, tag=_TAGS, **options), start=1):
            if element.tag != "o":
                yield _row(number, element)
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]


def _row(number: int, element: Any) -> ChatRow | None:
    given = {str(name): plain(value) for name, value in element.attrib.items()}
    text = plain(element.text)
    match element.tag:
        case "d":
            return _danmaku(number, given, text)
        case "gift":
            return _event(number, given, "gift", given.get("giftname", ""), count=whole(given.get("giftcount")))
        case "sc":
            return _event(number, given, "superchat", text, price=given.get("price", ""))
        case "guard":
            return _event(number, given, "gift", f"guard {given.get('level', '')}".strip(), count=whole(given.get("count")))
    kind = "superchat" if given.get("type") == "super_chat" else "gift"
    words = text or given.get("giftname", "") or given.get("gift_name", "")
    return _event(number, given, kind, words, count=whole(given.get("num")), price=given.get("price", ""))


def _danmaku(number: int, given: dict[str, str], text: str) -> ChatRow | None:
    fields = given.get("p", "").split(",")
    time_us = _seconds(fields[_TIME])
    if time_us is None or not text.strip():
        return None
    moment = _number(fields[_MOMENT]) if len(fields) > _MOMENT else None
    facts = {name: fields[place] for name, place in (("colour", _COLOUR), ("sender", _SENDER)) if len(fields) > place and fields[place]}
    return ChatRow(
        number,
        time_us,
        since_1970(moment) if moment is not None and moment >= 10**9 else None,
        given.get("user") or given.get("username") or "",
        text,
        message_id=fields[_ROW] if len(fields) > _ROW and fields[_ROW] != "0" else "",
        facts=facts,
    )


def _event(number: int, given: dict[str, str], kind: str, text: str, *, count: int = 0, price: str = "") -> ChatRow | None:
    """A gift or a paid message: `ts` is seconds from the start, `timestamp` a moment."""
    time_us = _seconds(given.get("ts", ""))
    moment = _number(given.get("timestamp", ""))
    wall = since_1970(moment) if moment is not None and moment >= 10**9 else None
    if not text.strip() or (time_us is None and wall is None):
        return None
    user = given.get("user") or given.get("username") or ""
    facts = {name: given[name] for name in ("uid", "time", "level") if given.get(name)}
    return ChatRow(number, time_us, wall, user, text, kind, count=count, price=price, facts=facts)


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() and 0 <= number < 10**17 else None


def _seconds(text: str) -> Micros | None:
    number = _number(text)
    return None if number is None or number >= 10**9 else int(number * SECOND)


def flavour(head: str) -> str | None:
    """Which program wrote the XML, by its first kilobytes; None where it is no danmaku log."""
    if not head.lstrip().startswith("<") or not ("<d p=" in head or "<i>" in head or "<i " in head):
        return None
    if "BililiveRecorder" in head:
        return "bililive-recorder-xml"
    return "biliup-xml" if "<s timestamp=" in head or "<o timestamp=" in head else "bilibili-xml"
