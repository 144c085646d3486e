"""Form templates: a head that names the fields, and a body that a person can read and edit. Reads files; runs nothing they contain.

The body is filled by Jinja's sandbox with no functions at all, and what a person typed enters it as a mark that only the page knows how
to read: a value can neither become markup nor code. A bureau's own copy in its folder `forms` comes before the one shipped; every slip
is refused with file and line.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from inspector_app.domain.errors import BadInput, StorageError
from inspector_app.resources import resource
from inspector_app.statutes import bureau
from inspector_app.statutes.strict_yaml import Node, parse_yaml

SUFFIX: Final = ".form"
FORMAT: Final = "1"
TYPES: Final = ("text", "long", "moment", "day", "choice", "choices", "tick", "table", "still")
LAYOUTS: Final = ("record", "letter")
MOMENT: Final = "%Y-%m-%d %H:%M"
DAY: Final = "%Y-%m-%d"
#: what stands where nothing is known, to be filled by hand
BLANK_MOMENT: Final = "　　　　年　　月　　日　　时　　分"
BLANK_DAY: Final = "　　　　年　　月　　日"
#: marks around the number of a value in a filled body; private characters that no font has and no template may hold
OPEN, CLOSE = "\ue000", "\ue001"

_HEAD = ("format", "id", "title", "title_en", "order", "layout", "objective", "fields", "period")
_FIELD = (
    "name",
    "type",
    "zh",
    "en",
    "required",
    "objective",
    "from",
    "options",
    "columns",
    "after",
    "not_before",
    "duty",
    "help_zh",
    "help_en",
)
_COLUMN = ("name", "zh", "en", "share", "digest")
_NAME = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True)
class Column:
    """One column of a table field; `digest` columns must hold a SHA-256."""

    name: str
    zh: str
    en: str
    share: int
    digest: bool


@dataclass(frozen=True)
class Field:
    """One field: its type, its words, what fills it (`source`, a name in `facts`) and what the lint asks of it."""

    name: str
    type: str
    zh: str
    en: str
    required: bool
    objective: bool
    source: str
    options: tuple[str, ...]
    columns: tuple[Column, ...]
    after: str
    not_before: str
    duty: str
    help_zh: str
    help_en: str


@dataclass(frozen=True)
class Template:
    """A form as the bureau has it. `body_line` is the line of the file on which the body begins (from 1)."""

    id: str
    title: str
    title_en: str
    order: int
    layout: str
    objective: bool
    period: tuple[str, ...]
    fields: tuple[Field, ...]
    body: str
    body_line: int
    file: str
    sha256: str
    own: bool

    def field(self, name: str) -> Field | None:
        return next((one for one in self.fields if one.name == name), None)


# -- finding and reading ------------------------------------------------------------------------------------------------------------


def folders() -> tuple[Path, ...]:
    """Where templates lie, the bureau's own first."""
    return bureau.folder() / "forms", resource("dossier", "forms")


def load_all() -> list[Template]:
    """Every template in the order of the file it belongs to; a bureau's own stands in the place of the shipped one with its name."""
    found: dict[str, Path] = {}
    for folder in reversed(folders()):
        found |= {path.stem: path for path in sorted(folder.glob(f"*{SUFFIX}"))}
    return sorted((read(path) for path in found.values()), key=lambda one: (one.order, one.id))


def load(name: str) -> Template:
    """The template `name`; BadInput `form.no_template` naming those there are."""
    for folder in folders():
        path = folder / f"{name}{SUFFIX}"
        if _NAME.fullmatch(name) and path.is_file():
            return read(path)
    known = sorted({path.stem for folder in folders() for path in folder.glob(f"*{SUFFIX}")})
    raise BadInput("form.no_template", name=name, known="、".join(known))


def read(path: Path) -> Template:
    """Reads one template; BadInput `form.bad_template` with file, line, problem and value."""
    try:
        content = path.read_bytes()
    except OSError as cause:
        raise StorageError.of(cause, path) from cause
    found = parse(content, path.name, own=path.parent == folders()[0])
    if found.id != path.stem:
        raise _bad(path.name, 1, "other_id", found.id)
    return found


def parse(content: bytes, file: str, *, own: bool = False) -> Template:
    """A template from its bytes; errors as `read`."""
    head, body, body_line = _parts(content, file)
    top = _mapping(parse_yaml(head, file, code="form.bad_template"), file, _HEAD, ("format", "id", "title", "layout", "fields"))
    if _text(top, "format", file) != FORMAT:
        raise _bad(file, top["format"].line, "other_format", _text(top, "format", file))
    fields = tuple(_field(node, file) for node in _items(top["fields"], file))
    names = [one.name for one in fields]
    for place, name in enumerate(names):
        if name in names[:place]:
            raise _bad(file, _items(top["fields"], file)[place].line, "repeated_field", name)
    if _text(top, "layout", file) not in LAYOUTS:
        raise _bad(file, top["layout"].line, "unknown_layout", _text(top, "layout", file))
    order = _text(top, "order", file) or "99"
    found = Template(
        id=_text(top, "id", file),
        title=_text(top, "title", file),
        title_en=_text(top, "title_en", file),
        order=int(order) if order.isdigit() else 99,
        layout=_text(top, "layout", file),
        objective=_text(top, "objective", file) == "yes",
        period=tuple(_text(top, "period", file).split()),
        fields=fields,
        body=body,
        body_line=body_line,
        file=file,
        sha256=hashlib.sha256(content).hexdigest(),
        own=own,
    )
    for one in fields:
        if one.after and one.after not in names:
            raise _bad(file, 1, "unknown_field", one.after)
    filled(found, {})  # a body that names an unknown field or does not parse is found out here, not at the desk of an officer
    return found


def _parts(content: bytes, file: str) -> tuple[bytes, str, int]:
    """Head, body, and the body's first line."""
    try:
        lines = content.decode("utf-8").replace("\r\n", "\n").split("\n")
    except UnicodeDecodeError as cause:
        raise _bad(file, content[: cause.start].count(b"\n") + 1, "not_utf8", "") from cause
    marks = [place for place, line in enumerate(lines) if line.rstrip() == "---"]
    if len(marks) < 2 or marks[0] != 0:
        raise _bad(file, 1, "no_head", lines[0])
    for place, line in enumerate(lines, 1):
        if OPEN in line or CLOSE in line:
            raise _bad(file, place, "hidden_character", "")
    return "\n".join(lines[: marks[1]]).encode(), "\n".join(lines[marks[1] + 1 :]), marks[1] + 2


def _field(node: Node, file: str) -> Field:
    found = _mapping(node, file, _FIELD, ("name", "type", "zh", "en"))
    values = {name: _text(found, name, file) for name in _FIELD if name not in ("options", "columns")}
    if not _NAME.fullmatch(values["name"]):
        raise _bad(file, node.line, "bad_name", values["name"])
    if values["type"] not in TYPES:
        raise _bad(file, found["type"].line, "unknown_type", values["type"])
    options = tuple(str(one.value) for one in _items(found["options"], file)) if "options" in found else ()
    columns = tuple(_column(one, file) for one in _items(found["columns"], file)) if "columns" in found else ()
    if values["type"] in ("choice", "choices") and not options:
        raise _bad(file, node.line, "no_options", values["name"])
    if values["type"] == "table" and not columns:
        raise _bad(file, node.line, "no_columns", values["name"])
    return Field(
        **{name: values[name] for name in ("name", "type", "zh", "en", "after", "not_before", "duty", "help_zh", "help_en")},
        required=values["required"] == "yes",
        objective=values["objective"] != "no",
        source=values["from"],
        options=options,
        columns=columns,
    )


def _column(node: Node, file: str) -> Column:
    found = _mapping(node, file, _COLUMN, ("name", "zh", "en"))
    share = _text(found, "share", file) or "10"
    if not share.isdigit() or not int(share):
        raise _bad(file, found["share"].line, "bad_share", share)
    return Column(
        _text(found, "name", file), _text(found, "zh", file), _text(found, "en", file), int(share), _text(found, "digest", file) == "yes"
    )


def _mapping(node: Node, file: str, known: tuple[str, ...], required: tuple[str, ...]) -> dict[str, Node]:
    if not isinstance(node.value, dict):
        raise _bad(file, node.line, "not_a_mapping", "")
    for name, value in node.value.items():
        if name not in known:
            raise _bad(file, value.line, "unknown_key", name)
    for name in required:
        if name not in node.value:
            raise _bad(file, node.line, "missing_key", name)
    return node.value


def _items(node: Node, file: str) -> list[Node]:
    if not isinstance(node.value, list):
        raise _bad(file, node.line, "not_a_list", "")
    return node.value


def _text(found: Mapping[str, Node], name: str, file: str) -> str:
    node = found.get(name)
    if node is None or node.value is None:
        return ""
    if not isinstance(node.value, str):
        raise _bad(file, node.line, "not_text", name)
    return node.value.strip()


def _bad(file: str, line: int, problem: str, value: str) -> BadInput:
    return BadInput("form.bad_template", file=file, line=line, problem=problem, value=value[:80])


# -- filling ------------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Filled:
    """A body with marks for the values: line by line, and the values (None: a blank) that the marks number."""

    lines: tuple[str, ...]
    values: tuple[str | None, ...]


def filled(template: Template, values: Mapping[str, Any]) -> Filled:
    """Fills the body; BadInput `form.bad_template` with the line of a slip in it."""
    import jinja2  # only a form needs it, and the window starts without one
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    marks: list[str | None] = []

    def mark(value: object) -> str:
        marks.append(None if value is None or value == "" else str(value))
        return f"{OPEN}{len(marks) - 1}{CLOSE}"

    engine = ImmutableSandboxedEnvironment(undefined=jinja2.StrictUndefined, finalize=mark, keep_trailing_newline=True)
    engine.globals.clear()
    engine.filters.clear()
    engine.trim_blocks = engine.lstrip_blocks = True
    shown = {one.name: display(one, values.get(one.name)) for one in template.fields if one.type != "table"}
    boxes = {one.name: ticked(one, values.get(one.name)) for one in template.fields if one.type in ("choice", "choices", "tick")}
    raw = {one.name: values.get(one.name) or "" for one in template.fields}
    try:
        text = engine.from_string(template.body).render(**shown, boxes=boxes, raw=raw)
    except jinja2.TemplateSyntaxError as cause:
        raise _bad(template.file, template.body_line + cause.lineno - 1, "not_a_template", cause.message or "") from cause
    except (jinja2.TemplateError, ArithmeticError, TypeError, ValueError, LookupError, AttributeError, RecursionError) as cause:
        raise _bad(template.file, template.body_line + _line_of(cause) - 1, "cannot_fill", str(cause)) from cause
    return Filled(tuple(text.split("\n")), tuple(marks))


def _line_of(cause: BaseException) -> int:
    """The line of the body at which filling failed."""
    line, trace = 1, cause.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "<template>":
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def display(field: Field, value: Any) -> str | None:
    """A value as a document writes it; None for a blank, except that times keep their 年月日 to write around."""
    if field.type in ("moment", "day"):
        return _written(field.type, str(value or ""))
    if field.type == "choices" and isinstance(value, list):
        return "、".join(map(str, value)) or None
    return str(value) if value else None


def _written(kind: str, value: str) -> str:
    if not value.strip():
        return BLANK_MOMENT if kind == "moment" else BLANK_DAY
    at = parsed(kind, value)
    if at is None:
        return value
    day = f"{at.year}年{at.month}月{at.day}日"
    return f"{day}{at.hour}时{at.minute:02d}分" if kind == "moment" else day


def parsed(kind: str, value: str) -> datetime | None:
    """A moment or day as typed, on the Beijing clock (naive); None where it is none."""
    try:
        return datetime.strptime(value.strip(), MOMENT if kind == "moment" else DAY)  # noqa: DTZ007  # wall clock of the form
    except ValueError:
        return None


def ticked(field: Field, value: Any) -> str:
    """The options with their boxes: ☑录屏　□截屏."""
    if field.type == "tick":
        return "☑" if value == "yes" else "□"
    chosen = value if isinstance(value, list) else [value]
    return "　".join(("☑" if option in chosen else "□") + option for option in field.options)
