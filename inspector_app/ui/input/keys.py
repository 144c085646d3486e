"""The key map of the watch step and the names of keys. A key text is Qt's portable name, with a few spellings made one."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence

#: key text → act of the watch step, in the groups of the key sheet
GROUPS: dict[str, dict[str, str]] = {
    "play": {
        "Space": "play",
        "J": "shuttle_back",
        "K": "pause",
        "L": "shuttle_on",
        "Left": "back",
        "Right": "on",
        "Shift+Left": "back_far",
        "Shift+Right": "on_far",
        ",": "frame_back",
        ".": "frame_on",
        "[": "slower",
        "]": "faster",
        "Backspace": "normal_speed",
    },
    "move": {
        "Up": "sentence_back",
        "Down": "sentence_on",
        "PgUp": "finding_back",
        "PgDown": "finding_on",
        "Tab": "lead_on",
        "Shift+Tab": "lead_back",
        "Home": "to_start",
        "End": "to_end",
    },
    "tag": {**{str(digit): f"tap_{digit}" for digit in (*range(1, 10), 0)}, "T": "find_article", "R": "repeat"},
    "adjust": {"I": "set_in", "O": "set_out", "S": "play_finding", "Delete": "withdraw"},
    "say": {"N": "note", "F2": "correct"},
    "judge": {"Return": "accept", "X": "reject", "A": "accept_other", "Esc": "leave"},
}
CODING: dict[str, str] = {key: act for group in GROUPS.values() for key, act in group.items()}
#: keys of the whole window, for the key sheet
WINDOW: dict[str, str] = {
    "Ctrl+1…5": "steps",
    "Ctrl+Z": "undo",
    "Ctrl+Shift+Z": "redo",
    "Ctrl+F": "search",
    "Ctrl+K": "palette",
    "Ctrl+S": "saved",
    "Ctrl+E": "build",
    "Ctrl+Q": "quit",
    "F1": "sheet",
}

_IGNORED = Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.GroupSwitchModifier
_NAMES = {"Enter": "Return", "Shift+Backtab": "Shift+Tab", "Backtab": "Shift+Tab", "Shift+?": "?", "Del": "Delete"}


def key_text(event: QKeyEvent) -> str:
    """The portable name of what was pressed; both Enter keys and the digits of a numeric pad count as the plain ones."""
    combination = QKeySequence(int(event.key()) | (event.modifiers() & ~_IGNORED).value)
    text = combination.toString(QKeySequence.SequenceFormat.PortableText)
    return _NAMES.get(text, text)


def shown(key: str) -> str:
    """A key text as a keycap shows it."""
    names = {
        "Return": "Enter",
        "Left": "←",
        "Right": "→",
        "Up": "↑",
        "Down": "↓",
        "PgDown": "PgDn",
        "Shift+Left": "⇧←",
        "Shift+Right": "⇧→",
    }
    return names.get(key, key.replace("Shift+", "⇧"))
