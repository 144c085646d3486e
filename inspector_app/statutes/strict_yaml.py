"""Reads the small, safe part of YAML that the catalogue and the lead rules are written in, with the line of every value for error messages.

Only mappings, lists and scalars: anchors, aliases, tags, merge keys, repeated keys and deep nesting are refused, so a file from
outside can neither blow up in memory nor hide a second meaning. Scalars stay text (`null` and `~` become None); what a field must be is
the schema's business, so YAML's own guesses (`no` as false, dates, octal numbers) never happen.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from inspector_app.domain.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_BYTES = 1_000_000
MAX_DEPTH = 12
# libyaml's C parser is about ten times faster; the start of the window counts on it. Events are the same from both.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# Direction marks could make a number or a negation read differently on screen from what is stored.
_HIDDEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


@dataclass(frozen=True, slots=True)
class Node:
    """A value and the line (from 1) it stands on: text, None, a list of nodes, or a mapping from key to node."""

    value: "str | list[Node] | dict[str, Node] | None"
    line: int


class _Slip(Exception):
    """Something outside the strict subset: line (from 1), problem word, and the value that caused it."""

    def __init__(self, line: int, problem: str, value: object = "") -> None:
        super().__init__(line, problem, value)
        self.line, self.problem, self.value = line, problem, value


def bad_file(file: str, line: int, problem: str, value: object = "", *, code: str = "law.bad_catalogue") -> BadInput:
    """The error `code`: file, line (from 1), a problem word and the value that caused it (cut to 80 characters)."""
    return BadInput(code, file=file, line=line, problem=problem, value=str(value)[:80])


def read_yaml(path: Path, *, code: str = "law.bad_catalogue") -> Node:
    """Reads one file; BadInput `code` with file and line on anything outside the strict subset."""
    return parse_yaml(path.read_bytes(), path.name, code=code)


def parse_yaml(data: bytes, file: str, *, code: str) -> Node:
    """Reads the bytes of `file`, or its head; errors as `read_yaml`."""
    try:
        return _parsed(data)
    except _Slip as slip:
        raise bad_file(file, slip.line, slip.problem, slip.value, code=code) from slip


def _parsed(data: bytes) -> Node:
    if len(data) > MAX_BYTES:
        raise _Slip(1, "too_large", len(data))
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _Slip(data[: error.start].count(b"\n") + 1, "not_utf8") from error
    hidden = _HIDDEN.search(text)
    if hidden:
        raise _Slip(text.count("\n", 0, hidden.start()) + 1, "hidden_character", f"U+{ord(hidden[0]):04X}")
    try:
        return _built(yaml.parse(text, Loader=_LOADER))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise _Slip(mark.line + 1 if mark else 1, "not_yaml", error.problem) from error
    except yaml.reader.ReaderError as error:
        raise _Slip(text.count("\n", 0, error.position) + 1, "not_yaml", error.reason) from error


class _Open:
    """A list or mapping that is still being read; in a mapping, `key` waits for its value."""

    __slots__ = ("key", "line", "value")

    def __init__(self, value: "list[Node] | dict[str, Node]", line: int) -> None:
        self.value = value
        self.line = line
        self.key: str | None = None

    def put(self, node: Node) -> None:
        if isinstance(self.value, list):
            self.value.append(node)
        elif self.key is not None:
            self.value[self.key] = node
            self.key = None
        elif not isinstance(node.value, str) or node.value == "<<":
            raise _Slip(node.line, "bad_key", node.value)
        elif node.value in self.value:
            raise _Slip(node.line, "repeated_key", node.value)
        else:
            self.key = node.value


def _built(events: "Iterator[yaml.Event]") -> Node:
    """Builds the tree without recursion, so that nesting is refused at `MAX_DEPTH` and never exhausts the stack."""
    root: Node | None = None
    stack: list[_Open] = []
    for event in events:
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _Slip(line, "anchor_or_alias")
        if isinstance(event, (yaml.ScalarEvent, yaml.CollectionStartEvent)) and event.tag is not None:
            raise _Slip(line, "tag", event.tag)
        if isinstance(event, yaml.CollectionStartEvent):
            if len(stack) >= MAX_DEPTH:
                raise _Slip(line, "too_deep", MAX_DEPTH)
            stack.append(_Open({} if isinstance(event, yaml.MappingStartEvent) else [], line))
            continue
        if isinstance(event, yaml.CollectionEndEvent):
            closed = stack.pop()
            node = Node(closed.value, closed.line)
        elif isinstance(event, yaml.ScalarEvent):
            empty = event.style in (None, "") and event.value in ("", "~", "null")
            node = Node(None if empty else event.value, line)
        elif isinstance(event, yaml.DocumentStartEvent) and root is not None:
            raise _Slip(line, "second_document")
        else:
            continue
        if stack:
            stack[-1].put(node)
        else:
            root = node
    if root is None:
        raise _Slip(1, "empty")
    return root
