"""The options a person may set: each with its name, section, kind, default and what counts as a valid value. No widgets, no files.

The settings page, profiles and the settings file are all checked against this one list, so nothing unknown or out of range is ever taken.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

SECTIONS: Final = ("look", "people", "keys", "models", "privacy", "storage", "network", "recording")


@dataclass(frozen=True)
class Option:
    """One option. `kind`: choice (one of `choices`), flag, number (`low`..`high`), text (`fits` tells a wrong one by a word key's end).

    Its title is `ui.option.<name>`, its explanation `ui.option.<name>.why`; choices are `ui.option.<name>.<choice>`.
    """

    name: str
    section: str
    kind: str
    default: Any
    choices: tuple[str, ...] = ()
    low: int = 0
    high: int = 0
    fits: Callable[[str], str] = lambda _text: ""
    #: goes into a bureau's profile; officers and what fits only this computer do not
    shared: bool = True

    def problem(self, value: Any) -> str:
        """The end of the word key that says what is wrong with a value (`ui.option.wrong.…`); "" where nothing is."""
        match self.kind:
            case "choice":
                return "" if value in self.choices else "choice"
            case "flag":
                return "" if isinstance(value, bool) else "flag"
            case "number":
                return "" if isinstance(value, int) and not isinstance(value, bool) and self.low <= value <= self.high else "number"
        return self.fits(value) if isinstance(value, str) and len(value) <= 500 else "text"


def _url(text: str) -> str:
    return "" if not text or re.fullmatch(r"https?://[^\s/$.?#][^\s]*", text) else "url"


def _host(text: str) -> str:
    return "" if re.fullmatch(r"[A-Za-z0-9.-]{1,253}", text) else "host"


def _line(text: str) -> str:
    return "line" if "\n" in text or len(text) > 60 else ""


OPTIONS: Final[dict[str, Option]] = {
    option.name: option
    for option in (
        Option("scheme", "look", "choice", "system", ("system", "light", "dark")),
        Option("language", "look", "choice", "", ("", "zh", "en")),
        Option("officer1", "people", "text", "", fits=_line, shared=False),
        Option("certificate1", "people", "text", "", fits=_line, shared=False),
        Option("officer2", "people", "text", "", fits=_line, shared=False),
        Option("certificate2", "people", "text", "", fits=_line, shared=False),
        Option("key_preset", "keys", "choice", "ours", ("ours", "subtitle", "boris")),
        Option("storage.cases", "storage", "text", "", shared=False),
        Option("network.sntp", "network", "flag", default=False),
        Option("network.sntp_host", "network", "text", "ntp.ntsc.ac.cn", fits=_host),
        Option("network.timestamp_url", "network", "text", "", fits=_url),
        Option("recording.rate", "recording", "number", 15, low=5, high=60),
        Option("recording.sound", "recording", "flag", default=False),
    )
}
