"""The key map in force: the defaults of the registry, a preset over them, and what this person changed over that; kept in the settings.

It knows which act has a key and refuses keys that may never be given away. A file of keys is checked whole before anything is taken from it.
"""

import json
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QObject, Signal

from inspector_app.domain.errors import BadInput, StorageError
from inspector_app.domain.files import write_text
from inspector_app.i18n import language, tr
from inspector_app.resources import resource
from inspector_app.ui.bridge.settings import Settings

from .acts import ACTS
from .keys import refusal, shown

FORMAT: Final = 1
OURS: Final = "ours"
PRESETS: Final = (OURS, "subtitle", "boris")

Keys = dict[str, tuple[str, ...]]


class KeyMap(QObject):
    """Signal `changed()` when any key means something else than before."""

    changed = Signal()

    def __init__(self, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._base: Keys = {}
        self._now: Keys = {}
        self._owner: dict[str, str] = {}
        self.read_settings()

    def read_settings(self) -> None:
        """Takes preset and changes from the settings; what does not fit this program (an act that is gone) is left out."""
        name = self._settings.get("key_preset", OURS)
        self.preset = name if name in PRESETS else OURS
        self._base = preset_keys(self.preset)
        changes = self._settings.get("keys", {})
        own: Keys = {}
        for act, keys in changes.items() if isinstance(changes, dict) else ():
            if act in ACTS and not ACTS[act].fixed and isinstance(keys, list):
                own[act] = tuple(
                    key for key in keys if isinstance(key, str) and (key in ACTS[act].keys or not refusal(key, ACTS[act].scope))
                )
        taken = {key for keys in own.values() for key in keys}
        self._now = {act: own.get(act, tuple(key for key in keys if key not in taken)) for act, keys in self._base.items()}
        self._index()

    def _index(self) -> None:
        self._owner = {}
        for act, keys in self._now.items():
            for key in keys:
                self._owner.setdefault(key, act)
        self.changed.emit()

    # -- questions -----------------------------------------------------------------------------------------------------------

    def keys(self, act: str) -> tuple[str, ...]:
        return self._now.get(act, ())

    def owner(self, key: str) -> str:
        """The act that has a key; "" where none has."""
        return self._owner.get(key, "")

    def coding(self, key: str) -> str:
        """The act of the watch step that a key means; "" where it means none."""
        act = self._owner.get(key, "")
        return act if act and ACTS[act].scope == "coding" else ""

    def is_changed(self, act: str) -> bool:
        """Whether this person changed the keys of an act from those of the preset."""
        return self._now[act] != self._base[act]

    # -- changing ------------------------------------------------------------------------------------------------------------

    def bind(self, act: str, keys: tuple[str, ...], *, take: bool = False) -> str:
        """Gives an act its keys; with `take` they are taken from the acts that have them. Returns the act in the way, or ""."""
        for key in keys:
            other = self.owner(key)
            if other and other != act:
                if not take or ACTS[other].fixed:
                    return other
                self._now[other] = tuple(each for each in self._now[other] if each != key)
        self._now[act] = keys
        self._keep()
        return ""

    def swap(self, act: str, key: str) -> None:
        """Gives `key` to `act` and the act's old first key to the act that had it, where that key may be given there."""
        other, old = self.owner(key), self.keys(act)[:1]
        if not other or ACTS[other].fixed:
            return
        rest = tuple(each for each in self._now[other] if each != key)
        fits = tuple(each for each in old if not refusal(each, ACTS[other].scope))
        self._now[act] = (key, *self.keys(act)[1:])
        self._now[other] = (*fits, *rest)
        self._keep()

    def reset(self, act: str) -> str:
        """The preset's keys for one act again. Returns the act that has one of them now, or ""."""
        return self.bind(act, self._base[act])

    def reset_all(self) -> None:
        self._now = dict(self._base)
        self._keep()

    def use_preset(self, name: str) -> None:
        """Another preset, with nothing of one's own over it."""
        self._settings.set("key_preset", name)
        self._settings.set("keys", {})
        self.read_settings()

    def _keep(self) -> None:
        self._settings.set("keys", {act: list(keys) for act, keys in self._now.items() if keys != self._base[act]})
        self._index()

    # -- files ---------------------------------------------------------------------------------------------------------------

    def export(self, path: Path) -> None:
        """Writes every act with its keys. Raises StorageError."""
        body = {"format": FORMAT, "preset": self.preset, "keys": {act: list(keys) for act, keys in self._now.items()}}
        write_text(path, json.dumps(body, ensure_ascii=False, indent=1) + "\n")

    def take_file(self, path: Path) -> None:
        """Takes the keys of a file over this preset; acts it does not name keep theirs. Raises BadInput and then changes nothing."""
        self._now = over(dict(self._now), read_keys(path), path.name)
        self._keep()


def preset_keys(name: str) -> Keys:
    """Every act with its keys under a preset."""
    defaults: Keys = {act.id: act.keys for act in ACTS.values()}
    path = resource("keymaps", f"{name}.json")
    return over(defaults, read_keys(path), path.name)


def preset_title(name: str) -> str:
    titles: dict[str, str] = json.loads(resource("keymaps", f"{name}.json").read_text(encoding="utf-8"))["title"]
    return titles[language()]


def read_keys(path: Path) -> dict[str, tuple[tuple[str, ...], int]]:
    """The acts of a key file, each with its keys and the line it stands on.

    Raises BadInput: `keymap.not_json` (file, line, cause), `keymap.other_format` (file, found, known), `keymap.unknown_act`
    (file, line, act), `keymap.refused` (file, line, act, combo, why), or StorageError.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
        body = json.loads(text)
    except OSError as cause:
        raise StorageError.of(cause, path) from cause
    except json.JSONDecodeError as cause:
        raise BadInput("keymap.not_json", file=path.name, line=cause.lineno, cause=cause.msg) from cause
    except ValueError as cause:
        raise BadInput("keymap.not_json", file=path.name, line=1, cause="UTF-8") from cause
    if not isinstance(body, dict) or body.get("format") != FORMAT or not isinstance(body.get("keys"), dict):
        found = str(body.get("format", "?")) if isinstance(body, dict) else "?"
        raise BadInput("keymap.other_format", file=path.name, found=found[:40], known=FORMAT)
    rows = text.split("\n")
    taken: dict[str, tuple[tuple[str, ...], int]] = {}
    for act, keys in body["keys"].items():
        line = next((at for at, row in enumerate(rows, 1) if f'"{act}"' in row), 1)
        if act not in ACTS:
            raise BadInput("keymap.unknown_act", file=path.name, line=line, act=act[:60])
        taken[act] = (_checked(path.name, line, act, keys), line)
    return taken


def _checked(file: str, line: int, act: str, keys: Any) -> tuple[str, ...]:
    if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
        raise BadInput("keymap.refused", file=file, line=line, act=ACTS[act].title, combo=str(keys)[:40], why=tr("ui.keys.refused.unknown"))
    if tuple(keys) == ACTS[act].keys:  # the program's own, which may be fixed
        return tuple(keys)
    for key in keys:
        why = "fixed" if ACTS[act].fixed else "" if key in ACTS[act].keys else refusal(key, ACTS[act].scope)
        if why:
            raise BadInput("keymap.refused", file=file, line=line, act=ACTS[act].title, combo=key[:40], why=tr(f"ui.keys.refused.{why}"))
    return tuple(keys)


def over(base: Keys, given: dict[str, tuple[tuple[str, ...], int]], file: str) -> Keys:
    """`base` with the keys of a file over it. A key that the file gives to two acts, or takes from a fixed one, is refused:
    BadInput `keymap.taken` (file, line, combo, act, other). Acts that lose a key to the file keep their others."""
    now: Keys = {**base, **{act: keys for act, (keys, _) in given.items()}}
    owner: dict[str, str] = {}
    for act, (keys, line) in given.items():
        for key in keys:
            other = owner.setdefault(key, act)
            fixed = next((each.id for each in ACTS.values() if each.fixed and key in each.keys and each.id != act), "")
            if other != act or fixed:
                raise BadInput("keymap.taken", file=file, line=line, combo=key, act=ACTS[act].title, other=ACTS[fixed or other].title)
    return {act: keys if act in given else tuple(key for key in keys if key not in owner) for act, keys in now.items()}


_current: list[KeyMap] = []


def use_keys(settings: Settings) -> KeyMap:
    """Puts the key map of these settings in force."""
    _current[:] = [KeyMap(settings)]
    return _current[0]


def key_map() -> KeyMap:
    """The key map in force."""
    return _current[0]


def shown_keys(act: str) -> str:
    """The keys of an act as people read them, `Ctrl+Shift+Z · Ctrl+Y`."""
    return " · ".join(shown(key) for key in key_map().keys(act)) if _current else ""
