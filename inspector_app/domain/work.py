"""What long work in a child process may say to its parent. Two implementations: the pipe in `jobs`, a list in tests."""

from typing import Any, Protocol


class Channel(Protocol):
    """Handed to every `worker.run(spec, channel)`. Everything sent must be JSON: strings, integers, booleans, null, lists, objects."""

    def item(self, kind: str, **data: Any) -> None:
        """One finished piece of work, committed by the parent as it comes; what was sent is never done again on resume."""

    def progress(self, done: int, total: int, unit: str) -> None:
        """How far the work is; `unit` is `bytes`, `us` (media time) or `items`. `total` 0 means unknown."""

    def warn(self, code: str, **facts: str | int) -> None:
        """Something a person should know that does not stop the work."""

    def check(self) -> None:
        """Call often: raises `Stopped` when the user asked to stop."""
