"""One mapping of a catalogue file, read field by field and strictly; every complaint names the file and the line.

It knows nothing of the law: which fields there are is `reading.py`'s business.
"""

import re
from collections.abc import Callable, Collection
from datetime import date
from typing import TypeVar

from inspector_app.domain.codes import ArticleCode
from inspector_app.domain.errors import BadInput
from inspector_app.statutes.model import Words
from inspector_app.statutes.strict_yaml import Node, bad_file

_T = TypeVar("_T")
_PLACE = re.compile(r"([1-9]\d{0,3})(?:-([1-9]\d?))?(?:-([1-9]\d?))?")


class Fields:
    """A mapping being read: every getter takes one field; `done` refuses what nobody asked for."""

    def __init__(self, node: Node, file: str) -> None:
        if not isinstance(node.value, dict):
            raise bad_file(file, node.line, "not_a_mapping", node.value if isinstance(node.value, str) else "")
        self._nodes = dict(node.value)
        self.file = file
        self.line = node.line

    def error(self, problem: str, value: object = "") -> BadInput:
        return bad_file(self.file, self.line, problem, value)

    def node(self, name: str) -> Node | None:
        """The field's node, or None when it is absent or null."""
        node = self._nodes.pop(name, None)
        return None if node is None or node.value is None else node

    def need(self, name: str) -> Node:
        node = self.node(name)
        if node is None:
            raise self.error("missing_field", name)
        return node

    def text(self, name: str) -> str:
        node = self.need(name)
        if not isinstance(node.value, str) or not node.value.strip():
            raise bad_file(self.file, node.line, "not_text", name)
        return node.value.strip()

    def option(self, name: str, read: Callable[[str], _T]) -> _T | None:
        """`read(field name)` where the field is present, None otherwise."""
        node = self._nodes.get(name)
        if node is None or node.value is None:
            self._nodes.pop(name, None)
            return None
        return read(name)

    def choice(self, name: str, allowed: Collection[str]) -> str:
        node = self.need(name)
        if node.value not in allowed:
            raise bad_file(self.file, node.line, "unknown_value", f"{name}: {node.value}")
        return str(node.value)

    def number(self, name: str) -> int:
        return self.count(name, self.need(name))

    def count(self, name: str, node: Node) -> int:
        """The whole number in a node that stands in the field or in its list."""
        if not isinstance(node.value, str) or not re.fullmatch(r"\d{1,9}", node.value, re.ASCII):
            raise bad_file(self.file, node.line, "not_a_number", f"{name}: {node.value}")
        return int(node.value)

    def flag(self, name: str) -> bool:
        return self.option(name, lambda field: self.choice(field, ("true", "false"))) == "true"

    def day(self, name: str) -> date:
        node = self.need(name)
        try:
            return date.fromisoformat(str(node.value))
        except ValueError as error:
            raise bad_file(self.file, node.line, "not_a_date", f"{name}: {node.value}") from error

    def words(self, name: str) -> Words:
        inner = self.fields(name)
        both = inner.both()
        inner.done()
        return both

    def both(self) -> Words:
        """The `zh` and `en` fields of this very mapping."""
        return Words(self.text("zh"), self.text("en"))

    def fields(self, name: str) -> "Fields":
        return Fields(self.need(name), self.file)

    def nodes(self, name: str) -> list[Node]:
        """The list in the field; an absent field is an empty list."""
        node = self.node(name)
        if node is None:
            return []
        if not isinstance(node.value, list):
            raise bad_file(self.file, node.line, "not_a_list", name)
        return node.value

    def each(self, name: str) -> list["Fields"]:
        return [Fields(node, self.file) for node in self.nodes(name)]

    def texts(self, name: str, allowed: Collection[str] | None = None) -> tuple[str, ...]:
        """A list of plain texts without repetition, each in `allowed` when given."""
        texts: list[str] = []
        for node in self.nodes(name):
            if not isinstance(node.value, str) or not node.value.strip():
                raise bad_file(self.file, node.line, "not_text", name)
            if node.value in texts:
                raise bad_file(self.file, node.line, "repeated_value", f"{name}: {node.value}")
            if allowed is not None and node.value not in allowed:
                raise bad_file(self.file, node.line, "unknown_value", f"{name}: {node.value}")
            texts.append(node.value)
        return tuple(texts)

    def code(self, name: str) -> ArticleCode:
        node = self.need(name)
        return self._code(node)

    def codes(self, name: str) -> tuple[ArticleCode, ...]:
        return tuple(self._code(node) for node in self.nodes(name))

    def _code(self, node: Node) -> ArticleCode:
        law, colon, place = str(node.value).partition(":")
        found = _PLACE.fullmatch(place)
        if not law or not colon or not found:
            raise bad_file(self.file, node.line, "not_a_code", node.value)
        return ArticleCode(law, *(int(part or 0) for part in found.groups()))

    def matching(self, name: str, pattern: re.Pattern[str]) -> str:
        node = self.need(name)
        if not isinstance(node.value, str) or not pattern.fullmatch(node.value):
            raise bad_file(self.file, node.line, "bad_name", f"{name}: {node.value}")
        return node.value

    def done(self) -> None:
        for name, node in self._nodes.items():
            raise bad_file(self.file, node.line, "unknown_field", name)
