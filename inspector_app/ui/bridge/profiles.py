"""A bureau's profile: shared options, keys and hot articles in one YAML file that another workstation takes in after checking all of it.

    format: 1
    options:            any of the shared options, by name        keys:            any acts
      scheme: dark                                                  mark: ["`"]
      network.sntp: no                                            hot_articles:    1 to 9 and 0, all ten
                                                                    1: 办法:34-1

A slip is refused with file and line; nothing is taken from a file that holds one. Officers, places and windows are not part of it.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from inspector_app.domain.codes import ArticleCode
from inspector_app.domain.errors import BadInput, StorageError
from inspector_app.domain.files import write_text
from inspector_app.i18n import tr
from inspector_app.statutes.bureau import DIGITS
from inspector_app.statutes.strict_yaml import Node, read_yaml
from inspector_app.ui.input.acts import ACTS
from inspector_app.ui.input.keymap import KeyMap
from inspector_app.ui.input.keys import refusal

from .options import OPTIONS
from .settings import Settings

FORMAT: Final = "1"
_PARTS: Final = ("format", "options", "keys", "hot_articles")
_FLAGS: Final = {"yes": True, "no": False, "true": True, "false": False}


@dataclass(frozen=True)
class Profile:
    """What a profile says: options by name, keys by act, and ten article codes or none."""

    options: dict[str, Any]
    keys: dict[str, list[str]]
    hot: tuple[str, ...] = ()


def write(path: Path, settings: Settings, keys: KeyMap, hot: tuple[str, ...]) -> None:
    """Writes this workstation's shared options, every act's keys and the hot articles. Raises StorageError."""
    rows = [f"format: {FORMAT}", "options:"]
    for option in OPTIONS.values():
        if option.shared:
            value = settings.option(option.name)
            text = ("no", "yes")[value] if option.kind == "flag" else _quoted(str(value))
            rows.append(f"  {option.name}: {text}")
    rows.append("keys:")
    rows += [f"  {act.id}: [{', '.join(_quoted(key) for key in keys.keys(act.id))}]" for act in ACTS.values() if not act.fixed]
    if hot:
        rows.append("hot_articles:")
        rows += [f"  {digit}: {_quoted(code)}" for digit, code in zip(DIGITS, hot, strict=True)]
    write_text(path, "\n".join(rows) + "\n")


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def read(path: Path) -> Profile:
    """Reads and checks a profile.

    Raises BadInput `profile.bad_yaml` (file, line, problem, value), `profile.unknown` (file, line, name), `profile.wrong`
    (file, line, name, found, wanted), or StorageError.
    """
    try:
        top = _mapping(path.name, read_yaml(path, code="profile.bad_yaml"), "format")
    except OSError as cause:
        raise StorageError.of(cause, path) from cause
    for name, node in top.items():
        if name not in _PARTS:
            raise BadInput("profile.unknown", file=path.name, line=node.line, name=name[:60])
    if "format" not in top or top["format"].value != FORMAT:
        line = top["format"].line if "format" in top else 1
        raise _wrong(path.name, line, "format", top.get("format"), FORMAT)
    options = {name: _option(path.name, name, node) for name, node in _part(path.name, top, "options").items()}
    keys = {name: _keys(path.name, name, node) for name, node in _part(path.name, top, "keys").items()}
    seen: dict[str, str] = {}
    for act, node in _part(path.name, top, "keys").items():
        for key in keys[act]:
            if seen.setdefault(key, act) != act:
                raise _wrong(path.name, node.line, act, node, tr("ui.profile.other_key", act=ACTS[seen[key]].title), key)
    return Profile(options, keys, _hot(path.name, _part(path.name, top, "hot_articles")))


def _part(file: str, top: dict[str, Node], name: str) -> dict[str, Node]:
    return _mapping(file, top[name], name) if name in top else {}


def _mapping(file: str, node: Node, name: str) -> dict[str, Node]:
    if not isinstance(node.value, dict):
        raise _wrong(file, node.line, name, node, tr("ui.profile.mapping"))
    return node.value


def _wrong(file: str, line: int, name: str, node: Node | None, wanted: str, found: str | None = None) -> BadInput:
    text = found if found is not None else node.value if node is not None and isinstance(node.value, str) else ""
    return BadInput("profile.wrong", file=file, line=line, name=name, found=text[:60] or "—", wanted=wanted)


def _option(file: str, name: str, node: Node) -> Any:
    option = OPTIONS.get(name)
    if option is None or not option.shared:
        raise BadInput("profile.unknown", file=file, line=node.line, name=name[:60])
    value: Any = node.value if node.value is not None else ""
    if option.kind == "flag":
        value = _FLAGS.get(str(value).lower(), value)
    elif option.kind == "number":
        value = int(value) if isinstance(value, str) and value.isascii() and value.isdigit() else value
    problem = option.problem(value)
    if problem:
        wanted = tr(f"ui.option.wrong.{problem}", low=option.low, high=option.high, choices=", ".join(filter(None, option.choices)))
        raise _wrong(file, node.line, name, node, wanted)
    return value


def _keys(file: str, act: str, node: Node) -> list[str]:
    if act not in ACTS or ACTS[act].fixed:
        raise BadInput("profile.unknown", file=file, line=node.line, name=act[:60])
    if not isinstance(node.value, list) or not all(isinstance(one.value, str) for one in node.value):
        raise _wrong(file, node.line, act, node, tr("ui.profile.list"))
    keys = [str(one.value) for one in node.value]
    for key in keys:
        why = "" if key in ACTS[act].keys else refusal(key, ACTS[act].scope)
        if why:
            raise _wrong(file, node.line, act, node, tr(f"ui.keys.refused.{why}"), key)
    return keys


def _hot(file: str, found: dict[str, Node]) -> tuple[str, ...]:
    codes: list[str] = []
    for digit, node in found.items():
        if digit not in DIGITS:
            raise BadInput("profile.unknown", file=file, line=node.line, name=digit[:60])
        try:
            code = str(ArticleCode.parse(str(node.value)))
        except ValueError as cause:
            raise _wrong(file, node.line, digit, node, tr("ui.profile.article")) from cause
        if code in codes:
            raise _wrong(file, node.line, digit, node, tr("ui.profile.once"))
        codes.append(code)
    if found and set(found) != set(DIGITS):
        line = next(iter(found.values())).line
        raise _wrong(file, line, "hot_articles", None, tr("ui.profile.ten"))
    return tuple(str(found[digit].value) for digit in DIGITS) if found else ()
