"""Which field of a table or of a plain object holds what, by the names that platform back ends and exporters give them."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from .rows import ChatRow, plain, row, whole

TIME: Final = ("time", "timestamp", "at", "ts", "created_at", "时间", "发送时间", "评论时间", "时间戳", "发言时间")
USER: Final = ("user", "username", "nickname", "name", "用户", "用户名", "昵称", "用户昵称", "发送者", "发言人")
TEXT: Final = ("text", "content", "message", "msg", "内容", "弹幕", "弹幕内容", "消息", "评论", "评论内容", "发言内容")
_KIND: Final = ("kind", "type", "类型", "消息类型")
_ID: Final = ("id", "message_id", "msg_id", "消息id", "评论id")
_GROUP: Final = ("group", "group_id", "group_key", "连击id")
_COUNT: Final = ("count", "num", "数量", "个数")
_PRICE: Final = ("price", "amount", "金额", "价格")
_KINDS: Final = {
    "": "chat",
    "chat": "chat",
    "comment": "chat",
    "弹幕": "chat",
    "评论": "chat",
    "gift": "gift",
    "礼物": "gift",
    "like": "like",
    "点赞": "like",
    "enter": "enter",
    "进场": "enter",
    "进入直播间": "enter",
    "follow": "follow",
    "关注": "follow",
    "notice": "notice",
    "公告": "notice",
    "product": "product",
    "商品": "product",
    "superchat": "superchat",
}


def pick(record: Mapping[Any, Any], names: tuple[str, ...]) -> str:
    """The first field that has one of the names and says something."""
    lowered = {str(key).strip().lower(): value for key, value in record.items()}
    return next((text for name in names if (text := plain(lowered.get(name)).strip())), "")


def row_of(number: int, field: Callable[[tuple[str, ...]], str]) -> ChatRow | None:
    """A row from fields found by their possible names; a kind this product has no word for stays as written, under `facts`."""
    given = field(_KIND).lower()
    kind = _KINDS.get(given, "notice")
    return row(
        number,
        field(TIME),
        field(USER),
        field(TEXT),
        kind=kind,
        message_id=field(_ID),
        group_key=field(_GROUP),
        count=whole(field(_COUNT)),
        price=field(_PRICE),
        facts={"given_kind": given} if given not in _KINDS else {},
    )
