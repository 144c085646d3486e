"""Makes the pages beside the steps when they are first shown, and reads a time as a person types it."""

import re
from typing import TYPE_CHECKING

from inspector_app.domain.timebase import SECOND
from inspector_app.i18n import tr
from inspector_app.ui.models.words import short_clock
from inspector_app.ui.theme.look import look

from .overlay import Entry

if TYPE_CHECKING:
    from inspector_app.ui.pages.page import Page

    from .bench import Bench
    from .window import MainWindow

_CLOCK = re.compile(r"(?:(\d{1,3})[:：])?(\d{1,4})[:：](\d{1,2})(?:[.。](\d{1,6}))?|(\d{1,6})(?:[.。](\d{1,6}))?")


def make_page(name: str, window: "MainWindow") -> "Page":
    """The page `name`: settings, keys, handbook, log or about."""
    from inspector_app.ui.pages.handbook import HandbookPage
    from inspector_app.ui.pages.keys import KeysPage
    from inspector_app.ui.pages.log import AboutPage, LogPage
    from inspector_app.ui.pages.settings import SettingsPage

    match name:
        case "settings":
            page = SettingsPage(window.settings, window.bench.desk)
            page.said.connect(window.hint.tell)
            page.ask_keys.connect(lambda: window.show_page("keys"))
            page.chosen.connect(lambda option, value: _apply(window, option, str(value)))
            return page
        case "keys":
            keys = KeysPage()
            keys.said.connect(window.hint.tell)
            return keys
        case "handbook":
            return HandbookPage()
        case "log":
            return LogPage(window.diary)
    return AboutPage()


def _apply(window: "MainWindow", option: str, value: str) -> None:
    """Options that show at once."""
    from inspector_app.ui.bridge.language import system_language

    if option == "scheme":
        look().choose(value)
    elif option == "language":
        window.set_language(value or system_language(), keep=value)


def read_time(text: str) -> int | None:
    """Microseconds of `14:24`, `1:02:09.5` or plain seconds; None where it is no time."""
    found = _CLOCK.fullmatch(text.strip())
    if found is None:
        return None
    hours, minutes, seconds, part, alone, alone_part = found.groups()
    whole = int(alone) if alone else int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)
    return whole * SECOND + int(((part or alone_part) or "0").ljust(6, "0"))


def times(bench: "Bench", text: str) -> list[Entry]:
    """The one place a typed time means, held inside the recording."""
    at = read_time(text)
    if at is None:
        return []
    held = min(at, bench.store.duration_us)
    note = tr("ui.palette.beyond") if held < at else ""
    return [Entry(tr("ui.palette.go", clock=short_clock(held)), note, lambda: bench.watch.playback.seek(held))]
