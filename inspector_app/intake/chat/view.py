"""How messages are shown: combos folded, marks that would disturb a line of text made visible. The rows in the case stay as they came."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from inspector_app.domain.records import ChatMessage
from inspector_app.domain.timebase import Micros


@dataclass(frozen=True)
class Folded:
    """One line of the view: the message it shows (of a combo the last one, which has the final count), and every message it stands for."""

    message: ChatMessage
    members: tuple[ChatMessage, ...]
    start_us: Micros
    count: int


def fold(messages: Iterable[ChatMessage]) -> list[Folded]:
    """Messages with the same combo key become one line, where the first of them stood; the others stand alone.

    A combo's entries count upwards, so its number is the highest, not the sum (platforms send 1, 2, 3 for three gifts).
    """
    groups: dict[tuple[str, str, str], list[ChatMessage]] = {}
    for message in messages:
        key = (message.original_id, message.kind, message.group_key) if message.group_key else ("", "", message.id)
        groups.setdefault(key, []).append(message)
    return [
        Folded(
            max(members, key=lambda one: (one.count, one.at_us)),
            tuple(members),
            min(one.at_us for one in members),
            max(one.count for one in members),
        )
        for members in groups.values()
    ]


def escaped(text: str) -> str:
    """Text for one line on the screen: control and direction marks as `\\u202e`, so that nothing hides or turns the words around it."""
    return "".join(f"\\u{ord(mark):04x}" if _disturbs(mark) else mark for mark in text)


def _disturbs(mark: str) -> bool:
    if mark in "\u200d\ufe0f":  # the joiners that emoji need
        return False
    return unicodedata.category(mark) in ("Cc", "Cf", "Zl", "Zp")
