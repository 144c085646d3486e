"""Chat in JSON: Douyin captures, YouTube's live_chat.json, Twitch exports, and plain objects with a time, a user and a text."""

from collections.abc import Callable, Iterator
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Final

from inspector_app.domain.timebase import SECOND, Micros

from .columns import pick, row_of
from .objects import objects
from .rows import ChatRow, parse_day, parse_time, plain, since_1970, whole

Json = dict[str, Any]

#: Douyin's message classes by the kind of row they become; classes that say nothing a person could read are notices with their counts.
_DOUYIN: Final = {
    "chat": "chat",
    "gift": "gift",
    "like": "like",
    "member": "enter",
    "social": "follow",
    "roomuserseq": "notice",
    "control": "notice",
    "roomstats": "notice",
    "productchange": "product",
    "fansclub": "notice",
    "emojichat": "chat",
}


def flavour(head: str) -> str | None:
    """Which JSON format a log is in, by its first kilobytes; None where it is no JSON."""
    start = head.lstrip("\ufeff \t\r\n")
    if not start.startswith(("{", "[")):
        return None
    if "replayChatItemAction" in start or "addChatItemAction" in start:
        return "youtube-json"
    if "content_offset_seconds" in start or "time_in_seconds" in start:
        return "twitch-json"
    return "douyin-json" if "Webcast" in start else "json"


def read_json(one: Callable[[int, Json], ChatRow | None], path: Path, encoding: str) -> Iterator[ChatRow | None]:
    """Every object as `one` understands it; None for objects that say nothing or cannot be read."""
    for number, value in objects(path, encoding):
        yield None if value is None else one(number, value)


def _text(value: object) -> str:
    """Words that may stand as text, as `simpleText`, or in `runs` with emoji between."""
    if not isinstance(value, dict):
        return plain(value)
    if "simpleText" in value:
        return plain(value["simpleText"])
    words = []
    for run in value.get("runs") or ():
        if not isinstance(run, dict):
            continue
        emoji = run.get("emoji")
        if isinstance(emoji, dict):
            codes = emoji.get("shortcuts")
            words.append(plain(codes[0] if emoji.get("isCustomEmoji") and isinstance(codes, list) and codes else emoji.get("emojiId")))
        else:
            words.append(plain(run.get("text")))
    return "".join(words)


def _within(value: Json, *names: str) -> Json:
    """A nested object by its path; an empty one where a step is missing."""
    for name in names:
        found = value.get(name)
        if not isinstance(found, dict):
            return {}
        value = found
    return value


def _decimal(value: object) -> Decimal | None:
    try:
        number = Decimal(plain(value).strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _micros(value: object, unit_us: int) -> Micros | None:
    number = _decimal(value)
    return None if number is None or abs(number) > 10**12 else int(number * unit_us)


def _moment(value: object) -> str | None:
    """A moment given as a count since 1970 or as a date."""
    found = parse_time(plain(value))
    return None if found is None else found[1]


# -- Douyin ------------------------------------------------------------------------------------------------------------------------


def douyin(number: int, value: Json) -> ChatRow | None:
    """A captured Webcast message: `method` (or `type`) names its class; the payload may lie beside it or under `payload`."""
    given = _folded(value)
    name = plain(given.get("method") or given.get("type") or _within(given, "common").get("method")).lower()
    kind = _DOUYIN.get(name.removeprefix("webcast").removesuffix("message").replace("_", ""), "notice")
    body = _within(given, "payload") or _within(given, "data") or given
    common = _within(body, "common") or _within(given, "common")
    moment = next((found for place in (body, common, given) for key in _DOUYIN_TIMES if (found := _moment(place.get(key)))), None)
    user = _within(body, "user")
    words, facts, count = _douyin_words(kind, body)
    if moment is None or not words.strip():
        return None
    gift = _within(body, "gift")
    return ChatRow(
        number,
        None,
        moment,
        plain(user.get("nickname") or body.get("nickname") or body.get("username")),
        words,
        kind,
        plain(common.get("msgid") or body.get("msgid")),
        _combo(plain(body.get("groupid")), plain(user.get("id")), plain(gift.get("id") or body.get("giftid"))) if kind == "gift" else "",
        count,
        f"{plain(gift.get('diamondcount'))} diamonds" if gift.get("diamondcount") else "",
        {"class": name} | facts,
    )


_DOUYIN_TIMES: Final = ("eventtime", "createtime", "timestamp", "time", "ts")


def _folded(value: Json) -> Json:
    """Field names without case and underscores (captures write both `nickName` and `nick_name`), nested objects too."""
    return {
        key.lower().replace("_", ""): _folded(one) if isinstance(one, dict) else one for key, one in value.items() if isinstance(key, str)
    }


def _combo(group: str, user: str, gift: str) -> str:
    """A gift combo's key: the platform's group number, which is unique only within one sender and gift."""
    return f"{group}/{user}/{gift}" if group not in ("", "0") else ""


def _douyin_words(kind: str, body: Json) -> tuple[str, Json, int]:
    """What a message says, further facts, and its count."""
    gift = _within(body, "gift")
    match kind:
        case "gift":
            words = plain(gift.get("name") or body.get("giftname"))
            return words, {}, max(whole(body.get("repeatcount")), whole(body.get("combocount")), whole(body.get("count")))
        case "like":
            return plain(body.get("content")) or "like", {"total": plain(body.get("total"))}, whole(body.get("count"))
        case "enter" | "follow":
            facts = {name: plain(body[name]) for name in ("membercount", "followcount", "action") if body.get(name) is not None}
            return plain(body.get("content")) or kind, facts, 0
    words = plain(body.get("content") or body.get("displaylong") or body.get("displaymiddle") or body.get("displayvalue"))
    facts = {
        name: plain(body[name]) for name in ("total", "totaluser", "totalpvforanchor", "action", "status") if body.get(name) is not None
    }
    said = "，".join(f"{name}={text}" for name, text in facts.items())
    return words or said, facts, 0


# -- YouTube -----------------------------------------------------------------------------------------------------------------------

_YOUTUBE: Final = {
    "liveChatTextMessageRenderer": "chat",
    "liveChatPaidMessageRenderer": "superchat",
    "liveChatPaidStickerRenderer": "gift",
    "liveChatMembershipItemRenderer": "follow",
    "liveChatViewerEngagementMessageRenderer": "notice",
}


def youtube(number: int, value: Json) -> ChatRow | None:
    """One line of live_chat.json: a replay has its place in the video, a live one only its moment."""
    replay = _within(value, "replayChatItemAction")
    actions = replay.get("actions") if replay else [value]
    offset = _micros(replay.get("videoOffsetTimeMsec", value.get("videoOffsetTimeMsec")), 1000)
    for action in actions if isinstance(actions, list) else ():
        item = _within(action, "addChatItemAction", "item") if isinstance(action, dict) else {}
        for name, kind in _YOUTUBE.items():
            body = _within(item, name)
            if body:
                return _youtube_row(number, kind, body, offset)
    return None


def _youtube_row(number: int, kind: str, body: Json, offset: Micros | None) -> ChatRow | None:
    stamp = _decimal(body.get("timestampUsec"))
    wall = since_1970(stamp) if stamp is not None and 10**15 <= stamp < 10**17 else None
    if offset is None and wall is None:
        return None
    words = _text(body.get("message")) or _text(body.get("headerSubtext")) or _text(_within(body, "sticker", "accessibility").get("label"))
    price = _text(body.get("purchaseAmountText"))
    if not (words or price).strip():
        return None
    author = _text(body.get("authorName"))
    return ChatRow(number, offset, wall, author, words or price, kind, plain(body.get("id")), price=price)


# -- Twitch ------------------------------------------------------------------------------------------------------------------------


def twitch(number: int, value: Json) -> ChatRow | None:
    """One comment of a chat download: `content_offset_seconds` with `created_at`, or `time_in_seconds` with `timestamp`."""
    message, author = value.get("message"), _within(value, "commenter") or _within(value, "author")
    body = message if isinstance(message, dict) else {}
    words = plain(body.get("body")) if body else plain(message)
    if not words:
        fragments = body.get("fragments")
        words = "".join(plain(one.get("text")) for one in fragments if isinstance(one, dict)) if isinstance(fragments, list) else ""
    offset = _micros(value.get("content_offset_seconds", value.get("time_in_seconds")), SECOND)
    created = plain(value.get("created_at"))
    wall = parse_day(created) if created else _moment(value.get("timestamp"))
    if not words.strip() or (offset is None and wall is None):
        return None
    bits = whole(body.get("bits_spent"))
    name = plain(author.get("display_name") or author.get("displayName") or author.get("name"))
    key = plain(value.get("_id") or value.get("id") or value.get("message_id"))
    return ChatRow(number, offset, wall, name, words, "gift" if bits else "chat", key, count=bits, price=f"{bits} bits" if bits else "")


# -- plain -------------------------------------------------------------------------------------------------------------------------


def generic(number: int, value: Json) -> ChatRow | None:
    """An object whose fields have the names that columns of tables have."""
    return row_of(number, lambda names: pick(value, names))
