"""Names for what has no words of its own: lists, tables and scrolling areas are called after the panel they lie in, for screen readers.

A widget that names itself is left alone. Call it again when the language changes.
"""

from PySide6.QtWidgets import QAbstractItemView, QAbstractScrollArea, QPlainTextEdit, QTextEdit, QWidget

from .widgets import Panel

_OURS = "named_after_panel"


def name_after_panels(root: QWidget, otherwise: str) -> None:
    """Names every list, table, text and scrolling area in `root` that has no name; `otherwise` where it lies in no panel with a title."""
    for widget in root.findChildren(QAbstractScrollArea):
        if widget.accessibleName() and not widget.property(_OURS):
            continue
        if isinstance(widget, (QAbstractItemView, QPlainTextEdit, QTextEdit)) or widget.focusPolicy():
            widget.setAccessibleName(_title_around(widget) or otherwise)
            widget.setProperty(_OURS, True)


def _title_around(widget: QWidget) -> str:
    """The title of the nearest panel around a widget that has one."""
    parent = widget.parentWidget()
    while parent is not None:
        if isinstance(parent, Panel) and hasattr(parent, "title"):
            return parent.title.text()
        parent = parent.parentWidget()
    return ""
