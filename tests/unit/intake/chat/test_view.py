"""Combos are folded in the view only, and nothing in a message may disturb the line it stands on."""

from inspector_app.domain.records import ChatMessage
from inspector_app.intake.chat.view import escaped, fold


def gift(key, at, count, group="g1"):
    return ChatMessage(key, "rec", "orig", at, "小红", "小心心", "gift", "", group, count)


def test_that_a_combo_is_one_line_with_its_highest_count():
    chat = ChatMessage("c", "rec", "orig", 15, "甲", "好", "chat")
    messages = [gift("1", 10, 1), chat, gift("2", 20, 2), gift("3", 30, 3), gift("4", 40, 1, "g2")]
    folded = fold(messages)
    assert [(one.message.id, len(one.members), one.start_us, one.count) for one in folded] == [
        ("3", 3, 10, 3),
        ("c", 1, 15, 0),
        ("4", 1, 40, 1),
    ]
    assert sum(len(one.members) for one in folded) == len(messages)


def test_that_control_and_direction_marks_are_shown_and_emoji_stay():
    assert escaped("价\u202e格\x07\n\u200b") == "价\\u202e格\\u0007\\u000a\\u200b"
    assert escaped("👨‍👩‍👧 ❤️ 你好") == "👨‍👩‍👧 ❤️ 你好"
