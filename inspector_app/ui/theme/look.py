"""The look in force: scheme (following the system unless the user chose), type, palette and style sheet, applied to the application.

Painters read colours through `look()`; widgets hear of a change through the `changed` signal and Qt's own palette events.
"""

from functools import cached_property

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontMetrics, QPalette
from PySide6.QtWidgets import QApplication

from inspector_app.resources import resource

from .sheet import style_sheet
from .tokens import DARK, LIGHT, Tokens

SCHEMES = ("system", "light", "dark")
_TEXT_PX = 13
_CHINESE = ("Microsoft YaHei UI", "PingFang SC", "Noto Sans CJK SC", "Source Han Sans SC", "Noto Sans SC", "WenQuanYi Micro Hei")
_FIXED = ("Cascadia Mono", "Consolas", "SF Mono", "Menlo", "DejaVu Sans Mono", "monospace")


class Look(QObject):
    """One per application. `t` holds the colours as text; `colour(name)` as QColor."""

    changed = Signal()

    def __init__(self, app: QApplication, scheme: str = "system") -> None:
        super().__init__(app)
        self._app = app
        self._scheme = scheme if scheme in SCHEMES else "system"
        self._colours: dict[str, QColor] = {}
        self.t: Tokens = LIGHT
        app.setStyle("Fusion")
        app.setFont(self.font())
        app.styleHints().colorSchemeChanged.connect(lambda _: self._apply())
        self._apply()

    @property
    def scheme(self) -> str:
        return self._scheme

    def choose(self, scheme: str) -> None:
        self._scheme = scheme
        self._apply()

    def _apply(self) -> None:
        system_dark = self._app.styleHints().colorScheme() == Qt.ColorScheme.Dark
        tokens = DARK if self._scheme == "dark" or (self._scheme == "system" and system_dark) else LIGHT
        if tokens is self.t and self._app.styleSheet():
            return
        self.t = tokens
        self._colours.clear()
        self._app.setPalette(self._palette())
        self._app.setStyleSheet(style_sheet(tokens))
        self.changed.emit()

    def colour(self, name: str, alpha: int = 255) -> QColor:
        """A token as a colour; `alpha` 0 to 255."""
        key = f"{name}/{alpha}"
        if key not in self._colours:
            colour = QColor(getattr(self.t, name))
            colour.setAlpha(alpha)
            self._colours[key] = colour
        return self._colours[key]

    def _palette(self) -> QPalette:
        palette = QPalette()
        role = QPalette.ColorRole
        for names, token in (
            ((role.Window,), "window"),
            ((role.Base, role.ToolTipBase), "panel"),
            ((role.AlternateBase, role.Button), "raised"),
            ((role.WindowText, role.Text, role.ButtonText, role.ToolTipText), "text"),
            ((role.PlaceholderText,), "faint"),
            ((role.Highlight, role.Accent, role.Link), "accent"),
            ((role.HighlightedText,), "accent_text"),
            ((role.Light, role.Midlight), "panel"),
            ((role.Mid, role.Dark), "line_strong"),
        ):
            for name in names:
                palette.setColor(name, self.colour(token))
        for name in (role.WindowText, role.Text, role.ButtonText):
            palette.setColor(QPalette.ColorGroup.Disabled, name, self.colour("faint"))
        return palette

    # -- type ----------------------------------------------------------------------------------------------------------------

    @cached_property
    def _families(self) -> list[str]:
        """The system's Chinese face where it has one, else the one shipped with the program."""
        known = set(QFontDatabase.families())
        found = [name for name in _CHINESE if name in known]
        if not found:
            for file in ("NotoSansSC-Regular.ttf", "NotoSansSC-Bold.ttf"):
                added = QFontDatabase.addApplicationFont(str(resource("fonts", file)))
                found += [name for name in QFontDatabase.applicationFontFamilies(added) if name not in found]
        return found[:1] or [self._app.font().family()]

    def font(self, delta: int = 0, *, bold: bool = False) -> QFont:
        """The text face, `delta` logical pixels larger or smaller."""
        font = QFont(self._families)
        font.setPixelSize(_TEXT_PX + delta)
        font.setBold(bold)
        return font

    @cached_property
    def _fixed_families(self) -> list[str]:
        known = set(QFontDatabase.families())
        return [*(name for name in _FIXED if name in known), *self._families]

    def fixed(self, delta: int = 0, *, bold: bool = False) -> QFont:
        """The face of clocks and digests: figures of one width."""
        font = QFont(self._fixed_families)
        font.setStyleHint(QFont.StyleHint.Monospace)
        font.setPixelSize(_TEXT_PX + delta)
        font.setBold(bold)
        return font

    @cached_property
    def em(self) -> int:
        """Height of a line of text in logical pixels; everything that must hold text is sized from it."""
        return QFontMetrics(self.font()).height()


_current: list[Look] = []


def install(app: QApplication, scheme: str = "system") -> Look:
    """Makes the look of this application; a second call returns the same one with the scheme chosen."""
    if _current and _current[0].parent() is app:
        _current[0].choose(scheme)
    else:
        _current[:] = [Look(app, scheme)]
    return _current[0]


def look() -> Look:
    return _current[0]
