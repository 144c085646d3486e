"""The error tree. Every error has a stable code and the facts a sentence needs; only `ui` and `cli` turn it into a sentence.

The sentences live in `resources/i18n/*/errors.json` under `<code>.cause` and `<code>.next`; a test checks that every code has both
in every language.
"""

import errno
from typing import ClassVar


class InspectorError(Exception):
    """Base of every error shown to a person. `code` names it, `facts` fill the placeholders of its sentences."""

    code: ClassVar[str] = "error"
    #: exit status of the command line (cli.md): 1 a check failed, 2 wrong usage, 3 bad input, 4 stopped by the user
    status: ClassVar[int] = 3

    def __init__(self, code: str | None = None, **facts: str | int) -> None:
        self.facts = {name: str(value) for name, value in facts.items()}
        if code is not None:
            self.code = code  # type: ignore[misc]  # an instance may be more exact than its class
        detail = ", ".join(f"{name}={value}" for name, value in self.facts.items())
        super().__init__(f"{self.code}: {detail}" if detail else self.code)


class UsageError(InspectorError):
    """A command was called with words that do not fit it."""

    code = "usage"
    status = 2


class BadInput(InspectorError):
    """Material from outside (media, chat log, statute text, rule file) that cannot be taken as it is."""

    code = "bad_input"


class CaseError(InspectorError):
    """The case folder cannot be opened or written as asked."""

    code = "case"


class ModelError(InspectorError):
    """A model pack is missing, incomplete or altered."""

    code = "model"


class StorageError(InspectorError):
    """The disk refused: full, read-only, gone."""

    code = "storage"

    @classmethod
    def of(cls, cause: OSError, path: object, **facts: str | int) -> "StorageError":
        """The error that says why the disk refused at `path`: `storage.full`, `storage.read_only` or `storage.failed`."""
        if cause.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)):
            return cls("storage.full", path=str(path), **facts)
        words = cause.strerror or str(cause)
        if cause.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            return cls("storage.read_only", path=str(path), cause=words, **facts)
        return cls("storage.failed", path=str(path), cause=words, **facts)


class JobFailed(InspectorError):
    """A child process ended without finishing its work."""

    code = "job_failed"


class Stopped(InspectorError):
    """The user stopped the work; it can be resumed."""

    code = "stopped"
    status = 4


class CheckFailed(InspectorError):
    """Something was altered, is missing, or does not satisfy a check."""

    code = "check_failed"
    status = 1
