"""The words shown to people, Chinese first and English complete, for the window and the command line alike.

One catalogue of plain JSON serves both, because the command line starts without Qt. `resources/i18n/<language>/<room>.json` maps keys to
sentences with `{facts}`. Only `ui` and `cli` make sentences; rooms below pass codes and facts. Qt's own dialogs use Qt's translations.
"""

import json
from functools import cache

from inspector_app.domain.errors import InspectorError
from inspector_app.resources import resource

LANGUAGES = ("zh", "en")
_current = ["zh"]


@cache
def _catalogue(language: str) -> dict[str, str]:
    words: dict[str, str] = {}
    for file in sorted(resource("i18n", language).glob("*.json")):
        words.update(json.loads(file.read_text(encoding="utf-8")))
    return words


def set_language(language: str) -> None:
    if language not in LANGUAGES:
        raise ValueError(language)
    _current[0] = language


def language() -> str:
    return _current[0]


def has(key: str) -> bool:
    return key in _catalogue(_current[0])


def tr(key: str, **facts: object) -> str:
    """The sentence of `key` in the language in force; the key itself where a catalogue lacks it (a test forbids that)."""
    sentence = _catalogue(_current[0]).get(key, key)
    for name, value in facts.items():  # not str.format: facts come from outside and may hold braces
        sentence = sentence.replace("{" + name + "}", str(value))
    return sentence


def explain(error: InspectorError) -> tuple[str, str]:
    """Cause and next step of an error, in words."""
    return tr(f"{error.code}.cause", **error.facts), tr(f"{error.code}.next", **error.facts)
