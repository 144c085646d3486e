"""The names of keys: what was pressed as a key text, how a keycap shows it, and which keys may never be given to an act.

A key text is Qt's portable name, with a few spellings made one.
"""

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence

_IGNORED = Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.GroupSwitchModifier
_NAMES = {"Enter": "Return", "Shift+Backtab": "Shift+Tab", "Backtab": "Shift+Tab", "Shift+?": "?", "Del": "Delete", "·": "`"}
_MODIFIERS = {
    Qt.Key.Key_Shift,
    Qt.Key.Key_Control,
    Qt.Key.Key_Alt,
    Qt.Key.Key_Meta,
    Qt.Key.Key_AltGr,
    Qt.Key.Key_CapsLock,
    Qt.Key.Key_unknown,
}

#: what every program means by these is never changed
RESERVED: Final = frozenset({"Ctrl+S", "Ctrl+C", "Ctrl+V", "Ctrl+X", "Ctrl+Z"})
#: keys by which Chinese input methods switch language, width, punctuation and script, or by which systems move between windows
INPUT_METHOD: Final = frozenset({"Ctrl+Space", "Shift+Space", "Ctrl+Shift+Space", "Meta+Space", "Ctrl+.", "Ctrl+Shift+F", "Ctrl+Shift+T"})
SYSTEM: Final = frozenset({"Alt+Space", "Alt+F4", "Alt+Tab", "Alt+Shift+Tab", "Ctrl+Tab", "Alt+Esc", "Ctrl+Esc", "Ctrl+Alt+Delete"})
#: fixed in the watch step: Esc always leads back to coding
ESCAPE: Final = "Esc"


def key_text(event: QKeyEvent) -> str:
    """The portable name of what was pressed; both Enter keys and the digits of a numeric pad count as the plain ones. A lone modifier is ""."""
    if event.key() in _MODIFIERS:
        return ""
    combination = QKeySequence(int(event.key()) | (event.modifiers() & ~_IGNORED).value)
    text = combination.toString(QKeySequence.SequenceFormat.PortableText)
    return _NAMES.get(text, text)


def refusal(key: str, scope: str) -> str:
    """Why a key may not be given to an act of `scope`, as the end of a word key (`ui.keys.refused.…`); "" where it may."""
    if key in RESERVED:
        return "reserved"
    if key == "F10":
        return "f10"
    if key in INPUT_METHOD:
        return "input_method"
    if key in SYSTEM:
        return "system"
    if key == ESCAPE:
        return "escape"
    if not key or QKeySequence(key).isEmpty() or QKeySequence(key).count() != 1:
        return "unknown"
    if scope == "window" and _types(key):
        return "types"
    return ""


def _types(key: str) -> bool:
    """Whether the key writes a letter in a field: such a key would be lost to the window or eaten from the words."""
    bare = key.removeprefix("Shift+")
    return len(bare) == 1 or bare in ("Space", "Backspace", "Return", "Tab", "Delete", "Left", "Right", "Up", "Down", "Home", "End")


def shown(key: str) -> str:
    """A key text as a keycap shows it."""
    names = {"Return": "Enter", "Left": "←", "Right": "→", "Up": "↑", "Down": "↓", "PgDown": "PgDn", "Delete": "Del"}
    modifiers, plus, last = key.rpartition("+")
    if not last:  # the key is "+" itself
        return key
    return f"{modifiers}{plus}".replace("Shift+", "⇧") + names.get(last, last)
