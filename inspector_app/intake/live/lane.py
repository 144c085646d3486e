"""What a lane is: one way of taking a source's bytes. The recorder opens it, steps it, closes it, and opens it again after a break.

Two kinds of end: `Broken` is worth another try, `Broken(final=True)` is not (a redirect to a local file stays one). Lanes write only
through the `Tape`; they know nothing of cases, windows or schedules.
"""

from typing import Any, Protocol

from .tape import Tape

Json = dict[str, Any]


class Broken(Exception):
    """A source that cannot be opened or broke off. `kind` is a gap's kind, `code` names the cause with its facts (never an address)."""

    def __init__(self, kind: str, code: str, *, final: bool = False, wait_s: float = 0.0, **facts: str | int) -> None:
        super().__init__(code)
        self.kind = kind
        self.code = code
        self.final = final
        #: the next try is not worth making sooner
        self.wait_s = wait_s
        self.facts = facts


class Lane(Protocol):
    """One way of taking a source. `name` stands in the journal."""

    name: str

    def open(self, tape: Tape) -> Json:
        """Connects, within the time limits; returns what the other side says of itself (witnesses of time among it). Raises Broken."""

    def step(self, tape: Tape) -> bool:
        """Takes what comes next, in well under a second where anything comes; False when the source says it is over. Raises Broken or OSError."""

    def close(self, tape: Tape) -> None:
        """Ends the connection and whatever is half-written; safe to call twice."""
