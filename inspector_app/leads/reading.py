"""Reads a rule file's YAML strictly, with the file and line of every value, so that a bureau that edits its rules is told exactly where a
slip is. It knows the shapes of YAML only; what a rule must hold is the business of `rules`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from inspector_app.domain.errors import BadInput
from inspector_app.statutes.strict_yaml import Node, bad_file, read_yaml

T = TypeVar("T")

_CODE = "leads.bad_rules"


def refused(file: str, line: int, problem: str, value: object = "") -> BadInput:
    """The error `leads.bad_rules`: file, line (from 1), a problem word and the value that caused it (cut to 80 characters)."""
    return bad_file(file, line, problem, value, code=_CODE)


@dataclass(frozen=True, slots=True)
class Value:
    """A YAML node and the file it is from; every reader below raises `leads.bad_rules` with the line of what does not fit."""

    file: str
    node: Node

    @property
    def line(self) -> int:
        return self.node.line

    def refuse(self, problem: str, value: object = "") -> BadInput:
        return refused(self.file, self.line, problem, value)

    def fields(self, required: str, optional: str = "") -> "dict[str, Value]":
        """A mapping with exactly these keys (names parted by blanks): an unknown, repeated or missing one is refused."""
        found = dict(self.entries())
        for name, value in found.items():
            if name not in required.split() and name not in optional.split():
                raise value.refuse("unknown_key", name)
        for name in required.split():
            if name not in found:
                raise self.refuse("missing_key", name)
        return found

    def entries(self) -> "list[tuple[str, Value]]":
        """A mapping with free keys, in order."""
        if not isinstance(self.node.value, dict):
            raise self.refuse("not_a_mapping")
        return [(key, Value(self.file, node)) for key, node in self.node.value.items()]

    def items(self) -> "list[Value]":
        if not isinstance(self.node.value, list):
            raise self.refuse("not_a_list")
        return [Value(self.file, node) for node in self.node.value]

    def text(self) -> str:
        if not isinstance(self.node.value, str) or not self.node.value.strip():
            raise self.refuse("not_text")
        return self.node.value

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
    """One rule file and its bytes; BadInput `leads.bad_rules` where it is not the strict YAML that rules are written in."""
    return Value(path.name, read_yaml(path, code=_CODE)), path.read_bytes()
