"""The registry of commands: a name, when it can be done, what it does, and its default keys. No Qt, no SQL, no sentences."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Concatenate, ParamSpec

from .workspace import Workspace

P = ParamSpec("P")


@dataclass(frozen=True)
class Outcome:
    """What a command did: which kinds of rows changed (panes refresh by it), which ids, facts for its sentence, data for a caller.

    The sentence is `done.<command id>` in the word catalogue.
    """

    kinds: frozenset[str] = frozenset()
    ids: tuple[str, ...] = ()
    facts: dict[str, str | int] = field(default_factory=dict)
    data: Any = None


@dataclass(frozen=True)
class Command:
    """One act by name. Its title is `command.<id>` in the word catalogue; `keys` are Qt-style key texts (`Ctrl+Z`)."""

    id: str
    run: Callable[..., Outcome]
    when: Callable[[Workspace], bool]
    keys: tuple[str, ...] = ()


COMMANDS: dict[str, Command] = {}


def always(_: Workspace) -> bool:
    return True


def with_case(work: Workspace) -> bool:
    return work.case is not None


def command(
    name: str, *, keys: tuple[str, ...] = (), when: Callable[[Workspace], bool] = with_case
) -> Callable[[Callable[Concatenate[Workspace, P], Outcome]], Callable[Concatenate[Workspace, P], Outcome]]:
    """Registers a function `(workspace, **params) -> Outcome` as the command `name`."""

    def register(run: Callable[Concatenate[Workspace, P], Outcome]) -> Callable[Concatenate[Workspace, P], Outcome]:
        if name in COMMANDS:
            raise ValueError(f"two commands are called {name}")
        COMMANDS[name] = Command(name, run, when, keys)
        return run

    return register
