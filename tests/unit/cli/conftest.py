"""The command line run in this process, with what it wrote."""

import contextlib
import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from inspector_app import i18n
from inspector_app.cli.main import main


@dataclass(frozen=True)
class Ended:
    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Ended]:
    """Runs a command line; what a person keeps beside cases (texts of laws) goes to a folder of the test's own."""
    monkeypatch.setenv("ZHIJIAN_DATA", str(tmp_path / "用户数据"))
    monkeypatch.delenv("ZHIJIAN_LANG", raising=False)
    language = i18n.language()

    def run(*words: str | Path) -> Ended:
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                status = main([str(word) for word in words])
            except SystemExit as end:
                status = int(end.code or 0)
        return Ended(status, out.getvalue(), err.getvalue())

    yield run
    i18n.set_language(language)


@pytest.fixture
def refused(cli: Callable[..., Ended]) -> Callable[..., Ended]:
    """Runs a command that must fail: the error is one JSON document with `--json`, and words with cause and next step without."""

    def run(status: int, code: str, *words: str | Path) -> Ended:
        found = cli(*words, "--json")
        assert (found.status, found.json["error"]["code"]) == (status, code), (found.out, found.err)
        plain = cli(*words)
        assert plain.status == status
        assert plain.out == ""
        assert code in plain.err
        assert len([line for line in plain.err.splitlines() if line.strip()]) >= 2
        assert "Traceback" not in plain.err
        return found

    return run
