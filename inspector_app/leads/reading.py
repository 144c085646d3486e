"""Reads a rule file's YAML strictly, with the file and line of every value, so that a bureau that edits its rules is told exactly where a
slip is. It knows the shapes of YAML only; what a rule must hold is the business of `rules`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import yaml

from inspector_app.domain.errors import BadInput

T = TypeVar("T")

MAX_BYTES = 2_000_000


def refused(file: str, line: int, problem: str, value: object = "") -> BadInput:
    """The error `leads.bad_rules`: file, line (from 1), a problem word and the value that caused it (cut to 80 characters)."""
    return BadInput("leads.bad_rules", file=file, line=line, problem=problem, value=str(value)[:80])


@dataclass(frozen=True, slots=True)
class Value:
    """A YAML node and the file it is from; every reader below raises `leads.bad_rules` with the line of what does not fit."""

    file: str
    node: yaml.Node

    @property
    def line(self) -> int:
        return int(self.node.start_mark.line) + 1

    def refuse(self, problem: str, value: object = "") -> BadInput:
        return refused(self.file, self.line, problem, value)

    def fields(self, required: str, optional: str = "") -> "dict[str, Value]":
        """A mapping with exactly these keys (names parted by blanks): an unknown, repeated or missing one is refused."""
        if not isinstance(self.node, yaml.MappingNode):
            raise self.refuse("not_a_mapping")
        allowed = set(required.split()) | set(optional.split())
        found: dict[str, Value] = {}
        for key_node, value_node in self.node.value:
            key = Value(self.file, key_node)
            name = key.text()
            if name not in allowed:
                raise key.refuse("unknown_key", name)
            if name in found:
                raise key.refuse("repeated_key", name)
            found[name] = Value(self.file, value_node)
        for name in required.split():
            if name not in found:
                raise self.refuse("missing_key", name)
        return found

    def entries(self) -> "list[tuple[str, Value]]":
        """A mapping with free keys, in order."""
        if not isinstance(self.node, yaml.MappingNode):
            raise self.refuse("not_a_mapping")
        return [(Value(self.file, key).text(), Value(self.file, value)) for key, value in self.node.value]

    def items(self) -> "list[Value]":
        if not isinstance(self.node, yaml.SequenceNode):
            raise self.refuse("not_a_list")
        return [Value(self.file, node) for node in self.node.value]

    def text(self) -> str:
        if not isinstance(self.node, yaml.ScalarNode) or not self.node.value.strip():
            raise self.refuse("not_text")
        return str(self.node.value)

    def texts(self) -> tuple[str, ...]:
        return tuple(item.text() for item in self.items())

    def whole(self, least: int, most: int) -> int:
        written = self.text()
        if not (written.isascii() and written.isdigit() and least <= int(written) <= most):
            raise self.refuse("not_in_range", f"{written} ({least}…{most})")
        return int(written)

    def flag(self) -> bool:
        written = self.text()
        if written not in ("true", "false"):
            raise self.refuse("not_true_or_false", written)
        return written == "true"

    def one_of(self, allowed: tuple[str, ...]) -> str:
        written = self.text()
        if written not in allowed:
            raise self.refuse("not_one_of", f"{written} ({', '.join(allowed)})")
        return written

    def in_two_languages(self) -> tuple[str, str]:
        """`{zh: …, en: …}`, both given."""
        found = self.fields("zh en")
        return found["zh"].text(), found["en"].text()

    def parsed(self, parse: Callable[[str], T], problem: str) -> T:
        """The text through `parse`, whose ValueError becomes `problem`."""
        written = self.text()
        try:
            return parse(written)
        except ValueError as error:
            raise self.refuse(problem, written) from error


def read(path: Path) -> tuple[Value, bytes]:
    """One rule file and its bytes; BadInput `leads.bad_rules` when it is too large, no UTF-8, no YAML, or uses anchors or tags."""
    data = path.read_bytes()
    if len(data) > MAX_BYTES:
        raise refused(path.name, 1, "too_large", len(data))
    try:
        text = data.decode("utf-8")
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) or getattr(event, "tag", None):
                raise refused(path.name, event.start_mark.line + 1 if event.start_mark else 1, "anchor_or_tag")
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except UnicodeDecodeError as error:
        raise refused(path.name, data[: error.start].count(b"\n") + 1, "not_utf8") from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise refused(path.name, mark.line + 1 if mark else 1, "not_yaml", error.problem) from error
    except yaml.reader.ReaderError as error:
        raise refused(path.name, text.count("\n", 0, error.position) + 1, "not_yaml", error.reason) from error
    if node is None:
        raise refused(path.name, 1, "empty")
    return Value(path.name, node), data
