"""The window's way to pages of the dossier as the case stands now: one child process that stays, asked for one item at a time.

It reads the case and changes nothing of it. Any thread may ask; questions are answered one after another.
"""

import contextlib
import json
import os
import subprocess
import threading
from base64 import b64decode
from dataclasses import dataclass
from typing import Any

from inspector_app.casefile.case import Case
from inspector_app.domain import errors
from inspector_app.domain.people import Actor
from inspector_app.domain.timebase import utc_now
from inspector_app.dossier import model
from inspector_app.resources import resource
from inspector_app.statutes.catalogue import Catalogue

from . import child
from .dossiers import office_font, timelines

Json = dict[str, Any]


@dataclass(frozen=True)
class Page:
    """A PDF of `pages` pages; `places` says where what stands on them (`finding-3`, `exhibit-12` → page from 1)."""

    pdf: bytes
    pages: int
    places: dict[str, int]


class DossierPreview:
    """Pages of one case's dossier; `close` ends the child. Use as a context manager or close it with the case."""

    def __init__(self, case: Case, catalogue: Catalogue, actor: Actor) -> None:
        self._case, self._catalogue, self._actor = case, catalogue, actor
        self._process: subprocess.Popen[str] | None = None
        self._turn = threading.Lock()
        self._asked = 0

    def __enter__(self) -> "DossierPreview":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def warm(self) -> None:
        """Starts the child and waits until its fonts are loaded, so that the first page comes as quickly as the others; any thread."""
        with self._turn:
            self._started()

    def page(self, what: str) -> Page:
        """The pages of `what` from the case as it stands: `finding-3`, `exhibit-12`, `article-1`, or a section of `dossier.preview.SECTIONS`.

        Blocks, so not on the window's thread. Raises BadInput `dossier.no_item`, CheckFailed (`dossier.exhibit_missing`,
        `dossier.exhibit_altered`), JobFailed `job.died`.
        """
        with self._turn:
            head = self._case.journal_head()
            number = what.removeprefix("finding-") if what.startswith("finding-") else ""
            data = model.gather(
                self._case,
                self._catalogue,
                sealed_at=utc_now(),
                by=self._actor,
                journal_head=head,
                only=int(number) if number.isdigit() else None,
            )
            process = self._started()
            self._asked += 1
            ask = {"id": self._asked, "what": what, "data": data, "case_folder": str(self._case.folder), "timelines": timelines(self._case)}
            return self._answer(process, ask)

    def close(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        for pipe in (process.stdin, process.stdout):
            with contextlib.suppress(OSError):
                if pipe is not None:
                    pipe.close()
        try:
            process.wait(child.POLITE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _started(self) -> "subprocess.Popen[str]":
        if self._process is None or self._process.poll() is not None:
            self.close()
            environment = {**os.environ, "PYTHONIOENCODING": "utf-8", "PYTHONUTF8": "1"}
            self._process = subprocess.Popen(
                child.command("dossier-preview"),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment,
                text=True,
                encoding="utf-8",
            )
            self._say({"fonts": str(resource("fonts")), "office_font": office_font()})
            self._heard(("ready",))
        return self._process

    def _say(self, message: Json) -> None:
        assert self._process is not None and self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(message, ensure_ascii=False) + "\n")
            self._process.stdin.flush()
        except OSError as cause:
            raise errors.JobFailed("job.died", kind="dossier-preview", status=0, cause=str(cause)) from cause

    def _answer(self, process: "subprocess.Popen[str]", ask: Json) -> Page:
        assert process is self._process
        self._say({"type": "ask", "ask": ask})
        while True:
            message = self._heard(("page", "no_page"))
            data = message["data"]
            if data["id"] != ask["id"]:
                continue
            if message["kind"] == "no_page":
                raise getattr(errors, data["error"], errors.JobFailed)(data["code"], **data["facts"])
            return Page(b64decode(data["pdf"]), data["pages"], data["places"])

    def _heard(self, kinds: tuple[str, ...]) -> Json:
        """The child's next item of one of these kinds."""
        assert self._process is not None and self._process.stdout is not None
        for line in self._process.stdout:
            message: Json = json.loads(line)
            if message.get("type") == "item" and message.get("kind") in kinds:
                return message
            if message.get("type") == "failed":
                raise getattr(errors, message["error"], errors.JobFailed)(message["code"], **message["facts"])
        raise errors.JobFailed("job.died", kind="dossier-preview", status=self._process.poll() or 0, cause="")
