"""What a command works with: the open case, who acts, the law, the lead rules, and how long work reports and is stopped."""

import threading
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from inspector_app.casefile.case import Case
from inspector_app.domain.errors import CaseError
from inspector_app.domain.people import Actor
from inspector_app.resources import resource

from .copies import Copy, copy_in

if TYPE_CHECKING:
    from inspector_app.leads.rules import RuleSet
    from inspector_app.statutes.bureau import HotSet
    from inspector_app.statutes.catalogue import Catalogue

Progress = Callable[[str, int, int, str], None]


def _silent(_stage: str, _done: int, _total: int, _unit: str) -> None:
    return None


class Workspace:
    """One person at work: at most one case open. `progress(stage, done, total, unit)` hears of long work; `stop` ends it."""

    def __init__(self, case: Case | None = None, *, actor: Actor | None = None, progress: Progress = _silent) -> None:
        self.case = case
        #: the reviewer's copy that the open case is; None for a case itself
        self.copy: Copy | None = None
        self.progress = progress
        self.stop = threading.Event()
        #: one still at a time: the window takes them in the background, and the dossier asks for those still missing
        self.taking_still = threading.Lock()
        self._actor = actor

    @property
    def opened(self) -> Case:
        """The open case; raises CaseError `case.none_open` where there is none."""
        if self.case is None:
            raise CaseError("case.none_open")
        return self.case

    @property
    def actor(self) -> Actor:
        """Who acts: the person set, else the case's first officer."""
        return self._actor or self.opened.first_officer

    @actor.setter
    def actor(self, actor: Actor | None) -> None:
        self._actor = actor

    def open(self, folder: Path, *, read_only: bool = False) -> Case:
        """Closes what is open and opens the case in `folder`."""
        self.close()
        self.case = Case(folder, read_only=read_only)
        self.copy = copy_in(self.case.folder)
        if self.copy is not None:
            self.case.check = self.copy.check
        return self.case

    @property
    def writable(self) -> bool:
        """Whether a case is open that takes every act: neither only read nor a reviewer's copy."""
        return self.case is not None and not self.case.read_only and self.copy is None

    def close(self) -> None:
        if self.case is not None:
            self.case.close()
            self.case = self.copy = None

    @cached_property
    def catalogue(self) -> "Catalogue":
        from inspector_app.statutes.catalogue import Catalogue

        return Catalogue.load(resource("statutes"))

    def hot_set(self) -> "HotSet | None":
        """The bureau's own hot keys; None where it keeps none. Raises BadInput naming the line of a slip."""
        from inspector_app.statutes import bureau

        return bureau.hot_set(bureau.folder())

    @cached_property
    def rules(self) -> "RuleSet":
        from inspector_app.leads.rules import load_rules
        from inspector_app.statutes import bureau

        return load_rules(resource("lexicon"), *sorted((bureau.folder() / bureau.LEXICON).glob("*.yaml")))
